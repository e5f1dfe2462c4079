r"""Dynamics, breath marks, tempo words and the like.

Marks of a voice stand in the music of the voice, as events that follow a note (`\mf`, `\<`) or as
commands between notes (`\breathe`). The others stand in a line of their own, in which skips take
the place of notes. Repeats that cannot be nested stand there too, as bar lines.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from chorale.music import Annotations
from chorale.music.annotations import Mark
from chorale.rendering.score.labels import Label
from chorale.rendering.score.lilypond.lines import Line, write_skips
from chorale.rendering.score.lilypond.syntax import quote
from chorale.rendering.score.note_values import Bar

# The dynamics that are commands of LilyPond; other texts are printed in italics.
_DYNAMICS = {
    *("ppppp", "pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff", "fffff"),
    *("fp", "sf", "sff", "sp", "spp", "sfz", "rfz", "n"),
}
_HAIRPINS = {"crescendo": r"\<", "diminuendo": r"\>"}
_PAUSES = {"breath": r"\breathe", "caesura": r"\caesura"}
_VOICE_KINDS = {"dynamic", "words", *_HAIRPINS, *_PAUSES}
_ENDS_OF_MUSIC = {"fine": "Fine", "to coda": "To Coda", "da capo": "D.C.", "dal segno": "D.S."}


@dataclass(frozen=True)
class VoiceMarks:
    """Marks of a voice, as LilyPond writes them, by step.

    Attributes:
        events: events of the note that starts at a step.
        pauses: commands between the notes that end and start at a step.
    """

    events: Mapping[int, str] = field(default_factory=dict)
    pauses: Mapping[int, str] = field(default_factory=dict)

    @property
    def has_dynamics(self) -> bool:
        """Whether there are signs whose side of the staff has to be chosen."""
        return any("\\" in text and "\\markup" not in text for text in self.events.values())


def collect_voice_marks(
    annotations: Annotations, voice: int, kinds: Iterable[str], below: bool, end_step: int
) -> VoiceMarks:
    """Collect the marks that stand in the music of a voice.

    Args:
        annotations: all marks.
        voice: 0 to 3.
        kinds: kinds of marks of the whole score that this voice carries.
        below: whether words stand below the staff.
        end_step: exclusive end of the music; later marks are left out.
    """
    carried = set(kinds)
    marks = [
        mark
        for mark in annotations.marks
        if mark.kind in _VOICE_KINDS and mark.step <= end_step
        if mark.voice == voice or (mark.voice is None and mark.kind in carried)
    ]
    events: dict[int, list[str]] = {}
    for step, text in chain(_write_hairpins(marks, end_step), _write_texts(marks, below)):
        events.setdefault(step, []).append(text)
    pauses = {mark.step: _PAUSES[mark.kind] for mark in marks if mark.kind in _PAUSES}
    return VoiceMarks(
        {step: "".join(dict.fromkeys(texts)) for step, texts in events.items()}, pauses
    )


def add_labels(marks: VoiceMarks, labels: Sequence[Label]) -> VoiceMarks:
    """Add labels of a voice to its marks."""
    events = dict(marks.events)
    for label in labels:
        side = "_" if label.below else "^"
        text = f"{side}\\markup \\bold {quote(label.text)}"
        events[label.step] = events.get(label.step, "") + text
    return VoiceMarks(events, marks.pauses)


def _write_hairpins(marks: Sequence[Mark], end_step: int) -> Iterator[tuple[int, str]]:
    """Yield the steps at which hairpins end and start, with their signs.

    A hairpin ends where the next one starts; a dynamic at its end needs no sign.
    """
    by_step = {mark.step: mark for mark in reversed(marks) if mark.kind in _HAIRPINS}
    hairpins = [by_step[step] for step in sorted(by_step)]
    dynamics = {mark.step for mark in marks if _is_sign(mark)}
    starts = [mark.step for mark in hairpins] + [end_step]
    for mark, next_start in zip(hairpins, starts[1:], strict=True):
        end = min(mark.end_step or end_step, next_start)
        if mark.step < end:
            yield mark.step, _HAIRPINS[mark.kind]
            if end not in dynamics:
                yield end, r"\!"


def _is_sign(mark: Mark) -> bool:
    return mark.kind == "dynamic" and mark.text in _DYNAMICS


def _write_texts(marks: Sequence[Mark], below: bool) -> Iterator[tuple[int, str]]:
    """Yield dynamics, of which a note has one, and words, with their steps."""
    side = "_" if below else "^"
    signs = {mark.step: mark for mark in reversed(marks) if _is_sign(mark)}
    for mark in marks:
        if signs.get(mark.step) == mark:
            yield mark.step, f"\\{mark.text}"
        elif mark.kind in ("dynamic", "words") and mark.text.strip():
            yield mark.step, f"{side}\\markup \\italic {quote(mark.text)}"


def write_score_marks(
    annotations: Annotations,
    bars: Sequence[Bar],
    before: Mapping[int, str],
    after: Mapping[int, str],
) -> list[Line]:
    """Write the line of the marks of the whole score; no lines if there are none.

    Args:
        annotations: all marks; the dynamics, hairpins and breath marks stand in voices.
        bars: the measures.
        before: further commands before the music that starts at a step.
        after: further commands after the music that ends at a step.
    """
    marks = [
        mark
        for mark in annotations.marks
        if mark.step <= bars[-1].end_step
        if mark.kind not in _VOICE_KINDS or (mark.kind == "words" and mark.voice is None)
    ]
    ending = [mark for mark in marks if mark.kind in _ENDS_OF_MUSIC and mark.step > 0]
    ends = _join(after, _group(ending))
    starts = _join(before, _group(mark for mark in marks if mark not in ending))
    return write_skips(bars, starts, ends) if starts or ends else []


def _join(first: Mapping[int, str], second: Mapping[int, str]) -> dict[int, str]:
    """Join the commands of two mappings from steps."""
    return {
        step: " ".join(filter(None, [first.get(step), second.get(step)]))
        for step in {*first, *second}
    }


def _group(marks: Iterable[Mark]) -> dict[int, str]:
    """Return the commands of marks by step; a step has one mark of each kind."""
    texts: dict[tuple[int, str], list[str]] = {}
    for mark in marks:
        texts.setdefault((mark.step, mark.kind), []).append(mark.text)
    grouped: dict[int, str] = {}
    for (step, kind), found in texts.items():
        command = _write_command(kind, ", ".join(dict.fromkeys(filter(str.strip, found))))
        grouped[step] = f"{grouped.get(step, '')} {command}".strip()
    return grouped


def _write_command(kind: str, text: str) -> str:
    """Write a mark of the whole score."""
    if kind in _ENDS_OF_MUSIC:
        return f"\\textEndMark {quote(text or _ENDS_OF_MUSIC[kind])}"
    match kind:
        case "segno":
            return r"\segnoMark 1"
        case "coda":
            return r"\codaMark 1"
        case "rehearsal":
            return f"\\mark \\markup \\box {quote(text)}"
        case "tempo":
            return f"\\tempo {quote(text)}"
    return f"<>^\\markup \\italic {quote(text)}"
