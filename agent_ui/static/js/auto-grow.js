/** `<auto-grow>` lets its textarea be as tall as its text, up to the limit that CSS sets. */
import { Island } from "./island.js";

customElements.define(
  "auto-grow",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      if (CSS.supports("field-sizing", "content")) return; // the style sheet does it
      const field = this.querySelector("textarea");
      if (!field) return;
      const grow = () => {
        field.style.blockSize = "auto";
        field.style.blockSize = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
      };
      grow();
      this.addEventListener("input", grow, { signal });
      field.form?.addEventListener("reset", () => queueMicrotask(grow), { signal });
    }
  },
);
