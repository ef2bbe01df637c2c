"""Tests bad input and bad days of the e-CAC, each against the local SERPRO."""

import dataclasses
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from separador.capacidades.ecac.banco import ocorrencias, pagamentos
from separador.capacidades.ecac.servico.passo import Ecac
from separador.pastas import saude
from separador.pastas.saude import Problema
from separador.simulador.serpro import contribuintes, pdfs
from separador.simulador.serpro.cenario import CONTRATANTE, Cenario, Contribuinte, Falha, Outorga
from tests.apoio.instalacao import pasta_rapida
from tests.apoio.instalacao_ecac import AGORA, InstalacaoEcac, csv_de, empresa
from tests.apoio.serpro_local import SerproEmFio

HOJE = date(2026, 11, 20)
DIA_S = 86400.0


@pytest.fixture
def pasta(tmp_path: Path) -> Iterator[Path]:
    with pasta_rapida(tmp_path) as rapida:
        yield rapida


@pytest.fixture
def cenario() -> Cenario:
    return contribuintes.gerar(3, 12, 7, hoje=HOJE)


@pytest.fixture
def serpro(pasta: Path, cenario: Cenario) -> Iterator[SerproEmFio]:
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as um:
        yield um


@pytest.fixture
def instalacao(pasta: Path, cenario: Cenario, serpro: SerproEmFio) -> Iterator[InstalacaoEcac]:
    with InstalacaoEcac(pasta / "instalacao", cenario, serpro) as uma:
        uma.soltar_guias(cenario.documentos)
        yield uma


def _pagos(cenario: Cenario) -> int:
    return sum(d.arrecadacao is not None for d in cenario.documentos)


# --- cost ------------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-07")
def test_sem_novidade_a_segunda_importacao_so_pergunta_os_eventos(
    instalacao: InstalacaoEcac, serpro: SerproEmFio
) -> None:
    instalacao.importar()
    cobradas = len([c for c in serpro.chamadas() if c.cobrada])
    instalacao.ponteiros.passar(10 * DIA_S)
    fim = instalacao.importar()
    assert fim["estado"] == "concluída"
    assert len([c for c in serpro.chamadas() if c.cobrada]) == cobradas


@pytest.mark.requisito("ECAC-07")
def test_o_livro_de_chamadas_e_igual_ao_do_outro_lado(instalacao: InstalacaoEcac, serpro: SerproEmFio) -> None:
    instalacao.importar()
    nossas = {r["etiqueta"]: (r["http"], r["cobrada"]) for r in instalacao.banco.todas("SELECT * FROM ecac_chamada")}
    deles = {
        c.etiqueta: (c.http, int(c.cobrada)) for c in serpro.chamadas() if c.servico and c.caminho != "/authenticate"
    }
    assert nossas == deles


@pytest.mark.requisito("ECAC-07")
@pytest.mark.parametrize("chave", ["orcamento_dia", "orcamento_mes"])
def test_orcamento_esgotado_para_e_avisa(pasta: Path, cenario: Cenario, serpro: SerproEmFio, chave: str) -> None:
    with InstalacaoEcac(pasta / "instalacao", cenario, serpro, **{chave: 5}) as instalacao:
        instalacao.soltar_guias(cenario.documentos)
        fim = instalacao.importar()
        assert fim["estado"] == "parada"
        assert "orçamento do" in fim["mensagem"]
        assert len([c for c in serpro.chamadas() if c.cobrada]) == 5
        assert "orcamento" in instalacao.ocorrencias()
        assert instalacao.falhas() == ["SEP-ECAC-PARADA"]
        instalacao.importar()
        assert len([c for c in serpro.chamadas() if c.cobrada]) == 5
        instalacao.ponteiros.passar(DIA_S if chave == "orcamento_dia" else 31 * DIA_S)
        for _ in range(4):
            instalacao.importar()
            instalacao.ponteiros.passar(DIA_S if chave == "orcamento_dia" else 31 * DIA_S)
        assert instalacao.estados()["paga"] == _pagos(cenario)
        assert "orcamento" not in instalacao.ocorrencias()
        assert instalacao.falhas() == []


@pytest.mark.requisito("ECAC-07")
def test_sem_procuracao_e_lembrada_por_um_dia(
    instalacao: InstalacaoEcac, serpro: SerproEmFio, cenario: Cenario
) -> None:
    negada = cenario.contribuintes[0].ni
    serpro.arquivo.revogar(negada)
    for _ in range(3):
        instalacao.importar()
        instalacao.ponteiros.passar(3600)
    pedidas = [c for c in serpro.chamadas("PAGAMENTOS71") if c.contribuinte == negada]
    assert [c.http for c in pedidas] == [403]
    recusada = instalacao.ordenar("ecac-importar", negada, "{}")
    assert (recusada["estado"], recusada["codigo"]) == ("recusada", "SEP-ECAC-NEGADA")
    assert instalacao.falhas() == []
    assert instalacao.ocorrencias() == ["sem-procuracao"]
    assert all(g["sem_procuracao"] and g["estado"] == "aberta" for g in instalacao.guias("contribuinte = ?", negada))
    serpro.arquivo.outorgar(Outorga(negada, CONTRATANTE, date(2099, 1, 1)))
    instalacao.ponteiros.passar(DIA_S)
    instalacao.importar()
    assert instalacao.ocorrencias() == []
    assert instalacao.estados()["paga"] == _pagos(cenario)


@pytest.mark.requisito("ECAC-06", "ECAC-07")
def test_procuracao_que_vence_no_meio_fica_a_empresa_as_outras_seguem(
    instalacao: InstalacaoEcac, serpro: SerproEmFio, cenario: Cenario
) -> None:
    vitima = next(d for d in cenario.documentos if d.arrecadacao is not None).ni
    serpro.falhas(Falha("403-022", servico="COMPARRECADACAO72", contribuinte=vitima, vezes=10**6))
    fim = instalacao.importar()
    assert fim["estado"] == "concluída"
    negadas = instalacao.guias("contribuinte = ? AND pagamento IS NOT NULL", vitima)
    assert {g["estado"] for g in negadas} == {"paga sem comprovante"}
    outras = instalacao.guias("contribuinte <> ? AND pagamento IS NOT NULL", vitima)
    assert {g["estado"] for g in outras} == {"paga"}
    assert len([c for c in serpro.chamadas("COMPARRECADACAO72") if c.contribuinte == vitima]) == 1
    serpro.sem_falhas()
    instalacao.ponteiros.passar(DIA_S + 3600)
    instalacao.importar()
    assert instalacao.estados()["paga"] == _pagos(cenario)


@pytest.mark.requisito("ECAC-01")
def test_empresa_desmarcada_nunca_e_consultada(pasta: Path, cenario: Cenario, serpro: SerproEmFio) -> None:
    nis = [c.ni for c in cenario.contribuintes]
    dadas = [
        empresa(nis[0], "USA"),
        empresa(nis[1], "NAO USA", utiliza=False),
        empresa(nis[2], "SEM CONTRATO", servicos=["desacordo"]),
    ]
    with InstalacaoEcac(pasta / "instalacao", cenario, serpro, empresas_ecac=dadas) as instalacao:
        instalacao.soltar_guias(cenario.documentos)
        fim = instalacao.importar()
        assert fim["estado"] == "concluída"
    perguntadas = {c.contribuinte for c in serpro.chamadas() if c.servico == "PAGAMENTOS71"}
    assert perguntadas == {nis[0]}
    assert not any(nis[1] in c.contribuinte or nis[2] in c.contribuinte for c in serpro.chamadas())


# --- matching --------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-04", "ECAC-06")
def test_guia_sem_numero_so_por_sugestao_aprovada(pasta: Path, cenario: Cenario, serpro: SerproEmFio) -> None:
    pago = next(d for d in cenario.documentos if d.arrecadacao is not None and d.tipo == "09")
    with InstalacaoEcac(pasta / "instalacao", cenario, serpro) as instalacao:
        instalacao.soltar_guias([pago], numero="")
        instalacao.importar()
        (guia,) = instalacao.guias()
        assert (guia["numero"], guia["estado"]) == (None, "consultada")
        assert "sugestao" in instalacao.ocorrencias()
        assert "sem-numero" in instalacao.ocorrencias()
        assert instalacao.ordenar("ecac-aprovar", str(guia["id"]))["estado"] == "feita"
        assert instalacao.guias()[0]["estado"] == "paga sem comprovante"
        instalacao.importar()
        (guia,) = instalacao.guias()
        assert guia["estado"] == "paga"
        assert "sugestao" not in instalacao.ocorrencias()


@pytest.mark.requisito("ECAC-04")
def test_sugestao_recusada_nao_volta(pasta: Path, cenario: Cenario, serpro: SerproEmFio) -> None:
    pago = next(d for d in cenario.documentos if d.arrecadacao is not None and d.tipo == "09")
    with InstalacaoEcac(pasta / "instalacao", cenario, serpro) as instalacao:
        instalacao.soltar_guias([pago], numero="")
        instalacao.importar()
        guia = str(instalacao.guias()[0]["id"])
        assert instalacao.ordenar("ecac-recusar", guia)["estado"] == "feita"
        instalacao.ponteiros.passar(DIA_S)
        instalacao.importar()
        assert "sugestao" not in instalacao.ocorrencias()
        assert instalacao.guias()[0]["estado"] == "consultada"
        assert instalacao.ordenar("ecac-aprovar", guia)["codigo"] == "SEP-SEM-SUGESTAO"


@pytest.mark.requisito("ECAC-03", "ECAC-06")
def test_pagamento_sem_guia_e_ligado_a_mao_ou_pela_guia_que_chega(
    pasta: Path, cenario: Cenario, serpro: SerproEmFio
) -> None:
    primeiro, segundo = [d for d in cenario.documentos if d.arrecadacao is not None and d.tipo == "09"][:2]
    with InstalacaoEcac(pasta / "instalacao", cenario, serpro) as instalacao:
        instalacao.soltar_guias([primeiro], numero="", valor="99,99")
        instalacao.importar()
        assert instalacao.ocorrencias().count("pago-sem-guia") == _pagos(cenario)
        feita = instalacao.ordenar("ecac-ligar", str(instalacao.guias()[0]["id"]), primeiro.numero)
        assert feita["estado"] == "feita", feita["mensagem"]
        assert instalacao.guias()[0]["divergente"] == 1
        assert (
            instalacao.ordenar("ecac-ligar", str(instalacao.guias()[0]["id"]), primeiro.numero)["codigo"]
            == "SEP-GUIA-BAIXADA"
        )
        instalacao.soltar_guias([segundo], nome="depois.csv")
        assert instalacao.guia(segundo.numero)["estado"] == "paga sem comprovante"  # nothing was asked for that
        assert instalacao.ocorrencias().count("pago-sem-guia") == _pagos(cenario) - 2


@pytest.mark.requisito("ECAC-04")
def test_reabrir_desfaz_e_a_conciliacao_nao_baixa_de_novo(instalacao: InstalacaoEcac, cenario: Cenario) -> None:
    instalacao.importar()
    guia = instalacao.guias("estado = 'paga'")[0]
    comprovantes = instalacao.comprovantes()
    assert instalacao.ordenar("ecac-reabrir", str(guia["id"]), "x")["codigo"] == "SEP-MOTIVO"
    assert instalacao.ordenar("ecac-reabrir", str(guia["id"]), "paga por engano")["estado"] == "feita"
    instalacao.ponteiros.passar(DIA_S)
    instalacao.importar()
    depois = instalacao.guias("id = ?", guia["id"])[0]
    assert depois["estado"] in ("aberta", "consultada")
    assert instalacao.comprovantes() == comprovantes
    historico = [
        (h["para"], h["quem"])
        for h in instalacao.banco.todas("SELECT * FROM ecac_guia_historico WHERE guia_id = ? ORDER BY id", guia["id"])
    ]
    assert ("aberta", "so:teste") in historico
    assert instalacao.ordenar("ecac-ligar", str(guia["id"]), guia["numero"])["estado"] == "feita"
    assert instalacao.guias("id = ?", guia["id"])[0]["estado"] == "paga"  # the filed receipt serves


@pytest.mark.requisito("ECAC-04")
def test_ausencia_de_resposta_nao_baixa_nem_desfaz(
    instalacao: InstalacaoEcac, serpro: SerproEmFio, cenario: Cenario
) -> None:
    instalacao.ciclo.parte(Ecac)._parar.wait = lambda s=None: False  # type: ignore[method-assign, assignment]  # no wait between tries
    for faz in ("dados-tortos", "status-500", "silencio", "503", "eco-outro", "html"):
        serpro.sem_falhas()
        serpro.falhas(Falha(faz, servico="PAGAMENTOS71", vezes=10**6))
        instalacao.importar()
        assert instalacao.estados() == {"aberta": len(cenario.documentos)}, faz
    serpro.sem_falhas()
    instalacao.importar()
    instalacao.importar()
    antes = instalacao.estados()
    assert antes["paga"] == _pagos(cenario)
    serpro.falhas(Falha("dados-colchetes", servico="PAGAMENTOS71", vezes=10**6))
    instalacao.ponteiros.passar(DIA_S)
    serpro.arquivo.pagar(next(d.numero for d in cenario.documentos if d.arrecadacao is None), HOJE)
    instalacao.importar()
    assert instalacao.estados() == antes  # an empty list says "not found there" and nothing else


@pytest.mark.requisito("ECAC-06")
def test_pagamento_que_sumiu_e_avisado_e_a_baixa_fica(
    instalacao: InstalacaoEcac, serpro: SerproEmFio, cenario: Cenario
) -> None:
    instalacao.importar()
    pago = next(d for d in cenario.documentos if d.arrecadacao is not None)
    serpro.arquivo.estornar(pago.numero, HOJE)
    instalacao.importar()
    assert "pagamento-sumiu" in instalacao.ocorrencias()
    assert instalacao.guia(pago.numero)["estado"] == "paga"


@pytest.mark.requisito("ECAC-06")
def test_pago_duas_vezes(pasta: Path, cenario: Cenario) -> None:
    pago = next(d for d in cenario.documentos if d.arrecadacao is not None)
    outro = dataclasses.replace(pago, numero="07202630000099991"[:16] + "0")
    with SerproEmFio(
        pasta / "serpro2", dataclasses.replace(cenario, documentos=(*cenario.documentos, outro)), agora=lambda: AGORA
    ) as serpro, InstalacaoEcac(pasta / "instalacao", cenario, serpro) as instalacao:  # fmt: skip
        instalacao.soltar_guias(cenario.documentos)
        instalacao.importar()
        assert set(instalacao.ocorrencias()) == {"pago-em-duplicidade", "pago-sem-guia"}
        assert instalacao.guia(pago.numero)["estado"] == "paga"


# --- receipts --------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-05", "ECAC-06")
@pytest.mark.parametrize("faz", ["pdf-base64", "pdf-cortado", "pdf-nao-e", "pdf-nenhum", "pdf-de-outro", "eco-outro"])
def test_comprovante_ruim_nao_e_arquivado_e_o_bom_vem_depois(
    instalacao: InstalacaoEcac, serpro: SerproEmFio, cenario: Cenario, faz: str
) -> None:
    alvo = next(d for d in cenario.documentos if d.arrecadacao is not None)
    serpro.falhas(Falha(faz, servico="COMPARRECADACAO72", numero=alvo.numero, vezes=1))
    instalacao.importar()
    assert instalacao.guia(alvo.numero)["estado"] == "paga sem comprovante"
    assert len(instalacao.comprovantes()) == _pagos(cenario) - 1
    assert instalacao.ocorrencias(), faz
    instalacao.ponteiros.passar(DIA_S)
    instalacao.importar()
    assert instalacao.guia(alvo.numero)["estado"] == "paga"
    assert instalacao.ocorrencias() == []


@pytest.mark.requisito("ECAC-05")
def test_comprovante_recusado_duas_vezes_vai_para_a_quarentena(
    instalacao: InstalacaoEcac, serpro: SerproEmFio, cenario: Cenario
) -> None:
    alvo = next(d for d in cenario.documentos if d.arrecadacao is not None)
    serpro.falhas(Falha("pdf-de-outro", servico="COMPARRECADACAO72", numero=alvo.numero, vezes=10**6))
    for _ in range(4):
        instalacao.importar()
        instalacao.ponteiros.passar(DIA_S)
    assert len([c for c in serpro.chamadas("COMPARRECADACAO72") if c.numero == alvo.numero]) == 2
    assert instalacao.guia(alvo.numero)["quarentena"] == 1
    assert "quarentena" in instalacao.ocorrencias()
    assert instalacao.guia(alvo.numero)["estado"] == "paga sem comprovante"


@pytest.mark.requisito("ECAC-05")
def test_disco_cheio_ao_arquivar_nao_perde_nem_baixa_duas_vezes(
    instalacao: InstalacaoEcac, serpro: SerproEmFio, cenario: Cenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up after the check. What was downloaded waits in a folder of ours."""
    from separador.capacidades.ecac.servico import pasta_de_comprovantes
    from separador.pastas.erros import SemEspaco

    guardar = pasta_de_comprovantes._guardar

    def cheio(pasta: Path, resumo: str, pdf: bytes) -> None:
        if ".separador" in pasta.parts:
            raise SemEspaco(pasta, OSError(28, "No space left on device"))
        guardar(pasta, resumo, pdf)

    monkeypatch.setattr(pasta_de_comprovantes, "_guardar", cheio)
    instalacao.importar()
    assert instalacao.comprovantes() == []
    assert any(c.startswith("SEP-SEM-ESPACO") for c in instalacao.falhas())
    baixados = len([c for c in serpro.chamadas("COMPARRECADACAO72") if c.http == 200])
    monkeypatch.setattr(pasta_de_comprovantes, "_guardar", guardar)
    instalacao.rodar()
    instalacao.importar()
    assert instalacao.estados()["paga"] == _pagos(cenario)
    assert len([c for c in serpro.chamadas("COMPARRECADACAO72") if c.http == 200]) == max(baixados, _pagos(cenario))
    assert len(instalacao.comprovantes()) == _pagos(cenario)


@pytest.mark.requisito("ECAC-05")
def test_sem_espaco_antes_de_pedir_nenhum_comprovante_e_pago(
    instalacao: InstalacaoEcac, serpro: SerproEmFio, monkeypatch: pytest.MonkeyPatch
) -> None:
    problema = [Problema("sem-espaco", "Disco cheio.", "Libere espaço.")]
    monkeypatch.setattr(saude, "conferir", lambda *a, **k: problema)
    fim = instalacao.importar()
    assert fim["estado"] == "parada"
    assert "Disco cheio" in fim["mensagem"]
    assert serpro.chamadas("COMPARRECADACAO72") == []


@pytest.mark.requisito("ECAC-05")
def test_pedir_de_novo_da_o_arquivado(instalacao: InstalacaoEcac, serpro: SerproEmFio) -> None:
    instalacao.importar()
    guia = instalacao.guias("estado = 'paga'")[0]
    quantas = len(serpro.chamadas("COMPARRECADACAO72"))
    feita = instalacao.ordenar("ecac-comprovante", str(guia["id"]))
    assert feita["estado"] == "feita"
    assert Path(feita["mensagem"]).is_file()
    assert len(serpro.chamadas("COMPARRECADACAO72")) == quantas


@pytest.mark.requisito("ECAC-03", "ECAC-05")
def test_comprovante_de_uma_guia_por_comando(instalacao: InstalacaoEcac, cenario: Cenario) -> None:
    alvo = next(d for d in cenario.documentos if d.arrecadacao is not None)
    feita = instalacao.ordenar("ecac-comprovante", str(instalacao.guia(alvo.numero)["id"]))
    assert feita["estado"] == "feita", feita["mensagem"]
    assert instalacao.guia(alvo.numero)["estado"] == "paga"
    assert len(instalacao.comprovantes()) == 1
    aberta = next(d for d in cenario.documentos if d.arrecadacao is None)
    recusada = instalacao.ordenar("ecac-comprovante", str(instalacao.guia(aberta.numero)["id"]))
    assert recusada["codigo"] == "SEP-SEM-COMPROVANTE"


# --- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-04")
def test_datas_de_brasilia_nao_mudam_de_dia(pasta: Path, cenario: Cenario) -> None:
    """At 23:30 of the 20th in Brasília it is the 21st in UTC. Today is the 20th, and no date of a payment moves."""
    tarde = AGORA.replace(hour=2, minute=30, day=21)
    with SerproEmFio(pasta / "serpro3", cenario, agora=lambda: tarde) as serpro, InstalacaoEcac(
        pasta / "instalacao", cenario, serpro, agora=tarde
    ) as instalacao:  # fmt: skip
        instalacao.soltar_guias(cenario.documentos)
        instalacao.importar()
        for d in cenario.documentos:
            if d.arrecadacao is not None:
                assert instalacao.guia(d.numero)["arrecadacao"] == d.arrecadacao.isoformat()
        dias = {r["dia"] for r in instalacao.banco.todas("SELECT dia FROM ecac_chamada")}
        assert dias == {"2026-11-20"}


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-03")
def test_linhas_ruins_sao_mostradas_e_as_boas_registradas(pasta: Path, cenario: Cenario, serpro: SerproEmFio) -> None:
    with InstalacaoEcac(pasta / "instalacao", cenario, serpro) as instalacao:
        bom, *_ = cenario.documentos
        dados = csv_de([bom]) + csv_de([bom], ni="11.222.333/0001-99").split(b"\r\n", 1)[1]
        instalacao.soltar(1, "misto.csv", dados)
        assert instalacao.desfecho("misto.csv") == "recusado"
        assert len(instalacao.guias()) == 1
        corpo = instalacao.json(1, "misto.json")
        assert corpo["codigo"] == "SEP-GUIA-PARCIAL"
        assert [(e["linha"], e["tag"]) for e in corpo["erros"][1:]] == [(3, "empresa")]
        assert all(e["o_que_fazer"] for e in corpo["erros"])
        assert "misto.err" in instalacao.nomes(1)
        resposta = instalacao.json(1, "misto-ret.json")
        assert (resposta["registradas"], resposta["recusadas"]) == (1, 1)
        instalacao.soltar_guias([bom], nome="misto.csv")
        assert instalacao.desfecho("misto.csv") == "entregue"
        assert instalacao.falhas() == []
        assert len(instalacao.guias()) == 1


@pytest.mark.requisito("ECAC-03", "ECAC-06")
def test_duas_guias_com_um_numero(pasta: Path, cenario: Cenario, serpro: SerproEmFio) -> None:
    uma = cenario.documentos[0]
    with InstalacaoEcac(pasta / "instalacao", cenario, serpro) as instalacao:
        instalacao.soltar_guias([uma])
        instalacao.soltar_guias([uma], nome="outra.csv", valor="1,23")
        assert instalacao.json(1, "outra.json")["erros"][1]["codigo"] == "SEP-GUIA-REPETIDA"
        assert instalacao.ocorrencias() == ["numero-repetido"]
        assert len(instalacao.guias()) == 1
        de_outra = next(c.ni for c in cenario.contribuintes if c.ni != uma.ni)
        instalacao.soltar_guias([uma], nome="terceira.csv", ni=de_outra)
        assert instalacao.ocorrencias().count("numero-repetido") == 2
        instalacao.importar()
        assert instalacao.ocorrencias().count("numero-repetido") == 2  # a person closes them
        ocorrencia = ocorrencias.listar(instalacao.banco, status="aberta")[0]["id"]
        assert instalacao.ordenar("ecac-dispensar", str(ocorrencia), "conferido")["estado"] == "feita"


@pytest.mark.requisito("ECAC-02", "ECAC-05")
def test_comprovantes_salvos_a_mao_de_uma_empresa_por_codigo_de_acesso(pasta: Path, cenario: Cenario) -> None:
    """Many receipts come in one PDF. They are split, filed and settled; SERPRO is not asked."""
    dadas = [empresa(c.ni, c.nome, acesso="código de acesso", procurador=None) for c in cenario.contribuintes]
    pagos = [d for d in cenario.documentos if d.arrecadacao is not None]
    nomes = {c.ni: c.nome for c in cenario.contribuintes}
    with InstalacaoEcac(pasta / "instalacao", cenario, None, empresas_ecac=dadas) as instalacao:
        instalacao.soltar_guias(cenario.documentos)
        instalacao.soltar(2, "portal.pdf", pdfs.comprovantes(tuple((d, nomes[d.ni]) for d in pagos)))
        instalacao.rodar()
        assert instalacao.desfecho("portal.pdf") == "entregue", instalacao.falhas()
        assert instalacao.estados() == {"paga": len(pagos), "aberta": len(cenario.documentos) - len(pagos)}
        for d in pagos:
            tipo = "DAS" if d.tipo == "09" else "DARF"
            caminho = pasta / "instalacao" / "out" / "ecac" / d.ni / f"{d.arrecadacao:%Y/%m}" / f"{tipo}-{d.numero}.pdf"
            assert caminho.read_bytes().startswith(b"%PDF-")
        instalacao.soltar(2, "de-novo.pdf", pdfs.comprovantes(((pagos[0], nomes[pagos[0].ni]),)))
        assert len(instalacao.comprovantes()) == len(pagos)
        resposta = json.loads((pasta / "instalacao" / "out" / "ecac" / "de-novo-ret.json").read_bytes())
        assert resposta["comprovantes"][0]["novo"] is False


@pytest.mark.requisito("ECAC-05", "ECAC-06")
def test_comprovante_de_outra_empresa_e_arquivo_que_nao_e_pdf(instalacao: InstalacaoEcac, cenario: Cenario) -> None:
    pago = next(d for d in cenario.documentos if d.arrecadacao is not None)
    de_fora = dataclasses.replace(pago, ni="66777888000181")
    instalacao.soltar(2, "de-fora.pdf", pdfs.comprovante(de_fora, "OUTRA EMPRESA"))
    assert instalacao.desfecho("de-fora.pdf") == "recusado"
    assert instalacao.comprovantes() == []
    instalacao.soltar(2, "torto.pdf", b"%PDF-1.4 nada")
    assert instalacao.desfecho("torto.pdf") == "recusado"
    instalacao.soltar(2, "texto.pdf", b"isto nao e um pdf")
    assert instalacao.desfecho("texto.pdf") == "recusado"


@pytest.mark.requisito("ECAC-03")
def test_o_pdf_da_guia_e_registrado(instalacao: InstalacaoEcac, cenario: Cenario) -> None:
    d = dataclasses.replace(
        cenario.documentos[0], numero="07202632400099990", periodo=date(2026, 10, 1), vencimento=date(2026, 11, 20)
    )
    from separador.nucleo.chave import dv11

    d = dataclasses.replace(d, numero=f"{d.numero[:16]}{dv11(d.numero[:16])}")
    instalacao.soltar(1, "das.pdf", pdfs.guia(d, "EMPRESA FICTICIA", d.vencimento + timedelta(days=5)))
    assert instalacao.desfecho("das.pdf") == "entregue", instalacao.falhas()
    guia = instalacao.guia(d.numero)
    assert (guia["contribuinte"], guia["total"]) == (d.ni, f"{d.total:.2f}")


# --- the other calls of the API --------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-03")
def test_gerar_nao_repete_as_cegas(instalacao: InstalacaoEcac, serpro: SerproEmFio, cenario: Cenario) -> None:
    ni = cenario.contribuintes[0].ni
    pedido = json.dumps({"especie": "das", "campos": {"periodo": "202609"}, "de_novo": False})
    feita = instalacao.ordenar("ecac-gerar", ni, pedido)
    assert feita["estado"] == "feita", feita["mensagem"]
    assert len(serpro.chamadas("GERARDAS12")) == 1
    assert instalacao.ordenar("ecac-gerar", ni, pedido)["codigo"] == "SEP-GUIA-GERADA"
    assert len(serpro.chamadas("GERARDAS12")) == 1
    outro = json.dumps({"especie": "das", "campos": {"periodo": "202608"}, "de_novo": False})
    serpro.falhas(Falha("silencio", servico="GERARDAS12", vezes=1))
    assert instalacao.ordenar("ecac-gerar", ni, outro)["codigo"] == "SEP-GUIA-DESFECHO"
    assert len(serpro.chamadas("GERARDAS12")) == 2
    assert instalacao.ordenar("ecac-gerar", ni, outro)["codigo"] == "SEP-GUIA-ACHADA"  # the index had it
    assert len(serpro.chamadas("GERARDAS12")) == 2
    assert instalacao.ordenar("ecac-indice", ni, json.dumps({"ano": 2026}))["estado"] == "feita"


@pytest.mark.requisito("ECAC-01")
def test_certificado_da_propria_empresa_vai_com_termo_assinado(pasta: Path, cenario: Cenario) -> None:
    """The contractor asks about itself without termo. A company without certificate gets an occurrence that says so."""
    proprio = Contribuinte(CONTRATANTE, "CONTRATANTE LTDA")
    meu = dataclasses.replace(next(d for d in cenario.documentos if d.arrecadacao is not None), ni=CONTRATANTE)
    outro = cenario.contribuintes[1]
    novo = dataclasses.replace(cenario, contribuintes=(proprio, outro), documentos=(meu,))
    dadas = [empresa(CONTRATANTE, "CONTRATANTE LTDA", procurador=None), empresa(outro.ni, "OUTRA", procurador=None)]
    with SerproEmFio(pasta / "serpro4", novo, agora=lambda: AGORA) as serpro, InstalacaoEcac(
        pasta / "instalacao", novo, serpro, empresas_ecac=dadas
    ) as instalacao:  # fmt: skip
        instalacao.soltar_guias([meu])
        fim = instalacao.importar()
        assert fim["estado"] == "concluída", fim["mensagem"]
        assert instalacao.guia(meu.numero)["estado"] == "paga"
        assert instalacao.ocorrencias() == ["acesso-vencido"]
        assert serpro.chamadas("ENVIOXMLASSINADO81") == []


def test_um_pagamento_volta_do_banco_como_foi(instalacao: InstalacaoEcac, cenario: Cenario) -> None:
    instalacao.importar()
    for c in cenario.contribuintes:
        for p in pagamentos.de(instalacao.banco, c.ni):
            assert isinstance(p.valores.total, Decimal)
            assert p.desmembramentos
