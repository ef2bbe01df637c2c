"""Tests bad lines and certificates: documents wait, in order, and go by themselves."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from separador.capacidades.sefaz.servico.passo import Transmissao
from separador.demonstracao import exportacoes as ex
from tests.apoio.casa_de_rede import AGUARDANDO, AUTORIZADO, CasaDeRede

Fazer = Callable[..., CasaDeRede]


@pytest.mark.requisito("SEFAZ-06")
def test_conexao_recusada_espera_em_ordem_e_segue_sozinha(fazer_casa: Fazer) -> None:
    casa = fazer_casa(sefaz_config={"em_voo": 1})
    casa.sefaz.parar()
    chaves = [casa.exportar(n).chave for n in range(20, 25)]
    casa.passar(600)
    assert casa.falhas() == ["SEP-SEFAZ-FORA"]  # one failure, not one per document
    assert {casa.situacao(c) for c in chaves} <= {"NÃO ENVIADO", AGUARDANDO}
    casa.sefaz.ligar()
    casa.passar(300)
    assert {casa.situacao(c) for c in chaves} == {AUTORIZADO}
    assert [d["chave"] for d in sorted(casa.sefaz.razao()["documentos"], key=lambda d: d["nprot"])] == chaves
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-06")
def test_nome_que_nao_se_resolve(casa: CasaDeRede) -> None:
    bom = casa.opcoes["sefaz"]["simulador"]
    casa.gravar_config(sefaz=casa.opcoes["sefaz"] | {"simulador": "https://sefaz.invalid:8443"})
    casa.passar(1)
    e = casa.exportar(26)
    assert casa.falhas() == ["SEP-SEFAZ-FORA"]
    casa.gravar_config(sefaz=casa.opcoes["sefaz"] | {"simulador": bom})
    casa.passar(300)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-01")
def test_G6_servidor_que_nao_se_conhece(casa: CasaDeRede) -> None:
    ca = casa.opcoes["sefaz"].pop("ca")
    casa.gravar_config()
    casa.passar(1)
    e = casa.exportar(27)
    assert casa.falhas(), "o TLS tem de ser verificado"
    assert casa.chamadas(e.chave)[0]["estado"] == "pendente"
    casa.gravar_config(sefaz=casa.opcoes["sefaz"] | {"ca": ca})
    casa.passar(900)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-01", "CERT-05")
def test_certificado_vencido_espera_pelo_novo(casa: CasaDeRede) -> None:
    casa.sefaz.parar()
    e = casa.exportar(28)
    vencido_em = casa.agora + timedelta(days=366)
    casa.ponteiros.agora = vencido_em
    casa.passar(700)
    assert "SEP-TRANSMISSAO-CERTIFICADO" in casa.falhas()
    assert casa.situacao(e.chave) == AGUARDANDO


@pytest.mark.requisito("SEFAZ-04")
def test_muitos_sem_resposta_contam_como_fora_do_ar(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "queda-antes"}, sefaz_config={"em_voo": 2})
    chaves = []
    for n in range(30, 50):
        e = ex.cte(n, agora=casa.agora, variante="uma-nota")
        casa.por(1, e.nome, e.dados)
        chaves.append(e.chave)
    casa.rodar()
    assert "SEP-SEFAZ-FORA" in casa.falhas()
    enviadas = [c for c in chaves if casa.chamadas(c, "documento")[0]["tentativas"]]
    assert len(enviadas) <= 6  # the others wait instead of becoming unknown one by one
    casa.sefaz.roteiro()
    for _ in range(60):
        casa.passar(60)
    assert {casa.situacao(c) for c in chaves} == {AUTORIZADO}
    assert all(d["autorizacoes"] == 1 for d in casa.sefaz.razao()["documentos"])
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-01", "CERT-05")
def test_certificado_que_some_e_volta(casa: CasaDeRede) -> None:
    casa.sefaz.parar()
    e = casa.exportar(95)
    arquivo = casa.config.parent / "11222333000181.pfx"
    dados = arquivo.read_bytes()
    arquivo.unlink()
    casa.passar(30)
    assert "SEP-TRANSMISSAO-CERTIFICADO" in casa.falhas()
    casa.sefaz.ligar()
    arquivo.write_bytes(dados)
    casa.passar(30)
    casa.passar(300)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-01", "SEFAZ-04")
def test_certificado_que_o_servidor_recusa(casa: CasaDeRede, tmp_path: Path) -> None:
    """In TLS 1.3 the refusal comes after the request was written. It is looked up: the request may have arrived."""
    casa.sefaz.parar()
    outra = tmp_path / "outra-ca.pem"
    outra.write_bytes(casa.sefaz.ca.read_bytes())
    casa.sefaz._ca_clientes = outra
    casa.sefaz.ligar()
    e = casa.exportar(96)
    assert "SEP-TRANSMISSAO-CERTIFICADO" in casa.falhas()
    assert casa.situacao(e.chave) == AGUARDANDO
    casa.sefaz.parar()
    casa.sefaz._ca_clientes = None
    casa.sefaz.ligar()
    casa.ate(e.chave, AUTORIZADO, passo_s=120)
    assert casa.na_sefaz(e.chave)["autorizacoes"] == 1
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-01")
def test_certificado_de_outra_filial_da_mesma_empresa_serve(casa: CasaDeRede) -> None:
    linha = casa.ciclo.parte(Transmissao)._linha
    assert linha.dono("11222333000181") == "11222333000181"
    assert linha.dono("11222333000262") == "11222333000181"  # 213: the same base
    assert linha.dono("99888777000166") is None
    assert "A1" in linha.porque_sem_certificado("99888777000166")


@pytest.mark.requisito("NOM-01", "NOM-02")
def test_perfil_uninfe_pela_rede(fazer_casa: Fazer) -> None:
    rotas = [
        {"id": 1, "ativo": True, "regra": "cte-envio", "origem": "Envio", "destino": "nada",
         "arquivo": ["-cte.xml", "-ped-eve.xml"], "autorizados": "Enviados/Autorizados", "retorno": "Retorno"},
        {"id": 3, "ativo": True, "regra": "pedido", "origem": "Pedidos", "destino": "Retorno", "arquivo": ".json"},
    ]  # fmt: skip
    casa = fazer_casa(perfil_nomes="uninfe", rotas=rotas)
    e = ex.cte(97, agora=casa.agora, variante="uma-nota")
    casa.soltar(1, "nota97-cte.xml", e.dados)
    assert casa.situacao(e.chave) == AUTORIZADO, casa.falhas()
    assert casa.nomes(casa.pasta / "Retorno") == ["nota97-pro-rec.xml"]
    assert casa.nomes(casa.pasta / "Enviados" / "Autorizados" / "202611") == [f"{e.chave}-procCTe.xml"]
    assert casa.nomes(1) == []
