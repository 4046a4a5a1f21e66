"""Reading data files: TOML, checked as a whole, with an error that names the file and the key."""

from pathlib import Path
from typing import Annotated, Any, TypeVar

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
    import tomllib  # many commands load no wording

    file = f"{folder.name}/{name}.toml"
    if f"{name}.toml" not in {path.name for path in folder.iterdir()}:
        raise ContentError(f"There is no file content/{file}.")
    try:
        text = (folder / f"{name}.toml").read_text(encoding="utf-8")
        plain = texts_in(text)
        return msgspec.convert(tomllib.loads(text) if plain is None else plain, kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ContentError(f"content/{file}: {error}{_suggestion(str(error))}") from error


def texts_in(text: str) -> dict[str, Any] | None:
    """What a TOML file says that has only tables of plain texts, as the usual pack; None for any other.

    `tomllib` takes 2 ms for that pack, and this a tenth of it: every start waits for it.
    """
    if "\\" in text or not text.replace("\n", "").isprintable():
        return None
    whole: dict[str, Any] = {}
    table, tables = whole, set()
    for line in text.split("\n"):
        if not line or line[0] == "#":
            continue
        key, _, value = line.partition(' = "')
        if line[0] == "[":
            array = line.startswith("[[")
            name = line[2:-2] if array else line[1:-1]
            is_name = line.endswith("]]" if array else "]") and all(map(_is_bare, name.split(".")))
            fresh = is_name and (array or name not in tables)
            found = _table(whole, name, one_more=array) if fresh else None
            if found is None:
                return None
            table = found
            tables.add(name)
        elif key not in table and _is_bare(key) and value.find('"') == len(value) - 1 >= 0:
            table[key] = value[:-1]
        else:
            return None
    return whole


def _is_bare(key: str) -> bool:
    return key.isascii() and key.isidentifier()


def _table(within: dict[str, Any], name: str, *, one_more: bool) -> dict[str, Any] | None:
    """The table of this name, or one more in the array of this name; None where something else has it."""
    *above, last = name.split(".")
    for step in above:
        within = within.setdefault(step, {})
        if not isinstance(within, dict):
            return None
    table = within.setdefault(last, [] if one_more else {})
    if one_more and isinstance(table, list):
        new: dict[str, Any] = {}
        table.append(new)
        return new
    return table if isinstance(table, dict) and not one_more else None


def _suggestion(error: str) -> str:
    """Return “ (did you mean …?)” where msgspec's message is about a key close to one we know."""
    import difflib
    import re

    unknown = re.search(r"unknown field `(.*?)`", error)
    known = {field for part in Content.__subclasses__() for field in part.__struct_fields__}
    nearest = difflib.get_close_matches(unknown[1], known, n=1) if unknown else []
    return f" (did you mean `{nearest[0]}`?)" if nearest else ""
