"""Contexts and outcomes of a voice's draw, which a calibration counts and corrects.

For each family of `chorale.network.calibration.FAMILIES`:

    family       context                                          outcome
    rhythm       step of the bar, steps the note was held         holds, repeats, moves
    texture      step of the bar, which other voices start        holds, repeats, moves
    lengths      place, steps the note was held, three before it  holds, repeats, moves
    resolution   place, approach and dissonance of the note       holds, leaps or steps, which way
    turn         place, interval before, steps held               holds, interval
    line         place, two intervals before, steps held          holds, leaps or steps, which way
    run          place, steps in a row and which way              holds, leaps or steps, which way
    register     mode, note above the tonic                       holds, leaps or steps, which way
    tessitura    note above the mean of the last notes            holds, leaps or steps, which way
    close        place, how far the next fermata is               holds, leaps or steps, which way
    beat         place, which others start, and started before    holds, repeats, moves
    activity     step of the bar, beats with notes off the beat   holds, repeats, moves
    passing      place, approach, dissonance, how many start      holds, leaps or steps, which way
    motion       place, how the voices already drawn move         stays, up, down
    dissonance   place, which other voices start                  dissonance with them, and as above
    degree       mode, place, scale degree of the note            holds, scale degree
    melody       mode, two scale degrees, on or off the beat      holds, scale degree
    bass         mode, place, scale degree of the bass            scale degree that sounds
    chord        mode, place, scale degree of the bass            kind and inversion of the chord
    recency      on or off the beat                               holds, when its class sounded last
    pitch        on or off the beat                               holds, when its pitch sounded last
    ground       mode, step of the bar, next fermata              scale degree of the bass
    progression  mode, on or off the beat, bass and chord before  bass holds, scale degree
    harmony      on or off the beat, chord before, bass interval  kind and inversion of the chord
    sonority     place, how many others start                     pitch classes above the bass
    succession   another voice, interval with it, if it moves     interval with it, and if both move
    together     another voice, place, how it moves, approach     holds, leaps or steps, which way
    spacing      another voice, place                             distance from it

A place is a step within the quarter, counted from the first step; for degree, bass, chord and
sonority it is on the beat, an eighth after it, or on another sixteenth. All but "chord",
"harmony", "ground" and "progression" are counted for each voice by itself; the chord is known when
the last voice, the tenor, is drawn. Under a given soprano everything is counted anew: a voice has
another role there.
Scale degrees are of the key of the piece, in semitones.

Shapes: N draws of a voice, 4 voices in SATB order, V tokens.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from chorale.aliases import Ids
from chorale.analysis.harmony import INCOMPLETE, KINDS
from chorale.composing.dissonance import FOURTH, STEP, STRONG, TRITONE
from chorale.composing.lines import CENTRES, Lines
from chorale.music import BASS, OCTAVE, STEPS_PER_QUARTER, VOICES
from chorale.network.architecture import CHORDS, CLASS_BITS, chord_ids, pitch_classes
from chorale.network.calibration import (
    ACTIVITY,
    AGES,
    APPROACHES,
    CHORD_KINDS,
    CLOSES,
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
    RUNS,
    SPACING,
    STARTED,
    STARTING,
    TESSITURA,
    WAYS,
)
from chorale.network.history import History
from chorale.network.tokens import MAX_HELD_STEPS, Vocabulary

LAST = 2  # the voice that is drawn last in the default order, the tenor
NO_DEGREE = OCTAVE
LOWEST_SPACING = -5
_LENGTH_CLASS = np.clip(np.arange(MAX_HELD_STEPS + 1) - 1, 0, LENGTH_CLASSES - 1)
# most steps since a pitch class sounded, of the outcomes 1 to 5 of "recency", and the same for the
# pitches of a voice in "pitch"; all others are 6
_RECENT, _RECENT_PITCH = np.array([1, 4, 16, 32, 64]), np.array([1, 8, 32, 64, 128])
_BITS = np.array([0, 1, 1, 2, 1, 2, 2, 3])  # how many bits are set in a number
_VOICE_BITS = np.array([1, 2, 4, 8])
# for each voice, weights of the four voices in a number for the other three
_OTHERS = np.array([[0, 1, 2, 4], [1, 0, 2, 4], [1, 2, 0, 4], [1, 2, 4, 0]])
_WAYS = _OTHERS**2

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
    "run": _MOVES,
    "register": _MOVES,
    "tessitura": _MOVES,
    "close": _MOVES,
}
OF_DRAW = {  # the same, where they are known only before the voice is drawn
    "texture": _GOES_ON,
    "beat": _GOES_ON,
    "activity": _GOES_ON,
    "passing": _MOVES,
    "motion": _DIRECTIONS,
}
MELODIC = OF_STEP | OF_DRAW

_NO_LEVEL: Ids = np.zeros((1, 1), np.int32)  # of dissonance, where no other voice is drawn

Family = tuple[str, Ids, Ids]  # name, contexts, and outcomes of each token


@dataclass(frozen=True)
class Steps:
    """What is known before N steps are drawn.

    Attributes:
        history: decoder inputs from earlier steps, arrays (N, ...).
        lines: more of them, arrays (N, ...).
        numbers: (N,), the number of the step.
        positions: (N,), the step's position in a bar of 4/4, 0 to 15; 16 in any other metre.
        tonics: (N,), of the home key.
        modes: (N,), of the home key: 0 unknown, 1 major, 2 minor.
        dissonances: (N, 4), of the notes before, see `chorale.composing.dissonance`.
        closes: (N,), how far the next fermata is: 1 on the first step under it, 2 on later ones,
            3 in the beat before it, 4 in the beat before that, 0 farther away or unknown.
        given: (N,), 1 if the soprano is given, else 0.
    """

    history: History
    lines: Lines
    numbers: Ids
    positions: Ids
    tonics: Ids
    modes: Ids
    dissonances: Ids
    closes: Ids
    given: Ids


@dataclass(frozen=True)
class StepContexts:
    """What draws at N steps have in common, from `Contexts.of_step`.

    Attributes:
        steps: the steps.
        places: (N,), see `_places`.
        roles: (N, 4), number of each voice, or number of voices more where the soprano is given.
        rows: the contexts, (N, 4), in the families of OF_STEP.
        others: name, contexts, (N, 4), and outcomes of each token, (N, 4, V), of further families
            whose contexts are known before the step.
        first_rows: the contexts, (N, 4), in the families of OF_DRAW, where no other voice is drawn.
        sounds: (N, 4, V), the symbol that each token would make a voice sound.
        classes: (N, 4, V), class of the melodic interval that each token forms, see OF_STEP.
        moves: (N, 4, V), the outcome "holds, leaps or steps, which way" of each token.
        degrees: (N, 4, V), the scale degree that would sound.
    """

    steps: Steps
    places: Ids
    roles: Ids
    rows: dict[str, Ids]
    others: list[Family]
    first_rows: dict[str, Ids]
    sounds: Ids
    classes: Ids
    moves: Ids
    degrees: Ids


class Contexts:
    """The contexts and outcomes of draws, by tables made once for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        symbols = np.arange(vocabulary.input_size, dtype=np.int32)
        is_note = vocabulary.is_note(symbols)
        self._is_note = is_note.astype(np.intp)
        self._pitch = np.where(is_note, vocabulary.pitches_of(symbols), 0)
        both = is_note[:, None] & is_note
        apart = symbols - symbols[:, None]  # from the row's note up to the column's
        above = apart % OCTAVE
        interval = np.where(both, np.clip(apart, -5, 5), 0)
        self._melodic = (1 + 5 + interval)[:, : vocabulary.size]
        self._melodic[:, vocabulary.hold] = 0
        self._moves = _MOVES[self._melodic]
        self._move = _MOVES[1 + 5 + interval]
        self._move[:, [vocabulary.hold, vocabulary.unknown]] = 0
        self._harmonic = np.where(both, 1 + above, 0)
        steps = 3 + np.sign(interval) * (1 + (np.abs(interval) > STEP))
        self._approach = np.where(both, steps, 0)  # see `chorale.composing.dissonance`
        spacing = 1 + np.clip(apart - LOWEST_SPACING, 0, SPACING - 2)
        spacing = np.where(both, spacing, 0)
        self._spacing = np.stack([spacing, spacing.T])  # by whether the row's note is the upper one
        strong = np.isin(above, STRONG)
        upper = np.where(both, 2 * strong + (above == TRITONE), 0)
        over_bass = np.maximum(upper, both & (above == FOURTH))
        # dissonance of two notes if neither is of the bass, the row's is, or the column's is
        levels = np.stack([upper, over_bass, over_bass.T])
        self._dissonance = np.stack([levels, levels + (levels == 2)])  # by whether both start
        above_tonic = (self._pitch - np.arange(OCTAVE)[:, None]) % OCTAVE
        self._degrees = np.where(is_note, above_tonic, NO_DEGREE)  # by tonic and symbol
        ways = np.where(both, np.where(apart > 0, 1, np.where(apart < 0, 2, 0)), 0)
        ways[:, is_note] = np.where(is_note[:, None], ways[:, is_note], 1)
        ways[:, vocabulary.unknown] = 3
        self._ways = ways  # of a voice: 0 stays, 1 up, 2 down, 3 not drawn
        self._class, self._chords = pitch_classes(vocabulary), chord_ids()
        self._kinds = chord_kinds()
        self._bits = CLASS_BITS[self._class]
        self._tokens, self._size = np.arange(vocabulary.size), vocabulary.input_size
        self._is_hold = self._tokens == vocabulary.hold

    def of_step(self, steps: Steps) -> StepContexts:
        """Return what is known before any voice of the steps is drawn."""
        history, place = steps.history, steps.numbers[:, None] % STEPS_PER_QUARTER
        own, held = history.sounding, history.held
        before, first = np.split(history.earlier, 2, axis=1)
        is_note, age, ages = self._is_note[own] > 0, np.minimum(held, LENGTHS - 1), AGES
        roles = steps.given[:, None] * len(VOICES) + np.arange(len(VOICES))
        bar = roles * POSITIONS + steps.positions[:, None]
        beat = roles * STEPS_PER_QUARTER + place
        mode = roles * MODES + steps.modes[:, None]
        moved = np.where(is_note & (self._is_note[before] > 0), np.clip(own - before, -5, 5) + 6, 0)
        approaches = self._approach[first, before] * APPROACHES + self._approach[before, own]
        shapes = np.concatenate([history.lengths[..., None], steps.lines.lengths], axis=-1)
        lengths = _LENGTH_CLASS[shapes] @ (LENGTH_CLASSES ** np.arange(3))
        tonic = (steps.tonics[:, None] - CENTRES + 6) % OCTAVE - 6 + CENTRES
        pitch, half = self._pitch[own], REGISTER // 2
        register = np.where(is_note, np.clip(pitch - tonic, -half, half), 0) + half
        away, half = np.rint(pitch - steps.lines.means).astype(np.intp), TESSITURA // 2
        away = np.where(is_note, np.clip(away, -half, half), 0) + half
        rows = {
            "rhythm": bar * LENGTHS + age,
            "lengths": (beat * LENGTHS + age) * LENGTH_CLASSES**3 + lengths,
            "resolution": beat * DISSONANCES + steps.dissonances,
            "turn": (beat * INTERVALS + moved) * AGES + np.minimum(held, ages - 1),
            "line": (beat * APPROACHES**2 + approaches) * AGES + np.minimum(held, ages - 1),
            "run": beat * RUNS + steps.lines.runs + RUNS // 2,
            "register": mode * REGISTER + register,
            "tessitura": roles * TESSITURA + away,
            "close": beat * CLOSES + steps.closes[:, None],
        }
        started = self._started(history, place)[:, None]
        first_rows = {
            "texture": bar * OTHERS,
            "beat": beat * OTHERS * STARTED + started,
            "activity": (bar * ACTIVITY + steps.lines.activity[:, None]) * 2,
            "passing": rows["resolution"] * STARTING,
            "motion": beat * WAYS,
        }
        sounds = np.where(self._is_hold, own[..., None], self._tokens)
        tonics = steps.tonics[:, None]
        degrees = self._degrees[tonics[..., None], sounds]
        goes_to = np.where(self._is_hold, NO_DEGREE, degrees)
        recency = 1 + np.searchsorted(_RECENT, steps.lines.silence)
        classes = self._class[: len(self._tokens)]
        recent = np.where(self._is_hold, 0, recency[:, None, classes])
        now, earlier, places = (
            self._degrees[tonics, own],
            self._degrees[tonics, before],
            _places(place),
        )
        own_recency = 1 + np.searchsorted(_RECENT_PITCH, steps.lines.own_silence)
        own_recent = np.where(self._is_hold, 0, own_recency[..., : len(self._tokens)])
        recency_row = roles * 2 + (place != 0)
        return StepContexts(
            steps=steps,
            places=places[:, 0],
            roles=roles,
            rows=rows,
            others=[
                ("degree", (mode * DEGREES + now) * PLACES + places, goes_to),
                (
                    "melody",
                    ((mode * DEGREES + earlier) * DEGREES + now) * 2 + (place != 0),
                    goes_to,
                ),
                ("recency", recency_row, np.broadcast_to(recent, sounds.shape)),
                ("pitch", recency_row, own_recent),
            ],
            first_rows=first_rows,
            sounds=sounds,
            classes=self._melodic[own],
            moves=self._moves[own],
            degrees=degrees,
        )

    def of_draw(
        self, known: StepContexts, voice: int, cells: Ids
    ) -> tuple[dict[str, Ids], list[Family]]:
        """Return the contexts of a voice's draw.

        Args:
            known: the contexts of the steps.
            voice: 0 (soprano) to 3 (bass).
            cells: (N, 4) tokens of the steps: given or drawn before this voice, else UNKNOWN.

        Returns:
            The contexts, (N,), in the families of OF_DRAW. And name, contexts and outcomes of each
            token of all other families, (N,) and (N, V); in families of pairs (N, k) and (N, k, V),
            with k other voices that are drawn.
        """
        steps, vocabulary, sounding = known.steps, self._vocabulary, known.steps.history.sounding
        step, starts = steps.numbers % STEPS_PER_QUARTER, self._is_note[cells]
        starting = starts @ _OTHERS[voice]  # a bit for each other voice
        number = _BITS[starting]
        first = {name: row[:, voice] for name, row in known.first_rows.items()}
        rows = {
            "texture": first["texture"] + starting,
            "beat": first["beat"] + starting * STARTED,
            "activity": first["activity"] + (starting > 0),
            "passing": first["passing"] + number,
            "motion": first["motion"] + self._ways[sounding, cells] @ _WAYS[voice],
        }

        sounds, moves, degrees = (
            each[:, voice] for each in (known.sounds, known.moves, known.degrees)
        )
        role, place = known.roles[:, voice], known.places
        key = steps.given * MODES + steps.modes
        is_drawn = cells != vocabulary.unknown
        drawn = [v for v, any_row in enumerate(is_drawn.any(0).tolist()) if any_row and v != voice]
        now = np.where(cells == vocabulary.hold, sounding, cells)
        others, level = (
            self._of_pairs(known, voice, cells, now, drawn) if drawn else ([], _NO_LEVEL)
        )
        row = (role * STEPS_PER_QUARTER + step) * OTHERS + starting
        outcomes: Ids = level * MOVES + moves
        others.append(("dissonance", row, outcomes))
        if voice == BASS:
            degree = self._degrees[steps.tonics, sounding[:, BASS]]
            kind = self._kinds[self._chord(sounding)]
            row = ((key * DEGREES + degree) * CHORD_KINDS + kind) * 2 + (step != 0)
            goes_to: Ids = np.where(self._is_hold, NO_DEGREE, degrees)
            others.append(("progression", row, goes_to))
            row = (key * POSITIONS + steps.positions) * CLOSES + steps.closes
            others.append(("ground", row, degrees))
            return rows, others
        bass_degree = self._degrees[steps.tonics, now[:, BASS]]
        row = ((role * MODES + steps.modes) * DEGREES + bass_degree) * PLACES + place
        chords = self._completed_chords(voice, now, sounds)
        others.append(("bass", row, degrees))
        others.append(("sonority", (role * PLACES + place) * STARTING + number, chords))
        if voice == LAST:
            row = (key * DEGREES + bass_degree) * PLACES + place
            kinds = self._kinds[chords]
            others.append(("chord", row, kinds))
            before = self._kinds[self._chord(sounding)]
            interval = self._harmonic[sounding[:, BASS], now[:, BASS]]
            row = ((steps.given * HARMONY + interval) * CHORD_KINDS + before) * 2 + (step != 0)
            others.append(("harmony", row, kinds))
        return rows, others

    def _of_pairs(
        self, known: StepContexts, voice: int, cells: Ids, now: Ids, drawn: list[int]
    ) -> tuple[list[Family], Ids]:
        """Return the families of pairs with the drawn voices, and the dissonance with them.

        The dissonance is the outcome, (N, V), of each token, from 0 to LEVELS - 1.
        """
        steps, sounding = known.steps, known.steps.history.sounding
        step = steps.numbers[:, None] % STEPS_PER_QUARTER
        fixed, previous, tokens = now[:, drawn], sounding[:, drawn], cells[:, drawn]
        moves, own, starts = (
            known.moves[:, None, voice],
            sounding[:, voice, None],
            self._is_note[tokens],
        )
        pair = known.roles[:, voice, None] * len(VOICES) + np.array(drawn)
        # an index into tables of two symbols, (N, k, V)
        symbols = fixed[..., None] * self._size + known.sounds[:, None, voice]
        tables = self._size**2
        of_bass = np.array([1 if v == BASS else 2 if voice == BASS else 0 for v in drawn])
        kinds = starts * 3 + of_bass
        level: Ids = self._dissonance.take(symbols + (kinds * tables)[..., None]).max(1)
        # with a voice that is not drawn in this row, all tokens have the outcome 0
        is_drawn = (tokens != self._vocabulary.unknown)[..., None]
        both_move = (moves % 3 != 0) & is_drawn
        moved = (fixed != previous) & (starts > 0)
        interval, intervals = self._harmonic[previous, own], self._harmonic.take(symbols)
        approach = self._approach[steps.history.earlier[:, voice, None], own]
        together = (pair * STEPS_PER_QUARTER + step) * MOVES + self._move[previous, tokens]
        upper = np.array([tables if v < voice else 0 for v in drawn])[:, None]
        families: list[Family] = [
            ("succession", (pair * HARMONY + interval) * 2 + moved, intervals * 2 + both_move),
            ("together", together * APPROACHES + approach, np.where(is_drawn, moves, 0)),
            ("spacing", pair * STEPS_PER_QUARTER + step, self._spacing.take(symbols + upper)),
        ]
        return families, level

    def _started(self, history: History, place: Ids) -> Ids:
        """Return which voices have started a note since the beat, (N,), a bit for each.

        On a beat, those that started one off the beat before it. `place` is (N, 1).
        """
        since = np.where(place == 0, STEPS_PER_QUARTER - 1, place)
        started = (history.held <= since) & (self._is_note[history.sounding] > 0)
        bits: Ids = started @ _VOICE_BITS
        return bits

    def _chord(self, now: Ids) -> Ids:
        """Return the id of the chord of sounding notes, (N,), from symbols, (N, 4)."""
        sets = np.bitwise_or.reduce(self._bits[now], axis=1)
        chord: Ids = self._chords[sets, self._class[now[:, BASS]]]
        return chord

    def _completed_chords(self, voice: int, now: Ids, sounds: Ids) -> Ids:
        """Return the id of the chord that each token makes of the notes drawn so far, (N, V)."""
        bits = self._bits[now]
        bits[:, voice] = 0
        sets = np.bitwise_or.reduce(bits, axis=1)[:, None] | self._bits[sounds]
        chords: Ids = self._chords[sets, self._class[now[:, BASS, None]]]
        return chords


def _places(step: Ids) -> Ids:
    """Return the place of steps of a quarter: 0 on the beat, 1 an eighth after it, else 2."""
    return np.where(step == 0, 0, np.where(step == STEPS_PER_QUARTER // 2, 1, 2))


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
