"""Tests without a site.

What hypothesis tries is the same at every run, so that a run judges the change and not its luck, and may
take its time on a busy machine. `HYPOTHESIS_PROFILE=search ./dev test unit` tries other values each time.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
	"nmedia_app",
	deadline=None,
	database=None,
	derandomize=True,
	suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", settings.get_profile("nmedia_app"), derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "nmedia_app"))
