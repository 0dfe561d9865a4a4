"""Read the form in which a policy is written; what is wrong stands beside its field."""

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from litestar.datastructures import FormMultiDict

from agent_ui.models import Reason
from agent_ui.models.codes import Target
from agent_ui.models.terms import MOST_STEPS, PolicyForm, PolicyStep
from server.kit.addresses import email_address
from server.kit.errors import Invalid
from server.service_levels.queries import Step
from server.supervision import hours
from server.supervision.term_forms import Errors, typed
from sla.clock import Kind

MOST_HOURS = 10_000
MOST_POSITION = 1000
MOST_PERCENT = 1000
MOST_MINUTES = 100_000
TAG_CHARACTERS = 60
PRIORITIES = frozenset({"low", "normal", "high", "urgent"})
TOLD = frozenset({"", "agent", "lead", "supervisors", "office"})
RAISED = frozenset({"", "next", "high", "urgent"})


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """A policy as it would be saved."""

    position: int
    calendar: str
    own_hours: bool
    allowed_minutes: dict[str, float]
    pauses_in: tuple[str, ...]
    steps: tuple[Step, ...]
    priority: str | None
    channel: str | None
    topic_id: int | None
    team_id: int | None
    account_id: int | None
    contact_class: str | None
    starts_at: datetime | None
    ends_at: datetime | None


def read_policy(form: FormMultiDict, shown: PolicyForm) -> PolicyForm:
    """Return the form as it was filled in, nothing judged."""
    return replace(
        shown,
        name=typed(form, "name") if not shown.id else shown.name,
        position=typed(form, "position"),
        calendar=typed(form, "calendar"),
        own_hours=typed(form, "own_hours") == "yes",
        allowed=tuple((cast("Target", str(kind)), typed(form, str(kind))) for kind in Kind),
        pauses_in=frozenset(form.getall("pauses_in", [])) & {"pending", "on_hold"},
        steps=tuple(_read_step(form, n) for n in range(MOST_STEPS) if f"at-{n}" in form),
        priority=typed(form, "priority"),
        channel=typed(form, "channel"),
        topic=typed(form, "topic"),
        team=typed(form, "team"),
        account=typed(form, "account"),
        contact_class=typed(form, "contact_class"),
        starts=typed(form, "starts"),
        ends=typed(form, "ends"),
    )


def with_another_step(form: PolicyForm) -> PolicyForm:
    """Return the form with an empty step behind the others, as long as there is room."""
    return replace(form, steps=(*form.steps, PolicyStep())[:MOST_STEPS], added=True)


def _read_step(form: FormMultiDict, n: int) -> PolicyStep:
    return PolicyStep(
        typed(form, f"at-{n}"),
        typed(form, f"to-{n}"),
        typed(form, f"when-{n}") or "percent",
        typed(form, f"address-{n}"),
        typed(form, f"raise_to-{n}"),
        typed(form, f"give_to-{n}"),
        typed(form, f"tag-{n}")[:TAG_CHARACTERS],
    )


def judge_policy(
    form: PolicyForm, *, zones: Mapping[str, str], can_mail: bool, now: datetime
) -> tuple[PolicyForm, PolicyDraft | None]:
    """Return what would be saved, or the form with what is wrong beside each field.

    ``zones`` are those of the calendars: a day begins where the calendar is. ``can_mail`` says whether an
    account sends alarms; without one no office would hear of anything.
    """
    errors = Errors()
    if not form.name:
        errors.add("name", "required")
    if form.calendar not in form.calendars:
        errors.add("calendar", "no_calendar")
    position = _number(form.position)
    if position is None or not 0 < position <= MOST_POSITION or position != int(position):
        errors.add("position", "not_a_number")
        position = 1
    allowed = _allowed(form, errors)
    zone = ZoneInfo(zones.get(form.calendar, "UTC"))
    starts_at, ends_at = _dates(form, zone, errors, now=now)
    steps, chain = _steps(form, can_mail=can_mail)
    draft = PolicyDraft(
        int(position),
        form.calendar,
        form.own_hours,
        allowed,
        tuple(sorted(form.pauses_in)),
        tuple(chain),
        form.priority if form.priority in PRIORITIES else None,
        form.channel or None,
        _chosen("topic", form.topic, {value for value, _, _ in form.topics}, errors),
        _chosen("team", form.team, {value for value, _ in form.teams}, errors),
        _chosen("account", form.account, {value for value, _ in form.accounts}, errors),
        form.contact_class if form.contact_class in {"vip", "ordinary"} else None,
        starts_at,
        ends_at,
    )
    judged = replace(form, steps=tuple(steps), errors=(*form.errors, *errors.found))
    wrong = judged.errors or any(step.error for step in steps)
    return judged, None if wrong else draft


def _allowed(form: PolicyForm, errors: Errors) -> dict[str, float]:
    allowed: dict[str, float] = {}
    for target, text in form.allowed:
        number = _number(text)
        if not text:
            continue
        if number is None or number < 0:
            errors.add(target, "not_a_number")
        elif number * 60 < 1:
            errors.add(target, "target_zero")
        elif number > MOST_HOURS:
            errors.add(target, "target_far", limit=MOST_HOURS)
        else:
            allowed[target] = number * 60
    if not any(text for _, text in form.allowed):
        errors.add("allowed", "nothing_promised")
    return allowed


def _chosen(field: str, value: str, known: Collection[str], errors: Errors) -> int | None:
    """Return what was chosen; somebody else may have removed it meanwhile."""
    if not value:
        return None
    if value not in known:
        errors.add(field, "choice_gone")
        return None
    return int(value)


def _dates(
    form: PolicyForm, zone: ZoneInfo, errors: Errors, *, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return from when the policy holds and until when; its last day is a whole one."""
    today = now.astimezone(zone).date()
    first = _date("starts", form.starts, errors)
    last = _date("ends", form.ends, errors)
    if first is not None and first < today:
        errors.add("starts", "starts_past")
    if last is not None and last < today:
        errors.add("ends", "ends_past")
    elif first is not None and last is not None and last < first:
        errors.add("ends", "range_inverted")
    starts_at = _midnight(first, zone) if first is not None and first > today else None
    return starts_at, None if last is None else _midnight(last + timedelta(days=1), zone)


def _date(field: str, text: str, errors: Errors) -> date | None:
    if not text:
        return None
    try:
        found = hours.day(text)
    except Invalid as error:
        errors.add(field, error.code)
        return None
    if not 1900 < found.year < 3000:
        errors.add(field, "date_unreadable")
        return None
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone)


def _steps(form: PolicyForm, *, can_mail: bool) -> tuple[list[PolicyStep], list[Step]]:
    """Judge the steps; a row in which nothing stands is none."""
    shown, chain = [], []
    seen: Counter[str] = Counter()
    for row in form.steps:
        if not row.at and not row.acts and not row.address:
            shown.append(row)
            continue
        try:
            step = _step(row, form, can_mail=can_mail)
        except Invalid as error:
            limit = MOST_PERCENT if row.when == "percent" else MOST_MINUTES
            shown.append(replace(row, error=Reason(error.code, {"limit": limit})))
            continue
        seen[step.key] += 1
        twice = Reason("step_twice") if seen[step.key] > 1 else None
        shown.append(replace(row, error=twice))
        chain.append(step)
    return shown, chain


def _step(row: PolicyStep, form: PolicyForm, *, can_mail: bool) -> Step:
    number = _number(row.at)
    whole = int(number) if number is not None and number == int(number) else 0
    if row.when == "percent" and not 0 < whole <= MOST_PERCENT:
        raise Invalid("percent")
    if row.when != "percent" and not 0 < whole <= MOST_MINUTES:
        raise Invalid("step_minutes")
    if not row.to and not row.acts:
        raise Invalid("step_nothing")
    if row.to == "office" and not can_mail:
        raise Invalid("no_alarm_account")
    to, to_id = _named(row.to, form, besides=TOLD)
    give_to, give_id = _named(row.give_to, form, besides={"", "queue"})
    if row.raise_to not in RAISED:
        raise Invalid("choice_gone")
    return Step(
        percent=whole if row.when == "percent" else 100,
        late_by=whole if row.when == "late" else 0,
        before_close=whole if row.when == "close" else 0,
        to=to,
        to_id=to_id,
        address=email_address(row.address) if to == "office" else "",
        raise_to=row.raise_to,
        give_to=give_to,
        give_id=give_id,
        tag=row.tag,
    )


def _named(value: str, form: PolicyForm, *, besides: Collection[str]) -> tuple[str, int | None]:
    """Return a choice such as ``team-4`` as its kind and its number."""
    if value in besides:
        return value, None
    known = {f"team-{key}" for key, _ in form.teams} | {f"user-{key}" for key, _ in form.people}
    if value not in known:
        raise Invalid("choice_gone")
    kind, _, number = value.partition("-")
    return kind, int(number)


def _number(text: str) -> float | None:
    text = text.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩٫", "0123456789.")).replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
