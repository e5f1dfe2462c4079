"""Measure how well given harmony is kept: chords, keys of phrases, and church modes.

    python scripts/measure/given_harmony.py chords [--count 30] [--split valid] [--seed 1]
    python scripts/measure/given_harmony.py progressions [--count 8] [--seed 1]
    python scripts/measure/given_harmony.py keys [--count 40] [--seed 1]
    python scripts/measure/given_harmony.py modes [--count 24] [--seed 1]

`chords` harmonizes Bach's sopranos with the chords of his own settings: on each beat the chord that
sounds there, left open where his notes are no chord. A slice is a beat on which a chord is given,
or the step where one begins; it is kept if all its notes are of the chord, none that is needed is
missing, and the bass is the chord's where it begins. Faults and parallels, by `chorale.checking`,
stand beside those of settings of the same tunes without chords, and Bach's own.

`progressions` composes chorales on progressions of numerals and symbols, `keys` chorales of four
phrases in requested keys. A phrase closes in its key if its last chord is the tonic triad with the
third of the key and the bass on the tonic; without requests the share is that of the first key.

`modes` counts, in chorales in each church mode, the notes of the degree by which it differs from
major or minor on the same final: how many are those of the mode.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, percent, print_table, run

import chorale
from chorale.analysis.harmony import BARE, identify_chord
from chorale.checking import examine
from chorale.composing.chord_texts import parse_chords, place_chords
from chorale.composing.given_chords import beat_steps, is_kept, is_strict
from chorale.composing.jobs.given_harmony import find_harmony
from chorale.corpus import load_corpus
from chorale.music import OCTAVE, REST, SOPRANO, Chorale, Key, Metre
from chorale.music.annotations import Annotations, ChordSymbol
from chorale.music.required_chords import ChordSpan
from chorale.music.spelling import spell

KINDS = {
    "dominant seventh": "dominant",
    "half-diminished seventh": "half-diminished",
    "diminished seventh": "diminished-seventh",
}
MIDDLE_C = 60
PARALLELS = ("parallel fifths", "parallel octaves")
PROGRESSIONS = {
    "G": "I vi IV V | I || I6 IV ii65 V | I:2 V:2 | vi ii6 I64 V7 | I",
    "a": "i iv V i | VI iio6 V i || III VI iv6 V | i V65 i iv | i64:2 V7:2 | i",
    "Bb": "I V6 vi iii6 | IV I6 ii65 V || V42 I6 viio6 I | V65/V V V7 I | IV:2 I:2",
    "C": "C Am Dm7 G7 | C/E F G G7/F | C/E F C/G:2 | G7 | C",
    "e": "i viio6 i6 iiø65 | V:2 i:2 || V65/III III VI iv | V7 VI iio6 V | i",
    "F": "I IV I6 V43 | I V/vi vi ii65 | V:2 V42:2 | I6 IV viio6 I | ii65:2 V7:2 | I",
}
KEYS = ("G, D, e, G", "a, C, d, a", "F, C, d, F", "D, A, b, D", "e, G, b, e", "Bb, F, g, Bb")
MODES = {"D dorian": 9, "E phrygian": 1, "F lydian": 6, "G mixolydian": 10}  # degrees of their own
OTHER_DEGREES = {"D dorian": 8, "E phrygian": 2, "F lydian": 5, "G mixolydian": 11}


def main() -> None:
    """Parse the arguments and print the table of the subcommand."""
    parser = parser_for(__doc__)
    commands = parser.add_subparsers(required=True)
    for name, function, count in (
        ("chords", print_chords, 30),
        ("progressions", print_progressions, 8),
        ("keys", print_keys, 40),
        ("modes", print_modes, 24),
    ):
        command = commands.add_parser(name)
        command.set_defaults(run=function)
        command.add_argument("--count", type=int, default=count, help="tunes, or chorales of each")
        command.add_argument("--seed", type=int, default=1)
        if name == "chords":
            command.add_argument("--split", default="valid", choices=("train", "valid", "test"))
    run(parser)


def print_chords(options: argparse.Namespace) -> None:
    """Harmonize Bach's sopranos with and without his chords."""
    all_tunes = [each for each in load_corpus("bach").splits[options.split] if each.plan.key]
    chosen = np.linspace(0, len(all_tunes) - 1, min(options.count, len(all_tunes))).astype(int)
    tunes = [all_tunes[number] for number in chosen]
    with_chords = [add_chords(each) for each in tunes]
    spans = [find_harmony(each, [SOPRANO]).chords for each in with_chords]
    given = [harmonize(each, options.seed, False) for each in with_chords]
    free = [harmonize(each, options.seed, True) for each in with_chords]
    print_settings({"chords given": given, "free": free, "Bach": tunes}, spans)


def add_chords(bach: Chorale) -> Chorale:
    """Return a chorale's soprano, with the chords of all its voices as chord symbols."""
    symbols: list[ChordSymbol] = []
    beat, plan = beat_steps(bach.plan), bach.plan
    for step in range(plan.length_steps):
        if plan.step_in_bar(step) % beat:
            continue
        found = identify_chord(bach.pitches[step])
        symbol = ChordSymbol(step, None, "none")
        if found and found.kind != BARE and (bach.pitches[step] != REST).all():
            root, bass = (spell(MIDDLE_C + each, plan.key) for each in (found.root, found.bass))
            kind = KINDS.get(found.kind, found.kind.replace(" ", "-"))
            over = (bass.letter, bass.alter) if found.is_inverted else None
            symbol = ChordSymbol(step, (root.letter, root.alter), kind, bass=over)
        if not symbols or replace(symbol, step=0) != replace(symbols[-1], step=0):
            symbols.append(symbol)
    own = np.arange(4) == SOPRANO
    return replace(
        bach,
        pitches=np.where(own, bach.pitches, np.int16(REST)),
        onsets=bach.onsets & own,
        annotations=Annotations(chord_symbols=tuple(symbols)),
    )


def harmonize(tune: Chorale, seed: int, ignore: bool) -> Chorale:
    """Set a tune, on the plan of its chorale."""
    [setting] = chorale.harmonize(tune, seed=seed, ignore_chords=ignore)
    return setting


def print_settings(
    columns: dict[str, Sequence[Chorale]], spans: Sequence[Sequence[ChordSpan]]
) -> None:
    """Print what is kept of the chords, and the findings per 1,000 quarters."""
    rows: dict[str, list[str]] = {}
    for chorales in columns.values():
        kept = [
            is_kept(one.pitches, span, step)
            for one, own in zip(chorales, spans, strict=True)
            for span in own
            for step in range(span.start, span.end)
            if is_strict(one.plan, span, step)
        ]
        results = [examine(one, one.plan.key) for one in chorales]
        quarters = sum(one.plan.length_steps for one in chorales) / 4
        faults = sum(len(result.faults) for result in results)
        parallels = sum(f.rule in PARALLELS for result in results for f in result.findings)
        rows.setdefault("slices", []).append(f"{len(kept):,}")
        rows.setdefault("kept", []).append(percent(float(np.mean(kept)), 2))
        rows.setdefault("parallels per 1,000 quarters", []).append(
            f"{1000 * parallels / quarters:.1f}"
        )
        rows.setdefault("faults per 1,000 quarters", []).append(f"{1000 * faults / quarters:.1f}")
    print_table(["", *columns], ([name, *cells] for name, cells in rows.items()))


def print_progressions(options: argparse.Namespace) -> None:
    """Compose on each progression, and print what is kept of it."""
    rows = []
    for key, text in PROGRESSIONS.items():
        home = Key.parse(key)
        placed = place_chords(parse_chords(text, home), Metre(4, 4), 0)
        spans = [span for one in placed if (span := one.require(home))]
        new = chorale.generate(
            progression=text, key=key, metre="4/4", seed=options.seed, count=options.count
        )
        kept = [
            is_kept(one.pitches, span, step)
            for one in new
            for span in spans
            for step in range(span.start, span.end)
            if is_strict(one.plan, span, step)
        ]
        results = [examine(one, home) for one in new]
        faults = sum(len(result.faults) for result in results)
        parallels = sum(f.rule in PARALLELS for result in results for f in result.findings)
        quarters = sum(one.plan.length_steps for one in new) / 4
        rows.append(
            [
                f"{home.name}: {text}".replace("|", "\\|"),  # the border of cells
                percent(float(np.mean(kept)), 2),
                f"{1000 * parallels / quarters:.1f}",
                f"{1000 * faults / quarters:.1f}",
            ]
        )
    columns = ["", "kept", "parallels per 1,000 quarters", "faults per 1,000 quarters"]
    print_table(columns, rows)


def print_keys(options: argparse.Namespace) -> None:
    """Compose four phrases in requested keys, and print how many close in them."""
    rows = []
    for text in KEYS:
        keys = [Key.parse(each) for each in text.split(",")]
        new = chorale.generate(keys=text.split(","), seed=options.seed, count=options.count)
        free = chorale.generate(bars=9, key=keys[-1], seed=options.seed, count=options.count)
        closes = [closes_in(one, keys) for one in new]
        home = [closes_in(one, [keys[-1]] * len(one.plan.phrase_spans)) for one in free]
        by_phrase = [percent(float(np.mean(each)), 0) for each in zip(*closes, strict=True)]
        at_home = percent(float(np.mean([each for one in home for each in one])), 0)
        rows.append([text, *by_phrase, percent(float(np.mean(closes)), 0), at_home])
    header = ["keys", "first", "second", "third", "fourth", "all", "unasked, at home"]
    print_table(header, rows)


def closes_in(one: Chorale, keys: Sequence[Key]) -> list[bool]:
    """Return whether each phrase closes on the tonic triad of its key, in root position."""
    results = []
    for (start, _), key in zip(one.plan.fermata_spans, keys, strict=True):
        chord = identify_chord(one.pitches[start])
        results.append(bool(chord and chord == replace(chord, root=key.tonic, bass=key.tonic)))
        is_last = start == one.plan.fermata_spans[-1][0]
        thirds = ("major", "minor") if is_last and key.third == "minor" else (key.third,)
        results[-1] &= bool(chord and chord.kind in thirds)
    return results


def print_modes(options: argparse.Namespace) -> None:
    """Compose in each church mode, and print how often its own degree is kept."""
    rows = []
    for name, degree in MODES.items():
        key = Key.parse(name)
        new = chorale.generate(bars=8, key=key, seed=options.seed, count=options.count)
        cells = []
        for chorales in (new, chorale.generate(bars=8, key=key.tonal, seed=1, count=options.count)):
            degrees = [(one.pitches[one.onsets] - key.tonic) % OCTAVE for one in chorales]
            own, other = (
                sum(int((each == number).sum()) for each in degrees)
                for number in (degree, OTHER_DEGREES[name])
            )
            cells.append(percent(own / max(1, own + other)))
        final = np.mean([one.pitches[-1, 3] % OCTAVE == key.tonic for one in new])
        rows.append([name, *cells, percent(float(final), 0)])
    print_table(["mode", "own degree", "in major or minor", "closes on the final"], rows)


if __name__ == "__main__":
    main()
