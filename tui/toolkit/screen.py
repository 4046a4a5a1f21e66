"""What the toolkit's screens share."""

from __future__ import annotations

from typing import ClassVar, Generic

from textual.binding import Binding, BindingType
from textual.screen import ScreenResultType

from tui.shared.frame import FramedScreen


class ToolkitScreen(FramedScreen[ScreenResultType], Generic[ScreenResultType]):
    """Composes a line `#message` somewhere."""

    CSS_PATH: ClassVar = ["../shared/shared.tcss", "toolkit.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]
