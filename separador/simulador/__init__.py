"""A SEFAZ and an Integra Contador on this machine, with scripted faults; shares only `dominio` and `fiscal` with the product."""
