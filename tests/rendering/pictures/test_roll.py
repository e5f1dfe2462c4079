"""Piano rolls as PNG pictures."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from made_up import made_up_chorale
from PIL import Image
from strategies import chorales

from chorale.errors import OutputError
from chorale.music import REST, Chorale, Plan, from_pitches
from chorale.rendering.metadata import SOFTWARE, Metadata
from chorale.rendering.pictures.colours import PITCH_CLASS_COLOURS, VOICE_COLOURS
from chorale.rendering.pictures.roll import INK, MAX_PICTURE_STEPS, TINT, describe_music, roll_png


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    assert image.format == "PNG"
    return image


def pixels(content: bytes, colour: str) -> int:
    """Number of pixels of a colour."""
    wanted = tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return int((np.asarray(opened(content).convert("RGB")) == wanted).all(-1).sum())


@given(chorales())
@settings(max_examples=10, deadline=None)
def test_any_chorale_is_drawn_the_same_each_time(chorale: Chorale) -> None:
    content = roll_png(chorale, Metadata())
    assert opened(content).size > (0, 0)
    assert content == roll_png(chorale, Metadata())


def test_the_picture_has_the_voices_colours_onsets_and_fermatas() -> None:
    content = roll_png(made_up_chorale(64, 1), Metadata("A chorale"))
    for colour in (*VOICE_COLOURS, INK, TINT):
        assert pixels(content, colour) > 100


def test_silent_voices_have_no_colour() -> None:
    tune = np.full((32, 4), REST, np.int16)
    tune[:, 0] = 67
    content = roll_png(from_pitches(tune, Plan(32)), Metadata())
    assert [pixels(content, colour) > 0 for colour in VOICE_COLOURS] == [True, False, False, False]


def test_a_unison_shows_both_voices() -> None:
    pitches = np.tile(np.array([67, 67, REST, REST], np.int16), (32, 1))
    content = roll_png(from_pitches(pitches, Plan(32)), Metadata())
    soprano, alto = (pixels(content, colour) for colour in VOICE_COLOURS[:2])
    assert 0.8 < soprano / alto < 1.25


def test_a_repeated_note_has_an_edge_of_its_own() -> None:
    held = from_pitches(np.full((32, 4), 60, np.int16), Plan(32))
    onsets = held.onsets.copy()
    onsets[16] = True
    struck = Chorale(held.pitches, onsets, held.plan)
    edges = [pixels(roll_png(chorale, Metadata()), INK) for chorale in (held, struck)]
    assert edges[1] > edges[0]


def test_long_music_is_broken_into_rows() -> None:
    short, long = (opened(roll_png(made_up_chorale(n, 1), Metadata())) for n in (128, 600))
    assert long.height > 3 * short.height
    assert long.width <= 1.2 * short.width


def test_title_program_and_comments_are_written_in_any_script() -> None:
    title = "Größer 音楽 \udcff $x$"
    with_texts = opened(roll_png(made_up_chorale(20, 0), Metadata(title, ("seed 7", "model 音"))))
    texts = with_texts.info
    assert texts["Title"] == "Größer 音楽 ? $x$"
    assert texts["Software"] == SOFTWARE
    assert "seed 7" in texts["Comment"]
    assert "model 音" in texts["Comment"]
    assert texts["Description"].startswith("a piano roll: ")


@pytest.mark.parametrize(
    ("number", "words"), [(0, "4/4, 1 bar with a pickup"), (4, "4/4, 3 bars with a pickup")]
)
def test_a_plan_is_described_in_words(number: int, words: str) -> None:
    assert describe_music(made_up_chorale(20 + 7 * number, number).plan).endswith(words)
    assert describe_music(Plan(16)) == "1 bar"


def test_neighbours_on_the_circle_of_fifths_have_neighbouring_colours() -> None:
    def distance(one: int, other: int) -> float:
        channels = [
            np.frombuffer(bytes.fromhex(colour[1:]), np.uint8)
            for colour in (PITCH_CLASS_COLOURS[one], PITCH_CLASS_COLOURS[other])
        ]
        return float(np.linalg.norm(channels[0].astype(float) - channels[1]))

    assert len(set(PITCH_CLASS_COLOURS)) == 12
    for note in range(12):
        assert distance(note, (note + 7) % 12) < distance(note, (note + 6) % 12)


def test_a_picture_too_large_for_most_programs_is_refused() -> None:
    steps = MAX_PICTURE_STEPS + 1
    long = from_pitches(np.full((steps, 4), 60, np.int16), Plan(steps))
    with pytest.raises(
        OutputError, match=f"at most {MAX_PICTURE_STEPS} sixteenths, and the music has {steps}"
    ):
        roll_png(long, Metadata())
