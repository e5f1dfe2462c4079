"""Colours of pictures and terminal rolls.

VOICE_COLOURS are the four of the eight colours by M. Okabe and K. Ito (Color Universal Design,
2008) that colour-blind people distinguish best; warm and cool alternate, so that
neighbours differ most.
LEVEL_COLOURS, from likely to surprising, are from the same eight, cool first; "" is black.
PITCH_CLASS_COLOURS go once around the colour wheel by fifths, all equally light: neighbours on the
circle of fifths look alike.
"""

from chorale.music import OCTAVE

VOICE_COLOURS = ("#D55E00", "#56B4E9", "#E69F00", "#0072B2")  # in SATB order
VOICE_INKS = ("#000000", "#000000", "#000000", "#FFFFFF")  # colours of letters on VOICE_COLOURS
ANSI_COLOURS = ("red", "cyan", "yellow", "blue")  # for terminals with sixteen colours

LEVEL_COLOURS = ("", "#0072B2", "#E69F00", "#D55E00")  # colours of notes on paper
LEVEL_BACKGROUNDS = ("#A9A9A9", *LEVEL_COLOURS[1:])  # for dark and light terminals
ANSI_BACKGROUNDS = ("white", "blue", "yellow", "red")  # for terminals with sixteen colours
LEVEL_INKS = ("#000000", "#FFFFFF", "#000000", "#000000")  # letters on LEVEL_BACKGROUNDS

_BY_FIFTHS = (
    *("#C8635D", "#C16E2D", "#AA7E00", "#848F1E", "#4E9A52", "#009F82"),
    *("#009BAB", "#0891C9", "#5F83D4", "#8C74CC", "#AD69B1", "#C1628A"),
)
PITCH_CLASS_COLOURS = tuple(
    _BY_FIFTHS[7 * pitch_class % OCTAVE] for pitch_class in range(OCTAVE)
)  # from C upwards
