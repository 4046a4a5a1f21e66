"""The guide as a site: it builds, has a page for each page and module, and a link that leads nowhere stops it."""

import logging
from pathlib import Path

import pytest

from content.guide import PAGES

mkdocs = pytest.importorskip("mkdocs", reason="NOT TESTED: the extra docs is not installed")


@pytest.mark.long
def test_it_builds_with_every_page_and_module(tmp_path: Path) -> None:
    from tests.site import build_site, modules

    build_site(tmp_path)
    assert {path.stem for path in (tmp_path / "content" / "guide").glob("*.html")} == set(PAGES)
    assert {path.stem for path in (tmp_path / "api").glob("*.html")} == set(modules())
    page = (tmp_path / "api" / "storage.counts.disclosure.html").read_text("utf-8")
    assert "PublishedTable" in page
    assert "fonts.googleapis" not in page


@pytest.mark.long
def test_a_link_that_leads_nowhere_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests import site

    lay_out = site.lay_out

    def with_a_fault(folder: Path) -> None:
        lay_out(folder)
        (folder / "SECURITY.md").write_text("# Security\n\n[Nowhere](nowhere.md)\n", "utf-8")

    monkeypatch.setattr(logging.root.manager, "disable", logging.NOTSET)  # Fairstart, once started, turns logs off
    monkeypatch.setattr(site, "lay_out", with_a_fault)
    monkeypatch.setattr(site, "modules", list)
    with pytest.raises(mkdocs.exceptions.Abort):
        site.build_site(tmp_path)
