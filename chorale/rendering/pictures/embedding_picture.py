"""Note embeddings as a PNG picture: notes on a plane, and their similarity by interval."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chorale.music import OCTAVE, pitch_name
from chorale.network.embeddings import Embeddings, Plane, cosines_by_interval, project_to_plane
from chorale.rendering.metadata import Metadata
from chorale.rendering.pictures.colours import PITCH_CLASS_COLOURS
from chorale.rendering.pictures.png import default_style, png_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDEST = 2 * OCTAVE  # interval, in semitones
FIFTHS, OCTAVES = (7, OCTAVE + 7), (OCTAVE, 2 * OCTAVE)
INCHES = (13.0, 6.2)
INK, GREY, FAINT = "#222222", "#777777", "#E4E4E4"
FIFTH_COLOUR, OCTAVE_COLOUR, BAND = "#E69F00", "#D55E00", "#DCE9F3"


def embeddings_png(embeddings: Embeddings, lowest: int, highest: int, metadata: Metadata) -> bytes:
    """Draw the embeddings of a range of notes.

    Args:
        embeddings: note embeddings of a network.
        lowest: lowest pitch that is shown.
        highest: highest pitch that is shown, at least WIDEST semitones above.
        metadata: title, composer and comments.

    Returns:
        The contents of a PNG file.

    Raises:
        DataError: a pitch is outside the network's vocabulary.
        OutputError: matplotlib is not installed.
    """
    vectors = embeddings.notes(lowest, highest)
    notes = f"{pitch_name(lowest)} to {pitch_name(highest)}"
    with default_style():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=INCHES, facecolor="white", layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(metadata.title, size=13, weight="bold", color=INK)
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.1))
        _draw_plane(left, project_to_plane(vectors), lowest, notes)
        _draw_similarities(right, cosines_by_interval(vectors, WIDEST), notes)
        return png_bytes(
            figure, metadata, f"note embeddings, {notes}, and their cosine similarities"
        )


def _draw_plane(axes: "Axes", layout: Plane, lowest: int, notes: str) -> None:
    """Draw notes in the colours of their pitch classes, joined in order of pitch."""
    across, up = layout.points.T
    axes.plot(across, up, color=GREY, linewidth=0.7, zorder=1)
    pitches = range(lowest, lowest + len(across))
    colours = [PITCH_CLASS_COLOURS[pitch % OCTAVE] for pitch in pitches]
    axes.scatter(across, up, s=250, c=colours, edgecolors="white", linewidths=0.8, zorder=2)
    for pitch, x, y in zip(pitches, across, up, strict=True):
        axes.text(
            x,
            y,
            pitch_name(pitch),
            size=6,
            weight="bold",
            color="white",
            ha="center",
            va="center",
            zorder=3,
        )
    first, second = (f"{share:.0%}" for share in layout.shares)
    axes.set_title(f"{notes} on the plane that shows most", size=10, color=INK, loc="left")
    axes.set_xlabel(f"first principal component, {first} of the variance", size=9, color=GREY)
    axes.set_ylabel(f"second principal component, {second}", size=9, color=GREY)
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.08)
    _simplify_axes(axes)


def _draw_similarities(axes: "Axes", cosines: Sequence[NDArray[np.float64]], notes: str) -> None:
    """Draw the mean cosine by interval, with the middle half of the pairs as a band."""
    intervals = np.arange(len(cosines))
    means = np.array([each.mean() for each in cosines])
    low, high = (np.array([np.quantile(each, share) for each in cosines]) for share in (0.25, 0.75))
    axes.axhline(0, color=GREY, linewidth=0.7)
    axes.fill_between(
        intervals, low, high, color=BAND, linewidth=0, label="middle half of the pairs"
    )
    axes.plot(intervals, means, "o-", color=INK, markersize=4, linewidth=1, label="mean")
    for name, marked, colour in (
        ("fifths", FIFTHS, FIFTH_COLOUR),
        ("octaves", OCTAVES, OCTAVE_COLOUR),
    ):
        places = list(marked)
        axes.plot(places, means[places], "o", color=colour, markersize=9, label=name, zorder=3)
    axes.set_title(f"How alike two notes are, {notes}", size=10, color=INK, loc="left")
    axes.set_xlabel("semitones between them", size=9, color=GREY)
    axes.set_ylabel("cosine similarity", size=9, color=GREY)
    axes.set_xticks([0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17, 19, 21, 23, 24])
    axes.set_ylim(-0.85, 1.05)
    axes.legend(frameon=False, fontsize=9, loc="upper right")
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    _simplify_axes(axes)


def _simplify_axes(axes: "Axes") -> None:
    axes.tick_params(labelsize=8, colors=GREY, length=3)
    for name, spine in axes.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set_color(GREY)
