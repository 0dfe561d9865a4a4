/**
 * Puts words of the server into the answer: where the caret is, over nothing that was typed, and so that Ctrl+Z takes
 * them back. A `<form data-insert>` is sent for such words; without a script it shows them to be copied.
 */
import { showSignedOut, toast } from "./notices.js";

/**
 * @param {string} address
 * @param {Record<string, string>} fields
 * @returns {Promise<string | undefined>} nothing when it failed, which has been said then
 */
export async function fetchWords(address, fields) {
  try {
    const response = await fetch(address, { method: "POST", body: new URLSearchParams(fields) });
    if (response.ok && !response.redirected) return await response.text();
    if (response.status === 401 || response.redirected) showSignedOut(true);
    else toast("", "failed");
  } catch {
    toast("", "network");
  }
  return undefined;
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {string} words
 * @param {number} from
 * @param {number} to what stands between the two makes room
 */
export function insertWords(field, words, from, to) {
  field.focus();
  field.setSelectionRange(from, to);
  // Deprecated, and the one way in which a browser can undo it together with what was typed.
  if (document.execCommand("insertText", false, words)) return;
  field.setRangeText(words, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const field = document.getElementById("composer-text");
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-insert]")) return;
  if (!(field instanceof HTMLTextAreaElement)) return; // on the page of the help alone it is shown as it is
  event.preventDefault();
  const fields = Object.fromEntries([...new FormData(form, submitter)].map(([name, value]) => [name, String(value)]));
  if (submitter instanceof HTMLButtonElement) submitter.disabled = true;
  const words = await fetchWords(form.action, fields);
  if (submitter instanceof HTMLButtonElement) submitter.disabled = false;
  if (!words || !field.isConnected) return;
  const drawer = document.getElementById("context");
  if (drawer?.matches(":popover-open")) drawer.hidePopover();
  const { value, selectionEnd: at } = field;
  const before = at && value[at - 1] !== "\n" ? "\n" : "";
  const after = at < value.length && value[at] !== "\n" && !words.endsWith("\n") ? "\n" : "";
  insertWords(field, before + words + after, at, at);
});
