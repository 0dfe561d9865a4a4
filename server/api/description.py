"""How the API describes itself: OpenAPI as JSON, made from the handlers and the shapes, and a page to read it on."""

from typing import Any

from litestar import Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from agent_ui import urls
from server.api.screens.docs import docs
from server.kit.http import ANYONE, AnyRequest, ui_for

ABOUT = """
What the desk knows, for other programs. A token acts as its person and opens what its scopes say; it
travels in the header `Authorization: Bearer …` and nowhere else. Ids are strings, times are RFC 3339.
"""


class Page(OpenAPIRenderPlugin):
    """The description as a page of ours, which loads nothing from elsewhere."""

    def render(self, request: AnyRequest, openapi_schema: dict[str, Any]) -> bytes:
        return ui_for(request).page("api_docs", docs(openapi_schema)).encode()


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
        render_plugins=[JsonRenderPlugin(), Page(path="/")],
    )
