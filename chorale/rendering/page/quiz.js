// The listening test: plays pieces, asks which are Bach's, and saves the answers.

class Test {
  /** @param {Quiz} quiz */
  constructor(quiz) {
    this.quiz = quiz;
    /** @type {Answer[]} */
    this.answers = [];
    this.skill = "";
    this.plays = 0;
    this.began = 0;
    /** @type {Player[]} */
    this.players = [];
    const size = quiz.pairs ? 2 : 1;
    /** @type {QuizPiece[][]} */
    this.rounds = [];
    for (let first = 0; first < quiz.pieces.length; first += size) {
      this.rounds.push(quiz.pieces.slice(first, first + size));
    }
    get("begin").addEventListener("click", () => this.begin());
  }

  begin() {
    const chosen = /** @type {HTMLInputElement | null} */ (
      document.querySelector("input[name=skill]:checked")
    );
    if (!chosen) {
      document.querySelector("fieldset")?.classList.add("missing");
      get("ask").hidden = false;
      return;
    }
    this.skill = chosen.value;
    get("intro").hidden = true;
    get("round").hidden = false;
    this.showRound();
  }

  showRound() {
    const pieces = this.rounds[this.answers.length];
    get("count").textContent = `${this.answers.length + 1} of ${this.rounds.length}`;
    get("question").textContent = this.quiz.pairs ? "Which is by Bach?" : "Is it by Bach?";
    this.players = pieces.map((piece) => new Player(piece.music));
    this.plays = 0;
    this.began = performance.now();
    get("players").replaceChildren(
      ...pieces.map((_, place) => this.createPlayButton(place, "AB"[place])),
    );
    /** @type {[string, number | null][]} */
    const choices = this.quiz.pairs
      ? [
          ["A is by Bach", 0],
          ["B is by Bach", 1],
        ]
      : [
          ["Bach", 0],
          ["not Bach", null],
        ];
    get("answers").replaceChildren(
      ...choices.map(([text, place]) => {
        const button = createButton(text, () => this.answer(place));
        button.disabled = true; // until every piece has been played
        return button;
      }),
    );
  }

  /**
   * @param {number} place
   * @param {string} letter
   */
  createPlayButton(place, letter) {
    const player = this.players[place];
    const label = this.quiz.pairs ? ` ${letter}` : "";
    const button = createButton(`Play${label}`, () => {
      const playing = player.playing;
      this.players.forEach((each) => each.halt());
      if (playing) {
        player.announce();
        return;
      }
      button.dataset.played = "yes";
      this.plays += 1;
      void player.play(0);
      const buttons = /** @type {HTMLElement[]} */ ([...get("players").children]);
      if (buttons.every((each) => each.dataset.played)) {
        get("answers")
          .querySelectorAll("button")
          .forEach((each) => (each.disabled = false));
      }
      this.players.forEach((each) => each.announce());
    });
    player.addEventListener("change", () => {
      button.textContent = `${player.playing ? "Stop" : "Play"}${label}`;
    });
    return button;
  }

  /** @param {number | null} place the piece that is taken for Bach's */
  answer(place) {
    const pieces = this.rounds[this.answers.length];
    this.players.forEach((player) => player.halt());
    const taken = place === null ? null : pieces[place];
    this.answers.push({
      pieces: pieces.map((piece) => piece.name),
      chosen: taken?.name ?? null,
      right: taken ? taken.bach : !pieces[0].bach,
      seconds: Math.round((performance.now() - this.began) / 100) / 10,
      plays: this.plays,
    });
    if (this.answers.length < this.rounds.length) {
      this.showRound();
    } else {
      this.showEnd();
    }
  }

  showEnd() {
    get("round").hidden = true;
    get("end").hidden = false;
    const right = this.answers.filter((answer) => answer.right).length;
    get("result").textContent = `${right} of ${this.answers.length} answers are right.`;
    get("solution").replaceChildren(
      ...this.answers.map((answer) => {
        const line = document.createElement("li");
        line.textContent = `${answer.pieces.join(", ")}: ${answer.right ? "right" : "wrong"}`;
        return line;
      }),
    );
    const { quiz, skill, answers } = this;
    const text = JSON.stringify({ quiz: quiz.id, pairs: quiz.pairs, skill, answers }, null, 2);
    get("save").setAttribute("href", `data:application/json,${encodeURIComponent(text)}`);
  }
}

const test = new Test(JSON.parse(get("pieces").textContent ?? ""));
