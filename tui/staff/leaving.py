"""What staff read before they end an event, or leave answers out of its counts."""

from collections.abc import Callable

from storage.kiosk.groups import GROUP
from storage.kiosk.kiosk import Kiosk
from storage.report.sentences import responses
from storage.text import counted
from tui.shared.confirm import Confirm


def end_event(kiosk: Kiosk, ended: Callable[[], object]) -> Confirm:
    """Ask before ending the event; a yes ends it, and calls `ended` in its thread, even if the screens have locked."""

    def end() -> None:
        kiosk.end_event()
        ended()

    waiting = kiosk.waiting
    about_waiting = (
        f"{counted(waiting, 'response waits', 'responses wait')}, too few for this laptop’s counts: "
        "the office counts everybody."
        if waiting
        else "No responses are waiting."
    )
    return Confirm(
        f"End “{kiosk.event.name}”?",
        f"This laptop will take no more answers for it. {about_waiting} Nothing is deleted. This cannot be undone.",
        "End the event",
        end,
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
