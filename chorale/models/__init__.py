"""The trained models that come with the package, one file `NAME.safetensors` each."""

from os.path import isfile  # unlike Path.is_file, raises nothing whatever the name
from pathlib import Path

from chorale.errors import CheckpointError

FOLDER = Path(__file__).parent
DEFAULT = "bach"


def list_models() -> list[str]:
    """Return the names of the models in the package, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.safetensors"))


def find(model: str) -> Path:
    """Return the path of a checkpoint.

    Args:
        model: name of a model in the package, or path of a checkpoint; a name takes precedence.

    Raises:
        CheckpointError: no model has this name, and no file has this path.
    """
    if model in list_models():
        return FOLDER / f"{model}.safetensors"
    if isfile(model):
        return Path(model)
    raise CheckpointError(
        f"no model {model}: it is neither a file nor one of the models that come with chorale "
        f"({', '.join(list_models())}); `chorale train` makes new ones"
    )
