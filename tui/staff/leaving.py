"""What staff read before they end an event, quit, or leave answers out of its counts."""

import asyncio
from collections.abc import Callable

from storage.errors import FairstartError
from storage.kiosk.groups import GROUP
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.report.sentences import responses
from storage.text import counted
from tui.shared.confirm import Confirm
from tui.text.handover import what_goes


async def end_event(kiosk: Kiosk, ended: Callable[[], object]) -> Confirm:
    """Ask before ending the event; a yes ends it, and calls `ended` in its thread, even if the screens have locked."""

    def end() -> None:
        kiosk.end_event()
        ended()

    try:
        held, *_ = await asyncio.to_thread(Outbox(kiosk).events)
        about = what_goes(held)
    except FairstartError as error:
        about = error.sentence
    waiting = (
        f"{counted(kiosk.waiting, 'response waits', 'responses wait')}, too few for this laptop’s counts: "
        "the office counts everybody. "
        if kiosk.waiting
        else ""
    )
    return Confirm(
        f"End “{kiosk.event.name}”?",
        f"{about} It will take no more answers. {waiting}Nothing is deleted. This cannot be undone.",
        "End the event",
        end,
        word="end",
    )


def leave(waiting: int, what: str, yes: str) -> Confirm:
    """Ask before leaving with answers that are not in the counts yet."""
    return Confirm(
        "Some responses are not in the counts yet",
        f"{responses(waiting)} would stay out of this laptop’s counts if you {what} now. "
        f"With {counted(GROUP - waiting % GROUP, 'more answer')} they would enter. "
        "Nothing is lost: the office counts everybody.",
        yes,
    )


def leave_practice() -> Confirm:
    """Ask before practice ends."""
    return Confirm("End practice?", "Nothing of it was kept.", "End practice")


def leave_kiosk(name: str) -> Confirm:
    """Ask before the kiosk closes."""
    return Confirm(
        "Quit?",
        f"“{name}” takes no answers until somebody starts Fairstart again on this laptop. Nothing is lost.",
        "Quit",
    )
