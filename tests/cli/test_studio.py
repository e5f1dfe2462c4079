"""`chorale studio`: the address that it prints, and what it refuses before it serves."""

import re
import socket
import subprocess
import sys
import threading
import webbrowser
from importlib import util
from pathlib import Path
from typing import Any

import pytest
import requests
from command import Run
from made_up import made_up_chorale

from chorale.rendering.sound.midi import midi_bytes

pytest.importorskip("uvicorn")


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Any, ...]]:
    """What would be served; nothing is, and no browser is opened, in an empty folder."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("chorale.studio.serving.serve", lambda *served: found.append(served))
    monkeypatch.setattr(webbrowser, "open", lambda address: found.append((address,)))
    return found


def test_the_address_has_a_port_and_a_random_token(run: Run, served: list[Any]) -> None:
    tokens = set()
    for _ in range(2):
        status, out, err = run("studio", "--no-browser")
        assert (status, err) == (0, "")
        found = re.fullmatch(
            r"the studio is at http://127\.0\.0\.1:\d+/\?token=([\w-]{22}) until Ctrl-C\n", out
        )
        assert found
        tokens.add(found[1])
    assert {token for _, token, _ in served} == tokens
    assert len(tokens) == 2


def test_the_page_is_opened_in_the_browser(run: Run, served: list[Any]) -> None:
    out = run("studio").out
    assert served[0][0] in out


def test_a_file_is_open_at_the_beginning(run: Run, served: list[Any]) -> None:
    Path("hymn.mid").write_bytes(midi_bytes(made_up_chorale(32, 1)))
    assert run("studio", "hymn.mid", "--no-browser").status == 0
    [(_, _, opening)] = served
    assert opening["score"]["steps"] == 32


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["none.mid"], 1, "there is no file none.mid"),
        (["bad.mid"], 1, "bad.mid"),
        (["--port", "70000"], 2, "'--port': must be less than or equal to 65535"),
    ],
)
def test_what_cannot_be_opened_is_an_error_of_one_line(
    run: Run, served: list[Any], words: list[str], status: int, message: str
) -> None:
    Path("bad.mid").write_bytes(b"MThd")
    ended = run("studio", *words)
    assert (ended.status, ended.out, served) == (status, "", [])
    assert message in ended.err
    assert ended.err.count("\n") == 1


def test_a_port_that_is_taken_is_an_error_of_one_line(run: Run, served: list[Any]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = run("studio", "--port", str(port), "--no-browser")
    assert (ended.status, ended.out, served) == (1, "", [])
    assert ended.err.startswith(f"chorale: port {port} cannot be used (")
    assert "choose another --port" in ended.err


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_a_missing_library_is_an_error_that_names_it(
    run: Run, served: list[Any], missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = util.find_spec
    monkeypatch.setattr(
        util, "find_spec", lambda name, *rest: None if name == missing else find_spec(name, *rest)
    )
    ended = run("studio", "--no-browser")
    assert (ended.status, ended.out, served) == (1, "", [])
    assert f"needs the library {missing}" in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals are Unix's")
def test_the_studio_answers_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "chorale", "studio", "--no-browser"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as one:
        timer = threading.Timer(60, one.kill)
        timer.start()
        assert one.stdout
        [address] = re.findall(r"http://\S+", one.stdout.readline())
        page = requests.get(address, timeout=30)
        assert page.status_code == 200
        assert "chorale studio" in page.text
        assert requests.get(address[:-1], timeout=30).status_code == 403
        one.send_signal(2)
        _, err = one.communicate(timeout=30)
        timer.cancel()
    assert "Traceback" not in err
