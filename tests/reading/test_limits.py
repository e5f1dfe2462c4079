"""Files with more music than is read: long is not damaged."""

from pathlib import Path

import pytest

from chorale.errors import ReadingError
from chorale.reading import read_music
from chorale.reading.limits import check_limits
from chorale.reading.parts import Part, PartNote

NOTE = "<note><pitch><step>G</step><octave>4</octave></pitch><duration>1</duration></note>"
HEAD = "<attributes><divisions>1</divisions></attributes>"


def test_a_symphony_is_to_be_split_and_is_not_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "symphony.musicxml"
    measures = "".join(f"<measure number='{n}'>{HEAD}{NOTE}</measure>" for n in range(1, 1_002))
    path.write_text(
        "<score-partwise><part-list><score-part id='P'><part-name>Violin</part-name></score-part>"
        f"</part-list><part id='P'>{measures}</part></score-partwise>"
    )
    with pytest.raises(ReadingError) as refused:
        read_music(path)
    assert str(refused.value) == (
        f"{path} has more than 1,000 measures in one part, and no more is read at once; split it, "
        "such as into movements, or leave out parts"
    )


@pytest.mark.parametrize(
    ("parts", "excess"),
    [
        ([Part("", (PartNote(0, 4, 60),))] * 101, "more than 100 parts"),
        ([Part("", (PartNote(0, 4, 60),) * 60_001)], "more than 60,000 notes"),
        ([Part("", (PartNote(0, 20_001, 60),))], "notes outside the first 20,000 sixteenths"),
    ],
)
def test_large_music_is_to_be_split(parts: list[Part], excess: str) -> None:
    with pytest.raises(ReadingError, match=f"^a has {excess}, .* split it") as refused:
        check_limits(parts, "a")
    assert "damaged" not in str(refused.value)
