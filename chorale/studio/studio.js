// The studio: the score with its history, what a click and a key do, and the buttons.

/** @type {Record<string, string>} */
const HINTS = {
  listen: "",
  write:
    "A click on a staff, or a letter from A to G, writes a note; R leaves a rest. " +
    "Up and down move the last one.",
  select:
    "A click selects a note, with Shift one more, and so do left and right; up and down move it, " +
    "Delete removes it, K locks it, T ties it to the next or unties it at the bar line.",
};

class Studio {
  constructor() {
    this.display = new Display();
    this.player = this.display.player;
    this.history = new ScoreHistory(createScore(4, "4/4", null));
    this.selection = new NoteSelection();
    this.writer = new Writer(this.display, (score) => void this.change(score));
    this.alternatives = new Alternatives(
      this.display,
      (score, view) => this.takeAlternative(score, view),
      () => void this.show(),
      () => this.composer.stop(),
    );
    this.composer = new Composer(this.display, this.selection, this.alternatives);
    this.editor = new Editor(
      this.selection,
      this.player,
      () => this.score,
      (score, selected) => this.takeEdit(score, selected),
    );
    this.mode = "write";
    this.voicing = ""; // the choir of the score that is shown
    for (const panel of NARROW.matches ? ["music-panel", "write-panel"] : []) {
      /** @type {HTMLDetailsElement} */ (get(panel)).open = false; // the score comes first
    }
    this.connect();
  }

  get score() {
    return this.history.score;
  }

  connect() {
    /** @type {Record<string, () => void>} */
    const actions = {
      new: () => this.createNew(),
      undo: () => this.go(-1),
      redo: () => this.go(1),
      save: () => void saveFile(this.score, valueOf("format")).catch(complain),
      compose: () => void this.composer.compose("generate", this.score),
      harmonize: () => void this.composer.compose("harmonize", this.score),
      continue: () => void this.composer.compose("continue", this.score),
      again: () => void this.composer.compose("rewrite", this.score),
      up: () => this.editor.raise(1),
      down: () => this.editor.raise(-1),
      delete: () => this.deleteSelected(),
      lock: () => this.editor.toggleLocks(),
      tie: () => this.editor.tie(),
      "whole-voice": () => this.selectVoice(),
    };
    Object.entries(actions).forEach(([id, act]) => get(id).addEventListener("click", act));
    for (const mode of ["listen", "write", "select"]) {
      get(`mode-${mode}`).addEventListener("click", () => this.setMode(mode));
    }
    const open = /** @type {HTMLInputElement} */ (get("open"));
    open.addEventListener("change", () => {
      void this.open(open.files?.[0]);
      open.value = ""; // so that the same file can be opened again
    });
    get("title").addEventListener("change", () => this.rename());
    for (const id of ["key", "metre"]) {
      get(id).addEventListener("change", () => this.changePlan());
    }
    for (const id of ["from", "to"]) {
      get(id).addEventListener("input", () => this.editor.select(null, false));
    }
    get("voice").addEventListener("change", () => (this.writer.cursor = null));
    get("voicing").addEventListener("change", () => this.changeVoicing());
    NARROW.addEventListener("change", () => !this.alternatives.trying && void this.show());
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      void this.open(event.dataTransfer?.files[0]);
    });
    get("score").addEventListener("click", (event) => this.handleClick(event), true);
    document.addEventListener("keydown", (event) => handleKey(this, event), true);
  }

  // the score and its history

  /** Take up a score as a step of the history. @param {ScoreData} score */
  change(score) {
    this.alternatives.close();
    this.history.add(score);
    return this.show();
  }

  /** Undo or redo. @param {number} direction */
  go(direction) {
    if (this.history.go(direction)) {
      this.writer.cursor = null;
      this.alternatives.close();
      void this.show();
    }
  }

  createNew() {
    const [metre, key] = [valueOf("metre") || "4/4", valueOf("key") || null];
    const score = createScore(Number(valueOf("bars")), metre, key, valueOf("voicing"));
    this.writer.cursor = 0;
    const title = this.score.notes.length ? score.title : this.score.title;
    void this.change({ ...score, title });
  }

  /** Take the title, which the engraving does not have. */
  rename() {
    this.history.add({ ...this.score, title: valueOf("title") });
    this.showState();
  }

  changePlan() {
    const key = valueOf("key") || null;
    const metre = valueOf("metre") || this.score.metre;
    void this.change({ ...this.score, key, metre });
  }

  /** Take the chosen choir for an empty score; else it is that of the next new music. */
  changeVoicing() {
    if (!this.score.notes.length) {
      void this.change({ ...this.score, voicing: valueOf("voicing") });
    }
  }

  /** @param {ScoreData} score @param {View} view */
  takeAlternative(score, view) {
    const taken = { ...score, title: this.score.title };
    this.display.keep(taken, view);
    void this.change(taken);
  }

  /** Show the present score. */
  async show() {
    this.selection.keepThoseOf(this.score);
    this.showState();
    const shown = await this.display.show(this.score);
    if (shown) {
      this.showVoices();
      this.selection.mark(this.score);
    }
    return shown;
  }

  showState() {
    const { score, history } = this;
    /** @type {HTMLButtonElement} */ (get("undo")).disabled = !history.canUndo;
    /** @type {HTMLButtonElement} */ (get("redo")).disabled = !history.canRedo;
    setValue("title", score.title);
    choose("key", score.key ?? "");
    choose("metre", score.metre ?? "");
    if (score.voicing !== this.voicing) {
      this.voicing = score.voicing;
      setValue("voicing", score.voicing);
    }
    for (const mode of ["listen", "write", "select"]) {
      press(`mode-${mode}`, this.mode === mode);
    }
    get("mode-hint").textContent = HINTS[this.mode];
    get("hint").hidden = this.mode !== "listen"; // what a click does for the player
    this.editor.showSelection();
  }

  /** Name the voices of the choir in the list of voices. */
  showVoices() {
    const list = get("voice");
    const chosen = valueOf("voice");
    const { voices } = this.display.view.music;
    list.replaceChildren(...voices.map(({ number, name }) => new Option(name, String(number))));
    const exists = voices.some(({ number }) => String(number) === chosen);
    setValue("voice", exists ? chosen : String(voices[0].number));
  }

  // editing

  /** @param {string} mode */
  setMode(mode) {
    this.mode = mode;
    this.writer.cursor = null;
    this.selection.select(null, false);
    this.showState();
  }

  /** Whether the score that is shown can be edited: not an alternative that is not taken. */
  canEdit() {
    if (this.alternatives.trying) {
      complain(new Error("take this alternative, or none, before editing"));
    }
    return !this.alternatives.trying;
  }

  /** @param {MouseEvent} event */
  handleClick(event) {
    if (this.mode === "listen" || !this.player.music.bars.length) {
      return;
    }
    event.stopPropagation();
    if (!this.canEdit()) {
      return;
    }
    if (this.mode === "write") {
      this.writer.writeAt(this.score, event.clientX, event.clientY);
    } else {
      const found = this.display.engraved?.findNearest(event.clientX, event.clientY);
      const note = found ? findNote(this.score, found.voice, found.step) : null;
      this.editor.select(note, event.shiftKey);
    }
  }

  /** Take up an edit of notes. @param {ScoreData} score @param {NoteData[]} selected */
  takeEdit(score, selected) {
    if (this.canEdit()) {
      this.selection.notes = selected;
      void this.change(score);
    }
  }

  deleteSelected() {
    this.writer.cursor = null;
    this.editor.deleteSelected();
  }

  selectVoice() {
    this.setMode("select");
    this.editor.selectVoice();
  }

  // files

  /** Take up a file that was read. @param {{ score: ScoreData, notices: string[] }} file */
  async take({ score, notices }) {
    if (await this.change(score)) {
      this.setMode("listen");
      showMessage([...notices, ...this.display.view.notices].join("; "));
    }
  }

  /** @param {File | undefined} file */
  async open(file) {
    try {
      if (file) {
        const response = await ask(`/read?name=${encodeURIComponent(file.name)}`, file);
        await this.take(await response.json());
      }
    } catch (error) {
      complain(error);
    }
  }
}

/** Choose an entry of a list, which gets it if it has none. @param {string} id @param {string} value */
function choose(id, value) {
  const list = /** @type {HTMLSelectElement} */ (get(id));
  if (![...list.options].some((option) => option.value === value)) {
    list.append(new Option(value, value));
  }
  list.value = value;
}

const studio = new Studio();
if (start.opening) {
  void studio.take(start.opening);
} else {
  void studio.show();
}
