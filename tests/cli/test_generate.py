"""`chorale generate`, on real files with a tiny untrained network."""

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import mido
import pytest
from command import Ended, Run
from safetensors.numpy import save_file
from tiny_network import saved, tiny_checkpoint

from chorale.composing.jobs.job import BATCH
from chorale.music import Plan
from chorale.music.voicings import VOICINGS
from chorale.network.checkpoint import load_checkpoint
from chorale.reading import read_chorale


@pytest.fixture
def generate(run: Run) -> Run:
    """A function that runs `chorale generate` for 2 bars, unless other bars are given."""

    def generate(*words: str) -> Ended:
        bars = [] if "--bars" in words else ["--bars", "2"]
        return run("generate", *bars, *words)

    return generate


def there() -> list[str]:
    """Paths of everything in the working folder and below, hidden files included."""
    return sorted(str(path) for path in Path().rglob("*"))


# What is written


def test_a_chorale_is_a_midi_file_named_after_its_seed(generate: Run) -> None:
    ended = generate()
    assert (ended.status, ended.err) == (0, "")
    assert there() == ["chorale-7.mid"]
    line, hint = ended.out.splitlines()
    assert line == "chorale-7.mid: G major, 4/4, 2 bars with a pickup, seed 7"
    assert hint == "to hear it: chorale play chorale-7.mid; to see it: chorale show chorale-7.mid"


def test_the_file_has_four_named_voices_in_their_ranges(generate: Run) -> None:
    generate()
    file = mido.MidiFile("chorale-7.mid")
    conductor, *voices = file.tracks
    assert conductor.name == "Chorale 7"
    assert [track.name for track in voices] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert all(sum(message.time for message in track) == 32 * 120 for track in file.tracks)
    for channel, (track, (lowest, highest)) in enumerate(
        zip(voices, tiny_checkpoint().ranges, strict=True)
    ):
        notes = [message for message in track if message.type == "note_on"]
        assert notes
        assert all(lowest <= note.note <= highest for note in notes)
        assert {note.channel for note in notes} == {channel}


def test_the_file_has_metre_key_tempo_instrument_and_the_options(
    generate: Run, tiny_model: Path
) -> None:
    generate("--tempo", "96", "--program", "choir", "--temperature", "1.5", "--top-p", "0.9")
    conductor, soprano, *_ = mido.MidiFile("chorale-7.mid").tracks
    signs = [m for m in conductor if m.type == "time_signature"]
    assert [(sign.numerator, sign.denominator) for sign in signs] == [(1, 4), (4, 4)]  # a pickup
    assert [m.key for m in conductor if m.type == "key_signature"] == ["G"]
    assert [round(mido.tempo2bpm(m.tempo)) for m in conductor if m.type == "set_tempo"] == [96]
    assert [m.program for m in soprano if m.type == "program_change"] == [52]
    assert [m.text for m in conductor if m.type == "text"] == [
        "Composed by chorale",
        "seed 7, no. 1",
        "2 bars",
        "temperature 1.5, top-p 0.9, guidance 0.9, strictness 1, the best of 4",
        f"model made up {load_checkpoint(tiny_model).fingerprint}",
    ]


def test_an_option_off_its_default_is_in_the_file_and_others_are_not(generate: Run) -> None:
    generate("--min-p", "0.1")
    texts = [m.text for m in mido.MidiFile("chorale-7.mid").tracks[0] if m.type == "text"]
    assert "temperature 1, top-p 1, min-p 0.1, guidance 0.9, strictness 1, the best of 4" in texts


def test_a_min_p_of_1_is_greedy_where_one_token_is_likeliest(generate: Run) -> None:
    generate("--min-p", "1", "-o", "one.mid")
    generate("--greedy", "-o", "two.mid")
    one, two = (read_chorale(Path(f"{name}.mid")) for name in ("one", "two"))
    assert (one.pitches == two.pitches).all()


def test_the_last_chord_is_held_to_the_end(generate: Run) -> None:
    generate("--temperature", "3")
    for track in mido.MidiFile("chorale-7.mid").tracks[1:]:
        now, struck = 0, []
        for message in track:
            now += message.time
            struck += [now] if message.type == "note_on" else []
        assert struck[-1] <= now - 8 * 120


@pytest.mark.parametrize("options", [[], ["--temperature", "2"], ["--min-p", "0.2"], ["--greedy"]])
def test_the_same_seed_gives_the_same_bytes(generate: Run, options: list[str]) -> None:
    generate(*options, "-o", "one.mid")
    generate(*options, "-o", "two.mid")
    assert Path("one.mid").read_bytes() == Path("two.mid").read_bytes()


def test_another_seed_gives_other_music(generate: Run) -> None:
    generate("-o", "one.mid")
    generate("--seed", "8", "-o", "two.mid")
    one, two = (mido.MidiFile(name).tracks[1:] for name in ("one.mid", "two.mid"))
    assert one != two


def test_without_a_seed_a_new_one_is_drawn_and_printed(generate: Run, tiny_model: Path) -> None:
    script = f"chorale generate --bars 1 --json --model {tiny_model}".split()
    seeds = set()
    for _ in range(2):
        process = subprocess.run(
            [sys.executable, "-m", *script], capture_output=True, text=True, check=True
        )
        [result] = json.loads(process.stdout)
        seeds.add(result["seed"])
        assert result["file"] == f"chorale-{result['seed']}.mid"
        again = generate("--bars", "1", "--seed", str(result["seed"]), "-o", "again.mid", "--force")
        assert again.status == 0
        assert Path("again.mid").read_bytes() == Path(result["file"]).read_bytes()
    assert len(seeds) == 2


@pytest.mark.parametrize("bars", [1, 3, 100])
def test_a_chorale_has_the_requested_number_of_bars(generate: Run, bars: int) -> None:
    [result] = json.loads(generate("--bars", str(bars), "--json").out)
    assert (result["bars"], result["steps"]) == (bars, 16 * bars)
    assert mido.MidiFile("chorale-7.mid").length == pytest.approx(bars * 4 * 60 / 80)


def test_a_model_without_metres_and_keys_has_its_key_estimated(
    generate: Run, tmp_path: Path
) -> None:
    plain = saved(tiny_checkpoint(plans=(Plan(64),)), tmp_path)
    [result] = json.loads(generate("--model", str(plain), "--json").out)
    assert result["metre"] is None
    assert result["key"].split()[1] in ("major", "minor")
    assert "4/4" not in generate("--model", str(plain), "--force").out


# Several at once


def test_several_chorales_are_numbered(generate: Run) -> None:
    ended = generate("-n", "3")
    assert there() == ["chorale-7-1.mid", "chorale-7-2.mid", "chorale-7-3.mid"]
    one, two, three = (mido.MidiFile(name).tracks[1:] for name in there())
    assert one != two != three != one
    assert [line.partition(":")[0] for line in ended.out.splitlines()[:3]] == there()
    assert mido.MidiFile("chorale-7-2.mid").tracks[0].name == "Chorale 7 no. 2"


def test_more_than_a_batch_goes_through(generate: Run) -> None:
    count = BATCH + 2
    results = json.loads(generate("-n", str(count), "--bars", "1", "--json").out)
    assert [each["number"] for each in results] == list(range(1, count + 1))
    assert len(there()) == count
    assert there()[0] == "chorale-7-01.mid"


# Where it is written


def test_output_may_be_a_file_in_a_folder_that_is_made(generate: Run) -> None:
    assert generate("-o", "new/folder/mine.midi").status == 0
    assert there() == ["new", "new/folder", "new/folder/mine.midi"]


@pytest.mark.parametrize("folder", ["there", "new", "new/inner", "dotted.d", "Lieder v1.2/"])
def test_output_may_be_a_folder(generate: Run, folder: str) -> None:
    Path("there").mkdir()
    Path("dotted.d").mkdir()
    assert generate("-o", folder).status == 0
    assert f"{folder.rstrip('/')}/chorale-7.mid" in there()


def test_several_chorales_are_numbered_after_the_name_that_was_given(generate: Run) -> None:
    generate("-n", "2", "-o", "folder/mine.mid")
    assert there() == ["folder", "folder/mine-1.mid", "folder/mine-2.mid"]


@pytest.mark.parametrize("output", ["mine.mid", "folder"])
def test_nothing_is_overwritten_unless_forced(generate: Run, output: str) -> None:
    assert generate("-o", output).status == 0
    [path] = [Path(name) for name in there() if Path(name).is_file()]
    path.write_bytes(b"valuable")
    refused = generate("-o", output)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == (
        f"chorale: {path} exists; use --output to choose another name, or --force to overwrite it\n"
    )
    assert path.read_bytes() == b"valuable"
    assert generate("-o", output, "--force").status == 0
    assert path.read_bytes().startswith(b"MThd")


def test_if_one_of_several_files_exists_none_is_written(generate: Run) -> None:
    Path("chorale-7-2.mid").write_bytes(b"valuable")
    assert generate("-n", "3").status == 1
    assert there() == ["chorale-7-2.mid"]


# The best of several


def test_the_best_of_several_is_kept_and_the_ranking_printed(generate: Run) -> None:
    heading, *lines = generate("--best-of", "5").out.splitlines()
    rank = [re.match(r"  (\d)  surprise +([\d.]+): \S", line) for line in lines[:5]]
    numbers = [int(found[1]) for found in rank if found]
    assert sorted(numbers) == [1, 2, 3, 4, 5]
    surprises = [float(found[2]) for found in rank if found]
    assert surprises == sorted(surprises)
    assert heading.startswith(f"candidate {numbers[0]} of 5 is kept, ")
    assert lines[5].startswith("chorale-7.mid: ")


def test_of_many_candidates_the_best_are_listed(generate: Run) -> None:
    lines = generate("--best-of", "12").out.splitlines()
    assert re.match(r"  and 4 more, with a surprise of up to [\d.]+$", lines[9])


def test_json_has_every_reason(generate: Run) -> None:
    [result] = json.loads(generate("--best-of", "3", "--json").out)
    for judged in result["ranking"]:
        assert sum(reason["nats"] for reason in judged["reasons"]) == pytest.approx(
            judged["surprise"], abs=0.02
        )


def test_the_default_candidates_are_not_listed(generate: Run) -> None:
    assert "candidate" not in generate().out
    assert "candidate" not in generate("--best-of", "2", "--quiet").out


def test_the_best_of_one_is_the_first_of_several(generate: Run) -> None:
    generate("--best-of", "1", "-o", "one.mid")
    several = json.loads(generate("--best-of", "4", "--json", "-o", "best.mid").out)
    best = several[0]["ranking"][0]["candidate"]
    same = read_chorale(Path("one.mid")).pitches.tolist() == (
        read_chorale(Path("best.mid")).pitches.tolist()
    )
    assert same == (best == 1)


def test_greedy_needs_no_candidates(generate: Run) -> None:
    assert "candidate" not in generate("--greedy", "--best-of", "4").out


@pytest.mark.parametrize("number", ["0", "65"])
def test_a_wrong_number_of_candidates_is_a_wrong_option(generate: Run, number: str) -> None:
    refused = generate("--best-of", number)
    assert refused.status == 2
    assert f"best-of must be in [1, 64], not {number}" in refused.err
    assert there() == []


# What is printed


def test_json_is_json_and_nothing_else(generate: Run, tiny_model: Path) -> None:
    ended = generate("-n", "2", "--json")
    assert ended.err == ""
    results = json.loads(ended.out)
    for result in results:
        candidates = [each["candidate"] for each in result.pop("ranking")]
        assert sorted(candidates) == [1, 2, 3, 4]
    assert results == [
        {
            "file": f"chorale-7-{number}.mid",
            "files": [f"chorale-7-{number}.mid"],
            "key": "G major",
            "metre": "4/4",
            "pickup_steps": 4,
            "bars": 2,
            "steps": 32,
            "voicing": "SATB",
            "tempo": 80,
            "seed": 7,
            "number": number,
            "model": load_checkpoint(tiny_model).fingerprint,
            "remarks": [],
        }
        for number in (1, 2)
    ]


def test_quiet_prints_nothing(generate: Run) -> None:
    assert generate("--quiet") == (0, "", "")
    assert there() == ["chorale-7.mid"]


def test_a_single_bar_is_in_the_singular(generate: Run) -> None:
    assert "4/4, 1 bar with a pickup, seed 7" in generate("--bars", "1").out


# What is refused: one line, and nothing left behind


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--temperature", "-1"], "temperature must be above 0, not -1; "),
        (["--temperature", "0"], "temperature must be above 0, not 0; .*use --greedy"),
        (["--temperature", "nan"], "temperature must be above 0, not nan"),
        (["--temperature", "inf"], "temperature must be finite"),
        (["--temperature", "warm"], "temperature 'warm' is not a number; give one above 0"),
        (["--temperature", "flute=1"], "temperature 'flute=1' is not a number; give one above 0"),
        (["--temperature", "1,2"], "temperature '1,2' is not a number; give one above 0"),
        (["--temperature", "bass=0"], "temperature must be above 0, not 0; "),
        (["--key", "X dur"], "'X dur' is not a key; give one such as G, G minor, F# minor, Bb"),
        (["--metre", "four"], "'four' is not a metre; give one such as 4/4 or 3/4"),
        (["--metre", "4/3"], "metre 4/3 does not fit the grid"),
        (["--pickup", "0.1"], "a pickup of 0.1 beats is no whole number of sixteenths"),
        (["--pickup", "nan"], "a pickup must have 0 beats or more, not nan"),
        (
            ["--metre", "3/4", "--pickup", "3"],
            "a pickup of 3 beats is not shorter than a bar of 3/4",
        ),
        (["--phrases", "4,x"], "phrases '4,x' are not lengths in bars, such as 4,4,4,4"),
        (["--phrases", "4,0"], "phrases must be lengths in bars, at least 1 each"),
        (["--top-p", "0"], r"top-p must be in \(0, 1\], not 0"),
        (["--top-p", "1.5"], r"top-p must be in \(0, 1\], not 1.5"),
        (["--min-p", "-0.1"], r"min-p must be in \[0, 1\], not -0.1"),
        (
            ["--program", "nonsense"],
            "unknown instrument 'nonsense'; choose piano, .* from 0 to 127",
        ),
        (["--program", "128"], "unknown instrument '128'"),
        (["--tempo", "5"], "tempo must be 20 to 300 quarter notes a minute, not 5"),
        (["--tempo", "nan"], "tempo must be 20 to 300 quarter notes a minute, not nan"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(
    generate: Run, arguments: list[str], message: str
) -> None:
    # options are checked before the model is loaded
    ended = generate(*arguments, "--model", "nowhere")
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert re.match(f"chorale: {message}", ended.err)
    assert there() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--bars", "0"],
        ["--bars", "101"],
        ["--bars", "many"],
        ["--bars", "1.5"],
        ["-n", "0"],
        ["-n", "10001"],
        ["--seed", "-1"],
        ["--seed", str(2**31)],
        ["--loudness", "11"],
    ],
)
def test_an_error_of_typer_names_the_option_in_one_line(
    generate: Run, arguments: list[str]
) -> None:
    ended = generate(*arguments)
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith("chorale: ")
    assert arguments[0] in ended.err
    assert "see `chorale generate --help`" in ended.err
    assert there() == []


def of_another_format(path: Path) -> None:
    header = {"format": 99, "steps_per_quarter": 4}
    save_file({}, path, {"chorale": json.dumps(header)})


def truncated(path: Path) -> None:
    path.write_bytes(saved(tiny_checkpoint(), path.parent).read_bytes()[:-100])


def text(path: Path) -> None:
    path.write_text("not a network")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (None, "no model .*bad.safetensors: it is neither a file nor one of the models"),
        (Path.mkdir, "no model .*bad.safetensors: it is neither a file nor one of the models"),
        (text, "bad.safetensors is damaged or is not a checkpoint"),
        (truncated, "bad.safetensors is damaged or is not a checkpoint"),
        (of_another_format, "bad.safetensors: the file has format 99 .* this version reads format"),
    ],
    ids=["missing", "folder", "text", "truncated", "format 99"],
)
def test_a_file_that_is_not_a_model_is_refused(
    generate: Run,
    tmp_path_factory: pytest.TempPathFactory,
    make: Callable[[Path], None] | None,
    message: str,
) -> None:
    path = tmp_path_factory.mktemp("bad") / "bad.safetensors"
    if make:
        make(path)
    ended = generate("--model", str(path))
    assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert re.match(f"chorale: .*{message}", ended.err)
    assert there() == []


@pytest.mark.parametrize("output", ["file/mine.mid", "file/folder/mine.mid", "file/folder"])
def test_a_folder_that_is_a_file_is_not_written(generate: Run, output: str) -> None:
    Path("file").write_bytes(b"valuable")
    ended = generate("-o", output)
    assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert ended.err.startswith("chorale: cannot write file/")
    assert there() == ["file"]
    assert Path("file").read_bytes() == b"valuable"


def test_a_name_that_no_file_can_have_is_refused(generate: Run) -> None:
    ended = generate("-o", "x" * 300 + ".mid")
    assert (ended.status, ended.err.count("\n")) == (1, 1)
    assert "File name too long" in ended.err


def test_a_full_disk_leaves_nothing_behind(generate: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full_disk)
    ended = generate("-o", "mine.mid")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err == (
        "chorale: cannot write mine.mid: No space left on device; "
        "choose another place or free some space\n"
    )
    assert there() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
def test_a_write_that_the_system_really_refuses_leaves_nothing_behind(
    tiny_model: Path, tmp_path: Path
) -> None:
    script = f"""
import resource, sys
from chorale import cli
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))  # files end after 100 bytes
sys.argv = ["chorale", "generate", "--model", {str(tiny_model)!r}, "--bars", "2", "-o", "mine.mid"]
cli.main()
"""
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("chorale: cannot write mine.mid: File too large; ")
    assert os.listdir(tmp_path) == []


def test_strictness_is_followed_and_held_to_its_range(generate: Run) -> None:
    assert generate("--strictness", "0", "-o", "free.mid").status == 0
    assert generate("--strictness", "2", "-o", "strict.mid").status == 0
    free, strict = (read_chorale(Path(f"{name}.mid")) for name in ("free", "strict"))
    assert (free.pitches != strict.pitches).any()
    ended = generate("--strictness", "2.5", "-o", "more.mid")
    assert ended.status == 2
    assert "strictness must be in [0, 2], not 2.5" in ended.err


def test_an_ending_of_no_format_is_refused(generate: Run) -> None:
    ended = generate("-o", "song.doc")
    assert (ended.status, ended.out) == (2, "")
    assert "song.doc has no ending of a known format; use .mid, .musicxml, " in ended.err
    assert there() == []


def test_several_formats_are_written_of_each(generate: Run) -> None:
    ended = generate("-n", "2", "--format", "midi,musicxml,roll", "--staves", "4", "-o", "out")
    assert (ended.status, ended.err) == (0, "")
    endings = (".mid", ".musicxml", "-roll.png")
    assert there() == sorted(
        ["out", *(f"out/chorale-7-{number}{ending}" for number in (1, 2) for ending in endings)]
    )
    midi, score = (read_chorale(Path(f"out/chorale-7-2{ending}")) for ending in endings[:2])
    assert (midi.pitches == score.pitches).all()
    assert (midi.onsets == score.onsets).all()
    assert midi.plan == score.plan


def test_the_needs_of_a_format_are_checked_before_composing(generate: Run) -> None:
    ended = generate("--format", "midi,mp3", "--program", "choir")
    assert (ended.status, ended.out) == (2, "")
    assert "the built-in sound is an organ" in ended.err
    assert there() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_results_that_are_redirected_stay_so_beside_a_progress_bar(
    tiny_model: Path, tmp_path: Path
) -> None:
    import pty

    terminal, end = pty.openpty()
    command = [sys.executable, "-m", "chorale", "generate", "--model", str(tiny_model)]
    command += ["--bars", "2", "-n", "2", "--seed", "7"]
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=end, text=True, check=True, cwd=tmp_path
    )
    os.close(end)
    os.close(terminal)
    assert "chorale-7-1.mid: " in result.stdout
    assert "chorale-7-2.mid: " in result.stdout


# Other choirs


def test_another_choir_is_composed_and_named_in_the_file(generate: Run) -> None:
    ended = generate("--voicing", "ttbb", "-o", "new.mid", "--json")
    assert (ended.status, ended.err) == (0, "")
    assert json.loads(ended.out)[0]["voicing"] == "TTBB"
    chorale = read_chorale(Path("new.mid"))
    for part in VOICINGS["TTBB"].parts:
        pitches = chorale.pitches[:, part.voice]
        assert part.range[0] <= pitches.min() <= pitches.max() <= part.range[1]
    track = mido.MidiFile("new.mid").tracks[0]
    texts = [message.text for message in track if message.type == "text"]
    assert any("2 bars, voicing TTBB" in text for text in texts)


def test_satb_is_the_usual_choir(generate: Run) -> None:
    generate("-o", "usual.mid")
    generate("--voicing", "SATB", "-o", "named.mid")
    assert Path("usual.mid").read_bytes() == Path("named.mid").read_bytes()


def test_a_key_that_is_given_is_kept_for_another_choir(generate: Run) -> None:
    ended = generate("--voicing", "SSA", "--key", "D minor", "--json")
    assert json.loads(ended.out)[0]["key"] == "D minor"


def test_the_same_seed_gives_another_choir_the_same_file(generate: Run) -> None:
    for name in ("one.mid", "two.mid"):
        generate("--voicing", "SA", "-o", name)
    assert Path("one.mid").read_bytes() == Path("two.mid").read_bytes()


def test_an_unknown_choir_is_refused_before_anything_is_composed(generate: Run) -> None:
    ended = generate("--voicing", "SSB")
    message = "'SSB' is no voicing; choose from SATB, SSA, SSAA, TTBB, SAB, SA, TB"
    assert (ended.status, ended.out) == (2, "")
    assert message in ended.err
    assert there() == []
