"""The toolkit on its own: no passphrase, nothing secret."""

from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from storage.settings import Settings
from tui.shared.surroundings import FramedApp
from tui.toolkit.home import ToolkitHome
from tui.toolkit.search_anywhere import search_toolkit


class ToolkitApp(FramedApp[None]):
    """The toolkit's screens."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../kiosk.tcss", "../shared/shared.tcss", "toolkit.tcss"]

    def __init__(self, data: Path, settings: Settings) -> None:
        super().__init__(settings.kiosk.theme)
        self._data, self._settings = data, settings
        self._home = partial(ToolkitHome, data, settings, last="Quit")

    def search_toolkit(self) -> None:
        """Open the search over what is open."""
        search_toolkit(self, self._data, self._settings)

    def get_default_screen(self) -> ToolkitHome:
        """The chapters and the ways in."""
        return self.fitted(self._home())
