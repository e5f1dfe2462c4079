"""The chorale that is arranged, in slices: the stretches in which no voice starts or ends a note.

Shapes: N slices, 4 voices in SATB order.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chorale.analysis import estimate_key
from chorale.analysis.harmony import KINDS, Chord, identify_chord
from chorale.music import OCTAVE, REST, SOPRANO, STEPS_PER_QUARTER, VOICES, Chorale, changes

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NONE = -1  # in place of a pitch class
DEGREES = 4  # root, third, fifth and seventh
SECOND, TRITONE, FOURTH = 2, 6, 5  # semitones
LEADING = 11  # semitones of the leading tone above the tonic


@dataclass(frozen=True, eq=False)
class Source:
    """A chorale in slices.

    Attributes:
        starts: (N,) first step of each slice.
        pitches: (N, 4) MIDI numbers or REST.
        onsets: (N, 4), true where a note starts with the slice.
        on_beat: (N,), true where a quarter starts with the slice.
        opens: (N,), true in the first slice that starts within each phrase.
        closing: (N,), true in the last chord of each phrase and in the quarter before it.
        final: (N,), true in the last chord of each phrase.
        chord_degrees: (N, 4) pitch classes of root, third, fifth and seventh, or of the voices of
            notes that are no chord; NONE where there is none.
        is_chord: (N,), true where the notes are a chord of `chorale.analysis.harmony`.
        bass: (N,) pitch class of the lowest note, NONE in silence.
        leading_tone: (N,) pitch class of the tone that leads up by a semitone, if the chord is one
            that it leads out of; else NONE.
        dissonant: (N, 4), true where a voice is in dissonance with another.
        resolves: (N, 4), true where a dissonant voice moves on by step.
    """

    starts: Ints
    pitches: Ints
    onsets: Flags
    on_beat: Flags
    opens: Flags
    closing: Flags
    final: Flags
    chord_degrees: Ints
    is_chord: Flags
    bass: Ints
    leading_tone: Ints
    dissonant: Flags
    resolves: Flags

    def excerpt(self, start: int, end: int) -> "Source":
        """Return the slices from `start` up to `end` (exclusive)."""
        return Source(**{name: values[start:end] for name, values in vars(self).items()})


def slice_chorale(chorale: Chorale) -> Source:
    """Cut a chorale into slices. Without fermatas, only its end closes a phrase."""
    starts = np.flatnonzero((chorale.onsets | changes(chorale.pitches)).any(axis=1))
    pitches = chorale.pitches[starts].astype(np.int64)
    chords = [identify_chord(row) for row in pitches]
    steps_in_bar = np.array([chorale.plan.step_in_bar(int(step)) for step in starts])
    opens, closing, final = _find_phrases(chorale, starts)
    dissonant = _find_dissonances(pitches)
    moves = np.diff(pitches, axis=0, append=pitches[-1:])
    by_step = (np.abs(moves) <= SECOND) & (moves != 0) & (np.roll(pitches, -1, axis=0) != REST)
    lowest = np.where(pitches == REST, np.iinfo(np.int64).max, pitches).min(axis=1)
    silent = (pitches == REST).all(axis=1)
    return Source(
        starts,
        pitches,
        chorale.onsets[starts],
        steps_in_bar % STEPS_PER_QUARTER == 0,
        opens,
        closing,
        final,
        np.array([_list_degrees(*each) for each in zip(pitches, chords, strict=True)]),
        np.array([chord is not None for chord in chords]),
        np.where(silent, NONE, lowest % OCTAVE),
        _find_leading_tones(chorale, chords),
        dissonant,
        dissonant & by_step,
    )


def _find_phrases(chorale: Chorale, starts: Ints) -> tuple[Flags, Flags, Flags]:
    """Return `opens`, `closing` and `final` of a source, each (N,)."""
    length = chorale.plan.length_steps
    ends = [end for _, end in chorale.plan.fermata_spans]
    lasts = list(chorale.plan.fermata_spans)
    if not ends or ends[-1] < length:
        lasts.append((int(starts[-1]), length))
    opens, closing, final = starts == 0, *np.zeros((2, len(starts)), np.bool_)
    for end in ends:
        opens |= starts == starts[starts >= end].min(initial=length)
    for begin, end in lasts:
        start = starts[starts <= begin].max(initial=0)  # a fermata may begin on a held chord
        closing |= (starts >= start - STEPS_PER_QUARTER) & (starts < end)
        final |= (starts >= start) & (starts < end)
    return opens, closing, final


def _list_degrees(pitches: Ints, chord: Chord | None) -> list[int]:
    """Return four pitch classes that the chord needs; see `Source.chord_degrees`."""
    present = {int(pitch) % OCTAVE for pitch in pitches if pitch != REST}
    if chord is None or chord.kind not in KINDS:
        found = sorted(present)
    else:
        tones = [(chord.root + degree) % OCTAVE for degree in KINDS[chord.kind]]
        found = [tone if tone in present else NONE for tone in tones]
    return found + [NONE] * (DEGREES - len(found))


def _find_leading_tones(chorale: Chorale, chords: list[Chord | None]) -> Ints:
    """Return the leading tone of each slice's chord, if it is a dominant; see `Source`."""
    key = chorale.plan.key or estimate_key(chorale)
    home = (key.tonic + LEADING) % OCTAVE
    found = []
    for chord in chords:
        third = None if chord is None else chord.third
        if chord is None or third is None:
            found.append(NONE)
        elif chord.kind == "dominant seventh" or (chord.kind == "major" and third == home):
            found.append(third)
        elif chord.kind in ("diminished", "diminished seventh", "half-diminished seventh"):
            found.append(chord.root)
        else:
            found.append(NONE)
    return np.array(found)


def _find_dissonances(pitches: Ints) -> Flags:
    """Return which voices, (N, 4), are a second, seventh, tritone or fourth over the bass away."""
    sounding = pitches != REST
    found = np.zeros(pitches.shape, np.bool_)
    lowest = np.where(sounding, pitches, np.iinfo(np.int64).max).min(axis=1)
    for one in range(len(VOICES)):
        for other in range(len(VOICES)):
            interval = np.abs(pitches[:, one] - pitches[:, other]) % OCTAVE
            near = np.minimum(interval, OCTAVE - interval)
            clash = ((near > 0) & (near <= SECOND)) | (near == TRITONE)
            found[:, one] |= clash & sounding[:, one] & sounding[:, other]
    found |= sounding & ((pitches - lowest[:, None]) % OCTAVE == FOURTH)
    found[:, SOPRANO] &= sounding[:, SOPRANO]
    return found
