/** Joins this tab to the browser's one stream, or, where there are no shared workers, to its own. */
import { keepStream } from "./live-source.js";

/**
 * @param {string} src
 * @param {(news: import("./live-source.js").News) => void} hear
 * @param {AbortSignal} signal
 * @returns {{ say: (word: "here" | "awake") => void }}
 */
export function joinStream(src, hear, signal) {
  if (typeof SharedWorker === "undefined") return ownStream(src, hear, signal);
  const worker = new SharedWorker(new URL("live-worker.js", import.meta.url), {
    type: "module",
    name: new URL(src, location.href).href,
  });
  /** @type {ReturnType<typeof joinStream> | undefined} */
  let own;
  worker.onerror = () => (own ??= ownStream(src, hear, signal));
  worker.port.onmessage = ({ data }) => hear(data);
  worker.port.postMessage("hello");
  signal.addEventListener("abort", () => {
    worker.port.postMessage("bye");
    worker.port.close();
  });
  return { say: (word) => (own ? own.say(word) : worker.port.postMessage(word)) };
}

/** Open only while the tab is looked at, so that many tabs do not use up the connections.
 * @type {typeof joinStream}
 */
function ownStream(src, hear, signal) {
  /** @type {ReturnType<typeof keepStream> | undefined} */
  let stream;
  const follow = () => {
    if (document.visibilityState === "visible") stream ??= keepStream(src, hear);
    else if (stream) {
      stream.close();
      stream = undefined;
      hear({ state: "connecting" });
    }
  };
  follow();
  document.addEventListener("visibilitychange", follow, { signal });
  signal.addEventListener("abort", () => stream?.close());
  return { say: (word) => word === "awake" && stream?.wake() };
}
