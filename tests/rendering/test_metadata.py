"""Title, composer and comments of files."""

from hypothesis import given
from hypothesis import strategies as st

from chorale.rendering.metadata import SOFTWARE, Metadata, png_fields

ANY_PLAN = st.text(st.characters(categories=["L", "N", "P", "S", "Z", "Cc", "Cs", "Cf"]))


@given(ANY_PLAN, st.lists(ANY_PLAN))
def test_every_text_can_be_written_in_xml_and_utf_8(title: str, comments: list[str]) -> None:
    metadata = Metadata(title, tuple(comments))
    for text in (metadata.title, *metadata.comments):
        assert text.encode().decode() == text
        assert not any(ord(letter) < 32 or 126 < ord(letter) < 160 for letter in text)
    assert len(metadata.comments) == len(comments)


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_encodable_letters_are_kept(title: str) -> None:
    assert Metadata(title).title == title


def test_line_breaks_become_spaces() -> None:
    assert Metadata("two\nlines").title == "two lines"


def test_png_fields_hold_title_composer_program_and_comments() -> None:
    fields = png_fields(Metadata("Chorale 7", ("seed 7", "model bach")))
    assert fields == {
        "Title": "Chorale 7",
        "Author": "chorale",
        "Software": SOFTWARE,
        "Comment": "seed 7; model bach",
    }
