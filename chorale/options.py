"""Options of the model, the training and the sampling: frozen dataclasses that check themselves.

Each option is declared here, once, with its default, the interval of its values and its help text.
`chorale.cli.with_options` makes options of commands from these declarations; an option without a
help text is not offered on the command line.
This module imports nothing heavy, not even NumPy, so that help can show the defaults at once.
"""

import re
from dataclasses import dataclass, field, fields, replace
from math import isfinite
from typing import Any, Literal, get_args

from chorale.errors import OptionError

VOICES = ("soprano", "alto", "tenor", "bass")  # not in `chorale.music`, which imports NumPy
MAX_BARS = 100  # longest composed chorale
NEW_BARS = 12  # default for a new chorale
ADDED_BARS = 8  # default for a continuation
MAX_COUNT = 10_000  # most chorales per command
MAX_SEED = 2**31 - 1
MAX_WIDTH = 8192  # widest layer; the shipped models' layers are a twentieth as wide
MAX_LAYERS = 16  # most recurrent layers, and most towers
MAX_PASSES = 1_000_000  # most epochs, and most windows per update

Cell = Literal["lstm", "gru", "rnn"]  # cell of the recurrent layers
Symbols = Literal["roman", "figured", "lead"]  # labels of harmony, see `chorale.harmony.labels`
Motion = Literal["calm", "usual", "lively"]  # requested motion, see `chorale.composing.motion`


def option(default: Any, interval: str = "", help: str = "") -> Any:
    """Declare an option as a field of a dataclass.

    Args:
        default: default value.
        interval: interval of the allowed values, such as "(0, 1]"; checked by `check_intervals`.
        help: help text; empty if the command line does not offer the option.
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
    """Return a field's name as the command line spells it: "top-p" for "top_p"."""
    return field_name.replace("_", "-")


def _contains(interval: str, value: float) -> bool:
    """Check whether an interval such as "[0, 1)" contains a value; no interval contains NaN."""
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
        0.5,
        "(0, 10]",
        "Note embeddings start uniformly random between minus and plus this value, in (0, 10].",
    )
    filters: int = option(256, f"[1, {MAX_WIDTH}]")  # filters of each Conv1D
    kernel: int = option(  # span of the causal Conv1Ds; the encoder's Conv1D spans one step more
        5,
        f"[2, {MAX_WIDTH}]",
        "Steps that a Conv1D spans: at least 2, and at least 5 with --stride 4.",
    )
    stride: int = option(
        2,
        "",
        "Steps from one input of a recurrent layer to the next: 1, 2 or 4 (a quarter); "
        "each further tower has half the stride of the one before.",
    )
    encoder_units: int = option(  # units in each direction
        128,
        f"[0, {MAX_WIDTH}]",
        "Units of the encoder's LSTM; 0 for no encoder (then also set --evidence 0).",
    )
    units: int = option(320, f"[1, {MAX_WIDTH}]", "Units of each recurrent layer of the decoder.")
    layers: int = option(1, f"[1, {MAX_LAYERS}]", "Recurrent layers of the decoder.")
    head_units: int = option(192, f"[1, {MAX_WIDTH}]", "Hidden units of each voice's head.")
    towers: int = option(
        2,
        f"[1, {MAX_LAYERS}]",
        "Number of decoders, each with its own heads; all logits are averaged.",
    )
    dropout: float = option(0.5, "[0, 1)", "Share of hidden values dropped in training, in [0, 1).")
    input_dropout: float = option(
        0.3, "[0, 1)", "Share of note and plan inputs dropped in training, in [0, 1)."
    )
    shuffled: float = option(
        0.1, "[0, 1]", "In training, share of time steps that take their voices in a random order."
    )
    order: tuple[int, ...] = (3, 0, 1, 2)  # order in which the voices of a step are drawn
    cell: Cell = option("lstm", "", "Cell of every recurrent layer.")

    def __post_init__(self) -> None:
        check_intervals(self)
        # windows start on quarters, so a quarter must be a whole number of strides
        _check(self.stride in (1, 2, 4), f"stride must be 1, 2 or 4, not {self.stride}")
        # the encoder's Conv1D, centred on the first step of a beat, must reach the last one
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

    epochs: int = option(72, f"[1, {MAX_PASSES}]", "Passes over the data.")
    batch_size: int = option(16, f"[1, {MAX_PASSES}]", "Windows per update.")
    window_steps: int = option(256, "[16, inf)")  # length of a window; shorter chorales are padded
    learning_rate: float = option(  # reached after the warm-up
        2e-3, "(0, 1]", "Highest learning rate, in (0, 1]; lower it to resume a run that diverged."
    )
    warmup: float = option(0.05, "[0, 1)")  # share of all updates
    weight_decay: float = option(0.3, "[0, inf)")
    clip_norm: float = option(1.0, "(0, inf)")  # largest norm of the gradients
    averaging: float = option(0.99, "[0, 1)")  # momentum of the averaged weights, which are saved
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

    temperature: float | tuple[float, float, float, float] = 1.0  # above 0; for all or per voice
    top_p: float = option(
        1.0,
        "(0, 1]",
        "Nucleus sampling: draw only from the likeliest notes that together have this probability.",
    )
    min_p: float = option(0.05, "[0, 1]", "Drop notes below this share of the top probability.")
    greedy: bool = option(False, "", "Always take the most likely note, whatever the temperature.")
    guidance: float = option(
        0.9,
        "[0, 2]",
        "How closely to follow key, metre, phrases and given notes, 0 to 2; "
        "above 1 the harmony suffers.",
    )
    best_of: int = option(4, "[1, 64]")  # candidates for each chorale
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
                "use --greedy to always take the most likely token",
            )
            _check(isfinite(temperature), "temperature must be finite")
        check_intervals(self)

    @property
    def candidates(self) -> int:
        """Number of candidates for each chorale: 1 if greedy, since all would be alike."""
        return 1 if self.greedy else self.best_of

    @property
    def temperatures(self) -> tuple[float, ...]:
        """Temperature of each voice, in SATB order: the divisor of the voice's logits."""
        each = self.temperature
        return each if isinstance(each, tuple) else (each,) * len(VOICES)

    def of_voice(self, voice: int) -> "SamplingOptions":
        """Return the options for one voice, 0 (soprano) to 3 (bass), with a single temperature."""
        return replace(self, temperature=self.temperatures[voice])
