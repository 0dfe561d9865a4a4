"""The one stylesheet."""

from litestar import Response, get

from agent_ui import stylesheet, urls
from server.kit.http import MACHINES


@get(urls.STYLESHEET, opt=MACHINES)
async def stylesheet_file() -> Response[str]:
    """Give the rules of every component as one file."""
    return Response(stylesheet.text(), media_type="text/css; charset=utf-8")
