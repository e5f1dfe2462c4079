"""The JSB Chorales data set, the benchmark: 382 chorales, pitches only, downloaded on request.

Two mirrors have the same content: an archive of CSV files, and a JSON file. The program fetches
only these, and only on request; a redirection is refused, and no data of the user are sent. The
download is cut off at MAX_BYTES, checked against a sha256 fixed here, parsed
in memory and cached; nothing is ever unpacked onto the disk.

The data are pitches at each sixteenth, without metre, key or fermatas. A repeated note cannot be
distinguished from a held one and counts as held. Two chorales of the validation split have faults
in the source and are kept, since all published figures include them: in 264 three voices lag the
bass by three quarters, and 268 has doubled note values.
"""

import hashlib
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from chorale.aliases import Progress
from chorale.corpus.cache import cache_folder, check_cache, load_cache, save_cache
from chorale.corpus.corpus import Corpus, ignore_progress
from chorale.corpus.jsb_files import parse_csv_archive, parse_json_splits
from chorale.errors import DataError, DownloadError
from chorale.untrusted import read_at_most

NAME = "jsb"


@dataclass(frozen=True)
class Mirror:
    """A file with the whole data set, its checksum and its address."""

    file: str
    sha256: str
    url: str


MIRRORS = (
    Mirror(
        "jsb_chorales.tgz",
        "594e5e25a3ff8af64687c378628970c6435fddd3093d96df2fa8ca9505ce30fe",
        "https://raw.githubusercontent.com/ageron/handson-ml2/master/datasets/jsb_chorales/"
        "jsb_chorales.tgz",
    ),
    Mirror(
        "Jsb16thSeparated.json",
        "79294cc374f9252e95ef4b703161524c1c53dc1f712c236f00f1c1f5d54af5a7",
        "https://raw.githubusercontent.com/czhuang/JSB-Chorales-dataset/master/"
        "Jsb16thSeparated.json",
    ),
)
MAX_BYTES = 10_000_000
RETRIES = 2  # further attempts at each mirror, after pauses of 1 and 2 s
TIMEOUT_SECONDS = 30  # longest wait for the next byte
COMMAND = "chorale data download"

_CHUNK = 1 << 14  # bytes written at a time
_IDENTITY = "jsb 1"  # raise the number when files are parsed differently


def cache_path() -> Path:
    """Return the path of the cache."""
    return cache_folder() / f"{NAME}.npz"


def load() -> Corpus:
    """Load the data set from the cache.

    Raises:
        DataError: the data set has not been downloaded.
    """
    corpus = load_cached()
    if corpus is None:
        raise DataError(f"the JSB chorales are not on this machine; get them with `{COMMAND}`")
    return corpus


def load_cached() -> Corpus | None:
    """Load the cache; None if the data set has not been downloaded."""
    return load_cache(cache_path(), _IDENTITY)


def download(
    from_file: Path | None = None, progress: Progress = ignore_progress, offline: bool = False
) -> Corpus:
    """Fetch the data set, or read it from a file fetched by other means, and cache it.

    Args:
        from_file: path of either mirror's file on this machine; the network is then not used.
        progress: called with the number of bytes received and their total.
        offline: whether the network must not be used.

    Raises:
        DownloadError: no mirror sent the data set, or a download is needed and `offline` is
            true.
        DataError: `from_file` is not the file of a mirror, or its content is malformed.
        OutputError: the cache cannot be written.
    """
    check_cache(cache_path())
    if offline and not from_file:
        raise DownloadError(
            f"nothing is downloaded with --offline or CHORALE_OFFLINE; {_explain_other_ways()}"
        )
    corpus = _read_file(from_file) if from_file else _download(progress)
    save_cache(corpus, cache_path(), _IDENTITY)
    return corpus


def _read_file(path: Path) -> Corpus:
    try:
        content = read_at_most(path, MAX_BYTES)
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror}; name {_file_names()} after --from"
        ) from error
    if content is None:
        raise DataError(f"{path} is not the data set: it is far too large; name {_file_names()}")
    found = hashlib.sha256(content).hexdigest()
    for mirror in MIRRORS:
        if found == mirror.sha256:
            return _parse(content, mirror, path.name)
    expected = " or ".join(f"{mirror.sha256} ({mirror.file})" for mirror in MIRRORS)
    raise DataError(
        f"{path} is not the data set: its sha256 is {found}, not {expected}; fetch it again"
    )


def _download(progress: Progress) -> Corpus:
    failures = []
    for mirror in MIRRORS:
        try:
            content = _fetch(mirror, progress)
        except DownloadError as error:
            failures.append(str(error))
        else:
            return _parse(content, mirror, mirror.file)
    raise DownloadError(
        f"the JSB chorales could not be downloaded ({'; '.join(failures)}); check the network, or "
        f"{_explain_other_ways()}"
    )


def _fetch(mirror: Mirror, progress: Progress) -> bytes:
    """Download a mirror's file and verify its checksum.

    Raises:
        DownloadError: the download failed; the message has the file's name and a short reason.
    """
    import requests

    try:
        return _fetch_with_pooch(mirror, progress)
    except requests.exceptions.HTTPError as error:
        reason = str(error).split(" for url")[0]
    except requests.exceptions.ConnectionError:
        reason = "no connection"
    except requests.exceptions.Timeout:
        reason = f"no answer in {TIMEOUT_SECONDS} s"
    except requests.exceptions.RequestException:
        reason = "the transfer broke off"
    except ValueError:  # pooch raises it for a wrong checksum
        reason = "the file received has another sha256"
    except OSError as error:
        reason = error.strerror or type(error).__name__
    raise DownloadError(f"{mirror.file}: {reason}")


def _fetch_with_pooch(mirror: Mirror, progress: Progress) -> bytes:
    import pooch

    pooch.get_logger().setLevel("ERROR")  # no line for each attempt; failures are raised below
    # In a temporary folder, so that an interrupted download leaves nothing behind.
    with tempfile.TemporaryDirectory(prefix="chorale-") as folder:
        keeper = pooch.create(
            folder,
            base_url="",
            registry={mirror.file: f"sha256:{mirror.sha256}"},
            urls={mirror.file: mirror.url},
            retry_if_failed=RETRIES,
        )
        downloader = partial(_stream, mirror=mirror, progress=progress)
        return Path(keeper.fetch(mirror.file, downloader=downloader)).read_bytes()


def _stream(url: str, path: str, pooch: Any, mirror: Mirror, progress: Progress) -> None:
    """Download a URL to `path`; the signature is that of pooch's downloaders.

    Raises:
        DownloadError: the mirror redirects, or sends too much; pooch does not retry then.
        requests.exceptions.RequestException: the request failed.
    """
    import requests

    with (
        requests.get(
            url,
            stream=True,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            auth=lambda request: request,  # no password, even if the user's .netrc has one
        ) as response,
        open(path, "wb") as file,
    ):
        response.raise_for_status()
        if response.is_redirect:
            raise DownloadError(f"{mirror.file}: a redirection, which is not followed")
        total, done = int(response.headers.get("Content-Length", 0)), 0
        for chunk in response.iter_content(_CHUNK):
            file.write(chunk)
            done += len(chunk)
            if done > MAX_BYTES:
                raise DownloadError(f"{mirror.file}: more than {MAX_BYTES} bytes, cut off")
            if total:  # the size as sent; if that was compressed, `done` exceeds it
                progress(min(done, total), total)


def _parse(content: bytes, mirror: Mirror, file: str) -> Corpus:
    """Parse a mirror's file, whose name in messages is `file`."""
    parse = parse_json_splits if mirror.file.endswith(".json") else parse_csv_archive
    return Corpus(NAME, parse(content, file))


def _explain_other_ways() -> str:
    addresses = " or ".join(mirror.url for mirror in MIRRORS)
    return f"fetch {_file_names()} by other means from {addresses} and run `{COMMAND} --from FILE`"


def _file_names() -> str:
    return " or ".join(mirror.file for mirror in MIRRORS)
