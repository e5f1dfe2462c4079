"""Names of parts, in the languages of choral scores, as names of voices.

Names are compared without case, accents, digits and punctuation: "TÉNOR 2" is a tenor. A name may
stand for several voices, as "S/A", "Soprano & Alto" and "Women" do in hymns on two staves.
`list_voices` keeps the numbers: "Soprano I/II" stands for a first and a second soprano.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace

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
    "bass": "bar baritone baritones baryton barytons bariton baritons baritono baritoni",
}
# Words for voices that lie above, or below, others of their kind.
HIGHER_WORDS = f"descant discant diskant discantus {FURTHER_WORDS['bass']}"
LOWER_WORDS = "mezzo mezzosoprano mezzosopran contralto contraltos contralti"
# Words for two voices.
PAIR_WORDS = {
    ("soprano", "alto"): """
        women ladies girls female frauen frauenchor frauenstimmen femmes donne mujeres
    """,
    ("tenor", "bass"): """
        men gentlemen male manner mannerchor mannerstimmen hommes uomini hombres
    """,
}
# Abbreviated choirs, in which each letter is a voice.
CHOIR_WORDS = "sa tb sab satb ss aa tt bb ssa ssaa ttbb"
# Words that may stand beside the words for voices.
OTHER_WORDS = """
    voice voices voix voci voce voz stimme stimmen part staff track solo i ii iii choir chorus chor
    choeur coro and und et e y o st nd rd
    first second third erste erster zweite zweiter dritte dritter premier premiere deuxieme
    troisieme primo prima secondo seconda primi secondi primero primera segundo segunda
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
        {
            tuple(voice for voice in VOICES for letter in word if voice[0] == letter): word
            for word in CHOIR_WORDS.split()
        },
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
_HIGHER, _LOWER = frozenset(HIGHER_WORDS.split()), frozenset(LOWER_WORDS.split())
_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "i first erste erster premier premiere primo prima primi primero primera",
            "ii second zweite zweiter deuxieme secondo seconda secondi segundo segunda",
            "iii third dritte dritter troisieme",
        ),
        start=1,
    )
    for word in words.split()
}


@dataclass(frozen=True)
class NamedVoice:
    """A voice that a part is named after.

    Attributes:
        kind: one of VOICES.
        number: number among the voices of its kind, from 1; 0 if the name has none.
        height: 1 if it lies above other voices of its kind, as a descant or a baritone does; -1 if
            below, as a mezzo-soprano; else 0.
        further: whether it is read only where the plain voice is missing: a descant, a mezzo-
            soprano, a baritone.
        by_group: whether the name is that of a group of singers, such as "Women".
    """

    kind: str
    number: int = 0
    height: int = 0
    further: bool = False
    by_group: bool = False

    @property
    def rank(self) -> tuple[int, int, int]:
        """A value by which voices sort from the top of the choir."""
        return VOICES.index(self.kind), -self.height, self.number

    @property
    def preference(self) -> tuple[bool, bool, int]:
        """A value by which voices of one kind sort if not all can be read."""
        descant = self.further and self.kind == VOICES[0] and self.height > 0
        return descant, self.further, self.number


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


def list_voices(name: str) -> tuple[NamedVoice, ...]:
    """Return the voices that a part is named after, each with its number, as the name lists them.

    "Soprano I/II" and "SS" are a first and a second soprano, "Second Alto" is one alto. Empty if
    `parse_voices` finds none.
    """
    if not parse_voices(name):
        return ()
    voices: list[NamedVoice] = []
    numbers: list[int] = []  # before the voice that they number
    tokens = _split_numbered(name)
    known = [token for token in tokens if token in _VOICES_OF or _parse_number(token)]
    before = bool(_parse_number(known[0]))  # as in "2nd Soprano"
    for token in known:
        number = _parse_number(token)
        if not number:
            named = _name_word(token)
            voices += [replace(named[0], number=each) for each in numbers] or named
            numbers = []
        elif before:
            numbers.append(number)
        elif voices[-1].number:
            voices.append(replace(voices[-1], number=number))
        else:
            voices[-1] = replace(voices[-1], number=number)
    return _number_equals(voices)


def precedence(name: str) -> tuple[bool, int, int]:
    """Return a value by which names of one voice sort: "Soprano", "Soprano 1", "2", "Descant"."""
    words = _split(name)
    further = not _FURTHER.isdisjoint(words)
    digits = re.findall(r"\d{1,2}", name)
    numbers = [number for word in words if (number := _NUMBERS.get(word, 0)) > 1]
    number = int(digits[-1]) if digits else max(numbers, default=0)
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


def _split_numbered(name: str) -> list[str]:
    """Return the words and numbers of a name, without case and accents."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = re.sub(r"['\u2019]s?\b", "", fold(apart))
    return re.findall(r"[^\W\d_]+|\d{1,2}", re.sub(r"\bmezzo\W*sop\w*", "mezzo", words))


def _parse_number(token: str) -> int:
    """Return the number of a token, such as "2", "II" or "second" in small letters; 0 for none."""
    return int(token) if token.isdecimal() else _NUMBERS.get(token, 0)


def _name_word(word: str) -> list[NamedVoice]:
    """Return the voices of a word; an abbreviated choir has one for each letter."""
    if word in CHOIR_WORDS.split():
        return [NamedVoice(voice) for letter in word for voice in VOICES if voice[0] == letter]
    height = (word in _HIGHER) - (word in _LOWER)
    kinds = _VOICES_OF[word]
    by_group = len(kinds) > 1
    return [NamedVoice(kind, 0, height, word in _FURTHER, by_group) for kind in kinds]


def _number_equals(voices: list[NamedVoice]) -> tuple[NamedVoice, ...]:
    """Number voices of one kind that have no numbers, from 1."""
    several = {voice for voice, times in Counter(voices).items() if times > 1 and not voice.number}
    return tuple(
        replace(voice, number=voices[: place + 1].count(voice)) if voice in several else voice
        for place, voice in enumerate(voices)
    )
