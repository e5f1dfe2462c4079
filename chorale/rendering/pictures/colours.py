"""Colours of pictures.

VOICE_COLOURS are four of M. Okabe and K. Ito's (Color Universal Design, 2008) that stay furthest
apart for the colour-blind, warm and cool by turns, so that neighbours differ most.
LEVEL_COLOURS, from likely to surprising, are of the same eight, cool before warm; black ink is "".
PITCH_CLASS_COLOURS go once around the wheel, equally light, by fifths: neighbours on the circle of
fifths look alike.
"""

VOICE_COLOURS = ("#D55E00", "#56B4E9", "#E69F00", "#0072B2")  # in SATB order
INKS = ("#000000", "#000000", "#000000", "#FFFFFF")  # for letters on them
FEW_COLOURS = ("red", "cyan", "yellow", "blue")  # where a terminal has but sixteen

LEVEL_COLOURS = ("", "#0072B2", "#E69F00", "#D55E00")  # of notes on paper
LEVEL_GROUNDS = ("#A9A9A9", *LEVEL_COLOURS[1:])  # in terminals, dark or light
FEW_GROUNDS = ("white", "blue", "yellow", "red")
LEVEL_INKS = ("#000000", "#FFFFFF", "#000000", "#000000")

_BY_FIFTHS = (
    *("#C8635D", "#C16E2D", "#AA7E00", "#848F1E", "#4E9A52", "#009F82"),
    *("#009BAB", "#0891C9", "#5F83D4", "#8C74CC", "#AD69B1", "#C1628A"),
)
PITCH_CLASS_COLOURS = tuple(_BY_FIFTHS[7 * pitch_class % 12] for pitch_class in range(12))
