/**
 * `<pane-size name="list">` is a pane whose edge can be dragged, or moved by the arrow keys: it sets
 * `--list-size` on the page and remembers it. Home and a double click give the usual width back.
 */
import { Island } from "./island.js";

const STEPS = { ArrowLeft: -16, ArrowRight: 16 };

customElements.define(
  "pane-size",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      const edge = this.#edge();
      const on = { signal };
      this.#set(Number(localStorage.getItem(this.#key)));
      edge.addEventListener("pointerdown", (down) => this.#drag(edge, down), on);
      edge.addEventListener("dblclick", () => this.#set(0), on);
      edge.addEventListener("keydown", (event) => {
        const step = STEPS[/** @type {keyof STEPS} */ (event.key)];
        if (!step && event.key !== "Home") return;
        event.preventDefault();
        this.#set(step ? this.#width() + step * this.#forward() : 0);
      }, on);
    }

    get #key() {
      return `${this.getAttribute("name")}-size`;
    }

    #edge() {
      const known = this.querySelector(":scope > .pane-edge");
      if (known instanceof HTMLElement) return known;
      const edge = document.createElement("div");
      edge.className = "pane-edge";
      edge.tabIndex = 0;
      edge.role = "separator";
      edge.ariaOrientation = "vertical";
      edge.ariaLabel = this.getAttribute("aria-label") ?? "↔";
      this.prepend(edge);
      return edge;
    }

    /** Growing is to the left where one reads from the right. */
    #forward() {
      return getComputedStyle(this).direction === "rtl" ? -1 : 1;
    }

    #width() {
      return this.getBoundingClientRect().width;
    }

    /**
     * @param {HTMLElement} edge
     * @param {PointerEvent} down
     */
    #drag(edge, down) {
      const width = this.#width();
      const move = (/** @type {PointerEvent} */ event) =>
        this.#set(width + (event.clientX - down.clientX) * this.#forward());
      edge.setPointerCapture(down.pointerId);
      edge.addEventListener("pointermove", move);
      edge.addEventListener("lostpointercapture", () => edge.removeEventListener("pointermove", move), { once: true });
    }

    /** @param {number} wanted 0 for the width of the style sheet, which also sets the limits */
    #set(wanted) {
      const page = document.documentElement.style;
      if (wanted > 0) {
        page.setProperty(`--${this.#key}`, `${Math.round(wanted)}px`);
        const width = this.#width() || wanted;
        page.setProperty(`--${this.#key}`, `${Math.round(width)}px`);
        localStorage.setItem(this.#key, String(Math.round(width)));
      } else {
        page.removeProperty(`--${this.#key}`);
        localStorage.removeItem(this.#key);
      }
      this.#edge().ariaValueNow = String(Math.round(this.#width()));
    }
  },
);
