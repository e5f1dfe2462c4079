// Composing: requests for alternatives, their progress, and giving them up.

class Composer {
  /**
   * @param {Display} display
   * @param {NoteSelection} selection
   * @param {Alternatives} alternatives
   */
  constructor(display, selection, alternatives) {
    this.display = display;
    this.selection = selection;
    this.alternatives = alternatives;
    this.progress = /** @type {HTMLProgressElement} */ (get("progress"));
    /** @type {AbortController | null} */
    this.running = null;
    get("cancel").addEventListener("click", () => this.stop());
  }

  /** Give up the request that runs, if any. */
  stop() {
    this.running?.abort();
    this.running = null;
    this.showProgress(null);
  }

  /** Compose alternatives; a request before this one is given up. @param {string} action @param {ScoreData} score */
  async compose(action, score) {
    this.alternatives.begin(score, action === "rewrite"); // which gives up the request that runs
    const running = new AbortController();
    this.running = running;
    this.showProgress(0);
    showMessage("");
    try {
      const body = JSON.stringify(this.describe(action, score));
      const response = await ask("/compose", body, running.signal);
      await readLines(response, (line) => this.read(line, running.signal));
    } catch (error) {
      complain(error);
    } finally {
      if (this.running === running) {
        this.stop();
      }
    }
  }

  /** @param {ComposeLine} line @param {AbortSignal} signal */
  read(line, signal) {
    if (signal.aborted) {
      return;
    }
    if (line.progress !== undefined) {
      this.showProgress(line.progress);
    } else if (line.score && line.view) {
      this.alternatives.add(line.score, line.view);
    } else if (line.error && line.error !== "cancelled") {
      complain(new Error(line.error));
    }
  }

  /** @param {number | null} share of the work that is done; null hides it */
  showProgress(share) {
    this.progress.hidden = share === null;
    get("cancel").hidden = share === null;
    this.progress.value = share ?? 0;
  }

  /** @param {string} action @param {ScoreData} score */
  describe(action, score) {
    const options = {
      temperature: Number(valueOf("temperature")),
      strictness: Number(valueOf("strictness")),
    };
    const request = { action, score, options, size: this.display.size };
    const { bars, stepsPerBeat } = this.display.view.music;
    if (action === "rewrite" && this.selection.notes.length) {
      return { ...request, ...describeSelected(score, bars, stepsPerBeat, this.selection) };
    }
    const locks = describeLocks(score, bars, stepsPerBeat, this.selection);
    if (action === "rewrite") {
      const range = `${valueOf("from")}-${valueOf("to")}`;
      return { ...request, bars: range, voices: this.findVoices(), locks };
    }
    const chosen = { ...score, voicing: valueOf("voicing") };
    if (action === "harmonize") {
      return { ...request, score: chosen, fill: isChecked("fill"), locks };
    }
    const added = Number(valueOf("bars"));
    const plan = { key: valueOf("key"), metre: valueOf("metre") };
    return action === "generate"
      ? { ...request, score: chosen, bars: added, plan }
      : { ...request, bars: added };
  }

  /** The voices that are ticked for Again. */
  findVoices() {
    return [...document.querySelectorAll("#again-voices input:checked")].map(
      (box) => /** @type {HTMLInputElement} */ (box).value,
    );
  }
}
