/**
 * `<merge-picker>` around the form in which a ticket is chosen: opened, it asks for the choices; arrows
 * move among them. What was typed and not yet found chooses nothing, so that an early Enter merges nothing.
 */
import { Island } from "./island.js";

/** @param {string} text */
const words = (text) => text.trim().split(/\s+/).join(" ");

customElements.define(
  "merge-picker",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      this.addEventListener("beforetoggle", (event) => this.#open(event), { signal });
      this.addEventListener("input", ({ target }) => {
        if (target === this.#field) for (const one of this.#choices) one.checked = false;
      }, { signal });
      this.addEventListener("keydown", (event) => this.#walk(event), { signal });
      this.addEventListener("submit", (event) => {
        const asked = this.querySelector("#merge-choices")?.getAttribute("data-asked");
        if (asked === words(this.#field.value) && this.#choices.some((one) => one.checked)) return;
        event.preventDefault();
        event.stopPropagation();
      }, { signal, capture: true });
    }

    /** @param {Event} event */
    #open(event) {
      if (!(event instanceof ToggleEvent) || event.newState !== "open") return;
      this.#field.value = "";
      this.#field.dispatchEvent(new CustomEvent("merge-opens"));
    }

    /**
     * Down from the field comes to the choice that stands, up from the first one back to the field.
     *
     * @param {KeyboardEvent} event
     */
    #walk(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const choices = this.#choices;
      if (!step || !choices.length) return;
      event.preventDefault();
      const at = choices.findIndex((one) => one.checked);
      const inField = event.target === this.#field;
      const next = inField ? choices[step > 0 ? Math.max(at, 0) : choices.length - 1] : choices[at + step];
      if (!next) return step < 0 ? this.#field.focus() : undefined;
      next.checked = true;
      next.focus();
      next.closest("li")?.scrollIntoView({ block: "nearest" });
    }

    get #field() {
      return /** @type {HTMLInputElement} */ (this.querySelector("[name=q]"));
    }

    /** @returns {HTMLInputElement[]} */
    get #choices() {
      return [...this.querySelectorAll("[name=into]")].filter((one) => one instanceof HTMLInputElement);
    }
  },
);
