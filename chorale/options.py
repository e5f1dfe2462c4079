"""Options of the model, the training and the sampling: frozen dataclasses that check themselves.

An option is declared once, here, with its default, the interval of its values and, if the command
line offers it, its help text, from which `chorale.cli.with_options` makes an option of a command.
This module imports nothing heavy, not even NumPy, so that help can show the defaults at once.
"""

import re
from dataclasses import dataclass, field, fields, replace
from math import isfinite
from typing import Any, Literal, get_args

from chorale.errors import OptionError

VOICES = ("soprano", "alto", "tenor", "bass")  # not in `chorale.music`, which imports NumPy
MAX_BARS = 100  # of a composed chorale
NEW_BARS = 12  # default length of a new chorale
ADDED_BARS = 8  # default length of a continuation
MAX_COUNT = 10_000  # chorales per command
MAX_SEED = 2**31 - 1
MAX_WIDTH = 8192  # of a layer; twenty times that of the shipped models
MAX_LAYERS = 16  # also of towers
MAX_PASSES = 1_000_000  # epochs; also windows per update

Cell = Literal["lstm", "gru", "rnn"]  # cell of the recurrent layers


def option(default: Any, interval: str = "", help: str = "") -> Any:
    """Declare an option as a field of a dataclass.

    Args:
        default: its default value.
        interval: its allowed values, such as "(0, 1]"; checked by `check_intervals`.
        help: its help text; empty if the command line does not offer it.
    """
    return field(default=default, metadata={"interval": interval, "help": help})


def check_intervals(options: Any) -> None:
    """Check every option that has an interval.

    Raises:
        OptionError: a value is outside its interval, or is NaN.
    """
    for each in fields(options):
        if interval := each.metadata.get("interval"):
            value = getattr(options, each.name)
            _check(
                _contains(interval, value),
                f"{option_name(each.name)} must be in {interval}, not {_short(value)}",
            )


def _short(value: float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def option_name(field_name: str) -> str:
    """Return the name of a field as the command line spells it: "top-p"."""
    return field_name.replace("_", "-")


def _contains(interval: str, value: float) -> bool:
    """Return whether an interval such as "[0, 1)" contains a value; no interval contains NaN."""
    found = re.fullmatch(r"([(\[])(.+), (.+)([)\]])", interval)
    assert found, interval
    opening, low, high, closing = found.groups()
    above = value > float(low) if opening == "(" else value >= float(low)
    below = value < float(high) if closing == ")" else value <= float(high)
    return above and below


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise OptionError(message)


@dataclass(frozen=True)
class ModelOptions:
    """Number, size and kind of the network's layers.

    Raises:
        OptionError: a value is outside its interval.
    """

    embedding: int = option(32, f"[1, {MAX_WIDTH}]")  # width of a note token's embedding
    embedding_range: float = option(
        0.05, "(0, 10]", "Initial note embeddings are uniform between minus and plus this value."
    )
    filters: int = option(256, f"[1, {MAX_WIDTH}]")  # of each Conv1D
    kernel: int = option(  # of the causal Conv1Ds; the encoder's spans one step more
        4,
        f"[2, {MAX_WIDTH}]",
        "Steps that a Conv1D spans: at least 2, and at least 5 with --stride 4.",
    )
    stride: int = option(
        1, "", "Steps from one input of a recurrent layer to the next: 1, 2 or 4 (a quarter)."
    )
    encoder_units: int = option(  # in each direction
        128,
        f"[0, {MAX_WIDTH}]",
        "Units of the encoder's LSTM; 0 for no encoder, which needs --evidence 0.",
    )
    units: int = option(384, f"[1, {MAX_WIDTH}]", "Units of each recurrent layer of the decoder.")
    layers: int = option(2, f"[1, {MAX_LAYERS}]", "Recurrent layers of the decoder.")
    head_units: int = option(256, f"[1, {MAX_WIDTH}]", "Hidden units of each voice's head.")
    towers: int = option(
        1, f"[1, {MAX_LAYERS}]", "Decoders, each with its own heads; their logits are averaged."
    )
    dropout: float = option(0.3, "[0, 1)", "Share of hidden values dropped in training.")
    input_dropout: float = option(
        0.3, "[0, 1)", "Share of the inputs of notes and plan dropped in training."
    )
    shuffled: float = option(
        0.0, "[0, 1]", "Share of training steps whose voices come in a random order."
    )
    order: tuple[int, ...] = (3, 0, 1, 2)  # order in which the voices of a step are drawn
    cell: Cell = option("lstm", "", "Cell of every recurrent layer.")

    def __post_init__(self) -> None:
        check_intervals(self)
        # windows start at whole quarters, and so do the recurrent layers in each window
        _check(self.stride in (1, 2, 4), f"stride must be 1, 2 or 4, not {self.stride}")
        # the encoder's Conv1D must reach the end of the beat that starts in its middle
        least = max(2, 2 * self.stride - 3)
        _check(
            self.kernel >= least,
            f"kernel must be at least {least} at a stride of {self.stride}, not {self.kernel}",
        )
        _check(
            sorted(self.order) == [0, 1, 2, 3],
            f"order must name each voice from 0 to 3 once, not {self.order}",
        )
        cells = get_args(Cell)
        _check(self.cell in cells, f"cell must be one of {', '.join(cells)}, not {self.cell}")


@dataclass(frozen=True)
class TrainingOptions:
    """Length of the training, its batches and its optimizer.

    Raises:
        OptionError: a value is outside its interval.
    """

    epochs: int = option(84, f"[1, {MAX_PASSES}]", "Passes over the data.")
    batch_size: int = option(16, f"[1, {MAX_PASSES}]", "Windows per update.")
    window_steps: int = option(256, "[16, inf)")  # length of a window; shorter chorales are padded
    learning_rate: float = option(  # after the warm-up
        2e-3, "(0, 1]", "Highest learning rate; lower it to resume a run that diverged."
    )
    warmup: float = option(0.05, "[0, 1)")  # share of all updates
    weight_decay: float = option(0.3, "[0, inf)")
    clip_norm: float = option(1.0, "(0, inf)")  # of the gradients, against explosions
    averaging: float = option(0.99, "[0, 1)")  # momentum of the averaged weights, which are kept
    patience: int = option(12, f"[1, {MAX_PASSES}]")  # epochs without a better validation NLL
    evidence: float = option(
        0.4, "[0, 1]", "Share of training windows in which some notes are given, 0 to 1."
    )
    seed: int = option(
        1, f"[0, {2**32})", "Seed of the random numbers: the same seed gives the same network."
    )

    def __post_init__(self) -> None:
        check_intervals(self)


@dataclass(frozen=True)
class SamplingOptions:
    """Options of drawing tokens from the network's distribution.

    Raises:
        OptionError: a value is outside its interval.
    """

    temperature: float | tuple[float, float, float, float] = 1.0  # above 0; for all voices or each
    top_p: float = option(
        1.0,
        "(0, 1]",
        "Nucleus sampling: only the most likely notes that together have this probability.",
    )
    min_p: float = option(0.0, "[0, 1]", "Drop notes below this share of the top probability.")
    greedy: bool = option(False, "", "Always take the most likely note, whatever the temperature.")
    guidance: float = option(
        0.9,
        "[0, 2]",
        "How closely to follow key, metre, phrases and given notes, 0 to 2; "
        "above 1 the harmony suffers.",
    )
    best_of: int = option(2, "[1, 64]")  # candidates for each chorale
    strictness: float = option(
        1.0,
        "[0, 2]",
        "Penalty on textbook faults such as parallel fifths: 0 off, 1 default, 2 strictest.",
    )

    def __post_init__(self) -> None:
        for temperature in self.temperatures:
            _check(
                temperature > 0,
                f"temperature must be above 0, not {temperature:g}; "
                "for the most likely token always, use --greedy",
            )
            _check(isfinite(temperature), "temperature must be finite")
        check_intervals(self)

    @property
    def candidates(self) -> int:
        """Number of candidates for each chorale: 1 if greedy, since all would be the same."""
        return 1 if self.greedy else self.best_of

    @property
    def temperatures(self) -> tuple[float, ...]:
        """Divisor of each voice's logits, in SATB order."""
        each = self.temperature
        return each if isinstance(each, tuple) else (each,) * len(VOICES)

    def of_voice(self, voice: int) -> "SamplingOptions":
        """Return the options of one voice, 0 (soprano) to 3 (bass), with only its temperature."""
        return replace(self, temperature=self.temperatures[voice])
