/**
 * `<pane-size name="list" min="280" max="560">` is the line between two panes: dragged, or moved by
 * the arrow keys, it sets `--pane-list` on the page and remembers it. Home and a double click undo.
 */
import { Island } from "./island.js";

customElements.define(
  "pane-size",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      this.tabIndex = 0;
      this.role = "separator";
      this.ariaOrientation = "vertical";
      this.#set(Number(localStorage.getItem(this.#key) ?? 0));
      const on = { signal };
      this.addEventListener("pointerdown", (down) => this.#drag(down), on);
      this.addEventListener("dblclick", () => this.#set(0), on);
      this.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -16, ArrowRight: 16, Home: 0 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        this.#set(step && this.#width() + step * this.#forward());
      }, on);
    }

    get #key() {
      return `pane-${this.getAttribute("name")}`;
    }

    /** Towards the end of the line is to the left where one reads from the right. */
    #forward() {
      return getComputedStyle(this).direction === "rtl" ? -1 : 1;
    }

    #width() {
      return this.previousElementSibling?.getBoundingClientRect().width ?? 0;
    }

    /** @param {PointerEvent} down */
    #drag(down) {
      const width = this.#width();
      const move = (/** @type {PointerEvent} */ event) =>
        this.#set(width + (event.clientX - down.clientX) * this.#forward());
      this.setPointerCapture(down.pointerId);
      down.preventDefault();
      this.addEventListener("pointermove", move);
      this.addEventListener("lostpointercapture", () => this.removeEventListener("pointermove", move), { once: true });
    }

    /** @param {number} wanted 0 for the width of the style sheet */
    #set(wanted) {
      const [least, most] = ["min", "max"].map((name) => Number(this.getAttribute(name)));
      const page = document.documentElement.style;
      if (!wanted) {
        page.removeProperty(`--${this.#key}`);
        localStorage.removeItem(this.#key);
      } else {
        const width = Math.round(Math.min(most || 600, Math.max(least || 240, wanted)));
        page.setProperty(`--${this.#key}`, `${width}px`);
        localStorage.setItem(this.#key, String(width));
      }
      this.ariaValueNow = String(Math.round(this.#width()));
    }
  },
);
