"""Jobs: requests, turned into tasks for the network.

    generating      a new chorale
    progressions    a new chorale on given chords, or in given keys
    harmonizing     the voices that a tune, or several voices, lack
    given_harmony   chords that the setting of a tune is to have
    continuing      a continuation of an opening
    rewriting       some bars of some voices
    trimming        tunes without silence around them, and some bars of them
    underlay        annotations of the results, and words under their notes

Metre, pickup, key and fermatas that are neither requested nor in the music are estimated
(`planning`), and a notice reports the estimates. Motion is measured in given voices and drawn for
the others (`chorale.composing.motion`). `interpreting` estimates them for music that is
only shown or judged, `transposing` transposes input music, `fitting` finds the shift into the
ranges of the training split, and `choirs` chooses and places the tune for another choir than SATB.
"""

from chorale.composing.jobs.checks import parse_voices
from chorale.composing.jobs.continuing import job_for_continuing
from chorale.composing.jobs.fitting import Fit
from chorale.composing.jobs.generating import job_for_generating
from chorale.composing.jobs.harmonizing import job_for_harmonizing
from chorale.composing.jobs.job import Job, run_job
from chorale.composing.jobs.planning import describe_bars, parse_bar_range
from chorale.composing.jobs.rewriting import job_for_rewriting

__all__ = [
    "Fit",
    "Job",
    "describe_bars",
    "job_for_continuing",
    "job_for_generating",
    "job_for_harmonizing",
    "job_for_rewriting",
    "parse_bar_range",
    "parse_voices",
    "run_job",
]
