"""Embeddings as files for TensorBoard's projector.

    vectors.tsv             a line a symbol, its numbers between tabs
    metadata.tsv            a line a symbol after a line of column names; empty where it is no note
    projector_config.pbtxt  names both, so that `tensorboard --logdir FOLDER` finds them

Both tables can also be loaded by hand at projector.tensorflow.org.
"""

from chorale.music import pitch_name
from chorale.network.embeddings import Embeddings

COLUMNS = ("label", "pitch", "pitch class", "octave", "kind")
OCTAVE = 12  # semitones
VECTORS, METADATA, CONFIG = "vectors.tsv", "metadata.tsv", "projector_config.pbtxt"


def projector_files(embeddings: Embeddings) -> dict[str, bytes]:
    """Names and contents of the files."""
    files = {VECTORS: _vectors(embeddings), METADATA: _metadata(embeddings), CONFIG: _config()}
    return {name: text.encode() for name, text in files.items()}


def _vectors(embeddings: Embeddings) -> str:
    """The shortest numbers from which the same float32 is read."""
    return _table([[str(value) for value in vector] for vector in embeddings.vectors])


def _metadata(embeddings: Embeddings) -> str:
    rows = [list(COLUMNS)]
    for label, pitch in zip(embeddings.labels, embeddings.pitches, strict=True):
        if pitch is None:
            rows.append([label, "", "", "", label])
        else:
            name, octave = pitch_name(pitch % OCTAVE).rstrip("-1"), pitch // OCTAVE - 1
            rows.append([label, str(pitch), name, str(octave), "note"])
    return _table(rows)


def _config() -> str:
    return (
        "embeddings {\n"
        '  tensor_name: "note embeddings"\n'
        f'  tensor_path: "{VECTORS}"\n'
        f'  metadata_path: "{METADATA}"\n'
        "}\n"
    )


def _table(rows: list[list[str]]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)
