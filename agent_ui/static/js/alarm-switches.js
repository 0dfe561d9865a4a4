/** `<alarm-switches>`: whether this browser itself shows alarms, and with a sound; kept in this browser alone. */
import { keyOf } from "./alarm-bell.js";
import { Island } from "./island.js";

customElements.define(
  "alarm-switches",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      for (const one of this.querySelectorAll("input")) {
        const what = one.dataset.switch === "sound" ? "sound" : "show";
        const denied = what === "show" && globalThis.Notification?.permission !== "granted";
        one.checked = localStorage.getItem(keyOf(what)) === "on" && !denied;
        one.addEventListener("change", () => void this.#turn(what, one), { signal });
      }
    }

    /**
     * @param {"show" | "sound"} what
     * @param {HTMLInputElement} box
     */
    async #turn(what, box) {
      this.#say("");
      if (!box.checked) return localStorage.removeItem(keyOf(what));
      if (what === "show" && (await globalThis.Notification?.requestPermission()) !== "granted") {
        box.checked = false;
        return this.#say(this.dataset.denied ?? "");
      }
      localStorage.setItem(keyOf(what), "on");
    }

    /** @param {string} words */
    #say(words) {
      const line = this.querySelector("[role=alert]");
      if (!line) return;
      line.textContent = words;
      line.toggleAttribute("hidden", !words);
    }
  },
);
