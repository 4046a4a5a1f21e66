"""What every command takes: where settings and data are, a passphrase, a yes."""

import contextlib
import functools
import io
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from storage.errors import InUseError, OtherComputerError, WrongPassphraseError
from storage.private_files import read_at_most
from storage.text import decoded, recognise
from storage.wrong_tries import WrongTries
from tui.cli.output import asked_unseen, confirmed, say
from tui.cli.running import CommandFailedError, Place
from tui.terminal.memory import keep_others_out

if TYPE_CHECKING:
    from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
    from storage.data_folder import Holder
    from storage.kiosk.kiosk import Kiosk
    from storage.office.office import Office

Key = TypeVar("Key")
_SECRET_LIMIT = 4096
_LINES = "fairstart.standard_input"
"""Where a command keeps what it has still to take from standard input."""


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
        own = click.get_current_context()
        context = own.parent
        while context:
            config, data = config or context.params.get("config"), data or context.params.get("data")
            context = context.parent
        at = Place.of(config, data)
        if own.invoked_subcommand is None:  # which may have another place
            at.need_data()
        command(at=at, **entered)

    return run


def need_yes(question: str) -> None:
    """Ask, and go on only after a yes.

    Raises:
        CommandFailedError: it was a no.
        click.UsageError: there is nobody to ask.
    """
    if not said_yes(question):
        raise nothing_changed()


def said_yes(question: str) -> bool:
    """Whether somebody says yes.

    Raises:
        click.UsageError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise click.UsageError("without a terminal to ask on, this needs --yes")
    return confirmed(question)


def nothing_changed() -> CommandFailedError:
    """What a no ends with."""
    return CommandFailedError("Nothing was changed.")


def with_passphrase(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --passphrase-file."""
    return click.option("--passphrase-file", metavar="FILE", help="Holds the passphrase; - for standard input.")(
        command
    )


def ask_passphrase(whose: str, file: str | None, option: str = "--passphrase-file") -> str:
    """A passphrase, from a file or asked for. The file was given with `option`."""
    keep_others_out()
    if file is not None:
        return secret_in(file)
    if not sys.stdin.isatty():
        raise click.UsageError(f"without a terminal to ask on, this needs {option}")
    return asked_unseen(f"{whose} passphrase")


def ask_code(file: str | None) -> str:
    """A recovery code as somebody typed it, from a file or asked for."""
    keep_others_out()
    if file is not None:
        return secret_in(file, "recovery code")
    if not sys.stdin.isatty():
        raise click.UsageError("without a terminal to ask on, this needs --recovery-code-file")
    return asked_unseen("Recovery code")


def staff_key(kiosk: "Kiosk", file: str | None, option: str = "--passphrase-file") -> "KioskPrivateKey":
    """The kiosk's key, if the staff passphrase is right, which is in a file or asked for.

    Raises:
        FairstartError: as `Kiosk.unlock` says.
    """
    return staff_unlocked(kiosk.data, file, kiosk.unlock, option)


def staff_unlocked(
    data: Path, file: str | None, open_key: Callable[[str], Key], option: str = "--passphrase-file"
) -> Key:
    """What the staff passphrase opens, which is in a file or asked for.

    Raises:
        FairstartError: as `open_key` says.
    """
    passphrase = ask_passphrase("Staff", file, option)
    with _or_forgotten('use "fairstart passphrase --forgotten DIR"'):
        return unlocked_after_wait(WrongTries(data / "kiosk"), open_key, passphrase)


def office_key(data: Path, file: str | None) -> "OfficePrivateKey":
    """The office's key, if the passphrase is a coordinator's, which is in a file or asked for.

    Raises:
        FairstartError: as `unlock_office` says.
    """
    from storage.office_folder import unlock_office

    return office_unlocked(data, file, functools.partial(unlock_office, data))


def office_unlocked(data: Path, file: str | None, open_key: "Callable[[str], OfficePrivateKey]") -> "OfficePrivateKey":
    """What the office passphrase opens, which is in a file or asked for.

    Raises:
        FairstartError: as `open_key` says.
    """
    passphrase = ask_passphrase("Office", file)
    with _or_forgotten('ask another coordinator, or use the recovery code with "fairstart office recover"'):
        return unlocked_after_wait(WrongTries(data / "office"), open_key, passphrase)


@contextlib.contextmanager
def _or_forgotten(helps: str) -> Iterator[None]:
    """Where the passphrase is wrong, say what helps if it was forgotten."""
    try:
        yield
    except WrongPassphraseError as error:
        raise WrongPassphraseError(
            f"That passphrase is not right: check the spelling and try again; if it was forgotten, {helps}."
        ) from error


def unlocked_after_wait(tries: WrongTries, open_key: Callable[[str], Key], passphrase: str) -> Key:
    """What a passphrase opens. After wrong ones it has to wait, as on the screens."""
    if tries.seconds_left:
        say(f"The last passphrase was not right: this one is tried in {tries.seconds_left} seconds.", aside=True)
        time.sleep(tries.seconds_left)
    return tries.unlock(open_key, passphrase)


def somebody_is_there() -> bool:
    """Whether there is a terminal to ask on."""
    return sys.stdin.isatty()


@contextlib.contextmanager
def held_or_read(data: Path, *, reads: bool) -> "Iterator[Holder]":
    """The data folder, taken; where somebody else has it and it `reads`, not taken: there is an office to be read."""
    from storage.data_folder import Holder
    from storage.office.store import FILE_NAME

    holder = Holder(data)
    try:
        holder.take()
    except InUseError:
        if not (reads and (data / "office" / FILE_NAME).exists()):
            raise
    try:
        yield holder
    finally:
        holder.let_go()


@contextlib.contextmanager
def opened_office(at: Place, passphrase_file: str | None, *, reads: bool = False) -> "Iterator[Office]":
    """The office, for one command; one that only `reads` does so too where nothing may be written."""
    from storage.office.office import Office

    with held_or_read(at.data, reads=reads) as holder:
        key = office_key(at.data, passphrase_file)
        with contextlib.closing(Office.open(at.data, key, may_write=holder.has_it)) as opened:
            _look_at_refusal(opened, reads=reads)
            yield opened


def _look_at_refusal(opened: "Office", *, reads: bool) -> None:
    """Say why nothing may be written, if that is so; where it is for somebody to decide, ask.

    Raises:
        CommandFailedError: it is so, and the command does not only read.
    """
    refusal = opened.refusal
    if refusal is None:
        return
    if isinstance(refusal, OtherComputerError) and somebody_is_there():
        say(refusal.sentence, aside=True)
        if confirmed("Does it go on here?"):
            opened.go_on_here()
            return
    elif reads:
        say(refusal.sentence, aside=True)
    if not reads:
        raise CommandFailedError(f'{refusal.sentence} "fairstart office go-on" says that it is this one.')


def new_passphrase(whose: str, file: str | None, option: str = "--new-passphrase-file") -> str:
    """A new passphrase that is hard to guess: in a file, given with `option`, or suggested and typed twice.

    Raises:
        WeakPassphraseError: it is easy to guess.
        CommandFailedError: it was typed in two ways.
    """
    from storage.crypto.passphrases import check_passphrase, suggest_passphrase

    if file is not None:
        return check_passphrase(secret_in(file))
    say(f"A passphrase that is hard to guess: {suggest_passphrase()}", aside=True)
    typed = check_passphrase(ask_passphrase(f"{whose} new", None, option))
    if check_passphrase(ask_passphrase("The same", None, option)) != typed:
        raise CommandFailedError("The two passphrases differ: nothing was changed. Start again.")
    return typed


def secret_in(name: str, what: str = "passphrase") -> str:
    """A passphrase or a recovery code in a file: all of it but the line end. `-` is standard input.

    Where a command is given standard input for two of its options, each takes a line of it.

    Raises:
        CommandFailedError: it cannot be read, is no text, or is far too long.
    """
    keep_others_out()
    where = "standard input" if name == "-" else name
    try:
        given = _from_standard_input() if name == "-" else read_at_most(Path(name), _SECRET_LIMIT)
        if len(given) > _SECRET_LIMIT:
            raise CommandFailedError(f"Cannot read a {what} from {where}, which is far too long: check its name.")
        text = given if isinstance(given, str) else decoded(given)
    except OSError as error:
        raise CommandFailedError(f"Cannot read a {what} from {where} ({error.strerror}): check its name.") from error
    except UnicodeDecodeError as error:
        raise CommandFailedError(
            f"Cannot read a {what} from {where}, which is not plain text: save it as UTF-8."
        ) from error
    return text.removesuffix("\n")


def _from_standard_input() -> str:
    """All of standard input, or its next line."""
    if sys.stdin.isatty():
        return sys.stdin.readline()
    context = click.get_current_context()
    if _LINES not in context.meta:
        if isinstance(sys.stdin, io.TextIOWrapper):
            recognise(sys.stdin)
        text = sys.stdin.read(_SECRET_LIMIT + 1)
        several = list(context.params.values()).count("-") > 1
        context.meta[_LINES] = iter(text.split("\n") if several else [text])
    return next(context.meta[_LINES], "")
