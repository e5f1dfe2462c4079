"""The device of the training, GPU or CPU, and the precision of the layers."""

import os
import shutil
from pathlib import Path
from typing import Literal

import keras
import tensorflow as tf

from chorale.errors import TrainingError

Device = Literal["auto", "cpu", "gpu"]


def choose_device(device: Device) -> str:
    """Make TensorFlow use a device; call this before TensorFlow computes anything.

    Returns:
        One line with the device in use and, on the CPU, the reason for it.

    Raises:
        TrainingError: `device` is "gpu" and no GPU can be used.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
        return "CPU, as requested"
    if gpus:
        for gpu in gpus:
            tf.config.experimental.set_memory_growth(gpu, True)
        name = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
        return f"GPU: {name}"
    reason = _find_gpu_fault()
    if device == "gpu":
        raise TrainingError(f"no GPU can be used: {reason}; leave out --device to train on the CPU")
    return f"CPU ({reason})"


def choose_precision(precision: str) -> None:
    """Set the precision of the layers.

    Args:
        precision: "float32"; any other value selects float16, with weights and logits in float32.
    """
    keras.mixed_precision.set_global_policy(
        "float32" if precision == "float32" else "mixed_float16"
    )


def _find_gpu_fault() -> str:
    """Return the reason why TensorFlow finds no GPU, for a message."""
    if not (shutil.which("nvidia-smi") or Path("/proc/driver/nvidia/version").exists()):
        return "no NVIDIA GPU found"
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    if hidden is not None and hidden in ("", "-1"):
        return f"CUDA_VISIBLE_DEVICES={hidden} hides the NVIDIA GPU"
    if not tf.test.is_built_with_cuda():
        return "there is an NVIDIA GPU, but this TensorFlow is built without CUDA"
    return (
        "there is an NVIDIA GPU, but its CUDA libraries did not load; "
        "install them with `pip install 'tensorflow[and-cuda]'`"
    )
