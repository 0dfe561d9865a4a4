/** The rows of the list on the page, and which of them one is at. */
let last = "";

document.addEventListener("focusin", ({ target }) => {
  const row = target instanceof Element && target.closest(".ticket-row");
  if (row) last = row.id;
});

document.addEventListener("click", ({ target, ctrlKey, metaKey, shiftKey }) => {
  const link = target instanceof Element && target.closest(".ticket-row a");
  if (!link || ctrlKey || metaKey || shiftKey) return;
  for (const other of rowLinks()) if (other !== link) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
});

/** @returns {HTMLElement[]} the links that open the rows' tickets */
export function rowLinks() {
  return [...document.querySelectorAll(".ticket-row")].flatMap((row) => row.querySelector("a") ?? []);
}

/** @returns {HTMLElement | null} the row in focus, else the last that was, else the open one */
export function currentRow() {
  const row = document.activeElement?.closest(".ticket-row") ?? document.getElementById(last);
  return row?.querySelector("a") ?? document.querySelector(".ticket-row a[aria-current]");
}

/** @param {ParentNode} root */
export function rowIds(root) {
  return [...root.querySelectorAll(".ticket-row")].map((row) => row.id);
}
