// Editing: the selected notes, and what is done with them.

class Editor {
  /**
   * @param {NoteSelection} selection
   * @param {Player} player
   * @param {() => ScoreData} present the score
   * @param {(score: ScoreData, selected: NoteData[]) => void} change takes up a score
   */
  constructor(selection, player, present, change) {
    this.selection = selection;
    this.player = player;
    this.present = present;
    this.change = change;
  }

  get score() {
    return this.present();
  }

  /** @param {NoteData | null} note @param {boolean} more whether others stay selected */
  select(note, more) {
    this.selection.select(note, more);
    this.followSelection();
  }

  /** Select all notes of the voice that is chosen. */
  selectVoice() {
    const voice = Number(valueOf("voice"));
    this.selection.notes = this.score.notes.filter((note) => note.voice === voice);
    this.followSelection();
  }

  /** Select the next note by the keyboard. @param {number} direction @param {boolean} more */
  stepSelection(direction, more) {
    this.selection.step(this.score, Number(valueOf("voice")), direction, more);
    this.followSelection();
  }

  /** Take voice and bars of the selected notes. */
  followSelection() {
    const { notes } = this.selection;
    const { bars } = this.player.music;
    if (notes.length) {
      setValue("voice", String(notes[notes.length - 1].voice));
      const numbers = notes.flatMap(({ step, length }) =>
        [step, step + length - 1].map((each) => findBar(bars, each).number),
      );
      setValue("from", String(Math.min(...numbers)));
      setValue("to", String(Math.max(...numbers)));
      for (const box of document.querySelectorAll("#again-voices input")) {
        const own = /** @type {HTMLInputElement} */ (box);
        own.checked = notes.some((each) => NAMES[each.voice] === own.value);
      }
    }
    this.showSelection();
  }

  /** The selected notes, or the one written last. */
  targets() {
    return this.selection.notes.length ? this.selection.notes : this.score.notes.slice(-1);
  }

  /** Change the selected notes, or the one written last. @param {NoteData[]} old @param {NoteData[]} others */
  edit(old, others) {
    if (old.length) {
      this.change(replaceNotes(this.score, old, others), this.selection.notes.length ? others : []);
    }
  }

  /** @param {number} semitones */
  raise(semitones) {
    const old = this.targets();
    this.edit(old, old.map((note) => ({ ...note, pitch: note.pitch + semitones })));
  }

  deleteSelected() {
    this.edit(this.targets(), []);
  }

  toggleLocks() {
    this.selection.toggleLocks();
    this.showSelection();
  }

  /** Untie the selected notes at the bar lines; if none crosses one, tie each to the next note. */
  tie() {
    const old = this.targets();
    const starts = this.player.music.bars.map((bar) => bar.step);
    const parts = old.flatMap((note) => untie(note, starts));
    const pairs = old.map((note) => ({ note, next: findTied(this.score, note) }));
    const tied = pairs.flatMap(({ note, next }) =>
      next ? [{ ...note, length: note.length + next.length }] : [note],
    );
    if (parts.length > old.length) {
      this.edit(old, parts);
    } else if (pairs.some(({ next }) => next && !old.includes(next))) {
      this.edit([...old, ...pairs.flatMap(({ next }) => next ?? [])], tied);
    } else {
      complain(new Error("no tie: the next note of the voice has another pitch, or none is there"));
    }
  }

  /** Show what is selected, in the score and in the buttons. */
  showSelection() {
    const { notes } = this.selection;
    const { length } = notes;
    press("lock", length > 0 && notes.every((note) => this.selection.isLocked(note)));
    get("again").textContent = length
      ? `Again: ${length} ${length === 1 ? "note" : "notes"}`
      : "Again: bars";
    this.selection.mark(this.score);
  }
}
