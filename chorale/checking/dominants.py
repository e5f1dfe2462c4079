"""Dominants and their resolutions.

What is dominant follows from chord and key, never from the note that comes next in one voice:

- A dominant seventh or ninth is the dominant of the note a fifth below its root.
- A major triad is the dominant of the note a fifth below if that is the tonic of the key, or if the
  triad has a note outside the scale (an applied dominant).
- A diminished triad or half-diminished seventh is the dominant of the note a semitone above its
  root on the same conditions. A diminished seventh is that of any of its notes, and its resolution
  decides.

The scale of a minor key has both sixths and both sevenths. A dominant resolves to a chord on its
tonic, other than a six-four chord, or in a deceptive cadence to the chord on the sixth degree.

Source: S. Kostka and D. Payne, Tonal Harmony (1984), on the dominant seventh, the leading-tone
sevenths and secondary functions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chorale.analysis.harmony import BARE, Chord
from chorale.checking.context import EIGHTH, CheckContext
from chorale.music import OCTAVE, Key, Mode

SCALES: Mapping[Mode, frozenset[int]] = MappingProxyType(  # semitones above the tonic
    {
        "major": frozenset({0, 2, 4, 5, 7, 9, 11}),
        "minor": frozenset({0, 2, 3, 5, 7, 8, 9, 10, 11}),
    }
)
# Semitones from the root up to the tonic, by kind of chord.
TONICS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "major": (5,),
        "dominant seventh": (5,),
        "diminished": (1,),
        "half-diminished seventh": (1,),
        "diminished seventh": (1, 4, 7, 10),
    }
)
OF_ANY_KEY = ("dominant seventh", "diminished seventh")  # dominants in whatever key they stand
TONIC_KINDS = ("major", "minor", "dominant seventh", "minor seventh", "major seventh", BARE)
# Semitones of the sixth degree above the tonic, and kinds of chord on it, in major and in minor.
DECEPTIVE = ((9, "minor"), (9, "minor seventh"), (8, "major"), (8, "major seventh"))


@dataclass(frozen=True)
class Dominant:
    """A dominant chord that resolves.

    Attributes:
        step: step at which the dominant is identified, an eighth or a quarter before `arrival`.
        arrival: first step of the beat on which the resolution is due; suspensions may delay it.
        chord: the dominant.
        tonic: pitch class of the note that it is dominant of.
        resolution: chord to which the dominant resolves.
    """

    step: int
    arrival: int
    chord: Chord
    tonic: int
    resolution: Chord

    @property
    def leading(self) -> int:
        """Pitch class of the leading tone."""
        return (self.tonic - 1) % OCTAVE


def find_dominants(context: CheckContext) -> Iterator[Dominant]:
    """Yield the dominants that resolve on a beat within a phrase, in order of time."""
    for arrival in context.beats:
        if arrival < EIGHTH or context.phrases[arrival] != context.phrases[arrival - EIGHTH]:
            continue
        resolution = context.chord_at(arrival) or context.chord_at(arrival + EIGHTH)
        step = arrival - EIGHTH
        if not context.chord_at(step) and step >= EIGHTH:
            step -= EIGHTH
        chord = context.chord_at(step)
        if not chord or not resolution or context.phrases[step] != context.phrases[arrival]:
            continue
        tonic = _find_resolved(chord, resolution, context.keys[step])
        if tonic is not None:
            yield Dominant(step, arrival, chord, tonic, resolution)


def find_tonics(chord: Chord, key: Key) -> list[int]:
    """Return the pitch classes of which a chord is the dominant in a key; none for other chords."""
    tonics = [(chord.root + above) % OCTAVE for above in TONICS.get(chord.kind, ())]
    if chord.kind in OF_ANY_KEY:
        return tonics
    degrees = {(note - key.tonic) % OCTAVE for note in chord.members}
    is_applied = not degrees <= SCALES[key.mode]
    return [tonic for tonic in tonics if is_applied or tonic == key.tonic]


def _find_resolved(chord: Chord, resolution: Chord, key: Key) -> int | None:
    """Return the tonic of which a chord is the dominant and whose resolution follows, if any."""
    tonics = find_tonics(chord, key)
    is_six_four = (resolution.bass - resolution.root) % OCTAVE == 7
    if resolution.root in tonics and resolution.kind in TONIC_KINDS and not is_six_four:
        return resolution.root
    if chord.kind == "diminished seventh":  # only the key shows which note would be deceived
        tonics = [tonic for tonic in tonics if tonic == key.tonic]
    for tonic in tonics:
        sixth = (resolution.root - tonic) % OCTAVE
        if (sixth, resolution.kind) in DECEPTIVE:
            return tonic
    return None
