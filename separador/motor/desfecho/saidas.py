"""Putting files in folders, each exactly once (casa.md 7 and 10; confiabilidade.md C8, C10, D1).

A file is first staged, durable, in `<pasta>/.separador/`; then the intent is committed; then one rename makes it
visible. After a crash a staged file that is still there was never visible, and one that is gone was, even if its reader
has taken it since. That is why nothing is doubled without asking the reader anything.
"""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from sqlite3 import Row

from separador.banco import publicacoes, rotas
from separador.banco.conexao import Banco
from separador.banco.publicacoes import NovaPublicacao
from separador.motor.trabalho import gravacao
from separador.nucleo.nome_de_arquivo import compor
from separador.nucleo.nome_de_saida import Nome
from separador.pastas import provisorios, publicacao, saude
from separador.pastas.disco import MARCA, PROPRIA, juntar, lstat_ou_nada, resumo_sha256, sincronizar_pasta
from separador.pastas.erros import FalhaDePasta, PastaSumiu, traduzindo
from separador.pastas.publicacao import ProvisorioSumiu, Publicado

DOCUMENTO, EVENTO, CONSULTA = "documento", "evento", "consulta"
PROCESSADO, FISCAL, RETORNO, RECUSA, RESPOSTA, COPIA = "processado", "fiscal", "retorno", "recusa", "resposta", "copia"
DACTE = "dacte"
DISTRIBUIDO = "distribuido"
"""A document of third parties, from the national distribution (SEFAZ-07)."""

UNICAS = frozenset({DOCUMENTO, EVENTO, CONSULTA, FISCAL, DISTRIBUIDO})
"""Kinds of which an equal file under the same name is the same thing, not to be put there a second time: a transmitter
that finds two copies sends twice."""


@dataclass(frozen=True, slots=True)
class Saida:
    """A file to be published. Either `dados` (and `sha256` if it is known), or already staged as `provisorio`."""

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
    """The files of one group, collected while the group is decided, staged before its commit."""

    def __init__(self, prefixo: str) -> None:
        self._prefixo = prefixo
        self._saidas: list[Saida] = []
        self._encenadas: list[tuple[Path, bytes]] = []

    def __len__(self) -> int:
        return len(self._saidas)

    def marca(self) -> int:
        """Where the collection stands, for `voltar`."""
        return len(self._saidas)

    def publica(self, arquivo_id: int) -> bool:
        """Whether a claim publishes something."""
        return any(s.arquivo_id == arquivo_id for s in reversed(self._saidas))

    def voltar(self, marca: int) -> None:
        """Forget what one document added: it failed, the others go on."""
        del self._saidas[marca:]

    def acrescentar(self, saida: Saida) -> None:
        """One more file, visible after those before it."""
        self._saidas.append(saida)

    def encenar(self, banco: Banco, quando: str) -> list[int]:
        """Stage and record all. Inside the group's transaction. Raises FalhaDePasta, with nothing left behind."""
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
        provisorio = f"{self._prefixo}.s{i}".encode()
        publicacao.preparar(saida.pasta, saida.dados, provisorio)
        self._encenadas.append((saida.pasta, provisorio))
        return replace(saida, provisorio=provisorio, sha256=saida.sha256 or hashlib.sha256(saida.dados).hexdigest())

    def _firmar(self) -> None:
        """Of all folders together. Raises the first FalhaDePasta, when no flush is under way any more."""
        for falha in gravacao.juntas(self._firmar_uma, list(dict.fromkeys(p for p, _ in self._encenadas))):
            if falha is not None:
                raise falha

    def _firmar_uma(self, pasta: Path) -> None:
        caminhos = [publicacao.caminho_provisorio(p, n) for p, n in self._encenadas if p == pasta]
        publicacao.descarregar(pasta, caminhos, fios=gravacao.fios())
        sincronizar_pasta(pasta / PROPRIA)

    def descartar(self) -> None:
        """Take back what was staged: the group was not committed."""
        for pasta, provisorio in self._encenadas:
            descartar(pasta, provisorio)
        self._encenadas.clear()


def descartar(pasta: Path, provisorio: bytes) -> None:
    """Remove a staged file that no commit names. One that resists stays for recovery: nobody else sees it."""
    try:
        provisorios.descartar_provisorio(pasta, provisorio)
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
    """The first name that nobody has: `base`, `base~2`, … (contratos.md). Taken meanwhile: `publicar` says so."""
    n = 1
    while True:
        nome = numerado(s.nome, n)
        livre = (s.pasta, nome) not in escolhidos and (
            s.substitui or s.tipo in UNICAS or lstat_ou_nada(juntar(s.pasta, nome)) is None
        )
        if livre:
            escolhidos.add((s.pasta, nome))
            return nome
        n += 1


def numerado(nome: Nome, n: int) -> bytes:
    """The n-th choice of a name."""
    return nome.inteiro if n == 1 else compor(nome.base, b"~%d" % n + nome.sufixo)


@dataclass(frozen=True, slots=True)
class Efeito:
    """What making one file visible came to. `antigo`: what a replaced name held, staged in the same folder."""

    publicacao_id: int
    antigo: tuple[Path, bytes] | None = None


def publicar(banco: Banco, linha: Row) -> Efeito:
    """Make one recorded file visible, or find that it was. Raises FalhaDePasta: then it is tried again later."""
    pasta, provisorio = Path(linha["pasta"]), bytes(linha["provisorio"] or b"")
    if linha["substitui"]:
        feito = publicacao.substituir(pasta, provisorio, bytes(linha["nome"]), provisorio + b".antigo")
        if isinstance(feito, ProvisorioSumiu):
            _exigir_a_mesma(banco, pasta)
        antigo = None if isinstance(feito, ProvisorioSumiu) else feito.antigo
        return Efeito(linha["id"], (pasta, antigo) if antigo else None)
    nome = bytes(linha["nome"])
    while not isinstance(publicado := publicacao.publicar(pasta, provisorio, nome), Publicado):
        if isinstance(publicado, ProvisorioSumiu):
            _exigir_a_mesma(banco, pasta)
            break
        if linha["tipo"] in UNICAS and _igual(juntar(pasta, nome), linha["sha256"]):
            descartar(pasta, provisorio)
            break
        nome = _outro(nome)
        # Recorded before it is tried: after a crash the recovery must look under the same name.
        with banco.transacao():
            publicacoes.renomear(banco, linha["id"], nome)
    return Efeito(linha["id"])


def _exigir_a_mesma(banco: Banco, pasta: Path) -> None:
    """A staged file that is gone was published, if this is the folder it was staged in: a folder that was made anew, or
    another disk under its path, holds no staged files at all. Raises PastaSumiu."""
    esperada = rotas.marcas(banco).get(str(pasta))
    if esperada is None:
        return
    with traduzindo(pasta):
        atual = saude.ler_marca(pasta)
    if atual is None or atual.uuid != esperada:
        raise PastaSumiu(pasta, detalhe="a marca da pasta não é a que o serviço conhece")


def _igual(caminho: bytes, sha256: str) -> bool:
    try:
        return resumo_sha256(caminho).hex() == sha256
    except FileNotFoundError:  # taken in this very moment
        return False


_SUFIXOS = (
    *(b"-procEventoCTe.xml", b"-procCTe.xml", b"-pro-rec.xml", b"-ped-eve.xml", b"-ped-sit.xml", b"-eve.xml"),
    *(b"-ped-eve.err", b"-ped-eve.json", b"-eve.err", b"-eve.json", b"-ret.xml"),
    *(
        b"-ped-sta.xml",
        b"-dacte.pdf",
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
    """The next name of the series after one that was taken."""
    sufixo = next(
        (nome[-len(s) :] for s in _SUFIXOS if nome.lower().endswith(s.lower())),
        b"." + nome.rpartition(b".")[2] if b"." in nome else b"",
    )
    base, _, numero = nome[: len(nome) - len(sufixo)].rpartition(b"~")
    if base and numero.isdigit():
        return numerado(Nome(base, sufixo), int(numero) + 1)
    return numerado(Nome(nome[: len(nome) - len(sufixo)], sufixo), 2)


def firmar(pastas: Iterable[Path]) -> dict[Path, FalhaDePasta]:
    """Make the names durable, one flush per folder and its staging corner, all together. Gives those that failed."""
    todas = [p for pasta in dict.fromkeys(pastas) for p in (pasta, pasta / PROPRIA)]
    falhas = gravacao.juntas(sincronizar_pasta, todas)
    return {p.parent if p.name == PROPRIA else p: f for p, f in zip(todas, falhas, strict=True) if f is not None}


def garantir_pasta(pasta: Path, agora: datetime) -> Path:
    """A folder of ours (`dados/fiscal/AAAA-MM`, `autorizados/AAAAMM`) with its staging corner and sentinel."""
    if not (pasta / PROPRIA / MARCA).is_file():
        saude.inicializar(pasta, str(uuid.uuid4()), agora, "separador")
    return pasta
