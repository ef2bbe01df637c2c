"""From prepared files to outcomes: decide, stage, commit, make visible, commit, archive (casa.md, life of a file 5-11).

Order of effects, which every crash test leans on:
  1. staged files durable   2. commit: rows and the intent to publish   3. renames, folders flushed
  4. commit: published, transitions, outcomes   5. originals to the archive.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from separador.banco import arquivos, falhas
from separador.banco.conexao import texto_de
from separador.capacidades.cte.servico import envio, retornos, validacao
from separador.capacidades.cte.servico.consulta import recebida
from separador.capacidades.cte.servico.evento import pedidos as pedidos_evento
from separador.capacidades.ecac.arquivos.guia import GuiasLidas
from separador.capacidades.ecac.arquivos.lidos import RecibosLidos
from separador.capacidades.ecac.servico import arquivos_recebidos
from separador.capacidades.sefaz.banco import bloqueios
from separador.fiscal.consultas import ConsultaLida
from separador.fiscal.preparo import Preparado, SemCertificado
from separador.fiscal.retornos import ErroTransmissor, Retorno
from separador.motor.contexto import Casa
from separador.motor.desfecho import mover, saidas
from separador.motor.desfecho.arquivamento import Original, arquivar_terminados
from separador.motor.desfecho.entrega import publicar_pendentes
from separador.motor.desfecho.grupo import Item, Obra
from separador.motor.desfecho.saidas import Remessa
from separador.motor.log.log import registrar_incidente, registrar_varias
from separador.motor.trabalho.leitura import Copia, Incidente, Parecer, PastaFalhou, PedidoLido
from separador.nucleo.erro import Recusa
from separador.nucleo.etapa import Desfecho
from separador.nucleo.rota import Regra
from separador.pastas.erros import FalhaDePasta

TENTATIVAS = 3
ESPERA_INCIDENTE = timedelta(seconds=30)


class OperarioError(Exception):
    """An unexpected error in a worker; its text is the traceback there."""


@dataclass(slots=True)
class Balanco:
    """What became of a group. `represados` wait for a folder; `falhas` says which."""

    represados: list[Item] = field(default_factory=list)
    falhas: list[PastaFalhou] = field(default_factory=list)
    concluidos: int = 0


def concluir(casa: Casa, grupo: Sequence[tuple[Item, Parecer]]) -> Balanco:
    """Carry one group to its end. A folder that fails holds back only the files that need it."""
    balanco = Balanco()
    bons: list[tuple[Item, Parecer]] = []
    for item, parecer in grupo:
        if isinstance(parecer.conteudo, PastaFalhou):
            balanco.represados.append(item)
            balanco.falhas.append(parecer.conteudo)
        else:
            bons.append((item, parecer))
    if not bons:
        return balanco
    for parte in _partes(bons):
        try:
            _decidir_grupo(casa, parte)
            balanco.concluidos += len(parte)
        except FalhaDePasta as falha:
            _isolar(casa, parte, falha, balanco)
    return balanco


def _partes(grupo: list[tuple[Item, Parecer]]) -> list[list[tuple[Item, Parecer]]]:
    """Orders one by one: each must find done, and visible, what the one before it ordered (CTE-08)."""
    if any(isinstance(parecer.conteudo, PedidoLido) for _, parecer in grupo):
        return [[par] for par in grupo]
    return [grupo]


def _isolar(casa: Casa, grupo: Sequence[tuple[Item, Parecer]], falha: FalhaDePasta, balanco: Balanco) -> None:
    """The group could not be staged: one by one, so that only those that need the failed folder wait."""
    if len(grupo) == 1:
        item = grupo[0][0]
        if item.pasta is not None and item.provisorio:
            saidas.descartar(item.pasta, item.provisorio)
        balanco.represados.append(item)
        balanco.falhas.append(PastaFalhou(falha.pasta, falha.codigo, falha.mensagem, falha.o_que_fazer))
        return
    for par in grupo:
        par[0].ficha, par[0].repetido = None, True
        try:
            _decidir_grupo(casa, [par])
            balanco.concluidos += 1
        except FalhaDePasta as outra:
            _isolar(casa, [par], outra, balanco)


def abrir_obra(casa: Casa) -> Obra:
    """A group about to be decided. Its instant is one for all its rows."""
    agora = casa.agora()
    quando = texto_de(agora)
    return Obra(
        casa,
        Remessa(casa.prefixo()),
        agora,
        quando,
        havia_falhas=falhas.existem(casa.banco),
        havia_retidos=arquivos.ha_retidos(casa.banco),
        bloqueado_ate=bloqueios.vigente(casa.banco, bloqueios.ENVIO, quando),
    )


class _Quebrou(Exception):  # noqa: N818 - never leaves this module
    """One of the group broke the program."""


def _decidir_grupo(casa: Casa, grupo: Sequence[tuple[Item, Parecer]]) -> None:
    """All in one transaction. Should one break the program, it is all done again, each in a savepoint of its own."""
    try:
        obra = _decidida(casa, grupo, _todos if len(grupo) > 1 else _um_a_um)
    except _Quebrou:
        for item, _ in grupo:
            item.ficha, item.repetido = None, True
        obra = _decidida(casa, grupo, _um_a_um)
    _descartar_sobras(obra, grupo)
    finalizar(casa, obra)


def _decidida(
    casa: Casa, grupo: Sequence[tuple[Item, Parecer]], decidir: Callable[[Obra, Sequence[tuple[Item, Parecer]]], None]
) -> Obra:
    obra = abrir_obra(casa)
    try:
        with casa.banco.transacao():
            decidir(obra, grupo)
            fechar(obra)
    except BaseException:
        obra.remessa.descartar()
        # What a worker staged stays: each file is decided again, and its record will name it. Were it gone, the file
        # would pass for published.
        raise
    return obra


def _todos(obra: Obra, grupo: Sequence[tuple[Item, Parecer]]) -> None:
    try:
        for item, parecer in grupo:
            _decidir(obra, item, parecer)
    except FalhaDePasta:
        raise
    except Exception as erro:
        raise _Quebrou from erro


def _um_a_um(obra: Obra, grupo: Sequence[tuple[Item, Parecer]]) -> None:
    for item, parecer in grupo:
        _um(obra, item, parecer)


def fechar(obra: Obra) -> None:
    """Last thing in the group's transaction: stage and record what is to be published."""
    obra.remessa.encenar(obra.banco, obra.quando)


def finalizar(casa: Casa, obra: Obra) -> None:
    """After the commit: tell, make visible, archive."""
    registrar_varias(casa.log, obra.linhas)
    for pasta, provisorio in obra.sobras:
        saidas.descartar(pasta, provisorio)
    if len(obra.remessa):
        publicar_pendentes(casa)
    arquivar_terminados(casa, [Original(f.trabalho, f.lote, f.nome, f.guardado_em or b"") for f in obra.imediatos])


def _descartar_sobras(obra: Obra, grupo: Sequence[tuple[Item, Parecer]]) -> None:
    """What a worker staged and the decision did not use (duplicates, orders refused)."""
    for item, parecer in grupo:
        if parecer.saida_sha256 is not None and item.pasta is not None and item.provisorio not in obra.usados:
            saidas.descartar(item.pasta, item.provisorio)


def _um(obra: Obra, item: Item, parecer: Parecer) -> None:
    marca, feitos, linhas, fins = obra.remessa.marca(), len(obra.feitos), len(obra.linhas), len(obra.imediatos)
    sobras = len(obra.sobras)
    try:
        with obra.banco.ponto():
            _decidir(obra, item, parecer)
    except FalhaDePasta:
        raise
    except Exception as erro:  # noqa: BLE001 - around one document (W11)
        obra.remessa.voltar(marca)
        obra.usados.discard(item.provisorio)
        del obra.feitos[feitos:], obra.linhas[linhas:], obra.imediatos[fins:], obra.sobras[sobras:]
        item.ficha, item.repetido = None, True
        numero = registrar_incidente(obra.casa.dados, erro, {"arquivo": item.nome}, obra.agora)
        _incidente(obra, item, parecer, numero)


def _decidir(obra: Obra, item: Item, parecer: Parecer) -> None:
    obra.registrar(item, parecer)
    c = parecer.conteudo
    if isinstance(c, Incidente):
        numero = registrar_incidente(obra.casa.dados, OperarioError(c.rastro), {"arquivo": item.nome}, obra.agora)
        _incidente(obra, item, parecer, numero)
    elif isinstance(c, Recusa):
        _recusa(obra, item, c)
    elif isinstance(c, Copia):
        mover.mover(obra, item, parecer)
    elif isinstance(c, PedidoLido):
        pedidos_evento.por_arquivo(obra, item, c)
    elif isinstance(c, GuiasLidas):
        arquivos_recebidos.guias(obra, item, c)
    elif isinstance(c, RecibosLidos):
        arquivos_recebidos.comprovantes(obra, item, c)
    elif isinstance(c, ConsultaLida):
        recebida.receber(obra, item, c)
    elif isinstance(c, ErroTransmissor):
        retornos.do_transmissor(obra, item, c, parecer.dados)
    elif isinstance(c, Retorno):
        retornos.receber(obra, item, parecer, c)
    else:
        _preparado(obra, item, parecer, c)


def _preparado(obra: Obra, item: Item, parecer: Parecer, c: Preparado | SemCertificado | PastaFalhou) -> None:
    if isinstance(c, PastaFalhou):
        raise TypeError("pasta que falhou não chega à decisão")
    if item.rota.regra is Regra.CTE_VALIDAR:
        validacao.validar(obra, item, parecer, c)
    elif isinstance(c, SemCertificado):
        envio.esperar_certificado(obra, item, c)
    else:
        envio.receber(obra, item, parecer, c)


def _recusa(obra: Obra, item: Item, r: Recusa) -> None:
    if item.rota.regra is Regra.CTE_RETORNO:
        retornos.ilegivel(obra, item, r)
    elif item.rota.regra is Regra.CTE_VALIDAR:
        validacao.invalido(obra, item, r)
    else:
        obra.recusar(item, r)


def _incidente(obra: Obra, item: Item, parecer: Parecer, numero: str) -> None:
    """An unexpected error: tried again a little later; the third time the file goes to quarantine (C8, C9)."""
    obra.registrar(item, parecer)
    if item.ficha is not None:
        arquivos.gravar(obra.banco, item.ficha)
    if arquivos.contar_tentativa(obra.banco, item.arquivo_id) >= TENTATIVAS:
        quarentena(obra, item, f"Incidente {numero}.")
        return
    falha = obra.falha_do(item, "SEP-INCIDENTE", detalhe=f"Incidente {numero}.")
    obra.reter(item, "incidente", texto_de(obra.agora + ESPERA_INCIDENTE), falha)


def quarentena(obra: Obra, item: Item, detalhe: str) -> None:
    """Give up on a file that breaks the program; it is kept, and shown."""
    falha = obra.falha_do(item, "SEP-QUARENTENA", detalhe=detalhe)
    obra.falhar(falha)
    obra.terminar(item, Desfecho.QUARENTENA, codigo=falha.codigo, motivo=falha.motivo)
