"""Keeps files that a person gives for a route, until the service puts them into its origin (order `soltar`).

They lie in the data folder, under names of ours: nothing that came from outside names a path here.
"""

import json
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from separador.nucleo.nome_de_arquivo import ignorado, mostrar
from separador.nucleo.rota import Rota, escolher
from separador.nucleo.texto.razao import razao
from separador.pedidos.ordens import NovoPedido

PEDIDO = "soltar"
PASTA = "entrada"
MODO, MODO_DA_PASTA = 0o640, 0o750
NOME_MAXIMO = 255
_BLOCO = 1024 * 1024


class SemLugarError(Exception):
    """There is no room for what comes, or it cannot be written. The text is for the person."""


@dataclass(frozen=True, slots=True)
class Guardado:
    """One file that is kept, durable. `ficha`: the name of ours."""

    nome: bytes
    ficha: str
    tamanho: int


class Deposito:
    """Takes the files of one request, one after the other."""

    def __init__(self, dados: Path, reserva_bytes: int) -> None:
        self._pasta, self._reserva = dados / PASTA, reserva_bytes
        self._fd, self._nome, self._ficha, self._tamanho = -1, b"", "", 0
        self.guardados: list[Guardado] = []
        self._assumidos = False

    def esperar(self, tamanho: int | None) -> None:
        """Refuses what there is no room for beside the reserve of the disk. Raises SemLugarError."""
        try:
            livres = shutil.disk_usage(self._pasta.parent).free
        except OSError as erro:
            raise SemLugarError(_sem_gravar(erro)) from erro
        if livres - (tamanho or 0) < self._reserva:
            raise SemLugarError("O disco da pasta de dados está cheio, ou com menos livre que a reserva.")

    def comecar(self, nome: bytes) -> None:
        """Begins a file. Raises SemLugarError."""
        self._nome, self._ficha, self._tamanho = nome, secrets.token_hex(16), 0
        try:
            self._pasta.mkdir(MODO_DA_PASTA, exist_ok=True)
            self._fd = os.open(self._caminho(), os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, MODO)
        except OSError as erro:
            raise SemLugarError(_sem_gravar(erro)) from erro

    def juntar(self, dados: bytes) -> None:
        """Adds to the file. Raises SemLugarError."""
        resto = memoryview(dados)
        try:
            while resto:
                resto = resto[os.write(self._fd, resto) :]
        except OSError as erro:
            raise SemLugarError(_sem_gravar(erro)) from erro
        self._tamanho += len(dados)

    def terminar(self) -> None:
        """Makes the file durable. Raises SemLugarError."""
        fd, self._fd = self._fd, -1
        try:
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
        except OSError as erro:
            raise SemLugarError(_sem_gravar(erro)) from erro
        self.guardados.append(Guardado(self._nome, self._ficha, self._tamanho))

    def receber(self, nome: bytes, aberto: BinaryIO) -> None:
        """Takes a whole file. Raises SemLugarError, and OSError when it cannot be read."""
        self.esperar(os.fstat(aberto.fileno()).st_size)
        self.comecar(nome)
        while bloco := aberto.read(_BLOCO):
            self.juntar(bloco)
        self.terminar()

    def firmar(self) -> None:
        """Makes the names of the files durable, before orders name them. Raises SemLugarError."""
        try:
            pasta = os.open(self._pasta, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(pasta)
            finally:
                os.close(pasta)
        except OSError as erro:
            raise SemLugarError(_sem_gravar(erro)) from erro

    def assumir(self) -> None:
        """Notes that orders name the files now: they stay."""
        self._assumidos = True

    def largar(self) -> None:
        """Takes away what no order names."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            self._caminho().unlink(missing_ok=True)
        if not self._assumidos:
            for g in self.guardados:
                (self._pasta / g.ficha).unlink(missing_ok=True)
            self.guardados.clear()

    def _caminho(self) -> Path:
        return self._pasta / self._ficha


def _sem_gravar(erro: OSError) -> str:
    return f"Não consegui gravar na pasta de dados: {razao(erro)}."


def julgar(nomes: Sequence[bytes], rota: Rota, rotas: Sequence[Rota]) -> list[str]:
    """Returns, for each name that the route would not take, why (Portuguese)."""
    if not rota.ativo:
        return [f"A rota {rota.id} está inativa: ative-a antes."]
    vistos: set[bytes] = set()
    ditos = []
    for nome in nomes:
        porque = "o nome veio duas vezes" if nome in vistos else _contra(nome, rota, rotas)
        vistos.add(nome)
        if porque is not None:
            ditos.append(f"{mostrar(nome)}: {porque}.")
    return ditos


def _contra(nome: bytes, rota: Rota, rotas: Sequence[Rota]) -> str | None:
    if not nome or len(nome) > NOME_MAXIMO:
        return f"o nome deve ter de 1 a {NOME_MAXIMO} bytes"
    if b"/" in nome or b"\\" in nome:
        return "o nome não pode ter barras"
    if nome.startswith(b"."):
        return "o nome não pode começar com ponto"
    if any(c < 32 or c == 127 for c in nome):
        return "o nome tem caracteres de controle"
    if (dito := ignorado(nome)) is not None:
        return dito
    daqui = [r for r in rotas if r.origem == rota.origem]
    quem = escolher(nome, daqui)
    if quem is None or quem.id != rota.id:
        outra = f"; ele é da rota {quem.id}" if quem is not None else ""
        return f"a regra de arquivo da rota é {' '.join(rota.sufixos)}, e este nome não combina{outra}"
    return None


def nome_em(dados: str | None) -> str:
    """Returns the name of the file of such an order, to be shown."""
    return mostrar(os.fsencode(json.loads(dados or "{}").get("nome", "")))


def pedidos(guardados: Sequence[Guardado], rota: Rota) -> list[NovoPedido]:
    """Returns the orders that put these files into the origin of the route."""
    return [
        NovoPedido(
            PEDIDO,
            str(rota.id),
            nome=mostrar(g.nome),
            dados=json.dumps({"nome": os.fsdecode(g.nome), "guardado": g.ficha, "tamanho": g.tamanho}),
        )
        for g in guardados
    ]
