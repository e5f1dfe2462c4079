"""Compare the given voices of an exercise with those of its solution.

Given are the notes of the exercise; its rests and the voices that it lacks are for the solver to
fill. A given note is kept if the solution's voice has a note of the same pitch, onset and length.

Voices are compared by name if the parts of the exercise are named after voices. Otherwise, since
the reader of a single unnamed line takes it for a soprano, they are compared with the voices of the
solution that they agree with most. Music without a pickup in one of the files, and with one in the
other, is compared from bar 1 on if it agrees better there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from chorale.analysis import estimate_key
from chorale.errors import OptionError
from chorale.music import REST, STEPS_PER_QUARTER, Chorale, Note, notes
from chorale.music.spelling import Spelling, spell_line
from chorale.wording import count, join_names


@dataclass(frozen=True)
class Alteration:
    """A given note that a solution does not keep.

    Attributes:
        voice: voice of the solution, 0 to 3.
        step: step of the solution at which the given note starts.
        given: the given note, spelled, such as "C4"; with its length if only that was altered.
        found: the notes in its place, or "rest".
    """

    voice: int
    step: int
    given: str
    found: str


@dataclass(frozen=True)
class Comparison:
    """The given voices of an exercise in its solution.

    Attributes:
        voices: voices of the solution that were given, 0 to 3.
        notes: number of given notes.
        alterations: given notes that were not kept, in order of time.
    """

    voices: tuple[int, ...]
    notes: int
    alterations: tuple[Alteration, ...]


@dataclass(frozen=True)
class _Alignment:
    """Voices of a solution by those of the exercise, and the steps by which it starts later."""

    voices: Mapping[int, int]
    offset_steps: int


def compare_given(solution: Chorale, exercise: Chorale, by_name: bool) -> Comparison:
    """Compare the given voices of an exercise with those of a solution.

    Args:
        solution: the solution.
        exercise: the exercise, in which a voice that is not given has no notes.
        by_name: whether the voices of the exercise are known by the names of its parts.

    Raises:
        OptionError: the exercise has more voices than the solution.
    """
    alignment = _align(solution, exercise, by_name)
    alterations: list[Alteration] = []
    given = 0
    for voice, own_voice in alignment.voices.items():
        line = notes(exercise, voice)
        given += len(line)
        alterations += _find_alterations(solution, own_voice, line, alignment.offset_steps)
    alterations.sort(key=lambda each: (each.step, each.voice))
    return Comparison(tuple(alignment.voices.values()), given, tuple(alterations))


def _align(solution: Chorale, exercise: Chorale, by_name: bool) -> _Alignment:
    """Choose the alignment in which most given steps agree; raises as `compare_given`."""
    given, present = _list_voices(exercise), _list_voices(solution)
    if len(given) > len(present):
        raise OptionError(
            f"the exercise gives {count(len(given), 'voice')}, and the music has {len(present)}; "
            "compare it with an exercise of its own voices"
        )
    choices: Sequence[Sequence[int]] = list(combinations(present, len(given)))
    if by_name:
        choices = [given]
    shift = solution.plan.pickup_steps - exercise.plan.pickup_steps
    alignments = [
        _Alignment(dict(zip(given, chosen, strict=True)), offset)
        for offset in dict.fromkeys((0, shift))
        for chosen in choices
    ]
    return max(alignments, key=lambda each: _count_agreeing(solution, exercise, each))


def _list_voices(chorale: Chorale) -> list[int]:
    return [int(voice) for voice in np.flatnonzero(chorale.onsets.any(axis=0))]


def _count_agreeing(solution: Chorale, exercise: Chorale, alignment: _Alignment) -> int:
    """Count the given steps at which the solution has the same pitch."""
    steps = np.arange(exercise.plan.length_steps)
    own_steps = steps + alignment.offset_steps
    within = (own_steps >= 0) & (own_steps < solution.plan.length_steps)
    agreeing = 0
    for voice, own_voice in alignment.voices.items():
        given = exercise.pitches[steps[within], voice]
        found = solution.pitches[own_steps[within], own_voice]
        agreeing += int(((given != REST) & (given == found)).sum())
    return agreeing


def _find_alterations(
    solution: Chorale, voice: int, given: Sequence[Note], offset_steps: int
) -> Iterator[Alteration]:
    """Yield the given notes that a voice of the solution does not keep."""
    key = solution.plan.key or estimate_key(solution)
    own = notes(solution, voice)
    own_names = [each.name for each in spell_line([note.pitch for note in own], key)]
    given_spellings = spell_line([note.pitch for note in given], key)
    for note, spelling in zip(given, given_spellings, strict=True):
        start = note.onset_step + offset_steps
        wanted = Note(note.pitch, start, note.length_steps)
        places = [
            place
            for place, each in enumerate(own)
            if each.onset_step < start + note.length_steps
            and start < each.onset_step + each.length_steps
        ]
        found = [own[place] for place in places]
        if found != [wanted]:
            names = [own_names[place] for place in places]
            texts = _describe(wanted, spelling, found, names)
            yield Alteration(voice, max(0, start), *texts)


def _describe(
    given: Note, spelling: Spelling, found: Sequence[Note], names: Sequence[str]
) -> tuple[str, str]:
    """Describe a given note and the notes in its place; with lengths if only these differ."""
    if not found:
        return spelling.name, "rest"
    if any(note.pitch != given.pitch for note in found):
        return spelling.name, join_names(names)
    if len(found) == 1 and found[0].length_steps == given.length_steps:
        return spelling.name, f"{names[0]}, which starts {_describe_distance(found[0], given)}"
    lengths = [
        f"{name} of {_describe_length(note)}" for name, note in zip(names, found, strict=True)
    ]
    return f"{spelling.name} of {_describe_length(given)}", join_names(lengths)


def _describe_length(note: Note) -> str:
    return count(note.length_steps / STEPS_PER_QUARTER, "quarter")


def _describe_distance(found: Note, given: Note) -> str:
    steps = found.onset_step - given.onset_step
    direction = "later" if steps > 0 else "earlier"
    return f"{count(abs(steps) / STEPS_PER_QUARTER, 'quarter')} {direction}"
