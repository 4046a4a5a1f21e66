"""Fixtures of the commands: `program` stands for that of the screens."""

from tests.storage.exchange.servers import sftp, ssh
from tests.tui.cli.commands import program, ran, run, used

__all__ = ["program", "ran", "run", "sftp", "ssh", "used"]
