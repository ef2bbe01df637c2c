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
from separador.capacidades.ecac.banco.comprovantes import NovoRecibo
from separador.capacidades.ecac.dominio.arrecadacao import TipoDocumento
from separador.capacidades.ecac.dominio.guia import TRANSICOES, Estado
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Ocorrencia
from separador.capacidades.ecac.servico import comprovantes as arquivo
from separador.capacidades.ecac.servico import pasta_de_comprovantes
from separador.capacidades.ecac.servico.comprovantes import Chegado
from separador.capacidades.ecac.servico.passo import Ecac
from separador.capacidades.procuracoes.dominio import Acesso, Esfera, TipoAcesso, Validade
from separador.capacidades.procuracoes.servico import procuracoes
from separador.simulador.serpro import contribuintes, pdfs
from separador.simulador.serpro.cenario import CONTRATANTE, Cenario, Contribuinte, Falha
from tests.apoio.casa_de_teste import pasta_rapida
from tests.apoio.casa_ecac import AGORA, CasaEcac, empresa
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
def casa(pasta: Path, cenario: Cenario, serpro: SerproEmFio) -> Iterator[CasaEcac]:
    with CasaEcac(pasta / "casa", cenario, serpro) as uma:
        uma.soltar_guias(cenario.documentos)
        yield uma


# --- guards ----------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-04")
def test_nem_por_sql_uma_guia_muda_fora_da_tabela(casa: CasaEcac) -> None:
    casa.importar()
    with casa.banco.transacao():
        ocorrencias.abrir(casa.banco, Ocorrencia(Especie.SUGESTAO, "1", "x", "y"), "2026-11-20")
    paga, aberta = casa.guias("estado = 'paga'")[0]["id"], casa.guias("pagamento IS NULL")[0]["id"]
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
            casa.banco.conn.execute(sql)


def test_a_tabela_de_estados_e_a_do_dominio(casa: CasaEcac) -> None:
    (gatilho,) = casa.banco.todas("SELECT sql FROM sqlite_master WHERE name = 'ecac_guia_muda'")
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


def _encenado(casa: CasaEcac, cenario: Cenario) -> tuple[Path, NovoRecibo]:
    raiz = casa.pasta / "out" / "ecac"
    arquivo.preparar_raiz(casa.banco, raiz, casa.agora)
    return raiz, arquivo.encenar(casa.dados, raiz, _chegado(cenario))


@pytest.mark.requisito("ECAC-05")
def test_queda_entre_gravar_e_registrar_nao_mostra_nada(casa: CasaEcac, cenario: Cenario) -> None:
    raiz, novo = _encenado(casa, cenario)
    assert casa.recibos() == []
    _, de_novo = _encenado(casa, cenario)
    assert de_novo == novo  # the same content under the same name
    assert len(list((raiz / ".separador" / "recibos").iterdir())) == 1


@pytest.mark.requisito("ECAC-05")
@pytest.mark.parametrize("ate", ["registrado", "renomeado"])
def test_queda_depois_de_registrar_e_retomada_no_inicio(casa: CasaEcac, cenario: Cenario, ate: str) -> None:
    casa.importar()
    raiz = casa.pasta / "out" / "ecac"
    chegado = dataclasses.replace(_chegado(cenario), numero="7202699900000000", pdf=b"%PDF-1.4 outro %%EOF")
    novo = arquivo.encenar(casa.dados, raiz, chegado)
    with casa.banco.transacao():
        arquivo.registrar(casa.banco, novo, "2026-11-20T15:00:00.000+00:00")
    if ate == "renomeado":
        assert pasta_de_comprovantes.por_no_lugar(raiz, arquivo.reserva(casa.dados), novo.sha256, novo.caminho)
    casa.reabrir()
    assert comprovantes.recebidos(casa.banco) == []
    assert (raiz / novo.caminho).read_bytes() == chegado.pdf
    assert list((raiz / ".separador" / "recibos").iterdir()) == []


@pytest.mark.requisito("ECAC-05")
def test_nome_ocupado_por_outro_conteudo_nao_e_coberto(casa: CasaEcac, cenario: Cenario) -> None:
    raiz, novo = _encenado(casa, cenario)
    ocupado = raiz / novo.caminho
    ocupado.parent.mkdir(parents=True)
    ocupado.write_bytes(b"de outra pessoa")
    casa.importar()
    assert ocupado.read_bytes() == b"de outra pessoa"
    assert ocupado.with_name(f"{ocupado.stem}~2.pdf").is_file()
    assert casa.estados()["paga"] == 4


@pytest.mark.requisito("ECAC-05")
def test_pasta_que_sumiu_para_sem_pedir_recibos(casa: CasaEcac, serpro: SerproEmFio) -> None:
    casa.importar()
    (casa.pasta / "out" / "ecac" / ".separador" / "marca").unlink()
    alvo = casa.guias("estado = 'paga'")[0]
    casa.ordenar("ecac-reabrir", str(alvo["id"]), "para pedir de novo")
    with casa.banco.transacao():
        casa.banco.execute("DELETE FROM ecac_recusada")
        casa.banco.execute("UPDATE ecac_empresa SET pendente = 1")
    antes = len(serpro.chamadas("COMPARRECADACAO72"))
    casa.importar()
    assert len(serpro.chamadas("COMPARRECADACAO72")) == antes


# --- a run cut short -------------------------------------------------------------------------------------------------


def test_importacao_cortada_e_dita_e_retomada(casa: CasaEcac) -> None:
    with casa.banco.transacao():
        numero = empresas.iniciar(
            casa.banco, motivo="agenda", quem="serviço", empresa=None, a3=False, tarefa_id=None, quando="2026-11-20"
        )
    casa.reabrir()
    linha = empresas.importacao(casa.banco, numero)
    assert linha is not None
    assert linha["estado"] == "interrompida"
    assert casa.ciclo.parte(Ecac).pode_mover()  # it goes on by itself


@pytest.mark.requisito("ECAC-03")
def test_geracao_cortada_por_queda_nao_e_repetida(casa: CasaEcac, serpro: SerproEmFio, cenario: Cenario) -> None:
    ni = cenario.contribuintes[0].ni
    pedido = {"especie": "darf", "campos": {"periodo": "10/2026"}, "de_novo": False}
    with casa.banco.transacao():
        numero = tabela_de_pedidos.registrar(casa.banco, "ecac-gerar", ni, json.dumps(pedido), "so:teste", "2026-11-20")
        casa.banco.execute("UPDATE tarefa SET estado = 'aceita' WHERE id = ?", (numero,))
        geracoes.pedir(casa.banco, ni, "darf", json.dumps(pedido["campos"]), "so:teste", "2026-11-20")
    casa.reabrir()
    linha = tabela_de_pedidos.por_id(casa.banco, numero)
    assert linha is not None
    assert (linha["estado"], linha["codigo"]) == ("recusada", "SEP-GUIA-DESFECHO")
    assert casa.ordenar("ecac-gerar", ni, json.dumps(pedido))["codigo"] == "SEP-GUIA-DESFECHO"
    assert serpro.chamadas("CONSOLIDARGERARDARF51") == []


# --- who is asked, when ----------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-01", "ECAC-07")
def test_autor_que_nao_e_o_contratante_sem_eventos_e_a_passo_lento(pasta: Path) -> None:
    """The author is the company's own certificate: the termo is signed and E0701 does not come. While something is due,
    it is asked again a day later."""
    from tests.apoio.casa_de_teste import EMITENTE, pfx

    dono = dataclasses.replace(EMITENTE, cnpj="66777888000181", nome="EMPRESA DO CERTIFICADO LTDA")
    base = contribuintes.gerar(1, 4, 2, hoje=HOJE)
    documentos = tuple(dataclasses.replace(d, ni=dono.cnpj) for d in base.documentos)
    cenario = dataclasses.replace(
        base, contribuintes=(Contribuinte(dono.cnpj, dono.nome),), documentos=documentos, outorgas=()
    )
    dada = empresa(dono.cnpj, dono.nome, procurador=None)
    dada["certificado"] = {"arquivo": "config/dono.pfx", "senha": {"env": "SEPARADOR_SENHA"}}
    (pasta / "casa" / "config").mkdir(parents=True)
    (pasta / "casa" / "config" / "dono.pfx").write_bytes(pfx(dono))
    relogio = [AGORA]
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: relogio[0]) as serpro, CasaEcac(
        pasta / "casa", cenario, serpro, empresas_ecac=[dada]
    ) as casa:  # fmt: skip
        casa.soltar_guias(documentos)
        fim = casa.importar()
        assert casa.estados() == {"paga": 2, "consultada": 2}, fim["mensagem"]
        assert len(serpro.chamadas("ENVIOXMLASSINADO81")) == 1
        assert serpro.chamadas("SOLICEVENTOSPJ132") == []
        casa.ponteiros.passar(4 * 3600)
        relogio[0] = casa.agora
        casa.importar()
        assert len(serpro.chamadas("PAGAMENTOS71")) == 1
        casa.ponteiros.passar(DIA_S)
        relogio[0] = casa.agora
        casa.importar()
        assert len(serpro.chamadas("PAGAMENTOS71")) > 1


@pytest.mark.requisito("ECAC-06")
def test_acesso_vencido_nao_e_tentado_e_diz_qual(casa: CasaEcac, serpro: SerproEmFio, cenario: Cenario) -> None:
    vencido = cenario.contribuintes[0].ni
    procuracoes.gravar_escritorio(casa.banco, CONTRATANTE, "ESCRITORIO", quem="t", agora=casa.agora)
    acesso = Acesso(
        CONTRATANTE, "PROCURACAO DA EMPRESA", Esfera.FEDERAL, TipoAcesso.CERTIFICADO, certificado="a1",
        validade=Validade(ate=HOJE - timedelta(days=1)), clientes=(vencido,),
    )  # fmt: skip
    assert isinstance(procuracoes.incluir(casa.banco, acesso, quem="t", agora=casa.agora), int)
    casa.importar()
    assert {c.contribuinte for c in serpro.chamadas("PAGAMENTOS71")} == {cenario.contribuintes[1].ni}
    assert casa.ocorrencias() == ["acesso-vencido"]
    (ocorrencia,) = casa.banco.todas("SELECT detalhe FROM ecac_ocorrencia")
    assert "PROCURACAO DA EMPRESA" in ocorrencia["detalhe"]
    linha = procuracoes.um(casa.banco, "PROCURACAO DA EMPRESA")
    assert isinstance(linha, sqlite3.Row)
    renovado = dataclasses.replace(
        acesso, certificado="a1", validade=Validade(ate=HOJE + timedelta(days=300)), clientes=()
    )
    procuracoes.alterar(casa.banco, linha["id"], renovado, quem="t", agora=casa.agora)
    casa.importar()
    assert casa.ocorrencias() == []


@pytest.mark.requisito("ECAC-07")
@pytest.mark.parametrize("faz", ["429", "503", "dados-tortos"])
def test_sem_eventos_nada_se_conclui(casa: CasaEcac, serpro: SerproEmFio, faz: str) -> None:
    casa.importar()
    casa.ponteiros.passar(DIA_S)
    cobradas = len([c for c in serpro.chamadas() if c.cobrada])
    serpro.falhas(Falha(faz, servico="SOLICEVENTOSPJ132", vezes=10**6))
    fim = casa.importar()
    assert fim["estado"] == "concluída"
    assert len([c for c in serpro.chamadas() if c.cobrada]) == cobradas
    assert casa.estados()["paga"] == 4


@pytest.mark.requisito("ECAC-07")
@pytest.mark.parametrize("faz", ["token-401", "token-400"])
def test_credencial_recusada_para_e_diz_o_que_fazer(casa: CasaEcac, serpro: SerproEmFio, faz: str) -> None:
    serpro.falhas(Falha(faz, vezes=10**6))
    fim = casa.importar()
    assert fim["estado"] == "parada"
    assert casa.ocorrencias() == ["credencial"]
    assert casa.falhas() == ["SEP-ECAC-PARADA"]
    assert serpro.chamadas("PAGAMENTOS71") == []
    serpro.sem_falhas()
    assert casa.importar()["estado"] == "concluída"
    assert casa.ocorrencias() == []
    assert casa.falhas() == []


@pytest.mark.requisito("ECAC-04")
def test_rede_que_cai_para_depois_de_tres_empresas_caladas(pasta: Path) -> None:
    cenario = contribuintes.gerar(8, 8, 8, hoje=HOJE)
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as serpro, CasaEcac(
        pasta / "casa", cenario, serpro
    ) as casa:  # fmt: skip
        casa.ciclo.parte(Ecac)._parar.wait = lambda s=None: False  # type: ignore[method-assign, assignment]
        casa.soltar_guias(cenario.documentos)
        serpro.falhas(Falha("503", servico="PAGAMENTOS71", vezes=10**6))
        fim = casa.importar()
        assert fim["estado"] == "parada"
        assert "não responde" in fim["mensagem"]
        assert len({c.contribuinte for c in serpro.chamadas("PAGAMENTOS71")}) == 3
        serpro.sem_falhas()
        casa.importar()
        assert casa.estados() == {"paga": 8}


def test_o_inicio_mais_cedo_pergunta_de_novo_desde_la(casa: CasaEcac, serpro: SerproEmFio, cenario: Cenario) -> None:
    casa.importar()
    quantas = len(serpro.chamadas("PAGAMENTOS71"))
    casa.empresas = [e | {"ecac": e["ecac"] | {"inicio": "2025-01-01"}} if "ecac" in e else e for e in casa.empresas]
    casa.gravar_config()
    casa.rodar()
    casa.importar()
    assert len(serpro.chamadas("PAGAMENTOS71")) == quantas + len(cenario.contribuintes)


def test_a_agenda_roda_no_laco_em_fio_proprio(pasta: Path, cenario: Cenario, serpro: SerproEmFio) -> None:
    """The loop does it by itself: the import is due by the clock, runs in its thread, and is collected at its end."""
    with CasaEcac(pasta / "casa", cenario, serpro) as casa:
        casa.soltar_guias(cenario.documentos)
        with casa.banco.transacao():
            casa.banco.execute("UPDATE ecac_importacao SET iniciada_em = '2026-01-01T00:00:00.000+00:00'")
        assert casa.ciclo.parte(Ecac).pode_mover()
        limite = datetime.now(UTC) + timedelta(seconds=60)
        while casa.ciclo.parte(Ecac).pode_mover():
            assert datetime.now(UTC) < limite
            casa.ponteiros.passar(0.01)
            casa.ciclo.passo()
        assert casa.estados() == {"paga": 4, "consultada": 2}
        ultima = empresas.ultima(casa.banco)
        assert ultima is not None
        assert (ultima["motivo"], ultima["estado"], ultima["comprovantes"]) == ("agenda", "concluída", 4)


@pytest.mark.requisito("ECAC-07")
def test_evento_negado_nao_e_falta_de_novidade(casa: CasaEcac, serpro: SerproEmFio, cenario: Cenario) -> None:
    """The answer about events has "x" for the company. Then the payments are asked for, once a day, and the 403 says
    what is missing."""
    casa.importar()
    negada = cenario.contribuintes[0].ni
    serpro.arquivo.revogar(negada)
    casa.ponteiros.passar(8 * DIA_S)
    for _ in range(3):
        casa.importar()
        casa.ponteiros.passar(3600)
    pedidas = [c for c in serpro.chamadas("PAGAMENTOS71") if c.contribuinte == negada]
    assert [c.http for c in pedidas] == [200, 403]
    assert casa.ocorrencias() == ["sem-procuracao"]


@pytest.mark.requisito("ECAC-07")
def test_depois_de_dois_meses_sem_ouvir_eventos_todas_sao_consultadas(
    casa: CasaEcac, serpro: SerproEmFio, cenario: Cenario
) -> None:
    casa.importar()
    quantas = len(serpro.chamadas("PAGAMENTOS71"))
    casa.ponteiros.passar(70 * DIA_S)
    casa.importar()
    assert {c.contribuinte for c in serpro.chamadas("PAGAMENTOS71")[quantas:]} == {c.ni for c in cenario.contribuintes}


def test_resto_encenado_que_nenhum_registro_conhece_sai_no_inicio(casa: CasaEcac, cenario: Cenario) -> None:
    raiz, _ = _encenado(casa, cenario)
    casa.reabrir()
    assert list((raiz / ".separador" / "recibos").iterdir()) == []
