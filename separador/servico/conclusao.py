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

from separador.banco import arquivos, documentos, eventos, falhas, publicacoes, tarefas
from separador.banco.conexao import instante_de, texto_de
from separador.banco.documentos import Mudanca
from separador.dominio.erro import Recusa
from separador.dominio.etapa import Desfecho, Etapa
from separador.dominio.falha import Falha
from separador.dominio.nome import compor, mostrar
from separador.dominio.rota import Regra
from separador.dominio.situacao import Causa, Situacao
from separador.fiscal.preparo import Preparado, SemCertificado
from separador.fiscal.retornos import ErroTransmissor, Retorno
from separador.pastas.disco import PROPRIA, juntar, sincronizar_pasta
from separador.pastas.erros import FalhaDePasta
from separador.pastas.guarda import arquivar
from separador.pastas.tomada import limpar_lote
from separador.servico import envio, pedidos, plano, retornos, saidas
from separador.servico.casa import Casa
from separador.servico.log import registrar_incidente
from separador.servico.obra import Item, Obra
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
    try:
        _decidir_grupo(casa, bons)
        balanco.concluidos = len(bons)
    except FalhaDePasta as falha:
        _isolar(casa, bons, falha, balanco)
    return balanco


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
        try:
            _decidir_grupo(casa, [par])
            balanco.concluidos += 1
        except FalhaDePasta as outra:
            _isolar(casa, [par], outra, balanco)


def abrir_obra(casa: Casa) -> Obra:
    """A group about to be decided. Its instant is one for all its rows."""
    agora = casa.agora()
    return Obra(casa, Remessa(casa.prefixo()), agora, texto_de(agora), falhas.existem(casa.banco))


def _decidir_grupo(casa: Casa, grupo: Sequence[tuple[Item, Parecer]]) -> None:
    obra = abrir_obra(casa)
    try:
        with casa.banco.transacao():
            for item, parecer in grupo:
                _um(obra, item, parecer)
            fechar(obra)
    except BaseException:
        obra.remessa.descartar()
        raise
    _descartar_sobras(obra, grupo)
    finalizar(casa, obra)


def fechar(obra: Obra) -> None:
    """Last thing in the group's transaction: stage what is to be published; end what publishes nothing."""
    com_saida = obra.remessa.arquivos()
    obra.remessa.encenar(obra.banco, obra.quando)
    for feito in obra.feitos:
        if feito.item.arquivo_id not in com_saida:
            _terminar(obra.casa, feito.item.arquivo_id, obra.quando)


def finalizar(casa: Casa, obra: Obra) -> None:
    """After the commit: tell, make visible, archive."""
    for linha in obra.linhas:
        nivel = str(linha.pop("nivel", "info"))
        getattr(casa.log, nivel)(**linha)
    if len(obra.remessa):
        publicar_pendentes(casa)
    imediatos = [f.item.arquivo_id for f in obra.feitos if f.item.arquivo_id not in obra.remessa.arquivos()]
    arquivar_terminados(casa, [arquivos.por_id(casa.banco, i) for i in imediatos])


def _descartar_sobras(obra: Obra, grupo: Sequence[tuple[Item, Parecer]]) -> None:
    """What a worker staged and the decision did not use (duplicates, orders refused)."""
    for item, parecer in grupo:
        if parecer.saida_sha256 is not None and item.pasta is not None and item.provisorio not in obra.usados:
            saidas.descartar(item.pasta, item.provisorio)


def _um(obra: Obra, item: Item, parecer: Parecer) -> None:
    marca, feitos, linhas = obra.remessa.marca(), len(obra.feitos), len(obra.linhas)
    try:
        with obra.banco.atomic():
            _decidir(obra, item, parecer)
    except FalhaDePasta:
        raise
    except Exception as erro:  # noqa: BLE001 - around one document (W11)
        obra.remessa.voltar(marca)
        obra.usados.discard(item.provisorio)
        del obra.feitos[feitos:], obra.linhas[linhas:]
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
        pedidos.por_arquivo(obra, item, c)
    elif isinstance(c, ErroTransmissor):
        retornos.do_transmissor(obra, item, c)
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
    obra.banco.execute("UPDATE arquivo SET tentativas = tentativas + 1 WHERE id = ?", (item.arquivo_id,))
    tentativas = arquivos.por_id(obra.banco, item.arquivo_id)["tentativas"]
    if tentativas >= TENTATIVAS:
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
    for linha in linhas:
        donos = _donos(linha)
        if donos & parados:
            continue  # what comes before it in the order of visibility is not there yet
        try:
            efeito = saidas.publicar(casa.banco, linha)
        except FalhaDePasta as falha:
            parados |= donos
            avisar_pasta(casa, falha)
            continue
        prontas.append(linha)
        if efeito.antigo is not None:
            antigos.append(efeito.antigo)
    firmes = _firmar(casa, prontas)
    _guardar_antigos(casa, antigos)
    _confirmar(casa, firmes)
    return len(firmes) == len(linhas)


def _donos(linha: Row) -> set[tuple[str, int]]:
    pares = {("arquivo", linha["arquivo_id"]), ("tarefa", linha["tarefa_id"])}
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


def _confirmar(casa: Casa, linhas: Sequence[Row]) -> None:
    """The second commit: what is visible is recorded as such, with everything that follows from it."""
    if not linhas:
        return
    quando = casa.quando()
    with casa.banco.transacao():
        for linha in linhas:
            publicacoes.concluir(casa.banco, linha["id"], quando)
            _efeito(casa, linha, quando)
        arquivo_ids = dict.fromkeys(linha["arquivo_id"] for linha in linhas if linha["arquivo_id"] is not None)
        terminados = [i for i in arquivo_ids if not publicacoes.restam(casa.banco, arquivo_id=i)]
        for arquivo_id in terminados:
            _terminar(casa, arquivo_id, quando)
        for tarefa_id in dict.fromkeys(linha["tarefa_id"] for linha in linhas if linha["tarefa_id"] is not None):
            if not publicacoes.restam(casa.banco, tarefa_id=tarefa_id):
                tarefas.concluir(casa.banco, tarefa_id, quando)
    arquivar_terminados(casa, [arquivos.por_id(casa.banco, i) for i in terminados])


def _efeito(casa: Casa, linha: Row, quando: str) -> None:
    if linha["tipo"] == saidas.DOCUMENTO:
        _documento_entregue(casa, linha, quando)
    elif linha["tipo"] == saidas.EVENTO:
        evento = eventos.por_id(casa.banco, linha["evento_id"])
        if evento["estado"] == eventos.PRONTO:
            eventos.marcar(casa.banco, evento["id"], eventos.PUBLICADO, quando)
        if linha["documento_id"] is not None:
            documentos.aguardar_desde(casa.banco, linha["documento_id"], quando)
    elif linha["tipo"] == saidas.CONSULTA:
        documentos.aguardar_desde(casa.banco, linha["documento_id"], quando)


def _documento_entregue(casa: Casa, linha: Row, quando: str) -> None:
    """Handed on: NÃO ENVIADO (or REJEITADO, sent again) → AGUARDANDO RETORNO, in the same commit group (CTE-02, 04)."""
    doc = documentos.por_id(casa.banco, linha["documento_id"])
    if Situacao(doc["situacao"]) in (Situacao.NAO_ENVIADO, Situacao.REJEITADO):
        quem, arquivo_id = _quem(casa, linha), linha["arquivo_id"]
        mudanca = Mudanca(Causa.ENVIO, Situacao.AGUARDANDO_RETORNO, quando, quem, arquivo_id, Etapa.PUBLICADO)
        documentos.transitar(casa.banco, doc, mudanca)
    documentos.enviado(casa.banco, doc["id"], quando)


def _quem(casa: Casa, linha: Row) -> str:
    if linha["tarefa_id"] is not None:
        tarefa = tarefas.por_id(casa.banco, linha["tarefa_id"])
        return str(tarefa["quem"]) if tarefa is not None else "serviço"
    if linha["arquivo_id"] is None:
        return "serviço"
    nome = arquivos.nome_de(casa.banco, linha["arquivo_id"])
    return f"arquivo:{mostrar(nome)}" if nome is not None else "serviço"


_PASTAS = {Desfecho.DUPLICADO.value: b"duplicados", Desfecho.QUARENTENA.value: b"quarentena"}


def _terminar(casa: Casa, arquivo_id: int, quando: str) -> None:
    linha = arquivos.por_id(casa.banco, arquivo_id)
    arquivos.terminar(casa.banco, arquivo_id, quando, _guardado_em(linha, quando))


def _guardado_em(linha: Row, quando: str) -> bytes:
    """Where the original will lie, relative to `dados`: by day, or with the duplicates, or in quarantine."""
    pasta = _PASTAS.get(linha["resultado"])
    if pasta is None:
        pasta = b"arquivo/" + instante_de(quando).strftime("%Y/%m/%d").encode()
    # The id before the name keeps both apart and findable; the end of a long name (its suffix) is worth more.
    cabeca = f"{linha['id']}_".encode()
    nome = bytes(linha["nome"])
    return pasta + b"/" + (cabeca + nome if len(cabeca) + len(nome) <= 255 else compor(cabeca, nome[-200:]))


def arquivar_terminados(casa: Casa, linhas: Sequence[Row]) -> None:
    """Originals out of the work folder. A failure here loses nothing: recovery and the next hour do it again."""
    lotes: set[tuple[str, str]] = set()
    destinos: set[Path] = set()
    for linha in linhas:
        guardado = os.path.join(os.fsencode(casa.dados), bytes(linha["guardado_em"]))
        destino = Path(os.fsdecode(os.path.dirname(guardado)))
        origem = juntar(Path(linha["trabalho"]) / linha["lote"], bytes(linha["nome"]))
        try:
            arquivar(origem, destino, os.path.basename(guardado))
            _tirar_marcador(casa, linha, origem)
        except FalhaDePasta as falha:
            avisar_pasta(casa, falha)
            continue
        lotes.add((linha["trabalho"], linha["lote"]))
        destinos.add(destino)
    for destino in destinos:
        sincronizar_pasta(destino)
    for trabalho, lote in lotes:
        limpar_lote(Path(trabalho), lote)


def _tirar_marcador(casa: Casa, linha: Row, origem: bytes) -> None:
    """The producer's marker was claimed with its file (A13) and has said all it had to say."""
    rota = casa.rota(linha["rota_id"])
    if rota is not None and rota.marcador is not None:
        Path(os.fsdecode(origem + rota.marcador.encode())).unlink(missing_ok=True)
