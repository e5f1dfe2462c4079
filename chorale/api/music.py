"""Music in and out: files, readings and chorales."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from chorale.api.options import check_type, describe_type
from chorale.errors import OptionError, ReadingError
from chorale.files import refuse_overwrite, write_bytes
from chorale.music import REST, VOICES, Chorale
from chorale.music.voicings import SATB, Voicing, check_voices, parse_voicing
from chorale.reading import Reading, read_music
from chorale.reading.facts import Facts
from chorale.rendering.formats import infer_format, page_path, render
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import DEFAULT_TEMPO_QPM, build_render_options

Music = str | Path | Reading | Chorale


def read(
    path: str | Path,
    part: str | int | None = None,
    approximate: bool = False,
    voicing: str | Voicing | None = None,
) -> Reading:
    """Read the voices of a MIDI, MusicXML, MEI, ABC or Humdrum file.

    Args:
        path: path of the file.
        part: name, or number from 1, of the only part to read; None reads all parts.
        approximate: whether to approximate notes that do not fit sixteenths or four voices, such
            as triplets and chords, instead of refusing the file.
        voicing: the choir of the file, such as "SSA" (`chorale.music.voicings`); None to infer it
            from the names of the parts.

    Returns:
        The chorale, the choir and its voices, facts such as the tempo, and notices of changes.

    Raises:
        ReadingError: the file cannot be read, is ambiguous, or has another number of voices than
            the choir.
        OptionError: there is no such voicing.
    """
    choir = _parse_voicing(voicing)
    return read_music(Path(path), None if part is None else str(part), approximate, choir)


def write(
    chorale: Chorale | Reading,
    path: str | Path,
    *,
    tempo: float = DEFAULT_TEMPO_QPM,
    program: str | int = "organ",
    staves: int = 2,
    soundfont: str | Path | None = None,
    play_repeats: bool = False,
    title: str = "Chorale",
    voicing: str | Voicing | None = None,
    force: bool = False,
) -> list[Path]:
    """Write a chorale to a file, in the format that the ending of the path gives.

    Args:
        chorale: chorale to write, or the reading of a file; `read` restores it from a .mid file.
        path: path of the file, ending in .mid or .midi, .musicxml or .xml, .ly (LilyPond source),
            .svg, .pdf, .png, .html (a page that plays), -roll.png (a piano roll), .wav, .flac,
            .ogg or .mp3.
        tempo: quarter notes a minute, 20 to 300.
        program: instrument, such as "choir", or a General MIDI number, 0 to 127.
        staves: staves of a score: 2, or 4 with one per voice.
        soundfont: soundfont to play with, an .sf2 file; None for the built-in organ.
        play_repeats: whether repeats are played out, in sound, MIDI and pages.
        title: title in the file.
        voicing: the choir, such as "SSA", for names and clefs of the voices; None for that of the
            reading, or SATB.
        force: whether to overwrite existing files.

    Returns:
        The paths of the files: a single one, or one per page of a long score in SVG or PNG.

    Raises:
        OptionError: `chorale` is not a chorale, an option has a wrong value, the path has no known
            ending, the choir lacks a voice that sounds, or the built-in organ cannot play the
            program.
        OutputError: a file exists or cannot be written, or a library that the format needs is not
            installed.
        ReadingError: the soundfont is missing or is not a soundfont.
    """
    choir = _parse_voicing(voicing)
    if isinstance(chorale, Reading):
        choir = choir or chorale.voicing
        chorale = chorale.chorale
    if not isinstance(chorale, Chorale):
        hint = "; write the chorales of a list one by one" if isinstance(chorale, list) else ""
        raise OptionError(f"only a Chorale can be written, not {describe_type(chorale)}{hint}")
    options: dict[str, object] = {"tempo": tempo, "program": program, "staves": staves}
    options |= {"title": title, "play_repeats": play_repeats}
    if soundfont is not None:
        options["soundfont"] = soundfont
    for name, value in options.items():
        check_type(name, value)
    path = Path(path)
    kind = infer_format(path)
    render_options = build_render_options(
        tempo, str(program), staves, Path(soundfont) if soundfont else None
    )
    render_options = replace(render_options, play_repeats=play_repeats, voicing=choir or SATB)
    refuse_overwrite(path, force, python=True)
    [pages] = render(chorale, [kind], Metadata(title), render_options).values()
    files = [page_path(path, page) for page in range(1, len(pages) + 1)]
    for file in files:
        refuse_overwrite(file, force, python=True)
    for file, content in zip(files, pages, strict=True):
        write_bytes(file, content, replace=force)
    return files


def view(
    chorale: Chorale,
    *,
    tempo: float = DEFAULT_TEMPO_QPM,
    staves: int = 2,
    voicing: str | Voicing | None = None,
    editing: bool = False,
    sizes: Sequence[str] = ("wide", "narrow"),
) -> dict[str, Any]:
    """Return a chorale as a page shows and plays it: an engraved score, and its music, as JSON.

    Args:
        chorale: the music.
        tempo: quarter notes a minute, 20 to 300.
        staves: staves of the score: 2, or 4 with one per voice.
        voicing: the choir, such as "SSA"; None for SATB.
        editing: whether the score has staves for silent voices too.
        sizes: windows for which the score is engraved: "wide", "narrow" (telephones), or both.

    Returns:
        The score as HTML ("score"), in which each note of a voice has the identifier w-VOICE-STEP,
        or n-VOICE-STEP in the narrow score for telephones; the staves of a system from the top,
        with their voices and clefs ("staves"); and the music ("music": notes, bars, beats, times
        and the ranks of the organ).

    Raises:
        OptionError: `chorale` is not a chorale, an option has a wrong value, or the choir lacks a
            voice that sounds.
        OutputError: a library is not installed.
    """
    from chorale.rendering.page.page import SHAPES, build_view

    if not isinstance(chorale, Chorale):
        raise OptionError(f"only a Chorale can be shown, not {describe_type(chorale)}")
    given: dict[str, object] = {"tempo": tempo, "staves": staves, "editing": editing}
    for name, value in (given | {"sizes": sizes}).items():
        check_type(name, value)
    if unknown := [size for size in sizes if size not in SHAPES]:
        raise OptionError(f"no size {unknown[0]!r}; choose from {', '.join(SHAPES)}")
    choir = _parse_voicing(voicing) or SATB
    check_voices(map(int, np.flatnonzero((chorale.pitches != REST).any(axis=0))), choir)
    render_options = replace(
        build_render_options(tempo, "organ", staves), for_editing=editing, voicing=choir
    )
    return build_view(chorale, render_options, [size for size in SHAPES if size in sizes])


def to_reading(music: Music, voicing: str | Voicing | None = None) -> Reading:
    """Convert music, given as a path, a Reading or a Chorale, to a Reading.

    Args:
        music: the music.
        voicing: the choir of a file or Chorale; None to infer that of a file, and for SATB. A
            Reading has its own.

    Raises:
        ReadingError: the music has another type, cannot be read, or has no notes.
        OptionError: there is no such voicing, or it lacks a voice that sounds.
    """
    if isinstance(music, Reading):
        return music
    if isinstance(music, (str, Path)):
        return read(music, voicing=voicing)
    if not isinstance(music, Chorale):
        raise ReadingError(
            f"music must be a path, a Reading or a Chorale, not {describe_type(music)}"
        )
    sounding = (music.pitches != REST).any(axis=0)
    plan = music.plan
    facts = Facts(
        plan.metre,
        plan.pickup_steps if plan.metre else None,
        plan.key.sharps if plan.key else None,
        plan.key.mode if plan.key else None,
        by_chorale=True,
    )
    voices = tuple(voice for voice, sounds in zip(VOICES, sounding, strict=True) if sounds)
    if not voices:
        raise ReadingError("the chorale has no notes; give one with notes")
    choir = _parse_voicing(voicing) or SATB
    check_voices([VOICES.index(voice) for voice in voices], choir)
    return Reading(music, voices, facts, (), voicing=choir)


def _parse_voicing(voicing: str | Voicing | None) -> Voicing | None:
    """Parse a voicing; None stays None.

    Raises:
        OptionError: there is no such voicing.
    """
    if voicing is None:
        return None
    check_type("voicing", voicing)
    return parse_voicing(voicing)
