/**
 * What every htmx request has in common: a quiet bar when it takes long, the server's sentence when
 * it fails, and a `form_key` that is renewed only when the server has accepted the form.
 */
import { showSignedOut, toast } from "./notices.js";

const SLOW = 300;
const LIVE = /^(ticket-\d+|inbox|presence|resync)$/;

/** @param {HtmxContext} ctx whether the stream asked for it, not a person */
export const isLive = (ctx) => LIVE.test(ctx.sourceEvent?.type ?? "");

/** @type {Map<HtmxContext, ReturnType<typeof setTimeout>>} */
const running = new Map();

/** Forms on their way. Meanwhile nothing live moves: it would put back what is just being sent. */
/** @type {Set<HtmxContext>} */
const sending = new Set();
let missed = false;

/** What changed while this tab lay behind others: nobody has read it until the tab is looked at. */
/** @type {Set<string>} */
const unseen = new Set();

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (!document.hidden) return;
  ctx.request.headers["Tab-Hidden"] = "true";
  if (isLive(ctx) && ctx.sourceEvent) unseen.add(ctx.sourceEvent.type);
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const name of unseen) document.getElementById("live")?.dispatchEvent(new CustomEvent(name));
  unseen.clear();
});

document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  if (isLive(ctx)) return waitForForms(event);
  if (ctx.request.method !== "GET") sending.add(ctx);
  running.set(ctx, setTimeout(() => document.documentElement.toggleAttribute("data-busy", true), SLOW));
});

// An answer may replace the very button that asked: what comes after the swap is then heard by nobody here.
for (const name of /** @type {const} */ (["htmx:after:request", "htmx:error", "htmx:finally:request"])) {
  document.addEventListener(name, ({ detail: { ctx } }) => ctx && settle(ctx));
}
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => renewKey(ctx));

/** @param {HtmxContext} ctx */
function settle(ctx) {
  clearTimeout(running.get(ctx));
  running.delete(ctx);
  sending.delete(ctx);
  if (!running.size) document.documentElement.removeAttribute("data-busy");
  if (!missed || sending.size) return;
  missed = false;
  setTimeout(() => document.getElementById("live")?.dispatchEvent(new CustomEvent("resync")));
}

/** @param {Event} event */
function waitForForms(event) {
  if (!sending.size) return;
  event.preventDefault();
  missed = true;
}

// A form that was refused (409, 422) comes back with its reasons, and an error page made for the place
// it was asked for is shown there. Anything else must not replace a part of the desk.
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (isLive(ctx)) waitForForms(event);
  const status = ctx.response?.status ?? 0;
  if (status < 400 || status === 409 || status === 422) return;
  const page = new DOMParser().parseFromString(ctx.text ?? "", "text/html");
  const asked = ctx.request.method === "GET" && !isLive(ctx) && status !== 401;
  if (asked && ctx.target?.id && page.getElementById(ctx.target.id)) return;
  event.preventDefault();
  if (status === 401) showSignedOut(true);
  else if (!isLive(ctx)) toast(sentence(ctx, page), "failed");
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && !ctx.response && !isLive(ctx)) toast("", "network");
});

/** @param {HtmxContext} ctx */
function renewKey({ request, response }) {
  const key = request.form?.elements.namedItem("form_key");
  const done = response && response.status >= 200 && response.status < 300;
  if (!done || request.method === "GET" || !(key instanceof HTMLInputElement) || !key.isConnected) return;
  const sent = request.body instanceof FormData || request.body instanceof URLSearchParams ? request.body.get("form_key") : "";
  if (sent !== key.value) return; // a swap brought the next one
  // randomUUID is missing on plain HTTP
  key.value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {HtmxContext} ctx
 * @param {Document} page
 */
function sentence({ text = "", response }, page) {
  const type = response?.headers.get("content-type") ?? "";
  if (type.includes("json")) {
    const { detail, title } = JSON.parse(text);
    return String(detail ?? title ?? "");
  }
  if (type.startsWith("text/plain")) return text;
  const said = page.querySelectorAll("h1, h1 + p, [role=alert]");
  return [...said].map((one) => one.textContent?.trim()).filter(Boolean).join(". ");
}
