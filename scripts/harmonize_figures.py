"""Harmonise Bach's own tunes and lay the result beside his settings of them.

    python scripts/harmonize_figures.py [--model NAME|PATH] [--count 10] [--seed 1]
                                        [--output FOLDER]

Sopranos of the test split, evenly chosen, are written as plain MIDI files of one track: no name, no
tempo, no metre, no key. The command line harmonises each; the soprano read back must be identical,
at the pitch and length of every note. What it estimated is laid beside what Bach's files say, and
the rule figures of `chorale.analysis` beside Bach's of the same tunes.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import mido
import numpy as np

from chorale.analysis import figures, phrase_cadences
from chorale.corpus import load_corpus
from chorale.errors import ChoraleError
from chorale.music import Chorale, Note, notes
from chorale.reading import read_chorale

TICKS_PER_STEP = 24


def main() -> None:
    """Read the arguments, harmonise, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="bach", help="name or path of a checkpoint")
    parser.add_argument("--count", type=int, default=10, help="tunes, of the 77 in the test split")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, help="keep the tunes and their settings here")
    options = parser.parse_args()
    try:
        test = load_corpus("bach").splits["test"]
    except ChoraleError as error:
        sys.exit(str(error))
    chosen = [test[i] for i in np.linspace(0, len(test) - 1, options.count).astype(int)]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.output or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        ours = [harmonised(bach, folder, options) for bach in chosen]
    print(f"soprano identical in {sum(map(same_soprano, chosen, ours))} of {len(chosen)}")
    for name in ("metre", "pickup_steps", "key"):
        pairs = zip(chosen, ours, strict=True)
        same = sum(getattr(bach.plan, name) == getattr(one.plan, name) for bach, one in pairs)
        print(f"{name.replace('_steps', '')} as in Bach's file in {same} of {len(chosen)}")
    print_table({"harmonised": ours, "Bach, the same tunes": chosen})


def harmonised(bach: Chorale, folder: Path, options: argparse.Namespace) -> Chorale:
    """A setting of a chorale's soprano by the command line, read back."""
    name = "".join(letter if letter.isalnum() else "-" for letter in bach.source)
    tune, output = folder / f"{name}.mid", folder / f"{name}-harmonized.mid"
    plain_midi(notes(bach, 0)).save(tune)
    command = [sys.executable, "-m", "chorale", "harmonize", str(tune), "-o", str(output)]
    command += ["--seed", str(options.seed), "--model", options.model, "--quiet", "--force"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        sys.exit(f"{bach.source}: {finished.stderr.strip()}")
    return read_chorale(output)


def plain_midi(line: Sequence[Note]) -> mido.MidiFile:
    """A file of one track with nothing but notes."""
    track, now = mido.MidiTrack(), 0
    for note in line:
        wait = (note.onset_step - now) * TICKS_PER_STEP
        track.append(mido.Message("note_on", note=note.pitch, time=wait))
        length = note.length_steps * TICKS_PER_STEP
        track.append(mido.Message("note_off", note=note.pitch, time=length))
        now = note.onset_step + note.length_steps
    return mido.MidiFile(type=0, ticks_per_beat=4 * TICKS_PER_STEP, tracks=[track])


def same_soprano(bach: Chorale, one: Chorale) -> bool:
    """Whether two chorales have the same soprano, rests before it left out."""
    lines = [notes(each, 0) for each in (bach, one)]
    starts = [line[0].onset_step for line in lines]
    moved = [
        [(note.pitch, note.onset_step - start, note.length_steps) for note in line]
        for line, start in zip(lines, starts, strict=True)
    ]
    return moved[0] == moved[1]


def print_table(columns: dict[str, Sequence[Chorale]]) -> None:
    """Rule figures, a column each."""
    measured = {name: figures(chorales) for name, chorales in columns.items()}
    closes = {
        name: np.mean([close for one in chorales for close in phrase_cadences(one, one.plan.key)])
        for name, chorales in columns.items()
    }
    rows = {
        "steps with a change of chord": [f"{m.change_share:.1%}" for m in measured.values()],
        "parallel fifths, per 1,000": [f"{m.parallel_fifths:.1f}" for m in measured.values()],
        "parallel octaves, per 1,000": [f"{m.parallel_octaves:.1f}" for m in measured.values()],
        "steps with crossed voices": [f"{m.crossing_share:.1%}" for m in measured.values()],
        "notes out of range": [f"{m.out_of_range_share:.1%}" for m in measured.values()],
        "phrases that close on a cadence": [f"{close:.1%}" for close in closes.values()],
        "last chord a held tonic triad": [f"{m.on_tonic_share:.0%}" for m in measured.values()],
        "... reached by a cadence": [f"{m.cadence_share:.0%}" for m in measured.values()],
    }
    print(f"\n| | {' | '.join(columns)} |\n| --- |{' ---: |' * len(columns)}")
    for name, cells in rows.items():
        print(f"| {name} | {' | '.join(cell.replace('%', ' %') for cell in cells)} |")


if __name__ == "__main__":
    main()
