"""Toolkits to stand in front of, alone and with somebody else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.toolkit.checklist import Checklist
from tests.tui.kiosks import KIOSK_TOML
from tests.tui.pilot import LARGE, Size, run
from tests.tui.toolkit.steps import Opens, settings
from tui.toolkit.app import ToolkitApp


@pytest.fixture
def at_leisure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is saved or looked at because time has passed: only what a test does counts."""
    monkeypatch.setattr("tui.toolkit.noted._PAUSE", 3600.0)
    monkeypatch.setattr("tui.toolkit.browse._LOOK_EVERY", 3600.0)
    monkeypatch.setattr("tui.toolkit.home._LOOK_EVERY", 3600.0)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder without anything."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def opens(data: Path) -> Opens:
    """Opens the toolkit alone: `opens(SMALL, text=...)` with another kiosk.toml."""

    @contextlib.asynccontextmanager
    async def opened(size: Size = LARGE, text: str = KIOSK_TOML) -> Any:  # noqa: ANN401 - an iterator of AtToolkit
        async with run(ToolkitApp(data, settings(text)), size) as person:
            person.app.animation_level = "none"
            await person.settle()
            yield person

    return opened


@pytest.fixture
def colleague(data: Path) -> Iterator[Checklist]:
    """Somebody else who has the same checklist open."""
    with contextlib.closing(Checklist.open(data)) as checklist:
        yield checklist
