"""Dynamics, breath marks, tempo words and the like in LilyPond."""

from hypothesis import given
from strategies import annotations

from chorale.music import ALTO, SOPRANO, Annotations, Metre, Plan
from chorale.music.annotations import Mark
from chorale.rendering.score.lilypond.marks import collect_voice_marks, write_score_marks
from chorale.rendering.score.note_values import list_bars

BARS = list_bars(Plan(64, Metre(4, 4)))
CARRIED = ("dynamic", "crescendo", "diminuendo", "breath")


def of_soprano(*marks: Mark) -> dict[int, str]:
    given = Annotations(marks=marks)
    return dict(collect_voice_marks(given, SOPRANO, CARRIED, below=False, end_step=64).events)


def of_score(*marks: Mark) -> list[str]:
    return [str(line) for line in write_score_marks(Annotations(marks=marks), BARS, {}, {})]


def test_a_voice_has_its_own_marks_and_those_of_the_score_that_it_carries() -> None:
    given = (Mark("dynamic", 0, "p"), Mark("dynamic", 16, "f", ALTO), Mark("words", 4, "solo", 0))
    assert of_soprano(*given) == {0: r"\p", 4: r'^\markup \italic "solo"'}


def test_hairpins_end_at_the_next_one_or_at_a_dynamic() -> None:
    assert of_soprano(
        Mark("crescendo", 0, end_step=20),
        Mark("diminuendo", 16, end_step=24),
        Mark("dynamic", 24, "p"),
        Mark("crescendo", 32, end_step=80),
    ) == {0: r"\<", 16: r"\!\>", 24: r"\p", 32: r"\<", 64: r"\!"}


def test_a_note_has_one_dynamic_and_any_other_is_words() -> None:
    found = of_soprano(
        Mark("dynamic", 0, "p"), Mark("dynamic", 0, "f"), Mark("dynamic", 4, 'so "x')
    )
    assert found == {0: r'\p^\markup \italic "f"', 4: r'^\markup \italic "so \"x"'}


def test_marks_of_one_step_and_kind_are_one() -> None:
    assert of_score(Mark("tempo", 0, "Lento"), Mark("tempo", 0, "e mesto"), Mark("coda", 0))[0] == (
        r'\tempo "Lento, e mesto" \codaMark 1 s1 | % 1'
    )


def test_signs_without_a_text_have_the_usual_one() -> None:
    lines = of_score(Mark("to coda", 16), Mark("dal segno", 64))
    assert lines[0] == r's1 \textEndMark "To Coda" | % 1'
    assert lines[-1] == r's1 \textEndMark "D.S." % 4'


def test_a_text_is_never_code() -> None:
    assert of_score(Mark("rehearsal", 0, "\\bar } %"))[0].startswith(
        '\\mark \\markup \\box "\\\\bar } %" s1'
    )


@given(annotations())
def test_every_mark_within_the_music_is_written(given: Annotations) -> None:
    voices = [
        collect_voice_marks(given, voice, CARRIED, below=False, end_step=64) for voice in range(4)
    ]
    written = [
        text for voice in voices for text in (*voice.events.values(), *voice.pauses.values())
    ]
    written += map(str, write_score_marks(given, BARS, {}, {}))
    for mark in given.marks:
        sign = {"breath": r"\breathe", "crescendo": r"\<"}.get(mark.kind, mark.text)
        assert any(sign in text for text in written)
