/** Everything the desk's pages run in the browser, besides htmx. */
import "./requests.js";
import "./live-stream.js";
import "./hot-keys.js";
import "./shortcuts-help.js";
import "./time-left.js";
import "./relative-time.js";
import "./draft-keeper.js";
import "./auto-grow.js";
import "./pane-size.js";
import "./list-hold.js";
import "./undo-bar.js";
import "./file-tiles.js";
import "./copy-fields.js";
import "./mail-frame.js";
import "./page-signals.js";
import "./data-chart.js";
import "./switches.js";
import "./alarm-bell.js";
import "./alarm-switches.js";
import "./fill-screen.js";
import "./pick-rows.js";
import "./insert-words.js";
import "./reply-picker.js";
import "./merge-picker.js";
import "./merge-done.js";
import "./take-draft.js";

const { config } = window.htmx;
config.morphIgnore.push("data-state"); // what an element says about itself outlives a morph
config.defaultSettleDelay = 0; // settling copies style attributes, which our content policy forbids
