"""Notices of guesses."""

from chorale.music import COMMON_TIME, Plan
from chorale.reading.guesses import describe_guesses, describe_owner
from chorale.reading.parts import Part
from chorale.reading.tracing import Trace


def test_guesses_of_one_kind_share_a_notice_whatever_the_staff() -> None:
    upper, lower = Part("MusicXML Part", ()), Part("", ())
    traces = [(upper, Trace((), unisons=(16, 0))), (lower, Trace((), unisons=(4,), holds=(4,)))]
    assert list(describe_guesses(traces, Plan(32, COMMON_TIME))) == [
        "3 single notes read as a unison of voices (bar 1, beat 1; bar 1, beat 2; bar 2, beat 1)",
        "1 note read as held while another voice comes to its pitch (bar 1, beat 2)",
    ]


def test_guesses_in_parts_of_their_own_names_are_apart() -> None:
    traces = [(Part(name, ()), Trace((), rests=(0,))) for name in ("Women", "Men")]
    assert list(describe_guesses(traces, Plan(16, COMMON_TIME))) == [
        "1 note of Women read as one voice's, while another rests (bar 1, beat 1)",
        "1 note of Men read as one voice's, while another rests (bar 1, beat 1)",
    ]


def test_the_name_that_a_program_gives_is_no_owner() -> None:
    assert describe_owner(Part(" Tenor ", ())) == " of Tenor"
    assert describe_owner(Part("MusicXML Part", ())) == ""
