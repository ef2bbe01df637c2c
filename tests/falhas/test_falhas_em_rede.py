"""Tests the real service over the network: it and SEFAZ are killed, orders on the way. The ledgers must balance."""

import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.demonstracao import eventos, exportacoes
from tests.apoio.maquina import Maquina
from tests.apoio.sefaz_local import SefazEmProcesso

SEMENTE = 7
CANCELAMENTO, CARTA = "110111", "110110"
REGISTRADOS = frozenset({"134", "135", "136"})
POR_PASSO = 12
"""Is the number of documents dropped before the orders of those authorised so far."""
PRAZO_S = 900.0


@dataclass
class Rede:
    """The service, its SEFAZ, and what was asked of them. The seed draws the moments of the kills."""

    maquina: Maquina
    sefaz: SefazEmProcesso
    sorte: random.Random
    quantos: int
    mortes: int
    mortes_da_sefaz: int
    soltos: list[str] = field(default_factory=list)
    pedidos: dict[str, str] = field(default_factory=dict)

    def correr(self) -> None:
        """Drops everything, orders, and kills, until all kills were done and every document has its answers."""
        agora = datetime.now(UTC)
        inicio_s = time.monotonic()
        morte_s, morte_da_sefaz_s = inicio_s + 3, inicio_s + 7
        feitas = feitas_da_sefaz = 0
        while not (feitas >= self.mortes and feitas_da_sefaz >= self.mortes_da_sefaz and self.acertado()):
            agora_s = time.monotonic()
            assert agora_s - inicio_s < PRAZO_S, f"não acertou: {self.situacoes()}\n{self.maquina.fim_do_log()}"
            self._soltar(agora)
            self._pedir()
            if agora_s > morte_s and feitas < self.mortes:
                self.maquina.matar()
                feitas, morte_s = feitas + 1, agora_s + self.sorte.uniform(2, 6)
                # the one that stays is waited for: where all is settled by then, it would be stopped before it began
                self.maquina.executar(pronto=feitas == self.mortes)
            if agora_s > morte_da_sefaz_s and feitas_da_sefaz < self.mortes_da_sefaz:
                self.sefaz.parar(signal.SIGKILL)
                time.sleep(1.5)
                self.sefaz.ligar()
                feitas_da_sefaz, morte_da_sefaz_s = feitas_da_sefaz + 1, agora_s + self.sorte.uniform(6, 12)
            time.sleep(0.3)

    def acertado(self) -> bool:
        """Says whether SEFAZ has every document and event, the WMS every answer, and nothing waits or fails."""
        if len(self.soltos) < self.quantos or self._autorizados() != set(self.soltos):
            return False
        return (
            self.eventos() == Counter(self.pedidos.items())
            and sum(n.endswith("-procEventoCTe.xml") for n in self.maquina.saida(2)) >= len(self.pedidos)
            and sum(n.endswith("-procCTe.xml") for n in self.maquina.saida(2)) >= self.quantos
            and self.maquina.json("falhas") == []
        )

    def eventos(self) -> Counter[tuple[str, str]]:
        """Counts the events registered in SEFAZ's ledger, by document and type."""
        return Counter(
            (d["chave"], e["tp_evento"])
            for d in self.sefaz.razao()["documentos"]
            for e in d["eventos"]
            if e["cstat"] in REGISTRADOS
        )

    def situacoes(self) -> Counter[str]:
        return Counter(situacao for _, situacao, _ in self._documentos())

    def protocolos(self) -> dict[str, str]:
        """Returns the protocol of each document, by our ledger."""
        return {chave: protocolo for chave, _, protocolo in self._documentos()}

    def _documentos(self) -> list[tuple[str, str, str]]:
        banco = self.maquina.dados / "separador.db"
        with closing(sqlite3.connect(f"file:{banco}?mode=ro", uri=True, timeout=30)) as aberto:
            return aberto.execute("SELECT chave, situacao, protocolo FROM documento").fetchall()

    def _autorizados(self) -> set[str]:
        return {chave for chave, _, protocolo in self._documentos() if protocolo}

    def _soltar(self, agora: datetime) -> None:
        proximo = len(self.soltos) + 1
        for n in range(proximo, min(proximo + POR_PASSO, self.quantos + 1)):
            e = exportacoes.cte(n, agora=agora, variante="uma-nota")
            self.maquina.soltar(1, e.nome, e.dados)
            self.soltos.append(e.chave)

    def _pedir(self) -> None:
        """Orders the cancelling of one authorised document in seven, and corrects one in eleven of the others."""
        autorizados = self._autorizados() - self.pedidos.keys()
        for n, chave in enumerate(self.soltos, 1):
            if chave not in autorizados:
                continue
            if n % 7 == 0:
                e = eventos.pedido("cancelar", chave, motivo=eventos.JUSTIFICATIVA)
                self.maquina.soltar(3, e.nome, e.dados)
                self.pedidos[chave] = CANCELAMENTO
            elif n % 11 == 0:
                e = eventos.carta_de_correcao(chave, agora=datetime.now(UTC))
                self.maquina.soltar(1, e.nome, e.dados)
                self.pedidos[chave] = CARTA


@pytest.fixture
def sefaz(tmp_path: Path) -> Iterator[SefazEmProcesso]:
    with SefazEmProcesso(tmp_path / "sefaz", atraso_ms=20) as local:
        yield local


@pytest.mark.longo
@pytest.mark.timeout(1200)
@pytest.mark.requisito("SEFAZ-06", "SEFAZ-08")
@pytest.mark.parametrize("semente", [SEMENTE])
def test_documentos_e_pedidos_com_quedas_dos_dois_lados(tmp_path: Path, sefaz: SefazEmProcesso, semente: int) -> None:
    print(f"semente {semente}")
    secao = {"simulador": sefaz.endereco, "ca": str(sefaz.ca), "prazo_conexao": 5, "prazo_resposta": 20, "em_voo": 16}
    with Maquina(tmp_path / "instalacao", ambiente="simulado", sefaz=secao, trabalhadores=1) as m:
        m.executar()
        rede = Rede(m, sefaz, random.Random(semente), quantos=500, mortes=31, mortes_da_sefaz=8)
        rede.correr()
        assert m.parar() == 0
        _conferir(rede)


def _conferir(rede: Rede) -> None:
    """Compares SEFAZ's ledger, ours, and what the WMS has: each document and event once, and nothing left over."""
    deles = {d["chave"]: (d["nprot"], d["autorizacoes"]) for d in rede.sefaz.razao()["documentos"]}
    assert {chave: (protocolo, 1) for chave, protocolo in rede.protocolos().items()} == deles
    assert set(deles) == set(rede.soltos)
    assert rede.eventos() == Counter(rede.pedidos.items())
    nomes = rede.maquina.saida(2)
    assert [n for n in nomes if "~" in n] == []
    assert sum(n.endswith("-procCTe.xml") for n in nomes) == rede.quantos
    assert sum(n.endswith("-pro-rec.xml") for n in nomes) == rede.quantos
    assert sum(n.endswith("-procEventoCTe.xml") for n in nomes) == len(rede.pedidos)
    assert rede.maquina.json("falhas") == []
    assert rede.maquina.listar(rede.maquina.origem(1)) == []
    assert rede.maquina.listar(rede.maquina.origem(3)) == []
    assert list((rede.maquina.dados / "quarentena").glob("*")) == []
