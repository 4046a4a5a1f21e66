"""The toolkit's screens as a command runs them. They start without Click."""

from tui.cli.running import Place, need_terminal, run_locked


def run_toolkit(at: Place) -> None:
    """Run the toolkit's screens until somebody leaves them."""
    from tui.toolkit.app import ToolkitApp

    need_terminal("toolkit", "fairstart toolkit list")
    run_locked(ToolkitApp(at.data, at.settings().settings))
