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
