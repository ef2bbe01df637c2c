"""Tests the guards of the database, the next start after a crash, and which companies are asked at what time."""

import dataclasses
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.ecac.banco import comprovantes, empresas, geracoes, ocorrencias
from separador.capacidades.ecac.banco.comprovantes import NovoComprovante
from separador.capacidades.ecac.dominio.arrecadacao import TipoDocumento
from separador.capacidades.ecac.dominio.guia import TRANSICOES, Estado
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Ocorrencia
from separador.capacidades.ecac.dominio.raiz import Bases
from separador.capacidades.ecac.servico import comprovantes as arquivo
from separador.capacidades.ecac.servico import pasta_de_comprovantes
from separador.capacidades.ecac.servico.comprovantes import Chegado
from separador.capacidades.ecac.servico.passo import Ecac
from separador.capacidades.procuracoes.dominio import Acesso, Esfera, TipoAcesso, Validade
from separador.capacidades.procuracoes.servico import procuracoes
from separador.simulador.serpro import contribuintes, pdfs
from separador.simulador.serpro.cenario import CONTRATANTE, Cenario, Contribuinte, Falha
from tests.apoio.instalacao import pasta_rapida
from tests.apoio.instalacao_ecac import AGORA, InstalacaoEcac, empresa
from tests.apoio.posse import canto
from tests.apoio.serpro_local import SerproEmFio

HOJE = date(2026, 11, 20)
DIA_S = 86400.0


@pytest.fixture
def pasta(tmp_path: Path) -> Iterator[Path]:
    with pasta_rapida(tmp_path) as rapida:
        yield rapida


@pytest.fixture
def cenario() -> Cenario:
    return contribuintes.gerar(2, 6, 4, hoje=HOJE)


@pytest.fixture
def serpro(pasta: Path, cenario: Cenario) -> Iterator[SerproEmFio]:
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as um:
        yield um


@pytest.fixture
def instalacao(pasta: Path, cenario: Cenario, serpro: SerproEmFio) -> Iterator[InstalacaoEcac]:
    with InstalacaoEcac(pasta / "instalacao", cenario, serpro) as uma:
        uma.soltar_guias(cenario.documentos)
        yield uma


# --- guards ----------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-04")
def test_nem_por_sql_uma_guia_muda_fora_da_tabela(instalacao: InstalacaoEcac) -> None:
    instalacao.importar()
    with instalacao.banco.transacao():
        ocorrencias.abrir(instalacao.banco, Ocorrencia(Especie.SUGESTAO, "1", "x", "y"), "2026-11-20")
    paga, aberta = instalacao.guias("estado = 'paga'")[0]["id"], instalacao.guias("pagamento IS NULL")[0]["id"]
    for sql in (
        f"UPDATE ecac_guia SET estado = 'consultada' WHERE id = {paga}",
        f"UPDATE ecac_guia SET estado = 'paga' WHERE id = {aberta}",
        f"UPDATE ecac_guia SET estado = 'paga sem comprovante' WHERE id = {aberta}",
        f"UPDATE ecac_guia SET estado = 'qualquer' WHERE id = {aberta}",
        f"UPDATE ecac_guia SET numero = '07202615700000015' WHERE id = {paga}",
        f"UPDATE ecac_guia SET contribuinte = '1' WHERE id = {paga}",
        f"DELETE FROM ecac_guia WHERE id = {paga}",
        f"INSERT OR REPLACE INTO ecac_guia SELECT * FROM ecac_guia WHERE id = {paga}",
        "DELETE FROM ecac_guia_historico",
        "UPDATE ecac_guia_historico SET quem = 'x'",
        "DELETE FROM ecac_comprovante",
        "UPDATE ecac_comprovante SET sha256 = 'x'",
        "DELETE FROM ecac_chamada",
        "DELETE FROM ecac_ocorrencia_historico",
        "INSERT OR REPLACE INTO ecac_comprovante SELECT * FROM ecac_comprovante LIMIT 1",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            instalacao.banco.conn.execute(sql)


def test_a_tabela_de_estados_e_a_do_dominio(instalacao: InstalacaoEcac) -> None:
    (gatilho,) = instalacao.banco.todas("SELECT sql FROM sqlite_master WHERE name = 'ecac_guia_muda'")
    for de in Estado:
        for para in Estado:
            assert (f"('{de.value}', '{para.value}')" in gatilho["sql"]) == ((de, para) in TRANSICOES)


# --- filing, cut at each step ----------------------------------------------------------------------------------------


def _chegado(cenario: Cenario) -> Chegado:
    d = next(d for d in cenario.documentos if d.arrecadacao is not None)
    nome = next(c.nome for c in cenario.contribuintes if c.ni == d.ni)
    assert d.arrecadacao is not None
    return Chegado(
        d.ni, TipoDocumento(d.tipo), d.numero.lstrip("0"), d.arrecadacao, d.total, pdfs.comprovante(d, nome), "api"
    )


def _encenado(instalacao: InstalacaoEcac, cenario: Cenario) -> tuple[Path, NovoComprovante]:
    raiz = instalacao.pasta / "out" / "ecac"
    arquivo.preparar_raiz(instalacao.banco, instalacao.dados, raiz, instalacao.agora)
    return raiz, arquivo.encenar(Bases(instalacao.dados, instalacao.pasta), raiz, _chegado(cenario))


@pytest.mark.requisito("ECAC-05")
def test_o_comprovante_de_uma_versao_anterior_passa_a_ser_relativo(instalacao: InstalacaoEcac) -> None:
    instalacao.importar()
    raiz = instalacao.pasta / "out" / "ecac"
    assert comprovantes.raizes(instalacao.banco) == ["raiz:out/ecac"]
    with instalacao.banco.transacao():
        comprovantes.mudar_raiz(instalacao.banco, "raiz:out/ecac", str(raiz))
    instalacao.reabrir()
    assert comprovantes.raizes(instalacao.banco) == ["raiz:out/ecac"]


@pytest.mark.requisito("ECAC-05")
@pytest.mark.parametrize("dita", ["/mnt/servidor/ecac", "ecac", "raiz:out/ecac"])
def test_reescrever_deixa_o_que_nao_e_da_instalacao(instalacao: InstalacaoEcac, dita: str) -> None:
    instalacao.importar()
    bases = Bases(instalacao.dados, instalacao.pasta)
    with instalacao.banco.transacao():
        comprovantes.mudar_raiz(instalacao.banco, "raiz:out/ecac", dita)
        arquivo.reescrever_raizes(instalacao.banco, bases)
        assert comprovantes.raizes(instalacao.banco) == [dita]
        comprovantes.mudar_raiz(instalacao.banco, dita, "../out/ecac")
        arquivo.reescrever_raizes(instalacao.banco, bases)
    assert comprovantes.raizes(instalacao.banco) == ["raiz:out/ecac"]


@pytest.mark.requisito("ECAC-05")
def test_queda_entre_gravar_e_registrar_nao_mostra_nada(instalacao: InstalacaoEcac, cenario: Cenario) -> None:
    raiz, novo = _encenado(instalacao, cenario)
    assert instalacao.comprovantes() == []
    _, de_novo = _encenado(instalacao, cenario)
    assert de_novo == novo  # the same content under the same name
    assert len(list((canto(raiz) / "comprovantes").iterdir())) == 1


@pytest.mark.requisito("ECAC-05")
@pytest.mark.parametrize("ate", ["registrado", "renomeado"])
def test_queda_depois_de_registrar_e_retomada_no_inicio(instalacao: InstalacaoEcac, cenario: Cenario, ate: str) -> None:
    instalacao.importar()
    raiz = instalacao.pasta / "out" / "ecac"
    chegado = dataclasses.replace(_chegado(cenario), numero="7202699900000000", pdf=b"%PDF-1.4 outro %%EOF")
    novo = arquivo.encenar(Bases(instalacao.dados, instalacao.pasta), raiz, chegado)
    with instalacao.banco.transacao():
        arquivo.registrar(instalacao.banco, novo, "2026-11-20T15:00:00.000+00:00")
    if ate == "renomeado":
        assert pasta_de_comprovantes.por_no_lugar(arquivo.lugar(instalacao.dados, raiz), novo.sha256, novo.caminho)
    instalacao.reabrir()
    assert comprovantes.recebidos(instalacao.banco) == []
    assert (raiz / novo.caminho).read_bytes() == chegado.pdf
    assert list((canto(raiz) / "comprovantes").iterdir()) == []


@pytest.mark.requisito("ECAC-05")
def test_nome_ocupado_por_outro_conteudo_nao_e_coberto(instalacao: InstalacaoEcac, cenario: Cenario) -> None:
    raiz, novo = _encenado(instalacao, cenario)
    ocupado = raiz / novo.caminho
    ocupado.parent.mkdir(parents=True)
    ocupado.write_bytes(b"de outra pessoa")
    instalacao.importar()
    assert ocupado.read_bytes() == b"de outra pessoa"
    assert ocupado.with_name(f"{ocupado.stem}~2.pdf").is_file()
    assert instalacao.estados()["paga"] == 4


@pytest.mark.requisito("ECAC-05")
def test_pasta_que_sumiu_para_sem_pedir_comprovantes(instalacao: InstalacaoEcac, serpro: SerproEmFio) -> None:
    instalacao.importar()
    (instalacao.pasta / "out" / "ecac" / ".separador" / "marca").unlink()
    alvo = instalacao.guias("estado = 'paga'")[0]
    instalacao.ordenar("ecac-reabrir", str(alvo["id"]), "para pedir de novo")
    with instalacao.banco.transacao():
        instalacao.banco.execute("DELETE FROM ecac_recusada")
        instalacao.banco.execute("UPDATE ecac_empresa SET pendente = 1")
    antes = len(serpro.chamadas("COMPARRECADACAO72"))
    instalacao.importar()
    assert len(serpro.chamadas("COMPARRECADACAO72")) == antes


# --- a run cut short -------------------------------------------------------------------------------------------------


def test_importacao_cortada_e_dita_e_retomada(instalacao: InstalacaoEcac) -> None:
    with instalacao.banco.transacao():
        numero = empresas.iniciar(
            instalacao.banco,
            motivo="agenda",
            quem="serviço",
            empresa=None,
            a3=False,
            tarefa_id=None,
            quando="2026-11-20",
        )
    instalacao.reabrir()
    linha = empresas.importacao(instalacao.banco, numero)
    assert linha is not None
    assert linha["estado"] == "interrompida"
    assert instalacao.ciclo.parte(Ecac).pode_mover()  # it goes on by itself


@pytest.mark.requisito("ECAC-03")
def test_geracao_cortada_por_queda_nao_e_repetida(
    instalacao: InstalacaoEcac, serpro: SerproEmFio, cenario: Cenario
) -> None:
    ni = cenario.contribuintes[0].ni
    pedido = {"especie": "darf", "campos": {"periodo": "10/2026"}, "de_novo": False}
    with instalacao.banco.transacao():
        numero = tabela_de_pedidos.registrar(
            instalacao.banco, "ecac-gerar", ni, json.dumps(pedido), "so:teste", "2026-11-20"
        )
        instalacao.banco.execute("UPDATE tarefa SET estado = 'aceita' WHERE id = ?", (numero,))
        geracoes.pedir(instalacao.banco, ni, "darf", json.dumps(pedido["campos"]), "so:teste", "2026-11-20")
    instalacao.reabrir()
    linha = tabela_de_pedidos.por_id(instalacao.banco, numero)
    assert linha is not None
    assert (linha["estado"], linha["codigo"]) == ("recusada", "SEP-GUIA-DESFECHO")
    assert instalacao.ordenar("ecac-gerar", ni, json.dumps(pedido))["codigo"] == "SEP-GUIA-DESFECHO"
    assert serpro.chamadas("CONSOLIDARGERARDARF51") == []


# --- who is asked, when ----------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-01", "ECAC-07")
def test_autor_que_nao_e_o_contratante_sem_eventos_e_a_passo_lento(pasta: Path) -> None:
    """The author is the company's own certificate: the termo is signed and E0701 does not come. While something is due,
    it is asked again a day later."""
    from tests.apoio.instalacao import EMITENTE, pfx

    dono = dataclasses.replace(EMITENTE, cnpj="66777888000181", nome="EMPRESA DO CERTIFICADO LTDA")
    base = contribuintes.gerar(1, 4, 2, hoje=HOJE)
    documentos = tuple(dataclasses.replace(d, ni=dono.cnpj) for d in base.documentos)
    cenario = dataclasses.replace(
        base, contribuintes=(Contribuinte(dono.cnpj, dono.nome),), documentos=documentos, outorgas=()
    )
    dada = empresa(dono.cnpj, dono.nome, procurador=None)
    dada["certificado"] = {"arquivo": "config/dono.pfx", "senha": {"env": "SEPARADOR_SENHA"}}
    (pasta / "instalacao" / "config").mkdir(parents=True)
    (pasta / "instalacao" / "config" / "dono.pfx").write_bytes(pfx(dono))
    relogio = [AGORA]
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: relogio[0]) as serpro, InstalacaoEcac(
        pasta / "instalacao", cenario, serpro, empresas_ecac=[dada]
    ) as instalacao:  # fmt: skip
        instalacao.soltar_guias(documentos)
        fim = instalacao.importar()
        assert instalacao.estados() == {"paga": 2, "consultada": 2}, fim["mensagem"]
        assert len(serpro.chamadas("ENVIOXMLASSINADO81")) == 1
        assert serpro.chamadas("SOLICEVENTOSPJ132") == []
        instalacao.ponteiros.passar(4 * 3600)
        relogio[0] = instalacao.agora
        instalacao.importar()
        assert len(serpro.chamadas("PAGAMENTOS71")) == 1
        instalacao.ponteiros.passar(DIA_S)
        relogio[0] = instalacao.agora
        instalacao.importar()
        assert len(serpro.chamadas("PAGAMENTOS71")) > 1


@pytest.mark.requisito("ECAC-06")
def test_acesso_vencido_nao_e_tentado_e_diz_qual(
    instalacao: InstalacaoEcac, serpro: SerproEmFio, cenario: Cenario
) -> None:
    vencido = cenario.contribuintes[0].ni
    procuracoes.gravar_escritorio(instalacao.banco, CONTRATANTE, "ESCRITORIO", quem="t", agora=instalacao.agora)
    acesso = Acesso(
        CONTRATANTE, "PROCURACAO DA EMPRESA", Esfera.FEDERAL, TipoAcesso.CERTIFICADO, certificado="a1",
        validade=Validade(ate=HOJE - timedelta(days=1)), clientes=(vencido,),
    )  # fmt: skip
    assert isinstance(procuracoes.incluir(instalacao.banco, acesso, quem="t", agora=instalacao.agora), int)
    instalacao.importar()
    assert {c.contribuinte for c in serpro.chamadas("PAGAMENTOS71")} == {cenario.contribuintes[1].ni}
    assert instalacao.ocorrencias() == ["acesso-vencido"]
    (ocorrencia,) = instalacao.banco.todas("SELECT detalhe FROM ecac_ocorrencia")
    assert "PROCURACAO DA EMPRESA" in ocorrencia["detalhe"]
    linha = procuracoes.um(instalacao.banco, "PROCURACAO DA EMPRESA")
    assert isinstance(linha, sqlite3.Row)
    renovado = dataclasses.replace(
        acesso, certificado="a1", validade=Validade(ate=HOJE + timedelta(days=300)), clientes=()
    )
    procuracoes.alterar(instalacao.banco, linha["id"], renovado, quem="t", agora=instalacao.agora)
    instalacao.importar()
    assert instalacao.ocorrencias() == []


@pytest.mark.requisito("ECAC-07")
@pytest.mark.parametrize("faz", ["429", "503", "dados-tortos"])
def test_sem_eventos_nada_se_conclui(instalacao: InstalacaoEcac, serpro: SerproEmFio, faz: str) -> None:
    instalacao.importar()
    instalacao.ponteiros.passar(DIA_S)
    cobradas = len([c for c in serpro.chamadas() if c.cobrada])
    serpro.falhas(Falha(faz, servico="SOLICEVENTOSPJ132", vezes=10**6))
    fim = instalacao.importar()
    assert fim["estado"] == "concluída"
    assert len([c for c in serpro.chamadas() if c.cobrada]) == cobradas
    assert instalacao.estados()["paga"] == 4


@pytest.mark.requisito("ECAC-07")
@pytest.mark.parametrize("faz", ["token-401", "token-400"])
def test_credencial_recusada_para_e_diz_o_que_fazer(instalacao: InstalacaoEcac, serpro: SerproEmFio, faz: str) -> None:
    serpro.falhas(Falha(faz, vezes=10**6))
    fim = instalacao.importar()
    assert fim["estado"] == "parada"
    assert instalacao.ocorrencias() == ["credencial"]
    assert instalacao.falhas() == ["SEP-ECAC-PARADA"]
    assert serpro.chamadas("PAGAMENTOS71") == []
    serpro.sem_falhas()
    assert instalacao.importar()["estado"] == "concluída"
    assert instalacao.ocorrencias() == []
    assert instalacao.falhas() == []


@pytest.mark.requisito("ECAC-04")
def test_rede_que_cai_para_depois_de_tres_empresas_caladas(pasta: Path) -> None:
    cenario = contribuintes.gerar(8, 8, 8, hoje=HOJE)
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as serpro, InstalacaoEcac(
        pasta / "instalacao", cenario, serpro
    ) as instalacao:  # fmt: skip
        instalacao.ciclo.parte(Ecac)._parar.wait = lambda s=None: False  # type: ignore[method-assign, assignment]
        instalacao.soltar_guias(cenario.documentos)
        serpro.falhas(Falha("503", servico="PAGAMENTOS71", vezes=10**6))
        fim = instalacao.importar()
        assert fim["estado"] == "parada"
        assert "não responde" in fim["mensagem"]
        assert len({c.contribuinte for c in serpro.chamadas("PAGAMENTOS71")}) == 3
        serpro.sem_falhas()
        instalacao.importar()
        assert instalacao.estados() == {"paga": 8}


def test_o_inicio_mais_cedo_pergunta_de_novo_desde_la(
    instalacao: InstalacaoEcac, serpro: SerproEmFio, cenario: Cenario
) -> None:
    instalacao.importar()
    quantas = len(serpro.chamadas("PAGAMENTOS71"))
    instalacao.empresas = [
        e | {"ecac": e["ecac"] | {"inicio": "2025-01-01"}} if "ecac" in e else e for e in instalacao.empresas
    ]
    instalacao.gravar_config()
    instalacao.rodar()
    instalacao.importar()
    assert len(serpro.chamadas("PAGAMENTOS71")) == quantas + len(cenario.contribuintes)


def test_a_agenda_roda_no_laco_em_fio_proprio(pasta: Path, cenario: Cenario, serpro: SerproEmFio) -> None:
    """The loop does it by itself: the import is due by the clock, runs in its thread, and is collected at its end."""
    with InstalacaoEcac(pasta / "instalacao", cenario, serpro) as instalacao:
        instalacao.soltar_guias(cenario.documentos)
        with instalacao.banco.transacao():
            instalacao.banco.execute("UPDATE ecac_importacao SET iniciada_em = '2026-01-01T00:00:00.000+00:00'")
        assert instalacao.ciclo.parte(Ecac).pode_mover()
        limite = datetime.now(UTC) + timedelta(seconds=60)
        while instalacao.ciclo.parte(Ecac).pode_mover():
            assert datetime.now(UTC) < limite
            instalacao.ponteiros.passar(0.01)
            instalacao.ciclo.passo()
        assert instalacao.estados() == {"paga": 4, "consultada": 2}
        ultima = empresas.ultima(instalacao.banco)
        assert ultima is not None
        assert (ultima["motivo"], ultima["estado"], ultima["comprovantes"]) == ("agenda", "concluída", 4)


@pytest.mark.requisito("ECAC-07")
def test_evento_negado_nao_e_falta_de_novidade(
    instalacao: InstalacaoEcac, serpro: SerproEmFio, cenario: Cenario
) -> None:
    """The answer about events has "x" for the company. Then the payments are asked for, once a day, and the 403 says
    what is missing."""
    instalacao.importar()
    negada = cenario.contribuintes[0].ni
    serpro.arquivo.revogar(negada)
    instalacao.ponteiros.passar(8 * DIA_S)
    for _ in range(3):
        instalacao.importar()
        instalacao.ponteiros.passar(3600)
    pedidas = [c for c in serpro.chamadas("PAGAMENTOS71") if c.contribuinte == negada]
    assert [c.http for c in pedidas] == [200, 403]
    assert instalacao.ocorrencias() == ["sem-procuracao"]


@pytest.mark.requisito("ECAC-07")
def test_depois_de_dois_meses_sem_ouvir_eventos_todas_sao_consultadas(
    instalacao: InstalacaoEcac, serpro: SerproEmFio, cenario: Cenario
) -> None:
    instalacao.importar()
    quantas = len(serpro.chamadas("PAGAMENTOS71"))
    instalacao.ponteiros.passar(70 * DIA_S)
    instalacao.importar()
    assert {c.contribuinte for c in serpro.chamadas("PAGAMENTOS71")[quantas:]} == {c.ni for c in cenario.contribuintes}


def test_resto_encenado_que_nenhum_registro_conhece_sai_no_inicio(instalacao: InstalacaoEcac, cenario: Cenario) -> None:
    raiz, _ = _encenado(instalacao, cenario)
    instalacao.reabrir()
    assert list((canto(raiz) / "comprovantes").iterdir()) == []
