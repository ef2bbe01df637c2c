"""Sets up all tests: hypothesis has no time limit, since a busy machine must not fail a test."""

from hypothesis import HealthCheck, settings

from separador.programa import registrar

registrar()

settings.register_profile("separador", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("separador")
