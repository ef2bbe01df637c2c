"""Tests routes and folders while the service runs: switched, changed, lost, full, unmatched."""

import json
import os
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from separador.demonstracao import exportacoes as ex
from separador.demonstracao.exportacoes import Exportacao
from tests.apoio.instalacao import Instalacao
from tests.apoio.maquina import ROTAS

Fazer = Callable[..., Instalacao]
MOVER = {
    "id": 4,
    "ativo": True,
    "regra": "mover",
    "origem": "inbox/geral",
    "destino": "outbox/geral",
    "arquivo": ".txt",
}


def um(instalacao: Instalacao, numero: int = 1) -> Exportacao:
    return ex.cte(numero, agora=instalacao.agora, variante="uma-nota")


@pytest.mark.requisito("SEP-08", "SEP-06")
def test_mover_um_arquivo_comum(instalacao: Instalacao) -> None:
    instalacao.por(4, "romaneio.TXT", b"linha\r\n")
    instalacao.rodar()
    assert instalacao.ler(4, "romaneio.TXT") == b"linha\r\n"
    assert instalacao.desfecho("romaneio.TXT") == "entregue"
    assert instalacao.nomes(2) == [], "rota comum não tem resposta"
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-08")
def test_mover_o_mesmo_nome_de_novo_nunca_cobre(instalacao: Instalacao) -> None:
    for conteudo in (b"um", b"dois", b"dois"):
        instalacao.por(4, "a.txt", conteudo)
        instalacao.rodar()
    assert instalacao.nomes(4) == ["a.txt", "a~2.txt", "a~3.txt"]
    assert [instalacao.ler(4, n) for n in instalacao.nomes(4)] == [b"um", b"dois", b"dois"], (
        "arquivo comum não tem identidade"
    )


@pytest.mark.requisito("SEP-01", "SEP-02")
def test_rota_inativa_nao_se_le_nem_se_escreve(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(rotas=[*ROTAS[:3], MOVER | {"ativo": False}])
    assert not instalacao.origem(4).exists()
    assert not instalacao.destino(4).exists()
    instalacao.origem(4).mkdir(parents=True)
    instalacao.por(4, "a.txt", b"x")
    instalacao.passar(60)
    assert instalacao.nomes(instalacao.origem(4)) == ["a.txt"]
    assert sorted(p.name for p in instalacao.origem(4).iterdir()) == ["a.txt"]
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-01")
def test_rota_desativada_e_ativada_sem_reiniciar(instalacao: Instalacao) -> None:
    instalacao.rotas[3]["ativo"] = False
    instalacao.gravar_config()
    instalacao.passar(1)
    instalacao.por(4, "a.txt", b"x")
    instalacao.passar(60)
    assert instalacao.nomes(instalacao.origem(4)) == ["a.txt"]
    instalacao.rotas[3]["ativo"] = True
    instalacao.gravar_config()
    instalacao.passar(1)
    instalacao.rodar()
    assert instalacao.nomes(4) == ["a.txt"]
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-01", "SEP-02")
def test_rota_nova_cria_as_pastas_e_comeca_a_ler(instalacao: Instalacao) -> None:
    instalacao.rotas.append({"id": 9, "ativo": True, "regra": "mover", "origem": "inbox/novo", "destino": "outbox/novo",
                             "arquivo": ".csv"})  # fmt: skip
    instalacao.gravar_config()
    instalacao.passar(1)
    instalacao.por(9, "t.csv", b"a;b\n")
    instalacao.rodar()
    assert instalacao.nomes(9) == ["t.csv"]


@pytest.mark.requisito("SEP-01")
def test_mudar_destino_e_regra_em_uso_nao_perde_arquivo(instalacao: Instalacao) -> None:
    for n in range(10):
        instalacao.por(4, f"{n}.txt", b"x")
    instalacao.rotas[3] |= {"destino": "outbox/outro", "arquivo": [".txt", ".csv"]}
    instalacao.gravar_config()
    instalacao.por(4, "z.csv", b"x")
    instalacao.passar(1)
    instalacao.rodar()
    assert sorted(instalacao.nomes(4) + instalacao.nomes(instalacao.pasta / "outbox/geral")) == [
        f"{n}.txt" for n in range(10)
    ] + ["z.csv"]
    assert instalacao.nomes(instalacao.origem(4)) == []


@pytest.mark.requisito("SEP-01")
def test_id_dado_sozinho_e_nunca_reaproveitado(fazer_instalacao: Fazer) -> None:
    sem_id = {k: v for k, v in MOVER.items() if k != "id"}
    instalacao = fazer_instalacao(rotas=[*ROTAS[:3], sem_id])
    ids = [r.id for r in instalacao.ciclo.contexto.rotas]
    assert ids == [1, 2, 3, 4]
    instalacao.rotas[3] = sem_id | {"origem": "inbox/b"}
    instalacao.gravar_config()
    instalacao.passar(1)
    assert [r.id for r in instalacao.ciclo.contexto.rotas] == [1, 2, 3, 5], "outra rota, outro id"
    instalacao.rotas[3] = sem_id
    instalacao.gravar_config()
    instalacao.reabrir()
    assert [r.id for r in instalacao.ciclo.contexto.rotas] == [1, 2, 3, 4], "a de antes tem o seu de volta"


@pytest.mark.requisito("SEP-01", "SEP-05")
def test_configuracao_quebrada_em_uso_e_mostrada_e_a_antiga_segue(instalacao: Instalacao) -> None:
    instalacao.rotas[3]["regra"] = "mvoer"
    instalacao.gravar_config()
    instalacao.passar(1)
    assert instalacao.falhas() == ["SEP-CONFIGURACAO"]
    assert "mover" in instalacao.falha("SEP-CONFIGURACAO")["motivo"]
    instalacao.por(4, "a.txt", b"x")
    instalacao.rodar()
    assert instalacao.nomes(4) == ["a.txt"]
    instalacao.rotas[3]["regra"] = "mover"
    instalacao.gravar_config()
    instalacao.passar(1)
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-01", "SEP-05")
def test_rota_que_some_com_arquivos_em_maos_e_dita_e_nada_se_perde(instalacao: Instalacao) -> None:
    """A file is held because of its destination. Then its route is taken out of the configuration, and put back."""
    os.rename(instalacao.destino(4), instalacao.pasta / "fora")
    instalacao.por(4, "a.txt", b"x")
    instalacao.passar(2)
    rota = instalacao.rotas.pop(3)
    instalacao.gravar_config()
    instalacao.passar(1)
    os.rename(instalacao.pasta / "fora", instalacao.pasta / "outbox/geral")
    instalacao.rotas.insert(3, rota)
    instalacao.gravar_config()
    instalacao.passar(1)
    instalacao.reabrir()
    instalacao.passar(5)
    assert instalacao.nomes(4) == ["a.txt"]
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-01", "SEP-08")
def test_arquivo_em_trabalho_de_rota_que_saiu_segue_quando_ela_volta(instalacao: Instalacao) -> None:
    """There is no restart in between. The claim lies in the work folder, and nobody had it in hand."""
    rota = instalacao.rotas.pop(3)
    instalacao.gravar_config()
    instalacao.passar(1)
    tomado = instalacao.pasta / "var/trabalho/4-orfao/a.txt"
    tomado.parent.mkdir(parents=True)
    tomado.write_bytes(b"x")
    instalacao.rotas.insert(3, rota)
    instalacao.gravar_config()
    instalacao.passar(5)
    assert instalacao.nomes(4) == ["a.txt"]
    assert instalacao.falhas() == []
    assert not tomado.exists()


@pytest.mark.requisito("SEP-03")
def test_tempo_leitura_muda_sem_reiniciar(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(tempo_leitura=600)
    instalacao.rodar()
    instalacao.por(1, um(instalacao).nome, um(instalacao).dados)
    instalacao.ponteiros.passar(500)
    instalacao.ciclo.passo()
    assert instalacao.nomes(instalacao.origem(1)) != [], "ainda não é hora"
    instalacao.gravar_config(tempo_leitura=1)
    instalacao.passar(2)
    assert instalacao.desfecho(um(instalacao).nome) == "entregue"


@pytest.mark.requisito("SEP-03", "SEP-02", "SEP-05")
def test_destino_que_some_para_a_rota_e_volta(instalacao: Instalacao) -> None:
    fora = instalacao.pasta / "fora"
    os.rename(instalacao.destino(1), fora)
    boa = um(instalacao)
    instalacao.por(1, boa.nome, boa.dados)
    instalacao.por(4, "a.txt", b"x")
    instalacao.passar(5)
    assert not instalacao.destino(1).exists(), "nunca recriada"
    assert instalacao.nomes(4) == ["a.txt"], "as outras rotas seguem"
    assert instalacao.nomes(instalacao.origem(1)) == [os.fsdecode(boa.nome)]
    assert len(instalacao.falhas()) == 1
    assert instalacao.falhas()[0] == instalacao.falha(instalacao.falhas()[0])["codigo"]
    assert str(instalacao.destino(1)) in instalacao.falha(instalacao.falhas()[0])["motivo"]
    os.rename(fora, instalacao.destino(1))
    instalacao.passar(5)
    assert instalacao.nomes(1) == [f"{boa.chave}-cte.xml"]
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-02")
def test_origem_que_some_nao_e_pasta_vazia(instalacao: Instalacao) -> None:
    fora = instalacao.pasta / "fora"
    instalacao.por(4, "a.part", b"x")
    instalacao.rodar()
    os.rename(instalacao.origem(4), fora)
    instalacao.origem(4).mkdir()
    instalacao.passar(5)
    assert instalacao.falhas() != []
    assert not (instalacao.origem(4) / ".separador").exists(), "outra pasta no lugar não é adotada"
    instalacao.por(4, "b.txt", b"y")
    instalacao.passar(5)
    assert instalacao.nomes(instalacao.origem(4)) == ["b.txt"], "nem lida"
    shutil.rmtree(instalacao.origem(4))
    os.rename(fora, instalacao.origem(4))
    os.rename(instalacao.origem(4) / "a.part", instalacao.origem(4) / "a.txt")
    instalacao.passar(5)
    assert instalacao.nomes(4) == ["a.txt"]
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-02")
def test_pasta_conhecida_que_falta_na_partida_nao_e_recriada(instalacao: Instalacao) -> None:
    instalacao.fechar()
    shutil.rmtree(instalacao.origem(4))
    instalacao.abrir()
    instalacao.rodar()
    assert not instalacao.origem(4).exists()
    assert instalacao.falhas() != []


@pytest.mark.requisito("SEP-03", "SEP-05")
def test_nao_coletado_no_prazo_aparece_e_some(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(rotas=[*ROTAS[:3], MOVER | {"prazo_coleta": 3600}])
    instalacao.soltar(4, "a.txt", b"x")
    instalacao.passar(2)
    feito = instalacao.destino(4) / "a.txt"
    assert instalacao.falhas() == []
    instalacao.ponteiros.agora = instalacao.ponteiros.agora.fromtimestamp(
        feito.stat().st_ctime, instalacao.agora.tzinfo
    )
    instalacao.passar(3000)
    assert instalacao.falhas() in ([], ["SEP-RELOGIO"])
    instalacao.passar(1000)
    assert "SEP-NAO-COLETADO" in instalacao.falhas()
    assert instalacao.falha("SEP-NAO-COLETADO")["arquivo"] == "a.txt"
    feito.unlink()
    instalacao.passar(100)
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-06", "SEP-05")
def test_sem_regra_fica_onde_esta_e_aparece_com_idade(instalacao: Instalacao) -> None:
    instalacao.por(4, "planilha.xls", b"x")
    instalacao.rodar()
    assert instalacao.nomes(instalacao.origem(4)) == ["planilha.xls"]
    falha = instalacao.falha("SEP-SEM-REGRA")
    assert (falha["arquivo"], falha["rota_id"]) == ("planilha.xls", 4)
    assert falha["desde"]
    os.rename(instalacao.origem(4) / "planilha.xls", instalacao.origem(4) / "planilha.txt")
    instalacao.passar(3)
    assert instalacao.falhas() == []
    assert instalacao.nomes(4) == ["planilha.txt"]


@pytest.mark.requisito("SEP-06")
def test_sufixo_mais_longo_primeiro_sem_olhar_maiusculas(fazer_instalacao: Fazer) -> None:
    rotas = [
        {"id": 1, "ativo": True, "regra": "mover", "origem": "in", "destino": "xml", "arquivo": ".xml"},
        {"id": 2, "ativo": True, "regra": "mover", "origem": "in", "destino": "nfe", "arquivo": "-nfe.xml"},
        {"id": 3, "ativo": False, "regra": "mover", "origem": "in", "destino": "pdf", "arquivo": "-doc.xml"},
    ]
    instalacao = fazer_instalacao(rotas=rotas)
    for nome in ("a.xml", "B.XML", "c-nfe.xml", "D-NFE.XML", "e-doc.xml"):
        instalacao.por(1, nome, b"<a/>")
    instalacao.rodar()
    assert instalacao.nomes(1) == ["B.XML", "a.xml"]
    assert instalacao.nomes(2) == ["D-NFE.XML", "c-nfe.xml"]
    assert instalacao.nomes(instalacao.origem(1)) == ["e-doc.xml"], (
        "o nome de uma rota desligada não vai para outra mais larga"
    )


@pytest.mark.requisito("SEP-07")
def test_em_uso_vazio_temporario_e_cortado_esperam(instalacao: Instalacao) -> None:
    boa = um(instalacao)
    with (instalacao.origem(1) / "aberto-cte.xml").open("wb") as aberto:
        aberto.write(boa.dados)
        aberto.flush()
        instalacao.por(1, "vazio-cte.xml", b"")
        instalacao.por(1, "a-cte.xml.part", boa.dados)
        instalacao.por(1, "cortado-cte.xml", boa.dados[:500])
        for _ in range(4):
            instalacao.ponteiros.passar(1.1)
            instalacao.ciclo.passo()
        assert instalacao.nomes(1) == []
        assert len(instalacao.nomes(instalacao.origem(1))) == 4
    instalacao.por(1, "cortado-cte.xml", boa.dados)
    instalacao.rodar()
    assert {instalacao.desfecho("aberto-cte.xml"), instalacao.desfecho("cortado-cte.xml")} == {"entregue", "duplicado"}
    assert instalacao.nomes(instalacao.origem(1)) == ["a-cte.xml.part", "vazio-cte.xml"]
    instalacao.passar(120)
    assert set(instalacao.falhas()) == {"SEP-VAZIO", "SEP-TEMPORARIO"}
    for nome in instalacao.nomes(instalacao.origem(1)):
        (instalacao.origem(1) / nome).unlink()
    instalacao.passar(2)
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-07")
def test_com_marcador(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(rotas=[dict(ROTAS[0]) | {"marcador": ".ok"}, *ROTAS[1:]])
    boa = um(instalacao)
    instalacao.por(1, "a-cte.xml", boa.dados)
    instalacao.passar(60)
    assert instalacao.nomes(1) == []
    instalacao.por(1, "a-cte.xml.ok", b"")
    instalacao.passar(2)
    assert instalacao.nomes(1) == [f"{boa.chave}-cte.xml"]
    assert instalacao.nomes(instalacao.origem(1)) == [], "o marcador é tomado junto"
    assert instalacao.desfecho("a-cte.xml") == "entregue"
    assert instalacao.falhas() == []
    assert [p.name.partition("_")[2] for p in instalacao.recortes("arquivo")] == ["a-cte.xml"]
    assert instalacao.recortes("trabalho") == []


@pytest.mark.requisito("SEP-08")
def test_o_que_nao_e_arquivo_comum_nao_e_tomado(instalacao: Instalacao) -> None:
    (instalacao.pasta / "segredo").write_bytes(b"x")
    (instalacao.origem(4) / "atalho.txt").symlink_to(instalacao.pasta / "segredo")
    os.mkfifo(instalacao.origem(4) / "cano.txt")
    (instalacao.origem(4) / "pasta.txt").mkdir()
    instalacao.passar(60)
    assert sorted(p.name for p in instalacao.origem(4).iterdir()) == [
        ".separador",
        "atalho.txt",
        "cano.txt",
        "pasta.txt",
    ]
    assert instalacao.nomes(4) == []


@pytest.mark.requisito("SEP-08")
def test_tamanho_maximo_da_rota(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(rotas=[dict(ROTAS[0]) | {"tamanho_maximo_mb": 1}, *ROTAS[1:]])
    instalacao.por(1, "grande-cte.xml", b"<CTe>" + b" " * 2_000_000 + b"</CTe>")
    instalacao.rodar()
    assert instalacao.desfecho("grande-cte.xml") == "recusado"
    assert instalacao.json(2, "grande-cte.json")["codigo"] == "SEP-TAMANHO"


@pytest.mark.requisito("SEP-08")
def test_originais_guardados_por_data_e_retencao(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(retencao_dias=30)
    e = instalacao.autorizado(1)
    instalacao.soltar(1, "b-cte.xml", e.exportacao.dados)
    assert instalacao.desfecho("b-cte.xml") == "duplicado"
    preso = um(instalacao, 2)
    instalacao.soltar(2, "orfao.xml", b"<x/>")
    assert instalacao.recortes("arquivo")
    fiscais = [p.read_bytes() for p in instalacao.recortes("fiscal")]
    dia = instalacao.dados / "arquivo" / "2026/11/20"
    assert dia.is_dir()
    instalacao.passar(29 * 86400)
    assert dia.is_dir()
    instalacao.passar(3 * 86400)
    instalacao.rodar()
    assert not dia.is_dir()
    assert [p.read_bytes() for p in instalacao.recortes("fiscal")] == fiscais, "a retenção nunca toca em fiscal/"
    assert instalacao.recortes("quarentena"), "nem na quarentena"
    assert preso.chave


@pytest.mark.requisito("SEP-08")
def test_retencao_de_zero_dias_guarda_para_sempre(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(retencao_dias=0)
    instalacao.soltar(4, "a.txt", b"x")
    instalacao.passar(400 * 86400)
    assert len(instalacao.recortes("arquivo")) == 1


@pytest.mark.requisito("SEP-08")
def test_retencao_nao_toca_no_que_nao_tem_desfecho(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(retencao_dias=1, com_certificado=False)
    instalacao.soltar(1, "a-cte.xml", um(instalacao).dados)
    instalacao.passar(5 * 86400)
    assert instalacao.desfecho("a-cte.xml") is None
    assert [p.name for p in instalacao.recortes("trabalho")] == ["a-cte.xml"]


@pytest.mark.requisito("SEP-08")
def test_cada_arquivo_tomado_tem_um_desfecho_so(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.soltar(1, "dup-cte.xml", e.exportacao.dados)
    instalacao.soltar(1, "ruim-cte.xml", b"nada")
    instalacao.soltar(2, "lixo.xml", b"nada")
    instalacao.soltar(4, "a.txt", b"x")
    instalacao.passar(10)
    contados = {r["desfecho"]: r["n"] for r in instalacao.banco.todas(
        "SELECT desfecho, count(*) AS n FROM arquivo GROUP BY desfecho")}  # fmt: skip
    assert contados == {"entregue": 2, "aplicado": 1, "duplicado": 1, "recusado": 1, "quarentena": 1}
    assert instalacao.recortes("trabalho") == []


@pytest.mark.requisito("SEP-03")
def test_estado_json_para_os_comandos(instalacao: Instalacao) -> None:
    instalacao.por(4, "a.txt.part", b"x")
    instalacao.por(1, "vazio-cte.xml", b"")
    instalacao.passar(2)
    estado: dict[str, Any] = json.loads((instalacao.dados / "estado.json").read_text())
    assert estado["pronto"] is True
    assert estado["pid"] == os.getpid()
    assert estado["rotas"]["1"]["esperando"] == 1
    assert estado["rotas"]["1"]["ultima_leitura"]
    instalacao.fechar()
    assert not (instalacao.dados / "estado.json").exists()


@pytest.mark.requisito("SEP-10", "SEP-09")
def test_log_uma_linha_por_passo_com_o_id(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1, nome="a-cte.xml")
    ids = {instalacao.arquivo(n)["id"] for n in ("a-cte.xml", f"{e.chave}-pro-rec.xml")}
    do_documento = [x for x in instalacao.diario.linhas if x.get("chave") == e.chave or "arquivo" in x]
    assert {x.get("id") for x in do_documento} == ids
    assert [x["acao"] for x in do_documento][:1] == ["entregue"]
    for linha in do_documento:
        assert linha["event"]


@pytest.mark.requisito("SEP-05")
def test_uma_vez_diz_o_que_ainda_espera(instalacao: Instalacao) -> None:
    """A file may only be shown as waiting after a minute. A pass that ends at once must still tell about it."""
    instalacao.por(4, "vazio.txt", b"")
    instalacao.rodar()
    assert instalacao.falhas() == [], "espera há pouco: o serviço não se queixa ainda"
    instalacao.ciclo.mostrar_esperas()
    assert instalacao.falhas() == ["SEP-VAZIO"]
    instalacao.passar(2)
    assert instalacao.falhas() == [], "o serviço contínuo volta a esperar a sua tolerância"


@pytest.mark.requisito("SEP-05", "SEP-01")
def test_falha_de_rota_que_saiu_da_configuracao_e_encerrada(instalacao: Instalacao) -> None:
    shutil.rmtree(instalacao.destino(4))
    instalacao.por(4, "sem-regra.xyz", b"x")
    instalacao.rodar()
    assert instalacao.falhas(), "a pasta sumiu e o nome não tem regra: as duas coisas são ditas"
    instalacao.rotas = [r for r in instalacao.rotas if r["id"] != 4]
    instalacao.gravar_config()
    instalacao.passar(2)
    assert instalacao.falhas() == []


def test_banco_nao_e_legivel_por_outros(instalacao: Instalacao) -> None:
    assert (instalacao.dados / "separador.db").stat().st_mode & 0o007 == 0


@pytest.mark.requisito("BORDA-24")
def test_mover_conserva_a_data_de_modificacao(instalacao: Instalacao) -> None:
    arquivo = instalacao.por(4, "a.txt", b"x")
    os.utime(arquivo, ns=(1_000_000_000_000_000_000,) * 2)
    instalacao.passar(5)
    assert (instalacao.destino(4) / "a.txt").stat().st_mtime_ns == 1_000_000_000_000_000_000


@pytest.mark.requisito("BORDA-23")
def test_marcador_em_maiusculas_e_tomado_junto(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(rotas=[dict(ROTAS[0]) | {"marcador": ".ok"}, *ROTAS[1:]])
    instalacao.por(1, "a-cte.xml", um(instalacao).dados)
    instalacao.por(1, "a-cte.xml.OK", b"")
    instalacao.passar(60)
    assert instalacao.desfecho("a-cte.xml") == "entregue"
    assert instalacao.nomes(instalacao.origem(1)) == []
    assert instalacao.recortes("trabalho") == []
