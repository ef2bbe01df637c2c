"""At start: whatever an earlier run left half done goes on from there (casa.md, last column; W3, C9, C10, D1)."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from separador.banco import arquivos, publicacoes
from separador.capacidades.cte.servico.cancelamento import RETIRADO
from separador.capacidades.distribuicao.servico import respostas
from separador.motor.contexto import Casa
from separador.motor.desfecho.arquivamento import Original, arquivar_terminados
from separador.motor.desfecho.entrega import publicar_pendentes
from separador.motor.entrada.lotes import rota_do_lote
from separador.motor.pasta_com_falha import avisar_pasta
from separador.nucleo.etapa import Etapa
from separador.nucleo.nome_de_arquivo import mostrar
from separador.pastas import provisorios, tomada
from separador.pastas.disco import PROPRIA
from separador.pastas.erros import FalhaDePasta
from separador.pastas.tomada import SONDA, Tomado


@dataclass(slots=True)
class Achados:
    """Claims without outcome, by work folder: to be worked on again, one at a time."""

    soltos: list[tuple[Path, Tomado]] = field(default_factory=list)


def pastas_de_trabalho(casa: Casa) -> list[Path]:
    """Every work folder that may hold claims: ours, and one in each origin on another device."""
    origens = dict.fromkeys(r.origem for r in casa.rotas)
    return [casa.dados / "trabalho", *(o / PROPRIA / "trabalho" for o in origens)]


def recuperar(casa: Casa) -> Achados:
    """Finish what was committed, throw away what was not, and list the claims that nobody decided on."""
    publicar_pendentes(casa)
    achados = procurar_soltos(casa)
    varrer_provisorios(casa)
    _varrer_sondas(casa)
    return achados


def procurar_soltos(casa: Casa) -> Achados:
    """Claims that lie in a work folder and have no outcome; those that have one are archived on the way."""
    achados = Achados()
    for trabalho in pastas_de_trabalho(casa):
        if not trabalho.is_dir():
            continue
        try:
            _examinar(casa, trabalho, achados)
        except FalhaDePasta as falha:
            avisar_pasta(casa, falha)
    return achados


def _examinar(casa: Casa, trabalho: Path, achados: Achados) -> None:
    terminados = []
    for tomado in tomada.listar_tomados(trabalho):
        linha = arquivos.por_nome(casa.banco, tomado.lote, tomado.nome)
        if linha is not None and linha["desfecho"] is not None:
            destino = bytes(linha["guardado_em"])
            terminados.append(Original(linha["trabalho"], linha["lote"], bytes(linha["nome"]), destino))
        elif linha is not None and linha["etapa"] in (Etapa.RETIDO.value, Etapa.PUBLICANDO.value):
            continue  # held until what it waits for is there; or its files wait for a folder
        elif not _marcador(casa, tomado):
            achados.soltos.append((trabalho, tomado))
    arquivar_terminados(casa, terminados)
    for lote in tomada.listar_lotes(trabalho):
        tomada.limpar_lote(trabalho, lote)


def _marcador(casa: Casa, tomado: Tomado) -> bool:
    """A marker that was claimed with its file (A13) is no file of its own."""
    rota = rota_do_lote(casa, tomado.lote)
    return rota is not None and rota.marcador is not None and tomado.nome.endswith(rota.marcador.encode())


def varrer_provisorios(casa: Casa) -> None:
    """Staged files that no commit names were never promised to anybody: away with them."""
    prometidos = {(linha["pasta"], bytes(linha["provisorio"] or b"")) for linha in publicacoes.pendentes(casa.banco)}
    for pasta in _destinos(casa):
        try:
            for provisorio in provisorios.listar_provisorios(pasta):
                if (str(pasta), provisorio) not in prometidos and not _em_retirada(casa, provisorio):
                    provisorios.descartar_provisorio(pasta, provisorio)
                    casa.log.info("resto provisório descartado", acao="limpeza", arquivo=mostrar(provisorio))
        except FalhaDePasta as falha:
            casa.log.warning(falha.mensagem, acao="limpeza", o_que_fazer=falha.o_que_fazer)


def _varrer_sondas(casa: Casa) -> None:
    """Probes of a run that died between making one and removing it (`pasta_de_trabalho`); none is in use now."""
    origens = dict.fromkeys(r.origem for r in casa.rotas)
    for pasta in [*pastas_de_trabalho(casa), *(o / PROPRIA for o in origens)]:
        for sonda in pasta.glob(f"{SONDA}*"):
            try:
                sonda.unlink(missing_ok=True)
            except OSError as erro:
                casa.log.warning("sonda não removida", acao="limpeza", pasta=pasta, motivo=os.strerror(erro.errno or 0))


def _destinos(casa: Casa) -> Iterable[Path]:
    pastas = dict.fromkeys(p for r in casa.rotas if r.ativo for p in r.pastas()[1:])
    raizes = [
        casa.dados / "fiscal",
        respostas.destino(casa),
        *(r.autorizados for r in casa.rotas if r.autorizados is not None),
    ]
    meses = [m for raiz in raizes if raiz.is_dir() for m in sorted(raiz.iterdir()) if (m / PROPRIA).is_dir()]
    return [p for p in dict.fromkeys([*pastas, *meses]) if (p / PROPRIA).is_dir()]


def _em_retirada(casa: Casa, provisorio: bytes) -> bool:
    """An event file taken back whose commit did not come: the order will be carried out again and needs to find it."""
    numero = provisorio.removeprefix(RETIRADO)
    if numero == provisorio or not numero.isdigit():
        return False
    linha = casa.banco.uma("SELECT estado FROM publicacao WHERE id = ?", int(numero))
    return linha is not None and linha["estado"] == publicacoes.PUBLICADA
