"""Where the office passphrase was forgotten: another coordinator helps, or the recovery code, where the office is."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from storage.crypto.keys import OfficePrivateKey
from storage.crypto.office_key import FIRST, OfficeKeyFile, name_checked
from storage.crypto.recovery_code import secret_of_code
from storage.data_folder import copied_key_file, office_key_file
from storage.errors import FairstartError
from storage.exchange.drives import expanded
from storage.wrong_tries import WrongTries
from tui.shared.form_screen import about
from tui.shared.steps import NewPassphrase, Step
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
            yield Static(Content("Or type the eight groups from your paper. Spaces do not matter."))
        yield Static(Content("Recovery code"), classes="label")
        yield TextField(id="code")

    def _who_helps(self) -> str:
        try:
            names = office_key_file(self._data).names
        except FairstartError as error:
            return error.sentence
        whoever = ", ".join(names[:-1]) + f" or {names[-1]}" if len(names) > 1 else "Another coordinator"
        return f"{whoever} can open the office and give you a new passphrase there, under “Coordinators”."

    def finish(self) -> Step:
        """Check the code; go on to a new passphrase."""
        with about("file" if self._copied else "code"):
            file = self._key_file()
        with about("code"):
            code = secret_of_code(self.typed("code"))
            self._tries.unlock(lambda _: file.open_with_code(code), "")
        return _RecoveredPassphrase(self._data, file, code, self._recovered)

    def _key_file(self) -> OfficeKeyFile:
        if not self._copied:
            return office_key_file(self._data)
        path = expanded(self.typed("file"))
        return copied_key_file(self._data, path / "office.key" if path.is_dir() else path)


class _RecoveredPassphrase(NewPassphrase):
    """Whose passphrase, and what it is from now on."""

    TITLE_TEXT = "New office passphrase"
    NEXT_LABEL = "Save"

    def __init__(self, data: Path, file: OfficeKeyFile, code: bytes, recovered: Recovered) -> None:
        """Give a coordinator of this key file a passphrase, with the secret of its recovery code."""
        super().__init__(coordinator=file.names[0] if len(file.names) == 1 else FIRST)
        self.EXPLANATION = (
            f"Coordinators of this office: {', '.join(file.names)}. Whose name is typed has this passphrase from now "
            "on; a new name is added."
        )
        self._data = data
        self._file = file
        self._code = code
        self._recovered = recovered
        self._writing = False

    def finish(self) -> None:
        """Write it."""
        passphrase = self.passphrase()
        with about("name"):
            name = name_checked(self.typed("name"))
        if not self._writing:
            self._writing = True
            self._write(name, passphrase)

    @work(description="recover the office")  # Textual's own description would repeat the passphrase
    async def _write(self, name: str, passphrase: str) -> None:
        """A second of work and 256 MiB."""
        from storage.office.recovery import recover_office  # what only the office needs, where it is needed

        self.say("Writing…")
        try:
            key = await asyncio.to_thread(recover_office, self._data, self._file, self._code, name, passphrase)
        except FairstartError as error:
            self._writing = False
            self.say_wrong(error)
        else:
            self._recovered(key)
