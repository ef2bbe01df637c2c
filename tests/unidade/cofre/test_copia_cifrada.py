"""Tests that the encrypted backup opens by its passphrase only."""

import json
import zlib

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from separador.cofre import copia_cifrada
from separador.cofre.copia_cifrada import MAGICA, Conteudo
from separador.nucleo.erro import Recusa

DANIFICADA = "SEP-COPIA-DANIFICADA"
FRASE = b"uma frase bem longa"
CONTEUDO = Conteudo(
    "2026-11-20T15:00:00.000Z",
    ((3, "certificado:x", b"\x00chave\xff"), (7, "pin:1", b"1234")),
    {"certificado": [{"id": 1, "der": b"\x30\x00", "apelido": "ção", "cpf": None}], "usuario": []},
)


def codigo(r: object) -> str:
    assert isinstance(r, Recusa), r
    return r.erros[0].codigo


@pytest.mark.requisito("CERT-06")
def test_vai_e_volta_e_nada_fica_em_claro() -> None:
    fechada = copia_cifrada.fechar(CONTEUDO, FRASE)
    assert isinstance(fechada, bytes)
    assert copia_cifrada.abrir(fechada, FRASE) == CONTEUDO
    for claro in (b"chave", b"certificado", b"1234", FRASE):
        assert claro not in fechada
    assert copia_cifrada.fechar(CONTEUDO, FRASE) != fechada, "sal e nonce são sorteados a cada vez"


def test_frase_errada_curta_arquivo_alterado_ou_cortado() -> None:
    assert codigo(copia_cifrada.fechar(CONTEUDO, b"curta")) == "SEP-COPIA-SENHA-CURTA"
    fechada = copia_cifrada.fechar(CONTEUDO, FRASE)
    assert isinstance(fechada, bytes)
    assert codigo(copia_cifrada.abrir(fechada, b"outra frase longa")) == "SEP-COPIA-SENHA"
    for onde in (len(MAGICA) + 12, len(fechada) // 2, len(fechada) - 1):
        alterada = fechada[:onde] + bytes([fechada[onde] ^ 1]) + fechada[onde + 1 :]
        assert isinstance(copia_cifrada.abrir(alterada, FRASE), Recusa)
    for corte in (0, 5, len(MAGICA) + 3, 60):
        assert codigo(copia_cifrada.abrir(fechada[:corte], FRASE)) == "SEP-COPIA-NAO-E-COPIA"
    assert codigo(copia_cifrada.abrir(fechada[:-20], FRASE)) == "SEP-COPIA-SENHA"


@pytest.mark.parametrize("custo", [b"1073741824 8 1", b"3 8 1", b"32768 99 1", b"0 8 1", b"a b c"])
def test_custo_inventado_nao_gasta_a_memoria(custo: bytes) -> None:
    assert codigo(copia_cifrada.abrir(MAGICA + custo + b"\n" + bytes(100), FRASE)) == "SEP-COPIA-NAO-E-COPIA"


def com_corpo(corpo: bytes) -> bytes:
    """Returns a copy with any content, closed with the right passphrase as `fechar` closes it."""
    cabeca = MAGICA + b"32768 8 1\n" + bytes(16)
    chave = Scrypt(salt=bytes(16), length=32, n=32768, r=8, p=1).derive(FRASE)
    return cabeca + bytes(12) + AESGCM(chave).encrypt(bytes(12), corpo, cabeca)


BOM = {"feita_em": "2026-11-20T15:00:00.000Z", "segredos": [[3, "a", "MTIz"]], "tabelas": {"usuario": [{"id": 1}]}}
TORTOS = [
    [], None, "x", {}, BOM | {"feita_em": 3}, BOM | {"segredos": {}}, BOM | {"segredos": [[1, "a"]]},
    BOM | {"segredos": ["abc"]}, BOM | {"segredos": [["3", "a", "MTIz"]]}, BOM | {"segredos": [[True, "a", "MTIz"]]},
    BOM | {"segredos": [[3, None, "MTIz"]]}, BOM | {"segredos": [[3, "a", 5]]}, BOM | {"segredos": [[3, "a", "é"]]},
    BOM | {"segredos": [[3, "a", "M"]]}, BOM | {"segredos": [[3, "a", "MTIz"]] * 2}, BOM | {"tabelas": []},
    BOM | {"tabelas": {"usuario": {"id": 1}}}, BOM | {"tabelas": {"usuario": ["x"]}},
    BOM | {"tabelas": {"usuario": [{"id": [1]}]}}, BOM | {"tabelas": {"usuario": [{"id": {"b65": "MTIz"}}]}},
    BOM | {"tabelas": {"usuario": [{"id": {"b64": 1}}]}}, BOM | {"tabelas": {"usuario": [{"id": 2**70}]}},
    BOM | {"tabelas": {"usuario": [{"nome": "\ud800"}]}},
]  # fmt: skip


@pytest.mark.requisito("BORDA-24")
@pytest.mark.parametrize("torto", TORTOS)
def test_o_que_abre_e_nao_tem_a_forma_e_recusado(torto: object) -> None:
    assert isinstance(copia_cifrada.abrir(com_corpo(zlib.compress(json.dumps(BOM).encode())), FRASE), Conteudo)
    assert codigo(copia_cifrada.abrir(com_corpo(zlib.compress(json.dumps(torto).encode())), FRASE)) == DANIFICADA


@pytest.mark.requisito("BORDA-24")
@pytest.mark.parametrize(
    "corpo", [b"", b"nada comprimido", zlib.compress(b"{"), zlib.compress(b"\xff\xfe{"), zlib.compress(b"[" * 200_000)]
)
def test_o_que_abre_e_nao_e_json_e_recusado(corpo: bytes) -> None:
    assert codigo(copia_cifrada.abrir(com_corpo(corpo), FRASE)) == DANIFICADA
    inteiro = zlib.compress(json.dumps(BOM).encode())
    assert codigo(copia_cifrada.abrir(com_corpo(inteiro[: len(inteiro) // 2]), FRASE)) == DANIFICADA
