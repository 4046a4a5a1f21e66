"""The way into the staff area, and what is there only while staff are."""

from textual.widgets import Input

from storage.counts.disclosure import Counts, GroupSum, PublishedTable
from storage.counts.findings import Findings
from storage.counts.noise import NoisyGroup
from storage.counts.questions import CategoryFinding, QuestionFindings
from storage.crypto.keys import KioskPrivateKey, TallyPrivateKey
from storage.exchange.handover import HeldEvent
from storage.kiosk.groups import GroupOpener
from tests.tui.pilot import AtKiosk
from tests.tui.pilot import alive as every_one_alive
from tui.shared.confirm import Confirm
from tui.shared.counts import CountsScreen
from tui.shared.findings import WhyCounts
from tui.shared.unlock import Unlock
from tui.staff.hand_over import HandOverScreen
from tui.staff.home import StaffHome
from tui.staff.new_event import NewEvent
from tui.text.counts import Shown
from tui.widgets.chart import Chart
from tui.widgets.chooser import PlaceChooser
from tui.widgets.place_field import PlaceField


async def unlock(person: AtKiosk, passphrase: str) -> None:
    """From the welcome to the staff area, if the passphrase is right."""
    await person.press("f2")
    await person.enter(passphrase)


STAFF_ONLY = (
    *(StaffHome, NewEvent, Unlock, Input, KioskPrivateKey, TallyPrivateKey),
    *(CountsScreen, WhyCounts, Confirm, Chart, Counts, PublishedTable, Findings, QuestionFindings, CategoryFinding),
    *(NoisyGroup, GroupOpener, GroupSum),
    *(Shown, HeldEvent, HandOverScreen, PlaceChooser, PlaceField),
)
"""What is there only while staff are."""


def alive() -> list[str]:
    """Objects of the staff area that still exist anywhere in the process, a second from now."""
    return [repr(found) for found in every_one_alive(STAFF_ONLY)]
