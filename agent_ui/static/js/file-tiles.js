/**
 * `<file-tiles data-max="25000000" data-remove="…" data-too-big="… {0} …">` around a file input lets files be dropped
 * on, or pasted into, its form, gathers what is chosen bit by bit, and shows each as a tile that can be removed.
 */
import { Island } from "./island.js";
import { fill } from "./time-words.js";

customElements.define(
  "file-tiles",
  class extends Island {
    /** @type {File[]} */
    #files = [];

    /** @param {AbortSignal} signal */
    start(signal) {
      const input = this.querySelector("input");
      const form = this.closest("form");
      if (!input || !form) return;
      const take = (/** @type {FileList | null | undefined} */ files) => {
        if (files?.length) this.#add(input, [...files]);
      };
      input.addEventListener("change", () => take(input.files), { signal });
      form.addEventListener("dragover", (event) => {
        if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
      }, { signal });
      form.addEventListener("drop", (event) => {
        if (event.dataTransfer?.files.length) event.preventDefault();
        take(event.dataTransfer?.files);
      }, { signal });
      form.addEventListener("paste", (event) => take(event.clipboardData?.files), { signal });
      form.addEventListener("reset", () => this.#show(input, []), { signal });
      form.addEventListener("htmx:config:request", () => {
        form.enctype = this.#files.length ? "multipart/form-data" : "application/x-www-form-urlencoded";
      }, { signal });
      form.addEventListener("formdata", ({ formData }) => {
        if (!this.#files.length) formData.delete(input.name); // else a nameless empty file is sent
      }, { signal });
      this.setAttribute("hx-morph-skip", ""); // the server does not know the tiles yet
    }

    /**
     * @param {HTMLInputElement} input
     * @param {File[]} more
     */
    #add(input, more) {
      const most = Number(this.dataset.max) || Infinity;
      const tooBig = more.filter((file) => file.size > most).map((file) => file.name);
      const fitting = more.filter((file) => file.size <= most);
      this.#show(input, [...this.#files.filter((old) => !fitting.some((file) => same(old, file))), ...fitting]);
      child(this, "p", "error").textContent = tooBig.length
        ? fill(this.dataset.tooBig ?? "{0}", tooBig.join(" · "))
        : "";
    }

    /**
     * @param {HTMLInputElement} input
     * @param {File[]} files
     */
    #show(input, files) {
      const carrier = new DataTransfer();
      for (const file of files) carrier.items.add(file);
      this.#files = files;
      input.files = carrier.files;
      const tiles = files.map((file) => {
        const tile = document.createElement("li");
        const remove = document.createElement("button");
        child(child(tile, "span", "tile"), "bdi", "tile-name").textContent = file.name;
        tile.firstElementChild?.append(remove);
        remove.type = "button";
        remove.className = "quiet";
        remove.textContent = "×";
        remove.ariaLabel = `${this.dataset.remove ?? "×"} ${file.name}`;
        remove.onclick = () => this.#show(input, this.#files.filter((other) => other !== file));
        return tile;
      });
      child(this, "ul", "tiles").replaceChildren(...tiles);
    }
  },
);

/** The child of that kind, made when it is not there yet.
 * @param {Element} parent
 * @param {string} tag
 * @param {string} name
 */
function child(parent, tag, name) {
  const found = parent.querySelector(`:scope > ${tag}.${name}`);
  if (found) return found;
  const made = parent.appendChild(document.createElement(tag));
  made.className = name;
  return made;
}

/** @param {File} a @param {File} b */
const same = (a, b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
