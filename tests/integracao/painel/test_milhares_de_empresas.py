"""Pages that offer one of thousands of companies stay small; whoever is not offered is found by the search."""

import re
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest

from separador.acesso.banco import usuarios
from separador.acesso.banco.usuarios import CONTA_DO_PAINEL, NovoUsuario
from separador.acesso.dominio import Nivel
from separador.acesso.servico.autorizacao import Autor, entrar
from separador.banco.conexao import abrir
from separador.banco.instante import texto_de
from separador.capacidades.procuracoes.telas.formulario import CERTIFICADOS
from separador.painel.atendimento import Atendente
from separador.painel.base import casa as casas
from separador.painel.base.casa import Casa
from separador.painel.base.escolhas import OPCOES
from separador.simulador.serpro.contribuintes import cnpj
from tests.apoio.muitos_documentos import AGORA
from tests.integracao.painel.test_passos import ACESSOS, Cheia, semear_acesso

pytestmark = pytest.mark.requisito("PAINEL-01")
PAGINA = 120_000
"""Bytes that a page may have."""
COM_EMPRESA = ("/certificados", "/certificados/novo", "/cte/desacordo", "/ecac", "/ecac/guias", "/movimento")
PAGINAS = (*COM_EMPRESA, "/escritorios", ACESSOS, f"{ACESSOS}/novo", f"{ACESSOS}/1")
_CERTIFICADO = (
    "INSERT INTO certificado (empresa, apelido, uso, tipo, padrao, der, cadeia, sha256, titular, cnpj, validade_de,"
    " validade_ate, token, instalado_em, instalado_por, origem)"
    " VALUES (?1, ?2, 'assinatura', 'A3', 1, x'00', x'', ?1, ?2, ?1, '2026-01-01T00:00:00.000Z',"
    " '2027-01-01T00:00:00.000Z', 't', '2026-01-01T00:00:00.000Z', 'teste', 'teste')"
)


class Grande(Cheia):
    """A panel over so many companies, each with its certificate."""

    def __init__(self, pasta: Path, quantas: int) -> None:
        self.todas = [(cnpj(n), f"TRANSPORTES SÃO JOÃO DO NÚMERO {n} <B> LTDA") for n in range(quantas)]
        config, self.dados = pasta / "separador.yaml", pasta / "var"
        linhas = "".join(f"- {{cnpj: '{c}', nome: '{nome}', uf: SP}}\n" for c, nome in self.todas)
        config.write_text(f"raiz: .\ndados: var\nrotas: []\nempresas:\n{linhas}", encoding="utf-8")
        self.dados.mkdir()
        with closing(abrir(self.dados)) as banco:
            novo = NovoUsuario("ana@x.com", "Ana", Nivel.ADMINISTRADOR)
            with banco.transacao():
                usuarios.inserir(banco, novo, texto_de(AGORA))
                for c, nome in self.todas:
                    banco.execute(_CERTIFICADO, (c, f"certificado de {nome}"))
            self.ficha = entrar(banco, Autor(novo.email, novo.nivel, com_senha=True), CONTA_DO_PAINEL, AGORA)
            semear_acesso(banco, tuple(sorted(c for c, _ in self.todas)))
        aberta = casas.abrir(config)
        assert isinstance(aberta, Casa)
        self.atendente = Atendente(aberta)

    def pagina(self, endereco: str) -> str:
        veio = self.responder(endereco, AGORA)
        assert veio.status_code == 200, endereco
        return bytes(veio.body).decode()


def opcoes(pagina: str, nome: str = "empresa") -> list[str]:
    dentro = re.search(rf'<select[^>]* name="{nome}".*?</select>', pagina, re.DOTALL)
    assert dentro is not None
    return [x for x in re.findall(r'<option value="([^"]*)"', dentro[0]) if x]


@pytest.fixture(scope="module")
def mil(tmp_path_factory: pytest.TempPathFactory) -> Grande:
    return Grande(tmp_path_factory.mktemp("mil"), 1_000)


def _cabe(g: Grande) -> None:
    for endereco in PAGINAS:
        assert len(g.pagina(endereco).encode()) <= PAGINA, endereco
    for endereco in COM_EMPRESA:
        pagina = g.pagina(endereco)
        assert 'aria-label="Empresa"' in pagina
        assert len(opcoes(pagina)) == OPCOES, endereco


def test_uma_pagina_com_milhares_de_empresas_cabe(mil: Grande) -> None:
    _cabe(mil)


@pytest.mark.parametrize("endereco", COM_EMPRESA)
def test_a_procura_acha_pelo_nome_e_pelo_cnpj(mil: Grande, endereco: str) -> None:
    ultima, nome = mil.todas[-1]
    com_pontos = f"{ultima[:2]}.{ultima[2:5]}.{ultima[5:8]}%2F{ultima[8:12]}-{ultima[12:]}"
    assert opcoes(mil.pagina(f"{endereco}?procurar={com_pontos}")) == [ultima]
    achada = mil.pagina(f"{endereco}?procurar=numero+999+sao")
    assert opcoes(achada) == [ultima]
    assert f">{nome} ({ultima})<" in unescape(achada)
    assert "&lt;B&gt;" in achada
    assert 'value="numero 999 sao"' in achada
    assert "nada com este texto" in mil.pagina(f"{endereco}?procurar=xyz")


def test_a_escolhida_fica_entre_as_oferecidas(mil: Grande) -> None:
    ultima = mil.todas[-1][0]
    pagina = mil.pagina(f"/certificados?empresa={ultima}&procurar=numero+1")
    assert f'<option value="{ultima}" selected>' in pagina
    assert ultima in opcoes(mil.pagina(f"/certificados/novo?empresa={ultima}"))


def test_poucas_empresas_nao_tem_procura(tmp_path: Path) -> None:
    poucas = Grande(tmp_path, 3)
    for endereco in COM_EMPRESA:
        pagina = poucas.pagina(endereco)
        assert len(opcoes(pagina)) == 3
        assert "Procurar" not in pagina.partition("<main")[2], endereco


def test_os_certificados_de_um_acesso_se_procuram_tambem(mil: Grande) -> None:
    assert len(opcoes(mil.pagina(f"{ACESSOS}/novo"), "certificado")) == CERTIFICADOS
    achados = opcoes(mil.pagina(f"{ACESSOS}/novo?procurar_certificado=numero+777"), "certificado")
    assert [unescape(x).partition("/")[0] for x in achados] == [mil.todas[777][0]]


@pytest.mark.longo
def test_cinco_mil_empresas(tmp_path: Path) -> None:
    _cabe(Grande(tmp_path, 5_000))
