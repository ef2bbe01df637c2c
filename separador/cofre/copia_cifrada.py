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

    Refuses what is no copy, is cut short or changed, or has another passphrase.
    """
    partes = _partir(dados)
    if partes is None:
        return Recusa((como_erro("SEP-COPIA-NAO-E-COPIA"),))
    cabeca, custo, nonce, cifra = partes
    try:
        corpo = AESGCM(_derivar(senha, cabeca[-_SAL:], *custo)).decrypt(nonce, cifra, cabeca)
    except InvalidTag:
        return Recusa((como_erro("SEP-COPIA-SENHA"),))
    lido = json.loads(zlib.decompressobj().decompress(corpo, _LIMITE))
    return Conteudo(
        lido["feita_em"],
        tuple((int(i), str(nome), base64.b64decode(s)) for i, nome, s in lido["segredos"]),
        {t: [_de_linha(r) for r in linhas] for t, linhas in lido["tabelas"].items()},
    )


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


def _de_linha(linha: Linha) -> Linha:
    return {c: base64.b64decode(v["b64"]) if isinstance(v, dict) else v for c, v in linha.items()}


def _recusa(codigo: str, mensagem: str, o_que_fazer: str) -> Recusa:
    return Recusa((Erro(f"SEP-COPIA-{codigo}", "SEP", mensagem, o_que_fazer),))
