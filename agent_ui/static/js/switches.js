/** The switches of the layout (`<body>`'s own checkboxes) stay as this person left them. */
const switches = /** @type {NodeListOf<HTMLInputElement>} */ (
  document.querySelectorAll("body > input[type=checkbox][id]")
);

for (const one of switches) {
  const key = `switch:${one.id}`;
  one.checked = localStorage.getItem(key) === "on";
  one.addEventListener("change", () => {
    if (one.checked) localStorage.setItem(key, "on");
    else localStorage.removeItem(key);
  });
}
