"""Tests the vault: encryption at rest, rows bound to their place, master keys."""

import base64
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from separador.banco.conexao import Banco, abrir
from separador.cofre import chave_mestra, versao_vista
from separador.cofre.banco import TabelaDeSegredos, geracao
from separador.cofre.chave_mestra import ChaveMestra
from separador.cofre.cofre import Cofre, CofreError
from separador.cofre.cofre import abrir as abrir_cofre
from separador.nucleo.erro import Recusa

SEGREDO = b"segredo-que-ninguem-ve-42"


@pytest.fixture
def banco(tmp_path: Path) -> Iterator[Banco]:
    aberto = abrir(tmp_path)
    yield aberto
    aberto.close()


def mestra(*numeros: int) -> ChaveMestra:
    return ChaveMestra(tuple(chave_mestra.chave_de(bytes([n]) * 32) for n in numeros), "o teste")


def cofre(banco: Banco, *numeros: int) -> Cofre:
    aberto = abrir_cofre(TabelaDeSegredos(banco), mestra(*(numeros or (1,))))
    assert isinstance(aberto, Cofre), aberto
    return aberto


def codigo(r: object) -> str:
    assert isinstance(r, Recusa), r
    return r.erros[0].codigo


@pytest.mark.requisito("CERT-06")
def test_guarda_le_troca_apaga(banco: Banco) -> None:
    c = cofre(banco)
    numero = c.guardar("um", SEGREDO)
    assert c.ler(numero) == SEGREDO
    assert c.achar("um") == numero
    c.trocar(numero, b"outro")
    assert c.ler(numero) == b"outro"
    c.apagar(numero)
    assert c.achar("um") is None
    with pytest.raises(CofreError):
        c.ler(numero)
    assert c.guardar("dois", b"") > numero, "número apagado não volta"


@pytest.mark.requisito("CERT-06")
def test_nada_em_claro_no_banco(banco: Banco, tmp_path: Path) -> None:
    cofre(banco).guardar("um", SEGREDO)
    for arquivo in tmp_path.iterdir():
        assert SEGREDO not in arquivo.read_bytes(), arquivo


def test_um_nome_so(banco: Banco) -> None:
    c = cofre(banco)
    c.guardar("um", SEGREDO)
    with pytest.raises(CofreError, match="já tem"):
        c.guardar("um", b"x")


def test_nonce_e_sorteado_a_cada_vez(banco: Banco) -> None:
    c = cofre(banco)
    numero = c.guardar("um", SEGREDO)
    antes = TabelaDeSegredos(banco).pegar(numero)
    c.trocar(numero, SEGREDO)
    depois = TabelaDeSegredos(banco).pegar(numero)
    assert antes is not None
    assert depois is not None
    assert (antes.nonce, antes.cifra) != (depois.nonce, depois.cifra)


@pytest.mark.requisito("CERT-06")
def test_linhas_nao_se_trocam_nem_se_alteram(banco: Banco) -> None:
    c = cofre(banco)
    a, b = c.guardar("a", b"segredo de a"), c.guardar("b", b"segredo de b")
    um, dois = TabelaDeSegredos(banco).pegar(a), TabelaDeSegredos(banco).pegar(b)
    assert um is not None
    assert dois is not None
    with banco.transacao():
        TabelaDeSegredos(banco).atualizar(replace(um, cifra=dois.cifra, nonce=b"x" * 12))
    with pytest.raises(CofreError, match="alterado"):
        c.ler(a)
    with banco.transacao():
        banco.execute("UPDATE segredo SET nome = 'c' WHERE id = ?", (b,))
    with pytest.raises(CofreError, match="alterado"):
        c.ler(b)


def test_girar_chave_refecha_tudo_ou_nada(banco: Banco) -> None:
    c = cofre(banco, 1)
    ids = [c.guardar(f"s{i}", f"segredo {i}".encode()) for i in range(5)]
    assert c.refechar(mestra(2, 1)) == 5
    assert [c.ler(i) for i in ids] == [f"segredo {i}".encode() for i in range(5)]
    assert c.refechar(mestra(2, 1)) == 0, "a segunda vez não faz nada"
    assert cofre(banco, 2).conferir() == 5, "a chave antiga já não é necessária"
    with banco.transacao():
        banco.execute("UPDATE segredo SET cifra = zeroblob(40) WHERE id = ?", (ids[3],))
    antes = [tuple(r) for r in banco.todas("SELECT id, chave_id, cifra FROM segredo")]
    with pytest.raises(CofreError):
        cofre(banco, 2).refechar(mestra(3, 2))
    assert [tuple(r) for r in banco.todas("SELECT id, chave_id, cifra FROM segredo")] == antes


def test_chave_errada_e_copia_antiga_sao_ditas(banco: Banco) -> None:
    cofre(banco, 1).guardar("um", SEGREDO)
    assert codigo(abrir_cofre(TabelaDeSegredos(banco), mestra(2))) == "SEP-COFRE-CHAVE-ERRADA"
    aposentada = replace(mestra(2), aposentadas=(mestra(1).atual.id,))
    assert codigo(abrir_cofre(TabelaDeSegredos(banco), aposentada)) == "SEP-COFRE-COPIA-ANTIGA"


@pytest.mark.requisito("CERT-06")
def test_ordem_credencial_arquivo_variavel(tmp_path: Path) -> None:
    credenciais = tmp_path / "credenciais"
    credenciais.mkdir()
    k = [base64.b64encode(bytes([n]) * 32).decode() for n in range(3)]
    ambiente = {chave_mestra.VARIAVEL: k[2]}
    assert codigo(chave_mestra.obter(tmp_path, {})) == "SEP-COFRE-SEM-CHAVE"
    assert _atual(tmp_path, ambiente) == chave_mestra.chave_de(b"\x02" * 32).id
    chave_mestra.criar_arquivo(tmp_path, chave_mestra.chave_de(b"\x01" * 32))
    assert _atual(tmp_path, ambiente) == chave_mestra.chave_de(b"\x01" * 32).id
    (credenciais / chave_mestra.CREDENCIAL).write_text(k[0] + "\n")
    ambiente["CREDENTIALS_DIRECTORY"] = str(credenciais)
    assert _atual(tmp_path, ambiente) == chave_mestra.chave_de(b"\x00" * 32).id


def _atual(dados: Path, ambiente: dict[str, str]) -> str:
    achada = chave_mestra.obter(dados, ambiente)
    assert isinstance(achada, ChaveMestra), achada
    return achada.atual.id


@pytest.mark.requisito("CERT-06")
def test_arquivo_da_chave_so_para_o_dono(tmp_path: Path) -> None:
    arquivo = chave_mestra.criar_arquivo(tmp_path, chave_mestra.gerar())
    assert arquivo.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        chave_mestra.criar_arquivo(tmp_path, chave_mestra.gerar())
    for modo in (0o640, 0o604, 0o660):
        arquivo.chmod(modo)
        assert codigo(chave_mestra.obter(tmp_path, {})) == "SEP-COFRE-CHAVE-FROUXA"
    arquivo.chmod(0o600)
    arquivo.write_text("isto não é chave\n")
    assert codigo(chave_mestra.obter(tmp_path, {})) == "SEP-COFRE-CHAVE-INVALIDA"


def test_chave_no_arquivo_vai_e_volta_com_as_aposentadas(tmp_path: Path) -> None:
    chave_mestra.criar_arquivo(tmp_path, chave_mestra.chave_de(b"\x01" * 32))
    antes = chave_mestra.obter(tmp_path, {})
    assert isinstance(antes, ChaveMestra)
    chave_mestra.regravar(antes, (chave_mestra.chave_de(b"\x02" * 32),), (antes.atual.id,))
    depois = chave_mestra.obter(tmp_path, {})
    assert isinstance(depois, ChaveMestra)
    assert (depois.atual.bytes_, depois.aposentadas) == (b"\x02" * 32, (antes.atual.id,))
    assert chave_mestra.caminho(tmp_path).stat().st_mode & 0o777 == 0o600


def test_segredos_nao_aparecem_no_repr(banco: Banco) -> None:
    c = cofre(banco)
    numero = c.guardar("um", SEGREDO)
    mostrado = repr(mestra(7)) + repr(TabelaDeSegredos(banco).pegar(numero)) + repr(c)
    assert repr(b"\x07" * 4)[2:-1] not in mostrado
    assert "cifra" not in mostrado


def test_banco_mais_antigo_e_notado_ate_ser_aceito(banco: Banco, tmp_path: Path) -> None:
    cofre(banco).guardar("um", SEGREDO)
    assert versao_vista.conferir(tmp_path, geracao(banco)) is None
    erro = versao_vista.conferir(tmp_path, geracao(banco) - 1)
    assert erro is not None
    assert erro.codigo == "SEP-COFRE-BANCO-ANTIGO"
    assert versao_vista.conferir(tmp_path, geracao(banco) - 1) is not None, "não se esquece sozinho"
    versao_vista.aceitar(tmp_path, geracao(banco) - 1)
    assert versao_vista.conferir(tmp_path, geracao(banco) - 1) is None


def test_certificado_nao_se_apaga_nem_ha_dois_padroes_nem_por_sql(banco: Banco) -> None:
    sql = (
        "INSERT INTO certificado (empresa, apelido, uso, tipo, padrao, der, cadeia, sha256, titular, validade_de,"
        " validade_ate, token, instalado_em, instalado_por, origem)"
        " VALUES ('1', ?, 'assinatura', 'A3', 1, x'00', x'', '', '', '', '', '{}', '', '', '')"
    )
    banco.execute(sql, ("um",))
    with pytest.raises(sqlite3.IntegrityError):
        banco.execute(sql, ("dois",))
    with pytest.raises(sqlite3.IntegrityError):
        banco.execute(sql.replace("'A3', 1", "'A3', 0"), ("UM",))
    with pytest.raises(sqlite3.IntegrityError, match="só se retira"):
        banco.execute("DELETE FROM certificado")
