"""What every app of ours is run with: where settings and data are, a terminal, an end. The kiosk needs no more than it.

Reads no command line: with Click a start takes 8 ms more.
"""

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

import msgspec
from platformdirs import user_data_path

from storage.exchange.drives import expanded, working_folder
from storage.settings import SettingsFile, find_settings
from tui.terminal.capabilities import draws_screens
from tui.terminal.process import FAULT, ignore_interrupts, say_nothing_of_faults

if TYPE_CHECKING:
    from tui.terminal.lockdown import LockedApp

Result = TypeVar("Result")
_CHOOSE = "choose another place with --data"


class CommandFailedError(Exception):
    """A command that could not do its work; its sentence goes to standard error."""


class Place(msgspec.Struct, frozen=True):
    """Where settings and data are."""

    config: Path | None
    data: Path

    @classmethod
    def of(cls, config: Path | None, data: Path | None) -> Self:
        """What was asked for; else where data usually are."""
        return cls(config, expanded(data or user_data_path("fairstart", appauthor=False)))

    def need_data(self) -> None:
        """Return only if this computer can say what is in the data folder, or that there is none yet.

        Raises:
            CommandFailedError: it cannot.
        """
        try:
            self.data.stat()
        except (FileNotFoundError, NotADirectoryError):
            if not Path(self.data.anchor).exists():
                raise CommandFailedError(f"There is no {self.data.anchor} here: {_CHOOSE}.") from None
        except OSError as error:
            raise CommandFailedError(f"Cannot look at {self.data} ({error.strerror}): {_CHOOSE}.") from error

    def settings(self) -> SettingsFile:
        """The settings that apply here.

        Raises:
            SettingsError: they cannot be used.
        """
        return find_settings(self.config, working_folder(), self.data)


def need_terminal(what: str = "kiosk", instead: str = "fairstart plain") -> None:
    """Go on only where screens can be drawn; `instead` needs none.

    Raises:
        CommandFailedError: they cannot.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise CommandFailedError(f'The {what} needs a terminal window: open one, or use "{instead}".')
    if not draws_screens():
        raise CommandFailedError(f'This terminal cannot draw screens: use another one, or "{instead}".')


def run_locked(app: "LockedApp[Result]") -> Result | None:
    """Run a locked app to its end."""
    ignore_interrupts()
    say_nothing_of_faults()
    forget_last_app()
    gc.freeze()  # what imports have made stays: looking through it for garbage holds the first picture up by 20 ms
    result = app.run()
    if app.fault:
        raise CommandFailedError(FAULT)
    if app.ended:
        sys.exit(0)
    return result


def forget_last_app() -> None:
    """Let go of an app that has run before: its screens and keys are garbage now."""
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
