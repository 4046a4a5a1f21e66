"""The official questions are a measuring instrument: word for word, in order, counted as published.

`OFFICIAL` was typed out from the published toolkit on its own, not made from the data file, so a slip in one shows
against the other. Only the line breaks are ours. Do not edit it to make a test pass.
"""

from __future__ import annotations

from content.survey import PREFER_NOT_TO_SAY, Question, load_survey

OFFICIAL = {
    "occupation": """
        What was the occupation of your main household earner when you were about aged 14?
        Modern professional & traditional professional occupations
        such as: teacher, nurse, physiotherapist, social worker, musician, police
        officer (sergeant or above), software designer, accountant, solicitor, medical
        practitioner, scientist, civil / mechanical engineer.
        Senior, middle or junior managers or administrators
        such as: finance manager, chief executive, large business owner,
        office manager, retail manager, bank manager, restaurant manager,
        warehouse manager.
        Clerical and intermediate occupations
        such as: secretary, personal assistant, call centre agent, clerical worker,
        nursery nurse.
        Small business owners
        who employed less than 25 people such as: corner shop owners, small
        plumbing companies, retail shop owner, single restaurant or cafe owner,
        taxi owner, garage owner.
        Technical and craft occupations
        such as: motor mechanic, plumber, printer, electrician, gardener, train driver.
        Routine, semi-routine manual and service occupations
        such as: postal worker, machine operative, security guard, caretaker, farm
        worker, catering assistant, sales assistant, HGV driver, cleaner, porter,
        packer, labourer, waiter/waitress, bar staff.
        Long-term unemployed
        claimed Jobseeker’s Allowance or earlier unemployment benefit for more
        than a year.
        Other such as: retired, this question does not apply to me, I don’t know.
        I prefer not to say.
    """,
    "school": """
        Which type of school did you attend for the most time between
        the ages of 11 and 16?
        state-run or state-funded school
        independent or fee-paying school
        independent or fee-paying school, where I received a means tested bursary
        covering 90% or more of the total cost of attending throughout my time there
        I attended school outside the UK
        I don’t know
        I prefer not to say
    """,
    "meals": """
        If you finished school after 1980, were you eligible for free
        school meals at any point during your school years?
        yes
        no
        not applicable (I finished school before 1980 or went to school overseas)
        I don’t know
        I prefer not to say
    """,
    "degree": """
        Did either of your parents attend university and gain a degree
        (e.g. BA/BSc or equivalent) by the time you were 18?
        no, neither of my parents attended university
        yes, one or both of my parents attended university
        I don’t know/I’m not sure
        I prefer not to say
    """,
}

CATEGORIES = {
    "occupation": {
        "professional": [1, 2],
        "intermediate": [3, 4],
        "working_class": [5, 6, 7],
        "other_or_not_known": [8],
        "prefer_not_to_say": [9],
    },
    "school": {
        "state": [1],
        "independent": [2, 3],
        "outside_uk": [4],
        "not_known": [5],
        "prefer_not_to_say": [6],
    },
    "meals": {
        "eligible": [1],
        "not_eligible": [2],
        "not_applicable": [3],
        "not_known": [4],
        "prefer_not_to_say": [5],
    },
    "degree": {
        "no_parent": [1],
        "a_parent": [2],
        "not_known": [3],
        "prefer_not_to_say": [4],
    },
}

OCCUPATION, SCHOOL, MEALS, DEGREE = load_survey().questions


def lines(quotation: str) -> list[str]:
    return [line.strip() for line in quotation.strip().splitlines()]


def as_one_line(question: Question) -> str:
    """The question as someone would read it out, from its text to its last answer."""
    answers = [part for option in question.options for part in (option.label, option.detail) if part]
    return " ".join([question.text, *answers])


def test_the_four_questions_are_asked_in_the_official_order() -> None:
    assert [question.id for question in load_survey().questions] == list(OFFICIAL)


def test_every_question_reads_word_for_word_as_published_with_nothing_added() -> None:
    for question in load_survey().questions:
        assert as_one_line(question) == " ".join(lines(OFFICIAL[question.id]))


def test_each_label_of_the_key_question_starts_a_line_of_the_published_list() -> None:
    published = lines(OFFICIAL["occupation"])
    for option in OCCUPATION.options:
        if option.label == "Other":
            assert f"{option.label} {option.detail}" in published
        else:
            assert option.label in published


def test_the_answers_of_the_other_questions_need_no_examples() -> None:
    for question in (SCHOOL, MEALS, DEGREE):
        assert [option.detail for option in question.options] == [""] * len(question.options)


def test_every_answer_is_counted_in_its_category_and_categories_keep_their_order() -> None:
    for question in load_survey().questions:
        counted = {
            category.id: [option.code for option in question.options if option.category == category.id]
            for category in question.categories
        }
        assert list(counted.items()) == list(CATEGORIES[question.id].items())


def test_tables_call_the_categories_by_plain_names() -> None:
    assert [[category.label for category in question.categories] for question in load_survey().questions] == [
        ["Professional", "Intermediate", "Working class", "Other or not known", "Prefer not to say"],
        ["State school", "Independent school", "School outside the UK", "Not known", "Prefer not to say"],
        ["Eligible for free meals", "Not eligible for free meals", "Not applicable", "Not known", "Prefer not to say"],
        ["No parent has a degree", "A parent has a degree", "Not known", "Prefer not to say"],
    ]


def test_every_question_can_be_declined_with_its_last_answer() -> None:
    for question in load_survey().questions:
        assert question.declined is question.options[-1]
        assert question.declined.category == PREFER_NOT_TO_SAY
        assert question.declined.label.rstrip(".") == "I prefer not to say"


def test_the_source_is_named_and_dated() -> None:
    assert load_survey().source == (
        "Social Mobility Commission, employers’ apprenticeship toolkit, 2021 "
        "(it gives no day; the pages it refers to were read in October 2021)"
    )


def test_the_wording_is_free_of_scanning_faults() -> None:
    for question in load_survey().questions:
        wording = as_one_line(question)
        assert wording == " ".join(wording.split())
        assert "'" not in wording
        assert '"' not in wording


def test_the_key_survey_asks_only_the_key_question() -> None:
    key = load_survey().key
    assert key.questions == (OCCUPATION,)
    assert key.question_set == load_survey().question_set
