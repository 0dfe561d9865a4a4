/**
 * Says spans of time in the reader's words and digits, exactly as the server does.
 *
 * @typedef {Record<"left" | "late" | "d" | "h" | "m" | "s" | "join" | "digits", string>} Units
 */
const DAY = 86_400;

/**
 * @param {number} seconds
 * @param {Units} units
 */
export function span(seconds, units) {
  const total = Math.trunc(seconds);
  /** @type {["d" | "h" | "m" | "s", number][]} */
  let parts = [
    ["d", Math.floor(total / DAY)],
    ["h", Math.floor((total % DAY) / 3600)],
    ["m", Math.floor((total % 3600) / 60)],
  ];
  while (parts.length > 1 && !parts[0]?.[1]) parts.shift();
  if (total < 60) parts = [["s", total]];
  const said = parts.slice(0, 2).filter(([, n]) => n).map(([unit, n]) => fill(units[unit], n));
  const text = said.join(units.join) || fill(units.m, 0);
  return text.replace(/[0-9]/g, (digit) => units.digits[Number(digit)] ?? digit);
}

/**
 * @param {number} seconds negative when the time has passed
 * @param {Units} units
 */
export function left(seconds, units) {
  const words = span(Math.max(60, Math.abs(seconds)), units);
  return fill(seconds >= 0 ? units.left : units.late, words);
}

/**
 * @param {string} pattern
 * @param {string | number} value
 */
export function fill(pattern, value) {
  return pattern.replace("{0}", String(value));
}
