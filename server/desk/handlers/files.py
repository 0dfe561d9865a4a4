"""Files and letters of strangers: downloads, and a frame in which nothing runs."""

from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from agent_ui import urls
from server.desk.handlers.forms import file_name, media_type
from server.kit import blobs
from server.kit.errors import NotFound
from server.kit.http import framed
from server.kit.limits import PICTURE_BYTES
from server.people.queries import Viewer
from server.tickets.pictures import PICTURES
from server.tickets.queries import thread
from server.tickets.screens.letter import document


@get(urls.ATTACHMENT)
async def attachment(
    viewer: NamedDependency[Viewer], attachment_id: FromPath[int]
) -> Response[bytes]:
    """Hand out a file as a download of its own type, never as a page of ours."""
    file = await thread.file(attachment_id, viewer=viewer)
    try:
        content = await blobs.load(file.blob_hash)
    except blobs.BlobMissing as error:
        raise NotFound from error
    return Response(
        content,
        media_type=media_type(file.content_type, file.filename),
        headers={
            "Content-Disposition": disposition(file.filename),
            "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        },
    )


@get(urls.MESSAGE_BODY)
async def message_body(
    viewer: NamedDependency[Viewer],
    message_id: FromPath[int],
    images: FromQuery[str | None] = None,
) -> Response[str]:
    """Show a message as its sender designed it, for a frame; pictures from elsewhere only if asked for."""
    html, files = await thread.html(message_id, viewer=viewer)
    pictures: dict[str, tuple[str, bytes]] = {}
    left = PICTURE_BYTES
    for file in files:
        if file.content_id and file.content_type in PICTURES and file.size <= left:
            left -= file.size
            try:
                content = await blobs.load(file.blob_hash)
            except blobs.BlobMissing:
                continue
            pictures[file.content_id.strip("<>")] = (file.content_type, content)
    remote = images == "remote"
    return framed(document(html, pictures=pictures, remote=remote), fetching=remote)


def disposition(filename: str) -> str:
    """Return the header for a download: the name in full for browsers, a plain one for older programs."""
    name = file_name(filename)
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
