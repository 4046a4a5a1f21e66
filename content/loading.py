"""Reading data files: TOML, checked as a whole, with an error that names the file and the key."""

from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1)]


class ContentError(Exception):
    """A data file that is missing or not as it should be; the message names the file and the key."""


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a data file: immutable, and strict about its keys."""


Loaded = TypeVar("Loaded", bound=Content)


def load(folder: Path, name: str, kind: type[Loaded]) -> Loaded:
    """Load `<folder>/<name>.toml` as a `kind`.

    Raises:
        ContentError: it is missing or malformed.
    """
    import tomllib  # costs more than all else in this module, and many commands load no wording

    file = f"{folder.name}/{name}.toml"
    if f"{name}.toml" not in {path.name for path in folder.iterdir()}:
        raise ContentError(f"There is no file content/{file}.")
    try:
        data = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        return msgspec.convert(data, kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ContentError(f"content/{file}: {error}{_suggestion(str(error))}") from error


def _suggestion(error: str) -> str:
    """Return “ (did you mean …?)” where msgspec's message is about a key close to one we know."""
    import difflib
    import re

    unknown = re.search(r"unknown field `(.*?)`", error)
    known = {field for part in Content.__subclasses__() for field in part.__struct_fields__}
    nearest = difflib.get_close_matches(unknown[1], known, n=1) if unknown else []
    return f" (did you mean `{nearest[0]}`?)" if nearest else ""
