// What is shown of a score: the engraving, the roll, the findings, and the player's music.

const KEPT = 30; // views that are kept, so that undo and redo need no engraving
const NARROW = window.matchMedia("(max-width: 40rem)"); // as in page.css
const EMPTY = /** @type {Music} */ (
  /** @type {unknown} */ ({ steps: 1, tempo: 80, voices: [], notes: [], bars: [], beats: [] })
);

class Display {
  constructor() {
    this.player = new Player({ ...EMPTY, slowing: [], breath: { steps: [], quarters: 0, max: 0 } });
    this.controls = /** @type {Controls | null} */ (null);
    this.engraved = /** @type {Score | null} */ (null);
    this.roll = /** @type {Roll | null} */ (null);
    /** @type {View} */
    this.view = { score: "", staves: [], music: EMPTY, findings: [], notices: [] };
    /** @type {Map<ScoreData, View>} */
    this.views = new Map();
    /** @type {AbortController | null} */
    this.asking = null;
    this.shown = -1; // the step that is lit
    this.player.addEventListener("change", () => {
      this.shown = -1;
      window.requestAnimationFrame(() => this.showPresent());
    });
    NARROW.addEventListener("change", () => this.views.clear());
  }

  get size() {
    return NARROW.matches ? "narrow" : "wide";
  }

  /**
   * Show a score; a view that is still on its way is given up.
   *
   * @param {ScoreData} score
   * @returns whether it is shown
   */
  async show(score) {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    try {
      const view = this.views.get(score) ?? (await this.fetch(score, asking.signal));
      if (asking.signal.aborted) {
        return false;
      }
      this.keep(score, view);
      this.draw(view);
      return true;
    } catch (error) {
      complain(error);
      return false;
    }
  }

  /** @param {ScoreData} score @param {AbortSignal} signal @returns {Promise<View>} */
  async fetch(score, signal) {
    const response = await ask("/view", JSON.stringify({ score, size: this.size }), signal);
    return response.json();
  }

  /** Keep the view of a score for the next time. @param {ScoreData} score @param {View} view */
  keep(score, view) {
    this.views.delete(score);
    this.views.set(score, view);
    const [oldest] = this.views.keys();
    if (this.views.size > KEPT) {
      this.views.delete(oldest);
    }
  }

  /** @param {View} view */
  draw(view) {
    const { player } = this;
    const roll = get("roll");
    this.view = view;
    get("score").innerHTML = view.score;
    roll.replaceChildren();
    view.music.remarks = view.findings.map(({ step, end, voices, place, text }) => {
      return { step, end, voices, place, text, label: "" };
    });
    player.load(view.music);
    this.controls ??= new Controls(view.music, player);
    this.controls.load(view.music);
    this.engraved = new Score(view.music, player, this.wrap(get("score")));
    this.roll = view.music.notes.length ? new Roll(view.music, this.wrap(roll)) : null;
    this.listFindings(view);
    showMessage(view.notices.join("; "));
  }

  /** Put what is in an element into a new one, without listeners of before. @param {HTMLElement} element */
  wrap(element) {
    const inner = document.createElement("div");
    inner.append(...element.childNodes);
    element.append(inner);
    return inner;
  }

  /** @param {View} view */
  listFindings({ findings }) {
    get("findings").replaceChildren(
      ...findings.map((finding) => {
        const item = document.createElement("li");
        item.append(
          createButton(finding.place, () => void this.player.play(finding.step)),
          ` ${finding.text}${finding.fault ? "" : " (Bach does so too)"}`,
        );
        return item;
      }),
    );
  }

  /** Light what sounds, as long as the player plays. */
  showPresent() {
    const { player, engraved, roll, controls } = this;
    const step = player.presentStep();
    if (engraved && controls && this.shown !== step) {
      this.shown = step;
      const lit = player.playing && step < player.music.steps;
      engraved.show(lit ? step : null);
      roll?.show(step, player.playing);
      setValue("position", String(step));
      get("place").textContent = controls.describePlace(Math.min(step, player.music.steps - 1));
    }
    if (player.playing) {
      window.requestAnimationFrame(() => this.showPresent());
    }
  }
}
