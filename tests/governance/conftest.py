"""How hard the properties of the rules are tried: enough to find faults, short enough to run each time."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "rules", max_examples=150, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("rules")
