/** `<take-draft from="ticket-7" to="ticket-3">` shows itself where a draft was left behind; its link takes it along. */
import { leftBehind, takeAlong } from "./draft-keeper.js";
import { Island } from "./island.js";

customElements.define(
  "take-draft",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      const [from = "", to = ""] = ["from", "to"].map((name) => this.getAttribute(name) ?? "");
      this.hidden = !leftBehind(this, from);
      this.querySelector("a")?.addEventListener("click", () => takeAlong(this, from, to), { signal });
    }
  },
);
