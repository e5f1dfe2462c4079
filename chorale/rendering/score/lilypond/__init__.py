"""LilyPond source, as a user of LilyPond would write it by hand.

syntax          strings, pitches, note values and names of variables
form            repeats and voltas as sections that nest
music           the notes of a voice, a line per measure
marks           dynamics, breath marks, tempo words and the like
words           lyrics
chords          chord symbols
instruments     LilyPond's names of the MIDI programs
source          the whole file
"""
