"""Reports: what `check` and `explain` print, as text and as JSON.

check_report        findings in part-writing beside Bach's rates, as text
check_facts         the same as JSON
check_table         the findings in several files as a table in CSV
check_score         the findings in a score: colours, numbers and remarks
explain_report      how likely a network finds each note
likelihood_roll     likelihood of each note as a roll in the terminal, and as colours of a score
"""
