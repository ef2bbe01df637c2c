"""Tests the local SERPRO with requests written by hand. It must be as strict as the real one."""

import base64
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import pytest

from separador.capacidades.ecac.dominio.arrecadacao import dv_confere
from separador.fiscal.tls import Apresentado, contexto_cliente
from separador.nucleo.fuso import BRASILIA
from separador.simulador.serpro import contribuintes
from separador.simulador.serpro.cenario import CHAVE, CONTRATANTE, SEGREDO, Cenario, CenarioError, Falha, de_objeto, ler
from separador.simulador.serpro.falhas import TODAS
from tests.apoio import autoridade
from tests.apoio.serpro_local import SerproEmFio

HOJE = datetime.now(BRASILIA).date()
CENARIO = contribuintes.gerar(2, 8, 4, hoje=HOJE)
EMPRESA = CENARIO.contribuintes[0].ni
FORMULARIO = {"Role-Type": "TERCEIROS", "Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Resposta:
    http: int
    corpo: bytes
    cabecalhos: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.corpo)

    @property
    def codigo(self) -> str:
        return str(self.json["mensagens"][0]["codigo"])


@dataclass
class Mao:
    """A caller that writes its requests by hand."""

    serpro: SerproEmFio
    com: ssl.SSLContext
    sem: ssl.SSLContext

    def postar(
        self, caminho: str, corpo: bytes, cabecalhos: dict[str, str], *, certificado: bool = False, metodo: str = "POST"
    ) -> Resposta:
        porta = int(self.serpro.endereco.rpartition(":")[2])
        conexao = HTTPSConnection("127.0.0.1", porta, context=self.com if certificado else self.sem, timeout=10)
        try:
            conexao.request(metodo, caminho, corpo, cabecalhos)
            r = conexao.getresponse()
            return Resposta(r.status, r.read(), {k.lower(): v for k, v in r.getheaders()})
        finally:
            conexao.close()

    def token(self, **mudar: Any) -> Resposta:
        basico = base64.b64encode(f"{CHAVE}:{SEGREDO}".encode()).decode()
        cabecalhos = {"Authorization": f"Basic {basico}", **FORMULARIO, **mudar.pop("cabecalhos", {})}
        corpo = mudar.pop("corpo", b"grant_type=client_credentials")
        return self.postar("/authenticate", corpo, cabecalhos, **({"certificado": True} | mudar))

    def perguntar(self, operacao: str, servico: dict[str, Any], dados: Any, **mudar: Any) -> Resposta:
        token = mudar.pop("token", None) or self.token().json
        corpo = {
            "contratante": {"numero": CONTRATANTE, "tipo": 2},
            "autorPedidoDados": {"numero": CONTRATANTE, "tipo": 2},
            "contribuinte": {"numero": EMPRESA, "tipo": 2},
            "pedidoDados": {"versaoSistema": "1.0", **servico, "dados": json.dumps(dados)},
        }
        corpo.update(mudar.pop("corpo", {}))
        cabecalhos = {
            "Authorization": f"Bearer {token['access_token']}",
            "jwt_token": token["jwt_token"],
            "Content-Type": "application/json",
        }
        return self.postar(f"/integra-contador/v1/{operacao}", json.dumps(corpo).encode(), cabecalhos, **mudar)


PAGAMENTOS = {"idSistema": "PAGTOWEB", "idServico": "PAGAMENTOS71"}
PAGINA = {"primeiroDaPagina": 0, "tamanhoDaPagina": 100}


@pytest.fixture
def serpro(tmp_path: Path) -> Iterator[SerproEmFio]:
    with SerproEmFio(tmp_path / "serpro", CENARIO) as local:
        yield local


@pytest.fixture
def mao(serpro: SerproEmFio) -> Mao:
    emitido = autoridade.emitir(CONTRATANTE, de=datetime.now(UTC) - timedelta(days=1))
    com = contexto_cliente(Apresentado(emitido.der, emitido.pkcs8), serpro.ca)
    return Mao(serpro, com, contexto_cliente(None, serpro.ca))


@pytest.mark.requisito("ECAC-01")
def test_token(mao: Mao) -> None:
    r = mao.token()
    assert r.http == 200
    assert set(r.json) >= {"access_token", "jwt_token", "expires_in", "token_type"}


@pytest.mark.requisito("ECAC-01")
@pytest.mark.parametrize(
    ("mudar", "http"),
    [
        ({"certificado": False}, 400),
        ({"cabecalhos": {"Authorization": "Basic YTpi"}}, 401),
        ({"cabecalhos": {"Authorization": "lixo"}}, 401),
        ({"cabecalhos": {"Role-Type": "OUTROS"}}, 400),
        ({"cabecalhos": {"Content-Type": "application/json"}}, 415),
        ({"corpo": b""}, 400),
        ({"metodo": "GET"}, 404),
    ],
)
def test_token_recusado(mao: Mao, mudar: dict[str, Any], http: int) -> None:
    assert mao.token(**mudar).http == http


@pytest.mark.parametrize(
    ("caminho", "servico", "corpo", "http", "codigo"),
    [
        ("Consultar", PAGAMENTOS, {}, 200, "Sucesso-PAGTOWEB-00000"),
        ("consultar", PAGAMENTOS, {}, 403, "017"),
        ("Emitir", PAGAMENTOS, {}, 403, "017"),
        ("Consultar", {"idSistema": "PAGTOWEB", "idServico": "NADA1"}, {}, 400, "052"),
        ("Consultar", {"idSistema": "PGDASD", "idServico": "PAGAMENTOS71"}, {}, 400, "052"),
        ("Consultar", PAGAMENTOS | {"versaoSistema": "2"}, {}, 500, "001"),
        ("Consultar", PAGAMENTOS, {"contratante": {"numero": "99888777000161", "tipo": 2}}, 403, "018"),
        ("Consultar", PAGAMENTOS, {"contratante": {"numero": CONTRATANTE, "tipo": 1}}, 400, "012"),
        ("Consultar", PAGAMENTOS, {"contribuinte": {"numero": EMPRESA, "tipo": 1}}, 400, "012"),
        ("Consultar", PAGAMENTOS, {"contribuinte": {"numero": int(EMPRESA), "tipo": 2}}, 400, "012"),
        ("Consultar", PAGAMENTOS, {"contribuinte": {"numero": "99888777000161", "tipo": 2}}, 403, "022"),
        ("Consultar", PAGAMENTOS, {"autorPedidoDados": {"numero": EMPRESA, "tipo": 2}}, 403, "019"),
    ],
)
def test_severidade_do_gateway(
    mao: Mao, caminho: str, servico: dict[str, Any], corpo: dict[str, Any], http: int, codigo: str
) -> None:
    r = mao.perguntar(caminho, servico, PAGINA, corpo=corpo)
    assert r.http == http
    assert codigo in r.codigo


@pytest.mark.parametrize(
    ("dados", "nome"),
    [
        ({}, "primeiroDaPagina"),
        ({"primeiroDaPagina": 0, "tamanhoDaPagina": 101}, "tamanhoDaPagina"),
        (PAGINA | {"numeroDocumentoArrecadacao": "1"}, "numeroDocumentoArrecadacao"),
        (PAGINA | {"numeroDocumentoLista": "1"}, "numeroDocumentoLista"),
        (PAGINA | {"numeroDocumentoLista": ["07.20"]}, "numeroDocumentoLista"),
        (PAGINA | {"intervaloDataArrecadacao": {"dataInicial": "2026-01-01"}}, "intervaloDataArrecadacao"),
    ],
)
def test_entrada_de_pagamentos(mao: Mao, dados: dict[str, Any], nome: str) -> None:
    r = mao.perguntar("Consultar", PAGAMENTOS, dados)
    assert (r.http, r.codigo) == (400, "EntradaIncorreta-PAGTOWEB-00001")
    assert nome in r.json["mensagens"][0]["texto"]


@pytest.mark.requisito("ECAC-05")
@pytest.mark.parametrize(
    ("dados", "http"),
    [({"numeroDocumento": "07.20.26157.0000001-5"}, 500), ({"numeroDocumentoArrecadacao": "1"}, 400), ({}, 400)],
)
def test_o_comprovante_quer_so_digitos(mao: Mao, dados: dict[str, Any], http: int) -> None:
    comprovante = {"idSistema": "PAGTOWEB", "idServico": "COMPARRECADACAO72"}
    assert mao.perguntar("Emitir", comprovante, dados).http == http


def test_sem_token_ou_com_meio_token(mao: Mao) -> None:
    bom = mao.token().json
    for ruim in ({**bom, "jwt_token": "x"}, {**bom, "access_token": "x"}):
        assert mao.perguntar("Consultar", PAGAMENTOS, PAGINA, token=ruim).http == 401


def test_certificado_no_gateway_e_denunciado(mao: Mao) -> None:
    r = mao.perguntar("Consultar", PAGAMENTOS, PAGINA, certificado=True)
    assert (r.http, "SIMULADOR-001" in r.codigo) == (403, True)


@pytest.mark.parametrize("corpo", [b"", b"{}", b"[]", b"null", b'{"pedidoDados": 1}', b"\xff"])
def test_corpo_que_nao_e_pedido(mao: Mao, corpo: bytes) -> None:
    assert mao.postar("/integra-contador/v1/Consultar", corpo, {}).http == 400


@pytest.mark.parametrize("caminho", ["/", "/outra", "/integra-contador/v1"])
def test_caminho_que_nao_existe(mao: Mao, caminho: str) -> None:
    r = mao.postar(caminho, b"", {})
    assert (r.http, b"No matching resource" in r.corpo) == (404, True)


@pytest.mark.requisito("ECAC-07")
def test_o_razao_conta_o_que_cobra(mao: Mao, serpro: SerproEmFio) -> None:
    mao.perguntar("Consultar", PAGAMENTOS, PAGINA)
    mao.perguntar("Consultar", PAGAMENTOS, PAGINA, corpo={"contribuinte": {"numero": "99888777000161", "tipo": 2}})
    mao.perguntar("Consultar", PAGAMENTOS, {})
    cobradas = [(c.servico, c.http, c.cobrada) for c in serpro.chamadas() if c.servico != "AUTENTICAR"]
    assert cobradas == [("PAGAMENTOS71", 200, True), ("PAGAMENTOS71", 403, True), ("PAGAMENTOS71", 400, False)]


def test_a_memoria_fica(tmp_path: Path) -> None:
    with SerproEmFio(tmp_path / "s", CENARIO) as local:
        porta = local.endereco
        aberto = next(d for d in local.arquivo.documentos(EMPRESA, pagos=False))
        assert local.arquivo.pagar(aberto.numero, HOJE)
        assert not local.arquivo.pagar(aberto.numero, HOJE)
        local.parar()
        local.ligar()
        assert local.endereco == porta
        assert local.arquivo.documento(aberto.numero).arrecadacao == HOJE  # type: ignore[union-attr]
        local.arquivo.estornar(aberto.numero, HOJE)
        assert local.arquivo.documento(aberto.numero).arrecadacao is None  # type: ignore[union-attr]
        assert len(local.arquivo.outorgas(EMPRESA, CONTRATANTE, HOJE)) == 1


# --- scenarios -------------------------------------------------------------------------------------------------------


def test_massa_e_sempre_a_mesma() -> None:
    um, outro = (contribuintes.gerar(20, 200, 140, hoje=date(2026, 11, 20)) for _ in range(2))
    assert um == outro
    assert sum(d.arrecadacao is not None for d in um.documentos) == 140
    assert len({d.numero for d in um.documentos}) == 200
    assert all(dv_confere(d.numero) for d in um.documentos)
    assert len({(d.ni, d.tipo, d.periodo) for d in um.documentos}) == 200, "no two about the same thing"


YAML = """
contratante: "11222333000181"
contribuintes:
  - ni: "77000000000116"
    nome: EMPRESA FICTICIA LTDA
    procuracoes: [{ate: 2027-12-31}]
    documentos:
      - {numero: "07202615700000015", tipo: 9, periodo: 2026-05-01, vencimento: 2026-06-22, arrecadacao: 2026-06-19,
         partes: [{receita: 1001, descricao: IRPJ, principal: 58.15}]}
      - {numero: "07162615700000027", periodo: 2026-05-31, vencimento: 2026-06-19, receita: "0561", principal: "10.00"}
falhas:
  - {faz: 503, servico: PAGAMENTOS71, vezes: 2}
"""


def test_cenario_em_yaml(tmp_path: Path) -> None:
    arquivo = tmp_path / "cenario.yaml"
    arquivo.write_text(YAML, encoding="utf-8")
    lido = ler(arquivo)
    das, darf = lido.documentos
    assert (das.tipo, das.total, das.arrecadacao) == ("09", Decimal("58.15"), date(2026, 6, 19))
    assert (darf.tipo, darf.partes[0].receita, darf.arrecadacao) == ("04", "0561", None)
    assert lido.falhas == (Falha("503", "PAGAMENTOS71", vezes=2),)
    assert lido.outorgas[0].outorgado == CONTRATANTE


@pytest.mark.parametrize(
    ("objeto", "texto"),
    [
        ([], "mapa"),
        ({"contribuintes": [{}]}, "falta ni"),
        ({"contribuintes": [{"ni": "1", "documentos": [{"numero": "1"}]}]}, "falta vencimento"),
        ({"falhas": [{"faz": "x", "outra": 1}]}, "valor inválido no cenário: «outra»"),
        ({"falhas": [{}]}, "falta faz"),
        ({"token_s": "muito"}, "valor inválido no cenário: «muito»$"),
    ],
)
def test_cenario_torto(objeto: object, texto: str) -> None:
    with pytest.raises(CenarioError, match=texto):
        de_objeto(objeto)


@pytest.mark.requisito("USO-01")
@pytest.mark.parametrize(
    ("dados", "dito"),
    [
        (b"a: [1\nb: }", "cenario.yaml não é YAML: o erro está na linha 2, coluna 2"),
        (b"a: \xc7", "cenario.yaml não está em UTF-8"),
    ],
)
def test_arquivo_que_nao_e_yaml(tmp_path: Path, dados: bytes, dito: str) -> None:
    arquivo = tmp_path / "cenario.yaml"
    arquivo.write_bytes(dados)
    with pytest.raises(CenarioError) as achado:
        ler(arquivo)
    assert str(achado.value) == dito


def test_falha_desconhecida(tmp_path: Path) -> None:
    with pytest.raises(CenarioError, match="inexistente"):
        SerproEmFio(tmp_path, Cenario(falhas=(Falha("inexistente"),))).ligar()
    assert "silencio" in TODAS
