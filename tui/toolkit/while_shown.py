"""Screens that wait for the disk may be gone when it answers: the kiosk locks them at any moment."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar

from textual.css.query import NoMatches
from textual.screen import Screen

AnyScreen = TypeVar("AnyScreen", bound=Screen[Any])
Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def while_shown(
    method: Callable[Concatenate[AnyScreen, Given], Coroutine[Any, Any, Answer]],
) -> Callable[Concatenate[AnyScreen, Given], Coroutine[Any, Any, Answer | None]]:
    """Let a screen's method end quietly where the screen's parts went away while it waited."""

    @functools.wraps(method)
    async def run(self: AnyScreen, /, *args: Given.args, **kwargs: Given.kwargs) -> Answer | None:
        try:
            return await method(self, *args, **kwargs)
        except NoMatches:
            if self.is_attached:
                raise
            return None

    return run
