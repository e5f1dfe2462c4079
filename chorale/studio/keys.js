// The keys of the studio; the others are those of the player.

/** @param {Studio} studio @param {KeyboardEvent} event */
function handleKey(studio, event) {
  const typing =
    event.target instanceof HTMLSelectElement ||
    (event.target instanceof HTMLInputElement && event.target.type !== "range");
  const key = event.key.toLowerCase();
  const act =
    event.ctrlKey || event.metaKey
      ? { z: () => studio.go(event.shiftKey ? 1 : -1), y: () => studio.go(1) }[key]
      : findKey(studio, key, event.shiftKey);
  if (act && !typing) {
    event.preventDefault();
    event.stopPropagation();
    act();
  }
}

/**
 * What a key does in the present mode, if anything.
 *
 * @param {Studio} studio
 * @param {string} key
 * @param {boolean} shift
 * @returns {(() => void) | undefined}
 */
function findKey(studio, key, shift) {
  if (studio.mode === "listen") {
    return undefined;
  }
  /** @type {Record<string, () => void>} */
  const actions = {
    arrowup: () => studio.editor.raise(shift ? 12 : 1),
    arrowdown: () => studio.editor.raise(shift ? -12 : -1),
    delete: () => studio.deleteSelected(),
    backspace: () => studio.deleteSelected(),
    k: () => studio.editor.toggleLocks(),
    t: () => studio.editor.tie(),
  };
  if (studio.mode === "select") {
    actions.arrowleft = () => studio.editor.stepSelection(-1, shift);
    actions.arrowright = () => studio.editor.stepSelection(1, shift);
    actions.escape = () => studio.editor.select(null, false);
  } else if ("abcdefgr".includes(key)) {
    return () => void (studio.canEdit() && studio.writer.writeLetter(studio.score, key));
  }
  return actions[key];
}
