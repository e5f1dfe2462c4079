"""Verdicts of scripts/measure/reading.py, and the readers beside which it measures."""

import signal
import zipfile
from argparse import Namespace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import mido
import pytest
import reading as script
from reading import Result, compare, find_far, find_music, judge, print_counts
from reading_durations import count_durations
from reading_references import Onset, Staff, UnreadableError, read_staves, simplify
from scores import FOUR_FOUR, attributes, note, quartet, score, tied, write

from chorale.errors import ReadingError

MOVED = ["1 note moved to the nearest sixteenth"]
LEFT_OUT = ["left out: Piano"]


def staff(*onsets: tuple[int, float]) -> Staff:
    return frozenset(Onset(pitch, Fraction(quarters)) for pitch, quarters in onsets)


def durations(*measures: str) -> list[Staff]:
    return count_durations(ET.fromstring(score(list(measures))))  # noqa: S314 - made here


UPPER, LOWER = staff((72, 0), (74, 1)), staff((60, 0))


# verdicts


@pytest.mark.parametrize(
    ("ours", "notices", "verdict"),
    [
        (UPPER | LOWER, [], "right"),
        (UPPER, LEFT_OUT, "right, parts left out"),
        (UPPER, [], "wrong"),
        (UPPER - staff((74, 1)), LEFT_OUT, "wrong"),
        (UPPER | LOWER | staff((50, 3)), [], "wrong"),
        (staff(), [], "wrong"),
    ],
)
def test_a_reading_is_right_with_the_notes_of_all_staves_or_of_some_if_a_notice_names_the_rest(
    ours: Staff, notices: list[str], verdict: str
) -> None:
    assert compare(ours, [UPPER, LOWER], notices).verdict == verdict


def test_moved_onsets_are_approximated_only_with_a_notice() -> None:
    played = staff((72, Fraction(1, 16)))  # type: ignore[arg-type]
    assert compare(staff((72, 0)), [played], MOVED).verdict == "approximated"
    assert compare(staff((72, 0)), [played], []).verdict == "wrong"


def test_the_first_difference_is_described() -> None:
    found = compare(UPPER | staff((61, 5), (50, 3)), [UPPER], [])
    assert found.detail == "2 only ours, first 50 at quarter 3"
    assert compare(UPPER, [UPPER, LOWER], []).detail == "1 missing, first 60 at quarter 0"


def test_notes_at_most_a_sixteenth_away_are_near() -> None:
    assert find_far(staff((60, 1.25), (60, 1.5), (61, 1)), staff((60, 1))) == staff(
        (60, 1.5), (61, 1)
    )


# files


def test_a_score_is_right(tmp_path: Path) -> None:
    parts = [[attributes() + note(name, more="<type>whole</type>")] for name in ("C5", "G4")]
    assert judge(write(tmp_path, score(*parts)), 60) == Result("right")


def test_a_written_value_that_differs_is_right_by_durations(tmp_path: Path) -> None:
    wrong = note("C5", 8, more="<type>quarter</type>") + note("D5", 8, more="<type>half</type>")
    path = write(tmp_path, score([attributes() + wrong]))
    assert judge(path, 60).verdict == "right by durations"


def test_triplets_are_approximated_and_rests_refused_without_notes(tmp_path: Path) -> None:
    thirds = attributes().replace(">4<", ">3<", 1) + note("C5", 1) + note("D5", 1) + note("E5", 10)
    found = judge(write(tmp_path, score([thirds])), 60)
    assert found.verdict == "approximated"
    assert found.detail.startswith("made.musicxml has notes between the sixteenths")
    empty = judge(write(tmp_path, score([attributes() + note("rest")])), 60)
    assert empty.verdict == "refused: no notes"


def test_too_many_lines_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, score(*([attributes() + note("C5")] for _ in range(5))))
    assert judge(path, 60).verdict == "refused"


def test_other_errors_and_refusals_of_several_lines_are_crashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, quartet([attributes() + note("C5")]))
    for error in (ValueError("a bug"), ReadingError("two\nlines"), TimeoutError()):

        def fail(*_: object, error: Exception = error, **__: object) -> None:
            raise error

        monkeypatch.setattr(script, "read_music", fail)
        assert judge(path, 60).verdict == "crashed"
    assert signal.alarm(0) == 0


def test_midi_is_compared_with_the_events_of_its_tracks(tmp_path: Path) -> None:
    track = mido.MidiTrack()
    for pitch in (60, 62):
        track += [
            mido.Message("note_on", note=pitch),
            mido.Message("note_off", note=pitch, time=480),
        ]
    path = tmp_path / "tune.mid"
    mido.MidiFile(tracks=[track]).save(path)
    assert read_staves(path) == [staff((60, 0), (62, 1))]
    assert judge(path, 60).verdict == "right"


def test_onsets_a_tick_from_a_sixteenth_are_on_it(tmp_path: Path) -> None:
    track = mido.MidiTrack([mido.Message("note_on", note=60, time=236)])
    path = tmp_path / "tune.mid"
    mido.MidiFile(tracks=[track], ticks_per_beat=480).save(path)
    assert read_staves(path) == [staff((60, 0.5))]


def test_music_is_found_in_folders_by_ending_size_and_path(tmp_path: Path) -> None:
    inner = tmp_path / "bach"
    inner.mkdir()
    for path in (tmp_path / "b.mid", tmp_path / "a.XML", tmp_path / "c.txt", inner / "d.mxl"):
        path.write_bytes(b"12345")
    assert [p.name for p in find_music(tmp_path, [], 5)] == ["a.XML", "b.mid", "d.mxl"]
    assert [p.name for p in find_music(tmp_path, ["/bach/"], 5)] == ["a.XML", "b.mid"]
    assert find_music(tmp_path, [], 4) == []
    assert find_music(tmp_path / "b.mid", [], 5) == [tmp_path / "b.mid"]


def test_the_table_has_a_row_for_each_folder_and_a_list_of_what_is_not_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, score([attributes() + note("C5", more="<type>whole</type>")]))
    write(tmp_path, "no music", "bad.musicxml")
    options = Namespace(
        folders=[tmp_path], list=True, without=[], seconds=60, largest=100, workers=1
    )
    print_counts(options)
    printed = capsys.readouterr().out.splitlines()
    assert printed[2].startswith(f"| {tmp_path.name} | 2 | 1 | 0 | 0 |")
    assert printed[-1].startswith("refused: bad.musicxml: bad.musicxml cannot be read")


# other readers


def test_verdicts_on_packed_scores_need_a_container(tmp_path: Path) -> None:
    path = tmp_path / "packed.mxl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.xml", quartet([attributes() + note("C5")]))
    with pytest.raises(UnreadableError, match="KeyError"):
        read_staves(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(
            "META-INF/container.xml",
            "<container><rootfiles><rootfile full-path='a.xml'/></rootfiles></container>",
        )
    assert len(read_staves(path)) == 4


def test_grace_notes_ornaments_and_accidentals_are_removed_and_ties_kept() -> None:
    grace = note("B4").replace("<note>", "<note><grace/>")
    trill = "<notations><ornaments><trill-mark/></ornaments><tied type='start'/></notations>"
    made = score([attributes() + grace + note("C5", more=f"<accidental>sharp</accidental>{trill}")])
    left = ET.tostring(simplify(ET.fromstring(made)), encoding="unicode")  # noqa: S314
    assert "grace" not in left
    assert "accidental" not in left
    assert "trill" not in left
    assert "tied" in left


def test_pitches_between_the_semitones_are_not_compared_with_verovio() -> None:
    made = score([attributes() + note("C#5").replace(">1<", ">0.5<")])
    with pytest.raises(UnreadableError, match="between the semitones"):
        simplify(ET.fromstring(made))  # noqa: S314


def test_durations_count_chords_backups_ties_and_transpositions() -> None:
    chord = note("C5", 8) + note("E5", 8).replace("<note>", "<note><chord/>")
    back = "<backup><duration>16</duration></backup>"
    horn = "<transpose><chromatic>-7</chromatic></transpose>"
    first = attributes(FOUR_FOUR) + chord + tied("G4", 8, "start") + back + note("C4", 16, voice=2)
    second = tied("G4", 8, "stop") + attributes(horn) + note("G4", 8)
    assert durations(first, second) == [staff((72, 0), (76, 0), (67, 2), (60, 0), (60, 6))]


def test_rests_alone_make_no_measure_longer_than_its_metre() -> None:
    full = attributes() + note("C5", 16)
    doubled = attributes() + note("rest", 16) + note("rest", 16)
    parts = count_durations(
        ET.fromstring(score([full, note("D5")], [doubled, note("E4")]))  # noqa: S314
    )
    assert parts == [staff((72, 0), (74, 4)), staff((64, 4))]


def test_rounded_thirds_are_thirds() -> None:
    divisions = "<attributes><divisions>256</divisions></attributes>"
    thirds = "".join(note("C5", length) for length in (85, 85, 86))
    [found] = durations(divisions + thirds + note("D5", 256))
    assert found == staff((72, 0), (72, Fraction(1, 3)), (72, Fraction(2, 3)), (74, 1))  # type: ignore[arg-type]
