"""What an outsider reads in the contract of the panel, sentence by sentence, where no other file looks at it."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from separador.nucleo import capacidade
from tests.aceitacao.cenario import Cenario
from tests.aceitacao.linha_de_comando import ADMIN, OPERADOR
from tests.aceitacao.painel.conftest import Navegador, Painel, desligar, ligar
from tests.apoio.maquina import Maquina

pytestmark = pytest.mark.requisito("PAINEL-01")
MOTIVO = "ERRO NA DIGITACAO DO VALOR"


def linhas(painel: Painel) -> list[tuple[str, str, str]]:
    """Returns the audit trail, newest first: who, which action, how it ended."""
    return [(r["quem"], r["alvo"], r["resultado"]) for r in painel.cenario.maquina.json("auditoria", "listar")]


def test_um_envio_para_uma_pagina_que_so_se_le_pede_sessao_antes_de_tudo(painel: Painel, operador: Navegador) -> None:
    so_se_le = [t.caminho for t in capacidade.telas() if t.muda is None and "{" not in t.caminho and t.menu]
    assert "/cte" in so_se_le
    for caminho in so_se_le:
        assert painel.navegador().enviar(caminho, {}).estado == 401, caminho
    visto = operador.enviar("/cte", {})
    assert (visto.estado, visto.cabecalhos["allow"]) == (405, "GET, HEAD")


def test_a_entrada_leva_o_caminho_como_ele_e(painel: Painel) -> None:
    n = painel.navegador()
    assert n.abrir("/cte").para == "/entrar?depois=/cte"
    assert n.abrir("/cte?serie=1&numero=2").para == "/entrar?depois=/cte%3Fserie%3D1%26numero%3D2"


def test_a_recusa_de_um_envio_de_outra_pagina_e_uma_linha_da_auditoria(painel: Painel, operador: Navegador) -> None:
    antes, chave = len(linhas(painel)), painel.cenario.autorizado
    assert operador.enviar(f"/cte/{chave}/cancelar", {"motivo": MOTIVO}, Sec_Fetch_Site="same-site").estado == 403
    assert painel.navegador().enviar(f"/cte/{chave}/cancelar", {}, Sec_Fetch_Site="cross-site").estado == 403
    assert linhas(painel)[:-antes] == [(OPERADOR, "cte cancelar", "recusado")]


def test_cada_mudanca_de_um_usuario_e_uma_linha_com_o_nome_da_acao(painel: Painel, admin: Navegador) -> None:
    antes = len(linhas(painel))
    novo = {"email": "nova@exemplo.com.br", "nome": "Nova", "nivel": "consulta"}
    assert admin.enviar("/usuarios/novo", novo).estado == 303
    um = "/usuarios/nova%40exemplo.com.br"
    assert admin.enviar(um, novo | {"ativo": "1"}).estado == 303
    assert admin.enviar(um, {"fazer": "codigo"}).estado == 200
    assert admin.enviar(um, {"fazer": "sessoes"}).estado == 303
    assert list(reversed(linhas(painel)[:-antes])) == [
        (ADMIN, f"usuario {acao}", "feito") for acao in ("incluir", "alterar", "recuperar", "encerrar-sessoes")
    ]


def test_varias_recusas_sao_um_alerta(painel: Painel, operador: Navegador) -> None:
    c = painel.cenario
    visto = operador.enviar("/cte/enviar", [("chave", c.autorizado), ("chave", c.enviado)])
    assert visto.estado == 409
    assert visto.texto.count('role="alert"') == 1
    assert all(chave in visto.texto for chave in (c.autorizado, c.enviado))


def test_o_codigo_fica_no_formulario_recusado_e_a_senha_nao(painel: Painel) -> None:
    senhas = {"senha": "uma-frase-que-nao-fica", "repita": "outra-frase-que-nao-fica"}
    visto = painel.navegador().enviar("/senha/definir", {"codigo": "ABCD-EFGH"} | senhas)
    assert visto.estado == 422
    assert 'value="ABCD-EFGH"' in visto.texto
    assert "que-nao-fica" not in visto.texto


def test_a_entrada_se_abre_tambem_a_quem_ja_entrou(admin: Navegador) -> None:
    visto = admin.abrir("/entrar")
    assert visto.estado == 200
    assert "<h1>Entrar</h1>" in visto.texto


def test_a_pagina_do_documento_tem_os_cinco_botoes_da_lista(painel: Painel, operador: Navegador) -> None:
    pagina = operador.abrir(f"/cte/{painel.cenario.enviado}").texto
    botoes = re.findall(r"<button[^>]*>([^<]+)</button>", pagina.partition("<main")[2])
    assert set(botoes) >= {
        *("ENVIAR CT-e", "Consultar", "NOTAS FISCAIS", "CANCELAR CT-E", "ESTORNAR SOLICITAÇÃO DE CANCELAMENTO"),
    }


def test_um_arquivo_sem_codigo_nao_mostra_um_que_nao_ha(operador: Navegador) -> None:
    assert "[None]" not in operador.abrir("/arquivos/1").texto


def test_o_desacordo_propoe_a_sequencia_e_a_proposta_e_a_proxima_livre(painel: Painel, operador: Navegador) -> None:
    sequencia = re.compile(r'<input id="sequencia"[^>]* value="(\d*)"')
    assert sequencia.findall(operador.abrir("/cte/desacordo").texto) == ["1"]
    dita = {"chave": "curta", "observacao": MOTIVO, "proposta": "1", "sequencia": "3"}
    assert sequencia.findall(operador.enviar("/cte/desacordo", dita).texto) == ["3"]


def test_de_dois_paineis_se_diz_o_mais_velho_e_quando_ele_acaba_o_outro(tmp_path: Path) -> None:
    with Maquina(tmp_path) as so:
        velho, novo = (ligar(Cenario(so, datetime.now(UTC), "", "", "")) for _ in range(2))
        try:
            assert so.json("situacao")["servico"]["painel"] == velho.linha.split()[-1]
            assert desligar(velho) == 0
            so.esperar(lambda: so.json("situacao")["servico"]["painel"] == novo.linha.split()[-1], 10)
        finally:
            desligar(novo)
        assert so.json("situacao")["servico"]["painel"] is None


class Vivas(HTMLParser):
    """Finds the tables and timelines that no live region holds."""

    SOZINHAS = frozenset({"input", "link", "meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.abertas: list[bool] = []
        self.vistas, self.paradas = 0, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        viva = "data-regiao" in dict(attrs) or any(self.abertas)
        if tag in {"table", "ol"}:
            self.vistas += 1
            self.paradas += [] if viva else [tag]
        if tag not in self.SOZINHAS:
            self.abertas.append(viva)

    def handle_endtag(self, tag: str) -> None:
        self.abertas.pop()


@pytest.mark.parametrize(
    "caminho",
    [
        *("/", "/cte", "/cte/{chave}", "/arquivos/1", "/localizar?q=11222333000181", "/auditoria", "/conta"),
        *("/usuarios", "/rotas"),
    ],
)
def test_o_que_muda_no_banco_esta_numa_regiao_que_se_renova(painel: Painel, admin: Navegador, caminho: str) -> None:
    lidas = Vivas()
    lidas.feed(admin.abrir(caminho.replace("{chave}", painel.cenario.autorizado)).texto)
    assert lidas.vistas > 0
    assert lidas.paradas == []


def test_uma_pagina_que_nao_ha_tem_a_moldura_para_quem_entrou(painel: Painel, admin: Navegador) -> None:
    sem, com = painel.navegador().abrir("/nao-ha"), admin.abrir("/nao-ha")
    assert (sem.estado, com.estado) == (404, 404)
    assert 'aria-label="Principal"' not in sem.texto
    assert 'aria-label="Principal"' in com.texto


@pytest.mark.parametrize("ordem", ["enviar", "consultar"])
def test_uma_chave_que_nao_ha_e_404_tambem_nas_ordens_de_varios(operador: Navegador, ordem: str) -> None:
    chave = "9" * 44
    assert operador.abrir(f"/cte/{ordem}?chave={chave}").estado == 404
    assert operador.enviar(f"/cte/{ordem}", {"chave": chave}).estado == 404
