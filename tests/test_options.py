"""Every option's interval, and the messages that state it."""

import subprocess
import sys
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from chorale.errors import OptionError
from chorale.options import ModelOptions, SamplingOptions, TrainingOptions, option_name

NAN, INFINITY = float("nan"), float("inf")
GREEDY = "use --greedy to always take the most likely token"


def shorten(value: float) -> str:
    """A number as messages have it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


INTERVALS: list[tuple[type, str, str, tuple[Any, ...]]] = [  # with values outside
    *(
        (ModelOptions, name, "[1, 8192]", (0, -1, 8193))
        for name in ("embedding", "filters", "units", "head_units")
    ),
    *((ModelOptions, name, "[1, 16]", (0, -1, 17)) for name in ("layers", "towers")),
    (ModelOptions, "encoder_units", "[0, 8192]", (-1, 8193)),
    (ModelOptions, "embedding_range", "(0, 10]", (0.0, -1.0, 10.1, NAN)),
    (ModelOptions, "kernel", "[2, 8192]", (1, 8193)),
    *((ModelOptions, name, "[0, 1)", (-0.1, 1.0, NAN)) for name in ("dropout", "input_dropout")),
    (ModelOptions, "shuffled", "[0, 1]", (-0.1, 1.1, NAN)),
    *(
        (TrainingOptions, name, "[1, 1000000]", (0, -1, 10**30))
        for name in ("epochs", "batch_size", "patience")
    ),
    (TrainingOptions, "window_steps", "[16, inf)", (15,)),
    (TrainingOptions, "learning_rate", "(0, 1]", (0.0, -1e-3, 1.1, NAN)),
    (TrainingOptions, "warmup", "[0, 1)", (-0.1, 1.0, NAN)),
    (TrainingOptions, "weight_decay", "[0, inf)", (-0.1, NAN)),
    (TrainingOptions, "clip_norm", "(0, inf)", (0.0, NAN)),
    (TrainingOptions, "averaging", "[0, 1)", (-0.1, 1.0)),
    (TrainingOptions, "evidence", "[0, 1]", (-0.1, 1.1)),
    (TrainingOptions, "seed", "[0, 4294967296)", (-1, 2**32)),
    (SamplingOptions, "guidance", "[0, 2]", (-0.1, 2.1, NAN)),
    (SamplingOptions, "strictness", "[0, 2]", (-0.1, 2.1, NAN)),
    (SamplingOptions, "best_of", "[1, 64]", (0, 65)),
    (SamplingOptions, "top_p", "(0, 1]", (0.0, -0.5, 1.5, NAN)),
    (SamplingOptions, "min_p", "[0, 1]", (-0.1, 1.1, NAN)),
]

REFUSED: list[tuple[type, str, Any, str]] = [
    *(
        (
            options,
            name,
            value,
            f"{option_name(name)} must be in {interval}, not {shorten(value)}",
        )
        for options, name, interval, values in INTERVALS
        for value in values
    ),
    *(
        (ModelOptions, "stride", value, f"stride must be 1, 2 or 4, not {value}")
        for value in (0, 3, 8)
    ),
    *(
        (ModelOptions, "order", value, f"order must name each voice from 0 to 3 once, not {value}")
        for value in ((0, 1, 2), (0, 1, 2, 2), (1, 2, 3, 4))
    ),
    *(
        (ModelOptions, "cell", value, f"cell must be one of lstm, gru, rnn, not {value}")
        for value in ("LSTM", "", "transformer", None, 1)
    ),
    *(
        (
            SamplingOptions,
            "temperature",
            value,
            f"temperature must be above 0, not {value:g}; {GREEDY}",
        )
        for value in (0.0, -1.0, NAN, -INFINITY)
    ),
    (SamplingOptions, "temperature", INFINITY, "temperature must be finite"),
]

ALLOWED: list[tuple[type, str, Any]] = [
    *(
        (ModelOptions, name, 1)
        for name in ("embedding", "filters", "units", "layers", "head_units", "towers")
    ),
    *((ModelOptions, "encoder_units", units) for units in (0, 1)),
    (ModelOptions, "embedding_range", 10.0),
    (ModelOptions, "kernel", 5),
    *((ModelOptions, "stride", stride) for stride in (1, 2, 4)),
    *(
        (ModelOptions, name, value)
        for name in ("dropout", "input_dropout")
        for value in (0.0, 0.999)
    ),
    (ModelOptions, "shuffled", 0.0),
    (ModelOptions, "shuffled", 1.0),
    (ModelOptions, "order", (0, 1, 2, 3)),
    *((ModelOptions, "cell", cell) for cell in ("lstm", "gru", "rnn")),
    *((TrainingOptions, name, 1) for name in ("epochs", "batch_size", "patience")),
    (TrainingOptions, "window_steps", 16),
    (TrainingOptions, "learning_rate", 1.0),
    (TrainingOptions, "warmup", 0.0),
    (TrainingOptions, "weight_decay", 0.0),
    (TrainingOptions, "clip_norm", 1e-6),
    (TrainingOptions, "averaging", 0.0),
    (TrainingOptions, "evidence", 0.0),
    (TrainingOptions, "evidence", 1.0),
    (TrainingOptions, "seed", 0),
    (SamplingOptions, "temperature", 1e-300),
    (SamplingOptions, "temperature", 1e300),
    (SamplingOptions, "top_p", 1e-9),
    (SamplingOptions, "top_p", 1.0),
    (SamplingOptions, "min_p", 0.0),
    (SamplingOptions, "min_p", 1.0),
    (SamplingOptions, "guidance", 0.0),
    (SamplingOptions, "guidance", 2.0),
    (SamplingOptions, "strictness", 0.0),
    (SamplingOptions, "strictness", 2.0),
    (SamplingOptions, "best_of", 1),
    (SamplingOptions, "best_of", 64),
]


@pytest.mark.parametrize(("options", "name", "value", "message"), REFUSED)
def test_a_value_outside_its_interval_is_refused_with_the_interval(
    options: type, name: str, value: Any, message: str
) -> None:
    with pytest.raises(OptionError) as refused:
        options(**{name: value})
    assert str(refused.value) == message


@pytest.mark.parametrize(("options", "name", "value"), ALLOWED)
def test_a_value_at_its_limit_is_allowed(options: type, name: str, value: Any) -> None:
    assert getattr(options(**{name: value}), name) == value


@pytest.mark.parametrize("options", [ModelOptions, TrainingOptions, SamplingOptions])
def test_every_option_but_greedy_has_tested_limits(options: type) -> None:
    tested = {name for kind, name, _, _ in REFUSED if kind is options}
    assert tested | {"greedy"} >= options.__dataclass_fields__.keys()  # type: ignore[attr-defined]  # of any dataclass


@pytest.mark.parametrize("options", [ModelOptions, TrainingOptions, SamplingOptions])
def test_options_are_frozen(options: type) -> None:
    made = options()
    name = next(iter(vars(made)))
    with pytest.raises(FrozenInstanceError):
        setattr(made, name, 1)


def test_a_stride_of_a_quarter_goes_with_a_kernel_that_spans_it() -> None:
    assert ModelOptions(stride=4, kernel=5).stride == 4
    with pytest.raises(OptionError, match="kernel must be at least 5 at a stride of 4, not 4"):
        ModelOptions(stride=4, kernel=4)


def test_temperature_zero_suggests_greedy() -> None:
    with pytest.raises(OptionError, match=GREEDY):
        SamplingOptions(temperature=0)


def test_options_import_no_installed_package_but_chorale() -> None:
    script = "import sys, chorale.options; print(*{n.partition('.')[0] for n in sys.modules})"
    bare = "import sys; print(*{n.partition('.')[0] for n in sys.modules})"
    with_options, without = (
        set(
            subprocess.run(  # the modules that an interpreter starts with differ by machine
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            ).stdout.split()
        )
        for code in (script, bare)
    )
    foreign = with_options - without - sys.stdlib_module_names
    assert foreign == {"chorale"}
