"""How a chorale is written and played, and what is refused."""

import pytest

from chorale.errors import OptionError
from chorale.rendering.render_options import (
    PROGRAMS,
    RenderOptions,
    playable,
    program_number,
    render_options_of,
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
def test_an_instrument_is_called_by_name_or_number(text: str, number: int) -> None:
    assert program_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "128", "-1", "1.5", "kazoo", "²", "\N{ARABIC-INDIC DIGIT ONE}"]
)
def test_an_unknown_instrument_is_refused_with_the_list(text: str) -> None:
    with pytest.raises(OptionError, match=r"organ.*0 to 127"):
        program_number(text)


@pytest.mark.parametrize(
    ("told", "taken"), [(None, 80), (72.5, 72.5), (20, 20), (19.9, 80), (300, 300), (301, 80)]
)
def test_a_files_tempo_is_taken_where_players_take_it(told: float | None, taken: float) -> None:
    assert playable(told) == taken


@pytest.mark.parametrize("staves", [0, 1, 3, 5])
def test_other_numbers_of_staves_are_refused(staves: int) -> None:
    with pytest.raises(OptionError, match=f"a score has 2 or 4 staves, not {staves}"):
        render_options_of(None, "organ", staves)


def test_other_voices_cannot_be_in_front() -> None:
    with pytest.raises(OptionError, match="the voice in front is 0 to 3, not 4"):
        RenderOptions(front=4)


@pytest.mark.parametrize(
    ("told", "tempo", "remark"),
    [
        (None, 80, ""),
        (66.0, 66, ""),
        (10.0, 80, "a tempo of 80, since players do not take its 10"),
    ],
)
def test_a_files_tempo_is_taken_if_players_take_it(
    told: float | None, tempo: float, remark: str
) -> None:
    render_options, said = RenderOptions(staves=4).at_tempo_of(told)
    assert (render_options.tempo_qpm, render_options.staves, said) == (tempo, 4, remark)
