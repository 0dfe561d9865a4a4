"""A private Dovecot on a loopback port, with one mailbox and nothing that outlives the test."""

import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from imapclient import IMAPClient

from tests.support.certificates import self_signed

CONFIG = """\
base_dir = {run}
state_dir = {run}
log_path = {home}/dovecot.log
protocols = imap
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
default_login_user = {login_user}
default_internal_user = {internal_user}
first_valid_uid = 0
last_valid_uid = 0
mail_uid = {uid}
mail_gid = {gid}
mail_location = maildir:{mail}/%u
mail_max_userip_connections = 100
default_process_limit = 40
auth_failure_delay = 0
mail_fsync = never
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""


class Dovecot:
    """A running server; `deliver` puts mail into the mailbox as a delivery agent would."""

    host = "127.0.0.1"
    user = "desk"
    password = "a-password-for-tests"

    def __init__(self) -> None:
        if shutil.which("dovecot") is None:
            raise RuntimeError(
                "dovecot is not installed; these tests need it: apt-get install dovecot-imapd"
            )
        self._home = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.port, self.tls_port = _free_port(), _free_port()
        self._write()

    def _write(self) -> None:
        """Lay out folders that Dovecot's own users may enter."""
        self._home.chmod(0o755)
        for name in ("run", "mail"):
            (self._home / name).mkdir(mode=0o755)
        root = os.geteuid() == 0
        mail_user = pwd.getpwnam("dovecot") if root else pwd.getpwuid(os.geteuid())
        if root:
            os.chown(self._home / "mail", mail_user.pw_uid, mail_user.pw_gid)
        (self._home / "users").write_text(f"{self.user}:{{PLAIN}}{self.password}\n")
        (self._home / "users").chmod(0o644)
        certificate, key = self_signed(self._home)
        (self._home / "dovecot.conf").write_text(
            CONFIG.format(
                home=self._home,
                run=self._home / "run",
                mail=self._home / "mail",
                port=self.port,
                tls_port=self.tls_port,
                certificate=certificate,
                key=key,
                uid=mail_user.pw_uid,
                gid=mail_user.pw_gid,
                login_user="dovenull" if root else mail_user.pw_name,
                internal_user="dovecot" if root else mail_user.pw_name,
            )
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start, and return when it answers."""
        self._process = subprocess.Popen(
            ["dovecot", "-F", "-c", str(self._home / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            with (
                contextlib.suppress(OSError),
                socket.create_connection((self.host, self.port), 1) as wire,
            ):
                if wire.recv(100).startswith(b"* OK"):
                    return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"dovecot did not start:\n{self.log()}")

    def stop(self) -> None:
        """Stop the server and cut every connection; the mail stays."""
        if self._process is None:
            return
        sessions = psutil.Process(self._process.pid).children(recursive=True)
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for session in sessions:  # a signed-in session may linger after its master
            with contextlib.suppress(psutil.NoSuchProcess):
                session.kill()
        if self._process.stderr:
            self._process.stderr.close()
        self._process = None

    def restart(self) -> None:
        """Cut every connection and come back on the same port."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def deliver(self, raw: bytes, *, folder: str = "INBOX", at: datetime | None = None) -> int:
        """Put one mail in; return its UID."""
        with self._owner() as imap:
            if not imap.folder_exists(folder):
                imap.create_folder(folder)
            said = imap.append(folder, raw, (), at or datetime.now(UTC))
            return int(said.rpartition(b"APPENDUID ")[2].split()[1].rstrip(b"]"))

    def deliver_many(self, mails: list[bytes]) -> None:
        """Put many mails in over one connection."""
        with self._owner() as imap:
            for raw in mails:
                imap.append("INBOX", raw)

    def flags(self, folder: str = "INBOX") -> dict[int, tuple[bytes, ...]]:
        """Return what anyone would see of each mail, by UID."""
        with self._owner() as imap:
            imap.select_folder(folder, readonly=True)
            return {uid: tuple(flags) for uid, flags in imap.get_flags(imap.search()).items()}

    def empty(self) -> None:
        """Remove every mail from the inbox."""
        with self._owner() as imap:
            imap.select_folder("INBOX")
            if uids := imap.search():
                imap.delete_messages(uids)
                imap.expunge()

    def expunge(self, uid: int, *, folder: str = "INBOX") -> None:
        """Remove one mail, as another mail program would."""
        with self._owner() as imap:
            imap.select_folder(folder)
            imap.delete_messages([uid])
            imap.expunge()

    def spoil(self, uid: int) -> Path:
        """Make one mail of the inbox unreadable for the server; return its file."""
        with self._owner() as imap:
            imap.select_folder("INBOX", readonly=True)
            position = sorted(imap.search()).index(uid)
        found = [
            path for name in ("cur", "new") for path in (self._home / "mail").glob(f"*/{name}/*")
        ]
        # Names tell seconds and microseconds, the latter without leading zeros.
        path = sorted(found, key=lambda one: [int(n) for n in re.findall(r"\d+", one.name)[:2]])[
            position
        ]
        path.chmod(0)
        return path

    def change_uidvalidity(self) -> None:
        """Restart with all mails kept, but every UID void, as after a restored mailbox."""
        self.stop()
        for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache",
                     "dovecot-uidvalidity"):  # fmt: skip
            for found in (self._home / "mail").rglob(f"{name}*"):
                found.unlink()
        time.sleep(max(0, 1.05 - time.time() % 1))  # UIDVALIDITY is a time in whole seconds
        self.start()

    def log(self) -> str:
        """Return what the server wrote about itself."""
        log = self._home / "dovecot.log"
        return log.read_text(errors="replace") if log.exists() else ""

    @contextlib.contextmanager
    def _owner(self) -> Iterator[IMAPClient]:
        """Sign in as the mailbox's owner."""
        with IMAPClient(self.host, port=self.port, ssl=False) as imap:
            imap.login(self.user, self.password)
            yield imap


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
