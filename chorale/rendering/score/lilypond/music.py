r"""The notes of a voice as LilyPond source, a line per measure.

A note value stands where it changes, and at the start of each line, so that lines can be moved.
Where a mark stands within a note, skips run beside the note: `<< g'1 { s2 s2\mf } >>`. A breath
mark or caesura follows on the note.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chorale.music.annotations import Ending
from chorale.music.spelling import Spelling
from chorale.rendering.score.lilypond.form import Section
from chorale.rendering.score.lilypond.lines import Line, merge_empty_bars
from chorale.rendering.score.lilypond.marks import VoiceMarks
from chorale.rendering.score.lilypond.syntax import block, note_value, pitch
from chorale.rendering.score.note_values import Bar, WrittenNote

FINAL_BAR = r'\bar "|."'


@dataclass(frozen=True)
class VoiceLine:
    """A voice as it is written.

    Attributes:
        bars: the measures.
        written: notes and rests of each measure.
        spellings: spellings, note by note.
        marks: marks of the voice.
        partials: commands at the start of short measures, by step.
        colours: colours, note by note; None for black.
    """

    bars: Sequence[Bar]
    written: Sequence[Sequence[WrittenNote]]
    spellings: Sequence[Spelling]
    marks: VoiceMarks
    partials: Mapping[int, str]
    colours: Sequence[str] | None = None


def write_voice(line: VoiceLine, sections: Sequence[Section], final_bar: bool) -> list[str]:
    """Write the music of a voice.

    Args:
        line: the voice.
        sections: the sections, without gaps; they start and end between written notes.
        final_bar: whether a final bar line ends the music.
    """
    source: list[str] = []
    for section in sections:
        if section.times == 1:
            source += _write_span(line, section.start_step, section.end_step)
            continue
        body = [*_write_span(line, section.start_step, section.body_end_step)]
        if section.endings:
            endings = [text for each in section.endings for text in _write_ending(line, each)]
            body += block(r"\alternative {", endings, "}")
        source += block(f"\\repeat volta {section.times} {{", body, "}")
    return [*source, *([FINAL_BAR] if final_bar else [])]


def _write_ending(line: VoiceLine, ending: Ending) -> Iterator[str]:
    passes = ",".join(map(str, sorted(ending.passes)))
    span = _write_span(line, ending.start_step, ending.end_step)
    return block(f"\\volta {passes} {{", span, "}")


def _write_span(line: VoiceLine, start: int, end: int) -> list[str]:
    """Write the lines of the steps from `start` up to `end` (exclusive)."""
    lines = []
    for bar, written in zip(line.bars, line.written, strict=True):
        inside = [note for note in written if start <= note.start_step < end]
        if inside:
            last = inside[-1].start_step + inside[-1].length_steps
            ends_bar = last == bar.end_step and bar is not line.bars[-1]
            tokens = tuple(_write_bar(line, inside))
            lines.append(Line(tokens, bar.number, bar.number, ends_bar))
    return [str(each) for each in merge_empty_bars(lines)]


def _write_bar(line: VoiceLine, inside: Sequence[WrittenNote]) -> Iterator[str]:
    """Yield the notes and commands of a measure, or of a part of it."""
    value = ""  # of the note before
    for note in inside:
        end = note.start_step + note.length_steps
        if note.start_step in line.partials:
            yield line.partials[note.start_step]
        if note.start_step == 0 and 0 in line.marks.pauses:
            yield line.marks.pauses[0]
        events = line.marks.events.get(note.start_step, "")
        if note.whole_bar and events:  # a rest of a whole measure takes no events
            yield f"<>{events}"
            events = ""
        skips = _write_skips(line.marks, note.start_step, end)
        new_value = note_value(note.length_steps)
        shown = "" if new_value == value and not note.whole_bar and not skips else new_value
        text = f"{_write_note(line, note)}{shown}{_write_signs(note)}{events}"
        yield f"<< {text} {{ {skips} }} >>" if skips else text
        value = "" if skips or note.whole_bar else new_value
        yield from (
            pause
            for step, pause in sorted(line.marks.pauses.items())
            if note.start_step < step <= end
        )
        if end == line.bars[-1].end_step and end in line.marks.events:
            yield f"<>{line.marks.events[end]}"


def _write_note(line: VoiceLine, note: WrittenNote) -> str:
    """Write the pitch of a note, or a rest, without its value."""
    if note.number is None:
        return "R" if note.whole_bar else "r"
    colour = line.colours[note.number] if line.colours else ""
    tweak = f'\\tweak color "{colour}" ' if colour else ""
    return tweak + pitch(line.spellings[note.number])


def _write_signs(note: WrittenNote) -> str:
    return ("~" if note.tied_after else "") + (r"\fermata" if note.fermata else "")


def _write_skips(marks: VoiceMarks, start: int, end: int) -> str:
    """Write skips with the events within a note; an empty text if there are none."""
    inner = sorted(step for step in marks.events if start < step < end)
    if not inner:
        return ""
    tokens = [f"s{note_value(inner[0] - start)}"]
    for step, next_step in pairwise([*inner, end]):
        tokens.append(f"s{note_value(next_step - step)}{marks.events[step]}")
    return " ".join(tokens)
