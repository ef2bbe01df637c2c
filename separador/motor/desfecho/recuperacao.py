"""Continues, at start, what an earlier run left half done (docs/desenvolvimento/confiabilidade.md, section 6)."""

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from separador.banco import arquivos, publicacoes
from separador.motor.contexto import Contexto
from separador.motor.desfecho import pastas_por_data, tomadas
from separador.motor.desfecho.arquivamento import Original, arquivar_terminados
from separador.motor.desfecho.entrega import publicar_pendentes
from separador.motor.entrada.lotes import rota_do_lote
from separador.motor.pasta_com_falha import avisar_pasta
from separador.nucleo import capacidade
from separador.nucleo.capacidade import Recuperacao
from separador.nucleo.etapa import Etapa
from separador.nucleo.nome_de_arquivo import mostrar
from separador.pastas import faixas, provisorios, tomada
from separador.pastas.disco import PROPRIA
from separador.pastas.erros import FalhaDePasta, SemResposta
from separador.pastas.lugar import abertos
from separador.pastas.posse import plano
from separador.pastas.posse.cantos import caminho_provisorio, dona
from separador.pastas.posse.marca import TRABALHO
from separador.pastas.tomada import Tomado


@dataclass(slots=True)
class Achados:
    """Claims without outcome, each with its work folder. They are to be worked on again."""

    soltos: list[tuple[Path, Tomado]] = field(default_factory=list)


def pastas_de_trabalho(contexto: Contexto) -> list[Path]:
    """Returns every work folder that may hold claims of ours: the one in our corner of each origin, and those of a
    former version (`dados/trabalho`, `<origem>/.separador/trabalho`), which are finished from there.

    An origin that is not known to be ours is left out.
    """
    pastas = [contexto.dados / TRABALHO]
    for origem in dict.fromkeys(r.origem for r in contexto.rotas):
        trabalho = contexto.cantos.trabalho(origem)
        if trabalho is not None:
            pastas += [trabalho, origem / PROPRIA / TRABALHO]
    return pastas


def recuperar(contexto: Contexto) -> Achados:
    """Finishes what was committed, removes what was not, and returns the claims that nobody decided on."""
    tomadas.adotar(contexto)
    publicar_pendentes(contexto)
    achados = procurar_soltos(contexto)
    varrer_provisorios(contexto)
    return achados


def procurar_soltos(contexto: Contexto) -> Achados:
    """Returns the claims that lie in a work folder and have no outcome. Those that have one are archived on the way."""
    achados = Achados()
    for trabalho in pastas_de_trabalho(contexto):
        try:
            if not faixas.fazer(trabalho, abertos.existe, trabalho):
                continue
            _examinar(contexto, trabalho, achados)
        except SemResposta:
            continue  # the failure of its origin says so; what lies there is taken up at the first good reading
        except FalhaDePasta as falha:
            avisar_pasta(contexto, falha)
    return achados


def _examinar(contexto: Contexto, trabalho: Path, achados: Achados) -> None:
    terminados = []
    for tomado in faixas.fazer(trabalho, tomada.listar_tomados, trabalho):
        linha = arquivos.por_nome(contexto.banco, tomado.lote, tomado.nome)
        if linha is not None and linha["desfecho"] is not None:
            destino = bytes(linha["guardado_em"])
            terminados.append(Original(str(trabalho), linha["lote"], bytes(linha["nome"]), destino))
        elif linha is not None and linha["etapa"] in (Etapa.RETIDO.value, Etapa.PUBLICANDO.value):
            continue  # it is held until what it waits for is there, or its files wait for a folder
        elif not _marcador(contexto, tomado):
            achados.soltos.append((trabalho, tomado))
    arquivar_terminados(contexto, terminados)
    for lote in faixas.fazer(trabalho, tomada.listar_lotes, trabalho):
        faixas.fazer(trabalho, tomada.limpar_lote, trabalho, lote)
    a_publicar = {linha["lote"] for linha in publicacoes.pendentes(contexto.banco)}
    faixas.fazer(trabalho, plano.limpar_orfas, trabalho, a_publicar)


def _marcador(contexto: Contexto, tomado: Tomado) -> bool:
    """Says whether a claim is a marker that was claimed with its file, and so no file of its own."""
    rota = rota_do_lote(contexto, tomado.lote)
    return (
        rota is not None and rota.marcador is not None and tomado.nome.lower().endswith(rota.marcador.lower().encode())
    )


def varrer_provisorios(contexto: Contexto) -> None:
    """Removes staged files that no commit names, because nobody was told of them. Only our own corners are swept."""
    pendentes = publicacoes.pendentes(contexto.banco)
    prometidos = {
        os.path.normpath(caminho_provisorio(Path(linha["pasta"]), bytes(linha["provisorio"] or b"")))
        for linha in pendentes
    }
    # One that was brought into the present corner, whose row still names the former one (`retomada`).
    levados = {os.path.basename(bytes(linha["provisorio"] or b"")) for linha in pendentes}
    for raiz in _com_subpastas(contexto, {dona(Path(p["pasta"]), bytes(p["provisorio"] or b"")) for p in pendentes}):
        with suppress(FalhaDePasta):  # the next file for it shows what is wrong
            pastas_por_data.garantir_raiz(contexto, raiz)
    for pasta, canto in contexto.cantos.conhecidos():
        prefixo = f"{PROPRIA}/{canto}/".encode()
        try:
            for nome in faixas.fazer(pasta, provisorios.listar_provisorios, pasta, canto):
                caminho = os.path.normpath(caminho_provisorio(pasta, prefixo + nome))
                if caminho not in prometidos and nome not in levados and not _poupado(contexto, nome):
                    faixas.fazer(pasta, provisorios.descartar_provisorio, pasta, prefixo + nome)
                    contexto.log.info("resto provisório descartado", acao="limpeza", arquivo=mostrar(nome))
        except FalhaDePasta as falha:
            contexto.log.warning(falha.mensagem, acao="limpeza", o_que_fazer=falha.o_que_fazer)


def _com_subpastas(contexto: Contexto, com_pendentes: Collection[Path]) -> Iterable[Path]:
    """Returns the folders that are no route's and in which files are staged for folders by month. Only those that are
    there, or for which something is still to become visible."""
    raizes = [contexto.dados / "fiscal", *capacidade.pastas_de_encenados(contexto)]
    return [r for r in raizes if r in com_pendentes or _ha_propria(contexto, r)]


def _ha_propria(contexto: Contexto, raiz: Path) -> bool:
    """Says whether it is there. The staged files of a device that does not answer stay until another start."""
    try:
        return faixas.fazer(raiz, abertos.existe, raiz / PROPRIA)
    except FalhaDePasta as falha:
        contexto.log.warning(falha.mensagem, acao="limpeza", o_que_fazer=falha.o_que_fazer)
        return False


def _de_cada() -> Iterator[Recuperacao]:
    return capacidade.de_cada("recuperacao")


def _poupado(contexto: Contexto, provisorio: bytes) -> bool:
    """Says whether a capability still needs a staged file that no publication names."""
    return any(capacidade.resolver(r.poupa)(contexto, provisorio) for r in _de_cada() if r.poupa is not None)
