/** `<relative-time at="ISO"><time>…</time></relative-time>` says how long ago, up to a day; then the server's words stay. */
import { everyTick, now } from "./clock.js";
import { shape } from "./digits.js";
import { Island } from "./island.js";

/** @type {["hour" | "minute", number][]} */
const STEPS = [["hour", 3600], ["minute", 60]];
const NEARLY = 1.2; // 70 minutes are still told in minutes, as the server does

customElements.define(
  "relative-time",
  class extends Island {
    static observedAttributes = ["at"];

    /** @param {AbortSignal} signal */
    start(signal) {
      everyTick(() => this.#draw(), signal);
    }

    attributeChangedCallback() {
      if (this.isConnected) queueMicrotask(() => this.#draw());
    }

    #draw() {
      const ago = (now() - Date.parse(this.getAttribute("at") ?? "")) / 1000;
      if (!(ago >= 60 && ago < 86_400)) return;
      const [unit, length] = STEPS.find(([, size]) => ago >= size * NEARLY) ?? ["minute", 60];
      const language = `${document.documentElement.lang || "en"}-u-nu-latn`;
      const words = new Intl.RelativeTimeFormat(language, { style: "short" });
      const text = shape(words.format(-Math.round(ago / length), unit));
      const place = this.querySelector("time") ?? this;
      if (place.textContent !== text) place.textContent = text;
    }
  },
);
