"""Decides one document from its fields, family by family; what a family lacks, those that need it do not judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from separador.fiscal.emissao.achados import Decisao
from separador.fiscal.emissao.ambiente import desvio
from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.especies import gtve, modal, os, simplificado
from separador.fiscal.emissao.especies.gtve import Guia
from separador.fiscal.emissao.especies.modal import Modal
from separador.fiscal.emissao.especies.os import Os
from separador.fiscal.emissao.especies.simplificado import Entrega
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.pessoas import Emitente
from separador.fiscal.emissao.regras import (
    cobranca,
    documentos,
    ibscbs,
    icms,
    locais,
    mercadoria,
    natureza,
    observacao,
    operacao,
    partes,
    pedidos,
    registro,
    servicos,
    tomador,
)  # fmt: skip
from separador.fiscal.emissao.regras.cobranca import Cobranca
from separador.fiscal.emissao.regras.documentos import Anterior
from separador.fiscal.emissao.regras.ibscbs import IbsCbs
from separador.fiscal.emissao.regras.icms import Icms
from separador.fiscal.emissao.regras.locais import Percurso
from separador.fiscal.emissao.regras.mercadoria import Mercadoria
from separador.fiscal.emissao.regras.natureza import Natureza
from separador.fiscal.emissao.regras.operacao import Operacao
from separador.fiscal.emissao.regras.partes import Partes
from separador.fiscal.emissao.regras.registro import Registro
from separador.fiscal.emissao.regras.servicos import Prestacao
from separador.fiscal.emissao.regras.tomador import Tomador
from separador.nucleo.tipo import Tipo

SERIES = (range(890), range(900, 920), range(970, 1000))


@dataclass(frozen=True, slots=True)
class Conhecimento:
    """One decided document: everything but its number. `emissao`: at the issuer's offset. `tomador` None: baggage that
    nobody is charged for. `icms` None: a GTV-e, which has no taxes. `os`, `entregas`, `guia`: of the kind that has
    them."""

    campo: str
    cte: No
    operacao: Operacao
    emitente: Emitente
    serie: int
    emissao: datetime
    modal: Modal
    partes: Partes
    tomador: Tomador | None
    percurso: Percurso
    natureza: Natureza
    prestacao: Prestacao
    receber: Decimal
    icms: Icms | None
    ibscbs: IbsCbs | None
    iest: str
    mercadoria: Mercadoria | None
    notas: tuple[No, ...]
    anteriores: tuple[Anterior, ...]
    observacao: str
    obs_contribuinte: tuple[tuple[str, str], ...]
    obs_fisco: tuple[tuple[str, str], ...]
    autorizados: tuple[str, ...]
    registro: Registro
    decisoes: tuple[Decisao, ...]
    os: Os | None = None
    entregas: tuple[Entrega, ...] = ()
    guia: Guia | None = None
    cobranca: Cobranca | None = None


def decidir(caso: Caso) -> Conhecimento | None:
    """Returns the CT-e; None when something is wrong with it (told in `caso.achados`)."""
    antes = len(caso.achados.erros) + len(caso.achados.faltas)
    oper = operacao.decidir(caso)
    emissor = partes.transportadora(caso, rodo=oper is None or modal.tem_rodo(caso.cte, oper))
    if oper is None:
        return None
    meio = modal.decidir(caso, oper)
    listas = pedidos.juntar(caso)
    partes_ = partes.decidir(caso, oper)
    toma = tomador.decidir(caso, oper, partes_)
    entregas = simplificado.decidir(caso) if oper.simplificado else ()
    guia = gtve.decidir(caso) if oper.gtve else None
    percurso = _percurso(caso, oper, partes_, entregas, guia)
    locais.conferir_coleta_entrega(caso)
    notas = notas_de(caso.cte) if oper.simplificado else registro.nos(listas["notas"])
    anteriores = _documentos(caso, oper, listas, notas, partes_, toma)
    soma = documentos.soma(notas)
    carga = mercadoria.decidir(caso, oper, _medidas(listas, notas), soma)
    guardado = registro.decidir(caso, partes_, listas, notas, emissor.cnpj if emissor is not None else "")
    textos = (observacao.observacao(caso, guardado), observacao.do_contribuinte(caso), observacao.do_fisco(caso))
    serie = _serie(caso, emissor)
    prestada = _prestar(caso, oper, _circunstancia(oper, emissor, toma, percurso), soma, entregas or ())
    da_os = None
    if oper.os:
        total = prestada[0].total if prestada is not None else None
        seguros = registro.dicionarios(guardado["seguros"])
        da_os = os.decidir(caso, oper, seguros, total, percurso, rodo=meio is not None and meio.rodoviario)
    if emissor is None or percurso is None or prestada is None or serie is None or meio is None:
        return None
    if toma is None and len(caso.achados.erros) + len(caso.achados.faltas) > antes:
        return None
    prestacao, uf = prestada[0], emissor.endereco.local.uf
    emissao = caso.ambiente.agora.astimezone(timezone(timedelta(hours=desvio(uf)))).replace(microsecond=0)
    nat = natureza.decidir(caso, prestacao.tributacao, percurso, uf if oper.modelo == "57" else "")
    imposto = None if oper.gtve else icms.decidir(caso, prestacao.total, prestacao.tributacao, percurso, uf)
    if imposto is None and not oper.gtve:
        return None
    receber = _receber(caso, prestacao.total)
    tributada = _tributar(caso, emissor, prestada, imposto, receber, emissao.date())
    cobrada = cobranca.decidir(caso, oper, receber, emissao.date())
    _conferir_referidos(caso, oper)
    if len(caso.achados.erros) + len(caso.achados.faltas) > antes:
        return None
    caso.decidir("registro", ", ".join(n for n, v in guardado.items() if v), "o leiaute 4.00 não tem lugar", "EMIS-24")
    iest = "" if imposto is None else _iest(caso, imposto, emissor, percurso, toma)
    return Conhecimento(
        caso.cte.campo, caso.cte, oper, emissor, serie, emissao, meio, partes_, toma, percurso, nat, prestacao, receber,
        imposto, tributada[0], iest, carga, tuple(notas), anteriores, *textos,
        caso.cte.textos("autorizados") or emissor.autorizados,
        {**guardado, "financeiro": oper.financeiro, **_titulos(cobrada)},
        tuple(caso.decisoes), da_os, tributada[1], guia, cobrada,
    )  # fmt: skip


def _titulos(cobrada: Cobranca | None) -> Registro:
    return {"cobranca": cobrada.titulos} if cobrada is not None else {}


def notas_de(cte: No) -> list[No]:
    """Returns the invoices of a CT-e: those of its deliveries, else its own and those of its orders."""
    entregas = cte.nos("entregas")
    return [n for e in entregas for n in e.nos("notas")] if entregas else pedidos.notas(cte)


def _percurso(
    caso: Caso, oper: Operacao, partes_: Partes, entregas: Sequence[Entrega] | None, guia: Guia | None
) -> Percurso | None:  # fmt: skip
    if oper.simplificado:
        return simplificado.percurso(caso, entregas) if entregas else None
    return gtve.percurso(caso, guia, partes_) if oper.gtve else locais.decidir(caso, oper, partes_)


def _documentos(
    caso: Caso, oper: Operacao, listas: Mapping[str, Sequence[No | str]], notas: Sequence[No], partes_: Partes,
    toma: Tomador | None,
) -> tuple[Anterior, ...]:  # fmt: skip
    """Tests the documents of the goods, and returns the previous ones. Only a CT-e has them outside of deliveries."""
    if oper.especie is not Tipo.CTE:
        return ()
    documentos.conferir_notas(caso, notas, oper)
    documentos.avisar_de_outro_emitente(caso, notas, partes_.remetente)
    quem = toma.pessoa if toma is not None else None
    return documentos.anteriores(caso, oper, registro.nos(listas["documentos_anteriores"]), quem)


def _medidas(listas: Mapping[str, Sequence[No | str]], notas: Sequence[No]) -> list[No]:
    return [*registro.nos(listas["medidas"]), *(m for n in notas for m in n.nos("medidas"))]


def _circunstancia(
    oper: Operacao, emissor: Emitente | None, toma: Tomador | None, percurso: Percurso | None
) -> servicos.Circunstancia:  # fmt: skip
    uf = emissor.endereco.local.uf if emissor is not None else ""
    uf_toma = toma.pessoa.endereco.local.uf if toma is not None else ""
    dada = oper.modelo == "57" and percurso is not None and natureza.iniciado_fora(percurso, uf)
    return servicos.Circunstancia((uf, uf_toma), emissor.crt if emissor is not None else "3", dada, oper.os)


_Prestada = tuple[Prestacao, tuple[Entrega, ...]]


def _prestar(
    caso: Caso, oper: Operacao, c: servicos.Circunstancia, soma: Decimal, entregas: Sequence[Entrega]
) -> _Prestada | None:  # fmt: skip
    """Returns the services as one, and the deliveries with theirs. None: something is wrong with them (told)."""
    if oper.simplificado:
        return simplificado.prestar(caso, entregas, c) if entregas else None
    prestacao = gtve.prestacao(caso) if oper.gtve else servicos.decidir(caso, soma, c)
    return (prestacao, ()) if prestacao is not None else None


def _tributar(
    caso: Caso, emissor: Emitente, prestada: _Prestada, imposto: Icms | None, receber: Decimal, dia: date
) -> tuple[IbsCbs | None, tuple[Entrega, ...]]:  # fmt: skip
    """Returns IBS and CBS of the whole, and the deliveries with theirs."""
    prestacao, entregas = prestada
    if imposto is None:
        return None, ()
    if not entregas:
        return ibscbs.decidir(caso, emissor, prestacao.total, imposto, prestacao.tributacao, dia), ()
    tributadas = simplificado.tributar(caso, emissor, entregas, imposto, receber, dia)
    return simplificado.somado(tributadas), tributadas


def _serie(caso: Caso, emissor: Emitente | None) -> int | None:
    dita = caso.cte.numero("serie")
    serie = int(dita) if dita is not None else emissor.serie if emissor is not None else None
    if serie is None or "serie" in caso.cte.ruins:
        return None
    if not any(serie in faixa for faixa in SERIES):
        fazer = "Use 0 a 889, 900 a 919 ou 970 a 999."
        caso.errar("SEP-EMIS-22", "serie", f"A série {serie} não serve para CT-e.", fazer)
        return None
    return serie


def _receber(caso: Caso, total: Decimal) -> Decimal:
    receber = caso.cte.numero("valor_receber")
    if receber is not None and receber > total:
        mensagem = f"O valor a receber, {receber:.2f}, passa do valor da prestação, {total:.2f}."
        caso.errar("531", "valor_receber", mensagem, "Corrija o valor, ou retire.", regra="EMIS-22")
    return total if receber is None else receber


def _conferir_referidos(caso: Caso, oper: Operacao) -> None:
    """Demands the documents that a complement, a substitution or a multimodal CT-e refers to, of its own model."""
    for campo, pede, nome in (
        ("cte_complementados", oper.complementar, "complementar"),
        ("cte_substituido", oper.substituicao, "de substituição"),
        ("cte_multimodal", oper.multimodal, "vinculado a multimodal"),
    ):
        if pede and not caso.cte.dado(campo):
            caso.errar("SEP-EMIS-22", campo, f"Um CT-e {nome} exige {campo}.", "Preencha o campo.")
    complementados = (
        (chave, f"{caso.cte.em('cte_complementados')}[{i}]")
        for i, chave in enumerate(caso.cte.textos("cte_complementados"), 1)
    )
    substituido = caso.cte.no("cte_substituido") or No()
    for chave, campo in (*complementados, (substituido.texto("chave"), substituido.em("chave"))):
        if chave and chave[20:22] != oper.modelo:
            mensagem = f"A chave é do modelo {chave[20:22]}, e este documento é do {oper.modelo}."
            caso.achados.errar("SEP-CARGA-VALOR", campo, mensagem, "Confira a chave.")


def _iest(caso: Caso, imposto: Icms, emissor: Emitente, percurso: Percurso, toma: Tomador | None) -> str:
    """Returns the registration as a substitute in the state where the service ends (EMIS-19)."""
    uf = percurso.fim.uf
    uf_toma = toma.pessoa.endereco.local.uf if toma is not None else ""
    iest = emissor.iest.texto(uf) if imposto.grupo == icms.ICMS60 else ""
    if iest and uf_toma != uf:
        mensagem = f"A IEST é de {uf}, onde o serviço termina, e o tomador é de {uf_toma}."
        caso.achados.avisar("SEP-IEST-UF", caso.cte.em("tomador"), mensagem)
    return iest
