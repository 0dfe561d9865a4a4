"""What the citizen said this time: the letter without the history below, between or above it.

Trimming is only a view: the whole text is always kept, and nothing is ever trimmed to nothing.
"""

from dataclasses import dataclass

from channels.email.parse import limits, separators
from channels.email.parse.separators import plain

QUOTE = "\ue0f1"  # marks lines that stood inside a blockquote of an HTML letter
MARK = "\ue0f2"  # marks where a mail program itself said that the history begins
SIGNED = "\ue0f3"  # marks where a mail program itself said that the signature begins
INDENT = " \t\xa0\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
JOINED_LINES = 4
SIGNATURE_LINES = 14


def trimmed(text: str, *, subject: str | None) -> str:
    """Give the new words of a letter."""
    lines = text.split("\n")
    head, tail = lines[: limits.REPLY_LINES], lines[limits.REPLY_LINES :]
    if separators.FORWARD_SUBJECT.match(subject or ""):
        return unmarked(text).strip()
    kept = _said(_without_list_footer(head) if not tail else head)
    if kept is head and tail:
        kept = head + tail
    for attempt in (_without_signature(kept), kept, [one for one in head if not _quoted(one)]):
        said = unmarked("\n".join(attempt)).strip("\n").rstrip()
        if said.strip():
            return said
    return unmarked(text).strip()


def unmarked(text: str) -> str:
    """Take our own marks out again."""
    for mark in (QUOTE, MARK, SIGNED):
        text = text.replace(mark, "")
    return text


def _said(lines: list[str]) -> list[str]:
    found = _first_separator(lines)
    if found is None:
        return _without_outer_quotes(lines)
    before, after = [*lines[: found.start], *found.shared], found.after
    if not _next_is_quoted(lines, after):
        return before if _any_words(before) else lines
    rest = lines[_end_of_quote(lines, after) :]
    if not _any_words(rest) or _is_footer(rest):
        return before if _any_words(before) else lines
    rest = _without_trailing_quote(rest)
    if any(map(_quoted, rest)):
        # answers between the quoted lines make no sense without them
        return before + _without_trailing_quote(lines[after:])
    return before + _said(rest)


@dataclass(frozen=True, slots=True)
class _Separator:
    """Where history begins: its line, the line after it, and words that share its line."""

    start: int
    after: int
    shared: tuple[str, ...] = ()


def _first_separator(lines: list[str]) -> _Separator | None:
    tries = 0
    for at, raw in enumerate(lines):
        inside = _quoted(raw) and MARK not in raw
        if not raw.strip() or (inside and not _begins_quote(lines, at)):
            continue
        line = plain(unmarked(raw))[: limits.LINE_CHARS]
        if separators.FORWARD_LINE.match(line):
            return None
        if MARK in raw and not _forwards(lines, at):
            return _Separator(at, at if _quoted(raw) else _after_attribution(lines, at))
        attribution = _may_be_attribution(line) or (
            line.rstrip().endswith((":", "：")) and _next_is_quoted(lines, at + 1)
        )
        tries += attribution
        if found := _separator(
            lines, at, line, attribution=attribution and tries <= limits.ATTRIBUTIONS
        ):
            return found
    return None


def _separator(lines: list[str], at: int, line: str, *, attribution: bool) -> _Separator | None:
    """Try every kind of separator on one line."""
    if (
        separators.ORIGINAL_LINE.match(line)
        or _header_block(lines, at, line)
        or _is_device(lines, at, line)
    ):
        return _Separator(at, at + 1)
    shared = separators.SHARED.match(line) if line.rstrip().endswith("wrote:") else None
    if shared and _next_is_quoted(lines, at + 1):
        return _Separator(at, at + 1, (shared["said"].rstrip(" -"),))
    after = _attribution(lines, at) if attribution else 0
    return _Separator(at, after) if after else None


def _forwards(lines: list[str], at: int) -> bool:
    return any(
        separators.FORWARD_LINE.match(plain(line.replace(MARK, ""))) for line in lines[at : at + 3]
    )


def _after_attribution(lines: list[str], at: int) -> int:
    """Step over the unquoted lines that name the quoted letter."""
    end = at
    while end < len(lines) and end - at < JOINED_LINES and not _quoted(lines[end]):
        end += 1
    return end if end < len(lines) and _quoted(lines[end]) else at + 1


def _may_be_attribution(line: str) -> bool:
    small = line.lower()
    return bool(
        "@" in line
        or line.lstrip().startswith("--")
        or separators.OPENS.match(small)
        or separators.STARTS_DATED.match(small)
        or separators.DATE.search(line)
    )


def _attribution(lines: list[str], at: int) -> int:
    """Give the line after an attribution that starts here, or 0."""
    joined, blanks = "", 0
    for end in range(at, min(at + JOINED_LINES + 1, len(lines))):
        piece = plain(lines[end][: limits.LINE_CHARS]).strip()
        if not piece:
            blanks += 1
            if blanks > 1:
                break
            continue
        if end > at and _quoted(piece) and not piece.startswith((">:", "> wrote", ">wrote")):
            break
        joined = f"{joined} {piece}" if joined else piece
        if separators.is_attribution(joined, quoted_next=_next_is_quoted(lines, end + 1)):
            return end + 1
        ended = piece.endswith((".", "!", "?", "؟")) and len(piece) > 3
        if end == at and ended and not separators.IN_BRACKETS.search(piece):
            break
    return 0


def _header_block(lines: list[str], at: int, line: str) -> bool:
    """Recognise copied headers: two kinds close together, one of them the author or the date."""
    first = separators.label(line)
    if first in ("from", "date") and (mail := separators.MAIL.search(line)):
        same_line = separators.label(line[mail.end() :].lstrip(" >)]*"))
        if same_line and same_line != first:
            return True
    if first not in ("from", "date", "to", "subject"):
        return False
    kinds, gap, end = {first}, 0, at
    for number, other in enumerate(lines[at + 1 : at + 10], at + 1):
        bare = plain(other[: limits.LINE_CHARS])
        if kind := separators.label(bare):
            kinds.add(kind)
            gap, end = 0, number
        else:
            gap += 1 if bare.strip() else 2
        if gap > 3:
            break
    block = plain("\n".join(line[:400] for line in lines[at : end + 1]))
    if not separators.MAIL.search(block) and not separators.TIME.search(block):
        return False  # "From: … To: … Subject: …" also begins a formal letter
    real = kinds - {"cc"}
    if first in ("to", "subject"):
        return len(real) >= 3 and bool(real & {"from", "date"})
    return len(real) >= 2 and (first == "from" or len(real) >= 3 or bool(real & {"from", "to"}))


def _begins_quote(lines: list[str], at: int) -> bool:
    """Tell the first line of a blockquote, where some programs put the attribution."""
    if _marked_by_hand(lines[at]):
        return False
    return not any(_quoted(line) for line in lines[max(0, at - 3) : at])


def _is_device(lines: list[str], at: int, line: str) -> bool:
    """Tell a telephone's signature that stands alone: below it comes only history."""
    alone = 0 < at < len(lines) - 1 and not lines[at - 1].strip() and not lines[at + 1].strip()
    return alone and separators.DEVICE.match(line) is not None


def _quoted(line: str) -> bool:
    return line.lstrip(INDENT).startswith(QUOTE) or _marked_by_hand(line)


def _marked_by_hand(line: str) -> bool:
    """Tell `>` quotes, which nobody writes for looks as some do blockquotes."""
    bare = line.lstrip(INDENT)
    return bare.startswith(">") and "<<<" not in bare and not separators.FRAMED.match(bare)


def _next_is_quoted(lines: list[str], at: int) -> bool:
    for line in lines[at : at + 6]:
        if line.strip():
            return _quoted(line)
    return False


def _end_of_quote(lines: list[str], at: int) -> int:
    """Follow a quoted block over blank lines, and over single lines that wrapping tore off it."""
    end = at
    while at < len(lines):
        if _quoted(lines[at]):
            end = at + 1
        elif lines[at].strip() and not _is_torn(lines, at):
            break
        at += 1
    return end


def _is_torn(lines: list[str], at: int) -> bool:
    """Tell a piece of a wrapped quoted line: it stands directly between two quoted ones."""
    if at == 0 or at + 1 >= len(lines):
        return False
    if not (_quoted(lines[at - 1]) and _quoted(lines[at + 1])):
        return False
    bare = lines[at].strip()
    long_before = len(lines[at - 1]) > 60 and bare[:1].islower()
    return long_before or bare.endswith(">") or (bare.endswith(")") and "(" not in bare[1:]) or (
        " " not in bare and len(bare) > 8
    )  # fmt: skip


def _without_outer_quotes(lines: list[str]) -> list[str]:
    """Cut quotes that nobody announced: at the end always, at the start if words follow."""
    kept = _without_trailing_quote(lines)
    quoted = [at for at, line in enumerate(kept) if _quoted(line)]
    if not quoted or any(kept[at].strip() for at in range(quoted[0])):
        return kept
    rest = kept[_end_of_quote(kept, quoted[0]) :]
    return rest if _any_words(rest) and not any(map(_quoted, rest)) else kept


def _without_trailing_quote(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or _marked_by_hand(lines[end - 1])):
        end -= 1
    quoted = sum(map(_marked_by_hand, lines[end:]))
    if not quoted or (quoted == 1 and _marked_by_hand(lines[end])):
        return lines  # one such line right below the words may be a list
    return lines[:end] if _any_words(lines[:end]) else lines


def _without_list_footer(lines: list[str]) -> list[str]:
    """Cut what a mailing list puts below every letter."""
    for at in range(len(lines) - 1, max(0, len(lines) - 12), -1):
        if separators.RULE.match(lines[at]) and not _quoted(lines[at]):
            below = "\n".join(lines[at + 1 :])
            return lines[:at] if separators.LIST_FOOTER.search(below) else lines
    return lines


def _is_footer(lines: list[str]) -> bool:
    """Tell a list's footer or a signature from words that follow a quote."""
    first = next((line for line in lines if line.strip()), "")
    return bool(separators.SIGNATURE.match(first) or separators.RULE.match(first))


def _without_signature(lines: list[str]) -> list[str]:
    """Cut what stands below `--`, the advertisement of a device, and lines drawn for looks."""
    kept = _without_decoration(lines)
    for at in range(max(1, len(kept) - SIGNATURE_LINES), len(kept)):
        signed = SIGNED in kept[at] or separators.SIGNATURE.match(kept[at])
        if signed and _any_words(kept[:at]):
            kept = _without_trailing_quote(kept[:at])
            break
    last = next((at for at in range(len(kept) - 1, 0, -1) if kept[at].strip()), 0)
    if last and not kept[last - 1].strip() and separators.DEVICE.match(plain(kept[last])):
        kept = kept[:last]
    return _without_decoration(kept)


def _without_decoration(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or separators.RULE.match(lines[end - 1])):
        end -= 1
    return lines[:end]


def _any_words(lines: list[str]) -> bool:
    return any(letter.isalnum() for line in lines for letter in line) or any(
        len(line.strip()) > 1 and not separators.RULE.match(line) for line in lines
    )
