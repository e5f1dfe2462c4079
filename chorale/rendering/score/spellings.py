"""Spelling of a score's notes: as the file has them, else in the key.

A file may be in G flat major where `Key` is F sharp major: the same sound in another signature. If
the spellings of the file fit that signature better, the whole score is written in it.
"""

from chorale.music import Chorale, Key, notes
from chorale.music.spelling import LETTERS_BY_FIFTHS, MIDDLES, Spelling, spell_line
from chorale.music.voices import OCTAVE

MOST_SHARPS = 7  # in a key signature; as many flats
_MOST_ALTER = 2  # semitones of the accidentals that programs know


def choose_signature(chorale: Chorale, key: Key) -> int:
    """Return the sharps of the key signature that fits the file's spellings; flats are negative.

    Args:
        chorale: the music.
        key: its key; without spellings, or if they fit it, the signature is the key's.
    """
    positions = [_position(spelling) for spelling in _find_spellings(chorale).values()]
    signatures = (key.sharps, key.sharps - OCTAVE, key.sharps + OCTAVE)
    middle = MIDDLES[key.mode]
    return min(
        (sharps for sharps in signatures if abs(sharps) <= MOST_SHARPS),
        key=lambda sharps: sum(abs(position - sharps - middle) for position in positions),
    )


def spell_voice(chorale: Chorale, voice: int, key: Key, signature: int) -> list[Spelling]:
    """Spell the notes of one voice, in order of time.

    Args:
        chorale: the music; its annotations may have spellings, which count where their pitch is
            that of the note.
        voice: 0 = soprano.
        key: key of the music.
        signature: sharps of the signature, as `choose_signature` returns them.
    """
    line = notes(chorale, voice)
    own = spell_line([note.pitch for note in line], key)
    if signature != key.sharps:
        own = [_respell(spelling, signature - key.sharps) for spelling in own]
    kept = _find_spellings(chorale)
    return [
        kept.get((voice, note.onset_step), spelling)
        for note, spelling in zip(line, own, strict=True)
    ]


def _find_spellings(chorale: Chorale) -> dict[tuple[int, int], Spelling]:
    """Return the file's spellings that are of the notes' pitches, by voice and step."""
    return {
        (each.voice, each.step): each.spelling
        for each in chorale.annotations.spellings
        if 0 <= each.step < chorale.plan.length_steps
        and chorale.onsets[each.step, each.voice]
        and chorale.pitches[each.step, each.voice] == each.spelling.pitch
        and abs(each.spelling.alter) <= _MOST_ALTER
    }


def _position(spelling: Spelling) -> int:
    """Return the position on the line of fifths; C = 0."""
    return LETTERS_BY_FIFTHS.index(spelling.letter) - 1 + 7 * spelling.alter


def _respell(spelling: Spelling, fifths: int) -> Spelling:
    """Return the spelling of the same pitch that is 12 fifths higher or lower, or more."""
    alter, letter = divmod(_position(spelling) + 1 + fifths, 7)
    return Spelling(LETTERS_BY_FIFTHS[letter], alter, (spelling.pitch - alter) // OCTAVE - 1)
