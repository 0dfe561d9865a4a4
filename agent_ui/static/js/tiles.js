/** A tile for a file that was chosen and has not left yet. */

/**
 * @param {string} name
 * @param {[sign: string, label: string, press: () => void][]} buttons
 */
export function tile(name, buttons) {
  const made = document.createElement("li");
  const inside = child(made, "span", "tile");
  child(inside, "bdi", "tile-name").textContent = name;
  for (const [sign, label, press] of buttons) {
    const button = inside.appendChild(document.createElement("button"));
    button.type = "button";
    button.className = "quiet";
    button.textContent = sign;
    button.title = button.ariaLabel = `${label} ${name}`;
    button.onclick = press;
  }
  return made;
}

/** The child of that kind, made when it is not there yet.
 * @param {Element} parent
 * @param {string} tag
 * @param {string} name
 */
export function child(parent, tag, name) {
  const found = parent.querySelector(`:scope > ${tag}.${name}`);
  if (found) return found;
  const made = parent.appendChild(document.createElement(tag));
  made.className = name;
  return made;
}
