"""Rolls and scores coloured by how likely each note is."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from explanations import explanation_of
from made_up import made_up_chorale
from rich.text import Text

from chorale.judging.explaining import Alternative
from chorale.music import VOICES, Chorale, Metre, Plan, from_pitches, notes
from chorale.reading import read_music
from chorale.rendering.formats import render
from chorale.rendering.metadata import Metadata
from chorale.rendering.pictures.colours import LEVEL_BACKGROUNDS, LEVEL_COLOURS
from chorale.rendering.pictures.terminal_roll import RollStyle
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.reports.likelihood_roll import (
    colour_score,
    describe_levels,
    draw_likelihood_roll,
)

BETTER = (Alternative("note", 60, 0.4),)
# a possible onset of the soprano, an unlikely one of the alto, a surprising one of the bass, and a
# hold in the tenor that is unlikely
JUDGEMENTS = {
    (0, 0): (0.2, BETTER),
    (1, 4): (0.05, BETTER),
    (3, 4): (0.001, BETTER),
    (2, 6): (0.02, BETTER),
}
LEVELS_OF_NOTES = [[1, 0], [0, 2], [0, 0], [0, 3]]


def two_chords() -> Chorale:
    """Two chords of a quarter; in the second alto and tenor meet."""
    pitches = np.repeat([[72, 67, 64, 48], [71, 65, 65, 43]], 4, axis=0).astype(np.int16)
    return from_pitches(pitches, Plan(8, Metre(2, 4)))


def drawn(colour: bool) -> list[Text]:
    """A roll of two chords."""
    style = RollStyle(60, colour, colours=LEVEL_BACKGROUNDS)
    return draw_likelihood_roll(two_chords(), explanation_of(two_chords(), JUDGEMENTS), style)


def row(lines: list[Text], name: str) -> Text:
    [found] = [line for line in lines if line.plain.startswith(name)]
    return found


def backgrounds(line: Text) -> list[str | None]:
    """Background of each column of a row, after its name and bar line."""
    found: list[str | None] = [None] * len(line.plain)
    for span in line.spans:
        if background := re.search("on (#......)", str(span.style)):
            found[span.start : span.end] = [background[1]] * (span.end - span.start)
    return found[4:12]


def test_without_colours_signs_stand_where_a_note_is_less_than_likely():
    lines = drawn(colour=False)
    cells = [row(lines, name).plain[4:12] for name in ("C5", "B4", "F4", "E4", "C3", "G2")]
    assert cells == ["~sss·   ", "·   Ssss", "·   ?a?a", "Tttt·   ", "Bbbb·   ", "·   !bbb"]
    legend = "\n".join(line.plain for line in lines[-4:])
    assert "S likely  ~ possible (under 50%)  ? unlikely (under 10%)" in legend
    assert "! surprising (under 1%)" in legend
    assert "letter: a note starts, small letter: it is held" in legend
    assert not any(span.style for line in lines[1:] for span in line.spans if span.style != "bold")


def test_a_coloured_note_has_the_colour_of_its_onset_and_the_letter_of_its_voice():
    lines = drawn(colour=True)
    likely, possible, unlikely, surprising = LEVEL_BACKGROUNDS
    assert row(lines, "C5").plain[4:8] == "S   "
    assert backgrounds(row(lines, "C5"))[:4] == [possible] * 4
    assert backgrounds(row(lines, "B4"))[4:] == [likely] * 4
    assert backgrounds(row(lines, "G2"))[4:] == [surprising] * 4
    assert backgrounds(row(lines, "F4"))[4:] == [unlikely] * 4  # the alto's, the tenor is likelier


def test_a_step_that_is_less_likely_than_its_onset_stands_out():
    judgements = {(2, 6): (0.02, BETTER), (3, 0): (0.2, BETTER), (3, 2): (0.001, BETTER)}
    style = RollStyle(60, True, colours=LEVEL_BACKGROUNDS)
    lines = draw_likelihood_roll(two_chords(), explanation_of(two_chords(), judgements), style)
    likely, possible, unlikely, surprising = LEVEL_BACKGROUNDS
    assert backgrounds(row(lines, "F4"))[4:] == [likely, likely, unlikely, likely]
    assert backgrounds(row(lines, "C3"))[:4] == [possible, possible, surprising, possible]


@pytest.mark.parametrize("width", [30, 40, 77])
@pytest.mark.parametrize("colour", [True, False])
def test_lines_fit_the_width_except_for_the_longest_item_of_the_legend(width, colour):
    chorale = made_up_chorale(60, 0)
    style = RollStyle(width, colour, colours=LEVEL_BACKGROUNDS)
    lines = draw_likelihood_roll(chorale, explanation_of(chorale, JUDGEMENTS), style)
    longest = len("letter: a note starts, small letter: it is held")
    assert max(line.cell_len for line in lines) <= max(width, longest)


def test_only_the_requested_steps_are_drawn():
    style = RollStyle(60, False)
    chorale = two_chords()
    lines = draw_likelihood_roll(chorale, explanation_of(chorale, JUDGEMENTS), style, 4, 8)
    assert {line.plain[:2] for line in lines[1:]} >= {"B4", "F4", "G2"}
    assert not any(line.plain.startswith("C5") for line in lines)


def test_notes_of_a_score_have_the_colours_of_their_onsets():
    colours = colour_score(explanation_of(two_chords(), JUDGEMENTS))
    assert colours.notes == tuple(
        tuple(LEVEL_COLOURS[level] for level in levels) for levels in LEVELS_OF_NOTES
    )
    assert [text for text, _ in colours.legend] == describe_levels()
    assert [colour for _, colour in colours.legend] == list(LEVEL_COLOURS)


@pytest.mark.parametrize("staves", [2, 4])
def test_a_coloured_musicxml_file_has_the_same_notes_with_colours_and_a_legend(staves, tmp_path):
    chorale = made_up_chorale(52, 0)
    first = [(voice, notes(chorale, voice)[3].onset_step) for voice in range(len(VOICES))]
    judgements = dict(
        zip(first, [(0.6, BETTER), (0.2, BETTER), (0.05, BETTER), (0.001, BETTER)], strict=True)
    )
    colours = colour_score(explanation_of(chorale, judgements))
    render_options = RenderOptions(staves=staves, colours=colours)
    [content] = render(chorale, ["musicxml"], Metadata(), render_options)["musicxml"]
    (tmp_path / "a.musicxml").write_bytes(content)
    read = read_music(tmp_path / "a.musicxml").chorale
    assert np.array_equal(read.pitches, chorale.pitches)
    assert np.array_equal(read.onsets, chorale.onsets)
    root = ElementTree.fromstring(content)  # noqa: S314  # our own
    coloured = [note for note in root.iter("note") if note.get("color")]
    found = [note.attrib["color"] for note in coloured]
    struck = [note.attrib["color"] for note in coloured if note.find("tie[@type='stop']") is None]
    assert sorted(struck) == sorted(LEVEL_COLOURS[1:])
    assert set(found) == set(struck)
    words = [((one.text or "").strip(), one.get("color", "")) for one in root.iter("words")]
    assert words == list(zip(describe_levels(), LEVEL_COLOURS, strict=True))


def test_engraved_scores_are_coloured_and_others_are_not():
    from io import BytesIO

    from PIL import Image

    chorale = two_chords()
    colours = colour_score(explanation_of(chorale, JUDGEMENTS))
    plain = render(chorale, ["svg", "png"], Metadata(), RenderOptions())
    coloured = render(chorale, ["svg", "png"], Metadata(), RenderOptions(colours=colours))
    for colour in LEVEL_COLOURS[1:]:
        assert colour.encode() in coloured["svg"][0]
        assert colour.encode() not in plain["svg"][0]
    picture = Image.open(BytesIO(coloured["png"][0]))
    assert picture.mode == "RGB"
    shown = {colour for _, colour in picture.getcolors(1 << 24) or ()}
    assert {tuple(bytes.fromhex(colour[1:])) for colour in LEVEL_COLOURS[1:]} <= shown
    assert Image.open(BytesIO(plain["png"][0])).mode == "L"
