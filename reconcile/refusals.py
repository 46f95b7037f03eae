"""Why something is refused or left as it is: a code with arguments, whose English is the text itself.

A refusal travels through frames, the ledger and errors as its English sentence; `recognised` finds the code and the
arguments again, so that a screen can say it in another language. The words of other languages are in `reports`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from string import Formatter

REFUSALS: Mapping[str, str] = {
    # who may do what
    "not_allowed": "{who} may not {doing}: {why}. {others}.",
    "others_may": "{names} may",
    "nobody_may": "Nobody whom the configuration names may; see `access` there",
    "no_role": "{who} has no role; give one under `access.people`",
    "role_lacks": "no role of {who} may {doing} ({roles})",
    "own_proposal": "{who} has proposed it, and nobody approves what they have proposed themselves",
    "approved_already": "{who} has approved it already, in person or by a deputy; somebody else must as well",
    "would_refuse": "the target would refuse it: {problem}",
    "side_only": "role {role} is for the {sides} only",
    "entity_only": "role {role} is for {entities} only",
    "tier_only": "role {role} approves {tiers} risk only",
    "amount_only": "role {role} approves up to {amount}",
    "nobody_decides": "A decision needs the name of the person who makes it. Give it with `--by`.",
    "not_signed_in": "This can't be done as {who}: {why}. Leave `--by` out to act as the person at the keyboard.",
    "session_over": "Nobody is signed in any more, so nothing was done. Sign in again.",
    # what can't be decided, or asked for
    "would_be_refused": (
        "The target would refuse these, so they can't be approved: {problems}. "
        "Correct the value in the other system or the mapping, and run again."
    ),
    "only_review": (
        "These actions ask for a review and write nothing, so they can't be approved: {ids}. "
        "Correct the records in the systems, or reject the actions."
    ),
    "part_alone": "Action {part} is a part of action {whole}: decide on that one, which is decided as a whole.",
    "unknown_actions": "No such action: {ids}. `reconcile actions` lists them.",
    "unknown_breaks": "No such break: {ids}. `reconcile breaks` lists them.",
    "ambiguous_break": "{prefix} begins more than one break: {ids}. Give more of it.",
    "no_breaks_chosen": "Name the breaks by their fingerprints, or choose them by a filter such as --entity, or --all.",
    "unknown_cause": "The latest run has kept no cause {name}. It has: {known}.",
    "not_acceptable": "That can't be done: {why}.",
    "needs_reason": "a reason is missing",
    "day_over": "{day} is over; give a day to come, up to which it is accepted",
    "needs_owner": "nobody is named to look after it",
    "break_fixed": "it is fixed",
    "break_stands": "it is {state} already",
    "break_accepted": "it is accepted, which is more than acknowledged",
    "break_open": "it is open as it stands",
    "unknown_entity": "There is no entity {name} in this project. It has: {known}.",
    "no_such_record": "{system} has no record {key} of {entity}. Check the key, and which side it belongs to.",
    "not_proposable": "That can't be proposed: {why}.",
    "linked_already": "{crm_key} and {erp_key} are linked already",
    "linked_elsewhere": "{system} {key} is linked with {other_system} {other}: take that back first, with `unlink`",
    "not_linked": "{crm_key} and {erp_key} are not linked",
    "inactive_already": "{key} is inactive already",
    "no_inactive": "entities.{name}.{side}.inactive is not configured",
    "same_record": "both are the same record",
    "would_stay_inactive": "{stays}, which would stay, is inactive, and {goes} is not",
    "both_linked": ("{stays} is linked with {one} and {goes} with {other}: merge those two first, or take one of the links back"),
    "child_fixed": "{child} {key} refers to {parent} by {field}, which can't be written: move it in the system",
    # what would be too much
    "not_enough_memory": (
        "These records need about {needed} of memory to be matched, and {allowed} are allowed. Allow more with `--memory`, "
        "or leave columns out."
    ),
    "memory_unreadable": "{text} is no amount of memory. Write it as 2GB or 500MB.",
    "too_many_pinned": (
        "Records that are equal in {rule} make {pairs} pairs or more, even if large groups are split, and {most} may be scored. "
        "Add a field that tells records apart to that rule under `match.block`, or allow more memory."
    ),
    "too_many_pairs": (
        "These records are too much alike to be matched: even those that are equal in {rule} make {pairs} pairs or more, and "
        "{most} may be scored. Name fields that tell records apart under `fields`, or allow more memory."
    ),
    # why two records are linked or not
    "no_such_key": "{where} has no record {key}. Keys like it: {near}.",
    "no_key_like_it": "{where} has no record {key}, and no key like it. Keys are written as the file or the report shows them.",
    "key_of_other_side": "{where} has no record {key}, but {other} has. Give the CRM's key first, then the ERP's.",
    "model_unfit": "{file} can't be used as a model: {why}. Write one with `reconcile match --model`.",
    "no_records_kept": "Run {run} has kept no records of {entity}, so there is nothing to explain by. Run again, then ask.",
    "nothing_weighed": "No field of {entity} holds values on both sides, so there is nothing to weigh its records by.",
    "one_record": "{key} is one record. Name two.",
    # the way back
    "undo_part": "is a part of action {whole}: undo that one",
    "undo_gone": "nothing to undo: {key} is no longer there",
    "undo_inactive": "nothing to undo: {key} is inactive already",
    "undo_rejected": "its undo, action {id}, was rejected: approve that one to undo it after all",
    "undo_stands": "its undo, action {id}, is {state} already",
    "undo_created": "can't be undone here: deactivate or delete it in the system",
    "undo_no_removal": "the new record is made inactive; it is not removed",
    "undo_nothing": "nothing to undo: it is {state}, and nothing was written",
    "undo_not_written": "nothing to undo: it has not been written; reject it instead",
    "undo_under_way": "it may have been written: the next push finds out; undo it then",
    "undo_unverified": "can't be undone here: the read-back shows something else than what was written; look at the record",
    "undo_undone": "nothing to undo: it was undone already",
    "undo_review": "nothing to undo: it asks for a review and writes nothing",
    "undo_held": "nothing to undo: the record held these values already, and nothing was written",
    "undo_impossible": "can't be undone here: {error}; correct the record in the system",
    "undo_no_record": "what was written to {field} is not on record",
    "undo_before": "what {field} held before can't be written: {error}",
    # approvals that wait, or no longer count
    "progress": "{given} of {needed} approvals, by {names}",
    "approval_over": "the approval by {who} of {day} lapsed: {days} days",
    "undoes": "undoes action {id}",
    "undone_by": "undone by action {id}",
    "was_before": "was {state} before and is proposed again",
    "was_otherwise": "was {state} with other values; decide again",
    "no_longer_proposed": "run {run} no longer proposes it",
    # pushes
    "pushes_stopped": "Pushes were stopped by {who} at {since}. Nothing was sent. `reconcile push --resume` lifts the stop.",
    "pushes_stopped_for": (
        "Pushes were stopped by {who} at {since}: {comment}. Nothing was sent. `reconcile push --resume` lifts the stop."
    ),
    "stopped": "pushes were stopped by {who}",
    "stopped_for": "pushes were stopped by {who}: {comment}",
    "not_approved": "is {state}, not approved",
    "waits_parent": "waits for its parent, action {id}, which is {state}",
    "waits_counterpart": "waits for its parent: {entity} {key} has no counterpart in {system}",
    "waits_whole": "waits for the whole: action {whole} is {state}",
    "waits_part": "waits for the whole: part {part} of action {whole} is {state}",
    "waits_part_gone": "waits for the whole: part {part} of action {whole} is gone",
    "whole_gone": "is part of action {whole}, which is gone",
    "entity_dropped": "{entity} is no longer in the configuration",
    "no_longer_approved": "is no longer approved",
    "not_as_approved": "the stored values are not those that were approved",
    "nothing_to_write": "there is nothing to write",
    "names_no_record": "it names no record to change",
    "value_unwritable": "a value can't be written: {error}",
    "create_unsafe": "can't be created safely: {place} is not configured, so a lost answer could double it",
    "found_twice": "{count} records have {field} {value}: {keys}. Merge them in the system",
    "linked_crm": "CRM {key} is linked with ERP {other}",
    "linked_erp": "ERP {key} is linked with CRM {other}",
    "linked_both_crm": "CRM {key} is linked with ERP {other} and ERP {held} is linked with CRM {holder}",
    "linked_both_erp": "ERP {key} is linked with CRM {other} and CRM {held} is linked with ERP {holder}",
    "take_back": "{broken}: take that back first, with `reconcile propose unlink`",
    "unlinked_crm": "CRM {key} is no longer linked with ERP {other}",
    "unlinked_erp": "ERP {key} is no longer linked with CRM {other}",
    "stays_gone": "{key}, which was to stay, is no longer there",
    "stays_inactive": "{key}, which was to stay, is inactive",
    "linked_since": "{key} is linked with {other} since it was shown",
    "left_behind": "{entity} {keys} refer to {key} since it was shown",
    "gone": "{key} is no longer there",
    "gone_there": "{key} is no longer there in the {side}",
    "held_already": "held these values already",
    "was_there": "was there already as {key}",
    "was_there_differs": "was there already as {key}, where {differing}",
    "read_shows": "no answer came, but a read shows that it was written",
    "read_missing": "{key} isn't there when it is read back",
    "read_missing_new": "the record isn't there when it is read back",
    "read_differs": "read back, {differing}",
    "not_landed": "no answer came, and a read shows that it was not written; the next push reads again before it writes",
    "under_way": (
        "no answer came, and a read does not find it; it may still be under way, so that only a push after {until} sends it again"
    ),
    "moved": "{field} moved from {before} to {now} since it was shown",
    "moved_there": "{field} moved in the {side} from {before} to {now} since it was shown",
    "bound_actions": "{count} actions of {entity}; limits.actions_per_entity is {most}",
    "bound_share": "{count} actions on {known} {entity} in the {side}; limits.share_of_entity is {most}",
    "bound_first_load": (
        "{count} actions, and the {side} answers that it has no {entity}. Confirm it if this is a first load; "
        "if not, it hides them, and they would be doubled"
    ),
    "bound_money": "{amount} at risk; {limit} is {most}",
    "bound_refused": "{bad} of {sent} that were sent did not land; limits.refused_share is {most}",
    "canary": (
        "waits: of the first {count} {entity} sent to the {side}, action {id} ended {state} ({message}). "
        "Look at it, then push again"
    ),
    # notes of a run
    "set_aside": "{entity}: of {system}, records that were merged or closed here do not count: {count}.",
    "key_empty": "{entity}: of {system}, records without a key were left out: {count}.",
    "key_repeated": "{entity}: of {system}, records with the key of another one were left out: {count}.",
    "codes_not_mapped": "{entity}: of {system}, {count} of {records} records hold codes that the map of {field} lacks ({codes}): "
    "{names}.",
    "links_changed": "{entity}: links since the run before: {appeared} appeared, {vanished} vanished, {moved} moved.",
    "all_matched_asked": "{entity}: all records were matched anew, because the configuration or a field's type has changed.",
    "all_matched_people": "{entity}: all records were matched anew, because people have decided much since, which teaches.",
    "all_matched_share": "{entity}: all records were matched anew, because many have changed since all were the last time.",
    "all_matched_program": "{entity}: all records were matched anew, because the program or a library has a new version.",
    "all_matched_damaged": "{entity}: all records were matched anew, because what an earlier run has left can't be read.",
    "not_scored": "{entity}: {count} pairs were not scored, because too many records say the same and nothing tells them apart.",
    "missed": "{entity}: {least} to {most} of the true pairs share nothing by which they would be compared, as estimated.",
    "taught": "{entity}: pairs are weighed by what {answers} decisions of people teach, too.",
    "key_not_named": "Name the column by which records are the same: `--key COLUMN`. Columns of both files: {names}.",
    "key_column_missing": (
        "{file} has no column {name}, which `--key` names. It has: {names}. "
        "Where the files name it differently, write `--key LEFT=RIGHT`."
    ),
    "key_nested": "{file}: the column {name} holds lists or structures, and can't be a key.",
    "locked": "Another run of this project is under way ({holder}). Wait for it, or stop it, then run again.",
    # what can't be checked, and rules that are left out
    "unknown_suite": "There is no suite {name}: it is no file, and what comes along is {known}.",
    "nothing_to_check": (
        "No rule of the suite {suite} can be applied to {file}: they are about {entity} and ask for {lacking}; the file has "
        "{columns}. Name a suite about what the file holds."
    ),
    "no_such_rule": "No suite that would be checked has a rule {name}. The rules are: {known}.",
    "named_twice": "{files} would both be called {name}. Give one of the files another name.",
    "rule_not_applied": "{suite}: rule {rule} not applied: {why}",
    "rule_not_evaluated": "{suite}: rule {rule} could not be evaluated: {why}",
    "rule_no_field": "there is no field {fields}",
    "rule_condition": "its condition can't be put to these records: {why}",
    "rule_no_history": "there are no earlier runs to compare with",
    "rule_no_table": "there are no records of {tables} to look into",
    "rule_nested": "{fields} holds lists",
    "rule_no_codes": "the project has no code map for this field",
    "rule_words": "the field holds {dtype}, and the set holds words",
    "no_run": "{project} has no finished run yet. Start one with `reconcile run`.",
    "unreachable": "{system}: {url} can't be reached: {why}. Check the address, the network and the system, then run again.",
}
"""Code to the English sentence with its arguments in braces. The English is part of the ledger: do not change it lightly."""


class Refusal(str):
    """A refusal in English, which knows its code and its arguments."""

    __slots__ = ("code", "values")
    code: str
    values: Mapping[str, str]


def refusal(code: str, **values: object) -> Refusal:
    """The refusal of a code; an argument may be a refusal itself. KeyError if an argument is missing."""
    texts = {name: value if isinstance(value, str) else str(value) for name, value in values.items()}
    out = Refusal(REFUSALS[code].format(**texts))
    out.code, out.values = code, texts
    return out


def recognised(text: str) -> Refusal | None:
    """The refusal that a stored sentence is; None if it is none, such as what a system or a person has said."""
    if isinstance(text, Refusal):
        return text
    for code, pattern in _patterns():
        if found := pattern.fullmatch(text):
            out = Refusal(text)
            out.code, out.values = code, found.groupdict()
            return out
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Code and what its sentence looks like; what says most by itself comes first."""
    known = sorted(REFUSALS.items(), key=lambda item: -len(re.sub(r"\{\w+\}", "", item[1])))
    return tuple((code, re.compile(pattern_of(text), re.DOTALL)) for code, text in known)


def pattern_of(text: str) -> str:
    """What finds a sentence and its arguments again: a named group for each argument in braces, as short as may be."""
    out, known = "", set()
    for said, name, _, _ in Formatter().parse(text):
        again = f"(?P={name})" if name in known else f"(?P<{name}>.+?)"
        out += re.escape(said) + (again if name else "")
        known.add(name)
    return out
