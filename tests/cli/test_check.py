"""`chorale check`, run on real files."""

import csv
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command import Output, Run
from made_up import made_up_chorale
from tunes import tune_file

from chorale.checking import RULES, bach_rates, examine
from chorale.music import REST, Chorale, Key, Metre, Plan, from_pitches
from chorale.music.voicings import VOICINGS
from chorale.reading import read_music
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.reports.check_report import format_expected
from chorale.rendering.reports.check_score import FAULT_COLOUR
from chorale.rendering.sound.midi import midi_bytes
from chorale.wording import join_names

HEAVY = {"tensorflow", "keras", "music21", "matplotlib", "verovio"}
TONIC, FOURTH, DOMINANT = (72, 67, 64, 48), (72, 69, 65, 53), (71, 67, 62, 55)
PARALLEL = (74, 69, 65, 50)  # after the tonic: all goes up by a step


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with good and bad chorales, a tune, and a file of two voices."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    tune_file(Path("tune.mid"))
    Path("bad.mid").write_bytes(midi_bytes(music(TONIC, PARALLEL, FOURTH, TONIC)))
    Path("good.mid").write_bytes(midi_bytes(music(TONIC, FOURTH, DOMINANT, TONIC)))
    Path("broken.mid").write_bytes(b"MThd")
    outer = [(one[0], REST, REST, one[3]) for one in (TONIC, PARALLEL, FOURTH, TONIC)]
    Path("two.mid").write_bytes(midi_bytes(music(*outer)))
    return tmp_path


def music(*chords: tuple[int, int, int, int]) -> Chorale:
    """A bar of 4/4 in C major with a fermata at its end."""
    pitches = np.repeat(np.array(chords, np.int16), 4, axis=0)
    fermatas = np.arange(len(pitches)) >= len(pitches) - 4
    return from_pitches(pitches, Plan(len(pitches), Metre(4, 4), 0, Key(0, "major"), fermatas))


@pytest.fixture
def check(run: Run) -> Output:
    """A function that runs `chorale check`, which must succeed."""

    def check(*words: str) -> str:
        status, out, err = run("check", *words)
        assert (status, err) == (0, "")
        return out

    return check


def test_findings_have_bar_beat_voices_and_notes(check: Output) -> None:
    out = check("bad.mid")
    heading, faults, *_ = out.split("\n\n")
    assert " ".join(heading.splitlines()) == (
        "bad.mid: 1 bar 4/4 (from the file), no pickup (from the file), C major (from the file), "
        "phrases end in bar 1 (from the file)"
    )
    assert faults.splitlines() == [
        "Faults, the rarest in Bach first",
        "bar 1, beat 2  parallel octaves  soprano C5-D5, bass C3-D3",
        "bar 1, beat 2  parallel fifths   alto G4-A4, bass C3-D3",
    ]
    assert "Tendencies" not in out
    assert "\033" not in out


def test_findings_are_counted_beside_bachs_and_summed(check: Output) -> None:
    out = check("bad.mid")
    checked = examine(read_music(Path("bad.mid")).chorale)
    row = re.search(r"^parallel fifths +1 +(\S+) +(.*?) +(\S+)$", out, re.MULTILINE)
    assert row
    rate = bach_rates()["parallel fifths"]
    assert row[1] == format_expected(checked.expected("parallel fifths"))
    assert row[2] == f"{100 * rate.per_opportunity:.2g}% of changes of chord"
    assert row[3] == f"{rate.weight:.1f}"
    expected = sum(
        checked.expected(rule) for rule, rate in bach_rates().items() if not rate.is_tendency
    )
    assert (
        f"{len(checked.faults)} faults where Bach would have {format_expected(expected)}; " in out
    )
    others = len(RULES) - len({found.rule for found in checked.findings})
    assert f"{others} other rules: no findings, where Bach would have " in out


def test_good_part_writing_has_no_findings(check: Output) -> None:
    out = check("good.mid")
    assert "\nNo findings\nno faults where Bach would have " in out
    assert "Faults" not in out
    assert "rate" not in out


def test_strict_exits_with_1_for_faults_only(run: Run, check: Output) -> None:
    status, out, err = run("check", "bad.mid", "--strict")
    assert (status, err) == (1, "")
    assert out == check("bad.mid")
    check("good.mid", "--strict")
    crossed = music((64, 72, 60, 48), FOURTH, DOMINANT, TONIC)  # for a quarter: a tendency
    Path("tendency.mid").write_bytes(midi_bytes(crossed))
    out = check("tendency.mid", "--only", "crossing", "--strict")
    assert "Tendencies, found in at least half of Bach's chorales or tolerated" in out


def test_json_has_the_documented_values(check: Output) -> None:
    facts = json.loads(check("bad.mid", "--json"))
    (file,) = facts["files"]
    checked = examine(read_music(Path("bad.mid")).chorale)
    assert facts["errors"] == []
    assert facts["faults"] == file["faults"] == len(checked.faults)
    assert (file["file"], file["key"], file["metre"]) == ("bad.mid", "C major", "4/4")
    assert (file["steps"], file["from_step"], file["to_step"]) == (16, 0, 16)
    for one, found in zip(file["findings"], checked.findings, strict=True):
        assert (one["rule"], one["step"], one["text"]) == (found.rule, found.step, found.text)
    first = file["findings"][0]
    assert first.pop("weight") == pytest.approx(bach_rates()["parallel octaves"].weight, abs=1e-5)
    assert first == {
        "rule": "parallel octaves",
        "kind": "fault",
        "step": 4,
        "end_step": None,
        "bar": 1,
        "beat": 2.0,
        "place": "bar 1, beat 2",
        "voices": ["soprano", "bass"],
        "notes": [["C5", "D5"], ["C3", "D3"]],
        "text": "soprano C5-D5, bass C3-D3",
    }
    assert [rule["rule"] for rule in file["rules"]] == list(RULES)
    assert sum(rule["found"] for rule in file["rules"]) == len(file["findings"])
    faults = [rule for rule in file["rules"] if rule["kind"] == "fault"]
    assert file["expected_faults"] == pytest.approx(
        sum(rule["expected"] for rule in faults), abs=1e-4
    )
    for rule in file["rules"]:
        assert rule["bach"]["rate"] == pytest.approx(
            rule["bach"]["findings"] / rule["bach"]["opportunities"], abs=1e-6
        )


def test_all_keys_of_json_are_documented(check: Output) -> None:
    from chorale.rendering.reports import check_facts as checked

    (file,) = json.loads(check("bad.mid", "--json"))["files"]
    keys = {*file["findings"][0], *file["rules"][0], *file["rules"][0]["bach"]}
    keys |= {"findings", "rules", "faults", "tendencies", "expected_faults", "expected_tendencies"}
    keys |= {"profile", "weight", "points", "against"}
    assert keys <= set(re.findall(r"\w+", checked.__doc__ or ""))


def test_only_the_given_bars_are_reported_but_all_are_checked(run: Run, check: Output) -> None:
    long = music(TONIC, FOURTH, DOMINANT, TONIC, TONIC, PARALLEL, DOMINANT, TONIC)
    Path("long.mid").write_bytes(midi_bytes(long))
    first = check("long.mid", "--bars", "1", "--strict")
    assert first.startswith("long.mid: 2 bars, only bar 1 shown\n")
    assert "rule, in all bars" in first
    assert "no faults; no tendencies" in first
    status, second, _ = run("check", "long.mid", "--bars", "2", "--strict")
    assert status == 1
    assert re.search(r"^bar 2, beat 2 +parallel octaves", second, re.MULTILINE)


def test_several_files_are_reported_in_turn_and_together(check: Output) -> None:
    out = check("bad.mid", "good.mid")
    assert re.findall(r"^(\S+): 1 bar$", out, re.MULTILINE) == ["bad.mid", "good.mid"]
    expected = [float(count) for count in re.findall(r"faults where Bach would have ([\d.]+)", out)]
    assert "\n\nAll 2 files\n2 faults where Bach" in out
    assert expected[2] == pytest.approx(expected[0] + expected[1], abs=0.02)


def test_files_that_cannot_be_read_do_not_stop_the_others(run: Run) -> None:
    words = ("check", "bad.mid", "broken.mid", "tune.mid", "good.mid")
    status, out, err = run(*words)
    assert status == 1
    assert "\n\nAll 2 files that could be checked\n" in out
    *errors, last = err.splitlines()
    assert [line[:17] for line in errors] == ["chorale: broken.m", "chorale: tune.mid"]
    assert last == "chorale: 2 of 4 files could not be checked"
    status, out, _ = run(*words, "--json")
    facts = json.loads(out)
    assert status == 1
    assert [each["file"] for each in facts["errors"]] == ["broken.mid", "tune.mid"]
    assert [each["file"] for each in facts["files"]] == ["bad.mid", "good.mid"]


def test_bars_that_one_of_several_files_lacks_are_an_error_of_that_file(run: Run) -> None:
    Path("long.mid").write_bytes(midi_bytes(music(*2 * [TONIC, FOURTH, DOMINANT, TONIC])))
    words = ("check", "good.mid", "long.mid", "--bars", "2")
    status, out, err = run(*words)
    assert (status, err.splitlines()[0]) == (
        1,
        "chorale: good.mid: no bar 2: the music has bars 1 to 1",
    )
    assert out.startswith("long.mid: 2 bars, only bar 2 shown\n")
    status, out, _ = run(*words, "--json")
    facts = json.loads(out)
    assert status == 1
    assert [each["file"] for each in facts["errors"]] == ["good.mid"]
    assert [each["file"] for each in facts["files"]] == ["long.mid"]


def test_two_voices_are_checked_as_far_as_they_go(check: Output) -> None:
    out = check("two.mid")
    assert "\nonly soprano and bass: checked as far as these voices allow\n" in out
    assert "parallel octaves" in out
    assert "Bach would have" not in out
    assert "Bach's rates are for four voices; weight: " in out
    (file,) = json.loads(check("two.mid", "--json"))["files"]
    assert (file["voices"], file["expected_faults"]) == (["soprano", "bass"], None)


def test_phrases_that_the_file_lacks_are_estimated(check: Output) -> None:
    plan = replace(made_up_chorale(52, 0).plan, fermatas=None)
    Path("plain.mid").write_bytes(midi_bytes(replace(made_up_chorale(52, 0), plan=plan)))
    assert "(estimated)" in " ".join(check("plain.mid").split("\n\n")[0].splitlines())
    (file,) = json.loads(check("plain.mid", "--json"))["files"]
    closes = next(rule for rule in file["rules"] if rule["rule"] == "phrase without a cadence")
    assert closes["among"] == 0


def test_coloured_scores_are_written_and_listed(check: Output) -> None:
    out = check("bad.mid", "good.mid", "--format", "html,musicxml,svg", "-o", "scores/")
    names = [f"scores/{stem}-checked" for stem in ("bad", "good")]
    files = [name + ending for name in names for ending in (".html", ".musicxml", ".svg")]
    assert [line for line in out.splitlines() if line.startswith("Marked score")] == [
        f"Marked score: {name}" for name in files
    ]
    bad, good = (Path(f"{name}.html").read_text() for name in names)
    assert '<button type="button" data-step="4">[1] bar 1, beat 2</button> parallel octaves' in bad
    assert "data-step" not in good.split("<script")[0]
    note = f'<note color="{FAULT_COLOUR}"'
    assert note in Path("scores/bad-checked.musicxml").read_text()
    assert note not in Path("scores/good-checked.musicxml").read_text()


def test_a_score_in_a_folder_is_a_page_unless_a_format_is_given(check: Output) -> None:
    facts = json.loads(check("bad.mid", "--json", "-o", "."))
    assert facts["files"][0]["scores"] == ["bad-checked.html"]
    check("bad.mid", "-o", "my.xml", "--staves", "4")
    assert Path("my.xml").read_text().count("<score-part ") == 4


def test_a_page_has_the_tempo_of_its_file(check: Output) -> None:
    slow = midi_bytes(music(TONIC, TONIC), render_options=RenderOptions(tempo_qpm=52))
    Path("slow.mid").write_bytes(slow)
    check("slow.mid", "-o", "slow.html")
    assert '"tempo":52' in Path("slow.html").read_text()


def test_a_score_that_exists_is_overwritten_only_by_force(run: Run) -> None:
    Path("there.html").write_text("mine")
    assert run("check", "bad.mid", "-o", "there.html")[0] == 1
    assert Path("there.html").read_text() == "mine"
    assert run("check", "bad.mid", "-o", "there.html", "--force")[0] == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["bad.mid", "-o", "bad.mp3"], "format mp3 cannot show coloured notes; choose from music"),
        (["bad.mid", "--format", "roll"], "format roll cannot show coloured notes"),
        (["bad.mid", "-o", "-"], "nothing is written to standard output"),
        (["bad.mid", "good.mid", "-o", "one.html"], "2 files cannot all become one.html; name a"),
        (["bad.mid", "sub/bad.mid", "-o", "./"], "several files would become bad-mid-checked; wri"),
        (["bad.mid", "-o", "bad.html", "--staves", "3"], "a score has 2 or 4 staves, not 3"),
    ],
)
def test_scores_that_cannot_be_written_are_refused_before_any_work(
    run: Run, words: list[str], message: str
) -> None:
    status, out, err = run("check", *words)
    assert (status, out) == (2, "")
    assert err.startswith(f"chorale: {message}")
    assert not list(Path().glob("*.html"))


@pytest.mark.parametrize("width", [100, 80, 48, 24])
def test_lines_are_as_wide_as_the_terminal(
    check: Output, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("walk.mid").write_bytes(midi_bytes(made_up_chorale(200, 3)))
    monkeypatch.setenv("COLUMNS", str(width))
    lines = check("walk.mid").splitlines()
    assert max(map(len, lines)) <= width


def test_heavy_libraries_are_not_loaded() -> None:
    command = ["-X", "importtime", "-m", "chorale", "check", "good.mid"]
    result = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    lines = re.findall(r"\|\s+([\w.]+)$", result.stderr, re.MULTILINE)
    loaded = {name.partition(".")[0] for name in lines}
    assert {"numpy", "mido"} <= loaded  # or nothing was measured
    assert not loaded & HEAVY


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["nowhere.mid"], 1, "there is no file nowhere.mid"),
        (["tune.mid"], 1, "tune.mid has only the soprano, .* `chorale harmonize tune.mid` adds"),
        (["good.mid", "--part", "1"], 1, "part 1 of good.mid has only .* leave out --part"),
        (["good.mid", "--bars", "9"], 2, "no bar 9: the music has bars 1 to 1"),
        (["good.mid", "bad.mid", "--bars", "x"], 2, "no bars 'x'"),
        ([], 2, "missing argument 'FILE"),
    ],
)
def test_a_file_that_cannot_be_checked_is_an_error_of_one_line(
    run: Run, words: list[str], status: int, message: str
) -> None:
    ended = run("check", *words)
    assert ended[:2] == (status, "")
    assert re.match(f"chorale: {message}", ended[2])
    assert ended[2].count("\n") == 1


def test_if_no_file_can_be_read_only_the_errors_are_printed(run: Run) -> None:
    status, out, err = run("check", "broken.mid", "missing.mid")
    assert (status, out) == (1, "")
    assert [line.split()[1] for line in err.splitlines()] == ["broken.mid", "there", "2"]


def of_choir(name: str, *chords: tuple[int, ...]) -> None:
    """Write a file of chords for a choir, from the top."""
    voices = list(VOICINGS[name].voices)
    rows = np.full((len(chords), 4), REST, np.int16)
    rows[:, voices] = chords
    options = RenderOptions(voicing=VOICINGS[name])
    written = music(*((s, a, t, b) for s, a, t, b in rows.tolist()))
    content = midi_bytes(written, render_options=options)
    Path("choir.mid").write_bytes(content)


def test_three_voices_are_checked_as_three(check: Output) -> None:
    of_choir("SSA", (76, 67, 60), (77, 69, 62), (76, 67, 60))
    out = " ".join(check("choir.mid").split())
    assert "read as SSA: soprano 1, soprano 2 and alto, by their names" in out
    assert "soprano 1, soprano 2 and alto: checked as far as these voices allow" in out
    assert "parallel fifths soprano 2 G4-A4, alto C4-D4" in out
    assert "not checked" not in out
    [file] = json.loads(check("choir.mid", "--json"))["files"]
    assert file["voicing"] == "SSA"
    assert file["voices"] == ["soprano 1", "soprano 2", "alto"]
    assert file["findings"][0]["voices"] == ["soprano 2", "alto"]


def test_rules_that_need_more_voices_are_listed(check: Output) -> None:
    of_choir("TB", (64, 48), (65, 53), (64, 48))
    unchecked = [name for name, rule in RULES.items() if rule.least_voices > 2]
    out = " ".join(check("choir.mid").split())
    assert (
        "tenor and bass: checked as far as these voices allow "
        f"not checked, since more voices are needed: {join_names(unchecked)} "
    ) in out
    [file] = json.loads(check("choir.mid", "--json"))["files"]
    rules = {rule["rule"]: rule for rule in file["rules"]}
    assert (rules["no third"]["least_voices"], rules["no third"]["among"]) == (3, 0)


def test_four_voices_of_another_choir_are_compared_with_bach(check: Output) -> None:
    of_choir(
        "TTBB",
        *[
            tuple(pitch - 12 for pitch in chord[:3]) + chord[3:]
            for chord in (TONIC, FOURTH, DOMINANT, TONIC)
        ],
    )
    assert "where Bach would have" in check("choir.mid")


@pytest.fixture
def class_folder(folder: Path) -> Path:
    """A folder of three solutions and a broken file, and their exercise, a bass."""
    (folder / "class").mkdir()
    for name in ("bad.mid", "good.mid", "broken.mid"):
        (folder / name).rename(folder / "class" / name)
    wrong_bass = music(TONIC, FOURTH, (71, 67, 62, 43), TONIC)
    Path("class/low.mid").write_bytes(midi_bytes(wrong_bass))
    bass = [(REST, REST, REST, chord[3]) for chord in (TONIC, FOURTH, DOMINANT, TONIC)]
    Path("bass.mid").write_bytes(midi_bytes(music(*bass)))
    return folder / "class"


def test_the_files_of_a_folder_are_checked_past_a_broken_one(run: Run, class_folder: Path) -> None:
    (class_folder / "notes.txt").touch()
    status, out, err = run("check", "class", "--brief")
    assert status == 1
    assert re.findall(r"^(\S+): 1 bar$", out, re.MULTILINE) == ["bad.mid", "good.mid", "low.mid"]
    assert err.splitlines()[0].startswith("chorale: class/broken.mid")
    assert err.splitlines()[1] == "chorale: 1 of 4 files could not be checked"


def test_a_folder_without_music_is_refused(run: Run) -> None:
    Path("empty").mkdir()
    status, out, err = run("check", "empty")
    assert (status, out) == (1, "")
    assert "empty has no music files" in err


def test_a_folder_gets_a_marked_score_per_file(run: Run, class_folder: Path) -> None:
    (class_folder / "good.musicxml").write_bytes((class_folder / "good.mid").read_bytes())
    run("check", "class", "-o", "marked/", "--format", "svg")
    names = ["bad-checked.svg", "good-mid-checked.svg", "low-checked.svg"]
    assert sorted(path.name for path in Path("marked").iterdir()) == names
    assert "bar 1, beat 2: parallel octaves" in Path("marked/bad-checked.svg").read_text()


def test_the_table_has_a_row_per_file_and_the_points(run: Run, class_folder: Path) -> None:
    words = ("check", "class", "--profile", "textbook", "--csv")
    status, out, _ = run(*words, "grades.csv")
    assert status == 1
    assert "Table: grades.csv" in out
    rows = {row["file"]: row for row in csv.DictReader(Path("grades.csv").read_text().splitlines())}
    assert list(rows) == [f"class/{name}.mid" for name in ("bad", "broken", "good", "low")]
    assert rows["class/good.mid"]["points"] == "20"
    assert float(rows["class/bad.mid"]["points"]) < 20
    assert "broken.mid" in rows["class/broken.mid"]["error"]
    _, printed, _ = run(*words, "-")
    assert printed == Path("grades.csv").read_text()


def test_a_table_is_overwritten_only_by_force(run: Run) -> None:
    Path("grades.csv").write_text("mine")
    assert run("check", "bad.mid", "--csv", "grades.csv")[:2] == (1, "")
    assert Path("grades.csv").read_text() == "mine"
    assert run("check", "bad.mid", "--csv", "grades.csv", "--force")[0] == 0


@pytest.mark.parametrize("table", ["./bad.mid", "own.toml", "tune.mid", "new.html"])
def test_the_table_replaces_no_other_file_of_the_command(run: Run, table: str) -> None:
    Path("own.toml").write_text("points = 20")
    before = {path: path.read_bytes() for path in Path().iterdir() if path.is_file()}
    words = ("--profile", "own.toml", "--against", "tune.mid", "-o", "new.html", "--csv", table)
    status, out, err = run("check", "bad.mid", *words, "--force")
    assert (status, out) == (2, "")
    assert "is another file of this command; give the table a name of its own" in err
    assert {path: path.read_bytes() for path in Path().iterdir() if path.is_file()} == before


def test_a_table_that_exists_is_named_with_its_option(run: Run) -> None:
    Path("grades.csv").write_text("mine")
    assert "exists; use --csv to choose" in run("check", "bad.mid", "--csv", "grades.csv").err


def test_the_given_bass_must_stand(run: Run, check: Output, class_folder: Path) -> None:
    assert "All 4 given notes of the bass kept" in check("class/good.mid", "--against", "bass.mid")
    status, out, _ = run(
        *("check", "class/low.mid", "--against", "bass.mid", "--strict", "--ignore", "faults")
    )
    assert status == 1
    assert "Altered: 1 of 4 given notes of the bass\n" in out
    assert "bar 1, beat 3  bass  G3 given, G2 found\n" in out
    facts = json.loads(check("class/low.mid", "--against", "bass.mid", "--json"))
    assert facts["files"][0]["against"] == {
        "voices": ["bass"],
        "notes": 4,
        "altered": [
            {
                "step": 8,
                "bar": 1,
                "place": "bar 1, beat 3",
                "voice": "bass",
                "given": "G3",
                "found": "G2",
            }
        ],
    }


def test_rules_are_chosen_and_left_out_by_name(check: Output) -> None:
    assert "parallel octaves" not in check("bad.mid", "--only", "parallel-fifths")
    assert "parallel fifths" in check("bad.mid", "--rules", "parallel-fifths,crossing")
    assert "parallel" not in check("bad.mid", "--ignore", "parallel")
    [file] = json.loads(check("bad.mid", "--only", "parallel", "--json"))["files"]
    assert [rule["rule"] for rule in file["rules"]] == [
        rule for rule in RULES if rule.startswith("parallel")
    ]


def test_a_profile_weighs_faults_and_sets_ranges(check: Output) -> None:
    Path("own.toml").write_text('base = "textbook"\npoints = 5\n[ranges]\nbass = ["C2", "C3"]')
    out = check("bad.mid", "--profile", "own.toml", "--only", "parallel fifths, out of range")
    assert "bass D3 (range C2 to C3)" in out
    assert "Faults, the heaviest first" in out
    assert "; 1 of 5 points" in out
    assert "by the profile own" in " ".join(out.split())


def test_the_key_of_the_options_replaces_that_of_the_file(check: Output) -> None:
    assert "G major (as requested)" in " ".join(check("good.mid", "--key", "G").split())
    [file] = json.loads(check("good.mid", "--key", "G", "--metre", "2/4", "--json"))["files"]
    assert (file["key"], file["metre"]) == ("G major", "2/4")


def test_parts_are_chosen_as_voices(check: Output) -> None:
    [file] = json.loads(check("good.mid", "--parts", "1,4", "--json"))["files"]
    assert file["voices"] == ["soprano", "bass"]


def test_the_rules_are_listed_with_sources_and_weights(check: Output) -> None:
    out = " ".join(check("--list-rules", "--profile", "textbook").split())
    for name, rule in RULES.items():
        assert f"{name}: " in out
        assert rule.source in out
    assert "parallel fifths: fault, weight 2.0; Bach: 0.12% of changes of chord" in out
    facts = json.loads(check("--list-rules", "--json"))
    assert [each["rule"] for each in facts] == list(RULES)


def test_brief_output_has_findings_and_totals_only(check: Output) -> None:
    out = check("bad.mid", "--brief")
    assert out.splitlines()[0] == "bad.mid: 1 bar"
    assert "bar 1, beat 2  parallel octaves" in out
    assert "Bach's rate" not in out
    assert "source" not in out
    assert out.splitlines()[-1].startswith("2 faults")


def test_the_texts_of_rules_stand_once_at_the_end(check: Output) -> None:
    out = check("bad.mid", "two.mid")
    assert out.count("The rules and their sources") == 1
    assert out.count("parallel octaves: ") == 1
    assert out.index("All 2 files") < out.index("The rules and their sources")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "nothing such"], "there is no rule 'nothing such'"),
        (["--ignore", "crossing,,"], "'crossing,,' is no list of rules"),
        (["--profile", "harsh"], "there is no profile 'harsh'"),
        (["--parts", "1", "--part", "1"], "--part reads a single part and --parts several"),
        (["--json", "--csv", "-"], "--json and --csv - both print"),
        (["--list-rules"], "--list-rules checks and writes no file"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    run: Run, words: list[str], message: str
) -> None:
    status, out, err = run("check", "bad.mid", *words)
    assert (status, out) == (2, "")
    assert err.startswith(f"chorale: {message}")
