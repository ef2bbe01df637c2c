"""Gives the choices that several pages offer: never more than a page holds; a search narrows what is offered."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from separador.painel.base.visita import Visita

OPCOES = 200
"""Options that a choice holds. Of more, a search by name or number leads to the others."""
PROCURAR = "procurar"


@dataclass(frozen=True, slots=True)
class Escolha:
    """Value and text of what a choice offers. `de_quantas`: how many there are in all; `procura`: they are more than it
    holds, so that it needs its search; `procurada`: what that says."""

    opcoes: tuple[tuple[str, str], ...]
    de_quantas: int
    procura: bool
    procurada: str = ""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Goes through the options."""
        return iter(self.opcoes)

    def __len__(self) -> int:
        """Returns how many options there are."""
        return len(self.opcoes)


def empresas(v: Visita, escolhida: str, nome: str = PROCURAR) -> Escolha:
    """Returns CNPJ and text of the companies, by name."""
    todas = sorted(v.configuracao.empresas, key=lambda e: (e.nome, e.cnpj))
    return escolher(v, ((e.cnpj, f"{e.nome} ({e.cnpj})") for e in todas), escolhida, nome)


def escolher(
    v: Visita, todas: Iterable[tuple[str, str]], escolhida: str, nome: str = PROCURAR, maximo: int = OPCOES
) -> Escolha:
    """Returns what a choice offers of all these, in their order: what the search (field `nome`) finds, as many as it
    holds. What is chosen is always among them, even where it is not among all."""
    dita = (v.campos.um(nome) or v.consulta.um(nome)).strip()
    todas = list(todas)
    demais = len(todas) > maximo
    achadas = [o for o in todas if _acha(dita, o)] if dita and demais else todas
    opcoes = achadas[:maximo]
    if escolhida and all(valor != escolhida for valor, _ in opcoes):
        opcoes.insert(0, next((o for o in todas if o[0] == escolhida), (escolhida, escolhida)))
    return Escolha(tuple(opcoes), len(todas), demais, dita)


def _acha(dita: str, opcao: tuple[str, str]) -> bool:
    """Says whether an option has every word of a search: letters without accents, numbers without punctuation."""
    numero = cnpj(dita)
    texto = _simples(opcao[1])
    return all(p in texto for p in _simples(dita).split()) or (len(numero) > 1 and numero in opcao[0].upper())


def _simples(texto: str) -> str:
    separado = unicodedata.normalize("NFKD", texto.casefold())
    return "".join(letra for letra in separado if not unicodedata.combining(letra))


def nomes(v: Visita) -> dict[str, str]:
    """Returns the name of each company of the configuration, by CNPJ."""
    return {e.cnpj: e.nome for e in v.configuracao.empresas if e.nome}


def cnpj(texto: str) -> str:
    """Returns a CNPJ as people type it, without punctuation."""
    return "".join(letra for letra in texto if letra.isalnum()).upper()
