"""What every command takes: where settings and data are, a passphrase, a yes."""

import functools
import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from platformdirs import user_data_path

from storage.data_folder import unlock_office
from storage.exchange.drives import expanded, working_folder
from storage.private_files import read_at_most
from storage.settings import SettingsFile, find_settings
from storage.wrong_tries import WrongTries
from tui.cli.output import asked_unseen, confirmed, say
from tui.terminal.capabilities import draws_screens
from tui.terminal.memory import keep_others_out
from tui.terminal.process import FAULT, ignore_interrupts, say_nothing_of_faults

if TYPE_CHECKING:
    from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
    from storage.kiosk.kiosk import Kiosk
    from tui.terminal.lockdown import LockedApp

Result = TypeVar("Result")
Key = TypeVar("Key")
_PASSPHRASE_LIMIT = 4096


class CommandFailedError(Exception):
    """A command that could not do its work; its sentence goes to standard error."""


@dataclass(frozen=True)
class Place:
    """Where settings and data are."""

    config: Path | None
    data: Path

    def settings(self) -> SettingsFile:
        """The settings that apply here.

        Raises:
            SettingsError: they cannot be used.
        """
        return find_settings(self.config, working_folder(), self.data)


def with_folder_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --config and --data, which may also stand before its name; it gets them as a `Place`, `at`."""

    @click.option(
        "--config", type=click.Path(path_type=Path), metavar="FILE", help="Settings to use instead of kiosk.toml."
    )
    @click.option(
        "--data", type=click.Path(path_type=Path), metavar="DIR", help="Folder that holds keys and responses."
    )
    @functools.wraps(command)
    def run(config: Path | None, data: Path | None, **entered: object) -> None:
        context: click.Context | None = click.get_current_context().parent
        while context:
            config, data = config or context.params.get("config"), data or context.params.get("data")
            context = context.parent
        command(at=Place(config, expanded(data or user_data_path("fairstart", appauthor=False))), **entered)

    return run


def need_yes(question: str) -> None:
    """Ask, and go on only after a yes.

    Raises:
        CommandFailedError: it was a no.
        click.UsageError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise click.UsageError("without a terminal to ask on, this needs --yes")
    if not confirmed(question):
        raise CommandFailedError("Nothing was changed.")


def with_passphrase(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --passphrase-file."""
    return click.option("--passphrase-file", metavar="FILE", help="Holds the passphrase; - for standard input.")(
        command
    )


def ask_passphrase(whose: str, file: str | None) -> str:
    """A passphrase, from a file or asked for."""
    keep_others_out()
    if file is not None:
        return passphrase_in(file)
    if not sys.stdin.isatty():
        raise click.UsageError("without a terminal to ask on, this needs --passphrase-file")
    return asked_unseen(f"{whose} passphrase")


def staff_key(kiosk: "Kiosk", file: str | None) -> "KioskPrivateKey":
    """The kiosk's key, if the staff passphrase is right, which is in a file or asked for.

    Raises:
        FairstartError: as `Kiosk.unlock` says.
    """
    return staff_unlocked(kiosk.data, file, kiosk.unlock)


def staff_unlocked(data: Path, file: str | None, open_key: Callable[[str], Key]) -> Key:
    """What the staff passphrase opens, which is in a file or asked for.

    Raises:
        FairstartError: as `open_key` says.
    """
    return _unlocked("Staff", file, WrongTries(data / "kiosk"), open_key)


def office_key(data: Path, file: str | None) -> "OfficePrivateKey":
    """The office's key, if the office passphrase is right, which is in a file or asked for.

    Raises:
        FairstartError: as `unlock_office` says.
    """
    return _unlocked("Office", file, WrongTries(data / "office"), functools.partial(unlock_office, data))


def _unlocked(whose: str, file: str | None, tries: WrongTries, open_key: Callable[[str], Key]) -> Key:
    """What a passphrase opens. After wrong ones it has to wait, as on the screens."""
    passphrase = ask_passphrase(whose, file)
    if tries.seconds_left:
        say(f"The last passphrase was not right: this one is tried in {tries.seconds_left} seconds.", aside=True)
        time.sleep(tries.seconds_left)
    return tries.unlock(open_key, passphrase)


def passphrase_in(name: str) -> str:
    """The first line of a file, or of standard input for `-`."""
    keep_others_out()
    try:
        text = sys.stdin.readline() if name == "-" else read_at_most(Path(name), _PASSPHRASE_LIMIT).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailedError(f"Cannot read a passphrase from {name}: check the file.") from error
    return text.splitlines()[0] if text else ""


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
