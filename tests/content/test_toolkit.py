"""The toolkit: complete, linked, easy to read, and with no figure that the source does not give."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from content.benchmarks import load_benchmarks
from content.loading import Content, ContentError, load
from content.survey import load_survey
from content.toolkit import (
    AUDIENCES,
    CHAPTERS,
    FOLDER,
    Chapter,
    Entry,
    Item,
    MustHave,
    Resource,
    Tip,
    Way,
    load_toolkit,
)
from storage.counts.journey import WITHIN_THE_JOURNEY
from storage.debrief import PROMPTS
from storage.events import STAGES
from tests.content import reading

HARDEST_GRADE = 9
"""For people at work, and for parents and teachers whom they show it to."""

LONGEST_SENTENCE = 28
"""In words. An average can hide one sentence that is too long."""

TOOLKIT = load_toolkit()
CHECKS = [check for way in TOOLKIT.ways for check in way.checks]
ACTIONS: list[Item | MustHave] = [*TOOLKIT.must_haves, *TOOLKIT.items]

ALL: list[Entry] = [
    *ACTIONS,
    *TOOLKIT.terms,
    *TOOLKIT.reasons,
    *TOOLKIT.findings,
    *TOOLKIT.answers,
    *TOOLKIT.resources,
    *TOOLKIT.cases,
    *TOOLKIT.examples,
    *CHECKS,
    *TOOLKIT.readings,
]
"""Every entry, also one whose id another has."""

ABOUT: list[Tip | Chapter | Way] = [*TOOLKIT.chapters, *TOOLKIT.tips.values(), *TOOLKIT.ways]
"""What has a text about it."""

ITEMS = {
    "data": {"D1": 6, "D2": 6, "D3": 9},
    "culture": {"C1": 11, "C2": 12, "C3": 7},
    "outreach": {"O1": 15, "O2": 6, "O3": 11},
    "hiring": {"H1": 15, "H2": 10, "H3": 8, "H4": 14},
    "progression": {"P1": 11, "P2": 9, "P3": 13},
    "advocacy": {"A": 11},
}
"""How many items the source has under each tip; advocacy has no tips."""

MUST_HAVES = {"data": 3, "culture": 3, "outreach": 4, "hiring": 4, "progression": 3, "advocacy": 3, "general": 2}

VERBS = (
    "Add|Advertise|Agree|Ask|Back|Be|Begin|Break|Bring|Build|Challenge|Check|Choose|Compare|Count|Create|"
    "Decide|Describe|Do|Draw|Drop|Explain|Find|Fit|Get|Give|Go|Have|Help|Hold|Invite|Join|Keep|Learn|Leave|"
    "Lend|Let|Lighten|List|Listen|Look|Make|Measure|Meet|Move|Name|Offer|Open|Pair|Pass|Pay|Plan|Promise|"
    "Protect|Put|Remove|Reshape|Say|See|Set|Share|Show|Split|Start|State|Stay|Take|Talk|Team|Tell|Think|Tie|"
    "Train|Try|Use|Value|Work|Write"
)
"""What an action may begin with, or “Never” and one of these."""

RESEARCH = "2020"
"""The year of the research that the source's figures come from, where it names no year of their own."""
SOURCE = "2021"
"""The year of the source itself."""
POOLED = "2017–2019"
FALL = "2015/16 to 2017/18"

THRESHOLD = {"10": SOURCE}
BENCHMARKS = {"37%": SOURCE, "24%": SOURCE, "39%": SOURCE}
DEPRIVED = {"20%": SOURCE}

FIGURES: dict[str, dict[str, str]] = {
    "did-you-know": {"one in ten": "2019", "36%": "2019", "28%": "2019"},
    "covid-drop": {"nearly half": "2020", "70%": "2020", "20%": "2021"},
    "F2": {"fewer than 10": SOURCE},
    "F17": {"20%": SOURCE},
    "D1.2": {"66%": SOURCE},
    "D1.6": {"10 or more": SOURCE},
    "D2.3": {"fewer than 10": SOURCE},
    "D3.1": BENCHMARKS,
    "D3.3": BENCHMARKS | {"fewer than 10": SOURCE},
    "D3.8": {"fewer than 10": SOURCE},
    "D3.9": {"70%": SOURCE, "7.5%": SOURCE, "15%": SOURCE, "65%": SOURCE},
    "C2.7": THRESHOLD,
    "O3.5": THRESHOLD,
    "H3.2": {"16": SOURCE},
    "P2.4": {"20%": SOURCE},
    "P3.7": {"two devices": SOURCE},
    "A3": THRESHOLD,
    "gap-at-every-stage": DEPRIVED,
    "selection-gap": {"36%": FALL, "23%": FALL, "13 percentage points": FALL} | DEPRIVED,
    "quality-gap": {"1.5–3 months": "2017/18"} | DEPRIVED,
    "levy-gap": {"three to five percentage points": RESEARCH} | DEPRIVED,
    "progression-gap": {"32.7%": RESEARCH, "39.7%": RESEARCH} | DEPRIVED,
    "earnings-boost": {"16%": RESEARCH, "10%": RESEARCH} | DEPRIVED,
    "Q1": {"10%": "2019", "6%": "2019", "5%": "2019"},
    "Q2": {"30%": "2010/11", "141,000": "2010/11", "22%": "2017/18", "84,000": "2017/18", "36%": FALL, "23%": FALL}
    | DEPRIVED,
    "Q3": dict.fromkeys(("77%", "86%", "5%", "70%", "64%", "47%", "43%"), POOLED),
    "Q4": {"42%": RESEARCH, "31%": RESEARCH} | DEPRIVED,
    "Q5": {"50%": "2019", "36%": "2019", "14%": "2019"},
    "Q6": {"48%": "2017/18", "41%": "2017/18"} | DEPRIVED,
    "Q7": DEPRIVED,
    "Q8": {"10": SOURCE, "250": SOURCE, "55%": "2017/18", "46%": "2015/16", "twice as large": RESEARCH} | DEPRIVED,
    "Q9": {"19": RESEARCH, "25": RESEARCH} | DEPRIVED,
    "Q10": {"63%": "2017/18", "67%": "2017/18", "29%": RESEARCH, "28%": RESEARCH, "14%": RESEARCH} | DEPRIVED,
    "Q11": {"about 4%": RESEARCH} | DEPRIVED,
    "Q12": dict.fromkeys(("16%", "10%", "23%", "21%", "£1,400", "£1,000"), RESEARCH) | DEPRIVED,
    "R21": {"16–19": SOURCE},
    "companies-house": {"1,000": SOURCE, "16": SOURCE, "three apprentices": "2019"},
    "mediacom": {"1,700": SOURCE, "110": SOURCE},
    "co-op": {"60,000": SOURCE, "25%": SOURCE},
    "sutton-trust-text": THRESHOLD,
}
"""Every figure of the source that an entry must name, and its year, copied from the source and not from the data."""

SAYINGS: dict[str, tuple[str, ...]] = {
    "F2": ("never showing groups of fewer than 10",),
    "F17": ("20% under the rules of 2021",),
    "D1.2": ("fewer than 66%",),
    "D3.1": ("37% professional, 24% intermediate and 39% working class",),
    "D3.3": ("37% professional, 24% intermediate and 39% working class",),
    "D3.9": ("at least 70%", "independent schools is 7.5%", "15% of pupils qualify", "65% of graduates"),
    "H3.2": ("aged 16 or over",),
    "selection-gap": ("it fell by 36%. For others it fell by 23%",),
    "quality-gap": ("1.5–3 months less", "construction, in engineering and in ICT"),
    "progression-gap": ("only 32.7% went on", "Of the others, 39.7% did"),
    "earnings-boost": ("women aged 28", "raised their pay by 16%, and other women by 10%"),
    "Q1": ("10% were apprentices or had been (2019)", "6% in the public sector", "5% in each of three others"),
    "Q2": (
        "In 2010/11, 30% of starts (141,000)",
        "In 2017/18, it was 22% (84,000)",
        "From 2015/16 to 2017/18 their starts fell by around 36%, and those of others by 23%",
    ),
    "Q3": (
        "men (77%)",
        "not disabled (86%)",
        "Only 5% are Asian, Black, Mixed",
        "Among white apprentices, 70% have a working class or intermediate background; among the others it is 64%",
        "Of disabled apprentices, 47% have a working class background; of those without a disability, 43%",
    ),
    "Q4": ("42% of higher level starts by disadvantaged women", "not disadvantaged it is 31%"),
    "Q5": ("50%, train at advanced level (Level 3)", "36% are at intermediate level (Level 2)", "14% are at higher"),
    "Q6": ("In 2017/18, 48% of starts by disadvantaged people", "more privileged learners it was 41%"),
    "Q8": ("In 2017/18, 55% of new disadvantaged starters", "up from 46% in 2015/16", "under 10", "250 or more"),
    "Q9": ("men under 19", "women aged 25 and above"),
    "Q10": (
        "In 2017/18, 63% of disadvantaged men",
        "not disadvantaged it was 67%",
        "For 29% of those asked it was the apprenticeship itself",
        "For 28% it was trouble at home",
        "Another 14% moved to a job",
    ),
    "Q12": ("boost is 16%, against 10%", "For men it is 23% against 21%", "£1,400 for men and £1,000 for women"),
    "companies-house": (
        "In 2021 it had just over 1,000 staff",
        "16 staff networks",
        "In 2019 it began with only three",
    ),
    "mediacom": ("In 2021 its UK offices had 1,700 people", "around 110 apprentices"),
    "co-op": ("over 60,000 colleagues in 2021", "From 2019 its", "In May 2021", "up to 25% of their funds"),
}
"""Of whom or when it says so, where two figures could change places and still be there."""

NO_FIGURES = (
    (r"\bLevels? \d(?:(?:, \d)*(?: and| or) \d)?\b", "the name of a level"),
    (r"\b(?:was|were) about (?:aged )?14\b|\basks about age 14\b", "the key question's own words"),
    (r"\bState of the Nation(?: report of)? 2017\b", "a report's title"),
    (r"\b201[5-9]/1[68]\b|\b2010/11\b", "a year"),
    (r"\b20(?:1[5-9]|2[01])\b", "a year"),
)
"""Numbers that measure nothing, and why: all others must be in a figure."""

AMERICAN = (
    r"(?!(?:[a-z]*size|prize|seize|capsize)[sd]?\b)[a-z]+iz(?:e|es|ed|er|ers)\b",
    r"(?!(?:sizing|prizing|seizing)\b)[a-z]+(?:izing|ization|izations)\b",
    r"[a-z]*analyz[a-z]+",
    r"(?:behavior|color|favor|flavor|harbor|honor|humor|labor|neighbor|rumor)[a-z]*",
    r"(?:center|meter|theater|fiber)(?:s|ed)?\b",
    r"(?:program|catalog|dialog)s?\b",
    r"(?:defense|offense|license|practicing|practiced)s?\b",
    r"(?:counsel|travel|label|model|cancel|signal|channel|level)(?:ed|ing|er|or|ers|ors)\b",
    r"(?:enroll|fulfill|skillful|installment|enrollment|fulfillment)s?\b",
    r"(?:gray|math|mom|moms|gotten|vacation|vacations|resume|resumes|airplane|cozy|aging|judgment|tire|pajamas)\b",
)
"""How these words are spelt, or called, in the United States alone."""

PEOPLE = (
    *("Steven Cooper", "Ruth Frost", "Isa Mutlib", "Bradley Burgoyne", "Nancy Lengthorn", "Martyn Flynn"),
    *("Anna Morrison", "Norma Muyambo", "Alex Miles", "Danny Matthews"),
)
"""Who is quoted in the source: their words and names are theirs."""

REPORTED_GOOD_NEWS = "more-working-class"


def ids(entries: list[Entry]) -> list[str]:
    return [entry.id for entry in entries]


def whole(entry: Entry) -> str:
    """What is read: a title with its own mark keeps it."""
    return f"{entry.title} {entry.text}" if entry.title[-1] in "?!" else f"{entry.title}. {entry.text}"


def numbers(text: str) -> set[str]:
    return set(re.findall(r"£?\d+(?:,\d{3})*(?:\.\d+)?%?", text))


def strings(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a part of the toolkit, with the key that it stands under."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from strings(part, f"{key} {name}")
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part, key)


def all_strings() -> list[tuple[str, str]]:
    parts: list[Content] = [*ALL, *ABOUT, *(group for way in TOOLKIT.ways for group in way.groups)]
    named = [pair for part in parts for pair in strings(msgspec.to_builtins(part), str(getattr(part, "id", "")))]
    return [("first steps", TOOLKIT.first_steps), *named]


STRINGS = all_strings()


# Complete


def test_every_chapter_and_tip_has_the_items_of_the_source() -> None:
    found = {
        chapter.id: {tip.id: len(tip.items) for tip in chapter.tips} or {"A": len(chapter.items)}
        for chapter in TOOLKIT.chapters
    }
    assert found == ITEMS
    assert tuple(found) == CHAPTERS
    assert [bool(chapter.items) for chapter in TOOLKIT.chapters] == [False] * 5 + [True]
    assert (len(TOOLKIT.tips), len(TOOLKIT.items)) == (16, 174)


def test_there_are_22_must_haves_in_their_chapters_in_order() -> None:
    assert Counter(step.chapter for step in TOOLKIT.must_haves) == MUST_HAVES
    assert [step.chapter for step in TOOLKIT.must_haves] == [name for name, n in MUST_HAVES.items() for _ in range(n)]
    assert len(TOOLKIT.must_haves) == 22


def test_nothing_else_of_the_source_is_missing_or_added() -> None:
    parts = (TOOLKIT.answers, TOOLKIT.terms, TOOLKIT.resources, TOOLKIT.findings, TOOLKIT.cases, TOOLKIT.examples)
    beside_its_list = 4  # resources that stand in its text and footnotes alone
    assert [len(part) for part in parts] == [12, 7, 33 + beside_its_list, 6, 3, 7]


def test_resources_stand_in_four_groups() -> None:
    groups = Counter(resource.group for resource in TOOLKIT.resources)
    assert list(groups.items()) == [
        ("employers and providers", 11 + 3),
        ("apprentice networks", 7),
        ("parents, carers and teachers", 4),
        ("intersectionality", 11 + 1),
    ]


def test_an_event_is_gone_through_with_17_questions_in_five_groups() -> None:
    groups = [(group.title, len(group.checks)) for group in TOOLKIT.way("event").groups]
    assert groups == [("Place", 5), ("Time", 3), ("Language", 3), ("Money", 4), ("Content", 2)]


def test_after_an_event_there_are_four_questions_for_guests_and_three_for_the_team() -> None:
    assert [len(group.checks) for group in TOOLKIT.way("after").groups] == [4, 3]


def test_an_advert_is_checked_for_seven_facts() -> None:
    facts = TOOLKIT.way("advert").groups[0].checks
    assert [check.item for check in facts] == [f"H4.{number}" for number in range(2, 9)]


def test_only_what_belongs_to_an_event_is_ticked_for_each_event() -> None:
    assert {way.id: way.per_event for way in TOOLKIT.ways} == {"event": True, "after": True, "advert": False}


# Linked


def test_no_two_things_have_the_same_id_in_any_case() -> None:
    everything = [*ids(ALL), *(part.id for part in ABOUT)]
    assert [name for name, times in Counter(map(str.lower, everything)).items() if times > 1] == []
    assert list(TOOLKIT.entries) == ids(ALL)


def test_ids_count_up() -> None:
    items = {
        tip: [f"{tip}.{number}" if tip != "A" else f"A{number}" for number in range(1, count + 1)]
        for tips in ITEMS.values()
        for tip, count in tips.items()
    }
    assert [item.id for item in TOOLKIT.items] == [name for tip in items.values() for name in tip]
    for chapter in TOOLKIT.chapters:
        for tip in chapter.tips:
            assert [item.id for item in tip.items] == items[tip.id]
    assert ids([*TOOLKIT.must_haves]) == [f"F{number}" for number in range(1, 23)]
    assert ids([*TOOLKIT.answers]) == [f"Q{number}" for number in range(1, 13)]
    assert ids([*TOOLKIT.resources]) == [f"R{number}" for number in range(1, 38)]


def test_every_link_leads_somewhere_else_and_once() -> None:
    targets = TOOLKIT.entries.keys() | TOOLKIT.tips.keys()
    for entry in ALL:
        assert [link for link in entry.links if link not in targets] == [], entry.id
        assert entry.id not in entry.links
        assert len(set(entry.links)) == len(entry.links), entry.id


def test_an_item_and_the_must_have_that_it_carries_out_name_each_other() -> None:
    steps = {step.id: step for step in TOOLKIT.must_haves}
    for item in TOOLKIT.items:
        if item.must_have:
            assert item.must_have in steps, item.id
            assert item.id in steps[item.must_have].links, item.id


def test_every_must_have_leads_to_items_only() -> None:
    items = {item.id for item in TOOLKIT.items}
    for step in TOOLKIT.must_haves:
        assert step.links, step.id
        assert items.issuperset(step.links), step.id


def test_every_check_is_a_numbered_part_of_its_item() -> None:
    items = {item.id for item in TOOLKIT.items}
    nth: Counter[str] = Counter()
    for check in CHECKS:
        nth[check.item] += 1
        assert check.item in items, check.id
        assert check.id == f"{check.item}.{nth[check.item]}"


def test_every_entry_says_where_in_the_source_it_is_found() -> None:
    assert [entry.id for entry in ALL if len(entry.place.split()) < 2 and not isinstance(entry, Resource)] == []


# Form


def test_every_action_is_told_what_to_do_in_one_line() -> None:
    for action in ACTIONS:
        assert re.match(rf"(?:{VERBS}|Never (?:{VERBS.lower()}))\b", action.title), action.title
        assert len(action.title) <= 90, action.id
        assert action.title[-1] not in ".!:;,?", action.id


def test_every_action_is_explained_in_two_to_four_sentences() -> None:
    for action in ACTIONS:
        assert 2 <= len(re.findall(r"[.?!][”’)]*(?=\s+“?[A-Z]|$)", action.text)) <= 4, action.id


def test_every_action_is_for_somebody_and_names_them_once_in_order() -> None:
    for action in ACTIONS:
        assert action.audience, action.id
        assert list(action.audience) == [name for name in AUDIENCES if name in action.audience], action.id


def test_every_action_says_of_what_size_and_kind_its_employer_is() -> None:
    for action in ACTIONS:
        assert {"small", "large"} & set(action.audience), action.id
        assert {"employer", "training provider"} & set(action.audience), action.id


def test_no_two_entries_of_a_kind_have_the_same_title() -> None:
    titles = Counter((type(entry).__name__, entry.title.lower()) for entry in ALL)
    assert [title for title, times in titles.items() if times > 1] == []


# Figures


def test_every_figure_of_the_source_is_there_with_its_year_and_no_other() -> None:
    found = {entry.id: {figure.value: figure.year for figure in entry.figures} for entry in ALL if entry.figures}
    assert found == FIGURES


@pytest.mark.parametrize("name", SAYINGS)
def test_figures_are_said_of_what_the_source_says_them(name: str) -> None:
    assert [said for said in SAYINGS[name] if said not in TOOLKIT.entries[name].text] == []


def test_every_figure_is_in_its_text_once_in_its_list_and_says_where_it_is_from() -> None:
    for entry in ALL:
        values = [figure.value for figure in entry.figures]
        assert len(set(values)) == len(values), entry.id
        for figure in entry.figures:
            assert re.search(rf"(?<![\d.,£]){re.escape(figure.value)}(?!\d|[.,]\d)", whole(entry)), (entry.id, figure)
            assert len(figure.about.split()) >= 4, (entry.id, figure)
            sources = "Social Mobility Commission|Labour Force Survey|HM Government"
            assert re.search(sources, figure.source), (entry.id, figure)


@pytest.mark.long
def test_what_has_changed_is_dated_sourced_and_stands_beside_entries_that_there_are() -> None:
    months = "January|February|March|April|May|June|July|August|September|October|November|December"
    for update in TOOLKIT.updates:
        assert re.fullmatch(rf"(?:(?:{months}) )?20[2]\d", update.since), update
        assert len(update.source.split()) >= 3, update
        assert set(update.entries) <= set(TOOLKIT.entries), update
        assert reading.grade(update.text) <= HARDEST_GRADE, update


@pytest.mark.parametrize(
    ("name", "since", "said"),
    [
        ("P2.4", "August 2022", "six hours a week"),
        ("F17", "August 2022", "six hours a week"),
        ("A9", "April 2024", "50%"),
        ("D3.5", "February 2025", "19 or older"),
        ("R8", "June 2025", "Skills England"),
        ("R4", "March 2025", "Department for Education"),
        ("O1.5", "November 2024", "King’s Trust"),
        ("levy-gap", "2021", "England"),
        ("P3.3", "2021", "England"),
    ],
)
def test_what_has_changed_since_the_source_is_told_beside_it(name: str, since: str, said: str) -> None:
    told = {update.since: update.text for update in TOOLKIT.updates_of(TOOLKIT.entries[name])}
    assert said in told[since]


def test_beside_all_that_tells_of_englands_rules_it_is_said_that_they_are_englands() -> None:
    rules = re.compile(
        r"\blevy\b|Functional Skills|(?:end point|final) assessment|off the job|off-the-job", re.IGNORECASE
    )
    told = [entry for entry in ALL if rules.search(f"{entry.title} {entry.text}")]
    assert len(told) > 20
    for entry in told:
        assert any("about England" in update.text for update in TOOLKIT.updates_of(entry)), entry.id


def test_beside_each_body_that_has_closed_it_is_said_who_does_its_work() -> None:
    for body, now in (
        ("Institute for Apprenticeships and Technical Education", "Skills England"),
        ("Education and Skills Funding Agency", "Department for Education"),
        ("Prince’s Trust", "King’s Trust"),
    ):
        named = [entry for entry in ALL if body in f"{entry.text} {getattr(entry, 'publisher', '')}"]
        assert named, body
        for entry in named:
            assert any(now in update.text for update in TOOLKIT.updates_of(entry)), (entry.id, body)


def test_a_behaviour_question_and_the_live_task_that_is_fairer_lead_to_each_other() -> None:
    example, item = TOOLKIT.entries["behaviour-question"], TOOLKIT.entries["H2.6"]
    assert item.id in example.links
    assert example.id in item.links
    assert "not of a live task" in example.text


def test_every_year_is_written_as_a_year() -> None:
    one = r"20[12]\d(?:/[12]\d)?"
    for entry in ALL:
        for figure in entry.figures:
            assert re.fullmatch(rf"{one}(?: to {one}|–20[12]\d)?", figure.year), (entry.id, figure)
        if isinstance(entry, Resource):
            assert re.fullmatch(r"(?:20(?:1[5-9]|2[01]))?", entry.year), entry.id


def test_every_number_in_a_text_is_one_of_its_figures() -> None:
    for entry in ALL:
        text = whole(entry)
        for pattern, _ in NO_FIGURES:
            text = re.sub(pattern, "", text)
        known = numbers(" ".join(f"{figure.value} {figure.about} {figure.year}" for figure in entry.figures))
        assert numbers(text) - known == set(), entry.id


def test_no_number_but_a_title_and_the_key_question_stands_where_no_figure_can() -> None:
    texts = {part.id: f"{part.title} {part.about}" for part in ABOUT} | {"first steps": TOOLKIT.first_steps}
    assert {name: numbers(text) for name, text in texts.items() if numbers(text)} == {
        "D1": {"14"},
        "first steps": {"22"},
    }
    assert load_survey().questions[0].text in texts["D1"]


def test_figures_that_the_counts_are_compared_with_are_the_ones_that_the_toolkit_names() -> None:
    compared = load_benchmarks()
    occupation = {f"{part.share:g}%" for part in compared.of("occupation").benchmarks}
    assert set(FIGURES["D3.1"]) == occupation
    assert f"{compared.of('school').benchmarks[0].share:g}%" in FIGURES["D3.9"]
    assert f"{compared.response_rate:g}%" in FIGURES["D3.9"]
    assert f"{compared.of('occupation').response_rate:g}%" in FIGURES["D1.2"]


# Reading ease


def test_every_entry_can_be_read_at_fourteen() -> None:
    hard = {entry.id: round(reading.grade(whole(entry)), 2) for entry in ALL}
    assert {name: grade for name, grade in hard.items() if grade > HARDEST_GRADE} == {}


def test_what_chapters_tips_and_ways_are_about_can_be_read_at_fourteen() -> None:
    hard = {part.id: round(reading.grade(part.about), 2) for part in ABOUT}
    assert {name: grade for name, grade in hard.items() if grade > HARDEST_GRADE} == {}
    assert reading.grade(TOOLKIT.first_steps) <= HARDEST_GRADE


def test_all_of_it_together_is_easier_still() -> None:
    assert reading.grade("\n".join(whole(entry) for entry in ALL)) <= HARDEST_GRADE - 3


def test_no_sentence_is_long() -> None:
    texts = [*((entry.id, whole(entry)) for entry in ALL), *((part.id, part.about) for part in ABOUT)]
    for name, text in [*texts, ("first steps", TOOLKIT.first_steps)]:
        for sentence in reading.sentences(text):
            assert len(reading.words(sentence)) <= LONGEST_SENTENCE, (name, sentence)


# Words


def test_spelling_is_british() -> None:
    american = re.compile(rf"\b(?:{'|'.join(AMERICAN)})", re.IGNORECASE)
    ours = [(key, text) for key, text in STRINGS if not key.endswith((" place", " links"))]
    assert [(key, found[0]) for key, text in ours if (found := american.search(text))] == []


@pytest.mark.parametrize(
    "word",
    ["organize", "Recognized", "specialization", "behavior", "center", "program", "enroll", "labeled", "gray", "math"],
)
def test_the_list_of_american_forms_finds_them(word: str) -> None:
    assert re.search(rf"\b(?:{'|'.join(AMERICAN)})", word, re.IGNORECASE)


@pytest.mark.parametrize("word", ["size", "prize", "programme", "labour", "modelling", "enrol", "maths", "entire"])
def test_the_list_of_american_forms_leaves_british_ones_alone(word: str) -> None:
    assert not re.search(rf"\b(?:{'|'.join(AMERICAN)})", word, re.IGNORECASE)


def test_every_text_is_tidy_with_curly_quotes_and_no_stray_spaces() -> None:
    for key, text in STRINGS:
        assert not set("'\"\t\n\N{NO-BREAK SPACE}") & set(text), (key, text)
        assert "  " not in text, (key, text)
        assert text == text.strip(), (key, text)
        assert text.count("“") == text.count("”"), (key, text)


def test_texts_are_not_read_as_markup() -> None:
    assert [(key, text) for key, text in STRINGS if "[" in text] == []


def test_no_address_is_made_up() -> None:
    address = re.compile(r"http|www|\.(?:uk|com|org|gov)\b", re.IGNORECASE)
    assert [(key, text) for key, text in STRINGS if address.search(text) and not key.endswith(" address")] == []
    for file in FOLDER.iterdir():
        lines = file.read_text(encoding="utf-8").splitlines()
        elsewhere = [line for line in lines if not line.startswith("address = ")]
        assert not re.search(r"http|www", "\n".join(elsewhere), re.IGNORECASE), file.name


def test_an_address_is_whole_leads_to_its_publisher_and_says_when_it_was_seen() -> None:
    addressed = {one.id: one for one in TOOLKIT.resources if one.address}
    assert set(addressed) == {"R2", "R4", "R5", "R7", "R18", "R34", "R37"}
    for one in addressed.values():
        assert re.fullmatch(r"https://[a-z0-9.-]+\.(?:uk|com|org|io)(?:/[a-z0-9-]+)*", one.address), one.id
        assert one.seen, one.id
    assert [one.id for one in TOOLKIT.resources if one.seen and not one.address] == []
    assert "gov.uk" in addressed["R5"].address
    assert "suttontrust.com" in addressed["R7"].address


def test_no_lost_case_study_and_nobody_quoted_is_named() -> None:
    lost = ("Sage Gateshead", "Gateshead", "Ministry of Defence", "MoD")
    names = re.compile(rf"\b(?:{'|'.join((*lost, *PEOPLE))})\b")
    assert [(key, text) for key, text in STRINGS if names.search(text)] == []


def test_one_thing_has_one_name() -> None:
    other = re.compile(r"\bmend|\bsocial background|\bsees? to it\b|\blook again on\b", re.IGNORECASE)
    ours = [(key, text) for key, text in STRINGS if not key.endswith(" place")]
    assert [(key, found[0]) for key, text in ours if (found := other.search(text))] == []


HEDGES = ("check today’s", "may have moved", "Listed in 2021", "here means")


def test_no_entry_hedges_twice_and_none_doubts_an_address_that_it_gives() -> None:
    for entry in ALL:
        assert [hedge for hedge in HEDGES if entry.text.lower().count(hedge.lower()) > 1] == [], entry.id
        if isinstance(entry, Resource) and entry.address:
            assert "may have moved" not in entry.text, entry.id


# Readings of the counts


def test_a_reading_is_of_something_that_is_asked_and_compared() -> None:
    questions = {question.id: {category.id for category in question.categories} for question in load_survey().questions}
    for part in TOOLKIT.readings:
        if part.shows in {"feedback", "debrief"}:
            asked: tuple[str, ...] = PROMPTS if part.shows == "debrief" else ("helped", "recommend", "included")
            assert part.question == "", part.id
            assert part.category in asked, part.id
        elif part.shows in {"response rate", "target"} or part.id == "fewer-answer-over-time":
            assert (part.question, part.category) == ("", ""), part.id
        else:
            assert part.category in questions[part.question], part.id
            assert part.category in load_benchmarks().of(part.question).compared, part.id


def test_only_a_share_with_a_benchmark_is_above_or_below_it() -> None:
    for part in TOOLKIT.readings:
        if part.shows == "share":
            benchmarks = load_benchmarks().of(part.question).benchmarks
            assert part.category in [benchmark.category for benchmark in benchmarks], part.id


def test_the_verdict_of_a_reading_is_one_that_its_kind_can_have() -> None:
    can_be = {"share": {"below", "above"}, "response rate": {"below"}, "drop": {""}, "fall": {""}, "target": {""}}
    can_be |= {"feedback": {""}, "debrief": {""}}
    for part in TOOLKIT.readings:
        assert part.verdict in can_be[part.shows], part.id


def test_a_reading_is_at_stages_that_there_are_and_a_drop_is_never_at_the_first() -> None:
    for part in TOOLKIT.readings:
        assert set(part.stages) <= set(STAGES), part.id
        if part.shows == "drop":
            assert part.stages, part.id
            assert STAGES[0] not in part.stages, part.id


def test_one_finding_never_has_two_readings() -> None:
    findings = Counter(
        (part.shows, part.question, part.category, part.verdict, stage)
        for part in TOOLKIT.readings
        for stage in part.stages or STAGES
    )
    assert [finding for finding, times in findings.items() if times > 1] == []


def test_a_low_share_has_a_reading_wherever_it_is_compared_and_a_drop_at_every_later_stage() -> None:
    at = {
        shows: [
            stage
            for part in TOOLKIT.readings
            if (part.shows, part.category, part.verdict) == (shows, "working_class", verdict)
            for stage in part.stages
        ]
        for shows, verdict in (("share", "below"), ("drop", ""))
    }
    compared = [stage for stage in STAGES if stage not in WITHIN_THE_JOURNEY]
    assert at == {"share": compared, "drop": [*STAGES[1:]]}


def test_each_question_of_the_debrief_has_a_reading_that_leads_to_its_own_item_of_the_toolkit() -> None:
    found = {part.category: part.links[0] for part in TOOLKIT.readings if part.shows == "debrief"}
    assert found == {"worked": "O3.8", "change": "O3.9", "support": "O3.10"}
    assert tuple(found) == PROMPTS


def test_a_reading_suggests_and_leaves_it_to_its_page_to_say_that_it_proves_nothing() -> None:
    for part in TOOLKIT.readings:
        if part.id != REPORTED_GOOD_NEWS:
            assert "suggests" in part.text, part.id
            assert "prove" not in part.text, part.id


def test_good_news_is_not_taken_for_more_than_it_is() -> None:
    text = TOOLKIT.entries[REPORTED_GOOD_NEWS].text
    assert re.search(r"\b(?:suggests|may)\b", text)
    assert "later steps" in text


def test_a_reading_leads_to_tips_and_items_only() -> None:
    targets = TOOLKIT.tips.keys() | {item.id for item in TOOLKIT.items}
    for part in TOOLKIT.readings:
        assert part.links, part.id
        assert targets >= set(part.links), part.id


# Key terms


@pytest.mark.parametrize("term", [term.id for term in TOOLKIT.terms])
def test_every_term_is_used_in_an_item_and_explained_there(term: str) -> None:
    assert [item.id for item in TOOLKIT.items if term in [known.id for known in TOOLKIT.explained(item)]]


def test_terms_are_looked_for_in_lower_case_and_each_form_once() -> None:
    forms = [form for term in TOOLKIT.terms for form in term.forms]
    assert forms == [form.lower() for form in forms]
    assert len(set(forms)) == len(forms)


def test_an_item_explains_the_few_terms_that_it_uses_or_names() -> None:
    explained = {item.id: {term.id for term in TOOLKIT.explained(item)} for item in TOOLKIT.items}
    assert explained["D1.1"] == {"socio-economic-background"}, "which it names, in other words"
    assert explained["C1.1"] == {"micro-aggressions"}
    assert max(map(len, explained.values())) <= 3


def test_a_term_is_found_in_any_case_as_whole_words_and_never_explains_itself() -> None:
    inclusion = next(term for term in TOOLKIT.terms if term.id == "inclusion")
    assert inclusion.is_in("Inclusion counts.")
    assert not inclusion.is_in("Inclusions count.")
    assert all(term not in TOOLKIT.explained(term) for term in TOOLKIT.terms)


# Finding


def test_an_entry_is_found_by_its_id_in_any_case() -> None:
    assert TOOLKIT.find(" d1.1 ") is TOOLKIT.items[0]
    assert TOOLKIT.find("Co-Op") is TOOLKIT.cases[2]
    assert TOOLKIT.find("D1.99") is None


def test_every_item_and_tip_knows_its_chapter() -> None:
    assert set(TOOLKIT.chapter_of) == {item.id for item in TOOLKIT.items} | TOOLKIT.tips.keys()
    for name, chapter in TOOLKIT.chapter_of.items():
        assert chapter.id[0].upper() == name[0]


# Malformed files

SOUND = """
id = "data"
title = "Data"
about = "About data."

[[items]]
id = "D1.1"
title = "Ask"
text = "Ask. Listen."
audience = ["employer"]
place = "some words"
"""


def written(folder: Path, text: str) -> Path:
    (folder / "data.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_sound_file_is_loaded(tmp_path: Path) -> None:
    assert load(written(tmp_path, SOUND), "data", Chapter).all_items[0].id == "D1.1"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('title = "Data"', "title = Data"),
        ('about = "About data."', ""),
        ('about = "About data."', 'about = ""'),
        ('about = "About data."', 'abuot = "About data."'),
        ('id = "D1.1"', 'id = "D1 1"'),
        ('id = "D1.1"', 'id = "1.1"'),
        ('title = "Ask"', f'title = "{"Ask " * 23}"'),
        ('audience = ["employer"]', 'audience = ["everyone"]'),
        ('audience = ["employer"]', ""),
        ('place = "some words"', ""),
        ('place = "some words"', 'place = "some words"\nfigures = [{ value = "5%", about = "it", year = "2021" }]'),
        ('place = "some words"', 'place = "some words"\nlink = ["D1.2"]'),
    ],
)
def test_a_malformed_file_is_refused_with_its_name(tmp_path: Path, right: str, wrong: str) -> None:
    assert right in SOUND
    with pytest.raises(ContentError, match=f"{tmp_path.name}/data.toml"):
        load(written(tmp_path, SOUND.replace(right, wrong)), "data", Chapter)


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=f"{tmp_path.name}/data.toml"):
        load(tmp_path, "data", Chapter)
