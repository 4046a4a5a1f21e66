"""What the commands about debriefs share: their options, how they ask, and what they print."""

import functools
import sys
from collections.abc import Callable, Iterable, Mapping

import click

from storage.counts.findings import DebriefFinding
from storage.debrief import ABOUT, PROMPTS, QUESTIONS, Debrief, Prompt, debrief_typed
from tui.cli.output import asked_or, say

Answers = Mapping[Prompt, str | None]
NOTHING_WRITTEN = "Nobody has written how it went yet."


def with_answers(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each of the three answers; it gets what was given as `answers`."""

    @click.option("--worked", metavar="TEXT", help=QUESTIONS["worked"])
    @click.option("--change", metavar="TEXT", help=QUESTIONS["change"])
    @click.option("--support", metavar="TEXT", help=QUESTIONS["support"])
    @functools.wraps(command)
    def run(**entered: object) -> None:
        answers = {prompt: entered.pop(prompt) for prompt in PROMPTS}
        command(answers=answers, **entered)

    return run


def said_now(answers: Answers, before: Debrief | None) -> Debrief | None:
    """What is to be kept: options in the place of what was written, else what somebody answers, who is asked.

    None where nothing was given and there is nobody to ask.

    Raises:
        DebriefError: an answer is too long, or all are empty.
    """
    was = dict.fromkeys(PROMPTS, "") | dict((before or Debrief()).answers)
    if any(answer is not None for answer in answers.values()):
        given = {prompt: answer for prompt, answer in answers.items() if answer is not None}
        return debrief_typed(was | given)
    if not sys.stdin.isatty():
        return None
    say(ABOUT, aside=True)
    say("Enter keeps what stands in brackets; - leaves a question without an answer.", aside=True)
    typed = {prompt: asked_or(QUESTIONS[prompt], was[prompt]) for prompt in PROMPTS}
    return debrief_typed({prompt: "" if text == "-" else text for prompt, text in typed.items()})


def say_debrief(found: DebriefFinding, name: str) -> None:
    """Print what was written, and below each answer the items of the toolkit that it leads to."""
    from content.toolkit import load_toolkit

    links = {one.category: one.links for one in load_toolkit().readings if one.shows == "debrief"}
    say(f"{name}:")
    for prompt, text in found.answers:
        say(f"   {QUESTIONS[prompt]} {text}")
        say(f"      In the toolkit: {', '.join(links[prompt])}")


def say_how_to_read(found: Iterable[DebriefFinding]) -> None:
    """Say how the items are read, where there are some."""
    if any(True for _ in found):
        say('"fairstart toolkit show ID" says how to do one.')
