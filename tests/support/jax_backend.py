"""Run the small network under the backend that KERAS_BACKEND names; started by test_network."""

import sys
from pathlib import Path

import keras
import numpy as np
from made_up import SMALL_MODEL

from chorale.network.keras_network import average_towers, build_network
from chorale.network.tokens import Vocabulary

folder = Path(sys.argv[1])
inputs = dict(np.load(folder / "inputs.npz"))
weights = np.load(folder / "weights.npz")
network = build_network(SMALL_MODEL, Vocabulary())
for number, variable in enumerate(network.trainable_variables):
    variable.assign(weights[f"arr_{number}"])
np.save(folder / "logits.npy", keras.ops.convert_to_numpy(average_towers(network(inputs))))
