"""Reads a form with files as it comes: nothing is kept beyond the limits, and each file goes where its page says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from separador.nucleo.texto.quantidade import quantos
from separador.painel.base.campos import CAMPOS_MAXIMOS, Campos

TIPO = b"multipart/form-data"
CAMPOS_BYTES = 1024 * 1024
MIB = 1024 * 1024


class GrandeError(Exception):
    """More came than a page takes. The text is for the person."""


class MalfeitoError(Exception):
    """What came is no form, or ended in the middle."""


@dataclass(frozen=True, slots=True)
class Limites:
    """How large a file, how many of them, and how large all of them together may be."""

    arquivo: int
    arquivos: int
    total: int

    @property
    def pedido(self) -> int:
        """Returns how large a whole request may be: the files, and what stands around them."""
        return self.total + CAMPOS_BYTES


class Guarda(Protocol):
    """Takes the files of one request. `comecar` begins one, `juntar` adds to it, `terminar` ends it; `largar` throws
    away everything that the page has not taken over. Any of them may raise `pedidos.soltos.SemLugarError`."""

    @property
    def limites(self) -> Limites:
        """Returns what may come."""

    def esperar(self, tamanho: int | None) -> None:
        """Is told how much is announced, before anything is read."""

    def comecar(self, nome: bytes) -> None:
        """Begins a file."""

    def juntar(self, dados: bytes) -> None:
        """Adds to the file."""

    def terminar(self) -> None:
        """Ends the file."""

    def largar(self) -> None:
        """Throws away what nobody took over."""


@dataclass(slots=True)
class NaMemoria:
    """Keeps one small file in memory only: a certificate must lie nowhere."""

    maximo: int
    nome: bytes = b""
    dados: bytearray = field(default_factory=bytearray, repr=False)

    @property
    def limites(self) -> Limites:
        """Returns what may come."""
        return Limites(self.maximo, 1, self.maximo)

    def esperar(self, tamanho: int | None) -> None:
        """Has room."""

    def comecar(self, nome: bytes) -> None:
        """Begins the file."""
        self.nome = nome

    def juntar(self, dados: bytes) -> None:
        """Adds to the file."""
        self.dados += dados

    def terminar(self) -> None:
        """Is complete."""

    def largar(self) -> None:
        """Forgets the file."""
        self.dados.clear()


def grande(limites: Limites) -> GrandeError:
    """Returns what is said of a request that is larger than all files together may be."""
    return GrandeError(f"O envio passa de {_mib(limites.total)}.")


def fronteira(tipo: str) -> bytes | None:
    """Returns the boundary of a form with files; None when it is another kind of form."""
    nome, opcoes = parse_options_header(tipo)
    return opcoes.get(b"boundary") or None if nome == TIPO else None


class Leitor:
    """Reads one request. Files of an empty field of the browser (no name, no bytes) do not count."""

    def __init__(self, borda: bytes, guarda: Guarda) -> None:
        chamadas: dict[str, Callable[..., None]] = {
            "on_part_begin": self._comecar,
            "on_header_field": self._campo_do_cabecalho,
            "on_header_value": self._valor_do_cabecalho,
            "on_header_end": self._fim_do_cabecalho,
            "on_headers_finished": self._cabecalhos_lidos,
            "on_part_data": self._dados,
            "on_part_end": self._terminar,
            "on_end": self._fim,
        }
        try:
            self._parser = MultipartParser(borda, chamadas)  # type: ignore[arg-type]  # it knows these names
        except FormParserError as erro:
            raise MalfeitoError(str(erro)) from erro
        self._guarda, self._limites = guarda, guarda.limites
        self._pares: list[tuple[str, str]] = []
        self._dos_campos = self._dos_arquivos = self._total = self._arquivos = self._neste = 0
        self._nome = self._arquivo = b""
        self._e_arquivo = self._comecado = self._acabou = False
        self._cabecalhos: dict[bytes, bytes] = {}
        self._rotulo, self._valor, self._texto = bytearray(), bytearray(), bytearray()

    def escrever(self, dados: bytes) -> None:
        """Takes what came. Raises GrandeError, MalfeitoError, and what the files' place raises."""
        self._total += len(dados)
        if self._total > self._limites.pedido:
            raise grande(self._limites)
        try:
            self._parser.write(dados)
        except FormParserError as erro:
            raise MalfeitoError(str(erro)) from erro

    def campos(self) -> Campos:
        """Returns the fields, when all has come. Raises MalfeitoError when the end is missing."""
        if not self._acabou:
            raise MalfeitoError("o fim não chegou")
        return Campos(tuple(self._pares))

    def _comecar(self) -> None:
        self._cabecalhos, self._neste, self._comecado = {}, 0, False
        self._texto.clear()

    def _campo_do_cabecalho(self, dados: bytes, de: int, ate: int) -> None:
        self._rotulo += dados[de:ate]

    def _valor_do_cabecalho(self, dados: bytes, de: int, ate: int) -> None:
        self._valor += dados[de:ate]

    def _fim_do_cabecalho(self) -> None:
        self._cabecalhos[bytes(self._rotulo).lower()] = bytes(self._valor)
        self._rotulo.clear()
        self._valor.clear()

    def _cabecalhos_lidos(self) -> None:
        _, opcoes = parse_options_header(self._cabecalhos.get(b"content-disposition", b""))
        self._nome, self._e_arquivo = opcoes.get(b"name", b""), b"filename" in opcoes
        self._arquivo = opcoes.get(b"filename", b"")
        if self._e_arquivo and self._arquivo:
            self._abrir()

    def _abrir(self) -> None:
        self._arquivos += 1
        if self._arquivos > self._limites.arquivos:
            raise GrandeError(f"São mais de {quantos(self._limites.arquivos, 'arquivo', 'arquivos')} de uma vez.")
        self._guarda.comecar(self._arquivo)
        self._comecado = True

    def _dados(self, dados: bytes, de: int, ate: int) -> None:
        if not self._e_arquivo:
            self._dos_campos += ate - de
            if self._dos_campos > CAMPOS_BYTES:
                raise GrandeError("O formulário é grande demais.")
            self._texto += dados[de:ate]
            return
        if not self._comecado:
            self._abrir()  # bytes without a name: a file all the same, refused by its name
        self._neste += ate - de
        self._dos_arquivos += ate - de
        if self._dos_arquivos > self._limites.total:
            raise grande(self._limites)
        if self._neste > self._limites.arquivo:
            raise GrandeError(f"Um dos arquivos passa de {_mib(self._limites.arquivo)}.")
        self._guarda.juntar(dados[de:ate])

    def _terminar(self) -> None:
        if self._comecado:
            self._guarda.terminar()
        elif not self._e_arquivo:
            if len(self._pares) >= CAMPOS_MAXIMOS:
                raise GrandeError("O formulário tem campos demais.")
            texto = bytes(self._texto).decode("utf-8", "replace").replace("\r\n", "\n")
            self._pares.append((self._nome.decode("utf-8", "replace"), texto))

    def _fim(self) -> None:
        self._acabou = True


def _mib(bytes_: int) -> str:
    return f"{bytes_ // MIB} MiB"
