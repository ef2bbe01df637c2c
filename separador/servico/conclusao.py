"""From prepared files to outcomes: decide, stage, commit, make visible, commit, archive (casa.md, life of a file 5-11).

Order of effects, which every crash test leans on:
  1. staged files durable   2. commit: rows and the intent to publish   3. renames, folders flushed
  4. commit: published, transitions, outcomes   5. originals to the archive.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from sqlite3 import Row

from separador.banco import arquivos, bloqueios, documentos, eventos, falhas, publicacoes, tarefas
from separador.banco.conexao import texto_de
from separador.dominio.erro import Recusa
from separador.dominio.etapa import Desfecho
from separador.dominio.falha import Falha
from separador.dominio.nome import mostrar
from separador.dominio.rota import Regra
from separador.dominio.situacao import Situacao
from separador.fiscal.consultas import ConsultaLida
from separador.fiscal.preparo import Preparado, SemCertificado
from separador.fiscal.retornos import ErroTransmissor, Retorno
from separador.pastas.disco import PROPRIA, juntar, sincronizar_pasta
from separador.pastas.erros import FalhaDePasta
from separador.pastas.guarda import arquivar
from separador.pastas.tomada import limpar_lote
from separador.servico import consultas, envio, pedidos_evento, plano, retornos, saidas
from separador.servico.casa import Casa
from separador.servico.log import registrar_incidente
from separador.servico.lotes import rota_do_lote
from separador.servico.obra import Item, Obra, guardado_em
from separador.servico.operario import Copia, Incidente, Parecer, PastaFalhou, PedidoLido
from separador.servico.saidas import Remessa

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


def _decidir_grupo(casa: Casa, grupo: Sequence[tuple[Item, Parecer]]) -> None:
    obra = abrir_obra(casa)
    try:
        with casa.banco.transacao():
            for item, parecer in grupo:
                _um(obra, item, parecer)
            fechar(obra)
    except BaseException:
        obra.remessa.descartar()
        # What a worker staged stays: each file is decided again, and its record will name it. Were it gone, the file
        # would pass for published.
        raise
    _descartar_sobras(obra, grupo)
    finalizar(casa, obra)


def fechar(obra: Obra) -> None:
    """Last thing in the group's transaction: stage and record what is to be published."""
    obra.remessa.encenar(obra.banco, obra.quando)


def finalizar(casa: Casa, obra: Obra) -> None:
    """After the commit: tell, make visible, archive."""
    for linha in obra.linhas:
        nivel = str(linha.pop("nivel", "info"))
        getattr(casa.log, nivel)(**linha)
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
        plano.mover(obra, item, parecer)
    elif isinstance(c, PedidoLido):
        pedidos_evento.por_arquivo(obra, item, c)
    elif isinstance(c, ConsultaLida):
        consultas.receber(obra, item, c)
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
        plano.validar(obra, item, parecer, c)
    elif isinstance(c, SemCertificado):
        envio.esperar_certificado(obra, item, c)
    else:
        envio.receber(obra, item, parecer, c)


def _recusa(obra: Obra, item: Item, r: Recusa) -> None:
    if item.rota.regra is Regra.CTE_RETORNO:
        retornos.ilegivel(obra, item, r)
    elif item.rota.regra is Regra.CTE_VALIDAR:
        plano.invalido(obra, item, r)
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


def publicar_pendentes(casa: Casa) -> bool:
    """Make visible everything that is recorded and not known to be visible. True when nothing is left.

    Of this group, of one that a folder stopped, or of a run that died: one way for all three.
    """
    linhas = publicacoes.pendentes(casa.banco)
    prontas: list[Row] = []
    antigos: list[tuple[Path, bytes]] = []
    parados: set[tuple[str, int]] = set()
    falharam: set[str] = set()
    for linha in linhas:
        donos = _donos(linha)
        if donos & parados or linha["pasta"] in falharam:
            parados |= donos
            continue  # what comes before it in the order of visibility is not there yet
        try:
            efeito = saidas.publicar(casa.banco, linha)
        except FalhaDePasta as falha:
            parados |= donos
            falharam.add(linha["pasta"])
            avisar_pasta(casa, falha)
            continue
        prontas.append(linha)
        if efeito.antigo is not None:
            antigos.append(efeito.antigo)
    firmes = _firmar(casa, prontas)
    _guardar_antigos(casa, antigos)
    visiveis = {linha["id"] for linha in firmes}
    restantes = {dono for linha in linhas if linha["id"] not in visiveis for dono in _donos(linha)}
    _confirmar(casa, firmes, restantes)
    return len(firmes) == len(linhas)


def _donos(linha: Row) -> set[tuple[str, int]]:
    pares = {("arquivo", linha["arquivo_id"]), ("tarefa", linha["tarefa_id"])}
    if linha["arquivo_id"] is None:
        pares.add(("documento", linha["documento_id"]))  # an answer over the network: processed document, then return
    return {(n, i) for n, i in pares if i is not None}


def avisar_pasta(casa: Casa, falha: FalhaDePasta | PastaFalhou) -> None:
    """One line in the failures view for a folder, until it works again."""
    with casa.banco.transacao():
        nova = Falha(f"pasta:{falha.pasta}", f"SEP-{falha.codigo.upper()}", falha.mensagem, falha.o_que_fazer)
        if falhas.abrir(casa.banco, nova, casa.quando()):
            casa.log.error(falha.mensagem, acao="pasta falhou", codigo=falha.codigo, o_que_fazer=falha.o_que_fazer)


def _firmar(casa: Casa, linhas: Sequence[Row]) -> list[Row]:
    """Flush each folder once; of one that fails, nothing is confirmed (it is found published next time)."""
    firmes: set[str] = set()
    for pasta in dict.fromkeys(linha["pasta"] for linha in linhas):
        try:
            saidas.firmar([Path(pasta)])
        except FalhaDePasta as falha:
            avisar_pasta(casa, falha)
        else:
            firmes.add(pasta)
    return [linha for linha in linhas if linha["pasta"] in firmes]


def _guardar_antigos(casa: Casa, antigos: Iterable[tuple[Path, bytes]]) -> None:
    """Returns that were replaced (profile uninfe) go to the archive, never away."""
    for pasta, provisorio in antigos:
        destino = casa.dados / "arquivo" / casa.agora().strftime("%Y/%m/%d") / "substituidos"
        try:
            arquivar(juntar(pasta / PROPRIA, provisorio), destino, provisorio)
        except FalhaDePasta as falha:
            avisar_pasta(casa, falha)


def _confirmar(casa: Casa, linhas: Sequence[Row], restantes: set[tuple[str, int]]) -> None:
    """The second commit: what is visible is recorded as such, with everything that follows from it.

    `restantes`: files and orders of which something is still to become visible.
    """
    if not linhas:
        return
    quando = casa.quando()
    originais: dict[int, Original] = {}
    with casa.banco.transacao():
        for linha in linhas:
            publicacoes.concluir(casa.banco, linha["id"], quando)
            _efeito(casa, linha, quando)
            arquivo_id, tarefa_id = linha["arquivo_id"], linha["tarefa_id"]
            if arquivo_id is not None and ("arquivo", arquivo_id) not in restantes and arquivo_id not in originais:
                originais[arquivo_id] = _terminar(casa, linha, quando)
            if tarefa_id is not None and ("tarefa", tarefa_id) not in restantes:
                tarefas.concluir(casa.banco, tarefa_id, quando)
    for linha in linhas:
        _contar(casa, linha)
    arquivar_terminados(casa, list(originais.values()))


def _contar(casa: Casa, linha: Row) -> None:
    """One line per file that became visible, and what it changed (SEP-10)."""
    entregue = linha["tipo"] == saidas.DOCUMENTO and linha["situacao"] in _QUEM_ENTREGA
    casa.log.info(
        "publicado",
        acao="publicado",
        id=linha["arquivo_id"],
        chave=linha["chave"],
        arquivo=bytes(linha["nome"]),
        pasta=linha["pasta"],
        situacao=Situacao.AGUARDANDO_RETORNO.value if entregue else linha["situacao"],
    )


_QUEM_ENTREGA = frozenset({Situacao.NAO_ENVIADO.value, Situacao.REJEITADO.value})


def _terminar(casa: Casa, linha: Row, quando: str) -> "Original":
    nome = bytes(linha["arquivo_nome"])
    destino = guardado_em(linha["arquivo_id"], nome, linha["resultado"], quando)
    arquivos.terminar(casa.banco, linha["arquivo_id"], quando, destino)
    return Original(linha["trabalho"], linha["lote"], nome, destino)


def _efeito(casa: Casa, linha: Row, quando: str) -> None:
    if linha["tipo"] == saidas.DOCUMENTO:
        quem = _quem(casa, linha)
        documentos.enviado(casa.banco, linha["documento_id"], quando, quem, linha["arquivo_id"])
    elif linha["tipo"] == saidas.EVENTO:
        evento = eventos.por_id(casa.banco, linha["evento_id"])
        if evento["estado"] == eventos.PRONTO:
            eventos.marcar(casa.banco, evento["id"], eventos.PUBLICADO, quando)
        if linha["documento_id"] is not None:
            documentos.aguardar_desde(casa.banco, linha["documento_id"], quando)
    elif linha["tipo"] == saidas.CONSULTA:
        documentos.aguardar_desde(casa.banco, linha["documento_id"], quando)


def _quem(casa: Casa, linha: Row) -> str:
    if linha["tarefa_id"] is not None:
        tarefa = tarefas.por_id(casa.banco, linha["tarefa_id"])
        return str(tarefa["quem"]) if tarefa is not None else "serviço"
    return f"arquivo:{mostrar(bytes(linha['arquivo_nome']))}" if linha["arquivo_id"] is not None else "serviço"


@dataclass(frozen=True, slots=True)
class Original:
    """A claim that has its outcome: where it lies, and where it goes (relative to `dados`)."""

    trabalho: str
    lote: str
    nome: bytes
    guardado_em: bytes


def arquivar_terminados(casa: Casa, originais: Sequence[Original]) -> None:
    """Originals out of the work folder. A failure here loses nothing: recovery and the next hour do it again."""
    lotes: set[tuple[str, str]] = set()
    destinos: set[Path] = set()
    for original in originais:
        guardado = os.path.join(os.fsencode(casa.dados), original.guardado_em)
        destino = Path(os.fsdecode(os.path.dirname(guardado)))
        origem = juntar(Path(original.trabalho) / original.lote, original.nome)
        try:
            arquivar(origem, destino, os.path.basename(guardado))
            _tirar_marcador(casa, original, origem)
        except FalhaDePasta as falha:
            avisar_pasta(casa, falha)
            continue
        lotes.add((original.trabalho, original.lote))
        destinos.add(destino)
    for destino in destinos:
        sincronizar_pasta(destino)
    for trabalho, lote in lotes:
        limpar_lote(Path(trabalho), lote)


def _tirar_marcador(casa: Casa, original: Original, origem: bytes) -> None:
    """The producer's marker was claimed with its file (A13) and has said all it had to say."""
    rota = rota_do_lote(casa, original.lote)
    if rota is not None and rota.marcador is not None:
        Path(os.fsdecode(origem + rota.marcador.encode())).unlink(missing_ok=True)
