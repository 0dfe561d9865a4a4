/** `<copy-fields>` around the Cc and Bcc fields of an answer: a `data-everybody` button copies it to the others, too. */
import { Island } from "./island.js";

customElements.define(
  "copy-fields",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      const button = this.querySelector("[data-everybody]");
      const field = this.querySelector("textarea");
      const details = this.querySelector("details");
      if (!details) return;
      // What is kept of a draft may not lie out of sight.
      const show = () => {
        if ([...this.querySelectorAll("textarea")].some((one) => one.value)) details.open = true;
      };
      show();
      this.addEventListener("input", show, { signal });
      button?.addEventListener("click", () => {
        if (!field) return;
        field.value = together(field.value, button.getAttribute("data-everybody") ?? "");
        field.dispatchEvent(new Event("input", { bubbles: true }));
        /** @type {HTMLElement | null | undefined} */ (this.closest("form")?.querySelector("[name=text]"))?.focus();
      }, { signal });
    }
  },
);

/** Each address once, those typed already first.
 * @param {string} typed
 * @param {string} others
 */
function together(typed, others) {
  const known = typed.toLowerCase().split(/[\s,;<>]+/);
  const missing = others.split(", ").filter((one) => !known.includes(one.toLowerCase()));
  return [typed.trim().replace(/[,;]$/, ""), ...missing].filter(Boolean).join(", ");
}
