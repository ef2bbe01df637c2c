"""Tests orders by command: checked at once, recorded, carried out by the service, answered."""

import os
import pwd
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.demonstracao import exportacoes, retornos
from tests.aceitacao.cenario import MOTIVO, Cenario, exportar, recolher
from tests.apoio.maquina import Maquina

EU = f"so:{pwd.getpwuid(os.getuid()).pw_name}"


def situacao(m: Maquina, chave: str) -> str:
    return str(m.json("cte", "ver", chave)["situacao"])


def tarefas(m: Maquina) -> list[tuple[str, str]]:
    with sqlite3.connect(m.dados / "separador.db") as banco:
        return list(banco.execute("SELECT pedido, chave FROM tarefa ORDER BY id"))


@pytest.fixture(autouse=True)
def sem_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)


@pytest.mark.requisito("CTE-05", "CTE-08", "CTE-09")
def test_cancelar_estornar_e_cancelar_de_novo_com_o_servico_ligado(cenario: Cenario) -> None:
    m, chave = cenario.maquina, cenario.autorizado
    m.executar()
    evento = f"{chave}_110111_001-ped-eve.xml"
    assert "Cancelamento entregue" in m.exigir("cte", "cancelar", chave, "--motivo", f"  {MOTIVO} ").stdout
    assert situacao(m, chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert f"<xJust>{MOTIVO}</xJust>".encode() in (m.destino(1) / evento).read_bytes()
    assert "foi retirado antes" in m.exigir("cte", "estornar", chave).stdout
    assert situacao(m, chave) == "AUTORIZADO PELA SEFAZ"
    assert evento not in m.saida(1)
    quem = [h["quem"] for h in m.json("cte", "ver", chave)["historico"]][-2:]
    assert quem == [EU, EU]
    m.exigir("cte", "cancelar", chave, "--motivo", MOTIVO)
    de_novo = m.exigir("cte", "estornar", chave, codigo=1)
    assert "usuário e senha" in de_novo.stderr
    assert situacao(m, chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"


@pytest.mark.requisito("CTE-05", "CTE-08")
def test_ordem_que_nao_cabe_e_recusada_na_hora_sem_registro(cenario: Cenario) -> None:
    m = cenario.maquina
    recusas = [
        (
            ("cancelar", cenario.autorizado, "--motivo", "curto"),
            "o valor «curto» tem 5 caracteres. O certo: texto em uma linha, de 15 a 255",
        ),
        (
            ("cancelar", cenario.autorizado, "--motivo", "   espaços  " + " " * 20),
            "O certo: texto em uma linha, de 15 a 255",
        ),
        (("cancelar", cenario.rejeitado, "--motivo", MOTIVO), "O documento está REJEITADO PELA SEFAZ"),
        (("estornar", cenario.autorizado), "não há pedido de cancelamento em aberto"),
        (("enviar", cenario.enviado), "O documento está AGUARDANDO RETORNO"),
        (("consultar", "9" * 44), "Não há documento com a chave"),
    ]
    antes = tarefas(m)
    for argumentos, trecho in recusas:
        assert trecho in m.exigir("cte", *argumentos, codigo=1).stderr
    assert "Diga o motivo" in m.exigir("cte", "cancelar", cenario.autorizado, codigo=2).stderr
    assert "não é uma chave" in m.exigir("cte", "enviar", "123", codigo=2).stderr
    assert tarefas(m) == antes == []


def test_com_o_servico_parado_a_ordem_fica_registrada_e_e_cumprida_depois(cenario: Cenario) -> None:
    m, chave = cenario.maquina, cenario.autorizado
    feito = m.exigir("cte", "cancelar", chave, "--motivo", MOTIVO, codigo=3)
    assert "O serviço está desligado. A ordem ficou registrada" in feito.stderr
    m.exigir("cte", "cancelar", chave, "--motivo", MOTIVO, codigo=3)  # a second order changes nothing
    assert tarefas(m) == [("cancelar", chave)]
    assert situacao(m, chave) == "AUTORIZADO PELA SEFAZ"
    m.uma_vez()
    assert situacao(m, chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    passos = [p["detalhe"] for p in m.json("rastrear", chave)["passos"] if p["passo"].startswith("ordem")]
    assert passos == [f"cancelar, por {EU}: {MOTIVO}", "cancelar: Cancelamento entregue para transmissão."]


@pytest.mark.requisito("CTE-02")
def test_enviar_varios_na_rota_manual_cada_um_com_seu_resultado(manual: Maquina) -> None:
    agora = datetime.now(UTC)
    es = [exportacoes.cte(n, agora=agora) for n in (1, 2, 3)]
    for e in es:
        manual.soltar(1, e.nome, e.dados)
    manual.executar()
    manual.esperar(lambda: len(manual.json("cte", "listar")) == 3)
    assert {d["situacao"] for d in manual.json("cte", "listar")} == {"NÃO ENVIADO"}
    assert manual.saida(1) == []
    feito = manual.exigir("cte", "enviar", es[0].chave, es[1].chave)
    assert feito.stdout.splitlines() == [f"{e.chave}: Documento entregue para transmissão." for e in es[:2]]
    assert manual.saida(1) == sorted(f"{e.chave}-cte.xml" for e in es[:2])
    misto = manual.exigir("cte", "enviar", es[1].chave, es[2].chave, codigo=1)
    assert misto.stdout == f"{es[2].chave}: Documento entregue para transmissão.\n"
    assert misto.stderr.startswith(f"{es[1].chave}: O documento está AGUARDANDO RETORNO")
    assert {d["situacao"] for d in manual.json("cte", "listar")} == {"AGUARDANDO RETORNO"}


@pytest.mark.requisito("CTE-04")
def test_rejeitado_vai_de_novo_com_os_mesmos_bytes(cenario: Cenario) -> None:
    m, chave = cenario.maquina, cenario.rejeitado
    m.executar()
    m.exigir("cte", "enviar", chave)
    assert situacao(m, chave) == "AGUARDANDO RETORNO"
    assert m.saida(1) == [f"{chave}-cte.xml"]


@pytest.mark.requisito("CTE-07")
def test_depois_do_cancelamento_recusado_pede_autorizacao_ou_cancela_de_novo(cenario: Cenario) -> None:
    m, chave = cenario.maquina, cenario.autorizado
    recusar_cancelamento(m, chave)
    assert situacao(m, chave) == "CANCELAMENTO REJEITADO"
    m.executar()
    assert "não é retransmitido" in m.exigir("cte", "enviar", chave).stdout
    assert situacao(m, chave) == "AGUARDANDO RETORNO"
    assert m.saida(1) == [f"{chave}-ped-sit.xml"]


def recusar_cancelamento(m: Maquina, chave: str) -> None:
    m.exigir("cte", "cancelar", chave, "--motivo", MOTIVO, codigo=3)
    m.uma_vez()
    nome = f"{chave}_110111_001-ped-eve.xml"
    r = retornos.evento_respondido(recolher(m, nome), nome.encode(), agora=datetime.now(UTC), c_stat="220")
    m.soltar(2, r.nome, r.dados)
    m.uma_vez()


def test_consultar_entrega_a_consulta_em_qualquer_situacao(cenario: Cenario) -> None:
    m = cenario.maquina
    m.executar()
    m.exigir("cte", "consultar", cenario.enviado)
    assert m.saida(1) == [f"{cenario.enviado}-ped-sit.xml"]
    assert situacao(m, cenario.enviado) == "AGUARDANDO RETORNO"


def em_terminal(m: Maquina, *args: str, respostas: str) -> tuple[int, str]:
    """Runs the command on a terminal of its own, with a person who types."""
    mestre, escravo = os.openpty()
    try:
        with subprocess.Popen(
            [*m.comando, *args], env=m.env, stdin=escravo, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as filho:
            os.write(mestre, respostas.encode())
            saida, _ = filho.communicate(timeout=60)
            return filho.returncode, saida.decode()
    finally:
        os.close(mestre)
        os.close(escravo)


@pytest.mark.requisito("CTE-05")
def test_no_terminal_pergunta_e_desistir_nao_muda_nada(cenario: Cenario) -> None:
    m, chave = cenario.maquina, cenario.autorizado
    codigo, dito = em_terminal(m, "cte", "cancelar", chave, respostas=f"{MOTIVO}\nn\n")
    assert codigo == 1
    assert "Motivo do cancelamento" in dito
    assert "Pedir o cancelamento? [s/N]" in dito
    assert "Nada foi mudado." in dito
    assert tarefas(m) == []
    codigo, dito = em_terminal(m, "cte", "cancelar", chave, respostas=f"{MOTIVO}\ns\n")
    assert codigo == 3, dito
    assert tarefas(m) == [("cancelar", chave)]
    codigo, dito = em_terminal(m, "cte", "cancelar", cenario.rejeitado, respostas="")
    assert codigo == 1
    assert "Motivo" not in dito  # there is no question about what cannot be cancelled


@pytest.mark.requisito("SEP-05", "SEP-08")
def test_dispensar_falha_registra_quem_e_manda_o_retorno_retido_para_a_quarentena(
    tmp_path_factory: pytest.TempPathFactory, cenario: Cenario
) -> None:
    m = cenario.maquina
    outra = Maquina(tmp_path_factory.mktemp("outra"))
    e = exportacoes.cte(50, agora=cenario.agora)
    orfao = retornos.autorizado(exportar(outra, e, "fora"), f"{e.chave}-cte.xml".encode(), agora=cenario.agora)
    m.executar()
    m.soltar(2, orfao.nome, orfao.dados)
    m.esperar(lambda: len(m.json("falhas")) > 1, motivo="o retorno órfão não apareceu")
    rejeicao, falha = m.json("falhas")
    assert rejeicao["chave"] == cenario.rejeitado, "o que a SEFAZ rejeitou está à vista desde o começo"
    assert (falha["codigo"], falha["chave"]) == ("SEP-RET-ORFAO", e.chave)
    assert m.json("situacao")["rotas"][1]["esperando"] >= 1
    vida = m.json("rastrear", orfao.nome.decode())
    assert "retido" in [p["passo"] for p in vida["passos"]]

    numero = str(falha["id"])
    assert "Diga o motivo" in m.exigir("falhas", "dispensar", numero, "--motivo", " ", codigo=1).stderr
    feito = m.exigir("falhas", "dispensar", numero, "--motivo", "não é nosso")
    assert "foi para a quarentena" in feito.stdout
    assert m.json("falhas") == [rejeicao]
    vida = m.json("rastrear", str(vida["id"]))
    texto = "\n".join(f"{p['passo']}: {p['detalhe']}" for p in vida["passos"])
    assert f"dispensada por {EU}: não é nosso" in texto
    assert "quarentena" in texto
    assert m.listar(m.dados / "quarentena") == [f"{vida['id']}_{orfao.nome.decode()}"]
    assert (m.dados / "quarentena" / f"{vida['id']}_{orfao.nome.decode()}").read_bytes() == orfao.dados
    assert "já saiu da lista" in m.exigir("falhas", "dispensar", numero, "--motivo", "x", codigo=1).stderr
    assert "Não há falha" in m.exigir("falhas", "dispensar", "999", "--motivo", "x", codigo=1).stderr


@pytest.mark.requisito("SEP-05")
def test_dispensar_com_o_servico_parado_fica_registrado(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    m.soltar(1, "ruim-cte.xml", b"<CTe/>")
    m.uma_vez()
    (falha,) = m.json("falhas")
    feito = m.exigir("falhas", "dispensar", str(falha["id"]), "--motivo", "já corrigido no WMS", codigo=3)
    assert "registrada" in feito.stderr
    assert len(m.json("falhas")) == 1
    m.uma_vez()
    assert m.json("falhas") == []
