"""The training state: one safetensors file, from which a run resumes exactly."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from os.path import isfile  # unlike Path.is_file, raises nothing whatever the name
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from chorale.errors import TrainingError
from chorale.files import write_bytes
from chorale.options import ModelOptions, TrainingOptions
from chorale.training.history import Epoch
from chorale.untrusted import check_safetensors, dataclass_from_json, parse_json

FORMAT = 1
MAX_BYTES = 4_000_000_000


@dataclass(frozen=True, eq=False)
class TrainingState:
    """The state of a run of training between two epochs.

    Attributes:
        arrays: every variable of network, averages and optimiser, including the random state of
            dropout and of the order of voices.
        model: size and kind of the network.
        training: options of the training.
        precision: see `chorale.training.device.choose_precision`.
        data: name or path of the data set, an argument of `load_corpus`.
        fingerprint: hash of the corpus.
        command: the command that began the run.
        history: the epochs so far.
    """

    arrays: Mapping[str, NDArray[Any]]
    model: ModelOptions
    training: TrainingOptions
    precision: str
    data: str
    fingerprint: str
    command: str
    history: tuple[Epoch, ...]

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest validation NLL; the history must not be empty."""
        return min(self.history, key=lambda epoch: epoch.valid_nll)

    def at_learning_rate(self, rate: float, command: str) -> "TrainingState":
        """Return the state to resume from at another learning rate, as after a divergence.

        Args:
            rate: highest learning rate of the schedule; the run keeps its position in the schedule.
            command: the command that resumes the run, for the account of the training.

        Raises:
            OptionError: the rate is outside its range.
        """
        training = replace(self.training, learning_rate=rate)
        commands = f"{self.command}; after epoch {len(self.history)}: {command}"
        return replace(self, training=training, command=commands)

    def save(self, path: Path) -> None:
        """Write the state, complete or not at all.

        Raises:
            OutputError: the file cannot be written.
        """
        header = {
            "format": FORMAT,
            "model": asdict(self.model),
            "training": asdict(self.training),
            "precision": self.precision,
            "data": self.data,
            "fingerprint": self.fingerprint,
            "command": self.command,
            "history": [asdict(epoch) for epoch in self.history],
        }
        write_bytes(path, save(dict(self.arrays), {"chorale-training": json.dumps(header)}))

    @classmethod
    def load(cls, path: Path) -> "TrainingState":
        """Read a state.

        Raises:
            TrainingError: the file does not exist, is damaged, or has another version.
        """
        if not isfile(path):
            raise TrainingError(
                f"nothing to resume: there is no {path}, which a run writes after its first epoch; "
                "begin without --resume, and with --force if the run has left other files"
            )
        try:
            check_safetensors(path, MAX_BYTES)
            with safe_open(path, "numpy") as file:
                header = parse_json((file.metadata() or {})["chorale-training"])
                arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
            if header.pop("format") != FORMAT:
                raise ValueError("written by another version of chorale")
            names = ("precision", "data", "fingerprint", "command")
            if not all(isinstance(header[name], str) for name in names):
                raise ValueError("a field is not a text")
            return cls(
                arrays,
                dataclass_from_json(ModelOptions, header["model"]),
                dataclass_from_json(TrainingOptions, header["training"]),
                header["precision"],
                header["data"],
                header["fingerprint"],
                header["command"],
                tuple(dataclass_from_json(Epoch, epoch) for epoch in header["history"]),
            )
        except (
            *(SafetensorError, OSError, LookupError, ValueError, TypeError, AttributeError),
            OverflowError,
        ) as error:
            raise TrainingError(
                f"cannot resume from {path}: it is damaged or of another version ({error}); "
                "train again from the beginning with --force"
            ) from error
