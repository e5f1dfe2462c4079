"""Dataclasses that become options of a command."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from chorale.cli.with_options import with_options
from chorale.errors import OptionError
from chorale.options import check_intervals, option

runner = CliRunner()


@dataclass(frozen=True)
class Ornaments:
    """Options declared by `option`, three of which have a help text."""

    trills: int = option(1, "[0, 4]", "Number of trills.")
    loud: bool = option(False, "", "Play them loudly.")
    swell_rate: float = option(0.5, "(0, 1]", "Rate of the swell.")
    secret: int = option(7, "[0, 9]")

    def __post_init__(self) -> None:
        check_intervals(self)


@dataclass(frozen=True)
class Piece:
    """Options of each kind."""

    title: Annotated[str, typer.Option(help="Title of the piece.")] = "Air"
    ornaments: Ornaments = field(default_factory=Ornaments)
    swell_rate: Annotated[str, typer.Option(help="Rate, as typed.")] = "half"
    unseen: int = 3


@pytest.fixture
def received() -> list[tuple[int, Piece]]:
    """What the command receives: its own option, and the dataclass."""
    return []


@pytest.fixture
def app(received: list[tuple[int, Piece]]) -> typer.Typer:
    """An app with one command."""
    app = typer.Typer()

    @app.command()
    @with_options
    def play(piece: Piece, bars: Annotated[int, typer.Option(help="Number of bars.")] = 8) -> None:
        """Play a piece."""
        received.append((bars, piece))

    return app


def test_options_that_are_left_out_have_the_defaults_of_the_dataclasses(
    app: typer.Typer, received: list[tuple[int, Piece]]
) -> None:
    assert runner.invoke(app, []).exit_code == 0
    assert received == [(8, Piece())]


def test_options_fill_the_dataclass_and_the_one_within_it(
    app: typer.Typer, received: list[tuple[int, Piece]]
) -> None:
    words = ["--bars", "2", "--title", "Gigue", "--trills", "3", "--loud"]
    assert runner.invoke(app, words).exit_code == 0
    assert received == [(2, Piece("Gigue", Ornaments(3, loud=True)))]


def test_an_outer_field_takes_the_place_of_an_inner_one_of_the_same_name(
    app: typer.Typer, received: list[tuple[int, Piece]]
) -> None:
    assert runner.invoke(app, ["--swell-rate", "a third"]).exit_code == 0
    [(_, piece)] = received
    assert (piece.swell_rate, piece.ornaments.swell_rate) == ("a third", 0.5)


def test_only_fields_with_a_help_text_are_offered_after_the_commands_own(app: typer.Typer) -> None:
    command: Any = get_command(app)
    names = [name for each in command.params for name in each.opts]
    offered = ["--bars", "--title", "--trills", "--loud", "--swell-rate"]
    assert [name for name in names if "completion" not in name] == offered


@pytest.mark.parametrize("name", ["--secret", "--unseen", "--no-loud", "--ornaments"])
def test_what_is_not_offered_is_no_option(app: typer.Typer, name: str) -> None:
    assert runner.invoke(app, [name, "1"]).exit_code == 2


def test_a_value_outside_its_interval_is_refused(app: typer.Typer) -> None:
    refused = runner.invoke(app, ["--trills", "5"])
    assert isinstance(refused.exception, OptionError)
    assert str(refused.exception) == "trills must be in [0, 4], not 5"


def test_the_command_keeps_its_name_and_its_docstring() -> None:
    def compose(piece: Piece) -> None:
        """Compose."""

    command: Callable[..., Any] = with_options(compose)
    assert (command.__name__, command.__doc__) == ("compose", "Compose.")
