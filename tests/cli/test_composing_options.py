"""Options that the composing commands share."""

from dataclasses import fields
from typing import Any

import pytest
from command import COMPOSING, Run
from typer.main import get_command

from chorale import cli
from chorale.cli.composing_options import ComposingOptions
from chorale.composing.plan_options import ANY_PLAN
from chorale.errors import OptionError
from chorale.music.voicings import VOICINGS
from chorale.options import SamplingOptions

OWN = {
    "generate": {"bars", "progression", "keys", "voicing"},
    "harmonize": {
        "tune",
        "voice",
        "keep",
        "part",
        "bars",
        "transpose",
        "fit",
        "fill",
        "chords",
        "ignore_chords",
        "keys",
        "play_repeats",
        "approximate",
        "voicing",
    },
    "continue": {"file", "bars", "approximate"},
    "rewrite": {"file", "bars", "voices", "lock", "approximate"},
}


def parameters(command: str) -> dict[str, Any]:
    """The parameters of a command, by name."""
    group: Any = get_command(cli.app)
    return {each.name: each for each in group.commands[command].params}


@pytest.mark.parametrize("command", COMPOSING)
def test_the_composing_commands_offer_the_same_options(command: str) -> None:
    first, these = parameters(COMPOSING[0]), parameters(command)
    shared = first.keys() - OWN[COMPOSING[0]]
    assert these.keys() == shared | OWN[command]
    for name in shared:
        one, other = first[name], these[name]
        assert (one.opts, one.help, one.default) == (other.opts, other.help, other.default)


def test_every_option_with_a_help_text_is_offered() -> None:
    offered = parameters("generate").keys()
    own = {each.name for each in fields(ComposingOptions)} - {"sampling"}
    sampling = {each.name for each in fields(SamplingOptions) if each.metadata.get("help")}
    assert offered == own | sampling | OWN["generate"]


def test_sampling_options_have_the_temperatures_and_the_candidates_too() -> None:
    options = ComposingOptions(
        temperature="1.2,bass=0.7", best_of=5, sampling=SamplingOptions(top_p=0.9, guidance=0.5)
    )
    expected = SamplingOptions((1.2, 1.2, 1.2, 0.7), top_p=0.9, guidance=0.5, best_of=5)
    assert options.sampling_options == expected


def test_options_that_are_left_out_are_those_of_the_library() -> None:
    assert ComposingOptions().sampling_options == SamplingOptions()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": "0"}, "temperature must be above 0"),
        ({"best_of": 65}, r"best-of must be in \[1, 64\], not 65"),
    ],
)
def test_sampling_options_are_checked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        _ = ComposingOptions(**options).sampling_options


def test_the_request_is_described_with_the_options_of_the_plan_that_are_given() -> None:
    options = ComposingOptions(key="Bb", pickup=1.5, phrases="2,2", motion="calm")
    described = "key Bb, pickup 1.5, phrases 2,2, motion calm"
    assert options.describe_request("4 bars") == f"4 bars, {described}"
    assert options.describe_request("") == described


def test_the_request_names_another_choir_than_satb() -> None:
    options = ComposingOptions(key="Bb")
    described = options.describe_request("4 bars", VOICINGS["SSA"])
    assert described == "4 bars, key Bb, voicing SSA"
    assert options.describe_request("4 bars", VOICINGS["SATB"]) == "4 bars, key Bb"


def test_a_motion_is_an_option_of_the_plan() -> None:
    assert ComposingOptions(motion="lively").plan_options().motion == "lively"
    assert ComposingOptions().plan_options() == ANY_PLAN


@pytest.mark.parametrize("command", COMPOSING)
@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--top-p", "1.5"], "top-p must be in (0, 1], not 1.5"),
        (["--guidance", "-1"], "guidance must be in [0, 2], not -1"),
        (["--strictness", "2.1"], "strictness must be in [0, 2], not 2.1"),
        (["--best-of", "0"], "best-of must be in [1, 64], not 0"),
    ],
)
def test_a_value_outside_its_interval_is_one_line_and_status_2(
    run: Run, command: str, option: list[str], message: str
) -> None:
    arguments = [] if command == "generate" else ["nowhere.mid", "--bars", "1"]
    assert run(command, *arguments, *option) == (2, "", f"chorale: {message}\n")


@pytest.mark.parametrize("command", COMPOSING)
def test_a_wrong_word_for_the_motion_is_one_line_and_status_2(run: Run, command: str) -> None:
    arguments = [] if command == "generate" else ["nowhere.mid", "--bars", "1"]
    status, output, error = run(command, *arguments, "--motion", "wild")
    assert (status, output) == (2, "")
    assert error.count("\n") == 1
    assert "'wild'" in error
    assert "calm" in error
