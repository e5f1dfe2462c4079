"""The JSB Chorales: downloaded from a local server, checked, parsed and cached."""

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from loopback_server import ARCHIVE, HEADER, MEMBERS, Server, archive
from places import SHARED

from chorale.corpus import Corpus, jsb, load_corpus
from chorale.corpus.jsb import Mirror
from chorale.corpus.jsb_files import parse_csv_archive, parse_json_splits
from chorale.errors import DataError, DownloadError
from chorale.music import REST

LISTS = {
    "test": [[[69, 65, 60, 41]]],
    "train": [[[72, 67, 60, 48], [72, 67, 60, 48], [74, -1, 60, 48]], [[72, 67, 60, 48]]],
    "valid": [[[71, 67, 62, 43]]],
}


JSON = json.dumps(LISTS).encode()
REAL_MIRRORS = jsb.MIRRORS


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def empty_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    monkeypatch.setenv("CHORALE_HOME", str(home))
    monkeypatch.setattr(jsb, "RETRIES", 0)
    return home


@pytest.fixture
def mirrors(monkeypatch: pytest.MonkeyPatch, server: Server) -> Callable[..., None]:
    """Return a function that points the download at the local server, with these contents."""

    def point(content: bytes = ARCHIVE, second: bytes = JSON) -> None:
        made = (
            Mirror("small.tgz", hashlib.sha256(content).hexdigest(), f"{server.url}/small.tgz"),
            Mirror("small.json", hashlib.sha256(second).hexdigest(), f"{server.url}/small.json"),
        )
        monkeypatch.setattr(jsb, "MIRRORS", made)

    point()
    return point


def files_in(home: Path) -> list[str]:
    return [path.name for path in home.rglob("*") if path.is_file()]


@pytest.mark.usefixtures("mirrors")
def test_the_first_mirror_is_downloaded_and_cached(server: Server, empty_home: Path) -> None:
    server.files["/small.tgz"] = ARCHIVE
    received: list[tuple[int, int]] = []
    corpus = jsb.download(progress=lambda done, total: received.append((done, total)))
    assert server.requests == ["/small.tgz"]
    assert received[-1] == (len(ARCHIVE), len(ARCHIVE))
    assert [len(chorales) for chorales in corpus.splits.values()] == [2, 1, 1]
    assert load_corpus("jsb") == corpus
    assert files_in(empty_home) == ["jsb.npz"]


@pytest.mark.usefixtures("mirrors")
def test_the_second_mirror_is_used_if_the_first_answers_404(server: Server) -> None:
    server.files["/small.json"] = JSON
    corpus = jsb.download()
    assert server.requests == ["/small.tgz", "/small.json"]
    assert corpus == Corpus("jsb", parse_csv_archive(ARCHIVE, "small.tgz"))


@pytest.mark.usefixtures("mirrors")
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"something else", "the file received has another sha256"),
        ((len(ARCHIVE), ARCHIVE[: len(ARCHIVE) // 2]), "the transfer broke off"),
        (None, "404"),
    ],
    ids=["wrong checksum", "truncated", "missing"],
)
def test_when_every_mirror_fails_the_error_states_what_to_do(
    server: Server, empty_home: Path, body: bytes | tuple[int, bytes] | None, reason: str
) -> None:
    if body is not None:
        server.files["/small.tgz"] = body
    with pytest.raises(DownloadError) as caught:
        jsb.download()
    message = str(caught.value)
    assert f"small.tgz: {reason}" in message
    assert "small.json: 404" in message
    assert f"{server.url}/small.tgz or {server.url}/small.json" in message
    assert "chorale data download --from FILE" in message
    assert "\n" not in message
    assert files_in(empty_home) == []


def test_without_a_network_the_error_names_each_mirror(
    server: Server, mirrors: Callable[..., None]
) -> None:
    server.close()
    with pytest.raises(DownloadError, match=r"small.tgz: no connection; small.json: no connection"):
        jsb.download()


@pytest.mark.usefixtures("mirrors")
def test_a_failed_download_is_retried(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsb, "RETRIES", 1)
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    with pytest.raises(DownloadError):
        jsb.download()
    assert server.requests == ["/small.tgz"] * 2 + ["/small.json"] * 2


def test_the_only_addresses_are_two_encrypted_ones_of_one_host() -> None:
    assert [urlsplit(mirror.url)[:2] for mirror in REAL_MIRRORS] == [
        ("https", "raw.githubusercontent.com")
    ] * 2


@pytest.mark.usefixtures("mirrors")
@pytest.mark.parametrize("where", ["/other.tgz", "https://127.0.0.1:9/small.tgz"])
def test_a_redirection_is_not_followed(
    server: Server, empty_home: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsb, "RETRIES", 1)
    server.files |= {"/small.tgz": where, "/small.json": where, "/other.tgz": ARCHIVE}
    with pytest.raises(DownloadError, match=r"small\.tgz: a redirection, which is not followed"):
        jsb.download()
    assert server.requests == ["/small.tgz", "/small.json"]
    assert files_in(empty_home) == []


@pytest.mark.usefixtures("mirrors")
@pytest.mark.parametrize("declared", [True, False])
def test_an_endless_download_is_cut_off(
    server: Server, empty_home: Path, declared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsb, "MAX_BYTES", 1_000_000)
    zeros = bytes(3 << 20)
    server.files["/small.tgz"] = zeros if declared else (10 << 30, zeros)
    received: list[int] = []
    with pytest.raises(DownloadError, match=r"small\.tgz: more than 1000000 bytes, cut off"):
        jsb.download(progress=lambda done, total: received.append(done))
    assert max(received) <= 1_000_000
    assert files_in(empty_home) == []


@pytest.mark.usefixtures("mirrors")
def test_no_password_of_the_user_is_sent(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "netrc"
    secrets.write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(secrets))
    server.files["/small.tgz"] = ARCHIVE
    jsb.download()
    (sent,) = server.headers
    assert set(sent) <= {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


@pytest.mark.usefixtures("mirrors")
def test_offline_nothing_is_requested_but_a_file_is_accepted(
    server: Server, tmp_path: Path
) -> None:
    with pytest.raises(DownloadError, match=r"nothing is downloaded with --offline.*--from FILE"):
        jsb.download(offline=True)
    assert server.requests == []
    path = tmp_path / "small.tgz"
    path.write_bytes(ARCHIVE)
    assert jsb.download(path, offline=True) == load_corpus("jsb")


@pytest.mark.usefixtures("mirrors")
@pytest.mark.parametrize("content", [ARCHIVE, JSON])
def test_either_file_is_accepted_under_any_name(
    server: Server, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "fetched by hand"
    path.write_bytes(content)
    assert jsb.download(path) == Corpus("jsb", parse_json_splits(JSON, "small.json"))
    assert server.requests == []


@pytest.mark.usefixtures("mirrors")
def test_a_file_with_another_checksum_is_refused_with_all_checksums(tmp_path: Path) -> None:
    path = tmp_path / "other.tgz"
    path.write_bytes(b"something else")
    with pytest.raises(DataError) as caught:
        jsb.download(path)
    for content in (b"something else", ARCHIVE, JSON):
        assert hashlib.sha256(content).hexdigest() in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*missing.tgz: No such file"):
        jsb.download(tmp_path / "missing.tgz")


def test_before_the_download_the_error_states_the_command() -> None:
    with pytest.raises(DataError, match="get them with `chorale data download`"):
        load_corpus("jsb")


def test_with_a_damaged_cache_the_error_states_the_command(empty_home: Path) -> None:
    empty_home.mkdir()
    jsb.cache_path().write_bytes(b"damaged")
    with pytest.raises(DataError, match="chorale data download"):
        jsb.load()


def test_both_formats_give_the_same_chorales_with_rests_for_silence() -> None:
    from_csv, from_json = parse_csv_archive(ARCHIVE, "a"), parse_json_splits(JSON, "b")
    assert from_csv == from_json
    first = from_csv["train"][0]
    assert first.source == "JSB 0"
    assert first.pitches.tolist() == [[72, 67, 60, 48]] * 2 + [[74, REST, 60, 48]]
    assert first.onsets.tolist() == [[True] * 4, [False] * 4, [True, False, False, False]]
    assert from_json["test"][0].source == "JSB 3"


def link(name: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = tarfile.SYMTYPE
    info.linkname = "/etc/passwd"
    return info


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (archive(MEMBERS | {"../train/chorale_009.csv": "x"}), "leads out of it"),
        (archive(MEMBERS | {"train/../../x.csv": "x"}), "leads out of it"),
        (archive(MEMBERS | {"/tmp/x.csv": "x"}), "leads out of it"),  # noqa: S108  # never written
        (archive(MEMBERS, link("train/chorale_009.csv")), "a link or device"),
        (archive({}), "no chorales for train, valid, test"),
        (ARCHIVE[:-30], "damaged archive"),
        (b"no archive", "damaged archive"),
    ],
    ids=range(7),  # the bytes of the archives change with the time
)
def test_a_harmful_or_damaged_archive_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_csv_archive(content, "made.tgz")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: need a line of 4 column names"),
        ("note0,note1\n1,2\n", "line 1: need a line of 4 column names"),
        (HEADER, "has no steps"),
        (HEADER + "72,67,60,48\n72,67,60\n", r"line 3: \[72, 67, 60\] is not 4 MIDI numbers"),
        (HEADER + "72,67,60,C3\n", "line 2: '72,67,60,C3' is not 4 MIDI numbers"),
        (HEADER + "300,67,60,48\n", r"line 2: \[300, .* from 0 to 127, 0 for silence"),
        (HEADER + "-1,67,60,48\n", "line 2"),
    ],
)
def test_a_malformed_csv_is_refused_with_file_and_line(text: str, message: str) -> None:
    content = archive(MEMBERS | {"train/chorale_001.csv": text})
    with pytest.raises(DataError, match=f"made.tgz: train/chorale_001.csv,? ?{message}"):
        parse_csv_archive(content, "made.tgz")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no json", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b'{"train": []}', "not a JSON object"),
        (b'{"train": [], "valid": [], "test": []}', "no chorales for train, valid, test"),
        (json.dumps(LISTS | {"valid": [3]}).encode(), "valid, chorale 0 is not a list"),
        (json.dumps(LISTS | {"valid": [[]]}).encode(), "valid, chorale 0 has no steps"),
        (json.dumps(LISTS | {"test": [[[1, 2, 3, 300]]]}).encode(), "chorale 0, step 0: .*300"),
        (json.dumps(LISTS | {"test": [[[1, 2, 3, 4.5]]]}).encode(), "-1 for silence"),
    ],
)
def test_a_malformed_json_is_refused_with_the_place(content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_json_splits(content, "made.json")


def test_a_downloaded_archive_that_is_refused_is_not_cached(
    server: Server, mirrors: Callable[..., None], empty_home: Path
) -> None:
    bad = archive(MEMBERS | {"../out.csv": "x"})
    mirrors(bad)
    server.files["/small.tgz"] = bad
    with pytest.raises(DataError, match="leads out of it"):
        jsb.download()
    assert files_in(empty_home) == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real files are not beside the checkout")
def test_both_real_mirrors_give_the_same_382_chorales() -> None:
    from_csv = jsb.download(SHARED / "jsb_chorales.tgz")
    from_json = jsb.download(SHARED / "Jsb16thSeparated.json")
    assert from_csv == from_json
    sizes = {s: (len(c), sum(len(x.pitches) for x in c)) for s, c in from_csv.splits.items()}
    assert sizes == {"train": (229, 55_228), "valid": (76, 18_408), "test": (77, 18_900)}
    pitches = np.concatenate([c.pitches for s in from_csv.splits.values() for c in s])
    assert (pitches[pitches != REST].min(), pitches.max()) == (36, 81)
