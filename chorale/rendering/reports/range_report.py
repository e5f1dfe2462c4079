"""The ranges of voices in words: what `show --ranges` and `render --transpose` print."""

from chorale.analysis import measure_ranges, notes_out_of_range
from chorale.music import Chorale, Note, excerpt, notes
from chorale.music.spelling import spell, spell_line
from chorale.music.voicings import SATB, VoicePart, Voicing
from chorale.wording import count

COLUMNS = ("voice", "lowest", "middle", "highest", "usual range")
LEGEND = "middle: the voice is above this note for as long as below it"


def tabulate_ranges(
    chorale: Chorale, start: int, end: int, voicing: Voicing = SATB
) -> list[tuple[str, ...]]:
    """Return a row of COLUMNS for each voice that sounds; a note comes with its first place.

    Args:
        chorale: the music.
        start: first step to report.
        end: end of the steps to report, exclusive.
        voicing: the choir.
    """
    part = excerpt(chorale, start, end)
    rows: list[tuple[str, ...]] = []
    for each in measure_ranges(part):
        names, voice = _name_notes(part, each.voice), voicing.part_at(each.voice)
        outermost = [
            f"{names[note]} ({chorale.plan.place(start + note.onset_step)})"
            for note in (each.lowest, each.highest)
        ]
        rows.append(
            (
                voice.name,
                outermost[0],
                names[each.middle],
                outermost[1],
                describe_usual_range(voice),
            )
        )
    return rows


def describe_notes_out_of_range(chorale: Chorale, voicing: Voicing = SATB) -> list[str]:
    """Describe the notes outside their voice's usual range, a line for each voice and side."""
    lines = []
    for part in voicing.parts:
        outside = notes_out_of_range(chorale, part.voice, voicing)
        names = _name_notes(chorale, part.voice)
        below = [note for note in outside if note.pitch < part.range[0]]
        above = [note for note in outside if note.pitch > part.range[1]]
        for side, beyond, outermost in (("below", below, min), ("above", above, max)):
            if beyond:
                farthest = outermost(beyond, key=lambda note: note.pitch)
                extreme = "lowest" if side == "below" else "highest"
                name = part.name if part.name[-1].isdigit() else f"the {part.name}"
                lines.append(
                    f"{count(len(beyond), 'note')} of {name} {side} its usual "
                    f"range ({describe_usual_range(part)}), the {extreme} {names[farthest]} in "
                    f"{chorale.plan.place(farthest.onset_step)}"
                )
    return lines


def describe_usual_range(part: VoicePart) -> str:
    """Describe the usual range of a voice of a choir, such as "C4 to G5"."""
    lowest, highest = part.range
    return f"{spell(lowest, None).name} to {spell(highest, None).name}"


def _name_notes(chorale: Chorale, voice: int) -> dict[Note, str]:
    """Return the spelled name of each note of a voice."""
    line = notes(chorale, voice)
    spellings = spell_line([note.pitch for note in line], chorale.plan.key)
    return {note: spelling.name for note, spelling in zip(line, spellings, strict=True)}
