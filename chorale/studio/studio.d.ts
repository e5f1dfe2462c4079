/** A score as page and server exchange it; see `chorale.studio.exchange`. */
interface ScoreData {
  title: string;
  tempo: number;
  steps: number;
  metre: string | null;
  key: string | null;
  pickup: number;
  early: number[];
  fermatas: [number, number][] | null;
  voicing: string;
  /** Words, repeats and the like, which the page does not read. */
  annotations: unknown;
  notes: NoteData[];
}

interface NoteData {
  voice: number;
  pitch: number;
  step: number;
  length: number;
}

interface View {
  score: string;
  staves: { voices: number[]; clef: string }[];
  music: Music;
  findings: Finding[];
  notices: string[];
}

interface Finding {
  step: number;
  end: number;
  voices: number[];
  place: string;
  text: string;
  fault: boolean;
}

interface Start {
  token: string;
  opening: { score: ScoreData; notices: string[] } | null;
}

/** A line of the answer to a request to compose. */
interface ComposeLine {
  progress?: number;
  score?: ScoreData;
  view?: View;
  done?: boolean;
  error?: string;
}
