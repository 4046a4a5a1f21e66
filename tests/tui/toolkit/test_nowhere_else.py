"""The toolkit reads and writes its data folder, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from storage.toolkit.checklist import FILE_NAME
from tests.tui.toolkit.steps import kept
from tests.waiting import WAIT

AUDIT = """
import asyncio, json, os, sys
from pathlib import Path
report, data, config = sys.argv[1:]
from storage.settings import parse
from tests.tui.kiosks import KIOSK_TOML
from tests.tui.pilot import SMALL, run
from tests.tui.toolkit.steps import field, find
from tui.toolkit.app import ToolkitApp
import sqlite_utils, storage.report.action_plan, tui.toolkit.find, tui.toolkit.plan, tui.toolkit.session
seen = []
def look(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.fork")):
        seen.append([event, repr(arguments)])
    elif event == "open" or event.startswith(("sqlite3.connect", "os.r", "os.mkdir", "os.l", "os.scandir", "shutil.")):
        if arguments and isinstance(arguments[0], str | bytes | os.PathLike):
            seen.append([event, os.path.abspath(os.fsdecode(arguments[0]))])
async def main():
    app = ToolkitApp(Path(data), parse(KIOSK_TOML, "kiosk.toml"))
    sys.addaudithook(look)
    async with run(app, SMALL) as person:
        await person.settle()
        screen = await find(person, "D1.1")
        await field(person, "n", "A note")
        await person.press("escape", "escape", "down", "enter", "3", "escape", "q")
asyncio.run(main())
Path(report).write_text(json.dumps(seen))
"""


def test_nothing_is_read_or_written_outside_the_data_folder_and_no_socket_is_opened(tmp_path: Path) -> None:
    data, report = tmp_path / "data", tmp_path / "report"
    subprocess.run(
        [sys.executable, "-c", AUDIT, str(report), str(data), ""],
        check=True,
        timeout=WAIT,
        cwd=Path(__file__).parents[3],
        env=os.environ | {"HOME": str(tmp_path / "home"), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    seen = [tuple(each) for each in json.loads(report.read_text("utf-8"))]
    assert ("sqlite3.connect", str(data / FILE_NAME)) in seen
    own = str(Path(__file__).parents[3])
    libraries = [own, sys.prefix, sys.base_prefix, sys.pycache_prefix or own, "/usr/lib/python3", "/proc/self"]
    elsewhere = {
        (event, where)
        for event, where in seen
        if not Path(where).is_relative_to(data) and not any(Path(where).is_relative_to(known) for known in libraries)
    }
    assert elsewhere <= {("sqlite3.connect", str(Path(own) / ":memory:")), ("open", str(tmp_path))}, "a folder's name"
    assert kept(data)["D1.1"].note == "A note"
