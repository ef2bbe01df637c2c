"""Tests what else goes beside the processed file: the company's logo on the DACTE, and the sheet of each event."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from separador.capacidades.dacte import banco as tabela_do_dacte
from separador.capacidades.dacte.servico.impressora import Impressora
from tests.apoio import logos, pdf_lido
from tests.apoio.instalacao import MOTIVO, Instalacao
from tests.integracao.dacte.test_servico import ROTAS_COM_DACTE, NaHora, pdfs


@pytest.fixture
def instalacao(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instalacao]:
    monkeypatch.setattr(Impressora, "_contratar", lambda _: NaHora())
    with Instalacao(tmp_path, rotas=ROTAS_COM_DACTE) as c:
        yield c


def com_logo(instalacao: Instalacao, dados: bytes) -> Path:
    arquivo = instalacao.config.parent / "logo.png"
    arquivo.write_bytes(dados)
    instalacao.empresas[0]["logo"] = "config/logo.png"
    instalacao.gravar_config()
    instalacao.passar(60)
    return arquivo


def figuras(pdf: bytes) -> int:
    return sum(len(p.images) for p in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.requisito("DACTE-05")
def test_o_logotipo_da_empresa_e_sem_ele_quando_o_arquivo_estraga(instalacao: Instalacao) -> None:
    arquivo = com_logo(instalacao, logos.png())
    bom = instalacao.autorizado(1)
    assert figuras(instalacao.ler(2, f"{bom.chave}-dacte.pdf"))
    assert instalacao.falhas() == []

    arquivo.write_bytes(logos.svg("<script>alert(1)</script>"))
    sem = instalacao.autorizado(2)
    assert figuras(instalacao.ler(2, f"{sem.chave}-dacte.pdf")) == 0
    falha = instalacao.falha("SEP-DACTE-LOGO")
    assert "impresso sem ele" in falha["motivo"]
    assert "tem um script" in falha["motivo"]
    assert instalacao.falhas() == ["SEP-DACTE-LOGO"]

    arquivo.unlink()
    instalacao.autorizado(3)
    assert "o arquivo ou a pasta não existe" in instalacao.falha("SEP-DACTE-LOGO")["motivo"]
    assert len(pdfs(instalacao)) == 3

    arquivo.write_bytes(logos.SVG)
    instalacao.autorizado(4)
    assert instalacao.falhas() == []


@pytest.mark.requisito("DACTE-06")
def test_a_folha_do_cancelamento_ao_lado_do_evento_processado(instalacao: Instalacao) -> None:
    c = instalacao.cancelando(1)
    instalacao.responder_evento(c)
    assert instalacao.situacao(c.chave) == "CANCELADO"
    nome = f"{c.chave}_110111_001"
    assert {f"{nome}-procEventoCTe.xml", f"{nome}-evento.pdf"} <= set(instalacao.nomes(2))
    lido = " ".join(t for f in pdf_lido.textos(instalacao.ler(2, f"{nome}-evento.pdf")) for t in f)
    assert "CANCELAMENTO" in lido
    assert MOTIVO in lido
    assert instalacao.falhas() == []
    assert not tabela_do_dacte.proximas(instalacao.banco, 9)


@pytest.mark.requisito("DACTE-06")
def test_o_dacte_que_espera_sai_do_documento_tambem_depois_do_evento(
    instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest fiscal copy is then that of the event: each print takes its own file."""
    with monkeypatch.context() as parado:
        parado.setattr(Impressora, "passo", lambda *_: False)
        parado.setattr(Impressora, "pode_mover", lambda _: False)
        c = instalacao.cancelando(1)
        instalacao.responder_evento(c)
        assert len(tabela_do_dacte.proximas(instalacao.banco, 9)) == 2
    instalacao.passar(60)
    assert pdfs(instalacao) == [f"{c.chave}-dacte.pdf", f"{c.chave}_110111_001-evento.pdf"]
    assert "CANCELADO" in " ".join(t for f in pdf_lido.textos(instalacao.ler(2, f"{c.chave}-dacte.pdf")) for t in f)


@pytest.mark.requisito("DACTE-06")
def test_evento_recusado_ou_rota_sem_dacte_nao_tem_folha(instalacao: Instalacao, tmp_path: Path) -> None:
    c = instalacao.cancelamento_rejeitado(1)
    assert [n for n in pdfs(instalacao) if n.endswith("-evento.pdf")] == []
    assert c.chave
    with Instalacao(tmp_path / "outra") as sem:
        sem.responder_evento(sem.cancelando(2))
        assert pdfs(sem) == []


@pytest.mark.requisito("DACTE-06")
def test_folha_de_evento_que_falha_vira_falha_e_nao_toca_no_evento(
    instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quebra(*_: object) -> bytes:
        raise ZeroDivisionError("sem tinta")

    monkeypatch.setattr("separador.capacidades.dacte.papel.imprimir_evento", quebra)
    c = instalacao.cancelando(1)
    instalacao.responder_evento(c)
    assert instalacao.situacao(c.chave) == "CANCELADO"
    assert f"{c.chave}_110111_001-procEventoCTe.xml" in instalacao.nomes(2)
    falha = instalacao.falha("SEP-DACTE-EVENTO")
    assert "sem tinta" in falha["motivo"]
    assert "cte evento imprimir" in falha["o_que_fazer"]
    assert not tabela_do_dacte.proximas(instalacao.banco, 9)
