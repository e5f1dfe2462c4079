"""Names of staves and their abbreviations."""

import pytest
from score_xml import four_voices, score_root

from chorale.music import Annotations
from chorale.music.voicings import SATB
from chorale.rendering.score.part_names import abbreviate_staff, name_staff


@pytest.mark.parametrize(
    ("names", "voices", "name", "abbreviation"),
    [
        (("", "", "", ""), (0, 1), "Soprano, Alto", "SA"),
        (("", "", "", ""), (2,), "Tenor", "T"),
        (("Sopran", "Alt", "", ""), (0, 1), "Sopran, Alt", "SA"),
        (("Soprano 1", "Soprano 2", "", ""), (0, 1), "Soprano 1, Soprano 2", "S1, S2"),
        (("Tenor II", "", "", ""), (0,), "Tenor II", "TII"),
        (("Frauen", "Frauen", "", ""), (0, 1), "Frauen", "F"),
        (("Descant", "Discant", "", ""), (0, 1), "Descant, Discant", "Des., Dis."),
        (("音", "*", "", ""), (0, 1), "音, *", "音*"),
        (("", "", "Mezzo Soprano", ""), (2,), "Mezzo Soprano", "MS"),
    ],
)
def test_a_staff_has_the_names_of_its_voices(
    names: tuple[str, ...], voices: tuple[int, ...], name: str, abbreviation: str
) -> None:
    annotations = Annotations(names=names)
    parts = [SATB.part_at(voice) for voice in voices]
    assert name_staff(annotations, parts) == name
    assert abbreviate_staff(annotations, parts, SATB.parts) == abbreviation


def test_names_stand_in_the_part_list_and_letters_that_xml_cannot_hold_are_replaced() -> None:
    root = score_root(four_voices(1, Annotations(names=("Sopran", "Alt\x01", "", "Bass"))))
    assert [name.text for name in root.iter("part-name")] == ["Sopran, Alt?", "Tenor, Bass"]
    assert [name.text for name in root.iter("part-abbreviation")] == ["SA", "TB"]
