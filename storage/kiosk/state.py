"""Whether a data folder has been set up. It loads nothing else: each start asks before it paints."""

from pathlib import Path

from storage.errors import StoreError


def is_set_up(data: Path) -> bool:
    """Whether this folder has been through set-up. The kiosk key is the last file that set-up writes.

    Raises:
        StoreError: the folder cannot be looked into.
    """
    try:
        return (data / "kiosk" / "kiosk.key").exists()
    except OSError as error:
        raise StoreError(f"Cannot look into {data} ({error.strerror}): choose another place with --data.") from error
