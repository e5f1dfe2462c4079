"""A phrase of a hymn in four parts, in every notation of scores that is read.

It has a pickup, a tie over a barline, notes of half a beat, fermatas, words of two verses, chord
symbols and a tempo.
"""

from scores import FERMATA, FOUR_FOUR, attributes, note, score, tied

ABC = """X:1
T:Old Phrase
C:Traditional
%%score (S A) (T B)
V:S name="Soprano"
V:A name="Alto"
V:T name="Tenor" clef=treble-8
V:B name="Bass" clef=bass
M:4/4
L:1/4
Q:1/4=72
K:G
[V:S] "G"G | "G"G "D"F E D | "G"G "D"A "G"HB2 |]
w: All peo-ple that on earth do dwell,
w: Sing to the Lord with cheer- _ ful
[V:A] D | D D B, B, | D D D2 |]
[V:T] B | B A G F/E/ | G F G2 |]
[V:B] G, | G, D, E, B,,- | B,, D, HG,,2 |]
"""

HUMDRUM = """!!!OTL: Old Phrase
!!!COM: Traditional
**kern	**kern	**kern	**kern	**text	**text
*I"Bass	*I"Tenor	*I"Alto	*I"Soprano	*	*
*clefF4	*clefGv2	*clefG2	*clefG2	*	*
*k[f#]	*k[f#]	*k[f#]	*k[f#]	*	*
*G:	*G:	*G:	*G:	*	*
*M4/4	*M4/4	*M4/4	*M4/4	*	*
*MM72	*MM72	*MM72	*MM72	*	*
4G	4B	4d	4g	All	Sing
=1	=1	=1	=1	=1	=1
4G	4B	4d	4g	peo-	to
4D	4A	4d	4f#	-ple	the
4E	4G	4B	4e	that	Lord
[4BB	8F#L	4B	4d	on	with
.	8EJ	.	.	.	.
=2	=2	=2	=2	=2	=2
4BB]	4G	4d	4g	earth	cheer-
4D	4F#	4d	4a	do	_
2GG;	2G	2d	2b;	dwell,	-ful
==	==	==	==	==	==
*-	*-	*-	*-	*-	*-
"""

_STAVES = (
    ("Soprano", "G", 2, ("g4 4", "g4 4|f4s 4|e4 4|d4 4", "g4 4|a4 4|b4 2;")),
    ("Alto", "G", 2, ("d4 4", "d4 4|d4 4|b3 4|b3 4", "d4 4|d4 4|d4 2")),
    ("Tenor", "G", 2, ("b3 4", "b3 4|a3 4|g3 4|f3s 8|e3 8", "g3 4|f3s 4|g3 2")),
    ("Bass", "F", 4, ("g3 4", "g3 4|d3 4|e3 4|b2 4i", "b2 4t|d3 4|g2 2;")),
)
_SYLLABLES = ("All", "peo-", "ple", "that", "on", "earth", "do", "dwell,")


def _mei_note(text: str, syllable: str) -> str:
    pitch, length = text.split()
    sharp = ' accid.ges="s"' if pitch.endswith("s") else ""
    tie = f' tie="{length[1]}"' if length[1:] in ("i", "t") else ""
    fermata = ' fermata="above"' if length.endswith(";") else ""
    con = ' con="d"' if syllable.endswith("-") else ""
    words = f"<verse n='1'><syl{con}>{syllable.strip('-')}</syl></verse>" if syllable else ""
    return (
        f'<note pname="{pitch[0]}" oct="{pitch[1]}" dur="{length[0]}"{sharp}{tie}{fermata}>'
        f"{words}</note>"
    )


def _mei_measure(number: int) -> str:
    staves = ""
    for staff, (_, _, _, measures) in enumerate(_STAVES, start=1):
        notes = measures[number].split("|")
        first = (0, 1, 5)[number]
        words = _SYLLABLES[first : first + len(notes)] if staff == 1 else [""] * len(notes)
        inside = "".join(map(_mei_note, notes, words))
        staves += f'<staff n="{staff}"><layer n="1">{inside}</layer></staff>'
    implicit = ' metcon="false"' if not number else ' right="end"' if number == 2 else ""
    return f'<measure n="{number}"{implicit}>{staves}<harm staff="1" tstamp="1">G</harm></measure>'


_DEFINITIONS = "".join(
    f'<staffDef n="{number}" lines="5" clef.shape="{shape}" clef.line="{line}">'
    f"<label>{name}</label></staffDef>"
    for number, (name, shape, line, _) in enumerate(_STAVES, start=1)
)
MEI = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<mei xmlns="http://www.music-encoding.org/ns/mei" meiversion="5.0"><meiHead><fileDesc>'
    "<titleStmt><title>Old Phrase</title><composer>Traditional</composer></titleStmt><pubStmt/>"
    "</fileDesc></meiHead><music><body><mdiv><score>"
    '<scoreDef meter.count="4" meter.unit="4" keysig="1s" key.mode="major" midi.bpm="72">'
    f"<staffGrp>{_DEFINITIONS}</staffGrp></scoreDef>"
    f"<section>{''.join(map(_mei_measure, range(3)))}</section>"
    "</score></mdiv></body></music></mei>\n"
)

_KEY = "<key><fifths>1</fifths><mode>major</mode></key>"
_TEMPO = (
    "<direction><direction-type><metronome><beat-unit>quarter</beat-unit>"
    "<per-minute>72</per-minute></metronome></direction-type></direction>"
)
_HEAD = attributes(_KEY + FOUR_FOUR) + _TEMPO


def _xml(*notes: str) -> str:
    return "".join(notes)


MUSICXML = score(
    [
        _HEAD + note("G4", 4),
        _xml(note("G4", 4), note("F#4", 4), note("E4", 4), note("D4", 4)),
        _xml(note("G4", 4), note("A4", 4), note("B4", 8, FERMATA)),
    ],
    [
        _HEAD + note("D4", 4),
        _xml(note("D4", 4), note("D4", 4), note("B3", 4), note("B3", 4)),
        _xml(note("D4", 4), note("D4", 4), note("D4", 8)),
    ],
    [
        _HEAD + note("B3", 4),
        _xml(note("B3", 4), note("A3", 4), note("G3", 4), note("F#3", 2), note("E3", 2)),
        _xml(note("G3", 4), note("F#3", 4), note("G3", 8)),
    ],
    [
        _HEAD + note("G3", 4),
        _xml(note("G3", 4), note("D3", 4), note("E3", 4), tied("B2", 4, "start")),
        _xml(tied("B2", 4, "stop"), note("D3", 4), note("G2", 8, FERMATA)),
    ],
    names=("Soprano", "Alto", "Tenor", "Bass"),
).replace(
    "<part-list>",
    "<work><work-title>Old Phrase</work-title></work><identification>"
    "<creator type='composer'>Traditional</creator></identification><part-list>",
)

NOTATIONS = {".abc": ABC, ".krn": HUMDRUM, ".mei": MEI}
