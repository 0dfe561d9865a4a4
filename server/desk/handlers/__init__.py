"""The doors of the desk: the inbox, the open ticket, what is done to it, and its files."""

from litestar import Router

from server.desk.handlers import changes, deliveries, files, merging, pages, signature

router = Router(
    path="/",
    route_handlers=[
        pages.home,
        pages.inbox,
        pages.ticket_page,
        pages.rail,
        changes.act,
        merging.choose,
        merging.merge,
        merging.undo_merge,
        merging.split,
        deliveries.settle,
        files.attachment,
        files.message_body,
        signature.signature,
        signature.set_signature,
    ],
)
