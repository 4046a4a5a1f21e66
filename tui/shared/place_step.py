"""A step that asks for a file or a folder."""

import asyncio

from textual import on, work

from storage.errors import FairstartError
from tui.shared.steps import Step
from tui.widgets.place_field import PlaceField


class PlaceStep(Step):
    """Composes a `PlaceField`, and looks at what stands there in a thread: a drive may not answer."""

    @on(PlaceField.Chosen)
    def action_next(self) -> None:
        """Look at what is typed; go on, or say what is wrong with it."""
        self._look()

    @work(exclusive=True)
    async def _look(self) -> None:
        try:
            await asyncio.to_thread(self.look_at, self.query_one(PlaceField).typed)
        except FairstartError as error:
            self.say_wrong(error)
        else:
            self.say("")
            self.go_on()

    def look_at(self, typed: str) -> None:
        """Take what is typed over, in a thread.

        Raises:
            FairstartError: it is not what is wanted.
        """
        raise NotImplementedError

    def go_on(self) -> None:
        """Do what follows."""
        raise NotImplementedError
