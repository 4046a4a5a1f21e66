"""Recovery codes: what was written down comes back however it is typed, and nothing else is taken for one."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto.recovery_code import normalise_code, recovery_code, secret_of_code
from storage.errors import KeyFileError

OFFICE: dict[str, str] = json.loads((Path(__file__).parents[1] / "vectors" / "office.json").read_text("utf-8"))

secrets = st.binary(min_size=17, max_size=17)


@given(secrets)
def test_a_recovery_code_gives_its_secret_back(secret: bytes) -> None:
    groups = recovery_code(secret)
    assert [len(group) for group in groups] == [4] * 8
    assert secret_of_code(" ".join(groups)) == secret


@given(secrets, st.integers(0, 31), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_mistyped_character_is_refused(secret: bytes, place: int, typed: str) -> None:
    code = "".join(recovery_code(secret))
    mistyped = code[:place] + typed + code[place + 1 :]
    if mistyped != code:
        with pytest.raises(KeyFileError):
            secret_of_code(mistyped)


@given(secrets)
def test_two_neighbours_swapped_are_refused(secret: bytes) -> None:
    code = "".join(recovery_code(secret))
    for place in range(31):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        if swapped != code:
            with pytest.raises(KeyFileError):
                secret_of_code(swapped)


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    secret = hashlib.sha256(b"one").digest()[:17]
    code = "".join(recovery_code(secret))
    assert "0" in code
    assert "1" in code
    for one in "1IiLl":
        for nought in "0Oo":
            assert secret_of_code(code.replace("1", one).replace("0", nought)) == secret
    assert normalise_code("oO iI lL-a") == "001111A"


def test_a_recovery_code_is_read_however_it_is_spaced() -> None:
    secret = bytes.fromhex(OFFICE["recovery_secret"])
    groups = OFFICE["recovery_code"].split()
    joins = ("", " ", "-", " - ", "\n", "\t", ", ", "\u2013", "\u00a0")
    for typed in (join.join(groups) for join in joins):
        assert secret_of_code(typed) == secret
        assert secret_of_code(f"  {typed.lower()} ") == secret


HEADING = "Recovery code of the office key. Write it on paper now; it is not shown again:"


def on_screen(groups: list[str]) -> str:
    """The code as set-up shows it: two columns, numbered."""
    numbered = [f"{number:2}  {group}" for number, group in enumerate(groups, 1)]
    return "\n".join(f"{left}      {right}" for left, right in zip(numbered[:4], numbered[4:], strict=True))


@pytest.mark.parametrize(
    "written",
    [
        lambda groups: f"{' '.join(groups[:4])}\n{' '.join(groups[4:])}\n",
        "\n".join,
        lambda groups: "\n\n" + " ".join(groups),
        lambda groups: f"{HEADING}\n{' '.join(groups)}\nFingerprint: 12345 12345 12345 12345 12345 12345\n",
        lambda groups: f"Code: {'-'.join(groups)} (keep this safe)",
        lambda groups: "\n".join(f"{number}. {group}" for number, group in enumerate(groups, 1)),
        lambda groups: f"{HEADING}\n{on_screen(groups)}",
    ],
    ids=["two lines", "eight lines", "first lines empty", "heading", "same line", "numbered", "as on the screen"],
)
@given(secrets)
def test_a_recovery_code_is_found_in_whatever_was_copied_with_it(
    written: Callable[[list[str]], str], secret: bytes
) -> None:
    assert secret_of_code(written(list(recovery_code(secret)))) == secret


@given(st.text())
def test_no_text_is_a_recovery_code_by_chance(text: str) -> None:
    with pytest.raises(KeyFileError, match="8 groups of 4"):
        secret_of_code(text)


def test_a_code_that_is_too_short_too_long_or_of_other_letters_is_refused() -> None:
    code = OFFICE["recovery_code"]
    for typed in ("", " ", code[:-1], code + "0", "U" + code[1:], "é" + code[1:], "\uff10" + code[1:], code[:-5]):
        with pytest.raises(KeyFileError, match="8 groups of 4"):
            secret_of_code(typed)
