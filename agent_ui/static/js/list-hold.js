/**
 * `<list-hold data-label="{0} …">` around a list keeps it still while it is being used: a live change
 * that would move rows waits behind a button saying how many are new, until it is pressed or the list left.
 */
import { shape } from "./digits.js";
import { Island } from "./island.js";
import { isLive } from "./requests.js";
import { rowIds } from "./rows.js";
import { fill } from "./time-words.js";

customElements.define(
  "list-hold",
  class extends Island {
    /** @type {HtmxContext | undefined} */
    #held;

    /** @param {AbortSignal} signal */
    start(signal) {
      const leave = () => this.isConnected && !this.#inUse() && this.#apply();
      document.addEventListener("htmx:before:swap", (event) => this.#consider(event), { signal });
      this.addEventListener("click", ({ target }) => {
        if (target instanceof Element && target.closest("[data-new]")) this.#apply();
      }, { signal });
      this.addEventListener("pointerleave", leave, { signal });
      this.addEventListener("focusout", () => setTimeout(leave), { signal });
    }

    /** @param {CustomEvent<HtmxDetail>} event */
    #consider(event) {
      const { ctx } = event.detail;
      const { target } = ctx;
      if (event.defaultPrevented) return; // an error replaces nothing
      if (!(target instanceof Element) || !(this.contains(target) || target.contains(this))) return;
      const shown = rowIds(this);
      const coming = rowIds(new DOMParser().parseFromString(ctx.text ?? "", "text/html"));
      const moves = shown.some((id, at) => coming[at] !== id);
      const holds = isLive(ctx) && moves && this.#inUse();
      this.#held = holds ? ctx : undefined;
      if (holds) event.preventDefault();
      this.#say(holds ? coming.filter((id) => !shown.includes(id)).length : 0);
    }

    #inUse() {
      return this.matches(":hover, :focus-within");
    }

    #apply() {
      const ctx = this.#held;
      this.#held = undefined;
      this.#say(0);
      if (!ctx) return;
      const { sourceElement: source, target, swap, request } = ctx;
      void window.htmx.ajax("GET", request.action, { source, target, swap });
    }

    /** @param {number} count */
    #say(count) {
      let button = this.querySelector("[data-new]");
      if (!(button instanceof HTMLButtonElement)) {
        if (!this.#held) return;
        button = document.createElement("button");
        button.className = "waiting-rows";
        button.setAttribute("type", "button");
        button.setAttribute("data-new", "");
        this.prepend(button);
      }
      const words = count ? fill(this.dataset.label ?? "↑ {0}", shape(count)) : "↑";
      (button.querySelector("[data-count]") ?? button).textContent = words;
      button.toggleAttribute("hidden", !this.#held);
    }
  },
);
