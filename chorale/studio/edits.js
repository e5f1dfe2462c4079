// Edits: scores from a score, which stays as it is.

/**
 * A score with a note put into a voice, which replaces what sounds there.
 *
 * @param {ScoreData} score
 * @param {NoteData} note
 * @returns {ScoreData}
 */
function putNote(score, note) {
  const end = Math.min(score.steps, note.step + note.length);
  const put = { ...note, length: end - note.step };
  const others = score.notes.flatMap((each) =>
    each.voice === note.voice ? cut(each, note.step, end) : [each],
  );
  return { ...score, notes: [...others, put] };
}

/**
 * What is left of a note outside a stretch of steps.
 *
 * @param {NoteData} note
 * @param {number} start
 * @param {number} end
 * @returns {NoteData[]}
 */
function cut(note, start, end) {
  const last = note.step + note.length;
  if (last <= start || note.step >= end) {
    return [note];
  }
  return note.step < start ? [{ ...note, length: start - note.step }] : [];
}

/**
 * The note of a voice that sounds at a step.
 *
 * @param {ScoreData} score
 * @param {number} voice
 * @param {number} step
 */
function findNote(score, voice, step) {
  return score.notes.find((note) => note.voice === voice && sounds(note, step)) ?? null;
}

/** @param {NoteData} note @param {number} step */
function sounds(note, step) {
  return note.step <= step && step < note.step + note.length;
}

/**
 * A score in which some notes are replaced by others.
 *
 * @param {ScoreData} score
 * @param {NoteData[]} old
 * @param {NoteData[]} others
 * @returns {ScoreData}
 */
function replaceNotes(score, old, others) {
  return { ...score, notes: [...score.notes.filter((note) => !old.includes(note)), ...others] };
}

/**
 * A note as its parts within the bars, each a note of its own.
 *
 * @param {NoteData} note
 * @param {number[]} starts first steps of the bars
 * @returns {NoteData[]}
 */
function untie(note, starts) {
  const end = note.step + note.length;
  const inside = starts.filter((start) => note.step < start && start < end);
  const ends = [...inside, end];
  return [note.step, ...inside].map((step, place) => ({ ...note, step, length: ends[place] - step }));
}

/**
 * The note that follows at once in the same voice with the same pitch, to which a tie can lead.
 *
 * @param {ScoreData} score
 * @param {NoteData} note
 */
function findTied(score, note) {
  const next = findNote(score, note.voice, note.step + note.length);
  return next?.pitch === note.pitch ? next : null;
}

/**
 * An empty score.
 *
 * @param {number} bars
 * @param {string | null} metre
 * @param {string | null} key
 * @param {string} [voicing]
 * @returns {ScoreData}
 */
function createScore(bars, metre, key, voicing = "SATB") {
  const [beats, unit] = (metre ?? "4/4").split("/").map(Number);
  return {
    title: "New chorale",
    tempo: 80,
    steps: Math.round(bars * beats * (16 / unit)),
    metre: metre ?? "4/4",
    key,
    pickup: 0,
    early: [],
    fermatas: null,
    voicing,
    annotations: null,
    notes: [],
  };
}
