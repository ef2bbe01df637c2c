"""The pages of the certificates: the file goes through memory and the socket only, and the service keeps it."""

import io
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE
from tests.aceitacao.linha_de_comando import ADMIN, OPERADOR, SENHA
from tests.aceitacao.painel.conftest import Navegador, Painel, Visto
from tests.apoio.certificados import chave_rsa
from tests.apoio.pfx_caro import com_iteracoes_no_mac

pytestmark = [pytest.mark.requisito("PAINEL-01", "CERT-02"), pytest.mark.timeout(300)]
SENHA_PFX = "segredo-que-nao-fica-em-lugar-nenhum"


@pytest.fixture(scope="module")
def ligado(painel: Painel) -> Iterator[Painel]:
    m = painel.cenario.maquina
    m.executar()
    yield painel
    m.parar()


def pfx(dias: int = 365) -> bytes:
    return gerar_pfx(SENHA_PFX, agora=datetime.now(UTC), dias=dias, chave=chave_rsa())


def campos(apelido: str, **mais: str) -> dict[str, str]:
    ditos = {"empresa": EMITENTE.cnpj, "apelido": apelido, "padrao": "sim", "uso": "assinatura", "senha": SENHA_PFX}
    return ditos | mais


def pendente(visto: Visto) -> str:
    achado = re.search(r'name="pendente" value="([^"]+)"', visto.texto)
    assert achado is not None, visto.texto
    return achado[1]


def instalados(painel: Painel) -> dict[str, bool]:
    return {r["apelido"]: r["padrao"] for r in painel.cenario.maquina.json("certificado", "listar")}


def instalar(n: Navegador, apelido: str, dados: bytes, **mais: str) -> Visto:
    visto = n.soltar("/certificados/novo", campos(apelido, **mais), [(b"empresa.pfx", dados)])
    assert visto.estado == 200, visto.texto
    return n.enviar("/certificados/novo", {"pendente": pendente(visto)})


def test_com_o_servico_desligado_se_diz_o_que_fazer(painel: Painel, admin: Navegador) -> None:
    assert "Ligue o serviço" in admin.abrir("/certificados/novo").texto
    visto = admin.soltar("/certificados/novo", campos("desligado"), [(b"a.pfx", pfx())])
    assert visto.estado == 409
    assert "separador certificado instalar" in visto.texto
    assert SENHA_PFX not in visto.texto
    assert "desligado" not in instalados(painel)


@pytest.mark.requisito("CERT-06")
def test_o_certificado_e_mostrado_antes_e_so_guardado_depois(ligado: Painel, admin: Navegador) -> None:
    visto = admin.soltar("/certificados/novo", campos("do painel"), [(b"empresa.pfx", pfx())])
    assert visto.estado == 200
    for dito in (EMITENTE.cnpj, EMITENTE.nome, "Validade", "mais 36"):
        assert dito in visto.texto
    assert "do painel" not in instalados(ligado)
    feito = admin.enviar("/certificados/novo", {"pendente": pendente(visto)})
    assert feito.estado == 303, feito.texto
    assert instalados(ligado)["do painel"] is True
    lista = admin.abrir(feito.para).texto
    assert "instalado; é agora o padrão da empresa" in lista
    linhas = ligado.cenario.maquina.json("auditoria", "listar")
    assert [(r["quem"], r["resultado"]) for r in linhas if r["alvo"] == "certificado instalar"] == [(ADMIN, "feito")]
    repetido = admin.enviar("/certificados/novo", {"pendente": pendente(visto)})
    assert repetido.estado == 409
    for arquivo in ligado.cenario.maquina.pasta.rglob("*"):
        if arquivo.is_file():
            assert SENHA_PFX.encode() not in arquivo.read_bytes(), arquivo


def numero(painel: Painel, apelido: str) -> int:
    with closing(sqlite3.connect(painel.cenario.maquina.dados / "separador.db")) as banco:
        return int(banco.execute("SELECT id FROM certificado WHERE apelido = ?", (apelido,)).fetchone()[0])


@pytest.mark.requisito("CERT-01")
def test_tornar_padrao_e_remover_sao_ordens_de_administrador(ligado: Painel, admin: Navegador) -> None:
    m = ligado.cenario.maquina
    for apelido, dias, padrao in (("primeiro", 310, "sim"), ("segundo", 300, "nao"), ("sobra", 290, "nao")):
        assert instalar(admin, apelido, pfx(dias), padrao=padrao).estado == 303
    assert (instalados(ligado)["primeiro"], instalados(ligado)["segundo"]) == (True, False)
    assert re.search(r"segundo(</bdi>)?\s+<form", admin.abrir("/certificados").texto)
    um = f"/certificados/{numero(ligado, 'segundo')}"
    assert "<h1>Tornar padrão o certificado</h1>" in admin.abrir(f"{um}/padrao").texto
    operador = ligado.navegador().entrar(OPERADOR)
    assert operador.abrir(f"{um}/padrao").estado == 403
    assert operador.enviar(f"{um}/remover", {}).estado == 403
    feito = admin.enviar(f"{um}/padrao", {})
    assert re.fullmatch(r"/certificados\?ordem=\d+", feito.para)
    m.esperar(lambda: instalados(ligado)["segundo"], 20)
    assert instalados(ligado)["primeiro"] is False
    assert admin.abrir(f"{um}/padrao").estado == 409
    recusado = admin.enviar(f"{um}/remover", {})
    m.esperar(lambda: "Este é o certificado padrão da empresa" in admin.abrir(recusado.para).texto, 20)
    assert "segundo" in instalados(ligado)
    removido = admin.enviar(f"/certificados/{numero(ligado, 'sobra')}/remover", {})
    m.esperar(lambda: "a chave dele foi apagada do cofre" in admin.abrir(removido.para).texto, 20)
    assert "sobra" not in instalados(ligado)
    ordem = m.json("auditoria", "listar")[0]
    assert (ordem["quem"], ordem["alvo"]) == (ADMIN, "certificado remover")


@pytest.mark.requisito("CERT-05")
def test_a_validade_se_confere_ao_apertar_o_botao(ligado: Painel) -> None:
    n = ligado.navegador().entrar(OPERADOR)
    feito = n.enviar("/certificados", {})
    assert feito.para.startswith("/certificados?ordem=")
    ligado.cenario.maquina.esperar(lambda: "em uso o de" in n.abrir(feito.para).texto, 20)


def test_senha_errada_cinco_vezes_nao_muda_nada_e_nao_tranca(ligado: Painel, admin: Navegador) -> None:
    antes = instalados(ligado)
    for _ in range(5):
        visto = admin.soltar("/certificados/novo", campos("x", senha="errada-errada"), [(b"a.pfx", pfx())])
        assert visto.estado == 422
        assert 'role="alert"' in visto.texto
        assert "errada-errada" not in visto.texto
        assert 'value="x"' in visto.texto
    assert instalados(ligado) == antes


def _zip() -> bytes:
    saida = io.BytesIO()
    with zipfile.ZipFile(saida, "w") as z:
        z.writestr("a.pfx", b"nada")
    return saida.getvalue()


@pytest.mark.usefixtures("ligado")
@pytest.mark.parametrize("dados", [b"", _zip(), b"\x00" * 5000], ids=["vazio", "zip", "zeros"])
def test_o_que_nao_e_um_pfx_e_recusado(admin: Navegador, dados: bytes) -> None:
    visto = admin.soltar("/certificados/novo", campos("x"), [(b"a.pfx", dados)])
    assert visto.estado == 422
    assert 'role="alert"' in visto.texto


@pytest.mark.usefixtures("ligado")
@pytest.mark.parametrize("quantas", [50_000_000, 2**31 - 1])
def test_um_pfx_caro_e_recusado_sem_se_pagar_o_preco(painel: Painel, admin: Navegador, quantas: int) -> None:
    """So many rounds of the password would take the service minutes; nobody waits, and nothing is done."""
    antes = instalados(painel)
    visto = admin.soltar("/certificados/novo", campos("caro"), [(b"a.pfx", com_iteracoes_no_mac(pfx(), quantas))])
    assert visto.estado == 422
    assert "iterações" in visto.texto
    assert SENHA_PFX not in visto.texto
    assert admin.abrir("/saude").texto.count('"ligado"') == 1
    assert instalados(painel) == antes


def test_um_arquivo_grande_demais_nem_se_guarda(admin: Navegador) -> None:
    visto = admin.soltar("/certificados/novo", campos("x"), [(b"a.pfx", b"\x30" * (3 * 1024 * 1024))])
    assert visto.estado == 413
    assert admin.soltar("/certificados/novo", campos("x"), [(b"a.pfx", b"1"), (b"b.pfx", b"2")]).estado == 413


def test_o_que_falta_no_formulario_e_dito(admin: Navegador) -> None:
    assert admin.enviar("/certificados/novo", campos("x")).estado == 422
    ruins = campos("", empresa="00000000000000", uso="outro", padrao="talvez")
    visto = admin.soltar("/certificados/novo", ruins, [(b"a.pfx", b"1")])
    assert visto.estado == 422
    assert visto.texto.count("<li>") >= 4


def test_o_que_um_deu_no_primeiro_passo_nao_serve_a_outro(ligado: Painel, admin: Navegador) -> None:
    outro = ligado.navegador().entrar(ADMIN)
    visto = admin.soltar("/certificados/novo", campos("meu"), [(b"a.pfx", pfx(200))])
    assert ligado.navegador().entrar(OPERADOR).enviar("/certificados/novo", {"pendente": pendente(visto)}).estado == 403
    assert outro.enviar("/certificados/novo", {"pendente": "x" * 22}).estado == 409
    assert "meu" not in instalados(ligado)


def test_a_lista_e_so_de_uma_empresa_quando_se_escolhe(ligado: Painel, admin: Navegador, consulta: Navegador) -> None:
    assert instalar(admin, "da lista", pfx(280), padrao="nao").estado == 303
    assert "da lista" in consulta.abrir(f"/certificados?empresa={EMITENTE.cnpj}").texto
    assert "Nenhum certificado no cofre desta empresa." in consulta.abrir("/certificados?empresa=00000000000191").texto
    texto = consulta.abrir("/certificados").texto
    assert ">Adicionar<" not in texto
    assert ">Remover<" not in texto
    assert ligado.processo.poll() is None


def test_quem_perde_o_nivel_entre_os_dois_passos_nao_instala(ligado: Painel, admin: Navegador) -> None:
    m, como = ligado.cenario.maquina, {"entrada": f"{SENHA}\n"}
    de = ("--usuario", ADMIN, "--senha-stdin")
    m.exigir("usuario", "alterar", OPERADOR, "--nivel", "administrador", *de, **como)
    outro = ligado.navegador().entrar(OPERADOR)
    visto = outro.soltar("/certificados/novo", campos("de quem saiu"), [(b"a.pfx", pfx(250))])
    m.exigir("usuario", "alterar", OPERADOR, "--nivel", "operador", *de, **como)
    assert outro.enviar("/certificados/novo", {"pendente": pendente(visto)}).estado == 403
    assert "de quem saiu" not in instalados(ligado)
    assert admin.abrir("/certificados").estado == 200
