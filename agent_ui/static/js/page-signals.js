/**
 * `<page-signals unread="3" late="1">` puts the number before the page's title, and shows the icon that
 * `<link rel="icon" data-unread="…" data-late="…">` names while something is unread or late.
 */
import { shape } from "./digits.js";
import { Island } from "./island.js";

const ADDED = /^\u2068\([^)]*\)\u2069 /;
const MOST = 99;

customElements.define(
  "page-signals",
  class extends Island {
    static observedAttributes = ["unread", "late"];

    /** @param {AbortSignal} signal */
    start(signal) {
      const titles = new MutationObserver(() => this.#draw());
      titles.observe(document.head, { subtree: true, childList: true, characterData: true });
      signal.addEventListener("abort", () => titles.disconnect());
      this.#draw();
    }

    attributeChangedCallback() {
      if (this.isConnected) queueMicrotask(() => this.#draw());
    }

    #draw() {
      const [unread = 0, late = 0] = ["unread", "late"].map((name) => Number(this.getAttribute(name)));
      const bare = document.title.replace(ADDED, "");
      const count = unread > MOST ? `${MOST}+` : unread;
      const title = unread ? `\u2068(${shape(count)})\u2069 ${bare}` : bare;
      if (document.title !== title) document.title = title;
      const icon = document.querySelector("link[rel=icon]");
      if (!(icon instanceof HTMLLinkElement)) return;
      icon.dataset.calm ??= icon.getAttribute("href") ?? "";
      const wanted = (late && icon.dataset.late) || (unread && icon.dataset.unread) || icon.dataset.calm;
      if (icon.getAttribute("href") !== wanted) icon.href = wanted;
    }
  },
);
