"""Continues, at start, what an earlier run left half done (docs/desenvolvimento/confiabilidade.md, section 6)."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from separador.banco import arquivos, publicacoes
from separador.motor.contexto import Contexto
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
from separador.pastas.tomada import SONDA, Tomado


@dataclass(slots=True)
class Achados:
    """Claims without outcome, each with its work folder. They are to be worked on again."""

    soltos: list[tuple[Path, Tomado]] = field(default_factory=list)


def pastas_de_trabalho(contexto: Contexto) -> list[Path]:
    """Returns every work folder that may hold claims: ours, and the place for one in each origin."""
    origens = dict.fromkeys(r.origem for r in contexto.rotas)
    return [contexto.dados / "trabalho", *(o / PROPRIA / "trabalho" for o in origens)]


def recuperar(contexto: Contexto) -> Achados:
    """Finishes what was committed, removes what was not, and returns the claims that nobody decided on."""
    publicar_pendentes(contexto)
    achados = procurar_soltos(contexto)
    varrer_provisorios(contexto)
    _varrer_sondas(contexto)
    return achados


def procurar_soltos(contexto: Contexto) -> Achados:
    """Returns the claims that lie in a work folder and have no outcome. Those that have one are archived on the way."""
    achados = Achados()
    for trabalho in pastas_de_trabalho(contexto):
        try:
            if not faixas.fazer(trabalho, trabalho.is_dir):
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
            terminados.append(Original(linha["trabalho"], linha["lote"], bytes(linha["nome"]), destino))
        elif linha is not None and linha["etapa"] in (Etapa.RETIDO.value, Etapa.PUBLICANDO.value):
            continue  # it is held until what it waits for is there, or its files wait for a folder
        elif not _marcador(contexto, tomado):
            achados.soltos.append((trabalho, tomado))
    arquivar_terminados(contexto, terminados)
    for lote in faixas.fazer(trabalho, tomada.listar_lotes, trabalho):
        faixas.fazer(trabalho, tomada.limpar_lote, trabalho, lote)


def _marcador(contexto: Contexto, tomado: Tomado) -> bool:
    """Says whether a claim is a marker that was claimed with its file, and so no file of its own."""
    rota = rota_do_lote(contexto, tomado.lote)
    return (
        rota is not None and rota.marcador is not None and tomado.nome.lower().endswith(rota.marcador.lower().encode())
    )


def varrer_provisorios(contexto: Contexto) -> None:
    """Removes staged files that no commit names, because nobody was told of them."""
    prometidos = {
        (linha["pasta"], bytes(linha["provisorio"] or b"")) for linha in publicacoes.pendentes(contexto.banco)
    }
    for pasta in _destinos(contexto):
        try:
            for provisorio in faixas.fazer(pasta, provisorios.listar_provisorios, pasta):
                if (str(pasta), provisorio) not in prometidos and not _poupado(contexto, provisorio):
                    faixas.fazer(pasta, provisorios.descartar_provisorio, pasta, provisorio)
                    contexto.log.info("resto provisório descartado", acao="limpeza", arquivo=mostrar(provisorio))
        except FalhaDePasta as falha:
            contexto.log.warning(falha.mensagem, acao="limpeza", o_que_fazer=falha.o_que_fazer)


def _varrer_sondas(contexto: Contexto) -> None:
    """Removes probes of a run that died between making and removing one (`pasta_de_trabalho`). None is in use now."""
    origens = dict.fromkeys(r.origem for r in contexto.rotas)
    for pasta in [*pastas_de_trabalho(contexto), *(o / PROPRIA for o in origens)]:
        try:
            faixas.fazer(pasta, _tirar_sondas, pasta)
        except OSError as erro:
            motivo = os.strerror(erro.errno or 0)
            contexto.log.warning("sonda não removida", acao="limpeza", pasta=pasta, motivo=motivo)
        except SemResposta as falha:
            contexto.log.warning(falha.mensagem, acao="limpeza", o_que_fazer=falha.o_que_fazer)


def _tirar_sondas(pasta: Path) -> None:
    for sonda in pasta.glob(f"{SONDA}*"):
        sonda.unlink(missing_ok=True)


def _destinos(contexto: Contexto) -> Iterable[Path]:
    pastas = dict.fromkeys(p for r in contexto.rotas if r.ativo for p in r.pastas()[1:])
    todas = [
        contexto.dados / "fiscal",
        *capacidade.pastas_de_encenados(contexto),
        *(r.autorizados for r in contexto.rotas if r.autorizados is not None),
    ]
    achadas = [p for pasta in pastas for p in _com_canto(contexto, pasta, _a_propria)]
    achadas += [p for raiz in todas for p in _com_canto(contexto, raiz, _os_meses)]
    return dict.fromkeys(achadas)


def _com_canto(contexto: Contexto, pasta: Path, quais: Callable[[Path], list[Path]]) -> list[Path]:
    """Returns what `quais` finds. The staged files of a device that does not answer stay until another start."""
    try:
        return faixas.fazer(pasta, quais, pasta)
    except SemResposta as falha:
        contexto.log.warning(falha.mensagem, acao="limpeza", o_que_fazer=falha.o_que_fazer)
        return []


def _a_propria(pasta: Path) -> list[Path]:
    return [pasta] if (pasta / PROPRIA).is_dir() else []


def _os_meses(raiz: Path) -> list[Path]:
    return [m for m in sorted(raiz.iterdir()) if (m / PROPRIA).is_dir()] if raiz.is_dir() else []


def _de_cada() -> Iterator[Recuperacao]:
    return capacidade.de_cada("recuperacao")


def _poupado(contexto: Contexto, provisorio: bytes) -> bool:
    """Says whether a capability still needs a staged file that no publication names."""
    return any(capacidade.resolver(r.poupa)(contexto, provisorio) for r in _de_cada() if r.poupa is not None)
