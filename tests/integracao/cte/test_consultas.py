"""Tests query files (consSitCTe, consStatServCTe), by network and by the transmitter's folder."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from separador.banco import falhas
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from separador.demonstracao.empresas import OUTRA_TRANSPORTADORA
from tests.apoio.instalacao import AGORA, Instalacao, pasta_rapida
from tests.apoio.instalacao_em_rede import AUTORIZADO, InstalacaoEmRede
from tests.apoio.maquina import ROTAS
from tests.unidade.fiscal.test_consultas import servico, situacao

CONSULTA = {"id": 7, "ativo": True, "regra": "cte-consulta", "origem": "inbox/consulta", "destino": "outbox/consulta",
            "arquivo": ["-ped-sit.xml", "-ped-sta.xml"]}  # fmt: skip
COM_CONSULTA = [*ROTAS, CONSULTA]


@pytest.fixture
def rede(tmp_path: Path) -> Iterator[Callable[..., InstalacaoEmRede]]:
    with pasta_rapida(tmp_path) as pasta, ExitStack() as pilha:
        yield lambda *f, **o: pilha.enter_context(InstalacaoEmRede(pasta, *f, **({"rotas": COM_CONSULTA} | o)))


@pytest.fixture
def pasta(tmp_path: Path) -> Iterator[Callable[..., Instalacao]]:
    with pasta_rapida(tmp_path) as onde, ExitStack() as pilha:
        yield lambda **o: pilha.enter_context(Instalacao(onde, **({"rotas": COM_CONSULTA} | o)))


def saiu(instalacao: Instalacao, nome: str, rota: int = 7) -> bytes:
    """Returns one answer in the destination of a route."""
    return (instalacao.destino(rota) / nome).read_bytes()


def consultas_feitas(instalacao: InstalacaoEmRede) -> int:
    return len(instalacao.sefaz.chamadas("consulta"))


def de_terceiros(numero: int = 9) -> str:
    return ex.chave_cte(numero, agora=AGORA, emitente=OUTRA_TRANSPORTADORA)


class TestPelaRede:
    @pytest.mark.requisito("NOM-01", "NOM-02", "SEFAZ-01")
    def test_situacao_do_nosso_e_respondida_e_aplicada(self, rede: Callable[..., InstalacaoEmRede]) -> None:
        instalacao = rede()
        e = instalacao.exportar(1)
        assert instalacao.situacao(e.chave) == AUTORIZADO
        instalacao.soltar(7, "PERGUNTA-ped-sit.xml", situacao(e.chave, extra="<tpEmis>1</tpEmis>"))
        resposta = saiu(instalacao, "PERGUNTA-sit.xml")
        assert b"<retConsSitCTe" in resposta
        assert f"<chCTe>{e.chave}</chCTe>".encode() in resposta
        assert instalacao.nomes(7) == ["PERGUNTA-sit.xml"]
        assert not falhas.abertas(instalacao.banco)

    @pytest.mark.requisito("NOM-02")
    def test_situacao_de_terceiros_tambem_tem_resposta(self, rede: Callable[..., InstalacaoEmRede]) -> None:
        instalacao = rede()
        instalacao.soltar(7, "x-ped-sit.xml", situacao(de_terceiros()))
        assert b"<cStat>217</cStat>" in saiu(instalacao, "x-sit.xml")
        assert not falhas.abertas(instalacao.banco)

    @pytest.mark.requisito("NOM-01", "SEFAZ-05")
    def test_status_a_cada_tres_minutos_com_a_resposta_guardada(self, rede: Callable[..., InstalacaoEmRede]) -> None:
        instalacao = rede()
        instalacao.soltar(7, "a-ped-sta.xml", servico(raiz="consStatServCte", extra="<tpEmis>1</tpEmis>"))
        instalacao.soltar(7, "b-ped-sta.xml", servico())
        assert b"<cStat>107</cStat>" in saiu(instalacao, "a-sta.xml")
        assert saiu(instalacao, "b-sta.xml") == saiu(instalacao, "a-sta.xml")
        assert len(instalacao.sefaz.chamadas("status")) == 1
        instalacao.passar(181.0)
        instalacao.soltar(7, "c-ped-sta.xml", servico())
        assert len(instalacao.sefaz.chamadas("status")) == 2
        linha = instalacao.banco.uma("SELECT motivo FROM arquivo WHERE nome = ?", b"b-ped-sta.xml")
        assert linha is not None
        assert "resposta guardada" in linha["motivo"]

    @pytest.mark.requisito("SEFAZ-05")
    def test_duas_perguntas_juntas_uma_chamada(self, rede: Callable[..., InstalacaoEmRede]) -> None:
        instalacao = rede()
        instalacao.por(7, "a-ped-sta.xml", servico())
        instalacao.por(7, "b-ped-sta.xml", servico())
        instalacao.rodar()
        assert saiu(instalacao, "b-sta.xml") == saiu(instalacao, "a-sta.xml")
        assert len(instalacao.sefaz.chamadas("status")) == 1

    @pytest.mark.requisito("SEFAZ-05")
    def test_mais_de_dez_por_hora_recebem_a_guardada(self, rede: Callable[..., InstalacaoEmRede]) -> None:
        instalacao = rede()
        for i in range(13):
            instalacao.soltar(7, f"p{i}-ped-sit.xml", situacao(de_terceiros()))
            instalacao.passar(60.0)
        assert consultas_feitas(instalacao) <= 10
        assert [n for n in instalacao.nomes(7) if n.endswith("-sit.xml")] == sorted(f"p{i}-sit.xml" for i in range(13))

    def test_recusa_tem_err_e_json(self, rede: Callable[..., InstalacaoEmRede]) -> None:
        instalacao = rede()
        instalacao.soltar(7, "x-ped-sit.xml", situacao(tp_amb="1"))
        assert instalacao.nomes(7) == ["x-ped-sit.err", "x-ped-sit.json"]
        assert json.loads(saiu(instalacao, "x-ped-sit.json"))["codigo"] == "252"

    def test_sefaz_muda_responde_quando_voltar(self, rede: Callable[..., InstalacaoEmRede]) -> None:
        instalacao = rede()
        instalacao.sefaz.parar()
        instalacao.soltar(7, "x-ped-sit.xml", situacao(de_terceiros()))
        assert instalacao.nomes(7) == []
        instalacao.sefaz.ligar()
        for _ in range(20):
            instalacao.passar(60.0)
        assert instalacao.nomes(7) == ["x-sit.xml"]

    @pytest.mark.requisito("NOM-02", "SEFAZ-04")
    @pytest.mark.parametrize("falha", ["queda-antes", "queda-depois", "html", "raiz-errada", "http", "soap-fault"])
    @pytest.mark.parametrize("nome", ["x-ped-sit.xml", "x-ped-sta.xml"])
    def test_dia_ruim_da_uma_resposta_so(self, rede: Callable[..., InstalacaoEmRede], falha: str, nome: str) -> None:
        instalacao = rede({"falha": falha, "vezes": 2})
        instalacao.soltar(7, nome, situacao(de_terceiros()) if "sit" in nome else servico())
        for _ in range(12):
            instalacao.passar(200.0)
        assert instalacao.nomes(7) == [nome.replace("-ped", "")]
        assert not falhas.abertas(instalacao.banco)

    @pytest.mark.requisito("NOM-02")
    def test_morte_antes_da_resposta(self, rede: Callable[..., InstalacaoEmRede]) -> None:
        instalacao = rede({"falha": "queda-depois", "vezes": 1})
        instalacao.por(7, "x-ped-sit.xml", situacao(de_terceiros()))
        instalacao.rodar()
        instalacao.morrer()
        instalacao.abrir()
        for _ in range(6):
            instalacao.passar(60.0)
        assert instalacao.nomes(7) == ["x-sit.xml"]

    @pytest.mark.requisito("NOM-01")
    def test_na_pasta_de_envio_vale_a_raiz(self, rede: Callable[..., InstalacaoEmRede]) -> None:
        """UniNFe's Envio takes every file, whatever its name."""
        envio = [dict(r) for r in ROTAS]
        envio[0]["arquivo"] = [".xml"]
        instalacao = rede(rotas=envio)
        instalacao.soltar(1, "X-PED-STA.XML", b"\xef\xbb\xbf" + servico())
        retorno = [p.name for p in (instalacao.destino(2)).iterdir() if p.is_file()]
        assert retorno == ["X-sta.xml"]


class TestPorPedido:
    """The order `consultar` about a key that is not ours."""

    @pytest.mark.requisito("NOM-02")
    def test_pela_rede(self, rede: Callable[..., InstalacaoEmRede]) -> None:
        instalacao = rede()
        chave = de_terceiros()
        resposta = instalacao.pedir("consultar", chave)
        assert (resposta["resultado"], resposta["codigo"], resposta["situacao"]) == ("feito", "SEP-CONSULTA", None)
        assert b"<cStat>217</cStat>" in saiu(instalacao, f"{chave}-sit.xml", 2)

    @pytest.mark.requisito("NOM-02")
    def test_pela_pasta(self, pasta: Callable[..., Instalacao]) -> None:
        instalacao = pasta()
        chave = de_terceiros()
        assert instalacao.pedir("consultar", chave)["resultado"] == "feito"
        assert saiu(instalacao, f"{chave}-ped-sit.xml", 1).endswith(situacao(chave))
        instalacao.soltar(2, f"{chave}-sit.xml", _nao_consta())
        assert saiu(instalacao, f"{chave}-sit.xml", 2) == _nao_consta()
        assert not falhas.abertas(instalacao.banco)

    def test_chave_com_digito_errado_nao(self, pasta: Callable[..., Instalacao]) -> None:
        chave = de_terceiros()
        errada = chave[:-1] + str((int(chave[-1]) + 1) % 10)
        assert pasta().pedir("consultar", errada)["codigo"] == "SEP-CHAVE-DESCONHECIDA"


class TestPelaPasta:
    @pytest.mark.requisito("NOM-01", "NOM-02")
    def test_vai_limpa_ao_transmissor_e_a_resposta_volta_com_o_nome(self, pasta: Callable[..., Instalacao]) -> None:
        instalacao = pasta()
        chave = de_terceiros()
        instalacao.soltar(7, "PERGUNTA-ped-sit.xml", situacao(chave, extra="<tpEmis>1</tpEmis>"))
        pedido = saiu(instalacao, "PERGUNTA-ped-sit.xml", 1)
        assert pedido == b'<?xml version="1.0" encoding="UTF-8"?>' + situacao(chave)
        instalacao.soltar(2, "PERGUNTA-sit.xml", _nao_consta())
        assert saiu(instalacao, "PERGUNTA-sit.xml") == _nao_consta()
        assert not falhas.abertas(instalacao.banco)

    @pytest.mark.requisito("NOM-01")
    def test_status(self, pasta: Callable[..., Instalacao]) -> None:
        instalacao = pasta(perfil_nomes="uninfe")
        instalacao.soltar(7, "20261120T1-ped-sta.xml", servico(extra="<tpEmis>1</tpEmis>"))
        assert b"tpEmis" not in saiu(instalacao, "20261120T1-ped-sta.xml", 1)
        resposta = _em_operacao()
        instalacao.soltar(2, "20261120T1-sta.xml", resposta)
        assert saiu(instalacao, "20261120T1-sta.xml") == resposta

    def test_a_do_nosso_documento_tambem_e_aplicada(self, pasta: Callable[..., Instalacao]) -> None:
        instalacao = pasta()
        e = instalacao.enviar(ex.cte(1, agora=AGORA))
        instalacao.soltar(7, "P-ped-sit.xml", situacao(e.exportacao.chave))
        resposta = rt.consulta(e.dados, b"P-ped-sit.xml", agora=AGORA)
        instalacao.soltar(2, "P-sit.xml", resposta.dados)
        assert instalacao.situacao(e.exportacao.chave) == AUTORIZADO
        assert saiu(instalacao, "P-sit.xml") == resposta.dados
        assert not [n for n in instalacao.nomes(2) if n.endswith("-sit.xml")], "uma só resposta"

    def test_sem_resposta_no_prazo_aparece_ate_ela_chegar(self, pasta: Callable[..., Instalacao]) -> None:
        instalacao = pasta(prazo_retorno=600)
        instalacao.soltar(7, "P-ped-sit.xml", situacao(de_terceiros()))
        instalacao.soltar(7, "Q-ped-sta.xml", servico())
        instalacao.soltar(2, "Q-sta.xml", _em_operacao())
        instalacao.passar(700.0)
        instalacao.passar(40.0)
        assert [f["codigo"] for f in falhas.abertas(instalacao.banco)] == ["SEP-CONSULTA-SEM-RESPOSTA"]
        instalacao.soltar(2, "P-sit.xml", _nao_consta())
        assert not falhas.abertas(instalacao.banco)

    def test_erro_do_transmissor_volta_a_quem_perguntou(self, pasta: Callable[..., Instalacao]) -> None:
        instalacao = pasta()
        instalacao.soltar(7, "P-ped-sit.xml", situacao(de_terceiros()))
        instalacao.soltar(2, "P-sit.err", b"ErrorCode|0000000002\r\nMessage|sem internet\r\n")
        assert saiu(instalacao, "P-sit.err") == b"ErrorCode|0000000002\r\nMessage|sem internet\r\n"
        assert not falhas.abertas(instalacao.banco)


def _nao_consta() -> bytes:
    return (
        b'<?xml version="1.0" encoding="UTF-8"?><retConsSitCTe versao="4.00" xmlns="http://www.portalfiscal.inf.br/cte">'
        b"<tpAmb>2</tpAmb><verAplic>x</verAplic><cStat>217</cStat><xMotivo>CTe nao consta na base de dados da SEFAZ"
        b"</xMotivo><cUF>35</cUF></retConsSitCTe>"
    )


def _em_operacao() -> bytes:
    return _nao_consta().replace(b"retConsSitCTe", b"retConsStatServCTe").replace(b"217", b"107")
