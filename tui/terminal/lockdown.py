"""An app that a candidate cannot leave, copy from, or crash into showing anything.

Everything Textual offers a developer or a terminal user that a public screen must not: bindings for quitting, palette
and copying, text selection, links, screenshots, suspension, tracebacks. Staff quit from their own screen.
"""

import asyncio
import contextlib
import contextvars
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, ParamSpec, TypeVar

from rich.cells import cached_cell_len
from rich.console import RenderableType
from textual import events
from textual._context import active_app
from textual.app import SuspendNotSupported
from textual.await_complete import AwaitComplete
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.driver import Driver
from textual.filter import Monochrome
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import WorkerFailed

from tui.terminal.capabilities import MEDIUM_HEIGHT, TALL_HEIGHT, WIDE, is_console, screen_fallbacks
from tui.terminal.cursor import spot_on
from tui.terminal.filters import Colourless, KnownLetters, PlainOnWhite, SteersNothing
from tui.terminal.input import use_steady_input
from tui.terminal.memory import collect, collect_as_usual, keep_others_out
from tui.terminal.themes import FEW_COLOURS, THEMES
from tui.terminal.timers import use_timers_without_threads
from tui.terminal.typing import TypingApp

GONE_AFTER = 2
"""Seconds until a closed screen can leave memory: its timers, which hold it, are kept until they are due."""

_ALLOWED_ACTIONS = {"focus_next", "focus_previous"}

_CURSOR_SHOWN, _CURSOR_HIDDEN, _CURSOR_AS_BEFORE = "\x1b[?25h\x1b[4 q", "\x1b[?25l", "\x1b[0 q"
"""A line that does not blink, and what the terminal had (DECTCEM, DECSCUSR)."""
_AS_WRITTEN, _AS_PAINTED = "\x1b[8h", "\x1b[8l"
"""Whether a terminal that knows how to puts right-to-left letters into their order itself (ECMA-48, BDSM)."""
if is_console():
    # Documentation/admin-guide/vga-softcursor: other colours for the cell, which shows on black and on white. And this
    # terminal has no second screen to come back from: what was on the first is wiped.
    _CURSOR_SHOWN, _CURSOR_AS_BEFORE = "\x1b[?25h\x1b[?17;64c", "\x1b[?0c\x1b[0m\x1b[2J\x1b[3J\x1b[H"

Result = TypeVar("Result")
AnyScreen = TypeVar("AnyScreen", bound=Screen[Any])
Arguments = ParamSpec("Arguments")


class _ForgettingThreads(ThreadPoolExecutor):
    """Threads that drop what they worked on: Textual leaves the last worker, with all it was given, in the thread."""

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        """Do the work in a context that ends with it."""
        context = contextvars.Context()
        return super().submit(lambda: context.run(fn, *args, **kwargs))


if sys.platform == "win32":
    from textual.drivers.windows_driver import WindowsDriver

    class _SteadyDriver(WindowsDriver):
        """Textual's driver, with the cursor put back as it was."""

        def stop_application_mode(self) -> None:
            """Give the terminal back."""
            if isinstance(self._app, LockedApp):
                self.write(self._app.puts_back)
            super().stop_application_mode()

else:
    from textual.drivers._writer_thread import WriterThread
    from textual.drivers.linux_driver import LinuxDriver

    class _SteadyDriver(LinuxDriver):
        """Textual's driver ends the app at the first byte that is not UTF-8; this one passes it by."""

        def renew_writer(self) -> None:
            """Write with a new thread and buffer from here on: the old ones keep what they wrote until they go."""
            if self._writer_thread is not None and self._file is not None:
                self._writer_thread.stop()
                old = self._file
                self._file = os.fdopen(old.fileno(), "w", encoding=old.encoding, errors=old.errors, closefd=False)
                self._writer_thread = WriterThread(self._file)
                self._writer_thread.start()

        def stop_application_mode(self) -> None:
            """Give the terminal back, with its cursor as it was."""
            if isinstance(self._app, LockedApp):
                self.write(self._app.puts_back)
            super().stop_application_mode()

        def run_input_thread(self) -> None:
            """Read keys and clicks until the app ends."""
            reading = True
            while reading:
                with contextlib.suppress(UnicodeDecodeError):
                    super().run_input_thread()
                    reading = False


class LockedApp(TypingApp[Result], Generic[Result], inherit_bindings=False):
    """The base of every Fairstart app. Afterwards `fault` and `ended` say why it ended, if not by `exit`."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    AUTO_FOCUS = ""

    def __init__(self, theme: str) -> None:
        super().__init__()
        use_timers_without_threads()
        self._filters.append(SteersNothing())
        self.fault = False
        """Whether a fault in the program ended it."""
        self.ended = False
        """Whether the system ended it, or the terminal was closed."""
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (MEDIUM_HEIGHT, "-medium"), (TALL_HEIGHT, "-tall")]
        few = self.no_color or self.console.color_system in {None, "standard"}
        self.set_class(few, "-few-colours")
        self.themes = FEW_COLOURS if few else THEMES
        """The themes of this terminal, by the words that kiosk.toml uses."""
        for known in self.themes.values():
            self.register_theme(known)
        self._colourless = self.no_color
        self.use_theme(theme)
        if few and not self.no_color:
            self._filters.append(PlainOnWhite(underlines=not is_console()))
        letters = screen_fallbacks()
        if letters is not None:
            self._filters.append(KnownLetters(letters))
        self._sent = {"cursor": _CURSOR_HIDDEN, "order": _AS_WRITTEN}

    def fitted(self, screen: AnyScreen) -> AnyScreen:
        """A new screen with the classes of the window's size. Textual gives it those only when it has been drawn."""
        width, height = self.size
        for size, breakpoints in ((width, self.HORIZONTAL_BREAKPOINTS), (height, self.VERTICAL_BREAKPOINTS)):
            screen.add_class(*screen._get_breakpoint_classes(size, breakpoints or []), update=False)  # noqa: SLF001 - no other way
        return screen

    def use_theme(self, theme: str) -> None:
        """Paint in this theme, by the word that kiosk.toml uses; in none of its colours where NO_COLOR is set."""
        chosen = self.themes[theme]
        if self._colourless:
            plain = (Monochrome, Colourless)
            self._filters = [known for known in self._filters if not isinstance(known, plain)]
            self._filters.append(Colourless(chosen.background or ""))
        self.theme = chosen.name

    def on_mount(self) -> None:
        """Have threads forget, keep others out, and replace the signal handlers that Textual's driver has installed."""
        self.call_after_refresh(self._renew_writer)  # the first writes to the program's own stream, which never goes
        self.call_after_refresh(keep_others_out)
        self.call_after_refresh(collect_as_usual)
        loop = asyncio.get_running_loop()
        loop.set_default_executor(_ForgettingThreads())
        if os.name != "nt":
            signal.signal(signal.SIGTSTP, signal.SIG_IGN)
            signal.signal(signal.SIGCONT, signal.SIG_DFL)  # Textual would set the terminal up a second time
            for ending in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(ending, self.end)

    async def on_event(self, event: events.Event) -> None:
        """Pass over a key or a click that comes while the app ends: there is no screen for it."""
        if self.screen_stack or not isinstance(event, events.InputEvent):
            await super().on_event(event)

    def on_descendant_focus(self) -> None:
        """Fill the button that Enter would press, and no other: the main one only where nothing has the focus."""
        if self.screen_stack:
            for main in self.screen.query("Button.main"):
                main.set_class(self.focused is not None, "-not-entered")

    on_descendant_blur = on_descendant_focus

    def _start_widget(self, parent: Widget, widget: Widget) -> None:
        """Have it hear messages in a context of its own, as its task keeps that for as long as the widget is there.

        Else the scroll bars of the survey, first wanted when a dialog was opened, would keep that dialog.
        """
        context = contextvars.Context()
        context.run(active_app.set, self)
        context.run(super()._start_widget, parent, widget)

    def pop_screen(self) -> AwaitComplete:
        """Close the top screen and end its work at once: Textual ends it only when every widget on it has gone."""
        for worker in list(self.workers):
            if self.screen in worker.node.ancestors_with_self:
                worker.cancel()
        return super().pop_screen()

    def collect_garbage(self) -> None:
        """Let nothing of what is over stay in the memory. For when nobody waits for the screen."""
        cached_cell_len.cache_clear()  # it has kept every line that was measured
        self._renew_writer()
        collect()

    def _renew_writer(self) -> None:
        if sys.platform != "win32" and isinstance(self._driver, _SteadyDriver):
            self._driver.renew_writer()

    def _handle_exception(self, error: Exception) -> None:
        """Pass over what finds its widgets gone, on a screen that closes or in an app that is told to end; else end."""
        if not self.ended and not (
            isinstance(error, WorkerFailed)
            and isinstance(error.error, NoMatches)
            and any(worker.error is error.error and self._closes(worker.node) for worker in self.workers)
        ):
            super()._handle_exception(error)

    def _closes(self, node: DOMNode) -> bool:
        """Whether the app is ending, or this is on no screen that is open."""
        shutting_down = self._exit or not self.is_running
        return shutting_down or (node is not self and set(self.screen_stack).isdisjoint(node.ancestors_with_self))

    def refresh_css(self, animate: bool = True) -> None:  # noqa: FBT001, FBT002 - Textual's signature
        """Take the theme's colours over; before there is a screen, without parsing the style sheets for nothing."""
        if self.screen_stack:
            super().refresh_css(animate=animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def end(self) -> None:
        """Leave because the system says so: nothing may follow, such as the kiosk after practice."""
        self.ended = True
        self.exit()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Paint, and put the terminal's own cursor where the reader is."""
        spot = spot_on(self.screen) if self.screen_stack else None
        self.cursor_position = spot.at if spot else Offset(0, 0)
        super()._display(screen, renderable)
        self._send("cursor", _CURSOR_SHOWN if spot and spot.acts else _CURSOR_HIDDEN)
        self._send("order", _AS_PAINTED if self.screen_stack and self.screen.has_class("-rtl") else _AS_WRITTEN)

    def _send(self, what: str, sequence: str) -> None:
        """Have the terminal do something it does not do yet."""
        if self._driver is not None and self._sent[what] != sequence:
            self._sent[what] = sequence
            self._driver.write(sequence)
            self._driver.flush()

    @property
    def puts_back(self) -> str:
        """What gives the terminal back as it was."""
        return _CURSOR_AS_BEFORE + (_AS_WRITTEN if self._sent["order"] != _AS_WRITTEN else "")

    def get_driver_class(self) -> type[Driver]:
        """What reads and writes the terminal."""
        use_steady_input()
        return _SteadyDriver

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
