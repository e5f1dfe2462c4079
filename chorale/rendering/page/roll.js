// The piano roll: time to the right, pitch upwards, a colour for each voice.

const ROW = 9; // height of a semitone
const STEP = 7; // width of a step

class Roll {
  /**
   * @param {Music} music
   * @param {HTMLElement} container
   */
  constructor(music, container) {
    this.music = music;
    this.container = container;
    const pitches = music.notes.map((note) => note.pitch);
    this.highest = Math.max(...pitches) + 2;
    this.rows = this.highest - Math.min(...pitches) + 3;
    this.picture = createShape("svg", {
      viewBox: `0 0 ${music.steps * STEP} ${this.rows * ROW + 14}`,
      width: music.steps * STEP,
      height: this.rows * ROW + 14,
      role: "img",
      "aria-label": "Piano roll",
    });
    this.drawBars();
    /** @type {Map<Note, Element>} */
    this.shapes = new Map(music.notes.map((note) => [note, this.drawNote(note)]));
    this.line = createShape("line", { class: "now", y1: 14, y2: this.rows * ROW + 14 });
    this.picture.append(this.line);
    container.append(this.picture);
    container.addEventListener("click", (event) => {
      const box = this.picture.getBoundingClientRect();
      const step = Math.floor(((event.clientX - box.x) / box.width) * music.steps);
      container.dispatchEvent(new CustomEvent("choose", { detail: step, bubbles: true }));
    });
  }

  drawBars() {
    for (const bar of this.music.bars) {
      const x = bar.step * STEP;
      this.picture.append(
        createShape("line", { class: "bar", x1: x, x2: x, y1: 14, y2: this.rows * ROW + 14 }),
      );
      const label = createShape("text", { class: "bar", x: x + 2, y: 10 });
      label.textContent = bar.number ? String(bar.number) : "";
      this.picture.append(label);
    }
  }

  /** @param {Note} note */
  drawNote(note) {
    const shape = createShape("rect", {
      class: `voice-${note.voice}`,
      x: note.step * STEP + 0.5,
      y: (this.highest - note.pitch) * ROW + 14,
      width: note.length * STEP - 1,
      height: ROW - 1,
      rx: 2,
    });
    const title = createShape("title", {});
    title.textContent = `${findName(this.music, note.voice)} ${note.name}`;
    shape.append(title);
    this.picture.append(shape);
    return shape;
  }

  /**
   * Show the line of the present, and light the notes that sound there.
   *
   * @param {number | null} step
   * @param {boolean} playing
   */
  show(step, playing) {
    const x = (step ?? 0) * STEP;
    this.line.setAttribute("x1", String(x));
    this.line.setAttribute("x2", String(x));
    for (const [note, shape] of this.shapes) {
      const sounds = step !== null && note.step <= step && step < note.step + note.length;
      shape.classList.toggle("sounding", sounds);
    }
    if (playing && this.container.offsetParent) {
      const { scrollLeft, clientWidth } = this.container;
      if (x < scrollLeft || x > scrollLeft + 0.8 * clientWidth) {
        this.container.scrollTo({ left: x - 0.1 * clientWidth });
      }
    }
  }
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function createShape(name, attributes) {
  const namespace = document.querySelector("svg")?.namespaceURI ?? null; // that of the score
  const shape = document.createElementNS(namespace, name);
  Object.entries(attributes).forEach(([key, value]) => shape.setAttribute(key, String(value)));
  return shape;
}

/**
 * @param {Music} music
 * @param {number} voice
 */
function findName(music, voice) {
  return music.voices.find((each) => each.number === voice)?.name ?? "";
}
