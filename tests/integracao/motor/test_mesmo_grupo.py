"""Tests two files about one thing in the same group, and claims whose folder was not well when the service started."""

import shutil

import pytest

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from tests.apoio.instalacao import MOTIVO, Instalacao


@pytest.mark.requisito("CTE-01", "CTE-02")
def test_duas_versoes_de_uma_chave_no_mesmo_grupo_so_a_primeira_sai(instalacao: Instalacao) -> None:
    boa = ex.cte(801, agora=instalacao.agora, variante="uma-nota")
    outra = boa.dados.replace(b"<proPred>", b"<proPred>Z")
    assert outra != boa.dados
    instalacao.por(1, "a-cte.xml", boa.dados)
    instalacao.por(1, "b-cte.xml", outra)
    instalacao.rodar()
    assert instalacao.nomes(1) == [f"{boa.chave}-cte.xml"]
    assert instalacao.situacao(boa.chave) == "AGUARDANDO RETORNO"
    assert instalacao.desfecho("a-cte.xml") == "entregue"
    assert instalacao.desfecho("b-cte.xml") == "recusado"
    assert instalacao.falhas(boa.chave) == ["SEP-CHAVE-OUTRO-CONTEUDO"]


@pytest.mark.requisito("CTE-04", "NOM-02")
def test_rejeitado_solto_duas_vezes_no_mesmo_grupo_sai_uma_vez(instalacao: Instalacao) -> None:
    e = instalacao.enviado(802)
    instalacao.rejeitar(e)
    instalacao.por(1, "x-cte.xml", e.exportacao.dados)
    instalacao.por(1, "y-cte.xml", e.exportacao.dados)
    instalacao.rodar()
    assert instalacao.nomes(1) == [e.nome]
    assert (instalacao.desfecho("x-cte.xml"), instalacao.desfecho("y-cte.xml")) == ("entregue", "duplicado")


@pytest.mark.requisito("CTE-04")
def test_duas_ordens_de_envio_no_mesmo_grupo_entregam_uma_vez(instalacao: Instalacao) -> None:
    e = instalacao.enviado(803)
    instalacao.rejeitar(e)
    for nome in ("p1.json", "p2.json"):
        instalacao.por(3, nome, ev.pedido("enviar", e.chave, motivo=None).dados)
    instalacao.rodar()
    assert instalacao.nomes(1) == [e.nome]
    assert [instalacao.json(3, f"{p}-ret.json")["resultado"] for p in ("p1", "p2")] == ["feito", "recusado"]


@pytest.mark.requisito("CTE-08")
def test_cancelar_e_estornar_no_mesmo_grupo_nada_sai(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(804)
    instalacao.por(3, "p1.json", ev.pedido("cancelar", e.chave, motivo=MOTIVO).dados)
    instalacao.por(3, "p2.json", ev.pedido("estornar", e.chave, motivo=None).dados)
    instalacao.rodar()
    assert instalacao.nomes(1) == []
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert "retirado antes de ser transmitido" in instalacao.json(3, "p2-ret.json")["mensagem"]


@pytest.mark.requisito("SEP-08")
def test_um_arquivo_sem_pasta_de_resposta_nao_perde_o_que_ja_estava_pronto_do_grupo(instalacao: Instalacao) -> None:
    boa = ex.cte(805, agora=instalacao.agora, variante="uma-nota")
    instalacao.rodar()
    shutil.rmtree(instalacao.destino(2) / ".separador")
    instalacao.por(1, "a-cte.xml", boa.dados)
    instalacao.por(1, "b-cte.xml", b"<x/>")
    instalacao.rodar()
    assert instalacao.nomes(1) == [f"{boa.chave}-cte.xml"], "o que o processo de trabalho preparou sumiu com o grupo"
    assert instalacao.situacao(boa.chave) == "AGUARDANDO RETORNO"


@pytest.mark.requisito("NOM-01")
@pytest.mark.parametrize("nome", ["a" * 251 + ".txt", "\u00e9" * 125 + ".txt"])
def test_nome_no_limite_ja_ocupado_ganha_numero(instalacao: Instalacao, nome: str) -> None:
    instalacao.rotas.append({"id": 9, "ativo": True, "regra": "mover", "origem": "inbox/longos",
                             "destino": "outbox/longos", "arquivo": [".txt"], "envio": "automatico"})  # fmt: skip
    instalacao.gravar_config()
    instalacao.passar(2)
    (instalacao.destino(9) / nome).write_bytes(b"de outro")
    instalacao.soltar(9, nome, b"nosso")
    assert sorted((instalacao.destino(9) / n).read_bytes() for n in instalacao.nomes(9)) == [b"de outro", b"nosso"]
    assert (instalacao.destino(9) / nome).read_bytes() == b"de outro"


@pytest.mark.requisito("SEP-02", "SEP-04")
def test_disco_cheio_no_inicio_o_que_estava_em_trabalho_segue_quando_ha_espaco(instalacao: Instalacao) -> None:
    boa = ex.cte(806, agora=instalacao.agora, variante="uma-nota")
    instalacao.rodar()
    instalacao.fechar()
    _em_trabalho(instalacao, "a-cte.xml", boa.dados)
    instalacao.gravar_config(reserva_disco_mb=10**9)
    instalacao.abrir()
    instalacao.rodar()
    assert "SEP-ROTA-AUSENTE" not in instalacao.falhas(), "a rota está lá; quem falta é o espaço"
    instalacao.gravar_config(reserva_disco_mb=0)
    instalacao.passar(2)
    instalacao.passar(2)
    assert instalacao.nomes(1) == [f"{boa.chave}-cte.xml"]
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-02")
def test_retido_nao_e_tentado_enquanto_a_origem_nao_esta_bem(instalacao: Instalacao) -> None:
    for pfx in instalacao.config.parent.glob("*.pfx"):
        pfx.unlink()
    instalacao.fechar()
    instalacao.abrir()
    boa = ex.cte(807, agora=instalacao.agora, variante="uma-nota")
    instalacao.soltar(1, "a-cte.xml", boa.dados)
    assert instalacao.arquivo("a-cte.xml")["espera_por"]
    propria = instalacao.origem(1) / ".separador"
    propria.rename(instalacao.pasta / "longe")
    instalacao.passar(2)
    for _ in range(5):
        instalacao.passar(61)
    (instalacao.pasta / "longe").rename(propria)
    assert instalacao.desfecho("a-cte.xml") is None
    instalacao.por_certificado()
    instalacao.passar(2)
    instalacao.passar(61)
    assert instalacao.nomes(1) == [f"{boa.chave}-cte.xml"]


@pytest.mark.requisito("SEP-05")
def test_origem_cujo_nome_comeca_pelo_de_outra_nao_pisca_nas_falhas(instalacao: Instalacao) -> None:
    instalacao.rotas.append({"id": 9, "ativo": True, "regra": "mover", "origem": "inbox/cte-os",
                             "destino": "outbox/cte-os", "arquivo": [".txt"], "envio": "automatico"})  # fmt: skip
    instalacao.gravar_config()
    instalacao.passar(2)
    shutil.rmtree(instalacao.origem(9) / ".separador")
    instalacao.passar(2)
    antes = [f["id"] for f in instalacao.banco.todas("SELECT id FROM falha WHERE encerrada_em IS NULL")]
    assert antes
    for _ in range(3):
        instalacao.passar(2)
    assert [f["id"] for f in instalacao.banco.todas("SELECT id FROM falha WHERE encerrada_em IS NULL")] == antes


def _em_trabalho(instalacao: Instalacao, nome: str, dados: bytes) -> None:
    lote = instalacao.dados / "trabalho" / "1-000000000000000000"
    lote.mkdir(parents=True)
    (lote / nome).write_bytes(dados)
