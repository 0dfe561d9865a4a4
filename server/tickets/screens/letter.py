"""A stranger's HTML as a document of its own, for a frame in which nothing runs or is fetched unasked."""

import base64
from collections.abc import Mapping

import nh3

from channels.email.parse.html import ATTRIBUTES, DROPPED, STYLES, TAGS, tamed
from server.tickets.pictures import PICTURES

SCHEMES = {"http", "https", "mailto", "tel", "cid"}
STYLE = (
    "html{color-scheme:light;background:#fff;color:#1c1c1a;font:15px/1.6 'IBM Plex Sans Arabic',"
    "'IBM Plex Sans',system-ui,sans-serif;overflow-wrap:anywhere}body{margin:12px}"
    "img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}"
    "blockquote{margin:0;padding-inline-start:12px;border-inline-start:2px solid #ccc}"
)


def document(html: str, *, pictures: Mapping[str, tuple[str, bytes]], remote: bool = False) -> str:
    """Return the letter, cleaned; ``pictures`` are its own by content id, others need ``remote``.

    Its own stand in the document as data: it may belong to no origin, and could not fetch them from us.
    """

    def shown(tag: str, attribute: str, value: str) -> str | None:
        if (tag, attribute) != ("img", "src"):
            return value
        if remote and value[:8].lower() == "https://":
            return value
        picture = pictures.get(value.removeprefix("cid:")) if value.startswith("cid:") else None
        if picture is None or picture[0] not in PICTURES:
            return None
        return f"data:{picture[0]};base64,{base64.b64encode(picture[1]).decode()}"

    body = nh3.clean(
        tamed(html),
        tags=set(TAGS),
        clean_content_tags=set(DROPPED),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=shown,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
        filter_style_properties=set(STYLES),
        set_tag_attribute_values={
            "a": {"target": "_blank"},
            "img": {"referrerpolicy": "no-referrer"},
        },
    )
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
        f'<style>{STYLE}</style></head><body dir="auto">{body}</body></html>'
    )
