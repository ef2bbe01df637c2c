"""A SEFAZ and an Integra Contador on this machine, with scripted faults; of the product only `dominio` and `fiscal`."""
