"""Checkpoints: a trained network as one safetensors file, complete in itself.

The file holds the weights in half precision, under the names of the network's layers. Its header
holds one JSON text: format, step grid, model options, vocabulary, ranges of the voices, and an
account of the training (data set and split, fingerprint of the data set, digests of the training
chorales, command, figures). Reading a checkpoint runs no code: the file contains no pickle.

    weights     {"note_embedding/embeddings": (V + 2, embedding), ...}, see `weight_shapes` in
                `chorale.network.architecture`
    ranges      (4, 2), lowest and highest pitch of each voice in the training split
    calibration tables of corrections, see `chorale.network.calibration_storage`
    critic      weights of the critic, {"critic/0/hidden/kernel": ...}, see `chorale.network.critic`
    plans       plans of the training split, with their motion as four levels for each phrase;
                composing draws a piece's plan from these
    about       the account of the training

A checkpoint may have no calibration and no critic.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from os.path import isfile  # unlike Path.is_file, raises nothing whatever the name
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from chorale.aliases import Floats, Ids
from chorale.errors import CheckpointError, ChoraleError
from chorale.files import write_bytes
from chorale.music import STEPS_PER_QUARTER, VOICES, Plan
from chorale.network.architecture import weight_shapes
from chorale.network.calibration_storage import DEFLATED, deflate, quantize, read_calibration
from chorale.network.critic import critic_shapes
from chorale.network.plan_json import plan_from_json, plan_to_json
from chorale.network.tokens import Vocabulary
from chorale.options import ModelOptions
from chorale.untrusted import check_safetensors, dataclass_from_json, parse_json, require_int

FORMAT = 3
MAX_BYTES = 1_000_000_000  # fifty times the network that ships
MAX_PLANS = 10_000
CALIBRATION, CRITIC = "calibration/", "critic/"  # beginnings of the names of their arrays

Weights = Mapping[str, Floats]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A trained network and the account of its training.

    Attributes:
        weights: arrays by the names of `chorale.network.architecture.weight_shapes`.
        options: size and kind of the network's layers.
        vocabulary: the token table.
        ranges: (4, 2) int32, lowest and highest pitch of each voice in the training split.
        plans: plans of the training split.
        about: the account of the training, JSON values by name.
        calibration: tables by family, see `chorale.network.calibration`; empty if there is none.
        critic: arrays by the names of `chorale.network.critic.critic_shapes`; empty if there is
            none.
    """

    weights: Weights
    options: ModelOptions
    vocabulary: Vocabulary
    ranges: Ids
    plans: tuple[Plan, ...]
    about: Mapping[str, Any]
    calibration: Weights = field(default_factory=dict)
    critic: Weights = field(default_factory=dict)

    @property
    def has_conditioning(self) -> bool:
        """Whether the network can be conditioned on given notes.

        This takes an encoder, and training with given notes. A checkpoint without a record of
        given notes counts as trained with them.
        """
        given_in_training = self.about.get("training", {}).get("evidence", 1.0) > 0
        return given_in_training and self.options.encoder_units > 0

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits of a hash over everything that determines the music.

        The hash covers the weights, the calibration, the critic, the options, the vocabulary, the
        ranges and the plans.
        """
        digest = hashlib.sha256(json.dumps(_describe(self), sort_keys=True).encode())
        tables = quantize(self.calibration)
        arrays: dict[str, NDArray[Any]] = {**_halves(self)}
        arrays |= {CALIBRATION + name: table for name, table in tables.items()}
        for name in sorted(arrays):
            digest.update(name.encode())
            digest.update(arrays[name].tobytes())
        return digest.hexdigest()[:12]


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write a checkpoint, complete or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    header = {**_describe(checkpoint), "about": dict(checkpoint.about)}
    arrays: dict[str, NDArray[Any]] = {**_halves(checkpoint)}
    if checkpoint.calibration:
        arrays[CALIBRATION + DEFLATED] = deflate(quantize(checkpoint.calibration))
    write_bytes(path, save(arrays, {"chorale": json.dumps(header)}))


def _halves(checkpoint: Checkpoint) -> dict[str, NDArray[np.float16]]:
    """Return the weights of network and critic as they are stored."""
    critic = {CRITIC + name: values for name, values in checkpoint.critic.items()}
    weights = {**checkpoint.weights, **critic}
    return {name: values.astype(np.float16) for name, values in weights.items()}


def _describe(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return a checkpoint as JSON values, without its arrays and the account of the training."""
    return {
        "format": FORMAT,
        "steps_per_quarter": STEPS_PER_QUARTER,
        "options": asdict(checkpoint.options),
        "vocabulary": checkpoint.vocabulary.to_dict(),
        "ranges": checkpoint.ranges.tolist(),
        "plans": [plan_to_json(plan) for plan in checkpoint.plans],
    }


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint, its weights as float32.

    Raises:
        CheckpointError: the file does not exist, is not a checkpoint, has another format, or is
            damaged.
    """
    if not isfile(path):
        raise CheckpointError(f"no checkpoint at {path}; make one with `chorale train -o {path}`")
    try:
        check_safetensors(path, MAX_BYTES)
        with safe_open(path, "numpy") as file:
            metadata = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except PermissionError as error:
        raise CheckpointError(
            f"{path} cannot be read: {error.strerror}; change its permissions, or use another file"
        ) from error
    except (SafetensorError, OSError, ValueError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"{path} is damaged or is not a checkpoint ({error}); train again, or use another file"
        ) from error
    try:
        return _build_checkpoint(parse_json(metadata["chorale"]), weights)
    except ChoraleError as error:
        raise CheckpointError(f"{path}: {error}") from error
    except (LookupError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise CheckpointError(
            f"{path} is a safetensors file but not a checkpoint of chorale; "
            "make one with `chorale train`"
        ) from error


def _build_checkpoint(header: dict[str, Any], weights: dict[str, NDArray[Any]]) -> Checkpoint:
    if header["format"] != FORMAT or header["steps_per_quarter"] != STEPS_PER_QUARTER:
        raise CheckpointError(
            f"the file has format {header['format']} on a grid of {header['steps_per_quarter']} "
            f"steps a quarter, but this version reads format {FORMAT} on {STEPS_PER_QUARTER}; "
            "train again, or install the version of chorale that wrote it"
        )
    options = dataclass_from_json(ModelOptions, header["options"])
    vocabulary = dataclass_from_json(Vocabulary, header["vocabulary"])
    with np.errstate(over="ignore"):  # a float64 may overflow; the checks below then report it
        single = {name: values.astype(np.float32) for name, values in weights.items()}
    of_critic, tables = _pop_group(single, CRITIC), _pop_group(single, CALIBRATION)
    if of_critic:
        _check_shapes(of_critic, critic_shapes(), CRITIC, "run `chorale calibrate` again")
    check_weights(single, options, vocabulary)  # checking float16 takes three times as long
    if len(header["plans"]) > MAX_PLANS:
        raise CheckpointError(f"more than {MAX_PLANS:,} plans; train again")
    return Checkpoint(
        weights=single,
        options=options,
        vocabulary=vocabulary,
        ranges=_read_ranges(header["ranges"], vocabulary),
        plans=tuple(plan_from_json(plan) for plan in header["plans"]),
        about=_read_about(header["about"]),
        calibration=read_calibration({name: weights[CALIBRATION + name] for name in tables}),
        critic=of_critic,
    )


def _pop_group(arrays: dict[str, Floats], beginning: str) -> dict[str, Floats]:
    """Remove the arrays whose names have this beginning, and return them without it."""
    names = [name for name in arrays if name.startswith(beginning)]
    return {name.removeprefix(beginning): arrays.pop(name) for name in names}


def _read_ranges(value: Any, vocabulary: Vocabulary) -> Ids:
    ranges = np.array([[require_int(bound) for bound in bounds] for bounds in value], np.int32)
    lowest, highest = ranges.reshape(len(VOICES), 2).T
    inside = (vocabulary.lowest_pitch <= lowest) & (highest <= vocabulary.highest_pitch)
    if not (inside & (lowest <= highest)).all():
        raise CheckpointError("the ranges of its voices exceed its vocabulary; train again")
    return ranges


def _read_about(value: Any) -> dict[str, Any]:
    """Check the account of the training and return a copy; every field may be missing."""
    about = dict(value)
    training, figures = about.get("training", {}), about.get("figures", {})
    numbers = [training.get("evidence", 1.0), about.get("minutes", 0.0), *figures.values()]
    names = ("data", "split", "command", "calibration", "critic")
    texts = [*(about.get(name) or "" for name in names), *about.get("chorales", [])]
    if not all(isinstance(number, int | float) for number in numbers) or not all(
        isinstance(text, str) for text in texts
    ):
        raise CheckpointError("its account of the training is damaged; train again")
    return about


def check_weights(
    weights: Mapping[str, NDArray[Any]], options: ModelOptions, vocabulary: Vocabulary
) -> None:
    """Check that weights fit a network with these options.

    Raises:
        CheckpointError: a weight is missing, unknown, of a wrong shape, or not finite.
    """
    _check_shapes(weights, weight_shapes(options, vocabulary))


def _check_shapes(
    weights: Mapping[str, NDArray[Any]],
    expected: Mapping[str, tuple[int, ...]],
    group: str = "",
    remedy: str = "train again",
) -> None:
    """Check weights as `check_weights` does, against their shapes.

    Args:
        weights: the weights, by name.
        expected: their shapes, by name.
        group: beginning of all names, for messages.
        remedy: what to do about damage.
    """
    for name in sorted(expected.keys() | weights.keys()):
        if name not in weights or name not in expected:
            state = "missing" if name in expected else "unknown"
            raise CheckpointError(
                f"its weight {group}{name} is {state}; {remedy}, or install the version of chorale "
                "that wrote it"
            )
        if weights[name].shape != expected[name]:
            raise CheckpointError(
                f"its weight {group}{name} has shape {weights[name].shape}, "
                f"but its options need {expected[name]}; {remedy}"
            )
        if not np.isfinite(weights[name]).all():
            raise CheckpointError(
                f"its weight {group}{name} has values that are not finite; {remedy}"
            )
