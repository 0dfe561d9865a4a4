"""Every component and page renders in every state and language, and is sound HTML."""

import re
from collections import Counter
from pathlib import Path

import pytest

from agent_ui import gallery, render
from agent_ui.models import Locale

from .page import Page
from .readers import reader

TEMPLATES = Path(render.__file__).parent / "templates"
# Parts that are never fetched alone: they take the view model of the component around them.
PARTS = {
    "choices",
    "conflict",
    "delivery_button",
    "knowledge_facts",
    "language_switch",
    "masthead",
    "promises",
    "message_menu",
    "face",
    "no_conversation",
    "other_language",
    "report_ratings",
    "rule_condition",
    "rule_group",
    "rule_node",
    "shortcuts",
    "tags",
    "step_fields",
    "suggestion_reasons",
    "terms_places",
    "terms_preview",
    "terms_versions",
    "wrong",
}
LOCALES: tuple[Locale, ...] = ("ar", "en")
COMPONENT_CASES = [
    pytest.param(name, view, locale, id=f"{name}-{number}-{locale}")
    for name, views in gallery.COMPONENTS.items()
    for number, view in enumerate(views)
    for locale in LOCALES
]
PAGE_CASES = [
    pytest.param(name, view, locale, id=f"{name}-{number}-{locale}")
    for name, views in gallery.PAGES.items()
    for number, view in enumerate(views)
    for locale in LOCALES
]


@pytest.mark.parametrize(("name", "view", "locale"), COMPONENT_CASES)
def test_component_renders_as_sound_html(name: str, view: object, locale: Locale) -> None:
    assert Page(reader(locale).component(name, view)).complaints == []


@pytest.mark.parametrize(("name", "view", "locale"), PAGE_CASES)
def test_page_is_sound_and_runs_under_a_strict_policy(
    name: str, view: object, locale: Locale
) -> None:
    page = Page(reader(locale).page(name, view))
    assert page.complaints == []
    ids = Counter(one.attrs["id"] for one in page.elements if "id" in one.attrs)
    assert [one for one, count in ids.items() if count > 1] == []
    assert not page.all("style")
    for one in page.elements:
        assert "style" not in one.attrs
        assert not [a for a in one.attrs if a.startswith(("on", "hx-on"))]
        assert not one.attrs.get("href", "").startswith("javascript:")
        if one.tag == "script":
            assert one.attrs["src"]
            assert not "".join(one.text).strip()


@pytest.mark.parametrize(("name", "view", "locale"), PAGE_CASES)
def test_everything_works_without_script(name: str, view: object, locale: Locale) -> None:
    page = Page(reader(locale).page(name, view))
    for form in page.all("form"):
        if form.attrs.get("method") == "dialog":
            continue
        if (
            form.attrs.get("role") == "search"
        ):  # asking changes nothing, and a link to it can be kept
            assert form.attrs["method"] == "get"
            continue
        assert form.attrs["method"] == "post"
        assert form.attrs["action"].startswith("/")
    posting = len(
        [
            form
            for form in page.all("form")
            # The address of a citizen's page is the proof itself: no cookie is set, so no other site can use it.
            if form.attrs.get("method") == "post"
            and not form.attrs["action"].startswith("/portal/")
        ]
    )
    assert len(page.all("input", name="_csrf_token", value="token-1")) == posting
    for one in page.elements:
        target = one.attrs.get("hx-get") or one.attrs.get("hx-post")
        if target and one.tag in {"a", "form", "button"}:
            same = one.attrs.get("href") or one.attrs.get("action") or one.attrs.get("formaction")
            assert same == target
        if one.tag == "a":
            assert one.attrs["href"]


@pytest.mark.parametrize(("name", "view", "locale"), PAGE_CASES)
def test_what_a_control_points_at_is_on_the_page(name: str, view: object, locale: Locale) -> None:
    page = Page(reader(locale).page(name, view))
    ids = {one.attrs["id"] for one in page.elements if "id" in one.attrs}
    for one in page.elements:
        for attribute in ("popovertarget", "aria-describedby", "aria-labelledby"):
            if attribute in one.attrs:
                assert one.attrs[attribute] in ids
        if one.attrs.get("hx-target", "").startswith("#"):
            assert one.attrs["hx-target"][1:] in ids
        if "from:#live" in one.attrs.get("hx-trigger", ""):
            assert "live" in ids


@pytest.mark.parametrize(("name", "view", "locale"), PAGE_CASES)
def test_every_control_has_a_name(name: str, view: object, locale: Locale) -> None:
    page = Page(reader(locale).page(name, view))
    for one in page.elements:
        if one.tag in {"button", "a", "h1", "h2", "h3", "summary"}:
            named = "".join(one.text).strip() or one.attrs.get("aria-label")
            assert named or one.attrs.get("title"), one
        if one.tag in {"input", "textarea"} and one.attrs.get("type") != "hidden":
            assert "label" in one.within or one.attrs.get("aria-label"), one


def test_each_component_file_has_its_macro_and_an_example() -> None:
    files = {path.stem for path in (TEMPLATES / "components").glob("*.html")}
    assert files == set(gallery.COMPONENTS) | PARTS
    for name in files:
        source = (TEMPLATES / "components" / f"{name}.html").read_text(encoding="utf-8")
        assert re.findall(r"{%-? macro (\w+)\(", source) == [name]


def test_each_component_is_named_after_its_view_model() -> None:
    for name, views in gallery.COMPONENTS.items():
        for view in views:
            assert re.sub(r"(?<!^)(?=[A-Z])", "_", type(view).__name__).lower() == name


def test_each_part_is_seen_on_some_page() -> None:
    ui = reader()
    for name, views in gallery.PAGES.items():
        for view in views:
            ui.page(name, view)
    loaded = {Path(name).stem for _, name in render.environment(ui.locale).cache or {}}
    assert loaded >= PARTS


def test_each_page_has_an_example() -> None:
    bases = {"layout", "signed_in"}
    files = {path.stem for path in (TEMPLATES / "pages").glob("*.html")}
    assert files - bases == set(gallery.PAGES)
