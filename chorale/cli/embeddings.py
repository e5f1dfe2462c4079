"""`chorale embeddings`: the network's note embeddings, as tables and as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as given
from chorale.cli.console import say
from chorale.errors import OptionError
from chorale.models import DEFAULT

if TYPE_CHECKING:
    from chorale.network.embeddings import Embeddings

PICTURE = "embeddings.png"
FIFTH, OCTAVE = 7, 12
NAMES = {
    1: "semitone",
    2: "whole tone",
    5: "fourth",
    6: "tritone",
    FIFTH: "fifth",
    OCTAVE: "octave",
}


def embeddings(
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="DIR", help="A folder.", show_default=False),
    ],
    model: given.ModelName = DEFAULT,
    force: given.Force = False,
) -> None:
    """Write a model's note embeddings, for TensorBoard's projector and as a picture.

    The picture shows the notes of the voices' usual ranges on a plane, and how alike two notes are
    by their interval. To turn them about in space: `tensorboard --logdir DIR`, tab Projector.
    """
    from chorale.files import check_writable, refuse_overwrite, write_bytes
    from chorale.models import find
    from chorale.network.checkpoint import load_checkpoint
    from chorale.network.embeddings import embeddings_of
    from chorale.rendering.metadata import Metadata
    from chorale.rendering.pictures.embedding_picture import embeddings_png
    from chorale.rendering.pictures.projector import CONFIG, METADATA, VECTORS, projector_files

    if str(output) == "-":
        raise OptionError("embeddings are several files; --output names a folder for them")
    for name in (VECTORS, METADATA, CONFIG, PICTURE):
        refuse_overwrite(output / name, force)
    check_writable(output / PICTURE)
    checkpoint = load_checkpoint(find(model))
    found = embeddings_of(checkpoint)
    lowest, highest = _usual_range(found)
    about = Metadata(
        f"Note embeddings of {Path(model).stem}",
        (f"model {checkpoint.about.get('data', 'unknown')} {checkpoint.fingerprint}",),
    )
    files = projector_files(found)
    files[PICTURE] = embeddings_png(found, lowest, highest, about)
    for name, content in files.items():
        write_bytes(output / name, content, replace=force)
    for line in [_written(output, found), *_seen(found, lowest, highest)]:
        say(line)


def _usual_range(found: "Embeddings") -> tuple[int, int]:
    """The lowest and the highest note of the voices' usual ranges, as far as the network has it."""
    from chorale.analysis import RANGES

    vocabulary = found.vocabulary
    lowest = max(vocabulary.lowest_pitch, min(lowest for lowest, _ in RANGES))
    return lowest, min(vocabulary.highest_pitch, max(highest for _, highest in RANGES))


def _written(output: Path, found: "Embeddings") -> str:
    symbols, width = found.vectors.shape
    return (
        f"{output}: {symbols} symbols of {width} numbers each, and {PICTURE}; "
        f"`tensorboard --logdir {output}` shows them in its projector"
    )


def _seen(found: "Embeddings", lowest: int, highest: int) -> list[str]:
    """What there is to see, in figures, a line each."""
    import numpy as np

    from chorale.music import pitch_name
    from chorale.network.embeddings import against_neighbours, plane, similarities

    vectors = found.notes(lowest, highest)
    means = np.array([each.mean() for each in similarities(vectors, OCTAVE + 1)])
    notes = f"{pitch_name(lowest)} to {pitch_name(highest)}, the voices' usual ranges"
    each = ", ".join(f"{name} {means[interval]:.2f}" for interval, name in NAMES.items())
    excess = " and ".join(
        f"{NAMES[interval]}s by {against_neighbours(means, interval):+.2f}"
        for interval in (FIFTH, OCTAVE)
    )
    return [
        f"the plane shows {sum(plane(vectors).shares):.0%} of the variance of {notes}",
        f"mean cosine similarity of two of these notes: {each}",
        f"more alike than the intervals a semitone beside them: {excess}",
    ]
