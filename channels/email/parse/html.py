"""Letters in HTML: a copy that cannot run, fetch or imitate."""

import re
from functools import cache
from typing import Any

from channels.email.parse import limits
from channels.email.parse.reply import MARK, SIGNED, unmarked

TAGS = frozenset(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup "
    "dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i "
    "img ins kbd li main mark nav ol p pre q rp rt ruby s samp section small span strike strong "
    "sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
DROPPED = frozenset(
    "script style title head template noscript iframe object embed applet svg math form select "
    "textarea button audio video canvas frameset noframes noembed xmp".split()
) - {"form", "head"}  # those two only lose their tags: letters stand inside them
ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align", "valign", "style"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor"},
    "td": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "height", "bgcolor", "scope"},
    "tr": {"bgcolor"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "ol": {"start", "type"},
    "li": {"value"},
    "font": {"color", "size", "face"},
    "blockquote": {"cite"},
    "time": {"datetime"},
}
STYLES = frozenset(
    "color background-color font font-family font-size font-style font-weight text-align "
    "text-decoration text-indent line-height letter-spacing direction unicode-bidi white-space "
    "vertical-align width height max-width min-width padding padding-left padding-right padding-top "
    "padding-bottom margin margin-left margin-right margin-top margin-bottom border border-top "
    "border-bottom border-left border-right border-color border-style border-width border-collapse "
    "border-spacing list-style-type".split()
)
SCHEMES = frozenset({"http", "https", "mailto", "tel", "cid"})
ACTIVE = (
    "<script", "<iframe", "<object", "<embed", "<applet", "<form", "<base", "<svg", "<math",
    "<frameset", "javascript:", "vbscript:", "livescript:", "data:text/html",
)  # fmt: skip
REFRESH = re.compile(r"<meta[^<>]{0,200}http-equiv\s*=\s*[\"']?refresh")
EVENT = re.compile(
    r"[\s\"'/]on(?:abort|animation\w{3,9}|begin|blur|change|click|copy|cut|drag\w{0,5}|drop|error"
    r"|focus\w{0,3}|hashchange|input|key\w{2,5}|load\w{0,9}|message|mouse\w{2,5}|page\w{4}|paste"
    r"|pointer\w{2,6}|popstate|reset|resize|scroll|select|submit|toggle|touch\w{3,6}"
    r"|transition\w{3,6}|unload|wheel)\s*="
)
FORMATTING = re.compile(
    r"<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b[^<>]{0,500}>?",
    re.IGNORECASE,
)
LONG_TAG = re.compile(rf"<[a-z][^<>]{{{limits.TAG_CHARS},}}>?", re.IGNORECASE)
OPENING = re.compile(r"<[a-z]", re.IGNORECASE)
ANY_TAG = re.compile(r"<[^>]{0,5000}>?")
NESTING = re.compile(r"<(/?)([a-z][a-z0-9:]{0,20})", re.IGNORECASE)
VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li td tr th dd dt "
    "option font b i u a strong em span o:p html head body tbody".split()
)
OPENING_TAG = re.compile(
    r"<(?:div|p|span|hr|section|table|blockquote)\s[^<>]{1,1500}>", re.IGNORECASE
)
HISTORY = re.compile(
    r"gmail_attr|moz-cite-prefix|yahoo_quoted|divRplyFwdMsg|appendonsend|protonmail_quote"
    r"|OutlookMessageHeader|stopSpelling|zwchr|tutanota_quote|zmail_extra|reply-intro|ymail_android"
    r"|history_container|messageReplySection|name\s*=\s*[\"']?quote\b|ms-outlook-mobile-reference-message|type\s*=\s*[\"']?cite",
    re.IGNORECASE,
)
SIGNATURE = re.compile(
    r"gmail_signature|moz-signature|id\s*=\s*[\"']?(?:x_)?signature\b|ms-outlook-mobile-signature"
    r"|protonmail_signature|AppleMailSignature|data-signature",
    re.IGNORECASE,
)


@cache
def _cleaner() -> Any:
    """Build the cleaner once; importing it late keeps other channels' start fast."""
    import nh3

    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(DROPPED),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        strip_comments=True,
        link_rel="noopener noreferrer nofollow",
        filter_style_properties=set(STYLES),
    )


def clean(source: str) -> str:
    """Remove all that runs, navigates or fetches on its own; keep what a letter needs."""
    cleaned: str = _cleaner().clean(tamed(source))
    return cleaned


def tamed(source: str) -> str:
    """Defuse markup whose only purpose can be to exhaust a parser."""
    source = source.replace("\0", "")
    if len(source) < 4000:
        return source
    if source.count("&") > limits.ENTITIES:
        source = source.replace("&nbsp;", "\xa0").replace("&", "＆")
    if source.count("<") > 3 * limits.HTML_TAGS:
        source = ANY_TAG.sub(" ", source)
    source = LONG_TAG.sub("<p>", source)
    formatting = FORMATTING.findall(source)
    if len(formatting) - 2 * formatting.count("/") > limits.HTML_DEPTH:
        source = FORMATTING.sub("", source)
    if len(OPENING.findall(source)) > limits.HTML_TAGS or _depth(source) > limits.HTML_DEPTH:
        source = ANY_TAG.sub(" ", source)
    return source


def _depth(source: str) -> int:
    """Estimate how deep elements nest, ignoring those that close themselves."""
    depth = deepest = 0
    for closing, name in NESTING.findall(source):
        if closing:
            depth -= depth > 0
        elif name.lower() not in VOID:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def with_marks(source: str) -> str:
    """Mark where mail programs say, by names in their markup, that history or signature begins."""
    source = unmarked(source)
    if not HISTORY.search(source) and not SIGNATURE.search(source):
        return source
    return OPENING_TAG.sub(_marked, source)


def _marked(tag: re.Match[str]) -> str:
    if HISTORY.search(tag[0]):
        return tag[0] + MARK
    return tag[0] + SIGNED if SIGNATURE.search(tag[0]) else tag[0]


def is_active(source: str) -> bool:
    """Tell whether the letter tried to run something, which people should know."""
    lowered = source.lower()
    if any(sign in lowered for sign in ACTIVE):
        return True
    return EVENT.search(lowered) is not None or REFRESH.search(lowered) is not None
