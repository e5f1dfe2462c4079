"""The studio: a page on this machine in which a chorale is composed, bar by bar.

A small server on the loopback address serves one page. The page keeps the music and its whole
history; the server keeps nothing, reads what the page sends, calls the functions of `chorale.api`
and answers. Every address has a random token, and nothing leaves the machine.

    exchange    music as JSON between page and server
    requests    what the page can ask for, by the functions of `chorale.api`
    app         the server's routes: token, streams of progress, cancelling
    studio.html, studio.css, editor.js, studio.js
                the page; the player and the score are those of `chorale.rendering.page`
"""
