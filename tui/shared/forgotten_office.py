"""Where the office passphrase was forgotten: another coordinator helps, or the recovery code, where the office is."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from storage.crypto.keys import OfficePrivateKey
from storage.crypto.office_key import LONGEST_NAME, OfficeKeyFile, name_checked
from storage.crypto.recovery_code import secret_of_code
from storage.errors import FairstartError
from storage.exchange.drives import expanded
from storage.office_folder import copied_key_file, office_key_file
from storage.wrong_tries import WrongTries
from tui.shared.form_screen import about
from tui.shared.steps import Step, WrittenPassphrase
from tui.widgets.field import TextField

Recovered = Callable[[OfficePrivateKey], object]
"""Told the key of an office whose coordinator has a new passphrase."""


class ForgottenOffice(Step):
    """Who can help; and the recovery code, typed."""

    TITLE_TEXT = "Forgotten office passphrase"

    def __init__(self, data: Path, tries: WrongTries, recovered: Recovered, *, copied: bool = False) -> None:
        """Recover the office of a data folder; `copied` where its key file has to come from a copy."""
        super().__init__()
        if copied:
            self.TITLE_TEXT = "Recover the office key"
        self._data = data
        self._tries = tries
        self._recovered = recovered
        self._copied = copied

    def body(self) -> ComposeResult:
        """What to do, and the fields."""
        if self._copied:
            yield Static(
                Content("It takes a copy of the file office.key, from a backup or a stick, and the recovery code."),
                classes="paragraph",
            )
            yield Static(Content("The copy of office.key, or the folder where it lies"), classes="label")
            yield TextField(id="file")
        else:
            yield Static(Content(self._who_helps()), classes="paragraph")
            yield Static(Content("Type the eight groups from your paper. Spaces do not matter."))
        yield Static(Content("Recovery code"), classes="label")
        yield TextField(id="code")

    def _who_helps(self) -> str:
        try:
            names = office_key_file(self._data).names
        except FairstartError as error:
            return error.sentence
        if len(names) == 1:
            return f"{names[0]} is the only coordinator of this office. Where that is you, the recovery code helps."
        whoever = f"{', '.join(names[:-1])} or {names[-1]}"
        return f"{whoever} can open the office and give you a new passphrase there, under “Coordinators”."

    def finish(self) -> Step:
        """Check the code; go on to a new passphrase."""
        with about("file" if self._copied else "code"):
            file = self._key_file()
        with about("code"):
            code = secret_of_code(self.typed("code"))
            self._tries.unlock(lambda _: file.open_with_code(code), "")
        return _Whose(self._data, file, code, self._recovered)

    def _key_file(self) -> OfficeKeyFile:
        if not self._copied:
            return office_key_file(self._data)
        path = expanded(self.typed("file"))
        return copied_key_file(self._data, path / "office.key" if path.is_dir() else path)


class _Whose(Step):
    """Whose passphrase it will be."""

    TITLE_TEXT = "Whose passphrase is it?"

    def __init__(self, data: Path, file: OfficeKeyFile, code: bytes, recovered: Recovered) -> None:
        """Give a coordinator of this key file a passphrase, with the secret of its recovery code."""
        super().__init__()
        self._data = data
        self._file = file
        self._code = code
        self._recovered = recovered

    def body(self) -> ComposeResult:
        """A name, and those that there are."""
        yield Static(Content(f"Coordinators of this office: {', '.join(self._file.names)}"), classes="paragraph")
        yield Static(Content("Your name. One that is new is added."), classes="label")
        yield TextField(self._file.names[0] if len(self._file.names) == 1 else "", id="name", max_length=LONGEST_NAME)

    def finish(self) -> Step:
        """On to the passphrase."""
        name = name_checked(self.typed("name"))
        return _RecoveredPassphrase(partial(self._recover, name), self._recovered)

    def _recover(self, name: str, passphrase: str) -> OfficePrivateKey:
        from storage.office.recovery import recover_office  # what only the office needs, where it is needed

        return recover_office(self._data, self._file, self._code, name, passphrase)


class _RecoveredPassphrase(WrittenPassphrase):
    """What it is from now on."""

    TITLE_TEXT = "New office passphrase"
    EXPLANATION = "It opens the responses from now on."

    def __init__(self, recover: Callable[[str], OfficePrivateKey], recovered: Recovered) -> None:
        super().__init__()
        self._recover = recover
        self._recovered = recovered

    def write(self, passphrase: str) -> Callable[[], object]:
        """Recover the office with it; then go on with its key."""
        return partial(self._recovered, self._recover(passphrase))
