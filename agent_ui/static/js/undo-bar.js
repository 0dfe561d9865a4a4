/** `<undo-bar until="ISO">` counts the seconds in which an answer can still be taken back, and is gone after them. */
import { now } from "./clock.js";
import { shape } from "./digits.js";
import { Island } from "./island.js";

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
      this.#place().textContent = shape(Math.max(0, left));
    }

    #place() {
      const known = this.querySelector("[data-seconds]");
      if (known) return known;
      const place = this.appendChild(document.createElement("span"));
      place.dataset.seconds = "";
      place.ariaHidden = "true"; // a number every second is noise to who listens
      return place;
    }
  },
);
