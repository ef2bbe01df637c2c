"""Holds the issuing rules, one file per family; `tabela` names each of them."""
