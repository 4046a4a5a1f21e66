"""Pages that a browser shows and prints. Everything that is filled in is escaped."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2


def rendered(name: str, *, package: str = __name__, **context: object) -> str:
    """A page of this folder, or of another package, with what is given filled in."""
    return _environment(package).get_template(name).render(context)


@functools.cache
def _environment(package: str) -> jinja2.Environment:
    """Kept: taking a template apart costs more than filling it in."""
    import jinja2  # costs 60 ms, and only a page needs it

    return jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(package, ""), jinja2.PackageLoader(__name__, "")]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_kept_together,
    )


def _kept_together(value: object) -> object:
    """What is filled in, with numbers and their per cent signs on one line."""
    return re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", value) if type(value) is str else value
