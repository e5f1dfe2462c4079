"""Elements and attributes of MusicXML that are read, and how often and how large they may be.

The notes are read with music21 from ELEMENTS_OF_NOTES. The other elements are annotations, which
`chorale.reading.notation` reads, or are only counted, so that a notice can report what was left out
(`chorale.reading.left_out`). music21 would make a measure longer for a dynamic or for words that
are drawn after its end.
"""

from chorale.music import MAX_BEATS
from chorale.reading.left_out import COUNTED_ELEMENTS
from chorale.reading.limits import MAX_ALL_MEASURES, MAX_MEMBERS, MAX_NOTES, MAX_PARTS

# Elements by where they occur, and the largest number of each.
_SCORE_ELEMENTS = """
    score-partwise work work-title movement-title identification creator encoding software
    miscellaneous miscellaneous-field part-list
"""
_PART_ELEMENTS = "part score-part part-name part-abbreviation"
_MEASURE_ELEMENTS = """
    attributes divisions key fifths mode time beats beat-type senza-misura staves transpose diatonic
    chromatic octave-change direction direction-type sound offset metronome beat-unit beat-unit-dot
    per-minute barline bar-style
"""
_NOTE_ELEMENTS = """
    grace cue chord pitch step alter octave unpitched rest duration tie voice type dot
    time-modification actual-notes normal-notes normal-type normal-dot staff notations tied
    ornaments trill-mark turn delayed-turn inverted-turn delayed-inverted-turn shake mordent
    inverted-mordent schleifer
    other-ornament tremolo backup forward
"""
_DRUM_KIT_ELEMENTS = (
    "score-instrument instrument-name midi-instrument midi-program midi-channel midi-unpitched"
)
_DYNAMICS = """
    p pp ppp pppp ppppp pppppp f ff fff ffff fffff ffffff mp mf sf sfp sfpp fp rf rfz sfz sffz fz n
    pf sfzp other-dynamics
"""
_ANNOTATIONS_OF_MEASURES = """
    repeat ending words segno coda dynamics wedge rehearsal harmony root root-step root-alter kind
    bass bass-step bass-alter degree degree-value degree-alter degree-type
    figured-bass figure prefix suffix figure-number
"""
_ANNOTATIONS_OF_NOTES = """
    lyric text syllabic extend elision articulations technical breath-mark caesura
"""

_OF_NOTES = {
    **dict.fromkeys(_SCORE_ELEMENTS.split(), 1_000),
    **dict.fromkeys(_PART_ELEMENTS.split(), MAX_PARTS),
    **dict.fromkeys(_DRUM_KIT_ELEMENTS.split(), 10_000),  # one for each drum
    **dict.fromkeys(_MEASURE_ELEMENTS.split(), 10_000),
    **dict.fromkeys(_NOTE_ELEMENTS.split(), 4 * MAX_NOTES),
    "fermata": 10_000,  # music21's time grows with the square of their number on one note
    "measure": MAX_ALL_MEASURES,
    "note": MAX_NOTES,
    "container": 1,
    "rootfiles": 1,
    "rootfile": MAX_MEMBERS,
}
MAX_COUNTS = {
    **dict.fromkeys([*_ANNOTATIONS_OF_MEASURES.split(), *_DYNAMICS.split()], 10_000),
    **dict.fromkeys([*_ANNOTATIONS_OF_NOTES.split(), *COUNTED_ELEMENTS], 4 * MAX_NOTES),
    "rights": 1_000,
    **_OF_NOTES,
}
ELEMENTS_OF_NOTES = frozenset(_OF_NOTES)
MUSIC = {"part", "score-part", "measure", "note"}  # large music may have very many
ATTRIBUTES_OF_NOTES = {"id", "number", "implicit", "type", "tempo", "direction", "location"}
ATTRIBUTES_OF_NOTES |= {"name", "full-path"}
ATTRIBUTES = {"text", "times", "dacapo", "dalsegno", "fine", "tocoda", "segno", "coda"}
ATTRIBUTES |= ATTRIBUTES_OF_NOTES
# Largest number in each element or attribute; music21 loops up to some of these numbers.
LARGEST = {
    "divisions": 1e6,
    "duration": 1e9,
    "beats": MAX_BEATS,
    "beat-type": 128,
    "fifths": 21,
    "staves": 16,
    "staff": 16,
    "octave": 99,
    "alter": 12,
    "root-alter": 12,
    "bass-alter": 12,
    "degree-alter": 12,
    "diatonic": 99,
    "chromatic": 99,
    "octave-change": 10,
    "actual-notes": 999,
    "normal-notes": 999,
    "offset": 1e9,
    "per-minute": 1e4,
    "tempo": 1e4,
    "times": 100,
}
