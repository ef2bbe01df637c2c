"""Holds the rules of MOC 4.00, Anexo I, 2, that can be checked without asking SEFAZ.

It imports nothing: its tables serve commands that must not load lxml (DES-05).
"""
