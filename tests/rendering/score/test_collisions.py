"""Chord symbols and the brackets of endings in engraved scores."""

from xml.etree import ElementTree

from score_xml import four_voices

from chorale.music import Annotations
from chorale.music.annotations import ChordSymbol, Ending, Mark, Repeat, Syllable
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.collisions import has_collision, insert_spacers, remove_spacers
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.score.pages import _run_verovio, engrave

# Dynamics and words under the last chord symbol raise the others.
ANNOTATIONS = Annotations(
    syllables=(Syllable(0, 0, 1, "la"),),
    chord_symbols=(ChordSymbol(0, ("C", 0)), ChordSymbol(16, ("F", 0)), ChordSymbol(48, ("G", 0))),
    repeats=(Repeat(0, 32),),
    endings=(Ending(16, 32, (1,)), Ending(32, 48, (2,))),
    marks=(Mark("da capo", 48, "D.C. al Fine"), Mark("dynamic", 48, "f")),
)
CHORALE = four_voices(4, ANNOTATIONS)


def test_a_chord_symbol_that_verovio_draws_into_a_bracket_is_found_and_avoided() -> None:
    music = musicxml_bytes(CHORALE, Metadata()).decode()
    assert has_collision(_run_verovio(music, {}))
    pages = engrave(CHORALE, Metadata(), RenderOptions())
    assert not has_collision(pages)
    assert all("\N{BROKEN BAR}" not in page for page in pages)


def test_spacers_stand_under_the_chord_symbols_of_endings_only() -> None:
    music = musicxml_bytes(CHORALE, Metadata()).decode()
    spaced = insert_spacers(music, 2)
    assert spaced.count("<words>\N{BROKEN BAR}</words>") == 2
    [page] = _run_verovio(spaced, {})
    assert page.count("\N{BROKEN BAR}") == 2
    removed = remove_spacers(page)
    assert "\N{BROKEN BAR}" not in removed
    assert ElementTree.fromstring(removed).tag.endswith("svg")  # noqa: S314  # our own


def test_pages_without_brackets_have_no_collision() -> None:
    plain = four_voices(4, Annotations(chord_symbols=ANNOTATIONS.chord_symbols))
    assert not has_collision(engrave(plain, Metadata(), RenderOptions()))
