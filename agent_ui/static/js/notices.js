/** What is said beside the work: a line in `#toasts`, or that the session is over. */
const STAYS = 10_000;

/**
 * @param {string} text the server's words; without any, `data-failed` or `data-network` of `#toasts`
 * @param {"failed" | "network"} otherwise
 */
export function toast(text, otherwise) {
  const place = document.getElementById("toasts");
  const words = text || place?.dataset[otherwise];
  if (!place || !words || place.lastElementChild?.textContent === words) return;
  const line = place.appendChild(document.createElement("p"));
  line.className = "toast";
  line.dir = "auto";
  line.textContent = words;
  line.addEventListener("click", () => line.remove());
  setTimeout(() => line.remove(), STAYS);
}

/** @param {boolean} over */
export function showSignedOut(over) {
  for (const notice of document.querySelectorAll("[data-signed-out]")) notice.toggleAttribute("hidden", !over);
}
