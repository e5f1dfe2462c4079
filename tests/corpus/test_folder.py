"""A folder of music files as a data set."""

import shutil
from pathlib import Path

import mido
import numpy as np
import pytest
from lilypond_midi import lilypond_midi
from made_up_hymns import made_up_hymn
from scores import attributes, barline, lyric, note, score, write

from chorale.corpus import load_corpus
from chorale.corpus.folder import read_folder
from chorale.errors import DataError
from chorale.music import REST, Plan, from_pitches
from chorale.music.voicings import VOICINGS
from chorale.reading import read_music
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.sound.midi import midi_bytes


def midi(pitch: int = 60, steps: int = 16) -> bytes:
    return midi_bytes(from_pitches(np.full((steps, 4), pitch, np.int16), Plan(steps)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twenty chorales, two of them in a subfolder."""
    (tmp_path / "subfolder").mkdir()
    for number in range(20):
        parent = tmp_path / "subfolder" if number < 2 else tmp_path
        (parent / f"{number:02}.mid").write_bytes(midi(50 + number))
    return tmp_path


def sources(folder: Path, seed: int = 0) -> dict[str, list[str]]:
    splits = read_folder(folder, seed).splits
    return {split: [chorale.source for chorale in chorales] for split, chorales in splits.items()}


def test_pieces_are_split_eight_to_one_to_one(folder: Path) -> None:
    found = sources(folder)
    assert {split: len(names) for split, names in found.items()} == {
        "train": 16,
        "valid": 2,
        "test": 2,
    }
    names = set().union(*found.values())
    assert len(names) == 20
    assert "subfolder/00.mid" in names


def test_the_split_depends_on_the_seed_only(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = tmp_path_factory.mktemp("copy") / "folder"
    shutil.copytree(folder, copy)
    assert sources(folder) == sources(copy)
    assert sources(folder, seed=1) != sources(folder)


def test_unusable_files_are_skipped_with_the_reason(folder: Path) -> None:
    (folder / "broken.mid").write_bytes(b"broken")
    (folder / "high.MID").write_bytes(midi(100))
    (folder / "short.mid").write_bytes(midi(steps=15))
    (folder / "notes.txt").write_text("not music")
    (folder / "._hidden.mid").write_bytes(b"resource fork")
    corpus = read_folder(folder)
    assert len(corpus.skipped) == 3
    assert "broken.mid cannot be read as MIDI" in corpus.skipped[0]
    assert corpus.skipped[1] == "high.MID: pitch 100 is outside the range 36 to 84"
    assert corpus.skipped[2] == "short.mid: 15 steps long; at least 16 are needed"


def test_three_files_are_enough_one_for_each_split(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.mid").write_bytes(midi(50 + number))
    assert [len(names) for names in sources(tmp_path).values()] == [1, 1, 1]


def test_the_same_music_in_two_files_is_read_once(folder: Path) -> None:
    (folder / "19.midi").write_bytes((folder / "19.mid").read_bytes())
    corpus = read_folder(folder)
    assert sum(map(len, corpus.splits.values())) == 20
    assert corpus.skipped == ("19.midi: the same music as 19.mid",)


def test_a_chorale_with_a_silent_voice_is_skipped(folder: Path) -> None:
    pitches = np.full((16, 4), 60, np.int16)
    pitches[:, 2] = REST
    (folder / "trio.mid").write_bytes(midi_bytes(from_pitches(pitches, Plan(16))))
    reason = "trio.mid: the tenor has no notes; four voices must sound"
    assert read_folder(folder).skipped == (reason,)


def test_files_are_read_as_by_the_commands_with_notices(folder: Path) -> None:
    hymn = made_up_hymn(16, 1)
    (folder / "hymn.mid").write_bytes(lilypond_midi(hymn))
    corpus = read_folder(folder)
    [read] = [each for split in corpus.splits.values() for each in split if "hymn" in each.source]
    assert (read.pitches == hymn.pitches).all()
    assert corpus.skipped == ()
    [notice] = corpus.notices
    assert notice.startswith("hymn.mid: ")
    assert notice == "hymn.mid: " + "; ".join(read_music(folder / "hymn.mid").change_notices)
    assert corpus.report == [notice]


def test_annotations_are_left_out_without_a_notice(folder: Path) -> None:
    more = lyric("la") + "<notations><slur type='start'/></notations>"
    ends = barline("<repeat direction='backward'/>")
    lines = [[attributes() + note(name, 16, more) + ends] for name in ("C5", "G4", "E4", "C3")]
    write(folder, score(*lines))
    corpus = read_folder(folder)
    assert (corpus.skipped, corpus.notices) == ((), ())
    assert not any(each.annotations for split in corpus.splits.values() for each in split)


def test_a_file_with_triplets_is_skipped_with_their_places(folder: Path) -> None:
    file = mido.MidiFile(ticks_per_beat=48)
    for pitch in (72, 67, 60, 48):
        played = [("note_on", 0), ("note_off", 16)] * 24
        file.tracks.append(
            mido.MidiTrack(mido.Message(kind, note=pitch, time=time) for kind, time in played)
        )
    file.save(folder / "triplets.mid")
    [reason] = read_folder(folder).skipped
    assert (
        "triplets.mid has notes between the sixteenths, such as triplets (bar 1, beat 1" in reason
    )
    assert read_folder(folder).report == [f"left out {reason}"]


def test_the_name_of_the_corpus_cannot_be_that_of_a_data_set(folder: Path) -> None:
    assert read_folder(folder).name == f"folder {folder.name}"


def test_fewer_than_three_files_are_refused_with_the_first_reasons(tmp_path: Path) -> None:
    (tmp_path / "fine.mid").write_bytes(midi())
    (tmp_path / "broken.mid").write_bytes(b"broken")
    with pytest.raises(DataError, match=r"1 usable chorale in 2 music files; at least 3.*broken"):
        read_folder(tmp_path)


def test_an_empty_folder_is_refused_with_the_allowed_suffixes(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"0 usable .*no file ends in \.mid"):
        read_folder(tmp_path)


def test_progress_counts_every_file(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    read_folder(folder, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 20) for done in range(21)]


def test_a_corpus_is_loaded_by_the_name_of_its_folder(folder: Path) -> None:
    assert load_corpus(str(folder)) == read_folder(folder)


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DataError, match="no data set 'mozart'; choose bach, jsb or a folder"):
        load_corpus("mozart")


def test_a_path_that_is_not_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mid").touch()
    for path in (tmp_path / "a.mid", tmp_path / "missing"):
        with pytest.raises(DataError, match=f"^{path} is not a folder; name one with music"):
            read_folder(path)


def test_music_for_another_choir_is_skipped(folder: Path) -> None:
    options = RenderOptions(voicing=VOICINGS["TTBB"])
    content = midi_bytes(made_up_hymn(16, 2), render_options=options)
    (folder / "men.mid").write_bytes(content)
    [reason] = read_folder(folder).skipped
    assert reason == (
        "men.mid: for TTBB (tenor 1, tenor 2, bass 1 and bass 2); soprano, alto, tenor and bass "
        "needed"
    )
