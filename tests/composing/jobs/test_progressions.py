"""New chorales on a progression, and with requested keys of phrases."""

from collections.abc import Sequence

import numpy as np
import pytest
from tiny_network import without_weights

from chorale.composing.given_chords import is_kept
from chorale.composing.jobs import job_for_generating, run_job
from chorale.composing.plan_options import ANY_PLAN, PlanOptions
from chorale.errors import OptionError
from chorale.music import BASS, Chorale, Key, Metre
from chorale.options import SamplingOptions

CHECKPOINT = without_weights()
G = PlanOptions.parse(key="G")


def compose(
    progression: str | None,
    options: PlanOptions = ANY_PLAN,
    keys: Sequence[Key] = (),
    bars: int | None = None,
) -> Chorale:
    job = job_for_generating(CHECKPOINT, bars, options, progression=progression, keys=keys)
    [chorale] = run_job(CHECKPOINT, job, 1, 1, SamplingOptions(best_of=1))
    return chorale


def test_a_progression_sounds_in_its_key_and_is_printed() -> None:
    chorale = compose("I vi IV V | I", G)
    assert (chorale.plan.length_steps, chorale.plan.metre) == (32, Metre(4, 4))
    assert list(chorale.pitches[:16:4, BASS] % 12) == [7, 4, 0, 2]
    symbols = chorale.annotations.chord_symbols
    assert [(each.step, each.root, each.kind) for each in symbols] == [
        (0, ("G", 0), "major"),
        (4, ("E", 0), "minor"),
        (8, ("C", 0), "major"),
        (12, ("D", 0), "major"),
        (16, ("G", 0), "major"),
    ]


def test_numerals_without_a_key_get_one_in_their_mode() -> None:
    job = job_for_generating(CHECKPOINT, None, ANY_PLAN, progression="i iv V i")
    for chorale in run_job(CHECKPOINT, job, 3, 1, SamplingOptions(best_of=1)):
        assert chorale.plan.key
        assert chorale.plan.key.mode == "minor"


def test_the_key_of_chord_symbols_is_estimated_and_reported() -> None:
    job = job_for_generating(CHECKPOINT, None, ANY_PLAN, progression="Dm Gm A7 Dm")
    assert job.notices == (
        "in 4/4, as no metre is given",
        "in D minor (estimated from the chords)",
    )


def test_metre_and_pickup_are_those_requested() -> None:
    options = PlanOptions.parse(key="C", metre="3/4", pickup=1)
    chorale = compose("V | I IV V | I:2", options)
    assert (chorale.plan.length_steps, chorale.plan.pickup_steps) == (4 + 12 + 8, 4)


def test_phrases_end_at_double_bar_lines_or_as_requested() -> None:
    chorale = compose("I IV V:2 || vi V I:2", G)
    assert chorale.plan.fermata_spans == ((8, 16), (24, 32))
    requested = compose("I | V | I | I", PlanOptions.parse(key="G", phrases=(2, 2)))
    assert requested.plan.fermata_spans == ((24, 32), (48, 64))


def test_numerals_are_in_the_key_of_their_phrase() -> None:
    keys = [Key.parse("G"), Key.parse("D")]
    chorale = compose("I V || I V | I", keys=keys)
    assert chorale.plan.key == Key.parse("D")
    roots = [each.root for each in chorale.annotations.chord_symbols]
    assert roots == [("G", 0), ("D", 0), ("D", 0), ("A", 0), ("D", 0)]


def test_a_progression_that_ends_elsewhere_ends_there() -> None:
    chorale = compose("I IV | V", G)
    assert chorale.pitches[-1, BASS] % 12 == 2
    assert set(chorale.pitches[-1] % 12) <= {2, 6, 9}


def test_requested_keys_have_a_phrase_each_that_closes_on_its_tonic() -> None:
    keys = [Key.parse(each) for each in ("G", "D", "e", "G")]
    options = PlanOptions.parse(phrases=(2, 2, 2, 2))
    chorale = compose(None, options, keys)
    assert chorale.plan.key == keys[-1]
    for (start, _), key in zip(chorale.plan.fermata_spans, keys, strict=True):
        assert chorale.pitches[start, BASS] % 12 == key.tonic


def test_without_lengths_a_plan_with_as_many_phrases_is_drawn() -> None:
    chorale = compose(None, keys=[Key.parse("G"), Key.parse("a")])
    assert len(chorale.plan.fermata_spans) == 2
    assert chorale.plan.key == Key.parse("a")


@pytest.mark.parametrize(
    ("progression", "options", "keys", "bars", "message"),
    [
        ("I V", G, (), 8, "the progression has 1 bar, not 8; leave out --bars"),
        ("I X", G, (), None, "'X' is neither a chord symbol nor a numeral"),
        ("I | V", PlanOptions.parse(phrases=(4,)), (), None, "phrases of 4 make 4 bars"),
        ("I | V", ANY_PLAN, ("G", "D"), None, "2 keys for 1 phrase"),
        (None, PlanOptions.parse(phrases=(2, 2)), ("G",), None, "1 key for 2 phrases"),
        (None, G, ("G", "D"), None, "the last phrase is in D major, which is the key"),
        (None, ANY_PLAN, ["G"] * 200, None, "200 keys make about .* at most 100; give fewer keys"),
        ("I:500", G, (), None, "bars must be a whole number from 1 to 100, not 125"),
    ],
)
def test_requests_that_do_not_fit_are_refused(
    progression: str | None,
    options: PlanOptions,
    keys: Sequence[str],
    bars: int | None,
    message: str,
) -> None:
    with pytest.raises(OptionError, match=message):
        compose(progression, options, [Key.parse(each) for each in keys], bars)


def test_every_chord_of_a_long_progression_is_kept() -> None:
    chorale = compose("I V6 vi iii6 | IV I6 ii65 V || V42 I6 viio6 I | V65/V V V7 I", G)
    job = job_for_generating(
        CHECKPOINT,
        None,
        G,
        progression="I V6 vi iii6 | IV I6 ii65 V || V42 I6 viio6 I | V65/V V V7 I",
    )
    task = job.draw_task(np.random.default_rng([1, 0]))
    assert all(is_kept(chorale.pitches, span, span.start) for span in task.chords)
