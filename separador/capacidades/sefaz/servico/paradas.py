"""Keeps what stands still: an authoriser that is down, a service that blocked us, a certificate that is refused.

The stops survive a restart. Each has one line in the failures view, however many calls wait for it.
"""

from datetime import datetime, timedelta
from sqlite3 import Row

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.banco import paradas
from separador.capacidades.sefaz.banco import vez as tabela_da_vez
from separador.capacidades.sefaz.dominio import cstat, decisoes, esperas
from separador.capacidades.sefaz.rede.porta import Servico
from separador.capacidades.sefaz.servico import enderecos, fila
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo.falha import Falha, descrever

REDE, SEFAZ, CONSUMO, CERTIFICADO, EMITENTE = "rede", "sefaz", "consumo", "certificado", "emitente"
ESPERA_EMITENTE = timedelta(minutes=30)
ESPERA_CERTIFICADO = timedelta(minutes=10)
SUMICOS = 3
"""Number of failures in a row to reach an authoriser after which its contingency is asked whether it is active."""


def do_autorizador(autorizador: str, tp_amb: str) -> str:
    """Returns the scope of an authoriser."""
    return f"sefaz:{autorizador}:{tp_amb}"


def do_servico(cnpj: str, servico: str) -> str:
    """Returns the scope of a block for improper use: certificate and service."""
    return f"consumo:{cnpj}:{servico}"


CERTIFICADOS = "certificado-rede:"
"""The beginning of the scopes of certificates."""


def do_certificado(cnpj: str, autorizador: str) -> str:
    """Returns the scope of a certificate that an authoriser refuses. Another authoriser may take it."""
    return f"{CERTIFICADOS}{autorizador}:{cnpj}"


def vigente(parada: Row | None, quando: str) -> bool:
    """Says whether a stop is in force. When its time is over, one call is tried, and the stop ends if it works."""
    return parada is not None and str(parada["ate"]) > quando


def _parar(grupo: Grupo, escopo: str, causa: str, ate: datetime, motivo: str) -> None:
    paradas.parar(grupo.banco, escopo, causa, texto_de(ate), motivo[:500], grupo.quando)


def _ja(grupo: Grupo, escopo: str) -> Row | None:
    """Returns the stop in force. Several calls in flight that fail together count as one failure."""
    parada = paradas.uma(grupo.banco, escopo)
    return parada if vigente(parada, grupo.quando) else None


def _so_pergunta(grupo: Grupo, linha: Row, escopo: str) -> bool:
    """Says whether the call is a status query to an authoriser without a stop, such as a contingency."""
    return linha["alvo"] == tabela.STATUS and paradas.uma(grupo.banco, escopo) is None


def _mostrar(grupo: Grupo, escopo: str, codigo: str, detalhe: str) -> None:
    motivo, fazer = descrever(codigo, detalhe)
    grupo.falhar(Falha(escopo, codigo, motivo, fazer))


_CURTAS = 3
"""Steps by which the pause grows at most, where something answers in place of the authoriser."""


def fora_do_ar(grupo: Grupo, linha: Row, detalhe: str, *, curta: bool = False) -> None:
    """Stops an authoriser that could not be reached. `curta`: something answers, and may soon let others through."""
    escopo = do_autorizador(linha["autorizador"], linha["tp_amb"])
    if _ja(grupo, escopo) is not None or _so_pergunta(grupo, linha, escopo):
        return
    parada = paradas.uma(grupo.banco, escopo)
    feitas = int(parada["tentativas"]) if parada is not None else 0
    passos = min(feitas, _CURTAS) if curta else feitas
    ate = grupo.agora + decisoes.espera_conexao(passos, grupo.contexto.relogio.sorteio())
    _parar(grupo, escopo, REDE, ate, detalhe)
    _mostrar(grupo, escopo, "SEP-SEFAZ-FORA", f"Autorizador {linha['autorizador']}: {detalhe}")
    if feitas + 1 >= SUMICOS:
        _perguntar_a_contingencia(grupo, linha)


def parada(grupo: Grupo, linha: Row, codigo: str, motivo: str) -> None:
    """Stops an authoriser that says so itself: 108, 109, or 114 from a contingency authoriser that is not active."""
    escopo = do_autorizador(linha["autorizador"], linha["tp_amb"])
    if _ja(grupo, escopo) is not None or _so_pergunta(grupo, linha, escopo):
        return
    antes = paradas.uma(grupo.banco, escopo)
    feitas = int(antes["tentativas"]) if antes is not None else 0
    # 109 says that SEFAZ does not know how long it will take, so the pause is longer.
    espera_s = esperas.reenvio(
        feitas + (2 if codigo == cstat.PARADO_SEM_PREVISAO else 0), grupo.contexto.relogio.sorteio()
    )
    _parar(grupo, escopo, SEFAZ, grupo.agora + espera_s, f"{codigo}: {motivo}")
    qual = "SEP-SVC-DESATIVADA" if codigo == cstat.SVC_DESLIGADA else "SEP-SEFAZ-PARADA"
    _mostrar(grupo, escopo, qual, f"Autorizador {linha['autorizador']}, resposta {codigo}: {motivo}")
    if codigo != cstat.SVC_DESLIGADA:
        _perguntar_a_contingencia(grupo, linha)


def _perguntar_a_contingencia(grupo: Grupo, linha: Row) -> None:
    if linha["chave"] is not None and linha["chave"][34] not in ("7", "8"):
        uf = linha["chave"][:2]
        perguntar(grupo, linha["cnpj"], enderecos.svc(grupo.contexto, uf), uf)


def perguntar(grupo: Grupo, cnpj: str, autorizador: str, uf: str) -> None:
    """Queues a status query, unless one of this authoriser is queued or in flight."""
    sql = (
        f"SELECT 1 FROM transmissao INDEXED BY transmissao_fila WHERE {tabela.EM_ABERTO} AND alvo = ?"  # noqa: S608
        " AND autorizador = ? AND estado IN (?, ?)"
    )
    if grupo.banco.uma(sql, tabela.STATUS, autorizador, tabela.PENDENTE, tabela.ENVIANDO) is None:
        fila.enfileirar_status(grupo, cnpj, autorizador, uf, "serviço")


def vencidas(contexto: Contexto) -> list[Row]:
    """Returns the stops of authorisers whose time is over, and that no waiting document tries."""
    quando, fim = contexto.quando(), f":{contexto.config.ambiente.tp_amb}"
    return [
        p
        for e, p in paradas.todas(contexto.banco).items()
        if e.startswith("sefaz:") and e.endswith(fim) and str(p["ate"]) <= quando and not _tentando(contexto, p)
    ]


OUTRO_AMBIENTE = "fila:ambiente"


def conferir_ambiente(contexto: Contexto) -> None:
    """Shows that calls wait which were queued for another environment. They do not go to this one."""
    quantas = tabela_da_vez.de_outro_ambiente(contexto.banco, contexto.config.ambiente.tp_amb, contexto.config.ambiente)
    mostrada = bool(falhas.assuntos(contexto.banco, OUTRO_AMBIENTE))
    if bool(quantas) == mostrada:
        return
    quando = contexto.quando()
    motivo, fazer = descrever("SEP-FILA-AMBIENTE", f"Chamadas que esperam: {quantas}.")
    with contexto.banco.transacao():
        if quantas:
            falhas.abrir(contexto.banco, Falha(OUTRO_AMBIENTE, "SEP-FILA-AMBIENTE", motivo, fazer), quando)
        else:
            falhas.encerrar(contexto.banco, OUTRO_AMBIENTE, quando, "nada mais espera por outro ambiente")


def _tentando(contexto: Contexto, parada: Row) -> bool:
    """Says whether a waiting call will try the authoriser. That is so unless the authoriser itself said to stop."""
    autorizador = parada["escopo"].split(":")[1]
    return parada["causa"] == REDE and tabela_da_vez.alguma_a_espera(contexto.banco, autorizador) is not None


def sondar(grupo: Grupo, parada: Row) -> None:
    """Asks an authoriser whose time is over whether it is back. When nothing waits for it, the stop ends."""
    _, autorizador, tp_amb = str(parada["escopo"]).split(":")
    esperam = tabela_da_vez.empresas_a_espera(grupo.banco, autorizador)
    if not esperam:
        voltou(grupo, autorizador, tp_amb, "nada mais espera por este autorizador")
    podem = [(c, chave) for c, chave in esperam if _pode_perguntar(grupo, c, autorizador)]
    if podem:  # a company that cannot ask, or its waiting question, must not hold up the others
        tabela_da_vez.passar_status(grupo.banco, autorizador, [c for c, _ in podem], podem[0][0])
    for cnpj, chave in podem:
        if chave is not None:
            perguntar(grupo, cnpj, autorizador, chave[:2])
            return


def _pode_perguntar(grupo: Grupo, cnpj: str, autorizador: str) -> bool:
    escopos = (do_certificado(cnpj, autorizador), do_servico(cnpj, Servico.STATUS))
    tem = any(c[:8] == cnpj[:8] for c in grupo.contexto.certificados)
    return tem and not any(vigente(paradas.uma(grupo.banco, e), grupo.quando) for e in escopos)


def voltou(grupo: Grupo, autorizador: str, tp_amb: str, por: str = "a SEFAZ voltou a responder") -> None:
    """Ends the stop of an authoriser that answers again. Everything that waited goes, in order."""
    escopo = do_autorizador(autorizador, tp_amb)
    if paradas.soltar(grupo.banco, escopo):
        falhas.encerrar(grupo.banco, escopo, grupo.quando, por)
        for assunto, _ in falhas.assuntos(grupo.banco, "svc:"):
            if enderecos.tabela(grupo.contexto).autorizador(assunto.removeprefix("svc:")) == autorizador:
                falhas.encerrar(grupo.banco, assunto, grupo.quando, "o autorizador normal voltou a responder")
        grupo.contexto.novidades.add(fila.NOVIDADE)
        grupo.linhas.append({"event": por, "acao": "sefaz", "autorizador": autorizador})


def consumo_indevido(grupo: Grupo, linha: Row, motivo: str) -> str:
    """Stops calls to this service with this certificate for an hour, after 678. Returns the end (as stored)."""
    escopo = do_servico(linha["cnpj"], linha["servico"])
    ja = _ja(grupo, escopo)
    if ja is not None and ja["causa"] == CONSUMO:
        return str(ja["ate"])
    ate = grupo.agora + esperas.BLOQUEIO_CONSUMO + timedelta(minutes=2 * grupo.contexto.relogio.sorteio())
    _parar(grupo, escopo, CONSUMO, ate, motivo)
    detalhe = f"Serviço {linha['servico']}, certificado {linha['cnpj']}, até {texto_de(ate)}: {motivo}"
    _mostrar(grupo, escopo, "SEP-CONSUMO-INDEVIDO", detalhe)
    return texto_de(ate)


def servico_voltou(grupo: Grupo, cnpj: str, servico: str) -> None:
    """Ends the block of a service that has answered a call again."""
    escopo = do_servico(cnpj, servico)
    if paradas.soltar(grupo.banco, escopo):
        falhas.encerrar(grupo.banco, escopo, grupo.quando, "o serviço voltou a aceitar chamadas")


def certificado(grupo: Grupo, linha: Row, detalhe: str) -> None:
    """Stops the company's calls to this authoriser: its certificate is refused or unusable, and a person must act."""
    cnpj, autorizador = linha["cnpj"], linha["autorizador"]
    escopo = do_certificado(cnpj, autorizador)
    _parar(grupo, escopo, CERTIFICADO, grupo.agora + ESPERA_CERTIFICADO, detalhe)
    _mostrar(grupo, escopo, "SEP-TRANSMISSAO-CERTIFICADO", f"CNPJ {cnpj}, autorizador {autorizador}: {detalhe}")


def servico_negado(grupo: Grupo, linha: Row, detalhe: str) -> None:
    """Stops one service for the company, because it is refused or not at its address. The others go on."""
    escopo = do_servico(linha["cnpj"], linha["servico"])
    if _ja(grupo, escopo) is None:
        _parar(grupo, escopo, CERTIFICADO, grupo.agora + ESPERA_CERTIFICADO, detalhe)
    detalhe = f"CNPJ {linha['cnpj']}, {linha['autorizador']}, serviço {linha['servico']}: {detalhe}"
    _mostrar(grupo, escopo, "SEP-TRANSMISSAO-CERTIFICADO", detalhe)


def do_emitente(cnpj: str) -> str:
    """Returns the scope of an issuer that SEFAZ does not let issue."""
    return f"emitente:{cnpj}"


def emitente(grupo: Grupo, cnpj: str, codigo: str, motivo: str) -> None:
    """Stops an irregular issuer (203), or ends the stop at any other code.

    The rest of its queue waits, so that it is not refused one by one. One document tries again every half hour.
    """
    escopo = do_emitente(cnpj)
    if codigo == cstat.EMITENTE_IRREGULAR:
        _parar(grupo, escopo, EMITENTE, grupo.agora + ESPERA_EMITENTE, f"{codigo}: {motivo}")
        _mostrar(grupo, escopo, "SEP-EMITENTE-IRREGULAR", f"CNPJ {cnpj}, resposta {codigo}: {motivo}")
    elif paradas.soltar(grupo.banco, escopo):
        falhas.encerrar(grupo.banco, escopo, grupo.quando, "a SEFAZ aceita documentos do emitente")


def soltar_negado(grupo: Grupo, escopo: str) -> None:
    """Ends the stop of a refused service, because certificates or addresses changed. It is tried again."""
    parada = paradas.uma(grupo.banco, escopo)
    if parada is not None and parada["causa"] == CERTIFICADO and paradas.soltar(grupo.banco, escopo):
        falhas.encerrar(grupo.banco, escopo, grupo.quando, "o certificado ou a configuração mudou")


def certificado_voltou(grupo: Grupo, cnpj: str, autorizador: str) -> None:
    """Ends the stop of a certificate that works, or that is to be tried again after a change."""
    escopo = do_certificado(cnpj, autorizador)
    if paradas.soltar(grupo.banco, escopo):
        falhas.encerrar(grupo.banco, escopo, grupo.quando, "o certificado funciona na transmissão")


def situacao_do_servico(grupo: Grupo, linha: Row, codigo: str, motivo: str) -> None:
    """Applies the answer to a status query. 107: it works. 108, 109: it stops. 113, 114: the SVC is active, or not."""
    if codigo in cstat.PARADAS:
        parada(grupo, linha, codigo, motivo)
        return
    if codigo in cstat.NO_AR:
        voltou(grupo, linha["autorizador"], linha["tp_amb"])
    uf = linha["fila"].split(":")[2]
    if linha["autorizador"] != enderecos.svc(grupo.contexto, uf):
        return
    normal = enderecos.tabela(grupo.contexto).autorizador(uf)
    parado = paradas.uma(grupo.banco, do_autorizador(normal, linha["tp_amb"]))
    if codigo == cstat.SVC_ATIVA and parado is not None:
        _mostrar(grupo, f"svc:{uf}", "SEP-SVC-ATIVA", f"{linha['autorizador']} no lugar de {normal}.")
    elif codigo != cstat.SVC_ATIVA:
        falhas.encerrar(grupo.banco, f"svc:{uf}", grupo.quando, f"a SVC respondeu {codigo}: não está ativa")
