/**
 * `<alarm-bell src="/notices/newest">` shows new notices through the browser itself, where a person switched
 * that on with `<alarm-switches>`; what they are told of, and when not, the server knows.
 *
 * However much happens, it rings no more than once a minute, and in one tab.
 */
import { Island } from "./island.js";

const EVERY = 60_000;
const SHOWN = "alarms:shown";
const RANG = "alarms:rang";
/** @param {"show" | "sound"} what */
export const keyOf = (what) => `alarms:${what}`;

/** @typedef {{ at: string, title: string, body: string, quiet: boolean, link: string }} News */

customElements.define(
  "alarm-bell",
  class extends Island {
    /** @param {AbortSignal} signal */
    start(signal) {
      const look = () => void this.#look();
      for (const name of ["inbox", "resync"]) {
        document.getElementById("live")?.addEventListener(name, look, { signal });
      }
      const timer = setInterval(look, EVERY);
      signal.addEventListener("abort", () => clearInterval(timer));
    }

    async #look() {
      const wanted = localStorage.getItem(keyOf("show")) || localStorage.getItem(keyOf("sound"));
      if (!wanted || Date.now() - Number(localStorage.getItem(RANG)) < EVERY) return;
      const answer = await fetch(this.getAttribute("src") ?? "", { headers: { Accept: "application/json" } }).catch(() => undefined);
      if (!answer?.ok) return;
      const news = /** @type {News | null} */ (await answer.json());
      if (!news || news.quiet || news.at <= (localStorage.getItem(SHOWN) ?? "")) return;
      localStorage.setItem(SHOWN, news.at);
      localStorage.setItem(RANG, String(Date.now()));
      ring(news);
    }
  },
);

/** @param {News} news */
function ring({ title, body, link }) {
  if (localStorage.getItem(keyOf("sound"))) chime();
  if (!localStorage.getItem(keyOf("show")) || globalThis.Notification?.permission !== "granted") return;
  const { lang, dir } = document.documentElement;
  const shown = new Notification(title, { body, lang, dir: dir === "rtl" ? "rtl" : "ltr", tag: "tawasul" });
  shown.addEventListener("click", () => {
    window.focus();
    location.assign(link);
  });
}

/** Two soft notes; a browser that has not been touched yet plays none. */
function chime() {
  const audio = new AudioContext();
  const loud = audio.createGain();
  loud.gain.value = 0.08;
  loud.connect(audio.destination);
  for (const [at, pitch] of /** @type {const} */ ([[0, 660], [0.18, 880]])) {
    const note = audio.createOscillator();
    note.frequency.value = pitch;
    note.connect(loud);
    note.start(audio.currentTime + at);
    note.stop(audio.currentTime + at + 0.15);
  }
  setTimeout(() => void audio.close(), 1000);
}
