"""Puts files in folders, each exactly once.

A file is first staged, durable, in our corner of the folder. Then the intent is committed. Then one rename makes the
file visible. After a crash, a staged file that is still there was never visible. One that is gone was visible, even if
its reader has taken it since. So no file is published twice, and the reader need not be asked.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from sqlite3 import Row

from separador.banco import publicacoes, rotas
from separador.banco.conexao import Banco
from separador.banco.publicacoes import NovaPublicacao
from separador.motor.trabalho import gravacao
from separador.nucleo import capacidade
from separador.nucleo.nome_de_arquivo import compor
from separador.nucleo.nome_de_saida import Nome
from separador.pastas import faixas, provisorios, publicacao, saude
from separador.pastas.disco import sincronizar_pasta
from separador.pastas.erros import FalhaDePasta, PastaDeOutra, PastaSumiu, traduzindo
from separador.pastas.posse.cantos import Cantos, canto_de, dona, lugar_do_provisorio
from separador.pastas.publicacao import ProvisorioSumiu, Publicado

DOCUMENTO, EVENTO, CONSULTA = "documento", "evento", "consulta"
PROCESSADO, FISCAL, RETORNO, RECUSA, RESPOSTA, COPIA = "processado", "fiscal", "retorno", "recusa", "resposta", "copia"

_UNICAS = frozenset({DOCUMENTO, EVENTO, CONSULTA, FISCAL})
"""Kinds for which an equal file under the same name counts as published.

A transmitter that finds two copies sends twice. Capabilities add theirs (`Capacidade.unicas`).
"""


@dataclass(frozen=True, slots=True)
class Saida:
    """A file to be published. It has either `dados` (and `sha256` if known), or is already staged as `provisorio`."""

    tipo: str
    pasta: Path
    nome: Nome
    dados: bytes | None = None
    provisorio: bytes = b""
    sha256: str = ""
    substitui: bool = False
    arquivo_id: int | None = None
    tarefa_id: int | None = None
    documento_id: int | None = None
    evento_id: int | None = None


class Remessa:
    """Collects the files of one group while the group is decided, and stages them before its commit."""

    def __init__(self, prefixo: str, cantos: Cantos) -> None:
        self._prefixo = prefixo
        self._cantos = cantos
        self._saidas: list[Saida] = []
        self._encenadas: list[tuple[Path, bytes]] = []

    def __len__(self) -> int:
        return len(self._saidas)

    def marca(self) -> int:
        """Returns the present size of the collection, for `voltar`."""
        return len(self._saidas)

    def publica(self, arquivo_id: int) -> bool:
        """Says whether a claim publishes something."""
        return any(s.arquivo_id == arquivo_id for s in reversed(self._saidas))

    def voltar(self, marca: int) -> None:
        """Forgets what one document added. That document failed; the others go on."""
        del self._saidas[marca:]

    def acrescentar(self, saida: Saida) -> None:
        """Adds one more file, which becomes visible after those before it."""
        self._saidas.append(saida)

    def encenar(self, banco: Banco, quando: str) -> list[int]:
        """Stages and records all files, inside the group's transaction.

        Raises FalhaDePasta, with nothing left behind.
        """
        try:
            prontas = [self._preparar(i, s) for i, s in enumerate(self._saidas)]
            self._firmar()
        except FalhaDePasta:
            self.descartar()
            raise
        escolhidos: set[tuple[Path, bytes]] = set()
        return [publicacoes.inserir(banco, _registro(s, _nome_livre(s, escolhidos)), quando) for s in prontas]

    def _preparar(self, i: int, saida: Saida) -> Saida:
        if saida.dados is None:
            return saida
        provisorio = faixas.prefixo(self._cantos, saida.pasta) + f"{self._prefixo}.s{i}".encode()
        faixas.fazer(saida.pasta, publicacao.preparar, saida.pasta, saida.dados, provisorio)
        self._encenadas.append((saida.pasta, provisorio))
        return replace(saida, provisorio=provisorio, sha256=saida.sha256 or hashlib.sha256(saida.dados).hexdigest())

    def _firmar(self) -> None:
        """Flushes all folders together. Raises the first FalhaDePasta when no flush is under way any more."""
        for falha in gravacao.juntas(self._firmar_na_faixa, list(dict.fromkeys(p for p, _ in self._encenadas))):
            if falha is not None:
                raise falha

    def _firmar_na_faixa(self, pasta: Path) -> None:
        faixas.fazer(pasta, self._firmar_uma, pasta)

    def _firmar_uma(self, pasta: Path) -> None:
        nomes = [n for p, n in self._encenadas if p == pasta]
        provisorios.descarregar_provisorios(pasta, nomes, fios=gravacao.fios())
        for lugar in dict.fromkeys(lugar_do_provisorio(pasta, n) for n in nomes):
            sincronizar_pasta(lugar)

    def descartar(self) -> None:
        """Takes back what was staged, because the group was not committed."""
        for pasta, provisorio in self._encenadas:
            descartar(pasta, provisorio)
        self._encenadas.clear()


def descartar(pasta: Path, provisorio: bytes) -> None:
    """Removes a staged file that no commit names.

    One that cannot be removed stays for recovery: nobody else sees it.
    """
    try:
        faixas.fazer(pasta, provisorios.descartar_provisorio, pasta, provisorio)
    except FalhaDePasta:
        return


def _registro(s: Saida, nome: bytes) -> NovaPublicacao:
    return NovaPublicacao(
        tipo=s.tipo,
        pasta=str(s.pasta),
        nome=nome,
        provisorio=s.provisorio,
        sha256=s.sha256,
        substitui=s.substitui,
        arquivo_id=s.arquivo_id,
        tarefa_id=s.tarefa_id,
        documento_id=s.documento_id,
        evento_id=s.evento_id,
    )


def _nome_livre(s: Saida, escolhidos: set[tuple[Path, bytes]]) -> bytes:
    """Returns the first free name: `base`, `base~2`, … A name that is taken meanwhile is noticed by `publicar`."""
    n = 1
    while True:
        nome = numerado(s.nome, n)
        livre = (s.pasta, nome) not in escolhidos and (
            s.substitui or _unica(s.tipo) or faixas.fazer(s.pasta, provisorios.nome_livre, s.pasta, s.provisorio, nome)
        )
        if livre:
            escolhidos.add((s.pasta, nome))
            return nome
        n += 1


def numerado(nome: Nome, n: int) -> bytes:
    """Returns the n-th choice of a name."""
    return nome.inteiro if n == 1 else compor(nome.base, b"~%d" % n + nome.sufixo)


@dataclass(frozen=True, slots=True)
class Efeito:
    """The result of making one file visible.

    `antigo`: the former file of a replaced name, staged in the same folder.
    """

    publicacao_id: int
    antigo: tuple[Path, bytes] | None = None


def publicar(banco: Banco, linha: Row, instalacao: str) -> Efeito:
    """Makes one recorded file visible, or finds that it was. Raises FalhaDePasta: then it is tried again later.

    `instalacao`: ours. A file staged in the corner of another installation is left alone: this data folder is a copy.
    """
    pasta, provisorio = Path(linha["pasta"]), bytes(linha["provisorio"] or b"")
    if canto_de(provisorio).rpartition("-")[0] not in ("", instalacao):
        raise PastaDeOutra(dona(pasta, provisorio), detalhe="o arquivo está no canto de outra instalação")
    if linha["substitui"]:
        guardado = provisorio + b".antigo"
        feito = faixas.fazer(pasta, publicacao.substituir, pasta, provisorio, bytes(linha["nome"]), guardado)
        if isinstance(feito, ProvisorioSumiu):
            _exigir_a_mesma(banco, dona(pasta, provisorio))
            # A run that died, or a call that was overdue, replaced it; the file of before may still lie there.
            ha = faixas.fazer(pasta, provisorios.existe_provisorio, pasta, guardado)
            return Efeito(linha["id"], (pasta, guardado) if ha else None)
        antigo = feito.antigo
        return Efeito(linha["id"], (pasta, antigo) if antigo else None)
    nome = bytes(linha["nome"])
    while True:
        publicado = faixas.fazer(pasta, publicacao.publicar, pasta, provisorio, nome)
        if isinstance(publicado, Publicado):
            break
        if isinstance(publicado, ProvisorioSumiu):
            _exigir_a_mesma(banco, dona(pasta, provisorio))
            break
        if _unica(linha["tipo"]) and faixas.fazer(pasta, provisorios.ja_esta, pasta, provisorio, nome, linha["sha256"]):
            descartar(pasta, provisorio)
            break
        nome = _outro(nome)
        # Recorded before it is tried: after a crash the recovery must look under the same name.
        with banco.transacao():
            publicacoes.renomear(banco, linha["id"], nome)
    return Efeito(linha["id"])


def _exigir_a_mesma(banco: Banco, pasta: Path) -> None:
    """Raises PastaSumiu when this is not the folder where the file was staged.

    A staged file that is gone was published only if the folder is still the same. A folder made anew, or another disk
    under its path, holds no staged files at all.
    """
    esperada = rotas.marcas(banco).get(str(pasta))
    if esperada is None:
        return
    with traduzindo(pasta):
        atual = faixas.fazer(pasta, saude.ler_marca, pasta)
    if atual is None or atual.uuid != esperada:
        raise PastaSumiu(pasta, detalhe="a marca da pasta não é a que o serviço conhece")


def _unica(tipo: str) -> bool:
    return tipo in _UNICAS or any(tipo in tipos for tipos in capacidade.de_cada("unicas"))


_SUFIXOS = (
    *(b"-procEventoCTe.xml", b"-procCTe.xml", b"-pro-rec.xml", b"-ped-eve.xml", b"-ped-sit.xml", b"-eve.xml"),
    *(b"-ped-eve.err", b"-ped-eve.json", b"-eve.err", b"-eve.json", b"-ret.xml"),
    *(
        b"-ped-sta.xml",
        b"-dacte.pdf",
        b"-evento.pdf",
        b"-sit.xml",
        b"-sta.xml",
        b"-cte.xml",
        b"-ret.json",
        b"-cte.err",
        b"-cte.json",
        b"-pro-rec.err",
        b"-pro-rec.json",
    ),
)


def _outro(nome: bytes) -> bytes:
    """Returns the next name of the series after one that was taken."""
    sufixo = next(
        (nome[-len(s) :] for s in _SUFIXOS if nome.lower().endswith(s.lower())),
        b"." + nome.rpartition(b".")[2] if b"." in nome else b"",
    )
    base, _, numero = nome[: len(nome) - len(sufixo)].rpartition(b"~")
    if base and numero.isdigit():
        return numerado(Nome(base, sufixo), int(numero) + 1)
    return numerado(Nome(nome[: len(nome) - len(sufixo)], sufixo), 2)


def firmar(publicadas: Iterable[tuple[Path, bytes]]) -> dict[Path, FalhaDePasta]:
    """Makes the names durable: one flush per folder and per corner, all together. Takes (folder, staged file) pairs.

    Returns the failures by folder.
    """
    donos: dict[Path, set[Path]] = {}
    for pasta, provisorio in publicadas:
        donos.setdefault(pasta, set()).add(pasta)
        donos.setdefault(lugar_do_provisorio(pasta, provisorio), set()).add(pasta)
    todas = list(donos)
    falhas = gravacao.juntas(_sincronizar, todas)
    return {dono: f for p, f in zip(todas, falhas, strict=True) if f is not None for dono in donos[p]}


def _sincronizar(pasta: Path) -> None:
    faixas.fazer(pasta, sincronizar_pasta, pasta)
