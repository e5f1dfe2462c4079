// The studio: the score with its history, what a click does, and the requests to the server.

/** @type {Start} */
const start = JSON.parse(get("start-data").textContent ?? "");
const NAMES = ["soprano", "alto", "tenor", "bass"];
const MIDDLES = [71, 66, 59, 52]; // pitches near which the first letter of a voice writes
/** @type {Record<string, string>} */
const HINTS = {
  listen: "",
  write: "A click on a staff, or a letter from A to G, writes a note; R leaves a rest.",
  select: "A click selects a note, with Shift one more; arrows move it, Delete removes it, K locks it.",
};
const EMPTY = /** @type {Music} */ (
  /** @type {unknown} */ ({ steps: 1, tempo: 80, voices: [], notes: [], bars: [], beats: [] })
);

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

class Studio {
  constructor() {
    this.player = new Player({ ...EMPTY, slowing: [], breath: { steps: [], quarters: 0, max: 0 } });
    this.controls = /** @type {Controls | null} */ (null);
    this.score = createScore(4, "4/4", null);
    /** @type {ScoreData[]} */
    this.history = [this.score];
    this.place = 0;
    /** @type {Set<string>} notes that later requests keep, as voice and step */
    this.locks = new Set();
    /** @type {NoteData[]} */
    this.selected = [];
    this.mode = "listen";
    this.trying = false; // whether an alternative is shown that is not taken yet
    /** @type {number | null} the step at which a letter writes; after the last note if null */
    this.cursor = null;
    this.requests = 0; // for views, of which only the latest is shown
    /** @type {AbortController | null} */
    this.composing = null;
    this.engraved = /** @type {Score | null} */ (null);
    this.roll = /** @type {Roll | null} */ (null);
    this.connect();
  }

  connect() {
    /** @type {Record<string, () => void>} */
    const actions = {
      new: () => this.createNew(),
      undo: () => this.go(-1),
      redo: () => this.go(1),
      save: () => void this.save(),
      compose: () => void this.compose("generate"),
      harmonize: () => void this.compose("harmonize"),
      continue: () => void this.compose("continue"),
      again: () => void this.compose("rewrite"),
      up: () => this.raise(1),
      down: () => this.raise(-1),
      delete: () => this.deleteSelected(),
      lock: () => this.toggleLocks(),
      cancel: () => this.composing?.abort(),
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
    for (const id of ["key", "metre", "title"]) {
      get(id).addEventListener("change", () => this.changePlan());
    }
    get("voice").addEventListener("change", () => (this.cursor = null));
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      void this.open(event.dataTransfer?.files[0]);
    });
    get("score").addEventListener("click", (event) => this.handleClick(event), true);
    document.addEventListener("keydown", (event) => this.handleKey(event), true);
  }

  // the score and its history

  /** Take up a score as a step of the history. @param {ScoreData} score */
  change(score) {
    this.trying = false;
    this.history = [...this.history.slice(0, this.place + 1), score];
    this.place = this.history.length - 1;
    this.score = score;
    return this.show();
  }

  /** Undo or redo. @param {number} direction */
  go(direction) {
    const place = this.place + direction;
    if (place >= 0 && place < this.history.length) {
      this.place = place;
      this.score = this.history[place];
      this.cursor = null;
      this.trying = false;
      void this.show();
    }
  }

  createNew() {
    const bars = Number(valueOf("bars"));
    this.locks.clear();
    this.cursor = 0;
    void this.change(createScore(bars, valueOf("metre") || "4/4", valueOf("key") || null));
  }

  changePlan() {
    const title = valueOf("title");
    const key = valueOf("key") || null;
    const metre = valueOf("metre") || this.score.metre;
    void this.change({ ...this.score, title, key, metre });
  }

  /** Engrave the present score, unless a later one comes first. */
  async show() {
    this.requests += 1;
    const request = this.requests;
    const score = { ...this.score, notes: [...this.score.notes].sort((a, b) => a.step - b.step) };
    try {
      const response = await ask("/view", JSON.stringify({ score }));
      const view = /** @type {View} */ (await response.json());
      if (request === this.requests) {
        this.showView(view);
      }
    } catch (error) {
      this.complain(error);
    }
    this.showState();
  }

  /** @param {View} view */
  showView(view) {
    const { player } = this;
    const roll = get("roll");
    get("score").innerHTML = view.score;
    roll.replaceChildren();
    view.music.remarks = view.findings.map(({ step, end, voices, place, text }) => {
      return { step, end, voices, place, text };
    });
    player.load(view.music);
    this.controls ??= new Controls(view.music, player);
    this.controls.load(view.music);
    this.engraved = new Score(view.music, player, this.replaceListeners(get("score")));
    this.roll = view.music.notes.length ? new Roll(view.music, this.replaceListeners(roll)) : null;
    this.markNotes();
    get("findings").replaceChildren(
      ...view.findings.map((finding) => {
        const item = document.createElement("li");
        item.append(
          createButton(finding.place, () => void player.play(finding.step)),
          ` ${finding.text}${finding.fault ? "" : " (Bach does so too)"}`,
        );
        return item;
      }),
    );
    get("message").textContent = "";
  }

  /** An element without the listeners of an earlier score. @param {HTMLElement} element */
  replaceListeners(element) {
    const inner = document.createElement("div");
    inner.append(...element.childNodes);
    element.append(inner);
    return inner;
  }

  showState() {
    const { score } = this;
    /** @type {HTMLButtonElement} */ (get("undo")).disabled = this.place === 0;
    /** @type {HTMLButtonElement} */ (get("redo")).disabled =
      this.place === this.history.length - 1;
    setValue("title", score.title);
    setValue("key", score.key ?? "");
    setValue("metre", score.metre ?? "");
    for (const mode of ["listen", "write", "select"]) {
      press(`mode-${mode}`, this.mode === mode);
    }
    get("mode-hint").textContent = HINTS[this.mode];
    get("hint").hidden = this.mode !== "listen"; // what a click does for the player
  }

  /** Show which notes are selected and which are locked. */
  markNotes() {
    for (const element of document.querySelectorAll("#score g.note")) {
      const [, voice, step] = element.id.split("-");
      const note = this.findNote(Number(voice), Number(step));
      element.classList.toggle("selected", note !== null && this.selected.includes(note));
      element.classList.toggle("locked", note !== null && this.locks.has(nameOf(note)));
    }
  }

  // editing

  /** @param {string} mode */
  setMode(mode) {
    this.mode = mode;
    this.cursor = null;
    this.selected = [];
    this.markNotes();
    this.showState();
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
      this.write(event.clientX, event.clientY);
    } else {
      this.select(event.clientX, event.clientY, event.shiftKey);
    }
  }

  /** Write a note where a click falls. @param {number} x @param {number} y */
  write(x, y) {
    const length = Number(valueOf("length"));
    const svg = visibleScores().find((each) => {
      const box = each.getBoundingClientRect();
      return y >= box.top && y <= box.bottom;
    });
    const place = svg && locate(svg, this.player.music, x, y, Math.min(4, length));
    if (place) {
      const pitch = findPitch(place.degree, this.score.key);
      this.put({ voice: Number(valueOf("voice")), pitch, step: place.step, length });
    }
  }

  /** @param {NoteData} note */
  put(note) {
    this.cursor = note.step + note.length;
    void this.change(putNote(this.score, note));
  }

  /**
   * Write the note of a letter after the last one of the voice, in the octave that is nearest; a
   * rest for "r".
   *
   * @param {string} letter
   */
  writeLetter(letter) {
    const [voice, length] = ["voice", "length"].map((id) => Number(valueOf(id)));
    const line = this.score.notes.filter((note) => note.voice === voice);
    const ends = line.map((note) => note.step + note.length);
    const step = this.cursor ?? Math.max(0, ...ends);
    const before = line.filter((note) => note.step < step).sort((a, b) => a.step - b.step).pop();
    if (step >= this.score.steps) {
      this.complain(new Error("the last bar is full; begin a new score with more bars"));
    } else if (letter === "r") {
      this.cursor = step + length;
    } else {
      const degree = "cdefgab".indexOf(letter);
      const near = before?.pitch ?? MIDDLES[voice];
      const pitches = [...Array(9).keys()].map((octave) =>
        findPitch(degree + 7 * octave, this.score.key),
      );
      pitches.sort((one, other) => Math.abs(one - near) - Math.abs(other - near));
      this.put({ voice, pitch: pitches[0], step, length });
    }
  }

  /** Whether the score that is shown can be edited: not an alternative that is not taken. */
  canEdit() {
    if (this.trying) {
      this.complain(new Error("take this alternative, or none, before editing"));
    }
    return !this.trying;
  }

  /**
   * Select the note at a place, or add it to those that are selected.
   *
   * @param {number} x
   * @param {number} y
   * @param {boolean} more
   */
  select(x, y, more) {
    const found = this.engraved?.findNearest(x, y);
    const note = found && this.findNote(found.voice, found.step);
    this.selected = more ? this.selected : [];
    if (note) {
      this.selected = [...this.selected, note];
      const bars = this.selected.map((each) => this.findBar(each.step));
      setValue("from", String(Math.min(...bars)));
      setValue("to", String(Math.max(...bars)));
      for (const box of document.querySelectorAll("#again-voices input")) {
        const own = /** @type {HTMLInputElement} */ (box);
        own.checked = this.selected.some((each) => NAMES[each.voice] === own.value);
      }
    }
    this.markNotes();
  }

  /** The note of a voice that sounds at a step. @param {number} voice @param {number} step */
  findNote(voice, step) {
    return (
      this.score.notes.find(
        (note) => note.voice === voice && note.step <= step && step < note.step + note.length,
      ) ?? null
    );
  }

  /** @param {number} step */
  findBar(step) {
    return this.player.music.bars.filter((bar) => bar.step <= step).pop()?.number ?? 0;
  }

  /** Raise the selected notes, or the one written last. @param {number} semitones */
  raise(semitones) {
    if (!this.canEdit()) {
      return;
    }
    const targets = this.targets();
    const raised = targets.map((note) => ({ ...note, pitch: note.pitch + semitones }));
    const others = this.score.notes.filter((note) => !targets.includes(note));
    this.selected = this.selected.length ? raised : [];
    if (targets.length) {
      void this.change({ ...this.score, notes: [...others, ...raised] });
    }
  }

  deleteSelected() {
    if (!this.canEdit()) {
      return;
    }
    this.cursor = null;
    const targets = this.targets();
    this.selected = [];
    if (targets.length) {
      const notes = this.score.notes.filter((note) => !targets.includes(note));
      void this.change({ ...this.score, notes });
    }
  }

  targets() {
    return this.selected.length ? this.selected : this.score.notes.slice(-1);
  }

  /** Lock the selected notes, or unlock them if all are locked. */
  toggleLocks() {
    const names = this.selected.map(nameOf);
    const all = names.every((name) => this.locks.has(name));
    names.forEach((name) => (all ? this.locks.delete(name) : this.locks.add(name)));
    this.markNotes();
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    const typing =
      event.target instanceof HTMLSelectElement ||
      (event.target instanceof HTMLInputElement && event.target.type !== "range");
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if ((key === "z" || key === "y") && !typing) {
        event.preventDefault();
        this.go(key === "y" || event.shiftKey ? 1 : -1);
      }
      return;
    }
    if (typing || this.mode === "listen") {
      return;
    }
    /** @type {Record<string, () => void>} */
    const actions = {
      arrowup: () => this.raise(event.shiftKey ? 12 : 1),
      arrowdown: () => this.raise(event.shiftKey ? -12 : -1),
      delete: () => this.deleteSelected(),
      backspace: () => this.deleteSelected(),
      k: () => this.toggleLocks(),
    };
    if (this.mode === "write") {
      for (const letter of "abcdefgr") {
        actions[letter] = () => void (this.canEdit() && this.writeLetter(letter));
      }
    }
    if (actions[key]) {
      event.preventDefault();
      event.stopPropagation();
      actions[key]();
    }
  }

  // requests

  /** Compose alternatives; a request before this one is given up. @param {string} action */
  async compose(action) {
    this.composing?.abort();
    const composing = new AbortController();
    this.composing = composing;
    const progress = /** @type {HTMLProgressElement} */ (get("progress"));
    progress.hidden = false;
    progress.value = 0;
    get("cancel").hidden = false;
    get("message").textContent = "";
    try {
      const body = JSON.stringify(this.describeRequest(action));
      const response = await ask("/compose", body, composing.signal);
      await readLines(response, (line) => {
        if (line.progress !== undefined) {
          progress.value = line.progress;
        } else if (line.scores) {
          this.offer(line.scores, action);
        } else if (line.error !== "cancelled") {
          this.complain(new Error(line.error));
        }
      });
    } catch (error) {
      if (!composing.signal.aborted) {
        this.complain(error);
      }
    } finally {
      if (this.composing === composing) {
        progress.hidden = true;
        get("cancel").hidden = true;
      }
    }
  }

  /** @param {string} action */
  describeRequest(action) {
    const options = {
      temperature: Number(valueOf("temperature")),
      strictness: Number(valueOf("strictness")),
    };
    const plan = { key: valueOf("key"), metre: valueOf("metre") };
    /** @type {Record<string, unknown>} */
    const request = { action, score: this.score, options, plan };
    if (action === "rewrite") {
      request.bars = `${valueOf("from")}-${valueOf("to")}`;
      request.voices = [...document.querySelectorAll("#again-voices input:checked")].map(
        (box) => /** @type {HTMLInputElement} */ (box).value,
      );
      request.locks = this.describeLocks();
    } else if (action === "harmonize") {
      request.fill = /** @type {HTMLInputElement} */ (get("fill")).checked;
    } else {
      request.bars = Number(valueOf("bars"));
    }
    return request;
  }

  /** The locked notes as `chorale rewrite --lock` takes them, such as "alto 6:2.5". */
  describeLocks() {
    const { bars, stepsPerBeat } = this.player.music;
    return this.score.notes.filter((note) => this.locks.has(nameOf(note))).map((note) => {
      const bar = bars.filter((each) => each.step <= note.step).pop() ?? bars[0];
      const beat = bar.beat + (note.step - bar.step) / stepsPerBeat;
      return `${NAMES[note.voice]} ${bar.number}:${beat}`;
    });
  }

  /**
   * Offer alternatives to hear and to take.
   *
   * @param {ScoreData[]} scores
   * @param {string} action
   */
  offer(scores, action) {
    const section = get("alternatives");
    section.hidden = false;
    section.replaceChildren(
      ...scores.map((score, place) => {
        const card = document.createElement("div");
        card.className = "card";
        const name = document.createElement("h2");
        name.textContent = `Alternative ${place + 1}`;
        const listen = createButton("Listen", () => void this.listen(score));
        const take = createButton("Take", () => {
          section.hidden = true;
          if (action !== "rewrite") {
            this.locks.clear();
          }
          this.player.halt();
          void this.change({ ...score, title: this.score.title });
        });
        card.append(name, listen, take);
        return card;
      }),
      createButton("Take none", () => {
        section.hidden = true;
        this.trying = false;
        this.player.halt();
        void this.show();
      }),
    );
  }

  /** Play a score that is not taken yet. @param {ScoreData} score */
  async listen(score) {
    try {
      const response = await ask("/view", JSON.stringify({ score }));
      this.requests += 1;
      this.trying = true;
      this.selected = [];
      this.showView(/** @type {View} */ (await response.json()));
      await this.player.play(0);
    } catch (error) {
      this.complain(error);
    }
  }

  /** Take up a file that was read. @param {{ score: ScoreData, notices: string[] }} file */
  async take({ score, notices }) {
    this.locks.clear();
    get("alternatives").hidden = true;
    await this.change(score);
    get("message").textContent = notices.join("; ");
  }

  /** @param {File | undefined} file */
  async open(file) {
    if (!file) {
      return;
    }
    try {
      const response = await ask(`/read?name=${encodeURIComponent(file.name)}`, file);
      await this.take(await response.json());
    } catch (error) {
      this.complain(error);
    }
  }

  async save() {
    try {
      const format = valueOf("format");
      const response = await ask("/save", JSON.stringify({ score: this.score, format }));
      const name = /filename\*=UTF-8''(.*)/.exec(
        response.headers.get("Content-Disposition") ?? "",
      );
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await response.blob());
      link.download = decodeURIComponent(name?.[1] ?? "chorale");
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      this.complain(error);
    }
  }

  /** @param {unknown} error */
  complain(error) {
    get("message").textContent = error instanceof Error ? error.message : String(error);
  }
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


/** @param {NoteData} note */
function nameOf(note) {
  return `${note.voice}:${note.step}`;
}

function visibleScores() {
  return [...document.querySelectorAll("#score svg.wide, #score svg.narrow")].filter(
    (each) => each.getClientRects().length,
  );
}

/** @param {string} id */
function valueOf(id) {
  return /** @type {HTMLInputElement} */ (get(id)).value;
}

/** @param {string} id @param {string} value */
function setValue(id, value) {
  /** @type {HTMLInputElement} */ (get(id)).value = value;
}

const studio = new Studio();
let shown = -1;

function showPresent() {
  const { player, engraved, roll, controls } = studio;
  const step = player.presentStep();
  if (engraved && controls && shown !== step) {
    shown = step;
    const sounds = player.playing && step < player.music.steps;
    engraved.show(sounds ? step : null);
    roll?.show(step, player.playing);
    setValue("position", String(step));
    get("place").textContent = controls.describePlace(Math.min(step, player.music.steps - 1));
  }
  if (player.playing) {
    window.requestAnimationFrame(showPresent);
  }
}

studio.player.addEventListener("change", () => {
  shown = -1;
  window.requestAnimationFrame(showPresent);
});
if (start.opening) {
  void studio.take(start.opening);
} else {
  void studio.show();
}
