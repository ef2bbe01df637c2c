"""Holds what the tests share: certificates, a whole installation, the other program, the re-dating of samples."""

from separador.programa import registrar

# Tests and their scripts use the engine without the command, which registers at its start.
registrar()
