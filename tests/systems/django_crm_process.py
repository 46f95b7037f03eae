"""The process that builds or serves a django-crm: `django_crm_process.py build|serve`. It runs in that CRM's environment.

Apart from `django_crm_server.py`, which starts it from ours.
"""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created


def build():
    """A database with the tables and one administrator."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    who = {"email": os.environ["DJANGO_CRM_EMAIL"], "password": os.environ["DJANGO_CRM_PASSWORD"]}
    get_user_model().objects.create_user("admin", **who, role="ADMIN", is_superuser=True)


def serve():
    """Serve on a port of its own, or on the one that DJANGO_CRM_PORT names, until the process is ended.

    Published as it is, it reads a setting that Django never passes on (`settings.Domain`), so every write is
    committed and then answered with 500. With DJANGO_CRM_ANSWERS it is given that setting, and answers.
    """
    if os.environ["DJANGO_CRM_ANSWERS"]:
        settings.Domain = "localhost"
    requests = Path(os.environ["DJANGO_CRM_FOLDER"]) / "requests.log"
    requests.touch()
    application = get_wsgi_application()

    def noted(environ, start):
        with requests.open("a") as log:
            log.write(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}\n")
        return application(environ, start)

    connection_created.connect(_fast)
    server = ThreadedWSGIServer(("127.0.0.1", int(os.environ["DJANGO_CRM_PORT"])), _Quiet)
    server.daemon_threads = True
    server.set_app(noted)
    sys.stdout.write(f"Running on http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


def _fast(connection: object, **_: object) -> None:
    connection.cursor().execute("PRAGMA synchronous=OFF")  # it has to outlive a killed process, not a power cut


class _Quiet(WSGIRequestHandler):
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Nothing: requests.log has what the tests look at."""


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "django_crm_site"
    django.setup()
    {"build": build, "serve": serve}[sys.argv[1]]()
