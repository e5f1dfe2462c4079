"""The training curve of scripts/benchmark/network.py."""

from network import curve_rows, minutes_to_come_near

NLLS = [2.0, 1.5, 1.6, 1.2, 1.1, 1.05, 1.01, 1.0, 1.3, 1.4]


def test_a_row_has_the_best_nll_so_far_and_its_distance_from_the_best_of_the_run():
    rows = list(curve_rows(range(1, 11), NLLS))
    assert rows[0] == ["1", "1", "2.000", "100.0 %"]
    assert rows[2] == ["3", "3", "1.500", "50.0 %"]
    assert rows[-1] == ["10", "10", "1.000", "0.0 %"]


def test_the_time_to_come_near_the_best_ends_at_the_first_epoch_that_is_near():
    assert minutes_to_come_near(range(1, 11), NLLS, 0.05) == 6
    assert minutes_to_come_near(range(1, 11), NLLS, 0) == 8


def test_a_run_of_few_epochs_has_a_row_for_each():
    assert [row[1] for row in curve_rows([7.0, 15.0, 24.0], [3.0, 2.0, 1.0])] == ["1", "2", "3"]


def test_the_last_row_is_the_last_epoch_whatever_the_seconds_add_up_to():
    for epochs in range(1, 60):
        minutes = [sum([0.1] * number) for number in range(1, epochs + 1)]
        assert list(curve_rows(minutes, [1.0] * epochs))[-1][1] == str(epochs)
