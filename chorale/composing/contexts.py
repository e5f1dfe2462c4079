"""Contexts and outcomes of a voice's draw, which a calibration counts and corrects.

For each family of `chorale.network.calibration.FAMILIES`:

    family       context                                          outcome
    rhythm       step of the bar, steps the note was held         holds, repeats, moves
    texture      step of the bar, which other voices start        holds, repeats, moves
    lengths      place, steps the note was held, two before it    holds, repeats, moves
    resolution   place, approach and dissonance of the note       holds, leaps or steps, which way
    turn         place, interval before, steps held               holds, interval
    line         place, two intervals before, steps held          holds, leaps or steps, which way
    register     mode, note above the tonic                       holds, leaps or steps, which way
    tessitura    note above the mean of the last notes            holds, leaps or steps, which way
    passing      place, approach, dissonance, how many start      holds, leaps or steps, which way
    motion       place, how the voices already drawn move         stays, up, down
    dissonance   place, which other voices start                  dissonance with them, and as above
    degree       mode, place, scale degree of the note            holds, scale degree
    bass         mode, place, scale degree of the bass            scale degree that sounds
    chord        mode, place, scale degree of the bass            kind and inversion of the chord
    succession   another voice, interval with it, if it moves     interval with it, and if both move
    spacing      another voice, place                             distance from it

A place is a step within the quarter, counted from the first step; for degree, bass and chord it is
on the beat, an eighth after it, or on another sixteenth. All but "chord" are counted for each voice
by itself; the chord is known when the last voice, the tenor, is drawn.
Scale degrees are of the key of the piece, in semitones.

Shapes: N draws of a voice, 4 voices in SATB order, V tokens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from chorale.aliases import Floats, Ids
from chorale.analysis.harmony import INCOMPLETE, KINDS
from chorale.composing.dissonance import FOURTH, STEP, STRONG, TRITONE
from chorale.music import BASS, OCTAVE, STEPS_PER_QUARTER, VOICES
from chorale.network.architecture import CHORDS, CLASS_BITS, chord_ids, pitch_classes
from chorale.network.calibration import (
    AGES,
    APPROACHES,
    CHORD_KINDS,
    DEGREES,
    DISSONANCES,
    HARMONY,
    INTERVALS,
    LENGTH_CLASSES,
    LENGTHS,
    MODES,
    MOVES,
    OTHERS,
    PLACES,
    POSITIONS,
    REGISTER,
    SPACING,
    STARTING,
    TESSITURA,
    WAYS,
)
from chorale.network.history import History
from chorale.network.tokens import MAX_HELD_STEPS, Vocabulary

LAST = 2  # the voice that is drawn last in the default order, the tenor
_CENTRES = np.array([71, 65, 59, 52])  # medians of the voices' notes in the training split
NO_DEGREE = OCTAVE
MEMORY = np.float32(2 ** (-1 / 32))  # weight of the mean pitch after a step: a half-life of 2 bars
LOWEST_SPACING = -5
_LENGTH_CLASS = np.minimum(np.arange(MAX_HELD_STEPS + 1), 4)
_LENGTH_CLASS[5:] = 7
_LENGTH_CLASS[5:9] = 5, 5, 6, 6
_BITS = np.array([0, 1, 1, 2, 1, 2, 2, 3])  # how many bits are set in a number

# outcomes of the families that depend on the melodic interval alone, by its class: 0 for HOLD, then
# -5 to 5 semitones
_INTERVALS = np.arange(-5, 6)
_STEPS = np.where(abs(_INTERVALS) > STEP, 2, 1) * np.sign(_INTERVALS)
_GOES_ON = np.array([0, *np.where(_INTERVALS == 0, 1, 2)])
_MOVES = np.array([0, *(3 + _STEPS)])
_DIRECTIONS = np.array([0, *np.where(_INTERVALS > 0, 1, np.where(_INTERVALS < 0, 2, 0))])
OF_STEP = {  # family, whose contexts are known before the step: its outcome for each class
    "rhythm": _GOES_ON,
    "lengths": _GOES_ON,
    "resolution": _MOVES,
    "turn": np.arange(12),
    "line": _MOVES,
    "register": _MOVES,
    "tessitura": _MOVES,
}
OF_DRAW = {  # the same, where they are known only before the voice is drawn
    "texture": _GOES_ON,
    "passing": _MOVES,
    "motion": _DIRECTIONS,
}
MELODIC = OF_STEP | OF_DRAW


@dataclass(frozen=True)
class Steps:
    """What is known before N steps are drawn.

    Attributes:
        history: decoder inputs from earlier steps, arrays (N, ...).
        numbers: (N,), the number of the step.
        positions: (N,), the step's position in a bar of 4/4, 0 to 15; 16 in any other metre.
        tonics, modes: (N,), of the home key; mode 0 unknown, 1 major, 2 minor.
        dissonances: (N, 4), of the notes before, see `chorale.composing.dissonance`.
        means: (N, 4) float32, mean pitch of each voice's last notes, from `LineTracker`.
        lengths: (N, 4), lengths of the notes before those in `history.lengths`, from there too.
    """

    history: History
    numbers: Ids
    positions: Ids
    tonics: Ids
    modes: Ids
    dissonances: Ids
    means: Floats
    lengths: Ids


class LineTracker:
    """What the history of a step lacks of the lines of B chorales, followed step by step.

    Attributes:
        means: (B, 4) float32, mean pitch of each voice, in which a step counts half after two bars.
        lengths: (B, 4), length in steps of the note before the one in `History.lengths`.
    """

    def __init__(self, batch: int, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.means = np.tile(_CENTRES.astype(np.float32), (batch, 1))
        self.lengths = np.zeros((batch, len(VOICES)), np.int32)
        self._last, self._was_note = self.lengths, np.zeros(self.lengths.shape, np.bool_)

    def append(self, history: History) -> None:
        """Append the history of the next step, arrays (B, ...)."""
        sounding = history.sounding
        pitches = self._vocabulary.pitches_of(sounding).astype(np.float32)
        moved = MEMORY * self.means + (1 - MEMORY) * pitches
        is_note = self._vocabulary.is_note(sounding)
        self.means = np.where(is_note, moved, self.means)
        ended = self._was_note & (history.held == 1)
        self.lengths = np.where(ended, self._last, self.lengths)
        self._last, self._was_note = history.lengths, is_note


class Contexts:
    """The contexts and outcomes of draws, by tables made once for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        symbols = np.arange(vocabulary.input_size, dtype=np.int32)
        is_note = vocabulary.is_note(symbols)
        self._is_note = is_note
        self._pitch = np.where(is_note, vocabulary.pitches_of(symbols), 0).astype(np.int32)
        both = is_note[:, None] & is_note
        apart = symbols - symbols[:, None]  # from the row's note up to the column's
        above = apart % OCTAVE
        tokens = np.s_[:, : vocabulary.size]
        interval = np.where(both, np.clip(apart, -5, 5), 0)
        self._melodic = (1 + 5 + interval)[tokens]
        self._melodic[:, vocabulary.hold] = 0
        self._harmonic = np.where(both, 1 + above, 0)
        steps = 3 + np.sign(interval) * (1 + (np.abs(interval) > STEP))
        self._approach = np.where(both, steps, 0)  # see `chorale.composing.dissonance`
        spacing = 1 + np.clip(apart - LOWEST_SPACING, 0, SPACING - 2)
        self._spacing = np.where(both, spacing, 0)
        strong = np.isin(above, STRONG)
        upper = np.where(both, 2 * strong + (above == TRITONE), 0)
        # dissonance of the column's note with the row's, by which of the two is the bass
        over_bass = np.maximum(upper, both & (above == FOURTH))
        self._dissonance = {False: upper, True: over_bass}
        above_tonic = (self._pitch - np.arange(OCTAVE)[:, None]) % OCTAVE
        self._degrees = np.where(is_note, above_tonic, NO_DEGREE)  # by tonic and symbol
        self._class, self._chords = pitch_classes(vocabulary), chord_ids()
        self._tokens = np.arange(vocabulary.size, dtype=np.int32)

    def rows_of_step(self, steps: Steps) -> dict[str, Ids]:
        """Return the context of each voice, (N, 4), in the families of OF_STEP."""
        history, voices = steps.history, np.arange(len(VOICES))
        own, held = history.sounding, history.held
        is_note, place = self._is_note[own], steps.numbers[:, None] % STEPS_PER_QUARTER
        age = np.minimum(held, LENGTHS - 1)
        before, first = np.split(history.earlier, 2, axis=1)
        moved = np.clip(own - before, -5, 5) + 6
        last = np.where(is_note & self._is_note[before], moved, 0)
        approaches = self._approach[first, before] * APPROACHES + self._approach[before, own]
        lengths = _LENGTH_CLASS[history.lengths] * LENGTH_CLASSES + _LENGTH_CLASS[steps.lengths]
        bar = voices * POSITIONS + steps.positions[:, None]
        beat = voices * STEPS_PER_QUARTER + place
        pitch, half = self._pitch[own], REGISTER // 2
        tonic = (steps.tonics[:, None] - _CENTRES + 6) % OCTAVE - 6 + _CENTRES
        register = np.where(is_note, np.clip(pitch - tonic, -half, half), 0) + half
        away, half = np.rint(pitch - steps.means).astype(np.int32), TESSITURA // 2
        away = np.where(is_note, np.clip(away, -half, half), 0) + half
        return {
            "rhythm": bar * LENGTHS + age,
            "lengths": (beat * LENGTHS + age) * LENGTH_CLASSES**2 + lengths,
            "resolution": beat * DISSONANCES + steps.dissonances,
            "turn": (beat * INTERVALS + last) * AGES + np.minimum(held, AGES - 1),
            "line": (beat * APPROACHES**2 + approaches) * AGES + np.minimum(held, AGES - 1),
            "register": (voices * MODES + steps.modes[:, None]) * REGISTER + register,
            "tessitura": voices * TESSITURA + away,
        }

    def rows_of_draw(self, steps: Steps, voice: int, cells: Ids) -> dict[str, Ids]:
        """Return the context of a voice, (N,), in the families of OF_DRAW.

        Args:
            steps: the steps.
            voice: 0 (soprano) to 3 (bass).
            cells: (N, 4) tokens of the steps: given or drawn before this voice, else UNKNOWN.
        """
        place = steps.numbers % STEPS_PER_QUARTER
        bar = voice * POSITIONS + steps.positions
        beat = voice * STEPS_PER_QUARTER + place
        starting = self._others_that_start(voice, cells)
        dissonance = beat * DISSONANCES + steps.dissonances[:, voice]
        return {
            "texture": bar * OTHERS + starting,
            "passing": dissonance * STARTING + _BITS[starting],
            "motion": beat * WAYS + self._ways(voice, cells, steps.history.sounding),
        }

    def melodic_classes(self, steps: Steps, voice: int) -> Ids:
        """Return the class of the interval that each token forms, (N, V), see OF_STEP."""
        classes: Ids = self._melodic[steps.history.sounding[:, voice]]
        return classes

    def others(self, steps: Steps, voice: int, cells: Ids) -> Iterator[tuple[str, Ids, Ids]]:
        """Yield name, contexts, (N,), and outcomes of each token, (N, V), of the other families.

        A family of pairs comes once for each voice that is drawn. The arguments are those of
        `rows_of_draw`.
        """
        vocabulary, sounding = self._vocabulary, steps.history.sounding
        own, step = sounding[:, voice], steps.numbers % STEPS_PER_QUARTER
        is_hold = self._tokens == vocabulary.hold
        sounds = np.where(is_hold, own[:, None], self._tokens)
        now = np.where(cells == vocabulary.hold, sounding, cells)
        moves = _MOVES[self.melodic_classes(steps, voice)]
        place = np.where(step == 0, 0, np.where(step == STEPS_PER_QUARTER // 2, 1, 2))
        beat = voice * STEPS_PER_QUARTER + step
        mode = voice * MODES + steps.modes

        drawn = list(self._drawn(voice, cells))
        dissonance: Ids = np.zeros(sounds.shape, np.int32)
        for other in drawn:
            table = self._dissonance[BASS in (voice, other)]
            rows, columns = now[:, other, None], sounds
            pairs = table[columns, rows] if voice == BASS else table[rows, columns]
            dissonance = np.maximum(dissonance, pairs)
        striking = self._others_that_start(voice, cells)
        yield "dissonance", beat * OTHERS + striking, dissonance * MOVES + moves

        degrees = self._degrees[steps.tonics[:, None], sounds]
        degree = self._degrees[steps.tonics, own]
        goes_to = np.where(is_hold, NO_DEGREE, degrees)
        yield "degree", (mode * DEGREES + degree) * PLACES + place, goes_to
        if voice != BASS:
            bass = self._degrees[steps.tonics, now[:, BASS]]
            yield "bass", (mode * DEGREES + bass) * PLACES + place, degrees
            if voice == LAST:
                row = (steps.modes * DEGREES + bass) * PLACES + place
                yield "chord", row, self._chord_kinds(now, sounds)
        both = moves % 3 != 0  # neither holds nor repeats
        for other in drawn:
            pair, fixed = voice * len(VOICES) + other, now[:, other]
            before = self._harmonic[sounding[:, other], own]
            has_moved = (fixed != sounding[:, other]) & self._is_note[fixed]
            row = (pair * HARMONY + before) * 2 + has_moved
            # with a voice that is not drawn in this row, all tokens have the outcome 0
            both_move = both & (fixed != vocabulary.unknown)[:, None]
            yield "succession", row, self._harmonic[fixed[:, None], sounds] * 2 + both_move
            higher, lower = (sounds, fixed[:, None]) if voice < other else (fixed[:, None], sounds)
            yield "spacing", pair * STEPS_PER_QUARTER + step, self._spacing[lower, higher]

    def _drawn(self, voice: int, cells: Ids) -> Iterator[int]:
        """Yield the other voices that are drawn or given in any draw."""
        unknown = self._vocabulary.unknown
        for other in range(len(VOICES)):
            if other != voice and (cells[:, other] != unknown).any():
                yield other

    def _others_that_start(self, voice: int, cells: Ids) -> Ids:
        """Return which other voices are drawn and start a note, (N,), a bit for each."""
        others = [other for other in range(len(VOICES)) if other != voice]
        bits: Ids = (self._is_note[cells[:, others]] * np.array([1, 2, 4], np.int32)).sum(-1)
        return bits

    def _ways(self, voice: int, cells: Ids, sounding: Ids) -> Ids:
        """Return how each other voice moves, (N,): base 4, 0 stays, 1 up, 2 down, 3 not drawn."""
        others = [other for other in range(len(VOICES)) if other != voice]
        cells, before = cells[:, others], sounding[:, others]
        is_note = self._is_note[cells]
        ways = np.where(is_note, (cells > before) + 2 * (cells < before), 0)
        ways = np.where(cells == self._vocabulary.unknown, 3, ways)
        codes: Ids = (ways * np.array([1, 4, 16], np.int32)).sum(-1)
        return codes

    def _chord_kinds(self, now: Ids, sounds: Ids) -> Ids:
        """Return kind and inversion of the chord that each token completes, (N, V)."""
        classes = self._class[now]
        bits = CLASS_BITS[classes]
        others = bits[:, 0] | bits[:, 1] | bits[:, BASS]
        sets = others[:, None] | CLASS_BITS[self._class[sounds]]
        kinds: Ids = chord_kinds()[self._chords[sets, classes[:, BASS, None]]]
        return kinds


@cache
def chord_kinds() -> Ids:
    """Return the number of the kind and inversion of each id of a chord, (CHORDS,), 0 for none.

    The numbers follow the order of KINDS: after a change there, models are to be calibrated anew.
    """
    kinds = np.zeros(CHORDS, np.int32)
    number = 0
    for notes in (*KINDS.values(), *(notes for _, notes in INCOMPLETE), (0, 7), (0,)):
        for bass in notes:
            number += 1
            above = sum(1 << (note - bass) % OCTAVE for note in notes)
            ids = 1 + (above >> 1)
            if not kinds[ids]:  # an augmented triad is the same set in every inversion
                kinds[ids] = number
    assert number < CHORD_KINDS
    return kinds
