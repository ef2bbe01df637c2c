"""Holds the program's own commands. `base` has what every command shares."""
