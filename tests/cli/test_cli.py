"""The command line as a whole: its imports, and how an error becomes a line and a status."""

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from command import Run
from made_up import made_up_chorale
from places import ASSETS
from tiny_network import saved, tiny_checkpoint

from chorale import cli
from chorale.errors import ChoraleError, DataError, DownloadError, OptionError
from chorale.rendering.sound.midi import midi_bytes
from chorale.version import __version__

HEAVY = {"tensorflow", "keras", "music21", "matplotlib"}


def started(*arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a fresh interpreter to its end."""
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=cwd
    )


def loaded(result: "subprocess.CompletedProcess[str]") -> set[str]:
    """Top-level names of the imported modules, from the output of -X importtime."""
    lines = re.findall(r"^import time:\s+\d+ \|\s+\d+ \|\s+([\w.]+)$", result.stderr, re.MULTILINE)
    return {name.partition(".")[0] for name in lines}


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["generate"],
        ["train"],
        ["calibrate"],
        ["evaluate"],
        ["explain"],
        ["models"],
        ["quiz"],
        ["studio"],
        ["data"],
        ["data", "build"],
    ],
    ids=lambda command: " ".join(command) or "chorale",
)
def test_help_loads_nothing_heavy(command: list[str]) -> None:
    result = started("-X", "importtime", "-m", "chorale", *command, "--help")
    assert result.returncode == 0
    assert "Usage: python -m chorale" in result.stdout
    assert "typer" in loaded(result)  # or nothing was measured
    assert not loaded(result) & (HEAVY | {"numpy", "mido", "safetensors"})


def test_generate_never_loads_tensorflow_keras_or_music21(tmp_path: Path) -> None:
    model = saved(tiny_checkpoint(), tmp_path)
    command = ["generate", "--model", str(model), "--bars", "1", "-o", "one.mid"]
    result = started("-X", "importtime", "-m", "chorale", *command, cwd=tmp_path)
    assert result.returncode == 0
    assert (tmp_path / "one.mid").is_file()
    assert {"numpy", "mido"} <= loaded(result)  # or nothing was measured
    assert not loaded(result) & HEAVY


def test_evaluate_never_loads_tensorflow_keras_or_music21(tmp_path: Path) -> None:
    model = saved(tiny_checkpoint(), tmp_path)
    for number in range(3):
        (tmp_path / f"{number}.mid").write_bytes(midi_bytes(made_up_chorale(20, number)))
    command = ["evaluate", "--model", str(model), "--data", str(tmp_path)]
    result = started("-X", "importtime", "-m", "chorale", *command)
    assert result.returncode == 0
    assert "nats a note" in result.stdout
    assert not loaded(result) & HEAVY


def test_models_never_loads_tensorflow_keras_or_music21() -> None:
    result = started("-X", "importtime", "-m", "chorale", "models")
    assert result.returncode == 0
    assert "safetensors" in loaded(result)  # or nothing was measured
    assert not loaded(result) & HEAVY


def test_the_version_is_printed() -> None:
    result = started("-m", "chorale", "--version")
    assert (result.returncode, result.stdout) == (0, f"chorale {__version__}\n")


def test_without_a_command_there_is_help() -> None:
    result = started("-m", "chorale")
    assert "generate" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["improvise"], "no such command: improvise; see `chorale --help`"),
        (["genrate"], "no such command: genrate (did you mean generate?); see `chorale --help`"),
        (
            ["data", "bild"],
            "no such command: bild (did you mean build?); see `chorale data --help`",
        ),
        (
            ["generate", "--seeed", "1"],
            "no such option: --seeed (did you mean --seed?); see `chorale generate --help`",
        ),
        (["generate", "--xyzzy"], "no such option: --xyzzy; see `chorale generate --help`"),
        (["-z"], "no such option: -z; see `chorale --help`"),
        (["show", "a.mid", "--part"], "option '--part' requires an argument"),
        (["generate", "a"], "unexpected argument: a; see `chorale generate --help`"),
        (["generate", "a", "b"], "unexpected arguments: a b; see `chorale generate --help`"),
    ],
)
def test_a_mistyped_command_line_is_an_error_of_one_line(
    run: Run, words: list[str], message: str
) -> None:
    assert run(*words) == (2, "", f"chorale: {message}\n")


def test_a_missing_argument_is_an_error_of_one_line(run: Run) -> None:
    status, out, err = run("check")
    assert (status, out) == (2, "")
    assert re.fullmatch(r"chorale: missing argument 'FILE.*'; see `chorale check --help`\n", err)


def fails_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int | str | None:
    """The exit status of the command line when its command raises `error`."""

    def app(standalone_mode: bool) -> NoReturn:
        raise error

    monkeypatch.setattr(cli, "app", app)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


@pytest.mark.parametrize("kind", [ChoraleError, DataError, DownloadError])
def test_an_error_is_one_line_and_status_1(
    kind: type[ChoraleError], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fails_with(kind("no music here"), monkeypatch) == 1
    assert capsys.readouterr() == ("", "chorale: no music here\n")


def test_a_wrong_option_is_one_line_and_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fails_with(OptionError("too loud"), monkeypatch) == 2
    assert capsys.readouterr() == ("", "chorale: too loud\n")


@pytest.mark.parametrize("bug", [ValueError, KeyError, ZeroDivisionError])
def test_a_bug_is_not_caught(bug: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(bug):
        fails_with(bug("oops"), monkeypatch)


def script_running(statement: str) -> str:
    """Source of a script whose `generate` runs a statement where it would choose its files."""
    return f"""
import sys
from chorale import cli
from chorale.cli import composing
def statement(*_, **__):
    {statement}
composing.choose_outputs = statement
sys.argv = ["chorale", "generate"]
cli.main()
"""


def test_a_bug_keeps_its_traceback() -> None:
    result = started("-c", script_running("1 / 0"))
    assert result.returncode == 1
    assert result.stderr.startswith("Traceback (most recent call last):")
    assert result.stderr.endswith("ZeroDivisionError: division by zero\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are Unix's")
def test_ctrl_c_ends_with_130_and_no_traceback() -> None:
    result = started("-c", script_running(f"import os; os.kill(os.getpid(), {signal.SIGINT:d})"))
    assert result.returncode == 130
    assert result.stderr == "chorale: interrupted\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are Unix's")
@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_that_ends_the_program_leaves_no_half_file(
    name: str, status: int, tmp_path: Path
) -> None:
    script = script_running(f"""
    import os, signal
    from pathlib import Path
    from chorale.files import atomic_write
    with atomic_write(Path("new/c.mid")) as temporary:
        temporary.write_bytes(b"half")
        os.kill(os.getpid(), signal.{name})
""")
    result = started("-c", script, cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (status, "", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="signals are Unix's")
def test_a_hang_up_that_is_ignored_stays_so() -> None:
    script = script_running(
        "import os, signal; os.kill(os.getpid(), signal.SIGHUP); sys.exit('still here')"
    )
    ignoring = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)"  # as nohup does
    result = started("-c", ignoring + script)
    assert (result.returncode, result.stderr) == (1, "still here\n")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are Unix's")
def test_a_reader_that_stops_reading_is_not_an_error() -> None:
    script = script_running("[composing.print_result('x' * 1000) for _ in range(1000)]")
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as writing:
        assert writing.stdout
        assert writing.stderr
        assert writing.stdout.read(10) == b"x" * 10
        writing.stdout.close()
        assert writing.stderr.read() == b""
    assert writing.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk always full")
def test_a_full_disk_behind_standard_output_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-c", script_running("composing.print_result('music')")],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    line = "chorale: cannot write to standard output: No space left on device\n"
    assert (result.returncode, result.stderr) == (1, line)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_roll_for_a_full_disk_is_one_line_too(unbuffered: str) -> None:
    assets = ASSETS
    command = [sys.executable, "-m", "chorale", "show", str(assets / "chorale.mid")]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            command,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )
    assert result.returncode == 1
    assert result.stderr == "chorale: cannot write to standard output: No space left on device\n"


@pytest.mark.skipif(sys.platform == "win32", reason="shells of Windows close no streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_are_no_errors(closed: str) -> None:
    command = f"{shlex.quote(sys.executable)} -m chorale models {closed}"
    result = subprocess.run(command, shell=True, capture_output=True, check=False)  # noqa: S602  # our own
    assert result.returncode == 0
    assert b"Traceback" not in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="shells of Windows close no streams")
def test_no_file_gets_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    script = script_running("""
    with open("number", "w") as file:
        file.write(str(file.fileno()))
""")
    command = f"{shlex.join([sys.executable, '-c', script])} <&- >&- 2>&-"
    subprocess.run(command, shell=True, check=False, cwd=tmp_path)  # noqa: S602  # our own
    assert int((tmp_path / "number").read_text()) > 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk always full")
def test_an_error_that_cannot_be_printed_keeps_its_exit_status() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "chorale", "improvise"]
        assert subprocess.run(command, stderr=full, check=False).returncode == 2


def test_letters_that_an_encoding_lacks_are_printed_by_number(tmp_path: Path) -> None:
    (tmp_path / "tüne €.mid").write_bytes(midi_bytes(made_up_chorale(20, 1)))
    result = subprocess.run(
        [sys.executable, "-m", "chorale", "render", "tüne €.mid", "-o", "a.musicxml"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.startswith(b"t\\xfcne \\u20ac.mid: ")


@pytest.mark.parametrize("columns", ["0", "-5", "", "x", "\u00b2", "9" * 5000])
@pytest.mark.parametrize("command", ["check", "show", "analyze"])
def test_a_width_that_is_none_is_the_usual_one(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, columns: str
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    usual = run(command, str(ASSETS / "chorale.mid"))
    monkeypatch.setenv("COLUMNS", columns)
    assert usual.out.strip()
    assert run(command, str(ASSETS / "chorale.mid")) == usual
