/** The element with this id, which the page is known to have. @param {string} id @returns {HTMLElement} */
export function one(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * Makes an element. Text goes in as text: nothing that the API says is ever read as HTML.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name @param {Partial<HTMLElementTagNameMap[Name]>} properties @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Tells something to those who do not see the page. @param {string} text */
export function announce(text) {
  one("announcer").textContent = text;
}

/** A button that copies `text` and says so. @param {string} text @param {string} [className] */
export function copyButton(text, className = "") {
  const button = element("button", { type: "button", className, ariaLabel: `Copy ${text}` }, "Copy");
  button.addEventListener("click", () => void copyWith(button, text));
  return button;
}

/** @param {HTMLButtonElement} button @param {string} text */
export async function copyWith(button, text) {
  const copied = await copy(text);
  button.textContent = copied ? "Copied" : "Press Ctrl+C";
  announce(copied ? `${text} copied` : "Copying is not allowed here");
  setTimeout(() => {
    button.textContent = "Copy";
  }, 1_600);
}

/** @param {string} text @returns {Promise<boolean>} */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages that did not come over HTTPS have no clipboard; the old way still works there.
    const field = element("textarea", { value: text, className: "unseen" });
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }
}

/** @param {number} count @returns {string} such as `1 click` */
export function clicksOf(count) {
  return `${count.toLocaleString()} ${count === 1 ? "click" : "clicks"}`;
}
