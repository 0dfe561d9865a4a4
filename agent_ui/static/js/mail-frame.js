/**
 * `<mail-frame>` gives its sandboxed frame the height of the mail inside, up to a limit.
 *
 * The frame may run no script; where it may not be measured either it keeps the height of the style sheet.
 */
import { Island } from "./island.js";

const TALLEST = 6000;

customElements.define(
  "mail-frame",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      const frame = this.querySelector("iframe");
      if (!frame) return;
      const watch = new ResizeObserver(() => measure(frame));
      const look = () => {
        watch.disconnect();
        if (frame.contentDocument?.body) watch.observe(frame.contentDocument.body);
        measure(frame);
      };
      frame.addEventListener("load", look, { signal });
      signal.addEventListener("abort", () => watch.disconnect());
      look();
    }
  },
);

/** @param {HTMLIFrameElement} frame */
function measure(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page?.getBoundingClientRect().height) return;
  frame.style.blockSize = `${Math.min(TALLEST, Math.ceil(page.getBoundingClientRect().height) + 2)}px`;
}
