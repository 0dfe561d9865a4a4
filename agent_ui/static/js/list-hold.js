/**
 * `<list-hold>` around a list keeps it still while it is being used: a live change that would move
 * rows waits behind its `[data-new]` button, whose `[data-count]` says how many are new.
 */
import { Island } from "./island.js";
import { isLive } from "./requests.js";
import { shape } from "./time-words.js";

customElements.define(
  "list-hold",
  class extends Island {
    /** @type {HtmxContext | undefined} */
    #held;

    /** @param {AbortSignal} signal */
    start(signal) {
      document.addEventListener("htmx:before:swap", (event) => this.#consider(event), { signal });
      this.addEventListener("click", ({ target }) => {
        if (target instanceof Element && target.closest("[data-new]")) this.#apply();
      }, { signal });
      this.addEventListener("pointerleave", () => this.#applyWhenLeft(), { signal });
      this.addEventListener("focusout", () => setTimeout(() => this.#applyWhenLeft()), { signal });
    }

    /** @param {CustomEvent<HtmxDetail>} event */
    #consider(event) {
      const { ctx } = event.detail;
      const { target } = ctx;
      if (!(target instanceof Element) || !(this.contains(target) || target.contains(this))) return;
      if (!isLive(ctx)) return this.#show(0);
      const shown = rowIds(this);
      const coming = rowIds(new DOMParser().parseFromString(ctx.text ?? "", "text/html"));
      const moves = shown.some((id, at) => coming[at] !== id);
      if (!moves || !this.#inUse()) return this.#show(0);
      event.preventDefault();
      this.#held = ctx;
      this.#show(coming.filter((id) => !shown.includes(id)).length, true);
    }

    #inUse() {
      return this.matches(":hover, :focus-within");
    }

    #applyWhenLeft() {
      if (this.isConnected && !this.#inUse()) this.#apply();
    }

    #apply() {
      const ctx = this.#held;
      this.#show(0);
      if (!ctx) return;
      const { sourceElement: source, target, swap, request } = ctx;
      void window.htmx.ajax("GET", request.action, { source, target, swap });
    }

    /**
     * @param {number} count
     * @param {boolean} held
     */
    #show(count, held = false) {
      if (!held) this.#held = undefined;
      const button = this.querySelector("[data-new]");
      if (!(button instanceof HTMLElement)) return;
      button.hidden = !held;
      const place = button.querySelector("[data-count]");
      if (place) place.textContent = count ? shape(String(count), this.dataset.digits ?? "0123456789") : "";
    }
  },
);

/** @param {ParentNode} root */
function rowIds(root) {
  return [...root.querySelectorAll(".ticket-row")].map((row) => row.id);
}
