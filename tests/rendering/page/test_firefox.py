"""The page of a chorale in Firefox, which has no sound device here: what it shows and renders."""

import asyncio
from pathlib import Path

from firefox import open_tab
from made_up_hymns import made_up_hymn

from chorale.rendering.metadata import Metadata
from chorale.rendering.page.page import html_bytes

LOUDNESS = """
(async () => {
  const sound = await renderSound(music, player.settings, 44100);
  const samples = sound.getChannelData(0);
  return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
})()
"""


def test_the_page_loads_renders_its_sound_and_takes_keys_without_an_error(tmp_path: Path) -> None:
    file, profile = tmp_path / "hymn.html", tmp_path / "profile"
    profile.mkdir()
    file.write_bytes(html_bytes(made_up_hymn(16, 3), Metadata("Hymn")))

    async def use_page() -> None:
        async with open_tab(file, profile) as tab:
            assert await tab.evaluate("document.title") == "Hymn"
            assert await tab.evaluate("document.querySelectorAll('#score svg.wide').length") >= 1
            assert 0.02 < await tab.evaluate(LOUDNESS) < 0.5
            await tab.evaluate("controls.findAction('ArrowRight')()")
            assert await tab.evaluate("player.presentStep()") == 16
            await tab.evaluate("controls.findAction('1')()")
            assert await tab.evaluate("player.settings.muted[0]")
            await tab.evaluate("controls.findAction('v')()")
            assert await tab.evaluate("document.querySelector('#roll svg').clientWidth") > 0
            assert tab.complaints == []

    asyncio.run(use_page())
