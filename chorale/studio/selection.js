// The notes that are selected, and those that are locked.

const NAMES = ["soprano", "alto", "tenor", "bass"];

/** A note's place, which stays when its pitch changes. @param {NoteData} note */
function nameOf(note) {
  return `${note.voice}:${note.step}`;
}

class NoteSelection {
  constructor() {
    /** @type {NoteData[]} */
    this.notes = [];
    /** @type {Set<string>} places of notes that later requests keep */
    this.locks = new Set();
  }

  /** @param {NoteData | null} note @param {boolean} more whether others stay selected */
  select(note, more) {
    const others = more ? this.notes.filter((each) => each !== note) : [];
    const wasSelected = more && this.notes.length > others.length;
    this.notes = note && !wasSelected ? [...others, note] : others;
  }

  /** Select the next note of a voice, or the one before. @param {ScoreData} score @param {number} voice @param {number} direction @param {boolean} more */
  step(score, voice, direction, more) {
    const line = score.notes.filter((note) => note.voice === voice);
    line.sort((one, other) => one.step - other.step);
    const last = this.notes[this.notes.length - 1];
    const place = last ? line.indexOf(last) + direction : direction > 0 ? 0 : line.length - 1;
    if (line[place]) {
      this.select(line[place], more && !this.notes.includes(line[place]));
    }
  }

  /** @param {NoteData} note */
  isLocked(note) {
    return this.locks.has(nameOf(note));
  }

  /** Lock the selected notes, or unlock them if all are locked. */
  toggleLocks() {
    const names = this.notes.map(nameOf);
    const all = names.every((name) => this.locks.has(name));
    names.forEach((name) => (all ? this.locks.delete(name) : this.locks.add(name)));
  }

  /** Forget selected notes and locks that a score does not have. @param {ScoreData} score */
  keepThoseOf(score) {
    const names = new Set(score.notes.map(nameOf));
    this.locks = new Set([...this.locks].filter((name) => names.has(name)));
    this.notes = this.notes.filter((note) => score.notes.includes(note));
  }

  /** Mark the selected and the locked notes of the engraving. @param {ScoreData} score */
  mark(score) {
    for (const element of document.querySelectorAll("#score g.note")) {
      const [, voice, step] = element.id.split("-");
      const note = findNote(score, Number(voice), Number(step));
      element.classList.toggle("selected", note !== null && this.notes.includes(note));
      element.classList.toggle("locked", note !== null && this.isLocked(note));
    }
  }
}

/**
 * The request to compose some notes again: their bars and voices, with everything else locked.
 *
 * @param {ScoreData} score
 * @param {Bar[]} bars
 * @param {number} stepsPerBeat
 * @param {NoteSelection} selection
 */
function describeSelected(score, bars, stepsPerBeat, selection) {
  const { notes } = selection;
  const first = findBar(bars, Math.min(...notes.map((note) => note.step)));
  const last = findBar(bars, Math.max(...notes.map((note) => note.step + note.length - 1)));
  const voices = [0, 1, 2, 3].filter((voice) => notes.some((note) => note.voice === voice));
  const end = bars[bars.indexOf(last) + 1]?.step ?? score.steps;
  /** @type {string[]} */
  const locks = [];
  for (const voice of voices) {
    for (let step = first.step; step < end; step += 1) {
      const note = findNote(score, voice, step);
      const starts = step === first.step || note?.step === step;
      if (note ? starts && !notes.includes(note) : true) {
        locks.push(describeLock(voice, step, bars, stepsPerBeat));
      }
    }
  }
  return {
    bars: `${first.number}-${last.number}`,
    voices: voices.map((voice) => NAMES[voice]),
    locks: [...locks, ...describeLocks(score, bars, stepsPerBeat, selection)],
  };
}

/**
 * The locked notes as `chorale rewrite --lock` takes them.
 *
 * @param {ScoreData} score
 * @param {Bar[]} bars
 * @param {number} stepsPerBeat
 * @param {NoteSelection} selection
 */
function describeLocks(score, bars, stepsPerBeat, selection) {
  return score.notes
    .filter((note) => selection.isLocked(note))
    .map((note) => describeLock(note.voice, note.step, bars, stepsPerBeat));
}

/**
 * A lock such as "alto 6:2.5".
 *
 * @param {number} voice
 * @param {number} step
 * @param {Bar[]} bars
 * @param {number} stepsPerBeat
 */
function describeLock(voice, step, bars, stepsPerBeat) {
  const bar = findBar(bars, step);
  return `${NAMES[voice]} ${bar.number}:${bar.beat + (step - bar.step) / stepsPerBeat}`;
}

/** The bar of a step. @param {Bar[]} bars @param {number} step */
function findBar(bars, step) {
  return bars.filter((bar) => bar.step <= step).pop() ?? bars[0];
}
