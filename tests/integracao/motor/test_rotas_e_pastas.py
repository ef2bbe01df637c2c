"""Tests routes and folders while the service runs: switched, changed, lost, full, unmatched."""

import json
import os
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from separador.demonstracao import exportacoes as ex
from separador.demonstracao.exportacoes import Exportacao
from tests.apoio.casa_de_teste import CasaDeTeste
from tests.apoio.maquina import ROTAS

Fazer = Callable[..., CasaDeTeste]
MOVER = {
    "id": 4,
    "ativo": True,
    "regra": "mover",
    "origem": "inbox/geral",
    "destino": "outbox/geral",
    "arquivo": ".txt",
}


def um(casa: CasaDeTeste, numero: int = 1) -> Exportacao:
    return ex.cte(numero, agora=casa.agora, variante="uma-nota")


@pytest.mark.requisito("SEP-08", "SEP-06")
def test_mover_um_arquivo_comum(casa: CasaDeTeste) -> None:
    casa.por(4, "romaneio.TXT", b"linha\r\n")
    casa.rodar()
    assert casa.ler(4, "romaneio.TXT") == b"linha\r\n"
    assert casa.desfecho("romaneio.TXT") == "entregue"
    assert casa.nomes(2) == [], "rota comum não tem resposta"
    assert casa.falhas() == []


@pytest.mark.requisito("SEP-08")
def test_mover_o_mesmo_nome_de_novo_nunca_cobre(casa: CasaDeTeste) -> None:
    for conteudo in (b"um", b"dois", b"dois"):
        casa.por(4, "a.txt", conteudo)
        casa.rodar()
    assert casa.nomes(4) == ["a.txt", "a~2.txt", "a~3.txt"]
    assert [casa.ler(4, n) for n in casa.nomes(4)] == [b"um", b"dois", b"dois"], "arquivo comum não tem identidade"


@pytest.mark.requisito("SEP-01", "SEP-02")
def test_rota_inativa_nao_se_le_nem_se_escreve(fazer_casa: Fazer) -> None:
    casa = fazer_casa(rotas=[*ROTAS[:3], MOVER | {"ativo": False}])
    assert not casa.origem(4).exists()
    assert not casa.destino(4).exists()
    casa.origem(4).mkdir(parents=True)
    casa.por(4, "a.txt", b"x")
    casa.passar(60)
    assert casa.nomes(casa.origem(4)) == ["a.txt"]
    assert sorted(p.name for p in casa.origem(4).iterdir()) == ["a.txt"]
    assert casa.falhas() == []


@pytest.mark.requisito("SEP-01")
def test_rota_desativada_e_ativada_sem_reiniciar(casa: CasaDeTeste) -> None:
    casa.rotas[3]["ativo"] = False
    casa.gravar_config()
    casa.passar(1)
    casa.por(4, "a.txt", b"x")
    casa.passar(60)
    assert casa.nomes(casa.origem(4)) == ["a.txt"]
    casa.rotas[3]["ativo"] = True
    casa.gravar_config()
    casa.passar(1)
    casa.rodar()
    assert casa.nomes(4) == ["a.txt"]
    assert casa.falhas() == []


@pytest.mark.requisito("SEP-01", "SEP-02")
def test_rota_nova_cria_as_pastas_e_comeca_a_ler(casa: CasaDeTeste) -> None:
    casa.rotas.append({"id": 9, "ativo": True, "regra": "mover", "origem": "inbox/novo", "destino": "outbox/novo",
                       "arquivo": ".csv"})  # fmt: skip
    casa.gravar_config()
    casa.passar(1)
    casa.por(9, "t.csv", b"a;b\n")
    casa.rodar()
    assert casa.nomes(9) == ["t.csv"]


@pytest.mark.requisito("SEP-01")
def test_mudar_destino_e_regra_em_uso_nao_perde_arquivo(casa: CasaDeTeste) -> None:
    for n in range(10):
        casa.por(4, f"{n}.txt", b"x")
    casa.rotas[3] |= {"destino": "outbox/outro", "arquivo": [".txt", ".csv"]}
    casa.gravar_config()
    casa.por(4, "z.csv", b"x")
    casa.passar(1)
    casa.rodar()
    assert sorted(casa.nomes(4) + casa.nomes(casa.pasta / "outbox/geral")) == [f"{n}.txt" for n in range(10)] + [
        "z.csv"
    ]
    assert casa.nomes(casa.origem(4)) == []


@pytest.mark.requisito("SEP-01")
def test_id_dado_sozinho_e_nunca_reaproveitado(fazer_casa: Fazer) -> None:
    sem_id = {k: v for k, v in MOVER.items() if k != "id"}
    casa = fazer_casa(rotas=[*ROTAS[:3], sem_id])
    ids = [r.id for r in casa.ciclo.contexto.rotas]
    assert ids == [1, 2, 3, 4]
    casa.rotas[3] = sem_id | {"origem": "inbox/b"}
    casa.gravar_config()
    casa.passar(1)
    assert [r.id for r in casa.ciclo.contexto.rotas] == [1, 2, 3, 5], "outra rota, outro id"
    casa.rotas[3] = sem_id
    casa.gravar_config()
    casa.reabrir()
    assert [r.id for r in casa.ciclo.contexto.rotas] == [1, 2, 3, 4], "a de antes tem o seu de volta"


@pytest.mark.requisito("SEP-01", "SEP-05")
def test_configuracao_quebrada_em_uso_e_mostrada_e_a_antiga_segue(casa: CasaDeTeste) -> None:
    casa.rotas[3]["regra"] = "mvoer"
    casa.gravar_config()
    casa.passar(1)
    assert casa.falhas() == ["SEP-CONFIGURACAO"]
    assert "mover" in casa.falha("SEP-CONFIGURACAO")["motivo"]
    casa.por(4, "a.txt", b"x")
    casa.rodar()
    assert casa.nomes(4) == ["a.txt"]
    casa.rotas[3]["regra"] = "mover"
    casa.gravar_config()
    casa.passar(1)
    assert casa.falhas() == []


@pytest.mark.requisito("SEP-01", "SEP-05")
def test_rota_que_some_com_arquivos_em_maos_e_dita_e_nada_se_perde(casa: CasaDeTeste) -> None:
    """A file is held because of its destination. Then its route is taken out of the configuration, and put back."""
    os.rename(casa.destino(4), casa.pasta / "fora")
    casa.por(4, "a.txt", b"x")
    casa.passar(2)
    rota = casa.rotas.pop(3)
    casa.gravar_config()
    casa.passar(1)
    os.rename(casa.pasta / "fora", casa.pasta / "outbox/geral")
    casa.rotas.insert(3, rota)
    casa.gravar_config()
    casa.passar(1)
    casa.reabrir()
    casa.passar(5)
    assert casa.nomes(4) == ["a.txt"]
    assert casa.falhas() == []


@pytest.mark.requisito("SEP-01", "SEP-08")
def test_arquivo_em_trabalho_de_rota_que_saiu_segue_quando_ela_volta(casa: CasaDeTeste) -> None:
    """There is no restart in between. The claim lies in the work folder, and nobody had it in hand."""
    rota = casa.rotas.pop(3)
    casa.gravar_config()
    casa.passar(1)
    tomado = casa.pasta / "var/trabalho/4-orfao/a.txt"
    tomado.parent.mkdir(parents=True)
    tomado.write_bytes(b"x")
    casa.rotas.insert(3, rota)
    casa.gravar_config()
    casa.passar(5)
    assert casa.nomes(4) == ["a.txt"]
    assert casa.falhas() == []
    assert not tomado.exists()


@pytest.mark.requisito("SEP-03")
def test_tempo_leitura_muda_sem_reiniciar(fazer_casa: Fazer) -> None:
    casa = fazer_casa(tempo_leitura=600)
    casa.rodar()
    casa.por(1, um(casa).nome, um(casa).dados)
    casa.ponteiros.passar(500)
    casa.ciclo.passo()
    assert casa.nomes(casa.origem(1)) != [], "ainda não é hora"
    casa.gravar_config(tempo_leitura=1)
    casa.passar(2)
    assert casa.desfecho(um(casa).nome) == "entregue"


@pytest.mark.requisito("SEP-03", "SEP-02", "SEP-05")
def test_B6_D5_destino_que_some_para_a_rota_e_volta(casa: CasaDeTeste) -> None:
    fora = casa.pasta / "fora"
    os.rename(casa.destino(1), fora)
    boa = um(casa)
    casa.por(1, boa.nome, boa.dados)
    casa.por(4, "a.txt", b"x")
    casa.passar(5)
    assert not casa.destino(1).exists(), "nunca recriada"
    assert casa.nomes(4) == ["a.txt"], "as outras rotas seguem"
    assert casa.nomes(casa.origem(1)) == [os.fsdecode(boa.nome)]
    assert len(casa.falhas()) == 1
    assert casa.falhas()[0] == casa.falha(casa.falhas()[0])["codigo"]
    assert str(casa.destino(1)) in casa.falha(casa.falhas()[0])["motivo"]
    os.rename(fora, casa.destino(1))
    casa.passar(5)
    assert casa.nomes(1) == [f"{boa.chave}-cte.xml"]
    assert casa.falhas() == []


@pytest.mark.requisito("SEP-02")
def test_B6_origem_que_some_nao_e_pasta_vazia(casa: CasaDeTeste) -> None:
    fora = casa.pasta / "fora"
    casa.por(4, "a.part", b"x")
    casa.rodar()
    os.rename(casa.origem(4), fora)
    casa.origem(4).mkdir()
    casa.passar(5)
    assert casa.falhas() != []
    assert not (casa.origem(4) / ".separador").exists(), "outra pasta no lugar não é adotada"
    casa.por(4, "b.txt", b"y")
    casa.passar(5)
    assert casa.nomes(casa.origem(4)) == ["b.txt"], "nem lida"
    shutil.rmtree(casa.origem(4))
    os.rename(fora, casa.origem(4))
    os.rename(casa.origem(4) / "a.part", casa.origem(4) / "a.txt")
    casa.passar(5)
    assert casa.nomes(4) == ["a.txt"]
    assert casa.falhas() == []


@pytest.mark.requisito("SEP-02")
def test_pasta_conhecida_que_falta_na_partida_nao_e_recriada(casa: CasaDeTeste) -> None:
    casa.fechar()
    shutil.rmtree(casa.origem(4))
    casa.abrir()
    casa.rodar()
    assert not casa.origem(4).exists()
    assert casa.falhas() != []


@pytest.mark.requisito("SEP-03", "SEP-05")
def test_nao_coletado_no_prazo_aparece_e_some(fazer_casa: Fazer) -> None:
    casa = fazer_casa(rotas=[*ROTAS[:3], MOVER | {"prazo_coleta": 3600}])
    casa.soltar(4, "a.txt", b"x")
    casa.passar(2)
    feito = casa.destino(4) / "a.txt"
    assert casa.falhas() == []
    casa.ponteiros.agora = casa.ponteiros.agora.fromtimestamp(feito.stat().st_ctime, casa.agora.tzinfo)
    casa.passar(3000)
    assert casa.falhas() in ([], ["SEP-RELOGIO"])
    casa.passar(1000)
    assert "SEP-NAO-COLETADO" in casa.falhas()
    assert casa.falha("SEP-NAO-COLETADO")["arquivo"] == "a.txt"
    feito.unlink()
    casa.passar(100)
    assert casa.falhas() == []


@pytest.mark.requisito("SEP-06", "SEP-05")
def test_sem_regra_fica_onde_esta_e_aparece_com_idade(casa: CasaDeTeste) -> None:
    casa.por(4, "planilha.xls", b"x")
    casa.rodar()
    assert casa.nomes(casa.origem(4)) == ["planilha.xls"]
    falha = casa.falha("SEP-SEM-REGRA")
    assert (falha["arquivo"], falha["rota_id"]) == ("planilha.xls", 4)
    assert falha["desde"]
    os.rename(casa.origem(4) / "planilha.xls", casa.origem(4) / "planilha.txt")
    casa.passar(3)
    assert casa.falhas() == []
    assert casa.nomes(4) == ["planilha.txt"]


@pytest.mark.requisito("SEP-06")
def test_sufixo_mais_longo_primeiro_sem_olhar_maiusculas(fazer_casa: Fazer) -> None:
    rotas = [
        {"id": 1, "ativo": True, "regra": "mover", "origem": "in", "destino": "xml", "arquivo": ".xml"},
        {"id": 2, "ativo": True, "regra": "mover", "origem": "in", "destino": "nfe", "arquivo": "-nfe.xml"},
        {"id": 3, "ativo": False, "regra": "mover", "origem": "in", "destino": "pdf", "arquivo": "-doc.xml"},
    ]
    casa = fazer_casa(rotas=rotas)
    for nome in ("a.xml", "B.XML", "c-nfe.xml", "D-NFE.XML", "e-doc.xml"):
        casa.por(1, nome, b"<a/>")
    casa.rodar()
    assert casa.nomes(1) == ["B.XML", "a.xml"]
    assert casa.nomes(2) == ["D-NFE.XML", "c-nfe.xml"]
    assert casa.nomes(casa.origem(1)) == ["e-doc.xml"], "o nome de uma rota desligada não vai para outra mais larga"


@pytest.mark.requisito("SEP-07")
def test_A1_A9_A10_em_uso_vazio_temporario_e_cortado_esperam(casa: CasaDeTeste) -> None:
    boa = um(casa)
    with (casa.origem(1) / "aberto-cte.xml").open("wb") as aberto:
        aberto.write(boa.dados)
        aberto.flush()
        casa.por(1, "vazio-cte.xml", b"")
        casa.por(1, "a-cte.xml.part", boa.dados)
        casa.por(1, "cortado-cte.xml", boa.dados[:500])
        for _ in range(4):
            casa.ponteiros.passar(1.1)
            casa.ciclo.passo()
        assert casa.nomes(1) == []
        assert len(casa.nomes(casa.origem(1))) == 4
    casa.por(1, "cortado-cte.xml", boa.dados)
    casa.rodar()
    assert {casa.desfecho("aberto-cte.xml"), casa.desfecho("cortado-cte.xml")} == {"entregue", "duplicado"}
    assert casa.nomes(casa.origem(1)) == ["a-cte.xml.part", "vazio-cte.xml"]
    casa.passar(120)
    assert set(casa.falhas()) == {"SEP-VAZIO", "SEP-TEMPORARIO"}
    for nome in casa.nomes(casa.origem(1)):
        (casa.origem(1) / nome).unlink()
    casa.passar(2)
    assert casa.falhas() == []


@pytest.mark.requisito("SEP-07")
def test_A13_com_marcador(fazer_casa: Fazer) -> None:
    casa = fazer_casa(rotas=[dict(ROTAS[0]) | {"marcador": ".ok"}, *ROTAS[1:]])
    boa = um(casa)
    casa.por(1, "a-cte.xml", boa.dados)
    casa.passar(60)
    assert casa.nomes(1) == []
    casa.por(1, "a-cte.xml.ok", b"")
    casa.passar(2)
    assert casa.nomes(1) == [f"{boa.chave}-cte.xml"]
    assert casa.nomes(casa.origem(1)) == [], "o marcador é tomado junto"
    assert casa.desfecho("a-cte.xml") == "entregue"
    assert casa.falhas() == []
    assert [p.name.partition("_")[2] for p in casa.recortes("arquivo")] == ["a-cte.xml"]
    assert casa.recortes("trabalho") == []


@pytest.mark.requisito("SEP-08")
def test_F5_o_que_nao_e_arquivo_comum_nao_e_tomado(casa: CasaDeTeste) -> None:
    (casa.pasta / "segredo").write_bytes(b"x")
    (casa.origem(4) / "atalho.txt").symlink_to(casa.pasta / "segredo")
    os.mkfifo(casa.origem(4) / "cano.txt")
    (casa.origem(4) / "pasta.txt").mkdir()
    casa.passar(60)
    assert sorted(p.name for p in casa.origem(4).iterdir()) == [".separador", "atalho.txt", "cano.txt", "pasta.txt"]
    assert casa.nomes(4) == []


@pytest.mark.requisito("SEP-08")
def test_F7_tamanho_maximo_da_rota(fazer_casa: Fazer) -> None:
    casa = fazer_casa(rotas=[dict(ROTAS[0]) | {"tamanho_maximo_mb": 1}, *ROTAS[1:]])
    casa.por(1, "grande-cte.xml", b"<CTe>" + b" " * 2_000_000 + b"</CTe>")
    casa.rodar()
    assert casa.desfecho("grande-cte.xml") == "recusado"
    assert casa.json(2, "grande-cte.json")["codigo"] == "SEP-TAMANHO"


@pytest.mark.requisito("SEP-08")
def test_originais_guardados_por_data_e_retencao(fazer_casa: Fazer) -> None:
    casa = fazer_casa(retencao_dias=30)
    e = casa.autorizado(1)
    casa.soltar(1, "b-cte.xml", e.exportacao.dados)
    assert casa.desfecho("b-cte.xml") == "duplicado"
    preso = um(casa, 2)
    casa.soltar(2, "orfao.xml", b"<x/>")
    assert casa.recortes("arquivo")
    fiscais = [p.read_bytes() for p in casa.recortes("fiscal")]
    dia = casa.dados / "arquivo" / "2026/11/20"
    assert dia.is_dir()
    casa.passar(29 * 86400)
    assert dia.is_dir()
    casa.passar(3 * 86400)
    casa.rodar()
    assert not dia.is_dir()
    assert [p.read_bytes() for p in casa.recortes("fiscal")] == fiscais, "a retenção nunca toca em fiscal/"
    assert casa.recortes("quarentena"), "nem na quarentena"
    assert preso.chave


@pytest.mark.requisito("SEP-08")
def test_retencao_de_zero_dias_guarda_para_sempre(fazer_casa: Fazer) -> None:
    casa = fazer_casa(retencao_dias=0)
    casa.soltar(4, "a.txt", b"x")
    casa.passar(400 * 86400)
    assert len(casa.recortes("arquivo")) == 1


@pytest.mark.requisito("SEP-08")
def test_retencao_nao_toca_no_que_nao_tem_desfecho(fazer_casa: Fazer) -> None:
    casa = fazer_casa(retencao_dias=1, com_certificado=False)
    casa.soltar(1, "a-cte.xml", um(casa).dados)
    casa.passar(5 * 86400)
    assert casa.desfecho("a-cte.xml") is None
    assert [p.name for p in casa.recortes("trabalho")] == ["a-cte.xml"]


@pytest.mark.requisito("SEP-08")
def test_cada_arquivo_tomado_tem_um_desfecho_so(casa: CasaDeTeste) -> None:
    e = casa.autorizado(1)
    casa.soltar(1, "dup-cte.xml", e.exportacao.dados)
    casa.soltar(1, "ruim-cte.xml", b"nada")
    casa.soltar(2, "lixo.xml", b"nada")
    casa.soltar(4, "a.txt", b"x")
    casa.passar(10)
    contados = {r["desfecho"]: r["n"] for r in casa.banco.todas(
        "SELECT desfecho, count(*) AS n FROM arquivo GROUP BY desfecho")}  # fmt: skip
    assert contados == {"entregue": 2, "aplicado": 1, "duplicado": 1, "recusado": 1, "quarentena": 1}
    assert casa.recortes("trabalho") == []


@pytest.mark.requisito("SEP-03")
def test_estado_json_para_os_comandos(casa: CasaDeTeste) -> None:
    casa.por(4, "a.txt.part", b"x")
    casa.por(1, "vazio-cte.xml", b"")
    casa.passar(2)
    estado: dict[str, Any] = json.loads((casa.dados / "estado.json").read_text())
    assert estado["pronto"] is True
    assert estado["pid"] == os.getpid()
    assert estado["rotas"]["1"]["esperando"] == 1
    assert estado["rotas"]["1"]["ultima_leitura"]
    casa.fechar()
    assert not (casa.dados / "estado.json").exists()


@pytest.mark.requisito("SEP-10", "SEP-09")
def test_log_uma_linha_por_passo_com_o_id(casa: CasaDeTeste) -> None:
    e = casa.autorizado(1, nome="a-cte.xml")
    ids = {casa.arquivo(n)["id"] for n in ("a-cte.xml", f"{e.chave}-pro-rec.xml")}
    do_documento = [x for x in casa.diario.linhas if x.get("chave") == e.chave or "arquivo" in x]
    assert {x.get("id") for x in do_documento} == ids
    assert [x["acao"] for x in do_documento][:1] == ["entregue"]
    for linha in do_documento:
        assert linha["event"]


@pytest.mark.requisito("SEP-05")
def test_uma_vez_diz_o_que_ainda_espera(casa: CasaDeTeste) -> None:
    """A file may only be shown as waiting after a minute. A pass that ends at once must still tell about it."""
    casa.por(4, "vazio.txt", b"")
    casa.rodar()
    assert casa.falhas() == [], "espera há pouco: o serviço não se queixa ainda"
    casa.ciclo.mostrar_esperas()
    assert casa.falhas() == ["SEP-VAZIO"]
    casa.passar(2)
    assert casa.falhas() == [], "o serviço contínuo volta a esperar a sua tolerância"


@pytest.mark.requisito("SEP-05", "SEP-01")
def test_falha_de_rota_que_saiu_da_configuracao_e_encerrada(casa: CasaDeTeste) -> None:
    shutil.rmtree(casa.destino(4))
    casa.por(4, "sem-regra.xyz", b"x")
    casa.rodar()
    assert casa.falhas(), "a pasta sumiu e o nome não tem regra: as duas coisas são ditas"
    casa.rotas = [r for r in casa.rotas if r["id"] != 4]
    casa.gravar_config()
    casa.passar(2)
    assert casa.falhas() == []


def test_banco_nao_e_legivel_por_outros(casa: CasaDeTeste) -> None:
    assert (casa.dados / "separador.db").stat().st_mode & 0o007 == 0
