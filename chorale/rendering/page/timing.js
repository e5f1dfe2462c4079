// When each step begins and ends, in seconds: the tempo, its slowing, and the breaths.

/**
 * Times of the boundaries between steps, as `chorale.rendering.sound.performance` computes them.
 *
 * @param {Music} music
 * @param {number} tempo quarter notes a minute
 * @param {boolean} even whether the tempo is even throughout, as with a metronome
 * @returns {Times} `starts[k]`, the start of step k, and `ends[k]`, the end of the step before it
 */
function timeSteps(music, tempo, even) {
  const quarter = 60 / tempo;
  const breath = even ? 0 : Math.min(music.breath.quarters * quarter, music.breath.max);
  const breaths = new Set(music.breath.steps);
  const starts = [];
  const ends = [];
  let now = 0;
  for (let step = 0; step <= music.steps; step += 1) {
    ends.push(now);
    now += breaths.has(step) ? breath : 0;
    starts.push(now);
    const slowing = even ? 1 : (music.slowing[step] ?? 1);
    now += (quarter / music.stepsPerQuarter) * slowing;
  }
  return { starts, ends };
}

/**
 * Start and end of a note in seconds. Before a note that repeats its pitch there is a gap.
 *
 * @param {Music} music
 * @param {Note} note
 * @param {Times} times
 * @returns {{ start: number, end: number }}
 */
function timeNote(music, note, times) {
  const start = times.starts[note.step];
  const last = note.step + note.length;
  let end = times.ends[last];
  if (note.repeated) {
    const gap = Math.min(music.gap.seconds, music.gap.share * (end - start));
    end = Math.min(end, times.starts[last] - gap);
  }
  return { start, end };
}

/**
 * The clicks before a step: those of a bar, and of its own bar up to the step.
 *
 * @param {Music} music
 * @param {number} step
 * @returns {{ clicks: [step: number, downbeat: boolean][], steps: number }} clicks and their length
 */
function findCountIn(music, step) {
  const { bars, countIn, countInSteps, stepsPerBeat } = music;
  const lead = (bars[0].beat - 1) * stepsPerBeat; // of the bar of a pickup
  const whole = countIn.filter(([beat]) => beat < countInSteps - lead);
  const bar = bars.filter((each) => each.step <= step).pop() ?? bars[0];
  const early = step - bar.step + (bar.beat - 1) * stepsPerBeat;
  const own = whole.filter(([beat]) => beat < early);
  return {
    clicks: [
      ...whole,
      ...own.map(([beat, downbeat]) => /** @type {[number, boolean]} */ ([
        beat + countInSteps - lead,
        downbeat,
      ])),
    ],
    steps: countInSteps - lead + early,
  };
}

/**
 * The step that sounds at a time; the last one after the end.
 *
 * @param {Times} times
 * @param {number} seconds
 */
function findStep(times, seconds) {
  let low = 0;
  let high = times.starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (times.starts[middle] <= seconds + 1e-9) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
