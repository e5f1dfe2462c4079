// The engraved score: the notes that sound are coloured, and a click on a note plays from there.

class Score {
  /**
   * @param {Music} music
   * @param {Player} player
   * @param {HTMLElement} container holds the engravings, one for wide windows and one for narrow
   */
  constructor(music, player, container) {
    this.music = music;
    this.player = player;
    this.container = container;
    /** @type {Map<string, Note[]>} notes by their written parts, one for each time it is played */
    this.notes = new Map();
    for (const note of music.notes) {
      for (const part of note.parts) {
        this.notes.set(part, [...(this.notes.get(part) ?? []), note]);
      }
    }
    /** @type {Set<Note>} */
    this.lit = new Set();
    /** @type {Element | null} */
    this.system = null;
    music.remarks.forEach((remark) => this.addRemark(remark));
    container.addEventListener("click", (event) => this.handleClick(event));
  }

  /** Mark the notes that a remark is about, and show its text over them. @param {Remark} remark */
  addRemark(remark) {
    for (const note of this.music.notes) {
      const within = note.step < remark.end && remark.step < note.step + note.length;
      for (const element of within && remark.voices.includes(note.voice) ? this.find(note) : []) {
        element.classList.add("remarked");
        const title = createShape("title", {});
        title.textContent = remark.text;
        element.prepend(title);
      }
    }
  }

  /** Light the notes that sound at a step; none if the step is null. @param {number | null} step */
  show(step) {
    const sounding = new Set(
      step === null
        ? []
        : this.music.notes.filter((note) => note.step <= step && step < note.step + note.length),
    );
    for (const note of this.lit) {
      if (!sounding.has(note)) {
        this.light(note, false);
      }
    }
    for (const note of sounding) {
      if (!this.lit.has(note)) {
        this.light(note, true);
      }
    }
    this.lit = sounding;
    if (this.player.playing) {
      this.follow();
    }
  }

  /**
   * @param {Note} note
   * @param {boolean} on
   */
  light(note, on) {
    for (const element of this.find(note)) {
      element.classList.toggle(`sounding-${note.voice}`, on);
    }
  }

  /** All written parts of a note, in both engravings. @param {Note} note */
  find(note) {
    return note.parts
      .flatMap((part) => ["w", "n"].map((size) => document.getElementById(`${size}-${part}`)))
      .filter((element) => element !== null);
  }

  /** Scroll to the system that sounds, when it is another one than before. */
  follow() {
    const [note] = this.lit;
    const element = note && this.find(note).find((each) => each.getClientRects().length);
    const system = element?.closest("g.system") ?? null;
    if (system && system !== this.system) {
      const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      system.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
    }
    this.system = system;
  }

  /** @param {MouseEvent} event */
  handleClick(event) {
    const note = this.findNearest(event.clientX, event.clientY);
    if (note) {
      this.container.dispatchEvent(new CustomEvent("choose", { detail: note.step, bubbles: true }));
    }
  }

  /**
   * The note that is nearest to a place in the window, within 60 pixels; if it is played several
   * times, the one that is nearest in time to the present.
   *
   * @param {number} x
   * @param {number} y
   */
  findNearest(x, y) {
    /** @type {Note[]} */
    let nearest = [];
    let least = 60;
    for (const element of this.container.querySelectorAll("g.note")) {
      const head = element.querySelector("g.notehead") ?? element;
      const box = head.getBoundingClientRect();
      const distance = Math.hypot(x - box.x - box.width / 2, y - box.y - box.height / 2);
      const notes = this.notes.get(element.id.slice(2));
      if (box.width && notes && distance < least) {
        [nearest, least] = [notes, distance];
      }
    }
    const present = this.player.presentStep();
    const [first] = [...nearest].sort(
      (one, other) => Math.abs(one.step - present) - Math.abs(other.step - present),
    );
    return first ?? null;
  }
}
