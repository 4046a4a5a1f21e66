"""What can be done, found by its name: Textual's command palette, with what this screen offers."""

from collections.abc import Iterator
from functools import partial
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import BindingType
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType

from tui.shared.frame import FramedScreen
from tui.shared.surroundings import FramedApp
from tui.widgets.button import Button


class _Command(NamedTuple):
    name: str
    do: IgnoreReturnCallbackType


class ScreenCommands(Provider):
    """The buttons of a screen, its keys, the toolkit's search, and the colours."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for name, do in self._commands():
            yield DiscoveryHit(name, do)

    async def search(self, query: str) -> Hits:
        """Those whose names have the letters that were typed."""
        matcher = self.matcher(query)
        for name, do in self._commands():
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name), do, text=name)

    def _commands(self) -> Iterator[_Command]:
        screen, app = self.screen, self.app
        for button in screen.query(Button):
            if button.display and button.label:
                yield _Command(f"{button.label} ({button.key})" if button.key else button.label, button.press)
        if not isinstance(screen, FramedScreen) or not isinstance(app, FramedApp):
            return
        yield _Command("Search the toolkit", app.search_toolkit)
        yield _Command("Keys on this screen", screen.action_keys)
        for theme in dict.fromkeys(app.themes):
            yield _Command(f"Colours: {theme.replace('-', ' ')}", partial(app.use_theme, theme))


class _Palette(CommandPalette, inherit_bindings=False):
    """Textual's, without what every screen of Textual's can do; a double click on what opened it does not close it."""

    BINDINGS: ClassVar[list[BindingType]] = list(CommandPalette.BINDINGS)

    def on_click(self, event: events.Click) -> None:
        """Pass over that click."""
        if event.chain > 1:
            event.prevent_default()


def palette() -> CommandPalette:
    """The palette."""
    return _Palette(providers=[ScreenCommands], placeholder="What would you like to do?")
