"""A chorale as a page that plays: one HTML file, without a server and without addresses.

The page holds the engraved score, its music as JSON and a small player in JavaScript, whose organ,
times and clicks are those of `chorale.rendering.sound`.

    content     the music of a page as JSON: notes, bars, times, the ranks of the organ
    numbering   identifiers that join the notes of a score to those of the music
    page        the page itself, from its parts

The page's own files, in the order in which they are joined:

    page.html, page.css     structure and looks
    music.d.ts              types of the JSON, for the type check of the scripts
    elements.js             elements of HTML: finding, creating
    timing.js               when each step begins and ends
    organ.js                the organ, its room and the clicks
    player.js               scheduling, loop, mixer
    score.js, roll.js       the score and the piano roll, which follow the music
    controls.js, main.js    buttons, sliders, keys
"""
