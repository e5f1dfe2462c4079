"""The plan of music that is there: what it says, what is asked for, what is estimated."""

from dataclasses import replace

import numpy as np
import pytest
from tunes import HUNDREDTH, reading

from chorale.composing.jobs.planning import account, resolve_plan, steps_of
from chorale.composing.plan_options import PlanOptions
from chorale.composing.plans import phrases_of
from chorale.errors import OptionError
from chorale.music import Key, Metre, Plan
from chorale.reading.parts import Facts

ANY = PlanOptions()


def plan_of(facts: Facts = Facts(), asked: PlanOptions = ANY) -> tuple[Plan, str]:  # noqa: B008 - frozen
    there = reading(HUNDREDTH, facts=facts)
    plan, sources = resolve_plan(there.chorale, [0], there, asked)
    return plan, account(plan, sources)


def test_a_bare_tune_is_estimated_and_every_part_of_that_is_told() -> None:
    plan, told = plan_of()
    assert (plan.metre, plan.pickup_steps, plan.key) == (Metre(4, 4), 4, Key(7, "major"))
    assert [length for length, _ in phrases_of(plan)] == [32, 32, 32, 32]
    assert told == (
        "4/4 (estimated), a pickup of 1 beat (estimated), G major (estimated), "
        "phrases end in bars 2, 4, 6 and 8 (estimated)"
    )


def test_what_the_file_says_is_believed() -> None:
    plan, told = plan_of(Facts(Metre(2, 2), 8, 1, "major"))
    assert (plan.metre, plan.pickup_steps, plan.key) == (Metre(2, 2), 8, Key(7, "major"))
    assert told.startswith(
        "2/2 (the file's), a pickup of 1 beat (the file's), G major (the file's)"
    )


def test_what_is_asked_for_goes_before_the_file() -> None:
    asked = PlanOptions(Key(4, "minor"), Metre(3, 4), 0, (4, 4, 3))
    plan, told = plan_of(Facts(Metre(4, 4), 4, 1, "major"), asked)
    assert (plan.metre, plan.pickup_steps, plan.key) == (Metre(3, 4), 0, Key(4, "minor"))
    assert [length for length, _ in phrases_of(plan)] == [48, 48, 32]
    assert told.count("(as asked)") == 4


def test_a_signature_is_major_or_its_relative_minor_as_the_tune_goes() -> None:
    minor = [(pitch - 3 if pitch else None, length) for pitch, length in HUNDREDTH]
    low = [(76, 4), (74, 4), (72, 4), (71, 4), (69, 4), (68, 4), (69, 8)]
    there = reading(low, facts=Facts(Metre(4, 4), 0, 0, "major"))
    assert resolve_plan(there.chorale, [0], there, ANY)[0].key == Key(9, "minor")
    there = reading(minor, facts=Facts(Metre(4, 4), 4, 4, "major"))
    assert resolve_plan(there.chorale, [0], there, ANY)[0].key == Key(4, "major")


def test_our_own_files_are_believed_in_everything() -> None:
    facts = Facts(Metre(4, 4), 4, 1, "major", ours=True)
    there = reading(HUNDREDTH, facts=facts)
    old = replace(there.chorale.plan, key=Key(0, "minor"), fermatas=np.zeros(128, np.bool_))
    plan, sources = resolve_plan(replace(there.chorale, plan=old), [0], there, ANY)
    assert plan == old
    assert account(plan, sources).endswith("no fermatas (the file's)")


CLARINET = Facts(Metre(4, 4), 4, 3, "major")  # in G major, written for a clarinet in B flat


def test_a_signature_that_the_notes_contradict_is_passed_over_and_it_is_told() -> None:
    plan, told = plan_of(CLARINET)
    assert plan.key == Key(7, "major")
    assert "G major (estimated, since the notes contradict the file's signature)" in told
    assert plan_of(CLARINET, PlanOptions(key=Key(9, "major")))[0].key == Key(9, "major")


def test_a_few_notes_contradict_no_signature() -> None:
    there = reading(HUNDREDTH[:16], facts=CLARINET)
    plan, _ = resolve_plan(there.chorale, [0], there, ANY)
    assert plan.key is not None
    assert plan.key.sharps == 3 or plan.key.name in ("B minor", "E major")


def test_a_metre_that_changes_is_left_unknown_and_told() -> None:
    plan, told = plan_of(Facts(changes=("metre",)))
    assert (plan.metre, plan.pickup_steps) == (None, 0)
    assert told.startswith("no metre, since it changes, and none is written, G major (estimated)")


def test_a_time_signature_alone_does_not_tell_the_pickup() -> None:
    plan, told = plan_of(Facts(Metre(4, 4)))
    assert plan.pickup_steps == 4
    assert "a pickup of 1 beat (estimated)" in told


@pytest.mark.parametrize(
    ("phrases", "lengths"), [((2, 2, 2, 2), [32] * 4), ((8,), [128]), ((3, 5), [48, 80])]
)
def test_phrases_asked_for_end_on_notes(phrases: tuple[int, ...], lengths: list[int]) -> None:
    plan, _ = plan_of(Facts(Metre(4, 4), 4), PlanOptions(phrases=phrases))
    assert phrases_of(plan) == [(length, 4) for length in lengths]


def test_phrases_must_fill_the_music() -> None:
    with pytest.raises(OptionError, match="of 2, 2 bars make 4, not the 8 that the music has"):
        plan_of(Facts(Metre(4, 4), 4), PlanOptions(phrases=(2, 2)))


def test_a_pickup_must_be_shorter_than_the_files_bar() -> None:
    with pytest.raises(OptionError, match="of 3 beats is not shorter than a bar of 3/4"):
        plan_of(Facts(Metre(3, 4), 0), PlanOptions(pickup=3))


def test_a_pickup_counts_the_beats_of_the_files_metre() -> None:
    plan, told = plan_of(Facts(Metre(2, 2), 0), PlanOptions(pickup=0.5))
    assert plan.pickup_steps == 4
    assert "a pickup of 0.5 beats (as asked)" in told


def test_a_pickup_needs_a_metre() -> None:
    with pytest.raises(OptionError, match="which changes here; give --metre as well"):
        plan_of(Facts(changes=("metre",)), PlanOptions(pickup=1))


def test_a_key_read_off_a_signature_is_not_called_the_files() -> None:
    assert "G major (by the file's signature)" in plan_of(Facts(Metre(4, 4), 4, 1))[1]


def test_bars_of_music_that_ends_with_a_whole_bar_after_a_pickup_are_counted_as_scores_do() -> None:
    there = reading([*HUNDREDTH, (67, 4)], facts=Facts(Metre(4, 4), 4))
    plan, _ = resolve_plan(there.chorale, [0], there, PlanOptions(phrases=(4, 4)))
    assert phrases_of(plan) == [(64, 4), (68, 4)]


def test_a_phrase_of_one_long_note_keeps_apart_from_the_one_before() -> None:
    there = reading([(67, 16), (69, 16)], facts=Facts(Metre(4, 4), 0))
    plan, _ = resolve_plan(there.chorale, [0], there, PlanOptions(phrases=(1, 1)))
    assert [length for length, _ in phrases_of(plan)] == [16, 16]


def test_bars_go_to_steps_and_the_last_to_the_end() -> None:
    plan = Plan(40, Metre(4, 4), 4)
    assert [steps_of(plan, bars) for bars in ((0, 0), (1, 2), (3, 3))] == [
        (0, 4),
        (4, 36),
        (36, 40),
    ]
