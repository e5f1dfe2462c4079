"""The table of scripts/training_curve.py."""

import runpy

from places import ROOT

SCRIPT = ROOT / "scripts" / "training_curve.py"
curve = runpy.run_path(str(SCRIPT))["curve"]


def rows(lines: list[str]) -> list[list[str]]:
    """The cells of the table's lines, header and sentence left out."""
    return [line.strip("| ").split(" | ") for line in lines[2:-1]]


def test_a_row_tells_the_best_so_far_and_how_far_it_is_above_the_best_of_all():
    lines = curve([60.0] * 10, [2.0, 1.5, 1.6, 1.2, 1.1, 1.05, 1.01, 1.0, 1.3, 1.4], 0.05)
    assert rows(lines)[0] == ["1", "1", "2.000", "100.0%"]
    assert rows(lines)[2] == ["3", "3", "1.500", "50.0%"]
    assert rows(lines)[-1] == ["10", "10", "1.000", "0.0%"]
    assert lines[-1] == "\nWithin 5% of the best after 6 minutes."


def test_a_run_of_few_epochs_has_a_row_for_each():
    assert [row[1] for row in rows(curve([7.0, 8.0, 9.0], [3.0, 2.0, 1.0], 0.03))] == [
        "1",
        "2",
        "3",
    ]


def test_the_last_row_is_the_last_epoch_whatever_the_seconds_add_up_to():
    for epochs in range(1, 60):
        lines = curve([0.1] * epochs, [1.0] * epochs, 0.03)
        assert rows(lines)[-1][1] == str(epochs)
