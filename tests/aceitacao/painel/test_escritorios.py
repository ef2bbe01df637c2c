"""The pages of offices and accesses say what `separador procuracao` says, and never a secret."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from separador.cofre import chave_mestra
from tests.aceitacao.linha_de_comando import ADMIN, OPERADOR
from tests.aceitacao.painel.conftest import CLIENTE, ESCRITORIO, Navegador, Painel, Visto
from tests.aceitacao.painel.test_movimento import tabela
from tests.apoio.autoridade import SENHA as SENHA_PFX
from tests.apoio.autoridade import emitir
from tests.apoio.maquina import Maquina
from tests.apoio.pfx_caro import com_iteracoes_no_mac

pytestmark = pytest.mark.requisito("PAINEL-01", "PAINEL-02", "PROC-01", "PROC-03")


@pytest.fixture(scope="module")
def com_acesso() -> str:
    """Returns the path of the accesses of the office that is registered."""
    return f"/escritorios/{ESCRITORIO}/certificados"


def test_os_acessos_com_a_validade_e_se_podem_ser_usados(painel: Painel, consulta: Navegador, com_acesso: str) -> None:
    linhas = tabela(consulta.abrir("/escritorios").texto, "Escritórios")
    assert linhas[0] == ["CNPJ", "Nome", "Acessos", "CERTIFICADOS"]
    assert [re.sub("<[^>]*>", "", x) for x in linhas[1][:3]] == [ESCRITORIO, "Modelo &lt;b&gt;", "1"]
    visto = consulta.abrir(com_acesso)
    assert visto.estado == 200
    linhas = tabela(visto.texto, "Procurações")
    assert linhas[0] == ["Nome", "ESFERA", "Tipo de acesso", "Clientes", "Validade", "Situação"]
    assert linhas[1][1:4] == ["estadual", "login", "1"]
    (dito,) = painel.cenario.maquina.json("procuracao", "listar")
    assert unescape(re.sub("<[^>]*>", "", linhas[1][5])) == f"✗ {dito['recusa']}"


def test_um_acesso_diz_quem_o_guarda_e_quem_o_usa(consulta: Navegador, com_acesso: str) -> None:
    numero = re.search(rf'href="{com_acesso}/(\d+)"', consulta.abrir(com_acesso).texto)
    assert numero is not None
    visto = consulta.abrir(f"{com_acesso}/{numero[1]}")
    assert visto.estado == 200
    assert "<h1><bdi>ACESSO &lt;i&gt;</bdi></h1>" in visto.texto
    assert "por guardar" in visto.texto
    assert "Ninguém usa este acesso." in visto.texto
    assert tabela(visto.texto, "Clientes")[1][0] == CLIENTE


@pytest.mark.parametrize("fim", ["/999", "/abc", "/" + "9" * 30])
def test_o_que_nao_ha_e_dito(consulta: Navegador, com_acesso: str, fim: str) -> None:
    assert consulta.abrir(com_acesso + fim).estado == 404
    assert consulta.abrir(f"/escritorios/{CLIENTE}/certificados").estado == 404


CAMPOS = {
    "tipo": "login",
    "esfera": "estadual",
    "nome": "ACESSO NOVO",
    "login": "joao",
    "senha": "Sefaz#Mato-Grosso-9431",
    "orgao": "sefaz mt",
    "clientes": f"{CLIENTE}\n",
    "ativo": "1",
}


@pytest.fixture
def servico(painel: Painel) -> Iterator[Maquina]:
    m = painel.cenario.maquina
    if not chave_mestra.caminho(m.dados).exists():
        chave_mestra.criar_arquivo(m.dados, chave_mestra.gerar())
    m.executar()
    yield m
    assert m.parar() == 0


@pytest.mark.requisito("PROC-02", "PROC-04")
def test_a_vida_de_um_acesso_pelo_painel(servico: Maquina, admin: Navegador, com_acesso: str) -> None:
    """Registered with its secret, changed, deleted; the secret is in the vault, and on no page, in no order, no log."""
    novo = f"{com_acesso}/novo"
    assert "<h1>Nova procuração</h1>" in admin.abrir(novo).texto
    gravado = admin.enviar(novo, CAMPOS).para
    assert gravado == f"{com_acesso}?feito=acesso"
    assert '<p class="feita">Acesso gravado.</p>' in admin.abrir(gravado).texto
    feito = servico.json("procuracao", "ver", "ACESSO NOVO")
    assert (feito["tem_senha"], feito["validade_meses"], feito["clientes"]) == (True, 3, [CLIENTE])
    assert (feito["senha_por"], feito["recusa"]) == (ADMIN, None)
    repetido = admin.enviar(novo, CAMPOS)
    assert repetido.estado == 422
    assert "já tem um acesso chamado" in repetido.texto
    assert CAMPOS["senha"] not in repetido.texto
    assert admin.enviar(novo, CAMPOS | {"nome": "OUTRO", "titular": CLIENTE}).estado == 422
    numero = re.search(rf'href="{com_acesso}/(\d+)"><bdi>ACESSO NOVO', admin.abrir(com_acesso).texto)
    assert numero is not None
    um = f"{com_acesso}/{numero[1]}"
    assert CAMPOS["senha"] not in admin.abrir(um).texto
    mudado = {n: x for n, x in CAMPOS.items() if n not in ("senha", "ativo", "clientes")} | {"meses": "5"}
    for campo in ("validade", "meses"):
        ilegivel = admin.enviar(um, mudado | {campo: "31/13"})
        assert (ilegivel.estado, "Validade" in ilegivel.texto) == (422, True)
    assert admin.enviar(um, mudado).para == f"{com_acesso}?feito=acesso"
    feito = servico.json("procuracao", "ver", "ACESSO NOVO")
    assert (feito["validade_meses"], feito["clientes"], feito["ativo"], feito["tem_senha"]) == (5, [], False, True)
    assert "<h1>Excluir acesso</h1>" in admin.abrir(f"{um}/excluir").texto
    assert admin.enviar(f"{um}/excluir", {}).para == f"{com_acesso}?feito=excluido"
    assert admin.abrir(um).estado == 404
    trilha = [x for x in servico.json("auditoria", "listar") if x["quem"] == ADMIN]
    assert {"procuracao incluir", "procuracao alterar", "procuracao excluir"} <= {x["alvo"] for x in trilha}
    for arquivo in servico.dados.rglob("*"):
        if arquivo.is_file():
            assert CAMPOS["senha"].encode() not in arquivo.read_bytes(), arquivo


def test_sem_servico_nada_se_guarda_e_se_diz_o_que_fazer(
    painel: Painel, admin: Navegador, operador: Navegador, com_acesso: str
) -> None:
    visto = admin.enviar(f"{com_acesso}/novo", CAMPOS | {"nome": "SEM SERVIÇO"})
    assert visto.estado == 409
    assert "Ligue o serviço" in visto.texto
    assert 'value="SEM SERVIÇO"' in visto.texto
    assert CAMPOS["senha"] not in visto.texto
    assert "SEM SERVIÇO" not in [a["nome"] for a in painel.cenario.maquina.json("procuracao", "listar")]
    assert operador.enviar(f"{com_acesso}/novo", CAMPOS).estado == 403
    assert "NOVO</a>" not in operador.abrir(com_acesso).texto


# --- the certificate inside the form ---------------------------------------------------------------------------------


def do_certificado(nome: str, **mais: str) -> dict[str, str]:
    ditos = {"tipo": "certificado", "esfera": "federal", "nome": nome, "clientes": CLIENTE, "ativo": "1"}
    return ditos | {"senha_pfx": SENHA_PFX} | mais


def pfx(nome: str, qual: int = 0, cnpj: str = ESCRITORIO) -> bytes:
    return emitir(cnpj, nome=nome, qual=qual, de=datetime.now(UTC) - timedelta(days=1)).pfx()


def pendente(visto: Visto) -> str:
    achado = re.search(r'name="pendente" value="([^"]+)"', visto.texto)
    assert achado is not None, visto.texto
    return achado[1]


def guardados(m: Maquina) -> tuple[set[str], set[str]]:
    """Returns the nicknames of the office's certificates, and the names of the accesses."""
    com_apelido = m.json("certificado", "listar", "--empresa", ESCRITORIO)
    return {r["apelido"] for r in com_apelido}, {a["nome"] for a in m.json("procuracao", "listar")}


@pytest.mark.requisito("PROC-06", "CERT-02")
def test_o_certificado_vem_no_formulario_e_o_acesso_passa_a_usa_lo(
    servico: Maquina, admin: Navegador, com_acesso: str
) -> None:
    """Two steps; after the first nothing is there, after the second both are; a renewed one takes its place."""
    novo, antes = f"{com_acesso}/novo", guardados(servico)
    linhas = len([x for x in servico.json("auditoria", "listar") if x["alvo"] == "procuracao incluir"])
    conferir = admin.soltar(novo, do_certificado("CERT <i>"), [(b"e.pfx", pfx("OFICIO <b>"))])
    assert conferir.estado == 200, conferir.texto
    for dito in (ESCRITORIO, "OFICIO &lt;b&gt;", "CERT &lt;i&gt;", "mais 363", "Ainda nada foi guardado"):
        assert dito in conferir.texto
    assert "O certificado não é de" not in conferir.texto
    assert SENHA_PFX not in conferir.texto
    assert guardados(servico) == antes
    assert admin.enviar(f"{com_acesso}/1", {"pendente": pendente(conferir)}).estado == 409
    assert admin.enviar(novo, {"pendente": pendente(conferir)}).para == f"{com_acesso}?feito=acesso"
    assert guardados(servico) == (antes[0] | {"CERT <i>"}, antes[1] | {"CERT <i>"})
    feito = servico.json("procuracao", "ver", "CERT <i>")
    assert (feito["certificado"], feito["recusa"]) == ("CERT <i>", None)
    assert len([x for x in servico.json("auditoria", "listar") if x["alvo"] == "procuracao incluir"]) == linhas + 1
    assert admin.enviar(novo, {"pendente": pendente(conferir)}).estado == 409
    achado = re.search(rf'href="{com_acesso}/(\d+)"><bdi>CERT', admin.abrir(com_acesso).texto)
    assert achado is not None
    um = f"{com_acesso}/{achado[1]}"
    repetido = admin.soltar(um, do_certificado("CERT <i>"), [(b"e.pfx", pfx("OFICIO <b>"))])
    assert repetido.estado == 200  # the same holder, another certificate: it is renewed
    assert "CERT &lt;i&gt; 2" in repetido.texto
    assert admin.enviar(um, {"pendente": pendente(repetido)}).para == f"{com_acesso}?feito=acesso"
    assert servico.json("procuracao", "ver", "CERT <i>")["certificado"] == "CERT <i> 2"
    assert "selected>CERT &lt;i&gt; 2 (" in admin.abrir(um).texto
    for arquivo in servico.pasta.rglob("*"):
        if arquivo.is_file():
            assert SENHA_PFX.encode() not in arquivo.read_bytes(), arquivo


@pytest.mark.requisito("CERT-02")
def test_o_que_vai_mal_com_o_arquivo_nao_deixa_nada_pela_metade(
    painel: Painel, servico: Maquina, admin: Navegador, com_acesso: str
) -> None:
    novo, antes, bom = f"{com_acesso}/novo", guardados(servico), pfx("OUTRO", 1)
    ruins: list[tuple[dict[str, str], bytes, str]] = [
        (do_certificado("X"), b"", "está vazio"),
        (do_certificado("X"), b"PK\x03\x04" + b"\x00" * 60, "Nada foi mudado"),
        (do_certificado("X"), com_iteracoes_no_mac(bom, 2_000_000_000), "Nada foi mudado"),
        (do_certificado("X", senha_pfx="", senha="posta-em-outro-campo"), bom, "Diga a Senha do certificado."),
        (do_certificado("X", tipo="login", login="joao"), bom, "só de um acesso por Certificado"),
        (do_certificado("X", clientes="123"), bom, "não é um CNPJ nem um CPF"),
        (do_certificado("ACESSO <i>"), bom, "já tem um acesso chamado"),
        *((do_certificado("X", senha_pfx="errada-errada"), bom, "senha") for _ in range(5)),
    ]
    for campos, dados, dito in ruins:
        visto = admin.soltar(novo, campos, [(b"a.pfx", dados)])
        assert visto.estado == 422, (dito, visto.texto)
        assert 'role="alert"' in visto.texto
        assert dito in unescape(visto.texto) or dito == "Nada foi mudado"
        assert not campos["senha_pfx"] or campos["senha_pfx"] not in visto.texto
        assert "posta-em-outro-campo" not in visto.texto
    assert admin.soltar(novo, do_certificado("X"), [(b"a.pfx", b"\x30" * (3 * 1024 * 1024))]).estado == 413
    assert admin.enviar(novo, do_certificado("X")).estado == 422
    de_outro = admin.soltar(novo, do_certificado("X"), [(b"a.pfx", pfx("TERCEIRO", 1, CLIENTE))])
    assert "em nome de TERCEIRO" in de_outro.texto
    assert "autoassinado" not in de_outro.texto
    ontem = datetime.now(UTC) - timedelta(days=1)
    sem_ac = emitir(ESCRITORIO, nome="SEM AC", qual=1, de=ontem, autoassinado=True).pfx()
    assert "em produção será recusado." in admin.soltar(novo, do_certificado("X"), [(b"a.pfx", sem_ac)]).texto
    assert painel.navegador().entrar(OPERADOR).enviar(novo, {"pendente": pendente(de_outro)}).estado == 403
    # Somebody takes the name between the two steps: the certificate is not installed either.
    admin.enviar(novo, CAMPOS | {"nome": "X"})
    recusado = admin.enviar(novo, {"pendente": pendente(de_outro)})
    assert recusado.estado == 422
    assert "já tem um acesso chamado X" in recusado.texto
    assert guardados(servico) == (antes[0], antes[1] | {"X"})


def test_sem_servico_o_certificado_nao_entra(painel: Painel, admin: Navegador, com_acesso: str) -> None:
    visto = admin.soltar(f"{com_acesso}/novo", do_certificado("SEM"), [(b"a.pfx", pfx("SEM", 1))])
    assert visto.estado == 409
    assert "Ligue o serviço" in visto.texto
    assert 'value="SEM"' in visto.texto
    assert "SEM" not in guardados(painel.cenario.maquina)[1]
