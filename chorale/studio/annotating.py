"""Annotations of a score as JSON, which the page keeps with the notes and sends back unread.

Edits leave annotations as they are. Those that no longer fit the notes, such as a syllable whose
note was deleted, are left out where the score is shown, saved or composed from, and fit again if
the note comes back.
"""

from dataclasses import asdict, is_dataclass, replace
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from chorale.errors import OptionError
from chorale.music import REST, VOICES, Annotations, Chorale
from chorale.music.annotations import NO_ANNOTATIONS, SpelledNote
from chorale.music.inventory import count_kinds, describe_counts
from chorale.untrusted import require_int


def annotations_to_json(annotations: Annotations) -> dict[str, Any] | None:
    """Return annotations as JSON values; None if there are none."""
    return asdict(annotations) if annotations else None


def annotations_from_json(values: Any) -> Annotations:
    """Return the annotations of JSON values.

    Raises:
        OptionError: a value is missing, unknown or of another type, or a voice does not exist.
    """
    if values is None:
        return NO_ANNOTATIONS
    try:
        annotations: Annotations = _build(Annotations, values)
    except (KeyError, TypeError, ValueError) as error:
        raise OptionError(f"the page sent damaged annotations ({error})") from error
    voices = {one.voice for one in annotations.syllables}
    voices |= {one.voice for one in annotations.spellings}
    voices |= {one.voice for one in annotations.marks if one.voice is not None}
    if voices - set(range(len(VOICES))) or len(annotations.names) != len(VOICES):
        raise OptionError("the page sent annotations of voices that do not exist")
    return annotations


def fit_annotations(chorale: Chorale, annotations: Annotations) -> tuple[Chorale, list[str]]:
    """Give a chorale the annotations that fit its notes.

    A syllable fits where its voice sings, a spelling where its note is, all else within the length
    of the music.

    Returns:
        The chorale, and counts of those that do not fit, such as ["2 syllables"].
    """
    within = annotations.excerpt(0, chorale.plan.length_steps)
    sung = [one for one in within.syllables if chorale.pitches[one.step, one.voice] != REST]
    spelled = [one for one in within.spellings if _is_spelling_of(chorale, one)]
    fitting = replace(within, syllables=tuple(sung), spellings=tuple(spelled))
    return (
        replace(chorale, annotations=fitting),
        describe_counts(count_kinds(annotations) - count_kinds(fitting)),
    )


def _is_spelling_of(chorale: Chorale, spelled: SpelledNote) -> bool:
    """Return whether the note of a voice that starts at a step has the pitch of a spelling."""
    starts = chorale.onsets[spelled.step, spelled.voice]
    return bool(starts) and chorale.pitches[spelled.step, spelled.voice] == spelled.spelling.pitch


def _build(hint: Any, value: Any) -> Any:
    """Build the value of a type, a dataclass or a tuple of some, from JSON values.

    Raises:
        TypeError, ValueError: the value has another type, or a field is missing or unknown.
    """
    origin, parts = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return None if value is None else _build(parts[0], value)
    if origin is Literal:
        if value not in parts:
            raise ValueError(f"{str(value)[:40]!r} is none of {', '.join(map(str, parts))}")
        return value
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"{str(value)[:40]!r} is not a list")
        kinds = [parts[0]] * len(value) if parts[1:] == (...,) else parts
        return tuple(_build(kind, item) for kind, item in zip(kinds, value, strict=True))
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        return hint(**{name: _build(hints[name], each) for name, each in dict(value).items()})
    if hint is int:
        return require_int(value)
    if not isinstance(value, hint):
        raise TypeError(f"{str(value)[:40]!r} is not {hint.__name__}")
    return value
