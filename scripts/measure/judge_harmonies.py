"""Figures of several voices in a window: intervals, motion, chords, suspensions and texture.

A figure is named in words and counted. Chords are those of `chorale.analysis.harmony`, named in C
major or A minor. A dissonance is a second, a seventh or a tritone between any two voices, or a
fourth above the bass. A voice moves at a step if it starts a note of another pitch there.
"""

from collections.abc import Iterator
from itertools import combinations, groupby, pairwise

import numpy as np
from judge_melodies import (
    BEATS,
    EIGHTH,
    PITCH_CLASSES,
    beat_patterns,
    melody,
    place,
    place_in_beat,
    scale_steps,
)
from judge_windows import BAR_STEPS, Window

from chorale.analysis.harmony import Chord, identify_chord
from chorale.music import BASS, OCTAVE, SOPRANO, STEPS_PER_QUARTER, VOICES

INTERVALS = (  # by semitones
    *("octave", "minor second", "major second", "minor third", "major third", "fourth"),
    *("tritone", "fifth", "minor sixth", "major sixth", "minor seventh", "major seventh"),
)
NO_CHORD = "no chord"
DISSONANT = frozenset({1, 2, 6, 10, 11})  # semitones modulo the octave; above the bass 5 too
SEMITONES_OF_FOURTH = 5
WIDEST = 2 * OCTAVE  # semitones; wider spacing counts as this
LONGEST_PARALLEL = 6  # intervals in succession; longer runs count as this
LONGEST_MOTION = 16  # beats in succession with, or without, a note off the beat
SUSPENDED_STEPS = 8  # up to which a suspension is held before it resolves


def interval_name(semitones: int) -> str:
    """Return the name of an interval, octaves ignored."""
    return INTERVALS[semitones % OCTAVE]


def has_dissonance(window: Window, step: int, voice: int) -> bool:
    """Return whether a voice is dissonant with another one at a step."""
    pitches = window.pitches[step].astype(int)
    for other, pitch in enumerate(pitches):
        interval = abs(pitches[voice] - pitch) % OCTAVE
        above_bass = interval == SEMITONES_OF_FOURTH and BASS in (voice, other)
        if other != voice and (interval in DISSONANT or above_bass):
            return True
    return False


# pairs


def pair_figures(window: Window, upper: int, lower: int) -> Iterator[str]:
    """Yield each occurrence of the figures of two voices, by name."""
    name = f"{VOICES[upper]} and {VOICES[lower]}"
    for family in (interval_figures, motion_figures, turns_together, rhythm_figures):
        for figure in family(window, upper, lower):
            yield f"{name}: {figure}"


def interval_figures(window: Window, upper: int, lower: int) -> Iterator[str]:
    """Yield the intervals of each eighth, the spacing of neighbours, and crossings."""
    apart = window.pitches[:, upper].astype(int) - window.pitches[:, lower]
    for step in range(0, len(apart), EIGHTH):
        yield f"{interval_name(apart[step])} {place_in_beat(step)}"
        if step % STEPS_PER_QUARTER == 0:
            yield f"{min(apart[step], WIDEST)} semitones apart on the beat"
    for _ in range(int((apart < 0).sum())):
        yield "crossed, in sixteenths"


def motion_figures(window: Window, upper: int, lower: int) -> Iterator[str]:
    """Yield how two voices that strike together move, and runs of parallel thirds and sixths."""
    pitches, onsets = window.pitches.astype(int), window.onsets
    kinds = []
    for step in range(1, len(pitches)):
        if not onsets[step, [upper, lower]].any():
            continue
        moves = pitches[step] - pitches[step - 1]
        above, below = moves[upper], moves[lower]
        before = interval_name(pitches[step - 1, upper] - pitches[step - 1, lower])
        after = interval_name(pitches[step, upper] - pitches[step, lower])
        if above and below:
            sizes = scale_steps(int(above)), scale_steps(int(below))
            way = "contrary" if above * below < 0 else "similar"
            way = "parallel" if sizes[0] == sizes[1] else way
            yield f"{way} motion {place_in_beat(step)}"
            yield f"{way} motion, {before} to {after}"
            yield f"{way} motion, {before} to {after} {place_in_beat(step)}"
            yield f"moves of {sizes[0]:+d} and {sizes[1]:+d} {place_in_beat(step)}"
            size = after.split()[-1]
            kinds.append(size if way == "parallel" and size in ("third", "sixth") else "")
        else:
            kinds.append("")
            if above or below:
                yield f"oblique motion, {before} to {after} {place_in_beat(step)}"
    for kind, run in groupby(kinds):
        if kind:
            yield f"parallel {kind}s, {min(len(list(run)), LONGEST_PARALLEL)} in succession"


def turns_together(window: Window, upper: int, lower: int) -> Iterator[str]:
    """Yield the turns A B A by step, and scales of three notes, of two voices at the same steps."""
    found = []
    for voice in (upper, lower):
        line = melody(window, voice)
        steps = line.scale_steps
        turns = {}
        for number, (one, other) in enumerate(pairwise(steps)):
            if abs(one) == abs(other) == 1:
                kind = "turn" if one == -other else "scale"
                span = line.onsets[number : number + 3]
                turns[tuple(span)] = (kind, "up" if one > 0 else "down")
        found.append(turns)
    for span in found[0].keys() & found[1].keys():
        (upper_kind, way), (lower_kind, lower_way) = found[0][span], found[1][span]
        yield f"{upper_kind} first {way} together with {lower_kind} first {lower_way}"
        yield f"{upper_kind} together with {lower_kind}, middle note {place_in_beat(span[1])}"


def rhythm_figures(window: Window, upper: int, lower: int) -> Iterator[str]:
    """Yield the onsets of both voices in each beat, and eighths that pass to the other voice."""
    patterns = list(
        zip(
            beat_patterns(window.onsets[:, upper]),
            beat_patterns(window.onsets[:, lower]),
            strict=True,
        )
    )
    for above, below in patterns:
        yield f"onsets {above} over {below}"
    for (above, below), (next_above, next_below) in pairwise(patterns):
        moving = [pattern[EIGHTH] == "x" for pattern in (above, below, next_above, next_below)]
        if moving in ([True, False, False, True], [False, True, True, False]):
            yield "eighths pass from one voice to the other"


# all voices


def chord_name(chord: Chord | None) -> str:
    """Return the name of a chord, such as "G major over B"."""
    if chord is None:
        return NO_CHORD
    over = f" over {PITCH_CLASSES[chord.bass]}" if chord.is_inverted else ""
    return f"{PITCH_CLASSES[chord.root]} {chord.kind}{over}"


def kind_name(chord: Chord | None) -> str:
    """Return the kind of a chord and the semitones from its root up to its bass."""
    return f"{chord.kind}, bass +{(chord.bass - chord.root) % OCTAVE}" if chord else NO_CHORD


def all_voice_figures(window: Window) -> Iterator[str]:
    """Yield each occurrence of the figures of all four voices together, by name."""
    for family in (
        chord_figures,
        chord_successions,
        voicings,
        dissonances,
        suspensions,
        notes_off_the_beat,
        texture,
        stopping_points,
    ):
        yield from family(window)


def chord_figures(window: Window) -> Iterator[str]:
    """Yield the chord of each eighth, with its place."""
    for step in range(0, len(window.pitches), EIGHTH):
        chord = identify_chord(window.pitches[step])
        where = place_in_beat(step)
        yield f"chord {kind_name(chord)} {where}"
        if where == "on the beat":
            yield f"chord {chord_name(chord)}"
            yield f"chord {kind_name(chord)} at {place(step)}"
            yield f"chord {chord_name(chord)} at {place(step)}"


def chord_successions(window: Window) -> Iterator[str]:
    """Yield the chords, roots and bass notes of successive beats, and of half beats."""
    steps = range(0, len(window.pitches), STEPS_PER_QUARTER)
    chords = [identify_chord(window.pitches[step]) for step in steps]
    names, kinds = [chord_name(chord) for chord in chords], [kind_name(chord) for chord in chords]
    bass = window.pitches[::STEPS_PER_QUARTER, BASS].astype(int)
    for beat, (before, after) in enumerate(pairwise(chords), start=1):
        yield f"chords {names[beat - 1]}, {names[beat]}"
        yield f"bass {bass[beat] - bass[beat - 1]:+d} from beat to beat"
        yield f"bass {bass[beat] - bass[beat - 1]:+d} to {place(beat * STEPS_PER_QUARTER)}"
        if before and after:
            motion = (after.root - before.root) % OCTAVE
            yield f"root +{motion} from beat to beat"
            yield f"root +{motion} to {place(beat * STEPS_PER_QUARTER)}"
            yield f"chords {kinds[beat - 1]}; root +{motion}; {kinds[beat]}"
    for three in zip(names, names[1:], names[2:], strict=False):
        yield f"chords {', '.join(three)}"
    for moves in pairwise(np.diff(bass).tolist()):
        yield f"bass {moves[0]:+d} {moves[1]:+d} from beat to beat"
    for name, run in groupby(names):
        yield f"{'no chord' if name == NO_CHORD else 'a chord'}, beats in a row: {len(list(run))}"


def voicings(window: Window) -> Iterator[str]:
    """Yield how the notes of each beat's chord are distributed among the voices."""
    for step in range(0, len(window.pitches), STEPS_PER_QUARTER):
        pitches = window.pitches[step].astype(int)
        gaps = pitches[:-1] - pitches[1:]
        yield f"spacing {' '.join(map(str, gaps))}"
        chord = identify_chord(pitches)
        if chord is None:
            continue
        degrees = ((pitches - chord.root) % OCTAVE).tolist()
        yield f"{chord.kind} with +{degrees[SOPRANO]} in the soprano"
        yield f"{kind_name(chord)}, over it {' '.join(map(str, sorted(degrees[:BASS])))}"
        yield f"{kind_name(chord)}, over it from the top {' '.join(map(str, degrees[:BASS]))}"


def dissonances(window: Window) -> Iterator[str]:
    """Yield the dissonant intervals of each step, and those that are struck together."""
    pitches = window.pitches.astype(int)
    for step in range(len(pitches)):
        for upper, lower in combinations(range(len(VOICES)), 2):
            interval = abs(pitches[step, upper] - pitches[step, lower]) % OCTAVE
            if interval not in DISSONANT:
                continue
            if step % EIGHTH == 0:
                yield f"dissonance {place_in_beat(step)}"
            if window.onsets[step, [upper, lower]].all():
                yield f"{interval_name(interval)} struck together {place_in_beat(step)}"


def suspensions(window: Window) -> Iterator[str]:
    """Yield the notes held into a beat where they are dissonant, by how they are left."""
    pitches, onsets = window.pitches.astype(int), window.onsets
    for step in range(STEPS_PER_QUARTER, len(pitches), STEPS_PER_QUARTER):
        for voice, name in enumerate(VOICES):
            if onsets[step, voice] and pitches[step, voice] != pitches[step - 1, voice]:
                continue
            if not onsets[step].any() or not has_dissonance(window, step, voice):
                continue
            rest = np.flatnonzero(pitches[step:, voice] != pitches[step, voice])
            if not len(rest) or rest[0] > SUSPENDED_STEPS:
                continue
            left = scale_steps(int(pitches[step + rest[0], voice] - pitches[step, voice]))
            struck = "struck again" if onsets[step, voice] else "held"
            over = interval_name(pitches[step, voice] - pitches[step, BASS])
            yield f"suspension in the {name}, {struck}, left by {left:+d} after {rest[0]}"
            yield f"suspension in the {name}, {over} over the bass, left by {left:+d}"
            yield f"suspension at {place(step)}, left by {left:+d}"


def notes_off_the_beat(window: Window) -> Iterator[str]:
    """Yield the notes between beats by their approach, their end and their consonance."""
    for voice, name in enumerate(VOICES):
        line = melody(window, voice)
        for number, (before, after) in enumerate(pairwise(line.scale_steps), start=1):
            onset = line.onsets[number]
            dissonant = "dissonant" if has_dissonance(window, onset, voice) else "consonant"
            with_it = int(window.onsets[onset].sum()) - 1
            kind = _kind_of_note(before, after)
            where = place_in_beat(onset)
            yield f"{name}: {kind} note {where}, {dissonant}"
            yield f"{name}: {kind} note {where}, others that strike: {with_it}"
            if where != "on the beat" and before:
                way = "upwards" if before > 0 else "downwards"
                yield f"{kind} note {where}, reached {way}"
                yield f"{kind} note at {place(onset)}, {dissonant}"


def _kind_of_note(before: int, after: int) -> str:
    """Return the kind of a note by the scale steps to and from it."""
    if abs(before) == abs(after) == 1:
        return "passing" if before == after else "neighbour"
    if 0 in (before, after):
        return "repeated"
    if abs(before) == 1:
        return "reached by step, left by leap"
    return "reached by leap, left by step" if abs(after) == 1 else "leaping"


def texture(window: Window) -> Iterator[str]:
    """Yield which voices strike together, how many of them move or leap, and runs of motion."""
    onsets, pitches = window.onsets, window.pitches.astype(int)
    for step in range(len(onsets)):
        striking = [VOICES[voice][0].upper() for voice in np.flatnonzero(onsets[step])]
        yield f"onsets at {place(step)}: {len(striking)}"
        if striking:
            yield f"{''.join(striking)} strike {place_in_beat(step)}"
        if step and striking:
            moves = pitches[step] - pitches[step - 1]
            yield f"voices that move {place_in_beat(step)}: {int((moves != 0).sum())}"
            yield f"voices that leap {place_in_beat(step)}: {int((abs(moves) > 2).sum())}"
            if moves.any():
                yield f"change of chord at {place(step)}"
            ways = "".join("=+-"[int(np.sign(move))] for move in moves)
            yield f"voices move {ways} {place_in_beat(step)}"
    patterns = beat_patterns(np.asarray(onsets.any(axis=1)))
    for pattern in patterns:
        yield f"onsets of all voices {pattern}"
    for one, other in pairwise(patterns):
        yield f"onsets of all voices {one} {other}"
    for bar in range(0, len(patterns), BEATS):
        yield f"onsets of all voices, bar {' '.join(patterns[bar : bar + BEATS])}"
    moving = [pattern[EIGHTH] == "x" for pattern in patterns]
    for is_moving, run in groupby(moving):
        count = min(len(list(run)), LONGEST_MOTION)
        yield f"beats {'with' if is_moving else 'without'} a note off the beat: {count} in a row"
    movers = [
        "".join(VOICES[voice][0].upper() for voice in np.flatnonzero(onsets[step]))
        for step in range(EIGHTH, len(onsets), STEPS_PER_QUARTER)
    ]
    for one, other in pairwise(movers):
        yield f"off the beat {one or 'nobody'}, then {other or 'nobody'}"


def stopping_points(window: Window) -> Iterator[str]:
    """Yield the chords before and at beats where all strike and nobody moves for a quarter.

    Most phrases end so.
    """
    onsets, pitches = window.onsets, window.pitches.astype(int)
    last = 0
    for step in range(2 * STEPS_PER_QUARTER, len(onsets) - STEPS_PER_QUARTER, STEPS_PER_QUARTER):
        if not onsets[step].all() or onsets[step + 1 : step + STEPS_PER_QUARTER].any():
            continue
        chord = identify_chord(pitches[step])
        before = identify_chord(pitches[step - STEPS_PER_QUARTER])
        just_before = identify_chord(pitches[step - EIGHTH])
        yield f"stop at {place(step)}"
        yield f"stop on {kind_name(chord)} at {place(step)}"
        yield f"stop on {chord_name(chord)} after {chord_name(before)}"
        yield f"stop on {kind_name(chord)} after {kind_name(just_before)} an eighth before"
        soprano = scale_steps(int(pitches[step, SOPRANO] - pitches[step - 1, SOPRANO]))
        bass = scale_steps(int(pitches[step, BASS] - pitches[step - 1, BASS]))
        yield f"stop, soprano {soprano:+d}, bass {bass:+d}"
        if step - last <= 2 * BAR_STEPS:
            yield f"stop {(step - last) // STEPS_PER_QUARTER} beats after a stop"
        last = step
