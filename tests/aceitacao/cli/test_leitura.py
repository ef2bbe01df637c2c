"""Tests reading commands: their shapes key by key, and the same facts on a person's screen."""

import json
import os
import signal
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.demonstracao import exportacoes
from separador.nucleo.situacao import diagrama
from tests.aceitacao.cenario import Cenario
from tests.apoio.maquina import Maquina

CAMPOS_DA_ROTA = [
    *("id", "ativo", "regra", "origem", "destino", "esperando", "feitos", "falhando", "mais_antigo_s"),
    "ultima_leitura",
]
CAMPOS_DO_DOCUMENTO = [
    *("chave", "situacao", "etapa", "modelo", "serie", "numero", "emitente", "emitido_em", "tomador", "fim", "valor"),
    *("protocolo", "cstat", "motivo", "carga", "atualizado_em"),
]


@pytest.mark.requisito("SEP-05")
def test_situacao_tem_a_forma_do_contrato_com_o_servico_parado(quadro: Cenario) -> None:
    dito = quadro.maquina.json("situacao")
    assert list(dito) == ["servico", "rotas"]
    assert dito["servico"] == {"ativo": False, "pid": None, "desde": None, "painel": None}
    assert [list(r) for r in dito["rotas"]] == [CAMPOS_DA_ROTA] * 5
    envio, retorno = dito["rotas"][:2]
    assert (envio["id"], envio["ativo"], envio["regra"]) == (1, True, "cte-envio")
    assert envio["origem"] == str(quadro.maquina.origem(1))
    assert envio["destino"] == str(quadro.maquina.destino(1))
    assert (envio["feitos"], envio["esperando"], envio["falhando"], envio["mais_antigo_s"]) == (3, 0, 1, None)
    assert retorno["feitos"] == 2


@pytest.mark.requisito("SEP-05")
def test_situacao_conta_o_que_espera_tambem_com_o_servico_parado(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    m.soltar(4, "a.txt", b"a")
    m.soltar(4, "b.txt", b"b")
    m.soltar(4, "c.outro", b"c")
    dito = {r["id"]: r for r in m.json("situacao")["rotas"]}
    assert dito[4]["esperando"] == 2
    assert dito[4]["mais_antigo_s"] is not None
    assert dito[1]["esperando"] == 0


@pytest.mark.requisito("SEP-05")
def test_situacao_com_o_servico_ligado_diz_pid_e_desde(tmp_path: Path) -> None:
    with Maquina(tmp_path) as m:
        servico = m.executar()
        dito = m.json("situacao")["servico"]
        assert dito["ativo"] is True
        assert os.getpgid(dito["pid"]) == servico.pid
        assert dito["desde"].endswith("Z")
        assert m.exigir("situacao").stdout.startswith("Serviço ligado (pid ")


@pytest.mark.requisito("SEP-05")
def test_situacao_mostra_servico_que_nao_da_sinal(tmp_path: Path) -> None:
    """A service that is stopped by a signal or stuck on a device holds its lock. Only its silence tells."""
    with Maquina(tmp_path) as m:
        servico = m.executar()
        os.kill(servico.pid, signal.SIGSTOP)
        try:
            antigo = time.time() - 120
            os.utime(m.dados / "estado.json", (antigo, antigo))
            dito = m.exigir("situacao").stdout
        finally:
            os.kill(servico.pid, signal.SIGCONT)
        assert "está no ar, mas não dá sinal há 2 min" in dito
        assert "separador reiniciar" in dito
        m.esperar(lambda: m.json("situacao")["rotas"][0]["ultima_leitura"], motivo="a rota não foi lida")


@pytest.mark.requisito("SEP-05")
def test_falhas_mostram_so_o_que_impede_com_forma_e_codigo_de_saida(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    assert m.exigir("falhas").stdout == "Nenhuma falha.\n"
    assert m.json("falhas") == []
    m.soltar(4, "sem-regra.doc", b"x")
    m.soltar(1, "ruim-cte.xml", b"<CTe/>")
    m.uma_vez()
    feito = m.exigir("falhas", "--json", codigo=1)
    falhas = {f["arquivo"]: f for f in json.loads(feito.stdout)}
    assert set(falhas) == {"sem-regra.doc", "ruim-cte.xml"}
    for falha in falhas.values():
        assert list(falha) == ["id", "arquivo", "rota", "chave", "codigo", "motivo", "desde", "o_que_fazer"]
        assert falha["motivo"]
        assert falha["o_que_fazer"]
        assert falha["desde"].endswith("Z")
    assert (falhas["sem-regra.doc"]["rota"], falhas["sem-regra.doc"]["codigo"]) == (4, "SEP-SEM-REGRA")
    assert falhas["ruim-cte.xml"]["rota"] == 1
    gente = m.exigir("falhas", codigo=1).stdout
    assert "ruim-cte.xml · rota 1" in gente
    assert "O que fazer: " in gente
    assert "2 falhas" in gente
    situacao = m.exigir("situacao").stdout
    assert situacao.index("ruim-cte.xml") < situacao.index("feitos hoje")
    assert {r["id"]: r["falhando"] for r in m.json("situacao")["rotas"]} == {1: 1, 2: 0, 3: 0, 4: 1, 5: 0}


@pytest.mark.requisito("SEP-05")
def test_vermelho_so_no_terminal_e_so_quando_algo_falha(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    assert "\x1b[31m" not in no_terminal(m, "situacao")
    m.soltar(1, "ruim-cte.xml", b"<CTe/>")
    m.uma_vez()
    assert "\x1b[31m" in no_terminal(m, "situacao")
    assert "\x1b" not in m.exigir("situacao").stdout
    assert "\x1b" not in m.exigir("falhas", codigo=1).stdout


def no_terminal(m: Maquina, *args: str) -> str:
    mestre, escravo = os.openpty()
    try:
        subprocess.run([*m.comando, *args], env=m.env, stdin=escravo, stdout=escravo, stderr=escravo, timeout=60)
        return os.read(mestre, 1 << 16).decode()
    finally:
        os.close(mestre)
        os.close(escravo)


@pytest.mark.requisito("SEP-09")
def test_rastrear_conta_a_vida_inteira_em_ordem(quadro: Cenario) -> None:
    vida = quadro.maquina.json("rastrear", quadro.autorizado)
    assert list(vida) == ["id", "arquivo", "chave", "passos"]
    assert (vida["arquivo"], vida["chave"]) == ("ped0-cte.xml", quadro.autorizado)
    passos = vida["passos"]
    assert all(list(p) == ["quando", "passo", "detalhe"] for p in passos)
    assert [p["quando"] for p in passos] == sorted(p["quando"] for p in passos)
    assert [p["passo"] for p in passos] == [
        *("tomado", "assinado", "situação", "publicado", "situação", "concluído", "guardado"),
        *("tomado", "situação", "publicado", "publicado", "publicado", "concluído", "guardado"),
    ]
    texto = "\n".join(p["detalhe"] for p in passos)
    assert "AGUARDANDO RETORNO → AUTORIZADO PELA SEFAZ (retorno de autorização, cStat 100, protocolo " in texto
    assert f"{quadro.autorizado}-procCTe.xml em {quadro.maquina.destino(2)}" in texto
    guardado = passos[6]["detalhe"].removeprefix("original em ")
    assert (quadro.maquina.dados / guardado).is_file()


@pytest.mark.requisito("SEP-09")
def test_rastrear_acha_por_id_nome_nome_entregue_e_nome_guardado(quadro: Cenario) -> None:
    m = quadro.maquina
    vida = m.json("rastrear", quadro.rejeitado)
    numero = str(vida["id"])
    for procurado in (numero, "ped1-cte.xml", "/qualquer/pasta/ped1-cte.xml", f"{quadro.rejeitado}-cte.xml"):
        assert m.json("rastrear", procurado)["id"] == vida["id"], procurado
    assert m.json("rastrear", f"{numero}_ped1-cte.xml")["arquivo"] == "ped1-cte.xml"
    assert m.json("rastrear", f"CTe{quadro.rejeitado}")["id"] == vida["id"]
    retorno = m.json("rastrear", "ped1-pro-rec.xml")
    assert retorno["arquivo"] == f"{quadro.rejeitado}-pro-rec.xml"
    assert "cStat 209" in "".join(p["detalhe"] for p in retorno["passos"])
    assert m.exigir("rastrear", "ped1-cte.xml").stdout.count("\n") > 8


@pytest.mark.requisito("SEP-09")
def test_rastrear_o_que_nao_ha_e_recusado_sem_invencao(quadro: Cenario) -> None:
    m = quadro.maquina
    assert m.exigir("rastrear", "nunca.xml", "--json", codigo=1).stdout.strip() == "null"
    assert m.exigir("rastrear", "nunca.xml", "--json", "--todos", codigo=1).stdout.strip() == "[]"
    assert "Não encontrei" in m.exigir("rastrear", "99999", codigo=1).stderr


@pytest.mark.requisito("SEP-09")
def test_rastrear_nome_repetido_mostra_o_mais_novo_e_todos(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    for conteudo in (b"1", b"22"):
        m.soltar(4, b"nota \xe7.txt", conteudo)
        m.uma_vez()
    todas = m.json("rastrear", r"nota \xe7.txt", "--todos")
    assert [v["arquivo"] for v in todas] == [r"nota \xe7.txt"] * 2
    assert [v["id"] for v in todas] == [2, 1]
    assert m.json("rastrear", r"nota \xe7.txt")["id"] == 2
    assert "Há mais 1 com esse nome" in m.exigir("rastrear", r"nota \xe7.txt").stdout
    assert "~2.txt" in "".join(p["detalhe"] for p in todas[0]["passos"])


@pytest.mark.requisito("SEP-09")
def test_rastrear_arquivo_que_ainda_espera_diz_por_que(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    m.soltar(4, "sem-regra.doc", b"x")
    m.uma_vez()
    vida = m.json("rastrear", "sem-regra.doc")
    assert (vida["id"], vida["arquivo"], vida["chave"]) == (None, "sem-regra.doc", None)
    assert [p["passo"] for p in vida["passos"]] == ["falha"]


@pytest.mark.requisito("SEP-09")
def test_rastrear_traz_as_notas_da_normalizacao(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    e = exportacoes.cte(7, agora=datetime.now(UTC))
    m.soltar(1, "bom-cte.xml", b"\xef\xbb\xbf" + e.dados)
    m.uma_vez()
    passos = m.json("rastrear", "bom-cte.xml")["passos"]
    assert any(p["passo"] == "normalizado" and "BOM" in p["detalhe"] for p in passos), passos


def test_cte_listar_tem_a_forma_do_contrato_e_filtra(quadro: Cenario) -> None:
    m = quadro.maquina
    todos = m.json("cte", "listar")
    assert [list(d) for d in todos] == [CAMPOS_DO_DOCUMENTO] * 3
    por_chave = {d["chave"]: d for d in todos}
    autorizado = por_chave[quadro.autorizado]
    assert autorizado["situacao"] == "AUTORIZADO PELA SEFAZ"
    assert (autorizado["modelo"], autorizado["cstat"], autorizado["carga"]) == ("57", "100", None)
    assert autorizado["protocolo"]
    assert autorizado["emitente"] == quadro.autorizado[6:20]
    assert por_chave[quadro.rejeitado]["motivo"]
    chaves = [d["chave"] for d in m.json("cte", "listar", "--situacao", "aguardando retorno")]
    assert chaves == [quadro.enviado]
    assert len(m.json("cte", "listar", "--limite", "2")) == 2
    assert len(m.json("cte", "listar", "--emitente", quadro.autorizado[6:14])) == 3
    assert m.json("cte", "listar", "--emitente", "99999999") == []
    assert m.json("cte", "listar", "--carga", "1") == []
    assert "Há mais" in m.exigir("cte", "listar", "--limite", "1").stdout
    assert m.exigir("cte", "listar").stdout.partition("\n\n")[0].count("PELA SEFAZ") == 2


def test_cte_ver_mostra_todos_os_fatos(quadro: Cenario) -> None:
    m = quadro.maquina
    dito = m.json("cte", "ver", quadro.rejeitado)
    assert (dito["chave"], dito["situacao"], dito["cstat"]) == (quadro.rejeitado, "REJEITADO PELA SEFAZ", "209")
    assert [h["para"] for h in dito["historico"]] == ["NÃO ENVIADO", "AGUARDANDO RETORNO", "REJEITADO PELA SEFAZ"]
    assert [a["arquivo"] for a in dito["arquivos"]] == ["ped1-cte.xml", f"{quadro.rejeitado}-pro-rec.xml"]
    assert dito["entregues"][0]["nome"] == f"{quadro.rejeitado}-cte.xml"
    assert "situação          REJEITADO PELA SEFAZ" in m.exigir("cte", "ver", quadro.rejeitado).stdout
    assert "Não há documento" in m.exigir("cte", "ver", "9" * 44, codigo=1).stderr
    assert "não é uma chave" in m.exigir("cte", "ver", "123", codigo=2).stderr


@pytest.mark.requisito("CTE-11")
def test_cte_notas_vem_do_documento_assinado(quadro: Cenario) -> None:
    notas = quadro.maquina.json("cte", "notas", quadro.autorizado)
    assert notas
    for nota in notas:
        assert list(nota) == ["chave", "modelo", "numero", "serie", "valor", "emitente"]
        assert len(nota["chave"]) == 44
        assert (nota["modelo"], nota["emitente"]) == (nota["chave"][20:22], nota["chave"][6:20])
        assert nota["numero"] == str(int(nota["chave"][25:34]))
        assert nota["valor"] is None
    assert notas[0]["chave"] in quadro.maquina.exigir("cte", "notas", quadro.autorizado).stdout


def test_cte_diagrama_e_a_tabela(quadro: Cenario) -> None:
    assert quadro.maquina.exigir("cte", "diagrama").stdout == diagrama()


def test_regras_tem_a_forma_do_contrato(quadro: Cenario) -> None:
    todas = quadro.maquina.json("regras")
    assert len(todas) > 200
    assert all(list(r) == ["regra", "cstat", "estado", "descricao"] for r in todas)
    assert {r["estado"] for r in todas} == {"verificada", "precisa de cadastro", "não se aplica"}
    verificadas = quadro.maquina.json("regras", "--estado", "verificada")
    assert verificadas == [r for r in todas if r["estado"] == "verificada"]


def test_leitura_antes_da_primeira_partida_nao_inventa_nem_falha(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    assert m.json("cte", "listar") == []
    assert m.json("falhas") == []
    assert [r["feitos"] for r in m.json("situacao")["rotas"]] == [0] * 5
    assert m.exigir("rastrear", "1", "--json", codigo=1).stdout.strip() == "null"
    assert not (m.dados / "separador.db").exists()
