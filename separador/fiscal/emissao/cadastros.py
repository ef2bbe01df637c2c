"""Finds records of the registries, by code or by document; those of the load itself come first."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from separador.fiscal.emissao.formato.cadastros import CHAVE_DO_REGISTRO
from separador.fiscal.emissao.no import No

_SEM_CODIGO = {
    "empresas": "cnpj",
    "entidades": "documento",
    "depositantes": "entidade",
    "veiculos": "placa",
    "seguradoras": "cnpj",
}
"""Registry → the field that also names a record of it, whatever its punctuation."""


@dataclass(frozen=True, slots=True)
class Encontro:
    """What a reference leads to. `quantos`: records that bear it; `registro` only when it is one."""

    registro: No | None
    quantos: int = 0


@dataclass(frozen=True)
class Cadastros:
    """The registries: key → records. `locais`: those of a load, by key. `arquivos`: key → the file, for messages."""

    registros: Mapping[str, tuple[No, ...]] = field(default_factory=dict)
    arquivos: Mapping[str, str] = field(default_factory=dict)
    locais: Mapping[str, tuple[No, ...]] = field(default_factory=dict)

    def com(self, **locais: Iterable[No]) -> "Cadastros":
        """Returns the same with the records of a load."""
        novos = replace(self, locais={n: tuple(v) for n, v in locais.items()})
        novos.__dict__["_indices"] = self._indices  # they do not change, and a large registry takes time
        return novos

    def onde(self, cadastro: str) -> str:
        """Returns the file of a registry, for messages."""
        return self.arquivos.get(cadastro) or f"config/cadastros/{cadastro}.yaml"

    def todos(self, cadastro: str) -> tuple[No, ...]:
        """Returns the records of a registry."""
        return tuple(self.registros.get(cadastro, ()))

    def unica_transportadora(self) -> No | None:
        """Returns the company that issues what names no other: the only one that is a carrier."""
        todas = [e for e in self.todos("empresas") if e.sim("transportadora", True)]
        return todas[0] if len(todas) == 1 else None

    def achar(self, cadastro: str, referencia: str) -> Encontro:
        """Returns the record that a reference names: a load's own field wins over the registry's."""
        achado = self._achados.get((cadastro, referencia))
        if achado is None:
            achado = self._achados[cadastro, referencia] = self._procurado(cadastro, referencia)
        return achado

    def _procurado(self, cadastro: str, referencia: str) -> Encontro:
        da_carga = _procurar(self._indices_locais.get(cadastro, ({}, {})), cadastro, referencia)
        daqui = _procurar(self._indices.get(cadastro, ({}, {})), cadastro, referencia)
        if da_carga.registro is not None and daqui.registro is None:
            nome = CHAVE_DO_REGISTRO.get(cadastro, "codigo")
            daqui = _procurar(self._indices.get(cadastro, ({}, {})), cadastro, da_carga.registro.texto(nome))
        if da_carga.registro is None:
            return da_carga if da_carga.quantos > 1 else daqui
        return Encontro(da_carga.registro.sobre(daqui.registro), 1)

    @cached_property
    def _achados(self) -> dict[tuple[str, str], Encontro]:
        """Returns what was looked for already: the CT-e of a load name the same records again and again."""
        return {}

    @cached_property
    def _indices(self) -> dict[str, "_Indice"]:
        return {nome: _indice(nome, registros) for nome, registros in self.registros.items()}

    @cached_property
    def _indices_locais(self) -> dict[str, "_Indice"]:
        return {nome: _indice(nome, registros) for nome, registros in self.locais.items()}


_Indice = tuple[dict[str, No], dict[str, list[No]]]


def _indice(cadastro: str, registros: Iterable[No]) -> _Indice:
    """Returns code → record, and document → records."""
    por_codigo: dict[str, No] = {}
    por_documento: dict[str, list[No]] = {}
    nome = CHAVE_DO_REGISTRO.get(cadastro, "codigo")
    outro = _SEM_CODIGO.get(cadastro)
    for registro in registros:
        por_codigo.setdefault(registro.texto(nome), registro)
        dito = _so_letras(registro.texto(outro)) if outro is not None else ""
        if dito and (outro != "entidade" or _DOCUMENTO.fullmatch(dito)):  # a code keeps its signs
            por_documento.setdefault(dito, []).append(registro)
    return por_codigo, por_documento


def _procurar(indice: _Indice, cadastro: str, referencia: str) -> Encontro:
    por_codigo, por_documento = indice
    achado = por_codigo.get(referencia)
    if achado is not None:
        return Encontro(achado, 1)
    if cadastro not in _SEM_CODIGO:
        return Encontro(None)
    achados = por_documento.get(_so_letras(referencia), [])
    return Encontro(achados[0] if len(achados) == 1 else None, len(achados))


_DOCUMENTO = re.compile(r"[0-9]{11}|[0-9A-Z]{12}[0-9]{2}")


def _so_letras(texto: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", texto.upper())
