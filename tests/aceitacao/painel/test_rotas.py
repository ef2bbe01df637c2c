"""The pages of the routes do what `separador rotas` and `config definir` do, on the same file, comments kept."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.aceitacao.linha_de_comando import ADMIN
from tests.aceitacao.painel.conftest import Navegador, Painel, Visto

pytestmark = [pytest.mark.requisito("PAINEL-01", "SEP-01"), pytest.mark.timeout(300)]
COMENTARIO = "# comentário de quem configurou\n"


@pytest.fixture
def arquivo(painel: Painel) -> Iterator[Path]:
    """The configuration file with a comment in it; afterwards it is as it was."""
    caminho = painel.cenario.maquina.config
    antes = caminho.read_bytes()
    caminho.write_bytes(COMENTARIO.encode() + antes)
    yield caminho
    caminho.chmod(0o640)
    caminho.write_bytes(antes)


def rotas(painel: Painel) -> dict[int, dict[str, Any]]:
    return {r["id"]: r for r in painel.cenario.maquina.json("rotas", "listar")}


def campos(visto: Visto) -> dict[str, str]:
    """Returns what the form of a route holds."""
    texto = visto.texto.partition("<main")[2]
    ditos = {n: x for n, x in re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', texto) if n != "nome"}
    for nome in ("regra", "envio"):
        dentro = re.search(rf'<select id="{nome}".*?</select>', texto, re.DOTALL)
        assert dentro is not None
        escolhido = re.search(r'value="([^"]*)" selected', dentro[0])
        ditos[nome] = escolhido[1] if escolhido else ""
    if not re.search(r'name="ativo"[^>]* checked', texto):
        ditos.pop("ativo")
    return ditos


def feitas(painel: Painel, acao: str) -> list[tuple[str, str]]:
    linhas = painel.cenario.maquina.json("auditoria", "listar")
    return [(r["quem"], r["detalhe"]) for r in linhas if r["alvo"] == acao and r["resultado"] == "feito"]


@pytest.mark.usefixtures("arquivo")
def test_a_lista_mostra_as_rotas_como_o_comando(painel: Painel, consulta: Navegador) -> None:
    texto = consulta.abrir("/rotas").texto
    assert "<caption>Rotas</caption>" in texto
    for r in rotas(painel).values():
        assert r["origem"] in texto
        assert " ".join(r["arquivo"]) in texto
    assert ">Novo<" not in texto
    assert "Definir<" not in texto
    assert consulta.abrir("/rotas/1").estado == 403
    assert consulta.enviar("/rotas", {"tempo_leitura": "3"}).estado == 403


def test_uma_rota_nova_fica_no_arquivo_com_os_comentarios(painel: Painel, admin: Navegador, arquivo: Path) -> None:
    aberta = admin.abrir("/rotas/nova")
    dita = campos(aberta)
    assert dita["ativo"] == "1"
    dita |= {"regra": "mover", "origem": "inbox/nova", "destino": "outbox/nova", "arquivo": ".csv, tsv"}
    feito = admin.enviar("/rotas/nova", dita)
    assert (feito.estado, feito.para) == (303, "/rotas?feito=rota"), feito.texto
    nova = max(rotas(painel).values(), key=lambda r: r["id"])
    assert (nova["regra"], nova["ativo"], nova["arquivo"]) == ("mover", True, [".csv", ".tsv"])
    assert arquivo.read_text().startswith(COMENTARIO)
    assert "origem: inbox/nova" in arquivo.read_text()
    assert feitas(painel, "rotas incluir")[0] == (ADMIN, f"rota {nova['id']}")
    assert "inbox/nova" in admin.abrir("/rotas?feito=rota").texto


@pytest.mark.usefixtures("arquivo")
def test_desligar_uma_rota_e_uma_linha_com_o_nome_do_comando(painel: Painel, admin: Navegador) -> None:
    dita = campos(admin.abrir("/rotas/4"))
    dita.pop("ativo")
    assert admin.enviar("/rotas/4", dita).estado == 303
    assert rotas(painel)[4]["ativo"] is False
    assert feitas(painel, "rotas desativar")[0] == (ADMIN, "rota 4; ativo")


def test_o_que_nao_muda_nao_e_reescrito(painel: Painel, admin: Navegador, arquivo: Path) -> None:
    antes, linhas = arquivo.read_bytes(), len(feitas(painel, "rotas alterar"))
    assert admin.enviar("/rotas/4", campos(admin.abrir("/rotas/4"))).estado == 303
    assert arquivo.read_bytes() == antes
    dita = campos(admin.abrir("/rotas/4")) | {"destino": "outbox/outro"}
    assert admin.enviar("/rotas/4", dita).estado == 303
    assert rotas(painel)[4]["destino"].endswith("outbox/outro")
    assert rotas(painel)[4]["origem"].endswith("inbox/geral")
    assert "origem: inbox/geral" in arquivo.read_text()
    assert len(feitas(painel, "rotas alterar")) == linhas + 1


@pytest.mark.usefixtures("arquivo")
def test_um_conflito_e_dito_com_o_que_foi_escrito_e_nada_muda(painel: Painel, admin: Navegador) -> None:
    antes = rotas(painel)
    dita = campos(admin.abrir("/rotas/nova")) | {
        "regra": "mover", "origem": "inbox/geral", "destino": "outbox/<b>x", "arquivo": ".txt",
    }  # fmt: skip
    visto = admin.enviar("/rotas/nova", dita)
    assert visto.estado == 422
    assert 'role="alert"' in visto.texto
    assert "outbox/&lt;b&gt;x" in visto.texto
    assert admin.enviar("/rotas/nova", dita | {"origem": ""}).estado == 422
    do_windows = admin.enviar("/rotas/nova", dita | {"origem": "C:\\notas"})
    assert do_windows.estado == 422
    assert "é um caminho de Windows; diga o caminho como o servidor o vê" in do_windows.texto
    assert rotas(painel) == antes


def test_o_que_outro_editor_mudou_nao_e_sobreposto(painel: Painel, admin: Navegador, arquivo: Path) -> None:
    dita = campos(admin.abrir("/rotas/4")) | {"destino": "outbox/meu"}
    tempo = campos_do_tempo(admin.abrir("/rotas"))
    m = painel.cenario.maquina
    arquivo.write_text(arquivo.read_text() + "# outro editor\n")
    visto = admin.enviar("/rotas/4", dita)
    assert visto.estado == 409
    assert "mudado por outro editor" in visto.texto
    assert 'value="outbox/meu"' in visto.texto
    assert admin.enviar("/rotas", tempo | {"tempo_leitura": "7"}).estado == 409
    assert arquivo.read_text().endswith("# outro editor\n")
    assert "outbox/meu" not in json.dumps(m.json("rotas", "listar"))


def campos_do_tempo(visto: Visto) -> dict[str, str]:
    return dict(re.findall(r'<input[^>]* name="(resumo|tempo_leitura)"[^>]* value="([^"]*)"', visto.texto))


@pytest.mark.requisito("SEP-03")
@pytest.mark.usefixtures("arquivo")
def test_o_tempo_de_leitura_muda_como_pelo_comando(painel: Painel, admin: Navegador) -> None:
    dito = campos_do_tempo(admin.abrir("/rotas"))
    assert dito["tempo_leitura"] == "1"
    for ruim in ("0", "dez", "-1", "99999999", "²"):
        assert admin.enviar("/rotas", dito | {"tempo_leitura": ruim}).estado == 422, ruim
    assert admin.enviar("/rotas", dito | {"tempo_leitura": "12"}).estado == 303
    assert campos_do_tempo(admin.abrir("/rotas"))["tempo_leitura"] == "12"
    valores = painel.cenario.maquina.json("config", "conferir")["valores"]
    assert next(x["valor"] for x in valores if x["chave"] == "tempo_leitura") == "12"
    assert feitas(painel, "config definir")[0] == (ADMIN, "tempo_leitura 12")


def test_um_arquivo_que_nao_se_pode_gravar_so_se_ve(admin: Navegador, arquivo: Path) -> None:
    dita = campos(admin.abrir("/rotas/4")) | {"destino": "outbox/meu"}
    arquivo.chmod(0o440)
    antes = arquivo.read_bytes()
    visto = admin.abrir("/rotas/4")
    assert "separador rotas alterar 4" in visto.texto
    assert "Salvar<" not in visto.texto
    assert "separador config definir tempo_leitura" in admin.abrir("/rotas").texto
    assert admin.enviar("/rotas/4", dita).estado == 409
    assert arquivo.read_bytes() == antes


def test_um_arquivo_quebrado_nao_e_tocado(admin: Navegador, arquivo: Path) -> None:
    dita = campos(admin.abrir("/rotas/4")) | {"destino": "outbox/meu"}
    dita.pop("resumo")
    arquivo.write_text(arquivo.read_text() + "rotas: [\n")
    antes = arquivo.read_bytes()
    assert "O arquivo de configuração tem um erro" in admin.abrir("/rotas").texto
    assert admin.enviar("/rotas/4", dita).estado == 422
    assert arquivo.read_bytes() == antes


@pytest.mark.usefixtures("arquivo")
def test_um_nome_de_arquivo_se_testa_com_o_que_esta_no_formulario(painel: Painel, admin: Navegador) -> None:
    antes = rotas(painel)
    assert "rota 4 (mover)" in admin.abrir("/rotas/4?nome=lista.TXT").texto
    assert "Nenhuma rota tomaria <bdi>lista.csv" in admin.abrir("/rotas/4?nome=lista.csv").texto
    dita = campos(admin.abrir("/rotas/4")) | {"arquivo": ".csv", "nome": "../lista.csv"}
    por_salvar = admin.abrir("/rotas/4?" + "&".join(f"{n}={x}" for n, x in dita.items()))
    assert "<bdi>lista.csv</bdi> em" in por_salvar.texto
    assert "rota 4 (mover)" in por_salvar.texto
    assert 'value=".csv"' in por_salvar.texto
    assert rotas(painel) == antes


@pytest.mark.parametrize("caminho", ["/rotas/999", "/rotas/abc", "/rotas/-1"])
def test_uma_rota_que_nao_ha_e_404(admin: Navegador, caminho: str) -> None:
    assert admin.abrir(caminho).estado == 404
