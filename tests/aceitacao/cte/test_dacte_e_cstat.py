"""Tests `cte dacte` and `cte cstat` as a person uses them."""

import io
import os
from pathlib import Path

import pytest
import yaml
from pypdf import PdfReader

from tests.aceitacao.cenario import Cenario
from tests.apoio import logos
from tests.apoio.maquina import Maquina


def texto(pdf: Path) -> str:
    return "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf.read_bytes())).pages)


@pytest.mark.requisito("SEFAZ-10", "EMIS-14", "EMIS-15")
def test_dacte_do_autorizado(quadro: Cenario, tmp_path: Path) -> None:
    alvo = tmp_path / "a.pdf"
    dito = quadro.maquina.exigir("cte", "dacte", quadro.autorizado, "--saida", str(alvo)).stdout
    assert dito == f"DACTE impresso em {alvo}.\n"
    assert "DOCUMENTOS ORIGINÁRIOS" in texto(alvo)
    assert "LACRES" not in texto(alvo)
    extras = ["--lotacao", "--lacre", "A1", "--lacre", "B2", "--pedagio", "11222333000181;987;10,00;EMITENTE"]
    quadro.maquina.exigir("cte", "dacte", quadro.autorizado, "--saida", str(alvo), *extras)
    assert "LACRES: A1\\B2" in texto(alvo)
    assert os.listdir(tmp_path) == ["a.pdf"]


@pytest.mark.requisito("DACTE-05")
def test_com_o_logotipo_da_empresa_ou_sem_ele_e_dito(cenario: Cenario, tmp_path: Path) -> None:
    m, alvo = cenario.maquina, tmp_path / "a.pdf"
    lida = yaml.safe_load(m.config.read_text(encoding="utf-8"))
    lida["empresas"][0]["logo"] = "config/logo.png"
    m.config.write_text(yaml.safe_dump(lida, allow_unicode=True), encoding="utf-8")
    logo = m.config.parent / "logo.png"
    for dados, figuras, dito in (
        (logos.png(), True, ""),
        (b"nada", False, "sem o logotipo da empresa. Motivo: não é PNG"),
    ):
        logo.write_bytes(dados)
        feito = m.exigir("cte", "dacte", cenario.autorizado, "--saida", str(alvo))
        assert dito in feito.stderr
        assert any(p.images for p in PdfReader(io.BytesIO(alvo.read_bytes())).pages) is figuras


@pytest.mark.requisito("SEFAZ-10")
def test_sem_documento_processado_nao_ha_dacte(quadro: Cenario, tmp_path: Path) -> None:
    alvo = tmp_path / "a.pdf"
    for chave, trecho in (
        (quadro.rejeitado, "está REJEITADO PELA SEFAZ: só há DACTE depois da autorização"),
        (quadro.enviado, "está AGUARDANDO RETORNO"),
        (quadro.enviado[:-1] + str((int(quadro.enviado[-1]) + 1) % 10), "Não há documento"),
    ):
        feito = quadro.maquina.cli("cte", "dacte", chave, "--saida", str(alvo))
        assert feito.returncode == 1
        assert trecho in feito.stdout + feito.stderr
    assert not alvo.exists()


def test_dacte_que_nao_se_pode_gravar_ou_mal_pedido(quadro: Cenario, tmp_path: Path) -> None:
    longe = quadro.maquina.cli("cte", "dacte", quadro.autorizado, "--saida", str(tmp_path / "nao" / "ha.pdf"))
    assert longe.returncode == 1
    assert "Não consegui gravar" in longe.stdout + longe.stderr
    ruim = quadro.maquina.cli("cte", "dacte", quadro.autorizado, "--pedagio", "so-um")
    assert ruim.returncode == 2
    assert "FORNECEDOR;COMPROVANTE" in ruim.stderr


@pytest.mark.requisito("SEFAZ-03")
def test_cstat(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    dito = m.exigir("cte", "cstat", "204").stdout
    assert "Duplicidade de CT-e" in dito
    assert "Nunca troque o número" in dito
    um = m.json("cte", "cstat", "678")
    assert list(um) == ["codigo", "significado", "evento", "acao", "quem_age", "o_que_fazer", "fonte"]
    todos = m.json("cte", "cstat")
    assert len(todos) > 400
    assert um in todos
    assert "Autorizado o uso do CT-e" in m.exigir("cte", "cstat").stdout


@pytest.mark.requisito("SEFAZ-03")
def test_cstat_que_ninguem_conhece(tmp_path: Path) -> None:
    feito = Maquina(tmp_path).cli("cte", "cstat", "9999")
    assert feito.returncode == 1
    assert "não está na tabela" in feito.stdout + feito.stderr
