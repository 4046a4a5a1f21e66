"""Words are found wherever they stand, as they are typed, and nothing that is typed breaks the search."""

import contextlib
import functools
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from content.toolkit import Answer, Check, Entry, Item, Resource, Term, Toolkit, load_toolkit
from storage.toolkit.checklist import CLOSE, FILE_NAME, OPEN, Checklist, Edit
from storage.toolkit.search import Hit, Search, as_words

TOOLKIT = load_toolkit()


@pytest.fixture
def checklist(tmp_path: Path) -> Iterator[Checklist]:
    opened = Checklist.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def search() -> Iterator[Search]:
    made = Search(TOOLKIT)
    yield made
    made.close()


@functools.cache
def small() -> Toolkit:
    """A toolkit of a few entries of our own words."""
    entries = (
        Answer(id="Q1", title="Who pays for the giraffe?", text="An apprentice sees to it. Zebras graze.", place="x"),
        Answer(id="Q2", title="What is an okapi?", text="A shy animal with a café in the résumé.", place="x"),
        Answer(id="Q3", title="Apprentices and mentors", text="Mentoring helps mobility.", place="x"),
    )
    return Toolkit((), "", (), (), (), (), entries, (), (), (), (), (), ())


@pytest.fixture
def few() -> Iterator[Search]:
    made = Search(small())
    yield made
    made.close()


def ids(hits: list[Hit]) -> list[str]:
    return [hit.entry.id for hit in hits]


def marked(hit: Hit) -> list[str]:
    return [piece for piece, found in hit.found if found]


def shown(hit: Hit) -> str:
    return "".join(piece for piece, _ in hit.found)


def long_words(entry: Entry) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", entry.title) if len(word) > 2]


# What is found


@pytest.mark.parametrize("kind", [Item, Term, Answer, Resource, Check])
def test_every_entry_is_found_by_the_words_of_its_title(
    kind: type[Entry], search: Search, checklist: Checklist
) -> None:
    entries = [entry for entry in TOOLKIT.entries.values() if type(entry) is kind]
    assert entries
    for entry in entries:
        assert entry.id in ids(search.find(" ".join(long_words(entry)), checklist)), entry.id


def test_an_entry_is_found_by_the_words_of_its_text(search: Search, checklist: Checklist) -> None:
    for entry in list(TOOLKIT.entries.values())[::10]:
        words = " ".join(re.findall(r"\w+", entry.text)[:12])
        assert entry.id in ids(search.find(words, checklist)), entry.id


def test_notes_and_owners_are_found_and_come_before_the_toolkit(few: Search, checklist: Checklist) -> None:
    checklist.save(Edit("Q2", "note", "", "ask about the giraffe"), Edit("Q3", "owner", "", "Zoë Müller"))
    hits = few.find("giraffe", checklist)
    assert [(hit.entry.id, hit.where) for hit in hits] == [("Q2", "note"), ("Q1", "title")]
    assert shown(hits[0]) == "ask about the giraffe"
    (hit,) = few.find("muller", checklist)
    assert (hit.entry.id, hit.where, hit.found) == ("Q3", "note", (("Zoë ", False), ("Müller", True)))


def test_a_note_is_found_as_it_stands_now(few: Search, checklist: Checklist) -> None:
    checklist.save(Edit("Q2", "note", "", "walrus"))
    assert ids(few.find("walrus", checklist)) == ["Q2"]
    checklist.save(Edit("Q2", "note", "walrus", "puffin"))
    assert few.find("walrus", checklist) == []
    assert ids(few.find("puffin", checklist)) == ["Q2"]
    checklist.undo()
    assert ids(few.find("walrus", checklist)) == ["Q2"]


def test_a_note_about_what_the_toolkit_no_longer_has_is_left_out(few: Search, checklist: Checklist) -> None:
    checklist.save(Edit("gone", "note", "", "walrus"))
    assert few.find("walrus", checklist) == []


def test_a_check_of_an_event_names_the_event(search: Search, checklist: Checklist) -> None:
    check = TOOLKIT.way("event").checks[0]
    checklist.save(
        Edit(check.id, "note", "", "walrus", "Leeds 2026"),
        Edit(check.id, "note", "", "walrus", "York 2026"),
        Edit("D1.1", "note", "", "walrus"),
    )
    hits = search.find("walrus", checklist)
    assert {(hit.entry.id, hit.event) for hit in hits} == {
        (check.id, "Leeds 2026"),
        (check.id, "York 2026"),
        ("D1.1", ""),
    }


# How words are compared


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("apprentice", {"Q1", "Q3"}),
        ("apprentices", {"Q1", "Q3"}),
        ("zebra", {"Q1"}),
        ("zebras grazing", {"Q1"}),
        ("mentored", {"Q3"}),
        ("cafe", {"Q2"}),
        ("café", {"Q2"}),
        ("Resume", {"Q2"}),
        ("OKAPI", {"Q2"}),
        ("gir", {"Q1"}),
        ("g", set()),
        ("gi", {"Q1"}),
        ("ok shy", set()),
        ("shy ok", {"Q2"}),
        ("shy giraffe", set()),
        ("giraffe apprentice", {"Q1"}),
        ("okapi, animal!", {"Q2"}),
        ("walrus", set()),
    ],
)
def test_words_are_found_whatever_their_endings_accents_and_case_and_all_of_them_must_be_there(
    words: str, found: set[str], few: Search, checklist: Checklist
) -> None:
    assert set(ids(few.find(words, checklist))) == found


def test_notes_are_found_the_same_way(few: Search, checklist: Checklist) -> None:
    checklist.save(Edit("Q2", "note", "", "The walruses ate Crème brûlée"))
    for words in ("walrus", "WALRUSES", "creme", "brulee wal", "ate cr"):
        assert ids(few.find(words, checklist)) == ["Q2"], words
    assert few.find("walrus puffin", checklist) == []


def test_accents_typed_as_letters_of_their_own_are_ignored_too(few: Search, checklist: Checklist) -> None:
    assert ids(few.find(unicodedata.normalize("NFD", "résumé"), checklist)) == ["Q2"]


def test_every_word_is_found_from_its_third_letter_to_its_last(search: Search, checklist: Checklist) -> None:
    words = {word.lower() for item in TOOLKIT.items[:20] for word in long_words(item)}
    lost = [word[:end] for word in words for end in range(3, len(word)) if not search.find(word[:end], checklist)]
    assert lost == []


# What is shown


def test_a_word_that_only_a_note_has_is_found_from_its_third_letter_to_its_last(
    few: Search, checklist: Checklist
) -> None:
    checklist.save(Edit("Q1", "note", "", "Rescheduling wheelchairs, naturally."))
    for word in ("rescheduling", "wheelchairs", "naturally"):
        for end in range(3, len(word) + 1):
            assert "Q1" in ids(few.find(word[:end], checklist)), word[:end]


def test_the_marked_pieces_are_what_was_looked_for(few: Search, checklist: Checklist) -> None:
    (hit,) = few.find("giraffe", checklist)
    assert hit == Hit(small().entries["Q1"], (("Who pays for the ", False), ("giraffe", True), ("?", False)), "title")
    (hit,) = few.find("zebra", checklist)
    assert (hit.where, marked(hit), shown(hit)) == ("text", ["Zebras"], "An apprentice sees to it. Zebras graze.")
    (hit,) = few.find("shy resume", checklist)
    assert (hit.where, marked(hit)) == ("text", ["shy", "résumé"])
    (hit,) = few.find("mentor", checklist)
    assert (hit.where, marked(hit)) == ("text", ["Mentoring"])


def below_title(entry: Entry) -> str:
    return f"{entry.publisher}. {entry.text}" if isinstance(entry, Resource) else entry.text


def test_every_hit_shows_some_of_what_was_looked_for_and_no_mark_of_our_own(
    search: Search, checklist: Checklist
) -> None:
    checklist.save(Edit("D1.1", "note", "", "the background\nof everybody " * 20))
    for words in ("background", "data", "social mobility", "apprentices"):
        hits = search.find(words, checklist)
        assert hits
        for hit in hits:
            text = {"title": hit.entry.title, "text": below_title(hit.entry)}.get(
                hit.where, "the background of everybody " * 20
            )
            assert all(piece for piece, _ in hit.found)
            assert all(piece[:4].lower() in words.lower() for piece in marked(hit)), hit
            assert marked(hit)
            assert shown(hit).strip("…") in text
            assert not {OPEN, CLOSE, "\n"} & set(shown(hit))


def test_marks_that_another_program_wrote_into_a_note_are_not_shown(
    tmp_path: Path, few: Search, checklist: Checklist
) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("INSERT INTO record (id, note) VALUES ('Q2', ?)", [f"a{OPEN}b walrus {CLOSE}{OPEN}c"])
        connection.commit()
    (hit,) = few.find("walrus", checklist)
    assert not {OPEN, CLOSE} & set(shown(hit))


def test_an_entry_whose_id_is_typed_comes_first_in_any_case(search: Search, checklist: Checklist) -> None:
    checklist.save(Edit("D1.1", "note", "", "see D1.3 and Q1"))
    for entry in TOOLKIT.entries.values():
        for typed in (entry.id, entry.id.lower(), entry.id.upper(), f"  {entry.id.swapcase()} "):
            hits = search.find(typed, checklist)
            assert hits[0] == Hit(entry, ((entry.id, True),), "title")
            if entry.id != "D1.1":
                assert ids([hit for hit in hits if hit.where != "note"]).count(entry.id) == 1


# Whatever is typed


@pytest.mark.parametrize("words", ["", " ", "\t\n", '"', "*", "-", "^", "...", "\x00", "👩🏽\u200d💻", "+", "()"])
def test_where_there_is_no_word_nothing_is_found(words: str, search: Search, checklist: Checklist) -> None:
    checklist.save(Edit("D1.1", "note", "", "something"))
    assert as_words(words) == []
    assert search.find(words, checklist) == []


@pytest.mark.parametrize(
    "words",
    [
        '"unclosed',
        "giraffe*",
        "NEAR(",
        "NEAR(giraffe pays, 2)",
        "giraffe AND",
        "OR giraffe",
        "NOT",
        "AND",
        "-giraffe",
        "^giraffe",
        "col:",
        "title:giraffe",
        "{title text}: giraffe",
        "giraffe'; DROP TABLE entry; --",
        "entry_fts",
        "_",
        "giraffe _",
        "𞤀𞤁",
        "²",
        "\ud800giraffe",
        "giraffe\x00",
        f"{OPEN}giraffe{CLOSE}",
        "x" * 100_000,
        "giraffe " * 200,
    ],
)
def test_what_means_something_to_sqlite_is_looked_for_as_words(words: str, few: Search, checklist: Checklist) -> None:
    checklist.save(Edit("Q2", "note", "", "about the giraffe"))
    hits = few.find(words, checklist)
    if re.fullmatch(r"\W*giraffe\W*", words):
        assert ids(hits) == ["Q2", "Q1"]
    assert ids(few.find("giraffe", checklist)) == ["Q2", "Q1"]


def test_operators_are_words_that_must_be_there(few: Search, checklist: Checklist) -> None:
    checklist.save(Edit("Q2", "note", "", "giraffe and okapi"), Edit("Q3", "note", "", "giraffe okapi"))
    assert ids(few.find("giraffe AND okapi", checklist)) == ["Q2"]
    assert few.find("giraffe OR walrus", checklist) == []
    assert few.find("giraffe NOT okapi", checklist) == []


def test_of_a_long_text_pasted_by_mistake_only_the_beginning_is_looked_for() -> None:
    assert len("".join(as_words("data " * 1500))) < 200
    assert len("".join(as_words("d" * 100_000))) < 200
