"""Voice leading in the draw: penalties on what textbooks forbid, as heavy as Bach's music has them.

A network that has learnt which notes go together still writes ten times Bach's parallels, since
each voice is drawn by itself. So before a voice is drawn, its tokens are penalised, in nats, times
the strictness:

    PARALLEL        parallel fifths, octaves or unisons with a voice that is there already
    DIRECT          soprano and bass move alike into one of these, the soprano by a leap
    TOGETHER        the last voice to be drawn makes all four rise, or all four fall
    CROSSING        sounds above the next voice above, or below the next one below
    OVERLAP         sounds above what the next voice above sounded before, or the like below
    SPACING         soprano and alto, or alto and tenor, more than an octave apart
    OUT_OF_RANGE    starts outside the textbook range of the voice (`chorale.analysis.RANGES`)
    LEAP            a third or more from the voice's last note
    AWKWARD, WIDE   a leap of a tritone or a seventh; a leap beyond an octave
    LEADING_TONE    doubles the leading tone of the key
    FALSE_RELATION  a note that another voice has just sung altered, such as C after C sharp, as
                    they are spelled in the key; or both together
    SEVENTH         the seventh of a chord goes elsewhere than down by step
    BARE_FIFTH      the last voice to be drawn leaves the chord without a third
    CLASH           the last voice leaps, as another does, into a second or seventh with that voice
                    that belongs to no chord

They are penalties and no bans, for Bach writes some of each. Their sizes were found by hand, by
composing 200 chorales again and again, for fewer faults without music that is farther from Bach's
in other figures (`scripts/measure`). Parallels, crossings and ranges come to his rates so;
unresolved sevenths and doubled leading tones remain more frequent.

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
from chorale.network.conditions import KEY, UNKNOWN
from chorale.network.tokens import Vocabulary

PARALLEL, DIRECT, TOGETHER = 5.0, 1.0, 0.8  # in nats, as all that follow
CROSSING, OVERLAP, SPACING, OUT_OF_RANGE = 1.5, 0.2, 0.7, 2.0
LEAP = (0.1, 0.1, 0.5, 0.1)  # of each voice; the tenor, drawn last, is squeezed into leaps
AWKWARD, WIDE = 0.8, 2.5
LEADING_TONE, FALSE_RELATION, SEVENTH, BARE_FIFTH, CLASH = 2.5, 2.0, 2.0, 1.2, 2.5

PERFECT = (UNISON, FIFTH)
STEP = 2  # semitones; more is a leap
AWKWARD_LEAPS = (6, 10, 11)
SECONDS = (1, 2, 10, 11)  # and sevenths and ninths
RESOLVING = (0, -1, -2)  # semitones from a seventh: held, or down by step
SPACED = ((SOPRANO, ALTO), (ALTO, TENOR))


class VoiceLeading:
    """Penalties on bad voice leading."""

    def __init__(self, strictness: float, vocabulary: Vocabulary) -> None:
        """Prepare the rule; penalties are multiplied by `strictness`."""
        self._strictness, self._vocabulary = np.float32(strictness), vocabulary

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Subtract the penalties; see `LogitRule.apply`."""
        keys = at.conditions[:, KEY]
        sounding = at.history.sounding
        penalty = voice_leading_penalty(at.voice, at.cells, sounding, keys, self._vocabulary)
        return logits - self._strictness * penalty


def voice_leading_penalty(
    voice: int, cells: Ids, sounding: Ids, keys: Ids, vocabulary: Vocabulary
) -> Floats:
    """Return the voice-leading penalty of each token of a voice, (B, V), in nats.

    Args:
        voice: the voice to draw, 0 (soprano) to 3 (bass).
        cells: (B, 4) tokens of the step: given or drawn before, else UNKNOWN.
        sounding: (B, 4) tokens of the notes that sounded before.
        keys: (B,) key of the step, as in `chorale.network.conditions`.
        vocabulary: the token table.
    """
    before = look_up_pitches(sounding, vocabulary)
    now = sounding_pitches(cells, sounding, vocabulary)
    penalty = _melodic_penalty(voice, vocabulary)[sounding[:, voice]]
    reached = candidate_pitches(sounding[:, voice], vocabulary)
    penalty = penalty + _placement_penalty(voice, before, now, reached)
    penalty = penalty + _motion_penalty(voice, before, now, reached)
    for row, key in enumerate(keys.tolist()):
        if key != UNKNOWN:
            _add_key_penalty(penalty[row], voice, before[row], now[row], reached[row], key)
        _add_chord_penalty(penalty[row], voice, before[row], now[row], reached[row])
    return penalty


@cache
def _melodic_penalty(voice: int, vocabulary: Vocabulary) -> Floats:
    """Return the penalty of each token after each input symbol of its own voice, (V + 2, V)."""
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
    """Return the penalties on where a voice stands between its neighbours, (B, V).

    Args:
        voice: the voice to draw.
        before: (B, 4) pitches that sounded before; negative where none did.
        now: (B, 4) pitches of this step so far; negative where none is.
        reached: (B, V) pitch that each token would sound; negative where none.
    """
    sounds = reached >= 0
    crossed, penalty = np.zeros(sounds.shape, np.bool_), np.zeros(sounds.shape, np.float32)
    for other in (voice - 1, voice + 1):
        if not 0 <= other < len(VOICES):
            continue
        way = 1 if other < voice else -1  # the other is above, or below
        past, there = before[:, other, None], now[:, other, None]
        crossed |= (there >= 0) & (way * (reached - there) > 0)
        penalty += OVERLAP * ((past >= 0) & sounds & (way * (reached - past) > 0))
        if (min(voice, other), max(voice, other)) in SPACED:
            penalty += SPACING * ((there >= 0) & sounds & (way * (there - reached) > OCTAVE))
    return np.asarray(penalty + CROSSING * (crossed & sounds), np.float32)


def _motion_penalty(voice: int, before: Ids, now: Ids, reached: Ids) -> Floats:
    """Return the penalties on how a voice moves with the others; see `_placement_penalty`."""
    own = before[:, voice, None]
    moves = np.where((own >= 0) & (reached >= 0), np.sign(reached - own), 0)
    ways = np.where((before >= 0) & (now >= 0), np.sign(now - before), 0)
    penalty = np.zeros(moves.shape, np.float32)
    together: NDArray[np.bool_] = moves != 0
    for other in range(len(VOICES)):
        if other == voice:
            continue
        alike = (moves == ways[:, other, None]) & (moves != 0)
        together &= alike
        if not ways[:, other].any():
            continue
        interval = np.abs(reached - now[:, other, None]) % OCTAVE
        into = alike & ((interval == UNISON) | (interval == FIFTH))
        same = interval == np.abs(own - before[:, other, None]) % OCTAVE
        penalty += PARALLEL * (into & same)
        if {voice, other} == {SOPRANO, BASS}:
            top, top_before = (reached, own) if voice == SOPRANO else (now[:, :1], before[:, :1])
            penalty += DIRECT * (into & ~same & (np.abs(top - top_before) > STEP))
    return np.asarray(penalty + TOGETHER * together, np.float32)


def _add_key_penalty(
    penalty: Floats, voice: int, before: Ids, now: Ids, reached: Ids, key: int
) -> None:
    """Add to `penalty`, (V,), what tokens do against a key; arrays are those of one row."""
    leading, altered = _spell_key(key)
    own = int(before[voice]) % OCTAVE if before[voice] >= 0 else None
    moving, any_way = [0.0] * OCTAVE, [0.0] * OCTAVE  # penalty of each pitch class
    for other, (left, there) in enumerate(zip(before.tolist(), now.tolist(), strict=True)):
        if other == voice:
            continue
        if left >= 0 and left % OCTAVE != own:
            for pitch in altered[left % OCTAVE]:
                moving[pitch] = FALSE_RELATION
        if there >= 0:
            for pitch in altered[there % OCTAVE]:
                any_way[pitch] = FALSE_RELATION
    if any(pitch >= 0 and pitch % OCTAVE == leading for pitch in np.delete(now, voice).tolist()):
        any_way[leading] += LEADING_TONE
    classes, sounds = reached % OCTAVE, reached >= 0
    if any(moving):
        penalty += np.where(sounds & (reached != before[voice]), np.array(moving)[classes], 0)
    if any(any_way):
        penalty += np.where(sounds, np.array(any_way)[classes], 0)


@cache
def _spell_key(key: int) -> tuple[int, tuple[tuple[int, ...], ...]]:
    """Return a key's leading tone, and of each pitch class those with the same letter, altered."""
    tonic, minor = divmod(key - 1, 2)
    meant = Key(tonic, "minor" if minor else "major")
    letters = [spell(pitch, meant).letter for pitch in range(OCTAVE)]
    altered = tuple(
        tuple(
            other
            for other in ((pitch - 1) % OCTAVE, (pitch + 1) % OCTAVE)
            if letters[other] == letters[pitch]
        )
        for pitch in range(OCTAVE)
    )
    return (tonic - 1) % OCTAVE, altered


def _add_chord_penalty(penalty: Floats, voice: int, before: Ids, now: Ids, reached: Ids) -> None:
    """Add to `penalty`, (V,), what tokens do against the chord; arrays are those of one row."""
    there = {other: int(now[other]) for other in range(len(VOICES)) if now[other] >= 0}
    there.pop(voice, None)
    sounds, own = reached >= 0, int(before[voice])
    if own >= 0:
        chord = identify_chord(pitch for pitch in before.tolist() if pitch >= 0)
        if chord and chord.seventh == own % OCTAVE:
            penalty[sounds & ~np.isin(reached - own, RESOLVING)] += SEVENTH
    if len(there) < len(VOICES) - 1:
        return
    bare, clashing = _complete_chord(frozenset(pitch % OCTAVE for pitch in there.values()))
    penalty[sounds & bare[reached % OCTAVE]] += BARE_FIFTH
    leaps = sounds & (np.abs(reached - own) > STEP) & clashing[reached % OCTAVE]
    if own >= 0 and leaps.any():
        for other, pitch in there.items():
            if before[other] >= 0 and abs(pitch - before[other]) > STEP:
                penalty[leaps & np.isin((reached - pitch) % OCTAVE, SECONDS)] += CLASH


@cache
def _complete_chord(classes: frozenset[int]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which pitch classes of a fourth voice make a bare chord and which none, (12,) each."""
    chords = [identify_chord([*classes, added]) for added in range(OCTAVE)]
    bare = np.array([chord is not None and chord.kind == BARE for chord in chords])
    return bare, np.array([chord is None for chord in chords])
