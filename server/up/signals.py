"""Wait for what happens: a child that ended, a wish to stop, or simply time."""

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Self

STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """While entered, a signal to stop is remembered instead of ending the process."""

    def __init__(self) -> None:
        self.stop = False

    def __enter__(self) -> Self:
        self._out, self._in = os.pipe()
        os.set_blocking(self._in, False)
        self._wakeup = signal.set_wakeup_fd(self._in, warn_on_full_buffer=False)
        hear = [sign for sign in (*STOP, signal.SIGCHLD) if not _under_nohup(sign)]
        self._before = {sign: signal.signal(sign, self._remember) for sign in hear}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.set_wakeup_fd(self._wakeup)
        for sign, handler in self._before.items():
            signal.signal(sign, handler)
        os.close(self._out)
        os.close(self._in)

    def wait(self, seconds: float | None) -> None:
        """Return after any signal, or when the time is over."""
        if select.select([self._out], [], [], seconds)[0]:
            os.read(self._out, 512)

    def _remember(self, sign: int, _frame: FrameType | None) -> None:
        if sign in STOP:
            self.stop = True


def _under_nohup(sign: signal.Signals) -> bool:
    return sign == signal.SIGHUP and signal.getsignal(sign) is signal.SIG_IGN
