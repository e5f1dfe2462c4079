"""The page of a listening test, answered in a real browser."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from browser import open_page
from made_up_hymns import made_up_hymn

from chorale.judging.listening import count_all, read_answers
from chorale.rendering.page.quiz import SKILLS, QuizPiece, quiz_bytes

PIECES = [QuizPiece(f"piece {n}", n % 3 == 0, made_up_hymn(8, n)) for n in range(12)]


def test_a_page_names_no_address_and_has_every_piece() -> None:
    page = quiz_bytes(PIECES, pairs=False).decode()
    assert not re.search(r"https?:|//\w+\.", page)
    [text] = re.findall(r'id="pieces">(.*?)</script>', page)
    quiz = json.loads(text)
    assert [piece["name"] for piece in quiz["pieces"]] == [piece.name for piece in PIECES]
    assert quiz["pieces"][0]["bach"]


def test_other_pieces_give_another_identifier() -> None:
    ids = {
        re.findall(r'"id":"(\w+)"', quiz_bytes(pieces, pairs=True).decode())[0]
        for pieces in (PIECES[:4], PIECES[4:8], PIECES[:4])
    }
    assert len(ids) == 2


@pytest.mark.parametrize("pairs", [True, False])
def test_random_answers_are_saved_and_right_about_half_of_the_time(
    tmp_path: Path, pairs: bool
) -> None:
    generator = np.random.default_rng(2)
    file, saved = tmp_path / "quiz.html", tmp_path / "answers.json"
    pieces = [QuizPiece(f"p{n}", n % 2 == 0, made_up_hymn(8, n)) for n in range(24)]
    file.write_bytes(quiz_bytes(pieces, pairs))
    questions = len(pieces) // 2 if pairs else len(pieces)
    with open_page(file) as (page, complaints):
        page.click("#begin")  # without a skill, nothing begins
        assert page.locator("#round").is_hidden()
        assert page.locator("#ask").is_visible()
        page.check(f"input[value={next(iter(SKILLS))}]")
        page.click("#begin")
        for number in range(questions):
            assert page.locator("#count").text_content() == f"{number + 1} of {questions}"
            answers = page.locator("#answers button")
            assert answers.first.is_disabled()
            for play in page.locator("#players button").all():
                play.click()
            answers.nth(int(generator.integers(2))).click()
        link = page.locator("#save").get_attribute("href")
        assert complaints == []
    assert link
    saved.write_text(unquote(link.removeprefix("data:application/json,")))
    answered = read_answers(saved)
    assert len(answered) == questions
    assert {answer.skill for answer in answered} == {next(iter(SKILLS))}
    low, high = count_all(answered).interval
    assert low <= 0.5 <= high
