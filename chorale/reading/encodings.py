"""Decode the text of files, whatever encoding an XML declaration states.

Programs and mail servers convert a file without changing its declaration, or put blanks and byte
order marks before it, which a strict parser refuses. The encoding is therefore found in this order:
a byte order mark; zero bytes, which mean UTF-16; UTF-8, if the bytes are valid UTF-8, which text in
other encodings hardly ever is; the declared encoding; Windows-1252, the usual encoding of old
programs. The declaration is cut off.
"""

import codecs
import re
from contextlib import suppress

FALLBACK = "windows-1252"

_MARKS = (  # the marks of UTF-32 start with those of UTF-16, so they come first
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BLANKS = "\ufeff\0 \t\r\n"
_DECLARATION = re.compile(r"<\?xml\b[^>]{0,200}>")
_DECLARED = re.compile(r"""encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_MAX_DECLARATION = 1_000  # bytes of a file that may hold blanks and the declaration
# Encodings that extend ASCII; other codecs of Python take long, or decode no text.
_EXTENDS_ASCII = re.compile(
    r"(?:x-)?(?:iso-?8859|latin|windows|win-?|cp|ibm|koi8|mac|shift|s-?jis|euc|gb|big-?5|tis)[\w-]*"
)


def decode_xml(content: bytes) -> tuple[str, str]:
    """Decode an XML file.

    Returns:
        The text, without blanks and marks at its beginning and without its declaration; and a
        notice if the text is not in the declared encoding, "" if it is or if it is all ASCII.

    Raises:
        UnicodeDecodeError: the bytes are not text in the encoding that their mark states.
    """
    if 0 not in content[:4]:  # in UTF-16 a blank is two bytes
        content = content.lstrip(b" \t\r\n")
    encoding, mark = _find_unicode(content)
    content = content.removeprefix(mark)
    if encoding:
        text = content.decode(encoding)
        declared = _find_declared(text[:_MAX_DECLARATION])
    else:
        declared = _find_declared(content[:_MAX_DECLARATION].decode("latin-1"))
        encoding, text = _decode_unmarked(content, declared)
    text = text.lstrip(_BLANKS)
    if declaration := _DECLARATION.match(text):
        text = text[declaration.end() :]
    return text, "" if text.isascii() else _describe_difference(encoding, declared)


def decode_text(content: bytes) -> str:
    """Decode a text file that declares no encoding.

    Raises:
        UnicodeDecodeError: the bytes are not text in the encoding that their mark states.
    """
    encoding, mark = _find_unicode(content)
    content = content.removeprefix(mark)
    return content.decode(encoding) if encoding else _decode_unmarked(content, "utf-8")[1]


def _find_unicode(content: bytes) -> tuple[str, bytes]:
    """Return the encoding that a mark or zero bytes show, "" if neither is there, and the mark."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, mark
    zeros = tuple(byte == 0 for byte in content[:2])
    if zeros == (False, True):
        return "utf-16-le", b""
    return "utf-16-be" if zeros == (True, False) else "", b""


def _decode_unmarked(content: bytes, declared: str) -> tuple[str, str]:
    """Decode bytes without a mark; return the encoding and the text."""
    known = _EXTENDS_ASCII.fullmatch(declared.lower())
    for encoding in ("utf-8", declared) if known else ("utf-8",):
        with suppress(UnicodeDecodeError, LookupError):
            return encoding, content.decode(encoding)
    return FALLBACK, content.decode(FALLBACK, "replace")


def _find_declared(text: str) -> str:
    """Return the encoding that the declaration of a text states; UTF-8 if it states none."""
    declaration = _DECLARATION.match(text.lstrip(_BLANKS))
    found = _DECLARED.search(declaration[0]) if declaration else None
    return found[1] if found else "utf-8"


def _describe_difference(encoding: str, declared: str) -> str:
    """Return a notice if an encoding is not the declared one, else ""."""
    with suppress(LookupError):
        # "utf-16" stands for both of its byte orders
        if codecs.lookup(encoding).name.startswith(codecs.lookup(declared).name):
            return ""
    return f"text read as {encoding.upper()}, not as the declared {declared.upper()}"
