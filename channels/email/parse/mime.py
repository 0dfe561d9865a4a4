"""Cut raw bytes into headers and parts as mail occurs in the wild, copying no body."""

import re
from dataclasses import dataclass, field

from channels.email.parse import limits, params

HEADER = re.compile(rb"([^\s:]+)[ \t]*:[ \t]*([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)(?:\r?\n|\Z)")
BLANK = re.compile(rb"\r?\n[ \t]*\r?\n")
LEADING = re.compile(
    rb"(?:[ \t]*\r?\n|\xef\xbb\xbf|>?From [^\r\n]*\r?\n|[ \t]+(?=[A-Za-z][A-Za-z0-9-]{0,40}:))+"
)
LINE = re.compile(rb"[^\n]*(?:\n|\Z)")
DELIMITER = re.compile(rb"\n--([^\r\n]{1,100})\r?\n(?=[A-Za-z0-9-]{1,60}:|\r?\n)")
UNANNOUNCED = re.compile(
    rb"\n--([\x21-\x7e]{1,100})\r?\n(?=content-(?:type|transfer-encoding|disposition):)",
    re.IGNORECASE,
)
MISSPELT = {
    "text/htm": "text/html",
    "text/xhtml": "text/html",
    "text/pain": "text/plain",
    "text/txt": "text/plain",
    "text/text": "text/plain",
    "text/ascii": "text/plain",
    "plain/text": "text/plain",
    "html/text": "text/html",
}
NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_.-]*")

Headers = list[tuple[str, bytes]]


@dataclass(slots=True)
class Part:
    """One node of a mail; its body is `raw[start:end]`, still encoded."""

    raw: bytes
    headers: Headers
    start: int
    end: int
    type: str = "text/plain"
    params: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    disposition_params: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    children: list["Part"] = field(default_factory=list)
    between: list[tuple[int, int]] = field(default_factory=list)  # what no child holds

    def first(self, name: str) -> bytes | None:
        """Give the topmost header of that (lower-case) name."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    @property
    def body(self) -> memoryview:
        return memoryview(self.raw)[self.start : self.end]


class Splitter:
    """Takes one mail apart; counts parts and remembers what was odd."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.parts = 0
        self.warnings: list[str] = []

    def root(self) -> Part:
        """Read the whole mail as one tree."""
        leading = LEADING.match(self.raw)
        return self._part(leading.end() if leading else 0, len(self.raw), 0, "text/plain")

    def _part(self, start: int, end: int, depth: int, default: str) -> Part:
        self.parts += 1
        headers, body = self._headers(start, end)
        part = Part(self.raw, headers, body, end, type=default)
        self._describe(part, default)
        if part.first("content-type") is None and part.first("mime-version") is not None:
            self._reconsider(part)
        if part.type.startswith("multipart/"):
            self._split(part, depth)
        return part

    def _headers(self, start: int, end: int) -> tuple[Headers, int]:
        """Read header lines until they stop; a line that is none is skipped if more follow."""
        headers: Headers = []
        at, stop, raw = start, min(end, start + limits.HEADER_BYTES), self.raw
        odd = 0
        while at < stop and len(headers) < limits.HEADER_COUNT:
            found = HEADER.match(raw, at, end)
            if found:
                headers.append(
                    (found[1].decode("latin-1").lower(), found[2][: limits.HEADER_VALUE_BYTES])
                )
                at = found.end()
                continue
            line = LINE.match(raw, at, end)
            after = line.end() if line else end
            if not raw[at:after].strip():
                return headers, after
            odd += 1
            if odd > limits.ODD_LINES or not self._headers_go_on(at, after, stop):
                if headers:
                    self.warnings.append("no empty line after the headers")
                return headers, at
            at = after
        if at < end and (stop < end or len(headers) == limits.HEADER_COUNT):
            self.warnings.append("headers are too long; some were left out")
            blank = BLANK.search(raw, at, end)
            return headers, blank.end() if blank else end
        return headers, min(at, end)

    def _headers_go_on(self, at: int, after: int, stop: int) -> bool:
        """Tell whether an odd line stands between headers rather than begins the body."""
        if at == after:
            return False
        following = HEADER.match(self.raw, after, stop)
        if not following or not NAME.fullmatch(following[1]):
            return False
        return following[1].lower() in KNOWN or BLANK.search(self.raw, after, stop) is not None

    def _describe(self, part: Part, default: str) -> None:
        for name, value in part.headers:
            if name == "content-type" and not part.params and part.type == default:
                part.type, part.params = params.parse(value)
            elif name == "content-transfer-encoding" and not part.encoding:
                part.encoding = value.partition(b";")[0].decode("latin-1").strip().lower()
            elif name == "content-disposition" and not part.disposition:
                part.disposition, part.disposition_params = params.parse(value)
        part.type = MISSPELT.get(part.type, part.type)
        if "/" not in part.type:
            named = "name" in part.params or "filename" in part.disposition_params
            unknown = "application/octet-stream" if named else default
            part.type = {"text": "text/plain", "html": "text/html"}.get(part.type, unknown)

    def _reconsider(self, part: Part) -> None:
        """See parts where the header that announces them was lost."""
        start = max(0, part.start - 1)
        seen = UNANNOUNCED.search(self.raw, start, min(part.end, start + limits.PREAMBLE_BYTES))
        if seen:
            self.warnings.append("parts were not announced")
            part.type, part.params = "multipart/mixed", {"boundary": seen[1].decode("latin-1")}

    def _split(self, part: Part, depth: int) -> None:
        """Find the children between the boundary lines, or say what hindered us."""
        if depth >= limits.DEPTH:
            self.warnings.append("nested too deep; the rest is kept as one attachment")
            return
        boundary = part.params.get("boundary", "").encode("utf-8", "replace").rstrip()
        spans = self._spans(part, boundary) if boundary else []
        if not spans:
            # the line end before the first boundary may be the one that ended the headers
            near = min(part.end, part.start + limits.HEADER_BYTES)
            seen = DELIMITER.search(self.raw, max(0, part.start - 1), near)
            if seen and seen[1].rstrip() != boundary:
                self.warnings.append("boundary is not the one announced")
                spans = self._spans(part, seen[1].rstrip())
        if not spans:
            self.warnings.append("boundary is missing")
            part.type = "text/plain"
            return
        part.between = [(part.start, spans[0][0]), (spans[-1][1], part.end)]
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        for start, end in spans:
            if self.parts >= limits.PARTS:
                self.warnings.append("too many parts; the rest is kept as one attachment")
                rest = Part(self.raw, [], start, spans[-1][1], type="application/octet-stream")
                rest.disposition = "attachment"
                part.children.append(rest)
                return
            part.children.append(self._part(start, end, depth + 1, default))

    def _spans(self, part: Part, boundary: bytes) -> list[tuple[int, int]]:
        """Give the bounds of every child; the end mark counts only if no part follows it."""
        mark = b"--" + boundary
        raw, spans, opened, at = self.raw, list[tuple[int, int]](), -1, part.start
        closed = False
        while len(spans) <= limits.PARTS and (found := raw.find(mark, at, part.end)) >= 0:
            after = found + len(mark)
            at = after
            if found > part.start and raw[found - 1] not in b"\n\r":
                continue
            final = raw[after : after + 2] == b"--"
            line_end = raw.find(b"\n", after, part.end)
            line_end = part.end if line_end < 0 else line_end + 1
            if raw[after + 2 * final : line_end].strip():
                continue  # a longer boundary that begins with ours
            if opened >= 0:
                spans.append((opened, _before_line_end(raw, found, opened)))
            opened, closed, at = (-1 if final else line_end), final, line_end
        if opened >= 0 and opened < part.end:
            last = raw.rfind(mark + b"--", opened, part.end)
            closed = last >= 0 and not raw[last + len(mark) + 2 : part.end].strip()
            spans.append((opened, last if closed else part.end))
        if spans and not closed:
            self.warnings.append("end of multipart is missing")
        return spans


def _before_line_end(raw: bytes, at: int, floor: int) -> int:
    """Leave out the line end in front of a boundary: it belongs to the boundary."""
    if at > floor and raw[at - 1] == 10:
        at -= 1
    if at > floor and raw[at - 1] == 13:
        at -= 1
    return at


KNOWN = frozenset(
    b"received from to cc subject date message-id mime-version content-type reply-to sender "
    b"content-transfer-encoding return-path delivered-to references in-reply-to x-mailer".split()
)


def split(raw: bytes) -> tuple[Part, list[str]]:
    """Cut a mail apart; give its tree and what was odd about it."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    splitter = Splitter(raw)
    return splitter.root(), splitter.warnings
