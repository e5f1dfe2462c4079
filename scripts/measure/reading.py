"""Count the music files of folders that are read right, refused or read wrongly.

    python scripts/measure/reading.py FOLDER... [--list] [--without PART-OF-PATH] [--seconds 60]
                                      [--largest KILOBYTES] [--workers 2]

Every MusicXML and MIDI file of the folders is read as the commands read it, and by a reader that is
not ours (`reading_references`). Compared are sets of notes, each its pitch and its onset. A file is

- right, if the notes are those of all staves (of a MIDI file: of all tracks by channel);
- right with parts left out, if they are those of some staves, and a notice names the rest;
- right by durations, if verovio has other notes, but the durations of the MusicXML file (see
  `reading_durations`) give those of one of the cases above;
- approximated, if they are so when onsets are rounded to sixteenths, and a notice says that notes
  moved; or if it is refused without `--approximate`, and with it every note read is one of the
  file's, or at most a sixteenth from it;
- refused, if the error is one line; of these, those that hold no note for the other reader either
  are counted apart;
- wrong, if the notes are others; `--list` prints the first difference;
- crashed, if any other exception came, or none within `--seconds`.

To measure another version of the package, put its tree on PYTHONPATH.
"""

import argparse
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import partial
from math import floor
from pathlib import Path
from typing import NamedTuple

from reading_durations import count_durations
from reading_references import (
    MIDI_SUFFIXES,
    Onset,
    Staff,
    UnreadableError,
    read_score,
    read_staves,
)

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, print_table, run

from chorale.errors import ChoraleError
from chorale.music import STEPS_PER_QUARTER, VOICES, notes
from chorale.reading import SUFFIXES, Reading, read_music

VERDICTS = (
    "right",
    "right, parts left out",
    "right by durations",
    "approximated",
    "refused: no notes",
    "refused",
    "not compared",
    "wrong",
    "crashed",
)
LEFT_OUT, MOVED = "left out: ", ("moved to", "ornament")
LONGEST_REFUSAL = 500  # characters


class Result(NamedTuple):
    """The verdict on a file, and what to say of it."""

    verdict: str
    detail: str = ""


def main() -> None:
    """Parse the arguments and print the counts."""
    parser = parser_for(__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="folders, or files, of music")
    parser.add_argument("--list", action="store_true", help="list the files that are not right")
    parser.add_argument("--without", action="append", default=[], help="leave out such paths")
    parser.add_argument("--seconds", type=int, default=60, help="longest time for a file")
    parser.add_argument("--largest", type=int, default=2000, help="leave out files above, in kB")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.set_defaults(run=print_counts)
    run(parser)


def print_counts(options: argparse.Namespace) -> None:
    """Print the number of files of each verdict, one row for each folder."""
    listed: list[tuple[Path, Result]] = []
    print_table(["folder", "files", *VERDICTS], _list_rows(options, listed))
    if options.list:
        print()
        for path, (verdict, detail) in listed:
            print(f"{verdict}: {path.name}: {detail}")


def _list_rows(
    options: argparse.Namespace, listed: list[tuple[Path, Result]]
) -> Iterator[list[str]]:
    """Yield the row of each folder, and append to `listed` what is not right in it."""
    for folder in options.folders:
        paths = find_music(folder, options.without, options.largest * 1000)
        with ProcessPoolExecutor(options.workers) as pool:
            results = list(pool.map(partial(judge, seconds=options.seconds), paths))
        listed += [
            (path, result)
            for path, result in zip(paths, results, strict=True)
            if not result.verdict.startswith("right")
        ]
        counts = Counter(result.verdict for result in results)
        yield [folder.name, str(len(paths)), *(str(counts[verdict]) for verdict in VERDICTS)]


def find_music(folder: Path, without: Sequence[str], largest: int) -> list[Path]:
    """Return the music files of a folder and its folders, in order; a file stands for itself.

    Args:
        folder: a folder or a file.
        without: leave out paths in which one of these stands.
        largest: leave out files of more bytes.
    """
    paths = [folder] if folder.is_file() else sorted(folder.rglob("*"))
    return [
        path
        for path in paths
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and path.stat().st_size <= largest
        and not any(part in str(path) for part in without)
    ]


def judge(path: Path, seconds: int) -> Result:
    """Read a file as the commands do and compare it, within a number of seconds."""
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(seconds)
    try:
        return _judge(path)
    except Exception as error:  # noqa: BLE001 - what a file must not bring about
        return Result("crashed", f"{type(error).__name__}: {error}"[:300])
    finally:
        signal.alarm(0)


def _stop(*_: object) -> None:
    raise TimeoutError("not read in time")


def _judge(path: Path) -> Result:
    refusal = ""
    reading: Reading | None = None
    try:
        reading = read_music(path)
    except ChoraleError as error:
        refusal = str(error)
        if len(refusal.splitlines()) != 1 or len(refusal) > LONGEST_REFUSAL:
            return Result("crashed", f"no clear line: {refusal[:300]}")
        refusal = refusal.replace(str(path), path.name)
        reading = _read_approximately(path)
    try:
        result = _compare(reading, read_staves(path), refusal)
    except UnreadableError as error:
        refused = refusal and reading is None
        result = Result("refused", refusal) if refused else Result("not compared", str(error))
    if result.verdict not in ("wrong", "not compared") or path.suffix.lower() in MIDI_SUFFIXES:
        return result
    try:
        by_durations = _compare(reading, count_durations(read_score(path)), refusal)
    except UnreadableError:
        return result
    if by_durations.verdict.startswith("right"):
        return Result("right by durations", result.detail)
    return by_durations


def _read_approximately(path: Path) -> Reading | None:
    """Read a file that was refused once more, with approximations; None if it is refused again."""
    try:
        return read_music(path, approximate=True)
    except ChoraleError:
        return None


def _compare(reading: Reading | None, staves: Sequence[Staff], refusal: str) -> Result:
    """Compare a reading with the staves of another reader.

    Args:
        reading: the reading, an approximate one if the file was refused; None if there is none.
        staves: the staves of the file.
        refusal: the message with which the file was refused; empty if it was not.
    """
    if not refusal and reading:
        return compare(find_onsets(reading), staves, reading.notices)
    if not any(staves):
        return Result("refused: no notes", refusal)
    if reading is None:
        return Result("refused", refusal)
    if extra := find_far(find_onsets(reading), frozenset().union(*staves)):
        return Result("wrong", f"with --approximate: {_describe_first(extra, 'only ours')}")
    return Result("approximated", refusal)


def find_far(ours: Staff, theirs: Staff) -> Staff:
    """Return our notes that are farther than a sixteenth from every note of their pitch."""
    times: dict[int, list[Fraction]] = defaultdict(list)
    for pitch, quarters in theirs:
        times[pitch].append(quarters)
    return frozenset(
        onset
        for onset in ours
        if all(abs(onset.quarters - each) * STEPS_PER_QUARTER > 1 for each in times[onset.pitch])
    )


def find_onsets(reading: Reading) -> Staff:
    """Return the onsets of the voices that were read."""
    return frozenset(
        Onset(note.pitch, Fraction(note.onset_step, STEPS_PER_QUARTER))
        for voice in range(len(VOICES))
        for note in notes(reading.chorale, voice)
    )


def compare(ours: Staff, staves: Sequence[Staff], notices: Sequence[str]) -> Result:
    """Compare the notes that were read with the staves of the other reader.

    Args:
        ours: the notes of the voices that were read.
        staves: all staves of the file.
        notices: the notices of the reading.
    """
    every: Staff = frozenset().union(*staves)
    left_out = any(notice.startswith(LEFT_OUT) for notice in notices)
    moved = any(word in notice for notice in notices for word in MOVED)
    exact, rounded = _choose(ours, staves), _choose(ours, list(map(_round, staves)))
    if ours == every:
        return Result("right")
    if left_out and ours == exact:
        return Result("right, parts left out")
    if moved and (ours == _round(every) or (left_out and ours == rounded)):
        return Result("approximated", "; ".join(notices))
    if extra := ours - every:
        return Result("wrong", _describe_first(extra, "only ours"))
    missing = every - (exact if left_out else ours)
    return Result("wrong", _describe_first(missing or every, "missing"))


def _choose(ours: Staff, staves: Sequence[Staff]) -> Staff:
    """Return the notes of the staves all of whose notes are ours."""
    return frozenset().union(*(staff for staff in staves if staff <= ours))


def _round(staff: Staff) -> Staff:
    """Move onsets to the nearest sixteenths, halves upwards."""
    half = Fraction(1, 2)
    return frozenset(
        Onset(pitch, Fraction(floor(quarters * STEPS_PER_QUARTER + half), STEPS_PER_QUARTER))
        for pitch, quarters in staff
    )


def _describe_first(onsets: Staff, kind: str) -> str:
    """Describe the first of some notes, and how many they are."""
    first = min(onsets, key=lambda onset: (onset.quarters, onset.pitch))
    return f"{len(onsets)} {kind}, first {first.pitch} at quarter {float(first.quarters):g}"


if __name__ == "__main__":
    main()
