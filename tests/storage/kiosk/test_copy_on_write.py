"""On Btrfs, which writes each change to a new place, a new data folder is written over itself all the same."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage import doctor, private_files
from storage.doctor import Verdict
from storage.kiosk.pool import RESPONSES, Pool
from storage.private_files import is_overwritten_in_place, make_private_folder
from tests.storage.kiosk.crashes import random_responses

MEGABYTES = 128


@contextmanager
def mounted(image: Path, at: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", "loop", image, at], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", at], check=True, capture_output=True)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A disk with Btrfs on it; only an administrator can mount one."""
    if shutil.which("mkfs.btrfs") is None or os.geteuid() != 0:
        pytest.skip("needs btrfs-progs, and to be an administrator")
    path = tmp_path / "disk"
    with path.open("wb") as file:
        file.truncate(MEGABYTES << 20)
    subprocess.run(["mkfs.btrfs", "-q", path], check=True, capture_output=True)
    (tmp_path / "mounted").mkdir()
    try:
        with mounted(path, tmp_path / "mounted"):
            return path
    except subprocess.CalledProcessError:
        pytest.skip("this system mounts no Btrfs")


@pytest.mark.parametrize("as_it_is", [True, False], ids=["as it is", "where files are copied"])
@pytest.mark.sampled
def test_no_older_state_of_the_pool_is_left_on_btrfs(
    image: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    as_it_is: bool,
) -> None:
    everyone = random_responses(20)
    at = image.with_name("mounted")
    if not as_it_is:
        monkeypatch.setattr(private_files, "overwrite_in_place", lambda _: None)
    with mounted(image, at):
        folder = at / "data" / "kiosk"
        make_private_folder(folder)
        found = list(doctor._file_system(at / "data"))
        pool = Pool(folder / "responses.db", RESPONSES)
        Pool.create(folder / "responses.db", RESPONSES)
        for sealed in everyone:
            pool.add(sealed)
        pool.close()
        assert is_overwritten_in_place(folder) == as_it_is
    raw = image.read_bytes()
    copies = [raw.count(one.sealed[100:132]) for one in everyone]
    if as_it_is:
        assert copies == [1] * 20
        assert found == []
    else:
        assert max(copies) > 10, "the first to come is there the most often"
        assert [finding.verdict for finding in found] == [Verdict.FIX]
