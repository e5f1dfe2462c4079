"""Accidentals and dynamics within text, which verovio would take from its own font."""

from xml.etree import ElementTree

from score_xml import four_voices

from chorale.music import Annotations
from chorale.music.annotations import ChordSymbol, Mark
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.pages import engrave


def test_accidentals_and_dynamics_are_letters_of_the_text_font() -> None:
    annotations = Annotations(
        chord_symbols=(
            ChordSymbol(0, ("B", -1)),
            ChordSymbol(4, ("F", 1), "half-diminished"),
            ChordSymbol(8, ("D", -2)),
        ),
        marks=(Mark("dynamic", 0, "p dolce"), Mark("dynamic", 16, "sempre mf")),
    )
    [page] = engrave(four_voices(2, annotations), Metadata(), RenderOptions())
    assert "Leipzig" not in page
    assert not any("\ue000" <= letter <= "\uf8ff" for letter in page)
    text = "".join(ElementTree.fromstring(page).itertext())  # noqa: S314  # our own
    joined = "".join(text.split())
    for part in ("B\u266d", "F\u266fm7\u266d5", "D\u266d\u266d", "pdolce", "sempremf"):
        assert part in joined
