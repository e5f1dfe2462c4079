r"""The staves of a score, its words and chord symbols as LilyPond's \score block.

On a staff of two voices, words of the upper voice stand below the upper staff and above the lower
one; all others stand below their staff.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chorale.music.voicings import ClefName
from chorale.rendering.render_options import PROGRAMS, RenderOptions
from chorale.rendering.score.layout import Staff
from chorale.rendering.score.lilypond.syntax import block, quote, variable
from chorale.rendering.score.part_names import join_abbreviations

_CLEFS: Mapping[ClefName, str] = {"treble": "treble", "tenor": '"treble_8"', "bass": "bass"}
_INSTRUMENTS = {  # LilyPond's names
    "piano": "acoustic grand",
    "harpsichord": "harpsichord",
    "organ": "church organ",
    "strings": "string ensemble 1",
    "choir": "choir aahs",
    "brass": "brass section",
}
_BELOW = {  # labels of harmony, by the variable that has them
    "numerals": r"\new Lyrics \numerals",
    "bassFigures": r"\new FiguredBass \bassFigures",
}
_MOST_SUNG_VERSES = 8  # with voices, marks and chord symbols, 16 MIDI channels
_NAMES = {PROGRAMS[name]: instrument for name, instrument in _INSTRUMENTS.items()}


@dataclass(frozen=True)
class VoiceSource:
    """What the score needs of a voice.

    Attributes:
        word: word for the voice in names of variables, such as "soprano".
        name: name as printed.
        abbreviation: name before all systems but the first.
        verses: names of the variables of its verses.
        has_dynamics: whether it has dynamics.
    """

    word: str
    name: str
    abbreviation: str
    verses: tuple[str, ...]
    has_dynamics: bool


def write_score(
    staves: Sequence[Staff],
    voices: Mapping[int, VoiceSource],
    variables: Sequence[str],
    render_options: RenderOptions,
) -> Iterator[str]:
    r"""Yield the \score block.

    Args:
        staves: the staves.
        voices: their voices.
        variables: which of "marks", "chordNames", "numerals" and "bassFigures" the source has.
        render_options: tempo and program of the MIDI file.
    """
    systems = [
        line
        for number, staff in enumerate(staves)
        for line in _write_staff(staff, voices, variables, is_first=not number)
    ]
    if len(staves) > 1:
        systems = list(block(r"\new ChoirStaff <<", systems, ">>"))
    if "chordNames" in variables:
        systems.insert(0, r"\new ChordNames \chordNames")
    below = [command for name, command in _BELOW.items() if name in variables]
    systems += below
    if len(staves) == 1 or "chordNames" in variables or below:
        systems = list(block("<<", systems, ">>"))
    midi = block(r"\midi {", _write_midi(staves, voices, variables, render_options), "}")
    yield from block(r"\score {", [*systems, r"\layout { }", *midi], "}")


def _write_staff(
    staff: Staff,
    voices: Mapping[int, VoiceSource],
    variables: Sequence[str],
    is_first: bool,
) -> Iterator[str]:
    """Yield a staff and its words."""
    found = [voices[voice] for voice in staff.voices]
    identifier = variable(*(voice.word for voice in found))
    shared = len(found) > 1
    music = [f"\\clef {_CLEFS[staff.clef]}", r"\global"]
    if is_first and "marks" in variables:
        music.append(r"\new Voice \marks")
    for number, voice in enumerate(found):
        commands = [("\\voiceOne", "\\voiceTwo")[number]] if shared else []
        if voice.has_dynamics:
            commands.append(r"\dynamicDown" if number else r"\dynamicUp")
        content = f"\\{voice.word}"
        if commands:
            content = f"{{ {' '.join(commands)} {content} }}"
        music.append(f'\\new Voice = "{voice.word}" {content}')
    yield f'\\new Staff = "{identifier}" \\with {{'
    yield f"  instrumentName = {_write_names([voice.name for voice in found])}"
    abbreviation = join_abbreviations([voice.abbreviation for voice in found])
    yield f"  shortInstrumentName = {quote(abbreviation)}"
    yield from block("} <<", music, ">>")
    for number, voice in enumerate(found):
        above = shared and not is_first and not number
        place = f'\\with {{ alignAboveContext = "{identifier}" }} ' if above else ""
        for verse in voice.verses:
            yield f'\\new Lyrics {place}\\lyricsto "{voice.word}" \\{verse}'


def _write_names(names: Sequence[str]) -> str:
    quoted = [quote(name) for name in names]
    return quoted[0] if len(quoted) == 1 else f"\\markup \\center-column {{ {' '.join(quoted)} }}"


def _write_midi(
    staves: Sequence[Staff],
    voices: Mapping[int, VoiceSource],
    variables: Sequence[str],
    render_options: RenderOptions,
) -> Iterator[str]:
    """Yield tempo and instrument; chord symbols are silent, and each voice has a track.

    Verses have tracks too, unless they are more than MIDI has channels for.
    """
    tempo = Fraction(render_options.tempo_qpm).limit_denominator(1000)
    settings = [f"midiInstrument = {_write_instrument(render_options.program)}"]
    if tempo.denominator == 1:
        yield f"\\tempo 4 = {tempo}"
    else:
        settings.append(f"tempoWholesPerMinute = #(ly:make-moment {tempo / 4})")
    yield from block(r"\context {", [r"\Score", *settings], "}")
    if "chordNames" in variables:
        yield from block(r"\context {", [r"\ChordNames", r'\remove "Note_performer"'], "}")
    if sum(len(voice.verses) for voice in voices.values()) > _MOST_SUNG_VERSES:
        yield from block(r"\context {", [r"\Lyrics", r'\remove "Staff_performer"'], "}")
    if any(len(staff.voices) > 1 for staff in staves):
        yield from block(r"\context {", [r"\Staff", r'\remove "Staff_performer"'], "}")
        yield from block(r"\context {", [r"\Voice", r'\consists "Staff_performer"'], "}")


def _write_instrument(program: int) -> str:
    if program in _NAMES:
        return quote(_NAMES[program])
    return f"#(caar (filter (lambda (each) (= (cdr each) {program})) instrument-names-alist))"
