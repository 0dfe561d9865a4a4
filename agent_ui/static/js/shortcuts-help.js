/** `<shortcuts-help>` holds a `<dialog>` with the keys of the desk, which opens at `?` or `[data-shortcuts]`. */
import { Island } from "./island.js";
import { isTyping, keyName } from "./typing.js";

customElements.define(
  "shortcuts-help",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      const open = () => {
        const dialog = this.querySelector("dialog");
        if (dialog && !dialog.open) dialog.showModal();
      };
      document.addEventListener("keydown", (event) => {
        if (keyName(event) !== "?" || isTyping(event.target) || document.querySelector("dialog:modal")) return;
        event.preventDefault();
        open();
      }, { signal });
      document.addEventListener("click", ({ target }) => {
        if (target instanceof Element && target.closest("[data-shortcuts]")) open();
        else if (target instanceof HTMLDialogElement && this.contains(target)) target.close(); // the backdrop
      }, { signal });
    }
  },
);
