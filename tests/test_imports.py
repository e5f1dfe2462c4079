"""Imports, as read from the sources, go one way: from each floor to the floors below."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter

import pytest
from modules import MODULES, PACKAGE

# From the bottom up. A module imports from floors below its own, or from its own package; the
# packages on one floor do not import each other.
FLOORS = (
    ("errors", "version", "wording", "aliases"),
    ("options", "files", "untrusted"),
    ("music",),
    ("models", "reading", "analysis", "network"),
    ("corpus", "estimating"),
    ("harmony",),
    ("training", "checking", "judging"),
    ("composing",),
    ("rendering",),
    ("api",),
    ("studio",),
    ("cli",),
    ("__main__",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
MOST_LOOSE_MODULES = 10

# Libraries that take long to load, and the modules that may import them, even within a function.
HEAVY = {
    "tensorflow": ("training.", "network.keras_"),
    "keras": ("training.", "network.keras_"),
    "music21": ("corpus.bach", "reading.", "rendering."),
    "matplotlib": ("training.", "rendering."),
}
FORMAT_LIBRARIES = {  # imported when a format needs them
    *("music21", "verovio", "typst", "soundfile", "miniaudio", "matplotlib", "fontTools", "PIL"),
    "rich",
}
WITHOUT_TRAINING = ("composing", "judging", "checking", "rendering", "api")


def imported(source: str) -> Iterator[str]:
    """Yield the modules that a source imports, at its top or inside a function.

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


def room(module: str) -> str:
    """Return the package, or loose module, of a module: "cli" for "chorale.cli.data"."""
    return module.split(".")[1]


IMPORTS = {name: set(imported(path.read_text("utf-8"))) for name, path in MODULES.items()}
INNER = {name: IMPORTS[name] for name in MODULES if name != "chorale"}


def loaded_by(script: str) -> set[str]:
    """Return the modules that a new process has loaded after running a script."""
    command = [sys.executable, "-c", f"import sys\n{script}\nprint(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_every_kind_of_import_is_found() -> None:
    source = (
        "import a.b, c as d\nfrom chorale.corpus import bach, Corpus\n"
        "def f():\n    import keras\n    from tensorflow import data\n"
        "if TYPE_CHECKING:\n    from chorale.music import Plan\n"
    )
    expected = ["a.b", "c", "chorale.corpus.bach", "chorale.corpus", "chorale.music"]
    assert sorted(imported(source)) == sorted([*expected, "keras", "tensorflow"])


def test_every_package_has_a_floor() -> None:
    assert {room(name) for name in INNER} == FLOOR.keys()


def test_at_most_ten_modules_are_outside_packages() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= MOST_LOOSE_MODULES


@pytest.mark.parametrize("name", INNER)
def test_a_module_imports_only_from_floors_below_its_own(name: str) -> None:
    for other in INNER[name]:
        if other == "chorale":
            pytest.fail(f"{name} imports the package, which is above it")
        if other.startswith("chorale.") and room(other) != room(name):
            assert FLOOR[room(other)] < FLOOR[room(name)], f"{name} imports {other}"


def test_no_imports_are_circular() -> None:
    list(TopologicalSorter(INNER).static_order())  # raises CycleError


@pytest.mark.parametrize("library", HEAVY)
def test_a_heavy_library_is_imported_only_where_it_belongs(library: str) -> None:
    users = {
        name.removeprefix("chorale.")
        for name in INNER
        if library in {other.split(".")[0] for other in INNER[name]}
    }
    assert {user for user in users if not user.startswith(HEAVY[library])} == set()
    assert users  # or the table is out of date


@pytest.mark.parametrize("name", [name for name in INNER if room(name) in WITHOUT_TRAINING])
def test_nothing_that_composes_or_judges_imports_training(name: str) -> None:
    for other in INNER[name]:
        inner = other.removeprefix("chorale.")
        assert not inner.startswith(("training", "corpus", "network.keras_"))


def test_the_network_package_itself_imports_nothing() -> None:
    assert not INNER["chorale.network"]


def test_rendering_loads_no_library_before_a_format_needs_it() -> None:
    inside = [name for name in INNER if room(name) in ("rendering", "api")]
    loaded = loaded_by(f"import {', '.join(inside)}")
    assert "chorale.rendering.score.engraving" in loaded
    assert not FORMAT_LIBRARIES & loaded


def test_the_package_itself_imports_nothing_but_the_standard_library() -> None:
    loaded = loaded_by("import chorale")
    assert not {"numpy", "mido", "safetensors"} & loaded
    assert "chorale" in loaded
