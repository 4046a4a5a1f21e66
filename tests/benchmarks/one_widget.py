"""The smallest Textual app, to compare the kiosk with."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class OneWidget(App[None]):
    """Shows one line of text."""

    def compose(self) -> ComposeResult:
        """One widget."""
        yield Static("Ready to paint")


if __name__ == "__main__":
    OneWidget().run()
