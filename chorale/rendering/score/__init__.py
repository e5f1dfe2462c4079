"""Scores: MusicXML, its engraving as SVG, PDF and PNG, and LilyPond source.

note_values     measures, and the notes, ties and rests written in them
accidentals     which accidentals are printed
notation        a music21 score of a chorale
musicxml        the music21 score as a MusicXML file
pages           pages of the score, engraved by verovio
engraving       SVG, PNG and PDF files of the pages
voice_part      the music of one voice, for its singers
lilypond        LilyPond source; a room of its own
"""
