"""Turn view models into HTML for one reader.

``Ui(...).page("desk", view)`` is a whole document, ``.component("ticket_list", view)`` the part
that a live refetch swaps in; both run the same macros.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from agent_ui import urls
from agent_ui.catalogue import translations
from agent_ui.desk_reader import DeskReader
from agent_ui.models import Conversation, Locale
from agent_ui.models.same import SameForAll

Macro = Callable[..., Markup]


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
    install = cast("Callable[..., None]", env.install_gettext_translations)  # type: ignore[attr-defined]
    install(translations(locale), newstyle=True)
    env.globals.update(urls=urls)
    return env


@dataclass(frozen=True)
class Ui(DeskReader):
    """The desk as one reader sees it at one moment."""

    _macros: dict[str, Macro] = field(default_factory=dict, repr=False, compare=False)
    _kept: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    def page(self, name: str, view: object) -> str:
        """Return a whole document."""
        return self._template(f"pages/{name}").render(**self._context(), view=view)

    def component(self, name: str, view: object) -> Markup:
        """Return one component; an opened ticket brings the window's title along."""
        html = self.once(name, view) if isinstance(view, SameForAll) else self.macro(name)(view)
        if isinstance(view, Conversation):
            title = f"{self.ticket_title(view.thread)} · {self.words.product}"
            html = Markup("<title>{}</title>\n").format(title) + html
        return html

    def once(self, name: str, view: SameForAll) -> Markup:
        """Return a component that reads the same for all who read alike, written once, for nobody in particular."""
        alike = (self.locale, self.digits)
        if alike not in view.written:
            nobody = Ui(self.locale, view.as_of or self.now, self.zone, self.digits)
            view.written[alike] = nobody.macro(name)(view)
        return Markup(view.written[alike])  # noqa: S704 -- it is what a macro returned

    def macro(self, name: str) -> Macro:
        """Return a component's macro, bound to this reader."""
        if name not in self._macros:
            module = self._template(f"components/{name}").make_module(self._context())
            self._macros[name] = cast("Macro", getattr(module, name))
        return self._macros[name]

    def _template(self, name: str) -> Template:
        return environment(self.locale).get_template(f"{name}.html")

    def _context(self) -> dict[str, object]:
        if not self._kept:
            self._kept["ui"], self._kept["c"] = self, Components(self)
            self._kept["m"] = self._template("marks").make_module(self._kept)
        return self._kept


class Components:
    """Lets a template write ``{{ c.ticket_row(row) }}``."""

    def __init__(self, ui: Ui) -> None:
        self._ui = ui

    def __getattr__(self, name: str) -> Macro:
        return self._ui.macro(name)
