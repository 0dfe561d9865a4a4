/**
 * `<fill-screen>`: a page that is looked at from across a room fills the screen, and Escape takes it back.
 *
 * The document is marked for the style, because the browser's own key for it is known by a media query alone.
 */
import { Island } from "./island.js";

const page = document.documentElement;
const wide = matchMedia("(display-mode: fullscreen)");

customElements.define(
  "fill-screen",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      this.toggleAttribute("hidden", !document.fullscreenEnabled);
      this.addEventListener("click", () => void fill(), { signal });
      document.addEventListener("fullscreenchange", mark, { signal });
      wide.addEventListener("change", mark, { signal });
      mark();
    }
  },
);

async function fill() {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await page.requestFullscreen();
}

function mark() {
  page.toggleAttribute("data-from-afar", wide.matches || document.fullscreenElement !== null);
}
