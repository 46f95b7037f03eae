"""`reconcile dashboard`: it answers, and nothing of it is left when its command is ended."""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

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
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as answer:
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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    argv = [sys.executable, "-c", "from reconcile.cli import main; main()", "dashboard", "--headless", "--port", str(port)]
    with subprocess.Popen(argv, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as command:
        try:
            assert until(lambda: healthy(port), 60)
        finally:
            command.send_signal(signal.SIGTERM)
        assert command.wait(30) == 0
    assert until(lambda: not healthy(port), 10)
