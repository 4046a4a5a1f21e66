"""Steps: one question a screen, with a way back, a way on, and one line for mistakes. For set-up and the office."""

import secrets
from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from storage.crypto.keys import normalise_passphrase
from storage.crypto.passphrases import check_passphrase, suggest_passphrase
from storage.crypto.recovery_code import normalise_code, recovery_code
from storage.errors import FairstartError
from tui.shared.button_row import ButtonRow
from tui.shared.form_screen import FieldError, FormBody, FormScreen, about
from tui.terminal.memory import in_clean_thread
from tui.widgets.button import Button
from tui.widgets.field import TextField

_SHOW, _HIDE = "Show what I type", "Hide what I type"
_SHOWN_ONCE = "It was shown once."


class Step(FormScreen[None]):
    """One step: a heading, what it needs, one line for mistakes, and buttons to go on and back."""

    TITLE_TEXT = ""
    NEXT_LABEL = "Next"

    def compose(self) -> ComposeResult:
        """The frame; steps fill in `body`."""
        with FormBody(classes="reading"):
            yield Static(Content(self.TITLE_TEXT), classes="heading")
            yield from self.body()
        yield Static(id="message", classes="message")
        with ButtonRow():
            yield Button(self.NEXT_LABEL, "⏎", id="next", classes="main", action="next")
            yield from self.extra_buttons()
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    def body(self) -> ComposeResult:
        """What this step shows."""
        yield from ()

    def extra_buttons(self) -> ComposeResult:
        """Buttons besides Back and Next."""
        yield from ()

    def go_back(self) -> None:
        """One step back; what was typed there is still there. Before the first step is the way out."""
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        else:
            self.leave()

    def leave(self) -> None:
        """Back from the first step."""
        self.app.exit()

    def action_next(self) -> None:
        """Check this step; go on, or say what is missing."""
        try:
            following = self.finish()
        except FairstartError as error:
            self.say_wrong(error)
        else:
            self.say("")
            if following is not None:
                self.app.push_screen(following)

    def finish(self) -> "Step | None":
        """Take over what was typed and name the step that follows.

        Raises:
            FairstartError: something is missing or cannot be used.
        """
        raise AssertionError(type(self))

    def typed(self, name: str) -> str:
        """What a field holds."""
        return self.query_one(f"#{name}", Input).value


class NewPassphrase(Step):
    """A passphrase, suggested once, and typed twice unseen, or once and seen."""

    EXPLANATION = ""

    def __init__(self, known: tuple[str, ...] = ()) -> None:
        """Ask for one; `known` are words that it should not be made of."""
        super().__init__()
        self._known = known
        self._suggestion = suggest_passphrase()

    def body(self) -> ComposeResult:
        """The suggestion in the open, two fields unseen, and a button that shows what is typed in one."""
        yield Static(Content(self.EXPLANATION), classes="paragraph")
        yield Static(Content("A good one, if you like it. Write it down now and keep it safe:"))
        yield Static(Content(self._suggestion), id="suggestion", classes="code")
        yield Button(_SHOW, "F4", id="show", classes="quiet", action="show")
        yield Static(Content("Passphrase"), classes="label")
        yield TextField(password=True, id="first")
        yield Static(Content("The same again"), id="again", classes="label")
        yield TextField(password=True, id="second")

    def extra_buttons(self) -> ComposeResult:
        """Another suggestion."""
        yield Button("Suggest another", "F3", id="another", classes="quiet", action="another")

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3", "another", show=False), Binding("f4", "show", show=False)]

    def action_show(self) -> None:
        """Show what is typed, so that once is enough; or hide it again."""
        self._show(shown=self.query_one("#first", Input).password)

    def _show(self, *, shown: bool) -> None:
        first = self.query_one("#first", Input)
        first.password = not shown
        for name in ("#again", "#second"):
            self.query_one(name).display = not shown
        self.query_one("#show", Button).label = _HIDE if shown else _SHOW
        first.focus()

    def action_another(self) -> None:
        """Suggest another passphrase."""
        self._suggestion = suggest_passphrase()
        self.query_one("#suggestion", Static).update(Content(self._suggestion))

    def passphrase(self) -> str:
        """The passphrase, if it is strong and typed alike twice, or once and seen. From then on none of it is shown.

        Raises:
            FieldError: it is not.
        """
        first, second = self.query_one("#first", Input), self.query_one("#second", Input)
        with about("first"):
            passphrase = check_passphrase(first.value, known=self._known)
        if not first.password:
            second.value = first.value
        if passphrase != normalise_passphrase(second.value):
            raise FieldError("The two are not the same: type the passphrase again in both fields.", "second")
        self._show(shown=False)
        self.query_one("#suggestion", Static).update(_SHOWN_ONCE)
        return passphrase


class WrittenPassphrase(NewPassphrase):
    """A new passphrase, which is written in a thread: a second of work and 256 MiB."""

    NEXT_LABEL = "Save"

    _writing = False

    def finish(self) -> None:
        """Write it, once."""
        passphrase = self.passphrase()
        if not self._writing:
            self._writing = True
            self._write(passphrase)

    @work(description="write a passphrase")  # Textual's own description would repeat it
    async def _write(self, passphrase: str) -> None:
        self.say("Writing…")
        try:
            go_on = await in_clean_thread(self.write, passphrase)
        except FairstartError as error:
            self._writing = False
            self.say_wrong(error)
        else:
            go_on()

    def write(self, passphrase: str) -> Callable[[], object]:
        """Write it, in a thread. Returns how to go on, which is called outside it.

        Raises:
            FairstartError: it cannot be written.
        """
        raise NotImplementedError


class RecoveryCode(Step):
    """The recovery code, shown once."""

    NEXT_LABEL = "I have written it down"

    def __init__(self, title: str, secret: bytes, following: Callable[[], Step | None]) -> None:
        """Show the code of this secret; after the check comes `following`."""
        super().__init__()
        self.TITLE_TEXT = title
        self._secret = secret
        self._following = following

    def body(self) -> ComposeResult:
        """Eight numbered groups."""
        yield Static(
            Content(
                "If every office passphrase is lost, only this code opens the responses, with the file office.key. "
                "Write it on paper, and keep it locked away, not with this laptop, with a copy of that file. It is "
                "shown only now."
            )
        )
        groups = [f"{number:2}  {group}" for number, group in enumerate(recovery_code(self._secret), 1)]
        half = len(groups) // 2
        lines = [f"{left}      {right}" for left, right in zip(groups[:half], groups[half:], strict=True)]
        yield Static(Content("\n".join(lines)), id="code", classes="code")

    def finish(self) -> Step:
        """Ask for two groups back."""
        return RecoveryCheck(self.TITLE_TEXT, self._secret, self._following)


class RecoveryCheck(Step):
    """Two groups of the recovery code, to see that it was written down."""

    def __init__(self, title: str, secret: bytes, following: Callable[[], Step | None]) -> None:
        """Ask for two groups of the code of this secret; then comes `following`."""
        super().__init__()
        self.TITLE_TEXT = title
        self._groups = recovery_code(secret)
        self._following = following
        self._asked = sorted(secrets.SystemRandom().sample(range(len(self._groups)), 2))

    def body(self) -> ComposeResult:
        """One field a group."""
        yield Static(Content("Please type these two groups from your paper."))
        for place in self._asked:
            yield Static(Content(f"Group {place + 1}"), classes="label")
            yield TextField(id=f"group-{place}", max_length=8)

    def finish(self) -> Step | None:
        """Compare."""
        for place in self._asked:
            if normalise_code(self.typed(f"group-{place}")) != self._groups[place]:
                raise FieldError(
                    f"Group {place + 1} is not the same: check your paper, or go back and look again.",
                    f"group-{place}",
                )
        return self._following()
