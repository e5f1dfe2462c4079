"""Choose the parts that are voices, and assign their lines to the voices of a choir.

Parts are chosen by their names, before their notes are looked at. If every voice of SATB, or of
another choir, has a part that is named after it, alone or with others ("Women"), these parts are
the voices, and all others are left out: descants, second sopranos, instruments. Otherwise the parts
named after instruments that accompany (a piano, an organ) are left out, unless there are only such
parts, as in a hymn for the organ.

Lines are assigned to voices by the names of their parts (`chorale.reading.choirs`), or else by
their order. The lines of a choir that is given are its voices from the top. Otherwise a single line
is the soprano, two are soprano and bass, three are soprano, alto and bass. Lines of which several
are named after one voice, if they are no choir, are ordered by their names, from the top.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from chorale.errors import ReadingError
from chorale.music import VOICES
from chorale.music.voicings import SATB, Voicing
from chorale.reading.choirs import (
    OUTER_FIRST,
    has_second_voices,
    infer_voicing,
    name_lines,
    pick_voices,
)
from chorale.reading.names import (
    NamedVoice,
    is_accompaniment,
    is_first,
    list_voices,
    parse_voices,
    precedence,
)
from chorale.reading.parts import Part, find_part, list_part_names
from chorale.wording import count, join_names


@dataclass(frozen=True)
class Assignment:
    """Lines assigned to the voices of a choir.

    Attributes:
        voices: the lines by their places on the grid, which have the names of VOICES, in this
            order.
        voicing: the choir.
        notice: how the lines were assigned; empty if the names of several parts decided.
        left_out: lines that are none of the choir's voices.
        by_name: whether names decided, not the order of the lines.
    """

    voices: dict[str, Part]
    voicing: Voicing
    notice: str
    left_out: tuple[Part, ...] = ()
    by_name: bool = True


def select_parts(
    parts: Sequence[Part], voicing: Voicing | None = None
) -> tuple[list[Part], list[Part]]:
    """Select, by their names, the parts of a file that are voices.

    Args:
        parts: the parts with notes.
        voicing: the choir of the file; None if it is not given.

    Returns:
        The parts to read and the parts to leave out, both in score order.
    """
    chosen = _find_choir(parts) if voicing in (None, SATB) else []
    chosen = chosen or _find_other_choir(parts, voicing)
    if not chosen:
        chosen = [part for part in parts if not is_accompaniment(part.name)] or list(parts)
    chosen_ids = set(map(id, chosen))  # parts may be equal
    return (
        [part for part in parts if id(part) in chosen_ids],
        [part for part in parts if id(part) not in chosen_ids],
    )


def _find_choir(parts: Sequence[Part]) -> list[Part]:
    """Return the parts named after the voices of SATB; empty if a voice has none.

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


def _find_other_choir(parts: Sequence[Part], voicing: Voicing | None) -> list[Part]:
    """Return the parts named after the voices of a choir; empty if a voice has none.

    A choir that is not given is known by its second voices, if these names are all its voices.
    """
    voices: list[NamedVoice | None] = []
    owners: list[Part] = []
    names = [part.name for part in parts]
    for place, part in enumerate(parts):
        own: Sequence[NamedVoice | None] = list_voices(part.name)
        if names.count(part.name) > 1:  # the voices of a staff
            own = [name_lines(names)[place]]
        voices += own
        owners += [part] * len(own)
    if voicing is None:
        voicing = infer_voicing([voice for voice in voices if voice])
        if voicing is None or not has_second_voices(voicing):
            return []
    picked = pick_voices(voices, voicing).values()
    return list({id(owners[number]): owners[number] for number in picked}.values())


def assign_voices(
    lines: Sequence[Part],
    file: str,
    voicing: Voicing | None = None,
    silent_names: Sequence[str] = (),
) -> Assignment:
    """Assign lines to the voices of a choir.

    Args:
        lines: the lines, in score order.
        file: name of the file in messages.
        voicing: the choir; None to infer it from the names. The lines of SATB may be fewer than
            four.
        silent_names: names of parts without notes.

    Raises:
        ReadingError: there are more than four lines, or another number than the choir has voices.
    """
    named = name_lines([line.name for line in lines])
    silent = [own[0] for name in silent_names if len(own := list_voices(name)) == 1]
    choir = voicing or _infer_choir(named, silent)
    picked = {} if choir == SATB else pick_voices(named, choir)
    picked = picked or pick_voices([*named, *silent], choir)
    if choir != SATB and picked:
        found = {place: line for place, line in picked.items() if line < len(lines)}
        voices = {VOICES[place]: lines[line] for place, line in found.items()}
        left_out = tuple(line for at, line in enumerate(lines) if at not in found.values())
        names = join_names([choir.part_at(place).name for place in found])
        notice = "" if voicing else f"read as {choir.name}: {names}, by their names"
        return Assignment(voices, choir, notice, left_out)
    if choir != SATB:
        return _assign_from_top(lines, named, choir, file)
    if len(lines) > len(VOICES):
        raise ReadingError(
            f"{file} has {len(lines)} lines of notes ({list_part_names(lines)}); at most four can "
            "be read, or more if four are named Soprano, Alto, Tenor and Bass: leave out or rename "
            "the others, or choose one part with --part"
        )
    kinds = [voice.kind if voice else None for voice in named]
    if None not in kinds and len(set(kinds)) == len(lines):
        voices = {str(kind): line for kind, line in zip(kinds, lines, strict=True)}
        notice = f"read as {kinds[0]}, by its name" if len(lines) == 1 else ""
        return Assignment(_sort_voices(voices), SATB, notice)
    voices = _assign_by_order(lines, kinds)
    notice = _describe_order(tuple(voices))
    return Assignment(_sort_voices(voices), SATB, notice, by_name=False)


def _infer_choir(named: Sequence[NamedVoice | None], silent: Sequence[NamedVoice]) -> Voicing:
    """Infer the choir of lines; silent parts belong to it, unless its second voices decide."""
    inferred = infer_voicing([*named, *silent]) or infer_voicing(named)
    if inferred is None or not (has_second_voices(inferred) or infer_voicing([*named, *silent])):
        return SATB
    return inferred


def _assign_from_top(
    lines: Sequence[Part], named: Sequence[NamedVoice | None], voicing: Voicing, file: str
) -> Assignment:
    """Assign the lines of a choir from the top: by their names if all have one, else in order.

    Raises:
        ReadingError: there are more lines, or fewer, than the choir has voices.
    """
    if len(lines) != len(voicing.parts):
        raise ReadingError(
            f"{file} has {count(len(lines), 'line')} of notes ({list_part_names(lines)}), and "
            f"{voicing.description} has {len(voicing.parts)} voices; name the parts after the "
            "voices, or choose another --voicing"
        )
    order = list(range(len(lines)))
    ranks = [voice.rank for voice in named if voice]
    if len(ranks) == len(lines):
        order.sort(key=ranks.__getitem__)
    voices = {
        VOICES[part.voice]: lines[line] for part, line in zip(voicing.parts, order, strict=True)
    }
    notice = _describe_order(voicing.names)
    return Assignment(voices, voicing, notice, by_name=len(ranks) == len(lines))


def _describe_order(names: Sequence[str]) -> str:
    lead = "one line, read" if len(names) == 1 else f"{len(names)} lines, read in order"
    return f"{lead} as {join_names(names)}"


def _assign_by_order(lines: Sequence[Part], named: Sequence[str | None]) -> dict[str, Part]:
    """Assign up to four lines, not all of which are named after voices of their own.

    If each is named after a voice, they are ordered by name, from the top; two sopranos are soprano
    and alto. Otherwise the lines that alone are named after a voice are that voice, and the others
    are voices between them in score order, the outer ones first; if the names are not in score
    order, the voices that are free.
    """
    if None not in named:
        ranks = [
            (VOICES.index(str(voice)), precedence(line.name))
            for voice, line in zip(named, lines, strict=True)
        ]
        order = sorted(range(len(lines)), key=lambda place: ranks[place])
        outer = _outer_voices(VOICES, len(lines))
        if set(named) == {VOICES[0]}:
            outer = list(VOICES[: len(lines)])
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
