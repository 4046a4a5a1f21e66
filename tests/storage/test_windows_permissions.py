"""Under Windows a list says who may open a file: what is private has one entry, and others are found out."""

import sys
from pathlib import Path

import pytest

from storage import doctor
from storage.database import open_database
from storage.doctor import Verdict
from storage.private_files import make_private_folder, write_private
from storage.windows_permissions import others_in

OWN = "S-1-5-21-1-2-3-1001"


@pytest.mark.parametrize(
    ("listed", "others"),
    [
        (f"D:P(A;OICI;FA;;;{OWN})", set()),
        (f"D:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;ID;FA;;;OW)(A;;FA;;;{OWN})", set()),
        (f"O:{OWN}G:SYD:AI(A;ID;FA;;;{OWN})(A;ID;0x1200a9;;;BU)(A;ID;FR;;;AU)", {"BU", "AU"}),
        ("D:(D;;FA;;;WD)(A;;FA;;;SY)", set()),
        ("D:(A;;FA;;;S-1-5-21-1-2-3-1002)", {"S-1-5-21-1-2-3-1002"}),
        ('D:(XA;;FX;;;WD;(@User.Title=="PM"))', {"WD"}),
        ("D:", set()),
        ("D:NO_ACCESS_CONTROL", {"WD"}),
        ("", {"WD"}),
    ],
)
def test_whoever_else_a_list_lets_in_is_found(listed: str, others: set[str]) -> None:
    assert others_in(listed, OWN) == others


if sys.platform == "win32":
    from storage import windows_permissions as permissions

    def open_to_all(path: Path) -> None:
        with permissions._binary("D:(A;;FA;;;WD)") as descriptor:
            assert permissions._advapi32.SetFileSecurityW(str(path), 4, descriptor)

    def test_what_is_private_lets_nobody_else_in(tmp_path: Path) -> None:
        folder = tmp_path / "Daten für Zoë"
        make_private_folder(folder / "inside")
        write_private(folder / "file", b"secret")
        open_database(folder / "some.db", create=True).close()
        for path in (folder, *folder.rglob("*")):
            assert not permissions.is_open_to_others(path)
        for path in (folder, folder / "file"):
            open_to_all(path)
            assert permissions.is_open_to_others(path)
            permissions.make_private(path)
            assert not permissions.is_open_to_others(path)

    def test_the_doctor_says_what_others_can_read_and_how_to_mend_it(data: Path) -> None:
        for path in (data, *data.rglob("*")):  # a copy, which nobody has made private
            permissions.make_private(path)
        assert doctor._permissions(data).verdict is Verdict.SOUND
        open_to_all(data / "kiosk" / "kiosk.key")
        finding = doctor._permissions(data)
        assert finding.verdict is Verdict.FIX
        assert finding.sentence.startswith(
            f'1 files or folders can be read by others: run icacls "{data}" /inheritance:r'
        )
