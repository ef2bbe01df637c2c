"""Gives the choices that several pages offer."""

from separador.painel.base.visita import Visita

EMPRESAS = 500
"""Companies that a choice offers; of more, the CNPJ is typed."""


def empresas(v: Visita, escolhida: str) -> list[tuple[str, str]]:
    """Returns CNPJ and text of each company, by name; nothing where there are too many to choose from."""
    todas = sorted(v.configuracao.empresas, key=lambda e: (e.nome, e.cnpj))
    if len(todas) > EMPRESAS:
        return []
    outra = [(escolhida, escolhida)] if escolhida and all(e.cnpj != escolhida for e in todas) else []
    return [*((e.cnpj, f"{e.nome} ({e.cnpj})") for e in todas), *outra]


def nomes(v: Visita) -> dict[str, str]:
    """Returns the name of each company of the configuration, by CNPJ."""
    return {e.cnpj: e.nome for e in v.configuracao.empresas if e.nome}


def cnpj(texto: str) -> str:
    """Returns a CNPJ as people type it, without punctuation."""
    return "".join(letra for letra in texto if letra.isalnum()).upper()
