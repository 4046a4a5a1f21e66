"""What the office's tests stand at."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage.office.merging import Desk


@pytest.fixture
def desk(memory_folder: Path) -> Iterator[Desk]:
    """An office that has accepted every laptop of these tests."""
    opened = Desk.at(memory_folder / "data")
    with contextlib.closing(opened):
        yield opened
