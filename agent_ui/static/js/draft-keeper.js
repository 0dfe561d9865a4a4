/**
 * `<draft-keeper key="ticket-42">` keeps what is typed into its form until the server has it.
 *
 * It is forgotten when the form was accepted, never because sending failed; what was typed while the
 * form was on its way stays. Which of the radio buttons was chosen is kept too, or a note would come
 * back as an answer. A field with `data-usual` begins with that again; alone it makes no draft.
 */
import { Island } from "./island.js";

const PREFIX = "draft:";
const KEPT_FOR = 30 * 86_400_000;

customElements.define(
  "draft-keeper",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      const form = this.closest("form") ?? this.querySelector("form");
      const key = place(this, this.getAttribute("key") ?? "");
      if (!form) return;
      let sent = "";
      forgetOld();
      if (isWriting(form)) write(key, typed(form)); // the server handed something back
      else restore(read(key), form);
      form.addEventListener("input", () => {
        const writing = isWriting(form);
        // What arrives from now on has not been seen by whoever is writing: the server will ask.
        seen(form)?.toggleAttribute("hx-morph-skip", writing);
        if (writing) write(key, typed(form));
        else localStorage.removeItem(key);
      }, { signal });
      form.addEventListener("htmx:before:request", () => (sent = typed(form)), { signal });
      form.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
        const status = ctx.response?.status ?? 0;
        const accepted = status >= 200 && status < 300 && ctx.request.method !== "GET";
        // What was refused stays as it is through live changes; what was accepted makes room for the next.
        if (accepted) for (const kept of [form, seen(form)]) kept?.removeAttribute("hx-morph-skip");
        if (!accepted || typed(form) !== sent) return;
        localStorage.removeItem(key);
        for (const field of fields(form)) field.value = usual(field);
      }, { signal });
    }
  },
);

/**
 * Where a draft is kept. At a shared desk one person's unsent words must not come up for the next.
 *
 * @param {Element} here
 * @param {string} name
 */
function place(here, name) {
  return `${PREFIX}${here.closest("[data-person]")?.getAttribute("data-person") ?? ""}:${name}`;
}

/**
 * @param {Element} here
 * @param {string} name
 */
export function leftBehind(here, name) {
  return !!read(place(here, name)).text?.trim();
}

/**
 * Take what was being written to another ticket, below what is being written there.
 *
 * @param {Element} here
 * @param {string} from
 * @param {string} to
 */
export function takeAlong(here, from, to) {
  const [left, there] = [read(place(here, from)), read(place(here, to))];
  const text = [there.text, left.text].filter((one) => one?.trim()).join("\n\n");
  write(place(here, to), JSON.stringify({ mode: left.mode, ...there, text }));
  localStorage.removeItem(place(here, from));
}

/** @param {HTMLFormElement} form */
const seen = (form) => form.querySelector("[name=seen_seq]");

/** @param {HTMLFormElement} form */
const fields = (form) => [...form.querySelectorAll("textarea")];

/** @param {HTMLElement} field */
const usual = (field) => field.dataset.usual ?? "";

/** @param {HTMLFormElement} form */
const isWriting = (form) => fields(form).some((field) => field.value.trim() !== usual(field));

/** @param {HTMLFormElement} form */
function typed(form) {
  const chosen = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[type=radio]:checked")]);
  return JSON.stringify(Object.fromEntries([...fields(form), ...chosen].map((one) => [one.name, one.value])));
}

/**
 * @param {Record<string, string>} draft
 * @param {HTMLFormElement} form
 */
function restore(draft, form) {
  const known = fields(form).filter((field) => draft[field.name] !== undefined);
  for (const field of known) field.value = draft[field.name] ?? "";
  if (!isWriting(form)) return;
  for (const radio of form.querySelectorAll("[type=radio]")) {
    if (radio instanceof HTMLInputElement && radio.value === draft[radio.name]) radio.checked = true;
  }
  for (const field of known) field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @param {string} key @returns {Record<string, string>} */
function read(key) {
  try {
    return JSON.parse(JSON.parse(localStorage.getItem(key) ?? "{}").typed ?? "{}");
  } catch {
    return {};
  }
}

/** @param {string} key @param {string} text */
function write(key, text) {
  try {
    localStorage.setItem(key, JSON.stringify({ typed: text, at: Date.now() }));
  } catch {
    // A full or forbidden storage: the text is still in the form.
  }
}

function forgetOld() {
  const drafts = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  for (const key of drafts) {
    const written = Number(/"at":(\d+)/.exec(localStorage.getItem(key) ?? "")?.[1]);
    if (!(Date.now() - written < KEPT_FOR)) localStorage.removeItem(key);
  }
}
