"""Those who take part in `separador demo` beside the service: the WMS, the transmitter, and who listens to the log."""

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from separador.demonstracao import retornos
from separador.demonstracao.elenco import Papel, Resposta
from separador.demonstracao.exportacoes import Exportacao
from separador.demonstracao.tela import AMARELO, VERMELHO, Tela, curto
from separador.dominio.etapa import Desfecho

DEMORA_S = 0.15
"""How long our SEFAZ thinks. The real one takes longer."""
_METADE_S = 1.2
_PARADO_S = 0.02


def soltar(pasta: Path, nome: str, dados: bytes) -> None:
    """Drop a file whole: written under a temporary name, then renamed."""
    temporario = pasta / f"{nome}.tmp"
    temporario.write_bytes(dados)
    temporario.rename(pasta / nome)


class Placar:
    """What the service said of each file, shared between threads: name → outcomes, in order."""

    def __init__(self) -> None:
        self.desfechos: dict[str, list[dict[str, Any]]] = {}
        self.pronto = False
        self.fim = False
        self._novidade = threading.Condition()

    def anotar(self, evento: dict[str, Any]) -> None:
        """One line of the log."""
        with self._novidade:
            if evento.get("acao") in set(Desfecho) and "arquivo" in evento:
                self.desfechos.setdefault(str(evento["arquivo"]), []).append(evento)
            self.pronto = self.pronto or evento.get("acao") == "início"
            self._novidade.notify_all()

    def encerrar(self) -> None:
        """The log ended: the service is gone."""
        with self._novidade:
            self.fim = True
            self._novidade.notify_all()

    def esperar(self, condicao: Callable[[], bool], prazo_s: float) -> bool:
        """Until `condicao` holds; False when the time or the service ended first."""
        with self._novidade:
            return self._novidade.wait_for(lambda: condicao() or self.fim, prazo_s) and condicao()


class Ouvinte(threading.Thread):
    """Reads the service's log line by line, shows what matters, keeps the score."""

    def __init__(self, log: IO[str], placar: Placar, tela: Tela, apelidos: Mapping[str, str]) -> None:
        super().__init__(name="ouvinte", daemon=True)
        self._log = log
        self._placar = placar
        self._tela = tela
        self._apelidos = apelidos

    def run(self) -> None:
        """Until the log ends."""
        with self._log:
            for linha in self._log:
                self._ouvir(linha)
        self._placar.encerrar()

    def _ouvir(self, linha: str) -> None:
        try:
            evento = json.loads(linha)
        except ValueError:
            self._tela.passo("separador", "·", "", linha.strip())
            return
        self._mostrar(evento)
        self._placar.anotar(evento)

    def _mostrar(self, evento: dict[str, Any]) -> None:
        acao, arquivo = str(evento.get("acao")), str(evento.get("arquivo", ""))
        if acao in set(Desfecho):
            marca, fala, cor = self._fala(Desfecho(acao), evento)
            self._tela.passo("separador", marca, _sujeito(arquivo, evento, self._apelidos), fala, cor)
        elif acao != "falha" and evento.get("nivel") in {"error", "critical"}:
            self._tela.passo("separador", "!", arquivo, str(evento.get("mensagem")), VERMELHO)

    def _fala(self, desfecho: Desfecho, evento: dict[str, Any]) -> tuple[str, str, str]:
        motivo = str(evento.get("motivo") or "")
        if desfecho is Desfecho.ENTREGUE:
            return "✓", motivo or _ENTREGAS.get(str(evento.get("rota")), "entregue"), ""
        if desfecho is Desfecho.APLICADO:
            return "✓", str(evento.get("situacao") or "retorno aplicado") + "; o WMS é avisado", ""
        codigo = str(evento.get("codigo"))
        if desfecho is Desfecho.DUPLICADO:
            return "=", motivo, AMARELO
        return "✗", f"{desfecho.value}: {'' if codigo.startswith('SEP') else codigo + ' '}{motivo}", AMARELO


_ENTREGAS = {
    "1": "conferido, assinado, validado → outbox/sefaz",
    "4": "entregue → outbox/geral",
    "5": "assinado e conferido, não enviado → outbox/validado",
}


def _sujeito(arquivo: str, evento: dict[str, Any], apelidos: Mapping[str, str]) -> str:
    apelido = apelidos.get(str(evento.get("chave")))
    return f"retorno de {apelido}" if str(evento.get("rota")) == "2" and apelido else curto(arquivo)


class Wms:
    """The exporter: drops the files of an act, unhurried enough to be read."""

    def __init__(self, pasta: Path, tela: Tela, pausa_s: float) -> None:
        self._pasta = pasta
        self._tela = tela
        self._pausa_s = pausa_s
        self._fios: list[threading.Thread] = []

    def soltar(self, papel: Papel) -> None:
        """One file; one that is written bit by bit goes on while the others are dropped."""
        ator = "operador" if papel.nome.endswith(".json") else "WMS"
        self._tela.passo(ator, "+", papel.nome, papel.fala)
        if papel.em_partes:
            fio = threading.Thread(target=self._aos_poucos, args=(papel,), name="gravador", daemon=True)
            self._fios.append(fio)
            fio.start()
        else:
            soltar(self._pasta / papel.pasta, papel.nome, papel.dados)
        time.sleep(self._pausa_s)

    def terminar(self) -> None:
        """Wait for what is still being written."""
        for fio in self._fios:
            fio.join()
        self._fios.clear()

    def _aos_poucos(self, papel: Papel) -> None:
        metade = len(papel.dados) // 2
        with (self._pasta / papel.pasta / papel.nome).open("wb", buffering=0) as saida:
            saida.write(papel.dados[:metade])
            time.sleep(_METADE_S)
            self._tela.passo("WMS", "…", papel.nome, "pela metade há um segundo; o serviço não o toca")
            time.sleep(self._pausa_s)
            saida.write(papel.dados[metade:])
        self._tela.passo("WMS", "+", papel.nome, "agora inteiro")


class Transmissor(threading.Thread):
    """The other program: takes each signed file away, asks "SEFAZ", drops the return. Knows nothing of the service."""

    def __init__(
        self,
        pasta: Path,
        tela: Tela,
        respostas: Mapping[str, Resposta],
        apelidos: Mapping[str, str],
        agora: Callable[[], datetime],
    ) -> None:
        super().__init__(name="transmissor", daemon=True)
        self._saida = pasta / "outbox" / "sefaz"
        self._retorno = pasta / "inbox" / "retorno"
        self._guarda = pasta / "transmissor"
        self._tela = tela
        self._respostas = respostas
        self._apelidos = apelidos
        self._agora = agora
        self._vezes: dict[str, int] = {}
        self._chega = threading.Event()
        self.tomados = 0
        self.soltos: list[str] = []
        self.erro: Exception | None = None

    def run(self) -> None:
        """Until `parar`; what goes wrong is kept in `erro`."""
        self._guarda.mkdir()
        while not self._chega.is_set():
            try:
                if not self._volta():
                    self._chega.wait(_PARADO_S)
            except Exception as erro:  # noqa: BLE001 -- around one thread; the director shows it
                self.erro = erro
                return

    def parar(self) -> None:
        """End the thread."""
        self._chega.set()
        if self.is_alive():
            self.join()

    def _volta(self) -> bool:
        nomes = sorted(n for n in os.listdir(self._saida) if n.endswith(".xml") and not n.startswith("."))
        for nome in nomes:
            self._atender(nome)
        return bool(nomes)

    def _atender(self, nome: str) -> None:
        guardado = self._guarda / f"{self.tomados:03d}_{nome}"
        (self._saida / nome).rename(guardado)
        dados = guardado.read_bytes()
        time.sleep(DEMORA_S)
        retorno, codigo = self._responder(nome.encode(), dados)
        soltar(self._retorno, retorno.nome.decode(), retorno.dados)
        self.soltos.append(retorno.nome.decode())
        self.tomados += 1
        lido = retornos.ler(dados)
        sujeito = f"{'evento de ' if lido.tp_evento else ''}{self._apelidos.get(lido.chave, curto(nome))}"
        cor = AMARELO if codigo not in {"100", "135"} else ""
        fala = retornos.motivo(codigo, lido, self._agora()).removeprefix("Rejeicao: ")
        self._tela.passo("transmissor", "⇄", sujeito, f"SEFAZ respondeu {codigo}: {fala}", cor)

    def _responder(self, nome: bytes, dados: bytes) -> tuple[Exportacao, str]:
        lido = retornos.ler(dados)
        resposta = self._respostas.get(lido.chave, Resposta())
        agora = self._agora()
        if lido.raiz == "eventoCTe":
            codigo = resposta.evento if lido.tp_evento == "110111" else "135"
            return retornos.evento_respondido(dados, nome, agora=agora, c_stat=codigo), codigo
        vez = self._vezes.get(lido.chave, 0)
        self._vezes[lido.chave] = vez + 1
        codigo = resposta.documento[min(vez, len(resposta.documento) - 1)]
        if codigo == "100":
            return retornos.autorizado(dados, nome, agora=agora), codigo
        return retornos.rejeitado(dados, nome, agora=agora, c_stat=codigo), codigo
