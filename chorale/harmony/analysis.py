"""The harmony of a chorale: its chords, the key and cadence of each phrase, non-chord tones."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from chorale.analysis import estimate_key
from chorale.estimating import estimate_phrases
from chorale.harmony.cadences import CadenceName, find_cadence
from chorale.harmony.naming import NamedChord, name_chords
from chorale.harmony.nonchord import NonChordTone, find_nonchord_tones
from chorale.harmony.observing import Ints
from chorale.music import REST, Chorale, Key, notes


@dataclass(frozen=True)
class AnalysedPhrase:
    """The harmony of a phrase.

    Attributes:
        step: first step.
        end: exclusive end, in steps.
        key: key in which most of the phrase is.
        last_key: key of its last chord, in which it closes.
        cadence: cadence at the end, in `last_key`; None without one.
    """

    step: int
    end: int
    key: Key
    last_key: Key
    cadence: CadenceName | None


@dataclass(frozen=True)
class HarmonyAnalysis:
    """The harmony of a chorale.

    Attributes:
        key: key of the whole chorale, as given or estimated.
        chords: its chords, in order of time and without gaps; none if nothing sounds.
        phrases: its phrases, in order of time.
        nonchord_tones: its non-chord tones, in order of time.
    """

    key: Key
    chords: tuple[NamedChord, ...]
    phrases: tuple[AnalysedPhrase, ...]
    nonchord_tones: tuple[NonChordTone, ...]

    @cached_property
    def _steps(self) -> list[int]:
        return [chord.step for chord in self.chords]

    def chord_at(self, step: int) -> NamedChord | None:
        """Return the chord that sounds at a step; None if nothing sounds in the chorale."""
        place = max(0, bisect_right(self._steps, step) - 1)
        return self.chords[place] if self.chords else None

    @property
    def key_changes(self) -> list[tuple[int, Key]]:
        """Step of each chord that is in another key than the chord before, and that key."""
        return [
            (after.step, after.key)
            for before, after in pairwise(self.chords)
            if before.key != after.key
        ]


def analyze_harmony(chorale: Chorale, key: Key | None = None) -> HarmonyAnalysis:
    """Name the chords, keys, cadences and non-chord tones of a chorale.

    Args:
        chorale: the chorale, in any number of voices; phrases are estimated if its fermatas are
            unknown.
        key: key of the whole chorale, which phrases may leave; that of its plan if left out, or
            else estimated. The chords of a church mode are named in the major or minor key on the
            same tonic.
    """
    home = key or chorale.plan.key or estimate_key(chorale)
    starts = find_phrase_starts(chorale)
    if (chorale.pitches == REST).all():
        return HarmonyAnalysis(home, (), (), ())
    chords = name_chords(chorale, starts, home.tonal)
    bounds = [*starts.tolist(), chorale.plan.length_steps]
    return HarmonyAnalysis(
        home,
        tuple(chords),
        tuple(_analyse_phrase(chorale, chords, *span) for span in pairwise(bounds)),
        tuple(find_nonchord_tones(chorale, chords)),
    )


def find_phrase_starts(chorale: Chorale) -> Ints:
    """Return the first step of each phrase; phrases are estimated if fermatas are unknown."""
    plan = chorale.plan
    fermatas = plan.fermatas
    if fermatas is None:
        lines = [notes(chorale, voice) for voice in range(chorale.pitches.shape[1])]
        lines = [line for line in lines if line]
        if not lines:
            return np.zeros(1, np.int64)
        fermatas = estimate_phrases(lines, plan.length_steps, plan.metre, plan.pickup_steps)
    return np.r_[0, np.flatnonzero(fermatas[:-1] & ~fermatas[1:]) + 1]


def _analyse_phrase(
    chorale: Chorale, chords: list[NamedChord], start: int, end: int
) -> AnalysedPhrase:
    own = [chord for chord in chords if chord.step < end and chord.end > start]
    lengths = Counter[Key]()
    for chord in own:
        lengths[chord.key] += min(end, chord.end) - max(start, chord.step)
    sounding = np.flatnonzero((chorale.pitches[start:end] != REST).any(axis=1))
    soprano = None
    if sounding.size:
        soprano = int(chorale.pitches[start + sounding[-1]].max())
    [(key, _)] = lengths.most_common(1)
    return AnalysedPhrase(start, end, key, own[-1].key, find_cadence(own, soprano))
