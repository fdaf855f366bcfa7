"""Tests without a site. What hypothesis tries may take its time on a busy machine."""

from hypothesis import settings

settings.register_profile("nmedia_app", deadline=None, database=None)
settings.load_profile("nmedia_app")
