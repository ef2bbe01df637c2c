"""Tests which certificates may be installed, and what is said of the others."""

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from separador.capacidades.certificados import dominio as regras
from separador.capacidades.certificados.dominio import Circunstancias, Pretensao, Tipo, Uso
from separador.capacidades.certificados.leitura import pfx
from separador.capacidades.certificados.leitura.pfx import Aberto, abrir_pfx
from separador.nucleo.erro import Recusa
from tests.apoio import autoridade as ac
from tests.apoio.autoridade import AGORA, CNPJ, CPF, SENHA, emitir

SENHA_B = SENHA.encode()


def aberto(dados: bytes, senha: bytes = SENHA_B, **opcoes: Any) -> Aberto:
    lido = abrir_pfx(dados, senha, **opcoes)
    assert isinstance(lido, Aberto), lido
    return lido


def codigos(r: object) -> list[str]:
    assert isinstance(r, Recusa), r
    assert all(e.mensagem.endswith(".") and e.o_que_fazer for e in r.erros)
    return [e.codigo for e in r.erros]


def circunstancias(**mudancas: Any) -> Circunstancias:
    base = Circunstancias(AGORA, True, frozenset({CNPJ}), frozenset(), None, None)
    return replace(base, **mudancas)


def pretensao(emitido: ac.Emitido, uso: Uso = Uso.ASSINATURA, tipo: Tipo = Tipo.A1, **mudancas: Any) -> Pretensao:
    a = aberto(emitido.pfx())
    base = Pretensao(CNPJ, "matriz", uso, tipo, emitido.der, a.cadeia, a.certificado.identidade)
    return replace(base, **mudancas)


# --- opening ---------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("CERT-02")
@pytest.mark.parametrize("forma", ["moderno", "legado", "ber", "ber-legado"])
def test_abre_as_formas_que_as_autoridades_emitem(forma: str) -> None:
    if "legado" in forma:
        _exigir_openssl()
    e = emitir()
    dados = e.pfx_antigo() if "legado" in forma else e.pfx()
    lido = aberto(ac.em_ber(dados) if "ber" in forma else dados)
    assert lido.certificado.der == e.der
    assert lido.certificado.cnpj == CNPJ
    assert lido.certificado.chave.private_numbers() == e.chave.private_numbers()


def _exigir_openssl() -> None:
    if shutil.which("openssl") is None:
        if os.environ.get("CI"):
            pytest.fail("falta o openssl")
        pytest.skip("FALTA openssl: os .pfx antigos não são provados nesta máquina")


@pytest.mark.requisito("CERT-02", "CERT-06")
@pytest.mark.parametrize("antigo", [False, True])
def test_reserva_openssl_por_canos(antigo: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cryptography refuses goes to openssl. The password is in no argument and in no environment."""
    _exigir_openssl()
    visto: list[Any] = []
    verdadeiro = subprocess.run

    def espia(comando: list[str], **opcoes: Any) -> Any:
        visto.append((comando, opcoes.get("env")))
        return verdadeiro(comando, **opcoes)

    def recusa(*_: object) -> None:
        raise ValueError

    e = emitir()
    dados = e.pfx_antigo() if antigo else e.pfx()
    monkeypatch.setattr(pfx.subprocess, "run", espia)
    monkeypatch.setattr(pfx.pkcs12, "load_key_and_certificates", recusa)
    lido = aberto(dados)
    assert lido.certificado.der == e.der
    assert len(lido.cadeia) == (0 if antigo else 2)
    assert visto
    assert SENHA not in repr(visto)
    assert codigos(abrir_pfx(dados, b"errada")) == ["SEP-CERT-SENHA"]


def test_sem_openssl_a_resposta_continua_clara(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pfx.shutil, "which", lambda _: None)
    assert codigos(abrir_pfx(emitir().pfx(), b"errada")) == ["SEP-CERT-SENHA"]


def _sem_chave() -> bytes:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    e = emitir()
    return pkcs12.serialize_key_and_certificates(b"a", None, None, [e.certificado], BestAvailableEncryption(SENHA_B))


@pytest.fixture
def ruins() -> dict[str, bytes]:
    bom = emitir().pfx()
    return {
        "SEP-CERT-FORMATO": b"%PDF-1.7 nada disso",
        "SEP-CERT-TRUNCADO": bom[: len(bom) // 2],
        "SEP-CERT-SEM-CHAVE": _sem_chave(),
        "SEP-CERT-CHAVE-CURTA": emitir(qual=1, bits=1024).pfx(),
        "SEP-CERT-NAO-RSA": emitir(curva=True).pfx(),
    }


@pytest.mark.requisito("CERT-02")
@pytest.mark.parametrize(
    ("codigo", "diz"),
    [
        ("SEP-CERT-FORMATO", "não é um certificado"),
        ("SEP-CERT-TRUNCADO", "incompleto"),
        ("SEP-CERT-SEM-CHAVE", "não contém"),
        ("SEP-CERT-CHAVE-CURTA", "1024 bits"),
        ("SEP-CERT-NAO-RSA", "SEFAZ só aceita RSA"),
    ],
)
def test_arquivos_ruins_cada_um_com_sua_frase(codigo: str, diz: str, ruins: dict[str, bytes]) -> None:
    lido = abrir_pfx(ruins[codigo], SENHA_B)
    assert codigos(lido) == [codigo]
    assert isinstance(lido, Recusa)
    assert diz in lido.erros[0].mensagem


@pytest.mark.requisito("CERT-02")
def test_senha_errada_nao_se_confunde_com_arquivo_cortado() -> None:
    assert codigos(abrir_pfx(emitir().pfx(), b"errada")) == ["SEP-CERT-SENHA"]
    for corte in (0, 1, 5, 100):
        assert codigos(abrir_pfx(emitir().pfx()[:corte], SENHA_B))[0] in ("SEP-CERT-FORMATO", "SEP-CERT-TRUNCADO")


# --- judging ---------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("CERT-02")
def test_bom_em_producao_sem_aviso() -> None:
    assert regras.julgar(pretensao(emitir()), circunstancias()) == ()


@pytest.mark.requisito("CERT-02")
@pytest.mark.parametrize(
    ("emitido", "mudancas", "codigo"),
    [
        (emitir(dias=0.5), {}, "SEP-CERT-VENCIDO"),
        (emitir(de=AGORA + timedelta(days=2)), {}, "SEP-CERT-AINDA-NAO"),
        (emitir(None, cpf=CPF), {}, "SEP-CERT-NAO-ECNPJ"),
        (emitir("33444555000181"), {}, "SEP-CERT-OUTRO-CNPJ"),
        (emitir(autoassinado=True), {}, "SEP-CERT-AUTOASSINADO"),
        (emitir(), {"uso": Uso.CONTRATANTE, "tipo": Tipo.A3}, "SEP-CERT-NAO-A1"),
        (emitir(), {"empresa": "99887766000105"}, "SEP-CERT-EMPRESA"),
        (emitir(), {"empresa": "123"}, "SEP-CERT-EMPRESA"),
        (emitir(), {"apelido": " "}, "SEP-CERT-APELIDO"),
    ],
)
def test_recusas_com_o_motivo(emitido: ac.Emitido, mudancas: dict[str, Any], codigo: str) -> None:
    p = replace(pretensao(emitido), **mudancas)
    assert codigo in codigos(regras.julgar(p, circunstancias()))


@pytest.mark.requisito("CERT-02")
def test_outros_usos_podem_ser_de_outro_titular() -> None:
    for uso in (Uso.TRANSMISSAO, Uso.PROCURADOR, Uso.CONTRATANTE):
        assert regras.julgar(pretensao(emitir("33444555000181"), uso), circunstancias()) == ()
    filial = pretensao(emitir("11222333000262"))
    assert regras.julgar(filial, circunstancias()) == (), "a mesma raiz de CNPJ assina"
    assert regras.julgar(pretensao(emitir(None, cpf=CPF), Uso.PROCURADOR), circunstancias()) == ()


@pytest.mark.requisito("CERT-07")
def test_tls_pelo_token_ainda_nao_e_e_isto_e_dito() -> None:
    avisos = regras.julgar(pretensao(emitir(), Uso.TRANSMISSAO, Tipo.A3), circunstancias())
    assert isinstance(avisos, tuple)
    assert "não está disponível" in avisos[0]


def test_autoassinado_so_avisa_fora_de_producao() -> None:
    avisos = regras.julgar(pretensao(emitir(autoassinado=True)), circunstancias(producao=False))
    assert isinstance(avisos, tuple)
    assert "autoassinado" in avisos[0]


def test_dois_com_um_apelido_e_o_mesmo_duas_vezes() -> None:
    p = pretensao(emitir())
    assert codigos(regras.julgar(p, circunstancias(apelidos=frozenset({"MATRIZ"})))) == ["SEP-CERT-APELIDO"]
    assert codigos(regras.julgar(p, circunstancias(ja_instalado_como="x"))) == ["SEP-CERT-REPETIDO"]


def test_relogio_errado_e_dito() -> None:
    c = circunstancias(ultimo=AGORA + timedelta(days=1))
    recusa = regras.julgar(pretensao(emitir()), c)
    assert codigos(recusa) == ["SEP-CERT-RELOGIO"]
    assert regras.julgar(pretensao(emitir()), circunstancias(ultimo=AGORA + timedelta(minutes=1))) == ()


# --- showing ---------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("CERT-02")
def test_cadeia_usos_e_pessoa_sao_mostrados() -> None:
    e = emitir()
    a = aberto(e.pfx())
    assert regras.cadeia_em_ordem(e.der, a.cadeia) == [f"TRANSPORTADORA FICTICIA LTDA:{CNPJ}", "AC FICTICIA",
                                                       "AC FICTICIA RAIZ"]  # fmt: skip
    assert regras.cadeia_em_ordem(e.der, ())[-1] == "AC FICTICIA (não veio no arquivo)"
    assert regras.usos_da_chave(e.der) == ("assinatura digital", "não repúdio", "cifra de chaves")
    assert regras.finalidades(e.der) == ("autenticação de cliente (TLS)",)
    assert regras.pessoa(a.certificado.identidade) == f"e-CNPJ {CNPJ}"
    assert regras.pessoa(aberto(emitir(None, cpf=CPF).pfx()).certificado.identidade) == f"e-CPF {CPF}"
    assert regras.desempacotar(regras.empacotar(a.cadeia)) == a.cadeia
    assert regras.desempacotar(b"") == ()
    assert not regras.autoassinado(e.der)
