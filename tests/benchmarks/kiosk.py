"""Start, key press and memory of the kiosk, beside the smallest Textual app."""

import contextlib
import datetime as dt
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from storage.crypto.keys import OfficePrivateKey
from storage.kiosk.setup import SetupPlan, carry_out
from storage.settings import EventDetails, Organisation, SettingsFile, Survey, filled_in, parse, shipped_default
from tests.benchmarks.terminal import Terminal

_RUNS = 15
_KEYS = 400
_ONE_WIDGET = ["-m", "tests.benchmarks.one_widget"]
_ONE_WIDGET_PAINTED = "Ready to paint"
WELCOME_PAINTED = "No, thank you"
STAFF_WORDS = "a passphrase"
_TOOLKIT_PAINTED = "Choose where to begin"


@contextlib.contextmanager
def set_up_kiosk() -> Iterator[list[str]]:
    """A laptop that is set up; yields the command that starts its kiosk."""
    with tempfile.TemporaryDirectory(prefix="fairstart-benchmark-") as folder:
        data = Path(folder)
        text = shipped_default().read_text("utf-8")
        current = SettingsFile(parse(text, "kiosk.toml"), data / "kiosk.toml", text)
        details = (
            Organisation(name="Northfield Council"),
            EventDetails(name="Spring Jobs Fair", date=dt.date(2026, 11, 23), place="Town Hall"),
            Survey(),
        )
        written = filled_in(current, *details)
        for _ in carry_out(SetupPlan(data, written, details, STAFF_WORDS, OfficePrivateKey.generate().public)):
            pass
        yield ["-c", "from tui.cli.main import main; main()", "--data", folder]


def start() -> Iterator[str]:
    """Start to first paint, of the kiosk and of the toolkit, in turn with the one-widget app."""
    times: dict[str, list[float]] = {"kiosk": [], "toolkit": [], "one-widget app": []}
    with set_up_kiosk() as command, tempfile.TemporaryDirectory(prefix="fairstart-benchmark-") as empty:
        toolkit = [*command[:-1], empty, "toolkit"]
        turns = ((command, WELCOME_PAINTED), (toolkit, _TOOLKIT_PAINTED), (_ONE_WIDGET, _ONE_WIDGET_PAINTED))
        for _ in range(_RUNS + 1):
            for name, (arguments, painted) in zip(times, turns, strict=True):
                terminal = Terminal(arguments)
                times[name].append(terminal.wait_for(painted) - terminal.started)
                terminal.end()
    ours = {name: measured[1:] for name, measured in times.items()}  # the first start compiles
    for name in ("kiosk", "toolkit"):
        ratios = [mine / other for mine, other in zip(ours[name], ours["one-widget app"], strict=True)]
        yield f"start to first paint, {name} / one-widget app: {spread(ratios)} (target 1.30)"
    yield "  " + "; ".join(f"{name} {milliseconds(measured)}" for name, measured in ours.items())


def key_press() -> Iterator[str]:
    """Key press to painted change on the longest question at 120×40, and from one question to the next."""
    with set_up_kiosk() as command:
        terminal = Terminal(command)
        terminal.wait_for(WELCOME_PAINTED)
        terminal.settle()
        painted(terminal, "1", "Question 1")
        choosing = [painted(terminal, "67"[turn % 2], "●") for turn in range(_KEYS)]
        going_on = []
        for _ in range(_KEYS // 4):
            going_on.append(painted(terminal, "\r", "Question 2"))
            painted(terminal, "\x1b[27u", "Question 1")
            painted(terminal, "6", "●")
        terminal.end()
    yield f"key press to painted answer at 120×40: {milliseconds(choosing)} (target 16 at the 99th percentile)"
    yield (
        f"key press to painted next question: {milliseconds(going_on)} "
        "(targets 8 ms in the median, 16 at the 99th percentile)"
    )


def memory() -> Iterator[str]:
    """Peak memory after a question has been shown, beside the one-widget app."""
    ours, theirs = [], []
    with set_up_kiosk() as command:
        for _ in range(5):
            terminal = Terminal(command)
            terminal.wait_for(WELCOME_PAINTED)
            terminal.settle()
            terminal.press("1")
            terminal.wait_for("Question 1")
            ours.append(terminal.peak_memory)
            terminal.end()
            terminal = Terminal(_ONE_WIDGET)
            terminal.wait_for(_ONE_WIDGET_PAINTED)
            theirs.append(terminal.peak_memory)
            terminal.end()
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    yield f"peak memory, kiosk / one-widget app: {spread(ratios)}"
    yield f"  kiosk {statistics.median(ours):.0f} MiB; one-widget app {statistics.median(theirs):.0f} MiB"


def painted(terminal: Terminal, key: str, text: str) -> float:
    """Press a key; return how many seconds passed until this text was painted."""
    pressed = terminal.press(key)
    taken = terminal.wait_for(text) - pressed
    terminal.settle(0.02)
    return taken


def spread(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})"


def milliseconds(times: list[float]) -> str:
    """Times, summed up."""
    ordered = sorted(time * 1000 for time in times)
    last = ordered[min(round(len(ordered) * 0.99), len(ordered) - 1)]
    return f"median {statistics.median(ordered):.1f} ms, 99th percentile {last:.1f} ms, most {ordered[-1]:.1f} ms"
