"""The shipped networks compose the same music as before, and every format the same bytes."""

import json

import pytest
from golden_hashes import LIBRARIES, TABLE, cases, hash_files, versions

GOLDEN = json.loads(TABLE.read_text("utf-8"))


def comparable(kind: str) -> bool:
    """Whether the libraries that write a format have the versions of the table."""
    here = versions()
    return all(here[name] == GOLDEN["versions"][name] for name in LIBRARIES.get(kind, ()))


@pytest.mark.parametrize(("name", "seed", "formats"), list(cases()))
def test_a_command_and_a_seed_give_the_music_and_the_bytes_of_the_table(name, seed, formats):
    """Where libraries have other versions, what they do not write: notes, MIDI and MusicXML."""
    expected, found = GOLDEN["hashes"][f"{name}, seed {seed}"], hash_files(name, seed, formats)
    assert found.keys() == expected.keys()
    kinds = [kind for kind in expected if comparable(kind)]
    assert {"notes", "midi"} <= set(kinds)
    assert {kind: found[kind] for kind in kinds} == {kind: expected[kind] for kind in kinds}


def test_seeds_and_commands_give_different_music():
    every = [table["notes"] for table in GOLDEN["hashes"].values()]
    greedy = {name for name in GOLDEN["hashes"] if "greedy" in name}
    assert len(set(every)) >= len(every) - len(greedy)
