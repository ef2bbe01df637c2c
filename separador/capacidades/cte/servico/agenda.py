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
from separador.motor.contexto import Contexto
from separador.motor.desfecho.conclusao import abrir_grupo, fechar, finalizar
from separador.motor.desfecho.grupo import Grupo
from separador.motor.log.log import registrar_incidente
from separador.motor.pasta_com_falha import avisar_pasta
from separador.pastas.erros import FalhaDePasta


def vencidos(contexto: Contexto) -> int:
    """Documents with something due: the same bytes, event or consultation once more. Returns how many."""
    linhas = documentos.na_agenda(contexto.banco, contexto.quando())
    for doc in linhas:
        grupo = abrir_grupo(contexto)
        try:
            with contexto.banco.transacao():
                _vencido(grupo, doc)
                fechar(grupo)
        except FalhaDePasta as falha:
            avisar_pasta(contexto, falha)
            _mais_tarde(contexto, doc)
        except Exception as erro:  # noqa: BLE001 - around one document (W11)
            grupo.remessa.descartar()
            _adiar(contexto, doc, erro)
        else:
            finalizar(contexto, grupo)
    return len(linhas) + agenda.vencidos(contexto)


def _vencido(grupo: Grupo, doc: Row) -> None:
    acao = doc["proxima_acao"]
    if grupo.contexto.rota_de_envio(doc["rota_id"]) is None:  # taken out or switched off: told, and looked at again
        grupo.falhar(grupo.falha_da_chave(doc["chave"], "SEP-SEM-ROTA", rota=doc["rota_id"]))
        documentos.agendar(grupo.banco, doc["id"], acao, texto_de(grupo.agora + timedelta(minutes=1)))
        return
    if grupo.havia_falhas:
        falhas.encerrar(grupo.banco, f"doc:{doc['chave']}", grupo.quando, "há rota de novo", "SEP-SEM-ROTA")
    servico = bloqueios.CONSULTA if acao == "consultar" else bloqueios.ENVIO
    ate = bloqueios.vigente(grupo.banco, servico, grupo.quando)
    if ate is not None:  # 678: nothing to that service for an hour
        documentos.agendar(grupo.banco, doc["id"], acao, ate)
        return
    if acao == "consultar":
        documentos.agendar(grupo.banco, doc["id"], None, None)
        cancelamento.publicar_consulta(grupo, doc)
    else:
        pedidos.agendado(grupo, doc)
    grupo.linhas.append({"event": "entregue de novo para transmissão", "acao": "reenvio", "chave": doc["chave"]})


def _adiar(contexto: Contexto, doc: Row, erro: Exception) -> None:
    """It failed in a way that nobody foresaw: told, and again in a minute."""
    numero = registrar_incidente(contexto.dados, erro, {"chave": doc["chave"]}, contexto.agora())
    _mais_tarde(contexto, doc)
    contexto.log.error("o reenvio não pôde ser feito agora", acao="reenvio", chave=doc["chave"], incidente=numero)


def _mais_tarde(contexto: Contexto, doc: Row) -> None:
    with contexto.banco.transacao():
        depois = texto_de(contexto.agora() + timedelta(minutes=1))
        documentos.agendar(contexto.banco, doc["id"], doc["proxima_acao"], depois)


def prazos(contexto: Contexto) -> None:
    """No return within `prazo_retorno`: a failure, never a state (contratos.md)."""
    prazo.conferir(contexto)
    paradas.conferir_ambiente(contexto)
    limite = texto_de(contexto.agora() - timedelta(seconds=contexto.config.prazo_retorno_s))
    atrasados = documentos.sem_retorno_desde(contexto.banco, limite)
    conhecidas = {
        assunto for assunto, codigo in falhas.assuntos(contexto.banco, "doc:") if codigo == "SEP-PRAZO-RETORNO"
    }
    pela_rede = {d["id"] for d in atrasados if fila.pela_rede(contexto, d["rota_id"])}
    novos = [d for d in atrasados if d["id"] in pela_rede or f"doc:{d['chave']}" not in conhecidas]
    atrasados_tambem = agenda.atrasados(contexto, limite)
    if not novos and not atrasados_tambem:
        return
    grupo = abrir_grupo(contexto)
    with contexto.banco.transacao():
        for doc in novos:
            if doc["id"] in pela_rede and not sem_desfecho.atrasado(grupo, doc):
                continue
            detalhe = f"Entregue em {doc['enviado_em']}."
            grupo.falhar(grupo.falha_da_chave(doc["chave"], "SEP-PRAZO-RETORNO", detalhe=detalhe, rota=doc["rota_id"]))
        for evento in atrasados_tambem:
            agenda.mostrar(grupo, evento)
    finalizar(contexto, grupo)
