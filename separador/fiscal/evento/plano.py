"""Turns an order for an event into what goes into its XML, or into every reason why it is refused.

The same pure function answers the command at once and the service when it carries the order out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from separador.fiscal.evento import carta_correcao, entrega
from separador.fiscal.evento.campos import Grupo, Item, Valores, conferir
from separador.fiscal.evento.fatos import PROTOCOLO_DO_EVENTO, Anterior, Conhecido, Fatos
from separador.fiscal.evento.leitores import Campo, Origem, formatar_instante
from separador.fiscal.evento.tabela import POR_TIPO, Autor, EventoFiscal
from separador.nucleo.chave import chave_valida
from separador.nucleo.falha import como_negativa
from separador.nucleo.fuso import dia_e_hora
from separador.nucleo.negativa import Negativa
from separador.nucleo.situacao import Situacao

TOLERANCIA = timedelta(minutes=5)
_DADOS = "SEP-EVENTO-DADOS"
_S = Situacao
_SEM_SUBSTITUIDO = frozenset({"110110", "110160", "110170", "610110", "610111"})
_DE_CADA_UM: dict[str, Callable[[Valores, Fatos], Iterator[Negativa]]] = {
    carta_correcao.CARTA: carta_correcao.regras,
    entrega.COMPROVANTE: entrega.comprovante,
    entrega.INSUCESSO: entrega.insucesso,
    entrega.GTV: entrega.gtv,
    entrega.MULTIMODAL: entrega.multimodal,
}


@dataclass(frozen=True, slots=True)
class Plano:
    """An event that may be sent. `autor`: CNPJ or CPF that it is written and signed for."""

    evento: EventoFiscal
    chave: str
    valores: Valores
    autor: str
    n_seq: int


def planejar(evento: EventoFiscal, dados: Mapping[str, object], f: Fatos) -> Plano | list[Negativa]:
    """Reads, fills in and checks an order.

    The refusals name what the document forbids, and every wrong field. When no field is wrong, they name every rule by
    which SEFAZ would refuse.
    """
    do_documento = list(_do_documento(evento, f))
    lidos = conferir(evento.do_pedido, dados, f.fuso)
    if lidos.erros:
        return [*do_documento, *(Negativa(_DADOS, e) for e in lidos.erros)]
    negativas = [*do_documento, *_prazos(evento, lidos.valores, f)]
    valores = _completar(evento, lidos.valores, f, negativas)
    regras = _DE_CADA_UM.get(evento.tp)
    if regras is not None:
        negativas += regras(valores, f)
    autor, n_seq = _autor(evento, lidos.valores, f), _sequencia(evento, lidos.valores, f)
    negativas += [x for x in (autor, n_seq) if isinstance(x, Negativa)]
    if negativas or isinstance(autor, Negativa) or isinstance(n_seq, Negativa):
        return negativas
    repetido = _aberto(evento, lidos.valores, valores, f)
    return [repetido] if repetido is not None else Plano(evento, f.chave, valores, autor, n_seq)


_FACULTATIVAS = frozenset({"525", "619", "861", "863", "864"})
"""A SEFAZ may leave these checks out, so they do not stop an event that came as a file."""


def conferir_pronto(evento: EventoFiscal, valores: Valores, n_seq: int, autor: str, f: Fatos) -> list[Negativa]:
    """Returns what SEFAZ is known to refuse of an event that came as a file. `valores`: read from its XML.

    Only SEFAZ's rules count. The demands that this program makes beyond them (`SEP-…`) do not stop what the author of
    the event wants: SEFAZ may know more of the document than this installation.
    """
    negativas = [*_do_documento(evento, f), *_prazos(evento, {}, f)]
    regras = _DE_CADA_UM.get(evento.tp)
    if regras is not None:
        negativas += regras(valores, f)
    if n_seq > evento.max_seq:
        negativas.append(
            Negativa("636", f"O número sequencial {n_seq} passa do que o evento permite ({evento.max_seq}).")
        )
    protocolo = f.documento.protocolo if f.documento is not None else None
    if protocolo and valores.get("nProt", protocolo) != protocolo:
        negativas.append(Negativa("222", f"O protocolo {valores['nProt']} não é o do documento, que é {protocolo}."))
    dito = valores.get(PROTOCOLO_DO_EVENTO)
    if evento.cancela is not None and dito is not None:
        vigentes = {a.protocolo for a in f.em_vigor(evento.cancela)}
        if dito not in vigentes and any(a.protocolo == dito for a in f.do_tipo(evento.cancela)):
            negativas.append(Negativa("866", f"O evento de protocolo {dito} já está cancelado."))
    if evento.autor is Autor.TOMADOR and f.tomador and autor[:8] != f.tomador[:8]:
        negativas.append(Negativa("755", f"O autor {autor} não é o tomador do documento, que é {f.tomador}."))
    return [n for n in negativas if not n.codigo.startswith("SEP-") and n.codigo not in _FACULTATIVAS]


# --- the document ----------------------------------------------------------------------------------------------------


def _do_documento(evento: EventoFiscal, f: Fatos) -> Iterator[Negativa]:
    if not chave_valida(f.chave):
        yield Negativa("236", f"A chave {f.chave} é inválida (formato ou dígito verificador).")
        return
    if f.modelo not in evento.modelos:
        codigo, lista = evento.modelo_recusado[0], " ou ".join(sorted(evento.modelos))
        yield Negativa(codigo, f"A chave é do modelo {f.modelo}; este evento é só do modelo {lista}.")
    if f.documento is not None:
        yield from _da_situacao(evento, f.documento)
        yield from _das_datas(f.documento, f.agora)
    elif evento.autor is Autor.EMITENTE:
        yield Negativa("SEP-CHAVE-DESCONHECIDA", f"Não há documento com a chave {f.chave}.")


def _da_situacao(evento: EventoFiscal, doc: Conhecido) -> Iterator[Negativa]:
    if doc.situacao is _S.CANCELADO and evento.cancela is None:
        yield Negativa("218", "O documento está CANCELADO.")
    elif doc.situacao not in (_S.AUTORIZADO, _S.CANCELAMENTO_REJEITADO, _S.CANCELADO):
        yield Negativa(
            "SEP-SITUACAO", f"O documento está {doc.situacao}: só há eventos de documento AUTORIZADO PELA SEFAZ."
        )
    elif doc.protocolo is None and any(c.origem is Origem.PROTOCOLO for c in _campos(evento.itens)):
        yield como_negativa("SEP-SEM-PROTOCOLO")
    if doc.marca == "substituído" and evento.tp in _SEM_SUBSTITUIDO:
        yield Negativa("664", "O documento foi substituído: este evento não é mais permitido.")
    if doc.marca == "denegado":
        yield Negativa("205", "O documento está denegado na SEFAZ.")


def _das_datas(doc: Conhecido, agora: datetime) -> Iterator[Negativa]:
    """Checks 634 and 637 (MOC 5.1.5, rules N23 and N24).

    The event is dated now, so a breach means that this machine's clock is behind.
    """
    limites = (
        ("634", doc.conteudo.emitido_em, "emissão do documento"),
        ("637", doc.autorizado_em, "autorização do documento"),
    )
    for codigo, quando, qual in limites:
        if quando is not None and agora < quando - TOLERANCIA:
            yield Negativa(codigo, f"A {qual} ({dia_e_hora(quando)}) é posterior ao relógio desta máquina; confira-o.")


def _prazos(evento: EventoFiscal, lidos: Valores, f: Fatos) -> Iterator[Negativa]:
    dito = lidos.get("autorizado_em")
    desde = (
        f.autorizado_em
        if f.autorizado_em is not None
        else datetime.fromisoformat(dito)
        if isinstance(dito, str)
        else None
    )
    for prazo in evento.prazos:
        if desde is not None and f.modelo in prazo.modelos and f.agora - desde > prazo.tempo:
            yield Negativa(
                prazo.codigo, f"O prazo deste evento ({prazo.escrito} desde a autorização) terminou ({prazo.codigo})."
            )


# --- filling in ------------------------------------------------------------------------------------------------------


def _campos(itens: tuple[Item, ...]) -> Iterator[Campo]:
    for item in itens:
        if isinstance(item, Campo):
            yield item
        else:
            yield from _campos(item.itens)


def _completar(evento: EventoFiscal, lidos: Valores, f: Fatos, negativas: list[Negativa]) -> Valores:
    """Returns the values that the XML takes: the ordered ones, and those that we know.

    Adds to `negativas` what is missing.
    """
    valores = dict(lidos)
    for campo in evento.extras:
        valores.pop(campo.nome, None)
    for campo in (c for c in evento.itens if isinstance(c, Campo)):
        if campo.origem is Origem.FIXO:
            valores[campo.nome] = campo.valor
        elif campo.origem is Origem.PROTOCOLO and f.documento is not None and f.documento.protocolo:
            valores[campo.nome] = f.documento.protocolo
        elif campo.origem is Origem.CANCELADO:
            _cancelado(evento, lidos, valores, f, negativas)
        elif campo.origem is Origem.IMAGEM:
            _imagem(campo, lidos, valores, f, negativas)
        elif campo.origem is Origem.AGORA and (campo.obrigatorio or "hash" in valores):
            valores.setdefault(campo.nome, formatar_instante(f.agora.astimezone(f.fuso), f.fuso))
    return _listas(lidos, valores, f, negativas)


def _listas(lidos: Valores, valores: Valores, f: Fatos, negativas: list[Negativa]) -> Valores:
    if lidos.get("todas_as_notas") and f.documento is not None:
        if "notas" in lidos:
            negativas.append(Negativa(_DADOS, "notas: vieram junto com todas_as_notas; use só um dos dois."))
        elif f.documento.conteudo.notas:
            valores["notas"] = [{"chave": n} for n in f.documento.conteudo.notas]
    if lidos.get("repetir_anteriores"):
        return carta_correcao.com_as_anteriores(valores, f)
    return valores


def _imagem(campo: Campo, lidos: Valores, valores: Valores, f: Fatos, negativas: list[Negativa]) -> None:
    imagem = lidos.get("imagem")
    if imagem and campo.nome in lidos:
        negativas.append(Negativa(_DADOS, f"{campo.nome}: veio junto com imagem; use só um dos dois."))
    elif imagem and not entrega.e_base64(str(imagem)):
        negativas.append(Negativa(_DADOS, "imagem: não é base64."))
    elif imagem:
        valores[campo.nome] = entrega.hash_da_imagem(f.chave, str(imagem))
    elif campo.obrigatorio and campo.nome not in lidos:
        negativas.append(Negativa(_DADOS, f"imagem: falta (ou {campo.nome})."))


def _cancelado(evento: EventoFiscal, lidos: Valores, valores: Valores, f: Fatos, negativas: list[Negativa]) -> None:
    """Fills in the protocol of the event to be cancelled (866).

    It comes from our own records unless the order names one.
    """
    tipo = evento.cancela or ""
    nome = POR_TIPO[tipo].titulo.lower()
    vigentes = [a for a in f.em_vigor(tipo) if not a.aberto and a.protocolo]
    dito, numero = lidos.get(PROTOCOLO_DO_EVENTO), lidos.get("sequencia_cancelada")
    if dito is not None:
        if any(a.protocolo == dito for a in f.do_tipo(tipo)) and all(a.protocolo != dito for a in vigentes):
            negativas.append(Negativa("866", f"{PROTOCOLO_DO_EVENTO}: o evento {dito} já está cancelado."))
        return
    if numero is not None:
        vigentes = [a for a in vigentes if str(a.n_seq) == numero]
    if len(vigentes) == 1:
        valores[PROTOCOLO_DO_EVENTO] = str(vigentes[0].protocolo)
    elif vigentes:
        quais = ", ".join(f"nº {a.n_seq}" for a in vigentes)
        negativas.append(Negativa(_DADOS, f"sequencia_cancelada: há mais de um evento em vigor ({quais}); diga qual."))
    else:
        negativas.append(Negativa("866", f"Não há aqui evento aceito e em vigor a cancelar ({nome})."))


# --- author and sequence ---------------------------------------------------------------------------------------------


def _autor(evento: EventoFiscal, lidos: Valores, f: Fatos) -> str | Negativa:
    if evento.autor is Autor.EMITENTE:
        return (f.documento.conteudo.emitente if f.documento is not None else "") or f.chave[6:20]
    dito, tomador = str(lidos.get("empresa", "")), f.tomador
    if dito and tomador and dito[:8] != tomador[:8]:
        return Negativa("755", f"empresa: {dito} não é o tomador do documento, que é {tomador}.")
    autor = tomador or dito or (f.empresas[0] if len(f.empresas) == 1 else "")
    if not autor:
        quais = ", ".join(f.empresas) or "nenhuma"
        return Negativa("SEP-EVENTO-EMPRESA", f"empresa: diga qual é a tomadora; as configuradas são: {quais}.")
    if not any(e[:8] == autor[:8] for e in f.empresas):
        return Negativa("755", f"O tomador {autor} não é uma empresa configurada aqui: só ele pode ser o autor.")
    return autor


def _sequencia(evento: EventoFiscal, lidos: Valores, f: Fatos) -> int | Negativa:
    """Returns the number that was asked for, or the next free one."""
    usados = {a.n_seq for a in f.do_tipo(evento.tp)}
    dita = lidos.get("sequencia")
    numero = int(dita) if isinstance(dita, str) else max(usados, default=0) + 1
    if numero > evento.max_seq:
        return Negativa("636", f"sequencia: {numero} passa do que este evento permite ({evento.max_seq}).")
    if numero in usados:
        return Negativa("631", f"sequencia: o evento nº {numero} já existe; o próximo livre é {max(usados) + 1}.")
    return numero


def _aberto(evento: EventoFiscal, lidos: Valores, valores: Valores, f: Fatos) -> Negativa | None:
    """Returns the refusal when an earlier event still waits for its answer, or None.

    Where a later event replaces the earlier one, they go one at a time. Independent events may go together, but a
    repeated order never sends the same content twice.
    """
    if "sequencia" in lidos:
        return None  # a person who gives the number knows of the other event
    abertos = [a for a in f.do_tipo(evento.tp) if a.aberto]
    if evento.independente:
        abertos = [a for a in abertos if _dito(evento, a) == _ditos(evento, valores)]
    if not abertos:
        return None
    return Negativa(
        "SEP-EVENTO-ABERTO",
        f"O evento nº {abertos[-1].n_seq} deste documento ainda espera a resposta da SEFAZ. Espere por ela, ou dê a"
        " ordem com a sequência que este deve ter.",
    )


def _dito(evento: EventoFiscal, a: Anterior) -> Valores:
    return _ditos(evento, a.valores)


def _ditos(evento: EventoFiscal, valores: Valores) -> Valores:
    """Returns the values that the order gave, without those that come from the clock and from our records."""
    nomes = {c.nome for c in _campos(evento.itens) if c.origem in (Origem.INFORMADO, Origem.IMAGEM)}
    nomes |= {i.nome for i in evento.itens if isinstance(i, Grupo) and i.nome}
    return {n: v for n, v in valores.items() if n in nomes}
