"""Paths of the files of a run, all beside its checkpoint."""

from pathlib import Path


def state_path(output: Path) -> Path:
    """Return the path of the state from which the run that writes `output` resumes."""
    return output.with_suffix(".state.safetensors")


def history_path(output: Path) -> Path:
    """Return the path of the history of the run that writes `output`."""
    return output.with_suffix(".csv")


def curves_path(output: Path) -> Path:
    """Return the path of the curves of the run that writes `output`."""
    return output.with_suffix(".png")
