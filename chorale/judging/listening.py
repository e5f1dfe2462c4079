"""Answers of listening tests (`chorale quiz`): how many are right, and how sure that is.

The interval is E. B. Wilson's for a share (Journal of the American Statistical Association 22,
1927), at 95 %: it contains 0.5 in 95 % of the tests in which everybody guesses.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

from chorale.errors import ReadingError
from chorale.untrusted import read_at_most

_Z = 1.96  # standard deviations of a normal distribution that leave out 5 %
MAX_BYTES = 1_000_000  # of a file with answers


@dataclass(frozen=True)
class Answer:
    """An answer to one question.

    Attributes:
        skill: what the listener knows of chorales, as chosen.
        pieces: names of the pieces that were played.
        right: whether the answer is right.
    """

    skill: str
    pieces: tuple[str, ...]
    right: bool


@dataclass(frozen=True)
class Share:
    """A share of right answers.

    Attributes:
        right: number of right answers.
        count: number of answers, at least 1.
    """

    right: int
    count: int

    @property
    def value(self) -> float:
        """The share, 0 to 1."""
        return self.right / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the share at 95 %."""
        spread = _Z**2 / self.count
        middle = (self.value + spread / 2) / (1 + spread)
        half = _Z * sqrt(self.value * (1 - self.value) / self.count + spread / self.count / 4)
        half /= 1 + spread
        return max(0.0, middle - half), min(1.0, middle + half)


def read_answers(path: Path) -> list[Answer]:
    """Read the answers that a page has saved.

    Raises:
        ReadingError: the file cannot be read, or does not hold the answers of a listening test.
    """
    try:
        content = read_at_most(path, MAX_BYTES)
        if content is None:
            raise ReadingError(f"{path} is too large for the answers of a listening test")
        sheet = json.loads(content.decode("utf-8-sig"))
        answers = [_parse(str(sheet["skill"]), answer) for answer in sheet["answers"]]
    except OSError as error:
        raise ReadingError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ReadingError(
            f"{path} does not hold the answers of a listening test; save them at the end of its "
            "page"
        ) from error
    if not answers:
        raise ReadingError(f"{path} has no answers; finish the test before saving them")
    return answers


def _parse(skill: str, answer: Any) -> Answer:
    right = answer["right"]
    if not isinstance(right, bool):
        raise TypeError("right must be true or false")
    return Answer(skill, tuple(map(str, answer["pieces"])), right)


def count_all(answers: Sequence[Answer]) -> Share:
    """Count the right answers, of at least one."""
    return Share(sum(answer.right for answer in answers), len(answers))


def count_by_skill(answers: Sequence[Answer]) -> dict[str, Share]:
    """Count the right answers by skill, in alphabetical order."""
    return _count_by(answers, lambda answer: [answer.skill])


def count_by_piece(answers: Sequence[Answer]) -> dict[str, Share]:
    """Count the right answers to the questions in which each piece was played."""
    return _count_by(answers, lambda answer: answer.pieces)


def _count_by(
    answers: Sequence[Answer], find_groups: Callable[[Answer], Sequence[str]]
) -> dict[str, Share]:
    groups: defaultdict[Hashable, list[Answer]] = defaultdict(list)
    for answer in answers:
        for group in find_groups(answer):
            groups[group].append(answer)
    return {str(group): count_all(groups[group]) for group in sorted(groups, key=str)}
