"""The harmony of a chorale in words and as JSON values: what `analyze` prints."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from chorale.harmony import (
    CADENCES,
    AnalysedPhrase,
    HarmonyAnalysis,
    NamedChord,
    NonChordTone,
)
from chorale.music import Plan
from chorale.music.spelling import LetterName, spell
from chorale.music.voicings import Voicing

LEGEND = (
    "Numerals stand after their beat, and keys before them where they change; non-chord tones "
    "stand with bar:beat."
)


def title_phrase(number: int, phrase: AnalysedPhrase, plan: Plan) -> str:
    """Return the title of a phrase: its bars, key and cadence, in which key if in another."""
    first, last = plan.bar_at(phrase.step), plan.bar_at(phrase.end - 1)
    bars = f"bar {first}" if first == last else f"bars {first}-{last}"
    cadence = f"{CADENCES[phrase.cadence]} ({phrase.cadence})" if phrase.cadence else "no cadence"
    if phrase.cadence and phrase.last_key != phrase.key:
        cadence += f" in {phrase.last_key.name}"
    return f"Phrase {number}, {bars}: {phrase.key.name}, {cadence}"


def list_chords(analysis: HarmonyAnalysis, phrase: AnalysedPhrase, plan: Plan) -> Iterator[str]:
    """Yield a line for each measure of a phrase, with beats, keys and numerals."""
    own = [chord for chord in analysis.chords if phrase.step <= chord.step < phrase.end]
    changed = {step for step, _ in analysis.key_changes}
    for bar, chords in groupby(own, key=lambda chord: plan.bar_at(chord.step)):
        cells = []
        for chord in chords:
            named = chord is own[0] or chord.step in changed
            key = f"{_abbreviate_key(chord)}: " if named else ""
            cells.append(f"{_beat(plan, chord.step)} {key}{chord.numeral}")
        yield f"bar {bar:<3} {'   '.join(cells)}"


def list_nonchord_tones(
    analysis: HarmonyAnalysis, phrase: AnalysedPhrase, plan: Plan, voicing: Voicing
) -> Iterator[str]:
    """Yield a line for each kind of non-chord tone in a phrase."""
    own = [tone for tone in analysis.nonchord_tones if phrase.step <= tone.step < phrase.end]
    by_kind: dict[str, list[str]] = {}
    for tone in own:
        place = f"{plan.bar_at(tone.step)}:{_beat(plan, tone.step)}"
        figures = f" {tone.figures}" if tone.figures else ""
        text = f"{place} {voicing.part_at(tone.voice).name} {_name(analysis, tone)}{figures}"
        by_kind.setdefault(tone.kind, []).append(text)
    for kind, texts in by_kind.items():
        yield f"{kind}: {', '.join(texts)}"


def collect_facts(analysis: HarmonyAnalysis, plan: Plan, voicing: Voicing) -> dict[str, Any]:
    """Return an analysis as JSON values."""
    return {
        "home_key": analysis.key.name,
        "phrases": [
            {
                "from_step": phrase.step,
                "to_step": phrase.end,
                "key": phrase.key.name,
                "last_key": phrase.last_key.name,
                "cadence": phrase.cadence,
            }
            for phrase in analysis.phrases
        ],
        "chords": [_collect_chord(chord, plan) for chord in analysis.chords],
        "nonchord_tones": [
            {
                **_place(plan, tone.step, tone.end),
                "voice": voicing.part_at(tone.voice).name,
                "note": _name(analysis, tone),
                "kind": tone.kind,
                "accented": tone.accented,
                "figures": tone.figures,
            }
            for tone in analysis.nonchord_tones
        ],
    }


def _collect_chord(chord: NamedChord, plan: Plan) -> dict[str, Any]:
    tones = chord.numeral.pitch_classes(chord.key)
    return {
        **_place(plan, chord.step, chord.end),
        "key": chord.key.name,
        "numeral": str(chord.numeral),
        "kind": chord.numeral.kind,
        "notes": list(map(_write_name, tones.names)),
        "bass": _write_name(tones.names[tones.inversion]),
    }


def _place(plan: Plan, step: int, end: int) -> Mapping[str, Any]:
    beat = float(_beat(plan, step))
    return {"from_step": step, "to_step": end, "bar": plan.bar_at(step), "beat": beat}


def _beat(plan: Plan, step: int) -> str:
    return f"{1 + plan.step_in_bar(step) / plan.counted_metre.steps_per_beat:g}"


def _abbreviate_key(chord: NamedChord) -> str:
    """Return the key of a chord as analyses write it: "G", or "f#" in minor."""
    name = chord.key.name.split()[0]
    return name if chord.key.mode == "major" else name[0].lower() + name[1:]


def _name(analysis: HarmonyAnalysis, tone: NonChordTone) -> str:
    chord = analysis.chord_at(tone.step)
    return spell(tone.pitch, chord.key if chord else analysis.key).name


def _write_name(name: LetterName) -> str:
    letter, alter = name
    return f"{letter}{'#' * alter}{'b' * -alter}"
