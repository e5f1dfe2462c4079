"""What the annotations of a chorale lose in files without a score, as notices.

Scores hold all annotations, and so do pages, whose player follows the notes alone. MIDI holds the
words of one verse, names of voices by which they are known again, rehearsal marks and tempo words.
In sound, marks that singers would follow have no effect; that there are no words and chord symbols
goes without saying. A piano roll shows notes only, as it is meant to.
"""

from collections.abc import Sequence
from dataclasses import replace

from chorale.music import VOICES, Annotations, Chorale
from chorale.music.annotations import Mark
from chorale.music.inventory import count_kinds, describe_counts
from chorale.music.repeats import FORM_MARKS, has_form
from chorale.music.unrolling import unroll
from chorale.rendering.formats import FORMATS
from chorale.rendering.sound.midi_texts import MARKER_KINDS, name_track
from chorale.wording import count, join_names

PLAYED_KINDS = ("notes", "sound", "page")
SUNG_KINDS = ("dynamic", "crescendo", "diminuendo", "breath", "caesura", "tempo")


def is_played(formats: Sequence[str]) -> bool:
    """Return whether one of the formats is sound, MIDI or a page that plays."""
    return any(FORMATS[name].kind in PLAYED_KINDS for name in formats)


def describe_losses(
    chorale: Chorale, formats: Sequence[str], play_repeats: bool | None
) -> list[str]:
    """Describe what files in some formats lack of a chorale's annotations.

    Args:
        chorale: the music.
        formats: names of the formats that are written.
        play_repeats: whether repeats are played out; None if the command cannot play them out.

    Returns:
        A notice on repeats, if there are any to play, and one on other annotations.

    Raises:
        OptionError: repeats are played out, and the music would be too long.
    """
    if not is_played(formats):
        return []
    annotations = chorale.annotations
    notices = _describe_repeats(chorale, play_repeats)
    lost = []
    if "midi" in formats:
        sung = unroll(chorale).annotations if play_repeats else annotations
        lost += _join("not in midi", _describe_midi_losses(annotations, len(sung.verses)))
    if any(FORMATS[name].kind == "sound" for name in formats):
        unplayed = count_kinds(Annotations(marks=_find_unplayed(annotations)))
        lost += _join("not played", describe_counts(unplayed))
    return [*notices, *filter(None, ["; ".join(lost)])]


def _describe_repeats(chorale: Chorale, play_repeats: bool | None) -> list[str]:
    if not has_form(chorale.annotations):
        return ["no repeats to play out"] if play_repeats else []
    if play_repeats:
        bars, played = max(1, chorale.plan.last_bar), max(1, unroll(chorale).plan.last_bar)
        return [f"repeats are played out: {count(bars, 'bar')} become {played}"]
    remedy = "; --play-repeats plays them out" if play_repeats is False else ", and only in scores"
    return [f"repeats are not played out{remedy}"]


def _join(lead: str, kinds: Sequence[str]) -> list[str]:
    return [f"{lead}: {join_names(kinds)}"] if kinds else []


def _describe_midi_losses(annotations: Annotations, verses: int) -> list[str]:
    """Describe, by kind and count, the annotations that a MIDI file does not hold.

    Args:
        annotations: annotations of the music as it is written.
        verses: verses that are sung at the same time, of which the file holds one.
    """
    marks = tuple(
        mark
        for mark in annotations.marks
        if mark.kind not in FORM_MARKS and not (mark.kind in MARKER_KINDS and mark.text.strip())
    )
    names = tuple(
        "" if name_track(annotations, voice) == name.strip() else name
        for voice, name in enumerate(annotations.names[: len(VOICES)])
    )
    others = replace(annotations, syllables=(), repeats=(), endings=(), marks=marks, names=names)
    lost = describe_counts(count_kinds(others))
    if verses > 1:
        lost.insert(0, f"{verses - 1} of {verses} verses")
    return lost


def _find_unplayed(annotations: Annotations) -> tuple[Mark, ...]:
    """Return the marks that singers would follow, but an organ does not."""
    return tuple(
        mark
        for mark in annotations.marks
        if mark.kind in SUNG_KINDS and (mark.kind != "tempo" or mark.step > 0)
    )
