"""A music file as voices on the grid, with notices of all changes and assumptions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chorale.errors import ReadingError
from chorale.music import MAX_STEPS, STEPS_PER_QUARTER, VOICES, Chorale, Plan
from chorale.music.voicings import SATB, Voicing
from chorale.reading.choosing import PartChoice, choose_part, choose_voices
from chorale.reading.facts import Facts
from chorale.reading.grid import QuantizedPart, quantize
from chorale.reading.guesses import describe_guesses, describe_owner, list_bar_places
from chorale.reading.left_out import describe_left_out
from chorale.reading.lines import (
    AmbiguousPartError,
    Separation,
    find_division,
    separate_lines,
)
from chorale.reading.names import list_voices
from chorale.reading.parts import (
    Part,
    check_simultaneous,
    combine_voices,
    list_part_names,
)
from chorale.reading.placing import place_annotations
from chorale.reading.staves import complete_voices
from chorale.reading.tracing import Trace
from chorale.reading.voices import assign_voices, select_parts
from chorale.wording import count, join_names


@dataclass(frozen=True)
class Reading:
    """A music file as it was read.

    Attributes:
        chorale: the voices of the file on the grid; other voices are silent.
        voices: places of the file's voices on the grid, by the names of SATB and in its order, at
            least one; `voice_names` has their own names.
        facts: metre, pickup, key and tempo as the file states them.
        change_notices: one line for each kind of change or assumption: parts left out, notes moved,
            unisons assumed.
        voice_notice: how lines were assigned to voices; empty if the names of several parts
            decided.
        voicing: the choir of the file.
        left_out_notice: kinds and numbers of the annotations that are not kept, such as "3 slurs
            left out"; empty if all are.
        by_name: whether names decided which line is which voice, not the order of the lines.
    """

    chorale: Chorale
    voices: tuple[str, ...]
    facts: Facts
    change_notices: tuple[str, ...]
    voice_notice: str = ""
    voicing: Voicing = SATB
    left_out_notice: str = ""
    by_name: bool = True

    @property
    def voice_names(self) -> tuple[str, ...]:
        """Names of the voices in the choir, such as "soprano 1", from the top."""
        return tuple(self.voicing.part_at(VOICES.index(place)).name for place in self.voices)

    @property
    def notices(self) -> list[str]:
        """All notices to print, one line each."""
        notices = [self.voice_notice, *self.change_notices, self.left_out_notice]
        return list(filter(None, notices))


def read_parts(
    parts: Sequence[Part],
    source: str,
    file: str,
    part: str | None,
    approximate: bool,
    voicing: Voicing | None = None,
    choices: Sequence[PartChoice] = (),
) -> Reading:
    """Read the parts of a file as voices.

    Args:
        parts: the parts of the file.
        source: the chorale's source.
        file: name of the file in messages.
        part: name, or number from 1, of the only part to read; None reads all.
        approximate: whether to approximate notes that do not fit the grid or four voices, with a
            notice, instead of refusing the file.
        voicing: the choir of the file; None to infer it from the names of the parts.
        choices: the parts that are voices; none to choose them by their names.

    Raises:
        OptionError: the choices do not fit the choir.
        ReadingError: the parts have no notes, the requested part does not exist, the choir has
            another number of voices, or notes are ambiguous or do not fit; the message gives their
            place in the music.
    """
    sounding = [each for each in parts if each.notes]
    if not sounding:
        reasons = join_names(list(dict.fromkeys(n for each in parts for n in each.notices)))
        raise ReadingError(
            f"{file} has no pitched notes{f' ({reasons})' if reasons else ''}; "
            "use a file with a melody in it"
        )
    several = len(sounding) > 1 and part is None and not choices
    if choices:
        chosen, others = choose_voices(sounding, choices, voicing, file)
        check_simultaneous(chosen, file)
    elif part is None:
        check_simultaneous(sounding, file)
        chosen, others = select_parts(sounding, voicing)
    else:
        chosen, others = [choose_part(sounding, part, file)], []
    facts = chosen[0].facts
    counting = facts.plan(MAX_STEPS)  # for counting bars and beats
    completed = complete_voices(chosen)
    quantized = [quantize(each) for each in completed.parts]
    notices = _describe_shifts(quantized, counting, file, approximate)
    notices += _describe_other_changes(quantized)
    lines: list[Part] = []
    on_grid = [each.part for each in quantized]
    completions = [Trace((), unisons) for unisons in completed.unisons]
    traces = list(zip(on_grid, completions, strict=True))
    chords = []
    for one, separation in zip(on_grid, _separate(on_grid), strict=True):
        if isinstance(separation, Separation):
            lines += separation.lines
            traces.append((one, separation.trace))
            continue
        if not approximate:
            raise ReadingError(
                f"{file}: {counting.place(int(separation.step))}{describe_owner(one)} has "
                f"{separation.problem}, so the voice of each note is not clear; write one voice a "
                f"part{', choose one part with --part' if several else ''} or keep the outermost "
                "note of each chord with --approximate"
            ) from separation
        lines.append(one)
        chords.append(f"the outermost note of each chord{describe_owner(one)} kept")
    notices += [*describe_guesses(traces, counting), *chords]
    by_names = part is None and not choices
    silent_names = [each.name for each in parts if by_names and not each.notes]
    assigned = assign_voices(lines, file, voicing, silent_names)
    others += assigned.left_out
    by_name = list({each.name.strip(): each for each in others}.values())  # a piano has two staves
    notices = [f"left out: {list_part_names(by_name)}" for _ in others[:1]] + notices
    silent = Part("", ())
    chorale = combine_voices([assigned.voices.get(name, silent) for name in VOICES], source, file)
    annotations, left_out = place_annotations(chorale, assigned.voices, parts, assigned.voicing)
    return Reading(
        replace(chorale, annotations=annotations),
        tuple(assigned.voices),
        facts,
        tuple(dict.fromkeys(notices)),
        assigned.notice,
        assigned.voicing,
        describe_left_out(left_out),
        assigned.by_name,
    )


def _separate(parts: Sequence[Part]) -> list[Separation | AmbiguousPartError]:
    """Separate parts into lines; where that is ambiguous, return the error.

    If there are more than four lines, several parts together, and some in a part that is named
    after one voice, that voice is divided, and the part ambiguous.
    """
    found: list[Separation | AmbiguousPartError] = []
    for part in parts:
        try:
            found.append(separate_lines(part))
        except AmbiguousPartError as error:
            found.append(error)
    lines = sum(len(each.lines) if isinstance(each, Separation) else 1 for each in found)
    if len(parts) == 1 or lines <= len(VOICES):
        return found
    return [
        find_division(part)
        if isinstance(each, Separation) and len(each.lines) > 1 and len(list_voices(part.name)) == 1
        else each
        for part, each in zip(parts, found, strict=True)
    ]


def _describe_shifts(
    quantized: Sequence[QuantizedPart], counting: Plan, file: str, approximate: bool
) -> list[str]:
    """Describe the notes that moved to the grid.

    Raises:
        ReadingError: some notes do not fit the grid, and `approximate` is false.
    """
    off_grid = sorted(step for each in quantized for step in each.off_grid)
    shown = list_bar_places([_beat_start(step, counting) for step in off_grid], counting)
    if off_grid and not approximate:
        raise ReadingError(
            f"{file} has notes between the sixteenths, such as triplets ({shown}); write them "
            "in sixteenths, or move them to the nearest with --approximate"
        )
    notices = [f"notes between the sixteenths moved to the nearest ({shown})"] if off_grid else []
    shifts = [distance for each in quantized for distance in each.shifts]
    if shifts:
        notices.append(
            f"{count(len(shifts), 'note')} moved to the nearest sixteenth, "
            f"by at most {float(max(shifts)):.2f} of a sixteenth"  # a shift may be a Fraction
        )
    return notices


def _beat_start(step: float, counting: Plan) -> int:
    """Return the first step of the quarter that contains a time, counted from the downbeat."""
    since_downbeat = math.floor(step) - counting.pickup_steps
    return since_downbeat - since_downbeat % STEPS_PER_QUARTER + counting.pickup_steps


def _describe_other_changes(quantized: Sequence[QuantizedPart]) -> list[str]:
    """Describe moved ends, ornaments left out, and repeat signs that are not kept."""
    moved_ends = sum(each.moved_ends for each in quantized)
    notices = (
        [f"ends of {count(moved_ends, 'note')} moved to the nearest sixteenth"]
        if moved_ends
        else []
    )
    ornaments = sum(each.part.ornaments for each in quantized)
    notices += [f"{count(ornaments, 'ornament')} left out"] if ornaments else []
    notices += [notice for each in quantized for notice in each.part.notices]
    if any(each.part.repeats for each in quantized):
        notices.append("repeat signs left out")
    return notices
