"""A chorale as a piano roll, a PNG picture.

Time runs to the right and pitch upwards. Each voice has a colour; a dark edge marks the start of a
note. Voices in unison share the height of a row, the upper voice above. The steps of a fermata are
tinted, with a fermata sign above them. Long chorales are broken into systems.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from chorale.errors import OutputError
from chorale.music import REST, Chorale, Plan
from chorale.music.spelling import spell
from chorale.music.voicings import SATB, Voicing
from chorale.rendering.metadata import Metadata
from chorale.rendering.pictures.colours import VOICE_COLOURS
from chorale.rendering.pictures.png import default_style, png_bytes
from chorale.rendering.pictures.systems import System, break_into_systems, is_bar_start
from chorale.wording import describe_length

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STEPS_PER_ROW = 8 * 16  # longest row
MAX_PICTURE_STEPS = 300 * 16  # few programs open a larger picture
STEP_INCHES, SEMITONE_INCHES = 0.095, 0.125
LEFT, RIGHT, ABOVE, BETWEEN, BELOW = 0.55, 0.25, 0.95, 0.5, 0.25  # margins, in inches
TITLE_POINTS, INCH_POINTS = 13, 72  # a long title is set smaller
MIN_ROW_INCHES = 5.0  # narrowest row that holds the legend
NOTE_HEIGHT, ONSET_WIDTH = 0.84, 0.22  # in semitones; in steps
INK, GREY, FAINT, TINT = "#222222", "#999999", "#E4E4E4", "#FFF3D6"


def roll_png(chorale: Chorale, metadata: Metadata, voicing: Voicing = SATB) -> bytes:
    """Draw a piano roll with title, bar numbers, pitch names and legend.

    Args:
        chorale: the music. Pitches are spelled in its key; measures are counted in 4/4 if the
            metre is unknown.
        metadata: title, composer and comments.
        voicing: the choir, for the names in the legend.

    Returns:
        The contents of a PNG file.

    Raises:
        OutputError: the music has more than MAX_PICTURE_STEPS, or matplotlib is not installed.
    """
    plan = chorale.plan
    if plan.length_steps > MAX_PICTURE_STEPS:
        raise OutputError(
            f"a piano roll shows at most {MAX_PICTURE_STEPS} sixteenths, and the music has "
            f"{plan.length_steps}; choose a part of it"
        )
    rows = break_into_systems(plan, 0, plan.length_steps, STEPS_PER_ROW)
    with default_style():
        figure = _draw_figure(chorale, rows, metadata.title, voicing)
        return png_bytes(figure, metadata, f"a piano roll: {describe_music(plan)}")


def describe_music(plan: Plan) -> str:
    """Describe a plan, such as "G major, 4/4, 8 bars with a pickup"."""
    length = describe_length(plan.last_bar, plan.pickup_steps > 0)
    facts = [plan.key.name if plan.key else "", plan.metre.name if plan.metre else ""]
    return ", ".join(filter(None, [*facts, length]))


def _draw_figure(
    chorale: Chorale, rows: Sequence[System], title: str, voicing: Voicing
) -> "Figure":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    pitches = [_pitch_range(chorale, row) for row in rows]
    heights = [(highest - lowest + 2) * SEMITONE_INCHES for lowest, highest in pitches]
    longest = max(row.end - row.start for row in rows)
    width = LEFT + max(longest * STEP_INCHES, MIN_ROW_INCHES) + RIGHT
    height = ABOVE + sum(heights) + BETWEEN * (len(rows) - 1) + BELOW
    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    top = height - ABOVE
    for row, pitch_range, inches in zip(rows, pitches, heights, strict=True):
        across = (row.end - row.start) * STEP_INCHES / width
        place = (LEFT / width, (top - inches) / height, across, inches / height)
        _draw_system(figure.add_axes(place), chorale, row, pitch_range)
        top -= inches + BETWEEN
    _draw_heading(figure, chorale, title, voicing)
    return figure


def _pitch_range(chorale: Chorale, row: System) -> tuple[int, int]:
    """Return the lowest and highest pitch of a row; an octave around middle C if silent."""
    sounding = chorale.pitches[slice(*row)]
    sounding = sounding[sounding != REST]
    return (int(sounding.min()), int(sounding.max())) if sounding.size else (54, 66)


def _draw_heading(figure: "Figure", chorale: Chorale, title: str, voicing: Voicing) -> None:
    """Draw the title, the description of the music, and the legend."""
    from matplotlib.patches import Patch

    width, height = figure.get_size_inches()
    left, top = LEFT / width, 1 - 0.16 / height
    size = min(TITLE_POINTS, (width - LEFT - RIGHT) * INCH_POINTS / (0.7 * max(1, len(title))))
    figure.text(left, top, title, size=size, weight="bold", color=INK, va="top")
    below = top - 0.26 / height
    figure.text(left, below, describe_music(chorale.plan), size=9, color=GREY, va="top")
    sounding = (chorale.pitches != REST).any(0)
    patches = [
        Patch(color=VOICE_COLOURS[part.voice], label=part.name)
        for part in voicing.parts
        if sounding[part.voice]
    ]
    if patches:
        figure.legend(
            handles=patches,
            loc="upper right",
            bbox_to_anchor=(1 - RIGHT / width, below + 0.06 / height),
            ncols=len(patches),
            frameon=False,
            fontsize=9,
            borderaxespad=0,
            handlelength=1,
            columnspacing=1.2,
        )


def _draw_system(axes: "Axes", chorale: Chorale, row: System, pitches: tuple[int, int]) -> None:
    lowest, highest = pitches
    axes.set_xlim(row.start, row.end)
    axes.set_ylim(lowest - 1, highest + 1)
    _draw_grid(axes, chorale.plan, row)
    sounding = chorale.pitches[slice(*row)]
    used = np.unique(sounding[sounding != REST])
    axes.hlines(used, row.start, row.end, color=FAINT, linewidth=0.5, zorder=1)
    names = [spell(int(pitch), chorale.plan.key).name for pitch in used]
    axes.set_yticks(used, names, size=7, color=INK)
    axes.set_xticks([])
    axes.tick_params(length=0, pad=4)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _draw_fermatas(axes, chorale.plan, row)
    for voice, colour in enumerate(VOICE_COLOURS):
        _draw_voice(axes, chorale, row, voice, colour)


def _draw_grid(axes: "Axes", plan: Plan, row: System) -> None:
    """Draw the beats, and the bar lines with the numbers of their measures."""
    beat = plan.counted_metre.steps_per_beat
    for step in range(row.start, row.end + 1):
        line = is_bar_start(plan, step) or step == plan.length_steps
        if line or (step - plan.pickup_steps) % beat == 0:
            axes.axvline(step, color=GREY if line else FAINT, linewidth=0.9 if line else 0.5)
        if step < row.end and (is_bar_start(plan, step) or step == row.start):
            number = str(plan.bar_at(step))
            continues = step > 0 and not is_bar_start(plan, step)
            _write_above(axes, step, f"({number})" if continues else number)


def _write_above(axes: "Axes", step: int, text: str) -> None:
    axes.annotate(
        text,
        (step, 1),
        (0, 3),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        size=8,
        weight="bold",
        color=INK,
    )


def _draw_fermatas(axes: "Axes", plan: Plan, row: System) -> None:
    for start, end in plan.fermata_spans:
        axes.axvspan(max(start, row.start), min(end, row.end), color=TINT, linewidth=0, zorder=0)
        if row.start <= start < row.end:
            _draw_fermata(axes, start + (min(end, row.end) - start) / 2)
    axes.set_xlim(row.start, row.end)


def _draw_fermata(axes: "Axes", step: float) -> None:
    """Draw the sign of a fermata above the row: an arc over a dot."""
    from matplotlib.path import Path

    arc = Path.arc(0, 180)
    arc = Path(np.asarray(arc.vertices) - (0, 0.35), arc.codes)
    above: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False}
    place = 1 + 0.1 / axes.bbox.height * axes.figure.dpi
    axes.plot([step], [place], marker=arc, ms=11, mfc="none", mec=INK, mew=1.1, **above)
    axes.plot([step], [place], marker=".", ms=4, color=INK, mew=0, **above)


def _draw_voice(axes: "Axes", chorale: Chorale, row: System, voice: int, colour: str) -> None:
    """Draw the notes of a voice, narrower in unisons."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    pitches = chorale.pitches
    unison = pitches == pitches[:, [voice]]
    in_unison, above = unison.sum(1), unison[:, :voice].sum(1)
    bodies, onsets = [], []
    for step in range(row.start, row.end):
        if pitches[step, voice] == REST:
            continue
        height = NOTE_HEIGHT / in_unison[step]
        bottom = pitches[step, voice] + NOTE_HEIGHT / 2 - (above[step] + 1) * height
        bodies.append(Rectangle((step, bottom), 1, height))
        if chorale.onsets[step, voice]:
            onsets.append(Rectangle((step, bottom), ONSET_WIDTH, height))
    axes.add_collection(
        PatchCollection(bodies, color=colour, linewidth=0, zorder=2, antialiased=False)
    )
    axes.add_collection(
        PatchCollection(onsets, color=INK, linewidth=0, zorder=3, antialiased=False)
    )
