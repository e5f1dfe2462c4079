"""Chorales as files that people open, play and read.

    score       MusicXML, its engraving as SVG, PDF and PNG, and LilyPond source
    sound       MIDI files, an organ, soundfonts, sound files and playback
    pictures    piano rolls as pictures and in the terminal, embeddings, their colours
    reports     what `check` and `explain` print, as text and as JSON
    page        a score in a page that plays it, and the listening test

    metadata        title, composer and comments of a file
    render_options  tempo, instrument, staves and colours, whatever the format
    libraries       optional libraries, imported when a format needs them
    formats         the formats by name and file ending, and `render`, which writes them
    losses          what words, repeats and the like lose in formats without a score

Imports run downwards. The rooms import the first three modules, but not each other; only `reports`
also imports `pictures`, and `page` imports `score` and `sound`. `formats` and `losses` are above
all of them.
"""
