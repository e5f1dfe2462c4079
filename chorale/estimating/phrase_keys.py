"""Keys of phrases, inferred from a tune.

Bach leaves the home key at half of his phrase ends, and which key he goes to can be seen in the
tune to a large extent. The key of each phrase is a state of a hidden Markov chain:
- the key of the first phrase, relative to the home key, has its own distribution, and that of each
  later phrase depends on the key of the phrase before;
- the last phrase is in the home key;
- given its key, the likelihood of a phrase of the tune is that of its scale degrees, weighted by
  length, times that of the last three degrees, repeated notes counted once.

The frequencies in Bach's training split are in `tables.json`. A tune in the soprano, in the bass or
in both is read; other voices say little about keys and are left out.

Source: L. Rabiner, "A Tutorial on Hidden Markov Models" (1989); scale degrees given a key as in
D. Temperley, Music and Probability (2007).

Shapes: P phrases before the last one, K keys that occur in the mode of the home key.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from chorale.estimating.chains import Floats, load_tables
from chorale.music import BASS, OCTAVE, SOPRANO, STEPS_PER_QUARTER, Key, Note, Plan

READ_VOICES = {SOPRANO: "soprano", BASS: "bass"}
CLOSE_NOTES = 3  # the last notes of a phrase, of different pitches

# Weights of log probabilities, chosen by fivefold cross-validation on the training split. Notes
# depend on each other, so that a weight of 1 would make the inference too certain.
_NOTE_WEIGHT = 0.2  # a quarter of a phrase
_LAST_WEIGHT = 1.0  # the last degree
_APPROACH_WEIGHT = 0.5  # each of the two degrees before it


def infer_phrase_keys(
    lines: Mapping[int, Sequence[Note]], plan: Plan, generator: np.random.Generator | None = None
) -> list[Key]:
    """Infer the key of each phrase of a tune; the last phrase is in the home key.

    Args:
        lines: the notes of each voice, 0 (soprano) to 3 (bass), in order of time. Without notes of
            the soprano or the bass, the keys are those of any chorale in the mode of the home key.
        plan: the plan, with the home key and the fermatas.
        generator: draws the keys from their joint distribution; if None, the likeliest are taken.

    Returns:
        P + 1 keys; none if the home key or the fermatas are unknown.
    """
    if plan.key is None or not plan.fermata_spans:
        return []
    keys, scores = _score_phrases(lines, plan, plan.key)
    first, following = _load_chain(plan.key)
    combine = np.maximum.reduce if generator is None else np.logaddexp.reduce
    messages = _pass_forward(first, following, scores, combine)
    chosen: list[int] = []
    for message in messages[::-1]:
        logits = message + (following[:, chosen[-1]] if chosen else 0.0)
        chosen.append(_choose(logits, generator))
    return [*(keys[number] for number in reversed(chosen)), plan.key]


def phrase_key_probabilities(
    lines: Mapping[int, Sequence[Note]], plan: Plan, home: Key
) -> tuple[list[Key], Floats]:
    """Return the K possible keys, and their probabilities in each phrase but the last, (P, K)."""
    keys, scores = _score_phrases(lines, plan, home)
    first, following = _load_chain(home)
    forward = _pass_forward(first, following, scores, np.logaddexp.reduce)
    backward = _pass_forward(np.zeros(len(keys)), following.T, scores[::-1], np.logaddexp.reduce)
    joint = forward + backward[::-1] - scores
    return keys, np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True))


def find_inner_phrases(lines: Mapping[int, Sequence[Note]], plan: Plan) -> list[tuple[int, int]]:
    """Return start and end (exclusive) of each phrase but the last, in steps, (P,)."""
    ends = [end for _, end in plan.fermata_spans]
    last_onset = max((line[-1].onset_step for line in lines.values() if line), default=None)
    if last_onset is None:
        last_onset = ends[-1] - 1 if ends else 0
    return list(pairwise([0, *(end for end in ends if end <= last_onset)]))


def last_pitches(phrase: Sequence[Note]) -> list[int]:
    """Return the last CLOSE_NOTES pitches of a phrase, the last first, repeated ones once."""
    pitches = [pitch for pitch, _ in groupby(note.pitch for note in phrase)]
    return pitches[: -CLOSE_NOTES - 1 : -1]


def weigh_pitch_classes(phrase: Sequence[Note]) -> Floats:
    """Return the weight of each pitch class, (12,) from C up: quarters, at most one for a note."""
    weights = np.zeros(OCTAVE)
    for note in phrase:
        weights[note.pitch % OCTAVE] += min(1.0, note.length_steps / STEPS_PER_QUARTER)
    return weights


def _load_chain(home: Key) -> tuple[Floats, Floats]:
    """Return log probabilities: of the first key, (K,), and of a key after another, (K, K)."""
    tables = load_tables()["phrase_keys"][home.third]
    return np.array(tables["first"]), np.array(tables["next"])


def _score_phrases(
    lines: Mapping[int, Sequence[Note]], plan: Plan, home: Key
) -> tuple[list[Key], Floats]:
    """Return the possible keys, and the log likelihoods of each inner phrase under each, (P, K)."""
    relative = load_tables()["phrase_keys"][home.third]["keys"]
    keys = [Key((home.tonic + semitones) % OCTAVE, mode) for semitones, mode in relative]
    keys = [home if key == home.tonal else key for key in keys]
    phrases = find_inner_phrases(lines, plan)
    scores = np.zeros((len(phrases), len(keys)))
    for voice, name in READ_VOICES.items():
        for row, (start, end) in enumerate(phrases):
            phrase = [note for note in lines.get(voice, ()) if start <= note.onset_step < end]
            scores[row] += [_score_phrase(phrase, key, name) for key in keys]
    return keys, scores


def _score_phrase(phrase: Sequence[Note], key: Key, voice: str) -> float:
    """Return the weighted log likelihood of a voice's notes under a key."""
    tables: Mapping[str, Any] = load_tables()["phrase_notes"][voice][key.third]
    weights = np.roll(weigh_pitch_classes(phrase), -key.tonic)
    score = _NOTE_WEIGHT * float(weights @ np.array(tables["all"]))
    degrees = [(pitch - key.tonic) % OCTAVE for pitch in last_pitches(phrase)]
    if degrees:
        score += _LAST_WEIGHT * tables["last"][degrees[0]]
    places = ("second last", "third last")
    for name, (after, before) in zip(places, pairwise(degrees), strict=False):
        score += _APPROACH_WEIGHT * tables[name][after][before]
    return score


def _pass_forward(
    first: Floats, following: Floats, scores: Floats, combine: Callable[..., Any]
) -> Floats:
    """Return the log score of each key of a phrase together with all phrases up to it, (P, K).

    Args:
        first: (K,) log probabilities of the keys of the first phrase.
        following: (K, K) log probabilities of a key given the key before.
        scores: (P, K) log likelihoods of the phrases.
        combine: reduces over the keys of the phrase before: maximum for the best chain,
            logaddexp for all.
    """
    messages = np.empty_like(scores)
    for row, score in enumerate(scores):
        before = combine(messages[row - 1][:, None] + following, axis=0) if row else first
        messages[row] = before + score
    return messages


def _choose(logits: Floats, generator: np.random.Generator | None) -> int:
    """Draw an index from its log probabilities, up to a constant; the likeliest without chance."""
    if generator is None:
        return int(logits.argmax())
    probabilities = np.exp(logits - np.logaddexp.reduce(logits))
    return int(generator.choice(len(logits), p=probabilities / probabilities.sum()))
