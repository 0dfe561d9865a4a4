/**
 * `<time-left due="ISO" data-units='{…}' data-soon="900">` counts down and past the due time.
 *
 * It carries the class `soon` from `data-soon` seconds before, and `late` afterwards.
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
      if (Number.isNaN(seconds) || !this.dataset.units) return;
      const text = left(seconds, JSON.parse(this.dataset.units));
      const place = this.querySelector("[data-text]") ?? this;
      if (place.textContent !== text) place.textContent = text;
      this.classList.toggle("late", seconds < 0);
      this.classList.toggle("soon", seconds >= 0 && seconds <= Number(this.dataset.soon ?? 0));
    }
  },
);
