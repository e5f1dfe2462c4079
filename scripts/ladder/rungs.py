"""The rungs of the ladder, from the bottom up, each with the sentence that it teaches.

A rung differs in one idea from an earlier one: the steps of a course first, then the notebook's
network and ours, then ours less each of its ideas, one at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from networks import (
    Build,
    Forget,
    less,
    simple_network,
    without_recall,
)

from chorale.network.keras_network import build_network


@dataclass(frozen=True)
class Rung:
    """What is trained, and how it differs from the protocol.

    Attributes:
        name: plain words, unique.
        lesson: what it teaches, in one sentence.
        build: makes the network.
        model: the `ModelOptions` that differ from their defaults.
        training: the `TrainingOptions` that differ from the protocol's.
        transposes: whether chorales are transposed in training.
        forgets: what the network is not told of the past, as a function that leaves it out.
        climb: "trained", "copied" or "notebook": see `climbing`.
    """

    name: str
    lesson: str
    build: Build = build_network
    model: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    transposes: bool = True
    forgets: Forget | None = None
    climb: str = "trained"


NO_CLIPPING = 1e9  # a norm that no gradient reaches

convolution_and_lstm = partial(simple_network, dilations=(1,))

COURSE = (
    Rung(
        "copy the last step",
        "A table of three rows, HOLD the likeliest by far: accuracy flatters, likelihood does not.",
        climb="copied",
    ),
    Rung(
        "simple RNN",
        "A state carried from step to step: a chord is more than its neighbour.",
        simple_network,
        {"cell": "rnn", "layers": 1},
    ),
    Rung(
        "deep RNN",
        "A second layer reads the first one's state.",
        simple_network,
        {"cell": "rnn", "layers": 2},
    ),
    Rung(
        "GRU",
        "Gates decide what is kept, so that gradients reach further back.",
        simple_network,
        {"cell": "gru", "layers": 1},
    ),
    Rung(
        "LSTM",
        "Gates and a cell state of its own.",
        simple_network,
        {"cell": "lstm", "layers": 1},
    ),
    Rung(
        "Conv1D only",
        "Dilated causal convolutions see 46 steps back, all at once and none further.",
        partial(simple_network, dilations=(1, 2, 4, 8), recurrent=False),
        {"kernel": 4, "stride": 1},
    ),
    Rung(
        "Conv1D and LSTM",
        "A convolution gathers two beats, the LSTM remembers all.",
        convolution_and_lstm,
        {"layers": 1},
    ),
    Rung(
        "Conv1D and LSTM, no embeddings",
        "One-hot tokens: without an embedding a pitch is like no other pitch.",
        partial(convolution_and_lstm, embeds=False),
        {"layers": 1},
    ),
    Rung(
        "Conv1D and LSTM, no transposition",
        "Transposition is data for nothing: 229 chorales in one key each are few.",
        convolution_and_lstm,
        {"layers": 1},
        transposes=False,
    ),
    Rung(
        "Conv1D and LSTM, no gradient clipping",
        "What the limit on the gradients' norm is for.",
        convolution_and_lstm,
        {"layers": 1},
        {"clip_norm": NO_CLIPPING},
    ),
    Rung(
        "the notebook's network",
        "All voices in one sequence of notes: the network of handson-ml2, chapter 15, as it is.",
        climb="notebook",
    ),
)

OURS = (
    Rung("our network", "All of it, trained to compose with nothing given."),
    Rung(
        "ours, for every task",
        "Half of the windows give some notes: what harmonising costs composing, and gains.",
        model={"encoder_units": 64},
        training={"evidence": 0.5},
    ),
    Rung(
        "ours, two towers",
        "Two networks in one, the mean of their logits: what one over-fits, the other may not.",
        model={"towers": 2},
    ),
    Rung(
        "ours, no recall",
        "Chorales repeat themselves; an LSTM cannot write again what it read 100 steps ago.",
        forgets=without_recall,
    ),
    Rung(
        "ours, no melody logits",
        "A step up is a step up in every key.",
        less("*_melody"),
    ),
    Rung(
        "ours, no harmony logits",
        "Consonance and parallels are intervals, not pitches.",
        less("*_harmony", "*_distance", "*_succession"),
    ),
    Rung(
        "ours, no interval inputs",
        "The same, read and not written.",
        less("slot_embedding", "class_embedding"),
    ),
    Rung(
        "ours, embeddings start small",
        "Embeddings that start within 0.05, as Keras has it, are hardly heard at first.",
        model={"embedding_range": 0.05},
    ),
    Rung(
        "ours, LSTMs at every step",
        "A memory of 60 beats is learnt sooner than one of 240 steps, and costs a quarter.",
        model={"stride": 1},
    ),
    Rung(
        "ours, one order of voices",
        "Voices that come in a random order now and then: a head that cannot lean on the others.",
        model={"shuffled": 0.0},
    ),
    Rung(
        "ours, no transposition",
        "Intervals are the same in every key; does transposition still help?",
        transposes=False,
    ),
    Rung(
        "ours, no weight averaging",
        "The last weights are noisy; their average is not.",
        training={"averaging": 0.0},
    ),
)

RUNGS = COURSE + OURS
