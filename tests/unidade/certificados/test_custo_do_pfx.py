"""Tests what a .pfx asks for, read without its password, against files that openssl makes."""

import shutil
import time

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.certificados.leitura.custo_do_pfx import LIMITE_ITERACOES, iteracoes
from separador.capacidades.certificados.leitura.pfx import Aberto, abrir_pfx
from separador.nucleo.erro import Recusa
from tests.apoio.autoridade import SENHA, em_ber, emitir, raiz
from tests.apoio.pfx_caro import com_iteracoes_no_mac, junta, partes, pelo_openssl

openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="falta o programa openssl nesta máquina")
_CADEIA_INDEFINIDA = b"\x24\x80"


@pytest.mark.requisito("BORDA-07")
@openssl
@pytest.mark.parametrize(
    ("opcoes", "esperadas"),
    [
        (("-iter", "4321"), 3 * 4321),  # MAC, certificates, key: PBES2 with PBKDF2
        (("-iter", "4321", "-nomac"), 4321),  # openssl then leaves the certificates open
        (("-iter", "4321", "-nomaciter"), 2 * 4321 + 1),
        (("-iter", "70000", "-certpbe", "NONE"), 2 * 70000),
        (("-iter", "70000", "-certpbe", "NONE", "-keypbe", "NONE"), 70000),
        (("-iter", "4321", "-legacy", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES"), 3 * 4321),
        (("-iter", "4321", "-keypbe", "PBE-SHA1-3DES"), 3 * 4321),
    ],
)
def test_conta_o_que_o_openssl_pos(opcoes: tuple[str, ...], esperadas: int) -> None:
    assert iteracoes(pelo_openssl(emitir(), *opcoes)) == esperadas


@pytest.mark.requisito("BORDA-07")
def test_conta_o_mesmo_em_ber() -> None:
    """BER: no lengths outside, and the octets that hold everything come in parts."""
    pfx = emitir().pfx()
    esperadas = iteracoes(pfx)
    assert 20_000 < esperadas < LIMITE_ITERACOES
    assert iteracoes(em_ber(pfx)) == esperadas
    [(_, fora)] = partes(pfx)
    versao, (_, envelope), mac = partes(fora)
    tipo, (_, conteudo) = partes(envelope)
    [(_, octetos)] = partes(conteudo)
    em_partes = _CADEIA_INDEFINIDA + junta(0x04, octetos[:700]) + junta(0x04, octetos[700:]) + b"\x00\x00"
    refeito = b"\x30\x80" + junta(*tipo) + b"\xa0\x80" + em_partes + b"\x00\x00" + b"\x00\x00"
    ber = b"\x30\x80" + junta(*versao) + refeito + junta(*mac) + b"\x00\x00"
    assert iteracoes(ber) == esperadas
    assert isinstance(abrir_pfx(ber, SENHA.encode()), Aberto), "e é mesmo um .pfx"


@pytest.mark.requisito("BORDA-07")
@pytest.mark.parametrize("quantas", [2_000_000_000, LIMITE_ITERACOES + 1, 2**62])
def test_caro_e_recusado_antes_de_custar(quantas: int) -> None:
    comeco = time.process_time()
    lido = abrir_pfx(com_iteracoes_no_mac(emitir().pfx(), quantas), SENHA.encode())
    assert isinstance(lido, Recusa)
    assert [e.codigo for e in lido.erros] == ["SEP-CERTIFICADO-CUSTOSO"]
    assert time.process_time() - comeco < 0.5


@pytest.mark.requisito("BORDA-07")
@openssl
def test_um_milhao_de_iteracoes_e_aceito() -> None:
    pfx = pelo_openssl(emitir(), "-iter", "1000000")
    assert iteracoes(pfx) == 3_000_000
    assert isinstance(abrir_pfx(pfx, SENHA.encode()), Aberto)


@pytest.mark.requisito("BORDA-07")
def test_scrypt_pbmac1_e_bolsas_dentro_de_bolsas_contam() -> None:
    pkcs = bytes.fromhex("2a864886f70d01")

    def cifra(oid: bytes, *parametros: bytes) -> bytes:
        return junta(0x30, junta(0x06, oid) + junta(0x30, b"".join(parametros)))

    def numero(n: int) -> bytes:
        return junta(0x02, n.to_bytes(n.bit_length() // 8 + 1))

    sal = junta(0x04, b"sal")
    pbkdf2 = cifra(pkcs + b"\x05\x0c", sal, numero(1000), numero(64))
    scrypt = cifra(bytes.fromhex("2b06010401da47040b"), sal, numero(1024), numero(8), numero(1))
    mac = junta(0x30, junta(0x30, cifra(pkcs + b"\x05\x0e", pbkdf2) + junta(0x04, b"")) + sal)
    chave = junta(0x30, cifra(pkcs + b"\x05\x0d", scrypt) + junta(0x04, b""))
    bolsa = junta(0x30, junta(0x06, pkcs + b"\x0c\x0a\x01\x02") + junta(0xA0, chave))
    de_fora = junta(0x30, junta(0x06, pkcs + b"\x0c\x0a\x01\x06") + junta(0xA0, junta(0x30, bolsa)))

    def dados(conteudo: bytes) -> bytes:
        octetos = junta(0x04, junta(0x30, conteudo))
        return junta(0x30, junta(0x06, pkcs + b"\x07\x01") + junta(0xA0, octetos))

    pfx = junta(0x30, numero(3) + dados(dados(bolsa + de_fora)) + mac)
    assert iteracoes(pfx) == 2 * 1024 * 8 + 2 * 1000 + 1


@pytest.mark.requisito("BORDA-07")
def test_um_mega_de_elementos_minusculos_ou_fundos_nao_custa() -> None:
    for miolo in (b"\x30\x00" * 500_000, b"\x30\x80" * 500_000, b"\x24\x80" * 500_000, b"\x02\x01\x00" * 300_000):
        comeco = time.process_time()
        for dados in (junta(0x30, miolo), b"\x30\x80" + miolo + b"\x00\x00", miolo):
            iteracoes(dados)
        assert time.process_time() - comeco < 2.0


@pytest.mark.requisito("BORDA-07")
def test_pfx_de_um_mega_com_muitos_certificados_e_contado_e_abre() -> None:
    e = emitir()
    pfx = pkcs12.serialize_key_and_certificates(
        b"a1", e.chave, e.certificado, [raiz()[0]] * 1100, BestAvailableEncryption(SENHA.encode())
    )
    assert 900_000 < len(pfx) <= 1024 * 1024
    assert iteracoes(pfx) == iteracoes(e.pfx())
    assert isinstance(abrir_pfx(pfx, SENHA.encode()), Aberto)


@pytest.mark.requisito("BORDA-07")
@given(st.binary(max_size=400), st.integers(0, 2000), st.integers(0, 255))
def test_bytes_quaisquer_ou_trocados_dao_um_numero(lixo: bytes, onde: int, valor: int) -> None:
    assert iteracoes(lixo) >= 0
    pfx = bytearray(_BOM)
    pfx[onde % len(pfx)] = valor
    assert iteracoes(bytes(pfx)) >= 0


_BOM = emitir().pfx()
