"""Parts that meet at every barline."""

from pathlib import Path

import pytest
from scores import attributes, direction, note, score, write

from chorale.reading.musicxml import read_musicxml
from chorale.reading.parts import Part

REST = "<note><rest measure='yes'/><duration>16</duration><voice>1</voice></note>"


def read(folder: Path, *parts: list[str]) -> list[Part]:
    return read_musicxml(
        write(folder, score(*parts, names=("Soprano", "Alto", "Tenor")[: len(parts)]))
    )


def starts(part: Part) -> list[float]:
    return [each.start for each in part.notes]


def measures(*lengths: int) -> list[str]:
    """Return measures of 4/4 with one note each."""
    first, *others = (note("C5", length) for length in lengths)
    return [attributes() + first, *others]


@pytest.mark.parametrize("others", [1, 2])
def test_a_short_bar_of_one_part_does_not_shift_it(tmp_path: Path, others: int) -> None:
    full = [measures(16, 16, 16)] * others
    for part in read(tmp_path, measures(16, 12, 16), *full):
        assert starts(part) == [0, 16, 32]
        assert part.notices == ("1 bar too short, filled with rests (bar 2 of Soprano)",)
        assert part.facts.metre is not None


def test_short_bars_are_counted_and_the_first_three_named(tmp_path: Path) -> None:
    first, _ = read(tmp_path, measures(*[12] * 5), measures(*[16] * 5))
    named = "bar 1 of Soprano; bar 2 of Soprano; bar 3 of Soprano; and 1 more"
    assert first.notices == (f"4 bars too short, filled with rests ({named})",)


@pytest.mark.parametrize("rest", [REST, REST.replace("16", "4"), note("rest", 16), ""])
def test_a_whole_rest_in_a_pickup_takes_the_length_of_the_other_parts(
    tmp_path: Path, rest: str
) -> None:
    resting = [attributes() + rest, note("C4"), note("C4")]
    sung, rested = read(tmp_path, measures(4, 16, 16), resting)
    assert (starts(sung), starts(rested)) == ([0, 4, 20], [4, 20])
    assert (sung.facts.pickup_steps, sung.notices) == (4, ())


def test_a_bar_lasts_until_its_last_note_ends(tmp_path: Path) -> None:
    long = [attributes() + note("C5", 16) + note("D5", 4), note("E5")]
    for part in read(tmp_path, measures(16, 16), long, measures(16, 16)):
        assert part.notes[-1].start == 20


def test_rests_beyond_the_bar_of_most_parts_do_not_lengthen_it(tmp_path: Path) -> None:
    long = [attributes() + note("C5", 16) + note("rest", 4), note("E5")]
    for part in read(tmp_path, measures(16, 16), long, measures(16, 16)):
        assert starts(part) == [0, 16]
        assert part.notices == ()


def test_measures_are_matched_by_their_numbers(tmp_path: Path) -> None:
    text = score(measures(4, 16, 16), measures(16, 16), names=("Soprano", "Alto"))
    upper, lower = text.split("<part id='X1'>")
    for number in (1, 2, 3):
        upper = upper.replace(f"<measure number='{number}'", f"<measure number='{number - 1}'")
    first, second = read_musicxml(write(tmp_path, upper + "<part id='X1'>" + lower))
    assert (starts(first), starts(second)) == ([0, 4, 20], [4, 20])


def test_measures_whose_numbers_do_not_agree_are_matched_in_order(tmp_path: Path) -> None:
    text = score(measures(12, 16, 16), measures(16, 16, 16), names=("Soprano", "Alto"))
    upper, lower = text.split("<part id='X1'>")
    upper = upper.replace("<measure number='2'", "<measure number='1'")
    for part in read_musicxml(write(tmp_path, upper + "<part id='X1'>" + lower)):
        assert starts(part) == [0, 16, 32]


@pytest.mark.parametrize("inside", ["<dynamics><f/></dynamics>", "<words>dolce</words>"])
def test_directions_after_the_end_of_a_bar_do_not_lengthen_it(tmp_path: Path, inside: str) -> None:
    late = direction(inside, "<offset>8</offset>")
    line = [attributes() + note("C5") + late, note("D5")]
    [part] = read(tmp_path, line)
    assert starts(part) == [0, 16]
    assert [mark.step for mark, _ in part.annotations.marks] == [24]
