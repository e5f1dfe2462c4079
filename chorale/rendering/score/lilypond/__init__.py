"""LilyPond source, as a user of LilyPond would write it by hand.

syntax      strings, pitches, note values and names of variables
lines       lines of source, one per measure
form        repeats and voltas as sections that nest, or as signs
marks       dynamics, breath marks, tempo words and the like
music       the notes of a voice
words       lyrics
chords      chord symbols
figures     figures under the bass
labels      numerals of an analysis
legends     colours and labels in words
staves      the score of all these
source      the whole file
"""
