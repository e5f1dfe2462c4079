"""Annotations counted by kind."""

from chorale.music import NO_ANNOTATIONS, Annotations
from chorale.music.annotations import ChordSymbol, Ending, Mark, Repeat, Syllable
from chorale.music.inventory import count_kinds, describe_annotations, describe_counts


def test_annotations_are_counted_by_kind() -> None:
    one = Annotations(
        syllables=(Syllable(0, 0, 1, "a"), Syllable(0, 4, 1, "b")),
        chord_symbols=(ChordSymbol(0, None),),
        endings=(Ending(0, 8, (1,)),),
        marks=(Mark("crescendo", 0, end_step=4), Mark("diminuendo", 4, end_step=8)),
        names=("Canto", "", "", "Basso"),
    )
    assert describe_counts(count_kinds(one)) == [
        "2 syllables",
        "1 chord symbol",
        "1 ending",
        "2 hairpins",
        "2 names of voices",
    ]
    assert not count_kinds(NO_ANNOTATIONS)


def test_counts_can_be_subtracted() -> None:
    marks = tuple(Mark("breath", step) for step in (4, 8, 12))
    lost = count_kinds(Annotations(marks=marks)) - count_kinds(Annotations(marks=marks[:1]))
    assert describe_counts(lost) == ["2 breath marks"]


def test_annotations_are_described_by_kind_and_count() -> None:
    one = Annotations(
        syllables=(Syllable(0, 0, 1, "a"), Syllable(0, 0, 2, "b"), Syllable(0, 4, 2, "c")),
        chord_symbols=(ChordSymbol(0, ("G", 0)),),
        repeats=(Repeat(0, 16), Repeat(16, 32)),
        marks=(Mark("crescendo", 0, end_step=4), Mark("diminuendo", 4, end_step=8)),
        names=("Canto", "", "", ""),
    )
    assert describe_annotations(one) == [
        "2 verses (3 syllables)",
        "1 chord symbol",
        "2 repeats",
        "2 hairpins",
        "1 name of a voice",
    ]
    assert describe_annotations(NO_ANNOTATIONS) == []
