"""Tempo words, and tempos in words."""

import pytest

from chorale.reading.tempos import TempoText, is_tempo_word, parse_number, parse_tempo


@pytest.mark.parametrize(
    "text",
    [
        *("Andante", "Molto allegro", "Largo e mesto", "rit.", "poco rall.", "a tempo", "Tempo I"),
        *("Un poco più mosso", "Allegretto", "VIVACE", "Not too fast", "Slowly"),
        *("Sehr langsam", "Mäßig bewegt", "Très lent", "Modéré"),
    ],
)
def test_words_for_the_tempo_are_tempo_words(text: str) -> None:
    assert is_tempo_word(text)


@pytest.mark.parametrize(
    "text", ["", "dolce", "Soli", "unis.", "Tenor", "Fine", "strings", "ritmico", "mf", "Gloria"]
)
def test_other_words_are_no_tempo_words(text: str) -> None:
    assert not is_tempo_word(text)


def test_a_sentence_is_no_tempo_word() -> None:
    assert not is_tempo_word("The last verse is sung more slowly than all the others before")


@pytest.mark.parametrize(
    ("text", "tempo"),
    [
        ("q = 72", TempoText("quarter", False, 72, True, "")),
        ("Andante (\u2669 = 72)", TempoText("quarter", False, 72, True, "Andante")),
        ("\u2669. = 60-66", TempoText("quarter", True, 63, False, "")),
        ("M.M. \u2669 = 88", TempoText("quarter", False, 88, True, "")),
        ("MM = 88", TempoText("quarter", False, 88, True, "")),
        ("h=60", TempoText("half", False, 60, True, "")),
        ("Halbe", None),
        ("Viertel = ca. 80", TempoText("quarter", False, 80, True, "")),
        ("Allegro q=120, lively", TempoText("quarter", False, 120, True, "Allegro, lively")),
        ("\U0001d15f = 96", TempoText("quarter", False, 96, True, "")),
        ("e. = 100", TempoText("eighth", True, 100, True, "")),
        ("verse = 2", None),
        ("\u2669 = \u266a", None),
        ("q = q.", None),
    ],
)
def test_a_tempo_in_words_has_a_note_value_a_number_and_other_words(
    text: str, tempo: TempoText | None
) -> None:
    assert parse_tempo(text) == tempo


@pytest.mark.parametrize(
    ("text", "found"), [("c. 72", (72, True)), ("60 to 66", (63, False)), ("72,5", (72.5, True))]
)
def test_of_two_numbers_the_middle_is_the_tempo(text: str, found: tuple[float, bool]) -> None:
    assert parse_number(text) == found
    assert parse_number("fast") is None
