"""A kiosk's data folder, set up once, of which each test that asks gets a copy.

Argon2id takes half a second each time. Here a hash stands in its place; with it, what `test_independent_reader` opens,
the vectors among it, and the commands in `test_cli` are tested.
"""

import contextlib
import hashlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.crypto import keys
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.data_folder import hold
from storage.events import Event
from storage.kiosk.key_files import set_up
from storage.kiosk.kiosk import Kiosk
from storage.settings import Settings, parse
from tests.storage.exchange.servers import sftp, ssh
from tests.storage.fairs import fair

__all__ = ["sftp", "ssh"]
"""Fixtures of a module beside this one."""


def _stretch_quickly(passphrase: str, salt: bytes) -> bytes:
    return hashlib.sha256(salt + keys.normalise_passphrase(passphrase).encode()).digest()


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key files as they are, with a hash in Argon2id's place. A file of tests that has its own `quickly` does with."""
    monkeypatch.setattr(keys, "_stretch", _stretch_quickly)


@pytest.fixture(scope="session")
def passphrase() -> str:
    return "violet anchor mustard kite plough"


@pytest.fixture(scope="session")
def office() -> OfficePrivateKey:
    return OfficePrivateKey.generate()


@pytest.fixture(scope="session")
def event(office: OfficePrivateKey) -> Event:
    return fair(office.public.id)


@pytest.fixture(scope="session")
def kiosk_set_up_once(tmp_path_factory: pytest.TempPathFactory, office: OfficePrivateKey, passphrase: str) -> Path:
    data = tmp_path_factory.mktemp("set-up") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_stretch", _stretch_quickly)
        set_up(data, passphrase, office.public)
    return data


@pytest.fixture(scope="session")
def own(kiosk_set_up_once: Path, passphrase: str) -> KioskPrivateKey:
    """The private key of that kiosk, as the staff passphrase unlocks it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_stretch", _stretch_quickly)
        return KioskPrivateKey.from_file(kiosk_set_up_once / "kiosk" / "kiosk.key", passphrase)


@pytest.fixture
def data(kiosk_set_up_once: Path, memory_folder: Path) -> Path:
    return Path(shutil.copytree(kiosk_set_up_once, memory_folder / "data"))


@pytest.fixture
def kiosk(data: Path, settings: Settings) -> Iterator[Kiosk]:
    """That kiosk, running."""
    with hold(data), contextlib.closing(Kiosk.open(data, settings)) as opened:
        yield opened


@pytest.fixture
def settings() -> Settings:
    return parse(
        '[organisation]\nname = "Musterwerk"\n'
        '[event]\nname = "Riverside Jobs Fair"\ndate = "2026-11-23"\nplace = "Leeds"\n',
        "kiosk.toml",
    )


@pytest.fixture
def memory_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder where flushing costs nothing, for tests that flush tens of thousands of times."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made inside, mode 0700
    if sys.platform != "linux" or not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def stick(memory_folder: Path) -> Path:
    """An empty folder that files are carried in."""
    folder = memory_folder / "stick"
    folder.mkdir()
    return folder
