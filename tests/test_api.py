"""The functions of the package, with a tiny untrained network."""

# Half of the tests pass wrong arguments.
# mypy: disable-error-code="arg-type"

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import Run
from made_up import made_up_chorale
from places import ASSETS
from tunes import HUNDREDTH, tune_file

import chorale
from chorale import Chorale, ChoraleError, Key, Metre, Plan
from chorale.errors import OptionError, OutputError, ReadingError
from chorale.music import REST, from_pitches, notes
from chorale.music.voicings import VOICINGS


@pytest.fixture
def model(tiny_model: Path) -> str:
    """Path of a tiny checkpoint."""
    return str(tiny_model)


def test_all_public_names_are_there_and_have_docstrings() -> None:
    assert sorted(chorale.__all__) == list(chorale.__all__)
    for name in chorale.__all__:
        assert getattr(chorale, name).__doc__
        assert name in dir(chorale)


def test_other_names_are_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'chorale' has no attribute 'sonata'"):
        _ = chorale.sonata


def printed_by(script: str) -> str:
    """What a script prints in a process of its own."""
    command = [sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_importing_the_package_loads_nothing_else() -> None:
    script = "import sys, chorale; print([n for n in sys.modules if n.startswith('chorale.')])"
    assert printed_by(script) == "['chorale.version']"


def test_composing_in_python_loads_neither_tensorflow_nor_music21(model: str) -> None:
    script = (
        f"import sys, chorale; chorale.generate(1, model={model!r}); "
        "print([n for n in ('tensorflow', 'keras', 'music21') if n in sys.modules])"
    )
    assert printed_by(script) == "[]"


def test_chorales_have_the_requested_plan(model: str) -> None:
    plan: dict[str, Any] = {"key": "Bb", "metre": "3/4", "pickup": 1, "phrases": [2, 2]}
    many = chorale.generate(model=model, seed=3, count=2, temperature={"bass": 0.5}, **plan)
    assert len(many) == 2
    assert many[0] != many[1]
    for one in many:
        assert (one.plan.key, one.plan.metre) == (Key(10, "major"), Metre(3, 4))
        assert (one.plan.pickup_steps, one.plan.length_steps) == (4, 48)
    assert chorale.generate(model=model, seed=3, temperature={"bass": 0.5}, **plan) == many[:1]


def test_without_a_seed_each_call_is_new(model: str) -> None:
    assert chorale.generate(2, model=model) != chorale.generate(2, model=model)


def test_each_chorale_is_received_as_soon_as_it_is_there(model: str) -> None:
    order: list[Any] = []
    chorales = chorale.generate(
        1,
        model=model,
        seed=3,
        count=3,
        receive=order.append,
        progress=lambda done, total: order.append(done / total),
    )
    assert [each for each in order if isinstance(each, Chorale)] == chorales
    assert chorales == chorale.generate(1, model=model, seed=3, count=3)
    assert order.index(chorales[0]) < order.index(1.0) < order.index(chorales[1])


def test_a_tune_is_harmonized_from_a_path_a_reading_or_a_chorale(
    model: str, tmp_path: Path
) -> None:
    path = tune_file(tmp_path / "tune.mid")
    reading = chorale.read(path)
    [first] = chorale.harmonize(path, model=model, seed=1)
    [second] = chorale.harmonize(str(path), model=model, seed=1)
    [third] = chorale.harmonize(reading, model=model, seed=1)
    assert first == second == third
    assert [(note.pitch, note.length_steps) for note in notes(first, 0)] == HUNDREDTH
    [again] = chorale.harmonize(first, model=model, seed=1)
    assert again.plan == first.plan
    np.testing.assert_array_equal(again.pitches[:, 0], first.pitches[:, 0])


def test_a_chorale_is_continued_and_rewritten(model: str) -> None:
    [opening] = chorale.generate(2, model=model, seed=1)
    [longer] = chorale.continue_(opening, 2, model=model, seed=2)
    assert longer.plan.bars == 4
    np.testing.assert_array_equal(longer.pitches[:32], opening.pitches)
    [other] = chorale.rewrite(opening, (1, 1), ["alto"], model=model, seed=2, temperature=3.0)
    changed = other.pitches != opening.pitches
    assert changed.any()
    assert changed[4:20, 1].sum() == changed.sum()


def test_a_written_chorale_is_read_back(model: str, tmp_path: Path) -> None:
    [one] = chorale.generate(2, model=model, seed=1, key="F# minor")
    path = tmp_path / "one.mid"
    chorale.write(one, path, tempo=60, program=52, title="One")
    back = chorale.read(path)
    assert back.voices == ("soprano", "alto", "tenor", "bass")
    assert back.notices == []
    assert back.facts.tempo_qpm == 60
    assert back.chorale.plan == one.plan
    np.testing.assert_array_equal(back.chorale.pitches, one.pitches)
    np.testing.assert_array_equal(back.chorale.onsets, one.onsets)
    with pytest.raises(OutputError, match="exists; choose another name, or pass force=True"):
        chorale.write(one, path)
    chorale.write(one, path, force=True)


def test_a_model_is_loaded_once(model: str) -> None:
    assert chorale.load_model(model) is chorale.load_model(model)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"key": "X"}, "'X' is not a key"),
        ({"metre": "4"}, "'4' is not a metre"),
        ({"temperature": {"flute": 1.0}}, "'flute' is no voice"),
        ({"temperature": 0}, "temperature must be above 0"),
        ({"phrases": []}, "phrases must be lengths in bars"),
        ({"pickup": 0.3}, "a pickup of 0.3 beats is no whole number of sixteenths"),
        ({"temprature": 1.0}, "no option temprature; choose from key, metre, pickup"),
        ({"temperature": "hot"}, "temperature must be int or float or Mapping, not 'hot'"),
        ({"phrases": "2,2"}, "phrases must be list or tuple, not '2,2'"),
        ({"motion": "wild"}, "motion must be one of calm, usual, lively, not wild"),
        ({"motion": 2}, "motion must be str, not 2"),
        ({"motion": "calm"}, "trained without phrases, so it cannot take a motion; leave"),
        ({"seed": -1}, "seed must be 0 or more, not -1"),
        ({"count": 0}, "count must be 1 to 10000, not 0"),
    ],
)
def test_wrong_options_are_refused(model: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        chorale.generate(2, model=model, **options)
    assert issubclass(OptionError, ChoraleError)


@pytest.mark.parametrize("bars", [0, -1, 101])
def test_an_impossible_number_of_bars_is_refused(model: str, bars: int) -> None:
    with pytest.raises(OptionError, match=f"bars must be a whole number from 1 to 100, not {bars}"):
        chorale.generate(bars, model=model)
    [opening] = chorale.generate(1, model=model)
    with pytest.raises(OptionError, match=f"from 1 to 100, not {bars}"):
        chorale.continue_(opening, bars, model=model)


def test_none_is_the_same_as_leaving_an_option_out(model: str) -> None:
    assert chorale.generate(1, model=model, seed=None, temperature=None, key=None)


def test_fit_and_voices_are_checked(model: str) -> None:
    [one] = chorale.generate(1, model=model)
    with pytest.raises(OptionError, match="fit must be one of octaves, transpose, not squeeze"):
        chorale.harmonize(one, fit="squeeze", model=model)
    with pytest.raises(OptionError, match="--voice names the voice of a single tune"):
        chorale.harmonize(one, voice="alto", keep=["bass"], model=model)
    with pytest.raises(OptionError, match="no voice to rewrite"):
        chorale.rewrite(one, (1, 1), [], model=model)


def test_bars_and_voices_may_be_texts_or_single(model: str) -> None:
    [one] = chorale.generate(4, model=model, seed=1)
    options: dict[str, Any] = {"model": model, "seed": 2}
    assert chorale.rewrite(one, (2, 2), **options) == chorale.rewrite(one, 2, **options)
    [ranged] = chorale.rewrite(one, "2-3", "alto, tenor", **options)
    assert chorale.rewrite(one, (2, 3), ["alto", "tenor"], **options) == [ranged]
    first = chorale.harmonize(one, keep="soprano,bass", bars="1-2", **options)
    assert chorale.harmonize(one, keep=["soprano", "bass"], bars=(1, 2), **options) == first


@pytest.mark.parametrize("bars", [(1, 2, 3), (1.0, 2.0), "two", 1.5, [True, True], None])
def test_wrong_bars_are_refused(model: str, bars: Any) -> None:
    [one] = chorale.generate(1, model=model)
    with pytest.raises(OptionError, match=r"no bars .*; give the first and the last, such as 5-8"):
        chorale.rewrite(one, bars, model=model)


@pytest.mark.parametrize("bars", [2.5, True, "2"])
def test_a_length_is_a_whole_number(model: str, bars: Any) -> None:
    with pytest.raises(OptionError, match=f"a whole number from 1 to 100, not {bars!r}"):
        chorale.generate(bars, model=model)


def test_whole_numbers_may_be_those_of_numpy(model: str) -> None:
    [one] = chorale.generate(np.int64(2), model=model, seed=1)
    bars = (np.int64(1), np.int64(2))
    options = {"model": model, "seed": 1}
    assert chorale.rewrite(one, bars, **options) == chorale.rewrite(one, (1, 2), **options)
    assert chorale.rewrite(one, np.int64(1), **options) == chorale.rewrite(one, 1, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keep": None}, "voices must be names, such as alto,tenor, not None"),
        ({"keep": 3}, "voices must be names"),
        ({"keep": [3]}, "voices must be names"),
        ({"voice": 3}, "voice must be str, not 3"),
        ({"transpose": 0.5}, "transpose must be int, not 0.5"),
        ({"transpose": "2"}, "transpose must be int, not '2'"),
        ({"transpose": True}, "transpose must be int, not True"),
        ({"voicing": 3}, "voicing must be str or Voicing, not 3"),
        ({"voicing": "SSB"}, "'SSB' is no voicing; choose from SATB, SSA, SSAA, TTBB, SAB, SA, TB"),
    ],
)
def test_options_of_a_single_function_are_checked_too(
    model: str, options: dict[str, Any], message: str
) -> None:
    [one] = chorale.generate(1, model=model)
    with pytest.raises(OptionError, match=message):
        chorale.harmonize(one, model=model, **options)


def test_names_of_voices_may_have_capitals(model: str) -> None:
    [one] = chorale.generate(2, model=model, seed=1)
    options: dict[str, Any] = {"model": model, "seed": 2}
    capital = {"keep": ["Soprano", " Bass"], "temperature": {"Alto": 0.5}}
    small = {"keep": "soprano,bass", "temperature": {"alto": 0.5}}
    first = chorale.harmonize(one, **capital, **options)
    assert first == chorale.harmonize(one, **small, **options)


def test_another_choir_has_rests_in_the_voices_that_it_lacks(model: str) -> None:
    [new] = chorale.generate(2, voicing="sab", model=model, seed=1)
    assert (new.pitches[:, 2] == REST).all()
    [men] = chorale.harmonize(new, voicing="TB", model=model, seed=1)
    assert notes(men, 0) == notes(new.transposed(-12), 0)
    assert (men.pitches[:, 1:3] == REST).all()


def test_music_is_a_path_a_reading_or_a_chorale(model: str) -> None:
    with pytest.raises(ReadingError, match="Reading or a Chorale, not an object of type int"):
        chorale.harmonize(3, model=model)


def test_only_chorales_are_written_and_only_in_known_formats(model: str, tmp_path: Path) -> None:
    several = chorale.generate(1, model=model)
    with pytest.raises(
        OptionError, match="not an object of type list; write the chorales of a list one by one"
    ):
        chorale.write(several, tmp_path / "a.mid")
    with pytest.raises(OptionError, match=r"a\.doc has no ending of a known format"):
        chorale.write(several[0], tmp_path / "a.doc")
    with pytest.raises(OptionError, match="title must be str, not 3"):
        chorale.write(several[0], tmp_path / "a.png", title=3)
    with pytest.raises(OptionError, match="soundfont must be str or Path, not 3"):
        chorale.write(several[0], tmp_path / "a.wav", soundfont=3)
    with pytest.raises(OptionError, match="staves must be int, not '2'"):
        chorale.write(several[0], tmp_path / "a.png", staves="2")
    with pytest.raises(OptionError, match="the built-in sound is an organ"):
        chorale.write(several[0], tmp_path / "a.wav", program="choir")
    with pytest.raises(OptionError, match="tempo must be int or float, not 'fast'"):
        chorale.write(several[0], tmp_path / "a.mid", tempo="fast")
    with pytest.raises(OptionError, match=r"program must be str or int, not \[\]"):
        chorale.write(several[0], tmp_path / "a.mid", program=[])
    assert not list(tmp_path.iterdir())


def test_every_format_can_be_written(model: str, tmp_path: Path) -> None:
    [one] = chorale.generate(1, model=model, seed=1)
    for name in ("a.mid", "a.musicxml", "a.ly", "a.svg", "a.pdf", "a.png", "a-roll.png", "a.flac"):
        assert chorale.write(one, tmp_path / name, title="One") == [tmp_path / name]
        with pytest.raises(OutputError, match="force=True to overwrite it"):
            chorale.write(one, tmp_path / name)
    for name in ("a.mid", "a.musicxml"):
        assert chorale.read(tmp_path / name).chorale.pitches.tolist() == one.pitches.tolist()


def test_the_pages_of_a_long_score_are_files_of_their_own(model: str, tmp_path: Path) -> None:
    [long] = chorale.generate(60, model=model, seed=1)
    pages = chorale.write(long, tmp_path / "long.png")
    assert [page.name for page in pages][:2] == ["long.png", "long-page2.png"]
    assert all(page.is_file() for page in pages)


def test_silence_can_be_written_as_anything(tmp_path: Path) -> None:
    silent = chorale.Chorale(np.full((4, 4), -1), np.zeros((4, 4), np.bool_), Plan(4))
    for ending in ("mid", "musicxml", "pdf", "wav"):
        assert chorale.write(silent, tmp_path / f"silence.{ending}")
    assert chorale.write(silent, tmp_path / "silence-roll.png")


def test_a_chorale_without_a_note_cannot_be_used(model: str) -> None:
    silent = chorale.Chorale(np.full((4, 4), -1), np.zeros((4, 4), np.bool_), Plan(4))
    with pytest.raises(ReadingError, match="the chorale has no notes"):
        chorale.harmonize(silent, model=model)


# Checking and explaining

TUNE = ASSETS / "greensleeves.musicxml"
CHORDS = [(67, 64, 60, 48), (69, 65, 62, 50), (71, 67, 62, 55), (72, 67, 64, 48)] * 4


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A file of four voices with parallel fifths and octaves."""
    pitches = np.repeat(np.array(CHORDS, np.int16), 4, axis=0)
    path = tmp_path / "music.mid"
    chorale.write(from_pitches(pitches, Plan(64, Metre(4, 4))), path)
    return path


def test_check_agrees_with_the_command_line(run: Run, music: Path) -> None:
    checked = chorale.check(music)
    assert {"parallel fifths", "parallel octaves"} <= {fault.rule for fault in checked.faults}
    [facts] = json.loads(run("check", str(music), "--json").out)["files"]
    assert len(facts["findings"]) == len(checked.findings)


def test_a_chorale_is_checked_like_its_file(music: Path) -> None:
    from_file, read = chorale.check(music), chorale.read(music)
    assert chorale.check(read) == chorale.check(read.chorale) == from_file


def test_check_takes_a_key_rules_and_an_open_end(music: Path) -> None:
    both = chorale.check(music, rules=["parallel"])
    assert {found.rule for found in both.findings} == {"parallel fifths", "parallel octaves"}
    ended = [
        found.text
        for found in chorale.check(music, key="F# major", rules=["end off the tonic"]).findings
    ]
    assert len(ended) == 1
    assert ended[0].endswith("(in F# major)")
    with pytest.raises(OptionError, match=r"there is no rule .paralel fifths.; did you"):
        chorale.check(music, rules=["paralel fifths"])
    chord = np.tile(np.array([67, 64, 60, 48], np.int16), (16, 1))
    half = from_pitches(chord, Plan(16, Metre(4, 4), key=Key(5, "major")))
    rules = [
        [found.rule for found in chorale.check(half, open_end=end).faults] for end in (False, True)
    ]
    assert ["end off the tonic" in each for each in rules] == [True, False]


def test_explain_has_every_note(model: str, music: Path) -> None:
    rested = chorale.read(music).chorale
    pitches, onsets = rested.pitches.copy(), rested.onsets.copy()
    pitches[4:8, 1], onsets[4:8, 1] = REST, False
    rested = replace(rested, pitches=pitches, onsets=onsets)
    judged = chorale.explain(rested, model).notes
    assert sum(note.pitch != REST for note in judged) == int(onsets.sum())
    assert [note.onset_step for note in judged if note.pitch == REST] == [4]
    assert all(0 < note.probability <= 1 for note in judged)


@pytest.mark.parametrize("verb", ["check", "explain"])
def test_a_single_voice_is_refused_as_on_the_command_line(run: Run, verb: str) -> None:
    judge = chorale.check if verb == "check" else chorale.explain
    with pytest.raises(ReadingError, match=r"has only the soprano, and .* adds") as error:
        judge(TUNE)
    assert run(verb, str(TUNE)) == (1, "", f"chorale: {error.value}\n")


def test_a_single_voice_without_a_file_is_refused_too() -> None:
    tune = chorale.read(TUNE)
    with pytest.raises(ReadingError, match=r"greensleeves.musicxml has only the soprano"):
        chorale.check(tune)
    with pytest.raises(ReadingError, match="the music has only the soprano"):
        chorale.check(replace(tune.chorale, source=""))


def test_check_refuses_other_types() -> None:
    with pytest.raises(chorale.ChoraleError, match="a Reading or a Chorale, not"):
        chorale.check(3)


def of_choir(name: str, steps: int = 16) -> chorale.Chorale:
    """A chord for a choir, in its ranges, held for a bar."""
    pitches = np.full((steps, 4), REST, np.int16)
    for part, pitch in zip(VOICINGS[name].parts, (67, 64, 60, 55), strict=False):
        pitches[:, part.voice] = pitch
    return from_pitches(pitches, Plan(steps, Metre(4, 4), key=Key(0, "major")))


@pytest.mark.parametrize("name", VOICINGS)
def test_a_choir_is_written_and_read_back(name: str, tmp_path: Path) -> None:
    [file] = chorale.write(of_choir(name), tmp_path / "choir.mid", voicing=name)
    reading = chorale.read(file)
    assert reading.voicing is VOICINGS[name]
    assert reading.chorale.pitches.tolist() == of_choir(name).pitches.tolist()
    [again] = chorale.write(reading, tmp_path / "again.mid")
    assert chorale.read(again).voicing is VOICINGS[name]


def test_a_view_is_for_a_choir_and_for_sizes_of_windows(model: str) -> None:
    [music] = chorale.generate(1, model=model, voicing="TTBB")
    view = chorale.view(music, voicing="TTBB", sizes=["narrow"])
    assert [staff["clef"] for staff in view["staves"]] == ["tenor", "bass"]
    assert 'class="narrow"' in view["score"]
    assert 'class="wide"' not in view["score"]
    with pytest.raises(OptionError, match="no size 'huge'; choose from wide, narrow"):
        chorale.view(music, sizes=["huge"])
    with pytest.raises(OptionError, match="choose another voicing"):
        chorale.view(music, voicing="TB")


def test_a_choir_is_given_for_files_without_names(tmp_path: Path) -> None:
    names = {b"Soprano 1": b"Flute one", b"Soprano 2": b"Flute two", b"Alto": b"Oboe"}
    [file] = chorale.write(of_choir("SSA"), tmp_path / "choir.mid", voicing="SSA")
    content = file.read_bytes()
    for name, other in names.items():
        assert len(name) == len(other)
        content = content.replace(name, other)
    file.write_bytes(content)
    assert chorale.read(file).voicing.name == "SATB"
    reading = chorale.read(file, voicing="ssa")
    assert reading.voice_names == ("soprano 1", "soprano 2", "alto")
    with pytest.raises(ReadingError, match=r"has 3 lines of notes .* and TB .* has 2 voices"):
        chorale.read(file, voicing="TB")
    with pytest.raises(OptionError, match="'XYZ' is no voicing"):
        chorale.read(file, voicing="XYZ")


def test_a_choir_is_checked_in_its_ranges() -> None:
    low = of_choir("SSA").pitches.copy()
    low[:, 3] = 53
    music = from_pitches(low, Plan(16, Metre(4, 4)))
    assert "out of range" not in [one.rule for one in chorale.check(music, "SSA").findings]
    low[:, 3] = 52
    [found] = [
        one
        for one in chorale.check(from_pitches(low, Plan(16)), "SSA").findings
        if one.rule == "out of range"
    ]
    assert found.text == "alto E3 (range F3 to D5)"
    with pytest.raises(OptionError, match=r"SA .* and the alto of the music has notes"):
        chorale.check(music, "SA")


def test_rules_and_profile_of_a_check_are_chosen(tmp_path: Path) -> None:
    music = made_up_chorale(64, 3)
    every = chorale.check(music, profile="textbook")
    assert every.profile.name == "textbook"
    [first, *_] = every.findings
    only = chorale.check(music, profile="textbook", rules=[first.rule])
    assert {found.rule for found in only.findings} == {first.rule} == set(only.opportunities)
    others = chorale.check(music, profile="textbook", ignore=[first.rule])
    assert len(others.findings) + len(only.findings) == len(every.findings)
    own = tmp_path / "own.toml"
    own.write_text(f'[weights]\n"{first.rule}" = 7')
    assert chorale.check(music, profile=own).profile.weights[first.rule] == 7
    with pytest.raises(OptionError, match="there is no profile 'harsh'"):
        chorale.check(music, profile="harsh")


def test_a_progression_and_keys_of_phrases_are_given_by_keyword(model: Path) -> None:
    [one] = chorale.generate(progression="i V | i", key="h-Moll", model=model, seed=1)
    assert one.plan.key == Key(11, "minor")
    assert [each.root for each in one.annotations.chord_symbols] == [("B", 0), ("F", 1), ("B", 0)]
    [two] = chorale.generate(keys=["G", Key(2, "dorian")], phrases=[1, 1], model=model, seed=1)
    assert two.plan.key == Key(2, "dorian")
    with pytest.raises(OptionError, match="keys must be list or tuple, not 'G, D'"):
        chorale.generate(keys="G, D", model=model)


def test_chords_of_a_tune_are_given_by_keyword_and_followed_again_or_ignored(model: Path) -> None:
    [one] = chorale.generate(1, key="C", metre="4/4", pickup=0, model=model, seed=1)
    [setting] = chorale.harmonize(one, chords="C | ", model=model, seed=1)
    assert [each.root for each in setting.annotations.chord_symbols] == [("C", 0)]
    followed = chorale.harmonize(setting, model=model, seed=1)
    ignored = chorale.harmonize(setting, ignore_chords=True, model=model, seed=1)
    assert followed != ignored
    assert ignored == chorale.harmonize(one, model=model, seed=1)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("key", value) for value in (1, b"G", ["G"])),
        *((name, value) for name in ("rules", "ignore") for value in (None, 1, "a", [1], b"a")),
        ("open_end", "yes"),
    ],
)
def test_options_of_a_check_of_another_type_are_refused(
    music: Path, option: str, value: object
) -> None:
    options: dict[str, Any] = {option: value}
    with pytest.raises(OptionError, match=f"{option} must be"):
        chorale.check(music, **options)


@pytest.mark.parametrize("value", [1, None])
def test_keys_and_locks_of_another_type_are_refused(model: str, music: Path, value: Any) -> None:
    with pytest.raises(OptionError, match="keys must be names"):
        chorale.generate(keys=[value], model=model)
    with pytest.raises(OptionError, match="locks must be texts"):
        chorale.rewrite(music, 1, lock=value, model=model)
