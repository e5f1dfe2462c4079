"""The ranges of voices in words: what `show --ranges` and `render --transpose` print."""

from chorale.analysis import RANGES, measure_ranges, notes_out_of_range
from chorale.music import VOICES, Chorale, Note, excerpt, notes
from chorale.music.spelling import spell, spell_line
from chorale.wording import count

COLUMNS = ("voice", "lowest", "middle", "highest", "usual range")
LEGEND = "middle: the voice is above this note for as long as below it"


def tabulate_ranges(chorale: Chorale, start: int, end: int) -> list[tuple[str, ...]]:
    """Return a row of COLUMNS for each voice that sounds; a note comes with its first place.

    Args:
        chorale: the music.
        start: first step to report.
        end: end of the steps to report, exclusive.
    """
    part = excerpt(chorale, start, end)
    rows: list[tuple[str, ...]] = []
    for each in measure_ranges(part):
        names = _name_notes(part, each.voice)
        outermost = [
            f"{names[note]} ({chorale.plan.place(start + note.onset_step)})"
            for note in (each.lowest, each.highest)
        ]
        rows.append(
            (
                VOICES[each.voice],
                outermost[0],
                names[each.middle],
                outermost[1],
                describe_usual_range(each.voice),
            )
        )
    return rows


def describe_notes_out_of_range(chorale: Chorale) -> list[str]:
    """Describe the notes outside their voice's usual range, a line for each voice and side."""
    lines = []
    for voice, name in enumerate(VOICES):
        outside, names = notes_out_of_range(chorale, voice), _name_notes(chorale, voice)
        below = [note for note in outside if note.pitch < RANGES[voice][0]]
        above = [note for note in outside if note.pitch > RANGES[voice][1]]
        for side, beyond, outermost in (("below", below, min), ("above", above, max)):
            if beyond:
                farthest = outermost(beyond, key=lambda note: note.pitch)
                extreme = "lowest" if side == "below" else "highest"
                lines.append(
                    f"{count(len(beyond), 'note')} of the {name} {side} its usual range "
                    f"({describe_usual_range(voice)}), the {extreme} {names[farthest]} in "
                    f"{chorale.plan.place(farthest.onset_step)}"
                )
    return lines


def describe_usual_range(voice: int) -> str:
    """Describe the range that textbooks give a voice, such as "C4 to G5"."""
    lowest, highest = RANGES[voice]
    return f"{spell(lowest, None).name} to {spell(highest, None).name}"


def _name_notes(chorale: Chorale, voice: int) -> dict[Note, str]:
    """Return the spelled name of each note of a voice."""
    line = notes(chorale, voice)
    spellings = spell_line([note.pitch for note in line], chorale.plan.key)
    return {note: spelling.name for note, spelling in zip(line, spellings, strict=True)}
