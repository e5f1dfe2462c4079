"""A folder of the user's own MIDI and MusicXML files as a data set."""

from os.path import isdir  # unlike Path.is_dir, raises nothing whatever the name
from pathlib import Path

import numpy as np

from chorale.corpus.corpus import SPLITS, Corpus, Progress, no_progress
from chorale.errors import ChoraleError, DataError
from chorale.music import REST, STEPS_PER_QUARTER, VOICES, Chorale
from chorale.network.tokens import Vocabulary, encode
from chorale.reading import SUFFIXES, read_chorale

PREFIX = "folder "  # of a folder's name as a data set
MIN_STEPS = 4 * STEPS_PER_QUARTER  # a bar of 4/4: less is no chorale
VALID_SHARE = TEST_SHARE = 0.1

_REASONS_SHOWN = 3


def read_folder(folder: Path, seed: int = 0, progress: Progress = no_progress) -> Corpus:
    """Every chorale in a folder and the folders in it, split by piece: 80 % for training.

    Files that cannot be used are left out, each with its reason in `skipped`; hidden files are not
    looked at. The split depends on the usable files' number and order and on `seed` only.

    Raises:
        DataError: it is no folder, or fewer than three files can be used, one for each split.
    """
    if not isdir(folder):
        raise DataError(f"{folder} is not a folder; name one with MIDI or MusicXML files in it")
    paths = _music_files(folder)
    chorales: list[Chorale] = []
    skipped = []
    progress(0, len(paths))
    for done, path in enumerate(paths, start=1):
        name = path.relative_to(folder).as_posix()
        try:
            chorales.append(_new(_usable(path, name), chorales))
        except ChoraleError as error:
            skipped.append(f"{name}: {error}")
        progress(done, len(paths))
    if len(chorales) < len(SPLITS):
        reasons = "; ".join(skipped[:_REASONS_SHOWN]) or f"no file ends in {', '.join(SUFFIXES)}"
        raise DataError(
            f"{folder} has {len(chorales)} usable chorales of {len(paths)} music files; "
            f"at least {len(SPLITS)} are needed ({reasons})"
        )
    return Corpus(PREFIX + folder.resolve().name, _split(chorales, seed), tuple(skipped))


def _music_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _usable(path: Path, name: str) -> Chorale:
    chorale = read_chorale(path, name)
    encode(chorale, Vocabulary())  # raises where a pitch is outside the table
    for voice, pitches in zip(VOICES, chorale.pitches.T, strict=True):
        if (pitches == REST).all():
            raise DataError(f"the {voice} has no notes; four voices must sound")
    if chorale.plan.length_steps < MIN_STEPS:
        raise DataError(f"{chorale.plan.length_steps} steps long; at least {MIN_STEPS} are needed")
    return chorale


def _new(chorale: Chorale, others: list[Chorale]) -> Chorale:
    """The chorale, unless its notes are there already: the same piece must not be in two splits.

    Raises:
        DataError: they are.
    """
    for other in others:
        if np.array_equal(chorale.pitches, other.pitches) and np.array_equal(
            chorale.onsets, other.onsets
        ):
            raise DataError(f"the same music as {other.source}")
    return chorale


def _split(chorales: list[Chorale], seed: int) -> dict[str, tuple[Chorale, ...]]:
    order = np.random.default_rng(seed).permutation(len(chorales))
    valid = max(1, round(VALID_SHARE * len(chorales)))
    test = max(1, round(TEST_SHARE * len(chorales)))
    places = {
        "train": order[valid + test :],
        "valid": order[:valid],
        "test": order[valid : valid + test],
    }
    return {split: tuple(chorales[place] for place in sorted(places[split])) for split in SPLITS}
