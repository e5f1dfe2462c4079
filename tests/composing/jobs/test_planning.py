"""The plan of existing music: requested, given by the music, or estimated."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tunes import HUNDREDTH, reading

from chorale.composing.jobs.planning import describe_plan, find_steps, resolve_plan
from chorale.composing.plan_options import ANY_PLAN, PlanOptions
from chorale.composing.plans import find_phrases
from chorale.errors import OptionError
from chorale.music import Annotations, Key, Metre, Plan
from chorale.music.annotations import Ending, Repeat
from chorale.reading.facts import Facts


def resolve(facts: Facts = Facts(), plan_options: PlanOptions = ANY_PLAN) -> tuple[Plan, str]:  # noqa: B008 - frozen
    music = reading(HUNDREDTH, facts=facts)
    plan, sources = resolve_plan(music.chorale, [0], music, plan_options)
    return plan, describe_plan(plan, sources)


def test_the_plan_of_a_bare_tune_is_estimated_and_described() -> None:
    plan, description = resolve()
    assert (plan.metre, plan.pickup_steps, plan.key) == (Metre(4, 4), 4, Key(7, "major"))
    assert [length for length, _ in find_phrases(plan)] == [32, 32, 32, 32]
    assert description == (
        "4/4 (estimated), a pickup of 1 beat (estimated), G major (estimated), "
        "phrases end in bars 2, 4, 6 and 8 (estimated)"
    )


def test_what_the_file_states_goes_before_an_estimate() -> None:
    plan, description = resolve(Facts(Metre(2, 2), 8, 1, "major"))
    assert (plan.metre, plan.pickup_steps, plan.key) == (Metre(2, 2), 8, Key(7, "major"))
    assert description.startswith(
        "2/2 (from the file), a pickup of 1 beat (from the file), G major (from the file)"
    )


def test_a_request_goes_before_what_the_file_states() -> None:
    plan_options = PlanOptions(Key(4, "minor"), Metre(3, 4), 0, (4, 4, 3))
    plan, description = resolve(Facts(Metre(4, 4), 4, 1, "major"), plan_options)
    assert (plan.metre, plan.pickup_steps, plan.key) == (Metre(3, 4), 0, Key(4, "minor"))
    assert [length for length, _ in find_phrases(plan)] == [48, 48, 32]
    assert description.count("(as requested)") == 4


def test_a_signature_without_a_reliable_mode_is_major_or_minor_by_the_tune() -> None:
    minor = [(pitch - 3 if pitch else None, length) for pitch, length in HUNDREDTH]
    low = [(76, 4), (74, 4), (72, 4), (71, 4), (69, 4), (68, 4), (69, 8)]
    music = reading(low, facts=Facts(Metre(4, 4), 0, 0, "major"))
    assert resolve_plan(music.chorale, [0], music, ANY_PLAN)[0].key == Key(9, "minor")
    music = reading(minor, facts=Facts(Metre(4, 4), 4, 4, "major"))
    assert resolve_plan(music.chorale, [0], music, ANY_PLAN)[0].key == Key(4, "major")


def test_files_written_by_chorale_are_taken_as_they_are() -> None:
    facts = Facts(Metre(4, 4), 4, 1, "major", by_chorale=True)
    music = reading(HUNDREDTH, facts=facts)
    old = replace(music.chorale.plan, key=Key(0, "minor"), fermatas=np.zeros(128, np.bool_))
    plan, sources = resolve_plan(replace(music.chorale, plan=old), [0], music, ANY_PLAN)
    assert plan == old
    assert describe_plan(plan, sources).endswith("no fermatas (from the file)")


def plan_with_end(facts: Facts) -> str:
    """Describe the plan of a tune whose file has one fermata, at the end."""
    music = reading(HUNDREDTH, facts=facts)
    old = replace(music.chorale.plan, fermatas=np.arange(128) >= 124)
    plan, sources = resolve_plan(replace(music.chorale, plan=old), [0], music, ANY_PLAN)
    return describe_plan(plan, sources)


def test_a_single_fermata_at_the_end_leaves_the_other_phrases_to_the_estimate() -> None:
    facts = Facts(Metre(4, 4), 4, 1, "major")
    phrases = "phrases end in bars 2, 4, 6 and 8 (from the file and estimated)"
    assert plan_with_end(facts).endswith(phrases)


@pytest.mark.parametrize("ours", [{"by_chorale": True}, {"comments": ("Composed by chorale",)}])
def test_a_single_fermata_in_a_file_of_chorale_is_the_only_one(ours: dict[str, Any]) -> None:
    facts = Facts(Metre(4, 4), 4, 1, "major", **ours)
    assert plan_with_end(facts).endswith("phrases end in bar 8 (from the file)")


CLARINET = Facts(Metre(4, 4), 4, 3, "major")  # in G major, written for a clarinet in B flat


def test_a_signature_that_the_notes_contradict_is_replaced_by_an_estimate() -> None:
    plan, description = resolve(CLARINET)
    assert plan.key == Key(7, "major")
    assert "G major (estimated, since the notes contradict the key signature)" in description
    assert resolve(CLARINET, PlanOptions(key=Key(9, "major")))[0].key == Key(9, "major")


def test_a_few_notes_contradict_no_signature() -> None:
    music = reading(HUNDREDTH[:16], facts=CLARINET)
    plan, _ = resolve_plan(music.chorale, [0], music, ANY_PLAN)
    assert plan.key is not None
    assert plan.key.sharps == 3 or plan.key.name in ("B minor", "E major")


def test_a_metre_that_changes_is_left_unknown() -> None:
    plan, description = resolve(Facts(changes=("metre",)))
    assert (plan.metre, plan.pickup_steps) == (None, 0)
    assert description.startswith("no metre (it changes), G major (estimated)")


# A waltz: eight measures of a half and a quarter after a pickup of a quarter.
WALTZ = [(67, 4), *[(72, 8), (71, 4), (69, 8), (67, 4), (65, 8), (64, 4), (62, 12)] * 4]


def test_a_default_metre_that_the_notes_contradict_is_replaced_by_an_estimate() -> None:
    music = reading(WALTZ, facts=Facts(Metre(4, 4)))
    plan, sources = resolve_plan(music.chorale, [0], music, ANY_PLAN)
    assert (plan.metre, plan.pickup_steps) == (Metre(3, 4), 4)
    assert describe_plan(plan, sources).startswith(
        "3/4 (estimated, since the notes contradict the time signature of 4/4), "
        "a pickup of 1 beat (estimated)"
    )


@pytest.mark.parametrize(
    ("facts", "plan_options", "metre"),
    [
        (Facts(Metre(4, 4)), PlanOptions(metre=Metre(4, 4)), Metre(4, 4)),
        (Facts(Metre(4, 4), 4), ANY_PLAN, Metre(4, 4)),
        (Facts(Metre(2, 4)), ANY_PLAN, Metre(2, 4)),
    ],
    ids=["requested", "with barlines", "not the default"],
)
def test_any_other_metre_is_believed_whatever_the_notes(
    facts: Facts, plan_options: PlanOptions, metre: Metre
) -> None:
    music = reading(WALTZ, facts=facts)
    assert resolve_plan(music.chorale, [0], music, plan_options)[0].metre == metre


def test_the_pickup_is_estimated_for_a_time_signature_alone() -> None:
    plan, description = resolve(Facts(Metre(4, 4)))
    assert plan.pickup_steps == 4
    assert "a pickup of 1 beat (estimated)" in description


@pytest.mark.parametrize(
    ("phrases", "lengths"), [((2, 2, 2, 2), [32] * 4), ((8,), [128]), ((3, 5), [48, 80])]
)
def test_requested_phrases_end_on_notes(phrases: tuple[int, ...], lengths: list[int]) -> None:
    plan, _ = resolve(Facts(Metre(4, 4), 4), PlanOptions(phrases=phrases))
    assert find_phrases(plan) == [(length, 4) for length in lengths]


def test_phrases_must_fill_the_music() -> None:
    with pytest.raises(OptionError, match="of 2, 2 make 4 bars, but there are 8 to fill"):
        resolve(Facts(Metre(4, 4), 4), PlanOptions(phrases=(2, 2)))


def test_a_pickup_must_be_shorter_than_the_files_bar() -> None:
    with pytest.raises(OptionError, match="of 3 beats is not shorter than a bar of 3/4"):
        resolve(Facts(Metre(3, 4), 0), PlanOptions(pickup=3))


def test_a_pickup_counts_the_beats_of_the_files_metre() -> None:
    plan, description = resolve(Facts(Metre(2, 2), 0), PlanOptions(pickup=0.5))
    assert plan.pickup_steps == 4
    assert "a pickup of 0.5 beats (as requested)" in description


def test_a_pickup_needs_a_metre() -> None:
    with pytest.raises(OptionError, match="the metre of the music changes; add --metre"):
        resolve(Facts(changes=("metre",)), PlanOptions(pickup=1))


def test_a_key_chosen_by_its_signature_is_described_so() -> None:
    assert "G major (from the key signature)" in resolve(Facts(Metre(4, 4), 4, 1))[1]


def test_bars_are_numbered_as_in_scores_also_if_the_last_is_whole_after_a_pickup() -> None:
    music = reading([*HUNDREDTH, (67, 4)], facts=Facts(Metre(4, 4), 4))
    plan, _ = resolve_plan(music.chorale, [0], music, PlanOptions(phrases=(4, 4)))
    assert find_phrases(plan) == [(64, 4), (68, 4)]


def test_a_phrase_of_one_long_note_does_not_join_the_phrase_before() -> None:
    music = reading([(67, 16), (69, 16)], facts=Facts(Metre(4, 4), 0))
    plan, _ = resolve_plan(music.chorale, [0], music, PlanOptions(phrases=(1, 1)))
    assert [length for length, _ in find_phrases(plan)] == [16, 16]


def test_bars_become_steps_and_the_last_bar_ends_with_the_music() -> None:
    plan = Plan(40, Metre(4, 4), 4)
    assert [find_steps(plan, bars) for bars in ((0, 0), (1, 2), (3, 3))] == [
        (0, 4),
        (4, 36),
        (36, 40),
    ]


def test_estimated_phrases_end_where_repeats_and_endings_end() -> None:
    music = reading(HUNDREDTH, facts=Facts(Metre(4, 4), 4, 1, "major"))
    annotations = Annotations(repeats=(Repeat(0, 84),), endings=(Ending(68, 84, (1,)),))
    repeated = replace(music, chorale=replace(music.chorale, annotations=annotations))
    ends = []
    for one in (music, repeated):
        plan, _ = resolve_plan(one.chorale, [0], one, ANY_PLAN)
        ends.append([end for _, end in plan.fermata_spans])
    assert ends[1] == sorted({*ends[0], 84})
    assert 84 not in ends[0]
