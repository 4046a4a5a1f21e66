"""A new key for a laptop that was copied from another, so that the office can tell the two apart.

All that the old key made readable stays so: groups are sealed anew to the new one. New files are made under
`kiosk/.renewing`, which is then called `kiosk/renewed`: from that moment the new key holds, and every start puts what
lies there into its place.
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from msgspec.structs import replace

from storage.computer import marks_of_computer
from storage.crypto.keys import KioskPrivateKey
from storage.errors import NotSealedForThisKeyError, StoreDamagedError, StoreError
from storage.kiosk.debrief import read_debrief, write_debrief
from storage.kiosk.event_folder import GROUPS_NAME, EventFolder
from storage.kiosk.groups import GroupOpener, seal_group
from storage.kiosk.pool import GROUPS, Pool
from storage.kiosk.register import FILE_NAME, RENEWED, KioskKeys, Register
from storage.private_files import flush_folder, make_private_folder, replace_file, write_private

_UNFINISHED = ".renewing"


def stay_here(data: Path) -> None:
    """Note that these files belong to this computer now: their disk was moved, or the other laptop is no more.

    Raises:
        StoreDamagedError, StoreError: as their sentences say.
    """
    folder = data / "kiosk"
    Register.open(folder).note_computer(marks_of_computer(KioskKeys.read(folder).own))


def renew_key(data: Path, passphrase: str) -> KioskPrivateKey:
    """Give a laptop a new key under the same staff passphrase. Interrupted anywhere, the old or the new one holds.

    Raises:
        WrongPassphraseError: it is not the staff passphrase.
        KeyFileError, StoreError: as their sentences say; nothing was changed.
    """
    folder = data / "kiosk"
    finish_renewal(data)
    register = Register.open(folder)
    keys = KioskKeys.read(folder)
    register.check(keys)
    old, new = KioskPrivateKey.from_file(folder / "kiosk.key", passphrase), KioskPrivateKey.generate()
    unfinished = folder / _UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    make_private_folder(unfinished)
    for event in EventFolder.all_in(data, register):
        _seal_anew(event, unfinished / event.path.name, old, new)
        _seal_debrief_anew(event, unfinished / event.path.name, old, new)
    noted = replace(
        register.noted,
        kiosk=new.public.id,
        tally=new.tally.public.id,
        computer=marks_of_computer(new.public),
        token=None,  # which is the laptop's that this one was copied from
    )
    write_private(unfinished / "kiosk.pub", new.public.to_file())
    write_private(unfinished / "tally.pub", new.tally.public.to_file())
    write_private(unfinished / FILE_NAME, noted.to_file())
    write_private(unfinished / "kiosk.key", new.to_file(passphrase, keys.office))
    try:
        unfinished.rename(folder / RENEWED)
        flush_folder(folder)
        finish_renewal(data)
    except OSError as error:
        raise StoreError(f"Cannot write in {folder} ({error.strerror}): check free space, then try again.") from error
    return new


def finish_renewal(data: Path) -> None:
    """Put what a renewal made into its place, where there is some.

    Raises:
        OSError: it could not be done.
    """
    folder = data / "kiosk"
    renewed = folder / RENEWED
    if not renewed.is_dir():
        return
    for path in sorted(path for path in renewed.rglob("*") if path.is_file()):
        final = folder / path.relative_to(renewed)
        replace_file(path, final)
        flush_folder(final.parent)
    shutil.rmtree(renewed)


def _seal_debrief_anew(event: EventFolder, folder: Path, old: KioskPrivateKey, new: KioskPrivateKey) -> None:
    """Seal what was written of the event for the new key, if anything was. What cannot be read is left as it is."""
    written = read_debrief(event.path, old, event.event_id)
    if written:
        make_private_folder(folder)
        write_debrief(folder, new, event.event_id, written)


def _seal_anew(event: EventFolder, folder: Path, old: KioskPrivateKey, new: KioskPrivateKey) -> None:
    """Make a store of the event's groups for the new key. What cannot be read is left as it is."""
    with contextlib.suppress(StoreDamagedError):
        with contextlib.closing(event.groups()) as groups:
            rows = groups.rows()
        opener = GroupOpener(old.tally, event.event)
        make_private_folder(folder)
        path = folder / GROUPS_NAME
        Pool.create(path, GROUPS)
        with contextlib.closing(Pool(path, GROUPS)) as pool:
            for row in rows:
                with contextlib.suppress(NotSealedForThisKeyError):
                    pool.add(seal_group(opener.open(row), new.tally.public, event.event))
        path.with_name(f"{GROUPS_NAME}-journal").unlink(missing_ok=True)
