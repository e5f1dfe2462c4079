"""Voice leading in the draw: penalties on faults that textbooks forbid, so that they become rare.

A network that has learnt which notes go together still writes ten times Bach's parallels, since
each voice is drawn by itself. So before a voice is drawn, each of its tokens is penalised for the
faults that it would make, in nats, times the strictness:

    PARALLEL        parallel fifths, octaves or unisons with a voice already drawn or given
    DIRECT          soprano and bass reach a fifth, octave or unison in the same direction, the
                    soprano by a leap
    TOGETHER        the last voice to be drawn makes all four rise, or all four fall
    CROSSING        the voice sounds above its upper neighbour, or below its lower one
    OVERLAP         the voice passes the previous note of its upper or lower neighbour
    SPACING         soprano and alto, or alto and tenor, are more than an octave apart
    OUT_OF_RANGE    a note starts outside the voice's textbook range (`chorale.analysis.RANGES`)
    LEAP            the voice moves by a third or more
    AWKWARD, WIDE   the voice leaps by a tritone or a seventh; by more than an octave
    LEADING_TONE    the leading tone of the key is doubled
    FALSE_RELATION  another voice has the same letter with another accidental, in the key's
                    spelling, at this step or the step before, such as C sharp before C
    SEVENTH         the seventh of a chord does not stay or fall by step
    BARE_FIFTH      the last voice to be drawn leaves the chord without a third
    CLASH           the last voice to be drawn and another voice both leap, and form a second or
                    seventh that belongs to no chord

No fault is excluded, for Bach writes some of each. The penalties were set by hand, by composing 200
chorales again and again: faults had to become fewer, and no other figure was to move away from
Bach's (`scripts/measure`). Parallels, crossings and notes out of range came down to Bach's rates;
unresolved sevenths and doubled leading tones remain more frequent than his.

Source for the rules: any textbook of harmony, such as W. Piston, Harmony (1941); for how parallels
are counted here and elsewhere, `chorale.analysis` and `chorale.checking`.

Shapes: B chorales, 4 voices in SATB order, V tokens.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Floats, Ids
from chorale.analysis import FIFTH, RANGES, UNISON
from chorale.analysis.harmony import BARE, identify_chord
from chorale.composing.pitches import candidate_pitches, look_up_pitches, sounding_pitches
from chorale.composing.rules import Logits, Moment
from chorale.music import ALTO, BASS, OCTAVE, SOPRANO, TENOR, VOICES, Key
from chorale.music.spelling import spell
from chorale.network.conditions import KEY, key_id
from chorale.network.tokens import Vocabulary

PARALLEL, DIRECT, TOGETHER = 11.0, 1.0, 0.8  # in nats, as all penalties below
CROSSING, OVERLAP, SPACING, OUT_OF_RANGE = 3.0, 0.2, 0.7, 2.0
LEAP = (0.1, 0.1, 0.5, 0.1)  # by voice; most for the tenor, which is drawn last and so has to leap
AWKWARD, WIDE = 0.8, 2.5
LEADING_TONE, FALSE_RELATION, SEVENTH, BARE_FIFTH, CLASH = 3.5, 3.5, 3.0, 2.0, 2.5

PERFECT = (UNISON, FIFTH)
STEP = 2  # semitones; more is a leap
AWKWARD_LEAPS = (6, 10, 11)
SECONDS = (1, 2, 10, 11)  # semitones modulo the octave: seconds and sevenths
RESOLVING = (0, -1, -2)  # semitones by which a seventh may move: held, or down by step
SPACED = ((SOPRANO, ALTO), (ALTO, TENOR))  # voices at most an octave apart


class VoiceLeading:
    """Rule that penalises bad voice leading.

    Attributes:
        penalties: (B, V), what the last call of `apply` subtracted.
    """

    penalties: Floats

    def __init__(self, strictness: float, vocabulary: Vocabulary) -> None:
        """Prepare the rule; penalties are multiplied by `strictness`."""
        self._strictness, self._vocabulary = np.float32(strictness), vocabulary

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Subtract the penalties; see `LogitRule.apply`."""
        keys = at.conditions[:, KEY]
        sounding = at.history.sounding
        penalty = voice_leading_penalty(at.voice, at.cells, sounding, keys, self._vocabulary)
        self.penalties = self._strictness * penalty
        return logits - self.penalties


def voice_leading_penalty(
    voice: int, cells: Ids, sounding: Ids, keys: Ids, vocabulary: Vocabulary
) -> Floats:
    """Return the voice-leading penalty of each token of a voice, (B, V), in nats.

    Args:
        voice: the voice to draw, 0 (soprano) to 3 (bass).
        cells: (B, 4) tokens of the step: given or drawn before this voice, else UNKNOWN.
        sounding: (B, 4) tokens of the notes that sounded at the step before.
        keys: (B,) key of the step, as in `chorale.network.conditions`.
        vocabulary: the token table.
    """
    before = look_up_pitches(sounding, vocabulary)
    now = sounding_pitches(cells, sounding, vocabulary)
    penalty = _melodic_penalty(voice, vocabulary)[sounding[:, voice]]
    reached = candidate_pitches(sounding[:, voice], vocabulary)
    penalty = penalty + _placement_penalty(voice, before, now, reached)
    penalty = penalty + _motion_penalty(voice, before, now, reached)
    penalty = penalty + _key_penalty(voice, before, now, reached, keys)
    for row in range(len(penalty)):
        _add_chord_penalty(penalty[row], voice, before[row], now[row], reached[row])
    return penalty


@cache
def _melodic_penalty(voice: int, vocabulary: Vocabulary) -> Floats:
    """Return a voice's penalties on leaps and on notes out of range, (V + 2, V).

    Rows are the token of the note that sounded before, columns the token that is penalised.
    """
    pitches = look_up_pitches(np.arange(vocabulary.input_size, dtype=np.int32), vocabulary)
    candidates = pitches[: vocabulary.size]
    lowest, highest = RANGES[voice]
    outside = (candidates >= 0) & ((candidates < lowest) | (candidates > highest))
    interval = np.abs(candidates - pitches[:, None])
    interval[(pitches < 0)[:, None] | (candidates < 0)] = 0
    penalty = OUT_OF_RANGE * outside + LEAP[voice] * (interval > STEP)
    penalty += AWKWARD * np.isin(interval, AWKWARD_LEAPS) + WIDE * (interval > OCTAVE)
    return np.asarray(penalty, np.float32)


def _placement_penalty(voice: int, before: Ids, now: Ids, reached: Ids) -> Floats:
    """Return the penalties on crossings, overlaps and wide spacing, (B, V).

    Args:
        voice: the voice to draw.
        before: (B, 4) pitches at the step before; negative without a note.
        now: (B, 4) pitches of this step so far; negative without a note.
        reached: (B, V) pitch that each token would make the voice sound; negative without one.
    """
    sounds = reached >= 0
    crossed, penalty = np.zeros(sounds.shape, np.bool_), np.zeros(sounds.shape, np.float32)
    for other in (voice - 1, voice + 1):
        if not 0 <= other < len(VOICES):
            continue
        side = 1 if other < voice else -1  # 1 if the other voice is the upper one
        other_before, other_now = before[:, other, None], now[:, other, None]
        crossed |= (other_now >= 0) & (side * (reached - other_now) > 0)
        penalty += OVERLAP * ((other_before >= 0) & sounds & (side * (reached - other_before) > 0))
        if (min(voice, other), max(voice, other)) in SPACED:
            wide = (other_now >= 0) & sounds & (side * (other_now - reached) > OCTAVE)
            penalty += SPACING * wide
    return np.asarray(penalty + CROSSING * (crossed & sounds), np.float32)


def _motion_penalty(voice: int, before: Ids, now: Ids, reached: Ids) -> Floats:
    """Return the penalties on parallels, direct motion and motion of all voices together, (B, V).

    The arguments are those of `_placement_penalty`.
    """
    own = before[:, voice, None]
    moves = np.where((own >= 0) & (reached >= 0), np.sign(reached - own), 0)
    other_moves = np.where((before >= 0) & (now >= 0), np.sign(now - before), 0)
    penalty = np.zeros(moves.shape, np.float32)
    together: NDArray[np.bool_] = moves != 0
    for other in range(len(VOICES)):
        if other == voice:
            continue
        alike = (moves == other_moves[:, other, None]) & (moves != 0)
        together &= alike
        if not other_moves[:, other].any():
            continue
        interval = np.abs(reached - now[:, other, None]) % OCTAVE
        into_perfect = alike & ((interval == UNISON) | (interval == FIFTH))
        same = interval == np.abs(own - before[:, other, None]) % OCTAVE
        penalty += PARALLEL * (into_perfect & same)
        if {voice, other} == {SOPRANO, BASS}:
            top, top_before = (reached, own) if voice == SOPRANO else (now[:, :1], before[:, :1])
            penalty += DIRECT * (into_perfect & ~same & (np.abs(top - top_before) > STEP))
    return np.asarray(penalty + TOGETHER * together, np.float32)


def _key_penalty(voice: int, before: Ids, now: Ids, reached: Ids, keys: Ids) -> Floats:
    """Return the penalties on doubled leading tones and false relations, (B, V).

    The arguments are those of `_placement_penalty`, and keys as in `voice_leading_penalty`.
    """
    doublings, relations = _key_penalties()
    rows, of_key = np.arange(len(keys))[:, None], keys[:, None]
    classes, classes_before = (
        np.where(pitches >= 0, pitches % OCTAVE, OCTAVE) for pitches in (now, before)
    )
    classes[:, voice] = OCTAVE
    # a voice may alter the note that it had itself, whichever other voice had it too
    own = classes_before[:, voice, None]
    classes_before = np.where(classes_before == own, OCTAVE, classes_before)
    on_all = doublings[of_key, classes].max(1) + relations[of_key, classes].max(1)
    on_moving = relations[of_key, classes_before].max(1)
    pitch_class = np.where(reached >= 0, reached % OCTAVE, OCTAVE)
    moves = reached != before[:, voice, None]
    penalty: Floats = on_all[rows, pitch_class] + on_moving[rows, pitch_class] * moves
    return penalty


@cache
def _key_penalties() -> tuple[Floats, Floats]:
    """Return the penalties on two notes, by key (`chorale.network.conditions`) and pitch classes.

    Pitch classes are 0 to 11, and 12 for no note; without a key nothing is penalised.

    Returns:
        (keys, 13, 13): on the same leading tone in two voices, and on notes with one letter in the
        key.
    """
    doublings = np.zeros((1 + 2 * OCTAVE, OCTAVE + 1, OCTAVE + 1), np.float32)
    relations = np.zeros_like(doublings)
    for tonic in range(OCTAVE):
        for mode in ("major", "minor"):
            home = Key(tonic, mode)
            key, leading = key_id(home), (tonic - 1) % OCTAVE
            doublings[key, leading, leading] = LEADING_TONE
            letters = [spell(pitch, home).letter for pitch in range(OCTAVE)]
            for pitch in range(OCTAVE):
                for other in ((pitch - 1) % OCTAVE, (pitch + 1) % OCTAVE):
                    if letters[other] == letters[pitch]:
                        relations[key, pitch, other] = FALSE_RELATION
    return doublings, relations


def _add_chord_penalty(penalty: Floats, voice: int, before: Ids, now: Ids, reached: Ids) -> None:
    """Add the penalties on sevenths, bare fifths and clashes to a row of penalties, (V,)."""
    others = {other: int(now[other]) for other in range(len(VOICES)) if now[other] >= 0}
    others.pop(voice, None)
    sounds, own = reached >= 0, int(before[voice])
    if own >= 0:
        chord = identify_chord(pitch for pitch in before.tolist() if pitch >= 0)
        if chord and chord.seventh == own % OCTAVE:
            penalty[sounds & ~np.isin(reached - own, RESOLVING)] += SEVENTH
    if len(others) < len(VOICES) - 1:
        return
    bare, clashing = _complete_chord(frozenset(pitch % OCTAVE for pitch in others.values()))
    penalty[sounds & bare[reached % OCTAVE]] += BARE_FIFTH
    leaps = sounds & (np.abs(reached - own) > STEP) & clashing[reached % OCTAVE]
    if own >= 0 and leaps.any():
        for other, pitch in others.items():
            if before[other] >= 0 and abs(pitch - before[other]) > STEP:
                penalty[leaps & np.isin((reached - pitch) % OCTAVE, SECONDS)] += CLASH


@cache
def _complete_chord(classes: frozenset[int]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which pitch classes of a fourth voice make a bare chord, and which no chord, (12,)."""
    chords = [identify_chord([*classes, added]) for added in range(OCTAVE)]
    bare = np.array([chord is not None and chord.kind == BARE for chord in chords])
    return bare, np.array([chord is None for chord in chords])
