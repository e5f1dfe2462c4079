"""Parts that are chosen as voices."""

from pathlib import Path

import pytest
from score_xml import four_voices

from chorale.errors import OptionError, ReadingError
from chorale.music import VOICES, Annotations, notes
from chorale.music.voicings import VOICINGS
from chorale.reading import read_music
from chorale.reading.choosing import PartChoice, parse_part_choices
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.musicxml import musicxml_bytes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A score of four parts named Flute, Oboe, Horn and Cello."""
    content = musicxml_bytes(four_voices(1, Annotations()), Metadata(), RenderOptions(staves=4))
    text = content.decode()
    for voice, name in zip(VOICES, ("Flute", "Oboe", "Horn", "Cello"), strict=True):
        text = text.replace(f">{voice.title()}<", f">{name}<")
    path = tmp_path / "band.musicxml"
    path.write_text(text, "utf-8")
    return path


def lowest_pitches(file: Path, text: str, voicing: str | None = None) -> dict[str, int]:
    choir = VOICINGS[voicing] if voicing else None
    reading = read_music(file, voicing=choir, choices=parse_part_choices(text))
    return {voice: notes(reading.chorale, VOICES.index(voice))[0].pitch for voice in reading.voices}


def test_parts_are_voices_from_the_top_or_by_the_names_of_voices(file: Path) -> None:
    four = {"soprano": 72, "alto": 67, "tenor": 64, "bass": 48}
    assert lowest_pitches(file, "1,2,3,4") == four
    assert lowest_pitches(file, "bass=Cello, tenor=3,alto=oboe,soprano=Flute") == four
    assert lowest_pitches(file, "2,1,3,4") == {**four, "soprano": 67, "alto": 72}
    assert lowest_pitches(file, "flute,cello") == {"soprano": 72, "bass": 48}
    assert lowest_pitches(file, "1,2,4") == {"soprano": 72, "alto": 67, "bass": 48}
    assert lowest_pitches(file, "2,3,4", "SSA") == {"soprano": 67, "alto": 64, "bass": 48}


def test_the_parts_left_out_are_reported(file: Path) -> None:
    reading = read_music(file, choices=parse_part_choices("1,4"))
    assert "left out: Oboe, Horn" in reading.notices
    assert reading.by_name


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("1,,2", OptionError, "parts '1,,2' are no list of parts"),
        ("=3", OptionError, "are no list of parts"),
        ("soprano=1,2", OptionError, "name a voice for some parts only"),
        ("1,2,3,4,1", OptionError, "5 parts cannot be the voices of SATB"),
        ("treble=1,bass=2", OptionError, "SATB has no voice 'treble'; its voices are soprano"),
        ("bass=1,bass=2", OptionError, "names the bass twice"),
        ("1,1", ReadingError, "a part is chosen twice; choose each by its number: 1 Flute"),
        ("1," + "9" * 5000, ReadingError, "has no part 999"),
        ("1,9", ReadingError, "has no part 9; choose one by name or number: 1 Flute, 2 Oboe"),
    ],
)
def test_choices_that_do_not_fit_are_refused(
    file: Path, text: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_music(file, choices=parse_part_choices(text))


def test_voices_are_parsed_in_small_letters() -> None:
    assert parse_part_choices("Soprano 2 = Flute 1,bass=5") == (
        PartChoice("Flute 1", "soprano 2"),
        PartChoice("5", "bass"),
    )
