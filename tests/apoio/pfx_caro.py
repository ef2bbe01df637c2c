"""Makes .pfx files that ask for work, by rewriting the iteration count of a good one."""

import subprocess

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.apoio.autoridade import SENHA, Emitido


def partes(dados: bytes) -> list[tuple[int, bytes]]:
    """Returns tag and content of each element of some DER."""
    achadas, i = [], 0
    while i < len(dados):
        quantos = dados[i + 1] & 0x7F if dados[i + 1] > 0x80 else 0
        tamanho = int.from_bytes(dados[i + 2 : i + 2 + quantos]) if quantos else dados[i + 1]
        inicio = i + 2 + quantos
        achadas.append((dados[i], dados[inicio : inicio + tamanho]))
        i = inicio + tamanho
    return achadas


def junta(etiqueta: int, conteudo: bytes) -> bytes:
    """Returns one element of DER."""
    n = len(conteudo)
    if n < 0x80:
        return bytes([etiqueta, n]) + conteudo
    tamanho = n.to_bytes((n.bit_length() + 7) // 8)
    return bytes([etiqueta, 0x80 | len(tamanho)]) + tamanho + conteudo


def com_iteracoes_no_mac(pfx: bytes, quantas: int) -> bytes:
    """Returns the file with another count in its MAC, which therefore fits no password any more."""
    [(_, fora)] = partes(pfx)
    versao, envelope, (_, mac) = partes(fora)
    *antes, _ = partes(mac)
    novo = b"".join(junta(*p) for p in antes) + junta(0x02, quantas.to_bytes(quantas.bit_length() // 8 + 1))
    return junta(0x30, junta(*versao) + junta(*envelope) + junta(0x30, novo))


def pelo_openssl(emitido: Emitido, *opcoes: str, senha: str = SENHA) -> bytes:
    """Returns the .pfx that openssl makes of it."""
    pem = emitido.chave.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem += emitido.certificado.public_bytes(Encoding.PEM)
    comando = ["openssl", "pkcs12", "-export", *opcoes, "-passout", "env:S"]
    return subprocess.run(comando, input=pem, capture_output=True, check=True, env={"S": senha}).stdout
