"""The trained models that come with the package, `NAME.safetensors` each."""

from os.path import isfile  # unlike Path.is_file, raises nothing whatever the name
from pathlib import Path

from chorale.errors import CheckpointError

FOLDER = Path(__file__).parent
DEFAULT = "bach"


def shipped() -> list[str]:
    """Names of the models in the package."""
    return sorted(path.stem for path in FOLDER.glob("*.safetensors"))


def find(model: str) -> Path:
    """The checkpoint of a shipped model's name, or of a path.

    Raises:
        CheckpointError: it is neither.
    """
    if model in shipped():
        return FOLDER / f"{model}.safetensors"
    if isfile(model):
        return Path(model)
    raise CheckpointError(
        f"no model {model}: it is neither a file nor one of the models that come with chorale "
        f"({', '.join(shipped())}); `chorale train` makes new ones"
    )
