"""Words and marks of a part, before its notes are voices of a chorale."""

from dataclasses import dataclass

from chorale.music.annotations import Mark


@dataclass(frozen=True)
class PartSyllable:
    """A syllable as a file has it: its start in steps, not rounded, and see `Syllable`."""

    start: float
    verse: int
    text: str
    hyphen: bool = False


@dataclass(frozen=True)
class Texts:
    """Words of a part, in order of time, and marks of the whole score."""

    syllables: tuple[PartSyllable, ...] = ()
    marks: tuple[Mark, ...] = ()


NO_TEXTS = Texts()
