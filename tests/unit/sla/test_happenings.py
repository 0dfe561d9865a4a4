import itertools
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla import (
    BadTarget,
    Calendar,
    Clock,
    Happening,
    ImpossibleTransition,
    Kind,
    Outcome,
    State,
    Step,
    Target,
    Transition,
    What,
    react,
    steps,
    warning_times,
)

HOUR = timedelta(hours=1)
KUWAIT = ZoneInfo("Asia/Kuwait")
CALENDAR = Calendar("Asia/Kuwait", dict.fromkeys((6, 0, 1, 2, 3), ((time(9), time(17)),)))
PAUSES = frozenset({"pending", "on_hold"})
TARGETS = {
    Kind.FIRST_RESPONSE: Target(Kind.FIRST_RESPONSE, 2 * HOUR, CALENDAR),
    Kind.NEXT_RESPONSE: Target(Kind.NEXT_RESPONSE, 4 * HOUR, CALENDAR),
    Kind.RESOLUTION: Target(Kind.RESOLUTION, 16 * HOUR, CALENDAR, pauses_in=PAUSES),
}


def at(clock: str, day: int = 22) -> datetime:
    """Give a moment of November 2026; the 22nd is a Sunday, the first day of the week."""
    return datetime.fromisoformat(f"2026-11-{day:02} {clock}").replace(tzinfo=KUWAIT)


class Ticket:
    """A ticket's clocks and all that was recorded of them."""

    def __init__(self) -> None:
        self.clocks: tuple[Clock, ...] = ()
        self.transitions: list[Transition] = []
        self.targets = dict(TARGETS)

    def sees(self, what: What, when: datetime, **more: object) -> Outcome:
        outcome = react(self.clocks, Happening(what, when, **more), self.targets)  # type: ignore[arg-type]
        self.clocks = outcome.clocks
        self.transitions += outcome.transitions
        return outcome

    def citizen_writes(self, when: datetime, message: int = 1) -> None:
        self.sees(What.CITIZEN_MESSAGE, when, message=message)

    def agent_replies(self, when: datetime, message: int = 100) -> None:
        self.sees(What.PUBLIC_REPLY, when, message=message)

    def provider_accepts(self, when: datetime, message: int = 100) -> None:
        self.sees(What.REPLY_ACCEPTED, when, message=message)

    def reply_fails(self, when: datetime, message: int = 100) -> None:
        self.sees(What.REPLY_FAILED, when, message=message)

    def becomes(self, status: str, when: datetime, **more: object) -> None:
        self.sees(What.STATUS, when, status=status, **more)

    def clock(self, kind: Kind, turn: int = 1) -> Clock:
        (found,) = (one for one in self.clocks if (one.kind, one.turn) == (kind, turn))
        return found

    @property
    def first(self) -> Clock:
        return self.clock(Kind.FIRST_RESPONSE)

    @property
    def next(self) -> Clock:
        return self.clock(Kind.NEXT_RESPONSE)

    @property
    def resolution(self) -> Clock:
        return self.clock(Kind.RESOLUTION)

    def has(self, kind: Kind) -> bool:
        return any(one.kind is kind for one in self.clocks)

    def breaches(self) -> list[tuple[Kind, datetime]]:
        return [(one.kind, one.at) for one in self.transitions if one.step is Step.BREACHED]


@pytest.fixture
def ticket() -> Ticket:
    ticket = Ticket()
    ticket.citizen_writes(at("10:00"))
    return ticket


def test_a_first_message_starts_first_response_and_resolution(ticket: Ticket) -> None:
    assert ticket.first.due_at == at("12:00")
    assert ticket.resolution.due_at == at("10:00", 24)
    assert not ticket.has(Kind.NEXT_RESPONSE)


def test_a_message_before_opening_is_due_from_the_opening() -> None:
    ticket = Ticket()
    ticket.citizen_writes(at("07:00"))
    assert ticket.first.due_at == at("11:00")


def test_more_messages_do_not_restart_the_wait(ticket: Ticket) -> None:
    ticket.citizen_writes(at("11:00"), 2)
    ticket.citizen_writes(at("11:30"), 3)
    assert ticket.first.due_at == at("12:00")
    assert not ticket.has(Kind.NEXT_RESPONSE)


def test_an_older_message_found_later_counts_from_its_own_time(ticket: Ticket) -> None:
    ticket.citizen_writes(at("09:30"), 2)
    assert ticket.first.due_at == at("11:30")


@pytest.mark.parametrize("what", [What.AUTOMATIC_MESSAGE, What.INTERNAL_NOTE])
def test_automatic_mail_and_notes_move_nothing(ticket: Ticket, what: What) -> None:
    before = ticket.clocks
    outcome = ticket.sees(what, at("11:00"), message=2)
    assert (outcome.clocks, outcome.transitions) == (before, ())
    fresh = Ticket()
    assert fresh.sees(what, at("11:00"), message=2).clocks == ()


def test_a_reply_is_an_answer_only_until_a_provider_accepts_it(ticket: Ticket) -> None:
    ticket.agent_replies(at("11:00"))
    assert ticket.first.state is State.ANSWERED
    ticket.provider_accepts(at("11:01"))
    assert ticket.first.state is State.MET
    assert ticket.first.met_at == at("11:01")
    assert ticket.resolution.state is State.RUNNING


def test_an_answer_accepted_after_the_due_time_is_late(ticket: Ticket) -> None:
    ticket.agent_replies(at("11:59"))
    ticket.provider_accepts(at("12:01"))
    assert ticket.first.state is State.MET_LATE
    assert ticket.breaches() == [(Kind.FIRST_RESPONSE, at("12:00"))]


def test_an_answer_accepted_at_the_due_time_is_in_time(ticket: Ticket) -> None:
    ticket.agent_replies(at("11:59"))
    ticket.provider_accepts(at("12:00"))
    assert ticket.first.state is State.MET


def test_nothing_is_breached_while_an_answer_is_on_its_way(ticket: Ticket) -> None:
    ticket.agent_replies(at("11:59"))
    ticket.sees(What.DUE, at("12:05"))
    assert ticket.breaches() == []


def test_a_failed_reply_leaves_the_true_due_time(ticket: Ticket) -> None:
    ticket.agent_replies(at("11:00"))
    ticket.reply_fails(at("11:30"))
    assert ticket.first.state is State.RUNNING
    assert ticket.first.due_at == at("12:00")


def test_a_reply_that_fails_after_the_due_time_shows_the_breach_of_that_time(
    ticket: Ticket,
) -> None:
    ticket.agent_replies(at("11:00"))
    ticket.reply_fails(at("13:00"))
    assert ticket.first.state is State.BREACHED
    assert ticket.breaches() == [(Kind.FIRST_RESPONSE, at("12:00"))]


def test_a_bounce_after_acceptance_takes_the_promise_back_to_running(ticket: Ticket) -> None:
    ticket.agent_replies(at("11:00"))
    ticket.provider_accepts(at("11:01"))
    ticket.reply_fails(at("11:05"))
    assert ticket.first.state is State.RUNNING


def test_the_first_of_two_replies_that_is_accepted_counts(ticket: Ticket) -> None:
    ticket.agent_replies(at("11:00"), 100)
    ticket.agent_replies(at("11:10"), 101)
    ticket.provider_accepts(at("11:11"), 101)
    ticket.reply_fails(at("11:20"), 100)
    assert ticket.first.state is State.MET
    assert ticket.first.met_at == at("11:11")


def test_when_one_of_two_replies_fails_the_other_still_answers(ticket: Ticket) -> None:
    ticket.agent_replies(at("11:00"), 100)
    ticket.agent_replies(at("11:10"), 101)
    ticket.reply_fails(at("11:20"), 100)
    assert ticket.first.state is State.ANSWERED
    assert ticket.first.answered_at == at("11:10")


def test_a_message_after_an_answer_starts_the_next_response(ticket: Ticket) -> None:
    ticket.agent_replies(at("11:00"))
    ticket.provider_accepts(at("11:01"))
    ticket.citizen_writes(at("12:00"), 2)
    ticket.citizen_writes(at("13:00"), 3)
    assert ticket.next.due_at == at("16:00")
    ticket.agent_replies(at("14:00"), 101)
    ticket.provider_accepts(at("14:00"), 101)
    assert ticket.next.state is State.MET
    ticket.citizen_writes(at("15:00"), 4)
    assert ticket.clock(Kind.NEXT_RESPONSE, 2).due_at == at("11:00", 23)


def test_when_the_first_reply_fails_the_earlier_wait_counts_again(ticket: Ticket) -> None:
    ticket.agent_replies(at("11:00"))
    ticket.citizen_writes(at("11:10"), 2)
    ticket.reply_fails(at("11:20"))
    assert ticket.first.state is State.RUNNING
    assert ticket.next.state is State.CANCELLED
    assert ticket.next.cancelled_because == "earlier_message_waits"


def test_a_later_reply_that_arrived_answers_the_earlier_wait_too(ticket: Ticket) -> None:
    ticket.agent_replies(at("11:00"), 100)
    ticket.provider_accepts(at("11:01"), 100)
    ticket.citizen_writes(at("11:10"), 2)
    ticket.agent_replies(at("11:30"), 101)
    ticket.provider_accepts(at("11:31"), 101)
    ticket.reply_fails(at("14:00"), 100)
    assert ticket.first.state is State.MET
    assert ticket.first.met_at == at("11:31")
    assert ticket.next.state is State.MET


def test_a_further_reply_stands_by_when_the_one_that_met_the_promise_bounces(
    ticket: Ticket,
) -> None:
    ticket.agent_replies(at("11:00"), 100)
    ticket.provider_accepts(at("11:01"), 100)
    ticket.citizen_writes(at("11:10"), 2)
    ticket.reply_fails(at("11:20"), 100)
    ticket.agent_replies(at("11:30"), 101)
    ticket.provider_accepts(at("11:31"), 101)
    ticket.agent_replies(at("11:40"), 102)
    ticket.provider_accepts(at("11:41"), 102)
    ticket.reply_fails(at("11:50"), 101)
    assert ticket.first.state is State.MET
    assert ticket.first.met_at == at("11:41")


def test_a_bounce_that_leaves_only_a_late_answer_shows_the_breach(ticket: Ticket) -> None:
    ticket.agent_replies(at("11:00"), 100)
    ticket.provider_accepts(at("11:01"), 100)
    ticket.agent_replies(at("12:30"), 101)
    ticket.provider_accepts(at("12:31"), 101)
    ticket.reply_fails(at("13:00"), 100)
    assert ticket.first.state is State.MET_LATE
    assert ticket.breaches() == [(Kind.FIRST_RESPONSE, at("12:00"))]


def test_a_call_recorded_late_does_not_answer_what_was_asked_after_it(ticket: Ticket) -> None:
    ticket.sees(What.PAST_REPLY, at("09:50"), message=100)
    assert ticket.first.state is State.RUNNING
    ticket.sees(What.PAST_REPLY, at("10:20"), message=101)
    assert ticket.first.state is State.ANSWERED


def test_a_machine_whose_clock_jumps_back_still_records_the_answer(ticket: Ticket) -> None:
    ticket.agent_replies(at("09:15"))
    ticket.provider_accepts(at("09:15"))
    assert ticket.first.state is State.MET
    assert ticket.first.met_at == at("10:00")


def test_no_reply_needed_ends_the_wait_with_its_reason(ticket: Ticket) -> None:
    ticket.sees(What.NO_REPLY_NEEDED, at("11:00"), cause="thanks_only")
    assert ticket.first.state is State.CANCELLED
    assert ticket.first.cancelled_because == "thanks_only"
    assert ticket.resolution.state is State.RUNNING


def test_pending_stops_the_resolution_only(ticket: Ticket) -> None:
    ticket.becomes("pending", at("11:00"))
    assert ticket.resolution.state is State.PAUSED
    assert ticket.resolution.due_at is None
    assert ticket.first.state is State.RUNNING
    ticket.becomes("open", at("15:00"))
    assert ticket.resolution.due_at == at("14:00", 24)


def test_from_pending_to_on_hold_is_one_pause(ticket: Ticket) -> None:
    ticket.becomes("pending", at("11:00"))
    ticket.becomes("on_hold", at("12:00"))
    ticket.becomes("open", at("13:00"))
    assert ticket.resolution.due_at == at("12:00", 24)


def test_a_clock_set_back_an_hour_takes_back_the_pause_and_no_more(ticket: Ticket) -> None:
    ticket.becomes("pending", at("11:00"))
    ticket.becomes("open", at("10:00"))
    assert ticket.resolution.due_at == at("10:00", 24)


def test_a_pause_after_the_due_time_does_not_hide_the_breach(ticket: Ticket) -> None:
    ticket.becomes("pending", at("10:00", 25))
    assert (Kind.RESOLUTION, at("10:00", 24)) in ticket.breaches()
    assert ticket.resolution.state is State.PAUSED
    ticket.becomes("open", at("11:00", 25))
    assert ticket.resolution.state is State.BREACHED
    assert ticket.resolution.due_at == at("10:00", 24)


def test_a_breach_at_closing_time_survives_a_pause_before_the_next_opening() -> None:
    ticket = Ticket()
    ticket.citizen_writes(at("09:00"))  # sixteen hours: due at 17:00 on Monday
    assert ticket.resolution.due_at == at("17:00", 23)
    ticket.becomes("pending", at("20:00", 23))
    assert ticket.resolution.breached_at == at("17:00", 23)
    ticket.becomes("open", at("08:00", 24))
    assert ticket.resolution.state is State.BREACHED


def test_resolving_meets_the_resolution_and_ends_the_wait(ticket: Ticket) -> None:
    ticket.becomes("resolved", at("11:00"))
    assert ticket.resolution.state is State.MET
    assert ticket.first.state is State.CANCELLED
    assert ticket.resolution.due_at == at("10:00", 24)


def test_resolving_leaves_an_answer_on_its_way_alone(ticket: Ticket) -> None:
    ticket.agent_replies(at("11:00"))
    ticket.becomes("resolved", at("11:00"))
    ticket.reply_fails(at("11:30"))
    assert ticket.first.state is State.RUNNING


def test_resolving_late_is_late(ticket: Ticket) -> None:
    ticket.becomes("resolved", at("10:30", 24))
    assert ticket.resolution.state is State.MET_LATE
    assert (Kind.RESOLUTION, at("10:00", 24)) in ticket.breaches()


def test_closing_after_resolving_changes_nothing(ticket: Ticket) -> None:
    ticket.becomes("resolved", at("11:00"))
    before = ticket.clocks
    ticket.becomes("closed", at("11:00", 29))
    assert ticket.clocks == before


def test_reopening_runs_the_same_clock_on(ticket: Ticket) -> None:
    ticket.becomes("resolved", at("12:00"))
    ticket.becomes("open", at("12:00", 23))
    assert ticket.resolution.state is State.RUNNING
    assert ticket.resolution.due_at == at("10:00", 25)


def test_reopening_by_hand_lets_an_unanswered_citizen_wait_on(ticket: Ticket) -> None:
    ticket.becomes("resolved", at("11:00"))
    ticket.becomes("open", at("12:00"))
    assert ticket.first.state is State.RUNNING
    assert ticket.first.due_at == at("13:00")


def test_reopening_by_a_message_starts_a_new_wait(ticket: Ticket) -> None:
    ticket.becomes("resolved", at("11:00"))
    ticket.citizen_writes(at("12:00"), 2)
    ticket.becomes("open", at("12:00"))
    assert ticket.first.state is State.CANCELLED
    assert ticket.next.due_at == at("16:00")
    assert ticket.resolution.state is State.RUNNING


def test_a_hold_across_a_holiday_costs_what_was_open() -> None:
    ticket = Ticket()
    feast = Calendar(
        "Asia/Kuwait",
        dict.fromkeys((6, 0, 1, 2, 3), ((time(9), time(17)),)),
        {at("00:00", 23).date(): []},
    )
    ticket.targets = {Kind.RESOLUTION: Target(Kind.RESOLUTION, 16 * HOUR, feast, pauses_in=PAUSES)}
    ticket.citizen_writes(at("10:00"))
    ticket.becomes("on_hold", at("12:00"))
    ticket.becomes("open", at("16:00", 24))
    assert ticket.resolution.used == 2 * HOUR
    assert ticket.resolution.due_at == at("14:00", 26)


def test_the_same_promise_in_two_zones_is_due_at_two_instants() -> None:
    due = []
    for zone in ("Asia/Kuwait", "Africa/Casablanca"):
        ticket = Ticket()
        calendar = Calendar(zone, {0: [(time(9), time(17))]})
        ticket.targets = {Kind.FIRST_RESPONSE: Target(Kind.FIRST_RESPONSE, HOUR, calendar)}
        ticket.citizen_writes(at("10:00"))
        due.append(ticket.first.due_at)
    assert due == [at("10:00", 23), at("12:00", 23)]


def test_a_promise_of_no_time_is_due_at_the_first_open_moment() -> None:
    ticket = Ticket()
    ticket.targets = {Kind.FIRST_RESPONSE: Target(Kind.FIRST_RESPONSE, 0 * HOUR, CALENDAR)}
    ticket.citizen_writes(at("18:00"))
    assert ticket.first.due_at == at("09:00", 23)


def test_less_than_no_time_cannot_be_promised() -> None:
    with pytest.raises(BadTarget):
        Target(Kind.FIRST_RESPONSE, -HOUR, CALENDAR)


def test_warnings_come_at_their_share_of_the_open_time(ticket: Ticket) -> None:
    assert warning_times(ticket.resolution, (0.75, 0.5)) == (at("10:00", 23), at("14:00", 23))
    ticket.becomes("pending", at("11:00"))
    assert warning_times(ticket.resolution, (0.5,)) == ()
    ticket.becomes("open", at("15:00"))
    assert warning_times(ticket.resolution, (0.0625, 0.5)) == (at("11:00"), at("14:00", 23))


def test_impossible_steps_are_refused_with_their_reason(ticket: Ticket) -> None:
    ticket.becomes("resolved", at("11:00"))
    met, cancelled = ticket.resolution, ticket.first
    for step, clock in itertools.product((steps.pause, steps.resume), (met, cancelled)):
        with pytest.raises(ImpossibleTransition, match="cannot be"):
            step(clock, at("12:00"))
    with pytest.raises(ImpossibleTransition, match="it is cancelled"):
        steps.answer(cancelled, at("12:00"))
    with pytest.raises(ImpossibleTransition, match="it is met"):
        steps.breach(met)
    with pytest.raises(ImpossibleTransition, match="no such answer"):
        steps.unanswer(met, at("12:00"), message=5)
    with pytest.raises(ImpossibleTransition, match="the target is a next_response"):
        steps.retarget(met, TARGETS[Kind.NEXT_RESPONSE], at("12:00"))
    running, _ = steps.start(TARGETS[Kind.RESOLUTION], at("10:00"))
    with pytest.raises(ImpossibleTransition, match="it is running"):
        steps.resume(running, at("12:00"))
    with pytest.raises(ImpossibleTransition, match="it has not ended"):
        steps.reopen(running, at("12:00"))
    with pytest.raises(ImpossibleTransition, match="it began earlier"):
        steps.antedate(running, at("12:00"))


def test_a_reopened_promise_has_some_grace(ticket: Ticket) -> None:
    ticket.becomes("resolved", at("09:59", 24))
    ticket.becomes("open", at("10:00", 25), grace=HOUR)
    assert ticket.resolution.state is State.RUNNING
    assert ticket.resolution.due_at == at("11:00", 25)


def test_a_promise_broken_before_it_was_reopened_stays_broken(ticket: Ticket) -> None:
    ticket.becomes("resolved", at("11:00", 24))
    ticket.becomes("open", at("12:00", 25), grace=HOUR)
    assert ticket.resolution.state is State.BREACHED
    assert ticket.resolution.due_at == at("10:00", 24)
    assert ticket.breaches().count((Kind.RESOLUTION, at("10:00", 24))) == 1


def test_the_breach_loop_records_each_breach_once_with_its_due_time(ticket: Ticket) -> None:
    ticket.sees(What.DUE, at("15:00", 26))
    ticket.sees(What.DUE, at("15:01", 26))
    assert ticket.breaches() == [
        (Kind.FIRST_RESPONSE, at("12:00")),
        (Kind.RESOLUTION, at("10:00", 24)),
    ]


def test_a_reply_after_a_breach_is_late(ticket: Ticket) -> None:
    ticket.sees(What.DUE, at("12:30"))
    ticket.agent_replies(at("13:00"))
    ticket.provider_accepts(at("13:00"))
    assert ticket.first.state is State.MET_LATE


def test_a_call_recorded_after_its_time_takes_a_breach_back(ticket: Ticket) -> None:
    ticket.sees(What.DUE, at("12:30"))
    ticket.sees(What.PAST_REPLY, at("11:50"), message=100)
    ticket.provider_accepts(at("11:50"))
    assert ticket.first.state is State.MET


def test_a_ticket_opened_for_a_citizen_promises_a_resolution_only() -> None:
    ticket = Ticket()
    ticket.sees(What.OPENED_FOR_CITIZEN, at("10:00"))
    ticket.agent_replies(at("10:00"))
    assert [one.kind for one in ticket.clocks] == [Kind.RESOLUTION]
    ticket.citizen_writes(at("11:00"))
    assert ticket.next.due_at == at("15:00")
    assert not ticket.has(Kind.FIRST_RESPONSE)


def test_a_merged_ticket_promises_nothing_and_the_longest_wait_lives_on(ticket: Ticket) -> None:
    other = Ticket()
    other.citizen_writes(at("11:00"), 7)
    ticket.sees(What.MERGED_AWAY, at("11:30"))
    assert {one.state for one in ticket.clocks} == {State.CANCELLED}
    since = ticket.first.started_at
    other.sees(What.TOOK_OVER, at("11:30"), waiting_since=since, opened_at=since)
    assert other.first.due_at == at("12:00")
    assert other.resolution.due_at == at("10:00", 24)


def test_higher_priority_makes_due_earlier_and_a_passed_due_time_is_a_breach(
    ticket: Ticket,
) -> None:
    ticket.targets[Kind.FIRST_RESPONSE] = Target(Kind.FIRST_RESPONSE, HOUR, CALENDAR, 0, 2)
    ticket.sees(What.TARGETS, at("11:30"), cause="priority_raised")
    assert ticket.first.state is State.BREACHED
    assert ticket.breaches() == [(Kind.FIRST_RESPONSE, at("11:00"))]


def test_more_time_takes_a_running_breach_away(ticket: Ticket) -> None:
    ticket.sees(What.DUE, at("12:30"))
    ticket.targets[Kind.FIRST_RESPONSE] = Target(Kind.FIRST_RESPONSE, 4 * HOUR, CALENDAR, 0, 2)
    ticket.sees(What.TARGETS, at("12:45"), cause="priority_lowered")
    assert ticket.first.state is State.RUNNING
    assert ticket.first.due_at == at("14:00")


def test_a_transfer_to_another_week_keeps_the_time_used(ticket: Ticket) -> None:
    always = Calendar.always()
    ticket.targets[Kind.RESOLUTION] = Target(Kind.RESOLUTION, 16 * HOUR, always, 2, 1)
    ticket.sees(What.TARGETS, at("12:00"), cause="transferred")
    assert ticket.resolution.due_at == at("02:00", 23)


def test_a_moved_holiday_is_counted_from_the_beginning(ticket: Ticket) -> None:
    ticket.becomes("resolved", at("10:30", 24))
    assert ticket.resolution.state is State.MET_LATE
    sighted = Calendar(
        "Asia/Kuwait",
        dict.fromkeys((6, 0, 1, 2, 3), ((time(9), time(17)),)),
        {at("00:00", 23).date(): []},
    )
    ticket.targets[Kind.RESOLUTION] = Target(Kind.RESOLUTION, 16 * HOUR, sighted, 2, 1, PAUSES)
    ticket.sees(What.TARGETS, at("12:00", 24), cause="holiday_moved", recount=True)
    assert ticket.resolution.state is State.MET
    assert ticket.resolution.due_at == at("10:00", 25)


def test_a_deleted_target_cancels_its_clock(ticket: Ticket) -> None:
    del ticket.targets[Kind.RESOLUTION]
    ticket.sees(What.TARGETS, at("12:00"), cause="policy_deleted")
    assert ticket.resolution.state is State.CANCELLED
    assert ticket.first.state is State.RUNNING


def test_a_new_target_starts_where_its_matter_began() -> None:
    ticket = Ticket()
    ticket.targets = {}
    ticket.citizen_writes(at("10:00"))
    assert ticket.clocks == ()
    ticket.targets = dict(TARGETS)
    ticket.sees(What.TARGETS, at("11:00"), opened_at=at("10:00"), waiting_since=at("10:00"))
    assert ticket.first.due_at == at("12:00")
    assert ticket.resolution.due_at == at("10:00", 24)


def test_a_calendar_that_never_opens_makes_nothing_due_and_stops_no_inquiry() -> None:
    ticket = Ticket()
    closed = Calendar("Asia/Kuwait", {})
    ticket.targets = {Kind.FIRST_RESPONSE: Target(Kind.FIRST_RESPONSE, HOUR, closed)}
    ticket.citizen_writes(at("10:00"))
    assert ticket.first.due_at is None
    ticket.sees(What.DUE, at("10:00", 30))
    assert ticket.first.state is State.RUNNING


def test_the_list_shows_the_nearest_due_time_of_what_runs(ticket: Ticket) -> None:
    assert ticket.sees(What.INTERNAL_NOTE, at("11:00")).next_due_at == at("12:00")
    outcome = ticket.sees(What.PUBLIC_REPLY, at("11:00"), message=100)
    assert outcome.next_due_at == at("10:00", 24)


def test_only_clocks_that_changed_are_given_to_be_stored(ticket: Ticket) -> None:
    outcome = ticket.sees(What.PUBLIC_REPLY, at("11:00"), message=100)
    assert [one.kind for one in outcome.changed] == [Kind.FIRST_RESPONSE]
