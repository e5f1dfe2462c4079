"""`chorale embeddings`: write the network's note embeddings as tables and as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as shared
from chorale.cli.console import print_result
from chorale.errors import OptionError
from chorale.models import DEFAULT

if TYPE_CHECKING:
    from chorale.network.embeddings import Embeddings

PICTURE = "embeddings.png"
FIFTH, OCTAVE = 7, 12
INTERVAL_NAMES = {
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
        typer.Option(
            "-o", "--output", metavar="DIR", help="Folder to write to.", show_default=False
        ),
    ],
    model: shared.ModelName = DEFAULT,
    force: shared.Force = False,
) -> None:
    """Write a model's note embeddings, for TensorBoard's projector and as a picture.

    The picture shows the notes of the voices' usual ranges on a plane, and the similarity of two
    notes by their interval. `tensorboard --logdir DIR`, tab Projector, shows them in three
    dimensions.
    """
    from chorale.files import check_writable, refuse_overwrite, write_bytes
    from chorale.models import find
    from chorale.network.checkpoint import load_checkpoint
    from chorale.network.embeddings import read_embeddings
    from chorale.rendering.metadata import Metadata
    from chorale.rendering.pictures.embedding_picture import embeddings_png
    from chorale.rendering.pictures.projector import CONFIG, METADATA, VECTORS, projector_files

    if str(output) == "-":
        raise OptionError("embeddings are several files; name a folder with --output")
    for name in (VECTORS, METADATA, CONFIG, PICTURE):
        refuse_overwrite(output / name, force)
    check_writable(output / PICTURE)
    checkpoint = load_checkpoint(find(model))
    found = read_embeddings(checkpoint)
    lowest, highest = _find_usual_range(found)
    about = Metadata(
        f"Note embeddings of {Path(model).stem}",
        (f"model {checkpoint.about.get('data', 'unknown')} {checkpoint.fingerprint}",),
    )
    files = projector_files(found)
    files[PICTURE] = embeddings_png(found, lowest, highest, about)
    for name, content in files.items():
        write_bytes(output / name, content, replace=force)
    for line in [_describe_files(output, found), *_describe_similarities(found, lowest, highest)]:
        print_result(line)


def _find_usual_range(found: "Embeddings") -> tuple[int, int]:
    """Return the lowest and highest pitch of the vocabulary within the voices' usual ranges."""
    from chorale.analysis import RANGES

    vocabulary = found.vocabulary
    lowest = max(vocabulary.lowest_pitch, min(lowest for lowest, _ in RANGES))
    return lowest, min(vocabulary.highest_pitch, max(highest for _, highest in RANGES))


def _describe_files(output: Path, found: "Embeddings") -> str:
    symbols, width = found.vectors.shape
    return (
        f"{output}: {symbols} symbols of {width} numbers each, and {PICTURE}; "
        f"`tensorboard --logdir {output}` shows them in its projector"
    )


def _describe_similarities(found: "Embeddings", lowest: int, highest: int) -> list[str]:
    """Describe the contents of the picture in figures, as lines."""
    import numpy as np

    from chorale.music import pitch_name
    from chorale.network.embeddings import (
        compare_with_neighbours,
        cosines_by_interval,
        project_to_plane,
    )

    vectors = found.notes(lowest, highest)
    means = np.array([each.mean() for each in cosines_by_interval(vectors, OCTAVE + 1)])
    notes = f"{pitch_name(lowest)} to {pitch_name(highest)}, the voices' usual ranges"
    each = ", ".join(f"{name} {means[interval]:.2f}" for interval, name in INTERVAL_NAMES.items())
    excess = " and ".join(
        f"{INTERVAL_NAMES[interval]}s by {compare_with_neighbours(means, interval):+.2f}"
        for interval in (FIFTH, OCTAVE)
    )
    return [
        f"the plane shows {sum(project_to_plane(vectors).shares):.0%} of the variance of {notes}",
        f"mean cosine similarity of two of these notes: {each}",
        f"more similar than the intervals a semitone smaller and larger: {excess}",
    ]
