import os

from django.conf import settings
from django.http import HttpResponse
from django.urls import path


def greet(_request):
    greeting = (settings.STATIC_ROOT / "greeting.txt").read_text().strip()
    return HttpResponse(f"{greeting} {os.environ['APP_VERSION']}\n")


urlpatterns = [path("", greet)]
