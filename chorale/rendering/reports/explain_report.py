"""How likely a network finds the notes of a chorale, as text and as JSON.

Pitches are spelled as in a score: a note by its neighbours in its voice, and an alternative as if
it stood in the note's place.

`explain --json` has these keys, over the requested bars:

    nats_per_note       mean over all voices and steps
    nats_by_voice       mean over all steps of each voice
    levels              share of the notes at each level of likelihood, by their onsets
    notes               all notes and rests

Each of the notes has:

    voice, pitch, name, length_steps
                        pitch and name are null for a rest
    step, bar, place    where it starts, such as 44, 3 and "bar 3, beat 3"
    probability, nats, level
                        of the note starting there; nats are minus the natural logarithm
    alternatives        the most likely other choices there, each with kind ("note", "rest", or
                        "hold" where the note before is held), pitch, name and probability
    held                the least likely of its later steps, with the same keys from step to
                        alternatives; null if the note has one step
    nats_in_all         sum over all its steps
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from chorale.judging.explaining import (
    LEVELS,
    Alternative,
    Explanation,
    JudgedNote,
    JudgedStep,
    find_level,
)
from chorale.music import REST, VOICES, Chorale
from chorale.music.spelling import spell_line
from chorale.rendering.render_options import Remark

MIN_PROBABILITY = 0.01  # less likely alternatives are left out of the text
DIGITS = 6  # after the decimal point, in JSON
NEIGHBOURS = 3  # notes before and after by which a note is spelled


@dataclass(frozen=True)
class LikelihoodSummary:
    """How likely a network finds some music.

    Attributes:
        nats: mean over the steps of each voice, by its name.
        levels: share of the notes at each level, by their onsets, by the names of LEVELS.
    """

    nats: Mapping[str, float]
    levels: Mapping[str, float]

    @property
    def nats_per_note(self) -> float:
        """Mean over all voices; a note here is one voice at one step."""
        return float(np.mean(list(self.nats.values())))


# The 77 chorales of Bach's test split by the model of this fingerprint, which was not trained on
# them (`scripts/measure/likelihood.py`).
BACH_FINGERPRINT = "61e09d2c58a1"
BACH_SUMMARY = LikelihoodSummary(
    MappingProxyType({"soprano": 0.1814, "alto": 0.3095, "tenor": 0.3118, "bass": 0.2955}),
    MappingProxyType(
        {"likely": 0.7205, "possible": 0.1674, "unlikely": 0.0793, "surprising": 0.0328}
    ),
)


def look_up_bach(fingerprint: str) -> LikelihoodSummary | None:
    """Return the summary of Bach's test split by a network; None if it was not measured."""
    return BACH_SUMMARY if fingerprint == BACH_FINGERPRINT else None


def format_summary(summary: LikelihoodSummary, fingerprint: str, label: str) -> list[list[str]]:
    """Format a summary beside that of Bach's test split, if the network's is available.

    Args:
        summary: the summary.
        fingerprint: fingerprint of the network.
        label: name of the music, such as "this music".

    Returns:
        Two sections, nats and levels, each with its title and a line for each summary.
    """
    rows = {label: summary}
    if bach := look_up_bach(fingerprint):
        rows["Bach's test split"] = bach
    nats, levels = [], []
    for name, one in rows.items():
        by_voice = ", ".join(f"{voice} {mean:.3f}" for voice, mean in one.nats.items())
        nats.append(f"{name}: {one.nats_per_note:.3f}; {by_voice}")
        shares = [f"{format_percent(share)} {level}" for level, share in one.levels.items()]
        levels.append(f"{name}: {', '.join(shares)}")
    return [["Nats per note (lower is more expected)", *nats], ["Likelihood of onsets", *levels]]


def collect_figures(summary: LikelihoodSummary) -> dict[str, Any]:
    """Collect the JSON figures of a summary."""
    return {
        "nats_per_note": round(summary.nats_per_note, DIGITS),
        "nats_by_voice": {voice: round(mean, DIGITS) for voice, mean in summary.nats.items()},
        "levels": {level: round(share, DIGITS) for level, share in summary.levels.items()},
    }


class ExplainReport:
    """An explanation of a chorale, from one step to another, as text and as JSON facts."""

    def __init__(
        self, chorale: Chorale, explanation: Explanation, start: int = 0, end: int | None = None
    ) -> None:
        """Select the steps to report.

        Args:
            chorale: the chorale.
            explanation: its explanation.
            start: first step that is reported.
            end: exclusive end; None reports all.
        """
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
    def notes(self) -> list[JudgedNote]:
        """The notes and rests that start in the reported steps."""
        return [note for note in self._explanation.notes if note.onset_step in self._steps]

    def summarize(self) -> LikelihoodSummary:
        """Summarize the reported steps."""
        levels = [find_level(note.probability) for note in self.notes if note.pitch != REST]
        shares = np.bincount(levels, minlength=len(LEVELS)) / max(1, len(levels))
        nats = self._explanation.nats_by_voice(self._steps.start, self._steps.stop)
        return LikelihoodSummary(nats, dict(zip(LEVELS, shares.tolist(), strict=True)))

    def list_contested(self, most: int) -> list[str]:
        """List where the network prefers an alternative, the least likely notes first.

        Such as "bar 3, beat 2, alto: F#4 3%; rather G4 62%, A4 20%".

        Args:
            most: number of places, at most.
        """
        places = [(n, p) for n, p in self._explanation.contested() if p.step in self._steps]
        return [self._describe_place(note, place) for note, place in places[:most]]

    def list_remarks(self) -> Iterator[Remark]:
        """Yield a remark on each place where the network prefers an alternative, in order of time.

        Its text is that of `list_contested`, without the place.
        """
        contested = sorted(self._explanation.contested(), key=lambda each: each[1].step)
        for note, place in contested:
            if place.step in self._steps:
                where = self._plan.place(place.step)
                text = self._describe_place(note, place).removeprefix(f"{where}, ")
                yield Remark(place.step, place.step + 1, (note.voice,), where, text)

    def collect_facts(self) -> list[dict[str, Any]]:
        """Collect the JSON facts of all notes and rests; see the module's docstring."""
        return [self._note_facts(note) for note in self.notes]

    def _describe_place(self, note: JudgedNote, place: JudgedStep) -> str:
        written = "rest" if note.pitch == REST else self._name(note)
        if place is not note.start:
            written += " goes on" if note.pitch == REST else " held on"
        likely = [each for each in place.alternatives if each.probability >= MIN_PROBABILITY]
        rather = ", ".join(
            f"{self._describe_alternative(note, place, each)} {format_percent(each.probability)}"
            for each in likely or place.alternatives[:1]
        )
        where = f"{self._plan.place(place.step)}, {VOICES[note.voice]}"
        return f"{where}: {written} {format_percent(place.probability)}; rather {rather}"

    def _describe_alternative(
        self, note: JudgedNote, place: JudgedStep, alternative: Alternative
    ) -> str:
        if alternative.kind == "rest":
            return "a rest"
        before = self._note_before(note, place)
        if alternative.kind == "hold":
            assert before, "a hold is no alternative where nothing sounds before"
            return f"{self._name(before)} held on"
        name = self._name_of_other(note, place, alternative.pitch)
        return f"{name} again" if before and before.pitch == alternative.pitch else name

    def _note_before(self, note: JudgedNote, place: JudgedStep) -> JudgedNote | None:
        """Return the note that sounds in the voice until a place; None after a rest."""
        if place is not note.start:
            return note if note.pitch != REST else None
        number = bisect_left(self._onsets[note.voice], place.step)
        if number == 0:
            return None
        before = self._lines[note.voice][number - 1]
        return before if before.onset_step + before.length_steps == place.step else None

    def _name(self, note: JudgedNote) -> str:
        """Return the name of a note, spelled by its neighbours, such as "F#4"."""
        line = self._lines[note.voice]
        number = bisect_left(self._onsets[note.voice], note.onset_step)
        first = max(0, number - NEIGHBOURS)
        pitches = [one.pitch for one in line[first : number + NEIGHBOURS + 1]]
        return spell_line(pitches, self._plan.key)[number - first].name

    def _name_of_other(self, note: JudgedNote, place: JudgedStep, pitch: int) -> str:
        """Return the name of a pitch, spelled as if it started at a place of a note."""
        line, onsets = self._lines[note.voice], self._onsets[note.voice]
        earlier, later = bisect_left(onsets, place.step), bisect_right(onsets, place.step)
        before = [one.pitch for one in line[max(0, earlier - NEIGHBOURS) : earlier]]
        after = [one.pitch for one in line[later : later + NEIGHBOURS]]
        return spell_line([*before, pitch, *after], self._plan.key)[len(before)].name

    def _note_facts(self, note: JudgedNote) -> dict[str, Any]:
        return {
            "voice": VOICES[note.voice],
            "pitch": None if note.pitch == REST else note.pitch,
            "name": None if note.pitch == REST else self._name(note),
            "length_steps": note.length_steps,
            "nats_in_all": note.nats_in_all,
            **self._place_facts(note, note.start),
            "held": None if note.held is None else self._place_facts(note, note.held),
        }

    def _place_facts(self, note: JudgedNote, place: JudgedStep) -> dict[str, Any]:
        return {
            "step": place.step,
            "bar": self._plan.bar_at(place.step),
            "place": self._plan.place(place.step),
            "probability": place.probability,
            "nats": place.nats,
            "level": list(LEVELS)[find_level(place.probability)],
            "alternatives": [
                {
                    "kind": each.kind,
                    "pitch": None if each.kind != "note" else each.pitch,
                    "name": self._name_of_other(note, place, each.pitch)
                    if each.kind == "note"
                    else None,
                    "probability": each.probability,
                }
                for each in place.alternatives
            ],
        }


def format_percent(probability: float) -> str:
    """Format a probability, such as "62%", "3%", "0.3%" or "under 0.1%"."""
    hundredths = 100 * probability
    if 0 < hundredths < 0.1:
        return "under 0.1%"
    return f"{hundredths:.1f}%" if 0 < hundredths < 0.95 else f"{hundredths:.0f}%"
