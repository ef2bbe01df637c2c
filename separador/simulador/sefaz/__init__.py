"""Simulates the SEFAZ: the services of the manual, judged by the same rules, with a memory of its own."""
