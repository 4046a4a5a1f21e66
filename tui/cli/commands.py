"""Every command, by the module that it is in."""

import importlib
from collections.abc import Mapping

import click

from storage.text import is_text, shortened
from tui.cli.options import with_folder_options
from tui.cli.running import Place

_MODULES: Mapping[str, str] = {
    **dict.fromkeys(("close", "counts", "debrief", "doctor", "export", "passphrase", "receipt", "sync"), "staff"),
    **{name: name for name in ("deploy", "guide", "office", "paper", "papers", "plain", "setup", "toolkit")},
}
"""The module beside this one that each command is in. The kiosk starts a tenth sooner without those of the others."""


class _Commands(click.Group):
    """Every command. What is no text is refused here, before any of them has begun: it could be kept only in part."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Look at all arguments, those of the commands below too."""
        for argument in args:
            if not is_text(argument):
                raise click.UsageError(
                    f"“{shortened(argument)}” has bytes that are no text here: type it again, or rename that file"
                )
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """All names, in alphabetical order."""
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - Click's signature
        """One command, which is loaded now."""
        if cmd_name not in _MODULES:
            return None
        command: click.Command = getattr(importlib.import_module(f"tui.cli.{_MODULES[cmd_name]}"), cmd_name)
        return command


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@with_folder_options
@click.option("--practice", is_flag=True, help="Everything works, nothing is kept.")
@click.version_option(package_name="fairstart")
@click.pass_context
def fairstart(context: click.Context, at: Place, *, practice: bool) -> None:
    """Ask about socio-economic background at job fairs and outreach events, privately.

    Without a command: the kiosk. The first run leads through set-up.
    """
    if context.invoked_subcommand is None:
        from tui.cli.kiosk import practise, run_kiosk

        if practice:
            practise(at.settings())
        else:
            run_kiosk(at)
    elif practice:
        raise click.UsageError('--practice goes with "fairstart" alone')
