"""A folder of music files as a data set."""

from dataclasses import replace
from os.path import isdir  # unlike Path.is_dir, raises nothing whatever the name
from pathlib import Path

import numpy as np

from chorale.aliases import Progress
from chorale.corpus.corpus import SPLITS, Corpus, ignore_progress
from chorale.errors import ChoraleError, DataError
from chorale.music import REST, STEPS_PER_QUARTER, VOICES, Chorale
from chorale.music.annotations import NO_ANNOTATIONS
from chorale.music.voicings import SATB
from chorale.network.tokens import Vocabulary, encode
from chorale.reading import SUFFIXES, Reading, read_music
from chorale.reading.folders import list_music_files
from chorale.wording import count

PREFIX = "folder "  # before the folder's name in the name of the data set
MIN_STEPS = 4 * STEPS_PER_QUARTER  # a bar of 4/4; a chorale is longer
VALID_SHARE = TEST_SHARE = 0.1

_REASONS_SHOWN = 3


def read_folder(folder: Path, seed: int = 0, progress: Progress = ignore_progress) -> Corpus:
    """Read every chorale in a folder and its subfolders, split by piece: 80 % for training.

    Files are read as by the commands, with `read_music`. Those that cannot be used are left out and
    listed in `skipped` with the reason; those whose music was changed, or read with an assumption,
    are listed in `notices`. Annotations (words, repeats) are left out without a notice. Hidden
    files are ignored. The split depends only on the number and order of the usable files and on the
    seed.

    Args:
        folder: folder of the music files.
        seed: seed of the random split.
        progress: called with the number of files read and their total.

    Raises:
        DataError: the path is not a folder, or fewer than three files can be used, one for each
            split.
        ReadingError: a subfolder cannot be read.
    """
    if not isdir(folder):
        raise DataError(
            f"{folder} is not a folder; name one with music files in it, such as MIDI or MusicXML"
        )
    paths = list_music_files(folder)
    chorales: list[Chorale] = []
    skipped, notices = [], []
    progress(0, len(paths))
    for done, path in enumerate(paths, start=1):
        name = path.relative_to(folder).as_posix()
        try:
            reading = read_music(path)
            _check_choir(reading)
            chorale = replace(reading.chorale, source=name, annotations=NO_ANNOTATIONS)
            _check_usable(chorale)
            _check_new(chorale, chorales)
            chorales.append(chorale)
            if reading.change_notices:
                notices.append(f"{name}: {'; '.join(reading.change_notices)}")
        except ChoraleError as error:
            skipped.append(f"{name}: {error}")
        progress(done, len(paths))
    if len(chorales) < len(SPLITS):
        reasons = "; ".join(skipped[:_REASONS_SHOWN]) or f"no file ends in {', '.join(SUFFIXES)}"
        raise DataError(
            f"{folder} has {count(len(chorales), 'usable chorale')} in "
            f"{count(len(paths), 'music file')}; at least {len(SPLITS)} are needed ({reasons})"
        )
    return Corpus(
        PREFIX + folder.resolve().name, _split(chorales, seed), tuple(skipped), tuple(notices)
    )


def _check_choir(reading: Reading) -> None:
    """Check that music is for SATB.

    Raises:
        DataError: it is for another choir.
    """
    if reading.voicing != SATB:
        raise DataError(f"for {reading.voicing.description}; soprano, alto, tenor and bass needed")


def _check_usable(chorale: Chorale) -> None:
    """Check that a chorale can be trained on.

    Raises:
        ChoraleError: the chorale is not in four sounding voices within the pitches of the
            vocabulary, or is shorter than MIN_STEPS.
    """
    encode(chorale, Vocabulary())  # raises where a pitch is outside the vocabulary
    for voice, pitches in zip(VOICES, chorale.pitches.T, strict=True):
        if (pitches == REST).all():
            raise DataError(f"the {voice} has no notes; four voices must sound")
    if chorale.plan.length_steps < MIN_STEPS:
        length = count(chorale.plan.length_steps, "step")
        raise DataError(f"{length} long; at least {MIN_STEPS} are needed")


def _check_new(chorale: Chorale, others: list[Chorale]) -> None:
    """Check that no other chorale has the same notes: a piece must not be in two splits.

    Raises:
        DataError: another chorale has the same notes.
    """
    for other in others:
        if np.array_equal(chorale.pitches, other.pitches) and np.array_equal(
            chorale.onsets, other.onsets
        ):
            raise DataError(f"the same music as {other.source}")


def _split(chorales: list[Chorale], seed: int) -> dict[str, tuple[Chorale, ...]]:
    order = np.random.default_rng(seed).permutation(len(chorales))
    valid = max(1, round(VALID_SHARE * len(chorales)))
    test = max(1, round(TEST_SHARE * len(chorales)))
    numbers = {
        "train": order[valid + test :],
        "valid": order[:valid],
        "test": order[valid : valid + test],
    }
    return {split: tuple(chorales[number] for number in sorted(numbers[split])) for split in SPLITS}
