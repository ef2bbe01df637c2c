"""Bad days of the pages of the e-CAC and of Movimento: a killed import, a busy database, a lost level, many years."""

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from separador.acesso.dominio import Nivel
from separador.banco import conexao
from separador.banco.instante import texto_de
from separador.capacidades.ecac.banco import empresas
from separador.capacidades.ecac.banco.listas import JANELA
from separador.capacidades.movimento.telas import meses
from separador.motor.trava import Trava, tomar
from separador.painel.base.casa import LEMBRADOS, Guardados
from tests.apoio.casa_do_ecac import CODIGO_MAU, HOJE, montada, movimentar
from tests.apoio.instalacao_ecac import AGORA, InstalacaoEcac
from tests.integracao.painel.test_ecac import Telas, tabelas
from tests.integracao.painel.test_passos import Cheia

pytestmark = pytest.mark.requisito("PAINEL-01", "PAINEL-02", "ECAC-08")


@pytest.fixture(scope="module")
def telas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Telas]:
    with montada(tmp_path_factory.mktemp("ecac")) as instalacao:
        yield Telas(instalacao)


@pytest.fixture
def anos(telas: Telas) -> Iterator[InstalacaoEcac]:
    """Yields the house, to be filled with years; afterwards it has its week, and nothing is remembered."""
    esquecer(telas)
    yield telas.instalacao
    with telas.instalacao.banco.transacao():
        movimentar(telas.instalacao, HOJE - timedelta(days=6), HOJE)
    esquecer(telas)


def esquecer(telas: Telas) -> None:
    telas.atendente.casa.lembrados = Guardados(LEMBRADOS)


@contextmanager
def ligado(dados: Path) -> Iterator[None]:
    """Holds the lock, as a service does that runs."""
    trava = tomar(dados, agora=datetime(2020, 1, 1, tzinfo=UTC))
    assert isinstance(trava, Trava)
    with trava:
        yield


def formularios(telas: Telas) -> dict[str, dict[str, str]]:
    """Returns every form of an order of these pages, with what a person would fill in."""
    banco = telas.instalacao.banco
    (o,) = banco.todas("SELECT min(id) AS id FROM ecac_ocorrencia WHERE status = 'aberta'")
    (g,) = banco.todas(
        "SELECT g.id, p.numero, g.contribuinte FROM ecac_guia g JOIN ecac_pagamento p USING (contribuinte)"
        " WHERE g.pagamento IS NULL AND g.numero NOT NULL"
        " AND p.numero NOT IN (SELECT pagamento FROM ecac_guia WHERE pagamento NOT NULL) LIMIT 1"
    )
    (sem,) = banco.todas("SELECT min(id) AS id FROM ecac_guia WHERE numero IS NULL")
    (paga,) = banco.todas("SELECT min(id) AS id FROM ecac_guia WHERE pagamento NOT NULL")
    (sugerida,) = banco.todas(
        "SELECT guia_id AS id FROM ecac_ocorrencia WHERE especie = 'sugestao' AND status = 'aberta'"
    )
    return {
        "/ecac/importar": {},
        f"/ecac/ocorrencias/{o['id']}/dispensar": {"motivo": "de outra filial"},
        f"/ecac/guias/{g['id']}/ligar": {"pagamento": g["numero"]},
        f"/ecac/guias/{g['id']}/gerar-comprovante": {},
        f"/ecac/guias/{sem['id']}/numerar": {"numero": "07202615700099999"},
        f"/ecac/guias/{paga['id']}/reabrir": {"motivo": "era de outra guia"},
        f"/ecac/guias/{sugerida['id']}/aprovar": {},
        f"/ecac/guias/{sugerida['id']}/recusar": {},
        "/ecac/guias/nova": {"tipo": "das", "periodo": "05/2026", "empresa": g["contribuinte"]},
    }


def test_com_o_servico_desligado_cada_formulario_o_diz_e_a_ordem_fica(telas: Telas) -> None:
    antes = telas.ordens()
    todos = formularios(telas)
    for endereco, campos in todos.items():
        aberto = f"{endereco}?conferir=1&{'&'.join(f'{n}={x}' for n, x in campos.items())}"
        assert "O serviço está desligado: a ordem fica registrada" in telas.texto(
            aberto if "nova" in endereco else endereco
        )
        veio = telas.pedir(endereco, campos)
        assert veio.status_code == 303, endereco
        assert "ele está desligado; a ordem ficou registrada" in telas.texto(veio.headers["Location"]), endereco
    assert telas.ordens() == antes + len(todos)


def test_quem_perde_o_nivel_com_o_formulario_aberto_e_recusado_e_nada_fica(telas: Telas) -> None:
    banco, quem = telas.instalacao.banco, f"{Nivel.OPERADOR.value}@x.com"
    todos = formularios(telas)
    antes = telas.ordens()
    for endereco in todos:
        telas.texto(f"{endereco}?empresa=")
    with banco.transacao():
        banco.execute("UPDATE usuario SET nivel = 'consulta' WHERE email = ?", (quem,))
    try:
        for endereco, campos in todos.items():
            veio = telas.pedir(endereco, campos)
            assert veio.status_code == 403, endereco
            assert re.search(r'role="alert"[^>]*>[^<]*operador', bytes(veio.body).decode()), endereco
            (linha,) = banco.todas("SELECT quem, resultado FROM auditoria ORDER BY id DESC LIMIT 1")
            assert tuple(linha) == (quem, "recusado")
    finally:
        with banco.transacao():
            banco.execute("UPDATE usuario SET nivel = 'operador' WHERE email = ?", (quem,))
    assert telas.ordens() == antes


def test_com_o_banco_ocupado_se_ve_e_a_ordem_nao_fica(telas: Telas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conexao, "ESPERA_S", 0.1)
    antes = telas.ordens()
    todos = formularios(telas)
    with closing(sqlite3.connect(telas.instalacao.dados / "separador.db", isolation_level=None)) as outro:
        outro.execute("BEGIN IMMEDIATE")
        for endereco in ("/ecac", "/ecac/guias", "/movimento"):
            assert telas.pedir(endereco).status_code == 200, endereco
        for endereco, campos in todos.items():
            veio = telas.pedir(endereco, campos)
            assert veio.status_code == 503, endereco
            assert "Tente de novo" in bytes(veio.body).decode()
        outro.execute("ROLLBACK")
    assert telas.ordens() == antes


def test_uma_importacao_de_uma_hora_que_morre_e_dita_ate_a_seguinte(telas: Telas) -> None:
    instalacao = telas.instalacao
    banco = instalacao.banco
    uma_hora = texto_de(AGORA - timedelta(hours=1))
    with banco.transacao():
        numero = empresas.iniciar(
            banco, motivo="comando", quem="x", empresa=None, a3=False, tarefa_id=None, quando=uma_hora
        )
        empresas.progredir(banco, numero, fase="pagamentos", total=5000, feitas=1200, quando=texto_de(AGORA))
    with ligado(instalacao.dados):
        pagina = telas.texto("/ecac")
        assert re.search(r'<progress aria-label="Importação" max="5000" value="1200">', pagina)
        assert "há 60 min" in pagina
    pagina = telas.texto("/ecac")
    assert "<progress" not in pagina
    assert "parou em pagamentos, 1200 de 5000: o serviço está desligado" in pagina
    instalacao.reabrir()
    pagina = telas.texto("/ecac")
    assert "interrompida" in pagina
    assert "<progress" not in pagina
    assert "parou em" not in pagina


@pytest.mark.parametrize(
    "consulta",
    ["ate=0001-01-01", "de=0001-01-01&ate=9999-12-31", "de=2026-11-20&ate=2026-11-20", "ate=9999-12-31&por=hora"],
)
def test_um_periodo_de_um_dia_a_dez_mil_anos_e_uma_pagina(telas: Telas, consulta: str) -> None:
    telas.texto(f"/movimento?{consulta}")


def test_dez_anos_sao_meses_e_mais_sao_anos_em_menos_de_sessenta_mil_bytes(telas: Telas, anos: InstalacaoEcac) -> None:
    with anos.banco.transacao():
        movimentar(anos, date(2011, 1, 1), HOJE)
        anos.banco.execute("UPDATE resumo SET quantos = quantos * 1234567 WHERE hora LIKE '2017-03%'")
    dez = inteira(telas, "/movimento?de=2016-11-21&ate=2026-11-20")
    linhas = tabelas(dez)["Documentos por mês"][1:]
    assert [x[0] for x in linhas[:2]] == ["11/2016", "12/2016"]
    assert len(linhas) == 121
    todos = inteira(telas, "/movimento?de=1990-01-01&ate=2026-11-20")
    assert [x[0] for x in tabelas(todos)["Documentos por ano"][1:]] == [str(a) for a in range(2011, 2027)]
    do_ano = tabelas(inteira(telas, "/movimento?de=2026-01-01&ate=2026-11-20"))["Guias baixadas por mês"][1:]
    assert [int(n) for _, n in do_ano][:2] == [31 * 4, 28 * 4]
    somadas = f"{sum(int(n) for _, n in do_ano):,}".replace(",", ".")
    assert tabelas(todos)["Guias baixadas por ano"][-1] == ["2026", somadas]
    por_hora = inteira(telas, "/movimento?de=2016-11-21&ate=2026-11-20&por=hora")
    assert [x[0] for x in tabelas(por_hora)["Documentos por hora"][1:] if x[1] != "0"] == ["12h", "13h"], "o verão"
    for pagina in (dez, todos, por_hora, telas.texto("/movimento?de=2026-08-20&ate=2026-11-20")):
        assert max(len(s.encode()) for s in re.findall(r"<svg.*?</svg>", pagina, re.DOTALL)) <= 60_000
        assert "<script>9" not in pagina
    assert tabelas(dez)["Recusas mais comuns"][1][:2] == ["209", "SEFAZ"]
    assert any(x[0] == CODIGO_MAU for x in tabelas(dez)["Recusas mais comuns"])


def inteira(telas: Telas, endereco: str) -> str:
    """Opens a page until it has counted everything."""
    for _ in range(50):
        pagina = telas.texto(endereco)
        if "Continuar a contagem" not in pagina:
            return pagina
    raise AssertionError("a contagem não acaba")


def test_um_passado_que_nao_se_conta_de_uma_vez_continua_onde_parou(
    telas: Telas, anos: InstalacaoEcac, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meses, "TEMPO_S", -1.0)
    contados = []
    do_mes = meses.tabela.somas

    def contando(*como: object) -> object:
        contados.append(como[1])
        return do_mes(*como)  # type: ignore[arg-type]

    monkeypatch.setattr(meses.tabela, "somas", contando)
    with anos.banco.transacao():
        movimentar(anos, date(2026, 1, 1), HOJE)
    pagina = telas.texto("/movimento?de=2026-01-01&ate=2026-11-20")
    assert "Ainda faltam contar 10 meses" in pagina
    assert "Continuar a contagem" in pagina
    assert len(contados) == 1
    monkeypatch.setattr(meses, "TEMPO_S", 60.0)
    assert "Continuar a contagem" not in telas.texto("/movimento?de=2026-01-01&ate=2026-11-20")
    antes = len(contados)
    telas.texto("/movimento?de=2026-01-01&ate=2026-11-20")
    assert len(contados) - antes == 2, "só os meses que não acabaram há um mês"


@pytest.mark.longo
def test_cinquenta_mil_ocorrencias_e_cem_mil_guias(tmp_path: Path) -> None:
    """The page looks at some, the spreadsheet has all; more groups than Excel opens as sheets stand in one."""
    cheia = Cheia(tmp_path, 200_000)
    _, pagina = cheia.abrir("/ecac?status=todas&agrupar=empresa")
    assert pagina.count("<tr id=") == 200
    for agrupar, folhas in (
        ("", ["Resumo", "Ocorrências"]),
        ("ocorrencia", None),
        ("empresa", ["Resumo", "Ocorrências"]),
    ):
        veio = cheia.responder(f"/ecac/ocorrencias.xlsx?status=todas&agrupar={agrupar}", AGORA + timedelta(days=10))
        assert veio.status_code == 200, bytes(veio.body)[:500]
        livro = openpyxl.load_workbook(io.BytesIO(bytes(veio.body)), read_only=True)
        assert folhas is None or livro.sheetnames == folhas
        numeros = {r[0] for f in livro.worksheets[1:] for r in f.iter_rows(min_row=2, max_col=1, values_only=True)}
        assert len(numeros - {None, "Total"}) == 50_000
    assert JANELA < 50_000
