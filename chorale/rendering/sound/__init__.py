"""Sound: MIDI files, an organ, soundfonts, sound files and playback.

midi_texts      words, names and marks in a MIDI file
midi            a chorale as a MIDI file
performance     when each note sounds, in seconds
samples         the sample rate, and arrays of samples
reverb          the echo of the organ's room
organ           the built-in organ
soundfont       recorded instruments, played by FluidSynth
audio           samples of a chorale, and sound files of them
playback        samples through the loudspeakers
"""
