"""Harmful files: each is read, or refused in one line, in little time and memory."""

import gzip
import json
import struct
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from places import ROOT
from safetensors.numpy import save
from tiny_network import tiny_checkpoint

from chorale.corpus import cache, jsb
from chorale.corpus.jsb_files import parse_csv_archive, parse_json_splits
from chorale.errors import CheckpointError, DataError, OptionError, ReadingError, TrainingError
from chorale.music import MAX_BEATS, MAX_STEPS, Metre
from chorale.network.checkpoint import load_checkpoint, save_checkpoint
from chorale.network.tokens import Vocabulary
from chorale.options import MAX_LAYERS, MAX_WIDTH, ModelOptions
from chorale.reading import limits, read_music, xml, xml_filter
from chorale.reading.midi import read_midi
from chorale.reading.packed import CONTAINER
from chorale.training.state import TrainingState

sys.path.insert(0, str(ROOT / "scripts" / "stress" / "fuzz"))
import readers  # scripts are not a package

MEGABYTE = 10**6
NOTE = "<note><pitch><step>C</step><octave>5</octave></pitch><duration>4</duration></note>"
END = b"\0\xff\x2f\0"


# Any bytes


@st.composite
def changed(draw: st.DrawFn, seeds: list[bytes], words: list[bytes]) -> bytes:
    """Draw a file of which some passages are removed, repeated or overwritten."""
    content = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 64)))
        doubled = bytes(content[start:end]) * 3
        new = draw(st.binary(max_size=8) | st.sampled_from([*words, doubled, b""]))
        content[start:end] = new
    return bytes(content)


@pytest.mark.parametrize("name", readers.READERS)
def test_a_reader_of_any_bytes_succeeds_or_raises_its_own_error(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    reader = readers.READERS[name]
    folder = tmp_path_factory.mktemp("bytes")
    path = folder / f"made{reader.suffix}"
    words = [word.encode().decode("unicode_escape").encode("latin-1") for word in reader.words]
    seeds = list(reader.seeds(folder / "seed"))
    for seed in seeds[:3]:
        reader.read(seed, path)

    @settings(max_examples=25, deadline=None)
    @given(content=changed(seeds, words) | st.binary(max_size=200))
    def read(content: bytes) -> None:
        reader.read(content, path)

    read()


# MIDI


def midi(*tracks: bytes, ticks_per_quarter: int = 96) -> bytes:
    header = b"MThd" + struct.pack(">LHHH", 6, 1, len(tracks), ticks_per_quarter)
    return header + b"".join(b"MTrk" + struct.pack(">L", len(t)) + t for t in tracks)


def held(ticks: bytes) -> bytes:
    """Return a track of one note of this length."""
    return b"\0\x90\x40\x40" + ticks + b"\x80\x40\0" + END


STRUCK = b"\x18\x40\0\0\x40\x40"  # ended and struck again, with running status
BAD_MIDI = {
    "a note of 2**28 ticks": (midi(held(b"\xff\xff\xff\x7f"), ticks_per_quarter=1), "20,000"),
    "a wait beyond MIDI": (midi(held(b"\xff" * 5 + b"\x7f")), "more ticks than MIDI can count"),
    "a wait beyond floats": (midi(held(b"\xff" * 300 + b"\x7f")), "more ticks than MIDI can"),
    "a length without end": (midi(b"\xff" * 200_000 + END), "more ticks than MIDI can"),
    "a length that lies": (midi(b"\0\xf0\xff\xff\xff\x7f" + END), "it ends early"),
    "many parts": (midi(*[held(b"\x18")] * 101), "more than 100 parts"),
    "many notes": (midi(b"\0\x90\x40\x40" + STRUCK * 60_000 + END), "more than 60,000 notes"),
    "many bytes": (midi(b"\0" * 2_000_000), "more than 2 MB"),
    "a long name": (midi(b"\0\xff\x03\x87\x69" + b"a" * 1001 + held(b"\x18")), "1,000 characters"),
}


@pytest.mark.parametrize("case", BAD_MIDI)
def test_a_harmful_midi_file_is_refused(case: str, tmp_path: Path) -> None:
    content, message = BAD_MIDI[case]
    path = tmp_path / "bad.mid"
    path.write_bytes(content)
    with pytest.raises(ReadingError, match=message):
        read_music(path, approximate=True)


def test_names_are_read_without_terminal_commands(tmp_path: Path) -> None:
    name = b"\0\xff\x03\x07a\x1b[2Jb\x07"
    path = tmp_path / "name.mid"
    path.write_bytes(midi(b"\0\xff\x03\x05\x1b]0;x" + END, name + held(b"\x18")))
    assert read_music(path).facts.title == " ]0;x"
    assert limits.check_limits(read_midi(path), "")[1].name == "a [2Jb "


# MusicXML


def score(
    inside: str, time: str = "<beats>4</beats><beat-type>4</beat-type>", parts: int = 1
) -> str:
    """Return MusicXML of parts of one measure each."""
    attributes = f"<attributes><divisions>4</divisions><time>{time}</time></attributes>"
    measure = f"<measure number='1'>{attributes}{inside}</measure>"
    part_list = "".join(f"<score-part id='P{n}'><part-name/></score-part>" for n in range(parts))
    written = "".join(f"<part id='P{n}'>{measure}</part>" for n in range(parts))
    return f"<score-partwise><part-list>{part_list}</part-list>{written}</score-partwise>"


def bomb() -> str:
    """Return nine nested entities, each ten times the one before: a billion words."""
    entities = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    words = "<direction><direction-type><words>&a9;</words></direction-type></direction>"
    return f"<!DOCTYPE a [<!ENTITY a0 'lol'>{entities}]>{score(words + NOTE)}"


def number(name: str, value: str) -> str:
    return score(f"<{name}>{value}</{name}>{NOTE}")


OUTSIDE = "<!DOCTYPE a [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
BAD_XML = {
    "an entity bomb": (bomb(), "definitions of its own"),
    "a file from outside": (OUTSIDE + score(NOTE), "definitions of its own"),
    "attributes for all": ("<!DOCTYPE a [<!ATTLIST note a CDATA 'b'>]>" + score(NOTE), "DOCTYPE"),
    "deep nesting": (score("<x>" * 200_000 + "</x>" * 200_000), "more than 64 deep"),
    "many parts": (score(NOTE, parts=101), "more than 100 elements <score-part>"),
    "many measures": (score(f"</measure>{NOTE}<measure>" * 1_000), "more than 1,000 measures in"),
    "many notes": (score(NOTE * 60_001), "more than 60,000 elements <note>"),
    "many signatures": (score("<attributes/>" * 10_001), "more than 10,000 elements <attributes>"),
    "many fermatas": (
        score(f"<note><notations>{'<fermata/>' * 10_001}</notations></note>"),
        "more than 10,000 elements <fermata>",
    ),
    "many numbers for one": (number("duration", "9 " * 1_000_000), "9 9 .* as its <duration>"),
    "another format": ("<score-timewise/>", "<score-timewise> as its outermost element"),
    "many voices": (
        score("".join(f"<note><voice>{n}</voice></note>" for n in range(13))),
        "more than 12 voices in one part",
    ),
    "many verses": (
        score(NOTE.replace("</note>", "<lyric><text>a</text></lyric>" * 100_000 + "</note>")),
        "more than 40 lyrics under one note",
    ),
    "many chord symbols": (score("<harmony/>" * 10_001), "more than 10,000 elements <harmony>"),
    "many endings": (score("<barline><ending/></barline>" * 10_001), "more than 10,000 elements"),
    "a repeat without end": (score("<barline><repeat times='1e9'/></barline>"), "as its <times>"),
    "a thousand beats": (score(NOTE, "<beats>1000</beats><beat-type>4</beat-type>"), "<beats>"),
    "a thousand beats, added": (
        score(NOTE, "<beats>98+98</beats><beat-type>4</beat-type>"),
        r"98\+98 as its <beats>",
    ),
    "no number": (number("duration", "nan"), "nan as its <duration>"),
    "no end": (number("divisions", "Infinity"), "Infinity as its <divisions>"),
    "a number of digits": (number("duration", "9" * 5_000), "9{40} as its <duration>"),
    "a huge number": (number("octave", "1e9"), "1e9 as its <octave>"),
    "a long attribute": (score(f"<note id='{'a' * 1_001}'/>"), "a{40} as its <id>"),
    "a note without end": (score(NOTE.replace(">4<", ">1000000000<")), "outside the first 20,000"),
    "a long name": (
        score(NOTE).replace("<part-name/>", f"<part-name>{'a' * 1_001}</part-name>"),
        "more than 1,000 characters",
    ),
}


@pytest.mark.parametrize("case", BAD_XML)
def test_a_harmful_score_is_refused(case: str, tmp_path: Path) -> None:
    text, message = BAD_XML[case]
    path = tmp_path / "bad.musicxml"
    path.write_text(text, "utf-8")
    with pytest.raises(ReadingError, match=message):
        read_music(path)


def test_a_score_of_too_many_elements_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xml_filter, "MAX_ELEMENTS", 100)
    path = tmp_path / "bad.musicxml"
    path.write_text(score("<x/>" * 100), "utf-8")
    with pytest.raises(ReadingError, match="more than 100 elements"):
        read_music(path)


def test_music21_is_given_no_elements_that_slow_it_down(tmp_path: Path) -> None:
    degree = "<degree><degree-value>1000000000</degree-value></degree>"
    harmony = f"<harmony><root><root-step>C</root-step></root><kind>major</kind>{degree}</harmony>"
    marks = "<slur type='start'/><glissando type='start'/><fermata/>"
    tremolo = "<ornaments><tremolo type='start'>3</tremolo></ornaments>"
    lyric = "<lyric><text>a</text></lyric>"
    note = NOTE.replace("</note>", f"<notations>{marks}{tremolo}</notations>{lyric}</note>")
    wedge = "<direction><direction-type><wedge type='crescendo'/></direction-type></direction>"
    path = tmp_path / "marks.musicxml"
    path.write_text(score(harmony + wedge + note), "utf-8")
    filtered = xml.extract_musicxml(path).notes
    names = ("harmony", "slur", "glissando", "tremolo", "lyric", "wedge")
    assert not [name for name in names if name in filtered]
    reading = read_music(path)
    assert reading.chorale.plan.length_steps == 4
    assert reading.chorale.plan.fermatas is not None
    assert reading.chorale.annotations.chord_symbols[0].degrees == ()


HARMLESS_BUT_MANY = {
    "long words": f"<direction><direction-type><words>{' ' * 500_000}q = 7</words>"
    "</direction-type></direction>" * 10,
    "spaced tempos": f"<direction><direction-type><words>{'q ' * 500_000}</words>"
    "</direction-type></direction>",
    "an ending in each measure": "</measure><measure><barline location='left'>"
    f"<ending type='start' number='1-99'/></barline>{NOTE}"
    "<barline><ending type='stop'/><repeat direction='backward'/></barline>" * 400,
    "hairpins": "<direction><direction-type><wedge type='crescendo'/></direction-type></direction>"
    * 9_000,
    "a long syllable": NOTE.replace("</note>", f"<lyric><text>{'a' * 10**6}</text></lyric></note>"),
}


@pytest.mark.parametrize("case", HARMLESS_BUT_MANY)
def test_annotations_of_any_size_are_read_in_time(case: str, tmp_path: Path) -> None:
    path = tmp_path / "many.musicxml"
    path.write_text(score(HARMLESS_BUT_MANY[case] + NOTE), "utf-8")
    start = time.process_time()
    read_music(path)
    assert time.process_time() - start < 20


def test_annotations_are_read_without_terminal_commands(tmp_path: Path) -> None:
    evil = "a\x9b31m\u202e"
    lyric = f"<lyric><text>{evil}</text></lyric>"
    words = f"<direction><direction-type><words>{evil}</words></direction-type></direction>"
    kind = f"<harmony><root><root-step>C</root-step></root><kind text='{evil}'>{evil}</kind>"
    path = tmp_path / "evil.musicxml"
    inside = f"{words}{kind}</harmony>{NOTE.replace('</note>', lyric + '</note>')}"
    named = score(inside).replace("<part-name/>", f"<part-name>{evil}</part-name>")
    path.write_text(named, "utf-8")
    found = read_music(path).chorale.annotations
    texts = [found.syllables[0].text, found.marks[0].text, found.names[0]]
    texts += [found.chord_symbols[0].kind, found.chord_symbols[0].text or ""]
    assert texts == ["a 31m"] * 5


def test_a_score_as_long_as_a_passion_chorus_is_within_the_limits(tmp_path: Path) -> None:
    measure = f"<measure number='1'>{NOTE * 8}</measure>"
    part = f"<part id='P0'>{measure * 200}</part>"
    path = tmp_path / "long.musicxml"
    path.write_text(f"<score-partwise>{part * 30}</score-partwise>", "utf-8")
    assert xml.extract_musicxml(path)[0].count("<note>") == 48_000


# Packed MusicXML


def pack(path: Path, members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def container(name: str) -> str:
    return f"<container><rootfiles><rootfile full-path='{name}'/></rootfiles></container>"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = pack(tmp_path / "bomb.mxl", {"score.xml": bytes(150 * MEGABYTE)})
    assert path.stat().st_size < MEGABYTE
    tracemalloc.start()
    try:
        with pytest.raises(ReadingError, match="more than 32 MB unpacked"):
            read_music(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * limits.MAX_XML_BYTES


@pytest.mark.parametrize("name", ["../../escaped.musicxml", "/tmp/escaped.xml", "a/../../b.xml"])  # noqa: S108
def test_a_packed_path_out_of_the_archive_writes_nothing(name: str, tmp_path: Path) -> None:
    inner = tmp_path / "in" / "ner"
    inner.mkdir(parents=True)
    path = pack(inner / "escape.mxl", {CONTAINER: container(name), name: score(NOTE)})
    assert read_music(path).chorale.plan.length_steps == 4
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]


@pytest.mark.parametrize(
    ("members", "method", "message"),
    [
        ({f"{n}.txt": b"" for n in range(1_001)}, zipfile.ZIP_STORED, "more than 1,000 files"),
        ({"score.xml": score(NOTE)}, zipfile.ZIP_LZMA, "packed by a method"),
        ({"picture.png": b""}, zipfile.ZIP_STORED, "no MusicXML packed in it"),
        ({CONTAINER: bomb(), "score.xml": score(NOTE)}, zipfile.ZIP_STORED, "definitions"),
        ({"a.xml": bytes(8 * MEGABYTE + 1)}, zipfile.ZIP_STORED, "more than 8 MB, packed"),
    ],
    ids=["many members", "another method", "no music", "a bomb as container", "many bytes"],
)
def test_a_harmful_packed_file_is_refused(
    members: dict[str, str | bytes], method: int, message: str, tmp_path: Path
) -> None:
    path = pack(tmp_path / "bad.mxl", members, method)
    with pytest.raises(ReadingError, match=message):
        read_music(path)


def test_a_packed_file_is_recognized_by_its_content(tmp_path: Path) -> None:
    path = pack(tmp_path / "packed.musicxml", {"score.xml": score(NOTE)})
    assert read_music(path).chorale.plan.length_steps == 4


# On the command line


@pytest.mark.parametrize("case", ["bomb.musicxml", "bomb.mxl", "long.mid", "deep.musicxml"])
@pytest.mark.parametrize("command", [["check"], ["harmonize"], ["render", "--format", "midi"]])
def test_a_command_refuses_a_bad_file_in_one_line_and_leaves_nothing(
    case: str, command: list[str], run: Run, tmp_path: Path
) -> None:
    path = tmp_path / case
    if case.endswith(".mid"):
        path.write_bytes(BAD_MIDI["a note of 2**28 ticks"][0])
    elif case.endswith(".mxl"):
        pack(path, {"../score.xml": bytes(40 * MEGABYTE)})
    else:
        path.write_text(bomb() if "bomb" in case else BAD_XML["deep nesting"][0], "utf-8")
    ended = run(*command, case)
    assert ended.status == 1
    assert ended.out == ""
    assert ended.err.startswith("chorale: ")
    assert ended.err.count("\n") == 1
    assert "Traceback" not in ended.err
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_contains_no_terminal_commands(run: Run) -> None:
    ended = run("check", "\x1b[2J.mid")
    assert ended.err.startswith("chorale: there is no file  [2J")


# Checkpoints and training states


def header() -> dict[str, Any]:
    """Return the description in a checkpoint's header."""
    path_of_none = save(
        {}, {"chorale": json.dumps({**_described(), "about": dict(tiny_checkpoint().about)})}
    )
    return json.loads(_metadata(path_of_none)["chorale"])


def _described() -> dict[str, Any]:
    from chorale.network.checkpoint import _describe

    return _describe(tiny_checkpoint())


def _metadata(content: bytes) -> dict[str, str]:
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length])["__metadata__"]


def weights(kind: type = np.float16) -> dict[str, Any]:
    return {name: values.astype(kind) for name, values in tiny_checkpoint().weights.items()}


def described(change: Callable[[dict[str, Any]], Any]) -> bytes:
    """Return a checkpoint with a changed description."""
    changed_header = header()
    change(changed_header)
    return save(weights(), {"chorale": json.dumps(changed_header)})


def option(name: str, value: Any) -> bytes:
    return described(lambda fields: fields["options"].update({name: value}))


def plan(name: str, value: Any) -> bytes:
    return described(lambda fields: fields["plans"][0].update({name: value}))


def raw(description: dict[str, Any]) -> bytes:
    text = json.dumps(description).encode()
    return struct.pack("<Q", len(text)) + text + b"\0\0"


OF_NAN = {name: np.full_like(values, np.nan) for name, values in weights().items()}
FOREIGN = "not a checkpoint of chorale"
BAD_CHECKPOINTS = {
    "a header of 10 GB": (struct.pack("<Q", 10**10) + b"{}", "a header of more than 16 MB"),
    "a header longer than the file": (struct.pack("<Q", 10**6) + b"{}", "damaged"),
    "a length that lies": (
        raw({"a": {"dtype": "F16", "shape": [10**9], "data_offsets": [0, 2 * 10**9]}}),
        "damaged",
    ),
    "a kind of number that NumPy lacks": (
        raw({"a": {"dtype": "F8_E4M3", "shape": [2], "data_offsets": [0, 2]}}),
        "damaged",
    ),
    "weights that are no numbers": (save(OF_NAN, {"chorale": json.dumps(header())}), "not finite"),
    "a text in deeply nested lists": (save(weights(), {"chorale": "[" * 100_000}), FOREIGN),
    "an enormous network": (option("units", 10**9), r"units must be in \[1, 8192\], not 10{9}"),
    "as many layers": (option("layers", 10**9), r"layers must be in \[1, 16\]"),
    "as many towers": (option("towers", 10**30), r"towers must be in \[1, 16\]"),
    "as wide a kernel": (option("kernel", 10**9), r"kernel must be in \[2, 8192\]"),
    "half a unit": (option("units", 6.0), FOREIGN),
    "another network": (option("units", 7), "has shape"),
    "pitches from nowhere": (
        described(lambda fields: fields["vocabulary"].update(lowest_pitch=-(10**9))),
        "both must be in 0 to 127, the lower pitch first",
    ),
    "ranges beyond the pitches": (
        described(lambda fields: fields["ranges"].__setitem__(0, [100, 20])),
        "exceed its vocabulary",
    ),
    "a plan of 10 GB": (plan("length_steps", 10**10), "a plan has more than 20,000 steps"),
    "many plans": (described(lambda fields: fields.update(plans=[{}] * 10_001)), "10,000 plans"),
    "a measure without end": (plan("metre", [10**9, 4]), FOREIGN),
    "half a step": (plan("pickup_steps", 1.5), FOREIGN),
    "half a tonic": (plan("key", [1.5, "major"]), FOREIGN),
    "fermatas in lists": (plan("fermatas", [[1]]), FOREIGN),
    "a damaged account": (
        described(lambda fields: fields.update(about={"training": {"evidence": "much"}})),
        "account of the training is damaged",
    ),
}


@pytest.mark.parametrize("case", BAD_CHECKPOINTS)
def test_a_harmful_checkpoint_is_refused(case: str, tmp_path: Path) -> None:
    content, message = BAD_CHECKPOINTS[case]
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(CheckpointError, match=message):
            load_checkpoint(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 * MEGABYTE


def test_a_command_refuses_a_bad_checkpoint_in_one_line_and_leaves_nothing(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "bad.safetensors").write_bytes(BAD_CHECKPOINTS["a header of 10 GB"][0])
    ended = run("generate", "--model", "bad.safetensors")
    assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.safetensors"]


def test_options_and_metres_have_upper_limits() -> None:
    for name, most in (("units", MAX_WIDTH), ("encoder_units", MAX_WIDTH), ("towers", MAX_LAYERS)):
        assert getattr(ModelOptions(**{name: most}), name) == most  # type: ignore[arg-type]
        with pytest.raises(
            OptionError, match=rf"{name.replace('_', '-')} must be in \[\d, {most}\]"
        ):
            ModelOptions(**{name: most + 1})  # type: ignore[arg-type]
    assert Metre(MAX_BEATS, 4).steps_per_bar == 4 * MAX_BEATS
    with pytest.raises(ValueError, match="does not fit"):
        Metre(MAX_BEATS + 1, 4)
    with pytest.raises(DataError, match="both must be in 0 to 127, the lower pitch first"):
        Vocabulary(60, 59)


@pytest.mark.parametrize(
    "content",
    [
        struct.pack("<Q", 10**10) + b"{}",
        save({}, {"chorale-training": "[" * 100_000}),
        save({}, {"chorale-training": "[]"}),
        save({}, {"chorale-training": '{"format": 1, "model": {"units": 1e99}}'}),
    ],
    ids=["a header of 10 GB", "deeply nested lists", "a list", "a number too large"],
)
def test_a_harmful_training_state_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.state.safetensors"
    path.write_bytes(content)
    with pytest.raises(TrainingError, match="cannot resume"):
        TrainingState.load(path)


def test_an_undamaged_checkpoint_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "whole.safetensors"
    save_checkpoint(tiny_checkpoint(), path)
    assert load_checkpoint(path).fingerprint == tiny_checkpoint().fingerprint


# Data sets


@pytest.mark.parametrize("text", ["[" * 100_000, '{"train":' * 100_000, "9" * 5_000])
def test_a_harmful_json_file_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="not a JSON object"):
        parse_json_splits(text.encode(), "bad.json")


def test_an_endless_chorale_is_refused() -> None:
    steps = [[67, 62, 59, 43]] * (MAX_STEPS + 1)
    content = json.dumps({"train": [steps], "valid": [], "test": []}).encode()
    with pytest.raises(DataError, match="more than 20000 steps"):
        parse_json_splits(content, "bad.json")


def test_an_archive_that_unpacks_to_too_much_is_refused() -> None:
    packed = gzip.compress(bytes(60 * MEGABYTE))
    with pytest.raises(DataError, match="unpacks to more than 50000000 bytes"):
        parse_csv_archive(packed, "bad.tgz")


def test_a_file_far_too_large_is_not_read_as_a_data_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsb, "MAX_BYTES", 10)
    path = tmp_path / "long.json"
    path.write_bytes(bytes(11))
    with pytest.raises(DataError, match="far too large"):
        jsb.download(path)


def test_a_cache_that_unpacks_to_too_much_counts_as_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "made.npz"
    (content,) = readers.READERS["cache"].seeds(tmp_path / "seed")
    path.write_bytes(content)
    assert cache.load_cache(path, readers.IDENTITY) is not None
    monkeypatch.setattr(cache, "_MAX_BYTES", 100)
    assert cache.load_cache(path, readers.IDENTITY) is None


def test_a_cache_without_a_fingerprint_counts_as_absent(tmp_path: Path) -> None:
    (content,) = readers.READERS["cache"].seeds(tmp_path / "seed")
    with np.load(BytesIO(content)) as arrays:
        held_arrays = dict(arrays)
    facts = json.loads(held_arrays["facts"].tobytes())
    del facts["fingerprint"]
    held_arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    np.savez(tmp_path / "made.npz", **held_arrays)
    assert cache.load_cache(tmp_path / "made.npz", readers.IDENTITY) is None
