"""The score in a packed file."""

import zipfile
from io import BytesIO

import pytest

from chorale.errors import ReadingError
from chorale.reading.packed import CONTAINER, unpack


def pack(*members: str) -> bytes:
    """Pack members whose content is their own name."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in members:
            archive.writestr(name, name)
    return packed.getvalue()


@pytest.mark.parametrize(
    "members",
    [
        ["__MACOSX/._tune.xml", "tune.xml"],
        ["__MACOSX/tune.xml", "._tune.xml", ".DS_Store", "tune.xml"],
        ["META-INF/container.xml", "META-INF/other.xml", "tune.xml"],
        ["container.xml", "tune.xml"],
        ["parts/alto.xml", "tune.xml"],
        ["about.xml", "tune.musicxml"],
        ["picture.png", "TUNE.XML"],
        ["folder/tune.musicxml", "folder/picture.png"],
    ],
)
def test_without_a_usable_container_the_outermost_score_is_found(members: list[str]) -> None:
    name = next(member for member in members if member.lower().rpartition("/")[2][:4] == "tune")
    if members[0].startswith("__MACOSX"):
        name = members[-1]
    assert unpack(pack(*members), "a.mxl", lambda _: []).decode() == name


@pytest.mark.parametrize("root", ["b/tune.xml", "./b/tune.xml", "B\\Tune.xml"])
def test_the_container_names_the_score(root: str) -> None:
    packed = pack("a.xml", "META-INF/Container.xml", "b/tune.xml")
    assert unpack(packed, "a.mxl", lambda _: ["missing.xml", root]) == b"b/tune.xml"


def test_the_content_of_the_container_is_passed_on() -> None:
    passed: list[bytes] = []

    def list_roots(container: bytes) -> list[str]:
        passed.append(container)
        return []

    unpack(pack(CONTAINER, "tune.xml"), "a.mxl", list_roots)
    assert passed == [CONTAINER.encode()]


def test_a_file_with_only_what_a_mac_adds_is_refused() -> None:
    with pytest.raises(ReadingError, match=r"^a\.mxl has no MusicXML packed in it; export it"):
        unpack(pack("__MACOSX/._tune.xml"), "a.mxl", lambda _: [])
