"""Where files go: names, formats, and nothing overwritten."""

from pathlib import Path

import pytest

from chorale.cli import arguments
from chorale.cli.outputs import choose_outputs
from chorale.errors import OptionError, OutputError
from chorale.rendering.formats import FORMATS


def test_without_any_wish_it_is_one_file_here() -> None:
    outputs = choose_outputs(None, None, "midi", "chorale-7")
    assert outputs.formats == ["midi"]
    assert outputs.path("midi") == Path("chorale-7.mid")


def test_numbers_have_the_same_width() -> None:
    outputs = choose_outputs(None, None, "midi", "chorale-5", 100)
    names = [outputs.path("midi", number).name for number in (1, 10, 100)]
    assert names == ["chorale-5-001.mid", "chorale-5-010.mid", "chorale-5-100.mid"]


@pytest.mark.parametrize(
    ("name", "format_", "file"),
    [
        ("a.mid", "midi", "a.mid"),
        ("a.MIDI", "midi", "a.MIDI"),
        ("a.xml", "musicxml", "a.xml"),
        ("a.b.png", "png", "a.b.png"),
        ("a-roll.png", "roll", "a-roll.png"),
        ("there/a.mp3", "mp3", "there/a.mp3"),
    ],
)
def test_a_name_tells_its_format_and_is_kept(name: str, format_: str, file: str) -> None:
    outputs = choose_outputs(Path(name), None, "midi", "stem")
    assert outputs.formats == [format_]
    assert outputs.path(format_) == Path(file)


def test_further_formats_have_the_same_name_with_their_own_endings() -> None:
    outputs = choose_outputs(Path("out/a.midi"), ["mp3, midi,roll"], "midi", "stem", 2)
    assert outputs.formats == ["mp3", "midi", "roll"]
    paths = [str(outputs.path(name, 2)) for name in outputs.formats]
    assert paths == ["out/a-2.mp3", "out/a-2.midi", "out/a-2-roll.png"]


def test_labels_and_pages_are_in_the_name() -> None:
    outputs = choose_outputs(Path("folder"), ["svg"], None, "stem")
    assert outputs.path("svg", label="alto") == Path("folder/stem-alto.svg")
    assert outputs.path("svg", page=2) == Path("folder/stem-page2.svg")


@pytest.mark.parametrize(
    ("output", "formats", "message"),
    [
        (
            None,
            None,
            r"no format is given; .* choose with --format from midi, musicxml, lilypond",
        ),
        ("a.mid", "mp3", r"a.mid has the ending of format midi, which is not in --format mp3"),
        ("a.doc", None, r"a.doc has no ending of a known format; use .mid, "),
        (
            None,
            "mp3,kazoo",
            r"unknown format 'kazoo'; choose from midi, musicxml, lilypond, svg, pdf, png, html",
        ),
        (None, " ", r"unknown format ''"),
        ("-", None, r"nothing is written to standard output; name a file or a folder"),
    ],
)
def test_impossible_outputs_are_refused(
    output: str | None, formats: str | None, message: str
) -> None:
    with pytest.raises(OptionError, match=message):
        choose_outputs(Path(output) if output else None, formats and [formats], None, "stem")


def test_a_folder_that_has_an_ending_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a.mid"
    folder.mkdir()
    assert choose_outputs(folder, None, "midi", "stem").path("midi") == folder / "stem.mid"


@pytest.mark.parametrize(
    "name", ["St. Johann/", "Lieder v1.2/", "a.mid/", "folder/", "v1.2/new.pdf/"]
)
def test_a_name_that_ends_in_a_slash_is_a_folders(name: str) -> None:
    outputs = choose_outputs(name, None, "midi", "stem")
    assert outputs.path("midi") == Path(name) / "stem.mid"


def test_an_existing_folder_needs_no_slash(tmp_path: Path) -> None:
    folder = tmp_path / "Lieder v1.2"
    folder.mkdir()
    assert choose_outputs(str(folder), None, "midi", "stem").folder == folder


def test_an_unknown_ending_is_refused_with_the_way_to_name_a_folder() -> None:
    with pytest.raises(OptionError, match=r"St\. Johann has no ending .* with a slash$"):
        choose_outputs("St. Johann", None, "midi", "stem")


def test_a_file_in_the_way_is_found_before_anything_is_written(tmp_path: Path) -> None:
    outputs = choose_outputs(tmp_path, ["midi", "svg"], None, "a", 2)
    (tmp_path / "a-2.svg").write_bytes(b"valuable")
    with pytest.raises(OutputError, match=r"a-2\.svg exists"):
        outputs.check(force=False)
    outputs.check(force=True)


def test_a_later_page_in_the_way_keeps_the_first_from_being_written(tmp_path: Path) -> None:
    outputs = choose_outputs(tmp_path, ["svg"], None, "a")
    later = tmp_path / "a-page2.svg"
    later.write_bytes(b"valuable")
    with pytest.raises(OutputError, match=r"a-page2\.svg exists"):
        outputs.write({"svg": [b"1", b"2"]}, force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["a-page2.svg"]
    assert outputs.write({"svg": [b"1", b"2"]}, force=True) == [tmp_path / "a.svg", later]
    assert later.read_bytes() == b"2"


def test_nothing_is_removed_even_when_forced(tmp_path: Path) -> None:
    outputs = choose_outputs(tmp_path, ["svg"], None, "a")
    outputs.write({"svg": [b"1", b"2"]}, force=False)
    outputs.write({"svg": [b"one"]}, force=True)
    assert (tmp_path / "a-page2.svg").read_bytes() == b"2"


def test_a_file_that_comes_after_the_check_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = choose_outputs(tmp_path, ["midi"], None, "a")
    monkeypatch.setattr("chorale.files.refuse_overwrite", lambda path, force: None)
    (tmp_path / "a.mid").write_bytes(b"somebody else's")
    with pytest.raises(OutputError, match=r"a\.mid was made by another program meanwhile"):
        outputs.write({"midi": [b"ours"]}, force=False)
    outputs.write({"midi": [b"ours"]}, force=True)
    assert (tmp_path / "a.mid").read_bytes() == b"ours"


def test_the_help_names_every_format() -> None:
    *others, last = FORMATS
    assert arguments.FORMATS_HELP.startswith(f"Format: {', '.join(others)} or {last};")
