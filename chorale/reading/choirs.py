"""The voices of a choir among the lines of a file, by the names of the parts.

A choir such as SSA or TTBB is inferred if the names list its voices and no others: "Soprano 1",
"Soprano 2", "Alto". A choir that is given takes its voices from among more. Voices of one kind are
ordered by their numbers, and a mezzo-soprano is below a soprano, a baritone above a bass.
"""

from collections import Counter
from collections.abc import Sequence

from chorale.music.voicings import VOICINGS, Voicing
from chorale.reading.names import NamedVoice, list_voices

OUTER_FIRST = ("soprano", "bass", "alto", "tenor")


def name_lines(names: Sequence[str]) -> list[NamedVoice | None]:
    """Return the voice that each line is named after; None if its name leaves that open.

    Lines of one name share its voices in their order: two lines named "Women" are soprano and alto.
    A single one is the outer voice of its name.
    """
    named: list[NamedVoice | None] = []
    for place, name in enumerate(names):
        voices, lines = list_voices(name), names.count(name)
        if 1 < len(voices) > lines:
            voices = _keep_outer(voices, lines)
        before = names[:place].count(name) if len(voices) > 1 or not voices else 0
        named.append(voices[before] if before < len(voices) else None)
    return named


def infer_voicing(named: Sequence[NamedVoice | None]) -> Voicing | None:
    """Infer the choir from the voices that lines are named after; None if they leave it open.

    They do so if a line has no voice of its own ("Women"), if no choir has just these kinds of
    voices, and if a second voice has no first one.
    """
    voices = [voice for voice in named if voice is not None]
    if len(voices) < len(named) or any(voice.by_group for voice in voices):
        return None
    kinds = Counter(voice.kind for voice in voices)
    for voicing in VOICINGS.values():
        if kinds == _count_kinds(voicing):
            paired = all(voice.number <= 1 for voice in voices if kinds[voice.kind] == 1)
            return voicing if paired else None
    return None


def has_second_voices(voicing: Voicing) -> bool:
    """Check whether a choir has two voices of one kind, which no other names have."""
    return max(_count_kinds(voicing).values()) > 1


def pick_voices(named: Sequence[NamedVoice | None], voicing: Voicing) -> dict[int, int]:
    """Pick the voices of a choir among lines by the voices that they are named after.

    Of more voices of a kind than the choir has, the first are picked.

    Returns:
        The number of the line, from 0, by the voice of the grid, 0 to 3; empty if one is missing.
    """
    picked: dict[int, int] = {}
    for kind, number in _count_kinds(voicing).items():
        lines = [(voice, line) for line, voice in enumerate(named) if voice and voice.kind == kind]
        best = sorted(lines, key=lambda each: each[0].preference)[:number]
        if len(best) < number:
            return {}
        best.sort(key=lambda each: (each[0].rank, each[1]))
        places = [part.voice for part in voicing.parts if part.kind == kind]
        picked |= {place: line for place, (_, line) in zip(places, best, strict=True)}
    return dict(sorted(picked.items()))


def _count_kinds(voicing: Voicing) -> Counter[str]:
    return Counter(part.kind for part in voicing.parts)


def _keep_outer(voices: Sequence[NamedVoice], number: int) -> tuple[NamedVoice, ...]:
    """Return this number of voices, in their order, the outer ones first."""
    order = sorted(
        range(len(voices)),
        key=lambda place: (voices[place].number > 1, OUTER_FIRST.index(voices[place].kind)),
    )
    return tuple(voices[place] for place in sorted(order[:number]))
