"""Tests what of a load that was issued is built anew: by a file that says `refazer`, and by order."""

import zlib
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from separador.banco import pedidos
from separador.banco.conexao import abrir
from separador.capacidades.emissao.banco import leitura
from separador.demonstracao.empresas import DESTINATARIO_SP
from tests.apoio.emissao import ROTA_DA_CARGA, carga, em_yaml
from tests.apoio.instalacao_em_rede import AUTORIZADO, REJEITADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]
NAO_ENVIADO = "NÃO ENVIADO"


@pytest.fixture
def manual(fazer: Fazer) -> InstalacaoEmRede:
    """Returns an installation whose loads wait for the order to be sent."""
    i = fazer()
    i.fechar()
    i.rotas[-1]["envio"] = "manual"
    i.gravar_config()
    i.abrir()
    return i


def _soltar(i: InstalacaoEmRede, conteudo: dict[str, Any], nome: str = "45871-carga.yaml") -> dict[str, Any]:
    i.soltar(ROTA_DA_CARGA, nome, em_yaml(conteudo))
    return i.json(ROTA_DA_CARGA, f"{nome.rpartition('-')[0]}-ret.json")


def _duas(i: InstalacaoEmRede) -> dict[str, Any]:
    conteudo = carga(i.agora, notas=2)
    conteudo["notas"][1]["destinatario"] = "DEST-SP"
    return conteudo


@pytest.mark.requisito("CARGA-03")
def test_refazer_no_arquivo_troca_so_o_que_mudou(manual: InstalacaoEmRede) -> None:
    conteudo = _duas(manual)
    antes = _soltar(manual, conteudo)["documentos"]
    um, dois = (d["chave"] for d in antes)
    intacto = manual.assinado(um)
    conteudo["notas"][1]["valor"] = "6000.00"
    resposta = _soltar(manual, conteudo | {"refazer": True}, "outra-carga.yaml")
    assert (resposta["resultado"], resposta["mensagem"]) == ("gerada", "1 CT-e refeito."), resposta["erros"]
    assert [(d["chave"], d["numero"], d["valor"]) for d in resposta["documentos"]] == [
        (um, 1, "250.00"), (dois, 2, "300.00"),
    ]  # fmt: skip
    linha, vista = leitura.linha_de(manual.banco.conn, "45871"), leitura.ver(manual.banco.conn, "45871")
    assert linha is not None
    assert vista is not None
    assert {n: vista[n] for n in leitura.resumida(linha)} == leitura.resumida(linha), "o que a lista diz é o de agora"
    assert vista["valor"] == "550.00"
    assert manual.assinado(um) == intacto
    assert b"<vTPrest>300.00</vTPrest>" in manual.assinado(dois)
    assert manual.caminho(dois) == [NAO_ENVIADO, NAO_ENVIADO]
    assert manual.desfecho("outra-carga.yaml") == "entregue"
    assert _soltar(manual, conteudo, "mais-carga.yaml")["resultado"] == "ja gerada", "guarda-se o que vale agora"
    assert manual.ordenar("enviar", dois)["estado"] == "feita"
    assert manual.situacao(dois) == AUTORIZADO


def _pedir(i: InstalacaoEmRede, chave: str, conteudo: dict[str, Any] | None = None) -> tuple[str, str, str]:
    dados = None
    if conteudo is not None:
        escrito = b64encode(zlib.compress(em_yaml(conteudo))).decode()
        dados = {"arquivo": "45871-carga.yaml", "conteudo": escrito}
    linha = i.ordenar("carga-refazer", chave, dados=dados)
    return linha["estado"], linha["codigo"], linha["mensagem"]


def _mudar_cadastro(i: InstalacaoEmRede, de: str, para: str, nome: str = "entidades") -> None:
    arquivo = i.pasta / "config" / "cadastros" / f"{nome}.yaml"
    texto = arquivo.read_text("utf-8")
    assert de in texto
    arquivo.write_text(texto.replace(de, para), encoding="utf-8")
    i.passar(5)


def _erros(resposta: dict[str, Any]) -> list[tuple[str, str]]:
    assert resposta["resultado"] == "recusada"
    return [(e["codigo"], e["campo"]) for e in resposta["erros"]]


@pytest.mark.requisito("CARGA-03")
def test_refazer_por_ordem_usa_os_cadastros_de_agora(manual: InstalacaoEmRede) -> None:
    um, dois = (d["chave"] for d in _soltar(manual, _duas(manual))["documentos"])
    intacto = manual.assinado(dois)
    _mudar_cadastro(manual, "percentual_frete: '5'", "percentual_frete: '10'", "depositantes")
    estado, codigo, mensagem = _pedir(manual, um)
    assert (estado, codigo) == ("feita", "SEP-CARGA-REFEITA"), mensagem
    assert b"<vTPrest>500.00</vTPrest>" in manual.assinado(um)
    assert manual.assinado(dois) == intacto
    assert manual.doc(um)["numero"] == "1"
    vista = leitura.ver(manual.banco.conn, "45871")
    assert vista is not None
    assert vista["valor"] == "750.00"


@pytest.mark.requisito("CARGA-03")
@pytest.mark.parametrize("com_arquivo", [False, True])
def test_o_rejeitado_e_refeito_e_segue_sozinho(fazer: Fazer, com_arquivo: bool) -> None:
    i = fazer()
    i.sefaz.roteiro({"falha": "cstat", "cstat": "209", "servico": "recepcao", "vezes": 1})
    conteudo = carga(i.agora)
    (doc,) = _soltar(i, conteudo)["documentos"]
    chave = doc["chave"]
    assert i.situacao(chave) == REJEITADO
    conteudo["notas"][0]["valor"] = "5000.01"
    estado, _, mensagem = _pedir(i, chave, conteudo if com_arquivo else None)
    assert estado == "feita", mensagem
    assert i.caminho(chave)[-3:] == [NAO_ENVIADO, "AGUARDANDO RETORNO", AUTORIZADO]
    assert i.falhas() == []
    assert i.na_sefaz(chave)["chave"] == chave
    repetida = _soltar(i, conteudo, "mais-carga.yaml")
    assert repetida["resultado"] == ("ja gerada" if com_arquivo else "recusada")


@pytest.mark.requisito("CARGA-03")
def test_o_rejeitado_do_arquivo_que_corrige(fazer: Fazer) -> None:
    """The recipient was wrong: it is the same document, with its number, because the invoice is in it."""
    i = fazer()
    i.sefaz.roteiro({"falha": "cstat", "cstat": "209", "servico": "recepcao", "vezes": 1})
    conteudo = carga(i.agora)
    chave = _soltar(i, conteudo)["documentos"][0]["chave"]
    conteudo["notas"][0]["destinatario"] = "DEST-SP"
    resposta = _soltar(i, conteudo | {"refazer": "sim"}, "outra-carga.yaml")
    assert [(d["chave"], d["destinatario"]) for d in resposta["documentos"]] == [(chave, DESTINATARIO_SP.cnpj)]
    assert i.situacao(chave) == AUTORIZADO


@pytest.mark.requisito("CARGA-03")
def test_quem_pede_refazer_na_primeira_vez_e_gerado(instalacao: InstalacaoEmRede) -> None:
    resposta = _soltar(instalacao, carga(instalacao.agora) | {"refazer": True})
    assert (resposta["resultado"], [d["numero"] for d in resposta["documentos"]]) == ("gerada", [1])
    outra = _soltar(instalacao, carga(instalacao.agora) | {"refazer": True}, "outra-carga.yaml")
    assert (outra["resultado"], outra["codigo"]) == ("ja gerada", "SEP-CARGA-REPETIDA")
    assert instalacao.desfecho("outra-carga.yaml") == "duplicado"


# --- the chave that changes ------------------------------------------------------------------------------------------


@pytest.mark.requisito("CARGA-03")
def test_o_mes_que_muda_muda_a_chave(manual: InstalacaoEmRede) -> None:
    """The number stays. The old key is marked, and nobody sends it any more, by order or by dropping it."""
    conteudo = carga(manual.agora)
    antes = _soltar(manual, conteudo)["documentos"][0]["chave"]
    velho = manual.assinado(antes)
    manual.passar(40 * 86400)
    estado, _, mensagem = _pedir(manual, antes)
    assert estado == "feita", mensagem
    (depois,) = [d["chave"] for d in leitura.ver(manual.banco.conn, "45871")["itens"]]  # type: ignore[index,union-attr]
    assert depois in mensagem
    assert (antes[:2], antes[6:43]) == (depois[:2], depois[6:43]), "só muda o mês, e o dígito"
    assert antes[2:6] != depois[2:6]
    assert manual.doc(antes)["marca"] == f"substituído por {depois}"
    assert manual.ordenar("enviar", antes)["codigo"] == "SEP-SITUACAO"
    assert _pedir(manual, antes)[1] == "SEP-CARGA-DIFERENTE"
    manual.soltar(1, f"{antes}-cte.xml", velho.replace(b"AUTOPECAS", b"AUTOPECAS 2"))
    assert manual.situacao(antes) == NAO_ENVIADO
    assert manual.ordenar("enviar", depois)["estado"] == "feita"
    assert manual.situacao(depois) == AUTORIZADO
    assert manual.doc(depois)["numero"] == "1"
    seguinte = _soltar(manual, carga(manual.agora, "B", primeira=5), "B-carga.yaml")["documentos"]
    assert [d["numero"] for d in seguinte] == [2]


@pytest.mark.requisito("CARGA-03")
@pytest.mark.parametrize(("horas", "igual"), [(167, True), (169, False)])
def test_a_emissao_e_a_mesma_enquanto_vale(manual: InstalacaoEmRede, horas: int, igual: bool) -> None:
    chave = _soltar(manual, carga(manual.agora))["documentos"][0]["chave"]
    antes = manual.doc(chave)["emitido_em"]
    manual.passar(horas * 3600)
    assert _pedir(manual, chave)[0] == "feita"
    item = leitura.ver(manual.banco.conn, "45871")["itens"][0]  # type: ignore[index,union-attr]
    assert (manual.doc(item["chave"])["emitido_em"] == antes) is igual


# --- refused as a whole ----------------------------------------------------------------------------------------------


@pytest.mark.requisito("CARGA-03")
def test_o_que_mudou_e_ja_esta_autorizado(manual: InstalacaoEmRede) -> None:
    conteudo = _duas(manual)
    um, dois = (d["chave"] for d in _soltar(manual, conteudo)["documentos"])
    manual.ordenar("enviar", um)
    intactos = [manual.assinado(x) for x in (um, dois)]
    for nota in conteudo["notas"]:
        nota["valor"] = "6000.00"
    resposta = _soltar(manual, conteudo | {"refazer": True}, "outra-carga.yaml")
    assert _erros(resposta) == [("SEP-CARGA-DIFERENTE", "notas[1]")]
    assert [d["chave"] for d in resposta["documentos"]] == [um, dois]
    assert [manual.assinado(x) for x in (um, dois)] == intactos
    assert _pedir(manual, um)[:2] == ("recusada", "SEP-CARGA-DIFERENTE")
    conteudo["notas"][0]["valor"] = "5000.00"
    certa = _soltar(manual, conteudo | {"refazer": True}, "certa-carga.yaml")
    assert certa["mensagem"] == "1 CT-e refeito.", certa["erros"]
    assert "45871" not in " ".join(manual.falhas()), "a falha sai quando a mesma carga passa"


@pytest.mark.requisito("CARGA-03")
def test_o_que_esta_a_caminho(fazer: Fazer) -> None:
    i = fazer()
    i.sefaz.roteiro({"falha": "queda-depois", "servico": "recepcao"}, {"falha": "fora-do-ar", "servico": "consulta"})
    conteudo = carga(i.agora)
    chave = _soltar(i, conteudo)["documentos"][0]["chave"]
    assert i.situacao(chave) == "AGUARDANDO RETORNO"
    assert _pedir(i, chave)[:2] == ("recusada", "SEP-CARGA-DIFERENTE")
    conteudo["notas"][0]["valor"] = "1.00"
    assert _erros(_soltar(i, conteudo | {"refazer": True}, "x-carga.yaml")) == [("SEP-CARGA-DIFERENTE", "notas[1]")]


@pytest.mark.requisito("CARGA-03")
def test_o_cancelado_nao_se_refaz(instalacao: InstalacaoEmRede) -> None:
    conteudo = carga(instalacao.agora)
    chave = _soltar(instalacao, conteudo)["documentos"][0]["chave"]
    instalacao.ordenar("cancelar", chave, "CARGA DEVOLVIDA AO REMETENTE")
    instalacao.passar(5)
    assert instalacao.situacao(chave) == "CANCELADO"
    assert _pedir(instalacao, chave)[:2] == ("recusada", "SEP-CARGA-DIFERENTE")
    conteudo["notas"][0]["valor"] = "1.00"
    assert _erros(_soltar(instalacao, conteudo | {"refazer": True}, "x-carga.yaml")) == [
        ("SEP-CARGA-DIFERENTE", "notas[1]")
    ]


@pytest.mark.requisito("CARGA-03")
def test_um_cte_a_mais_ou_a_menos(manual: InstalacaoEmRede) -> None:
    conteudo = _duas(manual)
    _, dois = (d["chave"] for d in _soltar(manual, conteudo)["documentos"])
    mais = conteudo | {"notas": [*conteudo["notas"], carga(manual.agora, primeira=9)["notas"][0]], "refazer": True}
    mais["notas"][2]["destinatario"] = "TOMADOR-PR"
    assert _erros(_soltar(manual, mais, "mais-carga.yaml")) == [("SEP-CARGA-DIFERENTE", "notas[3]")]
    menos = conteudo | {"notas": conteudo["notas"][:1], "refazer": True}
    resposta = _soltar(manual, menos, "menos-carga.yaml")
    assert _erros(resposta) == [("SEP-CARGA-DIFERENTE", "notas[2]")]
    assert dois in resposta["erros"][0]["mensagem"]


@pytest.mark.requisito("CARGA-03")
def test_outra_serie_e_outro_documento(manual: InstalacaoEmRede) -> None:
    conteudo = carga(manual.agora)
    _soltar(manual, conteudo)
    conteudo["padrao"]["serie"] = 2
    assert _erros(_soltar(manual, conteudo | {"refazer": True}, "x-carga.yaml")) == [
        ("SEP-CARGA-DIFERENTE", "notas[1]")
    ]


@pytest.mark.requisito("CARGA-03")
def test_o_cadastro_que_sumiu(manual: InstalacaoEmRede) -> None:
    conteudo = carga(manual.agora)
    chave = _soltar(manual, conteudo)["documentos"][0]["chave"]
    intacto = manual.assinado(chave)
    _mudar_cadastro(manual, "codigo: DEST-RJ", "codigo: DEST-RIO")
    assert _pedir(manual, chave)[1] == "SEP-CARGA-REFERENCIA"
    conteudo["notas"][0]["valor"] = "1.00"
    resposta = _soltar(manual, conteudo | {"refazer": True}, "x-carga.yaml")
    assert ("SEP-CARGA-REFERENCIA", "notas[1].destinatario") in _erros(resposta)
    assert manual.assinado(chave) == intacto


@pytest.mark.requisito("CARGA-03")
def test_o_arquivo_da_ordem_nao_muda_outro_cte(manual: InstalacaoEmRede) -> None:
    conteudo = _duas(manual)
    um, dois = (d["chave"] for d in _soltar(manual, conteudo)["documentos"])
    conteudo["notas"][1]["valor"] = "9.00"
    estado, codigo, mensagem = _pedir(manual, um, conteudo)
    assert (estado, codigo) == ("recusada", "SEP-CARGA-DIFERENTE")
    assert dois in mensagem
    assert _pedir(manual, um, conteudo | {"carga": "OUTRA"})[1] == "SEP-CARGA-DIFERENTE"
    assert _pedir(manual, um, conteudo | {"nada": "1"})[1] == "SEP-CARGA-ESQUEMA"
    assert _pedir(manual, "35261112ABC34501DE35570010000000991234567899")[1] == "SEP-CHAVE-DESCONHECIDA"


@pytest.mark.requisito("CARGA-03")
def test_duas_vezes_ao_mesmo_tempo(manual: InstalacaoEmRede) -> None:
    chave = _soltar(manual, carga(manual.agora))["documentos"][0]["chave"]
    _mudar_cadastro(manual, "percentual_frete: '5'", "percentual_frete: '10'", "depositantes")
    with closing(abrir(manual.dados, migrar=False)) as outro:
        for quem in ("ana", "bia"):
            pedidos.registrar(outro, "carga-refazer", chave, None, quem, "2026-01-01T00:00:00.000Z")
    manual.rodar()
    feitas = [r["estado"] for r in manual.banco.todas("SELECT estado FROM tarefa")]
    assert feitas == ["feita", "feita"]
    versoes = manual.banco.todas("SELECT 1 FROM assinado")
    assert len(versoes) == 2, "a segunda ordem dá os mesmos bytes que a primeira"
    assert manual.situacao(chave) == NAO_ENVIADO


def test_sem_certificado_nada_e_refeito(manual: InstalacaoEmRede) -> None:
    conteudo = carga(manual.agora)
    chave = _soltar(manual, conteudo)["documentos"][0]["chave"]
    intacto = manual.assinado(chave)
    for empresa in manual.empresas:
        empresa.pop("certificado", None)
    manual.gravar_config()
    manual.passar(5)
    assert _pedir(manual, chave)[1] == "SEP-SEM-CERTIFICADO"
    conteudo["notas"][0]["valor"] = "1.00"
    manual.soltar(ROTA_DA_CARGA, "x-carga.yaml", em_yaml(conteudo | {"refazer": True}))
    assert manual.desfecho("x-carga.yaml") is None, "espera pelo certificado"
    assert manual.assinado(chave) == intacto


def test_muitos_sao_refeitos_em_rodadas(manual: InstalacaoEmRede, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("separador.capacidades.emissao.servico.reserva.JUNTOS", 2)
    conteudo = carga(manual.agora, notas=5)
    for n, nota in enumerate(conteudo["notas"]):
        nota["destinatario"] = ("DEST-RJ", "DEST-SP", "TOMADOR-PR", "TERMINAL-MG", "CONSUMIDOR-RJ")[n]
    chaves = [d["chave"] for d in _soltar(manual, conteudo)["documentos"]]
    for nota in conteudo["notas"]:
        nota["valor"] = "6000.00"
    resposta = _soltar(manual, conteudo | {"refazer": True}, "x-carga.yaml")
    assert resposta["mensagem"] == "5 CT-e refeitos.", resposta["erros"]
    assert [(d["chave"], d["valor"]) for d in resposta["documentos"]] == [(c, "300.00") for c in chaves]
    for chave in chaves:
        assert b"<vTPrest>300.00</vTPrest>" in manual.assinado(chave)
