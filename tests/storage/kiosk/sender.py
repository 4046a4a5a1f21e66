"""The process that sends beside a running kiosk.

    python sender.py DATA PLACE

The first line on standard input is the kiosk key's seed. It sends once for each further line, and then says so in one.
"""

import sys
from pathlib import Path

from storage.crypto.keys import KioskPrivateKey
from storage.errors import PlaceError
from storage.kiosk.outbox import ClosedOutbox
from storage.kiosk.sending import send
from storage.progress import unreported
from storage.settings import find_settings


def fail(_seconds: int, error: PlaceError) -> None:
    raise error


def main(data: Path, place: str) -> None:
    key = KioskPrivateKey(bytes.fromhex(sys.stdin.readline()))
    settings = find_settings(None, None, data).settings
    for _ in sys.stdin:
        send(ClosedOutbox.at(data, settings), key, place, unreported, fail)
        print("sent", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
