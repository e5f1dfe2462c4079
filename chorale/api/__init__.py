"""The commands as Python functions, all of which `import chorale` offers.

Music is given as a path, as a `Reading` of a file, or as a `Chorale`. The composing functions
(`generate`, `harmonize`, `continue_` and `rewrite`) return a list of `count` chorales, whose plans
hold the metre, key, fermatas and motion that were given, drawn or estimated. They take these
options by keyword:

    key, metre      such as "G minor", "h-Moll" or "D dorian", and "3/4", or a `Key` and a `Metre`
    pickup          beats before the first whole bar
    phrases         bars of each phrase, such as [4, 4, 4, 4]
    motion          "calm", "usual" or "lively": notes off the beat, compared with Bach's chorales
    temperature     above 0; a number, or numbers per voice, such as {"soprano": 1.0}
    top_p           draw only from the likeliest notes that together have this probability, (0, 1]
    min_p           drop notes below this share of the most likely note's probability, 0 to 1
    greedy          True to always take the most likely note
    guidance        how closely to follow the plan and the given notes, 0 to 2
    strictness      penalty on textbook faults (`chorale.composing.voice_leading`), 0 to 2
    best_of         candidates per chorale, 1 to 64; the best is kept (`chorale.composing.ranking`)
    rules           further rules of the draw, each a `chorale.composing.rules.LogitRule`
    seed            the same seed gives the same music; a new one if left out or None
    progress        function that is called with the steps done and the total; an exception of it
                    ends the work
    receive         function that is called with each chorale as soon as it is there; the first
                    one is then composed before the others
    count           number of chorales, all different
    model           name of a model that comes with chorale, or path of a checkpoint

An option that is None takes its default. Metre, pickup, key and phrases that input music lacks are
estimated, as on the command line. Wrong options raise OptionError, and unusable music raises
ReadingError; both are kinds of `ChoraleError`.
"""

from chorale.api.composing import continue_, generate, harmonize, load_model, rewrite
from chorale.api.judging import analyze, check, explain
from chorale.api.music import read, view, write

__all__ = [
    "analyze",
    "check",
    "continue_",
    "explain",
    "generate",
    "harmonize",
    "load_model",
    "read",
    "rewrite",
    "view",
    "write",
]
