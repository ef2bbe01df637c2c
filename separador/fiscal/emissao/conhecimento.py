"""Decides one CT-e 57 from its fields, family by family; what a family lacks, those that need it do not judge."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from separador.fiscal.emissao.achados import Decisao
from separador.fiscal.emissao.ambiente import desvio
from separador.fiscal.emissao.caso import Caso
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

SERIES = (range(890), range(900, 920), range(970, 1000))


@dataclass(frozen=True, slots=True)
class Conhecimento:
    """One decided CT-e: everything but its number. `emissao`: at the issuer's offset."""

    campo: str
    cte: No
    operacao: Operacao
    emitente: Emitente
    serie: int
    emissao: datetime
    partes: Partes
    tomador: Tomador
    percurso: Percurso
    natureza: Natureza
    prestacao: Prestacao
    receber: Decimal
    icms: Icms
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
    cobranca: Cobranca | None = None


def decidir(caso: Caso) -> Conhecimento | None:
    """Returns the CT-e; None when something is wrong with it (told in `caso.achados`)."""
    antes = len(caso.achados.erros) + len(caso.achados.faltas)
    oper = operacao.decidir(caso)
    emissor = partes.transportadora(caso)
    if oper is None:
        return None
    listas = pedidos.juntar(caso)
    partes_ = partes.decidir(caso, oper)
    toma = tomador.decidir(caso, partes_)
    percurso = locais.decidir(caso, oper, partes_)
    locais.conferir_coleta_entrega(caso)
    notas = registro.nos(listas["notas"])
    documentos.conferir_notas(caso, notas, oper)
    documentos.avisar_de_outro_emitente(caso, notas, partes_.remetente)
    quem = toma.pessoa if toma is not None else None
    anteriores = documentos.anteriores(caso, oper, registro.nos(listas["documentos_anteriores"]), quem)
    soma = documentos.soma(notas)
    medidas = [*registro.nos(listas["medidas"]), *(m for n in notas for m in n.nos("medidas"))]
    carga = mercadoria.decidir(caso, oper, medidas, soma)
    guardado = registro.decidir(caso, partes_, listas, notas, emissor.cnpj if emissor is not None else "")
    textos = (observacao.observacao(caso, guardado), observacao.do_contribuinte(caso), observacao.do_fisco(caso))
    serie = _serie(caso, emissor)
    uf = emissor.endereco.local.uf if emissor is not None else ""
    uf_toma = toma.pessoa.endereco.local.uf if toma is not None else ""
    dada = percurso is not None and natureza.iniciado_fora(percurso, uf)
    crt = emissor.crt if emissor is not None else "3"
    prestacao = servicos.decidir(caso, soma, servicos.Circunstancia((uf, uf_toma), crt, dada))
    if emissor is None or toma is None or percurso is None or prestacao is None or serie is None:
        return None
    emissao = caso.ambiente.agora.astimezone(timezone(timedelta(hours=desvio(uf)))).replace(microsecond=0)
    nat = natureza.decidir(caso, prestacao.tributacao, percurso, uf)
    imposto = icms.decidir(caso, prestacao.total, prestacao.tributacao, percurso, uf)
    if imposto is None:
        return None
    rtc = ibscbs.decidir(caso, emissor, prestacao.total, imposto, prestacao.tributacao, emissao.date())
    receber = _receber(caso, prestacao.total)
    cobrada = cobranca.decidir(caso, oper, receber, emissao.date())
    _conferir_referidos(caso, oper)
    if len(caso.achados.erros) + len(caso.achados.faltas) > antes:
        return None
    caso.decidir("registro", ", ".join(n for n, v in guardado.items() if v), "o leiaute 4.00 não tem lugar", "EMIS-24")
    return Conhecimento(
        caso.cte.campo, caso.cte, oper, emissor, serie, emissao, partes_, toma, percurso, nat, prestacao, receber,
        imposto, rtc, _iest(caso, imposto, emissor, percurso, uf_toma), carga, tuple(notas), anteriores, *textos,
        caso.cte.textos("autorizados") or emissor.autorizados,
        {**guardado, "financeiro": oper.financeiro, **_titulos(cobrada)}, tuple(caso.decisoes), cobrada,
    )  # fmt: skip


def _titulos(cobrada: Cobranca | None) -> Registro:
    return {"cobranca": cobrada.titulos} if cobrada is not None else {}


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
    """Demands the documents that a complement, a substitution or a multimodal CT-e refers to."""
    for campo, pede, nome in (
        ("cte_complementados", oper.complementar, "complementar"),
        ("cte_substituido", oper.substituicao, "de substituição"),
        ("cte_multimodal", oper.multimodal, "vinculado a multimodal"),
    ):
        if pede and not caso.cte.dado(campo):
            caso.errar("SEP-EMIS-22", campo, f"Um CT-e {nome} exige {campo}.", "Preencha o campo.")


def _iest(caso: Caso, imposto: Icms, emissor: Emitente, percurso: Percurso, uf_toma: str) -> str:
    """Returns the registration as a substitute in the state where the service ends (EMIS-19)."""
    uf = percurso.fim.uf
    iest = emissor.iest.texto(uf) if imposto.grupo == icms.ICMS60 else ""
    if iest and uf_toma != uf:
        mensagem = f"A IEST é de {uf}, onde o serviço termina, e o tomador é de {uf_toma}."
        caso.achados.avisar("SEP-IEST-UF", caso.cte.em("tomador"), mensagem)
    return iest
