"""Finds out outcomes that are not known: by a look-up of the key, never by sending again first."""

from datetime import datetime, timedelta
from sqlite3 import Row

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.cte.dominio.retorno import CONTESTADAS
from separador.capacidades.cte.servico.rede import fila
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.dominio import cstat as c
from separador.capacidades.sefaz.dominio import decisoes, esperas
from separador.capacidades.sefaz.dominio.decisoes import Resolucao, SemDesfecho
from separador.capacidades.sefaz.servico.fila import NOVIDADE
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo.etapa import Etapa
from separador.nucleo.situacao import Situacao

_JA_EXISTE = frozenset({c.JA_RECEBIDO, c.JA_CANCELADO, c.EVENTO_REPETIDO, c.EPEC_JA_RECEBIDO})
"""Answers that say that SEFAZ has it. If look-ups then say that it does not, nothing is sent a third time."""
CODIGO = "SEP-SEM-DESFECHO"
_EM_ABERTO = frozenset({eventos.PRONTO, eventos.PUBLICADO})


def abrir(
    grupo: Grupo,
    linha: Row,
    motivo: str,
    *,
    em: datetime | None = None,
    detalhe: str = "",
    bruto: bytes | None = None,
    http: int | None = None,
) -> None:
    """Keeps an outcome that nobody knows as unknown, shows it and looks it up.

    `em`: the look-up is not made before; by default the time comes from the table.
    """
    tabela.desconhecer(grupo.banco, linha["id"], motivo, grupo.quando, detalhe=detalhe, bruto=bruto, http=http)
    if linha["documento_id"] is not None and not _estornado(grupo, linha):
        documentos.definir_etapa(grupo.banco, linha["documento_id"], Etapa.DESCONHECIDO)
    grupo.linhas.append(
        {"event": "desfecho desconhecido; a SEFAZ será consultada", "acao": "transmissão", "nivel": "warning",
         "chave": linha["chave"], "motivo": motivo, "detalhe": detalhe or None}
    )  # fmt: skip
    consultar(grupo, linha, em)


def _estornado(grupo: Grupo, linha: Row) -> bool:
    """Says whether it is an event that was reversed while it was under way: its document waits for nothing more."""
    return bool(
        linha["alvo"] == tabela.EVENTO
        and eventos.por_id(grupo.banco, linha["evento_id"])["estado"] == eventos.ESTORNADO
    )


def consultar(grupo: Grupo, linha: Row, em: datetime | None = None, *, falhou: str | None = None) -> None:
    """Queues one more look-up for an unknown outcome, unless one waits.

    `falhou`: why the look-up before told nothing. The outcome is shown as unknown from then on, not only when many
    look-ups were answered without telling it.
    """
    if tabela.consultas_abertas(grupo.banco, linha["id"]):
        return
    feitas = tabela.contar_consulta(grupo.banco, linha["id"])
    if falhou is not None or feitas >= decisoes.CONSULTAS_SEM_NOTICIA:
        _mostrar(grupo, linha, falhou, feitas)
    quando = em or grupo.agora + decisoes.espera_consulta(feitas, grupo.contexto.relogio.sorteio())
    fila.enfileirar_consulta(grupo, linha["chave"], "serviço", de=linha, em=quando)


def _mostrar(grupo: Grupo, linha: Row, falhou: str | None, feitas: int) -> None:
    da_transmissao = ": ".join(str(v) for v in (linha["resultado"], linha["detalhe"]) if v) or "nenhuma"
    consulta = f" Consulta: {falhou}." if falhou else ""
    detalhe = (
        f"Transmissão: {da_transmissao}.{consulta} Consultas feitas: {feitas}; o serviço continua a consultar sozinho."
    )
    grupo.falhar(grupo.falha_da_chave(linha["chave"], CODIGO, detalhe=detalhe, rota=linha["rota_id"]))


def em_aberto(grupo: Grupo, linha: Row) -> bool:
    """Says whether what was sent still waits for its answer. A reversed event does too, because SEFAZ may have it."""
    if linha["alvo"] == tabela.EVENTO:
        estado = eventos.por_id(grupo.banco, linha["evento_id"])["estado"]
        return estado in _EM_ABERTO or estado == eventos.ESTORNADO
    doc = documentos.por_id(grupo.banco, linha["documento_id"])
    return bool(doc["situacao"] == Situacao.AGUARDANDO_RETORNO.value)


def resolver(grupo: Grupo, transmissao_id: int, codigo: str, *, apartado: bool = False) -> None:
    """Decides the next step after a look-up was applied. `codigo` is the look-up's cStat.

    `apartado`: SEFAZ has an event of that number which cannot be verified. A person decides; nothing goes again.
    """
    linha = tabela.por_id(grupo.banco, transmissao_id)
    if linha["estado"] != tabela.DESCONHECIDA:
        return
    aberta = em_aberto(grupo, linha)
    if aberta and apartado:
        _seguir(grupo, linha, Resolucao.DESISTIR, codigo)
        return
    ausencias = int(linha["ausencias"])
    if aberta and decisoes.ausente(linha["alvo"], codigo):
        ausencias = tabela.contar_ausencia(grupo.banco, transmissao_id)
    caso = SemDesfecho(aberta, ausencias, int(linha["consultas"]), linha["resultado"] in _JA_EXISTE)
    rumo = decisoes.resolver(linha["alvo"], codigo, caso)
    if rumo is Resolucao.REENVIAR and not _reenviavel(grupo, linha):
        rumo = Resolucao.RESOLVIDA
    _seguir(grupo, linha, rumo, codigo)


def _reenviavel(grupo: Grupo, linha: Row) -> bool:
    """Says whether it may be sent again.

    A reversed cancellation that SEFAZ does not have is not: it counts as withdrawn.
    """
    if linha["alvo"] != tabela.EVENTO:
        return True
    return eventos.por_id(grupo.banco, linha["evento_id"])["estado"] in _EM_ABERTO


def _seguir(grupo: Grupo, linha: Row, rumo: Resolucao, codigo: str) -> None:
    if rumo is Resolucao.RESOLVIDA:
        tabela.aplicar(grupo.banco, linha["id"], None, f"resolvida por consulta ({codigo})", grupo.quando)
        _conhecido(grupo, linha, "o desfecho é conhecido")
        if linha["documento_id"] is not None:
            repousar(grupo, linha["documento_id"])
    elif rumo is Resolucao.REENVIAR:
        _reenviar(grupo, linha)
    elif rumo is Resolucao.CONSULTAR:
        calada = None if decisoes.ausente(linha["alvo"], codigo) else f"a resposta {codigo} não decide"
        consultar(grupo, linha, falhou=calada)
    else:
        _desistir(grupo, linha, codigo)


def _conhecido(grupo: Grupo, linha: Row, por: str) -> None:
    falhas.encerrar(grupo.banco, f"doc:{linha['chave']}", grupo.quando, por, CODIGO)


def _reenviar(grupo: Grupo, linha: Row) -> None:
    """Queues the same bytes again, because SEFAZ said twice that it does not have them. Each time waits longer."""
    feitas = int(linha["tentativas"])
    pausa = esperas.reenvio(feitas - 2, grupo.contexto.relogio.sorteio()) if feitas > 1 else timedelta()
    em = texto_de(grupo.agora + pausa) if pausa else None
    tabela.zerar_ausencias(grupo.banco, linha["id"])
    if int(linha["consultas"]) <= decisoes.CONSULTAS_SEM_NOTICIA:
        _conhecido(grupo, linha, "a SEFAZ respondeu que não tem o documento; ele vai de novo")
    tabela.de_novo(grupo.banco, linha["id"], None, "não consta na SEFAZ (217): os mesmos bytes vão de novo", em)
    if linha["documento_id"] is not None:
        documentos.definir_etapa(grupo.banco, linha["documento_id"], Etapa.PRONTO)
    grupo.contexto.novidades.add(NOVIDADE)


def _desistir(grupo: Grupo, linha: Row, codigo: str) -> None:
    """Asks a person, because no look-up will tell more. The document stays as it is."""
    tabela.aplicar(grupo.banco, linha["id"], None, f"a consulta não decide ({codigo})", grupo.quando)
    if linha["documento_id"] is not None:
        repousar(grupo, linha["documento_id"])
    if set(CONTESTADAS) & {codigo for _, codigo in falhas.assuntos(grupo.banco, f"doc:{linha['chave']}")}:
        return  # what is wrong is said already
    detalhe = f"Última resposta da consulta: {codigo}; da transmissão: {linha['resultado'] or 'nenhuma'}."
    grupo.falhar(grupo.falha_da_chave(linha["chave"], CODIGO, detalhe=detalhe, rota=linha["rota_id"]))


DE_PESSOA = frozenset({CODIGO, "SEP-NUMERO-OCUPADO", "SEP-CONSUMO-INDEVIDO", *CONTESTADAS})
"""Failures of a document that no look-up of our own will mend."""


def atrasado(grupo: Grupo, doc: Row) -> bool:
    """Looks up the key of an overdue return (`prazo_retorno`), unless a call is under way or a person must decide.

    Returns True when the failures view should say that the return is late.
    """
    if tabela.abertas_do_documento(grupo.banco, doc["id"]):
        return False
    abertas = {codigo for _, codigo in falhas.assuntos(grupo.banco, f"doc:{doc['chave']}")}
    if abertas & DE_PESSOA:
        return False
    fila.enfileirar_consulta(grupo, doc["chave"], "serviço")
    documentos.aguardar_desde(grupo.banco, doc["id"], grupo.quando)
    return not abertas


_EM_CAMINHO = frozenset({Etapa.ENVIANDO.value, Etapa.DESCONHECIDO.value, Etapa.PRONTO.value})
_EM_ESPERA = frozenset({Situacao.AGUARDANDO_RETORNO.value, Situacao.AGUARDANDO_CANCELAMENTO.value})


def repousar(grupo: Grupo, documento_id: int) -> None:
    """Sets the stage of a document about which nothing is under way any more, where no answer has set it."""
    doc = documentos.por_id(grupo.banco, documento_id)
    enviadas = [r for r in tabela.abertas_do_documento(grupo.banco, documento_id) if r["alvo"] != tabela.CONSULTA]
    if doc["etapa"] in _EM_CAMINHO and not enviadas:
        etapa = Etapa.RESPONDIDO if doc["situacao"] in _EM_ESPERA else Etapa.CONCLUIDO
        documentos.definir_etapa(grupo.banco, documento_id, etapa)


def fechar_resolvidas(grupo: Grupo, documento_id: int) -> None:
    """Closes unknown outcomes of a document that an answer settled, whatever way the answer came."""
    for linha in tabela.abertas_do_documento(grupo.banco, documento_id):
        if linha["estado"] == tabela.DESCONHECIDA and not em_aberto(grupo, linha):
            tabela.aplicar(grupo.banco, linha["id"], None, "resolvida por outra resposta", grupo.quando)
            _conhecido(grupo, linha, "o desfecho é conhecido")
            for consulta in tabela.abertas_do_documento(grupo.banco, documento_id, tabela.CONSULTA):
                if consulta["de_id"] == linha["id"]:
                    tabela.retirar(grupo.banco, consulta["id"], grupo.quando)
