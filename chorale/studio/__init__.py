"""The studio: a page on this machine in which a chorale is composed, bar by bar.

A small server on the loopback address serves one page. The page keeps the music and its whole
history; the server keeps nothing, reads what the page sends, calls the functions of `chorale.api`
and answers. Every address has a random token, and nothing leaves the machine.

    annotating  words, repeats and the like as JSON, and which of them fit the notes
    exchange    music as JSON between page and server
    requests    what the page can ask for, by the functions of `chorale.api`
    app         the server's routes: token, streams of alternatives, cancelling
    page        the page, from studio.html and scripts; the player and the score are those of
                `chorale.rendering.page`

The scripts, each of which uses those before it:

    server          requests of the page, and answers that come line by line
    fields          fields of the page, and its line for messages
    staves          pitch and step of a place on the staves
    edits           scores from a score
    history         undo and redo
    display         the engraving, the roll, the findings and the player's music
    selection       selected and locked notes
    editing         what is done with the selected notes
    writing         notes by clicks and letters
    alternatives    cards, one of which is taken
    composing       requests for alternatives
    keys            keys of the studio
    studio          the page as a whole
"""
