"""Where findings stand: at the start of a note or chord, once for what is held."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from progressions import C_MAJOR, DOMINANT, FOURTH, TONIC, sung
from strategies import chorales

from chorale.checking import Finding, examine
from chorale.music import REST, Chorale, Plan, from_pitches


def found(chorale: Chorale, rule: str) -> list[Finding]:
    """Return the findings against one rule, in C major."""
    return [one for one in examine(chorale, C_MAJOR).findings if one.rule == rule]


@given(chorales())
@settings(max_examples=80, deadline=None)
def test_every_finding_begins_where_a_note_starts_or_ends(chorale: Chorale) -> None:
    changed = np.r_[True, (chorale.pitches[1:] != chorale.pitches[:-1]).any(axis=1)]
    starts = changed | chorale.onsets.any(axis=1)
    for one in examine(chorale).findings:
        assert starts[one.step], (one.rule, one.step)


def test_a_bare_fifth_that_is_held_is_one_finding_with_its_length() -> None:
    (bare,) = found(sung(TONIC, *3 * [(72, 67, 60, 48)], DOMINANT, TONIC), "no third")
    assert (bare.step, bare.end_step) == (4, 16)
    assert bare.text.endswith("for 3 quarters")


def test_a_bare_fifth_begins_with_its_own_note() -> None:
    rows = [TONIC] * 3 + [(72, 67, 60, 48)] * 5 + [TONIC] * 8
    (bare,) = found(from_pitches(np.array(rows, np.int16), Plan(16)), "no third")
    assert (bare.step, bare.end_step) == (3, 8)


def test_an_unresolved_seventh_stands_where_its_chord_begins() -> None:
    held = sung((71, 65, 62, 43), (71, 65, 62, 43), (72, 67, 64, 48))
    assert [one.step for one in found(held, "unresolved seventh")] == [0]
    prepared = sung((72, 65, 60, 53), (71, 65, 62, 43), (72, 67, 64, 48))
    assert [one.step for one in found(prepared, "unresolved seventh")] == [4]


def test_a_leading_tone_stands_where_its_note_begins() -> None:
    struck = sung(FOURTH, DOMINANT, DOMINANT, (67, 64, 60, 48))
    assert [one.step for one in found(struck, "unresolved leading tone")] == [4]
    onsets = struck.onsets.copy()
    onsets[8, 0] = True
    again = replace(struck, onsets=onsets)
    assert [one.step for one in found(again, "unresolved leading tone")] == [8]


def test_crossed_voices_have_their_length() -> None:
    (crossed,) = found(sung(TONIC, (60, 64, 55, 48), (60, 65, 55, 48), TONIC), "crossing")
    assert (crossed.step, crossed.end_step) == (4, 12)
    assert crossed.text == "soprano C4, alto E4, for 2 quarters"


@pytest.mark.parametrize("steps", [3, 6])
def test_a_doubled_leading_tone_that_is_held_is_one_finding(steps: int) -> None:
    rows = [(74, 67, 62, 43)] * 2 + [(71, 67, 59, 43)] * (2 * steps) + [TONIC] * 4
    chorale = from_pitches(np.array(rows, np.int16), Plan(len(rows)))
    (doubled,) = found(chorale, "doubled leading tone")
    assert (doubled.step, doubled.end_step) == (2, 2 + 2 * steps)


def test_a_bass_that_passes_through_a_second_makes_no_seventh() -> None:
    passing = sung((79, 72, 64, 57), (79, 72, 64, 59), (79, 72, 64, 60))
    assert found(passing, "unresolved seventh") == []
    two = sung((79, 72, 64, REST), (79, 72, 64, 57), (77, 74, 62, 59))
    assert found(two, "unresolved seventh") == []


def test_a_doubling_stands_where_its_chord_begins_and_ends_with_it() -> None:
    held = sung((71, 67, 59, 52), (71, 67, 59, 43), (71, 65, 59, 43), (72, 64, 60, 48))
    (leading,) = found(held, "doubled leading tone")
    assert (leading.step, leading.end_step) == (4, 12)
    (third,) = found(sung((76, 69, 64, 57), (76, 67, 64, 48)), "doubled third")
    assert (third.step, third.end_step) == (4, 8)
