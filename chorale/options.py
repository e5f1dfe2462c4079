"""The options of each stage, small frozen values checked when they are made.

They import nothing heavy, NumPy neither, so that the command line can show their defaults at once.
"""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from chorale.errors import OptionError

MAX_WIDTH = 8192  # of what a network is made of, twenty times what ships
MAX_LAYERS = 16  # and towers

Cell = Literal["lstm", "gru", "rnn"]  # what recurrent layers are made of


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise OptionError(message)


@dataclass(frozen=True)
class ModelOptions:
    """The size of the network, and what it is made of.

    Raises:
        OptionError: a value outside its range.
    """

    embedding: int = 32  # width of a note token's embedding
    embedding_range: float = 0.05  # notes' embeddings start uniform within this; Keras has 0.05
    filters: int = 256  # of each Conv1D
    kernel: int = 4  # steps that a causal Conv1D sees; the evidence's sees as many and one
    stride: int = 1  # steps from one input of a recurrent layer to the next: 1, 2 or 4, a quarter
    encoder_units: int = 128  # recurrent units of the encoder in each direction; 0: no encoder
    units: int = 384  # of each recurrent layer of the decoder
    layers: int = 2  # recurrent layers of the decoder
    head_units: int = 256  # hidden units of each voice's head
    towers: int = 1  # decoders, each with heads of its own, whose logits are averaged
    dropout: float = 0.3  # share of hidden values dropped in training, 0 <= dropout < 1
    input_dropout: float = 0.3  # the same of what layers read of notes and plan
    shuffled: float = 0.0  # share of steps that take their voices in a random order in training
    order: tuple[int, ...] = (3, 0, 1, 2)  # voices of a step in the order they are drawn
    cell: Cell = "lstm"  # of every recurrent layer, encoder's and decoder's

    def __post_init__(self) -> None:
        for name in ("embedding", "filters", "units", "layers", "head_units", "towers"):
            value = getattr(self, name)
            most = MAX_LAYERS if name in ("layers", "towers") else MAX_WIDTH
            _check(value >= 1, f"{name} must be at least 1, not {value}")
            _check(value <= most, f"{name} must be at most {most}, not {value}")
        _check(self.encoder_units >= 0, f"encoder_units must not be below 0: {self.encoder_units}")
        for name in ("encoder_units", "kernel"):
            value = getattr(self, name)
            _check(value <= MAX_WIDTH, f"{name} must be at most {MAX_WIDTH}, not {value}")
        # windows start at whole quarters, and recurrent layers at each window's start
        _check(self.stride in (1, 2, 4), f"stride must be 1, 2 or 4, not {self.stride}")
        # the evidence's Conv1D must see to the end of the beat that starts in its middle
        least = max(2, 2 * self.stride - 3)
        _check(
            self.kernel >= least,
            f"kernel must be at least {least} at a stride of {self.stride}, not {self.kernel}",
        )
        _check(
            0 < self.embedding_range <= 10,
            f"embedding_range must be in (0, 10], not {self.embedding_range:g}",
        )
        for name in ("dropout", "input_dropout"):
            value = getattr(self, name)
            _check(0 <= value < 1, f"{name} must be in [0, 1), not {value}")
        _check(
            sorted(self.order) == [0, 1, 2, 3],
            f"order must name each voice from 0 to 3 once, not {self.order}",
        )
        _check(0 <= self.shuffled <= 1, f"shuffled must be in [0, 1], not {self.shuffled}")
        cells = get_args(Cell)
        _check(self.cell in cells, f"cell must be one of {', '.join(cells)}, not {self.cell}")


MAX_PASSES = 1_000_000  # over the data, and windows an update


@dataclass(frozen=True)
class TrainingOptions:
    """How the network is trained.

    Raises:
        OptionError: a value outside its range.
    """

    epochs: int = 84
    batch_size: int = 16  # windows an update
    window_steps: int = 256  # length of a window; shorter chorales are padded
    learning_rate: float = 2e-3  # at its highest, after the warm-up
    warmup: float = 0.05  # share of all updates
    weight_decay: float = 0.3
    clip_norm: float = 1.0  # the gradients' norm is held to this: the answer to explosions
    averaging: float = 0.99  # momentum of the averaged weights, which are the ones kept
    patience: int = 12  # epochs without a better validation NLL before stopping early
    evidence: float = 0.4  # share of windows in which some notes are given
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "patience"):
            value = getattr(self, name)
            _check(value >= 1, f"{name} must be at least 1, not {value}")
            _check(value <= MAX_PASSES, f"{name} must be at most {MAX_PASSES}, not {value}")
        _check(self.window_steps >= 16, f"window_steps must be 16 or more: {self.window_steps}")
        _check(0 < self.learning_rate <= 1, "learning_rate must be in (0, 1]")
        _check(0 <= self.warmup < 1, f"warmup must be in [0, 1), not {self.warmup}")
        _check(self.weight_decay >= 0, "weight_decay must not be negative")
        _check(self.clip_norm > 0, "clip_norm must be above 0")
        _check(0 <= self.averaging < 1, "averaging must be in [0, 1)")
        _check(0 <= self.evidence <= 1, "evidence must be in [0, 1]")
        _check(0 <= self.seed < 2**32, f"seed must be in [0, 2**32), not {self.seed}")


@dataclass(frozen=True)
class SamplingOptions:
    """How tokens are drawn from the network's distribution.

    Raises:
        OptionError: a value outside its range.
    """

    temperature: float | tuple[float, float, float, float] = 1.0  # above 0; one, or one a voice
    top_p: float = 1.0  # share of probability kept, in (0, 1]
    greedy: bool = False  # always the likeliest token; temperature and top-p play no part
    guidance: float = 0.9  # how far the plan is followed beyond what the network learnt, 0 to 2
    best_of: int = 2  # chorales written for each that is kept; one where greedy
    strictness: float = (
        1.0  # of part-writing: how firmly parallels and the like are avoided, 0 to 2
    )

    def __post_init__(self) -> None:
        for temperature in self.temperatures:
            _check(
                temperature > 0,
                f"temperature must be above 0, not {temperature:g}; "
                "for the likeliest token always, use --greedy",
            )
            _check(temperature < float("inf"), "temperature must be finite")
        _check(1 <= self.best_of <= 64, f"best-of must be 1 to 64, not {self.best_of}")
        _check(0 <= self.guidance <= 2, f"guidance must be in [0, 2], not {self.guidance:g}")
        _check(0 <= self.strictness <= 2, f"strictness must be in [0, 2], not {self.strictness:g}")
        _check(0 < self.top_p <= 1, f"top-p must be in (0, 1], not {self.top_p:g}")

    @property
    def candidates(self) -> int:
        """How many are written for each that is kept: greedy they would all be the same."""
        return 1 if self.greedy else self.best_of

    @property
    def temperatures(self) -> tuple[float, ...]:
        """What divides the logits of each voice, in SATB order."""
        each = self.temperature
        return each if isinstance(each, tuple) else (each,) * 4

    def of_voice(self, voice: int) -> "SamplingOptions":
        """The options for one voice, 0 (soprano) to 3 (bass), with its temperature alone."""
        return replace(self, temperature=self.temperatures[voice])
