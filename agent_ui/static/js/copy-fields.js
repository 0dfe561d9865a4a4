/** `<copy-fields>` around the Cc and Bcc fields of an answer: `data-everybody` buttons copy it to others, too.
 *
 * What is said of somebody it does not reach (`data-unreached`) is gone as soon as it does.
 */
import { Island } from "./island.js";

customElements.define(
  "copy-fields",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      const field = this.querySelector("textarea");
      const details = this.querySelector("details");
      if (!details) return;
      // What is kept of a draft may not lie out of sight.
      const show = () => {
        if ([...this.querySelectorAll("textarea")].some((one) => one.value)) details.open = true;
        for (const one of this.querySelectorAll("[data-unreached]")) {
          one.toggleAttribute("hidden", !missing(field?.value ?? "", one.getAttribute("data-unreached") ?? "").length);
        }
      };
      show();
      this.addEventListener("input", show, { signal });
      this.addEventListener("click", ({ target }) => {
        const button = target instanceof Element && target.closest("[data-everybody]");
        if (!field || !button) return;
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
  return [typed.trim().replace(/[,;]$/, ""), ...missing(typed, others)].filter(Boolean).join(", ");
}

/**
 * @param {string} typed
 * @param {string} others
 * @returns {string[]} those of the others that are not typed yet
 */
function missing(typed, others) {
  const known = typed.toLowerCase().split(/[\s,;<>]+/);
  return others.split(", ").filter((one) => !known.includes(one.toLowerCase()));
}
