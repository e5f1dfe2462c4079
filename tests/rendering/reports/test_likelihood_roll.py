import re
from xml.etree import ElementTree

import numpy as np
import pytest
from explanations import explanation_of
from made_up import made_up_chorale
from rich.text import Text

from chorale.judging.explaining import Choice
from chorale.music import VOICES, Chorale, Metre, Plan, from_pitches, notes
from chorale.reading import read_music
from chorale.rendering.formats import rendered
from chorale.rendering.metadata import Metadata
from chorale.rendering.pictures.colours import LEVEL_COLOURS, LEVEL_GROUNDS
from chorale.rendering.pictures.terminal_roll import Look
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.reports.likelihood_roll import levels_told, likelihood_roll, score_colours

BETTER = (Choice("note", 60, 0.4),)
# a possible onset of the soprano, an unlikely one of the alto, a surprising one of the bass, and a
# hold in the tenor that is unlikely
SAID = {
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
    """The roll of two chords."""
    look = Look(60, colour, colours=LEVEL_GROUNDS)
    return likelihood_roll(two_chords(), explanation_of(two_chords(), SAID), look)


def row(lines: list[Text], name: str) -> Text:
    [found] = [line for line in lines if line.plain.startswith(name)]
    return found


def grounds(line: Text) -> list[str | None]:
    """The colour behind each column of a row, after its name and bar line."""
    found: list[str | None] = [None] * len(line.plain)
    for span in line.spans:
        if ground := re.search("on (#......)", str(span.style)):
            found[span.start : span.end] = [ground[1]] * (span.end - span.start)
    return found[4:12]


def test_signs_tell_without_colours_what_is_less_than_likely():
    lines = drawn(colour=False)
    told = [row(lines, name).plain[4:12] for name in ("C5", "B4", "F4", "E4", "C3", "G2")]
    assert told == ["~sss·   ", "·   Ssss", "·   ?a?a", "Tttt·   ", "Bbbb·   ", "·   !bbb"]
    legend = "\n".join(line.plain for line in lines[-4:])
    assert "S likely  ~ possible (under 50%)  ? unlikely (under 10%)" in legend
    assert "! surprising (under 1%)" in legend
    assert "letter: a note starts, small letter: it is held" in legend
    assert not any(span.style for line in lines[1:] for span in line.spans if span.style != "bold")


def test_in_colours_a_note_has_that_of_its_onset_and_letters_tell_voices():
    lines = drawn(colour=True)
    likely, possible, unlikely, surprising = LEVEL_GROUNDS
    assert row(lines, "C5").plain[4:8] == "S   "
    assert grounds(row(lines, "C5"))[:4] == [possible] * 4
    assert grounds(row(lines, "B4"))[4:] == [likely] * 4
    assert grounds(row(lines, "G2"))[4:] == [surprising] * 4
    assert grounds(row(lines, "F4"))[4:] == [unlikely] * 4  # the alto's, the tenor is likelier


def test_a_step_that_is_less_likely_than_its_onset_stands_out():
    said = {(2, 6): (0.02, BETTER), (3, 0): (0.2, BETTER), (3, 2): (0.001, BETTER)}
    look = Look(60, True, colours=LEVEL_GROUNDS)
    lines = likelihood_roll(two_chords(), explanation_of(two_chords(), said), look)
    likely, possible, unlikely, surprising = LEVEL_GROUNDS
    assert grounds(row(lines, "F4"))[4:] == [likely, likely, unlikely, likely]
    assert grounds(row(lines, "C3"))[:4] == [possible, possible, surprising, possible]


@pytest.mark.parametrize("width", [30, 40, 77])
@pytest.mark.parametrize("colour", [True, False])
def test_lines_fit_the_width_but_for_the_longest_words_of_the_legend(width, colour):
    chorale = made_up_chorale(60, 0)
    look = Look(width, colour, colours=LEVEL_GROUNDS)
    lines = likelihood_roll(chorale, explanation_of(chorale, SAID), look)
    longest = len("letter: a note starts, small letter: it is held")
    assert max(line.cell_len for line in lines) <= max(width, longest)


def test_some_steps_are_drawn_alone():
    look = Look(60, False)
    chorale = two_chords()
    lines = likelihood_roll(chorale, explanation_of(chorale, SAID), look, 4, 8)
    assert {line.plain[:2] for line in lines[1:]} >= {"B4", "F4", "G2"}
    assert not any(line.plain.startswith("C5") for line in lines)


def test_notes_of_a_score_have_the_colours_of_their_onsets():
    colours = score_colours(explanation_of(two_chords(), SAID))
    assert colours.notes == tuple(
        tuple(LEVEL_COLOURS[level] for level in levels) for levels in LEVELS_OF_NOTES
    )
    assert [text for text, _ in colours.legend] == levels_told()
    assert [colour for _, colour in colours.legend] == list(LEVEL_COLOURS)


@pytest.mark.parametrize("staves", [2, 4])
def test_a_coloured_musicxml_file_has_the_same_notes_the_colours_and_the_legend(staves, tmp_path):
    chorale = made_up_chorale(52, 0)
    first = [(voice, notes(chorale, voice)[3].onset_step) for voice in range(len(VOICES))]
    said = dict(
        zip(first, [(0.6, BETTER), (0.2, BETTER), (0.05, BETTER), (0.001, BETTER)], strict=True)
    )
    colours = score_colours(explanation_of(chorale, said))
    render_options = RenderOptions(staves=staves, colours=colours)
    [content] = rendered(chorale, ["musicxml"], Metadata(), render_options)["musicxml"]
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
    assert words == list(zip(levels_told(), LEVEL_COLOURS, strict=True))


def test_engraved_scores_are_coloured_and_others_are_not():
    from io import BytesIO

    from PIL import Image

    chorale = two_chords()
    colours = score_colours(explanation_of(chorale, SAID))
    plain = rendered(chorale, ["svg", "png"], Metadata(), RenderOptions())
    coloured = rendered(chorale, ["svg", "png"], Metadata(), RenderOptions(colours=colours))
    for colour in LEVEL_COLOURS[1:]:
        assert colour.encode() in coloured["svg"][0]
        assert colour.encode() not in plain["svg"][0]
    picture = Image.open(BytesIO(coloured["png"][0]))
    assert picture.mode == "RGB"
    shown = {colour for _, colour in picture.getcolors(1 << 24) or ()}
    assert {tuple(bytes.fromhex(colour[1:])) for colour in LEVEL_COLOURS[1:]} <= shown
    assert Image.open(BytesIO(plain["png"][0])).mode == "L"
