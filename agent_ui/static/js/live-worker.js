/**
 * Holds the one stream of this browser and hands its events to every tab.
 *
 * On plain HTTP a browser opens six connections to a server; a stream a tab would hang the seventh.
 */
import { keepStream } from "./live-source.js";

const FORGET = 180_000; // a hidden tab's timers may run once a minute only
/** @type {Map<MessagePort, number>} */
const tabs = new Map();
/** @type {import("./live-source.js").LiveState} */
let state = { state: "connecting" };
/** @type {ReturnType<typeof keepStream> | undefined} */
let stream;

/** @param {import("./live-source.js").News} news */
function tell(news) {
  if ("state" in news) {
    state = news;
    if (news.signedOut) stream = undefined;
  }
  for (const port of tabs.keys()) port.postMessage(news);
}

/** @param {MessagePort} port */
function leave(port) {
  tabs.delete(port);
  if (tabs.size) return;
  stream?.close();
  stream = undefined;
}

/**
 * @param {MessagePort} port
 * @param {"hello" | "here" | "awake" | "bye"} word
 */
function hear(port, word) {
  if (word === "bye") return leave(port);
  const forgotten = word !== "hello" && !tabs.has(port);
  tabs.set(port, Date.now());
  if (word === "awake") stream?.wake();
  if (word !== "here") port.postMessage(state);
  if (forgotten) port.postMessage({ name: "resync", data: "" });
  if (word !== "here") stream ??= keepStream(self.name, tell);
}

globalThis.addEventListener("connect", (event) => {
  const [port] = /** @type {MessageEvent} */ (event).ports;
  if (port) port.onmessage = ({ data }) => hear(port, data);
});

setInterval(() => {
  for (const [port, seen] of tabs) if (Date.now() - seen > FORGET) leave(port);
}, 60_000);
