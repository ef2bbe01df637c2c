"""Holds the installations of the kill test: what was done before, and the files that come in.

Each is prepared at the path where it will run, because the database keeps absolute paths. Then it is kept aside as a
model that is copied back before every run.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from separador.demonstracao import eventos, exportacoes, exportacoes_com_erro, retornos
from separador.pastas.posse import instalacao as posse
from tests.apoio.emissao import ROTAS_COM_CARGA
from tests.apoio.maquina import Maquina
from tests.apoio.transmissor import soltar
from tests.falhas.quedas_cargas import (
    Entrada,
    carga_refeita,
    cte_refeito_por_ordem,
    duas_cargas,
    especies_refeitas,
    uma_carga,
)
from tests.falhas.quedas_sefaz import SefazDeQuedas

ORIGENS = {int(r["id"]): str(r["origem"]) for r in ROTAS_COM_CARGA}


@dataclass(frozen=True)
class Cenario:
    """One scenario. `preparar` brings a fresh installation to the state before, and returns the files that come in."""

    nome: str
    preparar: Callable[[Maquina], list[Entrada]]
    desde_a_partida: bool = False
    """Says whether the points of starting up are taken too. They are the same in every scenario."""
    rede: bool = False
    """Says whether the service transmits by itself, to a SEFAZ that counts."""
    emite: bool = False
    """Says whether the documents are made here: their codes and instants differ from run to run."""
    em_qualquer_ordem: bool = False
    """Says whether the order in which its files are taken shows at the end. A death between two of them may turn it."""


def _cte(numero: int) -> exportacoes.Exportacao:
    return exportacoes.cte(numero, agora=datetime.now(UTC))


def _entregue(m: Maquina, *numeros: int) -> list[tuple[bytes, bytes]]:
    """Sends CT-e that the transmitter takes. Returns (name, signed bytes) in the order of the numbers."""
    documentos = [_cte(n) for n in numeros]
    for n, d in zip(numeros, documentos, strict=True):
        m.soltar(1, b"pedido-%03d-cte.xml" % n, d.dados)
    m.uma_vez()
    tomados = []
    for d in documentos:
        caminho = m.destino(1) / f"{d.chave}-cte.xml"
        tomados.append((caminho.name.encode(), caminho.read_bytes()))
        caminho.unlink()
    return tomados


def _autorizado(m: Maquina, *numeros: int) -> list[tuple[bytes, bytes]]:
    """Brings CT-e to authorised. The WMS has taken its files."""
    agora = datetime.now(UTC)
    tomados = _entregue(m, *numeros)
    for nome, dados in tomados:
        retorno = retornos.autorizado(dados, nome, agora=agora)
        m.soltar(2, retorno.nome, retorno.dados)
    m.uma_vez()
    for nome in m.saida(2):
        (m.destino(2) / nome).unlink()
    return tomados


def _chave(tomado: tuple[bytes, bytes]) -> str:
    return tomado[0][:44].decode()


def _cancelamento(tomado: tuple[bytes, bytes]) -> exportacoes.Exportacao:
    agora = datetime.now(UTC)
    chave = _chave(tomado)
    return eventos.cancelamento(chave, retornos.protocolo(chave, agora=agora), agora=agora)


def um_cte(m: Maquina) -> list[Entrada]:
    return [(1, b"pedido-001-cte.xml", _cte(1).dados)]


def evento_por_arquivo(m: Maquina) -> list[Entrada]:
    (tomado,) = _autorizado(m, 1)
    cancelamento = _cancelamento(tomado)
    return [(1, cancelamento.nome, cancelamento.dados)]


def pedido_de_cancelamento(m: Maquina) -> list[Entrada]:
    (tomado,) = _autorizado(m, 1)
    pedido = eventos.pedido("cancelar", _chave(tomado), motivo="VALOR DIGITADO COM ERRO", nome=b"cancelar-001.json")
    return [(3, pedido.nome, pedido.dados)]


def pedido_de_carta(m: Maquina) -> list[Entrada]:
    """Orders an event that the service builds, numbers and signs itself. It must be numbered once, at whatever point
    the service dies."""
    (tomado,) = _autorizado(m, 1)
    correcao = {"grupo": "compl", "campo": "xObs", "valor": "CARGA REFRIGERADA"}
    corpo = {
        "pedido": "evento",
        "evento": "carta-correcao",
        "chave": _chave(tomado),
        "dados": {"correcoes": [correcao]},
    }
    return [(3, b"carta-001.json", json.dumps(corpo).encode())]


def retorno_autorizado(m: Maquina) -> list[Entrada]:
    ((nome, dados),) = _entregue(m, 1)
    retorno = retornos.autorizado(dados, nome, agora=datetime.now(UTC))
    return [(2, retorno.nome, retorno.dados)]


def retorno_de_evento(m: Maquina) -> list[Entrada]:
    (tomado,) = _autorizado(m, 1)
    cancelamento = _cancelamento(tomado)
    m.soltar(1, cancelamento.nome, cancelamento.dados)
    m.uma_vez()
    assinado = m.destino(1) / cancelamento.nome.decode()
    dados = assinado.read_bytes()
    assinado.unlink()
    retorno = retornos.evento_respondido(dados, cancelamento.nome, agora=datetime.now(UTC))
    return [(2, retorno.nome, retorno.dados)]


def estorno(m: Maquina) -> list[Entrada]:
    """Calls back a cancellation that was handed on and not yet taken: it is renamed out of the destination."""
    (tomado,) = _autorizado(m, 1)
    cancelamento = _cancelamento(tomado)
    m.soltar(1, cancelamento.nome, cancelamento.dados)
    m.uma_vez()
    return [(3, b"estornar-001.json", eventos.pedido("estornar", _chave(tomado)).dados)]


def comum_e_ruim(m: Maquina) -> list[Entrada]:
    ruim = exportacoes_com_erro.ruim("regras", 7, agora=datetime.now(UTC)).exportacao
    return [(4, b"romaneio.txt", eventos.comum(1).dados), (1, b"ruim-cte.xml", ruim.dados)]


def um_de_cada(m: Maquina) -> list[Entrada]:
    """Brings one CT-e, one event and one return in one run. Two of them share a group."""
    (esperando,) = _entregue(m, 11)
    (autorizado,) = _autorizado(m, 12)
    retorno = retornos.autorizado(esperando[1], esperando[0], agora=datetime.now(UTC))
    evento = _cancelamento(autorizado)
    return [
        (1, b"pedido-013-cte.xml", _cte(13).dados),
        (1, evento.nome, evento.dados),
        (2, retorno.nome, retorno.dados),
    ]


def rede(m: Maquina) -> list[Entrada]:
    """Brings an export that goes to SEFAZ and comes back authorised."""
    m.uma_vez()
    return [(1, b"pedido-001-cte.xml", _cte(1).dados)]


def rede_cancelamento(m: Maquina) -> list[Entrada]:
    """Cancels an authorised document."""
    documento = _cte(1)
    m.soltar(1, b"pedido-001-cte.xml", documento.dados)
    m.uma_vez()
    for nome in m.saida(2):
        (m.destino(2) / nome).unlink()
    pedido = eventos.pedido("cancelar", documento.chave, motivo="VALOR DIGITADO COM ERRO", nome=b"cancelar-001.json")
    return [(3, pedido.nome, pedido.dados)]


CENARIOS = {
    c.nome: c
    for c in (
        Cenario("cte", um_cte, desde_a_partida=True),
        Cenario("evento", evento_por_arquivo),
        Cenario("retorno", retorno_autorizado),
        Cenario("pedido", pedido_de_cancelamento),
        Cenario("pedido-evento", pedido_de_carta),
        Cenario("retorno-evento", retorno_de_evento),
        Cenario("estorno", estorno),
        Cenario("comum-ruim", comum_e_ruim),
        Cenario("um-de-cada", um_de_cada),
        Cenario("rede", rede, rede=True),
        Cenario("rede-cancelamento", rede_cancelamento, rede=True),
        Cenario("carga", uma_carga, emite=True),
        Cenario("carga-refeita", carga_refeita, emite=True),
        Cenario("especies-refeitas", especies_refeitas, emite=True),
        Cenario("cte-refeito", cte_refeito_por_ordem, emite=True, desde_a_partida=True),
        Cenario("duas-cargas", duas_cargas, emite=True, em_qualquer_ordem=True),
    )
}


@dataclass
class Modelo:
    """A prepared installation kept aside. `repor` drops `entradas`, or `soltar` does it later."""

    instalacao: Path
    copia: Path
    entradas: list[Entrada]
    sefaz: SefazDeQuedas | None = None

    def repor(self, *, com_entradas: bool = True) -> None:
        """Puts the installation back as prepared, at its own path, with or without the files that come in."""
        trocar(self.copia, self.instalacao)
        if self.sefaz is not None:
            self.sefaz.repor()
        if com_entradas:
            self.soltar()

    def soltar(self, entradas: Iterable[Entrada] | None = None) -> None:
        """Drops the files that come in: these, by default all."""
        for rota, nome, dados in self.entradas if entradas is None else entradas:
            soltar(self.instalacao / ORIGENS[rota], nome, dados)


def trocar(de: Path, para: Path) -> None:
    """Replaces a whole folder by a copy of another."""
    shutil.rmtree(para, ignore_errors=True)
    subprocess.run(["cp", "-a", str(de), str(para)], check=True)  # cp also copies the pipe that a killed service leaves
    if (para / "var" / posse.ARQUIVO).exists():
        posse.reafirmar(para / "var", datetime.now(UTC), lambda: None)  # a copied data folder does not start otherwise


def modelar(cenario: Cenario, lugar: Path, trabalhadores: int) -> Modelo:
    """Prepares one scenario under `lugar`. The service will run at `lugar/instalacao`."""
    instalacao, copia = lugar / "instalacao", lugar / f"modelo-{cenario.nome}-{trabalhadores}"
    shutil.rmtree(instalacao, ignore_errors=True)
    maquina = Maquina(instalacao, tempo_quieto=0.1, tempo_leitura=2)
    sefaz = SefazDeQuedas(lugar / f"sefaz-{trabalhadores}") if cenario.rede else None
    if sefaz is not None:
        sefaz.ligar(maquina)
    maquina.uma_vez()
    entradas = cenario.preparar(maquina)
    maquina.gravar_config(trabalhadores=trabalhadores)
    trocar(instalacao, copia)
    if sefaz is not None:
        sefaz.lembrar()
    return Modelo(instalacao, copia, entradas, sefaz)
