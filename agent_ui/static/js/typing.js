const SIGNS = { Slash: "/", BracketLeft: "[", BracketRight: "]" };

/** @param {EventTarget | null} target whether keys pressed there are text */
export function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])"))
  );
}

/**
 * The key's name as `data-key` writes it: the Latin letter at that place of the keyboard when the
 * layout types another script, so that an Arabic keyboard has the same keys.
 *
 * @param {KeyboardEvent} event
 */
export function keyName(event) {
  const typed = event.key.toLowerCase();
  const held = event.altKey ? "alt+" : "";
  if (typed === "؟") return "?";
  if (/^[a-z]$/.test(typed)) return (event.shiftKey ? "shift+" : held) + typed;
  if (/^[!-~]$/.test(typed)) return held + typed;
  const place = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1]?.toLowerCase();
  if (place) return (event.shiftKey ? "shift+" : held) + place;
  if (event.code === "Slash" && event.shiftKey) return "?";
  return held + (SIGNS[/** @type {keyof SIGNS} */ (event.code)] ?? typed);
}
