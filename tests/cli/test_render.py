"""`chorale render`, on real files."""

import shutil
from pathlib import Path

import mido
import pytest
import soundfile
from command import Ended, Run
from PIL import Image
from places import ASSETS
from tunes import tune_file

from chorale.reading import read_music


@pytest.fixture
def render(run: Run, tmp_path: Path) -> Run:
    """A function that runs `chorale render` in a folder with a chorale and a bare tune."""
    shutil.copy(ASSETS / "chorale.mid", tmp_path)
    tune_file(tmp_path / "tune.mid")

    def render(*words: str) -> Ended:
        return run("render", *words)

    return render


def there() -> set[str]:
    return {path.name for path in Path().rglob("*") if path.is_file()}


INPUTS = {"chorale.mid", "tune.mid"}


def test_a_chorale_becomes_every_format(render: Run) -> None:
    ended = render("chorale.mid", "--format", "musicxml,svg,pdf,png,roll,wav,flac,ogg,mp3")
    assert (ended.status, ended.err) == (0, "")
    endings = (".musicxml", ".svg", ".pdf", ".png", "-roll.png", ".wav", ".flac", ".ogg", ".mp3")
    made = [f"chorale{ending}" for ending in endings]
    assert there() == {*made, *INPUTS}
    assert ended.out.splitlines()[1:] == made
    assert ended.out.startswith(
        "chorale.mid: 4/4 (from the file), a pickup of 1 beat (from the file), "
    )


def test_the_metadata_of_our_file_go_with_it(render: Run) -> None:
    render("chorale.mid", "--format", "musicxml,png,flac")
    before = read_music(Path("chorale.mid"))
    after = read_music(Path("chorale.musicxml"))
    assert after.facts.title == "Chorale 4"
    assert after.facts.comments == before.facts.comments
    assert after.facts.comments[:2] == ("Composed by chorale", "seed 4, no. 1")
    assert (after.chorale.pitches == before.chorale.pitches).all()
    comment = "; ".join(before.facts.comments)
    with Image.open("chorale.png") as picture:
        assert picture.info["Comment"] == comment
    with soundfile.SoundFile("chorale.flac") as sound:
        assert (sound.title, sound.comment) == ("Chorale 4", comment)


def test_a_bare_tune_is_drawn_in_the_estimated_metre_and_key(render: Run) -> None:
    ended = render("tune.mid", "-o", "tune.musicxml", "--title", "Old Hundredth")
    assert ended.out.splitlines() == [
        "tune.mid: one line, read as soprano",
        (
            "tune.mid: 4/4 (estimated), a pickup of 1 beat (estimated), G major (estimated), "
            "no fermatas (none in the file)"
        ),
        "tune.musicxml",
    ]
    read = read_music(Path("tune.musicxml"))
    assert read.voices == ("soprano",)
    assert read.facts.title == "Old Hundredth"
    assert read.chorale.plan.pickup_steps == 4


def test_options_override_the_estimates(render: Run) -> None:
    options = ["--key", "E minor", "--metre", "3/4", "--pickup", "0", "--tempo", "100"]
    render("tune.mid", "-o", "tune.musicxml", *options)
    plan = read_music(Path("tune.musicxml")).chorale.plan
    assert plan.key
    assert plan.metre
    assert (plan.key.name, plan.metre.name, plan.pickup_steps) == ("E minor", "3/4", 0)
    assert read_music(Path("tune.musicxml")).facts.tempo_qpm == 100


def test_practice_makes_a_file_a_voice_with_it_in_front(render: Run) -> None:
    ended = render("chorale.mid", "--practice", "--format", "midi", "-o", "practice")
    names = [f"practice/chorale-{voice}.mid" for voice in ("soprano", "alto", "tenor", "bass")]
    assert ended.out.splitlines()[1:] == names
    for front, name in enumerate(names):
        conductor, *voices = mido.MidiFile(name).tracks
        assert conductor.name == f"Chorale 4: {Path(name).stem.removeprefix('chorale-')}"
        loud = [max(m.velocity for m in track if m.type == "note_on") for track in voices]
        assert loud.index(max(loud)) == front
        assert sorted(loud)[2] < max(loud) / 2


def test_practice_is_mp3_of_the_voices_that_there_are(render: Run) -> None:
    assert render("tune.mid", "--practice").status == 0
    assert there() == {*INPUTS, "tune-soprano.mp3"}


def test_several_files_go_to_a_folder(render: Run) -> None:
    assert render("chorale.mid", "tune.mid", "--format", "midi", "-o", "out").status == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["chorale.mid", "tune.mid"]


def test_the_option_format_may_be_repeated(render: Run) -> None:
    words = ["chorale.mid", "--format", "svg", "--format", "midi,roll", "-o", "out"]
    assert render(*words).status == 0
    made = sorted(path.name for path in Path("out").iterdir())
    assert made == ["chorale-roll.png", "chorale.mid", "chorale.svg"]


def test_files_of_different_names_do_not_become_one(render: Run) -> None:
    shutil.copy("chorale.mid", "tune-roll.mid")
    ended = render("tune.mid", "tune-roll.mid", "--format", "png,roll", "-o", "out", "--force")
    assert ended.status == 2
    assert "several files would become out/tune-roll.png" in ended.err
    assert not Path("out").exists()


def test_the_composer_stays_and_none_is_invented(render: Run) -> None:
    shutil.copy(ASSETS / "greensleeves.musicxml", "green.musicxml")
    render("green.musicxml", "tune.mid", "chorale.mid", "--format", "musicxml", "-o", "out")
    composers = [
        read_music(Path(f"out/{name}.musicxml")).facts.composer
        for name in ("green", "tune", "chorale")
    ]
    assert composers == ["English, before 1580", None, "chorale"]


def test_quiet_prints_nothing(render: Run) -> None:
    assert render("chorale.mid", "-o", "a.musicxml", "-q").out == ""


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["chorale.mid"], 2, "no format is given; name a file with -o"),
        (["chorale.mid", "-o", "x.tiff"], 2, "x.tiff has no ending of a known format"),
        (["chorale.mid", "tune.mid", "-o", "x.png"], 2, "2 files cannot all become x.png"),
        (
            ["chorale.mid", "chorale.mid", "--format", "svg"],
            2,
            "would become chorale.svg",
        ),
        (["chorale.mid", "--practice", "--format", "png"], 2, "--practice makes sound or midi"),
        (["chorale.mid", "-o", "x.mp3", "--program", "choir"], 2, "the built-in sound is an organ"),
        (["chorale.mid", "-o", "x.png", "--staves", "3"], 2, "a score has 2 or 4 staves, not 3"),
        (["chorale.mid", "-o", "x.png", "--tempo", "0"], 2, "tempo must be 20 to 300"),
        (["chorale.mid", "-o", "x.wav", "--soundfont", "no.sf2"], 1, "no.sf2"),
        (["none.mid", "-o", "x.png"], 1, "there is no file none.mid"),
        (["chorale.mid", "none.mid", "--format", "svg"], 1, "there is no file none.mid"),
        (["chorale.mid", "--format", "midi"], 1, "chorale.mid exists"),
    ],
)
def test_an_impossible_request_is_an_error_of_one_line_and_nothing_is_written(
    render: Run, words: list[str], status: int, message: str
) -> None:
    ended = render(*words)
    assert (ended.status, ended.out) == (status, "")
    assert message in ended.err
    assert ended.err.count("\n") == 1
    assert there() == INPUTS
