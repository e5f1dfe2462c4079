"""Annotations counted by kind, for notices of what a score has and what is left out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from chorale.music.annotations import Annotations, MarkKind
from chorale.wording import count

_MARK_NOUNS: Mapping[str, str] = {
    "crescendo": "hairpin",
    "diminuendo": "hairpin",
    "breath": "breath mark",
    "tempo": "tempo word",
    "words": "direction",
    "rehearsal": "rehearsal mark",
    "fine": "Fine",
    "to coda": "To Coda",
    "da capo": "Da Capo",
    "dal segno": "Dal Segno",
}
_VOICE_NAME, _LABEL = "name of a voice", "label of harmony"
_PLURALS = {_VOICE_NAME: "names of voices", _LABEL: "labels of harmony"}


def name_kind(kind: MarkKind) -> str:
    """Return the noun of a kind of mark, such as "hairpin" for "crescendo"."""
    return _MARK_NOUNS.get(kind, kind)


def count_kinds(annotations: Annotations) -> Counter[str]:
    """Count the annotations, without spellings, by nouns in the singular: "chord symbol"."""
    counts = Counter(
        {
            "syllable": len(annotations.syllables),
            "chord symbol": len(annotations.chord_symbols),
            _LABEL: len(annotations.harmony_labels),
            "bass figure": len(annotations.bass_figures),
            "repeat": len(annotations.repeats),
            "ending": len(annotations.endings),
        }
    )
    counts.update(name_kind(mark.kind) for mark in annotations.marks)
    counts[_VOICE_NAME] = sum(map(bool, annotations.names))
    return +counts


def describe_counts(counts: Counter[str]) -> list[str]:
    """Describe counts of kinds, such as ["14 chord symbols", "1 repeat"]."""
    return [
        f"{number} {_PLURALS[noun]}" if noun in _PLURALS and number > 1 else count(number, noun)
        for noun, number in counts.items()
    ]


def describe_annotations(annotations: Annotations) -> list[str]:
    """Describe what a score has, such as ["2 verses (96 syllables)", "14 chord symbols"]."""
    others = describe_counts(count_kinds(replace(annotations, syllables=())))
    if not annotations.syllables:
        return others
    syllables = count(len(annotations.syllables), "syllable")
    return [f"{count(len(annotations.verses), 'verse')} ({syllables})", *others]
