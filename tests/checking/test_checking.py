"""Each rule of part-writing, on music made by hand that breaks it or keeps it."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from progressions import C_MAJOR, DOMINANT, FOURTH, INVERTED, SIXTH, TONIC, in_phrases
from strategies import chorales, keys

from chorale.analysis import FIFTH, UNISON, crossings, parallels
from chorale.checking import RULES, Finding, bach_rates, examine
from chorale.checking.context import CheckContext
from chorale.errors import OptionError
from chorale.music import REST, Chorale, Key, Plan, from_pitches
from chorale.music.voicings import VOICINGS

Chord = tuple[int, int, int, int]
A_MINOR, C_MINOR = Key(9, "minor"), Key(0, "minor")
G7, SEVENTH_IN_ALTO = (74, 71, 65, 55), (71, 65, 62, 43)
DOUBLED = (71, 67, 59, 43)  # V with its leading tone in soprano and tenor
DIMINISHED = (68, 65, 62, 47)  # vii°7 in C, its seventh in the soprano
SIX_FOUR, OVER_G = (76, 72, 67, 55), (74, 71, 67, 55)  # the cadential six-four of C, and V


def one_phrase(*chords: Chord, each_steps: int = 4, key: Key = C_MAJOR) -> Chorale:
    """Return a chorale of chords, SATB, in one phrase."""
    pitches = np.array([chord for chord in chords for _ in range(each_steps)], np.int16)
    fermatas = np.zeros(len(pitches), np.bool_)
    return from_pitches(pitches, Plan(len(pitches), key=key, fermatas=fermatas))


def pair(*upper_lower: tuple[int, int]) -> Chorale:
    """Return tenor and bass alone, a quarter a chord."""
    return one_phrase(*((REST, REST, upper, lower) for upper, lower in upper_lower))


def pair_above(pitches: tuple[int, ...]) -> Chorale:
    """Return a soprano over a bass that stays, a quarter a note."""
    return one_phrase(*((pitch, REST, REST, 48) for pitch in pitches))


def line(*pitches: int, key: Key = C_MAJOR) -> Chorale:
    """Return a soprano alone, a quarter a note."""
    return one_phrase(*((pitch, REST, REST, REST) for pitch in pitches), key=key)


def struck(chorale: Chorale, *steps: int) -> Chorale:
    """Return the chorale with its bass struck again at steps."""
    onsets = chorale.onsets.copy()
    onsets[list(steps), 3] = True
    return replace(chorale, onsets=onsets)


def found(chorale: Chorale, rule: str, key: Key = C_MAJOR) -> list[Finding]:
    """Return the findings against one rule."""
    return [one for one in examine(chorale, key).findings if one.rule == rule]


BROKEN = [
    ("parallel fifths", pair((55, 48), (57, 50)), "tenor G3-A3, bass C3-D3"),
    ("parallel fifths", pair((55, 48), (69, 50)), "tenor G3-A4, bass C3-D3"),  # to a twelfth
    ("parallel octaves", pair((60, 48), (62, 50)), "tenor C4-D4, bass C3-D3"),
    ("parallel octaves", pair((60, 60), (62, 62)), "tenor C4-D4, bass C4-D4"),
    ("contrary fifths", pair((55, 48), (57, 38)), "tenor G3-A3, bass C3-D2"),
    ("contrary octaves", pair((60, 48), (55, 55)), "tenor C4-G3, bass C3-G3"),
    ("direct fifths", pair((60, 52), (64, 57)), "tenor C4-E4, bass E3-A3"),
    ("direct octaves", pair((60, 53), (67, 55)), "tenor C4-G4, bass F3-G3"),
    ("overlap", pair((55, 48), (60, 57)), "tenor G3-C4, bass C3-A3"),
    ("false relation", pair((65, 50), (69, 54)), "tenor F4, bass F#3"),
    ("unequal fifths", pair((65, 47), (67, 48)), "tenor F4-G4, bass B2-C3"),
    ("long crossing", pair(*4 * [(47, 48)], (55, 48)), "tenor B2, bass C3, for 4 quarters"),
    ("chromatic clash", pair((61, 48)), "tenor C#4, bass C3, for 1 quarter"),
    ("crossing", pair((55, 48), (47, 48)), "tenor B2, bass C3, for 1 quarter"),
    ("wide spacing", one_phrase((79, 60, 55, 48)), "soprano G5, alto C4, for 1 quarter"),
    ("wide spacing", one_phrase((72, 67, 54, 48)), "alto G4, tenor F#3, for 1 quarter"),
    ("out of range", line(80, 79, 60), "soprano Ab5 (range C4 to G5)"),
    ("augmented leap", line(65, 68, 69, key=A_MINOR), "soprano F4-G#4"),
    ("augmented leap", line(65, 71, 72), "soprano F4-B4"),
    ("leap of a seventh", line(60, 70), "soprano C4-Bb4"),
    ("leap of a seventh", line(60, 71, 72), "soprano C4-B4"),
    ("wide leap", line(60, 74), "soprano C4-D5"),
    ("leap not turned back", pair_above((60, 69, 71)), "soprano C4-A4-B4"),
    ("leap not turned back", pair_above((72, 60, 59)), "soprano C5-C4-B3"),
    ("doubled leading tone", one_phrase((71, 65, 59, 43), TONIC), "soprano B4, tenor B3"),
    ("unresolved leading tone", one_phrase(SEVENTH_IN_ALTO, (67, 64, 60, 48)), "soprano B4-G4"),
    ("dropped leading tone", one_phrase(G7, (72, 67, 64, 48)), "alto B4-G4"),
    ("inner leading tone left", one_phrase(DOUBLED, (72, 67, 52, 48)), "tenor B3-E3"),
    ("unresolved seventh", one_phrase(SEVENTH_IN_ALTO, (72, 67, 64, 48)), "alto F4-G4"),
    (
        "unresolved diminished seventh",
        one_phrase(DIMINISHED, (72, 67, 60, 48), key=C_MINOR),
        "soprano Ab4-C5",
    ),
    ("doubled third", one_phrase((76, 67, 64, 48)), "soprano E5, tenor E4"),
    (
        "unresolved cadential six-four",
        one_phrase(FOURTH, SIX_FOUR, (79, 74, 71, 55), TONIC),
        "soprano E5-G5, alto C5-D5",
    ),
    (
        "free six-four",
        one_phrase(TONIC, FOURTH, (76, 67, 60, 43), (77, 69, 60, 53)),
        "soprano E5, alto G4, tenor C4, bass G2",
    ),
    ("unprepared dissonance", pair((60, 48), (65, 55)), "tenor C4-F4, bass C3-G3"),
    (
        "no third",
        one_phrase((72, 67, 60, 48)),
        "soprano C5, alto G4, tenor C4, bass C3, for 1 quarter",
    ),
    (
        "phrase without a cadence",
        in_phrases([TONIC, DOMINANT, INVERTED], [FOURTH, DOMINANT, TONIC]),
        "soprano C5, alto G4, tenor C4, bass E3",
    ),
    (
        "end off the tonic",
        one_phrase(TONIC, FOURTH, DOMINANT),
        "soprano B4, alto G4, tenor D4, bass G3 (in C major)",
    ),
    (
        "end without a cadence",
        one_phrase(TONIC, SIXTH, TONIC),
        "soprano C5, alto G4, tenor E4, bass C3 (in C major)",
    ),
    (
        "standing chord",
        one_phrase(TONIC, TONIC, TONIC, FOURTH),
        "soprano C5, alto G4, tenor E4, bass C3, for 3 quarters",
    ),
    (
        "standing voice",
        one_phrase(*3 * [TONIC, (76, 69, 65, 48)], DOMINANT, each_steps=5),
        "bass C3, for 7.5 quarters",
    ),
    (
        "much repeated note",
        struck(one_phrase(TONIC, TONIC, FOURTH), 1, 2, 3, 4, 5),
        "bass C3, 6 times in a row",
    ),
    (
        "mechanical repetition",
        one_phrase(*3 * [TONIC, FOURTH], DOMINANT),
        "2 quarters, 3 times in a row",
    ),
]

KEPT = [
    ("parallel fifths", pair((55, 48), (57, 48))),  # oblique
    ("parallel fifths", pair((55, 48), (55, 48))),  # the same again
    ("parallel fifths", pair((55, 48), (56, 50))),  # to a diminished fifth
    ("parallel fifths", pair((55, 48), (REST, REST), (57, 50))),
    ("parallel fifths", pair((55, 48), (57, 38))),  # by contrary motion, a rule of its own
    ("parallel octaves", pair((60, 48), (64, 50))),
    ("contrary fifths", pair((55, 48), (59, 38))),
    ("contrary octaves", pair((60, 48), (62, 43))),
    ("direct fifths", pair((62, 53), (64, 57))),  # the upper voice by step
    ("direct fifths", one_phrase((76, 60, 52, 48), (77, 64, 57, 48))),  # between inner voices
    ("direct octaves", pair((59, 43), (60, 48))),
    ("overlap", pair((55, 48), (60, 55))),  # where the tenor was, and not beyond
    ("overlap", pair((55, 48), (52, 57))),  # a crossing
    ("false relation", pair((65, 50), (66, 50))),  # a chromatic line
    ("unequal fifths", pair((67, 48), (65, 47))),  # from a perfect to a diminished fifth
    ("unequal fifths", pair((65, 47), (64, 48))),  # resolved
    ("long crossing", pair(*3 * [(47, 48)], (55, 48))),
    ("crossing", pair(*4 * [(47, 48)], (55, 48))),  # a rule of its own
    ("chromatic clash", pair((60, 47))),  # C over B
    ("false relation", pair((65, 50), (64, 49))),  # F after E is a semitone, too, but no relation
    ("crossing", pair((55, 48), (48, 48))),
    ("crossing", one_phrase((60, REST, 62, 48), TONIC)),  # no neighbours
    ("wide spacing", one_phrase((72, 60, 55, 36))),
    ("out of range", line(79, 60)),
    ("augmented leap", line(60, 63, 62, key=Key(0, "minor"))),  # a minor third
    ("augmented leap", line(71, 77, 76)),  # a diminished fifth
    ("augmented leap", line(60, 61, 62)),  # a chromatic semitone
    ("leap of a seventh", line(60, 72)),
    ("leap of a seventh", line(60, REST, 70)),
    ("wide leap", line(60, 72)),
    ("leap not turned back", pair_above((60, 69, 67))),
    ("leap not turned back", pair_above((60, 67, 69))),  # a fifth
    ("leap not turned back", one_phrase((72, 67, 64, 40), (72, 69, 65, 53), (74, 71, 67, 55))),
    ("doubled leading tone", one_phrase(SEVENTH_IN_ALTO, TONIC)),
    ("unresolved leading tone", one_phrase(SEVENTH_IN_ALTO, (72, 64, 60, 48))),
    (  # suspended
        "unresolved leading tone",
        one_phrase(*2 * [SEVENTH_IN_ALTO], (71, 64, 60, 48), (72, 64, 60, 48), each_steps=2),
    ),
    (  # decorated
        "unresolved leading tone",
        one_phrase(SEVENTH_IN_ALTO, (67, 65, 62, 43), (72, 64, 60, 48), each_steps=2),
    ),
    (  # C major before F is no dominant where the B is natural
        "unresolved leading tone",
        one_phrase((74, 71, 67, 43), (76, 67, 60, 48), (72, 69, 65, 53)),
    ),
    ("dropped leading tone", one_phrase(G7, (76, 72, 64, 48))),
    ("inner leading tone left", one_phrase(G7, (76, 72, 64, 48))),
    ("inner leading tone left", one_phrase(G7, (72, 67, 64, 48))),  # a rule of its own
    ("unresolved seventh", one_phrase(SEVENTH_IN_ALTO, (72, 64, 60, 48))),
    ("unresolved seventh", one_phrase(SEVENTH_IN_ALTO, (71, 62, 65, 43), (72, 64, 64, 48))),
    ("unresolved seventh", one_phrase((76, 67, 60, 48), (77, 67, 59, 50), (79, 67, 60, 52))),
    ("unresolved seventh", one_phrase((79, 76, 72, 57), (79, 76, 72, 59), (79, 76, 72, 60))),
    ("unresolved diminished seventh", one_phrase(DIMINISHED, (67, 63, 60, 48), key=C_MINOR)),
    ("doubled third", one_phrase((72, 67, 64, 48))),
    ("doubled third", one_phrase((74, 67, 62, 47), (76, 67, 64, 48), (77, 69, 62, 50))),
    ("doubled third", one_phrase((71, 68, 64, 52), (72, 69, 60, 53), key=A_MINOR)),  # V-VI
    ("unresolved cadential six-four", one_phrase(FOURTH, SIX_FOUR, OVER_G, TONIC)),
    ("free six-four", one_phrase(FOURTH, SIX_FOUR, OVER_G, TONIC)),  # cadential
    ("free six-four", one_phrase((72, 69, 60, 53), (72, 67, 64, 55), (72, 69, 60, 57))),  # passing
    ("free six-four", one_phrase(TONIC, (72, 69, 65, 48), TONIC)),  # a pedal
    ("free six-four", one_phrase(TONIC, (72, 67, 64, 43), TONIC)),  # arpeggiated
    ("unprepared dissonance", pair((64, 55), (65, 55))),  # by step
    ("unprepared dissonance", one_phrase((72, 67, 64, 48), (77, 71, 62, 43))),  # the chord's own
    ("no third", one_phrase(TONIC)),
    ("phrase without a cadence", in_phrases([TONIC, FOURTH, DOMINANT], [FOURTH, DOMINANT, TONIC])),
    ("phrase without a cadence", in_phrases([FOURTH, DOMINANT, SIXTH], [FOURTH, DOMINANT, TONIC])),
    (  # a half cadence in A minor
        "phrase without a cadence",
        in_phrases([SIXTH, (74, 69, 65, 50), (71, 68, 64, 52)], [FOURTH, DOMINANT, TONIC]),
    ),
    ("end off the tonic", one_phrase(FOURTH, DOMINANT, TONIC)),
    ("end without a cadence", one_phrase(FOURTH, DOMINANT, TONIC)),
    ("end without a cadence", one_phrase(TONIC, FOURTH, DOMINANT)),  # which is no end at all
    ("standing chord", one_phrase(TONIC, TONIC, FOURTH)),
    ("standing chord", one_phrase(FOURTH, TONIC, TONIC, TONIC)),  # the last one
    ("standing chord", in_phrases(*4 * [[TONIC]], [FOURTH, DOMINANT])),  # under fermatas
    ("standing voice", one_phrase(*3 * [TONIC, (76, 69, 65, 48)], DOMINANT)),
    ("much repeated note", struck(one_phrase(TONIC, TONIC, FOURTH), 1, 2, 3, 4)),
    ("mechanical repetition", one_phrase(*2 * [TONIC, FOURTH], DOMINANT)),
]


@pytest.mark.parametrize(("rule", "chorale", "text"), BROKEN)
def test_a_broken_rule_has_one_finding_that_names_the_notes(
    rule: str, chorale: Chorale, text: str
) -> None:
    assert [one.text for one in found(chorale, rule, chorale.plan.key or C_MAJOR)] == [text]


@pytest.mark.parametrize(("rule", "chorale"), KEPT)
def test_a_kept_rule_has_no_findings(rule: str, chorale: Chorale) -> None:
    assert found(chorale, rule, chorale.plan.key or C_MAJOR) == []


def test_every_rule_is_both_broken_and_kept_above() -> None:
    assert {rule for rule, *_ in BROKEN} == {rule for rule, _ in KEPT} == RULES.keys()


def test_a_finding_has_steps_voices_and_notes() -> None:
    (one,) = found(pair((60, 52), (60, 52), (64, 57)), "direct fifths")
    assert (one.step, one.end_step, one.voices) == (8, None, (2, 3))
    assert one.notes == (("C4", "E4"), ("E3", "A3"))
    (long,) = found(pair((55, 48), (47, 48), (46, 48), (55, 48)), "crossing")
    assert (long.step, long.end_step) == (4, 12)


# Between phrases


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("parallel fifths", (72, 67, 55, 48), (72, 67, 57, 50)),
        ("overlap", (72, 67, 55, 48), (72, 67, 60, 57)),
        ("wide leap", (60, 59, 55, 48), (76, 59, 55, 48)),
        ("unresolved leading tone", SEVENTH_IN_ALTO, (67, 64, 60, 48)),
        ("unresolved seventh", SEVENTH_IN_ALTO, (72, 67, 64, 48)),
        ("unprepared dissonance", (72, 67, 60, 48), (76, 67, 65, 55)),
    ],
)
def test_findings_between_two_phrases_are_excused(rule: str, before: Chord, after: Chord) -> None:
    excused, bare = in_phrases([TONIC, before], [after, TONIC]), one_phrase(before, after, TONIC)
    assert found(bare, rule)
    assert not found(excused, rule)


def test_estimated_phrases_are_not_judged_by_their_cadences() -> None:
    chorale = in_phrases(*3 * [[TONIC, FOURTH, DOMINANT, SIXTH]])
    unknown = replace(chorale, plan=replace(chorale.plan, fermatas=None))
    assert examine(chorale).opportunities["phrase without a cadence"] == 2
    assert examine(unknown).opportunities["phrase without a cadence"] == 0


def test_motion_between_phrases_of_given_fermatas_is_excused() -> None:
    phrases = in_phrases([TONIC, (72, 67, 60, 48)], [(76, 67, 65, 55), TONIC])
    bare = replace(phrases, plan=replace(phrases.plan, fermatas=None))
    together = np.zeros(phrases.plan.length_steps, np.bool_)
    rules = [
        {one.rule for one in examine(bare, fermatas=given).findings}
        for given in (together, phrases.plan.fermatas)
    ]
    assert ["unprepared dissonance" in each for each in rules] == [True, False]


# Weight


def test_findings_are_sorted_faults_first_by_weight() -> None:
    chorale = one_phrase((79, 60, 55, 48), (79, 62, 57, 50), (60, 64, 52, 48), (74, 71, 65, 55))
    checked, rates = examine(chorale), bach_rates()
    kinds = [(rates[one.rule].is_tendency, -rates[one.rule].weight) for one in checked.findings]
    assert kinds == sorted(kinds)
    assert len({kind for kind, _ in kinds}) == 2
    assert [*checked.faults, *checked.tendencies] == list(checked.findings)
    assert checked.weight == pytest.approx(-sum(weight for _, weight in kinds))


def test_a_weight_is_minus_the_logarithm_of_bachs_rate() -> None:
    rate = bach_rates()["parallel fifths"]
    assert rate.weight == pytest.approx(-math.log(rate.findings / rate.opportunities))
    none = bach_rates()["mechanical repetition"]
    assert none.findings == 0
    assert none.weight == pytest.approx(-math.log(0.5 / none.opportunities))


# Properties of any music


def kinds_of(found: Sequence[Finding], left_out: str) -> list[tuple[str, int, int | None, object]]:
    return sorted(
        (one.rule, one.step, one.end_step or 0, one.voices) for one in found if one.rule != left_out
    )


def near_keys() -> st.SearchStrategy[Key]:
    """Return keys that stay near C a minor third higher, where the spelling is the same."""
    return keys().filter(lambda key: -1 <= key.sharps <= 3)


@given(chorales(lowest=40, highest=80), near_keys(), near_keys())
@settings(max_examples=60, deadline=None)
def test_transposition_does_not_change_the_findings(
    chorale: Chorale, key: Key, of_plan: Key
) -> None:
    chorale = replace(chorale, plan=replace(chorale.plan, key=of_plan))
    higher, place = chorale.transposed(3), "out of range"
    here, there = examine(chorale, key), examine(higher, key.transposed(3))
    assert kinds_of(here.findings, place) == kinds_of(there.findings, place)
    assert here.opportunities == there.opportunities


AT_ONCE = {  # most findings at one opportunity, since several pairs of voices are counted
    **dict.fromkeys(("parallel fifths", "parallel octaves", "contrary fifths"), 6),
    **dict.fromkeys(("contrary octaves", "unprepared dissonance"), 6),
    **dict.fromkeys(("overlap", "crossing", "long crossing"), 3),
    "unequal fifths": 6,
    "false relation": 12,
    "chromatic clash": 6,
    "wide spacing": 2,
    "mechanical repetition": 8,
}


@given(chorales())
@settings(max_examples=60, deadline=None)
def test_findings_lie_in_the_music_and_within_the_opportunities(chorale: Chorale) -> None:
    checked = examine(chorale)
    assert checked.opportunities.keys() == RULES.keys()
    for one in checked.findings:
        assert 0 <= one.step < (one.end_step or len(chorale.pitches)) <= len(chorale.pitches)
        assert one.text
        assert all(chorale.onsets[:, voice].any() for voice in one.voices)
    for rule, count in Counter(one.rule for one in checked.findings).items():
        assert count <= AT_ONCE.get(rule, 1) * checked.opportunities[rule]


@given(chorales())
@settings(max_examples=60, deadline=None)
def test_in_one_phrase_parallels_and_crossings_are_as_in_analysis(
    chorale: Chorale,
) -> None:
    none = np.zeros(len(chorale.pitches), np.bool_)
    chorale = replace(chorale, plan=replace(chorale.plan, fermatas=none))
    findings = examine(chorale).findings
    count = Counter(one.rule for one in findings)
    assert count["parallel fifths"] == parallels(chorale, FIFTH)
    assert count["parallel octaves"] == parallels(chorale, UNISON)
    if CheckContext(chorale).voices == [0, 1, 2, 3]:
        crossed = np.zeros(len(chorale.pitches), np.bool_)
        for one in findings:
            if one.rule in ("crossing", "long crossing"):
                crossed[one.step : one.end_step] = True
        assert crossed.tolist() == crossings(chorale).tolist()


def with_rests(chorale: Chorale, steps: int, voices: tuple[int, ...] = (0, 1, 2, 3)) -> Chorale:
    """Return the chorale with `steps` of rest after it; if that is 0, with `voices` silent."""
    pitches = chorale.pitches.copy()
    if not steps:
        pitches[:, list(voices)] = REST
    pitches = np.concatenate([pitches, np.full((steps, 4), REST, np.int16)])
    fermatas = chorale.plan.fermatas
    if fermatas is not None:
        fermatas = np.concatenate([fermatas, np.zeros(steps, np.bool_)])
    plan = replace(chorale.plan, length_steps=len(pitches), fermatas=fermatas)
    return from_pitches(pitches, plan)


def test_rests_after_the_last_phrase_do_not_change_the_findings() -> None:
    weak = one_phrase((72, 67, 64, 48), (72, 69, 64, 45), (72, 67, 64, 48))  # I, vi, I
    fermatas = np.arange(12) >= 8
    weak = replace(weak, plan=replace(weak.plan, fermatas=fermatas))
    assert found(weak, "end without a cadence")
    assert not found(weak, "phrase without a cadence")
    assert check_all(with_rests(weak, 4)) == check_all(weak)


def check_all(chorale: Chorale) -> list[tuple[str, int]]:
    return [(finding.rule, finding.step) for finding in examine(chorale, C_MAJOR).findings]


def test_two_voices_may_end_on_the_bare_tonic() -> None:
    ended = one_phrase((67, REST, REST, 48), (71, REST, REST, 43), (72, REST, REST, 48))
    assert not found(ended, "end off the tonic")
    inverted = one_phrase((67, REST, REST, 48), (71, REST, REST, 43), (72, REST, REST, 43))
    assert found(inverted, "end off the tonic")


def test_a_missing_third_at_the_end_is_reported_once() -> None:
    bare = one_phrase((67, 65, 62, 55), (67, 67, 60, 48))
    assert [rule for rule, step in check_all(bare) if step == 4] == ["no third"]


def test_spacing_is_judged_between_neighbouring_parts() -> None:
    wide = one_phrase((76, 72, 60, 48))
    assert not found(with_rests(wide, 0, (1,)), "wide spacing")  # soprano and tenor
    assert found(one_phrase((76, 62, 60, 48)), "wide spacing")


def of_choir(name: str, *chords: Sequence[int]) -> Chorale:
    """Return chords for a choir, from the top, a quarter a chord, in one phrase."""
    rows = []
    for chord in chords:
        by_voice = dict(zip(VOICINGS[name].voices, chord, strict=True))
        rows.append([by_voice.get(voice, REST) for voice in range(4)])
    pitches = np.repeat(np.array(rows, np.int16), 4, axis=0)
    fermatas = np.zeros(len(pitches), np.bool_)
    return from_pitches(pitches, Plan(len(pitches), key=C_MAJOR, fermatas=fermatas))


def found_in(name: str, rule: str, *chords: Sequence[int]) -> list[str]:
    """Return the findings against one rule in chords for a choir, in words."""
    result = examine(of_choir(name, *chords), C_MAJOR, voicing=VOICINGS[name])
    return [finding.text for finding in result.findings if finding.rule == rule]


@pytest.mark.parametrize(
    ("choir", "rule", "chords", "text"),
    [
        ("SSA", "parallel fifths", [(76, 67, 60), (77, 69, 62)], "soprano 2 G4-A4, alto C4-D4"),
        ("SSA", "crossing", [(72, 60, 64)], "soprano 2 C4, alto E4, for 1 quarter"),
        ("SSA", "wide spacing", [(79, 64, 60)], "soprano 1 G5, soprano 2 E4, for 1 quarter"),
        ("SSA", "no third", [(72, 67, 60)], "soprano 1 C5, soprano 2 G4, alto C4, for 1 quarter"),
        ("SSA", "out of range", [(72, 64, 52)], "alto E3 (range F3 to D5)"),
        (
            "SSA",
            "doubled leading tone",
            [(72, 69, 65), (71, 67, 59), (72, 64, 60)],
            "soprano 1 B4, alto B3",
        ),
        ("SSAA", "wide spacing", [(79, 64, 60, 55)], "soprano 1 G5, soprano 2 E4, for 1 quarter"),
        ("SSAA", "out of range", [(81, 76, 72, 60)], "soprano 1 A5 (range C4 to G5)"),
        ("TTBB", "overlap", [(64, 55, 52, 48), (69, 65, 53, 41)], "tenor 1 E4-A4, tenor 2 G3-F4"),
        ("TTBB", "out of range", [(70, 65, 62, 46)], "tenor 1 Bb4 (range C3 to A4)"),
        ("SAB", "crossing", [(67, 55, 60)], "alto G3, bass C4, for 1 quarter"),
        ("SA", "parallel octaves", [(72, 60), (74, 62)], "soprano C5-D5, alto C4-D4"),
        ("TB", "parallel fifths", [(67, 48), (69, 50)], "tenor G4-A4, bass C3-D3"),
        ("TB", "out of range", [(70, 50)], "tenor Bb4 (range C3 to A4)"),
    ],
)
def test_a_rule_is_broken_by_the_voices_of_a_choir(
    choir: str, rule: str, chords: list[tuple[int, ...]], text: str
) -> None:
    assert text in found_in(choir, rule, *chords)


@pytest.mark.parametrize(
    ("choir", "rule", "chords"),
    [
        ("SSA", "wide spacing", [(79, 72, 55)]),  # any distance to the lowest voice
        ("SAB", "wide spacing", [(72, 67, 48)]),
        ("SA", "wide spacing", [(79, 55)]),
        ("TTBB", "wide spacing", [(64, 60, 55, 40)]),
        ("TTBB", "out of range", [(69, 67, 65, 40)]),
        ("TB", "out of range", [(69, 40)]),
        ("SSA", "no third", [(72, 64, 60)]),  # the fifth may be missing
    ],
)
def test_a_rule_is_kept_by_the_voices_of_a_choir(
    choir: str, rule: str, chords: list[tuple[int, ...]]
) -> None:
    assert found_in(choir, rule, *chords) == []


def test_rules_that_need_more_voices_are_not_applied() -> None:
    two = examine(of_choir("SA", (71, 62), (72, 60)), C_MAJOR, voicing=VOICINGS["SA"])
    for rule in RULES.values():
        if rule.least_voices > 2:
            assert two.opportunities[rule.name] == 0
    three = examine(of_choir("SSA", (71, 67, 62), (72, 67, 64)), voicing=VOICINGS["SSA"])
    assert three.opportunities["no third"] == 2
    assert {rule.least_voices for rule in RULES.values()} == {1, 2, 3}


def test_a_voice_that_the_choir_lacks_cannot_be_checked() -> None:
    with pytest.raises(OptionError, match="and the tenor of the music has notes"):
        examine(one_phrase(TONIC), voicing=VOICINGS["SAB"])


@given(chorales())
def test_a_choir_of_four_differs_from_satb_in_ranges_and_names_alone(chorale: Chorale) -> None:
    satb, ttbb = (examine(chorale, voicing=VOICINGS[name]) for name in ("SATB", "TTBB"))

    def places(findings: Sequence[Finding]) -> list[tuple[str, int, tuple[int, ...]]]:
        return [(one.rule, one.step, one.voices) for one in findings if one.rule != "out of range"]

    assert places(satb.findings) == places(ttbb.findings)
    assert satb.opportunities == ttbb.opportunities
