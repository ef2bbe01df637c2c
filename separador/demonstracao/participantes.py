"""Holds the actors of `separador demo` beside the service: the WMS, SEFAZ, and the reader of the log."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from separador.demonstracao.arquivos_e_desfechos import Papel
from separador.demonstracao.tela import AMARELO, VERMELHO, Tela, curto
from separador.nucleo.etapa import Desfecho

_METADE_S = 1.2
_RETORNOS = ("-pro-rec.xml", "-eve.xml", "-sit.xml")


def soltar(pasta: Path, nome: str, dados: bytes) -> None:
    """Drops a file whole: written under a temporary name, then renamed."""
    temporario = pasta / f"{nome}.tmp"
    temporario.write_bytes(dados)
    temporario.rename(pasta / nome)


class Placar:
    """Keeps what the service said of each file, shared between threads: name → outcomes, in order."""

    def __init__(self) -> None:
        self.desfechos: dict[str, list[dict[str, Any]]] = {}
        self.pronto = False
        self.fim = False
        self._novidade = threading.Condition()

    def anotar(self, evento: dict[str, Any]) -> None:
        """Takes one line of the log."""
        with self._novidade:
            if evento.get("acao") in set(Desfecho) and "arquivo" in evento:
                self.desfechos.setdefault(str(evento["arquivo"]), []).append(evento)
            self.pronto = self.pronto or evento.get("acao") == "início"
            self._novidade.notify_all()

    def encerrar(self) -> None:
        """Notes that the log ended: the service is gone."""
        with self._novidade:
            self.fim = True
            self._novidade.notify_all()

    def esperar(self, condicao: Callable[[], bool], prazo_s: float) -> bool:
        """Waits until `condicao` holds; False when the time or the service ended first."""
        with self._novidade:
            return self._novidade.wait_for(lambda: condicao() or self.fim, prazo_s) and condicao()


class Ouvinte(threading.Thread):
    """Reads the service's log line by line, shows the important lines, and keeps the outcomes."""

    def __init__(self, log: IO[str], placar: Placar, tela: Tela, apelidos: Mapping[str, str]) -> None:
        super().__init__(name="ouvinte", daemon=True)
        self._log = log
        self._placar = placar
        self._tela = tela
        self._apelidos = apelidos

    def run(self) -> None:
        """Reads until the log ends."""
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
            self._tela.passo("separador", marca, curto(arquivo), fala, cor)
        elif acao == "publicado" and arquivo.endswith(_RETORNOS) and evento.get("situacao"):
            self._tela.passo("separador", "✓", self._apelido(evento), f"{evento['situacao']} → outbox/wms")
        elif acao == "dacte":
            que = "DACTE" if "DACTE" in str(evento.get("mensagem")) else "folha do evento"
            self._tela.passo("separador", "✓", self._apelido(evento), f"{que} em PDF → outbox/wms")
        elif acao == "transmissão" and evento.get("nivel") == "warning":
            self._tela.passo("separador", "?", self._apelido(evento), str(evento.get("mensagem")), AMARELO)
        elif acao != "falha" and evento.get("nivel") in {"error", "critical"}:
            self._tela.passo("separador", "!", arquivo, str(evento.get("mensagem")), VERMELHO)

    def _apelido(self, evento: dict[str, Any]) -> str:
        chave = str(evento.get("chave"))
        return self._apelidos.get(chave, curto(chave))

    def _fala(self, desfecho: Desfecho, evento: dict[str, Any]) -> tuple[str, str, str]:
        motivo = str(evento.get("motivo") or "")
        if desfecho is Desfecho.ENTREGUE:
            return "✓", _ENTREGAS.get(str(evento.get("rota"))) or motivo or "entregue", ""
        codigo = str(evento.get("codigo"))
        if desfecho is Desfecho.DUPLICADO:
            return "=", motivo, AMARELO
        return "✗", f"{desfecho.value}: {'' if codigo.startswith('SEP') else codigo + ' '}{motivo}", AMARELO


_ENTREGAS = {
    "1": "conferido, assinado, validado; na fila da SEFAZ",
    "4": "entregue → outbox/geral",
    "5": "assinado e conferido, não enviado → outbox/validado",
    "6": "guias registradas",
    "7": "comprovante arquivado → outbox/ecac",
}


class Wms:
    """Is the exporter: drops the files of an act, slowly enough to be read."""

    def __init__(self, pasta: Path, tela: Tela, pausa_s: float) -> None:
        self._pasta = pasta
        self._tela = tela
        self._pausa_s = pausa_s
        self._fios: list[threading.Thread] = []

    def soltar(self, papel: Papel) -> None:
        """Drops one file. One that is written bit by bit goes on while the others are dropped."""
        ator = "operador" if papel.nome.endswith((".json", ".csv", ".pdf")) else "WMS"
        self._tela.passo(ator, "+", papel.nome, papel.fala)
        if papel.em_partes:
            fio = threading.Thread(target=self._aos_poucos, args=(papel,), name="gravador", daemon=True)
            self._fios.append(fio)
            fio.start()
        else:
            soltar(self._pasta / papel.pasta, papel.nome, papel.dados)
        time.sleep(self._pausa_s)

    def terminar(self) -> None:
        """Waits for the files that are still being written."""
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


class Sefaz(threading.Thread):
    """Shows the lines of the local SEFAZ, and counts the calls for each key, by service."""

    def __init__(self, falas: IO[str], tela: Tela, apelidos: Mapping[str, str]) -> None:
        super().__init__(name="sefaz", daemon=True)
        self._falas = falas
        self._tela = tela
        self._apelidos = apelidos
        self.chamadas: Counter[tuple[str, str]] = Counter()

    def run(self) -> None:
        """Reads until it ends."""
        with self._falas:
            for linha in self._falas:
                self._ouvir(linha)

    def _ouvir(self, linha: str) -> None:
        try:
            fala = json.loads(linha)
        except ValueError:
            self._tela.passo("SEFAZ", "!", "", linha.strip(), VERMELHO)
            return
        if "servico" in fala:
            chave = str(fala.get("chave"))
            self._mostrar(fala, self._apelidos.get(chave, curto(chave)))
            self.chamadas[chave, str(fala["servico"])] += 1

    def _mostrar(self, fala: dict[str, Any], apelido: str) -> None:
        sujeito = apelido if fala["servico"] == "recepcao" else f"{fala['servico']} de {apelido}"
        falha, codigo = str(fala.get("falha") or ""), str(fala.get("cstat") or "")
        if falha.startswith("cstat:"):
            texto = f"{falha.removeprefix('cstat:')} recusado"
        else:
            texto = f"{codigo} {fala.get('motivo')}" if codigo else "recebido"
        texto += _FALHAS.get(falha, "")
        self._tela.passo("SEFAZ", "⇄", sujeito, texto, AMARELO if falha else "")


_FALHAS = {
    "queda-depois": "; a conexão cai antes da resposta",
    "queda-antes": "; vai demorar a responder…",
}
