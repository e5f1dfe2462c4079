/** The music of the page, as `chorale.rendering.page.content` writes it. */
interface Music {
  title: string;
  steps: number;
  stepsPerQuarter: number;
  /** Steps of a beat of the metre, an eighth in 6/8. */
  stepsPerBeat: number;
  tempo: number;
  voices: Voice[];
  notes: Note[];
  bars: Bar[];
  /** Steps on which a metronome clicks, and whether each is a downbeat. */
  beats: [step: number, downbeat: boolean][];
  /** Steps of a count-in of one bar before the music. */
  countIn: [step: number, downbeat: boolean][];
  countInSteps: number;
  /** For each step, how much longer it is than in tempo. */
  slowing: number[];
  breath: { steps: number[]; quarters: number; max: number };
  gap: { seconds: number; share: number };
  organ: OrganData;
  remarks: Remark[];
}

interface Voice {
  number: number;
  name: string;
}

interface Note {
  voice: number;
  pitch: number;
  /** The pitch as written, such as "F♯4". */
  name: string;
  step: number;
  length: number;
  /** Whether the next note of the voice follows at once with the same pitch. */
  repeated: boolean;
  /** Ends of the ids of its written parts, tied together. */
  parts: string[];
}

/** A measure as it is played, with its number in the score; 0 is a pickup. */
interface Bar {
  number: number;
  step: number;
  /** The beat on which it begins: 1, but in a pickup, such as 4.5. */
  beat: number;
}

/** A remark on a note or on some steps, such as a finding. */
interface Remark {
  step: number;
  end: number;
  voices: number[];
  text: string;
  place: string;
  /** Its mark in the score, such as "[1]"; may be empty. */
  label: string;
}

interface Times {
  starts: number[];
  ends: number[];
}

interface Rank {
  /** Factor of the frequency: 2 for a 4' rank. */
  octave: number;
  cents: number;
  attack: number;
  real: number[];
  imag: number[];
}

interface OrganData {
  divisions: Rank[][];
  /** The division of each voice. */
  divisionOfVoice: number[];
  panning: number[];
  /** Amplitude of a key of each division, from the lowest pitch up. */
  gains: number[][];
  lowest: number;
  middle: number;
  release: number;
  chiff: { seconds: number; level: number };
  reverb: {
    seconds: number;
    level: number;
    delay: number;
    rise: number;
    fade: number;
    bands: [lowest: number, highest: number, decay: number][];
  };
  clicks: { seconds: number; decay: number; hertz: [number, number]; levels: [number, number] };
}
