"""Runs the marathon: tens of thousands of files, SIGKILL to the service every few seconds, and the ledger balanced at
the end.

    python -m tests.falhas.maratona [--arquivos 50000] [--semente 1] [--intervalo-morte 4]

The files are 40 % CT-e, 30 % returns, 15 % plain files, 10 % orders and events, 5 % bad exports. A transmitter of its
own takes what comes out for SEFAZ and drops the returns. The WMS takes what comes out for it and reacts to what it
reads. Every file is taken away at once, so that a file published a second time shows as a double.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from separador.demonstracao import eventos, exportacoes, exportacoes_com_erro, retornos
from tests.apoio.maquina import Maquina
from tests.falhas import conferente
from tests.falhas.quedas_lugar import pasta_rapida

SINAS = (
    *("silencio",) * 19, *("rejeita",) * 3, *("autoriza",) * 9,
    *("cancela-pedido",) * 4, *("carta",) * 3, *("cancela-arquivo",) * 2,
)  # fmt: skip
"""Draws what happens to a CT-e. In 40, 21 returns about documents and 9 about events make the 30 %. Events, orders, and
the orders about unknown keys (1 %) make the 10 %."""
DEMORADOS = frozenset({"notas-demais"})
RUINS = tuple(k for k in exportacoes_com_erro.RECUSADAS if k not in DEMORADOS)
FILA = 1500
"""Is the number of files that may wait in an origin before no more are dropped into it. An inbox is not an archive."""
RUDES = 50
"""One CT-e in so many is written in place, in two halves."""


@dataclass(frozen=True)
class Plano:
    """The plan of a run. `intervalo_s` is the average time between kills; `mortes` is their least number."""

    arquivos: int
    semente: int = 1
    intervalo_s: float = 4.0
    trabalhadores: int = 2
    mortes: int = 1


@dataclass
class Andamento:
    """Counters for the progress line."""

    inicio_s: float = field(default_factory=time.monotonic)
    mortes: int = 0
    soltos: int = 0
    transmitidos: int = 0
    levados: int = 0


class Mundo:
    """Everything around the service: it drops, transmits and takes. It is one thread, one step after another."""

    def __init__(self, maquina: Maquina, plano: Plano) -> None:
        self.maquina, self.plano = maquina, plano
        self.raiz = maquina.pasta
        self.sorte = random.Random(plano.semente)
        self.agora = datetime.now(UTC)
        self.andamento = Andamento()
        self.livro = (self.raiz / "livro.jsonl").open("w", encoding="utf-8", buffering=1)
        self.sinas: dict[str, str] = {}
        self.fila = deque(self._primeiros())
        self.abertos: list[tuple[BinaryIO, bytes]] = []
        for nome in ("sefaz", "wms", "geral"):
            (self.raiz / "levados" / nome).mkdir(parents=True)

    def _primeiros(self) -> list[tuple[str, int]]:
        """Returns the files that come in by themselves, shuffled. Returns, orders and events follow from them."""
        n = self.plano.arquivos
        tipos = [("cte", n * 40 // 100), ("comum", n * 15 // 100), ("ruim", n * 5 // 100), ("desconhecido", n // 100)]
        lista = [(tipo, i + 1) for tipo, quantos in tipos for i in range(quantos)]
        self.sorte.shuffle(lista)
        return lista

    # --- one step of each ----------------------------------------------------------------------------------------

    def passo(self) -> bool:
        """Lets everybody act once. Returns False when nobody had anything to do."""
        meados, self.abertos = self.abertos, []
        for arquivo, resto in meados:
            arquivo.write(resto)
            arquivo.close()
        feitos = self._transmitir() + self._levar_wms() + self._levar_geral()
        return bool(feitos + len(meados) + self._soltar_mais())

    def _soltar_mais(self) -> int:
        cabem = FILA - max(len(os.listdir(self.maquina.origem(r))) for r in (1, 4))
        quantos = max(0, min(cabem, 100, len(self.fila)))
        for _ in range(quantos):
            self._primeiro(*self.fila.popleft())
        return quantos

    def _primeiro(self, tipo: str, i: int) -> None:
        if tipo == "cte":
            e = exportacoes.cte(i, agora=self.agora)
            self.sinas[e.chave] = sina = SINAS[self.sorte.randrange(len(SINAS))]
            nome = b"pedido-%06d-cte.xml" % i
            self._soltar(1, nome, e.dados, rude=i % RUDES == 0, tipo="cte", chave=e.chave, sina=sina)
        elif tipo == "comum":
            e = eventos.comum(i, tamanho=200 + i % 5000)
            self._soltar(4, e.nome, e.dados, tipo="comum")
        elif tipo == "ruim":
            agora = datetime.now(UTC)  # a date that is ahead by half an hour is reached by a run that takes longer
            e = exportacoes_com_erro.ruim(RUINS[i % len(RUINS)], 10_000_000 + i, agora=agora).exportacao
            self._soltar(1, b"ruim-%06d-" % i + e.nome[-100:], e.dados, tipo="ruim")
        else:
            chave = exportacoes.chave_cte(20_000_000 + i, agora=self.agora)
            e = eventos.pedido("enviar", chave, nome=b"desconhecida-%06d.json" % i)
            self._soltar(3, e.nome, e.dados, tipo="pedido", chave=chave, aceito=False, evento=None)

    def _transmitir(self) -> int:
        nomes = self._levar("sefaz", self.maquina.destino(1))
        for nome in nomes:
            self._responder(nome)
        self.andamento.transmitidos += len(nomes)
        return len(nomes)

    def _responder(self, nome: str) -> None:
        """Drops SEFAZ's answer about a document, as its lot says. Every event is registered."""
        dados = (self.raiz / "levados" / "sefaz" / nome).read_bytes()
        enviado = os.fsencode(nome.partition("#")[0])
        lido = retornos.ler(dados)
        processado: str | None
        if lido.raiz == "eventoCTe":
            r = retornos.evento_respondido(dados, enviado, agora=self.agora)
            processado = f"{lido.chave}_{lido.tp_evento}_{int(lido.n_seq):03d}-procEventoCTe.xml"
        elif self.sinas[lido.chave] == "silencio":
            return
        elif self.sinas[lido.chave] == "rejeita":
            r = retornos.rejeitado(dados, enviado, agora=self.agora, c_stat="209", com_prot=True)
            processado = None
        else:
            r = retornos.autorizado(dados, enviado, agora=self.agora)
            processado = f"{lido.chave}-procCTe.xml"
        self._soltar(2, r.nome, r.dados, tipo="retorno", chave=lido.chave, processado=processado,
                     enviado=os.fsdecode(enviado))  # fmt: skip

    def _levar_wms(self) -> int:
        nomes = self._levar("wms", self.maquina.destino(2))
        for nome in nomes:
            if nome.endswith("-procCTe.xml"):
                self._reagir(nome[:44])
        self.andamento.levados += len(nomes)
        return len(nomes)

    def _reagir(self, chave: str) -> None:
        """Reacts as the WMS: it has its authorised document, and orders something more for some of them."""
        sina = self.sinas[chave]
        if sina == "cancela-pedido":
            e = eventos.pedido("cancelar", chave, motivo=eventos.JUSTIFICATIVA)
            self._soltar(3, e.nome, e.dados, tipo="pedido", chave=chave, aceito=True,
                         evento=f"{chave}_110111_001-ped-eve.xml")  # fmt: skip
        elif sina == "carta":
            e = eventos.carta_de_correcao(chave, agora=self.agora)
            self._soltar(1, e.nome, e.dados, tipo="evento", chave=chave, evento=os.fsdecode(e.nome))
        elif sina == "cancela-arquivo":
            e = eventos.cancelamento(chave, retornos.protocolo(chave, agora=self.agora), agora=self.agora)
            self._soltar(1, e.nome, e.dados, tipo="evento", chave=chave, evento=os.fsdecode(e.nome))

    def _levar_geral(self) -> int:
        quantos = len(self._levar("geral", self.maquina.destino(4)))
        self.andamento.levados += quantos
        return quantos

    # --- files ---------------------------------------------------------------------------------------------------

    def _levar(self, quem: str, pasta: Path) -> list[str]:
        """Takes every published file away. A name seen before gets `#2`, `#3`: it is a double."""
        guarda = self.raiz / "levados" / quem
        nomes = []
        for nome in sorted(n for n in os.listdir(pasta) if not n.startswith(".")):
            novo, n = nome, 1
            while (guarda / novo).exists():
                n += 1
                novo = f"{nome}#{n}"
            os.rename(pasta / nome, guarda / novo)
            nomes.append(novo)
        return nomes

    def _soltar(self, rota: int, nome: bytes, dados: bytes, *, rude: bool = False, **registro: object) -> None:
        """Writes the file into the ledger first, then into the folder: by rename, or with `rude` in place, the second
        half one step later."""
        linha = {"nome": os.fsdecode(nome), "sha256": hashlib.sha256(dados).hexdigest()} | registro
        self.livro.write(json.dumps(linha, ensure_ascii=False) + "\n")
        self.andamento.soltos += 1
        destino = self.maquina.origem(rota) / os.fsdecode(nome)
        if rude:
            arquivo = destino.open("wb", buffering=0)
            arquivo.write(dados[: len(dados) // 2])
            self.abertos.append((arquivo, dados[len(dados) // 2 :]))
            return
        temporario = destino.with_name(f".{destino.name}.tmp")
        temporario.write_bytes(dados)
        temporario.rename(destino)

    def parado(self) -> bool:
        """Says whether nothing is left to drop, in the origins or in the work folder."""
        origens = [self.maquina.origem(r) for r in (1, 2, 3, 4)]
        return not (
            self.fila
            or self.abertos
            or any(len(os.listdir(o)) > 1 for o in origens)
            or any(True for o in origens for _ in o.glob(".separador/*/trabalho/*"))
        )


def correr(pasta: Path, plano: Plano, *, mostrar_s: float | None = 10.0) -> Andamento:
    """Runs the plan to the end: everything dropped, the kills done, everything settled, the service stopped."""
    maquina = Maquina(pasta, trabalhadores=plano.trabalhadores, tempo_leitura=2, tempo_quieto=0.2,
                      prazo_retorno=86_400)  # fmt: skip
    mundo = Mundo(maquina, plano)
    with maquina:
        maquina.executar(pronto=False)
        _com_mortes(maquina, mundo, plano, mostrar_s)
        _ate_parar(maquina, mundo, mostrar_s)
        codigo = maquina.parar()
        if codigo != 0:
            raise AssertionError(f"o serviço terminou com {codigo}\n{maquina.fim_do_log()}")
    mundo.livro.close()
    return mundo.andamento


def _com_mortes(maquina: Maquina, mundo: Mundo, plano: Plano, mostrar_s: float | None) -> None:
    """Works and kills until everything was dropped, the kills were enough, and nothing moved between two of them.

    A file cut in the middle waits ten quiet times, and the count begins again after each start. Such files are settled
    in the time without kills.
    """
    morte_s = _proxima(mundo, plano)
    aviso_s = movido_s = time.monotonic()
    while True:
        agora_s = time.monotonic()
        if mundo.passo():
            movido_s = agora_s
        else:
            time.sleep(0.01)
        quieto = not mundo.fila and agora_s - movido_s > 2 * plano.intervalo_s
        if mundo.andamento.mortes >= plano.mortes and (mundo.parado() or quieto):
            return
        if agora_s >= morte_s:
            maquina.matar()
            mundo.andamento.mortes += 1
            maquina.executar(pronto=False)
            morte_s = _proxima(mundo, plano)
        if mostrar_s is not None and agora_s >= aviso_s:
            aviso_s = agora_s + mostrar_s
            _contar(mundo)


def _proxima(mundo: Mundo, plano: Plano) -> float:
    return time.monotonic() + plano.intervalo_s * mundo.sorte.uniform(0.5, 1.5)


def _ate_parar(maquina: Maquina, mundo: Mundo, mostrar_s: float | None, prazo_s: float = 300.0) -> None:
    """Lets what is left settle, without kills. Three seconds without movement is rest."""
    limite_s, quieto_s = time.monotonic() + prazo_s, time.monotonic()
    while time.monotonic() - quieto_s < 3:
        if mundo.passo() or not mundo.parado():
            quieto_s = time.monotonic()
            time.sleep(0.01)
        if maquina.servico is None or maquina.servico.poll() is not None:
            raise AssertionError(f"o serviço terminou sozinho\n{maquina.fim_do_log()}")
        if time.monotonic() > limite_s:
            break  # the ledger will show what did not settle
        time.sleep(0.05)
    if mostrar_s is not None:
        _contar(mundo)


def _contar(mundo: Mundo) -> None:
    a = mundo.andamento
    print(
        f"{time.monotonic() - a.inicio_s:7.0f} s  soltos {a.soltos:>6}  transmitidos {a.transmitidos:>6}  "
        f"levados {a.levados:>6}  a soltar {len(mundo.fila):>6}  mortes {a.mortes:>4}",
        flush=True,
    )


def _argumentos() -> argparse.Namespace:
    a = argparse.ArgumentParser(description="Maratona com quedas; no fim o livro tem de fechar.")
    a.add_argument("--arquivos", type=int, default=50_000)
    a.add_argument("--semente", type=int, default=1)
    a.add_argument("--intervalo-morte", type=float, default=4.0, help="segundos entre quedas, em média")
    a.add_argument("--trabalhadores", type=int, default=2)
    a.add_argument("--base", default=pasta_rapida(), help="onde fazer a instalação")
    a.add_argument("--guardar", action="store_true", help="não apagar a instalação no fim")
    return a.parse_args()


def main() -> int:
    """Runs the command line. Returns 0 when the ledger balances."""
    args = _argumentos()
    base = Path(tempfile.mkdtemp(prefix="maratona-", dir=args.base))
    instalacao = base / "instalacao"
    plano = Plano(args.arquivos, args.semente, args.intervalo_morte, args.trabalhadores)
    andamento = correr(instalacao, plano)
    durou_s = time.monotonic() - andamento.inicio_s
    balanco = conferente.conferir(instalacao)
    print(conferente.mostrar(balanco))
    print(f"{andamento.soltos} arquivos, {andamento.mortes} quedas, {durou_s:.0f} s")
    if balanco.certo and not args.guardar:
        shutil.rmtree(base)
    else:
        print(f"a instalação ficou em {base}")
    return 0 if balanco.certo else 1


if __name__ == "__main__":
    sys.exit(main())
