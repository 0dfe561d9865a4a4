/** `<merge-done open="7">` says for a while that tickets were merged or parted, and how to undo it; 7 is on screen now. */
import { Island } from "./island.js";
import { rowLinks } from "./rows.js";

const STAYS = 15_000;

customElements.define(
  "merge-done",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      this.#markRow();
      document.addEventListener("htmx:after:swap", () => this.#markRow(), { signal }); // its row may come later
      // What was pressed is gone; the keyboard goes on in what came.
      if (document.activeElement === document.body) /** @type {HTMLElement | null} */ (document.querySelector(".thread-scroll"))?.focus();
      for (const earlier of document.querySelectorAll("merge-done")) if (earlier !== this) earlier.remove();
      const leave = () => this.matches(":hover, :focus-within") || this.remove();
      const timer = setInterval(leave, STAYS);
      this.addEventListener("htmx:after:request", () => this.remove(), { signal });
      signal.addEventListener("abort", () => clearInterval(timer));
    }

    #markRow() {
      const id = this.getAttribute("open");
      if (!document.getElementById(`thread-${id}`)) return; // something else has been opened
      const opened = document.getElementById(`ticket-row-${id}`)?.querySelector("a");
      for (const row of rowLinks()) if (row !== opened) row.removeAttribute("aria-current");
      opened?.setAttribute("aria-current", "true");
    }
  },
);
