"""Finds what was paid: the free events first, then the payments of the companies that moved."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from sqlite3 import Row
from typing import Any

from separador.banco.conexao import texto_de
from separador.banco.instante import instante_de
from separador.capacidades.ecac.banco import chamadas, ocorrencias, pagamentos
from separador.capacidades.ecac.banco import empresas as ecac_empresas
from separador.capacidades.ecac.banco import guias as ecac_guias
from separador.capacidades.ecac.banco.guias import guia_de
from separador.capacidades.ecac.dominio.arrecadacao import Pagamento
from separador.capacidades.ecac.dominio.conciliacao import sumidos
from separador.capacidades.ecac.dominio.consulta import Consulta
from separador.capacidades.ecac.dominio.ocorrencia import Especie
from separador.capacidades.ecac.integra.porta import Ok, Recusado, Resultado
from separador.capacidades.ecac.integra.valores import Evento, Filtro, Partes
from separador.capacidades.ecac.servico.conciliacao import conciliar_empresa
from separador.capacidades.ecac.servico.execucao import Execucao
from separador.configuracao import Empresa
from separador.nucleo.fuso import dia_e_hora
from separador.nucleo.texto.quantidade import quantos

LOTE = 1000
PAGINA = 100
PAGINAS = 200
"""No taxpayer pays 20,000 documents in a window. More pages would be a misread offset that costs money."""
SOBREPOSICAO = timedelta(days=5)
"""Days before the last look that are asked about again: the bank's remittance arrives days later, with the day of the
payment."""
SURDEZ = timedelta(days=55)
CANCELAVEL = timedelta(days=60)
"""An event may be a payment cancelled: guides settled this recently are asked about too."""


# --- events ----------------------------------------------------------------------------------------------------------


def ver_eventos(execucao: Execucao, autores: Mapping[str, str]) -> None:
    """Asks for the events E0701 of companies whose procuração names the contractor. Remembers at once which have to be
    asked about. Free. `autores`: company → by whose authority it is asked about."""
    nossas = [cnpj for cnpj, autor in autores.items() if autor == execucao.config.contratante]
    total = len(nossas)
    _lacuna(execucao, nossas)
    for inicio in range(0, total, LOTE):
        execucao.vivo()
        execucao.progredir("eventos", total, inicio)
        lote = nossas[inicio : inicio + LOTE]
        resposta = _eventos(execucao, lote)
        if not isinstance(resposta, Ok):
            _sem_eventos(execucao, resposta)
            return
        with execucao.banco.transacao():
            _anotar(execucao, resposta.valor)
    if total:
        execucao.progredir("eventos", total, total)


def _lacuna(execucao: Execucao, nossas: Sequence[str]) -> None:
    """Marks every company once when no events were heard for almost 60 days, because events tell only of the last
    60."""
    ultimo = chamadas.ultimo_dia(execucao.banco, ("OBTEREVENTOSPJ134", "OBTEREVENTOSPF133"))
    limite = (date.fromisoformat(execucao.hoje) - SURDEZ).isoformat()
    if ultimo is not None and ultimo < limite:
        with execucao.banco.transacao():
            ecac_empresas.marcar(execucao.banco, nossas)


def _eventos(execucao: Execucao, lote: Sequence[str]) -> Resultado[tuple[Evento, ...]]:
    pedido = execucao.perguntar(lambda: execucao.porta.pedir_eventos(lote))
    if not isinstance(pedido, Ok):
        return pedido
    execucao.dormir(pedido.valor.espera_ms / 1000)
    return execucao.perguntar(lambda: execucao.porta.obter_eventos(pedido.valor))


def _sem_eventos(execucao: Execucao, r: Resultado[tuple[Evento, ...]]) -> None:
    """Logs that no events came. Nothing is concluded: companies due by the clock are asked about all the same."""
    if isinstance(r, Recusado) and r.motivo != "limite":
        execucao.parar_se_for_de_todos(r)
    motivo = getattr(r, "mensagem", None) or getattr(r, "motivo", "")
    execucao.log.warning("os eventos de pagamento não vieram; só as empresas vencidas são consultadas", acao="e-CAC",
                     motivo=str(motivo))  # fmt: skip


def _anotar(execucao: Execucao, eventos: Sequence[Evento]) -> None:
    """Notes the events. One of the day of the last look, or later, has to be looked at (the granularity is a day)."""
    conhecidas = ecac_empresas.todas(execucao.banco)
    for e in eventos:
        antes = conhecidas.get(e.contribuinte)
        if e.negado:
            # This is not "no news": only the real question says whether there is a procuração. Asked at the slow pace.
            if antes is None or antes["proxima_em"] is None or antes["proxima_em"] <= execucao.quando:
                ecac_empresas.marcar(execucao.banco, [e.contribuinte])
            continue
        if e.dia is None:
            continue
        dia = e.dia.isoformat()
        if antes is None or antes["evento_dia"] != dia:
            ecac_empresas.evento(execucao.banco, e.contribuinte, dia)
        if antes is None or antes["consultada_dia"] is None or dia >= antes["consultada_dia"]:
            ecac_empresas.marcar(execucao.banco, [e.contribuinte])


# --- who has to be asked about ---------------------------------------------------------------------------------------


def devidas(
    execucao: Execucao, empresas: Sequence[Empresa], autores: Mapping[str, str], *, todas: bool
) -> list[Empresa]:
    """Returns the companies marked by an event, never asked about since their start date, or due by the clock (no
    events for them). Of the others it is noted why not.

    `todas`: a person asked for these, so every one is returned that is not remembered as refused.
    """
    estados = ecac_empresas.todas(execucao.banco)
    achadas = []
    with execucao.banco.transacao():
        for e in empresas:
            estado = estados.get(e.cnpj)
            com_eventos = autores[e.cnpj] == execucao.config.contratante
            if estado is not None and negada(estado, autores[e.cnpj], execucao.quando):
                execucao.anotar_situacao([e.cnpj], Consulta.BLOQUEADA, str(estado["negada_por"]), autores[e.cnpj])
            elif _devida(execucao, e, estado, com_eventos=com_eventos, todas=todas):
                achadas.append(e)
            else:
                execucao.anotar_situacao([e.cnpj], Consulta.SEM_MOVIMENTO, _sem_movimento(estado))
    return achadas


def negada(estado: Row | Mapping[str, Any], autor: str | None, quando: str) -> bool:
    """Says whether a refusal (403) to this author is still remembered. One to another author holds nobody back; one
    from before its author was noted holds for all."""
    ate = estado["negada_ate"]
    return ate is not None and bool(ate > quando) and estado["negada_autor"] in (None, autor)


def _sem_movimento(estado: Row | None) -> str:
    em = estado["consultada_em"] if estado is not None else None
    desde = f" desde a consulta de {dia_e_hora(instante_de(em), segundos=False)}" if em else ""
    return f"nenhum pagamento novo foi avisado{desde}; será consultada quando houver, ou no prazo"


def _devida(execucao: Execucao, e: Empresa, estado: Row | None, *, com_eventos: bool, todas: bool) -> bool:
    if estado is None:
        return True
    inicio = _inicio(e).isoformat()
    if todas or estado["pendente"] or estado["consultada_desde"] is None or inicio < estado["consultada_desde"]:
        return True
    return not com_eventos and estado["proxima_em"] is not None and bool(estado["proxima_em"] <= execucao.quando)


def _inicio(e: Empresa) -> date:
    if e.ecac.inicio is None:
        raise ValueError("empresa que utiliza o e-CAC sem data de início")
    return e.ecac.inicio


# --- one company -----------------------------------------------------------------------------------------------------


def consultar(execucao: Execucao, empresa: Empresa, autor: str) -> bool:
    """Asks what a company paid, matches, settles. Returns False when no complete answer came: nothing is concluded from
    that."""
    partes = Partes(autor, empresa.cnpj)
    estado = ecac_empresas.uma(execucao.banco, empresa.cnpj)
    hoje = date.fromisoformat(execucao.hoje)
    desde = _desde(estado, _inicio(empresa), hoje)
    achados = _paginas(execucao, partes, Filtro(inicio=desde, fim=hoje))
    if achados is None:
        return False
    inteira = desde <= _inicio(empresa)
    numeros = [] if inteira else _numeros_a_perguntar(execucao, empresa.cnpj, achados)
    por_numero: list[Pagamento] = []
    for i in range(0, len(numeros), PAGINA):
        parte = _paginas(execucao, partes, Filtro(numeros=tuple(numeros[i : i + PAGINA])))
        if parte is None:
            return False
        por_numero += parte
    _assentar(execucao, empresa, [*achados, *por_numero], numeros, desde)
    execucao.caladas = 0
    return True


def _desde(estado: Row | None, inicio: date, hoje: date) -> date:
    """Returns the first day to ask about: the start date the first time (or when it was set earlier), then the last
    look, less an overlap."""
    if estado is None or estado["consultada_dia"] is None or inicio.isoformat() < estado["consultada_desde"]:
        return min(inicio, hoje)
    return max(inicio, date.fromisoformat(estado["consultada_dia"]) - SOBREPOSICAO)


def _paginas(execucao: Execucao, partes: Partes, filtro: Filtro) -> list[Pagamento] | None:
    """Returns every page, each document once; None when one did not come. A page that brings nothing new is the
    last."""
    vistos: dict[Pagamento, None] = {}
    for pagina in range(PAGINAS):
        pedido = Filtro(filtro.numeros, filtro.inicio, filtro.fim, primeiro=pagina * PAGINA, tamanho=PAGINA)
        r = execucao.perguntar(lambda pedido=pedido: execucao.porta.pagamentos(partes, pedido))  # type: ignore[misc]
        if not isinstance(r, Ok):
            execucao.falhou(partes, "empresa", r)
            return None
        novos = [p for p in r.valor if p not in vistos]
        vistos.update(dict.fromkeys(novos))
        if len(r.valor) < PAGINA or not novos:
            return list(vistos)
    return list(vistos)


def _numeros_a_perguntar(execucao: Execucao, cnpj: str, achados: Sequence[Pagamento]) -> list[str]:
    """Returns numbers to ask about when something moved and the window does not show what: open guides, and those
    settled lately.

    A window that begins at the start date has everything, so it needs no second question.
    """
    conhecidos = {(p.canonico, p.arrecadacao) for p in pagamentos.de(execucao.banco, cnpj)}
    if any((p.canonico, p.arrecadacao) not in conhecidos for p in achados):
        return []
    return list(_numeros(execucao, cnpj, {p.canonico for p in achados}))


def _numeros(execucao: Execucao, cnpj: str, vistos: set[str]) -> Iterator[str]:
    limite = (date.fromisoformat(execucao.hoje) - CANCELAVEL).isoformat()
    for guia in ecac_guias.de(execucao.banco, cnpj):
        aberta = guia["pagamento"] is None
        recente = guia["arrecadacao"] is not None and guia["arrecadacao"] >= limite
        numero = guia["numero"]
        if numero is not None and (aberta or recente) and guia_de(guia).canonico not in vistos:
            yield numero


def _assentar(
    execucao: Execucao, empresa: Empresa, achados: Sequence[Pagamento], numeros: Sequence[str], desde: date
) -> None:
    """Writes in one commit: payments kept, guides settled, occurrences, how far the company is."""
    cnpj, quando = empresa.cnpj, execucao.quando
    with execucao.banco.transacao():
        novos = pagamentos.gravar(execucao.banco, cnpj, achados, quando)
        _olhar_sumidos(execucao, cnpj, achados, numeros)
        baixas = conciliar_empresa(execucao.banco, cnpj, "serviço", quando)
        ecac_guias.consultada(execucao.banco, cnpj, quando)
        ecac_guias.marcar_sem_procuracao(execucao.banco, cnpj, False, quando)
        for especie in (Especie.SEM_PROCURACAO, Especie.INCONCLUSIVO, Especie.ACESSO_VENCIDO):
            ocorrencias.encerrar(execucao.banco, especie, cnpj, quando, "consulta respondida", assunto="empresa")
        ecac_empresas.consultada(
            execucao.banco,
            cnpj,
            quando=quando,
            dia=execucao.hoje,
            desde=desde.isoformat(),
            proxima_em=_proxima(execucao, cnpj),
        )
        ecac_empresas.contar(execucao.banco, execucao.importacao_id, empresas=1, pagamentos=novos, baixas=baixas)
        partes = quantos(novos, "pagamento novo", "pagamentos novos"), quantos(baixas, "guia baixada", "guias baixadas")
        feito = ", ".join(partes) if novos or baixas else "nada novo"
        execucao.anotar_situacao([cnpj], Consulta.CONSULTADA, feito)


def _olhar_sumidos(execucao: Execucao, cnpj: str, achados: Sequence[Pagamento], numeros: Sequence[str]) -> None:
    """Shows settled guides whose number was asked for and is not among the payments any more. Never unsettles them."""
    perguntados = set(numeros)
    guias = [guia_de(r) for r in ecac_guias.de(execucao.banco, cnpj) if r["numero"] in perguntados]
    for o in sumidos(cnpj, guias, achados):
        ocorrencias.abrir(execucao.banco, o, execucao.quando)


def _proxima(execucao: Execucao, cnpj: str) -> str:
    """Returns when to ask again, for a company without events: a day later while something due is open, else a week."""
    ate = (date.fromisoformat(execucao.hoje) + timedelta(days=5)).isoformat()
    abertas = [g for g in ecac_guias.de(execucao.banco, cnpj) if g["pagamento"] is None]
    devida = any(g["vencimento"] is None or g["vencimento"] <= ate for g in abertas)
    agora: datetime = instante_de(execucao.quando)
    return texto_de(agora + timedelta(days=1 if devida else 7) - timedelta(hours=1))
