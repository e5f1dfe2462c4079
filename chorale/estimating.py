"""Estimates of what music does not say of itself: metre, pickup, phrases and key.

For a bare melody, or a few voices, without a time signature, a key signature or fermatas. Metre,
pickup and phrases are told by how long notes are at which place in a bar, which is counted once in
the sopranos of Bach's training split (`scripts/make_estimating_tables.py`) and kept in
`estimating_tables.json` as log probabilities.

A *grid* is a reading of the time: measures of four or three beats, how long a beat is, and where
the first measure starts. Under a grid a melody is a chain of phrases, each of them inner notes and
an end note, and the log probability of a chain sums over
- notes: a length, given its place in the measure and whether the note is a phrase's end;
- ends: the place, the melody's step to it and from it, whether what follows was heard before, and
  how often the other voices move while it sounds;
- phrases: the length, which is often that of the phrase before.
The best chain is found by dynamic programming. The metre is that of the grid with the best chain,
beside how frequent its pickup is, whether the length is whole measures, and whether passages return
whole measures later.

Measured on Bach's validation split (75 chorales, 72 of one metre), all but the notes withheld:

                                       soprano    soprano and bass
    metre and pickup right             95.8 %     97.2 %
    fermatas, metre known              0.91/0.86  0.94/0.89 (precision/recall of phrase ends)
    fermatas, nothing known            0.88/0.85  0.94/0.89
    key, no signature                  97.3 %     97.3 %
    key, sharps of the signature       97.3 %     100 %
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise, product
from math import inf, log
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from chorale.analysis import OCTAVE, key_fit
from chorale.music import STEPS_PER_QUARTER, Key, Metre, Mode, Note

Beats = Literal[4, 3]  # of a measure
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Note lengths fall into classes, each from this many quarters of a beat up to the next.
LENGTH_CLASSES = (0, 2, 3, 4, 5, 8, 12, 16)
LONGEST_PHRASE = 32  # in beats; longer ones are as improbable as those of broken beats
STEP_CLASSES = ("none", "same", "step up", "step down", "leap up", "leap down", "rest")
MOVE_CLASSES = 3  # notes of another voice that start within a note: none, one, more
RETURN_CLASSES = (0, 1, 6, 10)  # notes of a passage that returns, each up to the next
FEWEST_RETURNING = 4  # notes; shorter passages return by chance
PLACES_OF_BEAT = 3  # on the beat, at its half, elsewhere

_BEAT_STEPS = (STEPS_PER_QUARTER, 2, 8)  # quarter, eighth, half
# Guesses, since Bach's chorales have none of it.
_OTHER_BEAT = log(0.03)  # that a melody's beat is not the quarter
_OFF_BEAT = log(0.02)  # that it starts off the beat
_WHOLE_BAR = 2.0  # that a file which does not tell its pickup has none
_MOST_NOTES = 400  # that the metre is estimated from; hymns have fewer
_FARTHEST_RETURN = 400  # in notes
_LOWER_VOICE_WEIGHT = 0.5  # of their notes' lengths, which are not independent of the melody's

# Both tried out on the training split: they balance precision and recall.
_END_BONUS = 1.0  # what the end of a phrase gets on top
_SAME_SHARE = 0.1  # phrases that are as long as the one before because it was that long

# The best of 5 to 30 on the training split, with no signature.
_FIT_WEIGHT = 10.0  # of a correlation with the key's profile, beside log probabilities
_MODE_WEIGHT = 2.0  # a guess: against minor where a file says "major"
# How often a signature stands for which key: semitones from the tonic of its major. Counted in the
# files of Bach's training split, 224: Ionian, Aeolian and Phrygian, Dorian, Mixolydian.
_KINDS: Mapping[tuple[int, Mode], float] = MappingProxyType(
    {
        (0, "major"): log(109 / 224),
        (9, "minor"): log(87 / 224),
        (2, "minor"): log(20 / 224),
        (7, "major"): log(8 / 224),
    }
)
_TABLES = "estimating_tables.json"


@dataclass(frozen=True)
class Grid:
    """A reading of the time.

    Attributes:
        beats: of a measure; None where measures are not known, and only beats are.
        beat_steps: length of a beat.
        pickup_steps: steps before the first downbeat.
    """

    beats: Beats | None
    beat_steps: int
    pickup_steps: int = 0

    @property
    def bar_steps(self) -> int:
        """Length of a measure, or of a beat where measures are not known."""
        return (self.beats or 1) * self.beat_steps

    @property
    def name(self) -> str:
        """Of its tables: how many beats a measure has, "1" where that is not known."""
        return str(self.beats or 1)


@dataclass(frozen=True, eq=False)
class Melody:
    """The highest voice, and what the others do meanwhile. N notes, in order of time, N >= 1.

    Attributes:
        onsets: (N + 1,) int, in steps; the last is where the last note ends.
        steps_to: (N,) int, the class in STEP_CLASSES of the step that leads to the note.
        steps_from: (N,) int, of the step that leads on from it.
        returns: (N,) int, how many notes, from this one on, repeat earlier ones, pitch and length,
            in a passage that starts with this note; 0 if no such passage starts.
        spans: (N,) int, how many steps earlier that passage was.
        moves: (M, N) int, for each other voice the class of how many of its notes start while the
            note sounds, its onset left out.
        lower: notes of all other voices, (onsets, lengths).
    """

    onsets: Ints
    steps_to: Ints
    steps_from: Ints
    returns: Ints
    spans: Ints
    moves: Ints
    lower: tuple[Ints, Ints]

    @property
    def lengths(self) -> Ints:
        """(N,) steps from each onset to the next, so that rests belong to the note before."""
        return np.diff(self.onsets)


def melody_of(lines: Sequence[Sequence[Note]]) -> Melody | None:
    """The melody of these voices, the first that is not silent; None where all are."""
    sounding = [line for line in lines if line]
    if not sounding:
        return None
    top, *others = sounding
    end_step = top[-1].onset_step + top[-1].length_steps
    onsets = np.array([*(note.onset_step for note in top), end_step])
    returns, spans = _returns(np.array([note.pitch for note in top]), onsets)
    moves = [_moves(onsets, line) for line in others]
    notes = [note for line in others for note in line]
    return Melody(
        onsets,
        np.array([0, *(_step_class(a, b, False) for a, b in pairwise(top))]),
        np.array([*(_step_class(a, b, True) for a, b in pairwise(top)), 0]),
        returns,
        spans,
        np.array(moves, np.int64).reshape(len(others), len(top)),
        (
            np.array([note.onset_step for note in notes], np.int64),
            np.array([note.length_steps for note in notes], np.int64),
        ),
    )


def _returns(pitches: Ints, onsets: Ints) -> tuple[Ints, Ints]:
    """`returns` and `spans` of a melody; of several earlier passages, of the longest and latest."""
    lengths = np.diff(onsets)
    returns, spans = np.zeros_like(pitches), np.zeros_like(pitches)
    for shift in range(FEWEST_RETURNING, min(len(pitches), _FARTHEST_RETURN)):
        same = (pitches[shift:] == pitches[:-shift]) & (lengths[shift:] == lengths[:-shift])
        edges = np.flatnonzero(np.diff(same, prepend=False, append=False))
        starts, passage = edges[::2] + shift, np.minimum(edges[1::2] - edges[::2], shift)
        longer = passage > returns[starts]
        starts = starts[longer]
        returns[starts] = passage[longer]
        spans[starts] = onsets[starts] - onsets[starts - shift]
    return np.where(returns < FEWEST_RETURNING, 0, returns), spans


def return_classes(returns: Ints) -> Ints:
    """The place in RETURN_CLASSES of each."""
    return np.searchsorted(RETURN_CLASSES, returns, "right") - 1


def _moves(onsets: Ints, line: Sequence[Note]) -> Ints:
    starts = np.sort([note.onset_step for note in line])
    within = np.searchsorted(starts, onsets[1:]) - np.searchsorted(starts, onsets[:-1], "right")
    return np.minimum(within, MOVE_CLASSES - 1)


def _step_class(before: Note, after: Note, heed_rest: bool) -> int:
    if heed_rest and after.onset_step > before.onset_step + before.length_steps:
        return STEP_CLASSES.index("rest")
    size = after.pitch - before.pitch
    if size == 0:
        return STEP_CLASSES.index("same")
    return STEP_CLASSES.index(
        ("step " if abs(size) <= 2 else "leap ") + ("up" if size > 0 else "down")
    )


def places(onsets: Ints, grid: Grid) -> Ints:
    """The place in a measure of each onset, from 0 to PLACES_OF_BEAT * beats - 1."""
    steps = (onsets - grid.pickup_steps) % grid.bar_steps
    beat, within = np.divmod(steps, grid.beat_steps)
    part = np.where(within == 0, 0, np.where(2 * within == grid.beat_steps, 1, 2))
    return np.asarray(PLACES_OF_BEAT * beat + part)


def length_classes(lengths: Ints, grid: Grid) -> Ints:
    """The place in LENGTH_CLASSES of each length."""
    quarters = STEPS_PER_QUARTER * lengths // grid.beat_steps
    return np.searchsorted(LENGTH_CLASSES, quarters, "right") - 1


@cache
def tables() -> Mapping[str, Any]:
    """The log probabilities that the script counted; see there."""
    text = resources.files("chorale").joinpath(_TABLES).read_text("utf-8")
    return MappingProxyType(json.loads(text))


@dataclass(frozen=True)
class Chain:
    """Phrases of a melody.

    Attributes:
        score: log probability, up to a constant.
        ends: number of the last note of each phrase.
    """

    score: float
    ends: tuple[int, ...]


def estimate_metre(lines: Sequence[Sequence[Note]], length_steps: int) -> tuple[Metre, int]:
    """Metre and pickup in steps: 4/4 or 3/4, or 3/2 where triple time goes in halves.

    Args:
        lines: the notes of each voice that is there, in order of time, one after another; from
            the highest voice down.
        length_steps: of the whole; it is often a number of whole measures.
    """
    melody = melody_of(_beginning(lines))
    if melody is None:
        return Metre(4, 4), 0

    return _metre_of(max(_all_grids(), key=lambda grid: _score(melody, grid, length_steps)))


def estimate_pickup(lines: Sequence[Sequence[Note]], length_steps: int, metre: Metre) -> int:
    """Steps before the first downbeat, where a file tells the metre but not where bars start.

    Most files without a word start with a whole bar, so that this is likelier before a note is
    heard.

    Args:
        lines: as for `estimate_metre`.
        length_steps: of the whole.
        metre: any; of those without a grid (5/4) nothing is known, and they have none.
    """
    melody = melody_of(_beginning(lines))
    if melody is None or _grids_of(metre, 0)[0].beats is None:
        return 0

    def score(pickup_steps: int) -> float:
        grids = _grids_of(metre, pickup_steps)
        best = max(_score(melody, grid, length_steps) for grid in grids)
        return best + (0.0 if pickup_steps else _WHOLE_BAR)

    beat_steps = max(2, 4 * STEPS_PER_QUARTER // metre.denominator)
    return max(range(0, metre.steps_per_bar, beat_steps // 2), key=score)


def _score(melody: Melody, grid: Grid, length_steps: int) -> float:
    """Log probability, up to a constant, of a grid and of a melody's best phrases under it."""
    chain = best_chain(melody, grid).score
    return chain + _lower_score(melody, grid) + _grid_score(grid, melody, length_steps)


def estimate_phrases(
    lines: Sequence[Sequence[Note]], length_steps: int, metre: Metre | None, pickup_steps: int
) -> NDArray[np.bool_]:
    """Where fermatas hold, (T,) bool: over the last note of each phrase of the first voice.

    The last fermata lasts to the end where less than a measure of silence follows.

    Args:
        lines: the notes of each voice that is there, in order of time, one after another; from
            the highest voice down.
        length_steps: T.
        metre: any, or None where it is not known.
        pickup_steps: steps before the first downbeat.
    """
    fermatas = np.zeros(length_steps, np.bool_)
    melody = melody_of(lines)
    if melody is None:
        return fermatas
    if metre is None:
        metre, pickup_steps = estimate_metre(lines, length_steps)
    top = next(line for line in lines if line)
    for note in (top[number] for number in _best_ends(melody, metre, pickup_steps)):
        fermatas[note.onset_step : note.onset_step + note.length_steps] = True
    last = top[-1]
    if length_steps - last.onset_step - last.length_steps < Metre(4, 4).steps_per_bar:
        fermatas[last.onset_step :] = True
    return fermatas


def _best_ends(melody: Melody, metre: Metre, pickup_steps: int) -> tuple[int, ...]:
    """The ends of the best chain under any grid that goes with a metre."""
    chains = [(best_chain(melody, grid), grid) for grid in _grids_of(metre, pickup_steps)]
    best, _ = max(chains, key=lambda found: found[0].score + _beat_score(found[1]))
    return best.ends


def _beginning(lines: Sequence[Sequence[Note]]) -> list[list[Note]]:
    """As much as the metre is estimated from."""
    top: Sequence[Note] = next((line for line in lines if line), ())
    end = top[_MOST_NOTES].onset_step if len(top) > _MOST_NOTES else inf
    return [[note for note in line if note.onset_step < end] for line in lines]


# The best chain that ends with a phrase of each length: its score, and the length of the phrase
# before that one; 0 before the first.
_Scores = dict[int, tuple[float, int]]


def best_chain(melody: Melody, grid: Grid) -> Chain:
    """The best phrases of a melody under a grid."""
    inner, end = _note_scores(melody, grid)
    sums = np.concatenate([[0.0], np.cumsum(inner)]).tolist()
    ends = (end - inner).tolist()
    onsets = melody.onsets.tolist()
    first = np.searchsorted(melody.onsets, melody.onsets - _longest_steps(grid))
    scores: list[_Scores] = [{0: (0.0, 0)}]  # of the chains that end before each note
    best = [_best(scores[0])]
    for stop in range(1, len(onsets)):
        found: _Scores = {}
        for start in range(min(int(first[stop]), stop - 1), stop):
            length = onsets[stop] - onsets[start]
            score, before = _extended(
                scores[start], best[start], length, _phrase_chance(grid, length)
            )
            found[length] = (score + sums[stop] - sums[start] + ends[stop - 1], before)
        scores.append(found)
        best.append(_best(found))
    score, length = best[-1]
    return Chain(score, tuple(_ends(melody.onsets, scores, length)))


def _extended(
    scores: _Scores, best: tuple[float, int], length: int, chance: float
) -> tuple[float, int]:
    """The best of these chains with a phrase of this length after it: score, last phrase before."""
    score, before = best[0] + log((1 - _SAME_SHARE) * chance), best[1]
    if length not in scores:
        return score, before
    alike = scores[length][0] + log((1 - _SAME_SHARE) * chance + _SAME_SHARE)
    return max((score, before), (alike, length))


def _best(scores: _Scores) -> tuple[float, int]:
    """Score and last phrase of the best of these chains."""
    return max((score, length) for length, (score, _) in scores.items())


def _longest_steps(grid: Grid) -> int:
    """Of a phrase; a breath does not last longer where beats are halves."""
    return LONGEST_PHRASE * min(grid.beat_steps, STEPS_PER_QUARTER)


def _ends(onsets: Ints, scores: Sequence[_Scores], length: int) -> list[int]:
    """Back through the phrases, the last of which has this length."""
    number_of = {int(step): number for number, step in enumerate(onsets)}
    stop, ends = len(onsets) - 1, []
    while stop:
        ends.append(stop - 1)
        length, stop = scores[stop][length][1], number_of[int(onsets[stop]) - length]
    return ends[::-1]


def _note_scores(melody: Melody, grid: Grid) -> tuple[Floats, Floats]:
    """Log probabilities of each note as an inner note, and as a phrase's end; both (N,)."""
    place = places(melody.onsets[:-1], grid)
    length = length_classes(melody.lengths, grid)
    told = tables()
    scores = []
    for role in ("inner", "end"):
        score = np.array(told["lengths"][grid.name][role])[place, length]
        score = score + np.array(told["steps_to"][role])[melody.steps_to]
        score += np.array(told["steps_from"][role])[melody.steps_from]
        by_moves = np.array(told["moves"][role])
        score += sum(by_moves[length, moves] for moves in melody.moves)
        score[:-1] += np.array(told["returns"][role])[return_classes(melody.returns[1:])]
        scores.append(score)
    scores[1] += _END_BONUS + np.array(told["places"][grid.name])[place]
    return scores[0], scores[1]


def _phrase_chance(grid: Grid, length: int) -> float:
    beats, rest = divmod(length, grid.beat_steps)
    by_beats = tables()["phrases"][grid.name]
    return float(by_beats[0 if rest or beats >= len(by_beats) else beats])


def _lower_score(melody: Melody, grid: Grid) -> float:
    onsets, lengths = melody.lower
    by_place = np.array(tables()["lengths"][grid.name]["lower"])
    scores = by_place[places(onsets, grid), length_classes(lengths, grid)]
    return _LOWER_VOICE_WEIGHT * float(scores.sum())


def _grid_score(grid: Grid, melody: Melody, length_steps: int) -> float:
    """How probable the grid is by itself, with this length, and with passages that return."""
    told = tables()["grids"][grid.name]
    beat, rest = divmod(grid.pickup_steps, grid.beat_steps)
    score = told["share"] + told["pickup"][beat] + (_OFF_BEAT if rest else 0.0)
    apart = melody.spans[melody.returns > 0] % grid.bar_steps
    score += told["returns in place"] * int((apart == 0).sum())
    score += told["returns elsewhere"] * int((apart != 0).sum())
    score += told["part of a bar" if length_steps % grid.bar_steps else "whole bars"]
    return float(score) + _beat_score(grid)


def _beat_score(grid: Grid) -> float:
    return 0.0 if grid.beat_steps == STEPS_PER_QUARTER else _OTHER_BEAT


def _all_grids() -> Iterator[Grid]:
    """Those that a metre is chosen from, measures of quarters first."""
    both: tuple[Beats, Beats] = (4, 3)
    for beat_steps, beats in product(_BEAT_STEPS, both):
        for pickup_steps in range(0, beats * beat_steps, beat_steps // 2):
            yield Grid(beats, beat_steps, pickup_steps)


def _metre_of(grid: Grid) -> tuple[Metre, int]:
    if grid.beats == 3 and grid.beat_steps == 2 * STEPS_PER_QUARTER:
        return Metre(3, 2), grid.pickup_steps
    metre = Metre(4, 4) if grid.beats == 4 else Metre(3, 4)
    return metre, grid.pickup_steps % metre.steps_per_bar


def _grids_of(metre: Metre, pickup_steps: int) -> list[Grid]:
    """The grids that go with a metre.

    A metre of three, six, nine or twelve is measures of three of its own beats. A metre of two or
    four may be written in halves, quarters or eighths, and a grid's measures may be as long as its
    own, or twice or half as long. In others (5/4), measures are not heeded.
    """
    bar, beat_steps = metre.steps_per_bar, 4 * STEPS_PER_QUARTER // metre.denominator
    if metre.numerator % 3 == 0:
        return [Grid(3, beat_steps, pickup_steps % (3 * beat_steps))]
    found = [
        grid
        for grid in _all_grids()
        if grid.beats == 4
        and grid.bar_steps in (bar, 2 * bar, bar / 2)
        and (grid.pickup_steps - pickup_steps) % min(bar, grid.bar_steps) == 0
    ]
    return found or [Grid(None, beat_steps, pickup_steps)]


def estimate_tune_key(
    lines: Sequence[Sequence[Note]], sharps: int | None = None, mode: Mode | None = None
) -> Key:
    """The key of a melody or of a few voices.

    Args:
        lines: the notes of each voice that is there, in order of time, one after another; from
            the highest voice down.
        sharps: of a key signature, flats negative. It may be that of a church mode, so that D
            minor, Dorian, and G major, Mixolydian, are possible without a sharp or flat.
        mode: as a file has it. "minor" is believed; "major" is what programs write that do not
            know, and only makes a minor key less likely.
    """
    return max(_keys(sharps, mode), key=lambda key: _key_score(lines, key, sharps, mode))


def _keys(sharps: int | None, mode: Mode | None) -> list[Key]:
    """The keys that a signature can stand for."""
    modes: tuple[Mode, ...] = ("minor",) if mode == "minor" else ("major", "minor")
    if sharps is None:
        return [Key(tonic, known) for known in modes for tonic in range(OCTAVE)]
    own = Key.from_sharps(sharps, "major").tonic
    return [Key((own + d) % OCTAVE, known) for (d, known) in _KINDS if known in modes]


def _key_score(
    lines: Sequence[Sequence[Note]], key: Key, sharps: int | None, mode: Mode | None
) -> float:
    weights = np.zeros(OCTAVE)
    for note in (note for line in lines for note in line):
        weights[note.pitch % OCTAVE] += note.length_steps
    score = _FIT_WEIGHT * key_fit(weights, key)
    closing = [line[-1].pitch for line in lines if line]
    if closing:
        by_degree = tables()["closes"]["melody" if len(closing) == 1 else "bass"][key.mode]
        score += by_degree[(closing[-1] - key.tonic) % OCTAVE]
    if sharps is not None:
        own = Key.from_sharps(sharps, "major").tonic
        score += _KINDS[(key.tonic - own) % OCTAVE, key.mode]
    if mode is not None and mode != key.mode:
        score -= _MODE_WEIGHT
    return score
