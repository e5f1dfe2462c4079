// Elements of HTML: finding and creating them.

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
function get(id) {
  return /** @type {T} */ (document.getElementById(id));
}

/**
 * @param {string} text
 * @param {() => void} act
 */
function createButton(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}
