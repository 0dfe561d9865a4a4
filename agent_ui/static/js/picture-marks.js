/** Pictures in a text: the mark that says where one stands, and the names that fit into it. */
const PICTURES = /^image\/(png|jpeg|gif|webp)$/;

/** @param {File} file whether a mail program can show it within a text */
export const isPicture = (file) => PICTURES.test(file.type);

/**
 * A name of its own among `taken`, without what would end the mark or be spelled otherwise on its way; pasted
 * pictures are all called alike.
 *
 * @param {File} file
 * @param {string[]} taken
 */
export function renamed(file, taken) {
  const plain = [...file.name.replace(/[[\]"\\/\p{C}]/gu, "_").trim()].slice(-100).join("") || "picture";
  const [, stem = plain, ending = ""] = /^(.*?)(\.\w+)?$/u.exec(plain) ?? [];
  let name = plain;
  for (let number = 2; taken.includes(name); number += 1) name = `${stem}-${number}${ending}`;
  return name === file.name ? file : new File([file], name, { type: file.type, lastModified: file.lastModified });
}

/**
 * Puts marks where the caret stands, each on a line of its own.
 *
 * @param {HTMLTextAreaElement} field
 * @param {string[]} marks
 */
export function place(field, marks) {
  const { selectionStart, selectionEnd, value } = field;
  const before = selectionStart && value[selectionStart - 1] !== "\n" ? "\n" : "";
  const after = value[selectionEnd] === "\n" ? "" : "\n";
  field.setRangeText(before + marks.join("\n") + after, selectionStart, selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * Takes a mark out again, with the line that held nothing else.
 *
 * @param {HTMLTextAreaElement} field
 * @param {string} mark
 */
export function displace(field, mark) {
  if (!field.value.includes(mark)) return;
  field.value = field.value.replaceAll(`${mark}\n`, "").replaceAll(mark, "");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
