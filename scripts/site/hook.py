"""What MkDocs is told beyond mkdocs.yml: pages that are made, and links that follow them."""

import re
from typing import Any

import entities
import places
import reference
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

_ASSETS = places.ROOT / "scripts/site/assets"
_JAPANESE = r"[\u3000-\u9fff\uff00-\uffef]"
#: A line that ends within Japanese: browsers would show a space there.
_BROKEN_JAPANESE = re.compile(rf"(?<={_JAPANESE})\n(?={_JAPANESE})")
_pages = entities.cut((places.DOCS / entities.SOURCE).read_text(encoding="utf-8"))
_places = places.Places(_pages)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fill in the parts of the navigation that follow from elsewhere."""
    packages = reference.PACKAGES.items()
    parts: dict[str, list[Any]] = {
        "entities": _entities(),
        "rules": _rules(),
        "reference": [{title: reference.place_of(name)} for name, title in packages],
    }
    config.nav = _filled(config.nav, parts)
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages that are made, and those that lie outside of docs/."""
    made: dict[str, str] = {}
    source = f"docs/{entities.SOURCE}"
    for section in _pages.sections:
        text = entities.page_of(_pages, section)
        made[section.page] = _places.with_links(text, source, section.page)
    for name in reference.PACKAGES:
        made[reference.place_of(name)] = reference.page_of(name)
    for outside, place in places.OUTSIDE.items():
        text = (places.ROOT / outside).read_text(encoding="utf-8")
        made[place] = _places.with_links(text, outside, place)
    for file in list(files.documentation_pages()):
        # Read here too, so that the files which its links lead to are known in time.
        _places.with_links(file.content_string, f"docs/{file.src_uri}", file.src_uri)
    for place, text in made.items():
        files.append(File.generated(config, place, content=text))
    for path in sorted(_ASSETS.iterdir()):
        files.append(File.generated(config, f"assets/{path.name}", abs_src_path=str(path)))
    for name in sorted(_places.files):
        path = str(places.ROOT / name)
        files.append(File.generated(config, f"files/{name}", abs_src_path=path))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Links of the pages that stand in docs/; those that were made have theirs."""
    place = page.file.src_uri
    if place.startswith("ja/"):
        markdown = places.outside_code(markdown, lambda prose: _BROKEN_JAPANESE.sub("", prose))
    if page.file.generated_by is not None:
        return markdown
    if place == entities.SOURCE:
        markdown = _pages.head
    return _places.with_links(markdown, f"docs/{place}", place)


def on_post_page(output: str, page: Page, **_: Any) -> str:
    """The language of the Japanese pages, for fonts, hyphenation and screen readers."""
    if page.file.src_uri.startswith("ja/"):
        return output.replace('<html lang="en"', '<html lang="ja"', 1)
    return output


def _entities() -> list[Any]:
    groups: list[Any] = [entities.SOURCE]
    for name, sections in _pages.groups():
        groups.append({name: [section.page for section in sections]})
    return groups


def _rules() -> list[Any]:
    names = sorted(path.name for path in (places.DOCS / "rules").glob("RC*.md"))
    return [f"rules/{name}" for name in ("README.md", *names)]


def _filled(nav: Any, parts: dict[str, list[Any]]) -> Any:
    """The navigation with its `(name)` replaced, without pages that are not written yet.

    A page that is there under another name is still told: no navigation names it.
    """
    if isinstance(nav, list):
        return [filled for each in nav if (filled := _filled(each, parts)) is not None]
    if isinstance(nav, dict):
        made = {title: _filled(each, parts) for title, each in nav.items()}
        return made if all(made.values()) else None
    if isinstance(nav, str) and nav.startswith("("):
        return parts[nav.strip("()")]
    there = nav in places.OUTSIDE.values() or (places.DOCS / nav).is_file()
    return nav if there else None
