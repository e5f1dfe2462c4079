"""Options of rendering, and the values that are refused."""

from pathlib import Path

import pytest

from chorale.errors import OptionError
from chorale.rendering.render_options import (
    PROGRAMS,
    RenderOptions,
    build_render_options,
    describe_program,
    describe_substitute,
    parse_program,
    playable_tempo,
)


@pytest.mark.parametrize("tempo", [19.9, 301, 0, -80, float("nan"), float("inf")])
def test_a_tempo_outside_its_range_is_refused(tempo: float) -> None:
    with pytest.raises(OptionError, match="tempo must be 20 to 300"):
        RenderOptions(tempo)


def test_a_program_outside_its_range_is_refused() -> None:
    with pytest.raises(OptionError, match="program must be 0 to 127, not 128"):
        RenderOptions(program=128)


@pytest.mark.parametrize(
    ("text", "number"), [("organ", 19), (" Choir ", PROGRAMS["choir"]), ("0", 0), ("127", 127)]
)
def test_an_instrument_is_found_by_name_or_number(text: str, number: int) -> None:
    assert parse_program(text) == number


@pytest.mark.parametrize(
    "text", ["", "128", "-1", "1.5", "kazoo", "²", "\N{ARABIC-INDIC DIGIT ONE}"]
)
def test_an_unknown_instrument_is_refused_with_the_list(text: str) -> None:
    with pytest.raises(OptionError, match=r"organ.*0 to 127"):
        parse_program(text)


@pytest.mark.parametrize(
    ("tempo", "taken"), [(None, 80), (72.5, 72.5), (20, 20), (19.9, 80), (300, 300), (301, 80)]
)
def test_a_playable_tempo_is_kept_and_others_become_the_default(
    tempo: float | None, taken: float
) -> None:
    assert playable_tempo(tempo) == taken


@pytest.mark.parametrize("staves", [0, 1, 3, 5])
def test_other_numbers_of_staves_are_refused(staves: int) -> None:
    with pytest.raises(OptionError, match=f"a score has 2 or 4 staves, not {staves}"):
        build_render_options(None, "organ", staves)


def test_a_front_voice_out_of_range_is_refused() -> None:
    with pytest.raises(OptionError, match="the front voice must be 0 to 3, not 4"):
        RenderOptions(front_voice=4)


@pytest.mark.parametrize(
    ("of_file", "tempo", "notice"),
    [
        (None, 80, ""),
        (66.0, 66, ""),
        (10.0, 80, "tempo 80, since the file's 10 is not 20 to 300"),
    ],
)
def test_the_tempo_of_a_file_is_adopted_with_a_notice_if_out_of_range(
    of_file: float | None, tempo: float, notice: str
) -> None:
    render_options, text = RenderOptions(staves=4).adopt_tempo(of_file)
    assert (render_options.tempo_qpm, render_options.staves, text) == (tempo, 4, notice)


def test_a_silent_voice_is_one_of_the_four() -> None:
    with pytest.raises(OptionError, match="the silent voice must be 0 to 3, not 4"):
        RenderOptions(silent_voice=4)


def test_a_count_in_has_no_negative_length() -> None:
    with pytest.raises(OptionError, match="a count-in has 0 bars or more, not -1"):
        RenderOptions(count_in_bars=-1)


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_instruments_name_is_that_of_its_program(name: str) -> None:
    described = describe_program(PROGRAMS[name])
    assert described == {"harpsichord": "piano"}.get(name, name)


def test_every_program_has_a_name() -> None:
    assert all(map(describe_program, range(128)))
    assert describe_program(127) == "sound effects"


@pytest.mark.parametrize("programs", [(), (19,), (16, 20)])
def test_an_organ_stands_for_itself(programs: tuple[int, ...]) -> None:
    assert describe_substitute(programs, RenderOptions()) == ""


def test_other_instruments_are_named_with_the_way_to_get_them() -> None:
    assert describe_substitute((0, 19, 53, 54), RenderOptions()) == (
        "an organ sounds, not the file's piano and choir; "
        "`--soundfont FILE --program 0` plays the piano"
    )
    with_soundfont = RenderOptions(soundfont=Path("a.sf2"))
    assert describe_substitute((52,), with_soundfont).endswith("`--program 52` plays the choir")
    assert describe_substitute((52,), RenderOptions(program=52)) == ""
