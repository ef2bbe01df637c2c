"""The local SEFAZ (SEFAZ-09): the services of the manual, judged by the same rules, with a memory of its own."""
