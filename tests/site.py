"""Builds the guide as a site: `python -m tests.site DIR`. Any link that leads nowhere stops it.

The site has the README as its first page, the guide, what belongs to it elsewhere, and a page for each module of
`content` and `storage`, from docstrings. It is made in a copy of the repository's folders, so links are as they stand.
It needs what `pip install -e '.[docs]'` brings, and no network.
"""

import argparse
import logging
import pkgutil
import shutil
import tempfile
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config

import content
import storage
from content.guide import load_guide

REPOSITORY = Path(__file__).parents[1]
_BESIDE = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "LICENSE", "kiosk.toml", "README.md")


def modules() -> list[str]:
    """What may be used without a terminal."""
    found = []
    for package in (content, storage):
        prefix = f"{package.__name__}."
        found += [package.__name__, *(each.name for each in pkgutil.walk_packages(package.__path__, prefix))]
    return found


def lay_out(folder: Path) -> None:
    """Copy all pages into a folder, each where it lies in the repository, and write a page for each module."""
    for name in _BESIDE:
        shutil.copy(REPOSITORY / name, folder / name)
    for part, pattern in (("content/guide", "*.md"), ("storage", "*.md"), ("tui/pictures", "*.svg")):
        (folder / part).mkdir(parents=True)
        for path in (REPOSITORY / part).glob(pattern):
            shutil.copy(path, folder / part)
    (folder / "api").mkdir()
    for module in modules():
        (folder / "api" / f"{module}.md").write_text(f"# {module}\n\n::: {module}\n", "utf-8")


def build_site(site: Path) -> None:
    """Build it.

    Raises:
        mkdocs.exceptions.Abort: a page or a link is wrong; the log says which.
    """
    with tempfile.TemporaryDirectory(prefix="fairstart-site-") as made:
        pages, settings = Path(made) / "pages", Path(made) / "mkdocs.yml"
        pages.mkdir()
        lay_out(pages)
        settings.write_text("site_name: Fairstart\n", "utf-8")  # the program insists on a file
        guide = [{page.title: f"content/guide/{page.name}.md"} for page in load_guide()]
        files = [{"PRIVACY.md": "storage/PRIVACY.md"}, {"FORMAT.md": "storage/FORMAT.md"}]
        about = [{name: name} for name in _BESIDE if name.endswith(".md") and name != "README.md"]
        nav = [{"Fairstart": "README.md"}, {"Guide": guide}, {"Files": files}, {"Project": about}]
        nav += [{"Modules": [{module: f"api/{module}.md"} for module in modules()]}]
        config = load_config(
            config_file=str(settings),
            docs_dir=str(pages),
            site_dir=str(site.absolute()),
            strict=True,
            use_directory_urls=False,
            nav=nav,
            theme={"name": "material", "font": False, "language": "en", "features": ["navigation.indexes"]},
            plugins=["search", {"mkdocstrings": {"handlers": {"python": _HANDLER}}}],
            markdown_extensions=["tables", "toc"],
            validation={"nav": {"omitted_files": "ignore"}, "links": {"anchors": "warn", "unrecognized_links": "warn"}},
        )
        build(config)


_HANDLER = {
    "paths": [str(REPOSITORY)],
    "options": {"docstring_style": "google", "members_order": "source", "show_source": False, "heading_level": 2},
}


def main() -> None:
    """Build it where somebody says."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.site", description="Build the guide as a site, and check its links."
    )
    parser.add_argument("folder", type=Path, help="where it goes")
    folder = parser.parse_args().folder
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    build_site(folder)


if __name__ == "__main__":
    main()
