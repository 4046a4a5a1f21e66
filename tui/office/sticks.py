"""The sticks that laptops are set up from: how far each has come, and recalling one that got lost."""

from collections.abc import Sequence
from functools import partial

from textual.content import Content

from storage.office.office import Office
from storage.office.sticks import PreparedStick
from tui.shared.confirm import Confirm
from tui.shared.list_screen import ListScreen
from tui.text import office as words


class Sticks(ListScreen[PreparedStick, None]):
    """The sticks that were prepared, and how far each has come."""

    TITLE_TEXT = "Sticks for laptops"
    LIST_ID = "sticks"

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office

    def read(self) -> Sequence[PreparedStick]:
        """What was prepared."""
        return self._office.sticks.all()

    def line(self, row: PreparedStick) -> Content:
        """Which it is, and how far it has come."""
        return Content.assemble((words.stick_line(row), "bold"), f"\n{words.stick_state(row)} · {row.id}")

    def about(self) -> str:
        """What choosing one does."""
        return "Choose one that got lost, to recall it."

    def nothing(self) -> tuple[str, str]:
        """That there is none, and what to do."""
        return words.NO_STICK, "Go back, and prepare laptops for an event that is coming."

    async def choose(self, row: PreparedStick) -> None:
        """Let no more laptops in with one, once that is confirmed."""
        if row.recalled:
            self.say("It was recalled before: no laptop gets in with it.")
            return
        self.say("")
        await self.app.push_screen_wait(
            Confirm(
                "Recall this stick?",
                f"{words.stick_line(row)}: {words.stick_state(row)}. {words.RECALLING}",
                "Recall it",
                partial(self._office.sticks.recall, row.id),
            )
        )
        self.look_again()
