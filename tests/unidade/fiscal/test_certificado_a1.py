"""Tests the opening of A1 certificates: their owner, the reasons to refuse them, and the way to a worker."""

import pickle
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Certificado, fora_da_validade, restaurar
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo
from tests.apoio.certificados import ATE, CNPJ, DE, carregar_pfx, certificado_ficticio, chave_rsa
from tests.unidade.fiscal.gerador import AGORA, cte


def aberto(**opcoes: object) -> Certificado:
    carregado = carregar_pfx(*certificado_ficticio(**opcoes))  # type: ignore[arg-type]
    assert isinstance(carregado, Certificado)
    return carregado


def codigo(dados: bytes, senha: bytes) -> str:
    recusa = carregar_pfx(dados, senha)
    assert isinstance(recusa, Recusa)
    return recusa.erros[0].codigo


def test_dados_do_titular() -> None:
    c = aberto()
    assert (c.cnpj, c.cpf, c.titular) == (CNPJ, None, "TRANSPORTADORA FICTICIA LTDA")
    assert (c.validade_de, c.validade_ate) == (DE, ATE)


@pytest.mark.parametrize("rotulo", [0x04, 0x0C, 0x13, 0x16])
def test_othername_em_qualquer_tipo_de_texto_der(rotulo: int) -> None:
    assert aberto(rotulo_der=rotulo).cnpj == CNPJ


def test_cnpj_so_no_nome() -> None:
    assert aberto(outro_nome=False).cnpj == CNPJ


def test_cnpj_alfanumerico() -> None:
    assert aberto(cnpj="12ABC34501DE35").cnpj == "12ABC34501DE35"


def test_ecpf() -> None:
    c = aberto(cnpj=None, cpf="11144477735")
    assert (c.cnpj, c.cpf) == (None, "11144477735")


def test_sem_certificado_dentro() -> None:
    so_chave = pkcs12.serialize_key_and_certificates(b"a", chave_rsa(), None, None, NoEncryption())
    assert codigo(so_chave, b"") == "SEP-CERT-SEM-CHAVE"


def test_chave_que_nao_e_rsa() -> None:
    assert codigo(*certificado_ficticio(curva=True)) == "SEP-CERT-NAO-RSA"


def test_chave_curta() -> None:
    assert codigo(*certificado_ficticio(bits=1024)) == "SEP-CERT-CHAVE-CURTA"


def test_292_sem_cnpj_nem_cpf() -> None:
    assert codigo(*certificado_ficticio(cnpj=None)) == "292"


def test_validade_num_instante() -> None:
    identidade = aberto(de=datetime(2026, 1, 1, tzinfo=UTC), ate=datetime(2027, 1, 1, tzinfo=UTC)).identidade
    assert fora_da_validade(identidade, AGORA) is None
    fora = fora_da_validade(identidade, datetime(2027, 1, 2, tzinfo=UTC))
    assert fora is not None
    assert fora.codigo == "291"
    assert "31/12/2026 21:00" in fora.mensagem  # the clock of people: 00:00 UTC is 21:00 of the day before


@pytest.mark.requisito("CERT-06")
def test_ida_ao_processo_filho_assina_igual_e_nao_mostra_segredo() -> None:
    original = aberto()
    segredo = original.segredo()
    volta = restaurar(pickle.loads(pickle.dumps(segredo)))
    assert volta.identidade == original.identidade
    xml = cte().encode()
    assert Assinador(volta).assinar(xml, Tipo.CTE) == Assinador(original).assinar(xml, Tipo.CTE)
    assert "pkcs8" not in repr(segredo)
    assert "chave" not in repr(original)
