/**
 * `<hot-keys>` makes the desk work from the keyboard: j and k walk the list, Escape comes back to
 * it, Ctrl+Enter sends, and every `data-key` element answers to its key. Selection is focus.
 */
import { Island } from "./island.js";
import { isTyping, keyName } from "./typing.js";

customElements.define(
  "hot-keys",
  class extends Island {
    #lastRow = "";

    /** @param {AbortSignal} signal */
    start(signal) {
      document.addEventListener("keydown", (event) => this.#press(event), { signal });
      document.addEventListener("focusin", ({ target }) => {
        const row = target instanceof Element && target.closest(".ticket-row");
        if (row) this.#lastRow = row.id;
      }, { signal });
    }

    /** @param {KeyboardEvent} event */
    #press(event) {
      if (event.defaultPrevented || event.isComposing) return;
      const { target } = event;
      const dialog = document.querySelector("dialog:modal");
      if (event.ctrlKey || event.metaKey) return this.#send(event);
      if (event.altKey || (isTyping(target) && event.key !== "Escape")) return;
      const name = keyName(event);
      if (name === "escape") return dialog ? undefined : this.#backToList(target);
      if (!dialog && (name === "j" || name === "k")) return this.#walk(event, name === "j" ? 1 : -1);
      const chosen = [.../** @type {NodeListOf<HTMLElement>} */ (
        (dialog ?? document).querySelectorAll(`[data-key="${CSS.escape(name)}" i]`)
      )].find((one) => one.checkVisibility() && !one.matches(":disabled"));
      if (!chosen) return;
      event.preventDefault();
      if (isTyping(chosen)) chosen.focus();
      else chosen.click();
    }

    /** @param {KeyboardEvent} event */
    #send(event) {
      if (event.key !== "Enter" || !(event.target instanceof HTMLTextAreaElement)) return;
      event.preventDefault();
      event.target.form?.requestSubmit();
    }

    /**
     * @param {KeyboardEvent} event
     * @param {number} step
     */
    #walk(event, step) {
      const links = this.#links();
      const at = links.indexOf(/** @type {HTMLElement} */ (this.#current()));
      const next = links[at < 0 ? 0 : at + step];
      event.preventDefault();
      next?.focus();
      next?.scrollIntoView({ block: "nearest" });
    }

    #links() {
      const rows = [...document.querySelectorAll(".ticket-row")];
      return rows.flatMap((row) => /** @type {HTMLElement[]} */ ([row.querySelector("a")].filter(Boolean)));
    }

    #current() {
      const focused = document.activeElement?.closest(".ticket-row");
      const row = focused ?? document.getElementById(this.#lastRow);
      return (row ?? document.querySelector(".ticket-row:has([aria-current])"))?.querySelector("a");
    }

    /** @param {EventTarget | null} from */
    #backToList(from) {
      if (isTyping(from)) /** @type {HTMLElement} */ (from).blur();
      const row = this.#current() ?? this.#links()[0];
      if (row?.checkVisibility()) row.focus();
    }
  },
);
