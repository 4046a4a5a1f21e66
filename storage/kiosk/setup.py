"""Set-up as a whole: keys, settings, the event's folder, and a test that it all works."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from storage.crypto.keys import OfficePublicKey
from storage.crypto.sealing import Response
from storage.errors import StoreDamagedError
from storage.events import Event
from storage.kiosk.event_folder import EventFolder
from storage.kiosk.key_files import new_key_files
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.pool import RESPONSES, Pool
from storage.kiosk.register import Register
from storage.kiosk.state import is_set_up
from storage.office_folder import NewOffice
from storage.private_files import make_private_folder, write_private_files
from storage.settings import EventDetails, Organisation, SettingsFile, Survey, filled_in, write_settings
from storage.text import printable


@dataclass
class SetupPlan:
    """What set-up has been told so far. Lives in memory only, until `carry_out` writes it."""

    data: Path
    current: SettingsFile
    details: tuple[Organisation, EventDetails, Survey] | None = None
    staff_passphrase: str = field(default="", repr=False)
    office: OfficePublicKey | NewOffice | None = field(default=None, repr=False)

    @property
    def guessable(self) -> tuple[str, ...]:
        """Words that no passphrase should be made of."""
        return (self.details[0].name, self.details[1].name, self.details[1].place) if self.details else ()


def known_events(data: Path) -> list[Event]:
    """The events that are, or were, on this laptop: none before it is set up.

    Raises:
        StoreDamagedError: nobody can tell.
    """
    return EventFolder.known(data, Register.open(data / "kiosk")) if is_set_up(data) else []


def carry_out(plan: SetupPlan) -> Iterator[str]:
    """Write settings and keys, open the kiosk and test it. Yields a sentence as each part is done.

    A laptop that has its keys keeps them, so after a failure this can simply be run again.

    Raises:
        FairstartError: a part failed.
    """
    settings = filled_in(plan.current, *plan.details) if plan.details else plan.current
    files = []
    if plan.office is not None and not is_set_up(plan.data):
        files = new_key_files(plan.data, plan.staff_passphrase, plan.office)
    if plan.details:
        make_private_folder(plan.data)
        write_settings(settings)
        yield f"Settings saved in {printable(str(settings.path))}"
    if files:
        write_private_files(files)
        yield "Keys made and saved."
    with contextlib.closing(Kiosk.open(plan.data, settings.settings)) as kiosk:
        self_test(kiosk)
    yield "Self-test passed: a test record was sealed, stored, read back and removed."


def self_test(kiosk: Kiosk) -> None:
    """Seal, store, read back and remove a test record, in a folder of its own beside the events.

    Raises:
        StoreError: a step failed.
    """
    with tempfile.TemporaryDirectory(dir=kiosk.data / "kiosk", prefix=".self-test-") as folder:
        path = Path(folder) / "responses.db"
        Pool.create(path, RESPONSES)
        with contextlib.closing(Pool(path, RESPONSES)) as pool:
            sealed = kiosk.seal(Response((1, 1, 1, 1)))
            pool.add(sealed)
            kept = pool.rows()
            pool.remove(sealed)
            if kept != [sealed] or pool.count() != 0:
                raise StoreDamagedError(
                    "A test record did not come back as it was stored: use another disk or folder with --data."
                )
