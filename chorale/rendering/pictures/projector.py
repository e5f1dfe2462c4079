"""Note embeddings as files for TensorBoard's projector.

    vectors.tsv             a line per symbol: its vector, numbers separated by tabs
    metadata.tsv            a line of column names, then a line per symbol; a symbol that is not a
                            note has no pitch
    projector_config.pbtxt  names both tables for `tensorboard --logdir FOLDER`

Both tables can also be loaded by hand at projector.tensorflow.org.
"""

from chorale.music import OCTAVE, pitch_name
from chorale.network.embeddings import Embeddings

COLUMNS = ("label", "pitch", "pitch class", "octave", "kind")
VECTORS, METADATA, CONFIG = "vectors.tsv", "metadata.tsv", "projector_config.pbtxt"


def projector_files(embeddings: Embeddings) -> dict[str, bytes]:
    """Return the contents of the files by name."""
    files = {
        VECTORS: _vector_table(embeddings),
        METADATA: _metadata_table(embeddings),
        CONFIG: _config(),
    }
    return {name: text.encode() for name, text in files.items()}


def _vector_table(embeddings: Embeddings) -> str:
    """Return the vectors as text, in the shortest numbers that give the same float32."""
    return _tabulate([[str(value) for value in vector] for vector in embeddings.vectors])


def _metadata_table(embeddings: Embeddings) -> str:
    rows = [list(COLUMNS)]
    for label, pitch in zip(embeddings.labels, embeddings.pitches, strict=True):
        if pitch is None:
            rows.append([label, "", "", "", label])
        else:
            name, octave = pitch_name(pitch % OCTAVE).rstrip("-1"), pitch // OCTAVE - 1
            rows.append([label, str(pitch), name, str(octave), "note"])
    return _tabulate(rows)


def _config() -> str:
    return (
        "embeddings {\n"
        '  tensor_name: "note embeddings"\n'
        f'  tensor_path: "{VECTORS}"\n'
        f'  metadata_path: "{METADATA}"\n'
        "}\n"
    )


def _tabulate(rows: list[list[str]]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)
