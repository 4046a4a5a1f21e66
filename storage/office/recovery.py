"""A new passphrase for a coordinator with the recovery code: where the office is, or with a copy of its key file."""

import contextlib
from pathlib import Path

from storage.crypto.keys import OfficePrivateKey
from storage.crypto.office_key import OfficeKeyFile
from storage.errors import FairstartError
from storage.office.office import Office
from storage.office_folder import recover_key


def recover_office(data: Path, file: OfficeKeyFile, code: bytes, name: str, passphrase: str) -> OfficePrivateKey:
    """Do as `recover_key` does, then note it in the office's log. A store that is damaged keeps nobody from their key.

    Raises:
        FairstartError: as `recover_key` says.
    """
    key = recover_key(data, file, code, name, passphrase)
    with contextlib.suppress(FairstartError), contextlib.closing(Office.open(data, key)) as office:
        office.note("recovered", {"name": key.coordinator})
    return key
