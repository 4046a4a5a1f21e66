"""Set-up as a whole: keys, settings, the event's folder, and a test that it all works."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from storage.crypto.keys import OfficePublicKey
from storage.kiosk.kiosk import Kiosk, NewOffice, is_set_up, set_up
from storage.settings import EventDetails, Organisation, SettingsFile, Survey, filled_in, write_settings


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


def carry_out(plan: SetupPlan) -> Iterator[str]:
    """Write keys and settings, open the kiosk and test it. Yields a sentence as each part is done.

    A laptop that has its keys keeps them, so after a failure this can simply be run again.

    Raises:
        FairstartError: a part failed.
    """
    if plan.office is not None and not is_set_up(plan.data):
        set_up(plan.data, plan.staff_passphrase, plan.office)
        yield "Keys made and saved."
    settings = filled_in(plan.current, *plan.details) if plan.details else plan.current
    if plan.details:
        write_settings(settings)
        yield f"Settings saved in {settings.path}"
    kiosk = Kiosk.open(plan.data, settings.settings)
    try:
        kiosk.self_test()
    finally:
        kiosk.close()
    yield "Self-test passed: a test record was sealed, stored, read back and removed."
