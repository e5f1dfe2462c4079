// The player: schedules notes and clicks a little ahead of the clock, and knows what sounds.

const AHEAD_S = 0.25; // notes are handed to the browser this long before they sound
const WAKE_MS = 40;
const START_S = 0.08; // from a request until the first note

/** @type {AudioContext | null} */
let audio = null;

/** The way to the loudspeakers, one for the whole page. */
function openAudio() {
  audio ??= new AudioContext({ latencyHint: "interactive" });
  return audio;
}

/** What players may change while the music sounds. */
class Settings {
  /** @param {Music} music */
  constructor(music) {
    this.tempo = music.tempo;
    this.transposition = 0;
    this.metronome = false;
    this.countIn = false;
    /** @type {[number, number] | null} first step and exclusive end */
    this.loop = null;
    this.volumes = music.voices.map(() => 1);
    this.muted = music.voices.map(() => false);
    /** @type {number | null} the voice that sounds alone, its index among the voices */
    this.alone = null;
    /** @type {number | null} the voice that is louder than the others */
    this.front = null;
  }

  /** @param {number} index */
  gain(index) {
    if (this.muted[index] || (this.alone !== null && this.alone !== index)) {
      return 0;
    }
    return this.volumes[index] * (this.front === null || this.front === index ? 1 : 0.32);
  }
}

class Player extends EventTarget {
  /** @param {Music} music */
  constructor(music) {
    super();
    this.music = music;
    this.settings = new Settings(music);
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {Organ | null} */
    this.organ = null;
    this.playing = false;
    this.step = 0; // where playing begins or has paused
    this.origin = 0; // the context's time at which step 0 would begin
    this.nextNote = 0;
    this.nextClick = 0;
    /** @type {{ silence: () => void, end: number }[]} */
    this.sounding = [];
    this.times = timeSteps(music, this.settings.tempo, false);
    this.timer = 0;
  }

  /** Take up other music. @param {Music} music */
  load(music) {
    this.halt();
    const { tempo, metronome, countIn, transposition } = this.settings;
    const same = music.voices.length === this.music.voices.length;
    this.music = music;
    this.organ = this.context && new Organ(this.context, music);
    if (!same) {
      this.settings = Object.assign(new Settings(music), { metronome, countIn, transposition });
    }
    this.settings.tempo = same ? tempo : music.tempo;
    this.settings.loop = null;
    this.step = Math.min(this.step, music.steps);
    this.times = timeSteps(music, this.settings.tempo, this.settings.metronome);
    this.announce();
  }

  /** Play from the present step, or from another. */
  async play(step = this.step) {
    this.halt();
    if (!this.context) {
      this.context = openAudio();
      this.organ = new Organ(this.context, this.music);
    }
    if (this.context.state === "suspended") {
      await this.context.resume();
    }
    const { loop } = this.settings;
    const last = loop ? loop[1] : this.music.steps;
    const first = loop && (step < loop[0] || step >= loop[1]) ? loop[0] : step;
    this.begin(first < last ? first : (loop?.[0] ?? 0), this.settings.countIn);
  }

  pause() {
    if (this.playing) {
      this.step = Math.min(this.music.steps, findStep(this.times, Math.max(0, this.seconds())));
      this.halt();
      this.announce();
    }
  }

  /** Go to a step, and play on if the music was playing. @param {number} step */
  seek(step) {
    const playing = this.playing;
    this.halt();
    this.step = Math.min(this.music.steps, Math.max(0, step));
    if (playing) {
      this.begin(this.step, false);
    }
    this.announce();
  }

  /** Take up changed settings at once. */
  update() {
    this.updateGains();
    const step = this.playing ? findStep(this.times, Math.max(0, this.seconds())) : this.step;
    this.times = timeSteps(this.music, this.settings.tempo, this.settings.metronome);
    if (this.playing) {
      this.halt();
      this.begin(step, false);
    }
    this.announce();
  }

  updateGains() {
    if (this.organ && this.context) {
      const now = this.context.currentTime;
      const { organ, settings } = this;
      this.music.voices.forEach((voice, index) => {
        organ.voices[voice.number].gain.setTargetAtTime(settings.gain(index), now, 0.015);
      });
    }
  }

  /** Seconds of the music that are heard now; below 0 in a count-in. */
  seconds() {
    if (!this.context) {
      return 0;
    }
    const latency = this.context.outputLatency || this.context.baseLatency || 0;
    return this.context.currentTime - latency - this.origin;
  }

  /** The step that is heard now. */
  presentStep() {
    return this.playing ? findStep(this.times, Math.max(0, this.seconds())) : this.step;
  }

  /**
   * @param {number} step
   * @param {boolean} countIn
   */
  begin(step, countIn) {
    const context = /** @type {AudioContext} */ (this.context);
    this.updateGains();
    const silence = countIn ? this.scheduleCountIn(context.currentTime + START_S, step) : 0;
    this.step = step;
    this.start(step, context.currentTime + START_S + silence);
    this.playing = true;
    this.timer = window.setInterval(() => this.schedule(), WAKE_MS);
    this.schedule();
    this.announce();
  }

  /**
   * Begin a stretch of music with a step at a time of the context's clock.
   *
   * @param {number} step
   * @param {number} time
   */
  start(step, time) {
    this.origin = time - this.times.starts[step];
    const { notes, beats } = this.music;
    this.nextNote = notes.findIndex((note) => note.step + note.length > step);
    this.nextNote = this.nextNote < 0 ? notes.length : this.nextNote;
    this.first = step;
    this.nextClick = beats.findIndex(([beat]) => beat >= step);
    this.nextClick = this.nextClick < 0 ? beats.length : this.nextClick;
  }

  /**
   * Schedule the clicks before a step, and return their length in seconds.
   *
   * @param {number} start
   * @param {number} step
   */
  scheduleCountIn(start, step) {
    const { music, settings } = this;
    const length = 60 / settings.tempo / music.stepsPerQuarter;
    const { clicks, steps } = findCountIn(music, step);
    clicks.forEach(([beat, downbeat]) => {
      const silence = this.organ?.click(downbeat, start + beat * length);
      this.sounding.push({ silence: silence ?? (() => {}), end: start + beat * length + 0.1 });
    });
    return steps * length;
  }

  /** Hand the next notes and clicks to the browser; end or repeat the music. */
  schedule() {
    const { context, organ, music, settings, times } = this;
    if (!context || !organ || !this.playing) {
      return;
    }
    const now = context.currentTime;
    const last = settings.loop ? settings.loop[1] : music.steps;
    for (let rounds = 0; rounds < 50; rounds += 1) {
      const horizon = now + AHEAD_S;
      this.scheduleUntil(horizon, last);
      const end = this.origin + times.ends[last];
      if (!settings.loop || end > horizon) {
        break;
      }
      this.start(settings.loop[0], end);
    }
    this.sounding = this.sounding.filter(({ end }) => end > now);
    if (!settings.loop && now > this.origin + times.ends[last] + 0.1) {
      this.halt();
      this.step = 0;
      this.announce();
    }
  }

  /**
   * @param {number} horizon
   * @param {number} last exclusive last step
   */
  scheduleUntil(horizon, last) {
    const { music, settings, times } = this;
    const organ = /** @type {Organ} */ (this.organ);
    const first = this.first ?? 0;
    for (; this.nextNote < music.notes.length; this.nextNote += 1) {
      const note = music.notes[this.nextNote];
      const step = Math.max(note.step, first);
      if (step >= last) {
        break;
      }
      if (note.step + note.length <= first) {
        continue;
      }
      const start = this.origin + times.starts[step];
      if (start > horizon) {
        break;
      }
      let { end } = timeNote(music, note, times);
      end = this.origin + Math.min(end, times.ends[last]);
      const pitch = note.pitch + settings.transposition;
      this.sounding.push({ silence: organ.play(note.voice, pitch, start, end), end: end + 0.1 });
    }
    for (; this.nextClick < music.beats.length; this.nextClick += 1) {
      const [step, downbeat] = music.beats[this.nextClick];
      const start = this.origin + times.starts[step];
      if (step >= last || start > horizon) {
        break;
      }
      if (settings.metronome) {
        this.sounding.push({ silence: organ.click(downbeat, start), end: start + 0.1 });
      }
    }
  }

  /** Stop the sound. */
  halt() {
    window.clearInterval(this.timer);
    this.sounding.forEach(({ silence }) => silence());
    this.sounding = [];
    this.playing = false;
  }

  announce() {
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * Render the sound of the page, for measurements.
 *
 * @param {Music} music
 * @param {Settings} settings
 * @param {number} rate samples a second
 */
async function renderSound(music, settings, rate = 44100) {
  const times = timeSteps(music, settings.tempo, settings.metronome);
  const seconds = times.ends[music.steps] + music.organ.reverb.seconds + 0.2;
  const context = new OfflineAudioContext(2, Math.ceil(seconds * rate), rate);
  const organ = new Organ(context, music);
  music.voices.forEach((voice, index) => {
    organ.voices[voice.number].gain.value = settings.gain(index);
  });
  for (const note of music.notes) {
    const { start, end } = timeNote(music, note, times);
    organ.play(note.voice, note.pitch + settings.transposition, start, end);
  }
  for (const [step, downbeat] of settings.metronome ? music.beats : []) {
    organ.click(downbeat, times.starts[step]);
  }
  return context.startRendering();
}
