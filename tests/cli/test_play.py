"""`chorale play`, with and without a sound device."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import soundfile
from command import Ended, Run
from places import ASSETS

from chorale.rendering.sound import playback


@pytest.fixture
def play(run: Run, tmp_path: Path) -> Run:
    """A function that runs `chorale play` in a folder with a chorale."""
    shutil.copy(ASSETS / "chorale.mid", tmp_path)

    def play(*words: str) -> Ended:
        return run("play", *words)

    return play


def no_device(samples: Any) -> None:
    raise playback.NoDeviceError("no sound device")


def there() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def test_a_file_is_played_and_nothing_written(play: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[Any] = []
    monkeypatch.setattr(playback, "play", played.append)
    ended = play("chorale.mid", "--tempo", "120")
    assert (ended.status, ended.err, there()) == (0, "", ["chorale.mid"])
    [samples] = played
    minutes, seconds = divmod(round(len(samples) / 44100), 60)
    assert ended.out == f"chorale.mid: {minutes}:{seconds:02} at 120 quarters a minute\n"


@pytest.mark.parametrize("ending", ["mid", "musicxml"])
def test_a_choirs_file_is_reported_to_sound_as_an_organ(
    play: Run, run: Run, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(playback, "play", lambda samples: None)
    run("render", "chorale.mid", "--program", "choir", "-o", f"choir.{ending}")
    _, line = play(f"choir.{ending}").out.splitlines()
    assert line == (
        f"choir.{ending}: an organ sounds, not the file's choir; "
        "`--soundfont FILE --program 52` plays the choir"
    )
    assert play(f"choir.{ending}", "-q").out == ""


def test_without_a_device_the_sound_is_a_file_under_a_free_name(
    play: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback, "play", no_device)
    Path("chorale-played.wav").write_bytes(b"valuable")
    ended = play("chorale.mid")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.splitlines()[1] == ("no sound device: the sound is in chorale-played-2.wav")
    assert there() == ["chorale-played-2.wav", "chorale-played.wav", "chorale.mid"]
    assert Path("chorale-played.wav").read_bytes() == b"valuable"
    assert soundfile.info("chorale-played-2.wav").duration > 20


def test_the_tempo_is_the_files_unless_another_is_given(
    play: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []
    monkeypatch.setattr(playback, "play", lambda samples: lengths.append(len(samples)))
    for tempo in ([], ["--tempo", "80"], ["--tempo", "160"]):
        assert play("chorale.mid", *tempo).status == 0
    assert lengths[0] == lengths[1] > 1.5 * lengths[2]


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["none.mid"], 1, "there is no file none.mid"),
        (["chorale.mid", "--program", "kazoo"], 2, "unknown instrument 'kazoo'"),
        (["chorale.mid", "--program", "piano"], 2, "the built-in sound is an organ"),
        (["chorale.mid", "--soundfont", "none.sf2"], 1, "none.sf2"),
    ],
)
def test_a_file_that_cannot_be_played_is_an_error_of_one_line(
    play: Run, words: list[str], status: int, message: str
) -> None:
    ended = play(*words)
    assert (ended.status, ended.out, there()) == (status, "", ["chorale.mid"])
    assert message in ended.err
    assert ended.err.count("\n") == 1


def test_quiet_prints_nothing(play: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[Any] = []
    monkeypatch.setattr(playback, "play", played.append)
    ended = play("chorale.mid", "--quiet")
    assert (ended.status, ended.out, ended.err, len(played)) == (0, "", "", 1)
