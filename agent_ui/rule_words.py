"""The words of rules: what they ask and do, what is wrong with them, and what became of them."""

from collections.abc import Mapping

from agent_ui.catalogue import mark as _

QUESTION = {
    "if_topic": _("The topic is one of these, or lies under one"),
    "if_topic_exactly": _("The topic is exactly one of these"),
    "if_topic_unknown": _("No topic was recognised"),
    "if_topic_known": _("A topic was recognised"),
    "if_sure": _("The topic is certain to at least so many per cent"),
    "if_unsure": _("The topic is less certain than so many per cent"),
    "if_words": _("One of these words or phrases stands in it (part them by commas)"),
    "if_all_words": _("All of these words or phrases stand in it"),
    "if_subject": _("One of these words or phrases stands in the subject"),
    "if_all_subject": _("All of these words or phrases stand in the subject"),
    "if_language": _("It is written in"),
    "if_sender": _("The sender is one of these addresses"),
    "if_domain": _("The sender’s domain is one of"),
    "if_vip": _("The contact is to be given preference"),
    "if_vip_not": _("The contact is not to be given preference"),
    "if_earlier": _("So many earlier tickets at least"),
    "if_few_earlier": _("Fewer earlier tickets than"),
    "if_channel": _("It came through"),
    "if_account": _("It came to the account"),
    "if_open": _("By this calendar it was within working hours"),
    "if_closed": _("By this calendar it was outside working hours"),
    "if_weekday": _("It came on"),
    "if_time": _("It came at this time of day"),
    "if_date": _("It came in these days"),
    "if_priority": _("The priority is at least"),
    "if_priority_in": _("The priority is one of"),
    "if_attachments": _("So many files at least"),
    "if_few_attachments": _("Fewer files than"),
    "then_topic": _("Set the topic"),
    "then_team": _("Send it to the team"),
    "then_priority": _("Set the priority"),
    "then_policy": _("Put it under the promise"),
    "then_tags": _("Add tags (part them by commas)"),
    "then_assign_to": _("Give it to"),
    "then_auto_reply": _("Answer automatically with"),
    "then_stop": _("Read no further rules"),
    "ticket": _("Number of an earlier ticket (or paste a message below)"),
    "place": _("Which of its messages (1 is the first)"),
    "account": _("Account it comes to"),
    "at": _("When it comes (empty: now)"),
    "attachments": _("How many files"),
    "earlier": _("How many earlier tickets"),
    "vip": _("The contact is to be given preference"),
    "text_ar": _("Text in Arabic"),
    "text_en": _("Text in English"),
    "subject": _("Subject"),
    "text": _("Message"),
    "sender": _("Sender’s address"),
    "channel": _("Channel"),
}
FORM = {
    "rule": _("Rule"),
    "try_out": _("Dry run"),
    "try": _("Try it"),
    "preview": _("See last week with it"),
    "automatic_text": _("Text for automatic answers"),
    "new_automatic_text": _("New text for automatic answers"),
    "remove": _("Take away"),
}
VERDICT = {
    "matched": _("applies"),
    "not_matched": _("does not apply"),
    "disabled": _("is switched off"),
    "not_reached": _("is not reached"),
}
SECTION = {
    "all": _("All of this has to be true"),
    "any": _("And at least one of these"),
    "none": _("But none of these"),
}
GROUP_OF = {
    "all": _("all of these together"),
    "any": _("at least one of these"),
    "none": _("none of these"),
}
ASKS = {
    "topic": _("Topic"),
    "said": _("What was said"),
    "sender": _("Who wrote"),
    "where": _("Where it came in"),
    "when": _("When it came in"),
    "urgency": _("Priority"),
}
WEEKDAY = {
    "0": _("Monday"),
    "1": _("Tuesday"),
    "2": _("Wednesday"),
    "3": _("Thursday"),
    "4": _("Friday"),
    "5": _("Saturday"),
    "6": _("Sunday"),
}

WHY = {
    "about": _("What it is about"),
    "rules": _("What the rules say"),
    "team": _("Where that leads"),
    "person": _("Who got it"),
    "waits": _("Why nobody got it yet"),
    "later": _("What happened then"),
}

SETS: Mapping[str, Mapping[str, str]] = {
    "verdict": VERDICT,
    "section": SECTION,
    "group_of": GROUP_OF,
    "asks": ASKS,
    "weekday": WEEKDAY,
    "why": WHY,
}


EVENTS = {
    "tagged": _("Tag added: %(tag)s"),
    "untagged": _("Tag removed: %(tag)s"),
}
REASONS = {
    # why a ticket is where it is
    "topic_sure": _(
        "It is almost certainly about %(topic)s, as messages like it were (%(percent)s%% sure)"
    ),
    "topic_likely": _(
        "It is probably about %(topic)s, as messages like it often were (%(percent)s%% sure)"
    ),
    "topic_maybe": _(
        "It may be about %(topic)s, as messages like it sometimes were (%(percent)s%% sure)"
    ),
    "rules_read": _("Rules read: %(looked)s. Rules that applied: %(hit)s"),
    "no_rule_applied": _("No rule applied. Rules read: %(looked)s"),
    "rules_not_applied": _("These did not apply: %(rules)s"),
    "rule_sets_team": _("The rule “%(rule)s” applied and sent it to %(team)s"),
    "rule_sets_topic": _("The rule “%(rule)s” applied and set the topic: %(topic)s"),
    "rule_sets_priority": _("The rule “%(rule)s” applied and set the priority: %(priority)s"),
    "rule_sets_policy": _("The rule “%(rule)s” applied and chose the promise"),
    "rule_sets_tags": _("The rule “%(rule)s” applied and added tags: %(tags)s"),
    "rule_sets_assign_to": _("The rule “%(rule)s” applied and says who is to have it"),
    "rule_sets_auto_reply": _("The rule “%(rule)s” applied and answered automatically"),
    "passed_off_shift": _("Not on shift: %(names)s"),
    "passed_topic": _("Not trained for this topic: %(names)s"),
    "passed_language": _("Do not speak this language: %(names)s"),
    "passed_hourly_cap": _("Have had as many as they may get in an hour: %(names)s"),
    "passed_full": _("Carry as much as they may already: %(names)s"),
    "passed_in_call": _("In a call: %(names)s"),
    "passed_in_chat": _("In a chat: %(names)s"),
    "passed_away": _("Away: %(names)s"),
    "passed_offline": _("Offline: %(names)s"),
    "passed_declined": _("Handed it back before: %(names)s"),
    "hand_team": _("%(actor)s handed it over to %(team)s"),
    "hand_nobody": _("%(actor)s took it away from whoever had it"),
    "hand_taken": _("%(actor)s took it"),
    "hand_person": _("%(actor)s gave it to %(to)s"),
    # what rules ask and do, and what is wrong with them
    "if_topic": _("The topic is %(value)s"),
    "if_topic_exactly": _("The topic is exactly %(value)s"),
    "if_topic_unknown": _("No topic was recognised"),
    "if_topic_known": _("A topic was recognised"),
    "if_sure": _("The topic is certain to at least %(value)s"),
    "if_unsure": _("The topic is less certain than %(value)s"),
    "if_words": _("One of these stands in it: %(value)s"),
    "if_all_words": _("All of these stand in it: %(value)s"),
    "if_subject": _("One of these stands in the subject: %(value)s"),
    "if_all_subject": _("All of these stand in the subject: %(value)s"),
    "if_channel": _("It came through %(value)s"),
    "if_account": _("It came to %(value)s"),
    "if_language": _("It is written in %(value)s"),
    "if_sender": _("It was sent by %(value)s"),
    "if_domain": _("The sender’s domain is %(value)s"),
    "if_priority": _("The priority is at least %(value)s"),
    "if_priority_in": _("The priority is %(value)s"),
    "if_earlier": _("There are at least %(value)s earlier tickets"),
    "if_few_earlier": _("There are fewer than %(value)s earlier tickets"),
    "if_attachments": _("There are at least %(value)s files"),
    "if_few_attachments": _("There are fewer than %(value)s files"),
    "if_vip": _("The contact is to be given preference"),
    "if_vip_not": _("The contact is not to be given preference"),
    "if_open": _("It came within working hours: %(value)s"),
    "if_closed": _("It came outside working hours: %(value)s"),
    "if_weekday": _("It came on %(value)s"),
    "if_time": _("It came between %(value)s"),
    "if_date": _("It came in the days %(value)s"),
    "do_topic": _("Topic: %(to)s"),
    "do_team": _("To %(to)s"),
    "do_priority": _("Priority: %(to)s"),
    "do_assign_to": _("Give it to %(to)s"),
    "do_stop": _("Read no further rules"),
    "do_tags": _("Tags: %(to)s"),
    "do_policy": _("Promise: %(to)s"),
    "do_auto_reply": _("Automatic answer: %(to)s"),
    "outcome": _("%(value)s"),
    "rule_cannot_be_read": _("This cannot be used in a rule"),
    "does_nothing": _("A rule has to do at least one thing"),
    "rule_unreadable": _(
        "This rule cannot be read and is passed over. Write it anew or go back to an earlier version"
    ),
    "rule_refused": _("The rule was not saved. What stands in its way is said where it stands"),
    "not_complete": _(
        "The rule was not saved. Something is missing or cannot be used where it is said"
    ),
    "of_another_rule": _(
        "With this change the rule “%(rule)s” would no longer do what it says, because of “%(by)s”"
    ),
    "group_is_empty": _("The group is empty. Put a condition into it or remove it"),
    "not_a_whole_number": _("This is not a whole number"),
    "not_a_share": _("Use a number between 1 and 100"),
    "too_many_tags": _("These are too many tags"),
    "no_such_message": _("There is no such ticket or message, or you may not see it"),
    "used_by_rules": _("Rules answer with this text: %(value)s"),
    "names_unknown_team": _("It names a team that no longer exists"),
    "names_unknown_topic": _("It names a topic that no longer exists"),
    "names_unknown_person": _("It names somebody who no longer works here"),
    "names_unknown_policy": _("It names a promise that no longer exists"),
    "names_unknown_calendar": _("It names a calendar that no longer exists"),
    "names_unknown_account": _("It names an account that no longer exists"),
    "names_unknown_answer": _("It names a text that no longer exists"),
    "never_reached": _("It is never reached: the rule “%(by)s” above it ends the reading first"),
    "shadowed": _("It does nothing: the rule “%(by)s” above it has decided all of this already"),
    "never_matches": _("It can never apply: its conditions rule each other out"),
    "contradicts": _("The rule “%(by)s” above it has the same conditions and decides otherwise"),
    "goes_in_circle": _(
        "It would take back what the rule “%(by)s” does: the topics would go in a circle"
    ),
    "rule_added": _("New: “%(rule)s”"),
    "rule_changed": _("Changed: “%(rule)s”"),
    "rule_taken_away": _("Taken away: “%(rule)s”"),
    "rule_on": _("Switched on: “%(rule)s”"),
    "rule_off": _("Switched off: “%(rule)s”"),
    "rule_called": _("It is called “%(rule)s”"),
    "rules_moved": _("The order was changed"),
    "topic_kept": _("Rule “%(rule)s” would change the topic, but somebody chose it"),
    "stopped_by_rule": _("Rule “%(rule)s” ended the reading of rules"),
    "rule_outranked": _("Rule “%(rule)s” wanted something else, but “%(by)s” stands above it"),
    "rule_names_unknown_topic": _("Rule “%(rule)s” names a topic that no longer exists"),
    "rule_names_unknown_team": _("Rule “%(rule)s” names a team that no longer exists"),
    "rule_names_unknown_person": _("Rule “%(rule)s” names somebody who no longer works here"),
    "rule_names_unknown_policy": _("Rule “%(rule)s” names a promise that no longer exists"),
    "rule_names_unknown_answer": _("Rule “%(rule)s” names a text that no longer exists"),
}
