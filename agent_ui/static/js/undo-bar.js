/**
 * `<undo-bar until="ISO">` shows in its `[data-seconds]` how long an answer can still be taken back,
 * and is gone afterwards.
 */
import { now } from "./clock.js";
import { Island } from "./island.js";
import { shape } from "./time-words.js";

customElements.define(
  "undo-bar",
  class extends Island {
    static observedAttributes = ["until"];

    /** @param {AbortSignal} signal */
    start(signal) {
      const timer = setInterval(() => this.#draw(), 1000);
      signal.addEventListener("abort", () => clearInterval(timer));
      this.#draw();
    }

    attributeChangedCallback() {
      if (this.isConnected) queueMicrotask(() => this.#draw());
    }

    #draw() {
      const left = Math.ceil((Date.parse(this.getAttribute("until") ?? "") - now()) / 1000);
      this.hidden = !(left > 0);
      const place = this.querySelector("[data-seconds]");
      if (place) place.textContent = shape(String(Math.max(0, left)), this.dataset.digits ?? "0123456789");
    }
  },
);
