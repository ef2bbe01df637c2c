"""Carries out what is due for documents: handing on again, deadlines of returns."""

from datetime import timedelta
from sqlite3 import Row

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.servico import cancelamento, pedidos
from separador.capacidades.cte.servico.consulta import prazo
from separador.capacidades.cte.servico.evento import agenda
from separador.capacidades.cte.servico.rede import fila, sem_desfecho
from separador.capacidades.sefaz.banco import bloqueios
from separador.capacidades.sefaz.servico import paradas
from separador.motor.contexto import Casa
from separador.motor.desfecho.conclusao import abrir_obra, fechar, finalizar
from separador.motor.desfecho.grupo import Obra
from separador.motor.log.log import registrar_incidente
from separador.motor.pasta_com_falha import avisar_pasta
from separador.pastas.erros import FalhaDePasta


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
    return len(linhas) + agenda.vencidos(casa)


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
    prazo.conferir(casa)
    paradas.conferir_ambiente(casa)
    limite = texto_de(casa.agora() - timedelta(seconds=casa.config.prazo_retorno_s))
    atrasados = documentos.sem_retorno_desde(casa.banco, limite)
    conhecidas = {assunto for assunto, codigo in falhas.assuntos(casa.banco, "doc:") if codigo == "SEP-PRAZO-RETORNO"}
    pela_rede = {d["id"] for d in atrasados if fila.pela_rede(casa, d["rota_id"])}
    novos = [d for d in atrasados if d["id"] in pela_rede or f"doc:{d['chave']}" not in conhecidas]
    atrasados_tambem = agenda.atrasados(casa, limite)
    if not novos and not atrasados_tambem:
        return
    obra = abrir_obra(casa)
    with casa.banco.transacao():
        for doc in novos:
            if doc["id"] in pela_rede and not sem_desfecho.atrasado(obra, doc):
                continue
            detalhe = f"Entregue em {doc['enviado_em']}."
            obra.falhar(obra.falha_da_chave(doc["chave"], "SEP-PRAZO-RETORNO", detalhe=detalhe, rota=doc["rota_id"]))
        for evento in atrasados_tambem:
            agenda.mostrar(obra, evento)
    finalizar(casa, obra)
