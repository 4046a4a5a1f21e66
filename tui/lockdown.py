"""An app that a candidate cannot leave, copy from, or crash into showing anything.

Everything Textual offers a developer or a terminal user that a public screen must not: bindings for quitting, palette
and copying, text selection, links, screenshots, suspension, tracebacks. Staff quit through `leave`.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from typing import Generic, TypeVar

from rich.console import RenderableType
from textual.app import App, SuspendNotSupported

from tui.themes import THEMES

_ALLOWED_ACTIONS = {"focus_next", "focus_previous"}

Result = TypeVar("Result")


class LockedApp(App[Result], Generic[Result], inherit_bindings=False):
    """The base of every Fairstart app. `fault` says whether it ended by a fault rather than by `leave`."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    AUTO_FOCUS = ""

    def __init__(self, theme: str) -> None:
        super().__init__()
        self.fault = False
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-medium"), (30, "-tall")]
        for known in THEMES.values():
            self.register_theme(known)
        self.theme = THEMES[theme].name

    def on_mount(self) -> None:
        """Replace the signal handlers that Textual's driver has just installed."""
        if os.name != "nt":
            signal.signal(signal.SIGTSTP, signal.SIG_IGN)
            loop = asyncio.get_running_loop()
            for ending in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(ending, self.leave)

    def leave(self, result: Result | None = None) -> None:
        """End the app and give the terminal back."""
        self.exit(result)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Of the app's own actions, allow only moving the focus: no quit, palette, screenshot or suspension."""
        return action in _ALLOWED_ACTIONS

    def copy_to_clipboard(self, text: str) -> None:
        """Copy nothing: the clipboard outlives the candidate."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open nothing."""

    def deliver_screenshot(self, *args: object, **kwargs: object) -> None:
        """Save no picture of the screen."""

    def deliver_text(self, *args: object, **kwargs: object) -> None:
        """Save no text."""

    def deliver_binary(self, *args: object, **kwargs: object) -> None:
        """Save no file."""

    @contextlib.contextmanager
    def suspend(self) -> Iterator[None]:
        """Never hand the terminal to a shell."""
        raise SuspendNotSupported("A kiosk does not suspend.")
        yield

    def action_suspend_process(self) -> None:
        """Do not stop on Ctrl+Z."""

    def panic(self, *renderables: RenderableType) -> None:  # noqa: ARG002 - Textual's signature
        """End without showing what went wrong: a traceback may hold an answer."""
        self._fatal_error()

    def _fatal_error(self) -> None:
        self.fault = True
        self._return_code = 1
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()
