"""Holds the files that `separador demo` drops, each with the outcome that it must have and the place to see it.

It is a table of data. The time comes from outside; the same time gives the same files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from separador.demonstracao import cargas, eventos, exportacoes, exportacoes_com_erro, outros_modelos
from separador.demonstracao.exportacoes import Exportacao
from separador.nucleo.etapa import Desfecho
from separador.nucleo.situacao import Situacao

CTE, GERAL, PEDIDOS, VALIDAR = "inbox/cte", "inbox/geral", "inbox/pedidos", "inbox/validar"
CARGAS = "inbox/cargas"
WMS = "outbox/wms"


Falha = Mapping[str, Any]
"""One item of a script of the local SEFAZ (separador simulador sefaz --ajuda-falhas), without the key."""

NEGADO: Falha = {"falha": "cstat", "cstat": "528", "tp_evento": "110111"}
PERDIDA: Falha = {"falha": "queda-depois", "servico": "recepcao", "vezes": 1}
DEMORA: Falha = {"falha": "queda-antes", "tp_evento": "110111", "atraso_ms": 2000}


def _codigo(cstat: str, vezes: int = 0) -> Falha:
    return {"falha": "cstat", "cstat": cstat, "servico": "recepcao", "vezes": vezes}


@dataclass(frozen=True, slots=True)
class Papel:
    """One file and its part. `onde`, `tambem`: relative to the demonstration's folder; `codigos`: those of a refusal.

    `situacao` is that of the document when the act ends. `falha`: the fault of the local SEFAZ for its document.
    `documentos`: so many documents come of it, named in its answer, each with its files (`de_cada`: their endings)
    before the act is over. `chamadas` (service, number): the calls about it that SEFAZ must get before that.
    """

    nome: str
    pasta: str
    dados: bytes
    fala: str
    desfecho: Desfecho
    onde: str
    chave: str = ""
    codigos: tuple[str, ...] = ()
    situacao: Situacao | None = None
    falha: Falha | None = None
    chamadas: tuple[str, int] | None = None
    tambem: tuple[str, ...] = ()
    em_partes: bool = False
    documentos: int = 0
    de_cada: tuple[str, ...] = ("procCTe.xml", "dacte.pdf")

    @property
    def apelido(self) -> str:
        """Returns the short name of the document on the screen."""
        return self.nome.removesuffix("-cte.xml")


def primeiro_ato(agora: datetime) -> tuple[Papel, ...]:
    """Returns the exports of a day.

    They are the four kinds, some that SEFAZ refuses, some that must never leave, and a plain file.
    """
    return (
        _bom("pedido-1001", exportacoes.cte(1001, agora=agora), "CT-e, 34 notas fiscais"),
        _bom("pedido-1002", outros_modelos.cte_simp(1002, agora=agora), "CT-e Simplificado, três entregas"),
        replace(
            _bom("pedido-1003", exportacoes.cte(1003, agora=agora, variante="acentos"), "CT-e, gravado aos poucos"),
            em_partes=True,
        ),
        _bom("pedido-1004", outros_modelos.cte_os(1004, agora=agora), "CT-e OS, transporte de pessoas"),
        _bom("pedido-1005", outros_modelos.gtve(1005, agora=agora), "GTV-e, transporte de valores"),
        _bom("pedido-1006", exportacoes.cte(1006, agora=agora, variante="icms20"), "CT-e, será cancelado"),
        _bom(
            "pedido-1007",
            exportacoes.cte(1007, agora=agora, variante="tomador-terceiro"),
            "CT-e, o cancelamento será negado",
            NEGADO,
        ),
        _rejeitado("pedido-1008", exportacoes.cte(1008, agora=agora), "CT-e, a SEFAZ vai rejeitar", _codigo("230")),
        _rejeitado(
            "pedido-1009", exportacoes.cte(1009, agora=agora), "CT-e, rejeitado e depois corrigido", _codigo("426", 1)
        ),
        _bom("pedido-1011", exportacoes.cte(1011, agora=agora), "CT-e, cancelado por engano e estornado", DEMORA),
        replace(
            _bom("pedido-1012", exportacoes.cte(1012, agora=agora), "CT-e, a resposta da SEFAZ se perde", PERDIDA),
            chamadas=("consulta", 1),
        ),
        _ruim("erro-esquema", "esquema-varios", agora, "vários erros de esquema"),
        _ruim("erro-regras", "regras", agora, "cinco regras do manual desrespeitadas"),
        _ruim("erro-ambiente", "ambiente", agora, "CT-e de produção; aqui é simulado"),
        _ruim("erro-texto", "nao-xml", agora, "nem XML é"),
        _comum(),
        _conferido(exportacoes.cte(1010, agora=agora)),
        _carga("45871", cargas.carga(agora), "uma carga do WMS, três CT-e", cargas.DOCUMENTOS),
        replace(
            _carga(cargas.CORRIGIDA, cargas.a_corrigir(agora, corrigida=False), "uma carga que a SEFAZ vai rejeitar"),
            de_cada=("pro-rec.xml",), falha={**_codigo("426", 1), "serie": cargas.SERIE_CORRIGIDA},
        ),
    )  # fmt: skip


def segundo_ato(agora: datetime) -> tuple[Papel, ...]:
    """Returns the files that follow the first returns.

    They are a correction, a letter of correction, orders to cancel, and a repeated file.
    """
    corrigido = exportacoes.cte(1009, agora=agora, variante="interna")
    cancelado, negado, estornado, intacto = (exportacoes.chave_cte(n, agora=agora) for n in (1006, 1007, 1011, 1001))
    carta = eventos.carta_de_correcao(intacto, agora=agora)
    motivo = "CARGA DEVOLVIDA AO REMETENTE ANTES DO EMBARQUE"
    return (
        Papel(
            "cancelar-1011.json", PEDIDOS, eventos.pedido("cancelar", estornado, motivo=motivo).dados,
            "pedido de cancelamento, do documento errado", Desfecho.ENTREGUE, f"{WMS}/cancelar-1011-ret.json",
            estornado,
        ),
        _bom("pedido-1009-corrigido", corrigido, "o mesmo número, corrigido"),
        _carga(f"{cargas.CORRIGIDA}-2", cargas.a_corrigir(agora, corrigida=True), "a carga corrigida, o mesmo número"),
        _carga(
            cargas.DE_VALORES, cargas.de_valores(outros_modelos.gtve(1005, agora=agora).chave),
            "uma carga de CT-e OS, com a GTV-e do 1005",
        ),
        Papel(
            "carta-1001-ped-eve.xml", CTE, carta.dados, "carta de correção do 1001", Desfecho.ENTREGUE,
            f"{WMS}/{intacto}_110110_001-procEventoCTe.xml", intacto, situacao=Situacao.AUTORIZADO,
            tambem=(f"{WMS}/{intacto}_110110_001-evento.pdf",),
        ),
        Papel(
            "estornar-1011.json", PEDIDOS,
            eventos.pedido("estornar", estornado, motivo="CANCELADO POR ENGANO, A CARGA SEGUE VIAGEM").dados,
            "estorno, enquanto a SEFAZ demora", Desfecho.ENTREGUE, f"{WMS}/estornar-1011-ret.json", estornado,
            situacao=Situacao.AUTORIZADO, chamadas=("consulta", 1),
        ),
        Papel(
            "cancelar-1006.json", PEDIDOS, eventos.pedido("cancelar", cancelado, motivo=motivo).dados,
            "pedido de cancelamento", Desfecho.ENTREGUE, f"{WMS}/{cancelado}_110111_001-procEventoCTe.xml", cancelado,
            situacao=Situacao.CANCELADO, tambem=(f"{WMS}/{cancelado}_110111_001-evento.pdf",),
        ),
        Papel(
            "cancelar-1007.json", PEDIDOS, eventos.pedido("cancelar", negado, motivo=motivo).dados,
            "pedido que a SEFAZ nega", Desfecho.ENTREGUE, f"{WMS}/cancelar-1007-eve.xml", negado,
            situacao=Situacao.CANCELAMENTO_REJEITADO,
        ),
        Papel(
            "cancelar-1001.json", PEDIDOS, eventos.pedido("cancelar", intacto, motivo="ERRO").dados,
            "pedido com motivo curto demais", Desfecho.RECUSADO, f"{WMS}/cancelar-1001-ret.json", intacto,
            ("SEP-MOTIVO",), Situacao.AUTORIZADO,
        ),
        Papel(
            "pedido-1001-copia-cte.xml", CTE, exportacoes.cte(1001, agora=agora).dados, "o 1001 outra vez",
            Desfecho.DUPLICADO, f"{WMS}/pedido-1001-copia-cte.err", intacto, situacao=Situacao.AUTORIZADO,
        ),
    )  # fmt: skip


def _bom(base: str, e: Exportacao, fala: str, falha: Falha | None = None) -> Papel:
    return Papel(
        f"{base}-cte.xml", CTE, e.dados, fala, Desfecho.ENTREGUE, f"{WMS}/{e.chave}-procCTe.xml", e.chave,
        situacao=Situacao.AUTORIZADO, falha=falha, tambem=(f"{WMS}/{e.chave}-dacte.pdf",),
    )  # fmt: skip


def _carga(base: str, dados: bytes, fala: str, documentos: int = 1) -> Papel:
    return Papel(
        f"{base}-carga.yaml", CARGAS, dados, fala, Desfecho.ENTREGUE, f"{WMS}/{base}-ret.json", documentos=documentos
    )


def _rejeitado(base: str, e: Exportacao, fala: str, falha: Falha) -> Papel:
    papel = _bom(base, e, fala, falha)
    return replace(papel, situacao=Situacao.REJEITADO, onde=f"{WMS}/{base}-pro-rec.xml", tambem=())


def _ruim(base: str, especie: str, agora: datetime, fala: str) -> Papel:
    r = exportacoes_com_erro.ruim(especie, 2000 + len(especie), agora=agora)
    return Papel(
        f"{base}-cte.xml", CTE, r.exportacao.dados, fala, Desfecho.RECUSADO, f"{WMS}/{base}-cte.err",
        codigos=r.codigos,
    )  # fmt: skip


def _comum() -> Papel:
    e = eventos.comum(1)
    nome = e.nome.decode()
    return Papel(nome, GERAL, e.dados, "arquivo comum, só muda de pasta", Desfecho.ENTREGUE, f"outbox/geral/{nome}")


def _conferido(e: Exportacao) -> Papel:
    return Papel(
        "conferir-1010.xml", VALIDAR, e.dados, "só para conferir, sem enviar", Desfecho.ENTREGUE,
        "outbox/validado/conferir-1010.xml",
    )  # fmt: skip


def roteiro(papeis: Sequence[Papel]) -> dict[str, Any]:
    """Returns the day's script for the local SEFAZ, each fault tied to its key."""
    return {"falhas": [{**p.falha, "chave": p.chave} for p in papeis if p.falha is not None]}
