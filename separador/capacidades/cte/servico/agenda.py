"""Carries out what is due for documents: handing on, at first or again, and deadlines of returns."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from sqlite3 import Row

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.servico import cancelamento, pedidos
from separador.capacidades.cte.servico.consulta import prazo
from separador.capacidades.cte.servico.encaminhamento import Remetido, encaminhar
from separador.capacidades.cte.servico.evento import agenda
from separador.capacidades.cte.servico.rede import fila, sem_desfecho
from separador.capacidades.sefaz.banco import bloqueios
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.transacao import em_grupo, em_grupo_proprio
from separador.motor.log.log import registrar_incidente
from separador.nucleo.rota import Envio
from separador.nucleo.situacao import Situacao
from separador.pastas.erros import FalhaDePasta

JUNTOS = 64
"""Documents that are handed on in one commit, of those that were registered with many others: no more, so that no route
waits for the rest."""


def encaminhar_registrados(contexto: Contexto) -> bool:
    """Hands on the next documents that were registered together. Returns True when there were any."""
    linhas = documentos.a_encaminhar(contexto.banco, contexto.quando(), JUNTOS)
    if linhas:
        em_grupo_proprio(
            contexto,
            partial(_encaminhar, linhas=linhas),
            sem_pasta=partial(_um_a_um, contexto, linhas),
            incidente=partial(_um_a_um_depois_do_incidente, contexto, linhas),
        )
    return bool(linhas)


def _encaminhar(grupo: Grupo, linhas: Sequence[Row]) -> None:
    for doc in linhas:
        rota = grupo.contexto.rota_de_envio(doc["rota_id"])
        if rota is None:
            documentos.agendar(grupo.banco, doc["id"], "enviar", grupo.quando)  # that says what is wrong
            continue
        documentos.agendar(grupo.banco, doc["id"], None, None)
        if doc["situacao"] != Situacao.NAO_ENVIADO.value:
            continue  # somebody sent it meanwhile
        destino = Remetido(
            doc["id"], doc["chave"], bytes(doc["base"]), rota, Envio.AUTOMATICO, doc["causa_quem"], doc["arquivo_id"]
        )
        encaminhar(grupo, destino, partial(pedidos.assinado_do, grupo, doc))


def _um_a_um(contexto: Contexto, linhas: Sequence[Row], _falha: FalhaDePasta | None = None) -> None:
    """Leaves documents that could not be handed on together to be tried each by itself."""
    with contexto.banco.transacao():
        depois = texto_de(contexto.agora() + timedelta(minutes=1))
        for doc in linhas:
            documentos.agendar(contexto.banco, doc["id"], "enviar", depois)


def _um_a_um_depois_do_incidente(contexto: Contexto, linhas: Sequence[Row], erro: Exception) -> None:
    numero = registrar_incidente(contexto.dados, erro, {"chave": linhas[0]["chave"]}, contexto.agora())
    _um_a_um(contexto, linhas)
    dito = "documentos registrados juntos não puderam ser entregues agora"
    contexto.log.error(dito, acao="envio", documentos=len(linhas), incidente=numero)


def vencidos(contexto: Contexto) -> int:
    """Does what is due for documents: the same bytes or a consultation once more, and due events. Returns how many."""
    linhas = documentos.na_agenda(contexto.banco, contexto.quando())
    for doc in linhas:
        em_grupo_proprio(
            contexto,
            partial(_vencido, doc=doc),
            sem_pasta=partial(_mais_tarde, contexto, doc),
            incidente=partial(_adiar, contexto, doc),
        )
    return len(linhas) + agenda.vencidos(contexto)


def _vencido(grupo: Grupo, doc: Row) -> None:
    acao = doc["proxima_acao"]
    if grupo.contexto.rota_de_envio(doc["rota_id"]) is None:  # no route: this is shown, and looked at again
        grupo.falhar(grupo.falha_da_chave(doc["chave"], "SEP-SEM-ROTA", rota=doc["rota_id"]))
        documentos.agendar(grupo.banco, doc["id"], acao, texto_de(grupo.agora + timedelta(minutes=1)))
        return
    if grupo.havia_falhas:
        falhas.encerrar(grupo.banco, f"doc:{doc['chave']}", grupo.quando, "há rota de novo", "SEP-SEM-ROTA")
    servico = bloqueios.CONSULTA if acao == "consultar" else bloqueios.ENVIO
    ate = bloqueios.vigente(grupo.banco, servico, grupo.quando)
    if ate is not None:  # 678: nothing goes to that service for an hour
        documentos.agendar(grupo.banco, doc["id"], acao, ate)
        return
    if acao == "consultar":
        documentos.agendar(grupo.banco, doc["id"], None, None)
        cancelamento.publicar_consulta(grupo, doc)
    else:
        pedidos.agendado(grupo, doc)
    grupo.linhas.append({"event": "entregue de novo para transmissão", "acao": "reenvio", "chave": doc["chave"]})


def _adiar(contexto: Contexto, doc: Row, erro: Exception) -> None:
    """Records an unexpected error, and plans another try in a minute."""
    numero = registrar_incidente(contexto.dados, erro, {"chave": doc["chave"]}, contexto.agora())
    _mais_tarde(contexto, doc)
    contexto.log.error("o reenvio não pôde ser feito agora", acao="reenvio", chave=doc["chave"], incidente=numero)


def _mais_tarde(contexto: Contexto, doc: Row, _falha: FalhaDePasta | None = None) -> None:
    with contexto.banco.transacao():
        depois = texto_de(contexto.agora() + timedelta(minutes=1))
        documentos.agendar(contexto.banco, doc["id"], doc["proxima_acao"], depois)


def prazos(contexto: Contexto) -> None:
    """Shows documents and events without a return within `prazo_retorno`. It is a failure; no situação changes."""
    prazo.conferir(contexto)
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

    def decidir(grupo: Grupo) -> None:
        for doc in novos:
            if doc["id"] in pela_rede and not sem_desfecho.atrasado(grupo, doc):
                continue
            detalhe = f"Entregue em {doc['enviado_em']}."
            grupo.falhar(grupo.falha_da_chave(doc["chave"], "SEP-PRAZO-RETORNO", detalhe=detalhe, rota=doc["rota_id"]))
        for evento in atrasados_tambem:
            agenda.mostrar(grupo, evento)

    em_grupo(contexto, decidir)
