/**
 * `<live-stream id="live" src="/live">` says what changed, as events on itself: `ticket-42`, `inbox`,
 * `presence`, `resync`. `data-state` is `live`, `connecting` or `offline`.
 *
 * Each time it becomes live it says `resync`: nobody heard what happened before, be it between the
 * writing of this page and now.
 */
import { Island } from "./island.js";
import { joinStream } from "./live-link.js";
import { showSignedOut } from "./notices.js";

const LONG_HIDDEN = 60_000;
const HIDDEN_PAUSE = 5_000; // ten hidden tabs must not ask ten times for every message

customElements.define(
  "live-stream",
  class extends Island {
    /** @type {Set<string>} */
    #waiting = new Set();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #timer;

    /** @param {AbortSignal} signal */
    start(signal) {
      const leave = new AbortController();
      this.dataset.state = "connecting";
      const src = this.getAttribute("src") ?? "/live";
      const link = joinStream(src, (news) => this.#hear(news), leave.signal);
      const here = setInterval(() => link.say("here"), 20_000);
      let hiddenAt = 0;
      const stop = () => {
        leave.abort();
        clearInterval(here);
        clearTimeout(this.#timer);
      };
      signal.addEventListener("abort", stop);
      addEventListener("pagehide", stop, { signal });
      addEventListener("pageshow", ({ persisted }) => persisted && this.connectedCallback(), { signal });
      document.addEventListener("visibilitychange", () => {
        if (document.hidden) return void (hiddenAt = Date.now());
        link.say("awake");
        if (hiddenAt && Date.now() - hiddenAt > LONG_HIDDEN) this.#waiting.add("resync");
        this.#handOut();
      }, { signal });
    }

    /** @param {import("./live-source.js").News} news */
    #hear(news) {
      if ("state" in news) return this.#show(news);
      if (news.name === "tickets") {
        const { tickets = [], inbox = false } = JSON.parse(news.data);
        for (const id of tickets) this.#waiting.add(`ticket-${id}`);
        if (inbox) this.#waiting.add("inbox");
      } else this.#waiting.add(news.name);
      this.#handOutSoon();
    }

    #handOutSoon() {
      if (!document.hidden) return this.#handOut();
      this.#timer ??= setTimeout(() => this.#handOut(), HIDDEN_PAUSE);
    }

    #handOut() {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      const names = this.#waiting.has("resync") ? ["resync"] : [...this.#waiting];
      this.#waiting.clear();
      for (const name of names) this.dispatchEvent(new CustomEvent(name));
    }

    /** @param {import("./live-source.js").LiveState} news */
    #show({ state, signedOut = false }) {
      if (state === "live" && this.dataset.state !== "live") {
        this.#waiting.add("resync");
        this.#handOutSoon();
      }
      this.dataset.state = state;
      if (signedOut || state === "live") showSignedOut(signedOut);
    }
  },
);
