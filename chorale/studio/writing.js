// Writing: notes by clicks on the staves, and by letters.

const MIDDLES = [71, 66, 59, 52]; // pitches near which the first letter of a voice writes

class Writer {
  /**
   * @param {Display} display
   * @param {(score: ScoreData) => void} change
   */
  constructor(display, change) {
    this.display = display;
    this.change = change;
    /** @type {number | null} the step at which a letter writes; after the last note if null */
    this.cursor = null;
  }

  /**
   * Write a note where a click falls; on another staff, its upper voice is taken.
   *
   * @param {ScoreData} score
   * @param {number} x
   * @param {number} y
   */
  writeAt(score, x, y) {
    const { view } = this.display;
    const length = Number(valueOf("length"));
    const place = locate(view, x, y, Math.min(4, length));
    if (place) {
      const { voices } = view.staves[place.staff];
      if (!voices.includes(Number(valueOf("voice")))) {
        setValue("voice", String(voices[0]));
      }
      const pitch = findPitch(place.degree, score.key);
      this.put(score, { voice: Number(valueOf("voice")), pitch, step: place.step, length });
    }
  }

  /** @param {ScoreData} score @param {NoteData} note */
  put(score, note) {
    this.cursor = note.step + note.length;
    this.change(putNote(score, note));
  }

  /**
   * Write the note of a letter after the last one of the voice, in the octave that is nearest; a
   * rest for "r".
   *
   * @param {ScoreData} score
   * @param {string} letter
   */
  writeLetter(score, letter) {
    const [voice, length] = ["voice", "length"].map((id) => Number(valueOf(id)));
    const line = score.notes.filter((note) => note.voice === voice);
    const ends = line.map((note) => note.step + note.length);
    const step = this.cursor ?? Math.max(0, ...ends);
    const before = line.filter((note) => note.step < step).sort((a, b) => a.step - b.step).pop();
    if (step >= score.steps) {
      complain(new Error("the last bar is full; begin a new score with more bars"));
    } else if (letter === "r") {
      this.cursor = step + length;
    } else {
      const degree = "cdefgab".indexOf(letter);
      const near = before?.pitch ?? MIDDLES[voice];
      const pitches = [...Array(9).keys()].map((octave) =>
        findPitch(degree + 7 * octave, score.key),
      );
      pitches.sort((one, other) => Math.abs(one - near) - Math.abs(other - near));
      this.put(score, { voice, pitch: pitches[0], step, length });
    }
  }
}
