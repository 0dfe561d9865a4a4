/**
 * `<pick-rows>` lets many tickets be ticked from the keyboard: j and k walk the rows, x ticks the one in
 * focus, Shift with a click ticks everything since the last one.
 */
import { Island } from "./island.js";
import { isTyping, keyName } from "./typing.js";

customElements.define(
  "pick-rows",
  class extends Island {
    #last = "";

    /** @param {AbortSignal} signal */
    start(signal) {
      document.addEventListener("keydown", (event) => this.#press(event), { signal });
      this.addEventListener("click", (event) => this.#click(event), { signal });
    }

    /** @returns {HTMLInputElement[]} */
    get #boxes() {
      return [...this.querySelectorAll("input[name=ticket]")].filter((one) => one instanceof HTMLInputElement);
    }

    /** @param {KeyboardEvent} event */
    #press(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const key = keyName(event);
      const rows = /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".promise > a")]);
      const here = document.activeElement?.closest(".promise");
      if (key === "x" && here) return here.querySelector("input")?.click();
      if (key !== "j" && key !== "k") return;
      const at = rows.findIndex((row) => row.parentElement === here);
      const next = at < 0 ? rows[0] : rows[at + (key === "j" ? 1 : -1)];
      next?.focus();
      next?.scrollIntoView({ block: "nearest" });
    }

    /** @param {MouseEvent} event */
    #click(event) {
      if (!(event.target instanceof HTMLInputElement) || event.target.name !== "ticket") return;
      const boxes = this.#boxes;
      const to = boxes.indexOf(event.target);
      const from = boxes.findIndex((one) => one.id === this.#last);
      this.#last = event.target.id;
      if (!event.shiftKey || from < 0) return;
      const { checked } = event.target;
      for (const one of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = checked;
    }
  },
);
