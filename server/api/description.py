"""How the API describes itself: OpenAPI as JSON, made from the handlers and the shapes, and a page to read it on."""

from inspect import cleandoc
from typing import Any

from litestar import Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from msgspec import Struct

from agent_ui import urls
from server.api.screens.docs import docs
from server.api.shapes import common, figures, tickets
from server.kit.http import ANYONE, AnyRequest, ui_for

ABOUT = """
What the desk knows, for other programs. A token acts as its person and opens what its scopes say; it
travels in the header `Authorization: Bearer …` and nowhere else. Ids are strings, times are RFC 3339.
"""


SHAPES = {
    name: cleandoc(shape.__doc__ or "")
    for module in (common, figures, tickets)
    for name, shape in vars(module).items()
    if isinstance(shape, type) and issubclass(shape, Struct)
}
"""What each shape says of itself."""


class Json(JsonRenderPlugin):
    """The description for machines."""

    def render(self, request: AnyRequest, openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, _explained(openapi_schema))


class Page(OpenAPIRenderPlugin):
    """The description as a page of ours, which loads nothing from elsewhere."""

    def render(self, request: AnyRequest, openapi_schema: dict[str, Any]) -> bytes:
        return ui_for(request).page("api_docs", docs(_explained(openapi_schema))).encode()


def described() -> OpenAPIConfig:
    """Return what the framework needs to describe the API."""
    return OpenAPIConfig(
        title="Tawasul",
        version="1",
        description=" ".join(ABOUT.split()),
        use_handler_docstrings=True,
        components=Components(
            security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}
        ),
        openapi_router=Router(path=urls.API_DOCS, route_handlers=[], opt=dict(ANYONE)),
        render_plugins=[Json(), Page(path="/")],
    )


def _explained(document: dict[str, Any]) -> dict[str, Any]:
    """Add what the shapes say of themselves; the framework takes over their members only."""
    shapes = document["components"]["schemas"]
    told = {name: {"description": SHAPES[name], **shape} for name, shape in shapes.items()}
    return {**document, "components": {**document["components"], "schemas": told}}
