"""The texts of a language pack."""

from collections.abc import Iterator


def flat(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from flat(part, f"{key}.{name}" if key else name)
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value):
            yield from flat(part, f"{key}.{place}")
