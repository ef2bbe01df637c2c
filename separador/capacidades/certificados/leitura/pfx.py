"""Opens the .pfx/.p12 files that Brazilian authorities issue: modern, legacy (RC2-40, 3DES) and BER-encoded.

`cryptography` reads nearly all. It reads BER with a warning that may become an error, and a build of it without the
legacy ciphers refuses RC2. A file that it does not open is given to `openssl pkcs12 -legacy`, through pipes: neither
password nor key is ever on disk, in an argument or in the environment.
"""

import os
import shutil
import subprocess
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12

from separador.capacidades.certificados.leitura.custo_do_pfx import LIMITE_ITERACOES, iteracoes
from separador.fiscal.certificado import Certificado, conferir_par
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.falha import como_erro

PRAZO_OPENSSL_S = 60
"""Longer than the deadline of `abridor`, which then says what the matter is."""


@dataclass(frozen=True, slots=True)
class Aberto:
    """An opened .pfx: the certificate with its key, and the authorities' certificates that came along (DER)."""

    certificado: Certificado
    cadeia: tuple[bytes, ...] = field(default=(), repr=False)


Reserva = Callable[[bytes, bytes], "tuple[bytes, bytes] | None"]
"""Takes (PKCS#12, password). Returns (private key PEM, certificates PEM), or None when it does not open it either."""


def abrir_pfx(dados: bytes, senha: bytes, reserva: Reserva | None = None) -> Aberto | Recusa:
    """Opens a PKCS#12 file, or says why not.

    Reasons: no PKCS#12, truncated, too costly, wrong password, no key, not RSA, weak key, no holder.

    The cost that can be seen is bounded; what encrypted parts hide is not: `abridor` has a deadline for it.

    Dates, holder and chain are judged in `certificados.dominio`. `reserva` None = openssl of this machine.
    """
    torto = forma_errada(dados)
    if torto is not None:
        return torto
    if iteracoes(dados) > LIMITE_ITERACOES:
        return Recusa((como_erro("SEP-CERTIFICADO-CUSTOSO"),))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # BER is read all the same, with a warning that filters may make an error
            chave, certificado, outros = pkcs12.load_key_and_certificates(dados, senha or None)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        return _pela_reserva(dados, senha, reserva or openssl_legado)
    return _montar(certificado, chave, outros)


def _montar(certificado: x509.Certificate | None, chave: object, outros: list[x509.Certificate]) -> Aberto | Recusa:
    conferido = conferir_par(certificado, chave)
    if isinstance(conferido, Recusa):
        return conferido
    cadeia = tuple(c.public_bytes(Encoding.DER) for c in outros)
    return Aberto(replace(conferido, cadeia=cadeia), cadeia)


def forma_errada(dados: bytes) -> Recusa | None:
    """Refuses bytes that cannot be a whole PKCS#12, whatever the password.

    It tells a damaged file apart from a wrong password.
    """
    if dados[:1] != b"\x30" or len(dados) < 8:  # every PKCS#12 is a DER (or BER) SEQUENCE
        return _recusa("FORMATO", "O arquivo não é um certificado .pfx (PKCS#12).", "Confira se é o arquivo certo.")
    tamanho, inteiro = dados[1], True
    if tamanho == 0x80:  # BER with indefinite length: closed by two zeros
        inteiro = dados.endswith(b"\x00\x00")
    elif tamanho > 0x80:
        cabeca = 2 + (tamanho & 0x7F)
        inteiro = len(dados) >= cabeca + int.from_bytes(dados[2:cabeca])
    else:
        inteiro = len(dados) >= 2 + tamanho
    if inteiro:
        return None
    return Recusa((como_erro("SEP-CERT-TRUNCADO"),))


def _pela_reserva(dados: bytes, senha: bytes, reserva: Reserva) -> Aberto | Recusa:
    lido = reserva(dados, senha)
    if lido is None:
        return Recusa((como_erro("SEP-CERT-SENHA"),))
    pem_chave, pem_certificados = lido
    try:
        chave = load_pem_private_key(pem_chave, None) if pem_chave else None
        todos = x509.load_pem_x509_certificates(pem_certificados) if pem_certificados else []
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        return _recusa("FORMATO", "O conteúdo do .pfx está malformado.", "Peça ou exporte o certificado de novo.")
    dono = next((c for c in todos if chave is not None and c.public_key() == chave.public_key()), None)
    return _montar(dono or next(iter(todos), None), chave, [c for c in todos if c is not dono])


def openssl_legado(dados: bytes, senha: bytes) -> tuple[bytes, bytes] | None:
    """Opens the file by the system's openssl with its legacy ciphers.

    Returns None when there is no openssl, or it does not open the file.
    """
    programa = shutil.which("openssl")
    if programa is None:
        return None
    chave = _pkcs12(programa, dados, senha, "-nocerts")
    if chave is None:
        return None
    return _so_pem(chave), _so_pem(_pkcs12(programa, dados, senha, "-nokeys") or b"")


def _pkcs12(programa: str, dados: bytes, senha: bytes, parte: str) -> bytes | None:
    leitura, escrita = os.pipe()
    try:
        os.write(escrita, senha + b"\n")  # far below what a pipe holds, so it never waits
    finally:
        os.close(escrita)
    try:
        comando = [programa, "pkcs12", "-legacy", "-nodes", parte, "-passin", f"fd:{leitura}"]
        feito = subprocess.run(  # noqa: S603 - fixed arguments; the file goes in and the key comes out by pipe
            comando, input=dados, capture_output=True, pass_fds=(leitura,), timeout=PRAZO_OPENSSL_S, check=False, env={}
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    finally:
        os.close(leitura)
    return feito.stdout if feito.returncode == 0 else None


def _so_pem(texto: bytes) -> bytes:
    inicio = texto.find(b"-----BEGIN")
    return texto[inicio:] if inicio >= 0 else b""


def _recusa(codigo: str, mensagem: str, o_que_fazer: str) -> Recusa:
    return Recusa((Erro(f"SEP-CERT-{codigo}", "SEP", mensagem, o_que_fazer),))
