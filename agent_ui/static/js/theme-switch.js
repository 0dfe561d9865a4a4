/** `<theme-switch>` shows a chosen theme at once; its form tells the server, which remembers it. */
import { Island } from "./island.js";

customElements.define(
  "theme-switch",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      this.addEventListener("change", ({ target }) => {
        if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) {
          document.documentElement.dataset.theme = target.value;
        }
      }, { signal });
    }
  },
);
