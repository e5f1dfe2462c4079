"""Imports go one way, from layer to layer: read from every module's source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import chorale

PACKAGE = Path(chorale.__file__).parent

# From the ground up. A module imports from layers above its own in this list only, or from
# another module of its own package; the names in one row do not know each other.
LAYERS = (
    ("errors", "texts"),
    ("files", "options", "music", "untrusted"),
    ("spelling",),
    ("tokens", "conditions", "plan_options"),
    ("recall", "ahead"),
    ("past", "architecture"),
    ("checkpoint", "models"),
    ("reading",),
    # training
    ("corpus",),
    ("dataset", "counterpoint"),
    ("encoder",),
    ("network",),
    ("training",),
    # composing
    ("recurrent", "sampling", "plans", "form", "analysis", "embeddings"),
    ("heads", "estimating", "tasks"),
    ("runtime", "closing", "checking"),
    ("guidance", "evaluation", "explaining", "part_writing"),
    ("composing",),
    ("ranking",),
    ("jobs", "rendering"),
    ("interface",),
    ("judging",),
    # over both
    ("cli",),
    ("__main__",),
)
DEPTH = {name: depth for depth, names in enumerate(LAYERS) for name in names}

TRAINING_WING = {"corpus", "dataset", "counterpoint", "encoder", "network", "training"}
COMPOSING_WING = {
    *("checkpoint", "models", "recurrent", "heads", "runtime", "guidance", "sampling", "plans"),
    *(
        "composing",
        "part_writing",
        "form",
        "ranking",
        "evaluation",
        "explaining",
        "analysis",
        "checking",
        "estimating",
        "tasks",
        "closing",
        "jobs",
    ),
    "rendering",
    "interface",
    "judging",
    "embeddings",
    "spelling",
}
HEAVY = {"tensorflow", "keras", "music21", "matplotlib"}
# behind one format each, which imports them when it is asked for
OF_FORMATS = {
    *("music21", "verovio", "typst", "soundfile", "miniaudio", "matplotlib", "fontTools", "PIL"),
    "rich",
}
TRAINS = {
    "dataset",
    "counterpoint",
    "encoder",
    "network",
    "training",
}  # what may import TensorFlow and Keras


def module_name(path: Path) -> str:
    """Such as "chorale.cli.data", or "chorale.cli" for its __init__.py."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(source: str) -> Iterator[str]:
    """Modules that a source imports, at its top or inside a function; no module twice named.

    `from chorale.corpus import bach` imports the module chorale.corpus.bach, while
    `from chorale.corpus import Corpus` imports chorale.corpus.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            assert node.module
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def layer(name: str) -> str:
    """The layer's name of a module of chorale: "cli" for "chorale.cli.data"."""
    return name.split(".")[1]


def layer_or_none(name: str) -> str | None:
    """The layer's name; None for the package itself."""
    return layer(name) if "." in name else None


IMPORTS = {name: set(imported(path.read_text("utf-8"))) for name, path in MODULES.items()}
INNER = {name: IMPORTS[name] for name in MODULES if name != "chorale"}


def test_the_reader_of_imports_sees_every_kind() -> None:
    source = (
        "import a.b, c as d\nfrom chorale.corpus import bach, Corpus\n"
        "def f():\n    import keras\n    from tensorflow import data\n"
        "if TYPE_CHECKING:\n    from chorale.music import Plan\n"
    )
    expected = ["a.b", "c", "chorale.corpus.bach", "chorale.corpus", "chorale.music"]
    assert sorted(imported(source)) == sorted([*expected, "keras", "tensorflow"])


def test_every_module_has_a_layer_and_every_layer_a_module() -> None:
    assert {layer(name) for name in INNER} == DEPTH.keys()


@pytest.mark.parametrize("name", INNER)
def test_a_module_imports_only_from_layers_before_its_own(name: str) -> None:
    for other in INNER[name]:
        if other.startswith("chorale.") and layer(other) != layer(name):
            assert DEPTH[layer(other)] < DEPTH[layer(name)], f"{name} imports {other}"


def test_no_modules_import_each_other_in_a_circle() -> None:
    list(TopologicalSorter(INNER).static_order())  # raises CycleError


@pytest.mark.parametrize("name", [name for name in INNER if layer(name) in COMPOSING_WING])
def test_the_composing_wing_never_imports_the_training_wing(name: str) -> None:
    ours = {layer(other) for other in INNER[name] if other.startswith("chorale.")}
    assert not ours & TRAINING_WING
    allowed = OF_FORMATS if layer(name) == "rendering" else set()
    assert not {other.split(".")[0] for other in INNER[name]} & (HEAVY - allowed)


@pytest.mark.parametrize("name", INNER)
def test_only_what_trains_imports_tensorflow_and_keras(name: str) -> None:
    if layer(name) not in TRAINS:
        assert not {other.split(".")[0] for other in INNER[name]} & {"tensorflow", "keras"}


def test_rendering_loads_no_library_before_a_format_asks_for_it() -> None:
    inside = [name for name in MODULES if layer_or_none(name) in ("rendering", "interface")]
    script = f"import sys, {', '.join(inside)}; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "chorale.rendering.engraving" in loaded
    assert not OF_FORMATS & set(loaded)


def test_the_package_itself_imports_nothing_but_the_standard_library() -> None:
    told = "import sys, chorale; print(*(name for name in sys.modules if '.' not in name))"
    command = [sys.executable, "-c", told]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "mido", "safetensors"} & set(loaded)
    assert "chorale" in loaded
