/**
 * `<shortcuts-help>` holds a `<dialog>`; it opens at `?` or a click on `[data-shortcuts]` and lists in
 * its `[data-list]` the keys of what is on the page now.
 */
import { Island } from "./island.js";
import { isTyping, keyName } from "./typing.js";

customElements.define(
  "shortcuts-help",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      document.addEventListener("keydown", (event) => {
        if (keyName(event) !== "?" || isTyping(event.target) || document.querySelector("dialog:modal")) return;
        event.preventDefault();
        this.#open();
      }, { signal });
      document.addEventListener("click", ({ target }) => {
        if (target instanceof Element && target.closest("[data-shortcuts]")) this.#open();
        if (target instanceof HTMLDialogElement && this.contains(target)) target.close();
      }, { signal });
    }

    #open() {
      const dialog = this.querySelector("dialog");
      const list = this.querySelector("[data-list]");
      if (!dialog || dialog.open) return;
      /** @type {Map<string, string>} */
      const keys = new Map();
      for (const one of document.querySelectorAll("[data-key]")) {
        const label = one.getAttribute("aria-label") || one.getAttribute("title") || one.textContent;
        const key = one.getAttribute("data-key") ?? "";
        if (!keys.has(key) && one.checkVisibility()) keys.set(key, label?.trim().replace(/\s+/g, " ") ?? "");
      }
      list?.replaceChildren(...[...keys].flatMap(([key, label]) => [cell("dt", "kbd", key), cell("dd", "span", label)]));
      dialog.showModal();
    }
  },
);

/**
 * @param {string} outer
 * @param {string} inner
 * @param {string} text
 */
function cell(outer, inner, text) {
  const element = document.createElement(outer);
  const words = element.appendChild(document.createElement(inner));
  words.textContent = text;
  return element;
}
