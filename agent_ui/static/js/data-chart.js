/**
 * `<data-chart kind="lines" data-library="…" data-style="…">` draws the table that it holds, which stays for those who read,
 * or with `table="id"` another one, and of that only the series named in `series="kept late"`.
 *
 * A row is a place on the axis, named by its `<th>`; a column is a series, in the colour of its head's `data-series`;
 * `<td data-value="3">` is a value, one without a number a gap. `kind` is `lines` or `bars`, `unit="percent"` takes shares of 1.
 * What is drawn lives in the element's shadow, where no morph reaches; it follows the table, the size and the theme.
 */
import { shape } from "./digits.js";
import { Island } from "./island.js";

const ROUND = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));

customElements.define(
  "data-chart",
  class extends Island {
    #root = this.attachShadow({ mode: "open" });
    /** @type {any} */
    #library;
    /** @type {any} */
    #plot;

    /** @param {AbortSignal} signal */
    async start(signal) {
      if (!this.#library) {
        this.#furnish();
        this.#library = (await import(this.dataset.library ?? "")).default;
      }
      if (signal.aborted) return;
      const draw = () => this.#draw();
      const table = new MutationObserver(draw);
      table.observe(this.#table, { subtree: true, childList: true, characterData: true, attributeFilter: ["data-value"] });
      const size = new ResizeObserver(draw);
      size.observe(this.#part("plot"));
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw, { signal });
      signal.addEventListener("abort", () => {
        table.disconnect();
        size.disconnect();
      });
    }

    /** @returns {Element} */
    get #table() {
      const elsewhere = this.getAttribute("table");
      return (elsewhere && document.getElementById(elsewhere)) || this;
    }

    /** @returns {HTMLTableCellElement[]} */
    get #heads() {
      const chosen = this.getAttribute("series")?.split(" ");
      return [...this.#table.querySelectorAll("th")].filter(
        ({ dataset: { series } }) => series && (!chosen || chosen.includes(series)),
      );
    }

    #furnish() {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = this.dataset.style ?? "";
      const parts = ["legend", "plot", "said"].map((name) => {
        const made = document.createElement("div");
        made.part.add(name);
        made.ariaHidden = "true"; // the table says it all
        return made;
      });
      this.#root.replaceChildren(style, ...parts, document.createElement("slot"));
    }

    /** @param {string} name */
    #part(name) {
      return /** @type {HTMLElement} */ (this.#root.querySelector(`[part="${name}"]`));
    }

    #draw() {
      const place = this.#part("plot");
      const { clientWidth: width, clientHeight: height } = place;
      this.#plot?.destroy();
      this.#plot = undefined;
      const rows = [...this.#table.querySelectorAll("tbody tr")];
      const heads = this.#heads;
      const colours = this.#legend(heads);
      if (!width || !height || !rows.length) return;
      const values = heads.map((head) => rows.map((row) => value(cell(row, head))));
      const options = this.#options(rows, heads, colours);
      this.#plot = new this.#library({ width, height, ...options }, [rows.map((_, at) => at), ...values], place);
    }

    /** @param {HTMLTableCellElement[]} heads */
    #legend(heads) {
      const marks = heads.map((head) => {
        const mark = document.createElement("span");
        mark.part.add("mark", head.dataset.series ?? "");
        return mark;
      });
      const names = heads.map((head) => document.createTextNode(head.textContent ?? ""));
      this.#part("legend").replaceChildren(...marks.flatMap((mark, at) => [mark, names[at] ?? ""]));
      return marks.map((mark) => getComputedStyle(mark).color);
    }

    /**
     * @param {Element[]} rows
     * @param {HTMLTableCellElement[]} heads
     * @param {string[]} colours
     */
    #options(rows, heads, colours) {
      const { direction, color, fontFamily, borderColor } = getComputedStyle(this.#part("said"));
      const backwards = direction === "rtl";
      const font = `12px ${fontFamily}`;
      const bars = this.getAttribute("kind") === "bars" ? this.#library.paths.bars({ size: [0.7, 40] }) : undefined;
      const look = { stroke: color, font, ticks: { show: false } };
      return {
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false } },
        scales: {
          x: { time: false, dir: backwards ? -1 : 1, range: [-0.5, rows.length - 0.5] },
          y: { range: (/** @type {any} */ _, /** @type {number} */ _least, /** @type {number} */ most) => [0, this.#whole(most)] },
        },
        axes: [
          { ...look, grid: { show: false }, incrs: ROUND, space: this.#room(rows, font), values: this.#names(rows) },
          {
            ...look,
            side: backwards ? 1 : 3,
            grid: { stroke: borderColor, width: 1 },
            incrs: this.#shares ? [0.1, 0.2, 0.25, 0.5] : ROUND,
            values: (/** @type {any} */ _, /** @type {number[]} */ at) => at.map((each) => this.#number(each)),
          },
        ],
        series: [
          {},
          ...heads.map((_, at) => ({ stroke: colours[at], fill: bars && colours[at], width: 2, paths: bars, points: { show: rows.length < 2 } })),
        ],
        hooks: { setCursor: [(/** @type {any} */ plot) => this.#say(heads, rows[plot.cursor.idx ?? -1])] },
      };
    }

    get #shares() {
      return this.getAttribute("unit") === "percent";
    }

    /**
     * Writes a number as the table does: the browser's own way puts marks around a percent sign that turn it over.
     * @param {number} each
     */
    #number(each) {
      const text = (this.#shares ? each * 100 : each).toLocaleString("en", { maximumFractionDigits: 1 });
      const sign = document.documentElement.dataset.digits === "arab" ? "٪" : "%";
      return shape(text) + (this.#shares ? sign : "");
    }

    /** @param {number} most */
    #whole(most) {
      return this.#shares ? 1 : Math.max(most * 1.05, 4);
    }

    /**
     * Returns how far names have to stand apart so that the longest of them fits.
     * @param {Element[]} rows
     * @param {string} font
     */
    #room(rows, font) {
      const pen = document.createElement("canvas").getContext("2d");
      if (!pen) return 56;
      pen.font = font;
      const widths = rows.map((row) => pen.measureText(row.querySelector("th")?.textContent ?? "").width);
      return Math.max(40, ...widths) + 16;
    }

    /** @param {Element[]} rows */
    #names(rows) {
      return (/** @type {any} */ _, /** @type {number[]} */ at) => at.map((each) => rows[each]?.querySelector("th")?.textContent ?? "");
    }

    /**
     * @param {HTMLTableCellElement[]} heads
     * @param {Element | undefined} row
     */
    #say(heads, row) {
      const words = heads.map((head) => `${head.textContent}: ${row && cell(row, head)?.textContent?.trim()}`);
      this.#part("said").textContent = row ? [row.querySelector("th")?.textContent, ...words].join(" · ") : "";
    }
  },
);

/**
 * @param {Element} row
 * @param {HTMLTableCellElement} head
 */
function cell(row, head) {
  return row.children[head.cellIndex];
}

/** @param {Element | undefined} cell */
function value(cell) {
  const said = cell instanceof HTMLElement ? cell.dataset.value : undefined;
  return said ? Number(said) : null;
}
