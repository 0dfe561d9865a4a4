"""File names that are safe to show and to save: no paths, no controls, no reversed extensions."""

import re
import unicodedata

from channels.email.parse import limits

BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\u200b]+")
RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
EXECUTABLE = frozenset(
    "exe com scr pif bat cmd msi msp hta cpl jar js jse vbs vbe wsf wsh ps1 psm1 lnk reg dll sys "
    "ade adp app application chm gadget inf ins isp job mde msc msh mst sct shb url vb vxd "
    "docm dotm xlsm xltm xlam pptm ppam potm iso img vhd vhdx apk dmg sh run desktop one "
    "library-ms settingcontent-ms appref-ms appx msix htm html svg mht mhtml xhtml shtml".split()
) - {"htm", "html", "svg", "mht", "mhtml", "xhtml", "shtml", "url", "app"}


def clean(name: str | None) -> tuple[str | None, set[str]]:
    """Give a harmless name, and flags saying what it tried."""
    if name is None:
        return None, set()
    flags: set[str] = set()
    if OVERRIDES.search(name):
        flags.add("bidi_override_in_filename")
    plain = BIDI.sub("", FORBIDDEN.sub("", unicodedata.normalize("NFC", name)))
    parts = [part for part in re.split(r"[/\\]", plain) if part.strip(" .")]
    if ".." in re.split(r"[/\\]", plain) or plain.startswith(("/", "\\")):
        flags.add("path_in_filename")
    # a slash between digits ("report 1/2.pdf") separates no folders that we could name
    plain = parts[-1].strip() if parts else ""
    plain = re.sub(r'[<>:"|?*]', "_", plain).rstrip(". ")
    if RESERVED.match(plain):
        plain = f"_{plain}"
    return _shortened(plain) or None, flags


def _shortened(name: str) -> str:
    """Cut a long name in front of its extension."""
    if len(name) <= limits.FILENAME_CHARS:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[: limits.FILENAME_CHARS]
    return f"{stem[: limits.FILENAME_CHARS - len(extension) - 1]}.{extension}"


def is_executable(name: str | None, content: bytes) -> bool:
    """Tell programs, by name or by their first bytes, wherever they call themselves."""
    extension = (name or "").rpartition(".")[2].lower()
    return extension in EXECUTABLE or content[:2] == b"MZ" or content[:4] == b"\x7fELF"
