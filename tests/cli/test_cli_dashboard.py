"""`reconcile dashboard`: it answers, and nothing of it is left when its command is ended."""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

from loopback_ports import free_port

CONFIG = """
project: Two lists
systems:
  crm: {role: crm, connector: files, path: .}
  erp: {role: erp, connector: files, path: .}
entities:
  customers:
    crm: {object: a.csv, key: id}
    erp: {object: b.csv, key: id}
    match: {keys: [number]}
    fields: {number: {crm: id, erp: id}, name: {crm: name, erp: name}}
"""


def healthy(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=60) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def until(question, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.1)
    return False


def test_the_dashboard_ends_with_its_command(tmp_path):
    (tmp_path / "reconcile.yaml").write_text(CONFIG, encoding="utf-8")
    port = free_port()
    argv = [sys.executable, "-c", "from reconcile.cli import main; main()", "dashboard", "--headless", "--port", str(port)]
    with subprocess.Popen(argv, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as command:
        try:
            assert until(lambda: healthy(port), 240)
        finally:
            command.send_signal(signal.SIGTERM)
        assert command.wait(120) == 0
    assert until(lambda: not healthy(port), 60)
