"""The list of a shelf's entries, each with the mark of its status."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from content.toolkit import Entry
from storage.toolkit.checklist import BLANK
from storage.toolkit.progress import Records
from tui.text.toolkit import MARKS
from tui.toolkit.entry import can_be_noted
from tui.toolkit.session import Shelf


class EntryList(OptionList):
    """Entries under the headings of their parts."""

    def __init__(self) -> None:
        super().__init__(id="entries")
        self.rows: list[Entry | None] = []
        """What each row shows; None for a heading."""

    def fill(self, shelf: Shelf, records: Records, at: str) -> None:
        """List a shelf's entries, with the cursor on the entry of the id `at`, or on the first."""
        self.clear_options()
        self.rows = []
        for part in shelf.parts:
            if part.heading:
                self.add_option(Option(Content.styled(part.heading, "bold $primary"), disabled=True))
                self.rows.append(None)
            for entry in part.entries:
                self.add_option(Option(_line(entry, records)))
                self.rows.append(entry)
        if shelf.entries:
            self.go_to(next((entry for entry in shelf.entries if entry.id == at), shelf.entries[0]))

    def go_to(self, entry: Entry) -> None:
        """Put the cursor on an entry, where it is listed."""
        if entry in self.rows:
            self.highlighted = self.rows.index(entry)

    def show_marks(self, records: Records) -> None:
        """Mark every entry as it is now."""
        for number, entry in enumerate(self.rows):
            if entry is not None and (line := _line(entry, records)) != self.get_option_at_index(number).prompt:
                self.replace_option_prompt_at_index(number, line)


def _line(entry: Entry, records: Records) -> Content:
    """An entry's mark and title."""
    if not can_be_noted(entry):
        return Content(entry.title)
    return Content(f"{MARKS[records.get(entry.id, BLANK).status]} {entry.title}")
