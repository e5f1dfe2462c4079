"""Read back hymns that are merged to MIDI as LilyPond merges them, and count what is exact.

    python scripts/measure/hymns.py [--count 200] [--seed 1] [--lilypond COMMAND] [--list]

Hymns are made of the training splits and written as MIDI files of two tracks, soprano and alto,
tenor and bass, with unisons merged to single notes (`scripts/support/lilypond_midi.py`). Each file
is read as the commands read it. A hymn is exact if all voices have all notes, with their onsets and
lengths. If not, the notes that were read are merged in turn: if that gives the same file, the file
does not state which of the two it is, and the reader made a guess; otherwise it misread.

- "Stretches": `--count` stretches of 4 to 16 bars of different chorales, drawn at random: whole
  phrases by Bach's fermatas, or, for the JSB Chorales, which have none, from and to places at which
  all voices start a note. The voices of a staff do not cross in them, for notes that start together
  do not show a crossing.
- "With rests shown": the same, and in each staff one voice rests once while the other goes on: it
  ends a note of a quarter or more an eighth early, while the other holds a note, or is silent for a
  note that the other sings so far away that a unison would take the voice more than FAR semitones
  out of its way.
- "With any rests": the same, but the voice is silent for any note of an eighth or more, at whose
  start the other starts another one. Most such files are those of a unison too.
- "Whole": all chorales of the split, as they are.

With `--lilypond`, LilyPond writes the MIDI files from its own source.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, print_table, run
from lilypond_midi import STAVES, lilypond_midi, lilypond_source, merge_staves

from chorale.corpus import load_corpus
from chorale.music import COMMON_TIME, REST, VOICES, Chorale, Note, excerpt, notes
from chorale.reading import read_music

BARS = (4, 16)
FAR = 20  # semitones
EIGHTH = 2  # steps
VERDICTS = ("exact", "pitches exact", "guess", "misread")

Change = Callable[[Chorale, random.Random], Chorale]


def main() -> None:
    """Parse the arguments and print the counts."""
    parser = parser_for(__doc__)
    parser.add_argument("--count", type=int, default=200, help="stretches of each data set")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lilypond", help="command of LilyPond, to write the files")
    parser.add_argument("--list", action="store_true", help="list the hymns that are not exact")
    parser.set_defaults(run=print_counts)
    run(parser)


def print_counts(options: argparse.Namespace) -> None:
    """Print the number of hymns of each verdict, by kind and data set."""
    listed: list[str] = []
    print_table(["hymns", "number", *VERDICTS], _list_rows(options, listed))
    if options.list:
        print("\n".join(["", *listed]))


def _list_rows(options: argparse.Namespace, listed: list[str]) -> Iterator[list[str]]:
    """Yield the row of each kind of hymns, and append to `listed` what is not exact."""
    kinds: dict[str, Change] = {
        "stretches": _keep,
        "stretches with rests shown": partial(add_rests, shown=True),
        "stretches with any rests": partial(add_rests, shown=False),
    }
    for name in ("bach", "jsb"):
        chorales = load_corpus(name).splits["train"]
        stretches = draw_stretches(chorales, options.count, random.Random(options.seed))  # noqa: S311
        for kind, change in kinds.items():
            draw = random.Random(options.seed)  # noqa: S311 - hymns, no secrets
            hymns = [change(stretch, draw) for stretch in stretches]
            yield _row(f"`{name}`, {kind}", hymns, options, listed)
        crossing = [one for one in chorales if has_crossing(one)]
        plain = [one for one in chorales if not has_crossing(one)]
        yield _row(f"`{name}`, whole, without crossings", plain, options, listed)
        yield _row(f"`{name}`, whole, with crossings", crossing, options, listed)


def _keep(hymn: Chorale, _: random.Random) -> Chorale:
    return hymn


def _row(
    label: str, hymns: Sequence[Chorale], options: argparse.Namespace, listed: list[str]
) -> list[str]:
    verdicts = [read_back(hymn, options.lilypond) for hymn in hymns]
    listed += [
        f"{label}: {hymn.source}: {', '.join(verdict)}"
        for hymn, verdict in zip(hymns, verdicts, strict=True)
        if "exact" not in verdict
    ]
    counts = Counter(verdict for found in verdicts for verdict in found)
    return [label, str(len(hymns)), *(str(counts[verdict]) for verdict in VERDICTS)]


# hymns


def has_crossing(hymn: Chorale) -> bool:
    """Check whether the voices of a staff cross."""
    upper, lower = (hymn.pitches[:, [voices[side] for _, voices in STAVES]] for side in (0, 1))
    return bool(((upper < lower) & (upper != REST)).any())


def draw_stretches(chorales: Sequence[Chorale], count: int, draw: random.Random) -> list[Chorale]:
    """Draw stretches without crossings, one of each chorale in turn until there are enough."""
    order = draw.sample(range(len(chorales)), len(chorales))
    found: list[Chorale] = []
    while len(found) < count:
        before = len(found)
        for number in order:
            stretches = list_stretches(chorales[number])
            if stretches and len(found) < count:
                found.append(excerpt(chorales[number], *draw.choice(stretches)))
        if len(found) == before:
            break
    return found


def list_stretches(chorale: Chorale) -> list[tuple[int, int]]:
    """Return start and end of the stretches of a chorale that do not cross, at most 16 bars long.

    They are of whole phrases; if fermatas are unknown, they start and end where all voices do.
    """
    bar = (chorale.plan.metre or COMMON_TIME).steps_per_bar
    length = len(chorale.pitches)
    if chorale.plan.fermatas is None:
        edges = [*map(int, np.flatnonzero(chorale.onsets.all(axis=1))), length]
    else:
        under = np.append(chorale.plan.fermatas, False)
        edges = [0, *(int(step) + 1 for step in np.flatnonzero(under[:-1] & ~under[1:]))]
    return [
        (start, end)
        for place, start in enumerate(edges)
        for end in edges[place + 1 :]
        if BARS[0] * bar <= end - start <= BARS[1] * bar
        and chorale.onsets[start].any()
        and not has_crossing(excerpt(chorale, start, end))
    ]


# rests


def add_rests(hymn: Chorale, draw: random.Random, shown: bool) -> Chorale:
    """Let one voice of each staff rest once while the other goes on, where there is a place."""
    for _, staff in STAVES:
        lines = [notes(hymn, voice) for voice in staff]
        places = [
            (staff[side], *span)
            for side in (0, 1)
            for span in list_rests(lines[side], lines[1 - side], shown)
        ]
        if places:
            hymn = _silence(hymn, *draw.choice(places))
    return hymn


def list_rests(
    line: Sequence[Note], other: Sequence[Note], shown: bool
) -> Iterator[tuple[int, int]]:
    """Yield start and end of the rests that one line of a staff may have while the other sings."""
    for before, note, after in zip(line, line[1:], line[2:], strict=False):
        start, end = note.onset_step, note.onset_step + note.length_steps
        together = [
            n for n in other if n.onset_step < end and start < n.onset_step + n.length_steps
        ]
        if end - start < EIGHTH or not together or together[0].pitch == note.pitch:
            continue
        first, last = together[0], together[-1]
        detour = abs(first.pitch - before.pitch) + abs(after.pitch - last.pitch)
        detour -= abs(after.pitch - before.pitch)
        if first.onset_step == start and (not shown or detour > FAR):
            yield start, end
        holds = last.onset_step <= start and last.onset_step + last.length_steps >= end
        if shown and holds and end - start >= 2 * EIGHTH:
            yield end - EIGHTH, end


def _silence(hymn: Chorale, voice: int, start: int, end: int) -> Chorale:
    pitches, onsets = hymn.pitches.copy(), hymn.onsets.copy()
    pitches[start:end, voice] = REST
    onsets[start:end, voice] = False
    return Chorale(pitches, onsets, hymn.plan, hymn.source)


# reading


def read_back(hymn: Chorale, lilypond: str | None = None) -> tuple[str, ...]:
    """Write a hymn, read it and return the verdicts.

    Args:
        hymn: the hymn.
        lilypond: command of LilyPond, to write the file; None writes it as LilyPond does.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "hymn.mid")
        if lilypond is None:
            path.write_bytes(lilypond_midi(hymn))
        else:
            source = path.with_suffix(".ly")
            source.write_text(lilypond_source(hymn), "utf-8")
            command = [lilypond, "-s", "-o", str(path.with_suffix("")), str(source)]
            subprocess.run(command, check=True, capture_output=True)
            next(Path(folder).glob("*.mid*")).rename(path)
        reading = read_music(path, approximate=True).chorale
    return compare(hymn, reading)


def compare(hymn: Chorale, reading: Chorale) -> tuple[str, ...]:
    """Return the verdicts on a reading: "exact" and "pitches exact", or others of VERDICTS."""
    voices = range(len(VOICES))
    if all(notes(hymn, voice) == notes(reading, voice) for voice in voices):
        return "exact", "pitches exact"
    length = max(len(hymn.pitches), len(reading.pitches))
    truth, found = (
        np.pad(one.pitches, ((0, length - len(one.pitches)), (0, 0)), constant_values=REST)
        for one in (hymn, reading)
    )
    pitches = ("pitches exact",) if np.array_equal(truth, found) else ()
    same_file = merge_staves(hymn) == merge_staves(reading)
    return *pitches, "guess" if same_file else "misread"


if __name__ == "__main__":
    main()
