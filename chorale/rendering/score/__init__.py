"""Scores: MusicXML, its engraving as SVG, PDF and PNG, and LilyPond source.

note_values     measures, and the notes, ties and rests written in them
spellings       names of the notes, and the key signature that fits them
accidentals     which accidentals are printed
part_names      names of staves and their abbreviations
notation        a music21 score of a chorale
staff_xml       a staff of a MusicXML score, addressed by steps
words           which syllables are printed, under which notes
marks, chord_symbols, bass_figures, barlines    what stands above, below and between the notes
annotating      all annotations of a chorale in its MusicXML score
labels          labels of remarks at the notes, such as the numbers of findings
legend          what the labels stand for, below the score
musicxml        the score as a MusicXML file
engraver_input  numbers of verses, endings and repeats for engraved scores
systems         which measures begin a system
collisions      chord symbols that verovio draws into brackets
music_letters   accidentals and dynamics within text, in the text's font
pages           pages of the score, engraved by verovio
engraving       SVG, PNG and PDF files of the pages
voice_part      the music of one voice, for its singers
lilypond        LilyPond source; a room of its own
"""
