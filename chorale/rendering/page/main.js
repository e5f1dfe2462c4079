// The page: reads the music in it, and shows at each moment what sounds.

/** @type {Music} */
const music = JSON.parse(get("music").textContent ?? "");
const player = new Player(music);
const controls = new Controls(music, player);
const score = new Score(music, player, get("score"));
const roll = new Roll(music, get("roll"));

if (window.matchMedia("(max-width: 40rem)").matches) {
  /** @type {HTMLDetailsElement} */ (get("practice")).open = false; // the score comes first
}

let shown = -1;

function showPresent() {
  const step = player.presentStep();
  const counting = player.playing && player.seconds() < player.times.starts[player.first ?? 0];
  const sounding = (player.playing && !counting) || step > 0 ? step : null;
  if (shown !== (sounding ?? -2)) {
    shown = sounding ?? -2;
    score.show(sounding !== null && sounding < music.steps ? sounding : null);
    roll.show(sounding, player.playing);
    /** @type {HTMLInputElement} */ (get("position")).value = String(step);
    get("place").textContent = controls.describePlace(Math.min(step, music.steps - 1));
  }
  if (player.playing) {
    window.requestAnimationFrame(showPresent);
  }
}

player.addEventListener("change", () => {
  shown = -1;
  window.requestAnimationFrame(showPresent);
});
showPresent();
for (const button of document.querySelectorAll("[data-step]")) {
  button.addEventListener("click", () => {
    void player.play(Number(/** @type {HTMLElement} */ (button).dataset.step));
  });
}
