"""XML files as text, in their true encoding."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scores import attributes, note, score, write

from chorale.reading import read_music
from chorale.reading.encodings import decode_xml

TITLE = "<t>Lobe den Herren f\u00fcr \u00c4nne</t>"
BLANKS = st.sampled_from([b"", b"\n", b" \t\r\n\n", b"\n\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
DECLARED = st.sampled_from(["UTF-8", "utf-8", "UTF-16", "ISO-8859-1", "shift_jis", "x", None])


def declare(encoding: str | None) -> str:
    declared = f' encoding="{encoding}"' if encoding else ""
    return f'<?xml version="1.0"{declared}?>\n'


@given(st.text(st.characters(codec="utf-8", exclude_characters="<\0")), BLANKS, DECLARED)
def test_utf_8_is_decoded_whatever_is_declared_or_stands_before_it(
    text: str, blanks: bytes, declared: str | None
) -> None:
    content = f"<t>{text}</t>"
    decoded, _ = decode_xml(blanks + (declare(declared) + content).encode())
    assert decoded.lstrip() == content


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="<\0")),
    st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"]),
    st.sampled_from(["", "\n", " \n"]),
    DECLARED,
)
def test_unicode_with_a_mark_or_zero_bytes_is_decoded_whatever_is_declared(
    text: str, encoding: str, blanks: str, declared: str | None
) -> None:
    content = f"<t>{text}</t>"
    decoded, _ = decode_xml((blanks + declare(declared) + content).encode(encoding))
    assert decoded.lstrip() == content


@pytest.mark.parametrize(
    ("encoding", "declared", "notice"),
    [
        ("utf-8", "UTF-8", ""),
        ("utf-8", None, ""),
        ("latin-1", "ISO-8859-1", ""),
        ("utf-16", "UTF-16", ""),
        ("utf-8", "UTF-16", "text read as UTF-8, not as the declared UTF-16"),
        ("utf-8", "ISO-8859-1", "text read as UTF-8, not as the declared ISO-8859-1"),
        ("utf-16", "UTF-8", "text read as UTF-16-LE, not as the declared UTF-8"),
        ("latin-1", "UTF-8", "text read as WINDOWS-1252, not as the declared UTF-8"),
        ("latin-1", None, "text read as WINDOWS-1252, not as the declared UTF-8"),
        ("latin-1", "rot13", "text read as WINDOWS-1252, not as the declared ROT13"),
    ],
)
def test_an_encoding_other_than_the_declared_one_has_a_notice(
    encoding: str, declared: str | None, notice: str
) -> None:
    decoded, found = decode_xml((declare(declared) + TITLE).encode(encoding))
    assert (decoded.lstrip(), found) == (TITLE, notice)


def test_a_wrong_declaration_of_ascii_does_not_matter() -> None:
    assert decode_xml(b'<?xml version="1.0" encoding="UTF-16"?><t>A</t>') == ("<t>A</t>", "")


def test_a_score_with_blanks_and_a_wrong_encoding_is_read_with_its_title(tmp_path: Path) -> None:
    named = "<work><work-title>F\u00fcr Chor</work-title></work><part-list>"
    text = score([attributes() + note("C5")]).replace("<part-list>", named)
    reading = read_music(write(tmp_path, "\n" + declare("UTF-16") + text))
    assert reading.facts.title == "F\u00fcr Chor"
    assert "text read as UTF-8, not as the declared UTF-16" in reading.change_notices
