// The history of the score: every step since the page was opened.

class ScoreHistory {
  /** @param {ScoreData} score */
  constructor(score) {
    this.scores = [score];
    this.place = 0;
  }

  get score() {
    return this.scores[this.place];
  }

  get canUndo() {
    return this.place > 0;
  }

  get canRedo() {
    return this.place < this.scores.length - 1;
  }

  /** Add a score after the present one; those that were undone are dropped. @param {ScoreData} score */
  add(score) {
    this.scores = [...this.scores.slice(0, this.place + 1), score];
    this.place = this.scores.length - 1;
  }

  /** Go back or forward, if there is a score. @param {number} direction */
  go(direction) {
    const place = this.place + direction;
    const exists = place >= 0 && place < this.scores.length;
    this.place = exists ? place : this.place;
    return exists;
  }
}
