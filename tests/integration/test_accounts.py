"""Channel accounts: changed by parts, failing by parts."""

import pytest

from server.channel_accounts import actions as accounts
from server.channel_accounts.queries import every, named
from server.db import sql
from server.kit import clock
from server.kit.errors import Invalid
from server.kit.settings import Settings

pytestmark = pytest.mark.anyio

IMAP = {
    "address": "help@passports.example",
    "outgoing": "keep",
    "imap_host": "127.0.0.1",
    "imap_tls": "none",
    "imap_user": "help",
    "imap_password": "first",
}


async def mailbox(name: str = "help") -> int:
    return await accounts.add("email", name=name, values=IMAP, now=clock.now())


async def test_a_new_password_replaces_the_old_one_and_is_stored_encrypted(db: Settings) -> None:
    await mailbox()
    await accounts.change("help", values={"imap_password": "second"})
    assert (await named("help")).settings.imap_password == "second"
    stored = await sql.value("SELECT settings::text || secrets::text FROM channel_accounts")
    assert "second" not in stored


async def test_a_change_that_makes_no_sense_changes_nothing(db: Settings) -> None:
    await mailbox()
    with pytest.raises(Invalid):
        await accounts.change("help", values={"address": "no address"})
    assert (await named("help")).settings.address == "help@passports.example"


async def test_one_part_that_works_again_does_not_hide_that_another_fails(db: Settings) -> None:
    account = await mailbox()
    await accounts.report(account, part="smtp", code="Unreachable", now=clock.now())
    await accounts.report(account, part="imap", code="SignInFailed", now=clock.now())
    await accounts.report(account, part="imap", now=clock.now())
    found = await named("help")
    assert (found.state, found.state_code) == ("failing", "Unreachable")
    await accounts.report(account, part="smtp", now=clock.now())
    found = await named("help")
    assert (found.state, found.state_code) == ("ok", None)


async def test_an_account_whose_secret_cannot_be_read_does_not_stop_the_others(
    db: Settings,
) -> None:
    await mailbox("lost")
    await mailbox("fine")
    await sql.run(
        "UPDATE channel_accounts SET secrets = '{\"imap_password\": \"xx\"}' WHERE name = 'lost'"
    )
    assert [account.name for account in await every("email")] == ["fine"]
    assert await every("telegram") == ()
