/**
 * `<time-left due="ISO" state="calm" data-units='{…}' data-soon="900">` counts down and past the due time.
 *
 * The units may stand on an element around it, once for a whole list. It becomes `soon` that many seconds before and `late` afterwards, in `state` and as the class `is-late`.
 */
import { everyTick, now } from "./clock.js";
import { Island } from "./island.js";
import { left } from "./time-words.js";

customElements.define(
  "time-left",
  class extends Island {
    static observedAttributes = ["due", "data-units", "data-soon"];

    /** @param {AbortSignal} signal */
    start(signal) {
      everyTick(() => this.#draw(), signal);
    }

    attributeChangedCallback() {
      if (this.isConnected) queueMicrotask(() => this.#draw());
    }

    #draw() {
      const seconds = (Date.parse(this.getAttribute("due") ?? "") - now()) / 1000;
      const units = /** @type {HTMLElement | null} */ (this.closest("[data-units]"))?.dataset.units;
      if (Number.isNaN(seconds) || !units) return;
      const text = left(seconds, JSON.parse(units));
      const place = this.querySelector("[data-text]") ?? this;
      if (place.textContent !== text) place.textContent = text;
      if (seconds < 0) this.#become("late");
      else if (seconds <= Number(this.dataset.soon ?? 0)) this.#become("soon");
    }

    /** @param {"soon" | "late"} state */
    #become(state) {
      if (this.getAttribute("state") === state) return;
      this.setAttribute("state", state);
      this.classList.remove("is-calm", "is-soon");
      this.classList.add(`is-${state}`);
      if (state === "late") this.querySelector(".ring-left")?.setAttribute("stroke-dasharray", "0 100");
    }
  },
);
