"""Facts of a music21 score: metre, pickup, key, tempo, title and comments.

The metre is unknown if it changes, and so is the key.
"""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from chorale.music import STEPS_PER_QUARTER, Metre, Mode
from chorale.music.keys import MODES
from chorale.reading.facts import COMPOSED_BY_CHORALE, Facts
from chorale.reading.measures import find_downbeats, join_divided
from chorale.wording import count, list_places

# music21 publishes no types: its objects are Any here.


def read_score_facts(score: Any) -> Facts:
    """Read the facts of a whole music21.stream.Score: tempo, title, composer and comments."""
    facts = Facts(tempo_qpm=_read_tempo(score), comments=_read_comments(score))
    if not score.metadata:
        return facts
    return replace(facts, title=_read_title(score), composer=score.metadata.composer or None)


def _read_title(score: Any) -> str | None:
    """Return the title; None if it is only the file's name, as some programs write it."""
    title = score.metadata.bestTitle
    return title if title and title != score.metadata.filePath else None


def _read_comments(score: Any) -> tuple[str, ...]:
    """Return the comments that `chorale` wrote into a file; none if it did not write the file."""
    fields = score.metadata.all(returnPrimitives=True) if score.metadata else []
    texts = [str(text) for name, text in fields if name.startswith("comment ")]
    return tuple(texts) if COMPOSED_BY_CHORALE in texts[:1] else ()


def _read_tempo(score: Any) -> float | None:
    """Return the tempo at the beginning, in quarter notes a minute.

    A word without a number, such as "Allegro", does not count.
    """
    for mark in score["MetronomeMark"]:
        if mark.getOffsetInHierarchy(score) > 0:
            continue
        if mark.numberSounding:  # in quarters a minute
            return float(mark.numberSounding)
        if mark.number and not mark.numberImplicit:
            return float(mark.getQuarterBPM())
    return None


def add_score_facts(facts: Facts, score_facts: Facts) -> Facts:
    """Add the facts of the whole score to those of a part."""
    return replace(
        facts,
        tempo_qpm=score_facts.tempo_qpm,
        title=score_facts.title,
        composer=score_facts.composer,
        comments=score_facts.comments,
    )


def read_part_facts(line: Any) -> Facts:
    """Read metre, pickup and key signature of a part."""
    facts = _read_metre(line)
    signatures = list(line["KeySignature"])
    if len({signature.sharps for signature in signatures}) > 1:
        return replace(facts, changes=(*facts.changes, "key"))
    if not signatures:
        return facts
    mode = getattr(signatures[0], "mode", None)
    supported: Mode | None = mode if mode in MODES else None
    return replace(facts, sharps=signatures[0].sharps, mode=supported)


def _read_metre(line: Any) -> Facts:
    """Read the metre of a part, its pickup and its early downbeats."""
    signatures = {(mark.numerator, mark.denominator) for mark in line["TimeSignature"]}
    if not signatures:
        return Facts()
    if len(signatures) > 1:
        return Facts(changes=("metre",))
    try:
        metre = Metre(*signatures.pop())
    except ValueError:
        return Facts(changes=("metre",))
    bars = list(line.getElementsByClass("Measure"))
    starts = [bar.offset * STEPS_PER_QUARTER for bar in bars]
    ends = [
        *starts[1:],
        *(start + bars[-1].highestTime * STEPS_PER_QUARTER for start in starts[-1:]),
    ]
    unnumbered = [str(bar.showNumber) == "never" for bar in bars]
    measures = join_divided(list(zip(starts, ends, strict=True)), unnumbered, metre)
    found = find_downbeats(measures, metre)
    if found is None:
        return Facts(changes=("metre",))
    pickup, early = found
    return Facts(metre, pickup, early_downbeats=early)


def describe_key_changes(line: Any) -> tuple[str, ...]:
    """Return a notice of the changes of key signature, with their bars; none if there are none."""
    measures = list(line.getElementsByClass("Measure"))
    signatures = sorted(
        (signature.getOffsetInHierarchy(line), signature.sharps)
        for signature in line["KeySignature"]
    )
    changes = []
    for (_, before), (offset, after) in pairwise(signatures):
        if after != before:
            bars = [f"bar {measure.number}: " for measure in measures if measure.offset <= offset]
            place = bars[-1] if bars else ""
            changes.append(f"{place}{_name_signature(before)} to {_name_signature(after)}")
    if not changes:
        return ()
    kind = count(len(changes), "change")
    return (f"{kind} of key signature not kept ({list_places(changes)})",)


def _name_signature(sharps: int) -> str:
    if not sharps:
        return "none"
    return count(abs(sharps), "sharp" if sharps > 0 else "flat")
