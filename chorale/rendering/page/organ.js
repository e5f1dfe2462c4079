// The organ of `chorale.rendering.sound.organ`, played by the browser's oscillators.

class Organ {
  /**
   * @param {BaseAudioContext} context
   * @param {Music} music
   */
  constructor(context, music) {
    this.context = context;
    this.data = music.organ;
    this.output = context.createGain();
    this.output.connect(context.destination);
    const room = this.createRoom();
    /** @type {GainNode[]} volume of each voice, 0 to 1 */
    this.voices = this.data.panning.map((place) => {
      const volume = context.createGain();
      const panner = context.createStereoPanner();
      panner.pan.value = place;
      volume.connect(panner).connect(this.output);
      volume.connect(room);
      return volume;
    });
    this.waves = this.data.divisions.map((ranks) =>
      ranks.map((rank) =>
        context.createPeriodicWave(new Float32Array(rank.real), new Float32Array(rank.imag), {
          disableNormalization: true,
        }),
      ),
    );
    this.wind = this.createNoise(1, 1);
  }

  /**
   * Play a note.
   *
   * @param {number} voice
   * @param {number} pitch MIDI number
   * @param {number} start seconds of the context's clock
   * @param {number} end
   * @returns {() => void} silences the note at once
   */
  play(voice, pitch, start, end) {
    const { context, data } = this;
    const division = data.divisionOfVoice[voice];
    const gains = data.gains[division];
    const place = Math.min(gains.length - 1, Math.max(0, pitch - data.lowest));
    const key = context.createGain();
    key.gain.value = gains[place];
    key.gain.setValueCurveAtTime(scale(FALL, gains[place]), end, data.release);
    key.connect(this.voices[voice]);
    const hertz = 440 * 2 ** ((pitch - 69) / 12);
    const slowness = Math.min(1.6, Math.max(0.6, 2 ** ((data.middle - pitch) / 36)));
    const stop = end + data.release;
    const sources = data.divisions[division].map((rank, number) => {
      const pipe = context.createOscillator();
      pipe.setPeriodicWave(this.waves[division][number]);
      pipe.frequency.value = hertz * rank.octave;
      pipe.detune.value = rank.cents;
      const speech = context.createGain();
      speech.gain.setValueAtTime(0, start);
      speech.gain.setValueCurveAtTime(RISE, start, rank.attack * slowness);
      pipe.connect(speech).connect(key);
      pipe.start(start);
      pipe.stop(stop);
      return pipe;
    });
    this.playWind(key, hertz, start);
    sources[0].onended = () => key.disconnect();
    return () => {
      key.gain.cancelScheduledValues(0);
      key.gain.setTargetAtTime(0, context.currentTime, data.release / 5);
      sources.forEach((pipe) => pipe.stop(context.currentTime + data.release));
    };
  }

  /**
   * Play the noise of the wind before a pipe speaks.
   *
   * @param {AudioNode} key
   * @param {number} hertz
   * @param {number} start
   */
  playWind(key, hertz, start) {
    const { seconds, level } = this.data.chiff;
    const noise = this.context.createBufferSource();
    noise.buffer = this.wind;
    const band = this.context.createBiquadFilter();
    band.type = "bandpass";
    band.frequency.value = 3 * hertz;
    const volume = this.context.createGain();
    volume.gain.setValueAtTime(0, start);
    volume.gain.setValueCurveAtTime(scale(SWELL, level), start, seconds);
    noise.connect(band).connect(volume).connect(key);
    noise.start(start, 0, seconds);
  }

  /**
   * Play a click of the metronome.
   *
   * @param {boolean} downbeat
   * @param {number} start
   * @returns {() => void} silences the click
   */
  click(downbeat, start) {
    const { seconds, decay, hertz, levels } = this.data.clicks;
    const tone = this.context.createOscillator();
    const volume = this.context.createGain();
    tone.frequency.value = hertz[downbeat ? 0 : 1];
    volume.gain.setValueAtTime(levels[downbeat ? 0 : 1], start);
    volume.gain.setTargetAtTime(0, start, decay);
    tone.connect(volume).connect(this.output);
    tone.start(start);
    tone.stop(start + seconds);
    return () => tone.stop();
  }

  /** The room: an echo of noise that decays, dark longer than bright. */
  createRoom() {
    const { context, data } = this;
    const room = context.createConvolver();
    room.normalize = false;
    room.connect(this.output);
    room.buffer = this.createEcho();
    const mix = context.createGain();
    mix.gain.value = Math.SQRT1_2; // the mean of the two channels, as panned
    mix.connect(room);
    return mix;
  }

  createEcho() {
    const { seconds, level, delay, rise, fade, bands } = this.data.reverb;
    const rate = this.context.sampleRate;
    const echo = this.context.createBuffer(2, Math.round(seconds * rate), rate);
    for (let channel = 0; channel < 2; channel += 1) {
      const response = echo.getChannelData(channel);
      bands.forEach(([lowest, highest, decay], number) => {
        const noise = drawNoise(response.length, 1685 + 2 * number + channel);
        passBand(noise, lowest, highest, rate);
        for (let place = 0; place < response.length; place += 1) {
          response[place] += noise[place] * 10 ** ((-3 * place) / rate / decay);
        }
      });
      shapeEcho(response, rate, delay, rise, fade);
      const factor = level / measureBand(response, bands[0][0], bands[0][1], rate);
      response.forEach((value, place) => (response[place] = value * factor));
    }
    return echo;
  }

  /**
   * @param {number} seconds
   * @param {number} seed
   */
  createNoise(seconds, seed) {
    const rate = this.context.sampleRate;
    const buffer = this.context.createBuffer(1, Math.round(seconds * rate), rate);
    buffer.getChannelData(0).set(drawNoise(buffer.length, seed));
    return buffer;
  }
}

const RISE = Float32Array.from({ length: 33 }, (_, k) => (1 - Math.cos((Math.PI * k) / 32)) / 2);
const FALL = RISE.slice().reverse();
const SWELL = Float32Array.from({ length: 33 }, (_, k) => Math.sin((Math.PI * k) / 32) ** 2);

/**
 * @param {Float32Array} curve
 * @param {number} factor
 */
function scale(curve, factor) {
  return curve.map((value) => value * factor);
}

/**
 * Normally distributed noise, the same for the same seed.
 *
 * @param {number} length
 * @param {number} seed
 */
function drawNoise(length, seed) {
  let state = seed >>> 0;
  const random = () => {
    // mulberry32, by T. Ettinger, in the public domain
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return Float32Array.from({ length }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return radius * Math.cos(2 * Math.PI * random());
  });
}

/**
 * Filter noise with a gentle band-pass, in place: two one-pole filters on each side.
 *
 * @param {Float32Array} noise
 * @param {number} lowest hertz
 * @param {number} highest hertz
 * @param {number} rate
 */
function passBand(noise, lowest, highest, rate) {
  const low = 1 - Math.exp((-2 * Math.PI * lowest) / rate);
  const high = 1 - Math.exp((-2 * Math.PI * highest) / rate);
  for (let pass = 0; pass < 2; pass += 1) {
    let smooth = 0;
    let slow = 0;
    for (let place = 0; place < noise.length; place += 1) {
      smooth += high * (noise[place] - smooth);
      slow += low * (smooth - slow);
      noise[place] = smooth - slow;
    }
  }
}

/**
 * Delay an echo, and let it rise and fade, in place.
 *
 * @param {Float32Array} response
 * @param {number} rate
 * @param {number} delay seconds
 * @param {number} rise
 * @param {number} fade
 */
function shapeEcho(response, rate, delay, rise, fade) {
  const length = response.length;
  const ramp = (/** @type {number} */ share) =>
    (1 - Math.cos(Math.PI * Math.min(1, Math.max(0, share)))) / 2;
  for (let place = 0; place < length; place += 1) {
    const seconds = place / rate;
    response[place] *= ramp((seconds - delay) / rise) * ramp((length - place) / rate / fade);
  }
}

/**
 * Root mean square of a filter's gain over a band, at some frequencies.
 *
 * @param {Float32Array} response
 * @param {number} lowest hertz
 * @param {number} highest hertz
 * @param {number} rate
 */
function measureBand(response, lowest, highest, rate) {
  const count = 48;
  let power = 0;
  for (let k = 0; k < count; k += 1) {
    const hertz = lowest + ((k + 0.5) / count) * (highest - lowest);
    const turn = (2 * Math.PI * hertz) / rate;
    const factor = 2 * Math.cos(turn);
    let before = 0; // Goertzel's algorithm
    let last = 0;
    for (const value of response) {
      [before, last] = [last, value + factor * last - before];
    }
    power += last * last + before * before - factor * last * before;
  }
  return Math.sqrt(power / count);
}
