"""Turn view models into HTML for one reader.

``Ui(...).page("desk", view)`` is a whole document, ``.component("ticket_list", view)`` the part
that a live refetch swaps in; both run the same macros.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache
from typing import cast

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from agent_ui import stylesheet, urls
from agent_ui.catalogue import translations
from agent_ui.models.codes import Digits, Locale, Theme
from agent_ui.times import Times, direction, shape
from agent_ui.words import Words

COUNT_CAP = 999
ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


@cache
def environment(locale: Locale) -> Environment:
    """Return the templates of one locale, compiled at first use and kept."""
    env = Environment(
        loader=PackageLoader("agent_ui"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_translations(translations(locale), newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(urls=urls, stylesheet=stylesheet)
    return env


@dataclass(frozen=True, slots=True)
class Ui:
    """The desk as one reader sees it at one moment."""

    locale: Locale
    now: datetime
    zone: tzinfo
    digits: Digits = "latn"
    theme: Theme = "auto"
    csrf_token: str = ""
    _macros: dict[str, Callable[..., Markup]] = field(default_factory=dict, repr=False)

    def page(self, name: str, view: object) -> str:
        """Return a whole document."""
        return self._template(f"pages/{name}").render(**self._context(), view=view)

    def component(self, name: str, view: object) -> Markup:
        """Return one component."""
        return self.macro(name)(view)

    def macro(self, name: str) -> Callable[..., Markup]:
        """Return a component's macro, bound to this reader."""
        if name not in self._macros:
            module = self._template(f"components/{name}").make_module(self._context())
            self._macros[name] = cast("Callable[..., Markup]", getattr(module, name))
        return self._macros[name]

    @property
    def dir(self) -> str:
        return direction(self.locale)

    @property
    def times(self) -> Times:
        words = translations(self.locale)
        return Times(self.locale, self.digits, self.zone, self.now, words)

    @property
    def words(self) -> Words:
        return Words(self.locale, self.digits, translations(self.locale), self.times)

    def number(self, value: float) -> str:
        """Write a number in the reader's digits."""
        return shape(f"{value:,}", self.digits)

    def count(self, value: int) -> str:
        """Write a count, which nobody reads exactly beyond 999."""
        return f"{self.number(COUNT_CAP)}+" if value > COUNT_CAP else self.number(value)

    def isolate(self, text: str) -> str:
        """Keep a text's direction to itself where no element can, as in a title."""
        return f"{ISOLATE}{text}{POP_ISOLATE}"

    def _template(self, name: str) -> Template:
        return environment(self.locale).get_template(f"{name}.html")

    def _context(self) -> dict[str, object]:
        return {"ui": self, "c": Components(self)}


class Components:
    """Lets a template write ``{{ c.ticket_row(row) }}``."""

    def __init__(self, ui: Ui) -> None:
        self._ui = ui

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        return self._ui.macro(name)
