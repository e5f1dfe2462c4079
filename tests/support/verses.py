"""A made-up hymn with all that a score has besides notes: three verses, a repeat, marks, chords."""

from dataclasses import replace

import numpy as np

from chorale.music import (
    ALTO,
    BASS,
    SOPRANO,
    TENOR,
    Annotations,
    Chorale,
    Key,
    Metre,
    Plan,
    from_pitches,
)
from chorale.music.annotations import ChordSymbol, Ending, Mark, Repeat, SpelledNote, Syllable
from chorale.music.spelling import Spelling

_QUARTERS = (
    *((67, 62, 59, 55), (69, 62, 60, 54), (71, 62, 59, 55), (72, 64, 60, 57), (74, 66, 57, 50)),
    *((71, 67, 62, 55), (69, 66, 62, 50), (67, 62, 59, 55), (67, 62, 59, 55)),
    *((72, 64, 60, 57), (71, 62, 59, 55), (69, 66, 60, 50), (67, 62, 59, 55)),
)
WORDS = {
    1: (
        "Sing",
        "to",
        "the",
        "morn-",
        "ing",
        "light",
        "a-",
        "gain,",
        "",
        "ev-",
        "er",
        "more,",
        "all",
    ),
    2: (
        "\u00dc-",
        "ber",
        "die",
        "H\u00f6-",
        "hen",
        "geht",
        "der",
        "Tag,",
        "",
        "hell",
        "und",
        "klar.",
        "O",
    ),
    3: (
        '"Oh,"',
        "100%",
        "{sure}",
        "we\\go",
        "on_",
        "\u2019til",
        "day~",
        "break",
        "",
        "#1",
        "a-",
        "men,",
        "a",
    ),
}


def annotated_hymn() -> Chorale:
    """Return four bars of 3/4 after a pickup, 13 quarters that all voices strike.

    The soprano holds quarter 7 through quarter 8. Bars 1 and 2 are repeated; bar 2 is the first
    ending, bar 3 the second.
    """
    steps = np.repeat(np.array(_QUARTERS, np.int16), 4, axis=0)
    plan = Plan(len(steps), Metre(3, 4), 4, Key.parse("G major"))
    fermatas = np.zeros(plan.length_steps, np.bool_)
    fermatas[48:] = True
    plan = replace(plan, fermatas=fermatas)
    chorale = from_pitches(steps, plan)
    onsets = np.zeros(steps.shape, np.bool_)
    onsets[::4] = True
    onsets[32, SOPRANO] = False
    syllables = [
        Syllable(SOPRANO, 4 * number, verse, text.rstrip("-"), text.endswith("-"), text == "gain,")
        for verse, texts in WORDS.items()
        for number, text in enumerate(texts)
        if text
    ]
    annotations = Annotations(
        tuple(syllables),
        (
            ChordSymbol(0, ("G", 0)),
            ChordSymbol(4, ("D", 0), "dominant", "7", ("F", 1)),
            ChordSymbol(12, ("B", -1), "major-seventh", "maj7"),
            ChordSymbol(18, ("D", 0), "dominant", None, None, (("add", 9, -1),)),
            ChordSymbol(28, None, "none", "N.C."),
            ChordSymbol(40, ("E", 0), "minor", "mi"),
        ),
        (Repeat(4, 28),),
        (Ending(16, 28, (1,)), Ending(28, 40, (2,))),
        (
            Mark("tempo", 0, "Andante"),
            Mark("dynamic", 0, "mf"),
            Mark("crescendo", 4, end_step=14),
            Mark("dynamic", 16, "f", SOPRANO),
            Mark("diminuendo", 44, voice=BASS, end_step=52),
            Mark("words", 4, "dolce", ALTO),
            Mark("breath", 28),
            Mark("caesura", 44, "", SOPRANO),
            Mark("rehearsal", 28, "B"),
            Mark("segno", 4),
            Mark("fine", 40, "Fine"),
            Mark("da capo", 52, "D.C. al Fine"),
        ),
        (SpelledNote(TENOR, 16, Spelling("A", 0, 3)),),
        ("Cantus", "", "", ""),
    )
    return Chorale(chorale.pitches, onsets, plan, "hymn", annotations)
