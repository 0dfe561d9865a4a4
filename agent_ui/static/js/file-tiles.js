/**
 * `<file-tiles data-max="25000000" data-remove="…" data-too-big="… {0} …" data-place="…" data-mark="[… {0}]">` around a
 * file input lets files be dropped on, or pasted into, its form, gathers what is chosen bit by bit, and shows each as a
 * tile that can be removed. Pictures that are dropped on or pasted into the text stand in it, under a mark.
 */
import { Island } from "./island.js";
import { displace, isPicture, place, renamed } from "./picture-marks.js";
import { child, tile } from "./tiles.js";

customElements.define(
  "file-tiles",
  class extends Island {
    /** @type {File[]} */
    #files = [];

    /** @param {AbortSignal} signal */
    start(signal) {
      const form = this.closest("form");
      const input = this.#input;
      if (!form) return;
      input.addEventListener("change", () => this.#add([...(input.files ?? [])]), { signal });
      form.addEventListener("dragover", (event) => {
        if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
      }, { signal });
      form.addEventListener("drop", (event) => this.#take(event, event.dataTransfer), { signal });
      form.addEventListener("paste", (event) => this.#take(event, event.clipboardData), { signal });
      form.addEventListener("reset", () => this.#show([]), { signal });
      form.addEventListener("htmx:config:request", () => {
        form.enctype = this.#files.length ? "multipart/form-data" : "application/x-www-form-urlencoded";
      }, { signal });
      form.addEventListener("formdata", ({ formData }) => {
        if (!this.#files.length) formData.delete(input.name); // else a nameless empty file is sent
      }, { signal });
      this.setAttribute("hx-morph-skip", ""); // the server does not know the tiles yet
    }

    get #input() {
      return /** @type {HTMLInputElement} */ (this.querySelector("input"));
    }

    get #text() {
      return /** @type {HTMLTextAreaElement | null | undefined} */ (this.closest("form")?.querySelector("[name=text]"));
    }

    /**
     * @param {Event} event
     * @param {DataTransfer | null} brought
     */
    #take(event, brought) {
      // An office program brings what was copied as text and as a picture of that text.
      if (!brought?.files.length || brought.types.includes("text/plain")) return;
      event.preventDefault();
      const pictures = this.#add([...brought.files]).filter(isPicture);
      if (event.target === this.#text) this.#place(pictures);
    }

    /** @param {File[]} more */
    #add(more) {
      /** @type {File[]} */
      const added = [];
      const tooBig = [];
      let room = (Number(this.dataset.max) || Infinity) - this.#files.reduce((sum, file) => sum + file.size, 0);
      for (const file of more.filter((one) => !this.#files.some((old) => same(old, one)))) {
        if (file.size > room) {
          tooBig.push(file.name);
          continue;
        }
        room -= file.size;
        added.push(renamed(file, [...this.#files, ...added].map((one) => one.name)));
      }
      this.#show([...this.#files, ...added]);
      const said = filled(this.dataset.tooBig, tooBig.join(" · "));
      child(this, "p", "error").textContent = tooBig.length ? said : "";
      return added;
    }

    /** @param {File[]} pictures */
    #place(pictures) {
      if (this.#text && pictures.length) place(this.#text, pictures.map((one) => filled(this.dataset.mark, one.name)));
    }

    /** @param {File} file */
    #remove(file) {
      if (this.#text) displace(this.#text, filled(this.dataset.mark, file.name));
      this.#show(this.#files.filter((other) => other !== file));
    }

    /** @param {File[]} files */
    #show(files) {
      const carrier = new DataTransfer();
      for (const file of files) carrier.items.add(file);
      this.#files = files;
      this.#input.files = carrier.files;
      const { place: placing = "", remove = "" } = this.dataset;
      const tiles = files.map((file) =>
        tile(file.name, [
          .../** @type {[string, string, () => void][]} */ (
            this.#text && isPicture(file) ? [["⤶", placing, () => this.#place([file])]] : []
          ),
          ["×", remove, () => this.#remove(file)],
        ]),
      );
      child(this, "ul", "tiles").replaceChildren(...tiles);
    }
  },
);

/** @param {string | undefined} pattern @param {string} words as they are: a name may hold what means something else */
const filled = (pattern, words) => (pattern ?? "{0}").replace("{0}", () => words);

/** @param {File} a @param {File} b */
const same = (a, b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
