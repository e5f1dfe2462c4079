"""The picture of note embeddings."""

import io

import numpy as np
from PIL import Image
from tiny_network import tiny_checkpoint

from chorale.network.embeddings import read_embeddings
from chorale.rendering.metadata import SOFTWARE, Metadata
from chorale.rendering.pictures.colours import PITCH_CLASS_COLOURS
from chorale.rendering.pictures.embedding_picture import FIFTH_COLOUR, OCTAVE_COLOUR, embeddings_png


def test_notes_fifths_and_octaves_are_drawn_the_same_each_time() -> None:
    metadata = Metadata("Note embeddings of nothing", ("model made up",))
    content = embeddings_png(read_embeddings(tiny_checkpoint()), 40, 79, metadata)
    image = Image.open(io.BytesIO(content))
    assert (image.format, image.info["Title"]) == ("PNG", metadata.title)
    assert image.info["Software"] == SOFTWARE
    assert "model made up" in image.info["Comment"]
    pixels = np.asarray(image.convert("RGB"))
    for colour in (*PITCH_CLASS_COLOURS, FIFTH_COLOUR, OCTAVE_COLOUR):
        wanted = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
        assert (pixels == wanted).all(-1).sum() > 50
    assert content == embeddings_png(read_embeddings(tiny_checkpoint()), 40, 79, metadata)
