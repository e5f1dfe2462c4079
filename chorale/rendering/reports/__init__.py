"""Reports: what `check` and `explain` print, as text and as JSON.

check_report        findings in part-writing beside Bach's rates
explain_report      how likely a network finds each note
likelihood_roll     likelihood of each note as a roll in the terminal, and as colours of a score
"""
