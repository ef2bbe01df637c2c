"""Tests bad lines and certificates: documents wait, in order, and go by themselves."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from separador.capacidades.sefaz.servico.passo import Transmissao
from separador.demonstracao import exportacoes as ex
from tests.apoio.instalacao_em_rede import AGUARDANDO, AUTORIZADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]


@pytest.mark.requisito("SEFAZ-06")
def test_conexao_recusada_espera_em_ordem_e_segue_sozinha(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(sefaz_config={"em_voo": 1})
    instalacao.sefaz.parar()
    chaves = [instalacao.exportar(n).chave for n in range(20, 25)]
    instalacao.passar(600)
    assert instalacao.falhas() == ["SEP-SEFAZ-FORA"]  # one failure, not one per document
    assert {instalacao.situacao(c) for c in chaves} <= {"NÃO ENVIADO", AGUARDANDO}
    instalacao.sefaz.ligar()
    instalacao.passar(300)
    assert {instalacao.situacao(c) for c in chaves} == {AUTORIZADO}
    assert [d["chave"] for d in sorted(instalacao.sefaz.razao()["documentos"], key=lambda d: d["nprot"])] == chaves
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-06")
def test_nome_que_nao_se_resolve(instalacao: InstalacaoEmRede) -> None:
    bom = instalacao.opcoes["sefaz"]["simulador"]
    instalacao.gravar_config(sefaz=instalacao.opcoes["sefaz"] | {"simulador": "https://sefaz.invalid:8443"})
    instalacao.passar(1)
    e = instalacao.exportar(26)
    assert instalacao.falhas() == ["SEP-SEFAZ-FORA"]
    instalacao.gravar_config(sefaz=instalacao.opcoes["sefaz"] | {"simulador": bom})
    instalacao.passar(300)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-01")
def test_servidor_que_nao_se_conhece(instalacao: InstalacaoEmRede) -> None:
    ca = instalacao.opcoes["sefaz"].pop("ca")
    instalacao.gravar_config()
    instalacao.passar(1)
    e = instalacao.exportar(27)
    assert instalacao.falhas(), "o TLS tem de ser verificado"
    assert instalacao.chamadas(e.chave)[0]["estado"] == "pendente"
    instalacao.gravar_config(sefaz=instalacao.opcoes["sefaz"] | {"ca": ca})
    instalacao.passar(900)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-01", "CERT-05")
def test_certificado_vencido_espera_pelo_novo(instalacao: InstalacaoEmRede) -> None:
    instalacao.sefaz.parar()
    e = instalacao.exportar(28)
    vencido_em = instalacao.agora + timedelta(days=366)
    instalacao.ponteiros.agora = vencido_em
    instalacao.passar(700)
    assert "SEP-TRANSMISSAO-CERTIFICADO" in instalacao.falhas()
    assert instalacao.situacao(e.chave) == AGUARDANDO


@pytest.mark.requisito("SEFAZ-04")
def test_muitos_sem_resposta_contam_como_fora_do_ar(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "queda-antes"}, sefaz_config={"em_voo": 2})
    chaves = []
    for n in range(30, 50):
        e = ex.cte(n, agora=instalacao.agora, variante="uma-nota")
        instalacao.por(1, e.nome, e.dados)
        chaves.append(e.chave)
    instalacao.rodar()
    assert "SEP-SEFAZ-FORA" in instalacao.falhas()
    enviadas = [c for c in chaves if instalacao.chamadas(c, "documento")[0]["tentativas"]]
    assert len(enviadas) <= 6  # the others wait instead of becoming unknown one by one
    instalacao.sefaz.roteiro()
    for _ in range(60):
        instalacao.passar(60)
    assert {instalacao.situacao(c) for c in chaves} == {AUTORIZADO}
    assert all(d["autorizacoes"] == 1 for d in instalacao.sefaz.razao()["documentos"])
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-01", "CERT-05")
def test_certificado_que_some_e_volta(instalacao: InstalacaoEmRede) -> None:
    instalacao.sefaz.parar()
    e = instalacao.exportar(95)
    arquivo = instalacao.config.parent / "11222333000181.pfx"
    dados = arquivo.read_bytes()
    arquivo.unlink()
    instalacao.passar(30)
    assert "SEP-TRANSMISSAO-CERTIFICADO" in instalacao.falhas()
    instalacao.sefaz.ligar()
    arquivo.write_bytes(dados)
    instalacao.passar(30)
    instalacao.passar(300)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-01", "SEFAZ-04")
def test_certificado_que_o_servidor_recusa(instalacao: InstalacaoEmRede, tmp_path: Path) -> None:
    """In TLS 1.3 the refusal comes after the request was written. It is looked up: the request may have arrived."""
    instalacao.sefaz.parar()
    outra = tmp_path / "outra-ca.pem"
    outra.write_bytes(instalacao.sefaz.ca.read_bytes())
    instalacao.sefaz._ca_clientes = outra
    instalacao.sefaz.ligar()
    e = instalacao.exportar(96)
    assert "SEP-TRANSMISSAO-CERTIFICADO" in instalacao.falhas()
    assert instalacao.situacao(e.chave) == AGUARDANDO
    instalacao.sefaz.parar()
    instalacao.sefaz._ca_clientes = None
    instalacao.sefaz.ligar()
    instalacao.ate(e.chave, AUTORIZADO, passo_s=120)
    assert instalacao.na_sefaz(e.chave)["autorizacoes"] == 1
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-01")
def test_certificado_de_outra_filial_da_mesma_empresa_serve(instalacao: InstalacaoEmRede) -> None:
    linha = instalacao.ciclo.parte(Transmissao)._linha
    assert linha.dono("11222333000181") == "11222333000181"
    assert linha.dono("11222333000262") == "11222333000181"  # 213: the same base
    assert linha.dono("99888777000166") is None
    assert "A1" in linha.porque_sem_certificado("99888777000166")


@pytest.mark.requisito("NOM-01", "NOM-02")
def test_perfil_uninfe_pela_rede(fazer_instalacao: Fazer) -> None:
    rotas = [
        {"id": 1, "ativo": True, "regra": "cte-envio", "origem": "Envio", "destino": "nada",
         "arquivo": ["-cte.xml", "-ped-eve.xml"], "autorizados": "Enviados/Autorizados", "retorno": "Retorno"},
        {"id": 3, "ativo": True, "regra": "pedido", "origem": "Pedidos", "destino": "Retorno", "arquivo": ".json"},
    ]  # fmt: skip
    instalacao = fazer_instalacao(perfil_nomes="uninfe", rotas=rotas)
    e = ex.cte(97, agora=instalacao.agora, variante="uma-nota")
    instalacao.soltar(1, "nota97-cte.xml", e.dados)
    assert instalacao.situacao(e.chave) == AUTORIZADO, instalacao.falhas()
    assert instalacao.nomes(instalacao.pasta / "Retorno") == ["nota97-pro-rec.xml"]
    assert instalacao.nomes(instalacao.pasta / "Enviados" / "Autorizados" / "202611") == [f"{e.chave}-procCTe.xml"]
    assert instalacao.nomes(1) == []
