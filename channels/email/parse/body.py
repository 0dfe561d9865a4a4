"""Walk the parts of a mail: what is the letter, what is a file, what is a report."""

import re
from dataclasses import dataclass, field
from html import unescape

from channels.email.parse import charset, filenames, html, letter, limits, tnef, transfer, words
from channels.email.parse.mime import Part
from channels.message import File

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
TAG = re.compile(r"<[^<>]{0,2000}>")
NOT_SAID = re.compile(
    r"--|content-[a-z-]+:|[ \t]+[a-z]+=|.*\b(?:mime|multi-?part|openpgp|cryptographically)\b",
    re.IGNORECASE,
)
NAMED_FILE = re.compile(r"\w\.\w{1,5}$")
TWIN_CHARS = 80
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
        return _joined(self.segments)

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
    if not content.segments and (left_over := _between_parts(root)):
        content.warnings.append("no letter was found; this is what stood between the parts")
        content.segments = [Segment(left_over)]
    return content


def _between_parts(part: Part) -> str:
    """Read what stands before the first part and after the last, where broken marks hide letters."""
    found = [
        charset.decode(part.raw[start : min(end, start + limits.TEXT_CHARS)], None)[0]
        for start, end in part.between
    ]
    lines = "\n".join(found).replace("\r", "").replace("\0", "").split("\n")
    own = "\n".join(line for line in lines if not NOT_SAID.match(line)).strip()
    return "\n".join(filter(None, [own, *map(_between_parts, part.children)]))


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
            rich.append(_joined(segments))
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
    found = letter.read(part, data)
    content.flags |= found.flags
    content.warnings += found.warnings
    content.files += found.files
    if found.was_cut:
        _keep(part, data, content)
    return [Segment(None, found.text) if found.is_html else Segment(found.text, None)]


def _filename(part: Part) -> str | None:
    return part.disposition_params.get("filename") or part.params.get("name") or None


def _location(part: Part) -> str | None:
    """Read a file's name out of where it is said to lie."""
    said = part.first("content-location")
    last = words.text(said).partition("?")[0].rpartition("/")[2] if said else ""
    return last if NAMED_FILE.search(last) else None


def _keep(part: Part, data: bytes, content: Content) -> None:
    """Keep a part as a file, under a name that harms nobody."""
    raw_name = _filename(part) or _location(part)
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


def _joined(segments: list[Segment]) -> str:
    """Put letters that stand one behind the other into one, each beginning on a line of its own."""
    return "<br>\n".join(
        segment.html if segment.html is not None else _as_html(segment.plain or "")
        for segment in segments
    )


def _as_html(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<div dir="auto" style="white-space: pre-wrap">{escaped}</div>'


def cleaned(source: str, content: Content) -> str:
    """Clean the letter's HTML, still with our marks in it; say if it had tried anything."""
    if html.is_active(source):
        content.flags.add("html_active_content_removed")
    return html.clean(html.with_marks(source))
