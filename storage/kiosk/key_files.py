"""The keys of a kiosk's folder, written once by set-up; its staff passphrase can be changed.

<data>/kiosk/kiosk.key, kiosk.pub            the kiosk's own key, wrapped under the staff passphrase
<data>/kiosk/tally.pub                       the key that groups are sealed to
<data>/kiosk/register.json                   which keys these are, and what events have made: storage/kiosk/register.py
<data>/kiosk/office.pub                      the key that responses are sealed to
<data>/office/office.key, office.pub         only where this laptop is also the office
"""

from pathlib import Path

from storage.computer import marks_of_computer
from storage.crypto.keys import KioskPrivateKey, OfficePublicKey, StaffPublicKey
from storage.errors import KeyFileError
from storage.kiosk.register import FILE_NAME, Noted
from storage.kiosk.state import is_set_up
from storage.office_folder import NewOffice, existing_office, new_office_files
from storage.private_files import write_private, write_private_files


def set_up(data: Path, staff_passphrase: str, office: OfficePublicKey | NewOffice) -> None:
    """Write the keys of a new kiosk. Interrupted anywhere, it can be run again; it never replaces a key.

    Raises:
        KeyFileError: this folder already has a kiosk, or another office's key.
        StoreError: the place cannot be written.
    """
    write_private_files(new_key_files(data, staff_passphrase, office))


def new_key_files(
    data: Path, staff: str | StaffPublicKey, office: OfficePublicKey | NewOffice, token: bytes | None = None
) -> list[tuple[Path, bytes]]:
    """What `set_up` writes, in its order: wrapping keys takes a second and 256 MiB, and nothing is written before.

    Args:
        data: the data folder.
        staff: the staff passphrase, or the public key made of it.
        office: its key.
        token: what the laptop took from a stick, if it is set up from one.

    Raises:
        KeyFileError: this folder already has a kiosk, or another office's key.
        StoreError: the folder cannot be looked into.
    """
    if is_set_up(data):
        raise KeyFileError(f"{data} is set up already: nothing was changed. Choose another place with --data.")
    files: list[tuple[Path, bytes]] = []
    if isinstance(office, NewOffice):
        existing = existing_office(data)
        if existing not in {None, office.key.public}:
            raise KeyFileError(f"{data} already holds an office key: set up again and use it.")
        if existing is None:
            files += new_office_files(data, office)
    public = office.key.public if isinstance(office, NewOffice) else office
    own = KioskPrivateKey.generate()
    kiosk = data / "kiosk"
    tally = own.tally.public
    noted = Noted.of(public, own.public, tally, marks_of_computer(own.public), token)
    return [
        *files,
        (kiosk / "office.pub", public.to_file()),
        (kiosk / "kiosk.pub", own.public.to_file()),
        (kiosk / "tally.pub", tally.to_file()),
        (kiosk / FILE_NAME, noted.to_file()),
        (kiosk / "kiosk.key", own.to_file(staff, public)),
    ]


def change_passphrase(data: Path, key: KioskPrivateKey, passphrase: str) -> None:
    """Let another staff passphrase open this laptop, and the old one no more. Takes about a second and 256 MiB.

    Raises:
        KeyFileError, StoreError: as their sentences say; nothing was changed.
    """
    folder = data / "kiosk"
    office = OfficePublicKey.from_file(folder / "office.pub", vetted=True)
    write_private(folder / "kiosk.key", key.to_file(passphrase, office))
