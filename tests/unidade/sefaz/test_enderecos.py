"""Tests the table of addresses: complete, equal to nfelib's with one exception, and correctable by a file."""

from pathlib import Path

import pytest
from nfelib.cte.client.v4_0.servers import Endpoint, servers

from separador.capacidades.sefaz.rede.enderecos import AN, Enderecos, EnderecosError
from separador.capacidades.sefaz.rede.porta import Servico
from separador.fiscal.regras.enderecos_qrcode import url_qrcode
from separador.fiscal.regras.ufs import CODIGO_UF, SVC
from tests.apoio.autoridade import CNPJ

DE_NFELIB = {
    Endpoint.CTERECEPCAOSINCV4: Servico.RECEPCAO_CTE,
    Endpoint.CTERECEPCAOSIMPV4: Servico.RECEPCAO_SIMP,
    Endpoint.CTERECEPCAOOSV4: Servico.RECEPCAO_OS,
    Endpoint.CTERECEPCAOGTVEV4: Servico.RECEPCAO_GTVE,
    Endpoint.CTECONSULTAV4: Servico.CONSULTA,
    Endpoint.CTESTATUSSERVICOV4: Servico.STATUS,
    Endpoint.CTERECEPCAOEVENTOV4: Servico.EVENTO,
}
DOCUMENTOS = frozenset(Servico) - {Servico.DISTRIBUICAO}


@pytest.fixture(scope="module")
def tabela() -> Enderecos:
    return Enderecos.carregar()


def chave(uf: str, tp_emis: str = "1") -> str:
    return f"{CODIGO_UF[uf]}2611{CNPJ}57001000000123{tp_emis}123456780"


@pytest.mark.requisito("SEFAZ-01")
def test_todos_os_servicos_de_todos_os_estados_nos_dois_ambientes(tabela: Enderecos) -> None:
    for uf in CODIGO_UF:
        for tp_amb in "12":
            for servico in DOCUMENTOS:
                url = tabela.url(servico, tabela.autorizador(uf), tp_amb)
                assert url is not None
                assert url.startswith("https://")
                assert ("homolog" in url or "hcte" in url) is (tp_amb == "2"), url


@pytest.mark.requisito("SEFAZ-01")
@pytest.mark.parametrize(("ambiente", "tp_amb"), [("prod_endpoints", "1"), ("dev_endpoints", "2")])
def test_e_igual_a_tabela_do_nfelib(tabela: Enderecos, ambiente: str, tp_amb: str) -> None:
    """The one difference is `?wsdl`, which nfelib keeps in addresses of MT and PR: that is the description's address,
    not the service's."""
    assert {"MG", "MS", "MT", "PR", "RS", "SP", "SVRS", "SVSP"} <= set(servers)
    comparados = 0
    for autorizador, dados in servers.items():
        if autorizador == AN:
            continue
        for ponto, servico in DE_NFELIB.items():
            deles = dados[ambiente].get(ponto)  # type: ignore[literal-required]
            assert deles is not None, (autorizador, ponto)
            if autorizador in ("MT", "PR"):
                deles = deles.removesuffix("?wsdl")
            assert tabela.url(servico, autorizador, tp_amb) == deles, (autorizador, servico)
            comparados += 1
        qr = dados[ambiente].get(Endpoint.QRCODE)  # type: ignore[literal-required]
        assert tabela.tabela[autorizador][{"1": "producao", "2": "homologacao"}[tp_amb]]["qrcode"] == qr
    assert comparados >= 8 * len(DE_NFELIB)


def test_o_qr_code_e_o_mesmo_que_a_regra_851_confere(tabela: Enderecos) -> None:
    for uf, codigo in CODIGO_UF.items():
        for tp_amb in "12":
            assert tabela.qr(uf, tp_amb) == tabela.qr(codigo, tp_amb) == url_qrcode(uf, tp_amb)


@pytest.mark.requisito("SEFAZ-06")
def test_quem_autoriza_a_chave(tabela: Enderecos) -> None:
    assert tabela.autorizador_de(chave("SP")) == "SP"
    assert tabela.autorizador_de(chave("PE")) == "SVSP"
    assert tabela.autorizador_de(chave("AC")) == "SVRS"
    for uf in CODIGO_UF:
        assert tabela.autorizador_de(chave(uf, SVC[uf])) == {"7": "SVC-RS", "8": "SVC-SP"}[SVC[uf]], uf
    assert tabela.url(Servico.STATUS, "SVC-RS", "1") == tabela.url(Servico.STATUS, "RS", "1")
    assert tabela.url(Servico.EVENTO, "SVC-SP", "2") == tabela.url(Servico.EVENTO, "SP", "2")


def test_gtv_e_nao_tem_svc_e_distribuicao_so_no_ambiente_nacional(tabela: Enderecos) -> None:
    assert tabela.url(Servico.RECEPCAO_GTVE, "SVC-RS", "1") is None
    assert tabela.url(Servico.DISTRIBUICAO, "SP", "1") is None
    url = tabela.url(Servico.DISTRIBUICAO, AN, "1")
    assert url == "https://www1.cte.fazenda.gov.br/CTeDistribuicaoDFe/CTeDistribuicaoDFe.asmx"


def test_no_simulado_tudo_fica_nesta_maquina_menos_o_qr_code() -> None:
    local = Enderecos.carregar(simulador="https://127.0.0.1:8443")
    base = "https://127.0.0.1:8443"
    assert local.url(Servico.CONSULTA, "SP", "2") == f"{base}/ws/CTeConsultaV4"
    assert local.url(Servico.CONSULTA, "SVC-RS", "2") == f"{base}/svc/CTeConsultaV4"
    assert local.url(Servico.DISTRIBUICAO, AN, "2") == f"{base}/an/CTeDistribuicaoDFe"
    assert local.url(Servico.RECEPCAO_GTVE, "SVC-RS", "2") is None
    assert local.qr("SP", "2") == url_qrcode("SP", "2")


def test_sobreposicao_muda_so_o_que_diz(tmp_path: Path, tabela: Enderecos) -> None:
    arquivo = tmp_path / "outros.yaml"
    arquivo.write_text(
        "autorizadores:\n  RS: {producao: {status: https://novo.rs/Status}}\n"
        "estados: {BA: RS}\ncontingencia: {BA: SVC-RS}\n"
    )
    mudada = Enderecos.carregar(arquivo)
    for autorizador in ("RS", "SVRS", "SVC-RS"):
        assert mudada.url(Servico.STATUS, autorizador, "1") == "https://novo.rs/Status"
        assert mudada.url(Servico.STATUS, autorizador, "2") == tabela.url(Servico.STATUS, autorizador, "2")
    assert (mudada.autorizador("BA"), mudada.svc("29")) == ("RS", "SVC-RS")
    assert Enderecos.carregar() == tabela


@pytest.mark.parametrize(
    ("texto", "trecho"),
    [
        ("autorizadores: {RS: {producao: {statos: https://a.b/c}}}", 'você quis dizer "status"'),
        ("autorizadores: {RS: {produção: {}}}", 'você quis dizer "producao"'),
        ("autorizadores: {RS: {producao: {status: http://a.b/c}}}", "https://"),
        ("autorizadores: {RS: {producao: {status: 5}}}", "https://"),
        ("autorizadores: {RS: 5}", "chave: valor"),
        ("estados: {SX: RS}", "não existe"),
        ("estados: {SP: SVXX}", "não existe"),
        ("enderecos: {}", "não existe"),
        ("- a", "chave: valor"),
        ("a: [", "YAML"),
        ("", "chave: valor"),
    ],
)
def test_cada_erro_da_sobreposicao_e_dito(tmp_path: Path, texto: str, trecho: str) -> None:
    arquivo = tmp_path / "outros.yaml"
    arquivo.write_text(texto)
    with pytest.raises(EnderecosError, match=trecho) as erro:
        Enderecos.carregar(arquivo)
    assert "outros.yaml" in str(erro.value)


def test_sobreposicao_que_nao_existe(tmp_path: Path) -> None:
    with pytest.raises(EnderecosError, match="não consegui ler"):
        Enderecos.carregar(tmp_path / "nada.yaml")
