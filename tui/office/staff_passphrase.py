"""A laptop whose staff have forgotten their passphrase: read what it asks, and write the answer beside it."""

from collections.abc import Callable
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from storage.errors import KeyFileError
from storage.exchange.drives import expanded, files_ending, likely_places
from storage.exchange.forgotten import REQUEST_SUFFIX, Request
from storage.exchange.locations import Site
from storage.exchange.patience import answer_of
from storage.office.office import Office
from storage.progress import unreported
from storage.text import printable
from tui.shared.form_screen import about
from tui.shared.steps import Step, WrittenPassphrase
from tui.text import office as words
from tui.widgets.place_field import PlaceField


class ReadRequest(Step):
    """Which file a laptop has written."""

    TITLE_TEXT = "New staff passphrase"

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office

    def body(self) -> ComposeResult:
        """One field, filled in where such a file is found."""
        found = next(iter(files_ending(REQUEST_SUFFIX, likely_places())), None)
        yield Static(
            Content("For a laptop whose staff have forgotten theirs. There, “Forgotten” writes a file onto a stick."),
            classes="paragraph",
        )
        yield Static(
            Content(f"That file{' (found)' if found else ''}, which ends in {REQUEST_SUFFIX}"), classes="label"
        )
        yield PlaceField(str(found) if found else "", field_id="file", take="Read", suffix=REQUEST_SUFFIX)

    def on_place_field_chosen(self) -> None:
        """A row of the list goes on as Enter does."""
        self.action_next()

    def finish(self) -> Step:
        """Read it."""
        with about("file"):
            typed = self.query_one(PlaceField).typed
            if not typed:
                raise KeyFileError("Please give the name of the file that the laptop wrote.")
            path = expanded(typed)
            request = answer_of(path, lambda: self._office.read_request(path))
            return _Compare(self._office, path, request, known=self._office.laptops.known(request.kiosk) is not None)


class _Compare(Step):
    """Whether it is that laptop which asks."""

    TITLE_TEXT = "Is it that laptop?"
    NEXT_LABEL = "They are the same"

    def __init__(self, office: Office, path: Path, request: Request, *, known: bool) -> None:
        super().__init__()
        self._office = office
        self._path = path
        self._request = request
        self._known = known

    def body(self) -> ComposeResult:
        """Digits to compare, and whose they are."""
        yield Static(Content("The laptop shows these digits where it asks. Compare them, by telephone if need be:"))
        yield Static(Content(self._request.reply.fingerprint), classes="code")
        yield Static(Content(words.asks(self._request, known=self._known)), classes="paragraph")
        yield Static(Content("If they differ, somebody else asks: go back, and give nothing out."), classes="paragraph")

    def finish(self) -> Step:
        """On to the passphrase."""
        return _Answer(self._office, self._path, self._request)


class _Answer(WrittenPassphrase):
    """The new staff passphrase; then the answer is written."""

    TITLE_TEXT = "The new staff passphrase"
    NEXT_LABEL = "Write the answer"
    EXPLANATION = words.TELL_THEM

    def __init__(self, office: Office, path: Path, request: Request) -> None:
        super().__init__()
        self._office = office
        self._path = path
        self._request = request

    def write(self, passphrase: str) -> Callable[[], object]:
        """Write the answer beside the request; then say where it is."""
        answer = self._office.answer(self._request, passphrase)
        Site.at(str(self._path.parent)).put(self._request.answer_name, answer, unreported)
        return lambda: self.app.push_screen(_Done(self._path.parent / self._request.answer_name))


class _Done(Step):
    """Where the answer is."""

    TITLE_TEXT = "The answer is written"
    NEXT_LABEL = "Done"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def body(self) -> ComposeResult:
        """What comes next."""
        yield Static(Content(f"It is here: {printable(str(self._path))}"), classes="paragraph")
        yield Static(Content(f"Only that laptop can open it, once. {words.TELL_THEM}"), classes="paragraph")

    def go_back(self) -> None:
        """Back to the office's first screen: the answer is written."""
        self.finish()

    def finish(self) -> None:
        """Back to the office's first screen."""
        while isinstance(self.app.screen, Step):
            self.app.pop_screen()
