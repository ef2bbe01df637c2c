"""Tests the life of a load in the service: dropped, decided, numbered, signed, authorised, answered."""

import gc
import json
import re
import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from separador.capacidades.cte.banco import lista, rastro
from separador.capacidades.cte.banco.achados import localizar
from separador.capacidades.cte.banco.busca import procurar
from separador.capacidades.emissao.banco import leitura, numeracao
from tests.apoio.emissao import ROTA_DA_CARGA, cadastros, carga, em_yaml, nfe
from tests.apoio.instalacao_em_rede import AUTORIZADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]
DE_QUEM_MORREU = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""A service that died leaves its sockets to the collector; `gc.collect` has it take them in the test that killed."""


def _soltar(i: InstalacaoEmRede, conteudo: dict[str, Any], nome: str = "45871-carga.yaml") -> dict[str, Any]:
    i.soltar(ROTA_DA_CARGA, nome, em_yaml(conteudo))
    return i.json(ROTA_DA_CARGA, f"{nome.rpartition('-')[0]}-ret.json")


def _series(i: InstalacaoEmRede) -> list[tuple[int, int, list[int]]]:
    return [(s["primeiro"], s["proximo"], s["devolvidos"]) for s in numeracao.listar(i.banco)]  # type: ignore[misc]


@pytest.mark.requisito("CARGA-01", "EMIS-01", "EMIS-06", "EMIS-08", "EMIS-10", "EMIS-22", "CAD-01", "CAD-02", "CAD-03")
def test_uma_nota_solta_volta_como_um_cte_autorizado(instalacao: InstalacaoEmRede) -> None:
    resposta = _soltar(instalacao, carga(instalacao.agora))
    assert (resposta["resultado"], resposta["codigo"], resposta["erros"]) == ("gerada", "SEP-CARGA-GERADA", [])
    (doc,) = resposta["documentos"]
    assert {n: doc[n] for n in ("modelo", "serie", "numero", "emitente", "depositante", "valor", "notas", "campo")} == {
        "modelo": "57", "serie": 1, "numero": 1, "emitente": "11222333000181", "depositante": "12ABC34501DE35",
        "valor": "250.00", "notas": 1, "campo": "notas[1]",
    }  # fmt: skip
    chave = doc["chave"]
    assert instalacao.situacao(chave) == AUTORIZADO, instalacao.falhas()
    assert instalacao.doc(chave)["carga"] == "45871"
    assert instalacao.nomes(2) == [f"{chave}-pro-rec.xml", f"{chave}-procCTe.xml"]
    xml = instalacao.assinado(chave).decode()
    for pedaco in (
        "<CFOP>6353</CFOP>",
        "<toma3><toma>0</toma></toma3>",
        "<indIEToma>1</indIEToma>",
        "<vTPrest>250.00</vTPrest>",
        "<vICMS>30.00</vICMS>",
        "<vBC>211.97</vBC>",
    ):
        assert pedaco in xml, pedaco
    assert instalacao.desfecho("45871-carga.yaml") == "entregue"
    assert _series(instalacao) == [(1, 2, [])]
    assert instalacao.falhas() == []


@pytest.mark.requisito("USO-04", "CARGA-01")
def test_o_que_sai_de_uma_carga_esta_nas_listas(instalacao: InstalacaoEmRede) -> None:
    """With the columns that its signature knew: nothing waits for the service's idle time."""
    conteudo = carga(instalacao.agora, "A", notas=3)
    conteudo["notas"][2]["destinatario"] = "DEST-SP"
    resposta = _soltar(instalacao, conteudo, "A-carga.yaml")
    _soltar(instalacao, carga(instalacao.agora, "B", primeira=9), "B-carga.yaml")
    c = instalacao.banco.conn
    achados = lista.pagina(c, lista.Filtro(carga="A"), 10).linhas
    assert {d["chave"] for d in achados} == {d["chave"] for d in resposta["documentos"]}
    for d in achados:
        xml = instalacao.assinado(d["chave"]).decode()
        emissao = re.search(r"<dhEmi>(.*?)</dhEmi>", xml)
        assert emissao is not None
        assert datetime.fromisoformat(d["emitido_em"]) == datetime.fromisoformat(emissao[1])
        assert d["tomador"] == "12ABC34501DE35"
        assert f"<vTPrest>{d['valor'] // 100}.{d['valor'] % 100:02}</vTPrest>" in xml
        assert d["fim"] in xml.replace("</xMunFim><UFFim>", "/")
    assert sum(d["valor"] for d in achados) == 75000
    assert {a.chave for a in localizar(c, "A", 10)} == {d["chave"] for d in achados}
    rastro_da_carga = rastro.do_arquivo(c, rastro.arquivos_do_nome(c, b"A-carga.yaml")[0])
    assert sum(p.passo == "emitido" for p in rastro_da_carga) == len(achados) == 2


@pytest.mark.requisito("USO-04", "CARGA-01")
def test_a_lista_das_cargas_sai_por_paginas(instalacao: InstalacaoEmRede) -> None:
    for n in range(3):
        _soltar(instalacao, carga(instalacao.agora, f"C{n}", primeira=1 + 9 * n), f"C{n}-carga.yaml")
    c = instalacao.banco.conn
    primeira = leitura.pagina(c, None, 2)
    assert [f["carga"] for f in primeira.cargas] == ["C2", "C1"]
    assert primeira.proxima is not None
    assert leitura.pagina(c, "GERADA", 2, primeira.proxima) == ([[*leitura.todas(c)][2]], None)
    assert [f["carga"] for f in leitura.todas(c, "GERADA", 2)] == ["C2", "C1"]
    assert leitura.pagina(c, leitura.INFORMACOES, 2) == ([], None)


@pytest.mark.requisito("CARGA-01")
def test_a_lista_das_cargas_soma_os_seus_documentos(instalacao: InstalacaoEmRede) -> None:
    conteudo = carga(instalacao.agora, "A", notas=3)
    conteudo["notas"][2]["destinatario"] = "DEST-SP"
    _soltar(instalacao, conteudo, "A-carga.yaml")
    sem = carga(instalacao.agora, "B", primeira=9)
    del sem["informacoes_complementares"]
    instalacao.soltar(ROTA_DA_CARGA, "B-carga.yaml", em_yaml(sem))
    retida, gerada = leitura.todas(instalacao.banco.conn)
    assert {n: retida[n] for n in ("carga", "situacao", "notas", "documentos", "valor", "transportadoras")} == {
        "carga": "B", "situacao": leitura.INFORMACOES, "notas": 1, "documentos": 0, "valor": "250.00",
        "transportadoras": ["11222333000181"],
    }  # fmt: skip
    assert {n: gerada[n] for n in ("carga", "situacao", "notas", "documentos", "valor", "transportadoras")} == {
        "carga": "A", "situacao": "GERADA", "notas": 3, "documentos": 2, "valor": "750.00",
        "transportadoras": ["11222333000181"],
    }  # fmt: skip
    assert gerada["por_situacao"] == {AUTORIZADO: 2}
    assert [c["carga"] for c in leitura.todas(instalacao.banco.conn, "GERADA")] == ["A"]
    vista = leitura.ver(instalacao.banco.conn, "A")
    assert vista is not None
    assert (vista["valor"], len(vista["itens"])) == ("750.00", 2)  # type: ignore[arg-type]
    assert vista["informacoes_complementares"] == carga(instalacao.agora)["informacoes_complementares"]


@pytest.mark.requisito("CARGA-03")
def test_a_mesma_carga_nao_e_gerada_de_novo(instalacao: InstalacaoEmRede) -> None:
    primeira = _soltar(instalacao, carga(instalacao.agora))
    instalacao.passar(5)
    segunda = _soltar(instalacao, carga(instalacao.agora), "outra-carga.yaml")
    assert (segunda["resultado"], segunda["codigo"]) == ("ja gerada", "SEP-CARGA-REPETIDA")
    (doc,) = segunda["documentos"]
    assert (doc["chave"], doc["situacao"]) == (primeira["documentos"][0]["chave"], AUTORIZADO)
    assert instalacao.desfecho("outra-carga.yaml") == "duplicado"
    assert _series(instalacao) == [(1, 2, [])]


@pytest.mark.requisito("CARGA-03")
def test_a_carga_mudada_diz_campo_a_campo_o_que_difere(instalacao: InstalacaoEmRede) -> None:
    outra = carga(instalacao.agora)
    _soltar(instalacao, carga(instalacao.agora))
    outra["notas"][0]["valor"] = "5000.01"
    outra["padrao"]["observacao"] = "NOVA"
    resposta = _soltar(instalacao, outra, "outra-carga.yaml")
    assert resposta["resultado"] == "recusada"
    assert [(e["codigo"], e["campo"]) for e in resposta["erros"]] == [
        ("SEP-CARGA-DIFERENTE", "notas[1].valor"),
        ("SEP-CARGA-DIFERENTE", "padrao.observacao"),
    ]
    assert len(resposta["documentos"]) == 1
    assert _series(instalacao) == [(1, 2, [])]
    assert instalacao.falhas() == ["SEP-CARGA-DIFERENTE"]
    _soltar(instalacao, carga(instalacao.agora), "de-novo-carga.yaml")
    assert instalacao.falhas() == [], "a carga é a que foi gerada"


def test_uma_carga_com_erro_nao_toma_numero(instalacao: InstalacaoEmRede) -> None:
    ruim = carga(instalacao.agora)
    ruim["notas"][0]["destinatario"] = "NINGUEM"
    ruim["padrao"].pop("produto_predominante")
    resposta = _soltar(instalacao, ruim)
    assert resposta["resultado"] == "recusada"
    achados = {(e["codigo"], e["campo"]) for e in resposta["erros"]}
    assert ("SEP-CARGA-REFERENCIA", "notas[1].destinatario") in achados
    assert ("SEP-EMIS-22", "notas[1].produto_predominante") in achados
    assert instalacao.nomes(ROTA_DA_CARGA) == ["45871-ret.err", "45871-ret.json"]
    assert instalacao.desfecho("45871-carga.yaml") == "recusado"
    assert _series(instalacao) == []
    assert instalacao.falhas() == ["SEP-CARGA-REFERENCIA"]
    _soltar(instalacao, carga(instalacao.agora), "corrigida-carga.yaml")
    assert instalacao.falhas() == []


@pytest.mark.requisito("CARGA-02")
def test_sem_informacoes_complementares_a_carga_fica_retida(instalacao: InstalacaoEmRede) -> None:
    sem = carga(instalacao.agora)
    del sem["informacoes_complementares"]
    instalacao.soltar(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(sem))
    assert instalacao.nomes(ROTA_DA_CARGA) == []
    assert instalacao.falhas() == ["SEP-CARGA-COMPLEMENTAR"]
    assert _series(instalacao) == []


@pytest.mark.requisito("CARGA-02")
def test_outro_arquivo_da_carga_retida_toma_o_lugar_dela(instalacao: InstalacaoEmRede) -> None:
    sem = carga(instalacao.agora)
    completa = carga(instalacao.agora)
    del sem["informacoes_complementares"]
    instalacao.soltar(ROTA_DA_CARGA, "um-carga.yaml", em_yaml(sem))
    igual = _soltar(instalacao, sem, "igual-carga.yaml")
    assert (igual["codigo"], igual["documentos"]) == ("SEP-CARGA-REPETIDA", [])
    feita = _soltar(instalacao, completa, "dois-carga.yaml")
    assert feita["resultado"] == "gerada"
    instalacao.passar(1)
    assert instalacao.json(ROTA_DA_CARGA, "um-ret.json")["codigo"] == "SEP-CARGA-SUBSTITUIDA"
    assert instalacao.desfecho("um-carga.yaml") == "recusado"
    assert instalacao.falhas() == []


def test_sem_certificado_a_carga_espera_sem_numero(fazer: Fazer) -> None:
    i = fazer(com_certificado=False)
    i.soltar(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(carga(i.agora)))
    assert set(i.falhas()) == {"SEP-SEM-CERTIFICADO"}  # of the company, and of the held load
    assert _series(i) == []
    i.por_certificado()
    i.gravar_config()
    i.passar(700)
    assert i.desfecho("45871-carga.yaml") == "entregue", i.falhas()
    assert _series(i) == [(1, 2, [])]


def test_um_numero_de_documento_exportado_e_pulado(instalacao: InstalacaoEmRede) -> None:
    instalacao.exportar(1)
    resposta = _soltar(instalacao, carga(instalacao.agora))
    assert [d["numero"] for d in resposta["documentos"]] == [2]


def test_envio_manual_espera_a_ordem(fazer: Fazer) -> None:
    i = fazer()
    i.fechar()
    i.rotas[-1]["envio"] = "manual"
    i.gravar_config()
    i.abrir()
    resposta = _soltar(i, carga(i.agora))
    chave = resposta["documentos"][0]["chave"]
    assert i.situacao(chave) == "NÃO ENVIADO"
    assert i.ordenar("enviar", chave)["codigo"] == "SEP-NA-FILA"
    assert i.situacao(chave) == AUTORIZADO


def test_muitos_documentos_vao_em_rodadas(instalacao: InstalacaoEmRede, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("separador.capacidades.emissao.servico.reserva.JUNTOS", 2)
    conteudo = carga(instalacao.agora, notas=5)
    for n, nota in enumerate(conteudo["notas"]):
        nota["destinatario"] = ("DEST-RJ", "DEST-SP", "TOMADOR-PR", "TERMINAL-MG", "CONSUMIDOR-RJ")[n]
    resposta = _soltar(instalacao, conteudo)
    assert [d["numero"] for d in resposta["documentos"]] == [1, 2, 3, 4, 5], resposta["erros"]
    assert all(instalacao.situacao(d["chave"]) == AUTORIZADO for d in resposta["documentos"])
    assert _series(instalacao) == [(1, 6, [])]


@DE_QUEM_MORREU
def test_quem_morre_depois_de_reservar_termina_com_os_mesmos_documentos(
    fazer: Fazer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("separador.capacidades.emissao.servico.reserva.JUNTOS", 1)
    i = fazer()
    conteudo = carga(i.agora, notas=2)
    conteudo["notas"][1]["destinatario"] = "DEST-SP"
    i.por(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(conteudo))
    i.ponteiros.passar(1.1)
    while not i.banco.todas("SELECT 1 FROM carga_documento WHERE digest IS NOT NULL"):
        i.ciclo.passo()
        i.ponteiros.passar(0.1)
    antes = [r["chave"] for r in i.banco.todas("SELECT chave FROM carga_documento ORDER BY ordem")]
    assert i.banco.todas("SELECT 1 FROM documento") == []
    i.morrer()
    (i.pasta / "config" / "cadastros" / "empresas.yaml").write_text("empresas: []\n", encoding="utf-8")
    i.ponteiros.passar(86_400 * 2)
    i.abrir()
    i.rodar()
    resposta = i.json(ROTA_DA_CARGA, "45871-ret.json")
    assert [d["chave"] for d in resposta["documentos"]] == antes
    assert all(i.situacao(c) == AUTORIZADO for c in antes)
    assert _series(i) == [(1, 3, [])]
    gc.collect()


@DE_QUEM_MORREU
@pytest.mark.parametrize("passos", range(1, 15, 2))
def test_morto_em_qualquer_passo_a_conta_fecha(fazer: Fazer, monkeypatch: pytest.MonkeyPatch, passos: int) -> None:
    """Two loads at once, of two documents each; the service dies after some steps of its loop, twice in a row."""
    monkeypatch.setattr("separador.capacidades.emissao.servico.reserva.JUNTOS", 1)
    i = fazer()
    for n, nome in enumerate(("A", "B")):
        conteudo = carga(i.agora, nome, notas=2, primeira=1 + 10 * n)
        conteudo["notas"][1]["destinatario"] = "DEST-SP"
        i.por(ROTA_DA_CARGA, f"{nome}-carga.yaml", em_yaml(conteudo))
    i.ponteiros.passar(1.1)
    for _ in range(2):
        for _ in range(passos):
            i.ciclo.passo()
            i.ponteiros.passar(0.1)
        i.morrer()
        i.abrir()
    i.rodar()
    documentos = [d for n in ("A", "B") for d in i.json(ROTA_DA_CARGA, f"{n}-ret.json")["documentos"]]
    assert sorted(d["numero"] for d in documentos) == [1, 2, 3, 4]
    assert all(i.situacao(d["chave"]) == AUTORIZADO for d in documentos)
    assert len(i.banco.todas("SELECT 1 FROM documento")) == 4
    assert _series(i) == [(1, 5, [])]
    assert [i.desfecho(f"{n}-carga.yaml") for n in ("A", "B")] == ["entregue", "entregue"]
    assert i.nomes(ROTA_DA_CARGA) == ["A-ret.json", "B-ret.json"]
    gc.collect()


def test_uma_carga_que_quebra_devolve_os_numeros(instalacao: InstalacaoEmRede, monkeypatch: pytest.MonkeyPatch) -> None:
    """The load is signed by a program that breaks: three times, then quarantine; its numbers are the next ones."""
    with monkeypatch.context() as m:
        m.setattr("separador.capacidades.emissao.arquivos.leitura.assinar", lambda *_: 1 / 0)
        instalacao.soltar(ROTA_DA_CARGA, "A-carga.yaml", em_yaml(carga(instalacao.agora, "A")))
        for _ in range(3):
            instalacao.passar(31)
        assert instalacao.desfecho("A-carga.yaml") == "quarentena"
    resposta = instalacao.json(ROTA_DA_CARGA, "A-ret.json")
    assert (resposta["resultado"], resposta["documentos"]) == ("recusada", [])
    assert _series(instalacao) == [(1, 2, [1])]
    boa = _soltar(instalacao, carga(instalacao.agora, "B"), "B-carga.yaml")
    assert [d["numero"] for d in boa["documentos"]] == [1]
    assert _series(instalacao) == [(1, 2, [])]


def test_a_mesma_carga_solta_duas_vezes_no_mesmo_instante(instalacao: InstalacaoEmRede) -> None:
    dados = em_yaml(carga(instalacao.agora, "A"))
    instalacao.por(ROTA_DA_CARGA, "um-carga.yaml", dados)
    instalacao.por(ROTA_DA_CARGA, "dois-carga.yaml", dados)
    instalacao.rodar()
    desfechos = sorted(str(instalacao.desfecho(f"{n}-carga.yaml")) for n in ("um", "dois"))
    assert desfechos == ["duplicado", "entregue"]
    assert _series(instalacao) == [(1, 2, [])]
    chaves = {instalacao.json(ROTA_DA_CARGA, f"{n}-ret.json")["documentos"][0]["chave"] for n in ("um", "dois")}
    assert len(chaves) == 1


def test_json_e_yaml_do_mesmo_conteudo_sao_a_mesma_carga(instalacao: InstalacaoEmRede) -> None:
    conteudo = carga(instalacao.agora, "A")
    _soltar(instalacao, conteudo, "A-carga.yaml")
    instalacao.soltar(ROTA_DA_CARGA, "B-carga.json", json.dumps(conteudo).encode())
    assert instalacao.json(ROTA_DA_CARGA, "B-ret.json")["codigo"] == "SEP-CARGA-REPETIDA"


@pytest.mark.requisito("CARGA-02")
def test_a_carga_retida_e_complementada_por_ordem(instalacao: InstalacaoEmRede) -> None:
    sem = carga(instalacao.agora)
    del sem["informacoes_complementares"]
    instalacao.soltar(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(sem))
    so_a_forma = instalacao.ordenar(
        "carga-complementar", "45871", dados={"forma_pagamento": "a pagar", "retira": False}
    )
    vista = leitura.ver(instalacao.banco.conn, "45871")
    assert vista is not None
    assert vista["informacoes_complementares"] == {"forma_pagamento": "A PAGAR", "retira": "não"}
    assert so_a_forma["codigo"] == "SEP-CARGA-COMPLEMENTADA"
    assert so_a_forma["mensagem"].endswith("foi complementada; ainda falta: o responsável pelo seguro.")
    instalacao.rodar()
    assert (instalacao.nomes(ROTA_DA_CARGA), instalacao.falhas()) == ([], ["SEP-CARGA-COMPLEMENTAR"])
    seguros = {"seguros": [{"responsavel": "emitente", "apolice": "5500123"}]}
    instalacao.ordenar("carga-complementar", "45871", dados=seguros)
    instalacao.rodar()
    resposta = instalacao.json(ROTA_DA_CARGA, "45871-ret.json")
    assert [d["numero"] for d in resposta["documentos"]] == [1], resposta["erros"]
    (documento,) = instalacao.banco.todas("SELECT registro FROM carga_documento")
    registro = json.loads(documento["registro"])
    assert (registro["forma_pagamento"], registro["seguros"][0]["apolice"]) == ("A PAGAR", "5500123")
    assert instalacao.falhas() == []
    igual = _soltar(instalacao, sem, "igual-carga.yaml")
    assert igual["codigo"] == "SEP-CARGA-REPETIDA", "o que foi ordenado não é conteúdo do arquivo"


@pytest.mark.requisito("CARGA-02")
@pytest.mark.parametrize(
    ("dita", "dados", "codigo"),
    [
        ("45871", {"forma_pagamento": "FIADO"}, "SEP-CARGA-ESQUEMA"),
        ("OUTRA", {"forma_pagamento": "PAGO"}, "SEP-CARGA-COMPLEMENTAR"),
    ],
)
def test_o_complemento_que_nao_serve_nao_muda_nada(
    instalacao: InstalacaoEmRede, dita: str, dados: dict[str, Any], codigo: str
) -> None:
    sem = carga(instalacao.agora)
    del sem["informacoes_complementares"]
    instalacao.soltar(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(sem))
    ordem = instalacao.ordenar("carga-complementar", dita, dados=dados)
    assert (ordem["estado"], ordem["codigo"]) == ("recusada", codigo)
    assert instalacao.banco.uma("SELECT complementos FROM carga")["complementos"] == "{}"  # type: ignore[index]


def test_a_carga_ja_gerada_nao_se_complementa(instalacao: InstalacaoEmRede) -> None:
    _soltar(instalacao, carga(instalacao.agora))
    ordem = instalacao.ordenar("carga-complementar", "45871", dados={"forma_pagamento": "PAGO"})
    assert (ordem["estado"], ordem["codigo"]) == ("recusada", "SEP-CARGA-COMPLEMENTAR")


def test_o_proximo_numero_se_define_e_nao_volta(instalacao: InstalacaoEmRede) -> None:
    def definir(proximo: int) -> str:
        dados = {"modelo": "57", "serie": 1, "proximo": proximo}
        return str(instalacao.ordenar("carga-numerar", "11222333000181", dados=dados)["estado"])

    assert definir(500) == "feita"
    resposta = _soltar(instalacao, carga(instalacao.agora))
    assert [d["numero"] for d in resposta["documentos"]] == [500]
    assert (definir(500), definir(501), definir(700)) == ("recusada", "feita", "feita")
    assert _series(instalacao) == [(500, 700, [])]


def test_a_carga_retida_que_e_recusada_nao_espera_mais(fazer: Fazer) -> None:
    """Its registries change while it is held: the load is refused, and the same content may come again."""
    i = fazer()
    sem = carga(i.agora)
    del sem["informacoes_complementares"]
    i.soltar(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(sem))
    entidades = i.pasta / "config" / "cadastros" / "entidades.yaml"
    antes = entidades.read_bytes()
    entidades.write_text("entidades: []\n", encoding="utf-8")
    i.passar(700)
    assert i.desfecho("45871-carga.yaml") == "recusado"
    assert i.banco.todas("SELECT 1 FROM carga") == []
    entidades.write_bytes(antes)
    i.passar(5)
    i.soltar(ROTA_DA_CARGA, "outra-carga.yaml", em_yaml(sem))
    assert i.desfecho("outra-carga.yaml") is None, "espera, como a primeira"


def test_o_numero_dado_a_uma_carga_nao_e_de_uma_exportacao(fazer: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The export comes between the reservation and the registration of the documents."""
    i = fazer()
    i.por(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(carga(i.agora)))
    i.ponteiros.passar(1.1)
    with monkeypatch.context() as m:
        m.setattr("separador.capacidades.emissao.arquivos.leitura.assinar", lambda *_: 1 / 0)
        while not i.banco.todas("SELECT 1 FROM carga_documento"):
            i.ciclo.passo()
            i.ponteiros.passar(0.1)
        exportada = i.exportar(1)
    assert i.falhas(exportada.chave) == ["SEP-NUMERO-DADO"]
    i.passar(100)
    assert [r["numero"] for r in i.banco.todas("SELECT numero FROM documento")] == ["1"]
    assert i.desfecho("45871-carga.yaml") == "entregue"


@pytest.mark.requisito("EMIS-11")
def test_a_nota_de_outra_carga_e_avisada(instalacao: InstalacaoEmRede) -> None:
    """The same NF-e in two loads: told, not refused; told no more when its first CT-e is cancelled."""
    primeira = _soltar(instalacao, carga(instalacao.agora, "A"), "A-carga.yaml")
    chave = primeira["documentos"][0]["chave"]
    segunda = _soltar(instalacao, carga(instalacao.agora, "B"), "B-carga.yaml")
    assert [(a["codigo"], a["campo"]) for a in segunda["avisos"]] == [("SEP-NOTA-EM-OUTRA-CARGA", "notas[1].chave")]
    assert f"{chave}, da carga A" in segunda["avisos"][0]["mensagem"]
    for documento in (chave, segunda["documentos"][0]["chave"]):
        assert instalacao.ordenar("cancelar", documento, "CARGA DEVOLVIDA AO REMETENTE")["estado"] == "feita"
        instalacao.passar(5)
        assert instalacao.situacao(documento) == "CANCELADO"
    terceira = _soltar(instalacao, carga(instalacao.agora, "C"), "C-carga.yaml")
    assert terceira["avisos"] == []


@pytest.mark.requisito("CARGA-01")
def test_rastrear_liga_a_carga_aos_seus_documentos(instalacao: InstalacaoEmRede) -> None:
    resposta = _soltar(instalacao, carga(instalacao.agora))
    chave = resposta["documentos"][0]["chave"]
    (vida,) = procurar(instalacao.banco.conn, "45871-carga.yaml")
    assert ("emitido", f"{chave}: {AUTORIZADO}") in [(p["passo"], p["detalhe"]) for p in vida["passos"]]
    (da_chave,) = procurar(instalacao.banco.conn, chave)
    assert ("emitido", "da carga 45871") in [(p["passo"], p["detalhe"]) for p in da_chave["passos"]]


@pytest.mark.requisito("EMIS-02")
@pytest.mark.parametrize("com_notas", [False, True])
def test_o_cte_de_terceiros_so_e_registrado(fazer: Fazer, com_notas: bool) -> None:
    """It takes no number; beside documents of our own, or alone."""
    i = fazer(cadastros(operacoes=[{"codigo": "COMPRA", "movimento": "compra", "cte": "Terceiros"}]))
    chave = nfe(9, i.agora)
    terceiros = {"chave": chave, "emissao": "2026-11-02", "valor": "77.50"}
    cidades = {"cod_cid_inicio": "3550308", "cod_cid_fim": "3304557"}
    conteudo = carga(i.agora) | {"conhecimentos": [{"tipo_operacao": "COMPRA", "terceiros": terceiros} | cidades]}
    if not com_notas:
        del conteudo["notas"]
    resposta = _soltar(i, conteudo)
    assert (resposta["resultado"], len(resposta["documentos"])) == ("gerada", int(com_notas)), resposta["erros"]
    assert resposta["terceiros"] == [
        {"campo": "conhecimentos[1]", "chave": chave, "emissao": "2026-11-02", "valor": "77.50"}
    ]
    assert _series(i) == ([(1, 2, [])] if com_notas else [])
    assert _soltar(i, conteudo, "de-novo-carga.yaml")["terceiros"] == resposta["terceiros"]


def test_a_serie_que_acaba(instalacao: InstalacaoEmRede) -> None:
    """The last number is used; a load that needs one more is refused, and takes none."""
    dados = {"modelo": "57", "serie": 1, "proximo": 999_999_999}
    instalacao.ordenar("carga-numerar", "11222333000181", dados=dados)
    duas = carga(instalacao.agora, "A", notas=2)
    duas["notas"][1]["destinatario"] = "DEST-SP"
    resposta = _soltar(instalacao, duas, "A-carga.yaml")
    assert [(x["codigo"], x["campo"]) for x in resposta["erros"]] == [("SEP-EMIS-22", "padrao.serie")]
    assert _series(instalacao) == [(999_999_999, 999_999_999, [])]
    ultima = _soltar(instalacao, carga(instalacao.agora, "B"), "B-carga.yaml")
    assert [d["numero"] for d in ultima["documentos"]] == [999_999_999]
    resposta = _soltar(instalacao, carga(instalacao.agora, "C", primeira=5), "C-carga.yaml")
    assert resposta["resultado"] == "recusada"


def test_disco_cheio_na_reserva(instalacao: InstalacaoEmRede, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit that takes the numbers fails: nothing of it is there; the load goes on when there is room again."""

    def cheio(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as m:
        m.setattr("separador.capacidades.emissao.banco.cargas.inserir_documentos", cheio)
        instalacao.por(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(carga(instalacao.agora)))
        instalacao.ponteiros.passar(1.1)
        falhou = False
        for _ in range(30):
            try:
                instalacao.ciclo.passo()
            except sqlite3.OperationalError:
                falhou = True
                break
            instalacao.ponteiros.passar(0.1)
        assert falhou
        assert _series(instalacao) == []
        assert instalacao.ciclo.despacho.em_maos(), "a carga não foi esquecida"
    instalacao.ciclo.despacho.resolver()
    instalacao.passar(60)
    resposta = instalacao.json(ROTA_DA_CARGA, "45871-ret.json")
    assert [d["numero"] for d in resposta["documentos"]] == [1]


@DE_QUEM_MORREU
def test_o_certificado_que_some_depois_da_reserva(fazer: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers stay with their documents, which are signed when there is a certificate again."""
    i = fazer()
    i.por(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(carga(i.agora)))
    i.ponteiros.passar(1.1)
    while not i.banco.todas("SELECT 1 FROM carga_documento"):
        i.ciclo.passo()
        i.ponteiros.passar(0.1)
    (antes,) = [r["chave"] for r in i.banco.todas("SELECT chave FROM carga_documento")]
    i.morrer()
    empresas = [dict(x) for x in i.empresas]
    for empresa in i.empresas:
        empresa.pop("certificado", None)
    i.gravar_config()
    i.abrir()
    i.rodar()
    assert i.desfecho("45871-carga.yaml") is None
    assert "SEP-SEM-CERTIFICADO" in i.falhas()
    i.empresas[:] = empresas
    i.gravar_config()
    i.passar(700)
    resposta = i.json(ROTA_DA_CARGA, "45871-ret.json")
    assert [d["chave"] for d in resposta["documentos"]] == [antes]
    assert _series(i) == [(1, 2, [])]
    gc.collect()
