"""Simulates a SEFAZ and an Integra Contador on this machine, with scripted faults.

Of the product it uses only `nucleo`, `fiscal`, `ecac.dominio` and, for its commands, `cli.base`.
"""
