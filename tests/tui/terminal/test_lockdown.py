"""A candidate cannot leave, copy from, suspend or crash the kiosk into showing anything; one test for each promise.

What can be seen from inside is tested on the app itself. What only a terminal shows is tested on the real program, in a
terminal of its own: `Program` starts it there and keeps every byte that it writes.
"""

import asyncio
import contextlib
import importlib
import inspect
import pkgutil
import signal
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import psutil
import pytest
from textual import events, timer
from textual.actions import SkipAction
from textual.app import App
from textual.command import CommandPalette
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

import tui
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.pool import Pool
from storage.settings import SettingsFile
from tests.tui.kiosks import Start
from tests.tui.pilot import AtKiosk
from tests.tui.program import ENTERED, HURTFUL, LEFT, SECRET, Opens
from tests.waiting import WAIT
from tui.app import KioskApp
from tui.interview import Step
from tui.office.app import OfficeApp
from tui.setup.setup import SetupApp
from tui.staff.new_event import NewEvent
from tui.survey.idle import IdleWarning
from tui.terminal.lockdown import LockedApp
from tui.terminal.process import FAULT
from tui.terminal.typing import TypingApp
from tui.toolkit.app import ToolkitApp


@pytest.fixture
def held_by_driver(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything the app gives its terminal from now on."""
    written: list[str] = []
    monkeypatch.setattr("textual.drivers.headless_driver.HeadlessDriver.write", lambda _, data: written.append(data))
    return written


def all_of(kind: type[Any]) -> list[type[Any]]:
    """Every class of our own of this kind."""
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        importlib.import_module(module.name)
    waiting, found = [kind], set()
    while waiting:
        for below in waiting.pop().__subclasses__():
            if below not in found:
                found.add(below)
                waiting.append(below)
    return sorted((each for each in found if each.__module__.startswith("tui.")), key=lambda each: each.__name__)


def files_in(folder: Path) -> list[Path]:
    """Everything under a folder."""
    return sorted(folder.rglob("*"))


def step_of(person: AtKiosk) -> Step:
    """Where the interview on the screen stands."""
    return person.app.survey.interview.step


def keys_of(bindings: object) -> set[str]:
    """The keys that a BINDINGS list names."""
    named = [binding.key if hasattr(binding, "key") else binding[0] for binding in bindings]  # type: ignore[attr-defined]
    return {key.strip() for keys in named for key in keys.split(",")}


# No way out through the keyboard


@pytest.mark.parametrize("kind", [App, Screen])
def test_no_app_and_no_screen_inherits_a_binding(kind: type[Any]) -> None:
    ours = all_of(kind)
    assert len(ours) >= (3 if kind is App else 10)
    for each in ours:
        own = [base for base in each.__mro__ if base.__module__.startswith("tui.")]
        declared = set().union(*(keys_of(vars(base).get("BINDINGS", ())) for base in own))
        merged = each._merged_bindings.key_to_bindings
        assert set(merged) == declared, each
        assert not all(vars(base)["_inherit_bindings"] for base in own), each
        actions = {binding.action for bindings in merged.values() for binding in bindings}
        assert {action for action in actions if action.startswith("app.")} <= {"app.focus_next", "app.focus_previous"}


async def test_the_command_palette_is_off(start: Start) -> None:
    async with start() as person:
        app = person.app
        assert not app.ENABLE_COMMAND_PALETTE
        assert not app.use_command_palette
        assert not app._bindings.key_to_bindings
        await person.press("ctrl+p", "ctrl+backslash")
        app.action_command_palette()
        await person.press("down")
        assert not isinstance(app.screen, CommandPalette)
        assert len(app.screen_stack) == 1


async def test_text_cannot_be_selected(start: Start) -> None:
    async with start() as person:
        await person.mouse(events.MouseDown, 4, 4)
        for x in range(4, 40, 6):
            await person.mouse(events.MouseMove, x, 6)
        await person.mouse(events.MouseUp, 40, 8)
        await person.pilot.triple_click(offset=(6, 6))
        await person.pilot.pause()
        assert not person.app.ALLOW_SELECT
        assert not person.app.screen.selections
        assert person.app.screen.get_selected_text() is None


async def test_copying_reaches_neither_clipboard_nor_terminal(
    start: Start, settings_file: SettingsFile, held_by_driver: list[str]
) -> None:
    async with start() as person:
        app = person.app
        await app.push_screen(NewEvent(settings_file))
        await person.pilot.pause()
        field = person.app.screen.query_one("#place", Input)
        field.focus()
        field.select_all()
        await person.press("ctrl+c", "super+c", "ctrl+insert")
        field.select_all()
        await person.press("ctrl+x")
        field.value = SECRET
        field.select_all()
        field.action_copy()
        field.action_cut()
        app.copy_to_clipboard(SECRET)
        with contextlib.suppress(SkipAction):
            app.screen.action_copy_text()
        await person.press("ctrl+v")
        await person.pilot.pause()
        assert app.clipboard == ""
        assert field.value == ""
        assert not [text for text in held_by_driver if "\x1b]52" in text or SECRET in text]


async def test_no_link_is_opened(start: Start, monkeypatch: pytest.MonkeyPatch, held_by_driver: list[str]) -> None:
    opened: list[str] = []
    for name in ("open", "open_new", "open_new_tab"):
        monkeypatch.setattr(webbrowser, name, opened.append)
    async with start() as person:
        assert person.app._driver is not None
        monkeypatch.setattr(person.app._driver, "open_url", lambda *given, **_: opened.append(given))
        person.app.open_url("https://example.org/")
        person.app.open_url("https://example.org/", new_tab=False)
        await person.pilot.pause()
    assert opened == []
    assert not [text for text in held_by_driver if "\x1b]8" in text]


async def test_no_action_of_the_app_is_allowed_but_moving_the_focus(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = files_in(tmp_path)
    offered = {
        name.removeprefix("action_"): action for name, action in inspect.getmembers(App) if name.startswith("action_")
    }
    assert {"quit", "help_quit", "screenshot", "suspend_process", "command_palette", "simulate_key"} <= set(offered)
    given = {"simulate_key": "('1')", "focus": "('start')", "switch_mode": "('x')", "notify": "('x')"}
    async with start() as person:
        app = person.app
        for name, action in offered.items():
            taken = [each for each in inspect.signature(action).parameters.values() if each.default is each.empty]
            arguments = given.get(name) or f"({', '.join(['repr(0)'.join(chr(39) * 2)] * (len(taken) - 1))})"
            allowed = name in {"focus_next", "focus_previous"}
            assert bool(app.check_action(name, ())) is allowed, name
            assert await app.run_action(f"app.{name}{arguments}") is allowed, name
            await person.pilot.pause()
        assert app.is_running
        assert len(app.screen_stack) == 1
        assert app.survey.interview.step is Step.WELCOME
        app.deliver_screenshot()
        app.deliver_text(str(tmp_path / "text"))
        app.deliver_binary(str(tmp_path / "binary"))
        with pytest.raises(Exception, match="does not suspend"), app.suspend():
            pass
    assert files_in(tmp_path) == files


@pytest.mark.usefixtures("easy_unlock")
async def test_data_is_never_parsed_as_markup(start: Start, settings_file: SettingsFile, staff_passphrase: str) -> None:
    name, place = "[b]Fair[/b] [@click=app.quit]x[/] [/]", "[red]Le[/eds [$primary]"
    organisation = {
        "name": "[bold]Muster[/bold] [/nonsense] \\[x",
        "statement": "We [i]ask[/i] [@click=app.bell]you[/].",
    }
    event = {"name": name, "date": "2026-11-23", "place": place}
    async with start((120, 40), organisation=organisation, event=event) as person:
        for text in (organisation["name"], organisation["statement"], name):
            assert text in person.read()
        await person.press("f2")
        await person.pilot.pause()
        await person.enter(staff_passphrase)
        for text in (name, place, organisation["name"]):
            assert text in person.read()
        await person.press("n")
        await person.pilot.pause()
        for text in (place, organisation["name"], organisation["statement"]):
            assert text in person.read()
    app = SetupApp(settings_file, settings_file.path.parent / "[b]not[/b] set up [/]")
    async with app.run_test(size=(120, 40)) as pilot:
        from tui.setup.setup import Finish

        await app.push_screen(Finish(app.plan))
        await pilot.pause()
        painted = "".join(segment.text for strip in app.screen._compositor.render_strips() for segment in strip)
        wrapped = "".join(painted.replace("│", " ").split())
        assert str(Path("[b]not[/b]setup[/]")) in wrapped


# No way out by breaking it

SCREEN = "from tui.survey.screen import SurveyScreen\n"
ROWS = "from tui.widgets.rows import Rows\nusual = Rows.render_line\n"
FAULTS: Mapping[str, tuple[str, str]] = {
    "an action": (SCREEN + "SurveyScreen.action_help = hurt", "h"),
    "a thread worker": ("import storage.kiosk.kiosk\nstorage.kiosk.kiosk.Kiosk.warm_up = hurt", ""),
    "a worker of the screen's own thread": (
        SCREEN + "async def work(): hurt()\nSurveyScreen.action_help = lambda self: self.run_worker(work())",
        "h",
    ),
    "the input thread": ("from textual.driver import Driver\nDriver.process_message = hurt", "h"),
    "a timer": (SCREEN + "SurveyScreen._tick = hurt", ""),
    "a callback after painting": (SCREEN + "SurveyScreen._prepare_views = hurt", ""),
    "painting": (ROWS + "Rows.render_line = lambda self, y: (hurt if self._marked else usual)(self, y)", "\x1b[B"),
    "composing": (SCREEN + "SurveyScreen.compose = hurt", ""),
    "the app's style sheet": (f"import tui.app\ntui.app.KioskApp.CSS = '{SECRET} {{ colour: }}'", ""),
    "a screen's style sheet": (
        f"import tui.shared.unlock\ntui.shared.unlock.Unlock.CSS = '{SECRET} {{ colour: }}'",
        "\x1bOQ",
    ),
    "what runs the app": ("import tui.app\ntui.app.KioskApp.run = hurt", ""),
}
"""What is broken beforehand, and the key that meets it: on the first question, or F2 on the welcome."""


LIKE_ANOTHER = {
    "a worker of the screen's own thread",  # as "an action": in the app's own loop
    "a timer",
    "the input thread",
    "a thread worker",
    "a callback after painting",
    "composing",
    "a screen's style sheet",  # as the app's
}


@pytest.mark.parametrize(
    "where", [pytest.param(where, marks=pytest.mark.long) if where in LIKE_ANOTHER else where for where in FAULTS]
)
@pytest.mark.sampled
def test_a_fault_shows_one_plain_sentence_and_never_a_traceback(where: str, program: Opens) -> None:
    injected, key = FAULTS[where]
    kiosk = program(first=HURTFUL + injected, PYTHONASYNCIODEBUG="1")
    if key and where != "the input thread":
        kiosk.start_survey()
    if key == "\x1bOQ":
        kiosk.type("\x1b")
        kiosk.shows("Hello.")
    kiosk.type(key)
    assert kiosk.end() == 1
    assert kiosk.after() == FAULT + "\r\n"
    assert not [word for word in (b"Traceback", b"Error", SECRET.encode()) if word in kiosk.written]
    assert ENTERED not in kiosk.written or kiosk.terminal_is_restored()


def test_no_fault_dumps_memory(program: Opens) -> None:
    if not hasattr(psutil, "RLIMIT_CORE"):
        pytest.skip("only Linux says what another process may dump")
    kiosk = program()
    kiosk.shows("Hello.")
    assert kiosk.process.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    kiosk.give_up()
    plain = program("plain")
    plain.shows("Type 1 to start")
    assert plain.process.rlimit(psutil.RLIMIT_CORE) == (0, 0)


@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_AS"), reason="only Linux can take another process's memory away")
def test_too_little_memory_for_the_passphrase_is_one_sentence_and_staff_can_try_again(
    program: Opens, staff_passphrase: str
) -> None:
    """With the real Argon2id, which takes 256 MiB."""
    kiosk = program()
    kiosk.shows("Hello.")
    kiosk.shows("Passphrase:", "\x1bOQ")
    kiosk.process.rlimit(psutil.RLIMIT_AS, (kiosk.process.memory_info().vms + (128 << 20), psutil.RLIM_INFINITY))
    kiosk.type(staff_passphrase + "\r")
    kiosk.shows("too little free memory")
    kiosk.process.rlimit(psutil.RLIMIT_AS, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
    kiosk.type(staff_passphrase + "\r")
    kiosk.shows("Hand over")


def test_an_interpreter_that_crashes_says_nothing_of_where_it_was(program: Opens) -> None:
    kiosk = program(PYTHONFAULTHANDLER="1")
    kiosk.shows("Hello.")
    kiosk.process.send_signal(signal.SIGSEGV)
    assert kiosk.end() == -signal.SIGSEGV
    assert b"Fatal" not in kiosk.written
    assert b".py" not in kiosk.written


# No way in through the environment


@pytest.mark.long
def test_every_textual_variable_is_dropped_before_textual_is_imported(program: Opens, tmp_path: Path) -> None:
    log, pictures = tmp_path / "log", tmp_path / "pictures"
    pictures.mkdir()
    first = (
        "import atexit, os, sys, tui\n"
        "assert 'textual' not in sys.modules\n"
        "assert {name for name in os.environ if name.startswith('TEXTUAL')} <= {'TEXTUAL_FPS'}  # our own\n"
        "assert os.environ.get('TEXTUAL_FPS') != '1'\n"
    )
    kiosk = program(
        first=first,
        TEXTUAL="debug,devtools",
        TEXTUAL_ALLOW_SIGNALS="1",
        TEXTUAL_DEBUG="1",
        TEXTUAL_DRIVER="nowhere:Driver",
        TEXTUAL_FPS="1",
        TEXTUAL_LOG=str(log),
        TEXTUAL_PRESS="1",
        TEXTUAL_SCREENSHOT="0",
        TEXTUAL_SCREENSHOT_LOCATION=str(pictures),
        TEXTUAL_SHOW_RETURN="1",
        TEXTUAL_ANYTHING="1",
    )
    kiosk.start_survey()
    kiosk.type("\x03")
    kiosk.shows("Question 1")
    assert kiosk.terminate() == 0
    assert kiosk.after() == ""
    assert not log.exists()
    assert not list(pictures.iterdir())
    assert not list(kiosk.working.iterdir())


# No way out through signals


def test_signals_that_a_keyboard_can_send_are_ignored(program: Opens) -> None:
    kiosk = program()
    kiosk.start_survey()
    for number in (signal.SIGTSTP, signal.SIGINT, signal.SIGQUIT):
        kiosk.process.send_signal(number)
        kiosk.process.send_signal(number)
    kiosk.type("h")
    kiosk.shows("Why we ask")  # help opened: it runs, and is not stopped
    assert kiosk.process.status() != psutil.STATUS_STOPPED
    assert LEFT not in kiosk.written


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.sampled
def test_being_told_to_end_restores_the_terminal(name: str, program: Opens) -> None:
    kiosk = program()
    kiosk.start_survey()
    assert kiosk.terminal() != kiosk.before
    kiosk.process.send_signal(signal.SIGCONT)  # what a supervisor, or the end of a session, may send besides
    kiosk.process.send_signal(signal.Signals[name])
    assert kiosk.end() == 0
    assert kiosk.after() == ""
    assert kiosk.terminal_is_restored()


ENDS_AT_FIRST = """
import asyncio
from tui.survey.screen import SurveyScreen
prepared = SurveyScreen._prepare_views
async def late(screen):
    screen.app.end()
    while screen.is_attached:
        await asyncio.sleep(0)
    await prepared(screen)
SurveyScreen._prepare_views = late
"""


def test_being_told_to_end_at_the_first_picture_is_no_fault(program: Opens) -> None:
    kiosk = program(first=ENDS_AT_FIRST)
    assert kiosk.end() == 0
    assert kiosk.terminal_is_restored()


COUNT_KEYS = """
import gc, os
from tui.app import KioskApp
prepared = KioskApp.on_survey_screen_prepared
def counted(app):
    prepared(app)
    if app.practice:
        gc.unfreeze()  # what is frozen is in no list of objects
        keys = sum(type(each).__name__ == "KioskPrivateKey" for each in gc.get_objects())
        with open(os.environ["COUNTED"], "w") as file:
            file.write(f"keys: {keys}")
KioskApp.on_survey_screen_prepared = counted
"""


@pytest.mark.long
def test_practice_begins_without_the_staff_key_and_being_told_to_end_there_does_not_go_on_to_the_kiosk(
    program: Opens, staff_passphrase: str, tmp_path: Path
) -> None:
    counted = tmp_path / "counted"
    kiosk = program(first=COUNT_KEYS, COUNTED=str(counted))
    kiosk.shows("Hello.")
    kiosk.shows("Passphrase:", "\x1bOQ")
    kiosk.type(staff_passphrase)
    kiosk.type("\r")
    kiosk.once_shown("Practise P", "p")
    kiosk.shows("This is for practice.")
    kiosk.shows("Question 1", "\r")
    assert kiosk.terminate() == 0
    assert kiosk.terminal_is_restored()
    assert counted.read_text("utf-8") == "keys: 0"


def test_closing_the_terminal_ends_the_program_and_leaves_the_pool_sound(
    program: Opens, set_up_folder: Path, settings_file: SettingsFile
) -> None:
    kiosk = program()
    kiosk.shows("That is fine", "2")
    kiosk.shows("Question 1", "s\r")  # not Enter alone, which would be a key that is held
    kiosk.type("3")
    kiosk.hang_up()
    kiosk.process.wait(timeout=WAIT)
    opened = Kiosk.open(set_up_folder, settings_file.settings)
    assert opened.held() == 1
    opened.close()


# Keys do nothing but what the screen says

HARMLESS = ("ctrl+c", "ctrl+q", "ctrl+z", "ctrl+p", "ctrl+backslash", "ctrl+d", "f3", "f10", "f12", "ctrl+l", "delete")


async def test_keys_that_leave_other_programs_do_nothing_at_any_step(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start() as person:

        async def nothing_happens(keys: Sequence[str] = HARMLESS) -> None:
            before = person.app.survey.interview, person.app.screen, person.lines()
            await person.press(*keys)
            assert (person.app.survey.interview, person.app.screen, person.lines()) == before
            assert person.app.is_running

        await nothing_happens()
        await person.press("1")
        for key in ("6", "3", "3", "2"):
            await nothing_happens()
            await person.press(key)
            await nothing_happens()
            await person.press("enter")
        assert step_of(person) is Step.CHECK
        await nothing_happens()
        with monkeypatch.context() as broken:
            broken.setattr(Pool, "_rewrite", _full)
            await person.press("enter")
        assert step_of(person) is Step.FAILED
        await nothing_happens()
        await person.press("1")
        assert step_of(person) is Step.THANKS
        await _countdown_stands_still(person)
        await nothing_happens()
        await person.press("enter", "f2")
        await person.pilot.pause()
        assert person.app.staff_open
        await nothing_happens([key for key in HARMLESS if key != "f3"])  # who has forgotten the passphrase presses that


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


async def _countdown_stands_still(person: AtKiosk) -> None:
    """Stop the thank-you's clock, so that what is painted can be compared."""
    for running in list(person.app.survey._timers):
        running.pause()
    await person.pilot.pause()


async def test_every_key_during_the_idle_warning_only_goes_on(start: Start) -> None:
    async with start() as person:
        await person.press("1", "6")
        for key in HARMLESS:
            before = person.app.survey.interview
            person.app.idle._touched -= person.app.settings.kiosk.idle_seconds
            person.app.watch_idle()
            await person.pilot.pause()
            assert isinstance(person.app.screen_stack[-1], IdleWarning)
            await person.press(key)
            await person.pilot.pause()
            assert person.app.screen_stack == [person.app.survey]
            assert person.app.survey.interview == before


SEQUENCES = [
    b"\x03\x11\x1a\x10\x1c\x04",
    b"\x1b[99;5u\x1b[113;5u\x1b[122;5u\x1b[112;5u\x1b[100;5u",  # the same keys, the way some terminals send them
    b"\x1b[200~1\rquit\n\x1b[201~",  # pasting
    b"\x1b]52;c;YQ==\x07\x1b]8;;https://example.org\x1b\\\x1bP+q544e\x1b\\\x1b_x\x1b\\\x1b^x\x1b\\",
    b"\x1b[I\x1b[O\x1b[1;1R\x1b[?62;c\x1b[?2026;2$y",  # a terminal's own reports
    b"\x1b[<64;10;10M\x1b[<35;9999;9999M\x1b[<2;5;5M\x1b[<2;5;5m",
    b"\xff\xfe\xc3\x28\xe2\x82\x00\x80" * 20,  # not UTF-8
    b"\x1b[" + b"9" * 500 + b"u",
    b"\x1b[15~\x1b[17~\x1b[24~\x1b[2~\x1b[3~\x1b[1;5A\x1b[1;3B",
    Random(1).randbytes(4000).translate(None, delete=b"123456789sSxXhH?\r\n \t\x1b"),  # noqa: S311 - a cat on the keys
]


def test_no_byte_sequence_leaves_the_kiosk(program: Opens) -> None:
    kiosk = program()
    for sequence in SEQUENCES:
        kiosk.start_survey()
        kiosk.type(sequence)
        kiosk.wait_until(lambda: "Hello." in kiosk.text() or "Do you want to stop?" in kiosk.text(), "x")
        kiosk.shows("Hello.", "" if "Hello." in kiosk.text() else "2")
    assert kiosk.process.is_running()
    assert LEFT not in kiosk.written
    assert b"\x1b]52" not in kiosk.written
    kiosk.start_survey()
    kiosk.type(SEQUENCES[0] + SEQUENCES[1])
    kiosk.shows("Choose an answer first", "s\r")
    assert "●" not in kiosk.text()


async def test_threads_forget_what_they_worked_on(start: Start) -> None:
    async with start() as person:
        await person.press("2", "enter")
        loop = asyncio.get_running_loop()
        from textual.worker import active_worker

        assert await loop.run_in_executor(None, lambda: active_worker.get(None)) is None


def test_every_app_is_locked_by_what_overrides_these_names_of_textual() -> None:
    names = [
        *("_fatal_error", "_print_error_renderables", "panic", "copy_to_clipboard", "open_url", "check_action"),
        *("deliver_screenshot", "deliver_text", "deliver_binary", "suspend", "get_driver_class"),
        "action_suspend_process",
    ]
    ours = [each for each in all_of(App) if each is not TypingApp]  # what LockedApp itself stands on
    assert {KioskApp, SetupApp, OfficeApp, ToolkitApp} < set(ours)
    for name in names:
        assert hasattr(App, name), f"Textual no longer has {name}: what took its place?"
        assert getattr(LockedApp, name) is not getattr(App, name)
        assert {getattr(each, name) for each in ours} == {getattr(LockedApp, name)}


# What of Textual's own the program stands on


@pytest.mark.parametrize(
    ("owner", "part", "where"),
    [
        *((App, part, "terminal/lockdown") for part in ("_display", "_fatal_error", "_filters", "_driver")),
        *((App, part, "terminal/lockdown") for part in ("_handle_exception", "_exit")),
        (Screen, "_get_breakpoint_classes", "terminal/lockdown"),
        (App, "_start_widget", "widgets/finger"),
        (Widget, "_styles_cache", "widgets/pages"),
    ],
)
def test_the_private_parts_of_textual_that_are_used_are_there(
    owner: Callable[[], object], part: str, where: str
) -> None:
    assert hasattr(owner(), part), f"Textual has no {part} any more: see how tui/{where}.py can do without"


def test_textuals_timers_sleep_by_a_name_that_can_be_given_another() -> None:
    assert "sleep" in vars(timer), "Textual's timers sleep otherwise now: see whether tui/terminal/timers.py is needed"
