"""The readers that are fuzzed, and their seeds.

Seeds are files of notation programs in `tests/files`, and files that our own writers make here. A
compressed format is fuzzed twice: its container as it is, and its content, which is compressed anew
each time, since hardly any mutation would pass a checksum.
"""

import gzip
import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save as save_tensors

from chorale.checking import examine
from chorale.composing.jobs.interpreting import interpret
from chorale.corpus.cache import load_cache, save_cache
from chorale.corpus.corpus import SPLITS, Corpus
from chorale.corpus.jsb_files import parse_csv_archive, parse_json_splits
from chorale.errors import CheckpointError, ChoraleError, DataError, ReadingError, TrainingError
from chorale.music import Key, Metre, Plan, from_pitches
from chorale.network.architecture import weight_shapes
from chorale.network.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from chorale.network.tokens import Vocabulary
from chorale.options import ModelOptions, TrainingOptions
from chorale.reading import read_chorale, read_music
from chorale.training.history import Epoch
from chorale.training.state import TrainingState

FILES = Path(__file__).parents[3] / "tests" / "files"
ASSETS = FILES.parents[1] / "assets"
CONTAINER = (
    b"<container><rootfiles><rootfile full-path='score.xml'/></rootfiles></container>"  # of .mxl
)
IDENTITY = "made up"
TINY = ModelOptions(
    embedding=3, filters=5, kernel=3, stride=2, encoder_units=4, units=6, layers=2, head_units=7
)

Read = Callable[[bytes, Path], None]


@dataclass(frozen=True)
class Reader:
    """A reader of untrusted files.

    Attributes:
        read: reads bytes, with the path of a file that it may write; it raises errors that are
            bugs, and not those that the reader may raise.
        seeds: returns the files that are mutated; its argument is the path of a scratch file.
        words: words that mutations insert.
        suffix: ending of the file that is read.
    """

    read: Read
    seeds: Callable[[Path], Sequence[bytes]]
    words: tuple[str, ...] = ()
    suffix: str = ".musicxml"


def read_music_file(content: bytes, path: Path) -> None:
    """Read, interpret and check music, in every way that a command does."""
    path.write_bytes(content)
    with suppress(ReadingError):
        read_chorale(path)
    for approximate in (False, True):
        try:
            reading = read_music(path, approximate=approximate)
        except ReadingError:
            continue
        music = interpret(reading)
        if len(reading.voices) > 1:
            examine(music.as_written)
        break


def read_packed_score(content: bytes, path: Path) -> None:
    """Compress and read a score: the container and the text, with NUL between them."""
    container, _, text = content.rpartition(b"\0")
    read_music_file(
        zip_members({"META-INF/container.xml": container or CONTAINER, "score.xml": text}), path
    )


def zip_members(members: dict[str, bytes]) -> bytes:
    """Return a zip file."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for name, content in members.items():
            opened.writestr(zipfile.ZipInfo(name), content)
    return archive.getvalue()


def read_json(content: bytes, path: Path) -> None:
    """Read the JSON file of the JSB chorales."""
    _allowing(DataError, lambda: parse_json_splits(content, path.name))


def read_csv(content: bytes, path: Path) -> None:
    """Read one CSV file of the JSB chorales, in a new archive."""
    members = {f"{split}/chorale_00{place}.csv": content for place, split in enumerate(SPLITS)}
    _allowing(DataError, lambda: parse_csv_archive(gzip_tar(members), path.name))


def read_archive(content: bytes, path: Path) -> None:
    """Compress and read the archive of the JSB chorales."""
    _allowing(DataError, lambda: parse_csv_archive(gzip.compress(content, 0, mtime=0), path.name))


def gzip_tar(members: dict[str, bytes]) -> bytes:
    """Return a compressed tar file."""
    return gzip.compress(_tar(members), 0, mtime=0)


def _tar(members: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as opened:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def read_checkpoint(content: bytes, path: Path) -> None:
    """Read the bytes of a checkpoint."""
    path.write_bytes(content)

    def load() -> None:
        checkpoint = load_checkpoint(path)
        checkpoint.fingerprint, checkpoint.has_conditioning  # noqa: B018  # both read all of it

    _allowing(CheckpointError, load)


def read_checkpoint_header(content: bytes, path: Path) -> None:
    """Read a checkpoint with sound weights and this description."""
    header = {"chorale": content.decode("utf-8", "replace")}
    read_checkpoint(save_tensors(_tiny_weights(), header), path)


def read_state(content: bytes, path: Path) -> None:
    """Read the bytes of a training state."""
    path.write_bytes(content)
    _allowing(TrainingError, lambda: TrainingState.load(path))


def read_state_header(content: bytes, path: Path) -> None:
    """Read a training state with this description."""
    header = {"chorale-training": content.decode("utf-8", "replace")}
    read_state(save_tensors({"a": np.zeros(2, np.float32)}, header), path)


def read_cache(content: bytes, path: Path) -> None:
    """Read the bytes of a cached data set, which counts as absent if it is damaged."""
    path.write_bytes(content)
    load_cache(path, IDENTITY)


def read_cache_facts(content: bytes, path: Path) -> None:
    """Read a cached data set with these facts."""
    with np.load(io.BytesIO(_caches(path)[0])) as arrays:
        held = dict(arrays)
    members = {}
    for name, values in (held | {"facts": np.frombuffer(content, np.uint8)}).items():
        member = io.BytesIO()
        np.save(member, values)
        members[f"{name}.npy"] = member.getvalue()
    read_cache(zip_members(members), path)


def _allowing(allowed: type[ChoraleError], read: Callable[[], object]) -> None:
    with suppress(allowed):
        read()


def _files(*suffixes: str) -> list[bytes]:
    paths = [*FILES.rglob("*"), *ASSETS.glob("chorale.mid"), *ASSETS.glob("*.musicxml")]
    return [path.read_bytes() for path in sorted(paths) if path.suffix in suffixes]


def _texts(scratch: Path) -> list[bytes]:
    """Return MusicXML without compression."""
    found = _files(".musicxml")
    for content in _files(".mxl"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if "META-INF" not in name]
            found += [archive.read(name) for name in names if name.endswith("xml")]
    return found


def _made_up() -> tuple[Checkpoint, Corpus]:
    """Return a made-up checkpoint and data set."""
    pitches = np.array([[67, 62, 59, 43]] * 8 + [[66, 62, 57, 50]] * 8, np.int16)
    plan = Plan(16, Metre(4, 4), 0, Key(7, "major"), np.arange(16) > 11)
    corpus = Corpus("made up", {split: (from_pitches(pitches, plan, split),) for split in SPLITS})
    ranges = np.array([[60, 81], [53, 74], [48, 69], [36, 64]], np.int32)
    about = {"data": "made up", "split": "train", "training": {"evidence": 0.4}, "figures": {}}
    return Checkpoint(_tiny_weights(), TINY, Vocabulary(), ranges, (plan,), about), corpus


def _tiny_weights() -> dict[str, Any]:
    shapes = weight_shapes(TINY, Vocabulary())
    return {name: np.full(shape, 0.5, np.float16) for name, shape in shapes.items()}


def _checkpoints(scratch: Path) -> list[bytes]:
    save_checkpoint(_made_up()[0], scratch)
    # in a file of few weights more mutations hit the header
    return [scratch.read_bytes(), save_tensors({"a": np.zeros(1, np.float16)}, {"chorale": "{}"})]


def _states(scratch: Path) -> list[bytes]:
    epoch = Epoch(1, 2.0, 1.5, 0.5, 0.5, 0.001, 3.0)
    arrays = {"a": np.zeros(2, np.float32)}
    options = (TINY, TrainingOptions(), "single", "bach", "abc", "chorale train")
    TrainingState(arrays, *options, (epoch,)).save(scratch)
    return [scratch.read_bytes()]


def _headers(files: Callable[[Path], Sequence[bytes]], key: str) -> Callable[[Path], list[bytes]]:
    """Return seeds of a description, from the metadata of files."""

    def seeds(scratch: Path) -> list[bytes]:
        content = files(scratch)[0]
        (length,) = struct.unpack("<Q", content[:8])
        return [json.loads(content[8 : 8 + length])["__metadata__"][key].encode()]

    return seeds


def _caches(scratch: Path) -> list[bytes]:
    path = scratch.with_suffix(".npz")
    save_cache(_made_up()[1], path, IDENTITY)
    return [path.read_bytes()]


def _cache_facts(scratch: Path) -> list[bytes]:
    with np.load(io.BytesIO(_caches(scratch)[0])) as arrays:
        return [arrays["facts"].tobytes()]


CSV = b"note0,note1,note2,note3\n" + b"67,62,59,43\n" * 4
JSON = json.dumps({split: [[[67, 62, 59, 43], [-1, 62, 59, 43]]] for split in SPLITS}).encode()
PLAN_NAMES = ("length_steps", "metre", "pickup_steps", "key", "fermatas", "motion")
NAMES = (*asdict(TINY), *PLAN_NAMES, "about")
VALUES = ("1e999", "NaN", "-1", "null", "true", "[[[[", '{"a":', "99999999999", '"x"', "0.5", "[]")
ELEMENTS = """
    score-partwise part-list score-part part-name part measure attributes divisions key fifths mode
    time beats beat-type staves transpose chromatic octave-change note grace chord pitch step alter
    octave unpitched rest duration tie voice type dot time-modification actual-notes normal-notes
    staff notations tied fermata ornaments trill-mark tremolo lyric text backup forward direction
    direction-type words metronome beat-unit per-minute sound dynamics p barline repeat harmony slur
    instrument-name midi-program creator miscellaneous-field
""".split()  # noqa: SIM905  # shorter so
XML = tuple(f"<{name}>" for name in ELEMENTS) + tuple(f"</{name}>" for name in ELEMENTS)
XML += ("<!DOCTYPE a [", "<!ENTITY a 'b'>", "&a;", "1e308", "-1", "65536", "quarter", "start")
HEADER = (*NAMES, *VALUES)

ABC = b"""X:1
T:Made up
Q:1/4=72
K:Ador
V:1 name="Soprano"
"Am"A|:{B}A2>!fermata!c2 (3def g2-|1 [ge]4 z4:|2 e8|]
w:A-men_ * la~la
V:2 clef=treble-8
E|^C2D2 E4|F4 & D4|E8|]
"""
ABC_WORDS: tuple[str, ...] = (
    "[V:1]",
    "[K:F#m]",
    "M:6/8\\n",
    "L:1/16\\n",
    "w:a-b\\n",
    "|:",
    "::",
    "[1",
    "(3",
    "Z9",
    "/0",
    "X:2\\n",
    "%%score 2 1\\n",
    "%%MIDI transpose -12\\n",
    "!mf!",
    "&",
    "<<",
    "transpose=-99",
)
MEI = b"""<mei><music><body><mdiv><score><scoreDef meter.count="4" meter.unit="4" keysig="1s">
<staffGrp><staffDef n="1"/></staffGrp></scoreDef><section><measure n="1" right="rptend">
<staff n="1"><layer n="1"><note xml:id="a" pname="g" oct="4" dur="2" tie="i"><verse n="1">
<syl con="d">A</syl></verse></note><chord dur="2"><note pname="f" oct="4"/></chord></layer>
<layer n="2"><mRest/></layer>
</staff><fermata startid="#a"/><harm tstamp="2">G7</harm></measure></section></score></mdiv></body>
</music></mei>"""
MEI_WORDS: tuple[str, ...] = (
    "<note/>",
    "<space/>",
    "<mRpt/>",
    "<choice>",
    "</choice>",
    "<app>",
    "</app>",
    '""',
    '"0"',
    '"99"',
    'num="0"',
    "<tuplet>",
    "</tuplet>",
    "<octave tstamp2='9m+9' dis='8'/>",
    "dur=",
)

READERS = {
    "midi": Reader(
        read_music_file,
        lambda scratch: _files(".mid"),
        (
            "MThd",
            "MTrk",
            "\\xff\\x58\\x04",
            "\\xff\\x59\\x02",
            "\\xff\\x51\\x03",
            "\\xff\\x2f\\x00",
        ),
        ".mid",
    ),
    "musicxml": Reader(read_music_file, _texts, XML),
    "abc": Reader(read_music_file, lambda scratch: [ABC], ABC_WORDS, ".abc"),
    "mei": Reader(read_music_file, lambda scratch: [MEI], MEI_WORDS, ".mei"),
    "mxl": Reader(read_music_file, lambda scratch: _files(".mxl")),
    "mxl-inside": Reader(
        read_packed_score,
        lambda scratch: [CONTAINER + b"\0" + text for text in _texts(scratch)],
        XML,
    ),
    "json": Reader(read_json, lambda scratch: [JSON], VALUES),
    "csv": Reader(read_csv, lambda scratch: [CSV], ("128", "-1", "1_0")),
    "tar": Reader(
        read_archive,
        lambda scratch: [_tar({f"{split}/chorale_000.csv": CSV for split in SPLITS})],
    ),
    "checkpoint": Reader(read_checkpoint, _checkpoints, HEADER),
    "checkpoint-header": Reader(read_checkpoint_header, _headers(_checkpoints, "chorale"), HEADER),
    "state": Reader(read_state, _states, HEADER),
    "state-header": Reader(read_state_header, _headers(_states, "chorale-training"), HEADER),
    "cache": Reader(read_cache, _caches),
    "cache-facts": Reader(read_cache_facts, _cache_facts, HEADER),
}
