"""One text part as its author meant it: charset, flow, markup and files written into the text."""

import re
from dataclasses import dataclass, field
from itertools import islice

from channels.email.parse import charset, filenames, limits, transfer
from channels.email.parse.mime import Part
from channels.message import File

HTML = frozenset({"text/html", "application/xhtml+xml"})
LOOKS_HTML = re.compile(r"\s*(?:<!doctype html|<html[\s>]|<head[\s>]|<body[\s>])", re.IGNORECASE)
META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", re.IGNORECASE)
ENRICHED = re.compile(r"<(/?)([a-z-]{1,40})>", re.IGNORECASE)
ENRICHED_PARAM = re.compile(r"<param>[^<]{0,500}</param>", re.IGNORECASE)
ARMOUR = "-----BEGIN PGP "


@dataclass(slots=True)
class Letter:
    """The text of one part; `was_cut` says that there is more of it than anybody reads."""

    text: str
    is_html: bool
    was_cut: bool = False
    files: list[File] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)


def read(part: Part, data: bytes) -> Letter:
    """Decode the part's bytes, and undo what its format did to the lines."""
    label = part.params.get("charset")
    if not label and part.type in HTML:
        found = META.search(data[:2048])
        label = found[1].decode("ascii", "replace") if found else None
    # no letter of any charset takes more than four bytes
    text, warning = charset.decode(data[: 4 * limits.HTML_CHARS], label)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    letter = Letter(text, part.type in HTML or LOOKS_HTML.match(text[:500]) is not None)
    if warning:
        letter.warnings.append(warning)
    _cut(letter, len(data))
    if not letter.is_html:
        _lay_out(letter, part)
    return letter


def _cut(letter: Letter, size: int) -> None:
    limit = limits.HTML_CHARS if letter.is_html else limits.TEXT_CHARS
    if len(letter.text) > limit or size > 4 * limits.HTML_CHARS:
        letter.was_cut = True
        letter.flags.add("oversized")
        letter.warnings.append(f"text of {size} bytes was cut; the whole is attached")
        letter.text = letter.text[:limit]


def _lay_out(letter: Letter, part: Part) -> None:
    if part.type in ("text/enriched", "text/richtext"):
        letter.text = _unenriched(letter.text)
    elif part.params.get("format", "").lower() == "flowed":
        delete_space = part.params.get("delsp", "").lower() == "yes"
        letter.text = _unflowed(letter.text, delete_space=delete_space)
    if ARMOUR in letter.text:
        letter.flags.add("encrypted" if f"{ARMOUR}MESSAGE-----" in letter.text else "signed")
    if "begin " in letter.text:
        _take_files_out(letter)


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


def _take_files_out(letter: Letter) -> None:
    """Take uuencoded files out that old mailers put into the text itself."""
    data, kept, at = letter.text.encode("utf-8"), bytearray(), 0
    last_end = data.rfind(b"\nend")
    for found in islice(transfer.UU_BEGIN.finditer(data), limits.UUENCODED):
        if found.end() > last_end + 1:
            break
        if found.start() < at:
            continue
        decoded, after = transfer.uuencoded(data, found)
        if decoded:
            name, flags = filenames.clean(found[1].decode("utf-8", "replace").strip())
            letter.flags |= flags
            letter.files.append(File(name, "application/octet-stream", decoded))
            kept += data[at : found.start()]
            at = after
    if at:
        letter.text = (bytes(kept) + data[at:]).decode("utf-8", "replace")
