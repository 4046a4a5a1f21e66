"""The guide is whole: every page is listed and led to, and every link leads somewhere."""

import re
from pathlib import Path

import pytest

from content.guide import FOLDER, PAGES, load_guide

ROOT = Path(__file__).parents[2]
WRITTEN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted(FOLDER.glob("*.md"))]
LINK = re.compile(r"\]\(([^)]+)\)")


def slug(heading: str) -> str:
    """How a heading is called in an address, as forges and the site make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def test_every_page_is_listed_once_and_has_a_title_of_its_own() -> None:
    assert sorted(PAGES) == sorted(path.stem for path in FOLDER.glob("*.md"))
    titles = [page.title for page in load_guide()]
    assert len(set(titles)) == len(titles)
    assert all(page.text.startswith(f"# {page.title}\n\n") for page in load_guide())


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_every_link_leads_to_a_file_and_a_heading_of_it(path: Path) -> None:
    for address in LINK.findall(path.read_text("utf-8")):
        if address.startswith(("https://", "mailto:")):
            continue
        name, _, part = address.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), address
        assert ROOT in target.parents, address
        if part:
            headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
            assert part in map(slug, headings), address


def test_the_first_page_leads_to_every_other_and_the_readme_to_each_but_a_few() -> None:
    first, readme = ((folder / name).read_text("utf-8") for folder, name in ((FOLDER, "index.md"), (ROOT, "README.md")))
    assert [name for name in PAGES if f"]({name}.md)" not in first] == ["index"]
    assert [name for name in PAGES if f"](content/guide/{name}.md)" not in readme] == ["promises"]
