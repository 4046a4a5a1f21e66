"""`fairstart office`: its coordinators, passphrases and recovery code; and new staff passphrases for laptops."""

import secrets
import sys
from pathlib import Path

import click

from storage.data_folder import hold
from storage.exchange.drives import expanded
from storage.office_folder import copied_key_file, office_key_file
from storage.wrong_tries import WrongTries
from tui.cli.options import (
    ask_code,
    need_yes,
    new_passphrase,
    opened_office,
    unlocked_after_wait,
    with_folder_options,
    with_passphrase,
)
from tui.cli.output import asked, say, show_code
from tui.cli.running import CommandFailedError, Place
from tui.text import office as words

_with_new_passphrase = click.option(
    "--new-passphrase-file", metavar="FILE", help="Holds the new passphrase; - for standard input."
)


@click.group(invoke_without_command=True)
@with_folder_options
@with_passphrase
@click.pass_context
def coordinators(context: click.Context, at: Place, passphrase_file: str | None) -> None:
    """List who opens the office, each with a passphrase of their own; the commands below it change the list."""
    if context.invoked_subcommand is not None:
        return
    with opened_office(at, passphrase_file) as office:
        own, names = office.coordinators.own, office.coordinators.names()
    for name in names:
        say(f"{name} (you)" if name == own else name)


@coordinators.command()
@with_folder_options
@with_passphrase
@_with_new_passphrase
@click.argument("name")
def add(at: Place, passphrase_file: str | None, new_passphrase_file: str | None, name: str) -> None:
    """Let NAME open the office, with a passphrase of their own, which is typed or in the file of the new one."""
    with opened_office(at, passphrase_file) as office:
        office.coordinators.add(name, new_passphrase(f"{name}'s", new_passphrase_file))
    say(f"“{name}” opens the office with that passphrase now.")


@coordinators.command()
@with_folder_options
@with_passphrase
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("name")
def remove(at: Place, passphrase_file: str | None, name: str, *, yes: bool) -> None:
    """Let NAME open the office no more. They may have copied its key before."""
    with opened_office(at, passphrase_file) as office:
        if not yes:
            need_yes(f"Remove “{name}”? {words.REMOVED}")
        office.coordinators.remove(name)
    say(f"“{name}” is no coordinator any more. {words.REMOVED}")


@coordinators.command()
@with_folder_options
@with_passphrase
@click.argument("name")
@click.argument("new", metavar="NEW-NAME")
def rename(at: Place, passphrase_file: str | None, name: str, new: str) -> None:
    """Call NAME by another name; their passphrase stays."""
    with opened_office(at, passphrase_file) as office:
        office.coordinators.rename(name, new)
    say(f"“{name}” is called “{new}” now.")


@click.command()
@with_folder_options
@with_passphrase
@_with_new_passphrase
@click.option("--of", "name", metavar="NAME", help="Another coordinator, who has forgotten theirs.")
def passphrase(at: Place, passphrase_file: str | None, new_passphrase_file: str | None, name: str | None) -> None:
    """Change your own office passphrase; or give a coordinator a new one."""
    with opened_office(at, passphrase_file) as office:
        whose = office.coordinators.own if name is None else name
        office.coordinators.change_passphrase(whose, new_passphrase(f"{whose}'s", new_passphrase_file))
    say(f"“{whose}” has a new passphrase. {words.OLD_COPIES}")


@click.command()
@with_folder_options
@with_passphrase
def recovery(at: Place, passphrase_file: str | None) -> None:
    """Issue a new recovery code. The one before opens this office's key file no more."""
    from storage.crypto.recovery_code import new_secret, normalise_code, recovery_code

    with opened_office(at, passphrase_file) as office:
        code = new_secret()
        show_code(code)
        groups = recovery_code(code)
        for place in sorted(secrets.SystemRandom().sample(range(len(groups)), 2)) if sys.stdin.isatty() else ():
            if normalise_code(asked(f"Group {place + 1}, from your paper")) != groups[place]:
                raise CommandFailedError("That is another group: the code from before still holds. Start again.")
        office.coordinators.change_code(code)
    say(f"It holds now, with the file office.key. The code before opens that file no more. {words.OLD_COPIES}")


@click.command()
@with_folder_options
@with_passphrase
@click.option("--recovery-code-file", metavar="FILE", help="Holds the recovery code; - for standard input.")
@click.option("--key-file", metavar="FILE", help="Where there is no office yet: a copy of its office.key.")
@click.option("--coordinator", metavar="NAME", help="Whose passphrase it is to be; a new name is added.")
def recover(
    at: Place,
    passphrase_file: str | None,
    recovery_code_file: str | None,
    key_file: str | None,
    coordinator: str | None,
) -> None:
    """Give a coordinator a new passphrase with the recovery code, where the office is or with a copy of its key."""
    from storage.crypto.recovery_code import secret_of_code
    from storage.office.recovery import recover_office

    with hold(at.data):
        file = office_key_file(at.data) if key_file is None else copied_key_file(at.data, expanded(key_file))
        typed = ask_code(recovery_code_file)
        code = secret_of_code(typed)
        unlocked_after_wait(WrongTries(at.data / "office"), lambda _: file.open_with_code(code), typed)
        name = coordinator or (file.names[0] if len(file.names) == 1 else "")
        if not name:
            raise CommandFailedError(f"Say whose passphrase it is with --coordinator: {', '.join(file.names)}.")
        key = recover_office(
            at.data, file, code, name, new_passphrase(f"{name}'s", passphrase_file, "--passphrase-file")
        )
    say(f"“{key.coordinator}” opens the office with that passphrase now.")
    say(f"Fingerprint: {key.public.fingerprint}")


@click.command("staff-passphrase")
@with_folder_options
@with_passphrase
@_with_new_passphrase
@click.option("--yes", is_flag=True, help="Do not ask whether the digits are the same on the laptop.")
@click.argument("file", type=click.Path(path_type=Path))
def staff_passphrase(
    at: Place, passphrase_file: str | None, new_passphrase_file: str | None, file: Path, *, yes: bool
) -> None:
    """Answer a laptop whose staff have forgotten their passphrase: FILE is what it wrote. The answer lies beside it."""
    from storage.exchange.locations import Site
    from storage.progress import unreported

    file = expanded(file)
    with opened_office(at, passphrase_file) as office:
        request = office.read_request(file)
        say(words.asks(request, known=office.laptops.known(request.kiosk) is not None))
        say(f"Digits to compare: {request.reply.fingerprint}")
        if not yes:
            need_yes("Does the laptop show the same digits?")
        answer = office.answer(request, new_passphrase("New staff", new_passphrase_file))
        Site.at(str(file.parent)).put(request.answer_name, answer, unreported)
    say(f"{file.parent / request.answer_name} is for that laptop. {words.TELL_THEM}")
