"""What directions mean."""

import pytest
from scores import direction, element, words

from chorale.music.annotations import MarkKind
from chorale.reading.directions import Direction, read_direction


def read(text: str) -> Direction:
    return read_direction(element(text))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("D.C. al Fine", "da capo"),
        ("D. C.", "da capo"),
        ("DC al Coda", "da capo"),
        ("Da Capo", "da capo"),
        ("D.S. al Fine", "dal segno"),
        ("Dal segno al coda", "dal segno"),
        ("Fine", "fine"),
        ("FINE.", "fine"),
        ("To Coda", "to coda"),
        ("al Coda", "to coda"),
        ("Coda", "coda"),
        ("Andante", "tempo"),
        ("rit.", "tempo"),
        ("dolce", "words"),
        ("Refrain", "words"),
        ("D.C.L.", "da capo"),
        ("Finer", "words"),
    ],
)
def test_words_are_classified_by_what_they_mean(text: str, kind: MarkKind) -> None:
    assert read(words(text)).marks == ((kind, text),)


TO_CODA, DAL_SEGNO = "<sound tocoda='coda'/>", "<sound dalsegno='segno'/>"
FINE, NO_FINE = "<sound fine='yes'/>", "<sound fine='no'/>"


@pytest.mark.parametrize(
    ("inside", "sound", "marks"),
    [
        ("<segno/>", "", [("segno", "")]),
        ("<coda/>", "", [("coda", "")]),
        ("<coda/>", TO_CODA, [("to coda", "")]),
        ("<segno/>", "<sound segno='segno'/>", [("segno", "")]),
        ("<words>To </words><coda/>", "", [("to coda", "To Coda")]),
        ("<words>D.S. al</words><coda/>", "", [("dal segno", "D.S. al Coda")]),
        ("<words>D.C.</words><words>al Fine</words>", "", [("da capo", "D.C. al Fine")]),
        ("<words>From the sign</words>", DAL_SEGNO, [("dal segno", "From the sign")]),
        ("<words>Ende</words>", FINE, [("fine", "Ende")]),
        ("<words>Ende</words>", NO_FINE, [("words", "Ende")]),
        ("<words>Slow</words>", FINE, [("tempo", "Slow"), ("fine", "Fine")]),
        ("<words>With spirit</words>", "<sound tempo='90'/>", [("tempo", "With spirit")]),
        ("<words>più</words><dynamics><p/></dynamics>", "", [("dynamic", "p"), ("words", "più")]),
        ("<dynamics><other-dynamics>più f</other-dynamics></dynamics>", "", [("dynamic", "più f")]),
        ("<rehearsal>A</rehearsal>", "", [("rehearsal", "A")]),
        ("<words> </words>", "", []),
    ],
)
def test_signs_words_and_sounds_are_read_together(
    inside: str, sound: str, marks: list[tuple[MarkKind, str]]
) -> None:
    assert list(read(direction(inside, sound)).marks) == marks


def test_a_sound_alone_has_the_usual_words() -> None:
    assert read("<sound dacapo='yes'/>").marks == (("da capo", "D.C."),)
    assert read("<sound dacapo='yes'/>").exact
    assert not read(words("D.C.")).exact


@pytest.mark.parametrize(
    ("text", "marks"), [("Andante (q = 72)", (("tempo", "Andante"),)), ("q = 72", ())]
)
def test_a_tempo_in_words_sets_the_tempo(
    text: str, marks: tuple[tuple[MarkKind, str], ...]
) -> None:
    assert (read(words(text)).tempo, read(words(text)).marks) == (True, marks)
    assert not read(words("Andante")).tempo


def test_hairpins_begin_and_end_by_their_number() -> None:
    wedges = [f"<wedge type='{kind}' number='2'/>" for kind in ("crescendo", "stop", "continue")]
    assert [read(direction(wedge)).hairpins for wedge in wedges] == [
        (("2", "crescendo"),),
        (("2", None),),
        (),
    ]


def test_what_is_not_kept_is_listed() -> None:
    other = "<pedal type='start'/><pedal type='stop'/><octave-shift type='up'/><damp/><eyeglasses/>"
    left_out = ("pedal mark", "octave line", "playing sign", "playing sign")
    assert read(direction(other)).left_out == left_out
    long = read(words("la " * 500))
    assert (long.marks, long.left_out) == ((), ("long text",))
