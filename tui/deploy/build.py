"""`python -m tui.deploy.build DEST`: a program for laptops without Python, made on the system that it is for.

DEST/fairstart-<version>-<system>-<machine>.zip (.tar.gz for Linux and macOS, which keeps what may be started)

In it is one folder: the program with all that it needs, and what puts it into the menu. PyInstaller has to be installed
beside Fairstart. Nothing of the person who builds it goes in.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from storage.exchange.drives import expanded
from tui.cli.output import say
from tui.cli.running import CommandFailedError
from tui.deploy.built import archive_name, pack
from tui.deploy.files import menu_files, this_system

SPEC = Path(__file__).with_name("fairstart.spec")


def build(folder: Path) -> Path:
    """Build the program for the system that runs, and pack it.

    Args:
        folder: where the archive goes; it is made where it is missing.

    Returns:
        The archive.

    Raises:
        CommandFailedError: PyInstaller is missing, or could not do it.
        OSError: the folder cannot be written.
    """
    if importlib.util.find_spec("PyInstaller") is None:
        raise CommandFailedError('PyInstaller is missing: run "pip install pyinstaller" beside Fairstart first.')
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fairstart-build-") as temporary:
        places = ["--distpath", f"{temporary}/built", "--workpath", f"{temporary}/work"]
        command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places, str(SPEC)]
        if subprocess.run(command, check=False).returncode:  # noqa: S603 - our own words
            raise CommandFailedError("PyInstaller could not build it: see above.")
        archive = folder / archive_name()
        program = Path(temporary, "built", "fairstart")
        for file in menu_files(this_system()):
            path = program / file.name
            path.write_bytes(file.content)
            if file.is_program:
                path.chmod(0o755)
        pack(program, archive)
    return archive


@click.command()
@click.argument("folder", metavar="DEST", type=click.Path(path_type=Path))
def main(folder: Path) -> None:
    """Build Fairstart for this system, without a need for Python, and put the archive into DEST."""
    try:
        say(str(build(expanded(folder))))
    except (CommandFailedError, OSError) as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
