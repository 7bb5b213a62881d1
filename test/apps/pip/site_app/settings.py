import os
import secrets
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
SECRET_KEY = secrets.token_urlsafe()
# A load balancer asks for a host's health by its address.
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")
INSTALLED_APPS = ["django.contrib.staticfiles"]
ROOT_URLCONF = "site_app.urls"
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
STATIC_URL = "static/"
STATIC_ROOT = BASE / "collected"
STATICFILES_DIRS = [BASE / "static"]
