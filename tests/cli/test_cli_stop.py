"""`reconcile push --stop` and `--resume`, as people type them."""

from __future__ import annotations


def test_stop_and_resume(project, cli):
    assert (cli("push", "--resume").out.strip()) == "No stop is set."
    stopped = cli("push", "--stop", "--by", "bea", "--comment", "wrong price list")
    assert stopped.code == 0
    assert stopped.out.startswith("Pushes are stopped by bea since 2")
    assert "wrong price list. A running push ends after its batch." in stopped.out
    assert cli("push", "--stop", "--by", "carl", "--json").last == {"changed": False, "stopped": True}

    sent = cli("push", "--yes")
    assert (sent.code, sent.out) == (3, "")
    assert "Pushes were stopped by bea" in sent.err
    assert "`reconcile push --resume` lifts the stop" in sent.err.replace("\n", " ")
    dry = cli("push")
    assert dry.code == 0
    assert "Nothing was sent. Pushes are stopped by bea" in dry.out

    assert cli("push", "--resume", "--by", "bea", "--json").last == {"changed": True, "stopped": False}
    assert cli("push", "--yes", "--json").last["stopped"] == ""


def test_stop_and_resume_stand_alone(project, cli):
    for arguments in (["--stop", "--resume"], ["--stop", "--yes"], ["--resume", "0123456789abcdef"]):
        done = cli("push", *arguments)
        assert done.code == 2
        assert "stand alone" in done.err


def test_a_push_beyond_the_limits_asks_and_is_confirmed_for_once(project, cli):
    with (project / "reconcile.yaml").open("a", encoding="utf-8") as file:
        file.write("limits: {actions_per_entity: 1}\n")
    cli("run", "--json")
    ids = [action["id"] for action in cli("actions", "--kind", "update", "--json").last]
    cli("approve", *ids, "--by", "anna")
    over = f"{len(ids)} actions of customers; limits.actions_per_entity is 1"
    dry = cli("push")
    assert dry.code == 0
    assert "A push would end before it sends anything: " in dry.out
    assert over in dry.out
    assert "`reconcile push --yes --beyond-limits` goes on, once" in dry.out
    ended = cli("push", "--yes")
    assert ended.code == 1
    assert "The push ended early: " in ended.out
    assert f"Nothing is half done: 0 actions were taken up, {len(ids)} approved ones are left." in ended.out
    as_json = cli("push", "--yes", "--json").last
    assert (as_json["planned"], as_json["left"], as_json["over_limits"]) == (0, len(ids), [as_json["stopped"]])
    gone = cli("push", "--yes", "--beyond-limits", "--json").last
    assert (gone["planned"], gone["stopped"], gone["over_limits"]) == (len(ids), "", as_json["over_limits"])
