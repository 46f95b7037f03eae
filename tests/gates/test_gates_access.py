"""Who may decide what, through the functions that every screen calls: roles, limits, four eyes, one's own proposals."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from access_case import OPERATIONS, rules
from gate_case import AT, Case, change, config, review, update

from reconcile import approve, automatic, wiring
from reconcile.access import Person, Rules
from reconcile.access.delegation import delegate, end_delegations
from reconcile.errors import DelegationUnfit, NobodyDecides, NotAllowed, OwnProposal, UnknownPerson, WouldBeRefused
from reconcile.ledger import lapses
from reconcile.ledger.pushes import Settled
from reconcile.progress import Silent
from reconcile.push import push, resume_pushes, stop_pushes
from reconcile.records import Role
from reconcile.results import Action, ActionKind, ActionState, Change

NAME = change("name", "Acme", "Acme Ltd")
SOON = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)


def propose(case, *actions: Action):
    case.ledger.propose(actions, "r1", AT)


def merge(id_):
    return replace(update(id_, NAME), kind=ActionKind.MERGE)


def said(case, id_):
    (action,) = case.ledger.actions(ids=[id_])
    return action.state.value, action.message


# Every role against every operation


def _calls(case, settings, folder):
    """Each operation of the API, by the operation that it takes."""
    ledger = case.ledger
    project = wiring.Project(settings, folder / "reconcile.yaml", folder, folder, ledger)
    connectors = {Role.CRM: case.erp, Role.ERP: case.erp}
    return {
        "approve": [lambda by: approve.approve(ledger, settings, ["a"], by=by)],
        "reject": [
            lambda by: approve.reject(ledger, settings, ["r"], by=by),
            lambda by: wiring.call_different(project, "customers", "C7", "E7", by=by),  # which a link proposes
        ],
        "push": [
            lambda by: push(ledger, connectors, settings, None, True, by=by, progress=Silent()),
            lambda by: push(ledger, connectors, settings, None, False, by=by, progress=Silent()),
            lambda by: wiring.push(project, None, dry_run=True, by=by, progress=Silent()),
        ],
        "propose": [lambda by: wiring.propose(project, lambda _: (update("p", NAME, key="E4"),), by=by)],
        "undo": [lambda by: wiring.undo(project, ["done"], by=by)],
        "stop": [lambda by: stop_pushes(ledger, settings, by=by), lambda by: resume_pushes(ledger, settings, by=by)],
        "delegate": [
            lambda by: delegate(ledger, settings, to="carla", until=SOON, by=by),
            lambda by: end_delegations(ledger, settings, by=by),
        ],
        "administer": [
            lambda by: delegate(ledger, settings, to="carla", until=SOON, away="bert", by=by),
            lambda by: end_delegations(ledger, settings, by=by, away="bert"),
            lambda by: automatic.resume_rule(ledger, settings, "cities", by=by),
        ],
        "run": [lambda by: wiring.run(project, Silent(), by)],
    }


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_role_allows_its_operation_and_no_other(case, tmp_path, operation):
    settings = rules(automatic=[{"name": "cities"}])
    pair = update("pair", Change("link", "", None, "E7", "link"), key="E7")
    pair = replace(pair, kind=ActionKind.LINK, source_key="C7")
    propose(case, update("a", NAME), update("r", NAME, key="E2"), update("done", NAME, key="E3"), pair)
    approve.approve(case.ledger, settings, ["done"], by="anna")
    case.ledger.intend(["done"], "anna")
    case.ledger.settle([Settled("done", ActionState.VERIFIED, status="ok", key="E3", read_back={"Name__c": "Acme Ltd"})], "anna")
    who = f"o {operation}"
    for needed, calls in _calls(case, settings, tmp_path).items():
        for call in calls:
            before = case.ledger.audit_head()
            if needed != operation:
                with pytest.raises(NotAllowed, match=f"{who} may not .*only {operation}.* may"):
                    call(who)
                assert case.ledger.audit_head() == before
            else:
                try:
                    call(who)
                except Exception as error:  # noqa: BLE001  # a run or a push may fail for want of a system, and a rightless lender
                    assert not isinstance(error, NotAllowed)  # noqa: PT017  # any other is as good as none
    assert case.ledger.verify_audit() is None


def test_without_access_in_the_configuration_everybody_may_do_everything(case):
    propose(case, update("a", NAME, value_at_risk=1e12, proposed_by="zoe"))
    assert approve.approve(case.ledger, config(), ["a"], by="zoe").changed == 1
    assert stop_pushes(case.ledger, config(), by="zoe")


@pytest.mark.parametrize("who", ["vera", "nobody knows me", "Person"])
def test_whoever_has_no_right_is_told_who_has(case, who):
    propose(case, update("a", NAME))
    person = Person("mallory", ("steward of another project",)) if who == "Person" else who
    with pytest.raises(NotAllowed, match="anna, bert, carla, cleo"):
        approve.approve(case.ledger, rules(), ["a"], by=person)
    with pytest.raises(NobodyDecides):
        approve.approve(case.ledger, rules(), ["a"], by=" \u200b ")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, ""),
        ({"value_at_risk": 1000.0, "currency": "EUR"}, ""),
        ({"value_at_risk": -1000.01, "currency": "EUR"}, "role clerk approves up to 1,000.00 EUR"),
        ({"value_at_risk": 2000.0}, "role clerk approves up to 1,000.00"),
        ({"value_at_risk": 150_000.0, "currency": "jpy"}, ""),
        ({"value_at_risk": 150_001.0, "currency": "JPY"}, "role clerk approves up to 150,000.00 JPY"),
        ({"entity": "orders"}, "role clerk is for customers only"),
        ({"tier": "medium"}, "role clerk approves low risk only"),
    ],
)
def test_each_limit_of_a_role_holds_for_one_and_for_many(tmp_path, more, why):
    case = Case(tmp_path)
    action = replace(update("a", NAME), **more)
    assert Rules.of(rules()).objection(Person("cleo", ("clerk",)), "approve", action) == why
    propose(case, action, update("b", NAME, key="E2"))
    done = approve.approve(case.ledger, rules(), ["a", "b"], by="cleo")
    assert (done.changed, done.left) == ((1, {why: 1}) if why else (2, {}))
    assert case.state("a") is (ActionState.PROPOSED if why else ActionState.APPROVED)
    if why:
        with pytest.raises(NotAllowed, match=why):
            approve.approve(case.ledger, rules(), ["a"], by="cleo")
    case.close()


def test_a_value_that_is_no_number_is_above_every_limit():
    action = replace(update("a", NAME), value_at_risk=float("nan"), currency="EUR")
    assert Rules.of(rules()).objection(Person("cleo", ("clerk",)), "approve", action).startswith("role clerk approves up to")


@pytest.mark.parametrize("money", [float("nan"), float("inf"), float("-inf")])
def test_a_value_that_is_no_number_passes_no_limit_out_of_the_ledger_either(case, money):
    small = {"name": "small", "tiers": ["low"], "amount": 1e300}
    settings = rules(automatic=[small])
    propose(case, update("a", NAME, value_at_risk=money, currency="EUR"))
    assert automatic.apply(case.ledger, settings, "r1") == {"small": 0}
    with pytest.raises(NotAllowed, match=r"role clerk approves up to 1,000\.00 EUR"):
        approve.approve(case.ledger, settings, ["a"], by="cleo")
    assert approve.approve(case.ledger, settings, ["a"], by="anna").changed == 1
    case.erp.put("customers", "E1", Name__c="Acme")
    result = push(case.ledger, dict.fromkeys(Role, case.erp), settings, None, False, by="anna", progress=Silent())
    assert ("EUR at risk; limits.amount_at_risk is" in result.over_limits[0], case.erp.landed()) == (True, [])


def test_who_may_write_to_one_side_only_decides_and_pushes_there_only(case):
    settings = rules()
    propose(case, update("a", NAME))
    with pytest.raises(NotAllowed, match="role crm only is for the CRM only"):
        approve.reject(case.ledger, settings, ["a"], by="mira")
    approve.approve(case.ledger, settings, ["a"], by="anna")
    case.erp.put("customers", "E1", Name__c="Acme")
    result = push(case.ledger, dict.fromkeys(Role, case.erp), settings, None, False, by="mira", progress=Silent())
    assert (result.planned, result.skipped) == (0, 1)
    assert "role crm only is for the CRM only" in result.actions[0].message
    assert case.erp.sent == []


# Four eyes


def test_two_different_people_must_approve_where_the_tier_asks_for_it(case):
    settings = rules(needed={"low": 2})
    propose(case, update("a", NAME))
    assert approve.approve(case.ledger, settings, ["a"], by="anna").waiting == 1
    assert said(case, "a") == ("proposed", "1 of 2 approvals, by anna")
    for again in ("anna", " ANNA", "Anna Chen", "achen", "ａｎｎａ", "anna@example.com"):
        done = approve.approve(case.ledger, settings, ["a"], by=again)
        assert (done.changed, done.waiting, sum(done.left.values())) == (0, 0, 1)
    assert case.push().planned == 0
    assert approve.approve(case.ledger, settings, ["a"], by="bert", comment="fine").changed == 1
    assert said(case, "a") == ("approved", "fine")
    rows = case.ledger.approvals(["a"])
    assert rows["decided_by"].to_list() == ["anna", "bert"]
    assert rows["expires_at"].null_count() == 0
    assert [json.loads(d).get("missing") for d in case.ledger.audit_entries(subject="a")["detail"]] == [None, 1]


def test_a_rejection_or_another_value_takes_the_first_approval_away(case):
    settings = rules(needed={"low": 2})
    propose(case, update("a", NAME), update("b", NAME, key="E2"))
    approve.approve(case.ledger, settings, ["a", "b"], by="anna")
    approve.reject(case.ledger, settings, ["a"], by="bert")
    assert approve.approve(case.ledger, settings, ["a"], by="bert").waiting == 1
    case.ledger.propose([update("a", NAME), update("b", change("name", "Acme", "Acme Inc"), key="E2")], "r2", AT)
    assert said(case, "a") == ("proposed", "1 of 2 approvals, by bert")
    state, message = said(case, "b")
    assert state == "proposed"
    assert message.startswith("the approval by anna of")
    assert message.endswith("the proposal for name now says 'Acme Inc', not 'Acme Ltd'; decide again")
    assert approve.approve(case.ledger, settings, ["b"], by="bert").waiting == 1


def test_a_merge_takes_two_whatever_the_tier_says(case):
    settings = rules(needed={"low": 1})
    propose(case, merge("m"))
    assert approve.approve(case.ledger, settings, ["m"], by="anna").waiting == 1
    assert approve.approve(case.ledger, settings, ["m"], by="bert").changed == 1
    assert case.ledger.lapsed(Rules.of(settings).counts) == {}


def test_once_more_people_must_approve_what_too_few_have_approved_goes_back(case):
    propose(case, update("a", NAME))
    approve.approve(case.ledger, rules(), ["a"], by="anna")
    stricter = rules(needed={"low": 2})
    assert case.ledger.lapse(Rules.of(stricter).counts) == 1
    assert said(case, "a") == ("proposed", "1 of 2 approvals, by anna")
    assert approve.approve(case.ledger, stricter, ["a"], by="bert").changed == 1


# One's own proposals, and what the target would refuse


def test_nobody_approves_what_they_have_proposed(case):
    propose(case, update("a", NAME, proposed_by="Anna Chen"), update("b", NAME, key="E2", proposed_by="bert"))
    with pytest.raises(OwnProposal, match=r"anna has proposed it.*bert, carla, cleo, o approve may"):
        approve.approve(case.ledger, rules(), ["a"], by="ACHEN")
    assert approve.approve(case.ledger, rules(), ["a", "b"], by="anna").changed == 1
    assert approve.reject(case.ledger, rules(), ["a"], by="anna").changed == 1  # taking back one's own is always possible
    assert approve.approve(case.ledger, rules(own_proposals=True), ["a"], by="anna").changed == 1


def test_who_proposed_an_undo_does_not_approve_it(case):
    settings = rules()
    propose(case, update("a", NAME))
    undo = update("back", change("name", "Acme Ltd", "Acme"), undoes="a")
    case.ledger.propose_undos([("a", undo)], "anna")
    with pytest.raises(OwnProposal):
        approve.approve(case.ledger, settings, ["back"], by="anna")
    delegate(case.ledger, settings, to="anna", until=SOON, by="bert")
    with pytest.raises(OwnProposal):
        approve.approve(case.ledger, settings, ["back"], by="anna")
    delegate(case.ledger, settings, to="vera", until=SOON, by="anna")
    with pytest.raises(NotAllowed):  # neither does a deputy, by the right of whoever proposed it
        approve.approve(case.ledger, settings, ["back"], by="vera")
    assert approve.approve(case.ledger, settings, ["back"], by="carla").changed == 1


def test_what_the_target_would_refuse_can_not_be_approved(case):
    propose(case, update("a", NAME, problem='name: at most 5 "characters"'), update("b", NAME, key="E2"))
    with pytest.raises(WouldBeRefused, match=r'a \(name: at most 5 "characters"\)'):
        approve.approve(case.ledger, config(), ["a"], by="anna")
    done = approve.approve(case.ledger, config(), ["a", "b"], by="anna")
    assert (done.changed, done.left) == (1, {'the target would refuse it: name: at most 5 "characters"': 1})
    assert approve.reject(case.ledger, config(), ["a"], by="anna").changed == 1


# Delegation


def test_a_deputy_decides_by_the_right_of_whoever_is_away_until_it_ends(case):
    settings = rules()
    propose(case, *(replace(update(f"a{n}", NAME, key=f"E{n}"), tier="high") for n in range(3)), review("r"))
    with pytest.raises(NotAllowed, match="anna may not approve this: role steward approves low and medium risk only"):
        approve.approve(case.ledger, settings, ["a0"], by="anna")
    delegate(case.ledger, settings, to="Anna Chen", until=SOON, by="bert", comment="holidays")
    assert approve.approve(case.ledger, settings, ["a0"], by="anna").changed == 1
    delegate(case.ledger, settings, to="vera", until=SOON, by="anna")
    with pytest.raises(NotAllowed):  # what anna has from bert she can't lend on
        approve.approve(case.ledger, settings, ["a1"], by="vera")
    assert approve.reject(case.ledger, settings, ["r"], by="vera").changed == 1
    assert case.ledger.approvals(["a0", "r"]).select("decided_by", "on_behalf_of").rows() == [("anna", "bert"), ("vera", "anna")]
    assert end_delegations(case.ledger, settings, by="bert") == 1
    assert end_delegations(case.ledger, settings, by="bert") == 0
    with pytest.raises(NotAllowed):
        approve.approve(case.ledger, settings, ["a1"], by="anna")
    events = case.ledger.audit_entries(subject="delegation 1").select("who", "event").rows()
    assert events == [("bert", "delegation ended"), ("bert", "delegated")]


def test_a_delegation_holds_from_its_first_day_only(case):
    settings = rules()
    propose(case, replace(update("a", NAME), tier="high"))
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    delegate(case.ledger, settings, to="anna", since=later, until=SOON, by="bert")
    with pytest.raises(NotAllowed):
        approve.approve(case.ledger, settings, ["a"], by="anna")


def test_a_lent_right_counts_once_and_so_does_who_uses_it(case):
    settings = rules(needed={"low": 3})
    propose(case, update("a", NAME), update("b", NAME, key="E2"))
    delegate(case.ledger, settings, to="vera", until=SOON, by="bert")
    delegate(case.ledger, settings, to="vera", until=SOON, by="carla")
    assert approve.approve(case.ledger, settings, ["a"], by="vera").waiting == 1
    assert approve.approve(case.ledger, settings, ["a"], by="vera").waiting == 0
    assert approve.approve(case.ledger, settings, ["a"], by="bert").waiting == 0  # his right is used
    assert approve.approve(case.ledger, settings, ["a"], by="carla").waiting == 1
    assert approve.approve(case.ledger, settings, ["a"], by="anna").changed == 1


@pytest.mark.parametrize(
    ("more", "error", "words"),
    [
        ({"to": "berta"}, UnknownPerson, "nobody called 'berta'; did you mean bert"),
        ({"to": "ANNA"}, DelegationUnfit, "anna can't stand in for anna"),
        ({"to": "bert", "until": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, DelegationUnfit, "ended already"),
        ({"to": "bert", "by": "o delegate"}, DelegationUnfit, "nothing to lend"),
        ({"to": "bert", "away": "zoe", "by": "carla"}, UnknownPerson, "nobody called 'zoe'"),
    ],
)
def test_what_can_not_be_delegated_says_why(case, more, error, words):
    settings = rules()
    access = settings.access.model_copy(update={"claims": {}})
    with pytest.raises(error, match=words):
        delegate(case.ledger, settings.model_copy(update={"access": access}), **{"until": SOON, "by": "anna", **more})
    with pytest.raises(DelegationUnfit, match="no `access`"):
        delegate(case.ledger, config(), to="bert", until=SOON, by="anna")


def test_an_account_with_the_name_of_a_deputy_is_not_the_deputy(case):
    settings = rules()
    propose(case, update("a", NAME))
    delegate(case.ledger, settings, to="vera", until=SOON, by="bert")
    with pytest.raises(NotAllowed, match="account vera has no role"):
        approve.approve(case.ledger, settings, ["a"], by=Rules.of(settings).at_the_keyboard("vera"))
    assert approve.approve(case.ledger, settings, ["a"], by="vera").changed == 1


def test_who_undoes_on_one_entity_only_undoes_there_only(case, tmp_path):
    settings = rules({"olga": {"roles": ["o"]}}, {"o": {"may": ["approve", "undo"], "entities": ["contacts"]}})
    done = [update("a", NAME), update("b", NAME, key="E2", entity="contacts")]
    propose(case, *done)
    approve.approve(case.ledger, config(), ["a", "b"], by="anna")
    case.ledger.intend(["a", "b"], "anna")
    proof = {"status": "ok", "read_back": {"Name__c": "Acme Ltd"}}
    case.ledger.settle([Settled(one.id, ActionState.VERIFIED, key=one.target_key, **proof) for one in done], "anna")
    project = wiring.Project(settings, tmp_path / "reconcile.yaml", tmp_path, tmp_path, case.ledger)
    found = {one.action.id: one for one in wiring.undo(project, ["a", "b"], by="olga")}
    assert (found["a"].proposal, found["a"].reason) == (None, "role o is for contacts only")
    assert found["b"].proposal.entity == "contacts"
    (stored,) = case.ledger.actions(ids=[found["b"].proposal.id])
    assert stored.proposed_by == "olga"
    with pytest.raises(OwnProposal):
        approve.approve(case.ledger, settings, [stored.id], by="olga")


# Expiry, and what a new plan makes of approvals


def test_an_approval_lapses_and_says_whose_it_was(case):
    propose(case, update("a", NAME), update("b", NAME, key="E2"))
    case.erp.put("customers", "E1", Name__c="Acme")
    approve.approve(case.ledger, config(), ["a"], by="anna")
    with case.ledger._database.write() as connection:
        assert lapses.lapse(connection, {}, dt.datetime.now(dt.UTC) + dt.timedelta(days=29.9)) == 0
        assert lapses.lapse(connection, {}, dt.datetime.now(dt.UTC) + dt.timedelta(days=30)) == 1
    today = dt.datetime.now(dt.UTC)
    assert said(case, "a") == ("proposed", f"the approval by anna of {today.day} {today:%b} lapsed: 30 days")
    assert case.ledger.audit_entries(subject="a")["event"].to_list() == ["approval lapsed", "approved"]


def test_what_has_lapsed_is_not_pushed_and_a_dry_run_says_so(case):
    case.erp.put("customers", "E1", Name__c="Acme")
    propose(case, update("a", NAME))
    approve.approve(case.ledger, rules(expire_days=1e-9), ["a"], by="anna")
    tried = case.push(dry_run=True)
    assert (tried.planned, tried.skipped) == (0, 1)
    assert "the approval by anna" in tried.actions[0].message
    assert case.state("a") is ActionState.APPROVED
    assert case.ledger.intend(["a"], "anna") == set()  # nor if it lapses between the look and the write
    assert case.push().planned == 0
    assert said(case, "a")[0] == "proposed"
    assert case.erp.sent == []
    approve.approve(case.ledger, rules(expire_days=None), ["a"], by="anna")
    assert case.push().verified == 1


def test_a_new_plan_says_which_side_has_moved(case):
    then = replace(change("credit", "100", "250"), source_field="limit", source_value="250,00")
    source = replace(then, after="300", source_value="300,00")
    target = replace(then, before="120")
    propose(case, update("a", then), update("b", then, key="E2"), update("c", then, key="E3"), update("d", then, key="E4"))
    approve.approve(case.ledger, config(), ["a", "b", "c", "d"], by="anna")
    case.ledger.propose([update("a2", source), update("b2", target, key="E2"), update("d", then, key="E4")], "r2", AT)
    moved = "credit in the CRM moved from '250,00' to '300,00'; the proposal for credit now says '300', not '250'"
    assert f"lapsed: {moved}; decide again" in said(case, "a2")[1]
    assert said(case, "a")[0] == "superseded"
    assert f"lapsed: {moved}; action a2 is proposed instead" in said(case, "a")[1]
    assert "lapsed: credit in the ERP moved from '100' to '120'; decide again" in said(case, "b2")[1]
    assert said(case, "c")[1].startswith("run r2 no longer proposes it; the approval by anna of")
    assert said(case, "d") == ("approved", "")
    assert case.ledger.audit_entries(subject="a")["event"].to_list() == ["approval lapsed", "approved"]


# Who somebody is


def test_people_are_found_by_name_account_and_address_and_by_nothing_else():
    known = Rules.of(rules())
    assert known.at_the_keyboard("achen").name == "anna"
    assert known.at_the_keyboard("anna") == Person("account anna", ())  # an account that stands for nobody
    assert known.objection(known.at_the_keyboard("root"), "approve") == "account root has no role; give one under `access.people`"
    assert Rules.of(config()).at_the_keyboard("root") == Person("root")
    claimed = known.from_claims("Somebody", "ANNA@example.com", ["crm-stewards", "unknown"])
    assert claimed == Person("anna", ("steward",))
    assert known.from_claims("Zoe", "zoe@example.com", ["crm-stewards"]) == Person("zoe@example.com", ("steward",))
    assert known.from_claims("bert", "", ["crm-stewards"]).name != "bert"  # a name alone proves nothing
    with pytest.raises(NobodyDecides):
        known.from_claims(" ", "", [])
