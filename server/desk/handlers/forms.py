"""What forms of the desk bring along."""

import mimetypes
import re
from pathlib import PurePath
from urllib.parse import parse_qs, urlsplit

from litestar.datastructures import FormMultiDict, UploadFile

from server.kit.errors import Invalid
from server.kit.http import AnyRequest
from server.kit.limits import FILES, FORM_KEY_CHARACTERS, NAME_CHARACTERS, UPLOAD
from server.tickets.actions import Upload

MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80}")
UNKNOWN = "application/octet-stream"


async def uploads(form: FormMultiDict) -> list[Upload]:
    """Read the files of a form; the empty field that browsers send without a file is none."""
    found = [
        file for file in form.getall("files", []) if isinstance(file, UploadFile) and file.filename
    ]
    if len(found) > FILES:
        raise Invalid("too_many_files", field="files")
    read: list[Upload] = []
    size = 0
    for file in found:
        content = await file.read()
        size += len(content)
        if size > UPLOAD:
            raise Invalid("files_too_large", field="files")
        name = file_name(file.filename)
        read.append(Upload(name, media_type(file.content_type, name), content))
    return read


def file_name(given: str) -> str:
    """Return the last part of a name, without what cannot be seen."""
    name = PurePath(given.replace("\\", "/")).name
    kept = "".join(letter for letter in name if letter.isprintable()).strip()
    return kept[-NAME_CHARACTERS:] or "file"


def media_type(given: str | None, name: str = "") -> str:
    """Return a media type that is safe to say again in a header."""
    said = (given or "").split(";")[0].strip().lower()
    if not MEDIA_TYPE.fullmatch(said) or said == UNKNOWN:
        said = mimetypes.guess_type(name)[0] or UNKNOWN
    return said


def form_key(form: FormMultiDict, *, choice: str = "") -> str:
    """Return a form's key; ``choice`` tells apart the buttons of one form, which are different wishes."""
    given = form.get("form_key", "")
    key = given if isinstance(given, str) else ""
    if not key or len(key) > FORM_KEY_CHARACTERS:
        raise Invalid("form_key", field="form_key")
    return f"{key}.{choice}"[:FORM_KEY_CHARACTERS] if choice else key


def numbers(form: FormMultiDict, name: str) -> frozenset[int]:
    """Return the numbers of a field that may come often; what is none is left out."""
    given = form.getall(name, [])
    return frozenset(
        int(one)
        for one in given[:FILES]
        if isinstance(one, str) and one.isascii() and one.isdecimal() and len(one) <= 18
    )


def number(form: FormMultiDict, name: str) -> int | None:
    """Return a number from a field, nothing when it is empty; :class:`Invalid` for anything else."""
    text = form.get(name, "")
    if not isinstance(text, str) or text == "":
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Invalid("not_possible", field=name)
    return int(text)


def from_view(request: AnyRequest) -> str | None:
    """Return the view that the page holding the form was opened from."""
    page = str(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    own: str = request.scope["query_string"].decode("latin-1")
    given = parse_qs(own).get("view") or parse_qs(urlsplit(page).query).get("view")
    return given[0] if given else None
