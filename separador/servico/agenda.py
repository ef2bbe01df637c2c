"""What is due by the clock: handing on again, deadlines of returns, retention (CTE-12; contratos.md)."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from sqlite3 import Row

from separador.banco import auditoria, bloqueios, documentos, falhas, tarefas
from separador.banco import transmissoes as fila
from separador.banco.conexao import texto_de
from separador.pastas.erros import FalhaDePasta
from separador.servico import (
    acesso,
    cancelamento,
    consultas_ordens,
    consultas_prazo,
    dispensa,
    distribuicao_agenda,
    ecac_decisoes,
    ecac_ordens,
    eventos_agenda,
    pedidos,
    pedidos_evento,
    transmissao_duvidas,
    transmissao_paradas,
    transmissoes,
    validade,
)
from separador.servico.aviso_de_pasta import avisar_pasta
from separador.servico.casa import Casa
from separador.servico.conclusao import abrir_obra, fechar, finalizar
from separador.servico.log import registrar_incidente
from separador.servico.obra import Obra


def ordens(casa: Casa) -> int:
    """Carry out the orders recorded by command or panel, each in its own group. Returns how many."""
    pendentes = tarefas.pendentes(casa.banco)
    for linha in pendentes:
        obra = abrir_obra(casa)
        try:
            with casa.banco.transacao():
                _ordem(obra, linha)
                fechar(obra)
        except FalhaDePasta as falha:
            avisar_pasta(casa, falha)
            _ordem_sem_pasta(casa, linha, falha)
        except Exception as erro:  # noqa: BLE001 - around one document (W11)
            obra.remessa.descartar()
            _ordem_falhou(casa, linha, erro)
        else:
            finalizar(casa, obra)
    return len(pendentes)


_ORDENS = {
    dispensa.PEDIDO: dispensa.da_tarefa,
    validade.VALIDADE: validade.conferir,
    validade.PIN: validade.do_pin,
    distribuicao_agenda.PEDIDO: distribuicao_agenda.da_tarefa,
    consultas_ordens.STATUS: consultas_ordens.do_status,
    pedidos_evento.PEDIDO: pedidos_evento.da_tarefa,
    **dict.fromkeys(ecac_decisoes.DECISOES, ecac_decisoes.da_tarefa),
    **dict.fromkeys(ecac_ordens.LONGAS, ecac_ordens.aceitar),
}
"""Orders that `pedidos` does not carry out."""


def _ordem(obra: Obra, linha: Row) -> None:
    negativa = acesso.ordem_negada(obra.banco, linha, obra.agora)
    if negativa is None:
        _ORDENS.get(linha["pedido"], pedidos.da_tarefa)(obra, linha)
        return
    tarefas.encerrar(obra.banco, linha["id"], tarefas.RECUSADA, negativa.codigo, negativa.mensagem, obra.quando)
    obra.linhas.append(
        {"event": negativa.mensagem, "acao": "pedido recusado", "chave": linha["chave"], "quem": linha["quem"]}
    )


def _ordem_sem_pasta(casa: Casa, linha: Row, falha: FalhaDePasta) -> None:
    mensagem = f"A ordem não pôde ser cumprida: {falha.mensagem}. {falha.o_que_fazer} Depois dê a ordem de novo."
    with casa.banco.transacao():
        codigo = f"SEP-{falha.codigo.upper()}"
        tarefas.encerrar(casa.banco, linha["id"], tarefas.RECUSADA, codigo, mensagem, casa.quando())
    casa.log.error(mensagem, acao="ordem", chave=linha["chave"], codigo=codigo)


def _ordem_falhou(casa: Casa, linha: Row, erro: Exception) -> None:
    numero = registrar_incidente(casa.dados, erro, {"tarefa": linha["id"], "chave": linha["chave"]}, casa.agora())
    mensagem = f"A ordem não pôde ser cumprida agora (incidente {numero}); nada foi alterado. Tente de novo."
    with casa.banco.transacao():
        tarefas.encerrar(casa.banco, linha["id"], tarefas.RECUSADA, "SEP-INCIDENTE", mensagem, casa.quando())
    casa.log.error(mensagem, acao="ordem", chave=linha["chave"], incidente=numero)


def vencidos(casa: Casa) -> int:
    """Documents with something due: the same bytes, event or consultation once more. Returns how many."""
    linhas = documentos.na_agenda(casa.banco, casa.quando())
    for doc in linhas:
        obra = abrir_obra(casa)
        try:
            with casa.banco.transacao():
                _vencido(obra, doc)
                fechar(obra)
        except FalhaDePasta as falha:
            avisar_pasta(casa, falha)
            _mais_tarde(casa, doc)
        except Exception as erro:  # noqa: BLE001 - around one document (W11)
            obra.remessa.descartar()
            _adiar(casa, doc, erro)
        else:
            finalizar(casa, obra)
    return len(linhas) + eventos_agenda.vencidos(casa)


def _vencido(obra: Obra, doc: Row) -> None:
    acao = doc["proxima_acao"]
    if obra.casa.rota_de_envio(doc["rota_id"]) is None:  # taken out or switched off: told, and looked at again
        obra.falhar(obra.falha_da_chave(doc["chave"], "SEP-SEM-ROTA", rota=doc["rota_id"]))
        documentos.agendar(obra.banco, doc["id"], acao, texto_de(obra.agora + timedelta(minutes=1)))
        return
    if obra.havia_falhas:
        falhas.encerrar(obra.banco, f"doc:{doc['chave']}", obra.quando, "há rota de novo", "SEP-SEM-ROTA")
    servico = bloqueios.CONSULTA if acao == "consultar" else bloqueios.ENVIO
    ate = bloqueios.vigente(obra.banco, servico, obra.quando)
    if ate is not None:  # 678: nothing to that service for an hour
        documentos.agendar(obra.banco, doc["id"], acao, ate)
        return
    if acao == "consultar":
        documentos.agendar(obra.banco, doc["id"], None, None)
        cancelamento.publicar_consulta(obra, doc)
    else:
        pedidos.agendado(obra, doc)
    obra.linhas.append({"event": "entregue de novo para transmissão", "acao": "reenvio", "chave": doc["chave"]})


def _adiar(casa: Casa, doc: Row, erro: Exception) -> None:
    """It failed in a way that nobody foresaw: told, and again in a minute."""
    numero = registrar_incidente(casa.dados, erro, {"chave": doc["chave"]}, casa.agora())
    _mais_tarde(casa, doc)
    casa.log.error("o reenvio não pôde ser feito agora", acao="reenvio", chave=doc["chave"], incidente=numero)


def _mais_tarde(casa: Casa, doc: Row) -> None:
    with casa.banco.transacao():
        depois = texto_de(casa.agora() + timedelta(minutes=1))
        documentos.agendar(casa.banco, doc["id"], doc["proxima_acao"], depois)


def prazos(casa: Casa) -> None:
    """No return within `prazo_retorno`: a failure, never a state (contratos.md)."""
    consultas_prazo.conferir(casa)
    transmissao_paradas.conferir_ambiente(casa)
    limite = texto_de(casa.agora() - timedelta(seconds=casa.config.prazo_retorno_s))
    atrasados = documentos.sem_retorno_desde(casa.banco, limite)
    conhecidas = {assunto for assunto, codigo in falhas.assuntos(casa.banco, "doc:") if codigo == "SEP-PRAZO-RETORNO"}
    pela_rede = {d["id"] for d in atrasados if transmissoes.pela_rede(casa, d["rota_id"])}
    novos = [d for d in atrasados if d["id"] in pela_rede or f"doc:{d['chave']}" not in conhecidas]
    atrasados_tambem = eventos_agenda.atrasados(casa, limite)
    if not novos and not atrasados_tambem:
        return
    obra = abrir_obra(casa)
    with casa.banco.transacao():
        for doc in novos:
            if doc["id"] in pela_rede and not transmissao_duvidas.atrasado(obra, doc):
                continue
            detalhe = f"Entregue em {doc['enviado_em']}."
            obra.falhar(obra.falha_da_chave(doc["chave"], "SEP-PRAZO-RETORNO", detalhe=detalhe, rota=doc["rota_id"]))
        for evento in atrasados_tambem:
            eventos_agenda.mostrar(obra, evento)
    finalizar(casa, obra)


def selo(casa: Casa) -> None:
    """The audit trail's end is noted outside the database (PROC-05)."""
    auditoria.selar(casa.banco, casa.dados)


def retencao(casa: Casa) -> int:
    """Remove originals and duplicates older than `retencao_dias`. Never `fiscal/`, never what has no outcome.

    Returns how many were removed. Only files with an outcome are ever moved there, so the folder's date is enough.
    """
    limite = casa.agora() - timedelta(days=casa.config.retencao_dias)
    removidos = 0
    for pasta in sorted((casa.dados / "arquivo").glob("[0-9]*/[0-9]*/[0-9]*")):
        dia = _dia(pasta)
        if dia is not None and dia < limite.date():
            removidos += sum(1 for p in pasta.rglob("*") if p.is_file())
            shutil.rmtree(pasta)
    removidos += _antigos(casa.dados / "duplicados", limite)
    with casa.banco.transacao():
        fila.esquecer_brutos(casa.banco, texto_de(limite))
    if removidos:
        casa.log.info("originais além da retenção removidos", acao="retencao", quantos=removidos)
    return removidos


def _dia(pasta: Path) -> date | None:
    try:
        return date(int(pasta.parts[-3]), int(pasta.parts[-2]), int(pasta.parts[-1]))
    except ValueError:
        return None


def _antigos(pasta: Path, limite: datetime) -> int:
    velhos = [p for p in pasta.iterdir() if p.lstat().st_ctime < limite.timestamp()] if pasta.is_dir() else []
    for velho in velhos:
        velho.unlink()
    return len(velhos)
