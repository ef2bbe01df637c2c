"""Finds what was paid: the free events first, then the payments of the companies that moved."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from sqlite3 import Row

from separador.banco.conexao import texto_de
from separador.banco.instante import instante_de
from separador.capacidades.ecac.banco import chamadas, ocorrencias, pagamentos
from separador.capacidades.ecac.banco import empresas as ecac_empresas
from separador.capacidades.ecac.banco import guias as ecac_guias
from separador.capacidades.ecac.banco.guias import guia_de
from separador.capacidades.ecac.dominio.arrecadacao import Pagamento
from separador.capacidades.ecac.dominio.conciliacao import sumidos
from separador.capacidades.ecac.dominio.ocorrencia import Especie
from separador.capacidades.ecac.integra.porta import Ok, Recusado, Resultado
from separador.capacidades.ecac.integra.valores import Evento, Filtro, Partes
from separador.capacidades.ecac.servico.conciliacao import conciliar_empresa
from separador.capacidades.ecac.servico.execucao import ObraEcac
from separador.configuracao import Empresa

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


def autor_de(empresa: Empresa) -> str:
    """Returns the person or company whose authority is used: the procurador, or the company itself."""
    return empresa.ecac.procurador or empresa.cnpj


# --- events ----------------------------------------------------------------------------------------------------------


def ver_eventos(obra: ObraEcac, empresas: Sequence[Empresa]) -> None:
    """Asks for the events E0701 of companies whose procuração names the contractor. Remembers at once which have to be
    asked about. Free."""
    nossas = [e.cnpj for e in empresas if autor_de(e) == obra.config.contratante]
    total = len(nossas)
    _lacuna(obra, nossas)
    for inicio in range(0, total, LOTE):
        obra.vivo()
        obra.progredir("eventos", total, inicio)
        lote = nossas[inicio : inicio + LOTE]
        resposta = _eventos(obra, lote)
        if not isinstance(resposta, Ok):
            _sem_eventos(obra, resposta)
            return
        with obra.banco.transacao():
            _anotar(obra, resposta.valor)
    if total:
        obra.progredir("eventos", total, total)


def _lacuna(obra: ObraEcac, nossas: Sequence[str]) -> None:
    """Marks every company once when no events were heard for almost 60 days, because events tell only of the last
    60."""
    ultimo = chamadas.ultimo_dia(obra.banco, ("OBTEREVENTOSPJ134", "OBTEREVENTOSPF133"))
    limite = (date.fromisoformat(obra.hoje) - SURDEZ).isoformat()
    if ultimo is not None and ultimo < limite:
        with obra.banco.transacao():
            ecac_empresas.marcar(obra.banco, nossas)


def _eventos(obra: ObraEcac, lote: Sequence[str]) -> Resultado[tuple[Evento, ...]]:
    pedido = obra.perguntar(lambda: obra.porta.pedir_eventos(lote))
    if not isinstance(pedido, Ok):
        return pedido
    obra.dormir(pedido.valor.espera_ms / 1000)
    return obra.perguntar(lambda: obra.porta.obter_eventos(pedido.valor))


def _sem_eventos(obra: ObraEcac, r: Resultado[tuple[Evento, ...]]) -> None:
    """Logs that no events came. Nothing is concluded: companies due by the clock are asked about all the same."""
    if isinstance(r, Recusado) and r.motivo != "limite":
        obra.parar_se_for_de_todos(r)
    motivo = getattr(r, "mensagem", None) or getattr(r, "motivo", "")
    obra.log.warning("os eventos de pagamento não vieram; só as empresas vencidas são consultadas", acao="e-CAC",
                     motivo=str(motivo))  # fmt: skip


def _anotar(obra: ObraEcac, eventos: Sequence[Evento]) -> None:
    """Notes the events. One of the day of the last look, or later, has to be looked at (the granularity is a day)."""
    conhecidas = ecac_empresas.todas(obra.banco)
    for e in eventos:
        antes = conhecidas.get(e.contribuinte)
        if e.negado:
            # This is not "no news": only the real question says whether there is a procuração. Asked at the slow pace.
            if antes is None or antes["proxima_em"] is None or antes["proxima_em"] <= obra.quando:
                ecac_empresas.marcar(obra.banco, [e.contribuinte])
            continue
        if e.dia is None:
            continue
        dia = e.dia.isoformat()
        if antes is None or antes["evento_dia"] != dia:
            ecac_empresas.evento(obra.banco, e.contribuinte, dia)
        if antes is None or antes["consultada_dia"] is None or dia >= antes["consultada_dia"]:
            ecac_empresas.marcar(obra.banco, [e.contribuinte])


# --- who has to be asked about ---------------------------------------------------------------------------------------


def devidas(obra: ObraEcac, empresas: Sequence[Empresa], *, todas: bool) -> list[Empresa]:
    """Returns the companies marked by an event, never asked about since their start date, or due by the clock (no
    events for them).

    `todas`: a person asked for these, so every one is returned that is not remembered as refused.
    """
    estados = ecac_empresas.todas(obra.banco)
    return [e for e in empresas if _devida(obra, e, estados.get(e.cnpj), todas=todas)]


def _devida(obra: ObraEcac, e: Empresa, estado: Row | None, *, todas: bool) -> bool:
    if estado is None:
        return True
    if estado["negada_ate"] is not None and estado["negada_ate"] > obra.quando:
        return False
    inicio = _inicio(e).isoformat()
    if todas or estado["pendente"] or estado["consultada_desde"] is None or inicio < estado["consultada_desde"]:
        return True
    com_eventos = autor_de(e) == obra.config.contratante
    return not com_eventos and estado["proxima_em"] is not None and bool(estado["proxima_em"] <= obra.quando)


def _inicio(e: Empresa) -> date:
    if e.ecac.inicio is None:
        raise ValueError("empresa que utiliza o e-CAC sem data de início")
    return e.ecac.inicio


# --- one company -----------------------------------------------------------------------------------------------------


def consultar(obra: ObraEcac, empresa: Empresa) -> bool:
    """Asks what a company paid, matches, settles. Returns False when no complete answer came: nothing is concluded from
    that."""
    partes = Partes(autor_de(empresa), empresa.cnpj)
    estado = ecac_empresas.uma(obra.banco, empresa.cnpj)
    hoje = date.fromisoformat(obra.hoje)
    desde = _desde(estado, _inicio(empresa), hoje)
    achados = _paginas(obra, partes, Filtro(inicio=desde, fim=hoje))
    if achados is None:
        return False
    inteira = desde <= _inicio(empresa)
    numeros = [] if inteira else _numeros_a_perguntar(obra, empresa.cnpj, achados)
    por_numero: list[Pagamento] = []
    for i in range(0, len(numeros), PAGINA):
        parte = _paginas(obra, partes, Filtro(numeros=tuple(numeros[i : i + PAGINA])))
        if parte is None:
            return False
        por_numero += parte
    _assentar(obra, empresa, [*achados, *por_numero], numeros, desde)
    obra.caladas = 0
    return True


def _desde(estado: Row | None, inicio: date, hoje: date) -> date:
    """Returns the first day to ask about: the start date the first time (or when it was set earlier), then the last
    look, less an overlap."""
    if estado is None or estado["consultada_dia"] is None or inicio.isoformat() < estado["consultada_desde"]:
        return min(inicio, hoje)
    return max(inicio, date.fromisoformat(estado["consultada_dia"]) - SOBREPOSICAO)


def _paginas(obra: ObraEcac, partes: Partes, filtro: Filtro) -> list[Pagamento] | None:
    """Returns every page, each document once; None when one did not come. A page that brings nothing new is the
    last."""
    vistos: dict[Pagamento, None] = {}
    for pagina in range(PAGINAS):
        pedido = Filtro(filtro.numeros, filtro.inicio, filtro.fim, primeiro=pagina * PAGINA, tamanho=PAGINA)
        r = obra.perguntar(lambda pedido=pedido: obra.porta.pagamentos(partes, pedido))  # type: ignore[misc]
        if not isinstance(r, Ok):
            obra.falhou(partes.contribuinte, "empresa", r)
            return None
        novos = [p for p in r.valor if p not in vistos]
        vistos.update(dict.fromkeys(novos))
        if len(r.valor) < PAGINA or not novos:
            return list(vistos)
    return list(vistos)


def _numeros_a_perguntar(obra: ObraEcac, cnpj: str, achados: Sequence[Pagamento]) -> list[str]:
    """Returns numbers to ask about when something moved and the window does not show what: open guides, and those
    settled lately.

    A window that begins at the start date has everything, so it needs no second question.
    """
    conhecidos = {(p.canonico, p.arrecadacao) for p in pagamentos.de(obra.banco, cnpj)}
    if any((p.canonico, p.arrecadacao) not in conhecidos for p in achados):
        return []
    return list(_numeros(obra, cnpj, {p.canonico for p in achados}))


def _numeros(obra: ObraEcac, cnpj: str, vistos: set[str]) -> Iterator[str]:
    limite = (date.fromisoformat(obra.hoje) - CANCELAVEL).isoformat()
    for guia in ecac_guias.de(obra.banco, cnpj):
        aberta = guia["pagamento"] is None
        recente = guia["arrecadacao"] is not None and guia["arrecadacao"] >= limite
        numero = guia["numero"]
        if numero is not None and (aberta or recente) and guia_de(guia).canonico not in vistos:
            yield numero


def _assentar(
    obra: ObraEcac, empresa: Empresa, achados: Sequence[Pagamento], numeros: Sequence[str], desde: date
) -> None:
    """Writes in one commit: payments kept, guides settled, occurrences, how far the company is."""
    cnpj, quando = empresa.cnpj, obra.quando
    with obra.banco.transacao():
        novos = pagamentos.gravar(obra.banco, cnpj, achados, quando)
        _olhar_sumidos(obra, cnpj, achados, numeros)
        baixas = conciliar_empresa(obra.banco, cnpj, "serviço", quando)
        ecac_guias.consultada(obra.banco, cnpj, quando)
        ecac_guias.marcar_sem_procuracao(obra.banco, cnpj, False, quando)
        for especie in (Especie.SEM_PROCURACAO, Especie.INCONCLUSIVO, Especie.ACESSO_VENCIDO):
            ocorrencias.encerrar(obra.banco, especie, cnpj, quando, "consulta respondida", assunto="empresa")
        ecac_empresas.consultada(
            obra.banco, cnpj, quando=quando, dia=obra.hoje, desde=desde.isoformat(), proxima_em=_proxima(obra, cnpj)
        )
        ecac_empresas.contar(obra.banco, obra.importacao_id, empresas=1, pagamentos=novos, baixas=baixas)


def _olhar_sumidos(obra: ObraEcac, cnpj: str, achados: Sequence[Pagamento], numeros: Sequence[str]) -> None:
    """Shows settled guides whose number was asked for and is not among the payments any more. Never unsettles them."""
    perguntados = set(numeros)
    guias = [guia_de(r) for r in ecac_guias.de(obra.banco, cnpj) if r["numero"] in perguntados]
    for o in sumidos(cnpj, guias, achados):
        ocorrencias.abrir(obra.banco, o, obra.quando)


def _proxima(obra: ObraEcac, cnpj: str) -> str:
    """Returns when to ask again, for a company without events: a day later while something due is open, else a week."""
    ate = (date.fromisoformat(obra.hoje) + timedelta(days=5)).isoformat()
    abertas = [g for g in ecac_guias.de(obra.banco, cnpj) if g["pagamento"] is None]
    devida = any(g["vencimento"] is None or g["vencimento"] <= ate for g in abertas)
    agora: datetime = instante_de(obra.quando)
    return texto_de(agora + timedelta(days=1 if devida else 7) - timedelta(hours=1))
