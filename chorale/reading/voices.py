"""Choose the parts that are voices, and assign their lines to the voices of a chorale.

Parts are chosen by their names, before their notes are looked at. If every voice has a part that is
named after it, alone or with others ("Women"), these parts are the voices, and all others are left
out: descants, second sopranos, instruments. Otherwise the parts named after instruments that
accompany (a piano, an organ) are left out, unless there are only such parts, as in a hymn for the
organ.

Lines are assigned to voices by the names of their parts, and lines without names by their order: a
single line is the soprano, two are soprano and bass, three are soprano, alto and bass. Lines of
which several are named after one voice (two sopranos and an alto) are ordered by their names, from
the top.
"""

from collections.abc import Sequence
from itertools import combinations

from chorale.errors import ReadingError
from chorale.music import VOICES
from chorale.reading.names import is_accompaniment, is_first, parse_voices, precedence
from chorale.reading.parts import Part, find_part, list_part_names
from chorale.wording import join_names

OUTER_FIRST = ("soprano", "bass", "alto", "tenor")


def select_parts(parts: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """Select, by their names, the parts of a file that are voices.

    Returns:
        The parts to read and the parts to leave out, both in score order.
    """
    chosen = _find_choir(parts)
    if not chosen:
        chosen = [part for part in parts if not is_accompaniment(part.name)] or list(parts)
    chosen_ids = set(map(id, chosen))  # parts may be equal
    return (
        [part for part in parts if id(part) in chosen_ids],
        [part for part in parts if id(part) not in chosen_ids],
    )


def _find_choir(parts: Sequence[Part]) -> list[Part]:
    """Return the parts named after the voices; empty if a voice has none.

    Parts of the same name, such as "Women", are the voices of one staff. They take precedence over
    a second soprano and a descant.
    """
    shared = [part for part in parts if len(parse_voices(part.name)) > 1]
    chosen: list[Part] = []
    for voice in VOICES:
        single = find_part(parts, voice)
        pair = next((part.name for part in shared if voice in parse_voices(part.name)), None)
        if single and (pair is None or is_first(single.name)):
            chosen.append(single)
        elif pair is not None:
            chosen += [part for part in shared if part.name == pair]
        else:
            return []
    return chosen


def assign_voices(lines: Sequence[Part], file: str) -> tuple[dict[str, Part], str]:
    """Assign lines to voices.

    Returns:
        The lines by the names of their voices, in SATB order; and a notice of how the lines were
        assigned, empty if the names of several parts decided.

    Raises:
        ReadingError: there are more than four lines.
    """
    if len(lines) > len(VOICES):
        raise ReadingError(
            f"{file} has {len(lines)} lines of notes ({list_part_names(lines)}); at most four can "
            "be read, or more if four are named Soprano, Alto, Tenor and Bass: leave out or rename "
            "the others, or choose one part with --part"
        )
    named = _name_lines(lines)
    if None not in named and len(set(named)) == len(lines):
        voices = {str(voice): line for voice, line in zip(named, lines, strict=True)}
        return _sort_voices(voices), f"read as {named[0]}, by its name" if len(lines) == 1 else ""
    voices = _assign_by_order(lines, named)
    lead = "one line, read" if len(lines) == 1 else f"{len(lines)} lines, read in order"
    return _sort_voices(voices), f"{lead} as {join_names(tuple(voices))}"


def _name_lines(lines: Sequence[Part]) -> list[str | None]:
    """Return the voice that each line is named after; None if its name leaves that open.

    Two lines named "Women" are soprano and alto; a single one is the soprano.
    """
    names = [line.name for line in lines]
    named: list[str | None] = []
    for place, name in enumerate(names):
        voices = parse_voices(name)
        if len(voices) > 1:
            shared = _outer_voices(voices, names.count(name))
            before = names[:place].count(name)
            named.append(shared[before] if before < len(shared) else None)
        else:
            named.append(voices[0] if voices else None)
    return named


def _assign_by_order(lines: Sequence[Part], named: Sequence[str | None]) -> dict[str, Part]:
    """Assign up to four lines, not all of which are named after voices of their own.

    If each is named after a voice, they are ordered by name, from the top. Otherwise the lines that
    alone are named after a voice are that voice, and the others are voices between them in score
    order, the outer ones first; if the names are not in score order, the voices that are free.
    """
    if None not in named:
        ranks = [
            (VOICES.index(str(voice)), precedence(line.name))
            for voice, line in zip(named, lines, strict=True)
        ]
        order = sorted(range(len(lines)), key=lambda place: ranks[place])
        outer = _outer_voices(VOICES, len(lines))
        return {outer[order.index(place)]: line for place, line in enumerate(lines)}
    names = [name if named.count(name) == 1 else None for name in named]
    for voices in _list_sets(len(lines)):
        if all(name in (None, voice) for name, voice in zip(names, voices, strict=True)):
            return dict(zip(voices, lines, strict=True))
    free = [voice for voice in VOICES if voice not in names]
    remaining = iter(_outer_voices(free, names.count(None)))
    return {name or next(remaining): line for name, line in zip(names, lines, strict=True)}


def _list_sets(number: int) -> list[tuple[str, ...]]:
    """List the sets of this number of voices, in SATB order, those with outer voices first."""
    sets = combinations(VOICES, number)
    return sorted(sets, key=lambda voices: sorted(map(OUTER_FIRST.index, voices)))


def _outer_voices(voices: Sequence[str], number: int) -> list[str]:
    """Return this number of voices, in their order: the soprano first, then the bass, the alto."""
    chosen = [voice for voice in OUTER_FIRST if voice in voices][:number]
    return [voice for voice in voices if voice in chosen]


def _sort_voices(voices: dict[str, Part]) -> dict[str, Part]:
    return {voice: voices[voice] for voice in VOICES if voice in voices}
