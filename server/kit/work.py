"""One transaction per action, and what waits for it to commit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from piccolo.engine.postgres import PostgresTransaction

from server.db.engine import DB, pool
from server.kit import log

Hook = Callable[[], Awaitable[None]]

_log = log.get(__name__)


@dataclass(slots=True)
class _Work:
    before: dict[str, Hook] = field(default_factory=dict)
    after: dict[object, Hook] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)


_open: ContextVar[_Work | None] = ContextVar("open_work", default=None)


@asynccontextmanager
async def transaction(on: Any = None) -> AsyncIterator[None]:
    """Commit once, at the outermost block; then run what waited for the commit.

    An inner block joins the outer one: never catch its exception and carry on, or its partial writes
    stay. ``on`` is a connection the caller already holds (a drain holds its advisory lock on one).
    """
    if _open.get() is not None:
        yield
        return
    work = _Work()
    token = _open.set(work)
    try:
        async with (
            pool().acquire() if on is None else nullcontext(on) as connection,
            connection.transaction(),
        ):
            # Piccolo's own context manager keeps its connection out of the pool when a commit fails.
            joined = PostgresTransaction(DB)
            joined.connection = connection
            piccolo = DB.current_transaction.set(joined)
            try:
                yield
                while work.before:
                    # One hook may add another that must come after it.
                    await work.before.pop(next(iter(work.before)))()
            finally:
                DB.current_transaction.reset(piccolo)
    finally:
        _open.reset(token)
    await asyncio.shield(_run(list(work.after.values())))


def before_commit(name: str, hook: Hook) -> None:
    """Run ``hook`` among the transaction's last statements; a second one of the same name replaces it."""
    _work().before[name] = hook


def after_commit(hook: Hook, *, once: object = None) -> None:
    """Run ``hook`` when the transaction has committed, and not at all if it does not.

    Hooks with the same ``once`` run once. What a hook raises is logged, never raised: the action has
    happened, and the sweep makes up for it.
    """
    _work().after[once if once is not None else object()] = hook


def keep(name: str, default: Callable[[], Any]) -> Any:
    """Return what the open transaction keeps under ``name``, made by ``default`` at first asking."""
    kept = _work().kept
    if name not in kept:
        kept[name] = default()
    return kept[name]


def _work() -> _Work:
    work = _open.get()
    if work is None:
        raise RuntimeError("this needs an open transaction")
    return work


async def _run(hooks: list[Hook]) -> None:
    for hook in hooks:
        try:
            await hook()
        except Exception:  # noqa: BLE001 -- whatever it is, the action stands
            _log.exception("after_commit hook failed")
