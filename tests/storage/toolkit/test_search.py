"""Words are found wherever they stand, as they are typed, and nothing that is typed breaks the search."""

import contextlib
import functools
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from content.toolkit import Answer, Check, Entry, Item, Resource, SearchWords, Term, Toolkit, load_toolkit
from storage.toolkit.checklist import CLOSE, FILE_NAME, OPEN, Checklist, Edit
from storage.toolkit.search import MOST, Hit, Search, as_words
from tests.storage.toolkit.everyday import EVERYDAY

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
    return Toolkit((), "", (), (), (), (), entries, (), (), (), (), (), (), SearchWords(little=("is", "my")))


@pytest.fixture
def few() -> Iterator[Search]:
    made = Search(small())
    yield made
    made.close()


def ids(hits: list[Hit]) -> list[str]:
    return [hit.entry.id for hit in hits]


def hits_of(search: Search, words: str, checklist: Checklist) -> list[Hit]:
    return search.find(words, checklist).hits


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
        assert entry.id in ids(hits_of(search, " ".join(long_words(entry)), checklist)), entry.id


def test_an_entry_is_found_by_the_words_of_its_text(search: Search, checklist: Checklist) -> None:
    for entry in list(TOOLKIT.entries.values())[::10]:
        words = " ".join(re.findall(r"\w+", entry.text)[:12])
        assert entry.id in ids(hits_of(search, words, checklist)), entry.id


def test_notes_and_owners_are_found_and_come_before_the_toolkit(few: Search, checklist: Checklist) -> None:
    checklist.save(Edit("Q2", "note", "", "ask about the giraffe"), Edit("Q3", "owner", "", "Zoë Müller"))
    hits = hits_of(few, "giraffe", checklist)
    assert [(hit.entry.id, hit.where) for hit in hits] == [("Q2", "note"), ("Q1", "title")]
    assert shown(hits[0]) == "ask about the giraffe"
    (hit,) = hits_of(few, "muller", checklist)
    assert (hit.entry.id, hit.where, hit.found) == ("Q3", "note", (("Zoë ", False), ("Müller", True)))


def test_a_note_is_found_as_it_stands_now(few: Search, checklist: Checklist) -> None:
    checklist.save(Edit("Q2", "note", "", "walrus"))
    assert ids(hits_of(few, "walrus", checklist)) == ["Q2"]
    checklist.save(Edit("Q2", "note", "walrus", "puffin"))
    assert hits_of(few, "walrus", checklist) == []
    assert ids(hits_of(few, "puffin", checklist)) == ["Q2"]
    checklist.undo()
    assert ids(hits_of(few, "walrus", checklist)) == ["Q2"]


def test_a_note_about_what_the_toolkit_no_longer_has_is_left_out(few: Search, checklist: Checklist) -> None:
    checklist.save(Edit("gone", "note", "", "walrus"))
    assert hits_of(few, "walrus", checklist) == []


def test_a_check_of_an_event_names_the_event(search: Search, checklist: Checklist) -> None:
    check = TOOLKIT.way("event").checks[0]
    checklist.save(
        Edit(check.id, "note", "", "walrus", "Leeds 2026"),
        Edit(check.id, "note", "", "walrus", "York 2026"),
        Edit("D1.1", "note", "", "walrus"),
    )
    hits = hits_of(search, "walrus", checklist)
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
        ("shy ok", {"Q2"}),
        ("giraffe apprentice", {"Q1"}),
        ("okapi, animal!", {"Q2"}),
        ("walrus", set()),
    ],
)
def test_words_are_found_whatever_their_endings_accents_and_case_and_all_of_them_must_be_there(
    words: str, found: set[str], few: Search, checklist: Checklist
) -> None:
    assert set(ids(hits_of(few, words, checklist))) == found


def test_notes_are_found_the_same_way(few: Search, checklist: Checklist) -> None:
    checklist.save(Edit("Q2", "note", "", "The walruses ate Crème brûlée"))
    for words in ("walrus", "WALRUSES", "creme", "brulee wal", "ate cr"):
        assert ids(hits_of(few, words, checklist)) == ["Q2"], words
    assert few.find("walruses puffin", checklist).instead == "walruses"


def test_accents_typed_as_letters_of_their_own_are_ignored_too(few: Search, checklist: Checklist) -> None:
    assert ids(hits_of(few, unicodedata.normalize("NFD", "résumé"), checklist)) == ["Q2"]


def test_every_word_is_found_from_its_third_letter_to_its_last(search: Search, checklist: Checklist) -> None:
    words = {word.lower() for item in TOOLKIT.items[:20] for word in long_words(item)}
    lost = [word[:end] for word in words for end in range(3, len(word)) if not hits_of(search, word[:end], checklist)]
    assert lost == []


# What people mean


def test_what_coordinators_type_finds_what_they_mean_among_the_first_three(
    search: Search, checklist: Checklist
) -> None:
    first = {words: ids(hits_of(search, words, checklist))[:3] for words in EVERYDAY}
    missed = {words: found for words, found in first.items() if not {*found} & {*EVERYDAY[words]}}
    assert len(EVERYDAY) == 60
    assert len(missed) <= 3, missed


def test_a_whole_word_comes_before_the_beginning_of_another(search: Search, few: Search, checklist: Checklist) -> None:
    found = ids(hits_of(search, "bus", checklist))
    assert found[0] == "O1.11.3"
    assert "Q8" in found, "business"
    checklist.save(Edit("Q1", "note", "", "walruses walrusette walrusette"), Edit("Q2", "note", "", "the walrus"))
    checklist.save(Edit("Q3", "note", "", "walrusette"))
    assert ids(hits_of(few, "walrus", checklist))[2] == "Q3"


@pytest.mark.parametrize(
    ("typed", "looked_for"),
    [
        ("girrafe", "giraffe"),
        ("girraffe", "giraffe"),
        ("giarffe", "giraffe"),
        ("gitaffe", "giraffe"),
        ("iraffe", "giraffe"),
        ("apprentishes", "apprentices"),
        ("Who pays for the girrafe", "Who pays for the giraffe"),
        ("pasy", "pays"),
        ("zebra", ""),
        ("giraf", ""),
        ("graz", ""),
        ("gyr", ""),
    ],
)
def test_a_slip_is_put_right_only_where_nothing_is_found_and_said(
    typed: str, looked_for: str, few: Search, checklist: Checklist
) -> None:
    assert few.find(typed, checklist).instead == looked_for


@pytest.mark.parametrize(
    ("typed", "looked_for", "first"),
    [
        ("shy giraffe", "shy or giraffe", {"Q1", "Q2"}),
        ("giraffe walrus", "giraffe", {"Q1"}),
        ("walrus girrafe", "giraffe", {"Q1"}),
        ("ok shy", "shy", {"Q2"}),
        ("walrus puffin", "", set()),
        ("walrus", "", set()),
    ],
)
def test_where_nothing_has_all_the_words_what_has_some_is_found_and_that_is_said(
    typed: str, looked_for: str, first: set[str], few: Search, checklist: Checklist
) -> None:
    found = few.find(typed, checklist)
    assert (found.instead, {*ids(found.hits)}) == (looked_for, first)


def test_a_slip_in_a_word_of_a_note_is_put_right_too(few: Search, checklist: Checklist) -> None:
    checklist.save(Edit("Q2", "note", "", "walrus"))
    assert ids(hits_of(few, "warlus", checklist)) == ["Q2"]


@pytest.mark.long
def test_every_synonym_is_typed_once_and_stands_for_what_there_is(search: Search, checklist: Checklist) -> None:
    synonyms = TOOLKIT.search_words.synonyms
    typed = [words for synonym in synonyms for words in synonym.typed]
    plain = [re.sub("(?<!s)s\\b", "", re.sub("ies\\b", "y", words)) for words in typed]
    assert len(set(plain)) == len(plain)
    assert [words for words in typed if words != words.lower() or len(words.split()) > 3] == []
    for words in [*typed, *(phrase for synonym in synonyms for phrase in synonym.means)]:
        found = search.find(words, checklist)
        assert found.hits, words
        assert not found.instead, words


def test_a_little_word_need_not_be_there_beside_another(few: Search, checklist: Checklist) -> None:
    assert ids(hits_of(few, "is my okapi", checklist)) == ["Q2"]
    assert ids(hits_of(few, "okapi is", checklist)) == ["Q2"]
    assert few.find("where is my okapi", checklist).instead == "okapi", "“where” is none of them"
    assert ids(hits_of(few, "is", checklist)) == ["Q2"], "by itself it is looked for"


def test_what_has_changed_is_found_beside_its_entry(search: Search, checklist: Checklist) -> None:
    assert {"F17", "P2.4"} <= {*ids(hits_of(search, "six hours", checklist))}


def test_it_says_when_there_is_more_than_is_listed(search: Search, few: Search, checklist: Checklist) -> None:
    found = search.find("apprentices", checklist)
    assert (len(found.hits), found.more) == (MOST, True)
    assert not few.find("apprentices", checklist).more


# What is shown


def test_a_word_that_only_a_note_has_is_found_from_its_third_letter_to_its_last(
    few: Search, checklist: Checklist
) -> None:
    checklist.save(Edit("Q1", "note", "", "Rescheduling wheelchairs, naturally."))
    for word in ("rescheduling", "wheelchairs", "naturally"):
        for end in range(3, len(word) + 1):
            assert "Q1" in ids(hits_of(few, word[:end], checklist)), word[:end]


def test_the_marked_pieces_are_what_was_looked_for(few: Search, checklist: Checklist) -> None:
    (hit,) = hits_of(few, "giraffe", checklist)
    assert hit == Hit(small().entries["Q1"], (("Who pays for the ", False), ("giraffe", True), ("?", False)), "title")
    (hit,) = hits_of(few, "zebra", checklist)
    assert (hit.where, marked(hit), shown(hit)) == ("text", ["Zebras"], "An apprentice sees to it. Zebras graze.")
    (hit,) = hits_of(few, "shy resume", checklist)
    assert (hit.where, marked(hit)) == ("text", ["shy", "résumé"])
    (hit,) = hits_of(few, "mentor", checklist)
    assert (hit.where, marked(hit)) == ("text", ["Mentoring"])


def below_title(entry: Entry) -> str:
    before = [f"{entry.publisher}."] if isinstance(entry, Resource) else []
    return " ".join([*before, entry.text, *(update.text for update in TOOLKIT.updates_of(entry))])


def test_every_hit_shows_some_of_what_was_looked_for_and_no_mark_of_our_own(
    search: Search, checklist: Checklist
) -> None:
    checklist.save(Edit("D1.1", "note", "", "the background\nof everybody " * 20))
    for words in ("background", "data", "social mobility", "apprentices"):
        hits = hits_of(search, words, checklist)
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
    (hit,) = hits_of(few, "walrus", checklist)
    assert not {OPEN, CLOSE} & set(shown(hit))


def test_an_entry_whose_id_is_typed_comes_first_in_any_case(search: Search, checklist: Checklist) -> None:
    checklist.save(Edit("D1.1", "note", "", "see D1.3 and Q1"))
    for entry in TOOLKIT.entries.values():
        for typed in (entry.id, entry.id.lower(), entry.id.upper(), f"  {entry.id.swapcase()} "):
            hits = hits_of(search, typed, checklist)
            assert hits[0] == Hit(entry, ((entry.id, True),), "title")
            if entry.id != "D1.1":
                assert ids([hit for hit in hits if hit.where != "note"]).count(entry.id) == 1


# Whatever is typed


@pytest.mark.parametrize("words", ["", " ", "\t\n", '"', "*", "-", "^", "...", "\x00", "👩🏽\u200d💻", "+", "()"])
def test_where_there_is_no_word_nothing_is_found(words: str, search: Search, checklist: Checklist) -> None:
    checklist.save(Edit("D1.1", "note", "", "something"))
    assert as_words(words) == []
    assert hits_of(search, words, checklist) == []


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
    hits = hits_of(few, words, checklist)
    if re.fullmatch(r"\W*giraffe\W*", words):
        assert ids(hits) == ["Q2", "Q1"]
    assert ids(hits_of(few, "giraffe", checklist)) == ["Q2", "Q1"]


def test_operators_are_words_that_must_be_there(few: Search, checklist: Checklist) -> None:
    checklist.save(Edit("Q2", "note", "", "giraffe and okapi"), Edit("Q3", "note", "", "giraffe okapi"))
    assert ids(hits_of(few, "giraffe AND okapi", checklist)) == ["Q2"]
    assert few.find("giraffe OR walrus", checklist).instead == "giraffe"
    assert few.find("giraffe NOT okapi", checklist).instead == "giraffe or okapi"


def test_of_a_long_text_pasted_by_mistake_only_the_beginning_is_looked_for() -> None:
    assert len("".join(as_words("data " * 1500))) < 200
    assert len("".join(as_words("d" * 100_000))) < 200
