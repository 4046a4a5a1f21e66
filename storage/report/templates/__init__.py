"""Pages that a browser shows and prints. Everything that is filled in is escaped."""

from __future__ import annotations

import re


def rendered(name: str, **context: object) -> str:
    """A page of this folder with what is given filled in."""
    import jinja2  # costs 60 ms, and only a page needs it

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__name__, ""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_kept_together,
    )
    return environment.get_template(name).render(context)


def _kept_together(value: object) -> object:
    """What is filled in, with numbers and their per cent signs on one line."""
    return re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", value) if type(value) is str else value
