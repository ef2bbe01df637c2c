"""Who appears in `separador demo`: every file that is dropped, what must become of it, and where that is to be seen.

A table of data. Times come in from outside; the same time gives the same files.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from separador.demonstracao import eventos, exportacoes, outros_modelos, ruins
from separador.demonstracao.exportacoes import Exportacao
from separador.dominio.etapa import Desfecho
from separador.dominio.situacao import Situacao

CTE, GERAL, PEDIDOS, VALIDAR = "inbox/cte", "inbox/geral", "inbox/pedidos", "inbox/validar"
WMS = "outbox/wms"


@dataclass(frozen=True, slots=True)
class Resposta:
    """What SEFAZ says about a document: one code for each time it is sent (the last one repeats), one for events."""

    documento: tuple[str, ...] = ("100",)
    evento: str = "135"


@dataclass(frozen=True, slots=True)
class Papel:
    """One file and its part. `onde` is relative to the demonstration's folder; `codigos` those of a refusal.

    `situacao` is that of the document when the act ends. `transmitido`: the other program gets something to send.
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
    resposta: Resposta | None = None
    transmitido: bool = False
    em_partes: bool = False

    @property
    def apelido(self) -> str:
        """Short name of the document on the screen."""
        return self.nome.removesuffix("-cte.xml")


def primeiro_ato(agora: datetime) -> tuple[Papel, ...]:
    """The exports of a day: the four kinds, some that SEFAZ refuses, some that must never leave, and a plain file."""
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
            Resposta(evento="528"),
        ),
        _rejeitado("pedido-1008", exportacoes.cte(1008, agora=agora), "CT-e, a SEFAZ vai rejeitar", ("230",)),
        _rejeitado(
            "pedido-1009", exportacoes.cte(1009, agora=agora), "CT-e, rejeitado e depois corrigido", ("426", "100")
        ),
        _ruim("erro-esquema", "esquema-varios", agora, "vários erros de esquema"),
        _ruim("erro-regras", "regras", agora, "cinco regras do manual desrespeitadas"),
        _ruim("erro-ambiente", "ambiente", agora, "CT-e de produção; aqui é homologação"),
        _ruim("erro-texto", "nao-xml", agora, "nem XML é"),
        _comum(),
        _conferido(exportacoes.cte(1010, agora=agora)),
    )


def segundo_ato(agora: datetime) -> tuple[Papel, ...]:
    """What comes after the first returns: a correction, a letter of correction, orders to cancel, a repeated file."""
    corrigido = exportacoes.cte(1009, agora=agora, variante="interna")
    cancelado, negado, intacto = (exportacoes.chave_cte(n, agora=agora) for n in (1006, 1007, 1001))
    carta = eventos.carta_de_correcao(intacto, agora=agora)
    motivo = "CARGA DEVOLVIDA AO REMETENTE ANTES DO EMBARQUE"
    return (
        _bom("pedido-1009-corrigido", corrigido, "o mesmo número, corrigido"),
        Papel(
            "carta-1001-ped-eve.xml", CTE, carta.dados, "carta de correção do 1001", Desfecho.ENTREGUE,
            f"{WMS}/{intacto}_110110_001-procEventoCTe.xml", intacto, situacao=Situacao.AUTORIZADO, transmitido=True,
        ),
        Papel(
            "cancelar-1006.json", PEDIDOS, eventos.pedido("cancelar", cancelado, motivo=motivo).dados,
            "pedido de cancelamento", Desfecho.ENTREGUE, f"{WMS}/{cancelado}_110111_001-procEventoCTe.xml", cancelado,
            situacao=Situacao.CANCELADO, transmitido=True,
        ),
        Papel(
            "cancelar-1007.json", PEDIDOS, eventos.pedido("cancelar", negado, motivo=motivo).dados,
            "pedido que a SEFAZ nega", Desfecho.ENTREGUE, f"{WMS}/cancelar-1007-eve.xml", negado,
            situacao=Situacao.CANCELAMENTO_REJEITADO, transmitido=True,
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


def _bom(base: str, e: Exportacao, fala: str, resposta: Resposta | None = None) -> Papel:
    return Papel(
        f"{base}-cte.xml", CTE, e.dados, fala, Desfecho.ENTREGUE, f"{WMS}/{e.chave}-procCTe.xml", e.chave,
        situacao=Situacao.AUTORIZADO, resposta=resposta or Resposta(), transmitido=True,
    )  # fmt: skip


def _rejeitado(base: str, e: Exportacao, fala: str, codigos: tuple[str, ...]) -> Papel:
    papel = _bom(base, e, fala, Resposta(codigos))
    return replace(papel, situacao=Situacao.REJEITADO, onde=f"{WMS}/{base}-pro-rec.xml")


def _ruim(base: str, especie: str, agora: datetime, fala: str) -> Papel:
    r = ruins.ruim(especie, 2000 + len(especie), agora=agora)
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
