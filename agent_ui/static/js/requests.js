/**
 * What every htmx request has in common: a quiet bar when it takes long, the server's sentence when
 * it fails, and a `form_key` that is renewed only when the server has accepted the form.
 */
const SLOW = 300;
const LIVE = /^(ticket-\d+|inbox|presence|resync)$/;

/** @param {HtmxContext} ctx whether the stream asked for it, not a person */
export const isLive = (ctx) => LIVE.test(ctx.sourceEvent?.type ?? "");

/** @type {Map<HtmxContext, ReturnType<typeof setTimeout>>} */
const running = new Map();

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (isLive(ctx)) return;
  running.set(ctx, setTimeout(() => document.documentElement.toggleAttribute("data-busy", true), SLOW));
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  clearTimeout(running.get(ctx));
  running.delete(ctx);
  if (!running.size) document.documentElement.removeAttribute("data-busy");
  renewKey(ctx);
});

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const status = ctx.response?.status ?? 0;
  if (status === 401) return showSignedOut();
  if (status !== 409 && status !== 422 && !isLive(ctx)) toast(sentence(ctx) || words("failed"));
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && !isLive(ctx)) toast(words("network"));
});

/** A form that stays on the page must not repeat the key of what was done; a swap brings its own.
 * @param {HtmxContext} ctx
 */
function renewKey({ request, response }) {
  const key = request.form?.elements.namedItem("form_key");
  const done = response && response.status >= 200 && response.status < 300;
  if (!done || request.method === "GET" || !(key instanceof HTMLInputElement) || !key.isConnected) return;
  if (request.body && new URLSearchParams(/** @type {any} */ (request.body)).get("form_key") !== key.value) return;
  // randomUUID is missing on plain HTTP
  key.value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
}

function showSignedOut() {
  const notice = document.querySelector("[data-signed-out]");
  if (notice instanceof HTMLElement) notice.hidden = false;
}

/** @param {HtmxContext} ctx the server's own words about what went wrong */
function sentence({ text = "", response }) {
  const type = response?.headers.get("content-type") ?? "";
  if (type.includes("json")) {
    const { detail, title } = JSON.parse(text);
    return String(detail ?? title ?? "");
  }
  if (!type.includes("html")) return text;
  const page = new DOMParser().parseFromString(text, "text/html");
  return (page.querySelector("[data-error], .error, h1")?.textContent ?? "").trim();
}

/** @param {"network" | "failed"} name */
function words(name) {
  return document.getElementById("toasts")?.dataset[name] ?? "";
}

/** @param {string} text */
function toast(text) {
  const place = document.getElementById("toasts");
  if (!place || !text || place.lastElementChild?.textContent === text) return;
  const said = document.createElement("p");
  said.className = "toast";
  said.dir = "auto";
  said.textContent = text;
  place.append(said);
  said.addEventListener("click", () => said.remove());
  setTimeout(() => said.remove(), 10_000);
}
