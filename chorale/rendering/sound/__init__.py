"""Sound: MIDI files, an organ, soundfonts and playback."""
