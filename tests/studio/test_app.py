"""The server of the studio: what it answers, to whom, and what it refuses."""

import json
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up import made_up_chorale
from tiny_network import saved, tiny_checkpoint
from verses import annotated_hymn

from chorale import api
from chorale.errors import OptionError
from chorale.music import REST
from chorale.music.voicings import VOICINGS
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.sound.midi import midi_bytes
from chorale.studio import requests
from chorale.studio.exchange import to_chorale, to_score

starlette_client = pytest.importorskip("starlette.testclient")
anyio = pytest.importorskip("anyio")
TOKEN = "a-token"  # noqa: S105  # of the test
SCORE = to_score(made_up_chorale(64, 1), "Tune")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A client of the server, which composes with a tiny model."""
    from chorale.studio.app import create_app

    model = saved(tiny_checkpoint(), tmp_path)
    for name in ("generate", "harmonize", "continue_", "rewrite"):
        function = getattr(api, name)
        monkeypatch.setattr(
            api, name, lambda *args, _run=function, **options: _run(*args, **options, model=model)
        )
    return starlette_client.TestClient(
        create_app(TOKEN), base_url="http://127.0.0.1", headers={"X-Token": TOKEN}
    )


def compose(client: Any, **request: Any) -> list[dict[str, Any]]:
    """Return the lines of the answer to a request to compose."""
    response = client.post("/compose", json=request)
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.splitlines()]


def scores_of(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the scores of the alternatives, each of which has a view."""
    found = [line for line in lines if "score" in line]
    for line in found:
        assert len(line["view"]["music"]["notes"]) == len(line["score"]["notes"])
    return [line["score"] for line in found]


def test_the_page_needs_the_token(client: Any) -> None:
    assert client.get("/").status_code == 403
    assert client.get("/?token=other").status_code == 403
    page = client.get(f"/?token={TOKEN}")
    assert page.status_code == 200
    assert "Harmonise" in page.text
    assert "connect-src &#x27;self&#x27;" in page.text


@pytest.mark.parametrize("path", ["/view", "/read?name=a.mid", "/save", "/compose"])
def test_every_request_needs_the_token(client: Any, path: str) -> None:
    for token in ("", "other"):
        response = client.post(path, headers={"X-Token": token}, content=b"{}")
        assert response.status_code == 403
        assert "error" in response.json()


def test_another_host_is_refused(client: Any) -> None:
    response = client.get(f"/?token={TOKEN}", headers={"Host": "attacker.example"})
    assert response.status_code == 400


def test_a_view_has_the_engraving_the_music_and_the_findings(client: Any) -> None:
    view = client.post("/view", json={"score": SCORE}).json()
    assert 'id="w-0-0"' in view["score"]
    assert len(view["music"]["notes"]) == len(SCORE["notes"])
    assert view["findings"]  # a walk at random has faults
    assert {"step", "end", "voices", "place", "text", "fault"} == set(view["findings"][0])


def test_a_score_without_notes_is_shown_too(client: Any) -> None:
    view = client.post("/view", json={"score": {**SCORE, "notes": []}}).json()
    assert "<svg" in view["score"]
    assert view["findings"] == []


def test_a_tune_gets_three_harmonizations_that_keep_it(client: Any) -> None:
    tune = [note for note in SCORE["notes"] if note["voice"] == 0]
    lines = compose(client, action="harmonize", score={**SCORE, "notes": tune})
    assert all(0 <= line["progress"] <= 1 for line in lines if "progress" in line)
    assert lines[-1] == {"done": True}
    scores = scores_of(lines)
    assert len(scores) == requests.ALTERNATIVES
    for score in scores:
        assert [note for note in score["notes"] if note["voice"] == 0] == tune
        assert {note["voice"] for note in score["notes"]} == {0, 1, 2, 3}


def place(step: int) -> str:
    """Return a step of SCORE as a lock names it, such as "2:1.5"."""
    plan = to_chorale(SCORE).plan
    return f"{plan.bar_at(step)}:{1 + plan.step_in_bar(step) / 4:g}"


def test_locked_notes_stay_when_bars_are_composed_again(client: Any) -> None:
    alto = [note for note in SCORE["notes"] if note["voice"] == 1]
    locked = next(note for note in alto if 20 <= note["step"] < 30)
    lines = compose(
        client,
        action="rewrite",
        score=SCORE,
        bars="2-3",
        voices=["alto"],
        locks=[f"alto {place(locked['step'])}"],
    )
    for found in scores_of(lines):
        assert locked in found["notes"]
        assert [note for note in found["notes"] if note["voice"] == 1] != alto
        others = [note for note in found["notes"] if note["voice"] != 1]
        assert others == [note for note in SCORE["notes"] if note["voice"] != 1]


def test_new_music_and_continuations_have_the_requested_bars(client: Any) -> None:
    lines = compose(
        client, action="generate", score=SCORE, bars=2, plan={"key": "D major", "metre": "3/4"}
    )
    for score in scores_of(lines):
        assert (score["metre"], score["key"]) == ("3/4", "D major")
    lines = compose(client, action="continue", score=SCORE, bars=1)
    assert all(score["steps"] > SCORE["steps"] for score in scores_of(lines))


def test_a_file_is_read_and_saved_as_the_same_music(client: Any) -> None:
    saved_file = client.post("/save", json={"score": SCORE, "format": "midi"})
    assert "Tune.mid" in saved_file.headers["content-disposition"]
    answer = client.post("/read?name=Tune.mid", content=saved_file.content).json()
    assert answer["score"]["notes"] == SCORE["notes"]


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("/view", b"no json", "no JSON"),
        ("/view", b"[]", "no JSON object"),
        ("/view", b'{"score": 1}', "no score"),
        ("/save", json.dumps({"score": SCORE, "format": "exe"}).encode(), "unknown format"),
        ("/read?name=a.mid", b"nothing", "a.mid"),
        ("/read?name=../../etc/passwd", b"nothing", "passwd"),
        ("/read?name=a.txt", b"nothing", "a.txt"),
    ],
)
def test_bad_requests_get_the_line_of_the_command_line(
    client: Any, path: str, content: bytes, words: str
) -> None:
    response = client.post(path, content=content)
    assert response.status_code == 400
    error = response.json()["error"]
    assert words in error
    assert "\n" not in error
    assert "/tmp" not in error  # noqa: S108  # the folder of the copy is not named


def test_errors_of_composing_are_the_last_line(client: Any) -> None:
    [*_, last] = compose(client, action="rewrite", score=SCORE, bars="90-91")
    assert "no bars 90-91" in last["error"]
    [*_, last] = compose(client, action="dance", score=SCORE)
    assert "an action, one of" in last["error"]


def test_an_exception_of_the_progress_ends_the_work() -> None:
    class StoppedError(Exception):
        pass

    stopped = threading.Event()

    def progress(done: int, total: int) -> None:
        stopped.set()
        raise StoppedError

    with pytest.raises(StoppedError):
        requests.compose({"action": "generate", "score": SCORE, "bars": 2}, progress, print)
    assert stopped.is_set()


def wait_for_the_end(started: threading.Event, ended: threading.Event) -> Any:
    """Return a function that composes until its progress raises an exception."""

    def compose(request: Any, progress: Any, receive: Any) -> None:
        if request["action"] == "quick":
            return
        try:
            started.set()
            for done in range(200):
                progress(done, 200)
                time.sleep(0.05)
        finally:
            ended.set()

    return compose


def test_a_second_request_to_compose_cancels_the_first(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, ended = threading.Event(), threading.Event()
    monkeypatch.setattr(requests, "compose", wait_for_the_end(started, ended))
    first: list[Any] = []
    thread = threading.Thread(target=lambda: first.extend(compose(client, action="slow")))
    thread.start()
    assert started.wait(5)
    assert compose(client, action="quick")[-1] == {"done": True}
    assert ended.wait(5)
    thread.join(5)
    assert first[-1] == {"error": "cancelled"}


def test_a_page_that_has_gone_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    from chorale.studio.app import _stream

    started, ended = threading.Event(), threading.Event()
    monkeypatch.setattr(requests, "compose", wait_for_the_end(started, ended))

    async def leave() -> None:
        read = anyio.Event()

        async def read_lines() -> None:
            async for _ in _stream({"action": "slow"}, threading.Event()):
                read.set()

        async with anyio.create_task_group() as group:
            group.start_soon(read_lines)
            await read.wait()
            await anyio.to_thread.run_sync(started.wait)
            group.cancel_scope.cancel()

    anyio.run(leave)
    assert ended.is_set()


def test_words_and_marks_of_a_file_are_shown_composed_with_and_saved(
    client: Any, tmp_path: Path
) -> None:
    file = tmp_path / "hymn.musicxml"
    file.write_bytes(musicxml_bytes(annotated_hymn(), Metadata("Hymn")))
    answer = client.post("/read?name=hymn.musicxml", content=file.read_bytes()).json()
    score, read = answer["score"], api.read(file).chorale
    assert to_chorale(score).annotations == read.annotations
    view = client.post("/view", json={"score": score}).json()
    assert "morn" in view["score"]
    assert view["notices"] == []
    saved_file = tmp_path / "again.musicxml"
    content = client.post("/save", json={"score": score, "format": "musicxml"}).content
    saved_file.write_bytes(content)
    assert api.read(saved_file).chorale.annotations == read.annotations
    for found in scores_of(
        compose(client, action="rewrite", score=score, bars="1", voices=["alto"])
    ):
        assert found["annotations"]["repeats"] == score["annotations"]["repeats"]
        assert found["annotations"]["syllables"] == score["annotations"]["syllables"]


def test_words_whose_notes_are_deleted_are_named_and_come_back(client: Any) -> None:
    score = to_score(annotated_hymn(), "Hymn")
    first = next(note for note in score["notes"] if note["voice"] == 0)
    shorter = {**score, "notes": [note for note in score["notes"] if note != first]}
    view = client.post("/view", json={"score": shorter}).json()
    assert view["notices"] == ["without a note to stand on: 3 syllables"]
    assert to_chorale({**shorter, "notes": [*shorter["notes"], first]}).annotations.syllables == (
        annotated_hymn().annotations.syllables
    )


@pytest.mark.parametrize("name", VOICINGS)
def test_a_choir_is_opened_shown_harmonized_and_saved_as_what_it_is(
    client: Any, name: str, tmp_path: Path
) -> None:
    voicing, file = VOICINGS[name], tmp_path / "choir.mid"
    music = made_up_chorale(64, 1)
    sings = np.isin(np.arange(4), voicing.voices)
    music = replace(
        music, pitches=np.where(sings, music.pitches, REST), onsets=music.onsets & sings
    )
    file.write_bytes(midi_bytes(music, render_options=RenderOptions(voicing=voicing)))
    score = client.post("/read?name=choir.mid", content=file.read_bytes()).json()["score"]
    assert score["voicing"] == name
    view = client.post("/view", json={"score": score}).json()
    assert [each["name"] for each in view["music"]["voices"]] == list(voicing.names)
    assert [voice for staff in view["staves"] for voice in staff["voices"]] == list(voicing.voices)
    content = client.post("/save", json={"score": score, "format": "midi"}).content
    file.write_bytes(content)
    assert api.read(file).voicing is voicing
    tune = [note for note in score["notes"] if note["voice"] == 0]
    for found in scores_of(compose(client, action="harmonize", score={**score, "notes": tune})):
        assert found["voicing"] == name
        assert {note["voice"] for note in found["notes"]} == set(voicing.voices)
    if name != "SATB":
        *_, last = compose(client, action="rewrite", score=score, bars="1")
        assert "needed to rewrite it" in last["error"] or "only music for SATB" in last["error"]


def test_locked_notes_stay_when_four_voices_are_harmonized(client: Any) -> None:
    alto = [note for note in SCORE["notes"] if note["voice"] == 1]
    locks = [f"alto {place(note['step'])}" for note in alto]
    for found in scores_of(compose(client, action="harmonize", score=SCORE, locks=locks)):
        kept = [note for note in SCORE["notes"] if note["voice"] < 2]
        assert [note for note in found["notes"] if note["voice"] < 2] == kept
        assert found["notes"] != SCORE["notes"]


def test_views_that_the_page_no_longer_waits_for_are_left_out(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from starlette.requests import Request

    async def is_disconnected(request: Any) -> bool:
        return True

    monkeypatch.setattr(Request, "is_disconnected", is_disconnected)
    monkeypatch.setattr(requests, "view", lambda *arguments: pytest.fail("it was engraved"))
    assert client.post("/view", json={"score": SCORE}).status_code == 499


def test_a_view_may_be_for_one_size_of_window(client: Any) -> None:
    narrow = client.post("/view", json={"score": SCORE, "size": "narrow"}).json()["score"]
    assert 'id="n-0-0"' in narrow
    assert 'id="w-0-0"' not in narrow
    answer = client.post("/view", json={"score": SCORE, "size": "huge"})
    assert answer.status_code == 400
    assert "choose from wide, narrow" in answer.json()["error"]


def test_warming_up_loads_what_the_first_request_needs(client: Any) -> None:
    requests.warm_up()


def test_a_damaged_score_is_an_option_error() -> None:
    with pytest.raises(OptionError):
        to_chorale({"notes": []})


@pytest.mark.parametrize(
    "name", ["..", "foo/..", "a\0b.mid", "x" * 300 + ".mid", "\U00020000" * 99]
)
def test_any_name_of_a_file_gets_an_answer(client: Any, name: str) -> None:
    response = client.post("/read", params={"name": name}, content=b"nothing")
    assert response.status_code == 400
    assert "/tmp" not in response.json()["error"]  # noqa: S108  # the folder of the copy


def test_a_title_of_wide_letters_can_be_saved(client: Any) -> None:
    body = {"score": {**SCORE, "title": "\U00020000" * 200}, "format": "midi"}
    assert client.post("/save", json=body).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [{"plan": [1]}, {"plan": "abc"}, {"locks": 5}, {"voices": [1]}, {"options": 3}, {"bars": []}],
)
def test_requests_of_wrong_types_get_an_error(client: Any, changed: dict[str, Any]) -> None:
    request = {"action": "rewrite", "score": SCORE, "bars": "1-2", **changed}
    [*_, last] = compose(client, **request)
    assert "request" in last["error"]


@pytest.mark.parametrize("changed", [{"key": ["a"]}, {"metre": 4}, {"key": 1e999}])
def test_scores_of_wrong_types_get_an_error(client: Any, changed: dict[str, Any]) -> None:
    content = json.dumps({"score": {**SCORE, **changed}}).encode()
    response = client.post("/view", content=content)
    assert response.status_code == 400


def test_halves_of_letters_become_question_marks(client: Any) -> None:
    for score in ({**SCORE, "title": "\ud800"}, {**SCORE, "annotations": ["\ud800"]}):
        response = client.post("/view", content=json.dumps({"score": score}))
        assert response.status_code in (200, 400), response.text
    saved_file = client.post(
        "/save", content=json.dumps({"score": {**SCORE, "title": "a\ud800"}, "format": "musicxml"})
    )
    assert b"<work-title>a?</work-title>" in saved_file.content


def test_a_fault_is_told_to_the_page_and_printed(
    client: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(requests, "compose", fail)
    monkeypatch.setattr(requests, "view", fail)
    assert compose(client, action="generate", score=SCORE)[-1]["error"].startswith("the studio has")
    response = client.post("/view", json={"score": SCORE})
    assert (response.status_code, response.json()["error"]) == (
        500,
        "the studio has a fault; see its terminal",
    )
    assert capsys.readouterr().err.count("\nZeroDivisionError\n") == 2
