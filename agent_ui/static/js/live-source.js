/**
 * One stream of server-sent events, kept open for as long as somebody listens.
 *
 * It reads with `fetch`, not with EventSource: only so can it see that the session is over (401)
 * and that a connection has died although it looks open (the server's keep-alive comments stop).
 *
 * @typedef {{ name: string, data: string }} LiveEvent
 * @typedef {{ state: "live" | "connecting" | "offline", signedOut?: boolean }} LiveState
 * @typedef {LiveEvent | LiveState} News
 */

const QUIET = 60_000; // the server says something at least every 20 s
const LONGEST_WAIT = 30_000;

/**
 * @param {string} src
 * @param {(news: News) => void} tell
 * @returns {{ close: () => void, wake: () => void }}
 */
export function keepStream(src, tell) {
  const end = new AbortController();
  let wake = () => {};
  globalThis.addEventListener("online", () => wake(), { signal: end.signal });
  void (async () => {
    let failures = 0;
    while (!end.signal.aborted) {
      tell({ state: failures > 1 ? "offline" : "connecting" });
      const opened = () => {
        failures = 0;
        tell({ state: "live" });
      };
      if ((await readStream(src, end.signal, opened, tell)) === "signed out") {
        return tell({ state: "offline", signedOut: true });
      }
      failures += 1;
      // Random from the start, so that a restarted server is not met by everybody at once.
      const wait = 200 + Math.random() * Math.min(LONGEST_WAIT, 500 * 2 ** failures);
      await new Promise((resolve) => {
        wake = () => resolve(undefined);
        setTimeout(wake, wait);
      });
    }
  })();
  return { close: () => end.abort(), wake: () => wake() };
}

/**
 * @param {string} src
 * @param {AbortSignal} end
 * @param {() => void} opened
 * @param {(news: LiveEvent) => void} tell
 * @returns {Promise<"closed" | "signed out">}
 */
async function readStream(src, end, opened, tell) {
  const dead = new AbortController();
  let timer = setTimeout(() => dead.abort(), QUIET);
  try {
    const answer = await fetch(src, {
      headers: { Accept: "text/event-stream" },
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.any([end, dead.signal]),
    });
    if (answer.status === 401 || answer.type === "opaqueredirect") return "signed out";
    if (!answer.ok || !answer.body) return "closed";
    const parse = eventParser(tell);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let first = true;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (first) opened(); // only now does the server listen for us
      first = false;
      clearTimeout(timer);
      timer = setTimeout(() => dead.abort(), QUIET);
      parse(part.value);
    }
  } catch {
    // A broken connection ends like a closed one: it is opened again.
  } finally {
    clearTimeout(timer);
  }
  return "closed";
}

/** @param {(news: LiveEvent) => void} tell */
function eventParser(tell) {
  let rest = "";
  let name = "";
  /** @type {string[]} */
  let data = [];
  return (/** @type {string} */ text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.map((one) => one.replace(/\r$/, ""))) {
      if (line === "") {
        if (name || data.length) tell({ name: name || "message", data: data.join("\n") });
        name = "";
        data = [];
      } else if (line.startsWith("event:")) name = line.slice(6).trim();
      else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
    }
  };
}
