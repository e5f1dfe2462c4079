"""What a network makes of a chorale, in words and as facts for JSON.

Pitches are spelled as the score would: a note among its neighbours in its voice, and another note
in its place likewise.

Of a note JSON has

    voice, pitch, name, length_steps    a rest has neither pitch nor name
    step, bar, place                    where it starts, such as 44, 3 and "bar 3, beat 3"
    probability, nats, level            that it starts there; nats are minus the logarithm
    alternatives                        the likeliest other things there, each with its kind
                                        ("note", "rest", or "hold": the note before goes on),
                                        pitch, name and probability
    held                                the least likely step for which it is held, with the same
                                        keys from step to alternatives; null if it has one step
    nats_in_all                         of all its steps together
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from chorale.judging.explaining import LEVELS, Choice, Explanation, Judged, Place, level_of
from chorale.music import REST, VOICES, Chorale
from chorale.music.spelling import spelled_line

TOLD_FROM = 0.01  # alternatives that are less likely are not told in words
DIGITS = 6  # after the point, of figures for JSON
AROUND = 3  # notes before and after, by which a note is spelled


@dataclass(frozen=True)
class Found:
    """What a network finds, over some chorales or bars.

    Attributes:
        nats: a note, by voice; a note is one voice at one step.
        levels: share of the notes that are struck, by the names of LEVELS.
    """

    nats: Mapping[str, float]
    levels: Mapping[str, float]

    @property
    def nats_per_note(self) -> float:
        """Over all voices."""
        return float(np.mean(list(self.nats.values())))


# The 77 chorales of Bach's test split by the model of this fingerprint, which was not trained on
# them (`scripts/explain_figures.py`).
BACH_BY = "25913977a547"
BACH = Found(
    MappingProxyType({"soprano": 0.193, "alto": 0.301, "tenor": 0.311, "bass": 0.319}),
    MappingProxyType({"likely": 0.704, "possible": 0.179, "unlikely": 0.083, "surprising": 0.034}),
)


def of_bach(fingerprint: str) -> Found | None:
    """What the network of this fingerprint finds in Bach's test split, if that was measured."""
    return BACH if fingerprint == BACH_BY else None


def summary(found: Found, fingerprint: str, what: str) -> list[list[str]]:
    """The figures in words, beside those of Bach's test split where they are known, in sections.

    Args:
        found: they.
        fingerprint: of the network.
        what: of which they are, such as "this music".
    """
    rows = {what: found}
    if bach := of_bach(fingerprint):
        rows["Bach's test split"] = bach
    nats, levels = [], []
    for name, one in rows.items():
        by_voice = ", ".join(f"{voice} {mean:.3f}" for voice, mean in one.nats.items())
        nats.append(f"{name}: {one.nats_per_note:.3f}; {by_voice}")
        shares = ", ".join(f"{percent(share)} {level}" for level, share in one.levels.items())
        levels.append(f"{name}: {shares}")
    return [["Nats a note: the lower, the more expected", *nats], ["Notes that start", *levels]]


def figures(found: Found) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "nats_per_note": round(found.nats_per_note, DIGITS),
        "nats_by_voice": {voice: round(mean, DIGITS) for voice, mean in found.nats.items()},
        "levels": {level: round(share, DIGITS) for level, share in found.levels.items()},
    }


class Explained:
    """A chorale as a network judges it, in words and facts; of the steps from `start` to `end`."""

    def __init__(
        self, chorale: Chorale, explanation: Explanation, start: int = 0, end: int | None = None
    ) -> None:
        """Take what is to be told; `end` is exclusive, None for all."""
        end = chorale.plan.length_steps if end is None else end
        self._plan = chorale.plan
        self._steps = range(start, end)
        self._explanation = explanation
        self._lines = [
            [note for note in explanation.notes if note.voice == voice and note.pitch != REST]
            for voice in range(len(VOICES))
        ]
        self._onsets = [[note.onset_step for note in line] for line in self._lines]

    @property
    def notes(self) -> list[Judged]:
        """The notes and rests that start in these steps."""
        return [note for note in self._explanation.notes if note.onset_step in self._steps]

    def found(self) -> Found:
        """The figures over these steps."""
        struck = [level_of(note.probability) for note in self.notes if note.pitch != REST]
        counts = np.bincount(struck, minlength=len(LEVELS)) / max(1, len(struck))
        nats = self._explanation.nats_by_voice(self._steps.start, self._steps.stop)
        return Found(nats, dict(zip(LEVELS, counts.tolist(), strict=True)))

    def contested(self, most: int) -> list[str]:
        """The least likely places where the network would rather have something else, a line each.

        Such as "bar 3, beat 2, alto: F#4 3%; rather G4 62%, A4 20%".
        """
        places = [(n, p) for n, p in self._explanation.contested() if p.step in self._steps]
        return [self._line(note, place) for note, place in places[:most]]

    def facts(self) -> list[dict[str, Any]]:
        """All notes and rests, for JSON."""
        return [self._note_facts(note) for note in self.notes]

    def _line(self, note: Judged, place: Place) -> str:
        what = "rest" if note.pitch == REST else self._name(note)
        if place is not note.start:
            what += " goes on" if note.pitch == REST else " held on"
        others = [c for c in place.alternatives if c.probability >= TOLD_FROM]
        rather = ", ".join(
            f"{self._choice(note, place, choice)} {percent(choice.probability)}"
            for choice in others or place.alternatives[:1]
        )
        where = f"{self._plan.place(place.step)}, {VOICES[note.voice]}"
        return f"{where}: {what} {percent(place.probability)}; rather {rather}"

    def _choice(self, note: Judged, place: Place, choice: Choice) -> str:
        """What could stand at a place of a note, in words."""
        if choice.kind == "rest":
            return "a rest"
        before = self._before(note, place)
        if choice.kind == "hold":
            assert before, "where nothing sounds no hold is told"
            return f"{self._name(before)} held on"
        name = self._other_name(note, place, choice.pitch)
        return f"{name} again" if before and before.pitch == choice.pitch else name

    def _before(self, note: Judged, place: Place) -> Judged | None:
        """The note that sounds in the voice until a place."""
        if place is not note.start:
            return note if note.pitch != REST else None
        number = bisect_left(self._onsets[note.voice], place.step)
        if number == 0:
            return None
        before = self._lines[note.voice][number - 1]
        return before if before.onset_step + before.length_steps == place.step else None

    def _name(self, note: Judged) -> str:
        """Of a note, such as "F#4"."""
        line = self._lines[note.voice]
        number = bisect_left(self._onsets[note.voice], note.onset_step)
        first = max(0, number - AROUND)
        pitches = [one.pitch for one in line[first : number + AROUND + 1]]
        return spelled_line(pitches, self._plan.key)[number - first].name

    def _other_name(self, note: Judged, place: Place, pitch: int) -> str:
        """Of another note that starts at a place of a note."""
        line, onsets = self._lines[note.voice], self._onsets[note.voice]
        earlier, later = bisect_left(onsets, place.step), bisect_right(onsets, place.step)
        before = [one.pitch for one in line[max(0, earlier - AROUND) : earlier]]
        after = [one.pitch for one in line[later : later + AROUND]]
        return spelled_line([*before, pitch, *after], self._plan.key)[len(before)].name

    def _note_facts(self, note: Judged) -> dict[str, Any]:
        return {
            "voice": VOICES[note.voice],
            "pitch": None if note.pitch == REST else note.pitch,
            "name": None if note.pitch == REST else self._name(note),
            "length_steps": note.length_steps,
            "nats_in_all": note.nats_in_all,
            **self._place_facts(note, note.start),
            "held": None if note.held is None else self._place_facts(note, note.held),
        }

    def _place_facts(self, note: Judged, place: Place) -> dict[str, Any]:
        return {
            "step": place.step,
            "bar": self._plan.bar_at(place.step),
            "place": self._plan.place(place.step),
            "probability": place.probability,
            "nats": place.nats,
            "level": list(LEVELS)[level_of(place.probability)],
            "alternatives": [
                {
                    "kind": choice.kind,
                    "pitch": None if choice.kind != "note" else choice.pitch,
                    "name": self._other_name(note, place, choice.pitch)
                    if choice.kind == "note"
                    else None,
                    "probability": choice.probability,
                }
                for choice in place.alternatives
            ],
        }


def percent(probability: float) -> str:
    """Such as "62%", "3%", "0.3%" or "under 0.1%"."""
    hundredths = 100 * probability
    if 0 < hundredths < 0.1:
        return "under 0.1%"
    return f"{hundredths:.1f}%" if 0 < hundredths < 0.95 else f"{hundredths:.0f}%"
