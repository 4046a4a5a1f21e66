"""`fairstart guide` where there are no screens: pages as text."""

import re
from pathlib import Path

import pytest

from content.guide import FOLDER as GUIDE
from content.guide import Page
from tests.tui.cli.commands import Opens, Runs, every_command
from tui.text.guide import all_pages, passages, printed


def test_without_a_terminal_the_first_page_is_printed_and_each_by_its_name(ran: Runs) -> None:
    first, events = ran("guide"), ran("guide", "Events")
    first.answer()
    assert first.out.startswith("The guide\n---------\n")
    assert events.out.startswith("At an event\n")
    assert "Take a receipt" in events.out


def test_the_list_names_every_page(ran: Runs) -> None:
    listed = ran("guide", "--list")
    assert [line.split()[0] for line in listed.out.splitlines()] == [page.name for page in all_pages()]
    assert "privacy" in listed.out


def test_a_page_that_there_is_not_is_wrong_use(ran: Runs) -> None:
    assert "there is no page “event”" in ran("guide", "event").refusal(2)


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_a_page_loses_no_word_and_keeps_no_mark(page: Page) -> None:
    lines = list(printed(page.text))
    said = " ".join(lines)
    assert not [line for line in lines if line.startswith(("#", "| ", "```", "!["))]
    assert "](" not in said
    words = {word for word in page.text.replace("|", " ").split() if word.isalpha()}
    heads = {line.split("|")[1].strip() for line in page.text.splitlines() if line.startswith("|")}
    assert {word for word in words if word not in said} - heads <= {"sh", "powershell", "toml", "text", "json"}
    assert all(passage.text or passage.kind == "aside" for passage in passages(page.text))


def test_every_command_stands_in_the_table_of_commands() -> None:
    rows = re.findall(r"^\| `(fairstart[^`]*)` \|", (GUIDE / "commands.md").read_text("utf-8"), re.MULTILINE)
    names = [" ".join(("fairstart", *path)) for path, _ in every_command()]
    assert [name for name in names if not any(row.startswith(name) for row in rows)] == []


def test_a_table_is_a_list_that_names_its_columns() -> None:
    rows = "| key | what it sets | as shipped |\n|---|---|---|\n| `a` | **b** | [c](d.md) |\n"
    assert list(printed(rows)) == ["▸ a", "    what it sets: b", "    as shipped: c", ""]


def test_code_keeps_its_lines_and_lists_their_numbers() -> None:
    assert list(printed("```sh\na \\\n    b\n```\n")) == ["    a \\", "        b", ""]
    assert list(printed("1. one\n2. two\n\n   more\n")) == ["1. one", "2. two", "   more"]


def test_on_a_terminal_it_is_screens(program: Opens, tmp_path: Path) -> None:
    opened = program("guide", "events", "--data", str(tmp_path / "none"))
    opened.shows("Candidates and staff")
    opened.shows("Choose what to read", "\x1b")
    opened.type("q")
    assert opened.end() == 0
    assert not (tmp_path / "none").exists()
