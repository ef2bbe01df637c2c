"""Tests `separador cte evento`: one command per event, its options, refusals and list."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from separador.demonstracao import retornos
from separador.fiscal.evento.tabela import EVENTOS
from separador.nucleo.chave import compor
from tests.aceitacao.cenario import Cenario, recolher
from tests.apoio import pdf_lido

OBSERVACAO = "O valor cobrado não é o contratado"
DE_TERCEIRO = compor(
    uf="43", aamm="2611", cnpj="99887766000105", modelo="57", serie=1, numero=77, tp_emis="1", codigo="12345678"
)
CHAVES = {
    "chave", "evento", "tp_evento", "n_seq", "estado", "codigo", "motivo", "protocolo", "quem", "dados", "criado_em",
    "atualizado_em",
}  # fmt: skip


def listar(c: Cenario, *opcoes: str) -> list[dict[str, Any]]:
    lista: list[dict[str, Any]] = c.maquina.json("cte", "evento", "listar", *opcoes)
    return lista


@pytest.mark.requisito("SEFAZ-02")
def test_um_comando_por_evento_com_ajuda_em_portugues(cenario: Cenario) -> None:
    ajuda = cenario.maquina.exigir("cte", "evento", "--ajuda").stdout
    for e in EVENTOS:
        assert f"  {e.nome} " in ajuda
    uma = cenario.maquina.exigir("cte", "evento", "comprovante", "--ajuda").stdout
    for opcao in ("--entrega-em", "--documento", "--nota", "--imagem", "--todas-as-notas", "--sequencia", "--dados"):
        assert opcao in uma
    assert "obrigatório" in uma


@pytest.mark.requisito("SEFAZ-02")
def test_carta_de_correcao_com_o_servico_ligado(cenario: Cenario) -> None:
    m, chave = cenario.maquina, cenario.autorizado
    m.executar()
    feito = m.exigir("cte", "evento", "carta-correcao", chave, "--correcao", "compl/xObs=CARGA = REFRIGERADA")
    assert "carta-correcao nº 1" in feito.stdout
    xml = recolher(m, f"{chave}_110110_001-ped-eve.xml")
    assert b"<valorAlterado>CARGA = REFRIGERADA</valorAlterado>" in xml
    aberto = m.exigir("cte", "evento", "carta-correcao", chave, "--correcao", "compl/xObs=OUTRA", codigo=1)
    assert "ainda espera a resposta" in aberto.stderr
    assert [t["estado"] for t in listar(cenario)] == ["publicado"]


@pytest.mark.requisito("SEFAZ-02")
def test_recusas_na_hora_nomeiam_cada_opcao_e_nada_registram(cenario: Cenario) -> None:
    m = cenario.maquina
    feito = m.exigir("cte", "evento", "comprovante", cenario.autorizado, "--nome", "X", "--latitude", "91", codigo=1)
    for trecho in (
        "--nome (",
        "o valor «X»: tem 1 caractere; o mínimo é 2",
        "--latitude (",
        "o valor «91» passa do limite. O certo: graus de -90 a 90",
        "--entrega-em (Data e hora da conclusão da entrega; no leiaute, dhEntrega): falta",
        "--documento (",
    ):
        assert trecho in feito.stderr
    feito = m.exigir("cte", "evento", "carta-correcao", cenario.autorizado, "--correcao", "ide/dhEmi=x", codigo=1)
    assert "não pode ser alterado" in feito.stderr
    feito = m.exigir("cte", "evento", "carta-correcao", cenario.enviado, "--correcao", "compl/xObs=x", codigo=1)
    assert "AGUARDANDO RETORNO" in feito.stderr
    feito = m.exigir("cte", "evento", "carta-correcao", DE_TERCEIRO, "--correcao", "compl/xObs=x", codigo=1)
    assert "Não há documento" in feito.stderr
    m.exigir("cte", "evento", "carta-correcao", cenario.autorizado, "--correcao", "compl", codigo=2)
    m.exigir("cte", "evento", "carta-correcao", "123", "--correcao", "compl/xObs=x", codigo=2)
    m.exigir("cte", "evento", "insucesso", cenario.autorizado, "--motivo", "9", codigo=2)
    assert listar(cenario) == []


@pytest.mark.requisito("SEFAZ-02")
def test_servico_desligado_registra_e_cumpre_depois(cenario: Cenario) -> None:
    m, chave = cenario.maquina, cenario.autorizado
    feito = m.exigir("cte", "evento", "desacordo", DE_TERCEIRO, "--observacao", OBSERVACAO, codigo=3)
    assert "ficou registrada" in feito.stderr
    assert [(t["estado"], t["dados"]) for t in listar(cenario)] == [("ordem registrada", {"observacao": OBSERVACAO})]
    m.exigir("cte", "evento", "desacordo", DE_TERCEIRO, "--observacao", OBSERVACAO, codigo=3)  # shared, not doubled
    m.uma_vez()
    assert [n for n in m.saida(1) if n.startswith(DE_TERCEIRO)] == [f"{DE_TERCEIRO}_610110_001-ped-eve.xml"]
    assert chave not in str(listar(cenario))


@pytest.mark.requisito("EMIS-17")
def test_cada_tentativa_de_desacordo_fica_na_lista(cenario: Cenario) -> None:
    m = cenario.maquina
    m.cli("cte", "evento", "desacordo", DE_TERCEIRO, "--observacao", OBSERVACAO)
    m.uma_vez()
    nome = f"{DE_TERCEIRO}_610110_001-ped-eve.xml"
    ret = retornos.evento_respondido(recolher(m, nome), nome.encode(), agora=cenario.agora, c_stat="135")
    m.soltar(2, ret.nome, ret.dados)
    pedido = {"pedido": "evento", "evento": "desacordo", "chave": DE_TERCEIRO, "dados": {"observacao": "curta"}}
    m.soltar(3, "ruim.json", json.dumps(pedido).encode())
    m.uma_vez()
    lista = listar(cenario, "--tipo", "desacordo", "--chave", DE_TERCEIRO)
    assert [set(t) for t in lista] == [CHAVES, CHAVES]
    assert sorted(t["estado"] for t in lista) == ["aceito", "recusado aqui"]
    aceito = next(t for t in lista if t["estado"] == "aceito")
    assert (aceito["n_seq"], aceito["codigo"], aceito["dados"]) == (1, "135", {"observacao": OBSERVACAO})
    assert aceito["protocolo"]
    assert aceito["quem"].startswith("so:")
    recusado = next(t for t in lista if t["estado"] == "recusado aqui")
    assert (recusado["codigo"], recusado["quem"]) == ("SEP-EVENTO-DADOS", "arquivo:ruim.json")
    assert listar(cenario, "--tipo", "gtv") == []
    tela = m.exigir("cte", "evento", "listar").stdout
    assert "desacordo" in tela
    assert "recusado aqui" in tela
    assert len(listar(cenario, "--limite", "1")) == 1


@pytest.mark.requisito("SEFAZ-02")
def test_imagem_vira_hash_e_dados_vem_de_arquivo(cenario: Cenario, tmp_path: Path) -> None:
    m, chave = cenario.maquina, cenario.autorizado
    imagem, dados = tmp_path / "foto.jpg", tmp_path / "entrega.json"
    imagem.write_bytes(b"\xff\xd8foto")
    dados.write_text(json.dumps({"documento": "1", "nome": "FULANO"}), encoding="utf-8")
    entrega = cenario.agora.isoformat(timespec="seconds")
    m.cli("cte", "evento", "comprovante", chave, "--dados", str(dados), "--documento", "12345", "--imagem", str(imagem),
          "--entrega-em", entrega, "--todas-as-notas")  # fmt: skip
    m.uma_vez()
    xml = recolher(m, f"{chave}_110180_001-ped-eve.xml").decode()
    esperado = hashlib.sha1(f"{chave}{base64.b64encode(imagem.read_bytes()).decode()}".encode()).digest()
    assert f"<hashEntrega>{base64.b64encode(esperado).decode()}</hashEntrega>" in xml
    assert "<nDoc>12345</nDoc><xNome>FULANO</xNome>" in xml
    assert "<infEntrega>" in xml
    (tmp_path / "ruim.json").write_text("[]", encoding="utf-8")
    m.exigir("cte", "evento", "comprovante", chave, "--dados", str(tmp_path / "ruim.json"), codigo=2)
    (tmp_path / "vazia.jpg").write_bytes(b"")
    m.exigir("cte", "evento", "comprovante", chave, "--imagem", str(tmp_path / "vazia.jpg"), codigo=2)


@pytest.mark.requisito("DACTE-06")
def test_a_folha_da_carta_registrada(cenario: Cenario, tmp_path: Path) -> None:
    m, chave, alvo = cenario.maquina, cenario.autorizado, tmp_path / "carta.pdf"
    falta = m.exigir("cte", "evento", "imprimir", chave, "--saida", str(alvo), codigo=1)
    assert "Não há evento registrado guardado da chave" in falta.stderr
    assert not alvo.exists()
    m.exigir("cte", "evento", "carta-correcao", chave, "--correcao", "compl/xObs=CARGA REFRIGERADA", codigo=3)
    m.uma_vez()
    xml = recolher(m, f"{chave}_110110_001-ped-eve.xml")
    r = retornos.evento_respondido(xml, f"{chave}_110110_001-ped-eve.xml".encode(), agora=cenario.agora, c_stat="135")
    m.soltar(2, r.nome, r.dados)
    m.uma_vez()
    dito = m.exigir("cte", "evento", "imprimir", chave, "--tipo", "carta-correcao", "--saida", str(alvo)).stdout
    assert f"número 1: folha impressa em {alvo}" in dito
    lido = " ".join(" ".join(f) for f in pdf_lido.textos(alvo.read_bytes()))
    assert "CARTA DE CORREÇÃO" in lido
    assert "CARGA REFRIGERADA" in lido
    m.exigir("cte", "evento", "imprimir", chave, "--sequencia", "2", "--saida", str(alvo), codigo=1)
