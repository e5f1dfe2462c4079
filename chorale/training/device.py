"""Where the training runs: GPU or CPU, and at what precision."""

import os
import shutil
from pathlib import Path
from typing import Literal

import keras
import tensorflow as tf

from chorale.errors import TrainingError

Device = Literal["auto", "cpu", "gpu"]


def choose_device(device: Device) -> str:
    """Make TensorFlow use a device; call it before anything is computed.

    Returns:
        One line that says what is used and, when a GPU is there but unusable, why.

    Raises:
        TrainingError: a GPU was asked for and none can be used.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
        return "CPU, as asked for"
    if gpus:
        for gpu in gpus:
            tf.config.experimental.set_memory_growth(gpu, True)
        name = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
        return f"GPU: {name}"
    reason = _why_no_gpu()
    if device == "gpu":
        raise TrainingError(f"no GPU can be used: {reason}; leave out --device to train on the CPU")
    return f"CPU ({reason})"


def choose_precision(precision: str) -> None:
    """Set what layers compute in: float32, or (mixed) float16 with float32 weights and logits."""
    keras.mixed_precision.set_global_policy(
        "float32" if precision == "float32" else "mixed_float16"
    )


def _why_no_gpu() -> str:
    if not (shutil.which("nvidia-smi") or Path("/proc/driver/nvidia/version").exists()):
        return "no NVIDIA GPU found"
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    if hidden is not None and hidden in ("", "-1"):
        return f"CUDA_VISIBLE_DEVICES={hidden} hides the NVIDIA GPU"
    if not tf.test.is_built_with_cuda():
        return "an NVIDIA GPU is here, but this TensorFlow is built without CUDA"
    return (
        "an NVIDIA GPU is here, but its CUDA libraries did not load; "
        "`pip install 'tensorflow[and-cuda]'` brings them"
    )
