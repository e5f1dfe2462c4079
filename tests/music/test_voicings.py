"""Voicings: their voices, names and ranges."""

import pytest

from chorale.analysis import RANGES
from chorale.errors import OptionError
from chorale.music import VOICES
from chorale.music.voicings import (
    SATB,
    VOICINGS,
    Voicing,
    check_voices,
    describe_voices,
    parse_voicing,
)

LETTERS = {"soprano": "S", "alto": "A", "tenor": "T", "bass": "B"}


@pytest.mark.parametrize("voicing", VOICINGS.values(), ids=VOICINGS)
def test_the_name_of_a_voicing_has_the_first_letter_of_each_voice(voicing: Voicing) -> None:
    assert voicing.name == "".join(LETTERS[part.name.split()[0]] for part in voicing.parts)


@pytest.mark.parametrize("voicing", VOICINGS.values(), ids=VOICINGS)
def test_voices_go_down_from_the_soprano_to_the_bass_of_the_grid(voicing: Voicing) -> None:
    voices = voicing.voices
    assert list(voices) == sorted(set(voices))
    assert (voices[0], voices[-1]) == (0, 3)
    lowest, highest = zip(*(part.range for part in voicing.parts), strict=True)
    assert list(lowest) == sorted(lowest, reverse=True)
    assert list(highest) == sorted(highest, reverse=True)


def test_satb_has_the_ranges_of_the_textbooks() -> None:
    assert tuple(part.range for part in SATB.parts) == RANGES
    assert describe_voices(SATB) == VOICES


def test_silent_voices_of_the_grid_have_no_name() -> None:
    assert describe_voices(VOICINGS["SSA"]) == ("soprano 1", "soprano 2", "", "alto")


@pytest.mark.parametrize("name", VOICINGS)
def test_a_voicing_is_found_by_its_name_in_any_case(name: str) -> None:
    assert parse_voicing(f" {name.lower()} ") is VOICINGS[name]
    assert parse_voicing(VOICINGS[name]) is VOICINGS[name]


def test_an_unknown_voicing_is_refused_with_a_list_of_all() -> None:
    message = "'SB' is no voicing; choose from SATB, SSA, SSAA, TTBB, SAB, SA, TB"
    with pytest.raises(OptionError, match=message):
        parse_voicing("SB")


def test_a_voice_is_found_by_its_place_on_the_grid() -> None:
    assert VOICINGS["SSA"].part_at(3).name == "alto"
    with pytest.raises(ValueError, match="SSA has no voice 2"):
        VOICINGS["SSA"].part_at(2)


def test_a_voice_is_of_the_kind_that_its_name_begins_with() -> None:
    assert [part.kind for part in VOICINGS["TB"].parts] == ["tenor", "bass"]


def test_a_voice_that_a_choir_lacks_must_not_sound() -> None:
    check_voices([0, 3], VOICINGS["SA"])
    with pytest.raises(OptionError, match="and the tenor of the music has notes"):
        check_voices([0, 2, 3], VOICINGS["SSA"])
