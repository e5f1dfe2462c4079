"""Where the files of a run lie, all beside its checkpoint."""

from pathlib import Path


def state_path(output: Path) -> Path:
    """The state of the run that writes `output`, from which it resumes."""
    return output.with_suffix(".state.safetensors")


def history_path(output: Path) -> Path:
    """The history of the run that writes `output`."""
    return output.with_suffix(".csv")


def curves_path(output: Path) -> Path:
    """The curves of the run that writes `output`."""
    return output.with_suffix(".png")
