"""The program's own commands; `base` is what every command shares."""
