"""Choosing among the candidates of a chorale, phrase by phrase.

The candidates of a chorale are composed side by side. At the end of each phrase they are compared
by the critic's sum over the phrase (`chorale.network.critic`), less a share of the penalties on the
voice leading that was drawn there (`chorale.composing.voice_leading`), both in nats, and the best
goes on in all of them. What is given is not compared, nor is the last phrase that has something to
compose, so that the complete candidates differ (`chorale.composing.ranking` chooses among them).
This is a particle filter that keeps the best particle.

Beside the best of two that are compared when they are complete, chorales had 11 % more faults
without the penalties (parallels and doubled leading notes, which the critic overlooks), 6 % fewer
with a quarter of them, and 14 % fewer with all; but then classifiers separated them from Bach's
nearly as well as without a critic.

Source: N. Gordon, D. Salmond and A. Smith, "Novel Approach to Nonlinear/Non-Gaussian Bayesian State
Estimation" (1993), for particles that are weighed and replaced in the course of a sequence.
"""

from collections.abc import Sequence

import numpy as np

from chorale.aliases import Floats, Ids, Rows
from chorale.composing.tasks import Task
from chorale.music import STEPS_PER_QUARTER
from chorale.network.checkpoint import Checkpoint
from chorale.network.critic import describe_steps, find_home, find_position
from chorale.network.numpy_critic import Critic
from chorale.network.tokens import SoundingNotes, advance_sounding, begin_sounding

PENALTY_SHARE = 0.25  # of the penalties on voice leading that counts
MIN_DIFFERENCE = 1e-4  # of sums of logits; smaller ones come from rounding


class PhraseChooser:
    """The choice at the ends of phrases in a batch of B tasks, which grow step by step.

    Attributes:
        sums: (B,), sum of the logits of each task's beats so far.
    """

    def __init__(self, checkpoint: Checkpoint, tasks: Sequence[Task], candidates: int) -> None:
        """Begin before the first step.

        Args:
            checkpoint: the network, with a critic.
            tasks: the tasks; `candidates` equal ones follow each other.
            candidates: number of candidates of each chorale, which divides the number of tasks.
        """
        self._critic, self._vocabulary = Critic(checkpoint.critic), checkpoint.vocabulary
        self._tasks, self._candidates, self._step = tasks, candidates, 0
        self._homes = np.array([find_home(task.plan) for task in tasks], np.int32)
        self._pickups = np.array([task.plan.pickup_steps for task in tasks]) % STEPS_PER_QUARTER
        self._ends = np.array([task.plan.length_steps for task in tasks])
        self._choices = [find_choices(task, self._vocabulary.unknown) for task in tasks]
        self._notes = begin_sounding(len(tasks), self._vocabulary)
        self._state = self._critic.begin(len(tasks))
        self._steps: list[Floats] = []  # descriptions of the last steps, as many as a beat has
        self.sums = np.zeros(len(tasks))
        self._gained = np.zeros(len(tasks))  # since the last choice, less the penalties

    def penalize(self, penalties: Floats) -> None:
        """Take the penalties on the voice leading of a draw, (B,), into the next comparison."""
        self._gained -= PENALTY_SHARE * penalties

    def append(self, tokens: Ids) -> Rows | None:
        """Append a step of tokens, (B, 4).

        Returns:
            For each task the number of the task that goes on in its place, (B,); None if every task
            goes on by itself. The other state of the batch must be replaced likewise.
        """
        self._notes = advance_sounding(self._notes, tokens, self._vocabulary)
        positions = [find_position(task.plan, self._step) for task in self._tasks]
        described = describe_steps(
            self._notes, np.array(positions, np.int32), self._homes, self._vocabulary
        )
        self._steps = [*self._steps[1 - STEPS_PER_QUARTER :], described]
        self._step += 1
        self._judge_beats()
        rows = np.arange(len(self._tasks))
        for first in range(0, len(rows), self._candidates):
            if self._step in self._choices[first]:
                group = slice(first, first + self._candidates)
                gained = self._gained[group]
                # of about equal ones the first
                rows[group] = first + int((gained > gained.max() - MIN_DIFFERENCE).argmax())
                self._gained[group] = 0
        return None if (rows == np.arange(len(rows))).all() else self._take(rows)

    def _judge_beats(self) -> None:
        """Add the logits of the beats that are complete after this step."""
        since = self._step - self._pickups
        complete = (since > 0) & (since % STEPS_PER_QUARTER == 0) & (self._step <= self._ends)
        rows = np.flatnonzero(complete)
        if not len(rows):
            return
        beats = np.concatenate([described[rows] for described in self._steps], axis=-1)
        logits, after = self._critic.judge(beats, self._state.take(rows))
        self.sums[rows] += logits
        self._gained[rows] += logits
        self._state.near[rows], self._state.far[rows] = after

    def _take(self, rows: Rows) -> Rows:
        """Go on with these tasks, and return them."""
        self._notes = SoundingNotes(*(values[rows] for values in self._notes))
        self._state, self.sums = self._state.take(rows), self.sums[rows]
        self._steps = [described[rows] for described in self._steps]
        return rows


def find_choices(task: Task, unknown: int) -> frozenset[int]:
    """Return the numbers of steps after which the candidates of a task are compared.

    They are the ends of those phrases that have open cells, except the last.
    """
    open_steps = np.flatnonzero((task.given == unknown).any(axis=1))
    ends = sorted(end for _, end in task.plan.fermata_spans)
    choices, start = [], 0
    for end in ends:
        if ((open_steps >= start) & (open_steps < end)).any() and (open_steps >= end).any():
            choices.append(end)
        start = end
    return frozenset(choices)
