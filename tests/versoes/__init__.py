"""Databases as earlier versions of the program made them. Each must migrate, and go on."""
