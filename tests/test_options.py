"""Every option's limits, each with the message that names them."""

import subprocess
import sys
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from chorale.errors import OptionError
from chorale.options import ModelOptions, SamplingOptions, TrainingOptions

NAN, INFINITY = float("nan"), float("inf")

REFUSED: list[tuple[type, str, Any, str]] = [
    *(
        (ModelOptions, name, value, f"{name} must be at least 1, not {value}")
        for name in ("embedding", "filters", "units", "layers", "head_units", "towers")
        for value in (0, -1)
    ),
    *(
        (ModelOptions, name, 8193, f"{name} must be at most 8192, not 8193")
        for name in ("embedding", "filters", "kernel", "encoder_units", "units", "head_units")
    ),
    *(
        (ModelOptions, name, 17, f"{name} must be at most 16, not 17")
        for name in ("layers", "towers")
    ),
    *(
        (TrainingOptions, name, 10**30, f"{name} must be at most 1000000, not 1000000000")
        for name in ("epochs", "batch_size", "patience")
    ),
    (ModelOptions, "encoder_units", -1, "encoder_units must not be below 0: -1"),
    *(
        (
            ModelOptions,
            "embedding_range",
            value,
            rf"embedding_range must be in \(0, 10\], not {value:g}",
        )
        for value in (0.0, -1.0, 10.1, NAN)
    ),
    (ModelOptions, "kernel", 1, "kernel must be at least 2 at a stride of 1, not 1"),
    (ModelOptions, "stride", 4, "kernel must be at least 5 at a stride of 4, not 4"),
    *(
        (ModelOptions, "stride", value, f"stride must be 1, 2 or 4, not {value}")
        for value in (0, 3, 8)
    ),
    *(
        (ModelOptions, name, value, rf"^{name} must be in \[0, 1\), not {value}")
        for name in ("dropout", "input_dropout")
        for value in (-0.1, 1.0, NAN)
    ),
    *(
        (ModelOptions, "shuffled", value, rf"^shuffled must be in \[0, 1\], not {value}")
        for value in (-0.1, 1.1, NAN)
    ),
    (ModelOptions, "order", (0, 1, 2), "order must name each voice from 0 to 3 once"),
    (ModelOptions, "order", (0, 1, 2, 2), "order must name each voice from 0 to 3 once"),
    (ModelOptions, "order", (1, 2, 3, 4), "order must name each voice from 0 to 3 once"),
    *(
        (ModelOptions, "cell", value, f"cell must be one of lstm, gru, rnn, not {value}")
        for value in ("LSTM", "", "transformer", None, 1)
    ),
    *(
        (TrainingOptions, name, value, f"{name} must be at least 1, not {value}")
        for name in ("epochs", "batch_size", "patience")
        for value in (0, -1)
    ),
    (TrainingOptions, "window_steps", 15, "window_steps must be 16 or more: 15"),
    *(
        (TrainingOptions, "learning_rate", value, r"learning_rate must be in \(0, 1\]")
        for value in (0.0, -1e-3, 1.1, NAN)
    ),
    *(
        (TrainingOptions, "warmup", value, rf"warmup must be in \[0, 1\), not {value}")
        for value in (-0.1, 1.0, NAN)
    ),
    (TrainingOptions, "weight_decay", -0.1, "weight_decay must not be negative"),
    (TrainingOptions, "weight_decay", NAN, "weight_decay must not be negative"),
    (TrainingOptions, "clip_norm", 0.0, "clip_norm must be above 0"),
    (TrainingOptions, "clip_norm", NAN, "clip_norm must be above 0"),
    (TrainingOptions, "averaging", -0.1, r"averaging must be in \[0, 1\)"),
    (TrainingOptions, "averaging", 1.0, r"averaging must be in \[0, 1\)"),
    (TrainingOptions, "evidence", -0.1, r"evidence must be in \[0, 1\]"),
    (TrainingOptions, "evidence", 1.1, r"evidence must be in \[0, 1\]"),
    (TrainingOptions, "seed", -1, "seed must be in"),
    *(
        (SamplingOptions, "temperature", value, f"temperature must be above 0, not {value:g}")
        for value in (0.0, -1.0, NAN, -INFINITY)
    ),
    *(
        (SamplingOptions, "guidance", value, rf"guidance must be in \[0, 2\], not {value:g}")
        for value in (-0.1, 2.1, NAN)
    ),
    *(
        (SamplingOptions, "strictness", value, rf"strictness must be in \[0, 2\], not {value:g}")
        for value in (-0.1, 2.1, NAN)
    ),
    (SamplingOptions, "best_of", 0, "best-of must be 1 to 64, not 0"),
    (SamplingOptions, "best_of", 65, "best-of must be 1 to 64, not 65"),
    (SamplingOptions, "temperature", INFINITY, "temperature must be finite"),
    *(
        (SamplingOptions, "top_p", value, rf"top-p must be in \(0, 1\], not {value:g}")
        for value in (0.0, -0.5, 1.5, NAN)
    ),
]

ALLOWED: list[tuple[type, str, Any]] = [
    *(
        (ModelOptions, name, 1)
        for name in ("embedding", "filters", "units", "layers", "head_units", "towers")
    ),
    *((ModelOptions, "encoder_units", units) for units in (0, 1)),
    (ModelOptions, "embedding_range", 10.0),
    (ModelOptions, "kernel", 2),
    *((ModelOptions, "stride", stride) for stride in (1, 2)),
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
    (SamplingOptions, "guidance", 0.0),
    (SamplingOptions, "guidance", 2.0),
    (SamplingOptions, "strictness", 0.0),
    (SamplingOptions, "strictness", 2.0),
]


@pytest.mark.parametrize(("options", "name", "value", "message"), REFUSED)
def test_a_value_beyond_its_limit_is_refused_with_the_limit(
    options: type, name: str, value: Any, message: str
) -> None:
    with pytest.raises(OptionError, match=message):
        options(**{name: value})


@pytest.mark.parametrize(("options", "name", "value"), ALLOWED)
def test_a_value_at_its_limit_is_allowed(options: type, name: str, value: Any) -> None:
    assert getattr(options(**{name: value}), name) == value


@pytest.mark.parametrize("options", [ModelOptions, TrainingOptions, SamplingOptions])
def test_every_option_but_greedy_has_a_tested_limit(options: type) -> None:
    tested = {name for kind, name, _, _ in REFUSED if kind is options}
    assert tested | {"greedy"} >= options.__dataclass_fields__.keys()  # type: ignore[attr-defined]  # of any dataclass


@pytest.mark.parametrize("options", [ModelOptions, TrainingOptions, SamplingOptions])
def test_options_are_frozen(options: type) -> None:
    made = options()
    name = next(iter(vars(made)))
    with pytest.raises(FrozenInstanceError):
        setattr(made, name, 1)


def test_a_stride_of_a_quarter_goes_with_a_kernel_that_sees_across_it() -> None:
    assert ModelOptions(stride=4, kernel=5).stride == 4


def test_temperature_zero_is_told_about_greedy() -> None:
    with pytest.raises(OptionError, match="for the likeliest token always, use --greedy"):
        SamplingOptions(temperature=0)


def test_options_import_neither_numpy_nor_anything_else_that_is_installed() -> None:
    script = "import sys, chorale.options; print(*{n.partition('.')[0] for n in sys.modules})"
    bare = "import sys; print(*{n.partition('.')[0] for n in sys.modules})"
    with_options, without = (
        set(
            subprocess.run(  # what an interpreter starts with differs by machine
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            ).stdout.split()
        )
        for code in (script, bare)
    )
    foreign = with_options - without - sys.stdlib_module_names
    assert foreign == {"chorale"}
