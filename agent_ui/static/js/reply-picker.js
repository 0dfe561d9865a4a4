/**
 * `<reply-picker src="…" to="…">` in a form: `/word` in its text, or the button inside, opens the canned replies above it.
 * Arrows choose, Enter takes one (with Shift in its other language), Escape leaves everything as it was. While the
 * list does not answer yet what is typed, Enter does nothing, so that nobody sends a citizen the wrong words.
 */
import { fetchWords, insertWords } from "./insert-words.js";
import { Island } from "./island.js";

const SLASH = /(?:^|\s)\/([^\s/]{0,40})$/u;
const PAUSE = 120;

customElements.define(
  "reply-picker",
  class extends Island {
    /** Where what is replaced begins, and whether a slash stands there. */
    #from = -1;
    #slash = true;
    #answers = false;
    #asked = new AbortController();

    /** @param {AbortSignal} signal */
    start(signal) {
      const field = /** @type {HTMLTextAreaElement | null} */ (this.closest("form")?.querySelector("[name=text]") ?? null);
      if (!field) return;
      field.addEventListener("input", () => this.#look(field), { signal });
      field.addEventListener("keydown", (event) => this.#press(event, field), { signal });
      field.addEventListener("blur", () => this.#close(field), { signal });
      this.addEventListener("pointerdown", (event) => event.preventDefault(), { signal }); // the caret stays
      this.addEventListener("click", ({ target }) => {
        if (!(target instanceof Element)) return;
        const option = target.closest("[data-reply]");
        if (option) void this.#take(field, option, !!target.closest("[data-in-other]"));
        else if (target.closest("button")) this.#open(field, field.selectionEnd, false);
      }, { signal });
      signal.addEventListener("abort", () => this.#close(field));
    }

    /** @param {HTMLTextAreaElement} field */
    #look(field) {
      const before = field.value.slice(0, field.selectionEnd);
      const said = SLASH.exec(before)?.[1];
      if (said !== undefined) return this.#open(field, before.length - said.length - 1, true);
      const typed = this.#from < 0 || this.#slash ? "\n" : before.slice(this.#from);
      if (/\s/u.test(typed) || before.length < this.#from) this.#close(field);
      else this.#open(field, this.#from, false);
    }

    /**
     * @param {HTMLTextAreaElement} field
     * @param {number} from
     * @param {boolean} slash
     */
    #open(field, from, slash) {
      this.#asked.abort();
      this.#asked = new AbortController();
      const { signal } = this.#asked;
      this.#answers = false;
      const first = this.#from < 0;
      this.#from = from;
      this.#slash = slash;
      field.focus();
      const said = field.value.slice(from + (slash ? 1 : 0), field.selectionEnd);
      setTimeout(() => signal.aborted || void this.#show(field, said, signal), first ? 0 : PAUSE);
    }

    /**
     * @param {HTMLTextAreaElement} field
     * @param {string} said
     * @param {AbortSignal} signal
     */
    async #show(field, said, signal) {
      const address = `${this.getAttribute("src")}?q=${encodeURIComponent(said)}`;
      try {
        const response = await fetch(address, { headers: { "HX-Request-Type": "partial" }, signal });
        if (!response.ok || response.redirected) return this.#close(field);
        const html = await response.text();
        if (signal.aborted) return;
        this.#place.innerHTML = html; // our own template, which escapes what people wrote
        this.#place.hidden = false;
        this.#answers = true;
        this.#mark(field, this.#options[0]);
      } catch {
        if (!signal.aborted) this.#close(field);
      }
    }

    /**
     * @param {KeyboardEvent} event
     * @param {HTMLTextAreaElement} field
     */
    #press(event, field) {
      if (this.#place.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const options = this.#options;
      const at = options.findIndex((one) => one.ariaSelected === "true");
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const chosen = options[at];
      if (event.key === "Escape") this.#close(field);
      else if (step && options.length) this.#mark(field, options[(at + step + options.length) % options.length]);
      else if (event.key === "Enter" && this.#answers && !chosen) return;
      else if (event.key === "Enter" && this.#answers) void this.#take(field, chosen, event.shiftKey);
      else if (event.key !== "Enter") return;
      event.preventDefault();
    }

    /**
     * @param {HTMLTextAreaElement} field
     * @param {Element} option
     * @param {boolean} other
     */
    async #take(field, option, other) {
      const [from, to] = [this.#from, field.selectionEnd];
      const replaced = field.value.slice(from, to);
      const { reply = "", language = "", other: second = "" } = /** @type {HTMLElement} */ (option).dataset;
      const token = field.form?.querySelector("[name=_csrf_token]");
      this.#close(field);
      const words = await fetchWords(this.getAttribute("to") ?? "", {
        reply,
        language: (other && second) || language,
        _csrf_token: token instanceof HTMLInputElement ? token.value : "",
      });
      if (!words || !field.isConnected) return;
      const stands = field.value.slice(from, to) === replaced; // else something was typed meanwhile: it stays
      insertWords(field, words, stands ? from : field.selectionEnd, stands ? to : field.selectionEnd);
    }

    /**
     * @param {HTMLTextAreaElement} field
     * @param {Element | undefined} option
     */
    #mark(field, option) {
      for (const one of this.#options) one.ariaSelected = String(one === option);
      if (option) field.setAttribute("aria-activedescendant", option.id);
      else field.removeAttribute("aria-activedescendant");
      option?.scrollIntoView({ block: "nearest" });
    }

    /** @param {HTMLTextAreaElement} field */
    #close(field) {
      this.#asked.abort();
      this.#from = -1;
      this.#place.hidden = true;
      this.#place.replaceChildren();
      field.removeAttribute("aria-activedescendant");
    }

    get #options() {
      return [...this.#place.querySelectorAll("[role=option]")];
    }

    /** @returns {HTMLElement} */
    get #place() {
      return /** @type {HTMLElement} */ (this.querySelector("[data-choices]"));
    }
  },
);
