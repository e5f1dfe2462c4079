r"""Chorales as LilyPond source, for users of LilyPond to typeset and to edit.

The source is as one would write it by hand, with a variable for each voice, its music in absolute
pitches, a line per measure with a bar check and the measure's number, and a variable for each verse
of a voice. The same file gives a score and, from its \midi block, a MIDI file, in which each voice
has a track. It needs LilyPond 2.24 or later. The same chorale and options give the same bytes.

Notes, ties, rests and fermatas are those of `note_values`; LilyPond chooses beams and accidentals.
Repeats are \repeat volta and \alternative, or bar lines where they overlap or divide a note. Words
that two voices of a score of two staves have in common stand once. Seed, options and model are
comments; a text of a file is always a string, never code.

Abjad and music21 write LilyPond source too, but music21 only where LilyPond is installed, and Abjad
with each note on a line of its own.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain

from chorale.analysis import estimate_key
from chorale.music import BASS, SOPRANO, STEPS_PER_QUARTER, Chorale
from chorale.rendering.metadata import DEFAULT_METADATA, SOFTWARE, Metadata
from chorale.rendering.render_options import (
    DEFAULT_RENDER_OPTIONS,
    RenderOptions,
    ScoreColours,
)
from chorale.rendering.score.labels import Label, place_labels
from chorale.rendering.score.layout import Staff, lay_out_staves
from chorale.rendering.score.lilypond.chords import write_chords
from chorale.rendering.score.lilypond.figures import write_figures
from chorale.rendering.score.lilypond.form import (
    Section,
    SectionsError,
    arrange_sections,
    list_borders,
    write_counts,
    write_repeat_signs,
)
from chorale.rendering.score.lilypond.labels import write_numerals
from chorale.rendering.score.lilypond.legends import write_colours, write_remarks
from chorale.rendering.score.lilypond.marks import (
    add_labels,
    collect_voice_marks,
    write_score_marks,
)
from chorale.rendering.score.lilypond.music import VoiceLine, write_voice
from chorale.rendering.score.lilypond.staves import VoiceSource, write_score
from chorale.rendering.score.lilypond.syntax import (
    block,
    comment,
    key_signature,
    note_value,
    quote,
    variable,
)
from chorale.rendering.score.lilypond.words import list_verses, write_verse
from chorale.rendering.score.note_values import list_bars, notate_voice, sounding_voices
from chorale.rendering.score.part_names import abbreviate_voices, name_voice
from chorale.rendering.score.spellings import choose_signature, spell_voice
from chorale.rendering.score.words import place_words

VERSION = "2.24.0"  # the oldest LilyPond that has all commands
_PAUSES = ("breath", "caesura")
_DYNAMICS = ("dynamic", "crescendo", "diminuendo")


@dataclass(frozen=True)
class _Variable:
    """A variable of the source: its name, the command for its kind of input, and its lines."""

    name: str
    mode: str
    content: Sequence[str]

    def write(self) -> Iterator[str]:
        """Yield the lines of the variable."""
        mode = f"{self.mode} " if self.mode else ""
        return block(f"{self.name} = {mode}{{", self.content, "}")


def lilypond_bytes(
    chorale: Chorale,
    metadata: Metadata = DEFAULT_METADATA,
    render_options: RenderOptions = DEFAULT_RENDER_OPTIONS,
) -> bytes:
    """Return the contents of a LilyPond file.

    Args:
        chorale: the music and its annotations.
        metadata: title, composer and comments.
        render_options: staves and colours of the score; tempo and program of its MIDI file.
    """
    voicing = render_options.voicing
    staves = lay_out_staves(voicing, render_options.staves, sounding_voices(chorale))
    labels = list(place_labels(render_options.remarks, [staff.voices for staff in staves]))
    abbreviations = abbreviate_voices(chorale.annotations, voicing.parts)
    names = {part.voice: part.name for part in voicing.parts}
    lines = {
        voice: _prepare_line(chorale, voice, staff, staff is staves[0], render_options.colours)
        for staff in staves
        for voice in staff.voices
    }
    lines = _add_labels(lines, labels)
    printed = {(one.voice, one.verse) for one in place_words(chorale, [s.voices for s in staves])}
    words = _write_words(chorale, {voice: names[voice] for voice in lines}, printed)
    streams = list(_write_streams(chorale, lines))
    voices = {
        voice: VoiceSource(
            variable(names[voice]),
            name_voice(chorale.annotations, voicing.part_at(voice)),
            abbreviations[voice],
            tuple(verse.name for verse in words[voice]),
            line.marks.has_dynamics,
        )
        for voice, line in lines.items()
    }
    variables = [
        _write_global(chorale, len(staves) == 1),
        *streams,
        *_write_music(chorale, lines, names),
    ]
    source = [*_write_head(metadata)]
    for each in chain(variables, *words.values()):
        source += ["", *each.write()]
    source += ["", *write_colours(render_options.colours)]
    source += write_score(staves, voices, [stream.name for stream in streams], render_options)
    source += write_remarks(render_options.remarks)
    return ("\n".join(source) + "\n").encode()


def _write_head(metadata: Metadata) -> Iterator[str]:
    """Yield comments, version, title and paper."""
    for text in (f"Written by {SOFTWARE}", *metadata.comments):
        yield comment(text)
    yield f'\\version "{VERSION}"'
    fields = {"title": metadata.title, "composer": metadata.composer}
    header = [f"{field} = {quote(text)}" for field, text in fields.items() if text]
    yield ""
    yield from block(r"\header {", [*header, "tagline = ##f"], "}")
    yield ""
    paper = ['#(set-paper-size "a4")', r"indent = 20\mm", r"short-indent = 8\mm"]
    yield from block(r"\paper {", paper, "}")


def _write_global(chorale: Chorale, has_one_staff: bool) -> _Variable:
    """Write key, time and pickup; on a single staff, rests of several measures are one."""
    plan = chorale.plan
    key = plan.key or estimate_key(chorale)
    first, *others = list_bars(plan)
    content = [
        key_signature(choose_signature(chorale, key), key.mode),
        f"\\time {plan.counted_metre.name}",
    ]
    length, full = first.end_step - first.start_step, plan.counted_metre.steps_per_bar
    if first.number == 0:
        content.append(f"\\partial {note_value(length)}")
    elif others and length < full:  # \partial would not count it as measure 1
        place = Fraction(full - length, 4 * STEPS_PER_QUARTER)
        content.append(f"\\set Timing.measurePosition = #(ly:make-moment {place})")
    if has_one_staff:
        content.append(r"\compressEmptyMeasures")
    return _Variable("global", "", content)


def _prepare_line(
    chorale: Chorale, voice: int, staff: Staff, is_first: bool, colours: ScoreColours | None
) -> VoiceLine:
    plan, bars = chorale.plan, list_bars(chorale.plan)
    key = plan.key or estimate_key(chorale)
    shared = len(staff.voices) > 1
    is_upper = voice == staff.voices[0]
    carried = (*_DYNAMICS, *_PAUSES) if is_first or not shared else _PAUSES
    full = plan.counted_metre.steps_per_bar
    short = [bar for bar in bars[1:-1] if bar.end_step - bar.start_step < full]
    return VoiceLine(
        bars,
        notate_voice(chorale, voice, not shared or voice in (SOPRANO, BASS), bars),  # undivided
        spell_voice(chorale, voice, key, choose_signature(chorale, key)),
        collect_voice_marks(
            chorale.annotations,
            voice,
            carried if is_upper else (),
            below=shared and not is_upper,
            end_step=bars[-1].end_step,
        ),
        {bar.start_step: f"\\partial {note_value(bar.end_step - bar.start_step)}" for bar in short},
        colours.notes[voice] if colours else None,
    )


def _add_labels(lines: Mapping[int, VoiceLine], labels: Sequence[Label]) -> dict[int, VoiceLine]:
    """Return the voices with their labels."""
    return {
        voice: replace(
            line, marks=add_labels(line.marks, [each for each in labels if each.voice == voice])
        )
        for voice, line in lines.items()
    }


def _find_sections(chorale: Chorale, lines: Mapping[int, VoiceLine]) -> list[Section]:
    """Find the sections of the music; none if they overlap or would divide a written note."""
    end_step = list_bars(chorale.plan)[-1].end_step
    try:
        sections = arrange_sections(chorale.annotations, end_step)
    except SectionsError:
        return []
    borders = list_borders(sections) - {end_step}
    starts = [{note.start_step for bar in line.written for note in bar} for line in lines.values()]
    return sections if all(borders <= found for found in starts) else []


def _write_streams(chorale: Chorale, lines: Mapping[int, VoiceLine]) -> Iterator[_Variable]:
    """Yield marks, chord symbols, numerals and figures of the bass, if there are any."""
    bars = list_bars(chorale.plan)
    signs = (
        {}
        if _find_sections(chorale, lines)
        else write_repeat_signs(chorale.annotations, bars[-1].end_step)
    )
    marks = write_score_marks(chorale.annotations, bars, signs, write_counts(chorale.annotations))
    chords = write_chords(chorale.annotations.chord_symbols, bars)
    if marks:
        yield _Variable("marks", "", [*map(str, marks)])
    if chords:
        sevenths = r'\set majorSevenSymbol = "maj7"'  # not a triangle
        yield _Variable("chordNames", r"\chordmode", [sevenths, *map(str, chords)])
    if numerals := write_numerals(chorale.annotations.harmony_labels, bars):
        yield _Variable("numerals", r"\lyricmode", [*map(str, numerals)])
    if figures := write_figures(chorale, max(lines), bars):
        yield _Variable("bassFigures", r"\figuremode", [*map(str, figures)])


def _write_music(
    chorale: Chorale, lines: Mapping[int, VoiceLine], names: Mapping[int, str]
) -> Iterator[_Variable]:
    """Yield the music of each voice, in variables with the names of the choir's voices."""
    end_step = list_bars(chorale.plan)[-1].end_step
    sections = _find_sections(chorale, lines)
    turns_back = any(repeat.end_step == end_step for repeat in chorale.annotations.repeats)
    if sections:
        turns_back = sections[-1].turns_back
    for voice, line in lines.items():
        content = write_voice(line, sections or [Section(0, end_step)], not turns_back)
        yield _Variable(variable(names[voice]), "", content)


def _write_words(
    chorale: Chorale, names: Mapping[int, str], printed: Collection[tuple[int, int]]
) -> dict[int, list[_Variable]]:
    """Write the verses of each voice.

    Args:
        chorale: the music with its words.
        names: names of the choir's voices, from the top.
        printed: voices and verses that have words of their own in the score; the others are left
            out, since they have those of an upper voice.
    """
    written: dict[int, list[_Variable]] = {}
    has_several = len(chorale.annotations.verses) > 1
    for voice, voice_name in names.items():
        written[voice] = []
        for number, verse in list_verses(chorale, voice).items():
            if (voice, number) not in printed:
                continue
            stanza = [f'\\set stanza = "{number}."'] if has_several else []
            content = [*stanza, *write_verse(chorale, voice, verse)]
            name = variable(voice_name, f"verse {number}")
            written[voice].append(_Variable(name, r"\lyricmode", content))
    return written
