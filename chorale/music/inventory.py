"""Annotations counted by kind, to report what is left out."""

from collections import Counter

from chorale.music.annotations import MARK_NOUNS, Annotations
from chorale.wording import count


def count_kinds(annotations: Annotations) -> Counter[str]:
    """Count the annotations, without spellings, by nouns in the singular: "chord symbol"."""
    counts = Counter(
        {
            "syllable": len(annotations.syllables),
            "chord symbol": len(annotations.chord_symbols),
            "repeat": len(annotations.repeats),
            "ending": len(annotations.endings),
        }
    )
    counts.update(MARK_NOUNS.get(mark.kind, mark.kind) for mark in annotations.marks)
    counts["name of a voice"] = sum(map(bool, annotations.names))
    return +counts


def describe_counts(counts: Counter[str]) -> list[str]:
    """Describe counts of kinds, such as ["14 chord symbols", "1 repeat"]."""
    plural = {"name of a voice": "names of voices"}
    return [
        f"{number} {plural[noun]}" if number > 1 and noun in plural else count(number, noun)
        for noun, number in counts.items()
    ]
