"""An address means the same with every driver: each part is decoded once, and no sign in it means anything else."""

import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.exchange.addresses import Address, shown

names = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1)
signs = st.text(st.sampled_from("#?*[]%/@:;&=+ \\'\"~é"), min_size=1)
paths = st.lists((names | signs).map(lambda name: name.replace("/", "")).filter(bool)).map("/".join)


def encoded(text: str) -> str:
    return urllib.parse.quote(text, safe="")


@given(
    names | signs,
    names | signs,
    st.sampled_from(["host", "10.0.0.1", "[::1]"]),
    st.none() | st.integers(1, 65535),
    paths,
)
def test_each_part_is_decoded_once(user: str, password: str, host: str, port: int | None, path: str) -> None:
    server = host if port is None else f"{host}:{port}"
    place = f"sftp://{encoded(user)}:{encoded(password)}@{server}/{urllib.parse.quote(path)}"
    address = Address.of(place)
    assert (address.user, address.password) == (user, password)
    assert (address.host, address.port) == (host.strip("[]"), port)
    assert address.path == f"/{path}".rstrip("/")
    assert shown(place) in {f"sftp://{server}/{urllib.parse.quote(path)}", "sftp://…"}


@given(st.text(st.characters(exclude_characters="%@", exclude_categories=("Cc", "Cs"))))
def test_signs_that_are_not_encoded_are_letters_of_a_name(path: str) -> None:
    assert Address.of(f"s3://bucket/{path}").path == f"/{path}".rstrip("/")


@pytest.mark.parametrize("place", ["sftp://host", "sftp://host/", "SFTP://host"])
def test_no_path_is_no_path(place: str) -> None:
    assert Address.of(place) == Address(user=None, password=None, host="host", port=None, path="")


def test_an_empty_password_is_one_and_a_user_may_have_none() -> None:
    assert (Address.of("sftp://ann:@host").password, Address.of("sftp://ann@host").password) == ("", None)


@pytest.mark.parametrize(
    "place",
    [
        *("sftp://[host/x", "sftp://host:port/x", "sftp://host:123456/x", "://host", "a b://x", "sftp://ho?st/x"),
        *("simplecache::sftp://host/x", "sftp://host/%ff", "sftp://host/a%00b", "sftp://host/a%0Ab", "s3://buck#et"),
    ],
)
def test_what_is_no_address_is_refused(place: str) -> None:
    with pytest.raises(ValueError, match=r"address|name|decode"):
        Address.of(place)


@given(st.text(), st.sampled_from(["sftp", "FILE", "s3", "https", "smb", "a::b", ""]), st.sampled_from(["", "/drop"]))
def test_whatever_stands_before_the_last_at_sign_is_not_shown(text: str, protocol: str, path: str) -> None:
    place = f"{protocol}://ann:secret{text}@host{path}"
    assert "secret" not in shown(place)
