"""ABC files: tunes, voices, fields, notes, words and marks."""

from fractions import Fraction
from pathlib import Path

import pytest
from scores import parse_xml, write

from chorale.errors import ReadingError
from chorale.reading import read_music
from chorale.reading.musicxml import read_musicxml
from chorale.reading.parts import Part
from chorale.reading.transcribing import transcribe
from chorale.reading.transcribing.abc import read_abc
from chorale.reading.transcribing.abc_fields import (
    default_length,
    parse_key,
    parse_metre,
    parse_tempo,
    parse_voice,
)
from chorale.reading.transcribing.abc_tunes import decode_text
from chorale.reading.transcribing.score import ScoreKey, ScoreMetre

HEAD = "X:1\nT:A tune\nM:4/4\nL:1/4\nK:C\n"


def parts(folder: Path, body: str, head: str = HEAD) -> list[Part]:
    return read_musicxml(write(folder, head + body, "made.abc"))


def sounding(folder: Path, body: str, head: str = HEAD) -> list[tuple[float, float, int]]:
    """Return start and length in quarters, and pitch, of the notes of the first part."""
    part = parts(folder, body, head)[0]
    return [(n.start / 4, (n.end - n.start) / 4, n.pitch) for n in part.notes]


def pitches(folder: Path, body: str, head: str = HEAD) -> list[int]:
    return [pitch for _, _, pitch in sounding(folder, body, head)]


def notices(folder: Path, text: str) -> list[str]:
    return transcribe(write(folder, text, "made.abc"))[1]


# Notes


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("C, C c c'|", [48, 60, 72, 84]),
        ("^F F ^f f|F", [66, 66, 78, 78, 65]),
        ("^F f F2|", [66, 77, 66]),
        ("_B =B __B ^^C|", [70, 71, 69, 62]),
        ("^c-|c c|", [73, 72]),
    ],
    ids=["octaves", "to the barline", "in its octave", "all accidentals", "carried by a tie"],
)
def test_pitches_are_as_written(body: str, expected: list[int], tmp_path: Path) -> None:
    assert pitches(tmp_path, body) == expected


def test_accidentals_hold_where_the_directive_states(tmp_path: Path) -> None:
    body = "^F f F2|"
    assert pitches(tmp_path, body, f"%%propagate-accidentals pitch\n{HEAD}") == [66, 78, 66]
    assert pitches(tmp_path, body, f"%%propagate-accidentals not\n{HEAD}") == [66, 77, 65]
    assert notices(tmp_path, HEAD + body) == [
        "1 note read without the accidental of another octave in the bar"
    ]
    assert not notices(tmp_path, f"%%propagate-accidentals octave\n{HEAD}{body}")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("C2 D/ E// F3/2 z|", [2, 0.5, 0.25, 1.5]),
        ("C>D E<F|", [1.5, 0.5, 0.5, 1.5]),
        ("C>>D E2|", [1.75, 0.25, 2]),
        ("(3CDE F2|", [2 / 3] * 3 + [2]),
        ("(3:2:2CD E|", [2 / 3, 2 / 3, 1]),
        ("[CE]2 [C2E2]|", [2, 2, 2, 2]),
        ("C2-C2|", [4]),
        ("{DE}C4|", [4]),
    ],
    ids=["lengths", "broken", "twice", "triplet", "tuplet", "chords", "tie", "graces"],
)
def test_lengths_are_as_written(body: str, expected: list[float], tmp_path: Path) -> None:
    found = [length for _, length, _ in sounding(tmp_path, body)]
    assert found == pytest.approx(expected)


def test_a_rest_of_several_measures_is_as_long(tmp_path: Path) -> None:
    assert [start for start, _, _ in sounding(tmp_path, "C4|Z2|D4|")] == [0, 12]


def test_an_overlay_is_a_second_voice_of_the_measure(tmp_path: Path) -> None:
    upper, lower = parts(tmp_path, "c2d2 & E4|c4|")
    assert [(n.start, n.pitch) for n in upper.notes] == [(0, 72), (8, 74), (16, 72)]
    assert [(n.start, n.end, n.pitch) for n in lower.notes] == [(0, 16, 64)]


def test_grace_notes_and_ornaments_are_counted(tmp_path: Path) -> None:
    assert parts(tmp_path, "{d}c !trill!c Tc ~c|")[0].ornaments == 4


# Fields


@pytest.mark.parametrize(
    ("text", "sharps", "mode"),
    [
        ("C", 0, "major"),
        ("F#m", 3, "minor"),
        ("Bb maj", -2, "major"),
        ("Ador", 1, "dorian"),
        ("D Mixolydian", 1, "mixolydian"),
        ("Ephr", 0, "phrygian"),
        ("Ebmin clef=bass", -6, "minor"),
        ("G clef=treble-8", 1, "major"),
        ("none", 0, ""),
    ],
)
def test_keys_have_their_signature_and_mode(text: str, sharps: int, mode: str) -> None:
    key = parse_key(text)
    assert key is not None
    assert key.signature == ScoreKey(sharps, mode)


def test_accidentals_beside_a_key_change_their_notes(tmp_path: Path) -> None:
    assert pitches(tmp_path, "GABc|", HEAD.replace("K:C", "K:D exp ^g _b")) == [68, 69, 70, 72]
    assert parse_key("clef=bass") is None
    assert parse_key("bass") is None


@pytest.mark.parametrize(
    ("text", "metre"),
    [
        ("C", ScoreMetre("4", 4)),
        ("C|", ScoreMetre("2", 2)),
        ("6/8", ScoreMetre("6", 8)),
        ("(2+3)/8", ScoreMetre("2+3", 8)),
        ("none", None),
    ],
)
def test_metres_are_parsed(text: str, metre: ScoreMetre | None) -> None:
    assert parse_metre(text) == metre


def test_the_length_of_a_note_follows_from_the_metre() -> None:
    assert default_length(ScoreMetre("2", 4)) == Fraction(1, 4)
    assert default_length(ScoreMetre("6", 8)) == Fraction(1, 2)
    assert default_length(None) == Fraction(1, 2)


@pytest.mark.parametrize(
    ("text", "words", "tempo"),
    [
        ("1/4=96", "", 96),
        ("1/2=60", "", 120),
        ("3/8=60", "", 90),
        ('"Andante" 1/4=72', "Andante", 72),
        ('"Slowly"', "Slowly", None),
        ("120", "", 120),
        ("C3=40", "", 60),
        ("1/4 1/8=40", "", 60),
    ],
)
def test_tempos_are_in_quarters_a_minute(text: str, words: str, tempo: float | None) -> None:
    found = parse_tempo(text, Fraction(1, 2))
    assert (found.text, found.tempo_qpm) == (words, tempo)


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("clef=treble-8", (-1, 0)),
        ("treble+8", (1, 0)),
        ("-8va", (-1, 0)),
        ("clef=bass", (0, 0)),
        ("clef=bass transpose=-24", (-2, 0)),
        ("clef=treble-8 transpose=-12", (-1, 0)),
        ("octave=-1", (-1, 0)),
        ("transpose=-2", (0, -2)),
    ],
)
def test_voices_sound_as_their_clef_and_transposition_state(
    text: str, shift: tuple[int, int]
) -> None:
    assert parse_voice(text).shift() == shift


@pytest.mark.parametrize(
    ("line", "pitch"), [("V:1 transpose=-2", 58), ("%%MIDI transpose -12", 48), ("V:1 -8va", 48)]
)
def test_transposed_voices_are_read_at_sounding_pitch(
    line: str, pitch: int, tmp_path: Path
) -> None:
    assert pitches(tmp_path, "C4|", HEAD.replace("K:", f"{line}\nK:")) == [pitch]


# Measures


def test_repeats_and_voltas_are_written(tmp_path: Path) -> None:
    body = "G|:c4|d3 e|1 f4:|2 c4||[1 d4:|[2-3 e4|]"
    root = parse_xml(transcribe(write(tmp_path, HEAD + body, "made.abc"))[0])
    bars = [
        (
            measure.get("number"),
            [(e.get("number"), e.get("type")) for e in measure.iter("ending")],
            [e.get("direction") for e in measure.iter("repeat")],
        )
        for measure in root.iter("measure")
    ]
    assert bars == [
        ("0", [], []),
        ("1", [], ["forward"]),
        ("2", [], []),
        ("3", [("1", "start"), ("1", "stop")], ["backward"]),
        ("4", [("2", "start"), ("2", "discontinue")], []),
        ("5", [("1", "start"), ("1", "stop")], ["backward"]),
        ("6", [("2,3", "start"), ("2,3", "discontinue")], []),
    ]


@pytest.mark.parametrize("sign", ["::", ":|:", ":||:", ":| |:", ":|\n|:"])
def test_a_double_repeat_ends_one_and_begins_another(sign: str, tmp_path: Path) -> None:
    text, _ = transcribe(write(tmp_path, f"{HEAD}c4{sign}d4:|", "made.abc"))
    directions = [e.get("direction") for e in parse_xml(text).iter("repeat")]
    assert directions == ["backward", "forward", "backward"]


def test_a_pickup_and_fermatas_are_read(tmp_path: Path) -> None:
    [part] = parts(tmp_path, "G|cd He2|!fermata!z c3H|")
    assert part.facts.pickup_steps == 4
    assert part.fermatas == ((12, 20), (12, 24), (24, 36))


def test_key_and_metre_may_change_between_lines(tmp_path: Path) -> None:
    [part] = parts(tmp_path, "c4|\nM:3/4\nK:G\nFGA|[K:F]BAG|")
    assert [n.pitch for n in part.notes] == [72, 66, 67, 69, 70, 69, 67]
    assert part.facts.changes == ("metre", "key")


# Voices


@pytest.mark.parametrize(
    "body",
    [
        "V:1\nc4|d4|\nV:2\nE4|F4|",
        "V:1\nc4|\nV:2\nE4|\nV:1\nd4|\nV:2\nF4|",
        "[V:1]c4|[V:2]E4|\n[V:1]d4|\n[V:2]F4|",
    ],
    ids=["in turn", "interleaved", "inline"],
)
def test_voices_are_parts_however_they_are_written(body: str, tmp_path: Path) -> None:
    assert [[n.pitch for n in part.notes] for part in parts(tmp_path, body)] == [[72, 74], [64, 65]]


def test_voices_come_in_the_order_of_the_score(tmp_path: Path) -> None:
    head = HEAD.replace("K:", '%%score [S | B]\nV:B clef=bass\nV:S name="Soprano"\nK:')
    found = parts(tmp_path, "V:B\nC4|\nV:S\nc4|", head)
    assert [part.name for part in found] == ["Soprano", "B"]


# Tunes


def test_the_first_of_several_tunes_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEAD}c4|\n\nX:2\nT:Other\nK:G\ng4|\n\nX:7\nK:C\na4|", "made.abc")
    reading = read_music(path)
    assert reading.facts.title == "A tune"
    assert (
        "the first of 3 tunes read, left out: 2 Other and 7; "
        "put another in a file of its own to read it"
    ) in reading.change_notices


def test_the_header_of_a_file_holds_for_its_tunes(tmp_path: Path) -> None:
    assert sounding(tmp_path, "", "L:1/2\nM:4/4\n\nX:1\nK:C\nc2|")[0][1] == 4


def test_a_tune_without_a_number_is_read(tmp_path: Path) -> None:
    assert pitches(tmp_path, "", "K:G\nF G|") == [66, 67]


def test_music_after_a_blank_line_is_reported(tmp_path: Path) -> None:
    assert notices(tmp_path, f"{HEAD}c4|\n\nd4|\ne4|") == [
        "2 lines after the blank line that ends the tune left out"
    ]


# Words and marks


def verse(folder: Path, body: str, number: str = "1") -> list[tuple[str, str] | None]:
    """Return text and syllabic under each note of a verse."""
    text, _ = transcribe(write(folder, HEAD + body, "made.abc"))
    found: list[tuple[str, str] | None] = []
    for note in parse_xml(text).iter("note"):
        lyrics = [each for each in note.iter("lyric") if each.get("number") == number]
        texts = [(e.findtext("text") or "", e.findtext("syllabic") or "") for e in lyrics]
        found.append(texts[0] if texts else None)
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a b c d", ["a", "b", "c", "d"]),
        ("Al-le-lu-ia", ["Al", "le", "lu", "ia"]),
        ("A-_men now", ["A", None, "men", "now"]),
        ("A-- men", ["A", None, "men", None]),
        ("a * b", ["a", None, "b", None]),
        ("O~God, my\\-self", ["O\N{NO-BREAK SPACE}God,", "my-self", None, None]),
        ("a | b", ["a", None, "b", None]),
    ],
)
def test_words_are_aligned_with_notes(
    words: str, expected: list[str | None], tmp_path: Path
) -> None:
    found = verse(tmp_path, f"cd|ef|\nw: {words}")
    assert [each and each[0] for each in found] == expected


def test_hyphens_join_the_syllables_of_a_word(tmp_path: Path) -> None:
    found = verse(tmp_path, "cdef|\nw: Al-le-lu-ia")
    assert [each and each[1] for each in found] == ["begin", "middle", "middle", "end"]


def test_further_lines_of_words_are_further_verses(tmp_path: Path) -> None:
    body = "cd|\nw: a b\nw: c d\nef|\nw: e f\nw: g h"
    assert [each and each[0] for each in verse(tmp_path, body)] == ["a", "b", "e", "f"]
    assert [each and each[0] for each in verse(tmp_path, body, "2")] == ["c", "d", "g", "h"]


def test_words_without_a_note_are_counted(tmp_path: Path) -> None:
    assert notices(tmp_path, f"{HEAD}c2d2|\nw: a b c d\nW: Second verse") == [
        "words after the tune (W:) left out",
        "2 unsung syllables left out",
    ]


def test_what_is_not_read_is_counted_by_kind(tmp_path: Path) -> None:
    text = HEAD.replace("K:", "P:AAB\nK:") + "!arpeggio!c !arpeggio!d e =f|?"
    assert notices(tmp_path, text) == [
        "order of sections (P:) not played out",
        "2 arpeggio decorations left out",
    ]


def test_texts_over_the_staff_are_chord_symbols_or_words(tmp_path: Path) -> None:
    body = '"Am7"c "^Fine"d "<(1"e "D.C."f|!mf!c4|'
    root = parse_xml(transcribe(write(tmp_path, HEAD + body, "made.abc"))[0])
    assert [(e.findtext("root/root-step"), e.findtext("kind")) for e in root.iter("harmony")] == [
        ("A", "minor-seventh")
    ]
    assert [e.text for e in root.iter("words")] == ["Fine", "(1", "D.C."]
    assert [e.tag for e in root.iter("mf")] == ["mf"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"Fran\ccais", "Français"),
        (r"Gr\"o\sse", "Gr\u00f6\\sse"),
        (r"No\'el", "No\u00e9l"),
        ("Caf&eacute;", "Caf\u00e9"),
        (r"\u00e9", "\u00e9"),
    ],
)
def test_accents_are_decoded(text: str, expected: str) -> None:
    assert decode_text(text) == expected


# Limits


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("X:1\nM:4/3\nK:C\nc|", "4/3 as its metre"),
        (f"{HEAD}c0|", '"0" as the length of a note'),
        (f"{HEAD}c9999|", '"9999" as the length of a note'),
        (f"{HEAD}(1c|", '"(1" as a tuplet'),
        (f"{HEAD}Z1000|Z1000|", "more than 1,000 measures"),
        ("X:1\n" * 10_001, "more than 10,000 tunes"),
        (HEAD + "\n" * 400_001, "more than 200,000 lines"),
        (HEAD + "".join(f"V:{n}\nc|\n" for n in range(40)), "more than 32 voices"),
        (f"{HEAD}{('[' + 'c' * 100 + ']') * 601}", "more than 60,000 notes"),
        (f"{HEAD}{'z ' * 600_000}", "more than 1,000,000 characters"),
    ],
)
def test_no_tune_exceeds_the_limits(text: str, message: str) -> None:
    with pytest.raises(ReadingError) as refused:
        read_abc(text, "a.abc")
    assert str(refused.value).startswith("a.abc has ")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ['"' * 50_000, "[" * 50_000, "(3" * 50_000, "{" * 50_000, "!" * 50_001]
)
def test_a_text_of_unclosed_signs_takes_little_time(text: str) -> None:
    read_abc(f"{HEAD}c|{text}", "a.abc")
