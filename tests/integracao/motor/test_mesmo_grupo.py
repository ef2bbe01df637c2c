"""Tests two files about one thing in the same group, and claims whose folder was not well when the service started."""

import shutil
from pathlib import Path

import pytest

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from tests.apoio.casa_de_teste import MOTIVO, CasaDeTeste


@pytest.mark.requisito("CTE-01", "CTE-02")
def test_duas_versoes_de_uma_chave_no_mesmo_grupo_so_a_primeira_sai(casa: CasaDeTeste) -> None:
    boa = ex.cte(801, agora=casa.agora, variante="uma-nota")
    outra = boa.dados.replace(b"<proPred>", b"<proPred>Z")
    assert outra != boa.dados
    casa.por(1, "a-cte.xml", boa.dados)
    casa.por(1, "b-cte.xml", outra)
    casa.rodar()
    assert casa.nomes(1) == [f"{boa.chave}-cte.xml"]
    assert casa.situacao(boa.chave) == "AGUARDANDO RETORNO"
    assert casa.desfecho("a-cte.xml") == "entregue"
    assert casa.desfecho("b-cte.xml") == "recusado"
    assert casa.falhas(boa.chave) == ["SEP-CHAVE-OUTRO-CONTEUDO"]


@pytest.mark.requisito("CTE-04", "NOM-02")
def test_rejeitado_solto_duas_vezes_no_mesmo_grupo_sai_uma_vez(casa: CasaDeTeste) -> None:
    e = casa.enviado(802)
    casa.rejeitar(e)
    casa.por(1, "x-cte.xml", e.exportacao.dados)
    casa.por(1, "y-cte.xml", e.exportacao.dados)
    casa.rodar()
    assert casa.nomes(1) == [e.nome]
    assert (casa.desfecho("x-cte.xml"), casa.desfecho("y-cte.xml")) == ("entregue", "duplicado")


@pytest.mark.requisito("CTE-04")
def test_duas_ordens_de_envio_no_mesmo_grupo_entregam_uma_vez(casa: CasaDeTeste) -> None:
    e = casa.enviado(803)
    casa.rejeitar(e)
    for nome in ("p1.json", "p2.json"):
        casa.por(3, nome, ev.pedido("enviar", e.chave, motivo=None).dados)
    casa.rodar()
    assert casa.nomes(1) == [e.nome]
    assert [casa.json(3, f"{p}-ret.json")["resultado"] for p in ("p1", "p2")] == ["feito", "recusado"]


@pytest.mark.requisito("CTE-08")
def test_cancelar_e_estornar_no_mesmo_grupo_nada_sai(casa: CasaDeTeste) -> None:
    e = casa.autorizado(804)
    casa.por(3, "p1.json", ev.pedido("cancelar", e.chave, motivo=MOTIVO).dados)
    casa.por(3, "p2.json", ev.pedido("estornar", e.chave, motivo=None).dados)
    casa.rodar()
    assert casa.nomes(1) == []
    assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert "retirado antes de ser transmitido" in casa.json(3, "p2-ret.json")["mensagem"]


@pytest.mark.requisito("SEP-08")
def test_D5_um_arquivo_sem_pasta_de_resposta_nao_perde_o_que_ja_estava_pronto_do_grupo(casa: CasaDeTeste) -> None:
    boa = ex.cte(805, agora=casa.agora, variante="uma-nota")
    casa.rodar()
    shutil.rmtree(casa.destino(2) / ".separador")
    casa.por(1, "a-cte.xml", boa.dados)
    casa.por(1, "b-cte.xml", b"<x/>")
    casa.rodar()
    assert casa.nomes(1) == [f"{boa.chave}-cte.xml"], "o que o processo de trabalho preparou sumiu com o grupo"
    assert casa.situacao(boa.chave) == "AGUARDANDO RETORNO"


@pytest.mark.requisito("NOM-01")
@pytest.mark.parametrize("nome", ["a" * 251 + ".txt", "\u00e9" * 125 + ".txt"])
def test_F6_nome_no_limite_ja_ocupado_ganha_numero(casa: CasaDeTeste, nome: str) -> None:
    casa.rotas.append({"id": 9, "ativo": True, "regra": "mover", "origem": "inbox/longos", "destino": "outbox/longos",
                       "arquivo": [".txt"], "envio": "automatico"})  # fmt: skip
    casa.gravar_config()
    casa.passar(2)
    (casa.destino(9) / nome).write_bytes(b"de outro")
    casa.soltar(9, nome, b"nosso")
    assert sorted((casa.destino(9) / n).read_bytes() for n in casa.nomes(9)) == [b"de outro", b"nosso"]
    assert (casa.destino(9) / nome).read_bytes() == b"de outro"


@pytest.mark.requisito("SEP-02", "SEP-04")
def test_W3_disco_cheio_no_inicio_o_que_estava_em_trabalho_segue_quando_ha_espaco(casa: CasaDeTeste) -> None:
    boa = ex.cte(806, agora=casa.agora, variante="uma-nota")
    casa.rodar()
    casa.fechar()
    _em_trabalho(casa, "a-cte.xml", boa.dados)
    casa.gravar_config(reserva_disco_mb=10**9)
    casa.abrir()
    casa.rodar()
    assert "SEP-ROTA-AUSENTE" not in casa.falhas(), "a rota está lá; quem falta é o espaço"
    casa.gravar_config(reserva_disco_mb=0)
    casa.passar(2)
    casa.passar(2)
    assert casa.nomes(1) == [f"{boa.chave}-cte.xml"]
    assert casa.falhas() == []


@pytest.mark.requisito("SEP-02")
def test_B6_retido_nao_e_tentado_enquanto_a_origem_nao_esta_bem(casa: CasaDeTeste) -> None:
    for pfx in casa.config.parent.glob("*.pfx"):
        pfx.unlink()
    casa.fechar()
    casa.abrir()
    boa = ex.cte(807, agora=casa.agora, variante="uma-nota")
    casa.soltar(1, "a-cte.xml", boa.dados)
    assert casa.arquivo("a-cte.xml")["espera_por"]
    propria = casa.origem(1) / ".separador"
    propria.rename(casa.pasta / "longe")
    casa.passar(2)
    trabalho = Path(casa.arquivo("a-cte.xml")["trabalho"])
    trabalho.rename(casa.pasta / "trabalho-longe")
    for _ in range(5):
        casa.passar(61)
    (casa.pasta / "trabalho-longe").rename(trabalho)
    (casa.pasta / "longe").rename(propria)
    assert casa.desfecho("a-cte.xml") is None
    casa.por_certificado()
    casa.passar(2)
    casa.passar(61)
    assert casa.nomes(1) == [f"{boa.chave}-cte.xml"]


@pytest.mark.requisito("SEP-05")
def test_origem_cujo_nome_comeca_pelo_de_outra_nao_pisca_nas_falhas(casa: CasaDeTeste) -> None:
    casa.rotas.append({"id": 9, "ativo": True, "regra": "mover", "origem": "inbox/cte-os", "destino": "outbox/cte-os",
                       "arquivo": [".txt"], "envio": "automatico"})  # fmt: skip
    casa.gravar_config()
    casa.passar(2)
    shutil.rmtree(casa.origem(9) / ".separador")
    casa.passar(2)
    antes = [f["id"] for f in casa.banco.todas("SELECT id FROM falha WHERE encerrada_em IS NULL")]
    assert antes
    for _ in range(3):
        casa.passar(2)
    assert [f["id"] for f in casa.banco.todas("SELECT id FROM falha WHERE encerrada_em IS NULL")] == antes


def _em_trabalho(casa: CasaDeTeste, nome: str, dados: bytes) -> None:
    lote = casa.dados / "trabalho" / "1-000000000000000000"
    lote.mkdir(parents=True)
    (lote / nome).write_bytes(dados)
