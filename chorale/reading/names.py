"""Names of parts, in the languages of choral scores, as names of voices.

Names are compared without case, accents, digits and punctuation: "TÉNOR 2" is a tenor. A name may
stand for several voices, as "S/A", "Soprano & Alto" and "Women" do in hymns on two staves.
"""

import re
import unicodedata

from chorale.music import VOICES

# Words for each voice: full and short, singular and plural.
WORDS = {
    "soprano": """
        s sop sopr soprano sopranos soprani sopran soprane sopranen sopraan szopran canto cantus
        superius dessus treble trebles
    """,
    "alto": """
        a alt alto altos alti alte altus altto contralto contraltos contralti countertenor
    """,
    "tenor": "t ten tenor tenors tenore tenori tenores",
    "bass": """
        b bs bas bass basso bassi basses bassus basse bassos bajo bajos baixo baixos baix basszus
    """,
}
# Words for a further voice of the same kind, which is read where the first one is missing.
FURTHER_WORDS = {
    "soprano": "descant discant diskant discantus mezzo mezzosoprano mezzosopran",
    "bass": "bar baritone baritones baryton bariton baritono",
}
# Words for two voices.
PAIR_WORDS = {
    ("soprano", "alto"): """
        women ladies girls female frauen frauenchor frauenstimmen femmes donne mujeres
    """,
    ("tenor", "bass"): """
        men gentlemen male manner mannerchor mannerstimmen hommes uomini hombres
    """,
}
# Words that may stand beside the words for voices.
OTHER_WORDS = """
    voice voices voix voci voce voz stimme stimmen part staff track solo i ii iii choir chorus chor
    choeur coro and und et e y first second primo secondo st nd
"""
ACCOMPANIMENT_WORDS = """
    piano pno pf pianoforte fortepiano klavier clavier flugel organ organo org orgel orgue keyboard
    keyboards harpsichord cembalo clavicembalo clavecin harmonium harp harfe harpe arpa guitar
    guitars gitarre guitare guitarra chitarra lute continuo pedal accompaniment accomp begleitung
    accompagnement acompanamiento
"""
# Words of the names that programs give to parts without a name.
PLACEHOLDER_WORDS = "music xml musicxml part instrument staff track p v untitled unnamed"
_VOICES_OF = {
    word: voices
    for table in (
        {(voice,): words for voice, words in WORDS.items()},
        {(voice,): words for voice, words in FURTHER_WORDS.items()},
        PAIR_WORDS,
        {("soprano", "alto"): "sa", ("tenor", "bass"): "tb", VOICES: "satb"},
        {("soprano", "alto", "bass"): "sab"},
    )
    for voices, words in table.items()
    for word in words.split()
}
_FURTHER = {word for words in FURTHER_WORDS.values() for word in words.split()}
_OTHER = frozenset(OTHER_WORDS.split())
_ACCOMPANIMENT = frozenset(ACCOMPANIMENT_WORDS.split())
_SEPARATOR = re.compile(r"\s*[,/&+]\s*|\s+(?:and|und|et|e|y)\s+")  # between names of voices
_PLACEHOLDERS = frozenset(PLACEHOLDER_WORDS.split())
_GENERIC = _PLACEHOLDERS | _OTHER | _ACCOMPANIMENT | {"satb"}
_NUMBERS = {"ii": 2, "second": 2, "secondo": 2, "iii": 3}


def parse_voices(name: str) -> tuple[str, ...]:
    """Return the voices that a part is named after, in SATB order; empty if there are none.

    "Soprano", "S.", "Altus", "Bass 2" and "Women" are names of voices; "Alto Sax", an instrument,
    is not.
    """
    words = _split(name)
    singing = [word for word in words if word in _VOICES_OF]
    if not singing or not _OTHER.issuperset(word for word in words if word not in _VOICES_OF):
        return ()
    letters = [word for word in singing if len(word) == 1]
    if letters and (words[: len(letters)] != letters or letters != singing):  # as in "Voice A"
        return ()
    found = {voice for word in singing for voice in _VOICES_OF[word]}
    return tuple(voice for voice in VOICES if voice in found)


def precedence(name: str) -> tuple[bool, int, int]:
    """Return a value by which names of one voice sort: "Soprano", "Soprano 1", "2", "Descant"."""
    words = _split(name)
    further = not _FURTHER.isdisjoint(words)
    digits = re.findall(r"\d{1,2}", name)
    number = (
        int(digits[-1]) if digits else max((_NUMBERS.get(word, 0) for word in words), default=0)
    )
    return further, number, len(words)


def is_first(name: str) -> bool:
    """Check whether a name is that of the first voice of its kind, no second soprano or descant."""
    further, number, _ = precedence(name)
    return not further and number <= 1


def is_accompaniment(name: str) -> bool:
    """Check whether a part is named after an instrument that accompanies singing."""
    return not _ACCOMPANIMENT.isdisjoint(_split(name))


def split_name(name: str, number: int) -> list[str]:
    """Split the name of a staff into those of its voices: "Soprano, Alto" into two.

    Args:
        name: the name.
        number: number of voices.

    Returns:
        A name for each voice; the whole name for each if it is not made up of their names.
    """
    names = _SEPARATOR.split(name.strip())
    alone = len(names) == number and all(len(parse_voices(each)) == 1 for each in names)
    return names if alone else [name] * number


def is_placeholder(name: str, shared: bool) -> bool:
    """Check whether a name says nothing about the voices of a part, such as "MusicXML Part".

    Args:
        name: name of the part; may be empty.
        shared: whether the part has several voices; then "Choir" or "Organ" says nothing either.
    """
    return (_GENERIC if shared else _PLACEHOLDERS).issuperset(_split(name))


def fold(name: str) -> str:
    """Return a name in small letters, without accents."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _split(name: str) -> list[str]:
    """Return the words of a name without case, accents and digits; "SopranoII" is two words."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.findall(r"[^\W\d_]+", re.sub(r"['\u2019]s?\b", "", fold(apart)))
