"""What a page costs is counted in steps of SQLite's machine: as many on a full database as on one twice as full."""

import html
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from starlette.responses import Response

from separador.acesso.banco import usuarios
from separador.acesso.banco.usuarios import CONTA_DO_PAINEL, NovoUsuario
from separador.acesso.dominio import Nivel
from separador.acesso.servico.autorizacao import Autor, entrar
from separador.banco import leitura
from separador.banco.conexao import Banco, abrir
from separador.banco.instante import texto_de
from separador.capacidades.procuracoes import banco as tabela_de_acessos
from separador.capacidades.procuracoes.dominio import Acesso, Esfera, TipoAcesso
from separador.capacidades.procuracoes.servico import procuracoes
from separador.nucleo import capacidade
from separador.painel.atendimento import Atendente, Chegada
from separador.painel.base import casa as casas
from separador.painel.base.campos import Campos, ler_campos
from separador.painel.base.casa import Casa
from tests.apoio.muitos_documentos import AGORA, encher

pytestmark = pytest.mark.requisito("PAINEL-01")
POUCOS, MUITOS, ANOS = 20_000, 40_000, 2_000_000
A_CADA = 50

CHAVE = f"3526{15_000:040d}"
DE_ALGUEM = f"3525{77:040d}"
"""A key of an invoice that nobody has."""
MAU = '<script>alert(1)</script>" onerror="x' + "\u202e" + "a" * 4000
ESCRITORIO = "11222333000181"
CLIENTES = tuple(f"{n:014d}" for n in range(1, 60))
ACESSOS = f"/escritorios/{ESCRITORIO}/certificados"
PRIMEIRA, SEGUINTE, VIVO, INICIO, TRES_DIAS = 20_000, 5_000, 500, 50_000, 150_000
DEZ_ANOS = "/movimento?de=2016-12-01&ate=2026-11-30"
PAGINAS = {
    "/": INICIO,
    "/vivo": VIVO,
    "/cte": PRIMEIRA,
    "/cte?situacao=AUTORIZADO+PELA+SEFAZ": PRIMEIRA,
    "/cte?situacao=REJEITADO+PELA+SEFAZ": PRIMEIRA,
    "/cte?situacao=CANCELAMENTO+REJEITADO": PRIMEIRA,
    "/cte?emitente=00000000000007": PRIMEIRA,
    "/cte?numero=15000": PRIMEIRA,
    "/cte?carga=C100&situacao=CANCELADO": PRIMEIRA,
    "/cte?depois=2023-11-20T00:00:00.000Z/900": SEGUINTE,
    "/cte?emitente=00000000000007&depois=2023-11-20T00:00:00.000Z/900": SEGUINTE,
    "/cte?situacao=AUTORIZADO+PELA+SEFAZ&depois=2023-11-20T00:00:00.000Z/900": SEGUINTE,
    "/localizar?q=15000": PRIMEIRA,
    "/localizar?q=135000000015000": PRIMEIRA,
    "/localizar?q=C77": PRIMEIRA,
    "/localizar?q=a15000.xml": PRIMEIRA,
    "/localizar?q=00000000000007": PRIMEIRA,
    f"/localizar?q={DE_ALGUEM}": PRIMEIRA,
    "/localizar?q=nada+disto": PRIMEIRA,
    f"/cte/{CHAVE}": PRIMEIRA,
    f"/cte/{CHAVE}/cancelar": PRIMEIRA,
    f"/cte/enviar?chave={CHAVE}": PRIMEIRA,
    "/cte/desacordo": PRIMEIRA,
    "/arquivos/15001": PRIMEIRA,
    "/servico/iniciar": PRIMEIRA,
    "/auditoria": PRIMEIRA,
    "/usuarios": PRIMEIRA,
    **dict.fromkeys(("/rotas", "/rotas/nova", "/rotas/1", "/rotas/1/soltar"), PRIMEIRA),
    **dict.fromkeys(("/certificados", "/certificados/novo"), PRIMEIRA),
    "/conta": PRIMEIRA,
    "/ecac": PRIMEIRA,
    "/ecac?status=todas&agrupar=ocorrencia": INICIO,
    "/ecac?status=todas&agrupar=empresa": INICIO,
    "/ecac?empresa=00000000000077&status=todas": PRIMEIRA,
    "/ecac?especie=sugestao&depois=/3000": PRIMEIRA,
    "/ecac/ocorrencias/2000": PRIMEIRA,
    "/ecac/ocorrencias/2000/localizar": PRIMEIRA,
    "/ecac/guias": PRIMEIRA,
    "/ecac/guias?depois=2022-01-01/900": PRIMEIRA,
    "/ecac/guias?depois=/5000": PRIMEIRA,
    "/ecac/guias?situacao=em+aberto": PRIMEIRA,
    "/ecac/guias?empresa=00000000000077": PRIMEIRA,
    "/ecac/guias/2000": PRIMEIRA,
    "/ecac/guias/2000/ligar": PRIMEIRA,
    **dict.fromkeys(("/ecac/importar", "/ecac/guias/nova", "/ecac/ocorrencias/2001/dispensar"), PRIMEIRA),
    **dict.fromkeys((f"/ecac/guias/2000/{x}" for x in ("gerar-comprovante", "aprovar", "reabrir")), PRIMEIRA),
    "/ecac/guias/2008/numerar": PRIMEIRA,
    **dict.fromkeys((f"/movimento?de=2023-11-15&ate=2023-11-17&por={x}" for x in ("dia", "hora")), TRES_DIAS),
    "/movimento?de=2023-11-15&ate=2023-11-17&empresa=00000000000007": TRES_DIAS,
    "/movimento": PRIMEIRA,
    "/localizar?q=00000000000002000": PRIMEIRA,
    **dict.fromkeys(("/escritorios", "/escritorios/novo"), PRIMEIRA),
    **dict.fromkeys((ACESSOS, f"{ACESSOS}/novo", f"{ACESSOS}/1", f"{ACESSOS}/1/excluir"), PRIMEIRA),
    **dict.fromkeys(("/certificados/1/padrao", "/certificados/1/remover"), PRIMEIRA),
    f"/certificados?empresa={ESCRITORIO}": PRIMEIRA,
    "/cargas": PRIMEIRA,
    "/cargas?depois=900": SEGUINTE,
    "/cargas?situacao=GERADA": PRIMEIRA,
    "/cargas?situacao=AGUARDANDO+INFORMA%C3%87%C3%95ES": PRIMEIRA,
    "/cargas?situacao=AGUARDANDO+CERTIFICADO": PRIMEIRA,
    "/cargas/C100": PRIMEIRA,
    "/cargas/GRANDE": PRIMEIRA,
    "/cargas/C7/complementar": PRIMEIRA,
    "/cargas/nova": PRIMEIRA,
}
SEM_INDICE = "/cte?serie=9"
"""Looks at 20,000 rows, and says that there are more."""
SEM_INDICE_DE_GUIAS = "/ecac/guias?situacao=consultada"


def semear_acesso(banco: Banco, clientes: tuple[str, ...] = CLIENTES) -> None:
    """Registers an office, its certificate, and an access by it that covers clients."""
    assert procuracoes.gravar_escritorio(banco, ESCRITORIO, "Modelo", quem="t", agora=AGORA) is None
    quando, ate = texto_de(AGORA), texto_de(AGORA + timedelta(days=365))
    colunas = "empresa, apelido, uso, tipo, padrao, der, cadeia, sha256, titular, cnpj, validade_de, validade_ate"
    with banco.transacao():
        banco.execute(
            f"INSERT INTO certificado ({colunas}, token, instalado_em, instalado_por, origem)"
            " VALUES (?1, 'a', 'procurador', 'A3', 0, x'00', x'', 's', 'MODELO', ?1, ?2, ?3, 't', ?2, 't', 't')",
            (ESCRITORIO, quando, ate),
        )
    acesso = Acesso(
        ESCRITORIO, "RECEITA", Esfera.FEDERAL, TipoAcesso.CERTIFICADO, certificado="a",
        certificado_cnpj=ESCRITORIO, clientes=clientes,
    )  # fmt: skip
    with banco.transacao():
        numero = tabela_de_acessos.inserir(banco, acesso, quando)
    assert numero == 1


class Contadora(sqlite3.Connection):
    """A connection that counts the steps of everything that is asked of it."""

    passos = 0

    def set_progress_handler(self, _feito: Callable[[], object] | None, _n: int) -> None:
        super().set_progress_handler(self._contar, A_CADA)

    def _contar(self) -> int:
        type(self).passos += A_CADA
        return 0


class Cheia:
    """A panel over so many documents."""

    def __init__(self, pasta: Path, quantos: int) -> None:
        config, self.dados = pasta / "separador.yaml", pasta / "var"
        rota = {"id": 1, "ativo": True, "regra": "mover", "origem": "in", "destino": "out", "arquivo": ".txt"}
        de_cargas = {"id": 2, "ativo": False, "regra": "carga", "origem": "c", "destino": "o", "arquivo": "-carga.json"}
        config.write_text(yaml.safe_dump({"raiz": ".", "dados": "var", "empresas": [], "rotas": [rota, de_cargas]}))
        (pasta / "var").mkdir()
        encher(pasta / "var", quantos)
        with closing(abrir(pasta / "var")) as banco:
            novo = NovoUsuario("ana@x.com", "Ana", Nivel.ADMINISTRADOR)
            with banco.transacao():
                usuarios.inserir(banco, novo, texto_de(AGORA))
            semear_acesso(banco)
            self.ficha = entrar(banco, Autor(novo.email, novo.nivel, com_senha=True), CONTA_DO_PAINEL, AGORA)
        aberta = casas.abrir(config)
        assert isinstance(aberta, Casa)
        self.atendente = Atendente(aberta)

    def abrir(self, endereco: str) -> tuple[int, str]:
        """Opens a page twice and returns what the second time cost, and its text."""
        for _ in range(2):
            Contadora.passos = 0
            veio = self.responder(endereco, AGORA)
            assert veio.status_code in (200, 303, 409), bytes(veio.body).decode()
        return Contadora.passos, bytes(veio.body).decode()

    def responder(self, endereco: str, agora: datetime) -> Response:
        """Returns what the panel answers at this time."""
        partes = urlsplit(endereco)
        tela, achadas = next((t, p) for t in capacidade.telas() if (p := _partes(t.caminho, partes.path)) is not None)
        consulta = ler_campos(partes.query) or Campos()
        chegada = Chegada(tela, agora, partes.path, False, achadas, consulta, ficha=self.ficha)
        return self.atendente.atender(chegada)


def _partes(modelo: str, caminho: str) -> dict[str, str] | None:
    """Returns the parts of a path that vary; None for another page's path."""
    pares = list(zip(modelo.split("/"), caminho.split("/"), strict=False))
    serve = modelo.count("/") == caminho.count("/") and all(m == c or m.startswith("{") for m, c in pares)
    return {m.strip("{}").removesuffix(":path"): c for m, c in pares if m.startswith("{")} if serve else None


@pytest.fixture(scope="module", autouse=True)
def contada() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as troca:
        troca.setattr(leitura.sqlite3, "connect", partial(sqlite3.connect, factory=Contadora))
        yield


@pytest.fixture(scope="module")
def poucos(tmp_path_factory: pytest.TempPathFactory) -> Cheia:
    return Cheia(tmp_path_factory.mktemp("poucos"), POUCOS)


@pytest.fixture(scope="module")
def muitos(tmp_path_factory: pytest.TempPathFactory) -> Cheia:
    return Cheia(tmp_path_factory.mktemp("muitos"), MUITOS)


def _confere(cheia: Cheia) -> None:
    passos = {endereco: cheia.abrir(endereco)[0] for endereco in PAGINAS}
    assert {e: n for e, n in passos.items() if n > PAGINAS[e]} == {}


def test_uma_pagina_custa_o_mesmo_com_o_dobro_de_documentos(poucos: Cheia, muitos: Cheia) -> None:
    _confere(muitos)
    for endereco in PAGINAS:
        antes, depois = poucos.abrir(endereco)[0], muitos.abrir(endereco)[0]
        assert abs(depois - antes) <= max(antes * 0.1, 2 * A_CADA), (endereco, antes, depois)


def test_um_filtro_sem_indice_olha_aos_poucos_e_oferece_continuar(poucos: Cheia, muitos: Cheia) -> None:
    passos, pagina = muitos.abrir(SEM_INDICE)
    assert "Continuar a busca" in pagina
    assert "Nenhum documento." in pagina
    assert passos <= 40 * 20_000
    passos, pagina = muitos.abrir(SEM_INDICE_DE_GUIAS)
    assert "Continuar a busca" in pagina
    assert passos <= 20 * 20_000
    resto = re.search(r'href="([^"]+)">Continuar a busca', poucos.abrir(SEM_INDICE)[1])
    assert resto is not None
    assert "Continuar a busca" not in poucos.abrir(html.unescape(resto[1]))[1]


def test_um_documento_com_quinhentos_passos_e_uma_pagina(poucos: Cheia) -> None:
    """An order given again and again: each stands there, at what it is worth."""
    with closing(sqlite3.connect(poucos.dados / "separador.db", isolation_level=None)) as banco:
        banco.execute(
            "WITH RECURSIVE conta (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM conta WHERE n + 1 < 500)"
            " INSERT INTO tarefa (pedido, chave, quem, estado, criada_em) SELECT 'consultar', ?, 'ana@x.com',"
            " 'pendente', strftime('%Y-%m-%dT%H:%M:%f', 1700000000 + n, 'unixepoch') || 'Z' FROM conta",
            (f"3526{500:040d}",),
        )
    passos, pagina = poucos.abrir(f"/cte/3526{500:040d}")
    linha_do_tempo = pagina.partition("</ol>")[0]
    assert linha_do_tempo.count("consultar, por") == 500
    assert passos <= 100_000


def test_um_relogio_atrasado_pede_que_se_entre_de_novo_e_mostra_as_paginas(poucos: Cheia) -> None:
    """Set back by minutes, a session goes on; by days, it was opened in a future that is not trusted."""
    minutos, dias = AGORA - timedelta(minutes=4), AGORA - timedelta(days=400)
    for endereco in ("/", "/cte", f"/cte/{CHAVE}", "/auditoria", "/usuarios", "/conta"):
        veio = poucos.responder(endereco, minutos)
        assert veio.status_code == 200, endereco
        assert "há -" not in bytes(veio.body).decode()
        assert poucos.responder(endereco, dias).headers["Location"].startswith("/entrar?depois="), endereco
    assert poucos.responder("/entrar", dias).status_code == 200


def test_o_que_veio_de_fora_e_texto_em_cada_pagina(poucos: Cheia) -> None:
    """Names, answers and files: markup, a mark that turns the line around, four thousand letters, no UTF-8."""
    chave = f"3526{600:040d}"
    with closing(sqlite3.connect(poucos.dados / "separador.db", isolation_level=None)) as banco:
        banco.execute(
            "UPDATE documento SET carga = ?, tomador = ?, cstat = '999', motivo = ? WHERE id = 601", [MAU] * 3
        )
        banco.execute("UPDATE arquivo SET nome = ? WHERE id = 601", (b"\xff" + MAU.encode(),))
        banco.execute(
            "INSERT INTO falha (assunto, codigo, motivo, o_que_fazer, arquivo, rota_id, chave, desde)"
            " VALUES ('doc:mau', 'SEP-PRAZO-RETORNO', ?1, ?1, ?1, 1, ?2, '2020-01-01T00:00:00.000Z')",
            (MAU, chave),
        )
        (falha,) = banco.execute("SELECT id FROM falha WHERE assunto = 'doc:mau'").fetchone()
    try:
        enderecos = ["/", "/cte?numero=600", f"/cte/{chave}", "/arquivos/601", f"/falhas/{falha}/dispensar"]
        for endereco in enderecos:
            pagina = poucos.abrir(endereco)[1]
            assert "&lt;script&gt;alert(1)" in pagina, endereco
            assert "<script>alert" not in pagina, endereco
            assert '" onerror' not in pagina, endereco
            assert "\u202e" not in pagina, endereco
            assert "\\u202e" in pagina, endereco
            assert "\\\\" not in pagina, endereco
        assert "\\xff&lt;script" in poucos.abrir("/arquivos/601")[1]
    finally:
        with closing(sqlite3.connect(poucos.dados / "separador.db", isolation_level=None)) as banco:
            banco.execute("DELETE FROM falha WHERE assunto = 'doc:mau'")


@pytest.mark.longo
def test_dois_milhoes_de_documentos(tmp_path: Path) -> None:
    cheia = Cheia(tmp_path, ANOS)
    _confere(cheia)
    assert "Continuar a busca" in cheia.abrir(SEM_INDICE)[1]
    for _ in range(40):
        _, pagina = cheia.abrir(DEZ_ANOS)
        if "Continuar a contagem" not in pagina:
            break
    assert "Continuar a contagem" not in pagina
    assert "Documentos por mês" in pagina
    passos, de_novo = cheia.abrir(DEZ_ANOS)  # once more: on a fast machine the first look counts all of them
    assert "Documentos por mês" in de_novo
    assert passos <= PRIMEIRA, "meses que acabaram são lembrados"
