"""Damage music files and read them: every one is read, or refused in one line, in time.

    python scripts/stress/damaged_files.py FOLDER... [--count 300] [--seed 1] [--seconds 10]
                                           [--largest KILOBYTES] [--list]

`--count` files are drawn from the folders, and made of the hymns of `scripts/measure/hymns.py` if
there is no folder. Each is damaged in every way of WAYS and read as the commands read it, as it is
and with `--approximate`. Packed MusicXML is damaged as it is, and once more unpacked. Times are of
the processor, in both readings together; `--seconds` is the limit of each.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, print_table, run
from lilypond_midi import lilypond_midi

from chorale.corpus import load_corpus
from chorale.errors import ChoraleError
from chorale.reading import SUFFIXES, read_music

Damage = Callable[[bytes, random.Random], bytes]
VERDICTS = ("read", "refused in one line", "refused in several lines", "traceback", "too slow")


class Case(NamedTuple):
    """A music file to damage: its name and its content."""

    name: str
    content: bytes


def truncate(content: bytes, draw: random.Random) -> bytes:
    """Cut a file off."""
    return content[: draw.randrange(len(content))]


def flip(content: bytes, draw: random.Random) -> bytes:
    """Flip a bit in a few bytes."""
    damaged = bytearray(content)
    for _ in range(draw.choice((1, 3, 10))):
        damaged[draw.randrange(len(damaged))] ^= 1 << draw.randrange(8)
    return bytes(damaged)


def replace(content: bytes, draw: random.Random) -> bytes:
    """Replace a few bytes by any others."""
    damaged = bytearray(content)
    for _ in range(draw.choice((1, 3, 10))):
        damaged[draw.randrange(len(damaged))] = draw.randrange(256)
    return bytes(damaged)


def remove(content: bytes, draw: random.Random) -> bytes:
    """Remove a stretch of a file."""
    start = draw.randrange(len(content))
    return content[:start] + content[start + draw.randrange(1, 200) :]


def repeat(content: bytes, draw: random.Random) -> bytes:
    """Repeat a stretch of a file."""
    start = draw.randrange(len(content))
    return content[: start + draw.randrange(1, 200)] + content[start:]


def change_digit(content: bytes, draw: random.Random) -> bytes:
    """Change a digit, as a wrong number in MusicXML; without digits, flip bits."""
    digits = [place for place, byte in enumerate(content) if 48 <= byte <= 57]
    if not digits:
        return flip(content, draw)
    damaged = bytearray(content)
    damaged[draw.choice(digits)] = draw.choice(b"0123456789-.")
    return bytes(damaged)


WAYS: tuple[Damage, ...] = (truncate, flip, replace, remove, repeat, change_digit)


def main() -> None:
    """Parse the arguments, damage, and print the counts."""
    parser = parser_for(__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="folders of music")
    parser.add_argument("--count", type=int, default=300, help="files to damage")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=10, help="longest time of a reading")
    parser.add_argument("--largest", type=int, default=60, help="leave out files above, in kB")
    parser.add_argument("--list", action="store_true", help="list what must not happen")
    parser.set_defaults(run=print_counts)
    run(parser)


def print_counts(options: argparse.Namespace) -> None:
    """Print the number of files of each verdict, one row for each way of damage."""
    draw = random.Random(options.seed)  # noqa: S311 - damage, no secrets
    cases = draw_cases(options.folders, options.count, options.largest * 1000, draw)
    listed: list[str] = []

    def list_rows() -> Iterator[list[str]]:
        for way in WAYS:
            slowest, counts = 0.0, Counter[str]()
            for case in cases:
                damaged = Case(case.name, way(case.content, draw))
                started = time.process_time()
                verdict, detail = read(damaged, options.seconds)
                slowest = max(slowest, time.process_time() - started)
                counts[verdict] += 1
                if verdict not in VERDICTS[:2]:
                    listed.append(f"{verdict}: {way.__name__} {case.name}: {detail}")
            name = way.__name__.replace("_", " ")
            yield [name, *(str(counts[each]) for each in VERDICTS), f"{slowest:.1f} s"]

    print_table([f"{len(cases)} files", *VERDICTS, "slowest"], list_rows())
    if options.list:
        print("\n".join(["", *listed]))


def draw_cases(folders: list[Path], count: int, largest: int, draw: random.Random) -> list[Case]:
    """Draw files of folders, packed ones also unpacked; without folders, hymns as MIDI."""
    if not folders:
        chorales = load_corpus("bach").splits["train"]
        drawn = (draw.choice(chorales) for _ in range(count))
        return [Case("hymn.mid", lilypond_midi(chorale)) for chorale in drawn]
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    music = [path for path in paths if path.suffix.lower() in SUFFIXES]
    cases = [
        case
        for path in music
        if path.stat().st_size
        for case in _list_cases(path)
        if len(case.content) <= largest
    ]
    return draw.sample(cases, min(count, len(cases)))


def _list_cases(path: Path) -> Iterator[Case]:
    """Yield a file, and the score that is packed in it."""
    yield Case(path.name, path.read_bytes())
    if path.suffix.lower() != ".mxl":
        return
    try:
        with ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".xml") and not name.startswith("META-INF"):
                    yield Case(f"{path.stem}.xml", archive.read(name))
    except BadZipFile:
        return


def read(case: Case, seconds: int) -> tuple[str, str]:
    """Read a file as it is and with approximations; return the worst verdict and its reason."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, case.name)
        path.write_bytes(case.content)
        found = [_read(path, seconds, approximate) for approximate in (False, True)]
    return max(found, key=lambda verdict: VERDICTS.index(verdict[0]))


def _read(path: Path, seconds: int, approximate: bool) -> tuple[str, str]:
    signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        read_music(path, approximate=approximate)
    except ChoraleError as error:
        if "stopped after the time" in str(error):  # as the reader describes any exception
            return "too slow", str(error)
        several = len(str(error).splitlines()) != 1
        return ("refused in several lines" if several else "refused in one line"), str(error)
    except TimeoutError as error:
        return "too slow", str(error)
    except Exception as error:  # noqa: BLE001 - what no file may bring about
        return "traceback", f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return "read", ""


def _stop(*_: object) -> None:
    raise TimeoutError("stopped after the time")


if __name__ == "__main__":
    main()
