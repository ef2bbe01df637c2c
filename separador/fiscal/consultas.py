"""Reads queries that somebody drops as a file: consSitCTe and consStatServCTe (MOC 4.00, Visão Geral, 4.5 and 4.6).

They are read for what they ask, and never handed on as they are. So UniNFe's own `tpEmis`, a BOM, blanks and the old
spelling of the root do not reach SEFAZ: the query is built anew. In a status query `tpEmis` says which service is meant
(7 and 8: the contingency's).
"""

import re
from dataclasses import dataclass

from lxml import etree

from separador.fiscal import esquema
from separador.fiscal.leitura import ler
from separador.fiscal.mensagens.regra import ATRIBUTO, descrever
from separador.fiscal.nomes import CTE, linha
from separador.fiscal.regras.ufs import SIGLA_UF
from separador.fiscal.restricoes import namespace
from separador.nucleo.chave import FORMATO_CHAVE, chave_valida, dv11
from separador.nucleo.erro import SOBRE_CONSULTA, Erro, Recusa
from separador.nucleo.texto.quantidade import quantos
from separador.nucleo.tipo import Tipo

_STATUS = frozenset({Tipo.STATUS.value, "consStatServCte"})  # the second as layouts before 4.00 spelled it
LIMITE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class ConsultaLida:
    """A query.

    `chave`: of a situation. `uf` (IBGE code): of the service's status. `svc`: the contingency's status is meant. For a
    situation the key's own tpEmis says which service is asked.
    """

    tipo: Tipo
    tp_amb: str
    chave: str | None = None
    uf: str | None = None
    svc: bool = False


def e_consulta(preparado: object) -> bool:
    """Says whether an export was refused for being a query: in a UniNFe folder only the root tells them apart."""
    if not isinstance(preparado, Recusa):
        return False
    return any(e.codigo == "SEP-XML-TIPO" and e.tag in (Tipo.CONSULTA, *_STATUS) for e in preparado.erros)


def ler_consulta(dados: bytes, tp_amb: str) -> ConsultaLida | Recusa:
    """Reads what a file asks, in the environment `tp_amb`.

    Codes: those of SEFAZ (236, 252, 410…), SEP-XML-TIPO.
    """
    lido = ler(dados, LIMITE_BYTES)
    if isinstance(lido, Recusa):
        return lido
    if lido.raiz_local == Tipo.CONSULTA.value:
        return _situacao(lido.raiz, tp_amb)
    if lido.raiz_local in _STATUS:
        return _servico(lido.raiz, tp_amb)
    return Recusa((_desconhecido(lido.raiz_local),))


def _situacao(raiz: etree._Element, tp_amb: str) -> ConsultaLida | Recusa:
    chave = _texto(raiz, "chCTe")
    erros = _comuns(raiz, tp_amb, "CONSULTAR", "L01")
    if not chave_valida(chave) or chave[:2] not in SIGLA_UF:
        detalhe = f"a UF dentro dela é {chave[:2]}" if chave_valida(chave) else _defeito(chave)
        erros.append(_erro(raiz, "236", "L03", "chCTe", detalhe, None, "A chave é uma chave de acesso válida de CT-e."))
    if erros:
        return Recusa(tuple(erros), chave if chave_valida(chave) else None, SOBRE_CONSULTA)
    return ConsultaLida(Tipo.CONSULTA, tp_amb, chave=chave)


def _defeito(chave: str) -> str:
    if not FORMATO_CHAVE.fullmatch(chave):
        return f"tem {quantos(len(chave), 'letra', 'letras')} sem contar espaços, e não a forma de uma chave"
    return f"o último algarismo não confere com os outros, que dão {dv11(chave[:43])}"


def _servico(raiz: etree._Element, tp_amb: str) -> ConsultaLida | Recusa:
    uf = _texto(raiz, "cUF")
    erros = _comuns(raiz, tp_amb, "STATUS", "M01")
    if uf not in SIGLA_UF:
        erros.append(_erro(raiz, "410", "C07", "cUF", "não existe", "35", "O código é o de uma UF na tabela do IBGE."))
    if erros:
        return Recusa(tuple(erros), sobre=SOBRE_CONSULTA)
    return ConsultaLida(Tipo.STATUS, tp_amb, uf=uf, svc=_texto(raiz, "tpEmis") in ("7", "8"))


def _comuns(raiz: etree._Element, tp_amb: str, servico: str, regra_ambiente: str) -> list[Erro]:
    erros = []
    if raiz.tag.rpartition("}")[0] != "{" + CTE:
        erros.append(namespace(raiz))
    if raiz.get("versao") not in (None, "4.00"):
        erros.append(_erro(raiz, "239", "C06", "@versao", "", "4.00", "A versão do leiaute é a 4.00."))
    if _texto(raiz, "tpAmb") != tp_amb:
        detalhe, certo = f"este serviço trabalha no ambiente {tp_amb}", "O ambiente é o configurado neste serviço."
        erros.append(_erro(raiz, "252", regra_ambiente, "tpAmb", detalhe, tp_amb, certo))
    if _texto(raiz, "xServ") != servico:
        erros.append(_erro(raiz, "215", "C01", "xServ", "", servico, f"O serviço pedido é sempre {servico}."))
    return erros


def _texto(raiz: etree._Element, nome: str) -> str:
    """Returns the text of the first child of that local name, without blanks."""
    filho = next(raiz.iterchildren(f"{{*}}{nome}"), None)
    return re.sub(r"\s+", "", filho.text or "") if filho is not None else ""


def _erro(
    raiz: etree._Element, codigo: str, regra: str, tag: str, detalhe: str, certo: str | None, descricao: str
) -> Erro:
    no = next(raiz.iterchildren(f"{{*}}{tag}"), None) if not tag.startswith(ATRIBUTO) else None
    alvo = no if no is not None else raiz
    mensagem = descrever(esquema.campos(raiz, Tipo.CONSULTA), alvo, tag, detalhe, certo, descricao)
    fazer = "Corrija a consulta no sistema que a gerou e solte-a de novo."
    return Erro(codigo, regra, mensagem, fazer, linha(alvo), tag.removeprefix(ATRIBUTO))


def _desconhecido(raiz_local: str) -> Erro:
    return Erro(
        "SEP-XML-TIPO",
        "SEP",
        f"O elemento raiz <{raiz_local}> não é consulta de situação (consSitCTe) nem de serviço (consStatServCTe).",
        "Coloque nesta pasta só consultas; documentos e retornos têm rotas próprias.",
        tag=raiz_local,
    )
