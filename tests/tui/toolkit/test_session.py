"""A session knows where everything stands."""

from __future__ import annotations

import contextlib
from pathlib import Path

from storage.toolkit.checklist import Checklist
from tests.tui.toolkit.steps import KIT, settings
from tui.text.toolkit import linked
from tui.toolkit.session import Session


def test_every_link_of_the_toolkit_can_be_followed() -> None:
    with contextlib.closing(Checklist.open(Path("/nowhere"), create=False)) as checklist:
        session = Session(KIT, checklist, settings(), Path("/nowhere"))
        for entry in KIT.entries.values():
            for name, _ in linked(KIT, entry):
                goal = KIT.tips[name].items[0] if name in KIT.tips else KIT.entries[name]
                assert goal in session.home_of(goal, {}).entries, (entry.id, name)
