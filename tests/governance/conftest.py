"""How hard the properties of the rules are tried: enough to find faults, short enough to run each time."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "rules",
    max_examples=150,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    # Where a change is judged, a red run is about that change; everywhere else each run tries new examples.
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("rules")
