/** What we use of htmx 4, which is loaded before our modules. */
interface HtmxContext {
  sourceElement: Element;
  sourceEvent?: Event;
  target?: Element;
  swap?: string;
  text?: string;
  request: { action: string; method: string; headers: Record<string, string>; form?: HTMLFormElement | null; body?: FormData | URLSearchParams | null };
  response?: { status: number; headers: Headers };
}
interface HtmxDetail {
  ctx: HtmxContext;
  error?: unknown;
}
interface HtmxApi {
  config: { morphIgnore: string[]; defaultSettleDelay: number };
  ajax(verb: string, path: string, options: object): Promise<void>;
}
interface Window {
  htmx: HtmxApi;
}
interface DocumentEventMap {
  "htmx:config:request": CustomEvent<HtmxDetail>;
  "htmx:before:request": CustomEvent<HtmxDetail>;
  "htmx:after:request": CustomEvent<HtmxDetail>;
  "htmx:finally:request": CustomEvent<HtmxDetail>;
  "htmx:before:swap": CustomEvent<HtmxDetail>;
  "htmx:after:swap": CustomEvent<HtmxDetail>;
  "htmx:response:error": CustomEvent<HtmxDetail>;
  "htmx:error": CustomEvent<HtmxDetail>;
}
interface HTMLElementEventMap {
  "htmx:before:request": CustomEvent<HtmxDetail>;
  "htmx:after:request": CustomEvent<HtmxDetail>;
}
