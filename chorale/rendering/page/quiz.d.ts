/** The pieces of a listening test, as `chorale.rendering.page.quiz` writes them. */
interface Quiz {
  /** A digest of the pieces, by which answers are joined to them. */
  id: string;
  pairs: boolean;
  pieces: QuizPiece[];
}

interface QuizPiece {
  name: string;
  bach: boolean;
  music: Music;
}

/** An answer: the pieces that were played, and the one that was taken for Bach's, if any. */
interface Answer {
  pieces: string[];
  chosen: string | null;
  right: boolean;
  seconds: number;
  plays: number;
}
