"""An action plan comes back from a spreadsheet as it was edited, or not at all, and nothing in it is ever run."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from openpyxl import load_workbook

from content.toolkit import load_toolkit
from storage.errors import PlanError
from storage.report.action_plan import (
    SIZE_LIMIT,
    Change,
    Part,
    Plan,
    PlanRow,
    checklist_of,
    plan_of,
    read_back,
    written,
)
from storage.report.spreadsheet_safety import inert, literal, restored
from storage.text import cleaned
from storage.toolkit.checklist import (
    BLANK,
    FIELDS,
    NOTE_LENGTH,
    OWNER_LENGTH,
    STATUS_WORDS,
    STATUSES,
    Checklist,
    Edit,
    Record,
    Status,
    as_date,
    fitting,
)
from tests.storage.programs import converted

Cells = tuple[str, ...]

TOOLKIT = load_toolkit()
TODAY = dt.date(2026, 5, 3)
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - wide ones
SOME = ("F1", "F21", "D1.1", "O1.1", "O3.8", "H4.10", "A11")
"""Must-haves, and items with and without a tip."""


def entry(name: str) -> st.SearchStrategy[str]:
    """A field as the checklist gives it, whatever somebody typed."""
    sign = st.sampled_from("\"'=+-@,;\t\n\r|\\ aZé’☑\u200d＝－＋＠")  # noqa: RUF001 - wide ones
    typed = st.builds(
        "{}{}".format,
        st.sampled_from(["", "=", "'=", "''+", "@", "\t=", "'", "'\n-", "＝", "-1", '"', " =", "\u200d="]),  # noqa: RUF001
        st.text(st.one_of(sign, st.characters()), max_size=30),
    )
    kept = {"owner": lambda text: fitting("owner", text[:20]), "note": lambda text: fitting("note", text)}
    return typed.map(lambda text: cleaned(kept[name](text)))


records = st.dictionaries(
    st.sampled_from(SOME),
    st.builds(
        Record,
        status=st.sampled_from(STATUSES),
        owner=entry("owner"),
        review=st.none() | st.dates(),
        note=entry("note"),
    ),
)


def all_of(known: Mapping[str, Record]) -> Plan:
    return plan_of(TOOLKIT, TOOLKIT.actions, known, "Musterwerk")


def some_of(known: Mapping[str, Record]) -> Plan:
    return plan_of(TOOLKIT, [item for item in TOOLKIT.actions if item.id in SOME], known, "Musterwerk")


def one(record: Record, name: str = "F1") -> Plan:
    return plan_of(TOOLKIT, [item for item in TOOLKIT.actions if item.id == name], {name: record}, "")


def after(changes: Sequence[Change], known: Mapping[str, Record]) -> dict[str, Record]:
    """What the records are once these changes are made; blank ones are left out."""
    now = dict(known)
    for name, field, before, value, event in (change.edit for change in changes):
        record = now.get(name, BLANK)
        assert (record.text(field), event) == (before, "")
        now[name] = msgspec.structs.replace(record, **{field: as_date(value) if field == "review" else value})
    return noted(now)


def noted(known: Mapping[str, Record]) -> dict[str, Record]:
    return {name: record for name, record in known.items() if record != BLANK}


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


# What is in a plan


def test_a_plan_is_in_order_under_chapters_and_tips() -> None:
    plan = all_of({})
    general = ["Must-haves: Data", "Must-haves: Culture and leadership", "Must-haves: Outreach"]
    assert [part.chapter for part in plan.parts[:3]] == general
    assert "Must-haves: General" in [part.chapter for part in plan.parts]
    assert [(part.chapter, part.tip) for part in plan.parts if not part.chapter.startswith("Must-haves")] == [
        (chapter.title, f"{tip.id} {tip.title}" if tip else "")
        for chapter in TOOLKIT.chapters
        for tip in (*chapter.tips, *([None] if chapter.items else []))
    ]
    assert [row.entry for row in plan.rows] == list(TOOLKIT.actions)
    for part in plan.parts:
        if part.tip:
            assert [row.entry for row in part.rows] == list(TOOLKIT.tips[part.tip.partition(" ")[0]].items)


def test_a_plan_holds_the_items_asked_for_with_what_is_noted_of_them() -> None:
    known = {"O1.2": Record(status="done", owner="Ann"), "F1": Record(status="in progress"), "O1.1": Record("done")}
    items = [item for item in TOOLKIT.actions if item.id in {"F1", "O1.2", "A3"}]
    plan = plan_of(TOOLKIT, items, known, "Musterwerk")
    assert [(row.entry.id, row.record) for row in plan.rows] == [
        ("F1", known["F1"]),
        ("O1.2", known["O1.2"]),
        ("A3", BLANK),
    ]
    assert (plan.title, plan.explained) == ("Action plan of Musterwerk", False)
    assert plan.about == "1 of 3 done, 1 in progress."


def test_a_plan_of_nobody_in_particular_or_of_nothing_can_be_written() -> None:
    plan = plan_of(TOOLKIT, (), {}, "")
    assert (plan.title, plan.about, plan.parts) == ("Action plan", "0 of 0 done, 0 in progress.", ())
    assert rows_of(written(plan, "csv", TODAY)) == []
    assert read_back(written(plan, "csv", TODAY).encode(), TOOLKIT, {"F1": Record("done")}) == ()
    assert written(plan, "md", TODAY).startswith("# Action plan\n")
    assert page(plan).findtext("head/title") == "Action plan"


@pytest.mark.parametrize("name", ["event", "after", "advert"])
def test_a_printed_checklist_has_every_check_with_its_help(name: str) -> None:
    way = TOOLKIT.way(name)
    ticked = way.checks[1].id
    plan = checklist_of(way, {ticked: Record("done")}, "Riverside Jobs Fair")
    assert plan.title == f"{way.title}: Riverside Jobs Fair"
    assert checklist_of(way, {}, "").title == way.title
    assert (plan.about, plan.explained) == (way.about, True)
    assert [part.chapter for part in plan.parts] == [group.title for group in way.groups]
    assert [row.entry for row in plan.rows] == list(way.checks)
    assert [row.entry.id for row in plan.rows if row.record.status == "done"] == [ticked]
    shown = [text_of(row) for row in page(plan).iter("li")]
    read = as_text(written(plan, "md", TODAY))
    for check, row in zip(way.checks, shown, strict=True):
        assert check.title in row
        assert check.text in row
        assert check.title in read
        assert check.text in read


def test_there_are_three_ways_to_print() -> None:
    assert [way.id for way in TOOLKIT.ways] == ["event", "after", "advert"]


# CSV there and back


@settings(max_examples=60)
@given(records, records)
def test_what_is_read_back_is_what_was_written_whatever_was_there_before_and_no_cell_begins_as_a_formula(
    known: dict[str, Record], before: dict[str, Record]
) -> None:
    text = written(some_of(known), "csv", TODAY)
    assert read_back(text.encode(), TOOLKIT, known) == ()
    for there in ({}, before):
        assert after(read_back(text.encode(), TOOLKIT, there), there) == noted(known)
    for row in csv.reader(io.StringIO(text, newline=""), strict=True):
        assert not [cell for cell in row if cell.lstrip(" ").startswith(FORMULA_SIGNS)]


CHANGED = (
    *(
        "007",
        "1/2",
        "3E5",
        "50%",
        "5-6",
        "1 1/2",
        "10:30",
        "10.30 am",
        "1,000",
        "£5",
        "(5)",
        " 12 ",
        "1e-3",
        "00",
        "5.",
    ),
    *(
        "3 May",
        "May-26",
        "Mar 1",
        "Tue 3 March 2026",
        "2026-11-23",
        "2026-11-23T10:00",
        "TRUE",
        "false",
        "٣",
        "\uff15\uff10\uff05",
    ),
)
"""What a spreadsheet takes for a number, a day or the like, and writes differently."""


@pytest.mark.parametrize(
    ("guarded", "text"), [*((inert, f"{sign}1+1") for sign in FORMULA_SIGNS), *((literal, text) for text in CHANGED)]
)
def test_what_a_spreadsheet_would_run_or_change_gets_one_apostrophe_and_loses_it_again(
    guarded: Callable[[str], str], text: str
) -> None:
    for told in (text, f"'{text}", f"''{text}"):
        assert guarded(told) == f"'{told}"
        assert restored(guarded(told)) == told


LEFT_ALONE = {
    inert: ["", "'", "''", "'tis", "'quoted'", " =1", "a=b", "5-6", "a\n=b", "“=1”", "’=1"],
    literal: ["", "Ann", "3 people", "Room 4", "a 1", "May", "'tis", "Decide by 5", "1 of 3", "…"],
}


@pytest.mark.parametrize(("guarded", "text"), [(how, text) for how, texts in LEFT_ALONE.items() for text in texts])
def test_what_a_spreadsheet_leaves_alone_is_written_as_it_is(guarded: Callable[[str], str], text: str) -> None:
    assert guarded(text) == text
    assert restored(text) == text


@given(
    st.text(st.one_of(st.sampled_from("'=+0123456789/%-eE.,: "), st.characters())), st.sampled_from(["", "'", "jan"])
)
def test_whatever_the_words_they_are_those_that_were_written(text: str, before: str) -> None:
    assert restored(literal(before + text)) == before + text


def test_a_long_note_of_what_is_nearly_days_is_looked_at_in_no_time() -> None:
    assert literal("1" + "jan" * 1300 + "!").startswith("1jan")


def test_headings_and_titles_are_inert_too() -> None:
    item = msgspec.structs.replace(TOOLKIT.must_haves[0], title="-title")
    part = Part(chapter="=chapter", tip="@tip", rows=(PlanRow(entry=item, record=BLANK),))
    [row] = rows_of(written(Plan(title="=", about="=", explained=False, parts=(part,)), "csv", TODAY))
    assert (row["chapter"], row["tip"], row["item"]) == ("'=chapter", "'@tip", "'-title")


def test_the_csv_can_be_checked_by_hand() -> None:
    known = {"O1.1": Record("in progress", "Ann", dt.date(2026, 11, 23), 'Say “hi”,\nthen "go"; =1')}
    plan = plan_of(TOOLKIT, [item for item in TOOLKIT.items if item.id == "O1.1"], known, "")
    assert written(plan, "csv", TODAY) == (
        '\ufeff"id","chapter","tip","item","status","owner","review_date","note"\r\n'
        '"O1.1","Outreach","O1 Plan outreach that people can join","Describe the people you want to reach",'
        '"in progress","Ann","2026-11-23","Say “hi”,\nthen ""go""; =1"\r\n'
    )


def test_a_plan_full_to_the_brim_can_be_read_back() -> None:
    brimful = Record("not relevant", "\U0001d11e" * OWNER_LENGTH, TODAY, "\U0001d11e" * NOTE_LENGTH)
    known = {item.id: brimful for item in TOOLKIT.actions}
    content = written(all_of(known), "csv", TODAY).encode()
    assert read_back(content, TOOLKIT, known) == ()
    assert len(read_back(content, TOOLKIT, {})) == len(FIELDS) * len(TOOLKIT.actions)


# Edited elsewhere


BEFORE = {
    "F1": Record("in progress", "Ann", dt.date(2026, 5, 3), "Call her"),
    "O1.1": Record("done", "Bo", dt.date(2026, 6, 1), "Old"),
    "H1.1": Record("not relevant", "", None, "stays"),
}
HEADER: Cells = ("id", "chapter", "tip", "item", "status", "owner", "review_date", "note")
EDITED: tuple[Cells, ...] = (
    ("F1", "Must-haves: Data", "", "Ask", "done", "Zoë", "2026-11-23", "It’s at the café,\nupstairs; say “hi”"),
    ("F2", "Must-haves: Data", "", "Say", "in progress", "", "2027-01-05", ""),
    ("O1.1", "Outreach", "O1 Plan", "Describe", "", "", "", ""),
    ("H1.1", "Hiring", "H1 Hire", "See", "not relevant", "", "", "stays"),
    ("H1.2", "Hiring", "H1 Hire", "See", "not started", "Al, B; C", "", "'=SUM(A1)"),
)
EDITS = [
    Edit("F1", "status", "in progress", "done"),
    Edit("F1", "owner", "Ann", "Zoë"),
    Edit("F1", "review", "2026-05-03", "2026-11-23"),
    Edit("F1", "note", "Call her", "It’s at the café,\nupstairs; say “hi”"),
    Edit("F2", "status", "not started", "in progress"),
    Edit("F2", "review", "", "2027-01-05"),
    Edit("O1.1", "status", "done", "not started"),
    Edit("O1.1", "owner", "Bo", ""),
    Edit("O1.1", "review", "2026-06-01", ""),
    Edit("O1.1", "note", "Old", ""),
    Edit("H1.2", "owner", "", "Al, B; C"),
    Edit("H1.2", "note", "", "=SUM(A1)"),
]


def sheet(
    rows: Sequence[Sequence[str]] = EDITED,
    header: Sequence[str] = HEADER,
    parting: str = ",",
    ending: str = "\r\n",
    *,
    quoted: bool = False,
) -> str:
    text = io.StringIO(newline="")
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=parting, lineterminator=ending, quoting=quoting).writerows([header, *rows])
    return text.getvalue()


def each(column: str, change: Callable[[str], str], rows: Sequence[Cells] = EDITED) -> list[Cells]:
    """The rows, with the cells of one column changed that are not empty."""
    place = HEADER.index(column)
    return [(*row[:place], change(row[place]) if row[place] else "", *row[place + 1 :]) for row in rows]


def as_dates(pattern: str) -> list[Cells]:
    return each("review_date", lambda cell: dt.date.fromisoformat(cell).strftime(pattern))


def only(*columns: str) -> str:
    """The sheet with these columns alone, in this order."""
    return sheet([[row[HEADER.index(column)] for column in columns] for row in EDITED], columns)


def spaced(text: str) -> str:
    return f"  {text} "


def trimmed(rows: Sequence[Cells]) -> list[Cells]:
    """Without the empty cells at the end."""
    return [row[: max(place for place, cell in enumerate(row) if cell) + 1] for row in rows]


SAID: Mapping[str, str] = dict(STATUS_WORDS.items())
VARIANTS: dict[str, bytes] = {
    "UTF-8": sheet().encode(),
    "a byte order mark": sheet().encode("utf-8-sig"),
    "all cells quoted": sheet(quoted=True).encode("utf-8-sig"),
    "semicolons": sheet(parting=";").encode(),
    "semicolons and a byte order mark": sheet(parting=";", quoted=True).encode("utf-8-sig"),
    "tabs": sheet(parting="\t").encode(),
    "line feeds": sheet(ending="\n").encode(),
    "carriage returns": sheet(ending="\r").encode(),
    "CRLF inside notes": sheet(each("note", lambda cell: cell.replace("\n", "\r\n"))).encode(),
    "no line end at the end": sheet().rstrip("\r\n").encode(),
    "sep=;": ("sep=;\r\n" + sheet(parting=";")).encode(),
    "sep=; and line feeds": ("sep=;\n" + sheet(parting=";", ending="\n")).encode("utf-8-sig"),
    "sep=,": ("sep=,\r\n" + sheet()).encode(),
    "sep=tab": ("sep=\t\r\n" + sheet(parting="\t")).encode("utf-16"),
    "UTF-16 and tabs": sheet(parting="\t").encode("utf-16"),
    "UTF-16, the larger byte first": b"\xfe\xff" + sheet().encode("utf-16-be"),
    "Windows-1252": sheet().encode("cp1252"),
    "Windows-1252 and semicolons": sheet(parting=";").encode("cp1252"),
    "23/11/2026": sheet(as_dates("%d/%m/%Y")).encode(),
    "23.11.2026": sheet(as_dates("%d.%m.%Y")).encode(),
    "23-11-2026": sheet(as_dates("%d-%m-%Y")).encode(),
    "23/11/26": sheet(as_dates("%d/%m/%y")).encode(),
    "5/1/2027": sheet(each("review_date", lambda cell: "/".join(str(int(n)) for n in cell.split("-")[::-1]))).encode(),
    "spaces around dates": sheet(each("review_date", spaced)).encode(),
    "header in capitals": sheet(header=[name.upper() for name in HEADER]).encode(),
    "header as people write": sheet(header=[name.capitalize().replace("_", " ") for name in HEADER]).encode(),
    "header with spaces around": sheet(header=[spaced(name) for name in HEADER]).encode(),
    "columns moved": only(*reversed(HEADER)).encode(),
    "columns dropped": only("id", "status", "owner", "review_date", "note").encode(),
    "columns added": sheet([("x", *row, "£5") for row in EDITED], ["", *HEADER, "Cost"]).encode(),
    "empty columns added": sheet([(*row, "", "") for row in EDITED], [*HEADER, "", ""]).encode(),
    "empty cells after the last": sheet([(*row, "", " ") for row in EDITED]).encode(),
    "empty lines": sheet([row for edited in EDITED for row in ((), edited, [""] * len(HEADER), (" ",))]).encode(),
    "short rows": sheet(trimmed(EDITED)).encode(),
    "statuses with hyphens": sheet(each("status", lambda cell: cell.replace(" ", "-"))).encode(),
    "statuses as screens say them": sheet(each("status", lambda cell: SAID[cell])).encode(),
    "statuses in capitals": sheet(each("status", str.upper)).encode(),
    "statuses with spaces": sheet(each("status", lambda cell: spaced(cell.title().replace(" ", "  ")))).encode(),
    "ids in small letters": sheet(each("id", lambda cell: spaced(cell.lower()))).encode(),
    "spaces around owners and notes": sheet(each("owner", spaced, each("note", lambda cell: f"{cell} \n"))).encode(),
    "rows moved and left out": sheet([EDITED[4], EDITED[2], EDITED[0], EDITED[1]]).encode(),
    "an empty line before": ("\r\n" + sheet()).encode(),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_plan_is_the_same_however_a_spreadsheet_saves_it(variant: str) -> None:
    edits = [change.edit for change in read_back(VARIANTS[variant], TOOLKIT, BEFORE)]
    assert sorted(edits) == sorted(EDITS)


def test_changes_come_in_the_order_of_the_file_with_their_items() -> None:
    changes = read_back(VARIANTS["UTF-8"], TOOLKIT, BEFORE)
    assert [change.edit for change in changes] == EDITS
    assert all(TOOLKIT.entries[change.edit.id] is change.item for change in changes)


def test_no_two_variants_are_the_same_file() -> None:
    assert len(set(VARIANTS.values())) == len(VARIANTS)


@pytest.mark.parametrize("before", ["\r\n", "sep=;\r\n\r\n"])
def test_an_empty_line_before_the_header_changes_nothing_of_how_cells_are_parted(before: str) -> None:
    content = (before + sheet(parting=";")).encode()
    assert [change.edit for change in read_back(content, TOOLKIT, BEFORE)] == EDITS


def test_lines_may_end_in_carriage_returns_whatever_the_notes_hold() -> None:
    content = b"id,status,note\rF1,done,a;b;c;d;e;f;g\r"
    edits = [change.edit for change in read_back(content, TOOLKIT, {})]
    assert edits == [Edit("F1", "status", "not started", "done"), Edit("F1", "note", "", "a;b;c;d;e;f;g")]


def test_an_added_column_may_have_commas_in_its_name() -> None:
    content = b'id;status;"Cost, staff, travel, rooms"\r\nF1;done;5\r\n'
    assert [change.edit for change in read_back(content, TOOLKIT, {})] == [Edit("F1", "status", "not started", "done")]


@pytest.mark.parametrize("column", ["status", "owner", "review_date", "note"])
def test_a_column_that_is_missing_changes_nothing_and_an_empty_one_clears(column: str) -> None:
    field = "review" if column == "review_date" else column
    others = [name for name in HEADER if name != column]
    left = [change.edit for change in read_back(only(*others).encode(), TOOLKIT, BEFORE)]
    assert left == [edit for edit in EDITS if edit.field != field]
    cleared = [change.edit for change in read_back(f"{column},id\r\n,F1\r\n".encode(), TOOLKIT, BEFORE)]
    empty = "not started" if column == "status" else ""
    assert [(edit.id, edit.field, edit.after) for edit in cleared] == [("F1", field, empty)]


def test_items_that_the_file_leaves_out_are_left_as_they_are() -> None:
    assert read_back(b"id,status\r\nH1.1,not relevant\r\n", TOOLKIT, BEFORE) == ()
    assert read_back(b"id,status\r\n", TOOLKIT, BEFORE) == ()


def test_a_date_is_read_the_british_way() -> None:
    [change] = read_back(b"id,review_date\nF1,03/04/2026\n", TOOLKIT, {})
    assert change.edit.after == "2026-04-03"


# Refused


def refused(content: bytes | str) -> str:
    """The sentence with which it is refused."""
    known = dict(BEFORE)
    with pytest.raises(PlanError) as caught:
        read_back(content.encode() if isinstance(content, str) else content, TOOLKIT, known)
    assert known == BEFORE
    sentence = caught.value.sentence
    assert re.search(r"nothing was changed\.\Z", sentence, re.IGNORECASE)
    assert sentence.isprintable()
    assert re.search(r"\b(fix|save|choose|open|export|bring|must)\b", sentence, re.IGNORECASE), "what to do"
    assert len(sentence) < 600
    return sentence


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("X9,done,,,", "Line 3: there is no item “X9”"),
        (",done,,,", "Line 3: there is no item “”"),
        ("R1,done,,,", "Line 3: there is no item “R1”"),
        ("O1.11.1,done,,,", "Line 3: there is no item “O1.11.1”"),
        (
            "F1,finished,,,",
            "Line 3: “finished” is no status; use not started, in progress, done, not relevant",
        ),
        *[
            (f"F1,,,{day},", f"Line 3: “{day}” is no day; write it like 2026-11-23 or 23/11/2026")
            for day in ("31/02/2026", "soon", "11/24/2026", "2026-02-30", "2026-13-01", "0/1/2026", "1/1/0", "23/11")
        ],
        ("f2 ,done,,,", "Line 3: F2 stands in line 2 already"),
        ("F1,done,,,,x", "Line 3 has more cells than the first line"),
        (f"F1,,{'o' * 61},,", "Line 3: an owner has room for 60 characters"),
        (f"F1,,,,{'n' * 4001}", "Line 3: a note has room for 4,000 characters"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_line(row: str, told: str) -> None:
    sentence = refused(f"id,status,owner,review_date,note\r\nF2,done,,,\r\n{row}\r\nF3,done,,,\r\n")
    assert sentence == f"{told}. Fix the file and bring it in again: nothing was changed."


def test_lines_are_counted_as_an_editor_does_after_notes_with_line_breaks() -> None:
    rows = 'F1,done,"one\ntwo\r\n\r\nthree"\r\n\r\nF2,soon,\r\n"F3",done,"a\nb"\r\nF1,,\r\nF9,,"\n",x\r\n'
    assert refused(f"id,status,note\r\n{rows}") == (
        "Line 7: “soon” is no status; use not started, in progress, done, not relevant; "
        "line 10: F1 stands in line 2 already; line 11 has more cells than the first line. "
        "Fix the file and bring it in again: nothing was changed."
    )
    assert refused(f"sep=,\r\nid,status,note\r\n{rows}").startswith("Line 8: “soon”")
    assert refused(f"\r\n\r\nid,status,note\r\n{rows}").startswith("Line 9: “soon”")


def test_at_most_five_problems_are_told_and_the_others_counted() -> None:
    def told(problems: int) -> str:
        return refused("id,status\n" + "X,done\n" * problems)

    assert told(5).count("there is no item") == 5
    assert "more" not in told(5)
    assert told(6).count("there is no item") == 5
    assert "line 6: there is no item “X”; and 1 more. Fix" in told(6)
    assert "; and 995 more. Fix" in told(1000)


@pytest.mark.parametrize(
    "header", ["status,owner", "name,status", "id,chapter,item", "id", "identity,status", "ids,review", "done,F1"]
)
def test_a_table_without_an_id_or_anything_to_change_is_no_plan(header: str) -> None:
    assert refused(f"{header}\r\nF1,done\r\n") == (
        "This is not an action plan: its first line must name the columns, id and one or more of "
        "status, owner, review_date, note. Nothing was changed."
    )


@pytest.mark.parametrize("content", [b"", b"\r\n\n", b"\xef\xbb\xbf", b" ,,\r\n,\r\n", b"sep=;\r\n", b"\xff\xfe"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert refused(content).startswith("This file is empty")


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\x81\x8d",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x90\x00",
        bytes(range(256)),
        b"\x00" * 1000,
        b"\xff\xfei\x00d\x00,",
        b"\xff\xfe\x00\xd8,\x00",
        "id,status\nF1,done\n".encode("utf-16-le"),
        b"id,status\nF1,\x81\n",
    ],
)
def test_what_is_no_text_is_refused(content: bytes) -> None:
    refused(content)


def test_a_huge_file_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = b"id,status\r\nF1,done\r\n"
    assert len(read_back(plan + b"\n" * (10_000 - len(plan)), TOOLKIT, {})) == 1
    monkeypatch.setattr(csv, "reader", lambda *_, **__: pytest.fail("it was read"))
    assert "far too long" in refused(plan + b"\n" * (SIZE_LIMIT + 1 - len(plan)))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('id,note\nF1,"never ends\nF2,x\nF3,y\n', 2),
        ('id,note\nF1,"a\nb"\nF2,"never ends', 4),
        ('id,note\nF1,"ends"early\n', 2),
        ('sep=,\nid,note\nF1,x\nF2,"ends"early\n', 4),
        (f"id,note\nF1,{'x' * 140_000}\n", 2),
        ('id\tnote\nF1\t"ends"early\n', 2),
    ],
)
def test_a_cell_that_does_not_end_is_refused_with_the_line_where_its_row_begins(content: str, line: int) -> None:
    assert refused(content).startswith(f"Line {line} ")


def test_a_column_that_is_named_twice_is_refused() -> None:
    refused("id,status,status\nF1,done,\n")


HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "\x07\x08\x9b2J",
    "\u202egnp.exe",
    "a\nb\rc",
    "\u2028\x00\x7f",
    "x" * 5000,
    "e\u0301" * 5000,
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("column", ["id", "status", "review_date"])
def test_what_stands_in_a_cell_is_not_repeated_raw(text: str, column: str) -> None:
    row = {"id": "F1", "status": "done", "review_date": "", column: text}
    header = ["id", "status", "review_date"]
    sentence = refused(sheet([[row[name] for name in header]] * 9, header))
    assert len(sentence) < 500
    assert text not in sentence


def test_thirty_letters_of_a_cell_are_enough() -> None:
    assert f"“{'x' * 30}”" in refused(f"id,status\n{'x' * 30},done\n")
    assert f"“{'x' * 30}…”" in refused(f"id,status\n{'x' * 31},done\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_what_stands_in_the_header_is_not_repeated_at_all(text: str) -> None:
    assert text[:3] not in refused(sheet([], [text, "note"]))


def test_a_table_of_very_many_columns_is_looked_at_row_by_row() -> None:
    assert "Line 3: F1 stands in line 2 already" in refused(b"id,status" + b",x" * 20_000 + b"\nF1,done" * 250)


# Saving what was previewed


def fill(checklist: Checklist, known: Mapping[str, Record]) -> None:
    checklist.save(
        *[
            Edit(name, field, BLANK.text(field), record.text(field))
            for name, record in known.items()
            for field in FIELDS
        ]
    )


def previewed(content: bytes, checklist: Checklist) -> list[Edit]:
    return [change.edit for change in read_back(content, TOOLKIT, checklist.records())]


def test_what_was_previewed_is_saved_and_read_again_changes_nothing(tmp_path: Path) -> None:
    with contextlib.closing(Checklist.open(tmp_path)) as here:
        fill(here, BEFORE)
        edits = previewed(VARIANTS["UTF-8"], here)
        assert here.records() == BEFORE
        assert here.save(*edits) == tuple(EDITS)
        assert noted(here.records()) == after(read_back(VARIANTS["UTF-8"], TOOLKIT, BEFORE), BEFORE)
        assert previewed(VARIANTS["UTF-8"], here) == []


# Markdown


def parsed(text: str) -> list[Token]:
    """With all that GitHub sees, besides bare addresses."""
    return list(flat(MarkdownIt("gfm-like", {"linkify": False}).parse(text)))


def flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or ())


def shown(tokens: Sequence[Token]) -> str:
    """What somebody reads."""
    breaks = {"softbreak": "\n", "hardbreak": "\n", "paragraph_close": "\n", "heading_close": "\n"}
    return "".join(breaks.get(token.type, token.content if token.type == "text" else "") for token in tokens)


def as_text(text: str) -> str:
    return shown(parsed(text))


def of_note(tokens: Sequence[Token]) -> list[Token]:
    """What is in the quotation that a note is."""
    kinds = [token.type for token in tokens]
    return list(tokens[kinds.index("blockquote_open") + 1 : kinds.index("blockquote_close")])


PLAIN = {"paragraph_open", "paragraph_close", "inline", "text", "hardbreak", "softbreak"}
LOOK_LIKE_MARKUP = [
    "# x",
    "- y",
    "* y",
    "+ y",
    "- [x] y",
    "<script>alert(1)</script>",
    "<!-- x",
    "<b>x</b>",
    "[a](b)",
    "![a](b)",
    "[a]: b\n[a]",
    "<https://a.example>",
    "`c`",
    "```\nc\n```",
    "~~~\nc\n~~~",
    "    c",
    "1. z",
    "12) z",
    "| t |",
    "| t |\n|---|\n| u |",
    "**b**",
    "__b__",
    "*b* and _b_",
    "~~b~~",
    "x\n===",
    "x\n---",
    "---",
    "***",
    "> q",
    "&lt;b&gt; &amp; &#42;",
    "\\",
    "\\*b\\*",
    "a\\\nb",
    "$x$",
    "x\n\n\n# y\n\n- z",
    "a  \nb",
]


@pytest.mark.parametrize("note", [*LOOK_LIKE_MARKUP, "a | b\n:---", "| t |\n:-", "a|b\n:-:\nc"])
def test_a_note_has_no_markup_in_markdown(note: str) -> None:
    is_plain_in_markdown(note)


@settings(max_examples=200)
@given(st.text(st.sampled_from("#-*+_`~<>[](){}!|=.\\&$;@^/1)ax \n\n\u00a0é"), min_size=1, max_size=25))
def test_nor_has_any_other(typed: str) -> None:
    is_plain_in_markdown(fitting("note", typed))


def is_plain_in_markdown(note: str) -> None:
    """A note comes out of Markdown as it went in, line for line, and as text alone; nothing else is shaken by it."""
    text = written(one(Record("done", note=note)), "md", TODAY)
    tokens = parsed(text)
    if note:
        inside = of_note(tokens)
        assert {token.type for token in inside} <= PLAIN
        assert lines_of(shown(inside)) == lines_of(note)
    counted = [token.type for token in tokens]
    assert [counted.count(f"{kind}_open") for kind in ("heading", "bullet_list", "list_item")] == [2, 1, 1]
    assert not {"html_block", "html_inline", "link_open", "code_inline", "fence", "table_open"} & set(counted)


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("text", [text for text in LOOK_LIKE_MARKUP if "\n" not in text])
def test_owners_titles_and_headings_have_no_markup_in_markdown(text: str) -> None:
    item = msgspec.structs.replace(TOOLKIT.must_haves[0], id=text, title=text, text=text)
    rows = (PlanRow(entry=item, record=Record(owner=" ".join(text.split()))),)
    plan = Plan(title=text, about=text, explained=True, parts=(Part(chapter=text, tip=text, rows=rows),))
    tokens = parsed(written(plan, "md", TODAY))
    allowed = PLAIN | {
        f"{kind}_{end}" for kind in ("heading", "bullet_list", "list_item", "strong") for end in ("open", "close")
    }
    assert {token.type for token in tokens} <= allowed
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2", "h3"]
    assert sum(token.type == "list_item_open" for token in tokens) == 1
    words = text.strip()
    assert lines_of(as_text(written(plan, "md", TODAY))) == [
        words,
        f"{words} 3 May 2026.",
        words,
        words,
        f"[ ] {words} {words}",
        words,
        f"Not started · {words}",
    ]


def test_markdown_can_be_checked_by_hand() -> None:
    known = {
        "F1": Record("done", "Ann_B", dt.date(2026, 11, 23), "One\n\n# two"),
        "O1.1": Record("not relevant"),
        "O1.2": Record("in progress"),
    }
    items = [item for item in TOOLKIT.actions if item.id in {"F1", "O1.1", "O1.2", "O2.1", "A1"}]
    titles = {item.id: item.title for item in items}
    assert written(plan_of(TOOLKIT, items, known, "Musterwerk"), "md", TODAY).splitlines() == [
        "# Action plan of Musterwerk",
        "",
        "1 of 4 done, 1 in progress. 3 May 2026.",
        "",
        "## Must-haves: Data",
        "",
        f"- [x] **F1** {titles['F1']}  ",
        "  Done · Ann\\_B · review on 23 November 2026  ",
        "  > One  ",
        "  >  ",
        "  > \\# two  ",
        "",
        "## Outreach",
        "",
        "### O1 Plan outreach that people can join",
        "",
        f"- [ ] **O1.1** {titles['O1.1']}  ",
        "  Not relevant  ",
        f"- [ ] **O1.2** {titles['O1.2']}  ",
        "  In progress  ",
        "",
        f"### O2 {TOOLKIT.tips['O2'].title}",
        "",
        f"- [ ] **O2.1** {titles['O2.1']}  ",
        "  Not started  ",
        "",
        "## Advocacy",
        "",
        f"- [ ] **A1** {titles['A1']}  ",
        "  Not started  ",
    ]


def dated(name: str, review: dt.date, status: Status = "not started") -> tuple[str, Record]:
    return name, Record(status, review=review)


LATE = dict(
    [
        dated("F1", TODAY - dt.timedelta(days=1)),
        dated("F21", TODAY - dt.timedelta(days=1), "done"),
        dated("O1.1", TODAY, "in progress"),
        dated("O3.8", TODAY + dt.timedelta(days=30)),
        dated("H4.10", TODAY + dt.timedelta(days=31)),
        dated("A11", TODAY - dt.timedelta(days=400), "in progress"),
    ]
)
"""Overdue, done, due today and in thirty days, due later, and long overdue."""


def test_a_plan_says_above_and_in_its_headings_what_is_overdue_and_what_is_due_soon() -> None:
    lines = written(some_of(LATE), "md", TODAY).splitlines()
    assert "1 of 7 done, 2 in progress. 2 overdue, 2 due by 2 June 2026. 3 May 2026." in lines
    assert [line for line in lines if line.startswith("## ")] == [
        "## Must-haves: Data (1 overdue)",
        "## Must-haves: General",
        "## Data",
        "## Outreach (2 due by 2 June 2026)",
        "## Hiring",
        "## Advocacy (1 overdue)",
    ]
    assert "  Not started · overdue: review on 2 May 2026  " in lines
    assert "  In progress · review on 3 May 2026  " in lines, "today is not late yet"
    assert "  Done · review on 2 May 2026  " in lines
    html = written(some_of(LATE), "html", TODAY)
    assert "<h2>Outreach (2 due by 2 June 2026)</h2>" in html
    assert "2 overdue, 2 due by 2 June 2026." in html


def test_a_plan_names_the_resources_of_an_item_with_their_publisher_and_address() -> None:
    items = [item for item in TOOLKIT.actions if item.id in {"H4.1", "C3.5"}]
    plan = plan_of(TOOLKIT, items, {}, "")
    (line,) = [line for line in written(plan, "md", TODAY).splitlines() if "Find An Apprenticeship" in line]
    where = "https://www.gov.uk/apply-apprenticeship (seen on 29 November 2026)"
    told = f"Resource: Find An Apprenticeship, UK government, {where}"
    assert line.strip() == told
    assert told in written(plan, "html", TODAY)


def test_the_whole_plan_reads_in_markdown_as_it_is() -> None:
    text = written(all_of({}), "md", TODAY)
    tokens = parsed(text)
    assert sum(token.type == "list_item_open" for token in tokens) == len(TOOLKIT.actions)
    read = as_text(text)
    for item in TOOLKIT.actions:
        assert f"[ ] {item.id} {item.title}\n" in read


# The page


def page(plan: Plan) -> ET.Element:
    """The page, read as strictly as XML is."""
    text = written(plan, "html", TODAY)
    assert text.startswith("<!DOCTYPE html>\n<html ")
    return ET.fromstring(re.sub(r"(<meta [^>]*)>", r"\1/>", text.partition("\n")[2]))  # noqa: S314 - our own page


def text_of(element: ET.Element) -> str:
    return "".join(element.itertext())


def plans() -> dict[str, Plan]:
    known = {
        "F1": Record("done", "Ann", TODAY, "one\ntwo"),
        "O1.1": Record("not relevant"),
        "A2": Record("in progress"),
    }
    return {
        "everything": all_of(known),
        "nothing": plan_of(TOOLKIT, (), {}, ""),
        "must-haves": plan_of(TOOLKIT, TOOLKIT.must_haves, known, "Musterwerk"),
        "some": some_of(known),
        **{way.id: checklist_of(way, {}, "Riverside") for way in TOOLKIT.ways},
    }


PLANS = plans()


@pytest.mark.parametrize("name", PLANS)
def test_the_page_is_one_whole_page_that_asks_for_nothing_to_be_printed_or_read_in_the_dark(name: str) -> None:
    html = page(PLANS[name])
    assert (html.tag, html.get("lang")) == ("html", "en-GB")
    assert [child.tag for child in html] == ["head", "body"]
    assert html.findtext("head/title") == html.findtext("body/main/h1") == PLANS[name].title
    assert html.find("head/meta[@charset='utf-8']") is not None
    assert {element.tag for element in html.iter()} <= {
        *("html", "head", "meta", "title", "style", "body", "main"),
        *("h1", "h2", "h3", "p", "ul", "li", "span", "div", "strong"),
    }
    assert {key for element in html.iter() for key in element.keys()} <= {  # noqa: SIM118 - an element is no dict
        *("lang", "charset", "name", "content", "class", "aria-hidden", "http-equiv"),
    }
    text = re.sub("Resource: [^<]*", "", written(PLANS[name], "html", TODAY))
    style = html.findtext("head/style") or ""
    assert re.search(r"@page \{ size: A4; margin: \d+mm; \}", style.partition("@media print {")[2])
    assert "break-inside: avoid" in style
    assert "prefers-color-scheme: dark" in style
    for elsewhere in ("://", "src=", "href", "url(", "@import", "<script", "style=", "javascript:", "onload", "<link"):
        assert elsewhere not in text.lower()


@pytest.mark.parametrize("name", PLANS)
def test_headings_of_the_page_are_those_of_the_plan_and_skip_no_level(name: str) -> None:
    plan = PLANS[name]
    headings = [(element.tag, element.text) for element in page(plan).iter() if element.tag in {"h1", "h2", "h3"}]
    chapters = itertools.groupby(plan.parts, lambda part: part.chapter)
    assert headings == [
        ("h1", plan.title),
        *(
            heading
            for chapter, parts in chapters
            for heading in [("h2", chapter), *(("h3", part.tip) for part in parts if part.tip)]
        ),
    ]
    assert plan.about in text_of(page(plan))
    levels = [int(tag[1]) for tag, _ in headings]
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


@pytest.mark.parametrize("name", PLANS)
def test_each_item_is_on_the_page_once_and_in_order(name: str) -> None:
    plan = PLANS[name]
    listed = [(item.findtext("div/p/strong"), item.findtext("div/p/span")) for item in page(plan).iter("li")]
    assert listed == [(row.entry.title, row.entry.id) for row in plan.rows]
    assert len({name for _, name in listed}) == len(listed)


def test_open_done_and_not_relevant_have_different_marks_and_the_status_in_words() -> None:
    marks = {}
    for status in STATUSES:
        [item] = page(one(Record(status=status))).iter("li")
        box = item.find("span")
        assert box is not None
        assert box.get("aria-hidden") == "true"
        marks[status] = box.text
        assert [line.text for line in item.iterfind("div/p[@class='quiet']")] == [status.capitalize()]
    assert marks == {"not started": "☐", "in progress": "☐", "done": "☑", "not relevant": "☒"}


def test_owner_and_review_date_are_on_the_page() -> None:
    html = page(one(Record("in progress", "Ann", dt.date(2026, 11, 23))))
    assert "In progress · Ann · review on 23 November 2026" in text_of(html)
    assert html.findtext("body/main/p/span") == "3 May 2026"
    assert html.find(".//p[@class='note']") is None


MARKED_UP = [
    "<script>alert(1)</script>",
    "</style></title><b onclick=x>",
    "\" onload='x' style=\"color:red",
    "&amp; &lt; &#60;",
    "{{ plan }} {% raw %}",
    "]]> --> <!--",
    "<img src=x>",
]


@pytest.mark.parametrize("text", MARKED_UP)
def test_whatever_is_noted_is_text_on_the_page(text: str) -> None:
    item = msgspec.structs.replace(TOOLKIT.must_haves[0], id=text, title=text, text=text)
    rows = (PlanRow(entry=item, record=Record(owner=text, note=f"{text}\n{text}")),)
    parts = (Part(chapter=text, tip=text, rows=rows),)
    html = page(Plan(title=text, about=text, explained=True, parts=parts))
    benign = page(
        Plan(title="x", about="x", explained=True, parts=(Part(chapter="x", tip="x", rows=PLANS["some"].rows[:1]),))
    )
    for path in ("head/title", "body/main/h1", "body/main/h2", "body/main/h3", ".//strong", ".//li/div/p/span"):
        assert html.findtext(path) == text
    assert html.findtext(".//p[@class='note']") == f"{text}\n{text}"
    assert f"Not started · {text}" in [line.text for line in html.iterfind(".//p[@class='quiet']")]
    assert {element.tag for element in html.iter()} == {element.tag for element in benign.iter()}
    assert len(list(html.iter())) == len(list(benign.iter()))


@settings(max_examples=25)
@given(entry("note"))
def test_the_line_breaks_of_a_note_are_kept_on_the_page(note: str) -> None:
    html = page(one(Record(note=note)))
    assert (html.findtext(".//p[@class='note']") or "") == note
    assert re.search(r"\.note \{[^}]*white-space: pre-wrap", html.findtext("head/style") or "")


# In a real spreadsheet


@pytest.mark.long
def test_a_plan_that_libreoffice_has_opened_and_saved_changes_nothing(tmp_path: Path) -> None:
    known = {
        "F1": Record(status="done", owner="Zoë", review=dt.date(2027, 1, 4), note='First line\nand "a" second; ok, ☑'),
        "F2": Record(status="in progress", owner="=Ann", review=dt.date(2026, 12, 31), note="'=1+1"),
        "F3": Record(status="not relevant", owner="@SUM(A1)", note="-2+3"),
        **{f"F{number}": Record(owner=text.strip()) for number, text in enumerate(CHANGED[:17], 4)},
        **{item.id: Record(note=text.strip()) for item, text in zip(TOOLKIT.items, CHANGED, strict=False)},
    }
    (tmp_path / "plan.csv").write_bytes(written(all_of(known), "csv", TODAY).encode())
    (tmp_path / "saved").mkdir()
    [saved] = converted([tmp_path / "plan.csv"], "csv", tmp_path / "saved", read_as="CSV:44,34,76")
    assert saved.read_bytes() != (tmp_path / "plan.csv").read_bytes()
    [book] = converted([tmp_path / "plan.csv"], "xlsx", tmp_path / "saved", read_as="CSV:44,34,76")
    header, *rows = (
        [cell.date().isoformat() if isinstance(cell, dt.datetime) else cell or "" for cell in row]
        for row in load_workbook(book).active.values
    )
    for content in (saved.read_bytes(), sheet(rows, header).encode()):
        assert read_back(content, TOOLKIT, known) == ()
        assert len(read_back(content, TOOLKIT, {})) == 11 + 17 + len(CHANGED)
