"""Reads single values from the tree. Each method always gives a usable value, and notes what was wrong.

All errors are collected, so that the operator corrects the file once.
"""

import difflib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from separador.configuracao.tipos import ErroConfig, Valor
from separador.configuracao.yaml_seguro import Mapa, linha, mapear

E = TypeVar("E", bound=StrEnum)
_VERDADES = {"true": True, "sim": True, "yes": True, "on": True}
_MENTIRAS = {"false": False, "não": False, "nao": False, "no": False, "off": False}
BOOLEANOS = _VERDADES | _MENTIRAS
NULO = "tag:yaml.org,2002:null"


def parecido(nome: str, conhecidos: Iterable[str]) -> str:
    """Returns ` (você quis dizer "x"?)`, or "" when no known name is near."""
    nomes = list(conhecidos)
    comecados = [n for n in nomes if len(nome) > 2 and n.startswith(nome.casefold())]
    proximos = difflib.get_close_matches(nome.casefold(), nomes, n=1, cutoff=0.6) or comecados
    return f' (você quis dizer "{proximos[0]}"?)' if proximos else ""


@dataclass(slots=True)
class Leitor:
    """Collects errors and the origin of every value while the file is read. `raiz` anchors relative paths.

    `recusas`: things asked for that will not be done, though the rest of the file is good. `avisos`: things worth
    knowing. `dia`: today, where a person who configures looks at what the file asks for; None: no date is judged.
    """

    arquivo: Path
    raiz: Path
    dia: date | None = None
    erros: list[ErroConfig] = field(default_factory=list)
    valores: list[Valor] = field(default_factory=list)
    recusas: list[ErroConfig] = field(default_factory=list)
    avisos: list[ErroConfig] = field(default_factory=list)

    def errar(self, mensagem: str, onde: Node | int | None, chave: str | None) -> None:
        """Notes one error."""
        self.erros.append(ErroConfig(mensagem, linha(onde) if isinstance(onde, Node) else onde, chave))

    def anotar(self, mapa: Mapa, nome: str, valor: object) -> None:
        """Notes the effective value of a key and its origin."""
        no = mapa.nos.get(nome)
        texto = "" if valor is None else str(valor)
        onde = linha(no) if no is not None else None
        origem = f"{self.arquivo}, linha {onde}" if onde else "padrão"
        self.valores.append(Valor(mapa.chave(nome), texto, origem, onde))

    def anotar_lido(self, chave: str, valor: str, onde: int | None) -> None:
        """Notes the effective value of a key that another reader read."""
        self.valores.append(Valor(chave, valor, f"{self.arquivo}, linha {onde}" if onde else "padrão", onde))

    def conhecer(self, mapa: Mapa, conhecidas: Iterable[str]) -> None:
        """Notes an error for every key that is not known, with the nearest name."""
        nomes = tuple(conhecidas)
        for nome, no in mapa.nos.items():
            if nome not in nomes:
                dica = parecido(nome, nomes) or f"; as chaves daqui são: {', '.join(nomes)}"
                self.errar(f"chave desconhecida{dica}", no, mapa.chave(nome))

    def escalar(self, mapa: Mapa, nome: str, *, obrigatoria: bool = False) -> str | None:
        """Returns the text of a simple value as written.

        None when absent, null or not simple (the last is an error).
        """
        no = mapa.nos.get(nome)
        if isinstance(no, ScalarNode) and no.tag != NULO and str(no.value).strip():
            return str(no.value).strip()
        if no is not None and not isinstance(no, ScalarNode):
            self.errar("deve ser um valor simples", no, mapa.chave(nome))
        elif obrigatoria:
            self.errar(f'falta a chave "{nome}"', no or mapa.linha, mapa.caminho or None)
        return None

    def inteiro(self, mapa: Mapa, nome: str, padrao: int | None, minimo: int, maximo: int = 10**9) -> int | None:
        """Returns a whole number within limits; `padrao` when absent or wrong."""
        texto = self.escalar(mapa, nome)
        valor = padrao
        if texto is not None:
            if re.fullmatch(r"-?[0-9]{1,12}", texto) and minimo <= int(texto) <= maximo:
                valor = int(texto)
            else:
                ate = f" e no máximo {maximo}" if maximo < 10**9 else ""
                mensagem = f'deve ser um número inteiro, no mínimo {minimo}{ate}, e está "{texto}"'
                self.errar(mensagem, mapa.nos[nome], mapa.chave(nome))
        return valor

    def segundos(self, mapa: Mapa, nome: str) -> float | None:
        """Returns a duration in seconds, fraction allowed, from 0 to a day; None when absent or wrong."""
        texto = self.escalar(mapa, nome)
        if texto is None:
            return None
        if re.fullmatch(r"[0-9]{1,6}([.,][0-9]{1,6})?", texto) and (valor := float(texto.replace(",", "."))) <= 86400:
            return valor
        self.errar(f'deve ser um número de segundos, e está "{texto}"', mapa.nos[nome], mapa.chave(nome))
        return None

    def booleano(self, mapa: Mapa, nome: str, padrao: bool) -> bool:
        """Returns true or false; also reads sim/não, yes/no, on/off."""
        texto = self.escalar(mapa, nome)
        if texto is None:
            return padrao
        if texto.casefold() not in BOOLEANOS:
            self.errar(f'deve ser true ou false, e está "{texto}"', mapa.nos[nome], mapa.chave(nome))
        return BOOLEANOS.get(texto.casefold(), padrao)

    def escolha(self, mapa: Mapa, nome: str, tipo: type[E], padrao: E) -> E:
        """Returns one of the names of an enumeration; `padrao` when absent or wrong."""
        texto = self.escalar(mapa, nome)
        if texto is None:
            return padrao
        validos = [str(v) for v in tipo]
        if texto in validos:
            return tipo(texto)
        dica = parecido(texto, validos)
        mensagem = f'"{texto}" não existe{dica}; os valores são: {", ".join(validos)}'
        self.errar(mensagem, mapa.nos[nome], mapa.chave(nome))
        return padrao

    def caminho(self, mapa: Mapa, nome: str, padrao: str | None = None, *, obrigatoria: bool = False) -> Path | None:
        """Returns an absolute path, anchored at `raiz`.

        The disk is not looked at: a bad folder is no error of the file.
        """
        texto = self.escalar(mapa, nome, obrigatoria=obrigatoria)
        if texto is None:
            texto = padrao
        if texto is None:
            return None
        if any(ord(c) < 32 for c in texto):
            self.errar("o caminho tem caracteres de controle", mapa.nos[nome], mapa.chave(nome))
            return None
        if texto.startswith("~"):
            mensagem = 'escreva o caminho completo: "~" muda conforme quem dá o comando'
            self.errar(mensagem, mapa.nos[nome], mapa.chave(nome))
            return None
        return ancorar(self.raiz, texto)

    def submapa(self, mapa: Mapa, nome: str) -> Mapa | None:
        """Returns the mapping under a key; None when absent or of another kind (an error)."""
        no = mapa.nos.get(nome)
        if isinstance(no, MappingNode):
            return mapear(no, mapa.chave(nome), self.erros)
        if no is not None and no.tag != NULO:
            self.errar("deve ser um grupo de 'chave: valor'", no, mapa.chave(nome))
        return None

    def lista_de_mapas(self, mapa: Mapa, nome: str) -> list[Mapa]:
        """Returns a list of mappings. An item of another kind is an error and is left out."""
        no = mapa.nos.get(nome)
        if no is None or no.tag == NULO:
            return []
        if not isinstance(no, SequenceNode):
            self.errar("deve ser uma lista (um item por linha, começando com '-')", no, mapa.chave(nome))
            return []
        itens = []
        for i, item in enumerate(no.value, start=1):
            caminho = f"{mapa.chave(nome)}[{i}]"
            if isinstance(item, MappingNode):
                itens.append(mapear(item, caminho, self.erros))
            else:
                self.errar("deve ser um grupo de 'chave: valor'", item, caminho)
        return itens

    def textos(self, mapa: Mapa, nome: str) -> list[tuple[str, Node]]:
        """Returns a text or a list of texts, each with its node; empty when absent."""
        no = mapa.nos.get(nome)
        itens = no.value if isinstance(no, SequenceNode) else [no] if no is not None else []
        achados: list[tuple[str, Node]] = []
        for item in itens:
            if isinstance(item, ScalarNode) and item.tag != NULO:
                achados.append((str(item.value), item))
            else:
                self.errar("deve ser um texto ou uma lista de textos", item, mapa.chave(nome))
        return achados


def ancorar(raiz: Path, texto: str) -> Path:
    """Returns `texto` as an absolute, lexically normal path.

    A relative path starts at `raiz`, never at the current directory.
    """
    return Path(os.path.normpath(raiz / texto))
