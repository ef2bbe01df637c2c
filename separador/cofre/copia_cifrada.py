"""Writes and opens the encrypted backup of vault and registries: one file, opened by a passphrase, no master key.

Format: magic line, then `n r p` of scrypt as text, salt (16), nonce (12), AES-256-GCM of compressed JSON. The bytes
before the nonce are associated data. The secrets inside are in clear *inside the encryption*, so that the copy can be
restored under another master key.
"""

import base64
import json
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.falha import como_erro
from separador.nucleo.texto.json_lido import ler_json

MAGICA = b"SEPARADOR-COFRE-1\n"
SENHA_MINIMA = 10
_SAL, _NONCE = 16, 12
_CUSTO = (2**15, 8, 1)
_CUSTO_MAXIMO = 2**20
_LIMITE = 256 * 1024 * 1024

Linha = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Conteudo:
    """The content of a copy. `segredos`: (number, name, secret). `tabelas`: rows by table, blobs as bytes."""

    feita_em: str
    segredos: tuple[tuple[int, str, bytes], ...] = field(repr=False)
    tabelas: dict[str, list[Linha]] = field(repr=False)


def fechar(conteudo: Conteudo, senha: bytes, sortear: Callable[[int], bytes] = os.urandom) -> bytes | Recusa:
    """Returns the bytes of the file. Refuses a passphrase that is too short."""
    if len(senha) < SENHA_MINIMA:
        mensagem = f"A frase da cópia é curta; use ao menos {SENHA_MINIMA} caracteres."
        return _recusa("SENHA-CURTA", mensagem, "Escolha uma frase longa e guarde-a longe da cópia.")
    corpo = json.dumps(
        {
            "feita_em": conteudo.feita_em,
            "segredos": [[i, nome, _texto(segredo)] for i, nome, segredo in conteudo.segredos],
            "tabelas": {t: [_linha(r) for r in linhas] for t, linhas in conteudo.tabelas.items()},
        },
        ensure_ascii=False,
    ).encode()
    cabeca = MAGICA + b"%d %d %d\n" % _CUSTO + sortear(_SAL)
    nonce = sortear(_NONCE)
    chave = _derivar(senha, cabeca[-_SAL:], *_CUSTO)
    return cabeca + nonce + AESGCM(chave).encrypt(nonce, zlib.compress(corpo, 6), cabeca)


def abrir(dados: bytes, senha: bytes) -> Conteudo | Recusa:
    """Opens the bytes that `fechar` made.

    Refuses what is no copy, is cut short or changed, has another passphrase, or opens and is not formed as a copy is.
    """
    partes = _partir(dados)
    if partes is None:
        return Recusa((como_erro("SEP-COPIA-NAO-E-COPIA"),))
    cabeca, custo, nonce, cifra = partes
    try:
        corpo = AESGCM(_derivar(senha, cabeca[-_SAL:], *custo)).decrypt(nonce, cifra, cabeca)
    except InvalidTag:
        return Recusa((como_erro("SEP-COPIA-SENHA"),))
    except MemoryError:  # a dear cost, on a small machine
        return Recusa((como_erro("SEP-COPIA-NAO-E-COPIA"),))
    try:
        return _conteudo(ler_json(zlib.decompressobj().decompress(corpo, _LIMITE)))
    except (_FormaError, ValueError, zlib.error) as erro:
        detalhe = str(erro) if isinstance(erro, _FormaError) else "não é o que uma cópia contém"
        mensagem = f"A frase abre o arquivo, mas o conteúdo não tem a forma de uma cópia: {detalhe}."
        return _recusa("DANIFICADA", mensagem, "Use outra cópia. Nada foi mudado.")


class _FormaError(Exception):
    """The content is not formed as a copy is; the text names the part (Portuguese)."""


def _conteudo(lido: object) -> Conteudo:
    """Returns the content of the JSON. Raises _FormaError, or ValueError for what is no base64."""
    if not isinstance(lido, dict):
        raise _FormaError("não é um objeto")
    feita_em, segredos, tabelas = (lido.get(n) for n in ("feita_em", "segredos", "tabelas"))
    if not isinstance(feita_em, str):
        raise _FormaError("falta a data")
    if not isinstance(segredos, list):
        raise _FormaError("faltam os segredos")
    if not isinstance(tabelas, dict) or not all(isinstance(linhas, list) for linhas in tabelas.values()):
        raise _FormaError("faltam os cadastros")
    numerados = tuple(_segredo(s) for s in segredos)
    if len({i for i, _, _ in numerados}) < len(numerados):
        raise _FormaError("há dois segredos com o mesmo número")
    return Conteudo(feita_em, numerados, {t: [_de_linha(r) for r in linhas] for t, linhas in tabelas.items()})


def _segredo(dito: object) -> tuple[int, str, bytes]:
    if not isinstance(dito, list) or len(dito) != 3:
        raise _FormaError("um segredo está malformado")
    numero, nome, valor = dito
    if not isinstance(numero, int) or isinstance(numero, bool) or not isinstance(nome, str):
        raise _FormaError("um segredo está malformado")
    return numero, nome, _bytes(valor)


def _bytes(valor: object) -> bytes:
    if not isinstance(valor, str):
        raise _FormaError("um valor binário está malformado")
    return base64.b64decode(valor, validate=True)


def _partir(dados: bytes) -> tuple[bytes, tuple[int, int, int], bytes, bytes] | None:
    """Returns (head, scrypt cost, nonce, ciphertext); None when the bytes are no copy of ours."""
    fim = dados.find(b"\n", len(MAGICA))
    if not dados.startswith(MAGICA) or not 0 < fim < len(MAGICA) + 40 or len(dados) < fim + 1 + _SAL + _NONCE + 16:
        return None
    numeros = dados[len(MAGICA) : fim].split()
    if len(numeros) != 3 or not all(n.isdigit() for n in numeros):
        return None
    n, r, p = (int(x) for x in numeros)
    # A made-up cost could take all memory. Only the cost that we write is accepted, with room for a later version.
    if n > _CUSTO_MAXIMO or n & (n - 1) or n < 2 or r != _CUSTO[1] or p != _CUSTO[2]:
        return None
    corte = fim + 1 + _SAL
    return dados[:corte], (n, r, p), dados[corte : corte + _NONCE], dados[corte + _NONCE :]


def _derivar(senha: bytes, sal: bytes, n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=sal, length=32, n=n, r=r, p=p).derive(senha)


def _texto(dados: bytes) -> str:
    return base64.b64encode(dados).decode()


def _linha(linha: Linha) -> Linha:
    return {c: {"b64": _texto(v)} if isinstance(v, bytes) else v for c, v in linha.items()}


def _de_linha(linha: object) -> Linha:
    if not isinstance(linha, dict):
        raise _FormaError("um cadastro está malformado")
    return {c: _valor(v) for c, v in linha.items()}


def _valor(v: object) -> object:
    if isinstance(v, dict) and v.keys() == {"b64"}:
        return _bytes(v["b64"])
    if isinstance(v, dict | list) or (isinstance(v, int) and abs(v) >= 2**63):
        raise _FormaError("um cadastro está malformado")
    return v


def _recusa(codigo: str, mensagem: str, o_que_fazer: str) -> Recusa:
    return Recusa((Erro(f"SEP-COPIA-{codigo}", "SEP", mensagem, o_que_fazer),))
