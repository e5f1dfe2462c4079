"""Scores as MusicXML elements, and small chorales to annotate."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np

from chorale.music import REST, Annotations, Chorale, Key, Metre, Plan, from_pitches
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions, Staves
from chorale.rendering.score.musicxml import musicxml_bytes


def score_root(chorale: Chorale, staves: Staves = 2) -> ElementTree.Element:
    """Return the root of a chorale's MusicXML file."""
    content = musicxml_bytes(chorale, Metadata(), RenderOptions(staves=staves))
    return ElementTree.fromstring(content)  # noqa: S314  # our own


def four_voices(bars: int, annotations: Annotations, pickup: int = 0) -> Chorale:
    """Return quarters on one chord in C major, 4/4, in four voices, with annotations."""
    length = 16 * bars + pickup
    onsets = np.zeros((length, 4), np.bool_)
    onsets[::4] = True
    pitches = np.tile(np.array([72, 67, 64, 48], np.int16), (length, 1))
    plan = Plan(length, Metre(4, 4), pickup, Key.parse("C major"))
    return Chorale(pitches, onsets, plan, annotations=annotations)


def one_voice(
    line: list[tuple[int, int]], annotations: Annotations, key: str = "C major", metre: str = "4/4"
) -> Chorale:
    """Return a soprano of these pitches (or REST) and lengths, with annotations."""
    steps = [pitch for pitch, length in line for _ in range(length)]
    pitches = np.full((len(steps), 4), REST, np.int16)
    pitches[:, 0] = steps
    plan = Plan(len(steps), Metre.parse(metre), 0, Key.parse(key))
    chorale = from_pitches(pitches, plan)
    onsets = chorale.onsets.copy()
    now = 0
    for pitch, length in line:
        onsets[now, 0] = pitch != REST
        now += length
    return replace(chorale, onsets=onsets, annotations=annotations)


def measures_of(root: ElementTree.Element, part: int = 0) -> list[ElementTree.Element]:
    """Return the measures of a part."""
    return list(list(root.iter("part"))[part].iter("measure"))
