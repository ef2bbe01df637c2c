"""Scans one origin: what is ready, what waits and why, when to look again.

The listing decides; events only wake it early. Every look judges afresh: a file leaves the set by being claimed or by
disappearing, never by a verdict.
"""

import heapq
import os
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from separador.nucleo.arquivo_completo import Amostra, Motivo, Pronto, conteudo_fechado, decidir, referencia
from separador.nucleo.nome_de_arquivo import LIMITE, PASTA_PROPRIA, metadado, temporario
from separador.pastas.achados import Candidato, Ignorado, Leitura, Pendencia
from separador.pastas.disco import lstat_ou_nada
from separador.pastas.erros import classificar, traduzindo
from separador.pastas.exame import Ausente, Especial, Fechado, Ilegivel, Vista, especie, olhar
from separador.pastas.lugar import abertos
from separador.pastas.lugar.abertos import Lugar

RECUO = 0.1
"""A waiting file is looked at again after this fraction of the time it has waited, so that old ones cost little."""
RECUO_MAXIMO_S = 10.0
"""Longest time between two such looks."""


@dataclass(slots=True)
class _Acompanhado:
    """The facts known about one name while it stays in the folder."""

    rota: str | None
    desde: datetime
    desde_s: float
    motivo: Motivo | None = None
    detalhe: str = ""
    base: Amostra | None = None
    ate_s: float = 0.0
    recusa: str = ""


@dataclass(slots=True)
class Varredura:
    """The tracker of one origin, in memory. `rota_de` gives the route of a name, None when no rule matches.

    `arrendar` is False on network filesystems (`sistema.e_rede`), where leases tell nothing. With `marcador` (b".ok") a
    file is ready only beside `<name><marker>`, which is claimed with it.
    """

    pasta: Path
    rota_de: Callable[[bytes], str | None]
    tempo_quieto_s: float
    tempo_aberto_s: float | None = None
    arrendar: bool = True
    fechado: Fechado = conteudo_fechado
    marcador: bytes | None = None
    relogio: Callable[[], float] = time.monotonic
    _vistos: dict[bytes, _Acompanhado] = field(default_factory=dict)
    _parados: dict[bytes, _Acompanhado | None] = field(default_factory=dict)
    _especiais: set[bytes] = field(default_factory=set)
    _marcadores: dict[bytes, bytes] = field(default_factory=dict)
    _fila: dict[bytes, None] = field(default_factory=dict)
    _prazos: list[tuple[float, bytes]] = field(default_factory=list)
    _novos_ignorados: list[Ignorado] = field(default_factory=list)

    def examinar(
        self, agora: datetime, *, limite: int, listar: bool = True, indicados: Collection[bytes] = ()
    ) -> Leitura:
        """Looks at the origin at `agora` (UTC; durations are the monotonic clock's). Returns at most `limite` ready
        files and looks into about four times as many, the longest known first. The rest keep their turn.

        With `listar` False it looks only at the names rung for (`indicados`), those left over and those whose time has
        come. Raises `FalhaDePasta` when the folder cannot be listed: that says nothing about its files.
        """
        with traduzindo(self.pasta):
            aqui = abertos.conferido(self.pasta) if listar else abertos.abrir(self.pasta)
        if listar:
            self._listar(aqui, agora)
        for nome in indicados:
            self._indicado(aqui, nome, agora)
        self._vencidos()
        prontos = self._percorrer(aqui, limite)
        ignorados, self._novos_ignorados = tuple(self._novos_ignorados), []
        return Leitura(tuple(prontos), ignorados, self._proximo())

    def esquecer(self, nomes: Iterable[bytes]) -> None:
        """Forgets names that were claimed. Another file of the same name is a new one."""
        for nome in nomes:
            marcador = self._marcador_de(nome)
            self._sumiu(nome)
            if marcador is not None:
                self._sumiu(marcador)

    def recusado(self, nome: bytes, detalhe: str) -> bool:
        """Notes a file that was complete, but that the system did not let us claim. It waits like one that cannot be
        read, is tried less and less often, and is shown. Returns True when that is news."""
        conhecido = self._vistos.get(nome)
        if conhecido is None:
            return True
        novidade = conhecido.recusa != detalhe
        conhecido.recusa = detalhe
        agora_s = self.relogio()
        self._espera(nome, conhecido, agora_s, agora_s + self.tempo_quieto_s, Motivo.INTOMAVEL, detalhe)
        return novidade

    def pendencias(self) -> list[Pendencia]:
        """Returns every file that waits, with its reason. The cost grows with their number."""
        todos = (*self._vistos.items(), *self._parados.items())
        return [
            Pendencia(nome, a.rota, a.motivo, a.desde, a.detalhe)
            for nome, a in todos
            if a is not None and a.motivo is not None and not self._acompanha(nome, a.motivo)
        ]

    def contagem(self) -> int:
        """Returns how many files wait, of those that a route accepts."""
        return len(self._vistos)

    def _listar(self, aqui: Lugar, agora: datetime) -> None:
        presentes = set()
        novos = []
        try:
            with os.scandir(aqui.base) as entradas:
                for entrada in entradas:
                    nome = entrada.name
                    presentes.add(nome)
                    if nome in self._especiais and entrada.is_file(follow_symlinks=False):
                        self._sumiu(nome)  # something else stands there now
                    if nome not in self._vistos and nome not in self._parados:
                        novos.append((nome, _especie_da_entrada(entrada)))
        except OSError as erro:
            raise classificar(erro, self.pasta) from erro
        for sumido in [n for n in (*self._vistos, *self._parados) if n not in presentes]:
            self._sumiu(sumido)
        for nome, especial in sorted(novos, key=lambda n: n[0]):
            self._conhecer(nome, especial, agora)

    def _indicado(self, aqui: Lugar, nome: bytes, agora: datetime) -> None:
        """Takes in a name from a notice of the system. It is a hint, so nothing is believed of it."""
        if nome in self._vistos:
            self._fila[nome] = None
            return
        if (nome in self._parados and nome not in self._especiais) or not 0 < len(nome) <= LIMITE or b"/" in nome:
            return
        dono = lstat_ou_nada(aqui.base + nome)
        if dono is None or (especie(dono.st_mode) is not None and nome in self._especiais):
            return
        self._sumiu(nome)
        self._conhecer(nome, especie(dono.st_mode), agora)

    def _conhecer(self, nome: bytes, especial: Especial | None, agora: datetime) -> None:
        """Takes in a name at first sight. Its kind decides whether it will ever be looked into."""
        agora_s = self.relogio()
        if nome == PASTA_PROPRIA:
            self._parados[nome] = None
        elif especial is not None:
            self._ignorar(nome, especial)
            self._especiais.add(nome)
        elif metadado(nome):
            self._ignorar(nome, "arquivo de sistema, não é documento")
        elif temporario(nome):
            self._parados[nome] = _Acompanhado(None, agora, agora_s, Motivo.TEMPORARIO)
        elif self._e_marcador(nome):
            self._parados[nome] = _Acompanhado(None, agora, agora_s, Motivo.MARCADOR_SO)
            self._marcadores[self._marcado(nome)] = nome
            self._fila_do_marcado(nome)
        elif (rota := self.rota_de(nome)) is None:
            self._parados[nome] = _Acompanhado(None, agora, agora_s, Motivo.SEM_REGRA)
        else:
            self._vistos[nome] = _Acompanhado(rota, agora, agora_s)
            self._fila[nome] = None

    def _ignorar(self, nome: bytes, motivo: str) -> None:
        self._parados[nome] = None
        self._novos_ignorados.append(Ignorado(nome, str(motivo)))

    def _sumiu(self, nome: bytes) -> None:
        self._vistos.pop(nome, None)
        self._parados.pop(nome, None)
        self._fila.pop(nome, None)
        self._especiais.discard(nome)
        if self._marcadores.get(self._marcado(nome)) == nome:
            del self._marcadores[self._marcado(nome)]

    def _vencidos(self) -> None:
        agora_s = self.relogio()
        while self._prazos and self._prazos[0][0] <= agora_s:
            prazo_s, nome = heapq.heappop(self._prazos)
            conhecido = self._vistos.get(nome)
            if conhecido is not None and conhecido.ate_s == prazo_s:
                self._fila[nome] = None

    def _percorrer(self, aqui: Lugar, limite: int) -> list[Candidato]:
        prontos: list[Candidato] = []
        olhados = 0
        while self._fila and len(prontos) < limite and olhados < 4 * limite:
            nome = next(iter(self._fila))
            del self._fila[nome]
            olhados += 1
            candidato = self._olhar(aqui, nome)
            if candidato is not None:
                prontos.append(candidato)
        return prontos

    def _olhar(self, aqui: Lugar, nome: bytes) -> Candidato | None:
        conhecido = self._vistos[nome]
        agora_s = self.relogio()
        exame = olhar(aqui.base + nome, agora_s, arrendar=self.arrendar, fechado=self.fechado)
        if isinstance(exame, Ausente):
            self._sumiu(nome)
        elif isinstance(exame, Especial):
            self._sumiu(nome)
            self._ignorar(nome, exame)
            self._especiais.add(nome)
        elif isinstance(exame, Ilegivel):
            self._espera(nome, conhecido, agora_s, agora_s + self.tempo_quieto_s, Motivo.ILEGIVEL, exame.detalhe)
        else:
            return self._julgar(nome, conhecido, exame, agora_s)
        return None

    def _julgar(self, nome: bytes, conhecido: _Acompanhado, vista: Vista, agora_s: float) -> Candidato | None:
        marcador = self._marcador_de(nome)
        if self.marcador is not None and marcador is None:
            self._espera(nome, conhecido, agora_s, agora_s + self.tempo_quieto_s, Motivo.SEM_MARCADOR)
            return None
        decisao = decidir(
            conhecido.base,
            vista.amostra,
            ocupacao=vista.ocupacao,
            fechado=vista.fechado,
            tempo_quieto_s=self.tempo_quieto_s,
            tempo_aberto_s=self.tempo_aberto_s,
            prometido=marcador is not None,
            ligacoes=vista.ligacoes,
        )
        conhecido.base = referencia(conhecido.base, vista.amostra)
        if not isinstance(decisao, Pronto):
            self._espera(nome, conhecido, agora_s, decisao.ate_s, decisao.motivo)
            return None
        # Should the caller not claim it, it is judged again after a quiet time.
        self._agendar(nome, conhecido, agora_s + self.tempo_quieto_s)
        if not conhecido.recusa:
            conhecido.motivo = None
        return Candidato(nome, conhecido.rota or "", vista.amostra, marcador)

    def _espera(
        self, nome: bytes, conhecido: _Acompanhado, agora_s: float, ate_s: float, motivo: Motivo, detalhe: str = ""
    ) -> None:
        conhecido.motivo, conhecido.detalhe = motivo, detalhe
        if motivo is Motivo.INACABADO:
            ate_s = min(ate_s, agora_s + self.tempo_quieto_s)  # it may be closed before its longer wait is over
        elif motivo is not Motivo.MUDANDO:
            # A quiet time has its own clock. Other files that wait long are looked at less and less often.
            ate_s = max(ate_s, agora_s + min((agora_s - conhecido.desde_s) * RECUO, RECUO_MAXIMO_S))
        self._agendar(nome, conhecido, ate_s)

    def _agendar(self, nome: bytes, conhecido: _Acompanhado, ate_s: float) -> None:
        conhecido.ate_s = ate_s
        heapq.heappush(self._prazos, (ate_s, nome))

    def _proximo(self) -> float | None:
        if self._fila:
            return self.relogio()
        while self._prazos and self._obsoleto(*self._prazos[0]):
            heapq.heappop(self._prazos)
        return self._prazos[0][0] if self._prazos else None

    def _obsoleto(self, prazo_s: float, nome: bytes) -> bool:
        conhecido = self._vistos.get(nome)
        return conhecido is None or conhecido.ate_s != prazo_s

    def _e_marcador(self, nome: bytes) -> bool:
        return self.marcador is not None and nome.lower().endswith(self.marcador.lower())

    def _marcador_de(self, nome: bytes) -> bytes | None:
        """Returns the marker of a file as it is spelled in the folder: its ending counts in any case."""
        return self._marcadores.get(nome)

    def _marcado(self, nome: bytes) -> bytes:
        """Returns the name of the file to which a marker of this name belongs."""
        return nome[: -len(self.marcador)] if self.marcador else nome

    def _acompanha(self, nome: bytes, motivo: Motivo) -> bool:
        """Says whether this is the marker of a file that is there: part of it, no case of its own."""
        return motivo is Motivo.MARCADOR_SO and self._marcado(nome) in self._vistos

    def _fila_do_marcado(self, nome: bytes) -> None:
        dono = self._marcado(nome)
        if dono in self._vistos:
            self._fila[dono] = None


def _especie_da_entrada(entrada: "os.DirEntry[bytes]") -> Especial | None:
    if entrada.is_symlink():
        return Especial.ATALHO
    if entrada.is_dir(follow_symlinks=False):
        return Especial.PASTA
    return None if entrada.is_file(follow_symlinks=False) else Especial.OUTRO
