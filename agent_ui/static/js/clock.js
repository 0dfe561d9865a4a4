/**
 * The server's time, and one tick for everything that shows how time passes.
 *
 * `<html data-now="…">` is the instant at which the server wrote the page: a desk computer whose
 * clock is wrong still counts to the right minute.
 */
const written = Date.parse(document.documentElement.dataset.now ?? "");
const offset = Number.isNaN(written) ? 0 : written - Date.now();

/** @returns {number} milliseconds since 1970 */
export const now = () => Date.now() + offset;

/** @type {Set<() => void>} */
const shown = new Set();

/**
 * @param {() => void} draw
 * @param {AbortSignal} signal
 */
export function everyTick(draw, signal) {
  draw();
  shown.add(draw);
  signal.addEventListener("abort", () => shown.delete(draw));
}

const tick = () => shown.forEach((draw) => draw());
setInterval(tick, 30_000);
document.addEventListener("visibilitychange", () => document.hidden || tick());
