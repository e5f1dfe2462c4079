"""Facts that a file states about a whole piece, and the key that follows from its signature."""

from dataclasses import dataclass

from chorale.music import OCTAVE, Key, Metre, Mode, Plan

COMPOSED_BY_CHORALE = "Composed by chorale"  # the first comment in the files that we compose


@dataclass(frozen=True)
class Facts:
    """Facts that a part states about the whole piece; None for a fact that is missing or changes.

    Attributes:
        metre: the time signature.
        pickup_steps: steps before the first downbeat; None if the file does not state the pickup.
        sharps: number of sharps in the key signature; flats are negative.
        mode: the mode of the key signature, which files often omit.
        tempo_qpm: the tempo at the beginning, in quarter notes a minute.
        changes: facts that change within the piece and so count as unknown: "metre", "key".
        by_chorale: whether chorale wrote the file; facts that such a file omits are unknown.
        title: title of the piece.
        composer: composer of the piece.
        comments: lines on how chorale made the piece; read only from files that chorale wrote.
        early_downbeats: downbeats that come before the measure is full (see `Plan`), in steps.
        programs: General MIDI programs, 0 to 127, that the file gives its parts, in rising order.
    """

    metre: Metre | None = None
    pickup_steps: int | None = None
    sharps: int | None = None
    mode: Mode | None = None
    tempo_qpm: float | None = None
    changes: tuple[str, ...] = ()
    by_chorale: bool = False
    title: str | None = None
    composer: str | None = None
    comments: tuple[str, ...] = ()
    early_downbeats: tuple[int, ...] = ()
    programs: tuple[int, ...] = ()

    def plan(self, length_steps: int) -> Plan:
        """Return a plan of this length with the metre, the pickup and the early downbeats."""
        early = tuple(step for step in self.early_downbeats if step < length_steps)
        return Plan(length_steps, self.metre, self.pickup_steps or 0, early_downbeats=early)


NO_FACTS = Facts()


def infer_key(sharps: int, closing_pitch: int) -> Key | None:
    """Infer the key from its signature and the last note of the bass; None if the two disagree.

    A chorale closes on its tonic, but the signature may be that of a church mode. The inferred key
    then has the tonic and the third of that mode. A Phrygian close is an exception: it counts as
    the dominant of the signature's minor key.
    """
    tonic = Key.from_sharps(sharps, "major").tonic
    key_of_degree = {
        0: Key(tonic, "major"),
        2: Key((tonic + 2) % OCTAVE, "minor"),  # Dorian
        4: Key((tonic + 9) % OCTAVE, "minor"),  # Phrygian
        7: Key((tonic + 7) % OCTAVE, "major"),  # Mixolydian
        9: Key((tonic + 9) % OCTAVE, "minor"),
    }
    return key_of_degree.get((closing_pitch - tonic) % OCTAVE)
