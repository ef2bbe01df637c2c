"""Tests that expired is called expired at its second, by apelido and date, also where a document waits for it."""

from datetime import timedelta

import pytest

from separador.capacidades.certificados.servico.por_que_nao_assina import por_que_nao_assina
from separador.demonstracao import exportacoes as ex
from separador.nucleo.chave import cnpj_valido
from tests.apoio.autoridade import AGORA, CNPJ, emitir
from tests.apoio.instalacao_com_cofre import InstalacaoComCofre

RESTA_S = 40.0


def _quase_vencido(com_cofre: InstalacaoComCofre) -> None:
    """Installs a default that ends 40 seconds from now."""
    resta = timedelta(days=1) + timedelta(seconds=RESTA_S)
    com_cofre.instalado(emitir(de=AGORA - timedelta(days=1), dias=resta / timedelta(days=1)), "matriz")
    com_cofre.instalacao.passar(0)


@pytest.mark.requisito("CERT-08")
def test_o_aviso_muda_no_segundo(com_cofre: InstalacaoComCofre) -> None:
    _quase_vencido(com_cofre)
    assert "vence em menos de um dia" in com_cofre.instalacao.falha("SEP-VENCENDO")["motivo"]
    com_cofre.instalacao.passar(RESTA_S + 1)
    assert "SEP-VENCENDO" not in com_cofre.instalacao.falhas()
    assert '"matriz"' in com_cofre.instalacao.falha("SEP-VENCIDO")["motivo"]


@pytest.mark.requisito("CERT-08", "CERT-05")
def test_o_documento_retido_diz_qual_venceu_e_quando(com_cofre: InstalacaoComCofre) -> None:
    _quase_vencido(com_cofre)
    com_cofre.instalacao.passar(RESTA_S + 1)
    e = ex.cte(1, agora=com_cofre.instalacao.agora, variante="uma-nota")
    com_cofre.instalacao.por(1, e.nome, e.dados)
    com_cofre.instalacao.rodar()
    (motivo, fazer) = next(
        (f["motivo"], f["o_que_fazer"])
        for f in com_cofre.instalacao.banco.todas("SELECT * FROM falha WHERE encerrada_em IS NULL")
        if f["chave"] == e.chave
    )
    assert 'O certificado "matriz" de ' in motivo
    assert "venceu em 20/11/2026 12:00:40" in motivo
    assert "separador certificado instalar" in fazer
    com_cofre.instalado(emitir(qual=2, de=AGORA - timedelta(days=1)), "matriz-2027")
    com_cofre.instalacao.rodar()
    assert com_cofre.instalacao.nomes(1) == [f"{e.chave}-cte.xml"]


@pytest.mark.requisito("CERT-08")
def test_dos_vencidos_da_mesma_raiz_e_dito_o_do_proprio_estabelecimento(com_cofre: InstalacaoComCofre) -> None:
    i = com_cofre.instalacao
    filial = next(c for c in (f"{CNPJ[:8]}0002{d:02d}" for d in range(100)) if cnpj_valido(c))
    i.empresas.append({"cnpj": filial, "nome": "FILIAL", "uf": "SP"})
    i.gravar_config()
    com_cofre.instalado(emitir(de=AGORA - timedelta(days=10), dias=11), "da matriz")
    com_cofre.instalado(emitir(filial, de=AGORA - timedelta(days=10), dias=12, qual=1), "da filial", empresa=filial)
    i.rodar()
    i.passar(3 * 86400)
    ditos = {c: por_que_nao_assina(i.ciclo.contexto, c) for c in (CNPJ, filial, f"{CNPJ[:8]}000999")}
    assert '"da matriz"' in str(ditos[CNPJ])
    assert '"da filial" de FILIAL' in str(ditos[filial])
    assert "venceu em" in str(ditos[f"{CNPJ[:8]}000999"])
