// The server: requests of the page, and answers that come line by line.

/** @type {Start} */
const start = JSON.parse(get("start-data").textContent ?? "");

/**
 * Ask the server, and return its answer.
 *
 * @param {string} path
 * @param {BodyInit} body
 * @param {AbortSignal} [signal]
 */
async function ask(path, body, signal) {
  const headers = { "X-Token": start.token };
  const response = await fetch(path, { method: "POST", body, headers, signal: signal ?? null });
  if (!response.ok) {
    const answer = await response.json().catch(() => ({ error: response.statusText }));
    throw new Error(answer.error);
  }
  return response;
}

/**
 * Read the lines of an answer as they come.
 *
 * @param {Response} response
 * @param {(line: ComposeLine) => void} take
 */
async function readLines(response, take) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    rest += decoder.decode(value, { stream: !done });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    lines.filter(Boolean).forEach((line) => take(JSON.parse(line)));
    if (done) {
      return;
    }
  }
}

/**
 * Save a score as a file of a format.
 *
 * @param {ScoreData} score
 * @param {string} format
 */
async function saveFile(score, format) {
  const response = await ask("/save", JSON.stringify({ score, format }));
  const name = /filename\*=UTF-8''(.*)/.exec(response.headers.get("Content-Disposition") ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = decodeURIComponent(name?.[1] ?? "chorale");
  link.click();
  URL.revokeObjectURL(link.href);
}
