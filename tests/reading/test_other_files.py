"""Files that are given as music but are not read."""

from pathlib import Path

import pytest

from chorale.errors import ReadingError
from chorale.reading import SUFFIXES, read_music

EXPORT = "open it there and export MusicXML"


def refusal(path: Path) -> str:
    with pytest.raises(ReadingError) as refused:
        read_music(path)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.mscz", f"a MuseScore file; {EXPORT}"),
        ("A.MSCZ", f"a MuseScore file; {EXPORT}"),
        ("a.sib", f"a Sibelius file; {EXPORT}"),
        ("a.mus", f"a Finale file; {EXPORT}"),
        ("a.musx", f"a Finale file; {EXPORT}"),
        ("a.capx", f"a capella file; {EXPORT}"),
        ("a.gp", f"a Guitar Pro file; {EXPORT}"),
        ("a.ly", r"LilyPond source; add \midi { } to its \score block, run lilypond and give"),
        ("a.pdf", "a page or a picture, without notes; give the music as MIDI or MusicXML, which"),
        ("a.mp3", "a sound recording, without notes; give the music as MIDI or MusicXML"),
        ("a.wav", "a sound recording, without notes; give the music as MIDI or MusicXML"),
        ("a.doc", f"not a music file that can be read; use {', '.join(SUFFIXES)}"),
    ],
)
def test_a_file_that_is_not_read_is_refused_with_what_to_do(
    name: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(b"anything")
    assert refusal(path).startswith(f"{path} is ")
    assert message in refusal(path)


@pytest.mark.parametrize("name", ["hymns", "hymns.mid", "St. Johann", "old.sib"])
def test_a_folder_is_refused_with_a_file_in_it(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    assert refusal(folder) == f"{folder} is a folder; name a music file: {', '.join(SUFFIXES)}"
    for inside in ("notes.txt", "b.mid", "a.MusicXML"):
        (folder / inside).touch()
    assert refusal(folder) == (
        f"{folder} is a folder; name a file in it, such as {folder / 'a.MusicXML'}"
    )
