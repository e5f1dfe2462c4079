"""The rungs of the ladder, from the bottom up, each with its lesson in one sentence.

A rung differs in one idea from an earlier one: first the steps of a course, then the notebook's
network and ours, then ours without each of its ideas, one at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from networks import (
    Build,
    Forget,
    simple_network,
    without_direction,
    without_key,
    without_layers,
    without_recall,
)

from chorale.network.keras_network import build_network


@dataclass(frozen=True)
class Rung:
    """A network, and how its training differs from the protocol.

    Attributes:
        name: unique name, in plain words.
        lesson: the lesson, in one sentence.
        build: function that builds the network.
        model: `ModelOptions` that differ from their defaults.
        training: `TrainingOptions` that differ from the protocol's.
        transposes: whether chorales are transposed in training.
        forgets: function that leaves a part out of the network's history.
        method: how its result is obtained, "trained", "counted" or "notebook": see `running`.
    """

    name: str
    lesson: str
    build: Build = build_network
    model: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    transposes: bool = True
    forgets: Forget | None = None
    method: str = "trained"


NO_CLIPPING = 1e9  # a norm that no gradient reaches

convolution_and_lstm = partial(simple_network, dilations=(1,))

COURSE = (
    Rung(
        "copy the last step",
        "Counts alone, in which HOLD is most likely: accuracy flatters, likelihood does not.",
        method="counted",
    ),
    Rung(
        "simple RNN",
        "A state carried from step to step: a chord depends on more than its neighbour.",
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
        "Dilated causal convolutions see the last 46 steps at once, and nothing before them.",
        partial(simple_network, dilations=(1, 2, 4, 8), recurrent=False),
        {"kernel": 4, "stride": 1},
    ),
    Rung(
        "Conv1D and LSTM",
        "A convolution gathers two beats, the LSTM remembers everything before.",
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
        "Transposition gives more data: 229 chorales in one key each are few.",
        convolution_and_lstm,
        {"layers": 1},
        transposes=False,
    ),
    Rung(
        "Conv1D and LSTM, no gradient clipping",
        "What the limit on the norm of the gradients is for.",
        convolution_and_lstm,
        {"layers": 1},
        {"clip_norm": NO_CLIPPING},
    ),
    Rung(
        "the notebook's network",
        "All voices in one sequence: the network of handson-ml2, chapter 15, unchanged.",
        method="notebook",
    ),
)

OURS = (
    Rung("our network", "All of its ideas, trained to compose with nothing given."),
    Rung(
        "ours, for every task",
        "Half of the windows give some notes: what harmonizing gains, and what composing loses.",
        model={"encoder_units": 64},
        training={"evidence": 0.5},
    ),
    Rung(
        "ours, two towers",
        "Two networks in one, whose logits are averaged: where one overfits, the other may not.",
        model={"towers": 2},
    ),
    Rung(
        "ours, no recall",
        "Chorales repeat themselves; an LSTM cannot repeat what it read 100 steps ago.",
        forgets=without_recall,
    ),
    Rung(
        "ours, no direction",
        "A line that has moved up a step goes on up: the notes before the sounding one matter.",
        without_layers("*_turn"),
        forgets=without_direction,
    ),
    Rung(
        "ours, no chords",
        "Sums of intervals cannot tell a dominant seventh from a minor one; sets of notes can.",
        without_layers("chord_embedding", "*_chords"),
    ),
    Rung(
        "ours, no key",
        "A recurrent layer infers the key badly; counting the notes of the past is enough.",
        forgets=without_key,
    ),
    Rung(
        "ours, no melody logits",
        "A step up is a step up in every key.",
        without_layers("*_melody", "*_turn"),
    ),
    Rung(
        "ours, no harmony logits",
        "Consonance and parallels are intervals, not pitches.",
        without_layers("*_harmony", "*_distance", "*_succession", "*_chords"),
    ),
    Rung(
        "ours, no interval inputs",
        "The same intervals as inputs instead of logits.",
        without_layers("slot_embedding", "class_embedding"),
    ),
    Rung(
        "ours, embeddings start small",
        "Embeddings that start within 0.05, Keras's default, have little effect at first.",
        model={"embedding_range": 0.05},
    ),
    Rung(
        "ours, LSTMs at every step",
        "A memory of 60 beats is learnt sooner than one of 240 steps, at a quarter of the cost.",
        model={"stride": 1},
    ),
    Rung(
        "ours, one order of voices",
        "A random order of voices at some steps keeps a head from relying on the others.",
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
