/**
 * `<draft-keeper key="ticket-42">` keeps what is typed into its form until the server has it.
 *
 * It is forgotten when the form was sent and accepted, never because sending failed; and what was
 * typed while the form was on its way stays.
 */
import { Island } from "./island.js";

const PREFIX = "draft:";
const KEPT_FOR = 30 * 86_400_000;

customElements.define(
  "draft-keeper",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      const form = this.querySelector("form") ?? this.closest("form");
      const key = PREFIX + (this.getAttribute("key") ?? "");
      if (!form) return;
      const fields = () => /** @type {NodeListOf<HTMLTextAreaElement>} */ (form.querySelectorAll("textarea[name]"));
      const typed = () => JSON.stringify(Object.fromEntries([...fields()].map((one) => [one.name, one.value])));
      let sent = "";
      forgetOld();
      restore(read(key), fields());
      const save = () => {
        if ([...fields()].some((one) => one.value.trim())) write(key, typed());
        else localStorage.removeItem(key);
      };
      form.addEventListener("input", save, { signal });
      form.addEventListener("htmx:before:request", () => (sent = typed()), { signal });
      form.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
        const status = ctx.response?.status ?? 0;
        const accepted = status >= 200 && status < 300 && ctx.request.method !== "GET";
        if (accepted && typed() === sent) localStorage.removeItem(key);
      }, { signal });
    }
  },
);

/**
 * @param {Record<string, string>} draft
 * @param {NodeListOf<HTMLTextAreaElement>} fields
 */
function restore(draft, fields) {
  for (const field of fields) {
    const text = draft[field.name];
    if (!text || field.value) continue; // what the server sent back is newer than the draft
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** @param {string} key @returns {Record<string, string>} */
function read(key) {
  try {
    return JSON.parse(JSON.parse(localStorage.getItem(key) ?? "{}").typed ?? "{}");
  } catch {
    return {};
  }
}

/** @param {string} key @param {string} typed */
function write(key, typed) {
  try {
    localStorage.setItem(key, JSON.stringify({ typed, at: Date.now() }));
  } catch {
    // A full or forbidden storage: the text is still in the form.
  }
}

function forgetOld() {
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
    const { at = 0 } = JSON.parse(localStorage.getItem(key) ?? "{}");
    if (Date.now() - at > KEPT_FOR) localStorage.removeItem(key);
  }
}
