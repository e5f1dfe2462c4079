"""What a person's file says, as voices on the grid, with an account of what that took."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chorale.errors import ReadingError
from chorale.music import STEPS_PER_QUARTER, VOICES, Chorale, Plan
from chorale.reading.grid import Gridded, on_grid
from chorale.reading.lines import AmbiguousPartError, lines_of, voices_of
from chorale.reading.parts import Facts, Part, chorale_of_voices, names_of
from chorale.wording import join_names

PLACES_NAMED = 3  # of those where something is wrong


@dataclass(frozen=True)
class Reading:
    """What a file says.

    Attributes:
        chorale: its voices on the grid; those that it does not have are silent.
        voices: names of the voices that it has, in SATB order, at least one.
        facts: what it says of metre, pickup, key and tempo, and what it does not say.
        remarks: one line each about what was moved or left out of the voices.
        how: how it was told which voices these are, and which parts are left out; empty if the
            names of several parts tell it.
    """

    chorale: Chorale
    voices: tuple[str, ...]
    facts: Facts
    remarks: tuple[str, ...]
    how: str = ""

    @property
    def told(self) -> list[str]:
        """All that is to be told of it, a line each."""
        return list(filter(None, [self.how, *self.remarks]))


def reading_of_parts(
    parts: Sequence[Part], source: str, file: str, wanted: str | None, approximate: bool
) -> Reading:
    """Read the parts of a file; see `chorale.reading.read_music`."""
    sounding = [part for part in parts if part.notes]
    if not sounding:
        raise ReadingError(f"{file} has no notes of a pitch; bring a file with a tune in it")
    several = len(sounding) > 1 and wanted is None
    chosen = sounding if wanted is None else [_part(sounding, wanted, file)]
    facts = chosen[0].facts
    where = Plan(1, facts.metre, facts.pickup_steps or 0)
    gridded = [on_grid(part) for part in chosen]
    remarks = [*_moved(gridded, where, file, approximate), *_changed(gridded)]
    lines: list[Part] = []
    for each in gridded:
        try:
            lines += lines_of(each.part)
        except AmbiguousPartError as error:
            place = where.place(int(error.step))
            if not approximate:
                raise ReadingError(
                    f"{file}: {place}{_of(each.part)} has {error.what}, and which voice each note "
                    "is in cannot be told; write a voice a part"
                    f"{', choose one part with --part' if several else ''} or, "
                    "for the outermost note wherever there are several, use --approximate"
                ) from error
            lines.append(each.part)
            remarks.append(f"of several notes at once{_of(each.part)} the outermost are kept")
    voices, how = voices_of(lines, file)
    silent = Part("", ())
    chorale = chorale_of_voices([voices.get(name, silent) for name in VOICES], source, file)
    return Reading(chorale, tuple(voices), facts, tuple(dict.fromkeys(remarks)), how)


def _part(parts: Sequence[Part], wanted: str, file: str) -> Part:
    """The part of a name, or of a number from 1."""
    word = wanted.strip().lower()
    for part in parts:
        if part.name.strip().lower() == word:
            return part
    if word.isascii() and word.isdigit() and 1 <= int(word) <= len(parts):
        return parts[int(word) - 1]
    numbered = [
        replace(part, name=f"{n} {part.name.strip()}") for n, part in enumerate(parts, start=1)
    ]
    raise ReadingError(
        f"{file} has no part {wanted}; choose one by name or number: {names_of(numbered)}"
    )


def _moved(gridded: Sequence[Gridded], where: Plan, file: str, approximate: bool) -> list[str]:
    """What the grid moved, in words.

    Raises:
        ReadingError: it cannot hold some notes, and approximations are not wanted.
    """
    unheld = sorted(step for each in gridded for step in each.unheld)
    places = list(dict.fromkeys(where.place(_beat_of(step, where)) for step in unheld))
    named = "; ".join(places[:PLACES_NAMED])
    if len(places) > PLACES_NAMED:
        named += f"; and {len(places) - PLACES_NAMED} more"
    if unheld and not approximate:
        raise ReadingError(
            f"{file} has notes between the sixteenths, such as triplets have ({named}); write them "
            "in sixteenths or, for the nearest ones, use --approximate"
        )
    remarks = [f"notes between the sixteenths went to the nearest ({named})"] if unheld else []
    moved = [distance for each in gridded for distance in each.moved]
    if moved:
        remarks.append(
            f"{_count(len(moved), 'note')} moved to the nearest sixteenth, "
            f"by at most {float(max(moved)):.2f} of one"  # it may be a Fraction
        )
    return remarks


def _beat_of(step: float, where: Plan) -> int:
    """The step at which the quarter begins that a time lies in, counted from the downbeat."""
    since = math.floor(step) - where.pickup_steps
    return since - since % STEPS_PER_QUARTER + where.pickup_steps


def _changed(gridded: Sequence[Gridded]) -> list[str]:
    """What else is not as the file has it, in words."""
    drawn = sum(each.drawn for each in gridded)
    remarks = [f"ends of {_count(drawn, 'note')} drawn to the sixteenths"] if drawn else []
    ornaments = sum(each.part.ornaments for each in gridded)
    remarks += [f"{_count(ornaments, 'ornament')} left out"] if ornaments else []
    left_out = list(dict.fromkeys(what for each in gridded for what in each.part.left_out))
    remarks += [f"{join_names(left_out)} left out"] if left_out else []
    if any(each.part.repeats for each in gridded):
        remarks.append("repeat signs are not played out")
    return remarks


def _of(part: Part) -> str:
    return f" of {part.name.strip()}" if part.name.strip() else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
