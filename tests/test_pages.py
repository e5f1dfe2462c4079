"""The pages for readers: their commands and Python run, their links lead somewhere.

The commands of a page run in its order, in one folder. The set-up commands, which make virtual
environments, are run by `.ci/run`; commands of development tools are checked for the files they
name. Training and measuring are made cheap by further options at the end of the command and by a
small data set in place of Bach's; the download comes from a loopback server.
"""

import hashlib
import json
import re
import runpy
import shlex
import shutil
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
import tensorflow as tf
from golden_hashes import LIBRARIES, TABLE, versions
from loopback_server import ARCHIVE, Server
from made_up import made_up_chorale, made_up_corpus
from PIL import Image
from places import ASSETS, ROOT

import chorale
from chorale import cli, models
from chorale.corpus import jsb
from chorale.music import Key, Metre, Plan
from chorale.network.checkpoint import load_checkpoint
from chorale.rendering.sound.midi import midi_bytes

PAGES = (
    "README.md",
    "assets/README.md",
    "chorale/README.md",
    "chorale/cli/README.md",
    "scripts/README.md",
    "tests/README.md",
    ".github/CONTRIBUTING.md",
    ".github/CHANGELOG.md",
)
TEXTS = {page: (ROOT / page).read_text("utf-8") for page in PAGES}
README = TEXTS["README.md"]
README_BYTES = 8192

SET_UP = ("python3 -m venv ", "source ", "git clone https://ADDRESS-OF-THIS-REPOSITORY ")
TOOLS = ("pytest", "ruff", "mypy", ".ci/")
CHEAP = {  # options that make a command cheap, by its beginning; --help where nothing else does
    "chorale bach --same": ["--help"],  # it would read all of music21's scores
    "chorale bach 248": ["--help"],
    "chorale bach wie": ["--help"],
    "chorale calibrate": ["--rounds", "1", "--count", "1"],
    "chorale quiz": ["--questions", "1", "--data", "my-chorales"],
    "chorale studio": ["--help"],  # it would serve until it is interrupted
    "chorale train": ["--epochs", "1", "--units", "4", "--layers", "1"],
    "python scripts/benchmark/commands.py composing": ["--bars", "1", "--runs", "1"],
    "python scripts/benchmark/commands.py formats": [
        *("--bars", "1", "--runs", "1", "--only", "midi")
    ],
    "python scripts/benchmark/network.py models": ["--epochs", "0", "--steps", "8"],
    "python scripts/benchmark/network.py pipeline": ["--epochs", "1", "--units", "4"],
    "python scripts/build/estimating_tables.py": ["--help"],
    "python scripts/build/golden_hashes.py": ["--help"],
    "python scripts/build/harmony_tables.py": ["--help"],
    "python scripts/build/rule_rates.py": ["--show"],
    "python scripts/build/ship_model.py": ["--folder", "shipped"],
    "python scripts/ladder": ["--list"],
    "python scripts/measure/calibration.py figures": ["--help"],
    "python scripts/measure/composing.py best-of": ["--count", "1", "--numbers", "1", "2"],
    "python scripts/measure/composing.py requests": ["--count", "1", "--bars", "2"],
    "python scripts/measure/harmony.py": ["--help"],
    "python scripts/measure/given_harmony.py": ["--count", "1"],
    "python scripts/measure/harmonizing.py settings": ["--count", "1"],
    "python scripts/measure/hymns.py": ["--count", "1"],
    "python scripts/measure/judge.py": ["--help"],
    "python scripts/measure/likelihood.py given": ["--split", "valid"],
    "python scripts/measure/spelling.py": ["--count", "1"],
    "python scripts/measure/style.py distances": ["--count", "1", "--bars", "1"],
    "python scripts/measure/style.py figures": ["--count", "1", "--bars", "1"],
    "python scripts/measure/voicings.py": ["--count", "1", "--bars", "2"],
    "python scripts/stress": ["--help"],
}
MADE = {  # some of the files that the commands of a page leave behind
    "README.md": {"chorale.mp3", "explained.png", "greensleeves.png", "longer.mid", "bach.csv"},
    "chorale/cli/README.md": {
        *(
            "evening.mid",
            "bach.png",
            "chorale-5.mp3",
            "tune.pdf",
            "parts",
            "explained",
            "Lieder v1.2",
            "bwv269.pdf",
            "grades.csv",
            "marked",
        ),
    },
}


def blocks(page: str, language: str) -> list[str]:
    """Return the blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXTS[page], re.DOTALL | re.MULTILINE)


def commands(page: str) -> list[str]:
    """Return the commands of a page, in its order."""
    return [line for block in blocks(page, "bash") for line in block.splitlines() if line]


def make_cheap(command: str) -> list[str]:
    """Return the words of a command, with options that make it cheap."""
    more = next((more for start, more in CHEAP.items() if command.startswith(start)), [])
    words = shlex.split(command)
    return words if "--resume" in words else words + more


def run(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a command in this process."""
    with monkeypatch.context() as patch, pytest.raises(SystemExit) as ended:
        start(words, patch)
    assert ended.value.code in (0, None), words


def start(words: list[str], patch: pytest.MonkeyPatch) -> NoReturn:
    """Do what a command does, and exit."""
    if words[0] == "chorale":
        patch.setattr(sys, "argv", words)
        cli.main()
    else:
        assert words[0] == "python", f"a page shows {words[0]}, which is not run"
        script = ROOT / words[1]
        patch.setattr(sys, "argv", [str(script), *words[2:]])
        patch.syspath_prepend(script.parent)  # as Python does for a script
        runpy.run_path(str(script), run_name="__main__")
    sys.exit()


def check_tool(command: str) -> None:
    """Check that the files that a tool's command names exist."""
    files = [word for word in shlex.split(command) if "/" in word]
    assert all((ROOT / file).exists() for file in files), command


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder with all that the commands of the pages need, as the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHORALE_HOME", str(tmp_path / "home"))
    shutil.copytree(ASSETS, "assets")
    corpus = made_up_corpus(train=4, name="bach")
    for music in (Path("my-chorales"), Path("kept", "the notebook's network")):
        music.mkdir(parents=True)
        for number, each in enumerate(corpus.splits["train"]):
            (music / f"{number}.mid").write_bytes(midi_bytes(each))
        plan = Plan(96, Metre(4, 4), 0, Key(0, "major"))  # long enough for a listening test
        (music / "long.mid").write_bytes(midi_bytes(replace(made_up_chorale(96, 1), plan=plan)))
    monkeypatch.setattr("chorale.corpus.bach.build", lambda progress=None: corpus)
    with closing(Server()) as server:
        server.files["/small.tgz"] = ARCHIVE
        checksum = hashlib.sha256(ARCHIVE).hexdigest()
        mirror = jsb.Mirror("small.tgz", checksum, f"{server.url}/small.tgz")
        monkeypatch.setattr(jsb, "MIRRORS", (mirror,))
        tf.config.run_functions_eagerly(True)  # tracing would take most of a training this short
        yield tmp_path
        tf.config.run_functions_eagerly(False)


@pytest.mark.filterwarnings("ignore:Even though the `tf.config")
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_works(page, folder, monkeypatch):
    for command in commands(page):
        if command.startswith(TOOLS):
            check_tool(command)
        elif not command.startswith(SET_UP):
            run(make_cheap(command), monkeypatch)
    assert MADE.get(page, set()) <= {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")])
def test_the_python_of_a_page_works(page, folder):
    for script in blocks(page, "python"):
        exec(script, {"__name__": "page"})  # noqa: S102  # our own


def test_the_python_of_the_readme_prints_what_its_names_promise(folder, capsys):
    [script] = blocks("README.md", "python")
    exec(script, {})  # noqa: S102  # our own
    plan, faults, nats = capsys.readouterr().out.splitlines()
    assert plan == "G minor 8.0"
    assert faults.startswith("[")
    assert nats.startswith("{'soprano': 0.")


def test_the_rule_of_the_recipe_changes_what_is_composed(folder, capsys):
    script = next(each for each in blocks("chorale/README.md", "python") if "rules=" in each)
    exec(script, {})  # noqa: S102  # our own
    without, with_rule = map(int, capsys.readouterr().out.split())
    assert with_rule < without


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page):
    prose = re.sub(r"^```.*?^```$", "", TEXTS[page], flags=re.DOTALL | re.MULTILINE)
    for link in re.findall(r"\]\(([^)]*)\)", prose):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (ROOT / page).parent / file if file else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES)
def test_every_module_that_a_page_names_exists(page):
    for path in re.findall(r"`(?:chorale/)?([\w./-]+/\w+\.py)`", TEXTS[page]):
        places = (ROOT, ROOT / "chorale", ROOT / "scripts")
        assert "NAME" in path or any((place / path).exists() for place in places), path


def test_the_recipe_for_an_option_shows_the_code_as_it_is():
    page = TEXTS["chorale/README.md"]
    item = r"^\d\. `(\S+\.py)`[^`]*`\w+`[^`]*\n   ```text\n(.*?)   ```$"
    shown = re.findall(item, page, re.DOTALL | re.MULTILINE)
    assert [path for path, _ in shown] == ["options.py", "composing/sampling.py"]
    for path, lines in shown:
        code = (ROOT / "chorale" / path).read_text("utf-8")
        assert textwrap.indent(textwrap.dedent(lines), "    ") in code


def test_the_map_of_the_package_has_every_room_and_floor():
    page = TEXTS["chorale/README.md"]
    rooms = {path.parent.name for path in (ROOT / "chorale").glob("*/__init__.py")}
    assert set(re.findall(r"^\| \[`(\w+)`\]", page, re.MULTILINE)) == rooms
    floors = runpy.run_path(str(ROOT / "tests" / "test_imports.py"))["FLOORS"]
    shown = [tuple(line.split()) for line in blocks("chorale/README.md", "text")[0].splitlines()]
    assert [*shown[::-1], ("__main__",)] == list(floors)


def test_every_picture_and_sound_is_shown_somewhere():
    shown = {Path(link).name for text in TEXTS.values() for link in re.findall(r"\((.*?)\)", text)}
    pictures = {path.name for path in ASSETS.iterdir() if path.suffix in (".png", ".mp3")}
    assert pictures
    assert pictures <= shown


def test_the_readme_is_short():
    assert len(README.encode()) <= README_BYTES


def test_the_readme_has_the_two_set_up_commands():
    set_up = [each for each in commands("README.md") if each.startswith("python3 -m venv")]
    assert len(set_up) == 2
    assert "chorale generate --temperature 0.8" in set_up[0]
    assert set_up[1].endswith("pytest")


def test_the_picture_of_the_readme_is_of_what_its_command_composes(folder, monkeypatch):
    command, picture = picture_commands()[0]
    assert picture == "assets/chorale.png"
    run(shlex.split(command), monkeypatch)
    made, shown = (chorale.read(path).chorale for path in ("chorale.mid", ASSETS / "chorale.mid"))
    assert np.array_equal(made.pitches, shown.pitches)
    assert np.array_equal(made.onsets, shown.onsets)
    assert_same_picture(Path("chorale.png"), ASSETS / "chorale.png")


def test_greensleeves_of_the_readme_is_of_what_its_command_composes(folder, monkeypatch):
    command, picture = picture_commands()[1]
    assert picture == "assets/greensleeves.png"
    run(shlex.split(command), monkeypatch)
    assert_same_picture(Path("greensleeves.png"), ASSETS / "greensleeves.png")


def test_the_hymn_of_the_readme_is_of_what_its_command_composes(folder, monkeypatch):
    command, picture = picture_commands()[2]
    assert picture == "assets/abendlied.png"
    run(shlex.split(command), monkeypatch)
    assert_same_picture(Path("abendlied.png"), ASSETS / "abendlied.png")


def picture_commands() -> list[tuple[str, str]]:
    """Return each picture of the README that follows a command, after that command."""
    return re.findall(r"```bash\n([^\n]*)\n```\n\n!\[[^\]]*\]\((.*?)\)", README)


def assert_same_picture(made: Path, shown: Path) -> None:
    """Compare seed, options and model; and pixels, if the engraving libraries are the same."""
    golden = json.loads(TABLE.read_text("utf-8"))["versions"]
    with Image.open(made) as one, Image.open(shown) as other:
        one.load()
        other.load()
        assert one.info["Comment"] == other.info["Comment"]
        if all(versions()[name] == golden[name] for name in LIBRARIES["png"]):
            assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("model", models.list_models())
@pytest.mark.parametrize("split", ["valid", "test"])
def test_the_likelihoods_of_the_readme_are_those_of_the_models(model, split):
    figures = load_checkpoint(models.find(model)).about["figures"]
    name = {"valid": "validation", "test": "test"}[split]
    [row] = re.findall(rf"^\| `{model}`, {name} .*$", README, re.MULTILINE)
    cells = [cell.strip() for cell in row.split("|")]
    assert cells[2] == f"{figures[f'{split}_nll']:.3f}"
    for cell, of in ((cells[7], "accuracy"), (cells[8], "onset_accuracy")):
        percent = float(cell.removesuffix(" %"))
        # both are rounded, the model's to hundredths of a percent
        assert abs(percent - 100 * figures[f"{split}_{of}"]) < 0.05 + 0.005 + 1e-9


def test_every_promise_names_a_command_whose_files_exist():
    section = TEXTS["tests/README.md"].split("# What you can rely on\n")[1].split("\n# ")[0]
    promises = section.split("\n- ")[1:]
    assert len(promises) == 10
    for promise in promises:
        named = re.findall(r"`((?:python|pytest|mutmut|\.ci/)[^`]*)`", promise)
        assert named, promise
        for command in named:
            files = [word for word in command.split() if "/" in word]
            assert files or command.startswith("mutmut"), command
            assert all((ROOT / file).exists() for file in files), command


def test_links_and_pictures_of_the_readme_are_absolute_on_the_package_index():
    """As pyproject.toml rewrites them when the package is built."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    text = TEXTS["README.md"]
    for rewrite in project["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"][
        "substitutions"
    ]:
        text = re.sub(rewrite["pattern"], rewrite["replacement"], text)
    address = project["project"]["urls"]["Repository"]
    links = re.findall(r"\]\((.*?)\)", text)
    assert f"{address}/raw/main/assets/chorale.png" in links
    assert f"{address}/blob/main/chorale/cli/README.md" in links
    assert all(link.startswith(f"{address}/") for link in links)
    assert f"git clone {address} " in text


@pytest.mark.parametrize("page", PAGES)
def test_no_placeholder_is_left(page):
    prose = re.sub(r"```.*?```|`[^`]*`", "", TEXTS[page], flags=re.DOTALL)
    known = {"CHORALE_HOME", "CHORALE_OFFLINE"}
    assert set(re.findall(r"\b[A-Z]+_[A-Z_]+\b", prose)) <= known
    assert "<!--" not in TEXTS[page]
