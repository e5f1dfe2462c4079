"""`chorale render`, on real files."""

import shutil
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from command import Ended, Run
from PIL import Image
from places import ASSETS
from tunes import HUNDREDTH, tune_file

from chorale.music import REST, VOICES, Key, Metre, Plan, from_pitches
from chorale.music.voicings import VOICINGS
from chorale.reading import read_music
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.sound.midi import midi_bytes


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
    ended = render("chorale.mid", "--format", "musicxml,lilypond,svg,pdf,png,roll,wav,flac,ogg,mp3")
    assert (ended.status, ended.err) == (0, "")
    endings = (
        ".musicxml",
        ".ly",
        ".svg",
        ".pdf",
        ".png",
        "-roll.png",
        ".wav",
        ".flac",
        ".ogg",
        ".mp3",
    )
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


def test_parts_are_pdf_files_of_the_voices(render: Run) -> None:
    assert render("tune.mid", "chorale.mid", "--parts", "-o", "parts/").status == 0
    names = {f"chorale-{voice}.pdf" for voice in VOICES} | {"tune-soprano.pdf"}
    assert {path.name for path in Path("parts").iterdir()} == names


def test_a_part_has_its_voice_its_clef_and_its_name(render: Run) -> None:
    ended = render("chorale.mid", "--parts", "--format", "musicxml,lilypond")
    assert ended.out.splitlines()[1:] == [
        f"chorale-{voice}{ending}" for voice in VOICES for ending in (".musicxml", ".ly")
    ]
    whole = read_music(Path("chorale.mid")).chorale
    for number, voice in enumerate(VOICES):
        read = read_music(Path(f"chorale-{voice}.musicxml"))
        assert read.voices == (voice,)
        assert read.facts.title == f"Chorale 4: {voice}"
        assert (read.chorale.pitches[:, number] == whole.pitches[:, number]).all()
        assert read.chorale.plan.key == whole.plan.key
    tenor = Path("chorale-tenor.ly").read_text("utf-8")
    assert '\\clef "treble_8"' in tenor
    assert "\nsoprano = " not in tenor


def test_lilypond_source_given_as_music_is_refused_with_a_remedy(render: Run) -> None:
    assert render("chorale.mid", "-o", "it.ly").status == 0
    ended = render("it.ly", "-o", "it.pdf")
    assert ended.status == 1
    assert "it.ly is LilyPond source; add \\midi { }" in ended.err


def test_several_files_go_to_a_folder(render: Run) -> None:
    assert render("chorale.mid", "tune.mid", "--format", "midi", "-o", "out").status == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["chorale.mid", "tune.mid"]


@pytest.mark.parametrize("folder", ["St. Johann/", "Lieder v1.2/"])
def test_a_name_that_ends_in_a_slash_is_a_folders(render: Run, folder: str) -> None:
    assert render("chorale.mid", "--format", "midi", "-o", folder).status == 0
    assert Path(folder, "chorale.mid").is_file()
    without = folder.rstrip("/")  # now that the folder exists
    assert render("chorale.mid", "tune.mid", "--format", "musicxml", "-o", without).status == 0
    names = sorted(path.name for path in Path(folder).iterdir())
    assert names == ["chorale.mid", "chorale.musicxml", "tune.musicxml"]


def test_a_bad_file_does_not_stop_the_others(render: Run) -> None:
    Path("bad.mid").write_bytes(b"MThd and nothing else")
    files = ["bad.mid", "chorale.mid", "none.mid", "tune.mid"]
    ended = render(*files, "--format", "midi", "-o", "out")
    assert ended.status == 1
    assert sorted(path.name for path in Path("out").iterdir()) == ["chorale.mid", "tune.mid"]
    bad, missing, last = ended.err.splitlines()
    assert bad.startswith("chorale: bad.mid cannot be read as MIDI")
    assert missing == "chorale: there is no file none.mid; name a music file that exists"
    assert last == "chorale: 2 of 4 files could not be rendered"


def test_an_option_that_fits_some_files_only_does_not_stop_the_others(render: Run) -> None:
    ended = render("chorale.mid", "tune.mid", "--key", "B minor", "--format", "svg", "-o", "out")
    assert ended.status == 1
    assert [path.name for path in Path("out").iterdir()] == ["chorale.svg"]
    assert ended.err.splitlines()[0].startswith("chorale: tune.mid: the music is in G major, and")


def test_a_file_that_fails_in_writing_does_not_stop_the_others(
    render: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chorale.rendering.sound.audio.MAX_MINUTES", 0.5)
    tune_file(Path("long.mid"), [*HUNDREDTH, *HUNDREDTH])
    ended = render("long.mid", "chorale.mid", "--format", "wav", "--tempo", "100", "-o", "out")
    assert ended.status == 1
    assert [path.name for path in Path("out").iterdir()] == ["chorale.wav"]
    assert ended.err.startswith("chorale: long.mid: the music lasts")


def test_music_is_transposed_by_semitones_and_spelled_anew(render: Run) -> None:
    ended = render("chorale.mid", "--transpose", "-1", "-o", "lower.musicxml")
    assert "chorale.mid: transposed 1 semitone down, to G# minor" in ended.out.splitlines()
    before, after = read_music(Path("chorale.mid")), read_music(Path("lower.musicxml"))
    assert after.chorale.plan.key == Key.parse("G# minor")
    assert (after.chorale.pitches == before.chorale.pitches - 1).all()
    assert (after.chorale.onsets == before.chorale.onsets).all()
    score = Path("lower.musicxml").read_text()
    assert "<fifths>5</fifths>" in score
    assert "<alter>-1</alter>" not in score


def test_a_transposition_reports_the_notes_that_leave_their_range(render: Run) -> None:
    out = render("chorale.mid", "--transpose", "5", "-o", "higher.mid").out.splitlines()
    assert out[1] == "chorale.mid: transposed 5 semitones up, to D minor"
    assert out[2:] == [
        (
            "chorale.mid: 4 notes of the tenor above its usual range (C3 to G4), the highest A4 in "
            "bar 6, beat 4"
        ),
        "higher.mid",
    ]


def test_a_key_moves_the_music_to_it(render: Run) -> None:
    out = render("chorale.mid", "--key", "E minor", "-o", "e.pdf").out.splitlines()
    assert out[1] == "chorale.mid: transposed 5 semitones down, to E minor"
    render("chorale.mid", "--key", "E minor", "-o", "e.mid")
    before, after = read_music(Path("chorale.mid")), read_music(Path("e.mid"))
    assert after.chorale.plan.key == Key.parse("E minor")
    assert (after.chorale.pitches == before.chorale.pitches - 5).all()


def test_the_relative_key_moves_no_note(render: Run) -> None:
    out = render("chorale.mid", "--key", "C", "-o", "c.mid").out.splitlines()
    assert out[1] == "chorale.mid: in C major, the relative key: no note moved"
    before, after = read_music(Path("chorale.mid")), read_music(Path("c.mid"))
    assert after.chorale.plan.key == Key.parse("C")
    assert (after.chorale.pitches == before.chorale.pitches).all()


def test_with_transpose_a_key_names_the_files_own(render: Run) -> None:
    render("tune.mid", "--key", "C", "--transpose", "2", "-o", "d.musicxml")
    before, after = read_music(Path("tune.mid")), read_music(Path("d.musicxml"))
    assert after.chorale.plan.key == Key.parse("D")
    assert after.chorale.pitches[0, 0] == before.chorale.pitches[0, 0] + 2
    render("tune.mid", "--key", "C", "--transpose", "0", "-o", "c.musicxml")
    named = read_music(Path("c.musicxml")).chorale
    assert named.plan.key == Key.parse("C")
    assert (named.pitches == before.chorale.pitches).all()


def test_minus_one_makes_a_file_a_voice_without_it(render: Run) -> None:
    words = ["chorale.mid", "--minus-one", "--format", "midi", "-o", "practice"]
    names = [f"practice/chorale-without-{voice}.mid" for voice in VOICES]
    assert render(*words).out.splitlines()[1:] == names
    for silent, name in enumerate(names):
        conductor, *voices = mido.MidiFile(name).tracks
        assert conductor.name == f"Chorale 4: without {VOICES[silent]}"
        sounding = [any(m.type == "note_on" for m in track) for track in voices]
        assert [number for number, sounds in enumerate(sounding) if not sounds] == [silent]


def test_practice_and_minus_one_are_made_side_by_side_as_mp3(render: Run) -> None:
    words = ["chorale.mid", "--practice", "--minus-one", "-o", "out/"]
    assert render(*words).status == 0
    labels = [f"{before}{voice}" for before in ("", "without-") for voice in VOICES]
    names = {path.name for path in Path("out").iterdir()}
    assert names == {f"chorale-{label}.mp3" for label in labels}


def test_a_practice_file_has_a_count_in_and_a_metronome(render: Run) -> None:
    words = ["chorale.mid", "--practice", "--count-in", "2", "--metronome"]
    assert render(*words, "--format", "midi", "-o", "clicks").status == 0
    file = mido.MidiFile("clicks/chorale-alto.mid")
    clicks = file.tracks[-1]
    assert clicks.name == "Metronome"
    pitches = [m.note for m in clicks if m.type == "note_on"]
    assert pitches[:13] == 3 * [76, 77, 77, 77] + [76]
    assert {m.channel for m in clicks if m.type == "note_on"} == {9}
    before, after = read_music(Path("chorale.mid")), read_music(Path("clicks/chorale-alto.mid"))
    silent = 3 * 16 - 4  # two bars, and the rest of the pickup's
    assert (after.chorale.pitches[:silent] == -1).all()
    assert (after.chorale.pitches[silent:] == before.chorale.pitches).all()


def test_sound_has_a_count_in(render: Run) -> None:
    common = ["chorale.mid", "--tempo", "120"]
    render(*common, "-o", "plain.wav")
    render(*common, "--count-in", "1", "-o", "counted.wav")
    plain, counted = soundfile.info("plain.wav"), soundfile.info("counted.wav")
    assert counted.duration - plain.duration == pytest.approx(7 * 0.5, abs=1e-3)  # 7 quarters
    samples, rate = soundfile.read("counted.wav")
    first = abs(samples[: rate // 10]).max()
    assert first > 0.2
    assert abs(samples[rate // 10 : rate // 2]).max() < 1e-3


def test_clicks_need_a_metre(render: Run) -> None:
    track = mido.MidiTrack()
    for metre in (3, 4, 3, 4):
        track.append(mido.MetaMessage("time_signature", numerator=metre, denominator=4))
        for _ in range(2 * metre):
            track.append(mido.Message("note_on", note=67))
            track.append(mido.Message("note_off", note=67, time=480))
    mido.MidiFile(tracks=[track]).save("changing.mid")
    ended = render("changing.mid", "--count-in", "1", "-o", "x.wav")
    assert (ended.status, "need a metre" in ended.err, "--metre" in ended.err) == (2, True, True)
    assert render("changing.mid", "--count-in", "1", "--metre", "4/4", "-o", "x.mid").status == 0


def test_sound_of_a_choirs_file_is_reported_to_be_an_organs(render: Run) -> None:
    render("chorale.mid", "--program", "choir", "-o", "choir.musicxml")
    notice = (
        "choir.musicxml: an organ sounds, not the file's choir; "
        "`--soundfont FILE --program 52` plays the choir"
    )
    assert notice in render("choir.musicxml", "-o", "choir.wav").out.splitlines()
    assert notice not in render("choir.musicxml", "-o", "choir.mid").out.splitlines()


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
        (
            ["chorale.mid", "--parts", "--format", "pdf,midi"],
            2,
            "--parts makes scores, not midi; choose from musicxml, lilypond, svg, pdf, png",
        ),
        (["chorale.mid", "--parts", "-o", "a.mp3"], 2, "--parts makes scores, not mp3"),
        (["chorale.mid", "--parts", "--format", "roll"], 2, "--parts makes scores, not roll"),
        (["chorale.mid", "--parts", "--format", "html"], 2, "--parts makes scores, not html"),
        (["chorale.mid", "--parts", "--practice"], 2, "give one at a time"),
        (
            ["chorale.mid", "--practice", "-o", "a.html"],
            2,
            "--practice makes sound or midi, not html; the page has controls of its own for that",
        ),
        (["chorale.mid", "--metronome", "-o", "a.html"], 2, "the page has controls of its own"),
        (["chorale.mid", "--practice", "--format", "png"], 2, "--practice makes sound or midi"),
        (["chorale.mid", "-o", "x.mp3", "--program", "choir"], 2, "the built-in sound is an organ"),
        (["chorale.mid", "-o", "x.png", "--staves", "3"], 2, "a score has 2 or 4 staves, not 3"),
        (["chorale.mid", "-o", "x.png", "--tempo", "0"], 2, "tempo must be 20 to 300"),
        (["chorale.mid", "-o", "x.wav", "--soundfont", "no.sf2"], 1, "no.sf2"),
        (["none.mid", "-o", "x.png"], 1, "there is no file none.mid"),
        (
            ["chorale.mid", "--transpose", "25", "--format", "svg"],
            2,
            "must be less than or equal to 24",
        ),
        (["chorale.mid", "--key", "X", "--format", "svg"], 2, "'X' is not a key"),
        (["chorale.mid", "--key", "A", "--format", "svg"], 2, "the music is in A minor"),
        (["chorale.mid", "--minus-one", "--format", "pdf"], 2, "--minus-one makes sound or midi"),
        (["tune.mid", "--minus-one"], 2, "the only voice is the soprano"),
        (["chorale.mid", "--count-in", "1", "--format", "svg"], 2, "--count-in is for sound and"),
        (["chorale.mid", "--metronome", "--format", "svg"], 2, "--metronome is for sound and midi"),
        (["chorale.mid", "--count-in", "9", "-o", "x.mid"], 2, "must be less than or equal to 8"),
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


@pytest.fixture
def choir(tmp_path: Path) -> None:
    """A folder with files of a women's choir: one with names, one without."""
    pitches = np.full((16, 4), REST, np.int16)
    pitches[:, [0, 1, 3]] = 67, 64, 60
    music = from_pitches(pitches, Plan(16, Metre(4, 4), key=Key(0, "major")))
    content = midi_bytes(music, render_options=RenderOptions(voicing=VOICINGS["SSA"]))
    (tmp_path / "ssa.mid").write_bytes(content)
    for name in (b"Soprano 1", b"Soprano 2", b"Alto"):
        content = content.replace(name, b"x" * len(name))
    (tmp_path / "bare.mid").write_bytes(content)


@pytest.mark.usefixtures("choir")
def test_practice_files_have_the_names_of_the_choir(render: Run) -> None:
    words = ["--practice", "--minus-one", "--format", "midi", "-o", "out/"]
    ended = render("ssa.mid", *words)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith(
        "ssa.mid: read as SSA: soprano 1, soprano 2 and alto, by their names\n"
    )
    voices = ("soprano-1", "soprano-2", "alto")
    names = {f"ssa-{mix}{voice}.mid" for voice in voices for mix in ("", "without-")}
    assert {path.name for path in Path("out").iterdir()} == names
    title = mido.MidiFile("out/ssa-without-soprano-2.mid").tracks[0].name
    assert title == "Chorale: without soprano 2"


@pytest.mark.usefixtures("choir")
def test_lines_without_names_are_those_of_the_given_choir(render: Run) -> None:
    ended = render("bare.mid", "--voicing", "ssa", "-o", "out.musicxml")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith(
        "bare.mid: 3 lines, read in order as soprano 1, soprano 2 and alto\n"
    )
    reading = read_music(Path("out.musicxml"))
    assert (reading.voicing.name, reading.chorale.pitches[0].tolist()) == ("SSA", [67, 64, -1, 60])


@pytest.mark.usefixtures("choir")
@pytest.mark.parametrize(
    ("voicing", "status", "message"),
    [("TB", 1, "has 2 voices; name the parts after the voices"), ("ABC", 2, "'ABC' is no voicing")],
)
def test_a_choir_that_does_not_fit_is_one_line(
    render: Run, voicing: str, status: int, message: str
) -> None:
    ended = render("bare.mid", "--voicing", voicing, "-o", "out.mid")
    assert ended.status == status
    [line] = ended.err.splitlines()
    assert message in line


def test_the_voices_of_a_smaller_choir_are_picked_from_satb(render: Run) -> None:
    ended = render("chorale.mid", "--voicing", "SAB", "-o", "out.mid")
    assert ended.out.startswith("chorale.mid: left out: Tenor\n")
    whole, part = (read_music(Path(name)).chorale.pitches for name in ("chorale.mid", "out.mid"))
    assert (part[:, [0, 1, 3]] == whole[:, [0, 1, 3]]).all()
