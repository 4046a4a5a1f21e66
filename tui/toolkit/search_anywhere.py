"""The toolkit's search over whatever is open."""

from pathlib import Path
from typing import Any

from storage.settings import Settings
from tui.terminal.lockdown import LockedApp
from tui.toolkit.home import ToolkitHome


def search_toolkit(app: LockedApp[Any], data: Path, settings: Settings) -> None:
    """Open it over the toolkit that is open, or over one that it opens.

    Args:
        app: over whose screens.
        data: the data folder that the checklist is in.
        settings: name the organisation and the event.
    """
    home = next((screen for screen in app.screen_stack if isinstance(screen, ToolkitHome)), None)
    if home is not None:
        home.action_search()
    else:
        home = ToolkitHome(data, settings)
        home.searches = True
        app.push_screen(home)
