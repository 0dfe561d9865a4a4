"""A rule from its first word to the next mail that follows it, in a browser, in Arabic, with the real processes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.demo import Demo
from tests.support.mails import mail
from tests.support.processes import living_in, wait_until

PASSWORD = "tawasul-demo"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("rules")
    made = Demo(folder / "data")
    yield made
    made.up.end()
    wait_until(lambda: not living_in(folder))


@pytest.fixture
def huda(page: Page, demo: Demo) -> Page:
    """A supervisor's browser, in Arabic."""
    page.goto(f"{demo.address}/sign-in")
    page.fill("input[name=email]", "huda@passports.example")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=30_000)
    page.goto(f"{demo.address}/rules")
    return page


def section(page: Page, kind: str) -> str:
    return f"#node-{kind} > .rule-add"


def test_a_supervisor_writes_a_rule_tries_it_and_the_next_mail_follows_it(
    huda: Page, demo: Demo
) -> None:
    page = huda
    page.get_by_role("link", name="قاعدة جديدة").click()
    page.fill("input[name=name]", "عائلات مسافرة")
    page.select_option("select[name='new-all']", "if_words")
    page.locator(f"{section(page, 'all')} button", has_text="أضف شرطًا").click()
    words = page.locator("[name='value-all-0']")
    expect(words).to_be_focused()
    words.fill("عمرة، رحلة عائلية")
    # A group by the keyboard alone: Tab to its button, Enter, choose, Enter.
    page.locator(f"{section(page, 'all')} button", has_text="أضف مجموعة").press("Enter")
    new = page.locator("select[name='new-all-1']")
    expect(new).to_be_focused()
    expect(words).to_have_value("عمرة، رحلة عائلية")
    new.select_option("if_channel")
    new.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name='value-all-1-0']").first).to_be_focused()
    page.keyboard.press("Space")
    up = page.locator("#node-all-1-0 button[value='up:all-1-0']")
    up.press("Enter")  # out of the group, before it
    expect(page.locator("#node-all-1 [name='ask-all-1']")).to_have_value("if_channel")
    expect(page.locator("#node-all-1 button[value='up:all-1']")).to_be_focused()
    # Nothing was lost, and what is missing is said where it is missing.
    page.get_by_role("button", name="حفظ", exact=True).last.click()
    expect(page.locator("#node-all-2")).to_contain_text("المجموعة فارغة")
    expect(page.locator("#node-all-2-error")).to_be_visible()
    page.locator("button[value='remove:all-2']").click()
    expect(page.locator("#node-all-2")).to_have_count(0)
    page.select_option("select[name=then_priority]", "urgent")
    page.fill("input[name=then_tags]", "عائلة")
    page.locator("button[value=preview]").click()
    expect(page.locator("#preview")).to_contain_text("الأسبوع الماضي")
    page.locator(".form-end button[value=save]").click()
    expect(page.locator(".rule-line", has_text="عائلات مسافرة")).to_be_visible()

    page.fill("textarea[name=text]", "نسافر في عمرة الأسبوع القادم")
    page.locator(".question-form button[value=try]").click()
    verdict = page.locator(".rule-verdict", has_text="عائلات مسافرة")
    expect(verdict).to_have_class("rule-verdict is-matched")
    expect(verdict.locator(".rule-clause.holds").first).to_be_visible()
    expect(page.locator("#trial")).to_contain_text("عاجلة")

    demo.send(
        mail(
            "نريد تجديد الجوازات قبل عمرة الأسبوع القادم",
            sender="مها الزهراني <maha@example.org>",
            subject="جوازات العائلة",
        )
    )
    page.goto(f"{demo.address}/inbox/all")
    row = page.locator(".ticket-row a", has_text="مها الزهراني")
    expect(row).to_be_visible(timeout=30_000)
    expect(row).to_contain_text("عاجلة")
    expect(row).to_contain_text("عائلة")
    row.click()
    page.locator(".why-button").click()
    expect(page.locator("#why")).to_contain_text("انطبقت القاعدة «عائلات مسافرة»")
    expect(page.locator("#why ul li", has_text="لم تنطبق")).to_contain_text("سفر قريب")


def test_a_rule_that_cannot_work_is_refused_with_its_reason_and_nothing_typed_is_lost(
    huda: Page, demo: Demo
) -> None:
    page = huda
    page.goto(f"{demo.address}/rules/0")
    page.fill("input[name=name]", "متناقضة")
    for kind in ("all", "none"):
        page.select_option(f"select[name='new-{kind}']", "if_vip")
        page.locator(f"{section(page, kind)} button", has_text="أضف شرطًا").click()
        expect(page.locator(f"#node-{kind}-0")).to_be_visible()
    page.select_option("select[name=then_priority]", "low")
    page.locator(".form-end button[value=save]").click()
    expect(page.locator("#node-all-0")).to_contain_text("شروطها")
    expect(page.locator("input[name=name]")).to_have_value("متناقضة")
    page.locator("button[value='remove:none-0']").click()
    expect(page.locator("#node-none-0")).to_have_count(0)
    page.locator(".form-end button[value=save]").click()
    expect(page.locator(".rule-line", has_text="متناقضة")).to_be_visible()
    expect(page.locator(".rule-versions")).to_have_count(1)
