"""Reads a tree by its description: every error at once, each with the field as in the file, and its line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from separador.configuracao.emissao.arvore import Folha, Galho, Ramo, Serie
from separador.configuracao.emissao.valores import ESQUEMA, LIMPO, Ruim, ler
from separador.configuracao.leitura import parecido
from separador.fiscal.emissao.achados import Aviso, ErroDeCarga, regra_do_codigo
from separador.fiscal.emissao.formato.tipos import Grupo, Leiaute, Lista, Mapeado, Texto, Tipo
from separador.fiscal.emissao.no import No, Valor
from separador.fiscal.regras.ufs import CODIGO_UF
from separador.nucleo.texto.quantidade import quantos


@dataclass(slots=True)
class Leitura:
    """Collects what is wrong while a tree is read. `linhas`: path → line, for errors that are found later."""

    arquivo: str = ""
    erros: list[ErroDeCarga] = field(default_factory=list)
    avisos: list[Aviso] = field(default_factory=list)
    linhas: dict[str, int] = field(default_factory=dict)

    def errar(self, codigo: str, campo: str, linha: int | None, mensagem: str, fazer: str) -> None:
        """Adds an error."""
        regra = regra_do_codigo(codigo)
        self.erros.append(ErroDeCarga(codigo, campo, mensagem, fazer, regra, None, linha, self.arquivo))

    def grupo(self, ramo: Galho, tipo: Grupo, campo: str) -> No | None:
        """Returns a group of fields; None when it is no map (told)."""
        if not isinstance(ramo, Ramo):
            self.errar(
                ESQUEMA, campo, ramo.linha, "deve ser um grupo de 'chave: valor'", "Veja separador carga esquema."
            )
            return None
        no = No(campo)
        valores: dict[str, Valor] = {}
        ruins: set[str] = set()
        self._repetidas(ramo, no)
        for nome, galho in ramo.pares.items():
            achado = tipo.campo(nome)
            if achado is None:
                self._desconhecido(no.em(nome), galho, nome, [c.nome for c in tipo.campos], tipo.codigo)
                continue
            if vazio(galho):
                continue
            valor = self.valor(galho, achado.tipo, no.em(nome))
            if valor is None:
                ruins.add(nome)
            elif valor != ():
                valores[nome] = valor
        for c in tipo.obrigatorios:
            if c.nome not in valores and c.nome not in ruins:
                self.errar(ESQUEMA, no.em(c.nome), ramo.linha, f"falta {c.nome} ({c.sobre})", "Preencha o campo.")
                ruins.add(c.nome)
        return No(campo, valores, frozenset(ruins))

    def _repetidas(self, ramo: Ramo, no: No) -> None:
        for nome, linha in ramo.repetidas:
            self.errar(ESQUEMA, no.em(nome), linha, f"a chave {nome} aparece mais de uma vez", "Deixe uma só.")

    def _desconhecido(self, campo: str, galho: Galho, nome: str, nomes: Iterable[str], codigo: str = ESQUEMA) -> None:
        dica = parecido(nome, nomes)
        self.errar(codigo, campo, galho.linha, f"o campo {nome} não existe aqui{dica}", "Corrija o nome, ou retire.")

    def valor(self, galho: Galho, tipo: Tipo, caminho: str) -> Valor | None:
        """Returns a value of any kind; None when it could not be read (told)."""
        if galho.linha is not None:
            self.linhas[caminho] = galho.linha
        match tipo:
            case Grupo():
                return self.grupo(galho, tipo, caminho)
            case Leiaute():
                return self._grupo_do_leiaute(galho, tipo, caminho)
            case Lista():
                return self._lista(galho, tipo, caminho)
            case Mapeado():
                return self._mapeado(galho, tipo, caminho)
            case _:
                return self._simples(galho, tipo, caminho)

    def _simples(self, galho: Galho, tipo: Tipo, caminho: str) -> Valor | None:
        if not isinstance(galho, Folha):
            self.errar(ESQUEMA, caminho, galho.linha, "deve ser um valor simples", "Veja separador carga esquema.")
            return None
        lido = ler(tipo, galho.texto or "")
        if isinstance(lido, Ruim):
            nome = caminho.rpartition(".")[2]
            self.errar(lido.codigo, caminho, galho.linha, f"{nome}: {lido.mensagem}", lido.fazer)
            return None
        if lido.aviso:
            verbo = "o texto foi limpo" if lido.aviso == LIMPO else "o valor foi lido"
            self.avisos.append(Aviso(lido.aviso, caminho, f"{verbo}: «{lido.dito}»"))
        return lido.valor

    def _lista(self, galho: Galho, tipo: Lista, caminho: str) -> Valor | None:
        itens = galho.itens if isinstance(galho, Serie) else None
        if itens is None:
            self.errar(ESQUEMA, caminho, galho.linha, "deve ser uma lista", "Escreva um item por linha, com '-'.")
            return None
        lidos = []
        for i, item in enumerate(itens, 1):
            valor = None if vazio(item) else self.valor(item, tipo.item, f"{caminho}[{i}]")
            if valor is not None:
                lidos.append(valor)
        if tipo.maximo is not None and len(itens) > tipo.maximo:
            codigo = "SEP-EMIS-05" if caminho.rpartition(".")[2].startswith("obs_") else ESQUEMA
            mensagem = f"a lista tem {quantos(len(itens), 'item', 'itens')}; o limite é {tipo.maximo}"
            self.errar(codigo, caminho, galho.linha, mensagem, "Retire o que sobra.")
        if len(lidos) < len(itens) and not lidos and any(not vazio(i) for i in itens):
            return None
        return tuple(lidos)

    def _mapeado(self, galho: Galho, tipo: Mapeado, caminho: str) -> Valor | None:
        if not isinstance(galho, Ramo):
            self.errar(ESQUEMA, caminho, galho.linha, "deve ser um grupo de 'UF: valor'", "Escreva uma UF por linha.")
            return None
        no = No(caminho)
        self._repetidas(galho, no)
        valores: dict[str, Valor] = {}
        for nome, item in galho.pares.items():
            if nome not in CODIGO_UF:
                self._desconhecido(no.em(nome), item, nome, CODIGO_UF)
            elif not vazio(item) and (valor := self.valor(item, tipo.item, no.em(nome))) is not None:
                valores[nome] = valor
        return No(caminho, valores)

    def _grupo_do_leiaute(self, galho: Galho, tipo: Leiaute, caminho: str) -> Valor | None:
        if not isinstance(galho, Ramo):
            self.errar(ESQUEMA, caminho, galho.linha, "deve ser um grupo de 'tag: valor'", "Use as tags do leiaute.")
            return None
        for nome, item in galho.pares.items():
            if tipo.tags and nome not in tipo.tags and _TAG.fullmatch(nome):
                self._desconhecido(f"{caminho}.{nome}", item, nome, tipo.tags)
        return self._leiaute(galho, caminho)

    def _leiaute(self, galho: Galho, caminho: str) -> Valor | None:
        """Returns a group under the layout's own tags: maps, lists and clean texts. The official schema judges it."""
        if isinstance(galho, Folha):
            return self._simples(galho, Texto(2000), caminho)
        if isinstance(galho, Serie):
            itens = (self._leiaute(g, f"{caminho}[{i}]") for i, g in enumerate(galho.itens, 1) if not vazio(g))
            return tuple(v for v in itens if v is not None)
        no = No(caminho)
        self._repetidas(galho, no)
        for nome, ruim in galho.pares.items():
            if _TAG.fullmatch(nome) is None:
                self.errar(ESQUEMA, no.em(nome), ruim.linha, f"«{nome}» não é uma tag do leiaute", "Corrija o nome.")
        pares = {n: g for n, g in galho.pares.items() if _TAG.fullmatch(n) and not vazio(g)}
        lidos = {n: self._leiaute(g, no.em(n)) for n, g in pares.items()}
        return No(caminho, {n: v for n, v in lidos.items() if v is not None})


_TAG = re.compile(r"[A-Za-z][A-Za-z0-9]{0,29}")


def vazio(galho: Galho) -> bool:
    """Says whether nothing was given: null, an empty text, list or map."""
    if isinstance(galho, Folha):
        return not (galho.texto or "").strip()
    return not (galho.itens if isinstance(galho, Serie) else galho.pares)
