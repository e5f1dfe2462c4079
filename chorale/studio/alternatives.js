// The alternatives: cards side by side, each of which is heard, and one of which is taken.

class Alternatives {
  /**
   * @param {Display} display
   * @param {(score: ScoreData, view: View) => void} take
   * @param {() => void} leave shows the score of before
   * @param {() => void} stop gives up those that are still to come
   */
  constructor(display, take, leave, stop) {
    this.display = display;
    this.take = take;
    this.leave = leave;
    this.stop = stop;
    this.section = get("alternatives");
    this.cards = get("cards");
    this.count = 0;
    this.trying = false; // whether one is shown that is not taken yet
    this.marking = false;
    this.before = /** @type {ScoreData | null} */ (null);
    this.opener = /** @type {Element | null} */ (null); // gets the focus back
    get("take-none").addEventListener("click", () => {
      this.close();
      this.leave();
    });
  }

  /**
   * Begin anew.
   *
   * @param {ScoreData} before the score from which they are composed
   * @param {boolean} marking whether the notes that differ from it are marked
   */
  begin(before, marking) {
    const wasTrying = this.trying;
    this.close();
    this.before = before;
    this.marking = marking;
    this.opener = document.activeElement;
    if (wasTrying) {
      this.leave();
    }
  }

  /** Offer no alternatives any more. */
  close() {
    this.stop();
    this.display.player.halt();
    if (this.section.contains(document.activeElement) && this.opener instanceof HTMLElement) {
      this.opener.focus();
    }
    this.section.hidden = true;
    this.cards.replaceChildren();
    this.count = 0;
    this.trying = false;
  }

  /** Add an alternative; the first one is shown at once. @param {ScoreData} score @param {View} view */
  add(score, view) {
    this.count += 1;
    const card = document.createElement("div");
    card.className = "card";
    const name = document.createElement("h2");
    name.textContent = `Alternative ${this.count}`;
    card.append(
      name,
      createButton("Listen", () => {
        this.show(score, view, card);
        void this.display.player.play(this.findStart(score, view));
      }),
      createButton("Take", () => {
        this.close();
        this.take(score, view);
      }),
    );
    this.cards.append(card);
    this.section.hidden = false;
    if (this.count === 1) {
      this.show(score, view, card);
    }
  }

  /** @param {ScoreData} score @param {View} view @param {HTMLElement} card */
  show(score, view, card) {
    this.trying = true;
    this.display.draw(view);
    for (const each of this.cards.children) {
      each.toggleAttribute("aria-current", each === card);
    }
    for (const note of this.marking ? this.findChanged(score) : []) {
      for (const element of document.querySelectorAll(partsOf(view, note))) {
        element.classList.add("changed");
      }
    }
  }

  /** The start of the first bar that differs from before. @param {ScoreData} score @param {View} view */
  findStart(score, view) {
    const steps = this.findChanged(score).map((note) => note.step);
    return findBar(view.music.bars, Math.min(score.steps, ...steps)).step;
  }

  /** The notes that the score of before does not have. @param {ScoreData} score */
  findChanged(score) {
    const before = new Set(this.before?.notes.map(describeNote));
    return score.notes.filter((note) => !before.has(describeNote(note)));
  }
}

/** @param {NoteData} note */
function describeNote({ voice, step, pitch, length }) {
  return [voice, step, pitch, length].join(":");
}

/** Selector of the written parts of a note. @param {View} view @param {NoteData} note */
function partsOf(view, note) {
  const found = view.music.notes.find(
    (each) => each.voice === note.voice && each.step === note.step,
  );
  const parts = found?.parts ?? [];
  return parts.map((part) => `#score [id$="-${part}"]`).join(",") || "#score .none";
}
