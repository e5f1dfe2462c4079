"""Part-writing in the draw: what textbooks forbid is made less likely, as Bach has it.

A network that has learnt which notes go together still writes ten times Bach's parallels, since
each voice is drawn by itself. So before a voice is drawn, these tokens lose some nats, times the
strictness that is asked for:
- PARALLEL: with a voice that is there already it would move in parallel fifths, octaves or unisons;
- DIRECT: soprano and bass would move alike into one of these, the soprano by a leap;
- TOGETHER: it is the last voice to be drawn, and all four would go up, or all four down;
- CROSSING: it would sound above the next voice above, or below the next one below;
- OVERLAP: it would sound above what the next voice above sounded before, or the like below;
- SPACING: soprano and alto, or alto and tenor, would be more than an octave apart;
- OUT_OF_RANGE: a note would start outside what textbooks give a voice (`chorale.analysis.RANGES`);
- LEAP: it would leap, by a third or more, from its last note; AWKWARD: by a tritone or a seventh;
  WIDE: beyond an octave;
- LEADING_TONE: it would double the leading tone of the key that the network is told;
- FALSE_RELATION: it would come to a note that another voice has just sung altered, such as C after
  C sharp, as they are spelled in that key; or sound with it;
- SEVENTH: it has the seventh of a chord, and would go elsewhere than down by step;
- BARE_FIFTH, CLASH: it is the last voice to be drawn, and the chord would have no third, or it
  would leap, as another voice does, into a second or seventh with that voice that is no chord's.

They are nats and no bans, for Bach writes some of each. How large they are was found by hand, by
composing 200 chorales again and again, for fewer faults without music that is farther from Bach's
in other things (`scripts/style_figures.py`, `scripts/style_distances.py`). Parallels, crossings and
ranges come to his rates so; unresolved sevenths and doubled leading tones remain more frequent.

Source for the rules: any textbook of harmony, such as W. Piston, Harmony (1941); for how they are
counted, `chorale.analysis` and `chorale.checking`.

Shapes: B chorales, 4 voices in SATB order, V tokens.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from chorale.analysis import FIFTH, OCTAVE, RANGES, UNISON
from chorale.analysis.harmony import BARE, chord_of
from chorale.composing.cadences import pitches_of
from chorale.music import VOICES, Key
from chorale.music.spelling import spelled
from chorale.network.conditions import UNKNOWN
from chorale.network.history import Ids
from chorale.network.numpy_layers import Floats
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
SOPRANO, ALTO, TENOR, BASS = range(len(VOICES))
SPACED = ((SOPRANO, ALTO), (ALTO, TENOR))


def discouraged(voice: int, cells: Ids, sounding: Ids, keys: Ids, vocabulary: Vocabulary) -> Floats:
    """What each token of a voice loses, (B, V), in nats.

    Args:
        voice: that is drawn, 0 (soprano) to 3 (bass).
        cells: (B, 4) tokens of the step: drawn before or given, else UNKNOWN.
        sounding: (B, 4) tokens of the notes that sounded before.
        keys: (B,) what the network is told of the key, as in `chorale.network.conditions`.
        vocabulary: the token table.
    """
    before = pitches_of(sounding, vocabulary)
    now = pitches_of(np.where(cells == vocabulary.hold, sounding, cells), vocabulary)
    lost = _alone(voice, vocabulary)[sounding[:, voice]]
    reached = _reached(voice, before, vocabulary)
    lost = lost + _placed(voice, before, now, reached) + _moved(voice, before, now, reached)
    for row, key in enumerate(keys.tolist()):
        if key != UNKNOWN:
            _in_key(lost[row], voice, before[row], now[row], reached[row], key)
        _in_chord(lost[row], voice, before[row], now[row], reached[row])
    return lost


@cache
def _alone(voice: int, vocabulary: Vocabulary) -> Floats:
    """What tokens lose after each symbol, whatever the other voices do, (input symbols, V)."""
    pitches = pitches_of(np.arange(vocabulary.input_size, dtype=np.int32), vocabulary)
    candidates = pitches[: vocabulary.size]
    lowest, highest = RANGES[voice]
    outside = (candidates >= 0) & ((candidates < lowest) | (candidates > highest))
    interval = np.abs(candidates - pitches[:, None])
    interval[(pitches < 0)[:, None] | (candidates < 0)] = 0
    lost = OUT_OF_RANGE * outside + LEAP[voice] * (interval > STEP)
    lost += AWKWARD * np.isin(interval, AWKWARD_LEAPS) + WIDE * (interval > OCTAVE)
    return np.asarray(lost, np.float32)


def _reached(voice: int, before: Ids, vocabulary: Vocabulary) -> Ids:
    """What a voice would sound by each token, (B, V), from what all sounded before, (B, 4)."""
    tokens = np.arange(vocabulary.size, dtype=np.int32)
    pitches = pitches_of(tokens, vocabulary)
    return np.where(tokens == vocabulary.hold, before[:, voice, None], pitches)


def _placed(voice: int, before: Ids, now: Ids, reached: Ids) -> Floats:
    """What is lost by where a voice stands between its neighbours, (B, V).

    Args:
        voice: that is drawn.
        before: (B, 4) pitches that sounded; negative where none did.
        now: (B, 4) pitches that are there already; negative where none is.
        reached: (B, V) pitches that the voice would sound; negative where it sounds none.
    """
    sounds = reached >= 0
    crossed, lost = np.zeros(sounds.shape, np.bool_), np.zeros(sounds.shape, np.float32)
    for other in (voice - 1, voice + 1):
        if not 0 <= other < len(VOICES):
            continue
        way = 1 if other < voice else -1  # the other is above, or below
        past, there = before[:, other, None], now[:, other, None]
        crossed |= (there >= 0) & (way * (reached - there) > 0)
        lost += OVERLAP * ((past >= 0) & sounds & (way * (reached - past) > 0))
        if (min(voice, other), max(voice, other)) in SPACED:
            lost += SPACING * ((there >= 0) & sounds & (way * (there - reached) > OCTAVE))
    return np.asarray(lost + CROSSING * (crossed & sounds), np.float32)


def _moved(voice: int, before: Ids, now: Ids, reached: Ids) -> Floats:
    """What is lost by how a voice moves with the others, (B, V); arguments as for `_placed`."""
    own = before[:, voice, None]
    moves = np.where((own >= 0) & (reached >= 0), np.sign(reached - own), 0)
    ways = np.where((before >= 0) & (now >= 0), np.sign(now - before), 0)
    lost = np.zeros(moves.shape, np.float32)
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
        lost += PARALLEL * (into & same)
        if {voice, other} == {SOPRANO, BASS}:
            top, top_before = (reached, own) if voice == SOPRANO else (now[:, :1], before[:, :1])
            lost += DIRECT * (into & ~same & (np.abs(top - top_before) > STEP))
    return np.asarray(lost + TOGETHER * together, np.float32)


def _in_key(lost: Floats, voice: int, before: Ids, now: Ids, reached: Ids, key: int) -> None:
    """Let tokens lose, in `lost`, (V,), for what they do in a key; arrays as in one row."""
    leading, altered = _notes_of(key)
    own = int(before[voice]) % OCTAVE if before[voice] >= 0 else None
    moving, any_way = [0.0] * OCTAVE, [0.0] * OCTAVE  # what a pitch class loses
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
        lost += np.where(sounds & (reached != before[voice]), np.array(moving)[classes], 0)
    if any(any_way):
        lost += np.where(sounds, np.array(any_way)[classes], 0)


@cache
def _notes_of(key: int) -> tuple[int, tuple[tuple[int, ...], ...]]:
    """A key's leading tone, and for each pitch class those that are the same note altered."""
    tonic, minor = divmod(key - 1, 2)
    meant = Key(tonic, "minor" if minor else "major")
    letters = [spelled(pitch, meant).letter for pitch in range(OCTAVE)]
    altered = tuple(
        tuple(
            other
            for other in ((pitch - 1) % OCTAVE, (pitch + 1) % OCTAVE)
            if letters[other] == letters[pitch]
        )
        for pitch in range(OCTAVE)
    )
    return (tonic - 1) % OCTAVE, altered


def _in_chord(lost: Floats, voice: int, before: Ids, now: Ids, reached: Ids) -> None:
    """Let tokens lose, in `lost`, (V,), for what they do in the chord; arrays as in one row."""
    there = {other: int(now[other]) for other in range(len(VOICES)) if now[other] >= 0}
    there.pop(voice, None)
    sounds, own = reached >= 0, int(before[voice])
    if own >= 0:
        chord = chord_of(pitch for pitch in before.tolist() if pitch >= 0)
        if chord and chord.seventh == own % OCTAVE:
            lost[sounds & ~np.isin(reached - own, RESOLVING)] += SEVENTH
    if len(there) < len(VOICES) - 1:
        return
    bare, clashing = _fourth_voice(frozenset(pitch % OCTAVE for pitch in there.values()))
    lost[sounds & bare[reached % OCTAVE]] += BARE_FIFTH
    leaps = sounds & (np.abs(reached - own) > STEP) & clashing[reached % OCTAVE]
    if own >= 0 and leaps.any():
        for other, pitch in there.items():
            if before[other] >= 0 and abs(pitch - before[other]) > STEP:
                lost[leaps & np.isin((reached - pitch) % OCTAVE, SECONDS)] += CLASH


@cache
def _fourth_voice(classes: frozenset[int]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """By which pitch class a fourth voice makes a chord of these bare, or no chord; (12,) each."""
    chords = [chord_of([*classes, added]) for added in range(OCTAVE)]
    bare = np.array([chord is not None and chord.kind == BARE for chord in chords])
    return bare, np.array([chord is None for chord in chords])
