/**
 * `<hot-keys>` makes the desk work from the keyboard: j and k walk the list, Escape comes back to it,
 * Ctrl+Enter sends, and each `data-key` element answers to its keys (`r`, `g m`, `Alt+Enter`).
 * Selection is focus: an attribute would not outlive a morph.
 */
import { Island } from "./island.js";
import { currentRow, rowLinks } from "./rows.js";
import { isTyping, keyName } from "./typing.js";

const SECOND_KEY = 1_500;

customElements.define(
  "hot-keys",
  class extends Island {
    #first = "";

    /** @param {AbortSignal} signal */
    start(signal) {
      document.addEventListener("keydown", (event) => this.#press(event), { signal });
    }

    /** @param {KeyboardEvent} event */
    #press(event) {
      if (event.defaultPrevented || event.isComposing) return;
      const { target } = event;
      if (event.ctrlKey || event.metaKey) return send(event);
      const key = keyName(event);
      if (isTyping(target) && key !== "escape" && !event.altKey) return;
      if (document.querySelector("dialog:modal, :popover-open")) return this.#inMenu(event, key);
      if (key === "escape") return backToList(target);
      const name = this.#first + key;
      this.#first = "";
      if (name === "j" || name === "k") return walk(event, rowLinks(), currentRow(), name === "j" ? 1 : -1);
      const chosen = find(name);
      if (chosen) return choose(event, chosen);
      if (!document.querySelector(`[data-key^="${CSS.escape(name)} " i]`)) return;
      this.#first = `${name} `;
      setTimeout(() => (this.#first = ""), SECOND_KEY);
    }

    /**
     * @param {KeyboardEvent} event
     * @param {string} key
     */
    #inMenu(event, key) {
      const menu = document.querySelector(":popover-open");
      const step = { arrowdown: 1, arrowup: -1, j: 1, k: -1 }[key];
      if (!menu || !step) return;
      const options = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll("a, button:enabled")]);
      walk(event, options, document.activeElement, step);
    }
  },
);

/** @param {string} name */
function find(name) {
  const named = /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll(`[data-key="${CSS.escape(name)}" i]`)
  );
  return [...named].find((one) => one.checkVisibility() && !one.matches(":disabled"));
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} chosen
 */
function choose(event, chosen) {
  event.preventDefault();
  if (isTyping(chosen)) return chosen.focus();
  chosen.click();
  // Choosing what to write leads to where it is written.
  if (chosen.matches("[type=radio]")) {
    /** @type {HTMLElement | null | undefined} */ (chosen.closest("form")?.querySelector("textarea[name=text]"))?.focus();
  }
}

/** @param {KeyboardEvent} event */
function send(event) {
  if (event.key !== "Enter" || !(event.target instanceof HTMLTextAreaElement)) return;
  const { form } = event.target;
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (form?.querySelectorAll("[data-send]") ?? []);
  const button = [...buttons].find((one) => one.checkVisibility());
  event.preventDefault();
  if (button) button.click();
  else if (!buttons.length) form?.requestSubmit();
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} places
 * @param {Element | null} from
 * @param {number} step
 */
function walk(event, places, from, step) {
  const at = places.indexOf(/** @type {HTMLElement} */ (from));
  const next = at < 0 ? places[0] : places[at + step];
  event.preventDefault();
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** @param {EventTarget | null} from */
function backToList(from) {
  if (isTyping(from)) /** @type {HTMLElement} */ (from).blur();
  const wayBack = find("Escape");
  const row = currentRow() ?? rowLinks()[0];
  if (wayBack) wayBack.click();
  else row?.focus();
}
