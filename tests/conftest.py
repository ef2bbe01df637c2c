"""For all tests: hypothesis without a stopwatch, since a busy machine must not fail a test."""

from hypothesis import HealthCheck, settings

settings.register_profile("separador", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("separador")
