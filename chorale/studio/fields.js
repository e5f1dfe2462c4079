// The fields of the page: their values, and the line for messages.

/** @param {string} id */
function valueOf(id) {
  return /** @type {HTMLInputElement} */ (get(id)).value;
}

/** @param {string} id @param {string} value */
function setValue(id, value) {
  /** @type {HTMLInputElement} */ (get(id)).value = value;
}

/** @param {string} id */
function isChecked(id) {
  return /** @type {HTMLInputElement} */ (get(id)).checked;
}

/** @param {string} text */
function showMessage(text) {
  get("message").textContent = text;
}

/** Show an error; a request that was given up is none. @param {unknown} error */
function complain(error) {
  if (!(error instanceof DOMException && error.name === "AbortError")) {
    showMessage(error instanceof Error ? error.message : String(error));
  }
}
