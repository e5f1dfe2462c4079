/** A score as page and server exchange it; see `chorale.studio.exchange`. */
interface ScoreData {
  title: string;
  tempo: number;
  steps: number;
  metre: string | null;
  key: string | null;
  pickup: number;
  fermatas: [number, number][] | null;
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
  music: Music;
  findings: Finding[];
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
  scores?: ScoreData[];
  error?: string;
}
