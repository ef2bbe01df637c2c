"""Decides what the CT-e of a load are: values in, decisions out. No clock, no disk, no YAML."""
