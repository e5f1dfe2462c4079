"""A checkpoint comes back as it was saved, and any other file is refused in one line."""

import json
import os
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from places import ROOT
from safetensors import safe_open
from safetensors.numpy import save_file
from strategies import plans, plans_with_motion, plans_with_short_bars
from tiny_network import OPTIONS, RANGES, plan_in_phrases, saved, tiny_checkpoint, tiny_critic

from chorale.errors import CheckpointError, OutputError
from chorale.music import Plan
from chorale.network.calibration import FAMILIES, LARGEST, QUANTUM
from chorale.network.calibration_storage import inflate
from chorale.network.checkpoint import FORMAT, Checkpoint, load_checkpoint, save_checkpoint
from chorale.network.tokens import Vocabulary
from chorale.options import Cell

A_WEIGHT = "bass_tokens/bias"
Tensors = dict[str, NDArray[Any]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the file of a good checkpoint, alone in its folder."""
    return saved(tiny_checkpoint(), tmp_path)


def contents(path: Path) -> tuple[Tensors, dict[str, Any]]:
    """Return the weights and the header of a checkpoint's file."""
    with safe_open(path, "numpy") as file:
        header = json.loads(file.metadata()["chorale"])
        return {name: file.get_tensor(name) for name in file.keys()}, header  # noqa: SIM118 - no mapping


def refused(path: Path) -> str:
    """Return the message with which a file is refused: one line that names the file."""
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


# There and back


def test_a_checkpoint_comes_back_as_it_was_saved(path: Path) -> None:
    checkpoint, loaded = tiny_checkpoint(), load_checkpoint(path)
    assert loaded.weights.keys() == checkpoint.weights.keys()
    for name, values in checkpoint.weights.items():
        assert loaded.weights[name].dtype == np.float32
        np.testing.assert_array_equal(loaded.weights[name], values)
    np.testing.assert_array_equal(loaded.ranges, checkpoint.ranges)
    assert loaded.options == checkpoint.options
    assert loaded.vocabulary == checkpoint.vocabulary
    assert loaded.plans == checkpoint.plans
    assert loaded.about == checkpoint.about
    assert loaded.fingerprint == checkpoint.fingerprint


def calibrated() -> Checkpoint:
    """Return a checkpoint with a calibration that is exact in bytes."""
    tables = {
        name: np.full(shape, (number - 10) * QUANTUM, np.float32)
        for number, (name, shape) in enumerate(FAMILIES.items())
    }
    return replace(tiny_checkpoint(), calibration=tables)


def save_in_tables(path: Path) -> None:
    """Rewrite a checkpoint as older versions wrote it: a tensor for each table."""
    tensors, header = contents(path)
    tables = inflate(tensors.pop("calibration/deflated"))
    tensors |= {f"calibration/{name}": table for name, table in tables.items()}
    save_file(tensors, path, {"chorale": json.dumps(header)})


def test_a_calibration_of_an_older_file_is_read(tmp_path: Path) -> None:
    path = saved(calibrated(), tmp_path)
    save_in_tables(path)
    loaded = load_checkpoint(path)
    assert loaded.fingerprint == calibrated().fingerprint
    for name, table in calibrated().calibration.items():
        np.testing.assert_array_equal(loaded.calibration[name], table)


def test_a_critic_comes_back_as_it_was_saved_and_changes_the_fingerprint(tmp_path: Path) -> None:
    checkpoint = replace(tiny_checkpoint(), critic=tiny_critic())
    loaded = load_checkpoint(saved(checkpoint, tmp_path))
    assert loaded.critic.keys() == checkpoint.critic.keys()
    for name, values in checkpoint.critic.items():
        assert loaded.critic[name].dtype == np.float32
        np.testing.assert_array_equal(loaded.critic[name], values)
    assert loaded.fingerprint == checkpoint.fingerprint != tiny_checkpoint().fingerprint
    assert loaded.weights.keys() == checkpoint.weights.keys()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda tensors: tensors.pop("critic/1/far/bias"), "critic/1/far/bias is missing"),
        (lambda tensors: tensors.update({"critic/x": np.zeros(1)}), "critic/x is unknown"),
        (
            lambda tensors: tensors.update({"critic/0/near/bias": np.zeros(3)}),
            r"critic/0/near/bias has shape \(3,\)",
        ),
        (
            lambda tensors: tensors["critic/0/logit/bias"].fill(np.nan),
            "critic/0/logit/bias has values that are not finite",
        ),
    ],
)
def test_a_damaged_critic_is_refused(
    tmp_path: Path, damage: Callable[[Tensors], Any], message: str
) -> None:
    path = saved(replace(tiny_checkpoint(), critic=tiny_critic()), tmp_path)
    tensors, header = contents(path)
    damage(tensors)
    save_file(tensors, path, {"chorale": json.dumps(header)})
    text = refused(path)
    assert re.search(message, text)
    assert "`chorale calibrate`" in text


def test_a_calibration_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    checkpoint = calibrated()
    loaded = load_checkpoint(saved(checkpoint, tmp_path))
    assert loaded.calibration.keys() == FAMILIES.keys()
    for name, table in checkpoint.calibration.items():
        assert loaded.calibration[name].dtype == np.float32
        np.testing.assert_array_equal(loaded.calibration[name], table)
    assert loaded.weights.keys() == checkpoint.weights.keys()
    assert loaded.fingerprint == checkpoint.fingerprint != tiny_checkpoint().fingerprint


def test_corrections_are_stored_to_the_nearest_quantum_within_their_limits(tmp_path: Path) -> None:
    tables = {name: np.zeros(shape, np.float32) for name, shape in FAMILIES.items()}
    tables["turn"][0, :5] = 0.6 * QUANTUM, -0.4 * QUANTUM, 9.0, -9.0, LARGEST
    path = saved(replace(tiny_checkpoint(), calibration=tables), tmp_path)
    turn = load_checkpoint(path).calibration["turn"]
    assert turn[0, :5].tolist() == [QUANTUM, 0, LARGEST, -LARGEST, LARGEST]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda tensors: tensors.pop("calibration/turn"), "its calibration is damaged"),
        (lambda tensors: tensors.update({"calibration/x": np.zeros(1)}), "calibration is damaged"),
        (
            lambda tensors: tensors.update({"calibration/turn": np.zeros((2, 12))}),
            "its calibration is damaged",
        ),
        (
            lambda tensors: tensors.update(
                {"calibration/turn": np.zeros(FAMILIES["turn"], np.float16)}
            ),
            "its calibration is damaged",
        ),
    ],
)
def test_a_damaged_calibration_is_refused(
    tmp_path: Path, damage: Callable[[Tensors], Any], message: str
) -> None:
    path = saved(calibrated(), tmp_path)
    save_in_tables(path)
    tensors, header = contents(path)
    damage(tensors)
    save_file(tensors, path, {"chorale": json.dumps(header)})
    text = refused(path)
    assert message in text
    assert "`chorale calibrate`" in text


def test_weights_come_back_rounded_to_half_precision(tmp_path: Path) -> None:
    checkpoint = tiny_checkpoint()
    precise = {name: values + np.float32(1e-4) for name, values in checkpoint.weights.items()}
    loaded = load_checkpoint(saved(replace(checkpoint, weights=precise), tmp_path))
    for name, values in precise.items():
        np.testing.assert_array_equal(loaded.weights[name], values.astype(np.float16))


def test_options_that_are_not_the_defaults_come_back(tmp_path: Path) -> None:
    options = replace(OPTIONS, order=(0, 3, 1, 2), layers=1, kernel=2, dropout=0.25, cell="gru")
    assert load_checkpoint(saved(tiny_checkpoint(options=options), tmp_path)).options == options


@pytest.mark.parametrize("cell", get_args(Cell))
def test_weights_of_every_cell_come_back(tmp_path: Path, cell: Cell) -> None:
    checkpoint = tiny_checkpoint(options=replace(OPTIONS, cell=cell))
    loaded = load_checkpoint(saved(checkpoint, tmp_path))
    assert loaded.options.cell == cell
    assert loaded.fingerprint == checkpoint.fingerprint


def test_a_file_without_a_kind_of_cell_has_lstms(path: Path) -> None:
    tensors, header = contents(path)
    del header["options"]["cell"]
    save_file(tensors, path, {"chorale": json.dumps(header)})
    loaded = load_checkpoint(path)
    assert loaded.options == OPTIONS
    assert loaded.fingerprint == tiny_checkpoint().fingerprint


@given(st.lists(plans() | plans_with_motion() | plans_with_short_bars(), max_size=3))
@settings(max_examples=25, deadline=None)
def test_any_plans_come_back(tmp_path_factory: pytest.TempPathFactory, some: list[Plan]) -> None:
    folder = tmp_path_factory.mktemp("plans")
    loaded = load_checkpoint(saved(tiny_checkpoint(plans=tuple(some)), folder))
    assert loaded.plans == tuple(some)


def test_a_plan_without_early_downbeats_has_no_field_for_them(path: Path) -> None:
    assert contents(path)[1]["plans"]
    assert not any("early_downbeats" in plan for plan in contents(path)[1]["plans"])


def test_the_same_checkpoint_makes_the_same_file(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.safetensors"
    save_checkpoint(load_checkpoint(path), again)
    assert again.read_bytes() == path.read_bytes()


# The fingerprint


def test_the_fingerprint_is_twelve_hexadecimal_digits_and_the_same_every_time() -> None:
    fingerprint = tiny_checkpoint().fingerprint
    assert len(fingerprint) == 12
    assert int(fingerprint, 16) >= 0
    assert tiny_checkpoint().fingerprint == fingerprint


@pytest.mark.parametrize("name", tiny_checkpoint().weights)
def test_the_fingerprint_changes_with_any_weight(name: str) -> None:
    checkpoint = tiny_checkpoint()
    changed = checkpoint.weights[name].copy()
    changed.flat[-1] += 1
    other = replace(checkpoint, weights={**checkpoint.weights, name: changed})
    assert other.fingerprint != checkpoint.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        {"order": (0, 1, 2, 3)},
        {"cell": "gru"},
        {"cell": "rnn"},
        {"dropout": 0.4},
        {"input_dropout": 0.25},
        {"shuffled": 0.1},
    ],
)
def test_the_fingerprint_changes_with_an_option_that_changes_no_weight(
    other: dict[str, Any],
) -> None:
    bare = Checkpoint({}, OPTIONS, Vocabulary(), RANGES, (), {})
    changed = replace(bare, options=replace(OPTIONS, **other))
    assert changed.fingerprint != bare.fingerprint


def test_the_fingerprint_does_not_depend_on_the_order_of_the_weights() -> None:
    checkpoint = tiny_checkpoint()
    reverse = replace(checkpoint, weights=dict(reversed([*checkpoint.weights.items()])))
    assert reverse.fingerprint == checkpoint.fingerprint


# Files that are not checkpoints


def test_the_error_for_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    assert "no checkpoint at" in refused(tmp_path / "none.safetensors")
    assert "`chorale train -o" in refused(tmp_path / "none.safetensors")
    refused(tmp_path)  # a folder
    refused(tmp_path / ("x" * 300))  # a name that no file can have


@pytest.mark.parametrize(
    "content", [b"", b"x", b"Once upon a time there were four voices.\n" * 100, bytes(1000)]
)
def test_another_kind_of_file_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert "is damaged or is not a checkpoint" in refused(path)


def header_end(content: bytes) -> int:
    """Return where the header of a safetensors file ends and its numbers begin."""
    return 8 + int(struct.unpack("<Q", content[:8])[0])


@pytest.mark.parametrize(
    "end",
    [
        lambda content: 4,
        lambda content: 8,
        lambda content: 100,
        lambda content: header_end(content) - 1,
        header_end,
        lambda content: (header_end(content) + len(content)) // 2,
        lambda content: len(content) - 1,
    ],
    ids=["length", "header", "in header", "in header's end", "numbers", "in numbers", "last byte"],
)
def test_a_truncated_file_is_refused(path: Path, end: Callable[[bytes], int]) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: end(content)])
    assert "is damaged or is not a checkpoint" in refused(path)


@pytest.mark.parametrize("place", [0, 7, 8, 9])
def test_a_file_whose_first_bytes_are_damaged_is_refused(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)
    assert "is damaged or is not a checkpoint" in refused(path)


@pytest.mark.parametrize("metadata", [None, {}, {"format": "pt"}, {"chorale": "no JSON"}])
def test_a_foreign_safetensors_file_is_refused(
    tmp_path: Path, metadata: dict[str, str] | None
) -> None:
    foreign = tmp_path / "foreign.safetensors"
    save_file({"layer.weight": np.zeros((2, 3), np.float32)}, foreign, metadata)
    assert "is a safetensors file but not a checkpoint of chorale" in refused(foreign)


def test_a_foreign_file_of_brain_floats_is_refused(tmp_path: Path) -> None:
    description = {"a": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}
    header = json.dumps(description).encode()
    foreign = tmp_path / "foreign.safetensors"
    foreign.write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))
    refused(foreign)


# Files with wrong contents


def test_a_checkpoint_of_another_format_is_refused_with_both_formats(path: Path) -> None:
    tensors, header = contents(path)
    save_file(tensors, path, {"chorale": json.dumps({**header, "format": FORMAT + 1})})
    message = refused(path)
    assert f"format {FORMAT + 1} on a grid of 4 steps a quarter" in message
    assert f"this version reads format {FORMAT} on 4" in message


def test_a_checkpoint_on_another_grid_is_refused(path: Path) -> None:
    tensors, header = contents(path)
    save_file(tensors, path, {"chorale": json.dumps({**header, "steps_per_quarter": 6})})
    assert "on a grid of 6 steps a quarter" in refused(path)


@pytest.mark.parametrize(
    "field", ["format", "steps_per_quarter", "options", "vocabulary", "ranges", "plans", "about"]
)
@pytest.mark.parametrize("value", ["missing", None, "text", [1], 7, {"a": 1}], ids=str)
def test_a_header_with_a_field_missing_or_of_another_kind_is_refused(
    path: Path, field: str, value: Any
) -> None:
    tensors, header = contents(path)
    if field == "about" and isinstance(value, dict):
        return  # free to hold anything
    if value == "missing":
        del header[field]
    else:
        header[field] = value
    save_file(tensors, path, {"chorale": json.dumps(header)})
    refused(path)


PLAN = {
    "length_steps": 8,
    "metre": [4, 4],
    "pickup_steps": 0,
    "key": [0, "major"],
    "fermatas": [3, 7],
    "motion": [[0, 1, 2, 4], [0, 0, 0, 0]],
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("options", {"units": 0}),
        ("options", {"units": "6"}),
        ("options", {"order": [0, 1, 2]}),
        ("options", {"loudness": 11}),
        ("options", {"cell": "gru"}),
        ("options", {"cell": "tape"}),
        ("options", {"cell": None}),
        ("vocabulary", {"highest_pitch": 83}),
        ("vocabulary", {"lowest_pitch": "C"}),
        ("vocabulary", {"shape": "square"}),
        ("ranges", [[60, 81], [53, 74], [48, 69]]),
        ("ranges", [[60, 81], [53, 74], [48, 69], [36]]),
        ("ranges", [[60, 81], [53, 74], [48, 69], [36, 10**30]]),
        ("ranges", [[60, 81], [53, 74], [48, 69], ["C", "D"]]),
        ("plans", [{**PLAN, "length_steps": 0}]),
        ("plans", [{**PLAN, "length_steps": "8"}]),
        ("plans", [{**PLAN, "metre": [4, 3]}]),
        ("plans", [{**PLAN, "metre": [4]}]),
        ("plans", [{**PLAN, "pickup_steps": 16}]),
        ("plans", [{**PLAN, "key": [12, "major"]}]),
        ("plans", [{**PLAN, "key": [0, "locrian"]}]),
        ("plans", [{**PLAN, "fermatas": [8]}]),
        ("plans", [{**PLAN, "fermatas": ["end"]}]),
        ("plans", [{**PLAN, "motion": [[0, 1, 2, 4]]}]),
        ("plans", [{**PLAN, "motion": [[0, 1, 2, 4]] * 3}]),
        ("plans", [{**PLAN, "motion": [[0, 1, 2], [0, 1, 2]]}]),
        ("plans", [{**PLAN, "motion": [[0, 1, 2, 4], [0]]}]),
        ("plans", [{**PLAN, "motion": [[0, 1, 2, 5]] * 2}]),
        ("plans", [{**PLAN, "motion": [[0, 1, 2, -1]] * 2}]),
        ("plans", [{**PLAN, "motion": [[0, 1, 2, 10**30]] * 2}]),
        ("plans", [{**PLAN, "motion": [[0, 1, 2, 1.5]] * 2}]),
        ("plans", [{**PLAN, "motion": [["calm"] * 4] * 2}]),
        ("plans", [{**PLAN, "motion": []}]),
        ("plans", [{**PLAN, "motion": 3}]),
        ("plans", [{**PLAN, "fermatas": None}]),
        ("plans", [{**PLAN, "early_downbeats": [8]}]),
        ("plans", [{**PLAN, "early_downbeats": ["4"]}]),
        ("plans", [{**PLAN, "early_downbeats": 4}]),
        ("plans", [{}]),
    ],
)
def test_a_header_with_a_wrong_value_is_refused(path: Path, field: str, value: Any) -> None:
    tensors, header = contents(path)
    header[field] = {**header[field], **value} if isinstance(value, dict) else value
    save_file(tensors, path, {"chorale": json.dumps(header)})
    refused(path)


@pytest.mark.parametrize("header", ["", "[]", "null", "3", '"text"', "{"])
def test_a_header_that_is_not_an_object_is_refused(path: Path, header: str) -> None:
    save_file(contents(path)[0], path, {"chorale": header})
    refused(path)


def with_value(tensors: Tensors, value: float) -> Tensors:
    changed = tensors[A_WEIGHT].copy()
    changed[3] = value
    return {**tensors, A_WEIGHT: changed}


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            lambda tensors: {name: tensors[name] for name in tensors.keys() - {A_WEIGHT}},
            (
                f"its weight {A_WEIGHT} is missing; train again, or install the version of chorale "
                "that wrote it"
            ),
        ),
        (
            lambda tensors: {**tensors, "kettledrum/kernel": np.zeros(3, np.float16)},
            (
                "its weight kettledrum/kernel is unknown; train again, or install the version "
                "of chorale that wrote it"
            ),
        ),
        (
            lambda tensors: {**tensors, A_WEIGHT: tensors[A_WEIGHT][:-1]},
            f"its weight {A_WEIGHT} has shape (50,), but its options need (51,); train again",
        ),
        (
            lambda tensors: {**tensors, A_WEIGHT: tensors[A_WEIGHT][None]},
            f"its weight {A_WEIGHT} has shape (1, 51), but its options need (51,); train again",
        ),
        (
            lambda tensors: with_value(tensors, np.nan),
            f"its weight {A_WEIGHT} has values that are not finite; train again",
        ),
        (
            lambda tensors: with_value(tensors, -np.inf),
            f"its weight {A_WEIGHT} has values that are not finite; train again",
        ),
    ],
    ids=["missing", "extra", "short", "misshapen", "nan", "infinite"],
)
def test_a_damaged_weight_is_named(
    path: Path, damage: Callable[[Tensors], Tensors], message: str
) -> None:
    tensors, header = contents(path)
    save_file(damage(tensors), path, {"chorale": json.dumps(header)})
    assert refused(path) == f"{path}: {message}"


# Nothing half-written


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
def test_a_disk_that_fills_up_leaves_the_old_checkpoint_and_nothing_else(path: Path) -> None:
    script = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tiny_network import saved, tiny_checkpoint
from chorale.errors import OutputError
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))  # files end after 5000 bytes
try:
    saved(tiny_checkpoint(seed=2), Path(sys.argv[2]))
except OutputError as error:
    print(error)
"""
    before = path.read_bytes()
    assert len(before) > 5000
    result = subprocess.run(
        [sys.executable, "-c", script, str(ROOT / "tests" / "support"), str(path.parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.startswith(f"cannot write {path}: File too large")
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def test_a_checkpoint_is_not_written_where_its_folder_is_a_file(path: Path) -> None:
    with pytest.raises(OutputError, match="is not a folder"):
        save_checkpoint(tiny_checkpoint(), path / "inner.safetensors")
    assert load_checkpoint(path).plans == (plan_in_phrases(),)


# What to do next


def test_errors_for_a_foreign_file_and_another_format_name_the_remedy(path: Path) -> None:
    tensors, header = contents(path)
    save_file(tensors, path, {"chorale": json.dumps({**header, "format": FORMAT + 1})})
    remedy = "; train again, or install the version of chorale that wrote it"
    assert refused(path).endswith(remedy)
    save_file(tensors, path, {})
    assert refused(path).endswith("; make one with `chorale train`")
