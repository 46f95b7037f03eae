"""Settings of django-crm for its tests; read in the environment of django-crm, not in ours."""

import os
from pathlib import Path

_APPS = ("common", "accounts", "cases", "contacts", "emails", "leads", "opportunity", "planner", "tasks", "invoices", "events")
_DJANGO = ("auth", "contenttypes", "messages", "sessions")
_DATABASE = Path(os.environ["DJANGO_CRM_FOLDER"]) / "crm.sqlite"

SECRET_KEY = os.environ["DJANGO_CRM_SECRET"]
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = [
    *(f"django.contrib.{app}" for app in _DJANGO),
    *_APPS,
    "teams",
    "phonenumber_field",
    "rest_framework",
    "drf_yasg",
]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "crm.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": _DATABASE, "OPTIONS": {"timeout": 20}}}
MIGRATION_MODULES = dict.fromkeys([*_APPS, "teams", *_DJANGO])  # tables straight from the models: its migrations want PostgreSQL
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
AUTH_USER_MODEL = "common.User"
USE_TZ = True
TIME_ZONE = "Asia/Kolkata"  # its own default
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
REST_FRAMEWORK = {"DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination", "PAGE_SIZE": 10}
LOGGING = {
    "version": 1,
    "handlers": {"e": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["e"]}},
}
