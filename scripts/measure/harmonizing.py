"""Harmonize Bach's tunes, and measure what is estimated of a tune, against his own settings.

    python scripts/measure/harmonizing.py settings [--count 10] [--model NAME|PATH] [--seed 1]
                                                   [--output FOLDER]
    python scripts/measure/harmonizing.py estimates [--split test]

`settings` writes sopranos of the test split, evenly chosen, as plain MIDI files of one track
without name, tempo, metre or key. `chorale harmonize` sets each; the soprano that is read back must
be identical in pitch and length of every note. Metre, pickup and key, which are estimated, are
compared with those in Bach's files, and the figures of `chorale.analysis` with those of his
settings of the same tunes. The keys of a chorale are those in which its phrases close
(`chorale.estimating.reference_keys`).

`estimates` withholds everything but the notes of the soprano, or of soprano and bass: metre,
pickup, key and fermatas. Metres are counted over the chorales that have one; keys are compared with
those of the corpus (`chorale.corpus.bach`), once from the notes alone and once with the sharps of
the key signature given; fermatas by the notes that end phrases. The keys of all phrases but the
last, inferred with fermatas and home key given, are compared with those of Bach's four voices; the
baseline is the home key, or for the log loss the frequencies of all keys.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from math import log
from pathlib import Path

import mido
import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, percent, print_table, run
from processes import CHORALE

from chorale.analysis import figures, phrase_cadences, phrase_endings
from chorale.corpus import load_corpus
from chorale.estimating import (
    estimate_metre,
    estimate_phrases,
    estimate_pickup,
    estimate_tune_key,
    infer_phrase_keys,
    phrase_key_probabilities,
)
from chorale.estimating.reference_keys import find_phrase_keys
from chorale.music import Chorale, Key, Note, notes
from chorale.reading import read_chorale

TICKS_PER_STEP = 24
RAREST_KEY = 0.01  # least probability in a log loss
GIVEN_VOICES = {"soprano": (0,), "soprano and bass": (0, 3)}


def main() -> None:
    """Parse the arguments and print the figures of the subcommand."""
    parser = parser_for(__doc__)
    commands = parser.add_subparsers(required=True)
    settings = commands.add_parser("settings", help="settings of Bach's tunes beside his own")
    settings.set_defaults(run=print_settings)
    settings.add_argument("--model", default="bach", help="name or path of a checkpoint")
    settings.add_argument(
        "--count", type=int, default=10, help="tunes, of the 77 in the test split"
    )
    settings.add_argument("--seed", type=int, default=1)
    settings.add_argument("--output", type=Path, help="keep the tunes and their settings here")
    estimates = commands.add_parser("estimates", help="how often estimates are right")
    estimates.set_defaults(run=print_estimates)
    estimates.add_argument("--split", default="test", choices=("train", "valid", "test"))
    run(parser)


# settings


def print_settings(options: argparse.Namespace) -> None:
    """Harmonize the tunes and print what is identical, then the table of figures."""
    test = load_corpus("bach").splits["test"]
    chosen = [test[i] for i in np.linspace(0, len(test) - 1, options.count).astype(int)]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.output or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        ours = [harmonize(bach, folder, options) for bach in chosen]
    print(f"soprano identical in {sum(map(has_same_soprano, chosen, ours))} of {len(chosen)}")
    for name in ("metre", "pickup_steps", "key"):
        pairs = zip(chosen, ours, strict=True)
        same = sum(getattr(bach.plan, name) == getattr(one.plan, name) for bach, one in pairs)
        print(f"{name.replace('_steps', '')} as in Bach's file in {same} of {len(chosen)}")
    print()
    print_comparison({"harmonized": ours, "Bach, the same tunes": chosen})


def harmonize(bach: Chorale, folder: Path, options: argparse.Namespace) -> Chorale:
    """Set a chorale's soprano with `chorale harmonize` and read the file."""
    name = "".join(letter if letter.isalnum() else "-" for letter in bach.source)
    tune, output = folder / f"{name}.mid", folder / f"{name}-harmonized.mid"
    plain_midi(notes(bach, 0)).save(tune)
    command = [*CHORALE, "harmonize", str(tune), "-o", str(output)]
    command += ["--seed", str(options.seed), "--model", options.model, "--quiet", "--force"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        sys.exit(f"{bach.source}: {finished.stderr.strip()}")
    return read_chorale(output)


def plain_midi(line: Sequence[Note]) -> mido.MidiFile:
    """Return a file of one track that holds nothing but notes."""
    track, now = mido.MidiTrack(), 0
    for note in line:
        wait = (note.onset_step - now) * TICKS_PER_STEP
        track.append(mido.Message("note_on", note=note.pitch, time=wait))
        length = note.length_steps * TICKS_PER_STEP
        track.append(mido.Message("note_off", note=note.pitch, time=length))
        now = note.onset_step + note.length_steps
    return mido.MidiFile(type=0, ticks_per_beat=4 * TICKS_PER_STEP, tracks=[track])


def has_same_soprano(bach: Chorale, one: Chorale) -> bool:
    """Return whether two chorales have the same soprano, apart from rests before it."""
    lines = [notes(each, 0) for each in (bach, one)]
    starts = [line[0].onset_step for line in lines]
    moved = [
        [(note.pitch, note.onset_step - start, note.length_steps) for note in line]
        for line, start in zip(lines, starts, strict=True)
    ]
    return moved[0] == moved[1]


def print_comparison(columns: Mapping[str, Sequence[Chorale]]) -> None:
    """Print the figures, one column for each set of chorales."""
    measured = [figures(chorales) for chorales in columns.values()]
    closes = [
        np.mean([close for one in chorales for close in phrase_cadences(one, one.plan.key)])
        for chorales in columns.values()
    ]
    rows = {
        "steps with a change of chord": [percent(m.change_share) for m in measured],
        "parallel fifths, per 1,000": [f"{m.parallel_fifths:.1f}" for m in measured],
        "parallel octaves, per 1,000": [f"{m.parallel_octaves:.1f}" for m in measured],
        "steps with crossed voices": [percent(m.crossing_share) for m in measured],
        "notes out of range": [percent(m.out_of_range_share) for m in measured],
        "phrases that close on a cadence": [percent(float(share)) for share in closes],
        "cadences on the home tonic": [
            percent(share_of_home_cadences(chorales)) for chorales in columns.values()
        ],
        "keys a chorale": [f"{count_keys(chorales):.2f}" for chorales in columns.values()],
        "last chord a held tonic triad": [percent(m.on_tonic_share, digits=0) for m in measured],
        "... reached by a cadence": [percent(m.cadence_share, digits=0) for m in measured],
    }
    print_table(["", *columns], ([name, *cells] for name, cells in rows.items()))


def share_of_home_cadences(chorales: Sequence[Chorale]) -> float:
    """Return the share of the cadences at phrase ends whose last chord is on the home tonic.

    NaN if no phrase closes on a cadence.
    """
    endings = [each for one in chorales for each in phrase_endings(one, one.plan.key)]
    return mean([each.degree == 0 for each in endings if each.cadence])


def count_keys(chorales: Sequence[Chorale]) -> float:
    """Return the mean number of keys in which the phrases of a chorale close."""
    homes = [(one, one.plan.key) for one in chorales]
    return mean([len(set(find_phrase_keys(one, home))) for one, home in homes if home])


# estimates


def print_estimates(options: argparse.Namespace) -> None:
    """Print the table, one column for each choice of given voices."""
    chorales = load_corpus("bach").splits[options.split]
    columns = [measure_estimates(chorales, voices) for voices in GIVEN_VOICES.values()]
    print_table(
        [f"{options.split} split", *GIVEN_VOICES],
        ([name, *(column[name] for column in columns)] for name in columns[0]),
    )


def measure_estimates(chorales: Sequence[Chorale], voices: Sequence[int]) -> dict[str, str]:
    """Return the cells of a column by the names of the rows."""
    metres, pickups, pickups_in_metre, keys, keys_of_signature = [], [], [], [], []
    ends, ends_in_metre = np.zeros(3), np.zeros(3)
    for chorale in chorales:
        plan, length = chorale.plan, chorale.plan.length_steps
        lines = [notes(chorale, voice) for voice in voices]
        metre, pickup = estimate_metre(lines, length)
        if plan.metre:
            metres.append(metre == plan.metre)
            pickups.append((metre, pickup) == (plan.metre, plan.pickup_steps))
            pickup_in_metre = estimate_pickup(lines, length, plan.metre)
            pickups_in_metre.append(pickup_in_metre == plan.pickup_steps)
        if plan.key:
            keys.append(estimate_tune_key(lines) == plan.key)
            keys_of_signature.append(estimate_tune_key(lines, plan.key.sharps) == plan.key)
        if plan.fermatas is not None:
            alone = estimate_phrases(lines, length, metre, pickup)
            ends += count_ends(alone, plan.fermatas, lines[0])
            in_metre = estimate_phrases(lines, length, plan.metre, plan.pickup_steps)
            ends_in_metre += count_ends(in_metre, plan.fermatas, lines[0])
    return {
        "metre": percent(float(np.mean(metres))),
        "metre and pickup": percent(float(np.mean(pickups))),
        "pickup, metre given": percent(float(np.mean(pickups_in_metre))),
        "phrase ends, nothing given (precision, recall)": precision_and_recall(ends),
        "phrase ends, metre and pickup given": precision_and_recall(ends_in_metre),
        "key": percent(float(np.mean(keys))),
        "key, signature given": percent(float(np.mean(keys_of_signature))),
        **measure_phrase_keys(chorales, voices),
    }


def measure_phrase_keys(chorales: Sequence[Chorale], voices: Sequence[int]) -> dict[str, str]:
    """Return the rows on the keys of phrases, with the baseline in brackets."""
    right, homes, departures, losses, baseline = [], [], [], [], []
    for chorale in chorales:
        home = chorale.plan.key
        if home is None or chorale.plan.fermatas is None:
            continue
        lines = {voice: notes(chorale, voice) for voice in voices}
        keys, probabilities = phrase_key_probabilities(lines, chorale.plan, home)
        prior = phrase_key_probabilities({}, chorale.plan, home)[1]
        inferred = infer_phrase_keys(lines, chorale.plan)
        actual = find_phrase_keys(chorale, home)[: len(probabilities)]
        for number, key in enumerate(actual):
            right.append(inferred[number] == key)
            homes.append(key == home)
            departures.append((inferred[number] == home) == (key == home))
            losses.append(loss_of_key(key, keys, probabilities[number]))
            baseline.append(loss_of_key(key, keys, prior[number]))
    at_home = percent(mean(homes))
    return {
        "key of a phrase (home)": f"{percent(mean(right))} ({at_home})",
        "whether a phrase is at home (home)": f"{percent(mean(departures))} ({at_home})",
        "log loss of the key of a phrase (frequencies)": (
            f"{mean(losses):.2f} ({mean(baseline):.2f})"
        ),
    }


def mean(values: Sequence[float]) -> float:
    """Return the mean of some values, NaN if there are none."""
    return float(np.mean(values)) if values else float("nan")


def loss_of_key(key: Key, keys: Sequence[Key], probabilities: np.ndarray) -> float:
    """Return the negative log probability of a key, in nats; RAREST_KEY for one that is not known.

    `probabilities`, (K,), are those of `keys`.
    """
    found = float(probabilities[keys.index(key)]) if key in keys else 0.0
    return -log(max(found, RAREST_KEY))


def count_ends(
    estimated: np.ndarray, fermatas: np.ndarray, line: Sequence[Note]
) -> tuple[int, int, int]:
    """Count the notes that end a phrase by estimate and file, by the estimate, by the file."""
    by_estimate, by_file = (
        {note.onset_step for note in line if ends[note.onset_step]}
        for ends in (estimated, fermatas)
    )
    return len(by_estimate & by_file), len(by_estimate), len(by_file)


def precision_and_recall(counts: np.ndarray) -> str:
    """Format precision and recall from the counts of `count_ends`."""
    both, estimated, true = counts
    return f"{both / estimated:.2f}, {both / true:.2f}"


if __name__ == "__main__":
    main()
