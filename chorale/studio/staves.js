// The staves of the engraving: the pitch and the step of a place on them.

const LETTERS = [0, 2, 4, 5, 7, 9, 11]; // semitones of C, D, E, F, G, A, B
const SHARPS = [3, 0, 4, 1, 5, 2, 6]; // letters in the order in which sharps are added
/** @type {Record<string, number>} sharps of the major keys, flats negative */
const SIGNATURES = {
  C: 0, G: 1, D: 2, A: 3, E: 4, B: 5, "F#": 6, "C#": 7, "G#": 8, "D#": 9, "A#": 10,
  F: -1, Bb: -2, Eb: -3, Ab: -4, Db: -5, Gb: -6, Cb: -7,
}; // prettier-ignore
/** @type {Record<string, number>} fifths of a mode's tonic above that of its signature's major key */
const FIFTHS = { major: 0, minor: 3, dorian: 2, phrygian: 4, lydian: -1, mixolydian: 1 };

/** @type {Record<string, number>} letters above C0 on the bottom line of each clef: 28 is C4 */
const BOTTOMS = { treble: 30, tenor: 23, bass: 18 };

/**
 * Sharps in the signature of a key such as "G minor" or "D dorian"; flats are negative.
 *
 * @param {string | null} key
 */
function countSharps(key) {
  const [tonic, mode] = (key ?? "C major").split(" ");
  const sharps = SIGNATURES[tonic] ?? 0;
  return sharps - (FIFTHS[mode] ?? 0);
}

/**
 * The pitch of a place on a staff, in a key.
 *
 * @param {number} degree letters above C0: 28 is middle C
 * @param {string | null} key
 */
function findPitch(degree, key) {
  const letter = ((degree % 7) + 7) % 7;
  const sharps = countSharps(key);
  const altered = sharps > 0 ? SHARPS.slice(0, sharps) : SHARPS.slice(7 + sharps);
  const alter = altered.includes(letter) ? Math.sign(sharps) : 0;
  return 12 + 12 * Math.floor(degree / 7) + LETTERS[letter] + alter;
}

/**
 * The engravings that the window shows, from the top.
 */
function visibleScores() {
  return [...document.querySelectorAll("#score svg.wide, #score svg.narrow")].filter(
    (each) => each.getClientRects().length,
  );
}

/**
 * The staff, the place on it as letters above C0, and the step, of a point in the window.
 *
 * @param {View} view what the window shows
 * @param {number} x
 * @param {number} y
 * @param {number} grid steps to which the click is rounded
 * @returns {{ degree: number, step: number, staff: number } | null}
 */
function locate({ music, staves }, x, y, grid) {
  const measures = visibleScores().flatMap((svg) => [...svg.querySelectorAll("g.measure")]);
  const inside = measures.findIndex((measure) => {
    const box = findStaves(measure);
    const above = box.length && y > box[0].top - 60 && y < box[box.length - 1].bottom + 60;
    return above && x >= box[0].left && x <= box[0].right;
  });
  if (inside < 0) {
    return null;
  }
  const lines = findStaves(measures[inside]);
  const middles = lines.map((staff) => Math.abs(y - (staff.top + staff.bottom) / 2));
  const staff = middles.indexOf(Math.min(...middles));
  const { top, bottom } = lines[staff];
  const degree = BOTTOMS[staves[staff].clef] + Math.round((bottom - y) / ((bottom - top) / 8));
  const bar = music.bars[inside];
  const end = music.bars[inside + 1]?.step ?? music.steps;
  const time = interpolate(findAnchors(measures[inside], lines[0], bar.step, end), x);
  const step = bar.step + Math.floor((time - bar.step) / grid + 0.5) * grid;
  return { degree, staff, step: Math.min(end - 1, Math.max(bar.step, step)) };
}

/**
 * Sides of the staves of a measure, from the top: those of their lines.
 *
 * @param {Element} measure
 */
function findStaves(measure) {
  return [...measure.querySelectorAll(":scope > g.staff")].map((staff) => {
    const lines = [...staff.querySelectorAll(":scope > path")].map((line) =>
      line.getBoundingClientRect(),
    );
    const heights = lines.map((line) => line.top + line.height / 2);
    return {
      top: Math.min(...heights),
      bottom: Math.max(...heights),
      left: Math.min(...lines.map((line) => line.left)),
      right: Math.max(...lines.map((line) => line.right)),
    };
  });
}

/**
 * Places in the window and their steps, from which others are interpolated.
 *
 * @param {Element} measure
 * @param {{ left: number, right: number }} staff
 * @param {number} start
 * @param {number} end
 * @returns {[number, number][]}
 */
function findAnchors(measure, staff, start, end) {
  const signs = [...measure.querySelectorAll("g.clef, g.keySig, g.meterSig")];
  const left = Math.max(staff.left, ...signs.map((sign) => sign.getBoundingClientRect().right));
  /** @type {Map<number, number>} */
  const found = new Map();
  for (const note of measure.querySelectorAll("g.note")) {
    const step = Number(note.id.split("-")[2]);
    const box = (note.querySelector("g.notehead") ?? note).getBoundingClientRect();
    found.set(step, box.x + box.width / 2);
  }
  /** @type {[number, number][]} */
  const anchors = [...found].map(([step, place]) => [place, step]);
  if (!found.has(start)) {
    anchors.push([left + 0.08 * (staff.right - left), start]);
  }
  anchors.push([staff.right, end]);
  return anchors.sort((one, other) => one[1] - other[1]);
}

/**
 * @param {[number, number][]} anchors
 * @param {number} x
 */
function interpolate(anchors, x) {
  for (let place = 1; place < anchors.length; place += 1) {
    const [left, before] = anchors[place - 1];
    const [right, after] = anchors[place];
    if (x <= right || place === anchors.length - 1) {
      const share = right > left ? Math.min(1, Math.max(0, (x - left) / (right - left))) : 0;
      return before + share * (after - before);
    }
  }
  return anchors[0][1];
}
