"""What a candidate can do: every key, button and click, and which view it is for."""

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from content.language import Words
from tui.interview import Interview, Step
from tui.survey.aloud import Aloud
from tui.survey.presses import Presses
from tui.survey.view import View

if TYPE_CHECKING:
    from tui.widgets.answers import Answers
    from tui.widgets.rows import Rows


class Controls(Screen[None], inherit_bindings=False):
    """Hands what a candidate does to the view whose turn it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,0,plus", "proceed", show=False),
        Binding("escape,minus", "back", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("space", "choose_marked", show=False),
        Binding("p,P", "prefer_not_to_say", show=False),
        Binding("question_mark,h,H,f1,slash", "help", show=False),
        Binding("r,R,asterisk", "read", show=False),
        Binding("a,A", "say_again", show=False),
        Binding("less_than_sign,comma", "pace(-1)", show=False),
        Binding("greater_than_sign,full_stop", "pace(1)", show=False),
        Binding("s,S", "show_answers", show=False),
        Binding("x,X", "stop", show=False),
        Binding("f2", "staff", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
        *(Binding(str(digit), f"digit({digit})", show=False) for digit in range(1, 10)),
    ]

    class StaffWanted(Message):
        """Someone pressed the staff control on the welcome screen."""

    interview: Interview
    words: Words
    aloud: Aloud
    presses: Presses
    _covered = False
    choosing = False
    """Whether a choice is about to lie over this screen: keys that come before it does are not for here."""

    @property
    def view(self) -> View:
        """The view whose turn it is."""
        raise NotImplementedError

    def show(self, interview: Interview) -> None:
        """Show where the interview now stands."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forget everything typed and welcome the next candidate."""
        raise NotImplementedError

    def action_proceed(self) -> None:
        """Enter: the natural next thing."""
        self.view.proceed()

    def action_back(self) -> None:
        """Escape: close help, or go back."""
        self.view.back()

    def action_digit(self, digit: int) -> None:
        """A digit: an answer, a question to change, or one of the buttons."""
        self.view.digit(digit)

    def action_move(self, step: int) -> None:
        """Up and down: move the mark where there is one, else scroll."""
        self.set_focus(None)
        self.view.move(step)

    def action_page(self, pages: int) -> None:
        """Page up and down: scroll without choosing; on a wide screen, the help."""
        self.view.page(pages)

    def action_choose_marked(self) -> None:
        """Space: choose the marked answer."""
        self.view.choose_marked()

    def action_prefer_not_to_say(self) -> None:
        """The answer that has one key on every question."""
        self.view.prefer_not_to_say()

    def action_go_on(self) -> None:
        """The button beside an answer: go on, or hear what is missing."""
        self.view.go_on()

    def action_help(self) -> None:
        """Open or close help."""
        self.set_focus(None)
        self.view.help()

    def action_show_answers(self) -> None:
        """Show what was chosen, because the candidate asks."""
        self.view.show_answers()

    def action_read(self) -> None:
        """Read aloud what stands here, and each new screen from now on; or no more."""
        self.aloud.ask(self.view.read_aloud(), self.words)

    def action_say_again(self) -> None:
        """Say one answer again to who listens, or all where there is none to say."""
        self.aloud.read_on(self.view.say_again(), self.words)

    def action_pace(self, step: int) -> None:
        """Speak slower or faster to who listens, and let them hear it."""
        self.aloud.change_pace(step)
        self.action_say_again()

    def action_stop(self) -> None:
        """Ask whether to clear the answers; with none to lose, go back to the welcome."""
        if self.interview.under_way and not self.interview.answers:
            self.reset()
        else:
            self.show(self.interview.stop())

    def action_staff(self) -> None:
        """Ask for the staff passphrase; only where no candidate is answering."""
        if self.interview.step in {Step.WELCOME, Step.CLOSED}:
            self.post_message(self.StaffWanted())

    async def action_press(self, action: str) -> None:
        """A button: what its key does. Enter then goes on from here, and does not press the button again."""
        self.set_focus(None)
        await self.app.run_action(action, self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Pass over keys and clicks that came for a choice before it was there, or for the view before this one."""
        return action == "press" or not (self.choosing or self.presses.spent)

    def on_screen_suspend(self) -> None:
        """Something lies over this screen."""
        self._covered = True

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """What lay over this screen has gone: a choice was made or left, or somebody is still there."""
        self.choosing = False
        event.refresh_styles = self._covered  # at first they are new
        if self._covered:
            self._covered = False
            self.presses.screen_came()

    def on_answers_answered(self, message: "Answers.Answered") -> None:
        """Take an answer, unless a key has left its question since."""
        if message.question == self.interview.question and not self.presses.spent:
            self.view.choose(message.code)

    def on_rows_clicked(self, message: "Rows.Clicked") -> None:
        """A question was clicked on the check."""
        if not self.presses.spent:
            self.show(self.interview.change(message.number - 1))
