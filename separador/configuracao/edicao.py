"""Changes the file by command. Comments and order stay; the result is checked before anything is written.

ruamel.yaml is imported only here, when an edit is asked for.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from yaml.nodes import MappingNode, Node

from separador.configuracao.carregamento import CHAVES, interpretar
from separador.configuracao.escrita import comentarios
from separador.configuracao.escrita.texto import Documento, RecusadaError, mudado, mudado_no_item, recusar_do_windows
from separador.configuracao.gravacao import gravar, pasta_travada
from separador.configuracao.leitura import parecido
from separador.configuracao.rotas import CHAVES_ROTA
from separador.configuracao.tipos import Conferida, Configuracao, ErroConfig, Invalida
from separador.configuracao.yaml_seguro import ler_bytes
from separador.nucleo.rota import atribuir_ids

Campos = Mapping[str, str | bool | int | list[str] | None]
Gravando = Callable[[int | None], AbstractContextManager[object]]
"""Is entered, with the id of the route, only when all is read and checked, and the file is about to be written."""
_MUDADA = (
    "o arquivo de configuração foi mudado por outro editor depois que esta página foi aberta; nada foi gravado. Abra a "
    "página de novo, confira e repita"
)
_EDITAVEIS = tuple(c for c in CHAVES if c not in ("empresas", "rotas"))


@dataclass(frozen=True, slots=True)
class Editada:
    """The edit is on disk. `rota` is the id of the route added or changed."""

    configuracao: Configuracao
    rota: int | None = None


class Mudada(Invalida):
    """The file is no longer the one that the edit was made for: nothing is written. Its errors say so."""


def resumo(arquivo: Path) -> str:
    """Returns the digest of the file of now, by which an edit may say which file it was made for (`visto`)."""
    conteudo = ler_bytes(arquivo)
    return hashlib.sha256(conteudo).hexdigest() if isinstance(conteudo, bytes) else ""


def definir(
    arquivo: Path, chave: str, valor: str, visto: str | None = None, gravando: Gravando = nullcontext
) -> Editada | Invalida:
    """Sets one key: of the top level, of a group by its path (`emissao.cfop_estadual`), or of a company by its CNPJ
    (`empresas.11222333000181.nome`). `[a, b]` is a list. Raises OSError when the file cannot be written."""
    topo, *resto = chave.split(".")
    de_empresa = topo == "empresas" and len(resto) > 1
    if (topo not in _EDITAVEIS and not de_empresa) or "" in resto:
        return _recusa(arquivo, _por_que_nao(chave))

    def mudar(documento: Documento) -> None:
        grupo, nomes = (_empresa(documento, resto[0]), resto[1:]) if de_empresa else (documento, [topo, *resto])
        for i, nome in enumerate(nomes[:-1], 1):
            grupo = _grupo(grupo, nome, ".".join(nomes[:i]))
        dito = valor.strip()
        em_lista = dito.startswith("[") and dito.endswith("]")
        grupo[nomes[-1]] = _em_linha(_itens(dito[1:-1])) if em_lista else _simples(dito)

    return _editar(arquivo, mudar, None, visto, gravando)


def _grupo(pai: Documento, nome: str, caminho: str) -> Documento:
    """Returns the group of a name, made where there is none."""
    from ruamel.yaml.comments import CommentedMap  # noqa: PLC0415

    if pai.get(nome) is None:
        pai[nome] = CommentedMap()
    if not isinstance(pai[nome], CommentedMap):
        raise RecusadaError(f'a chave "{caminho}" não é um grupo de chaves; mude-a no próprio arquivo')
    return pai[nome]


def incluir_rota(
    arquivo: Path,
    campos: Campos,
    conhecidos: Mapping[int, str],
    visto: str | None = None,
    gravando: Gravando = nullcontext,
) -> Editada | Invalida:
    """Adds a route with the next id. `conhecidos`: ids ever used → signature (the database's table). Raises OSError."""
    novo = [0]

    def mudar(documento: Documento) -> None:
        novo[0] = _proximo_id(documento, conhecidos)
        _acrescentar(documento, {"id": novo[0], **campos})

    return _editar(arquivo, mudar, lambda: novo[0], visto, gravando)


def alterar_rota(
    arquivo: Path,
    rota: int,
    campos: Campos,
    conhecidos: Mapping[int, str],
    visto: str | None = None,
    gravando: Gravando = nullcontext,
) -> Editada | Invalida:
    """Changes the keys given (None takes a key out) of the route with this id. Raises OSError."""

    def mudar(documento: Documento) -> None:
        mapa = _achar_rota(arquivo, documento, rota, conhecidos)
        # The id is written into the file: a route known only by its signature would become another one when that
        # changes.
        for nome, valor in {"id": rota, **campos}.items():
            if valor is None:
                mapa.pop(nome, None)
            else:
                mapa[nome] = _valor_de_rota(nome, valor)

    return _editar(arquivo, mudar, lambda: rota, visto, gravando)


def incluir_empresa(arquivo: Path, cnpj: str, campos: Mapping[str, Any]) -> Editada | Invalida:
    """Adds a company. `campos`: its keys, groups as mappings. Raises OSError."""

    def mudar(documento: Documento) -> None:
        from ruamel.yaml.comments import CommentedMap, CommentedSeq  # noqa: PLC0415

        empresas = _lista_do(documento, "empresas")
        if any(_cnpj_de(mapa) == cnpj for mapa in empresas):
            raise RecusadaError(f"a empresa {cnpj} já está na configuração; mude-a com: separador empresas alterar")
        mapa = CommentedMap()
        _preencher(mapa, {"cnpj": cnpj, **campos})
        if documento.get("empresas"):
            documento["empresas"].append(mapa)
        else:
            documento["empresas"] = CommentedSeq([mapa])

    return _editar(arquivo, mudar, None)


def alterar_empresa(
    arquivo: Path, cnpj: str, campos: Mapping[str, Any], visto: str | None = None, gravando: Gravando = nullcontext
) -> Editada | Invalida:
    """Changes the keys given (None takes a key out) of the company of this CNPJ. Raises OSError."""

    def mudar(documento: Documento) -> None:
        _preencher(_empresa(documento, cnpj), campos)

    return _editar(arquivo, mudar, None, visto, gravando, empresa=cnpj)


def _por_que_nao(chave: str) -> str:
    if chave.startswith("rotas"):
        return "as rotas mudam com: separador rotas incluir, alterar, ativar ou desativar"
    if chave.startswith("empresas"):
        return "as empresas mudam com: separador empresas incluir ou alterar, e separador ecac empresas configurar"
    dica = parecido(chave, _EDITAVEIS) or f"; as chaves são: {', '.join(_EDITAVEIS)}"
    return f'a chave "{chave}" não existe{dica}'


def _recusa(arquivo: Path, mensagem: str) -> Invalida:
    return Invalida(arquivo, (ErroConfig(mensagem),))


def _editar(
    arquivo: Path,
    mudar: Callable[[Documento], None],
    rota: Callable[[], int] | None,
    visto: str | None = None,
    gravando: Gravando = nullcontext,
    empresa: str | None = None,
) -> Editada | Invalida:
    """Reads, changes, checks and writes, as one step against other editors. `empresa`: nothing else is changed."""
    if not arquivo.exists():
        return _recusa(arquivo, f"o arquivo de configuração {arquivo} não existe; crie um com: separador init")
    with pasta_travada(arquivo):
        conteudo = ler_bytes(arquivo)
        if isinstance(conteudo, ErroConfig):
            return Invalida(arquivo, (conteudo,))
        if visto is not None and visto != hashlib.sha256(conteudo).hexdigest():
            return Mudada(arquivo, (ErroConfig(_MUDADA),))
        try:
            dela = partial(_e_a_empresa, cnpj=empresa)
            novo = mudado_no_item(conteudo, "empresas", dela, mudar) if empresa else mudado(conteudo, mudar)
        except RecusadaError as erro:
            return _recusa(arquivo, str(erro))
        conferida = interpretar(novo, arquivo)
        if isinstance(conferida, Invalida):
            return conferida
        editada = Editada(conferida.configuracao, rota() if rota else None)
        with gravando(editada.rota):
            if novo != conteudo:
                gravar(arquivo, novo)
        return editada


def _simples(valor: str) -> str | int | float:
    """Returns numbers as numbers, so that they are written without quotes, as a person would write them."""
    texto = valor.strip()
    if re.fullmatch(r"0|[1-9][0-9]{0,8}", texto):
        return int(texto)
    if re.fullmatch(r"[0-9]{1,6}[.,][0-9]{1,6}", texto):
        return float(texto.replace(",", "."))
    return texto


def _itens(texto: str) -> list[Any]:
    """Returns what stands between commas. Registry numbers are quoted: YAML would take them for numbers."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString  # noqa: PLC0415

    itens = (_simples(item.strip().strip("\"'")) for item in texto.split(",") if item.strip())
    return [DoubleQuotedScalarString(i) if isinstance(i, str) and i.isdigit() else i for i in itens]


def _em_linha(itens: list[Any]) -> Any:
    from ruamel.yaml.comments import CommentedSeq  # noqa: PLC0415

    lista = CommentedSeq(itens)
    lista.fa.set_flow_style()
    return lista


def _valor_de_rota(nome: str, valor: str | bool | int | list[str]) -> Any:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString  # noqa: PLC0415

    recusar_do_windows(nome, valor)
    if nome != "arquivo":
        return valor
    finais = [DoubleQuotedScalarString(v) for v in (valor if isinstance(valor, list) else [str(valor)])]
    return finais[0] if len(finais) == 1 else _em_linha(finais)


def _lista_do(documento: Documento, nome: str) -> Any:
    lista = documento.get(nome)
    if lista is not None and not isinstance(lista, list):
        raise RecusadaError(f'a chave "{nome}" deve ser uma lista; corrija o arquivo antes')
    return lista or []


def _empresa(documento: Documento, cnpj: str) -> Any:
    achada = next((mapa for mapa in _lista_do(documento, "empresas") if _cnpj_de(mapa) == cnpj), None)
    if achada is None:
        raise RecusadaError(f"não há empresa {cnpj}; veja as que existem com: separador empresas listar")
    return achada


def _e_a_empresa(no: Node, cnpj: str | None) -> bool:
    pares = no.value if isinstance(no, MappingNode) else ()
    return any(chave.value == "cnpj" and _cnpj_de({"cnpj": valor.value}) == cnpj for chave, valor in pares)


def _cnpj_de(mapa: Any) -> str:
    return re.sub(r"[./-]", "", str(mapa.get("cnpj", ""))).upper() if isinstance(mapa, dict) else ""


def _preencher(mapa: Any, campos: Mapping[str, Any]) -> None:
    """Writes keys into a group. Registry numbers are quoted: YAML would take them for numbers."""
    comentarios.mudando(mapa, lambda: _por_chaves(mapa, campos))


def _por_chaves(mapa: Any, campos: Mapping[str, Any]) -> None:
    from ruamel.yaml.comments import CommentedMap  # noqa: PLC0415
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString  # noqa: PLC0415

    for nome, valor in campos.items():
        if isinstance(valor, Mapping):
            if not isinstance(mapa.get(nome), dict):
                mapa[nome] = CommentedMap()
            _preencher(mapa[nome], valor)
        elif valor is None:
            comentarios.retirar(mapa, nome)
        elif isinstance(valor, list):
            comentarios.trocar(mapa, nome, _em_linha(valor))
        else:
            mapa[nome] = DoubleQuotedScalarString(valor) if str(valor).isdigit() else valor


def _proximo_id(documento: Documento, conhecidos: Mapping[int, str]) -> int:
    """Returns one more than every id in the file and every id ever used: no id is used again."""
    rotas = [r for r in _lista_do(documento, "rotas") if isinstance(r, dict)]
    do_arquivo = [int(str(r["id"])) for r in rotas if str(r.get("id")).isdigit()]
    # Routes without an id in the file get theirs from the service. Room is left for them.
    sem_id = sum(1 for r in rotas if r.get("id") is None)
    return max((*do_arquivo, *conhecidos), default=0) + sem_id + 1


def _acrescentar(documento: Documento, campos: Campos) -> None:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq  # noqa: PLC0415

    mapa = CommentedMap()
    for nome in CHAVES_ROTA:
        valor = campos.get(nome)
        if valor is not None:
            mapa[nome] = _valor_de_rota(nome, valor)
    rotas = _lista_do(documento, "rotas")
    if not rotas or all(r.fa.flow_style() for r in rotas if isinstance(r, CommentedMap)):
        mapa.fa.set_flow_style()
    if not documento.get("rotas"):
        documento["rotas"] = CommentedSeq([mapa])
    else:
        documento["rotas"].append(mapa)


def _achar_rota(arquivo: Path, documento: Documento, rota: int, conhecidos: Mapping[int, str]) -> Any:
    rotas = _lista_do(documento, "rotas")
    for mapa in rotas:
        if isinstance(mapa, dict) and str(mapa.get("id")) == str(rota):
            return mapa
    conteudo = ler_bytes(arquivo)
    conferida = interpretar(conteudo, arquivo) if isinstance(conteudo, bytes) else None
    if isinstance(conferida, Conferida):
        for mapa, lida in zip(rotas, atribuir_ids(conferida.configuracao.rotas, conhecidos), strict=True):
            if lida.id == rota:
                return mapa
    raise RecusadaError(f"não há rota com o id {rota}; veja as que existem com: separador rotas listar")
