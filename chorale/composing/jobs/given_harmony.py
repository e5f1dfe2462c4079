"""Harmony that is given to the setting of a tune: by a line of chords, or by the file.

A line of chords takes precedence over the file. Of what the file has, the figures of a kept bass
are followed, or else the chord symbols. Chords are in the key and at the pitch of the tune in the
file, and are moved with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from chorale.analysis import estimate_key
from chorale.composing.chord_texts import parse_chords, place_chords
from chorale.composing.given_chords import beat_steps, is_strict
from chorale.errors import OptionError
from chorale.music import BASS, OCTAVE, REST, VOICES, Annotations, Chorale, notes, pitch_name
from chorale.music.annotations import ChordSymbol
from chorale.music.bass_figures import require_figures
from chorale.music.required_chords import ChordSpan, require_symbol, write_symbol
from chorale.music.spelling import spell
from chorale.wording import count, list_places


@dataclass(frozen=True)
class GivenHarmony:
    """Harmony that is given to a setting.

    Attributes:
        chords: the chords, in order of time.
        symbols: chord symbols to print.
        notices: a line for each decision.
    """

    chords: tuple[ChordSpan, ...]
    symbols: tuple[ChordSymbol, ...]
    notices: tuple[str, ...]

    def transposed(self, semitones: int) -> tuple[ChordSpan, ...]:
        """Return the chords transposed up by a number of semitones."""
        return tuple(replace(span, chord=span.chord.transposed(semitones)) for span in self.chords)


def find_harmony(
    tune: Chorale,
    kept: Sequence[int],
    text: str | None = None,
    transposed: int = 0,
    ignore: bool = False,
) -> GivenHarmony:
    """Find the harmony that is given to the setting of a tune.

    Args:
        tune: the tune, as it is harmonized, with its plan.
        kept: voices to keep, 0 (soprano) to 3 (bass).
        text: a line of chords, see `chorale.composing.chord_texts`; None for those of the file.
        transposed: semitones by which the tune is higher than in its file.
        ignore: whether the chords of the file have no influence.

    Raises:
        OptionError: the line cannot be read, or does not fit the tune.
    """
    symbols, length = tune.annotations.chord_symbols, tune.plan.length_steps
    figures = tune.annotations.bass_figures if BASS in kept else ()
    if text is not None:
        if ignore:
            raise OptionError(
                "--chords gives chords and --ignore-chords ignores those of the file, which "
                "--chords replaces anyway; use one of them"
            )
        return _read_text(tune, kept, text, transposed)
    if figures and not ignore:
        return _follow_figures(tune)
    if not symbols:
        return GivenHarmony((), (), ())
    number = count(len(symbols), "chord symbol")
    if ignore:
        return GivenHarmony((), symbols, (f"{number} kept, not followed",))
    ends = [*(symbol.step for symbol in symbols[1:]), length]
    spans, unknown = [], []
    for symbol, end in zip(symbols, ends, strict=True):
        chord = require_symbol(symbol)
        if chord and symbol.step < end:
            spans.append(ChordSpan(symbol.step, end, chord))
        elif chord is None and symbol.root is not None:
            unknown.append(f"{tune.plan.place(symbol.step)}: {write_symbol(symbol)}")
    notices = [f"{number} followed; --ignore-chords ignores them"]
    if unknown:
        chords = count(len(unknown), "chord symbol")
        notices.append(f"{chords} of unknown kind not followed ({list_places(unknown)})")
    return _fit_to_tune(tune, kept, spans, symbols, notices)


def _follow_figures(tune: Chorale) -> GivenHarmony:
    """Return the chords of a figured bass.

    A bass note that begins on a beat without figures has 5 and 3; one that begins off the beat is a
    passing note, over which the chord before it goes on.
    """
    plan, symbols = tune.plan, tune.annotations.chord_symbols
    figures = {each.step: each.figures for each in tune.annotations.bass_figures}
    key = plan.key or estimate_key(tune)
    spelled = {
        each.step: each.spelling for each in tune.annotations.spellings if each.voice == BASS
    }
    spans: list[ChordSpan] = []
    for note in notes(tune, BASS):
        bass = spelled.get(note.onset_step) or spell(note.pitch, key)
        end = note.onset_step + note.length_steps
        changes = [step for step in figures if note.onset_step < step < end]
        for start, stop in pairwise([note.onset_step, *sorted(changes), end]):
            passing = start not in figures and plan.step_in_bar(start) % beat_steps(plan)
            if passing and spans and spans[-1].end == start:
                spans[-1] = replace(spans[-1], end=stop)
            elif not passing:
                chord = require_figures(figures.get(start, ()), bass, key)
                spans.append(ChordSpan(start, stop, chord))
    followed = f"{count(len(figures), 'bass figure')} followed; notes without figures"
    notices = [f"{followed} have 5 and 3 on the beat, and pass off it"]
    if symbols:
        notices.append(f"{count(len(symbols), 'chord symbol')} kept, not followed")
    return GivenHarmony(tuple(spans), symbols, tuple(notices))


def _read_text(tune: Chorale, kept: Sequence[int], text: str, transposed: int) -> GivenHarmony:
    """Read a line of chords; see `find_harmony`."""
    plan = tune.plan
    chords = parse_chords(text, plan.key)
    placed = place_chords(chords, plan.counted_metre, plan.pickup_steps, plan.length_steps)
    fifths = (7 * transposed + OCTAVE // 2 - 1) % OCTAVE - OCTAVE // 2 + 1
    spans: list[ChordSpan] = []
    symbols: list[ChordSymbol] = []
    for one in placed:
        own = 0 if one.chord.numeral else transposed
        written = Annotations(chord_symbols=(one.symbol(plan.key),))
        symbols += written.transposed(own, fifths if own else 0).chord_symbols
        if span := one.require(plan.key):
            spans.append(replace(span, chord=span.chord.transposed(own)))
    notices = []
    if replaced := tune.annotations.chord_symbols:
        notices.append(f"{count(len(replaced), 'chord symbol')} of the file replaced by --chords")
    if placed[-1].end < plan.length_steps:
        notices.append(f"the chords end in {plan.place(placed[-1].end)}; the rest is free")
    return _fit_to_tune(tune, kept, spans, symbols, notices)


def _fit_to_tune(
    tune: Chorale,
    kept: Sequence[int],
    spans: Sequence[ChordSpan],
    symbols: Sequence[ChordSymbol],
    notices: Sequence[str],
) -> GivenHarmony:
    """Fit chords to the kept voices: a kept bass decides the inversion.

    Chords that the kept notes contradict are reported.
    """
    fitted, contradicted = [], []
    for written in spans:
        span, bass = written, int(tune.pitches[written.start, BASS]) if BASS in kept else REST
        if bass != REST and bass % OCTAVE in span.chord.tones:
            span = replace(span, chord=replace(span.chord, bass=bass % OCTAVE))
        if found := _find_contradiction(tune, kept, span):
            contradicted.append(f"{tune.plan.place(span.start)}: {span.chord.name}, {found}")
        fitted.append(span)
    each = list(notices)
    if contradicted:
        chords = count(len(contradicted), "chord")
        each.append(f"{chords} contradicted by given notes ({list_places(contradicted)})")
    return GivenHarmony(tuple(fitted), tuple(symbols), tuple(each))


def _find_contradiction(tune: Chorale, kept: Sequence[int], span: ChordSpan) -> str:
    """Describe the given note that contradicts a chord; empty if none does.

    Such a note is a bass that is none of the chord where it begins, or another voice that has no
    note of it on any beat while it lasts.
    """
    steps = [s for s in range(span.start, span.end) if is_strict(tune.plan, span, s)]
    for voice in kept:
        places = steps[:1] if voice == BASS else steps
        pitches = [int(tune.pitches[step, voice]) for step in places]
        sounding = [pitch for pitch in pitches if pitch != REST]
        if sounding and not any(pitch % OCTAVE in span.chord.tones for pitch in sounding):
            return f"{VOICES[voice]} {pitch_name(sounding[0])}"
    return ""
