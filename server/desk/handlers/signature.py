"""A person's own signature."""

from litestar import Response, get, post
from litestar.di import NamedDependency

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.models.signature import SignatureForm, SignaturePage
from server.kit import clock
from server.kit.errors import Invalid
from server.kit.http import AnyRequest, respond
from server.kit.limits import SIGNATURE_CHARACTERS, SIGNATURE_LINES
from server.people import actions, queries
from server.people.queries import Viewer
from server.tickets.screens.chrome import chrome

FIELDS = ("arabic", "english")
SAID_AS = {
    "signature_too_long": Reason("signature_too_long", {"limit": SIGNATURE_CHARACTERS}),
    "signature_too_many_lines": Reason("signature_too_many_lines", {"limit": SIGNATURE_LINES}),
}


@get(urls.SIGNATURE)
async def signature(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show what this person's answers are signed with."""
    arabic, english = await queries.signatures(viewer.id)
    form = SignatureForm(viewer.name, arabic, english, limit=SIGNATURE_CHARACTERS)
    return await _page(request, viewer, form, status=200)


@post(urls.SIGNATURE, status_code=200)
async def set_signature(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Change it; refused, it comes back as it was typed."""
    form = await request.form()
    typed = [value if isinstance(value := form.get(name), str) else "" for name in FIELDS]
    arabic, english = (words.replace("\r\n", "\n") for words in typed)
    wrong, error = "", None
    try:
        await actions.set_signatures(viewer.id, arabic=arabic, english=english)
    except Invalid as refused:
        wrong, error = refused.field or "", SAID_AS.get(refused.code)
    else:
        arabic, english = await queries.signatures(viewer.id)
    shown = SignatureForm(
        viewer.name,
        arabic,
        english,
        limit=SIGNATURE_CHARACTERS,
        wrong=wrong,
        error=error,
        saved=error is None,
    )
    return await _page(request, viewer, shown, status=422 if error else 200)


async def _page(
    request: AnyRequest, viewer: Viewer, form: SignatureForm, *, status: int
) -> Response[str]:
    page = SignaturePage(await chrome(viewer, here="signature", now=clock.now()), form)
    return respond(request, "signature", page, part=("signature_form", form), status=status)
