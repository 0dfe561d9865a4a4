"""Walk the parts of a mail: what is the letter, what is a file, what is a report."""

import re
from dataclasses import dataclass, field
from html import unescape
from itertools import islice

from channels.email.parse import charset, filenames, html, limits, tnef, transfer, words
from channels.email.parse.mime import Part
from channels.message import File

LOOKS_HTML = re.compile(r"\s*(?:<!doctype html|<html[\s>]|<head[\s>]|<body[\s>])", re.IGNORECASE)
ENRICHED = re.compile(r"<(/?)([a-z-]{1,40})>", re.IGNORECASE)
ENRICHED_PARAM = re.compile(r"<param>[^<]{0,500}</param>", re.IGNORECASE)
REPORTS = frozenset(
    {"message/delivery-status", "message/global-delivery-status", "message/feedback-report",
     "message/disposition-notification", "text/rfc822-headers", "message/rfc822-headers",
     "message/global-headers"}
)  # fmt: skip
ENCLOSED = frozenset({"message/rfc822", "message/global", "message/rfc822-headers"})
BODY_TYPES = frozenset(
    {"text/plain", "text/html", "text/enriched", "text/richtext", "text", "application/xhtml+xml",
     "text/x-markdown", "text/markdown", "message/plain"}
)  # fmt: skip
SIGNATURES = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
ENCRYPTED = frozenset(
    {"application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
)
HTML = frozenset({"text/html", "application/xhtml+xml"})
TAG = re.compile(r"<[^<>]{0,2000}>")
TWIN_CHARS = 80
ARMOUR = "-----BEGIN PGP "
TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


@dataclass(slots=True)
class Segment:
    """A stretch of the letter, in one or both of its forms."""

    plain: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Content:
    """Everything below the headers."""

    segments: list[Segment] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    reports: list[tuple[str, bytes]] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)

    @property
    def html(self) -> str | None:
        """The whole letter as HTML source, where any of it was HTML."""
        if not any(segment.html is not None for segment in self.segments):
            return None
        return "\n".join(
            segment.html if segment.html is not None else _as_html(segment.plain or "")
            for segment in self.segments
        )

    @property
    def plain(self) -> str | None:
        """The whole letter as its author's plain text, or None where some of it has none."""
        if all(_blank(segment.plain) for segment in self.segments):
            return None
        if any(_blank(segment.plain) and segment.html is not None for segment in self.segments):
            return None
        return "\n".join((segment.plain or "").rstrip("\n") for segment in self.segments)


def read(root: Part) -> Content:
    """Collect letter, files and reports from a tree of parts."""
    content = Content()
    content.segments = _collect(root, content, parent="")
    content.segments = [segment for segment in content.segments if segment.plain or segment.html]
    return content


def _collect(part: Part, content: Content, *, parent: str) -> list[Segment]:
    if part.type.startswith("multipart/") and part.children:
        return _collect_children(part, content)
    data, warning = transfer.decode(part.body, part.encoding)
    if warning:
        content.warnings.append(warning)
    if part.type in REPORTS or (part.type in ENCLOSED and parent == "multipart/report"):
        content.reports.append((part.type, data))
    if part.type in ENCRYPTED or part.type == "multipart/encrypted":
        content.flags.add("encrypted" if _is_encrypted(part) else "signed")
    if part.type in SIGNATURES:
        content.flags.add("signed")
    if part.type in TNEF or (part.type == "application/octet-stream" and tnef.is_tnef(data)):
        return _unpack_tnef(part, data, content)
    if _is_letter(part, parent):
        return _letter(part, data, content)
    if data or _filename(part) or part.type != "text/plain":
        _keep(part, data, content)
    return []


def _collect_children(part: Part, content: Content) -> list[Segment]:
    found = [_collect(child, content, parent=part.type) for child in part.children]
    if part.type != "multipart/alternative":
        return _without_twins([segment for segments in found for segment in segments])
    plain: list[str] = []
    rich: list[str] = []
    for segments in found:
        if any(segment.html is not None for segment in segments):
            rich.append("\n".join(s.html if s.html is not None else _as_html(s.plain or "")
                                  for s in segments))  # fmt: skip
            plain.extend(s.plain for s in segments if s.plain is not None and s.html is not None)
        else:
            plain.extend(segment.plain or "" for segment in segments)
    distinct = list(dict.fromkeys(plain))
    return [Segment("\n".join(distinct) if distinct else None, rich[-1] if rich else None)]


def _without_twins(segments: list[Segment]) -> list[Segment]:
    """See the alternative where a mailer announced its two forms of one letter as two parts."""
    if len(segments) != 2:
        return segments
    first, second = segments
    if first.plain and first.html is None and second.html and second.plain is None:
        words = "".join(first.plain.split())[:TWIN_CHARS]
        other = "".join(unescape(TAG.sub(" ", second.html[:20_000])).split())
        if len(words) > 3 and words in other:
            return [Segment(first.plain, second.html)]
    return segments


def _is_encrypted(part: Part) -> bool:
    return part.params.get("smime-type", "enveloped-data") != "signed-data"


def _is_letter(part: Part, parent: str) -> bool:
    """Tell the author's words from a text file that came along."""
    if part.type not in BODY_TYPES:
        return False
    if part.disposition == "attachment":
        return parent == "" and not _filename(part)
    return not _filename(part) or (parent in ("", "multipart/alternative"))


def _letter(part: Part, data: bytes, content: Content) -> list[Segment]:
    label = part.params.get("charset")
    if part.type in HTML and not label:
        label = _meta_charset(data)
    # no letter of any charset takes more than four bytes
    text, warning = charset.decode(data[: 4 * limits.HTML_CHARS], label)
    if warning:
        content.warnings.append(warning)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    is_html = part.type in HTML or LOOKS_HTML.match(text[:500]) is not None
    limit = limits.HTML_CHARS if is_html else limits.TEXT_CHARS
    if len(text) > limit or len(data) > 4 * limits.HTML_CHARS:
        content.flags.add("oversized")
        content.warnings.append(f"text of {len(data)} bytes was cut; the whole is attached")
        _keep(part, data, content)
        text = text[:limit]
    if is_html:
        return [Segment(None, text)]
    if part.type in ("text/enriched", "text/richtext"):
        text = _unenriched(text)
    elif part.params.get("format", "").lower() == "flowed":
        text = _unflowed(text, delete_space=part.params.get("delsp", "").lower() == "yes")
    if ARMOUR in text:
        content.flags.add("encrypted" if f"{ARMOUR}MESSAGE-----" in text else "signed")
    return [Segment(_without_uuencoded(text, content), None)]


def _meta_charset(data: bytes) -> str | None:
    found = re.search(
        rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", data[:2048], re.IGNORECASE
    )
    return found[1].decode("ascii", "replace") if found else None


def _unflowed(text: str, *, delete_space: bool) -> str:
    """Join the lines that format=flowed broke, within one depth of quoting (RFC 3676)."""
    paragraphs: list[list[str]] = []
    depth_before, open_line = -1, False
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        flows = bare.endswith(" ") and bare != "-- "
        kept = bare[:-1] if flows and delete_space else bare
        if open_line and depth == depth_before and bare != "-- ":
            paragraphs[-1].append(kept)
        else:
            paragraphs.append([">" * depth + " " if depth else "", kept])
        depth_before, open_line = depth, flows
    lines = ("".join(pieces) for pieces in paragraphs)
    return "\n".join(line.rstrip(" ") if line.strip(" >-") else line for line in lines)


def _unenriched(text: str) -> str:
    text = ENRICHED.sub("", ENRICHED_PARAM.sub("", text)).replace("<<", "<")
    return re.sub(r"\n(\n*)", lambda breaks: breaks[1] or " ", text)


def _without_uuencoded(text: str, content: Content) -> str:
    """Take files out that old mailers put into the text itself."""
    if "begin " not in text:
        return text
    data, out, at = text.encode("utf-8"), bytearray(), 0
    last_end = data.rfind(b"\nend")
    for found in islice(transfer.UU_BEGIN.finditer(data), limits.UUENCODED):
        if found.end() > last_end + 1:
            break
        if found.start() < at:
            continue
        decoded, after = transfer.uuencoded(data, found)
        if not decoded:
            continue
        name, flags = filenames.clean(found[1].decode("utf-8", "replace").strip())
        content.flags |= flags
        content.files.append(File(name, "application/octet-stream", decoded))
        out += data[at : found.start()]
        at = after
    return (bytes(out) + data[at:]).decode("utf-8", "replace") if at else text


def _filename(part: Part) -> str | None:
    return part.disposition_params.get("filename") or part.params.get("name") or None


def _keep(part: Part, data: bytes, content: Content) -> None:
    """Keep a part as a file, under a name that harms nobody."""
    raw_name = _filename(part)
    name, flags = filenames.clean(raw_name)
    if name is None:
        name = _made_up_name(part, data)
    if filenames.is_executable(name, data[:4]):
        flags.add("executable_attachment")
    content.flags |= flags
    cid = part.first("content-id")
    content_id = words.text(cid).strip().strip("<>").strip() if cid else None
    inline = part.disposition == "inline" and part.type.startswith("image/")
    content.files.append(File(name, part.type, data, inline, content_id or None))


def _made_up_name(part: Part, data: bytes) -> str | None:
    if part.type in ENCLOSED:
        found = re.search(rb"(?im)^subject:[ \t]*([^\r\n]{1,200})", data[:20_000])
        subject = filenames.clean(words.text(found[1]).replace("/", "-"))[0] if found else None
        return f"{subject or 'message'}.eml"
    return "invite.ics" if part.type == "text/calendar" else None


def _unpack_tnef(part: Part, data: bytes, content: Content) -> list[Segment]:
    """Open winmail.dat; what cannot be opened stays as the file it is."""
    opened = tnef.unpack(data)
    if opened is None:
        content.warnings.append("winmail.dat could not be read")
        _keep(part, data, content)
        return []
    for name, content_type, file_data in opened.files:
        safe, flags = filenames.clean(name)
        if filenames.is_executable(safe, file_data[:4]):
            flags.add("executable_attachment")
        content.flags |= flags
        content.files.append(File(safe, content_type, file_data))
    if not opened.html and not opened.plain:
        return []
    content.flags.add("tnef")
    return [Segment(opened.plain, opened.html)]


def _blank(text: str | None) -> bool:
    return text is None or not text.strip()


def _as_html(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<div dir="auto" style="white-space: pre-wrap">{escaped}</div>'


def cleaned(source: str, content: Content) -> str:
    """Clean the letter's HTML, still with our marks in it; say if it had tried anything."""
    if html.is_active(source):
        content.flags.add("html_active_content_removed")
    return html.clean(html.with_marks(source))
