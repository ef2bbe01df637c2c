"""Reads, without the password, how much work a PKCS#12 file asks for: the iterations of its MAC and of its ciphers.

It reads just enough DER (and BER) for that. What is inside encrypted parts cannot be seen. Bytes that make no sense to
it add nothing: they meet the deadline of whoever opens the file (`abridor`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

LIMITE_PFX = 1024 * 1024
"""Bytes of a file that are read."""
LIMITE_ITERACOES = 5_000_000
"""Limits the whole file. Real ones ask for at most some 600,000 for each of their two or three parts."""
PROFUNDIDADE = 16
ELEMENTOS = 50_000
"""Number of elements that are looked at. A real file has some fifty outside its encrypted parts."""

_SEQUENCIA, _OCTETOS, _OCTETOS_EM_PARTES, _INTEIRO, _OID, _PARTE_0 = 0x30, 0x04, 0x24, 0x02, 0x06, 0xA0

_PKCS = bytes.fromhex("2a864886f70d01")
_DADOS, _CIFRADOS = _PKCS + b"\x07\x01", _PKCS + b"\x07\x06"
_PBES2, _PBMAC1, _PBKDF2 = _PKCS + b"\x05\x0d", _PKCS + b"\x05\x0e", _PKCS + b"\x05\x0c"
_SCRYPT = bytes.fromhex("2b06010401da47040b")
_COM_SAL_E_ITERACOES = (_PKCS + b"\x0c\x01", _PKCS + b"\x05")
"""Prefixes of the ciphers whose parameters are a salt and the number: PKCS#12 and PKCS#5 version 1."""
_CHAVE_CIFRADA, _BOLSA_DE_BOLSAS = _PKCS + b"\x0c\x0a\x01\x02", _PKCS + b"\x0c\x0a\x01\x06"


class _SemSentidoError(Exception):
    """The bytes are not what was expected here."""


@dataclass(frozen=True, slots=True)
class _Elemento:
    etiqueta: int
    dados: bytes


class _Leitor:
    """Reads elements, up to a number of them."""

    def __init__(self) -> None:
        self._restam = ELEMENTOS

    def um(self, dados: bytes, i: int, fundo: int = 0) -> tuple[_Elemento, int]:
        """Returns the element at `i` and the place behind it. Raises _SemSentidoError."""
        self._restam -= 1
        if self._restam < 0 or fundo > PROFUNDIDADE or i + 2 > len(dados):
            raise _SemSentidoError
        etiqueta, tamanho, i = dados[i], dados[i + 1], i + 2
        if etiqueta & 0x1F == 0x1F:
            raise _SemSentidoError
        if tamanho == 0x80:
            return self._indefinido(etiqueta, dados, i, fundo)
        if tamanho > 0x80:
            quantos = tamanho & 0x7F
            tamanho, i = int.from_bytes(dados[i : i + quantos]), i + quantos
        if i + tamanho > len(dados):
            raise _SemSentidoError
        return _Elemento(etiqueta, dados[i : i + tamanho]), i + tamanho

    def _indefinido(self, etiqueta: int, dados: bytes, i: int, fundo: int) -> tuple[_Elemento, int]:
        """Reads an element without length (BER): it goes up to two zeros."""
        inicio = i
        while dados[i : i + 2] != b"\x00\x00":
            _, i = self.um(dados, i, fundo + 1)
        return _Elemento(etiqueta, dados[inicio:i]), i + 2

    def filhos(self, elemento: _Elemento, etiqueta: int = _SEQUENCIA) -> list[_Elemento]:
        """Returns the parts of an element, which must have this tag. What makes no sense ends the list."""
        if elemento.etiqueta != etiqueta:
            return []
        achados, i = [], 0
        while i < len(elemento.dados):
            try:
                filho, i = self.um(elemento.dados, i)
            except _SemSentidoError:
                break
            achados.append(filho)
        return achados

    def octetos(self, elemento: _Elemento, fundo: int = 0) -> bytes:
        """Returns an octet string, also one that comes in parts (BER)."""
        if elemento.etiqueta == _OCTETOS:
            return elemento.dados
        if fundo > PROFUNDIDADE:
            return b""
        return b"".join(self.octetos(p, fundo + 1) for p in self.filhos(elemento, _OCTETOS_EM_PARTES))

    def dentro(self, dados: bytes) -> _Elemento:
        """Returns the element that the bytes are; an empty one when they make no sense."""
        try:
            return self.um(dados, 0)[0]
        except _SemSentidoError:
            return _Elemento(0, b"")


def iteracoes(dados: bytes) -> int:
    """Returns the iterations that opening the file asks for, as far as it can be seen."""
    leitor = _Leitor()
    partes = leitor.filhos(leitor.dentro(dados))
    total = _do_mac(leitor, partes[2]) if len(partes) > 2 else 0
    for conteudo in leitor.filhos(leitor.dentro(_do_envelope(leitor, partes[1]))) if len(partes) > 1 else ():
        total += _do_conteudo(leitor, conteudo)
    return total


def _do_envelope(leitor: _Leitor, elemento: _Elemento) -> bytes:
    """Returns the octets of a ContentInfo: {type, [0] {octets}}."""
    partes = leitor.filhos(elemento)
    internos = leitor.filhos(partes[1], _PARTE_0) if len(partes) > 1 else []
    return leitor.octetos(internos[0]) if internos else b""


def _do_conteudo(leitor: _Leitor, elemento: _Elemento) -> int:
    partes = leitor.filhos(elemento)
    if len(partes) < 2 or partes[0].etiqueta != _OID:
        return 0
    if partes[0].dados == _DADOS:
        return _das_bolsas(leitor, leitor.dentro(_do_envelope(leitor, elemento)), 0)
    if partes[0].dados == _CIFRADOS:  # [0] {version, {type, cipher, content}}
        for cifrado in leitor.filhos(partes[1], _PARTE_0):
            internos = leitor.filhos(cifrado)
            info = leitor.filhos(internos[1]) if len(internos) > 1 else []
            return _da_cifra(leitor, info[1]) if len(info) > 1 else 0
    return 0


def _das_bolsas(leitor: _Leitor, bolsas: _Elemento, fundo: int) -> int:
    total = 0
    for bolsa in leitor.filhos(bolsas) if fundo <= PROFUNDIDADE else ():
        partes = leitor.filhos(bolsa)
        if len(partes) < 2:
            continue
        for valor in leitor.filhos(partes[1], _PARTE_0):
            if partes[0].dados == _CHAVE_CIFRADA:
                total += sum(_da_cifra(leitor, cifra) for cifra in leitor.filhos(valor)[:1])
            elif partes[0].dados == _BOLSA_DE_BOLSAS:
                total += _das_bolsas(leitor, valor, fundo + 1)
    return total


def _do_mac(leitor: _Leitor, elemento: _Elemento) -> int:
    """Returns the iterations of MacData: {{algorithm, digest}, salt, iterations (1 when absent)}."""
    partes = leitor.filhos(elemento)
    if not partes:
        return 0
    algoritmo = leitor.filhos(partes[0])[:1]
    return sum(_da_cifra(leitor, a) for a in algoritmo) + next(_inteiros(partes), 1)


def _da_cifra(leitor: _Leitor, elemento: _Elemento, fundo: int = 0) -> int:
    """Returns what an AlgorithmIdentifier asks for; 0 for one that derives no key from a password."""
    partes = leitor.filhos(elemento)
    if len(partes) < 2 or partes[0].etiqueta != _OID or fundo > PROFUNDIDADE:
        return 0
    oid, parametros = partes[0].dados, leitor.filhos(partes[1])
    if oid in (_PBES2, _PBMAC1):
        return sum(_da_cifra(leitor, p, fundo + 1) for p in parametros[:1])
    numeros = list(_inteiros(parametros))
    if oid == _PBKDF2:  # salt, iterations, length of the key
        blocos = -(-numeros[1] // 32) if len(numeros) > 1 else 1
        return numeros[0] * max(1, blocos) if numeros else 0
    if oid == _SCRYPT:  # salt, N, r, p
        return numeros[0] * numeros[1] * numeros[2] if len(numeros) > 2 else 0
    if oid[:-1] in _COM_SAL_E_ITERACOES:
        return numeros[0] if numeros else 0
    return 0


def _inteiros(elementos: list[_Elemento]) -> Iterator[int]:
    for elemento in elementos:
        if elemento.etiqueta == _INTEIRO:
            yield abs(int.from_bytes(elemento.dados, signed=True))
