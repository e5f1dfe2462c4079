"""Jobs: what a person asks for, as tasks for the network, with an account of what was decided.

    generation      a new chorale
    harmonization   voices to a tune, or to several voices
    continuation    an opening carried on to a close
    rewriting       some bars of some voices anew

What the music does not say of itself (metre, pickup, key, fermatas) is asked for, or estimated, and
told in a remark.
"""

from chorale.composing.jobs.harmonizing import Fit, harmonization
from chorale.composing.jobs.job import MAX_BARS, Job, generation, run_job, voices_named
from chorale.composing.jobs.planning import bars_of, in_words
from chorale.composing.jobs.whole import continuation, rewriting

__all__ = [
    "MAX_BARS",
    "Fit",
    "Job",
    "bars_of",
    "run_job",
    "continuation",
    "generation",
    "harmonization",
    "in_words",
    "rewriting",
    "voices_named",
]
