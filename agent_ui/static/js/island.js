/**
 * An element with a life: `start` is given a signal that aborts when the element leaves.
 *
 * It starts a microtask after it was connected, because a morph connects an element before it
 * has given it attributes and children; a move within the page is not a new life.
 */
export class Island extends HTMLElement {
  #life = new AbortController();

  connectedCallback() {
    this.#life.abort();
    const { signal } = (this.#life = new AbortController());
    queueMicrotask(() => signal.aborted || this.start(signal));
  }

  disconnectedCallback() {
    this.#life.abort();
  }

  connectedMoveCallback() {}

  /** @param {AbortSignal} _signal */
  start(_signal) {}
}
