"""Gives an installation what it issues with: registries of fictitious companies, loads, a route for them."""

import functools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from separador.capacidades.emissao.arquivos import leitura
from separador.capacidades.emissao.dominio.valores import CargaJulgada, CargaRecusada, Equipamento
from separador.configuracao.emissao.arvore import Ramo, de_yaml
from separador.configuracao.emissao.leitura import Leitura
from separador.demonstracao import empresas as e
from separador.demonstracao.empresas import Empresa
from separador.demonstracao.pedacos_de_xml import chave_nfe
from separador.fiscal.emissao.ambiente import Parametros, parametros_de
from separador.fiscal.emissao.cadastros import Cadastros
from separador.fiscal.emissao.formato.cadastros import ARQUIVOS
from separador.fiscal.emissao.formato.cadastros import EMISSAO as FORMATO_DA_CHAVE
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.plano import Plano
from separador.fiscal.preparo import ContextoPreparo
from tests.apoio.maquina import ROTAS

ROTA_DA_CARGA = 9
ROTAS_COM_CARGA = (
    *ROTAS,
    {
        "id": ROTA_DA_CARGA,
        "ativo": True,
        "regra": "carga",
        "origem": "inbox/cargas",
        "destino": "outbox/cargas",
        "arquivo": ["-carga.yaml", "-carga.yml", "-carga.json", "-carga.csv"],
    },
)
EMISSAO = {
    "modelo_conhecimento": "ELETRÔNICO",
    "cfop_estadual": "5353",
    "descricao_cfop_estadual": "PRESTACAO DE SERVICO DE TRANSPORTE",
    # Invented: no law has them yet. The program's table ends with 2026, and the clock of these tests goes on.
    "aliquotas_ibscbs": [{"de": "2027-01-01", "ate": "2099-12-31", "ibs_uf": "0.1", "ibs_mun": "0", "cbs": "0.9"}],
}
PESSOAS = {
    "REM-SP": e.REMETENTE_SP,
    "DEST-RJ": e.DESTINATARIO_RJ,
    "DEST-SP": e.DESTINATARIO_SP,
    "TERMINAL-MG": e.DESTINATARIO_MG,
    "CONSUMIDOR-RJ": e.CONSUMIDOR_RJ,
    "ISENTO-RJ": e.ISENTO_RJ,
    "TOMADOR-PR": e.TOMADOR_PR,
    "CARGAS-SP": e.OUTRA_TRANSPORTADORA,
    "FORA": e.EXTERIOR,
}


def _endereco(p: Empresa) -> dict[str, str]:
    return {"logradouro": p.logradouro, "numero": p.numero, "bairro": p.bairro, "codigo_municipio": p.c_mun} | (
        {"cep": p.cep} if p.cep else {}
    )


def empresa(p: Empresa = e.EMITENTE, **outros: Any) -> dict[str, Any]:
    """Returns the record of an issuer."""
    return {
        "cnpj": p.cnpj, "ie": p.ie, "nome": p.nome, "transportadora": "sim", "crt": "3", "rntrc": "12345678",
        "aliquota_pis": "0.65", "aliquota_cofins": "3.00", "endereco": _endereco(p),
    } | outros  # fmt: skip


def entidade(codigo: str, p: Empresa, **outros: Any) -> dict[str, Any]:
    """Returns the record of a party."""
    feita = {"codigo": codigo, "documento": p.cnpj, "nome": p.nome, "endereco": _endereco(p)}
    feita |= {"ie": p.ie} if p.ie else {}
    if len(p.cnpj) == 11:
        feita["classificacao_icms"] = "Consumidor Final Não Contribuinte"
    return feita | outros


def cadastros(**outros: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Returns the registries, key by key; `outros` take the place of whole keys."""
    return {
        "empresas": [empresa()],
        "entidades": [
            *(entidade(c, p) for c, p in PESSOAS.items()),
            entidade("MOTORISTA-1", e.CONSUMIDOR_RJ, documento="52998224725", motorista="sim"),
        ],
        "depositantes": [
            {
                "entidade": "REM-SP", "tributacao": "000", "base_aliquota_icms": "100", "aliquota_icms": "12",
                "percentual_frete": "5",
            }
        ],
        "servicos": [
            {
                "codigo": codigo, "descricao": codigo, "componente": componente, "tributacao": "000", "aliquota": "12",
                "base_icms": "100", "cfop": "5353", "natureza": "TRANSPORTE RODOVIARIO DE CARGA",
            }
            for codigo, componente in (("FRETE", "FRETE VALOR"), ("COLETA", "TAXA DE COLETA"))
        ],
        "veiculos": [{"codigo": p, "placa": p, "uf": "SP"} for p in ("HEO2144", "ABC1D23")],
        "seguradoras": [{"codigo": "SEG-1", "nome": "SEGUROS DE MENTIRA SA", "cnpj": "22333444000181"}],
    } | outros  # fmt: skip


def gravar_cadastros(pasta: Path, registros: dict[str, list[dict[str, Any]]] | None = None) -> None:
    """Writes the registry files."""
    pasta.mkdir(parents=True, exist_ok=True)
    todos = cadastros() if registros is None else registros
    for nome, chaves in ARQUIVOS.items():
        dele = {chave: todos[chave] for chave in chaves if chave in todos}
        if dele:
            texto = yaml.safe_dump(dele, allow_unicode=True, sort_keys=False)
            (pasta / f"{nome}.yaml").write_text(texto, encoding="utf-8")


def nfe(numero: int, quando: Any, dono: Empresa = e.REMETENTE_SP) -> str:
    """Returns the key of an invoice."""
    return chave_nfe(dono, numero, quando)


def carga(quando: Any, nome: str = "45871", notas: int = 1, primeira: int = 1, **outros: Any) -> dict[str, Any]:
    """Returns a small load: loose invoices of one group, at five per cent of their value."""
    return {
        "carga": nome,
        "informacoes_complementares": {
            "forma_pagamento": "A PAGAR",
            "seguros": [{"responsavel": "emitente", "seguradora": "SEG-1", "apolice": "5500123"}],
        },
        "notas": [
            {
                "chave": nfe(n, quando), "valor": "5000.00", "depositante": "REM-SP", "destinatario": "DEST-RJ",
                "medidas": [{"unidade": "KG", "tipo": "PESO BRUTO", "quantidade": "1250.5"}],
            }
            for n in range(primeira, primeira + notas)
        ],
        "padrao": {"transportadora": e.EMITENTE.cnpj, "produto_predominante": "AUTOPECAS"},
    } | outros  # fmt: skip


def em_yaml(conteudo: dict[str, Any]) -> bytes:
    """Returns a load as YAML. What stands in it twice is written twice: aliases are refused."""
    return yaml.safe_dump(json.loads(json.dumps(conteudo)), allow_unicode=True, sort_keys=False).encode()


# --- without a service: the rules alone ------------------------------------------------------------------------------

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def lidos(registros: dict[str, list[dict[str, Any]]]) -> Cadastros:
    """Returns registries as they are read from files."""
    feitos: dict[str, tuple[No, ...]] = {}
    for chaves in ARQUIVOS.values():
        for chave, grupo in chaves.items():
            ramo = de_yaml(em_yaml({chave: registros.get(chave, [])}))
            assert isinstance(ramo, Ramo)
            leitura_ = Leitura()
            itens = getattr(ramo.pares[chave], "itens", [])
            nos = [leitura_.grupo(item, grupo, f"{chave}[{i}]") for i, item in enumerate(itens, 1)]
            assert not leitura_.erros, leitura_.erros
            feitos[chave] = tuple(n for n in nos if n is not None)
    return Cadastros(feitos)


@functools.cache
def _padrao() -> Cadastros:
    return lidos(cadastros())


def parametros(**outros: Any) -> Parametros:
    """Returns the values of the configuration's key `emissao`."""
    ramo, leitura_ = de_yaml(em_yaml(EMISSAO | outros)), Leitura()
    no = leitura_.grupo(ramo, FORMATO_DA_CHAVE, "emissao") if isinstance(ramo, Ramo) else None
    assert no is not None
    assert not leitura_.erros, leitura_.erros
    return parametros_de(no)


def equipamento(registros: dict[str, list[dict[str, Any]]] | None = None, **outros: Any) -> Equipamento:
    """Returns what a worker issues with."""
    empresas = frozenset(x.cnpj for x in (e.EMITENTE, e.OUTRA_TRANSPORTADORA, e.REMETENTE_SP))
    return Equipamento(_padrao() if registros is None else lidos(registros), parametros(**outros), empresas)


def julgar(
    conteudo: dict[str, Any] | bytes, com: Equipamento | None = None, nome: bytes = b"1-carga.yaml", tp_amb: str = "2"
) -> CargaJulgada | CargaRecusada:
    """Judges a load as a worker does, schema and rules of the manual too."""
    dados = conteudo if isinstance(conteudo, bytes) else em_yaml(conteudo)
    return leitura.julgar(nome, dados, ContextoPreparo(tp_amb, AGORA, {}), com or equipamento())


def planejar(conteudo: dict[str, Any], com: Equipamento | None = None) -> Plano:
    """Returns the plan of a load that can be read."""
    no, leu = leitura.ler(b"1-carga.yaml", em_yaml(conteudo))
    assert no is not None, leu.erros
    return leitura.planejada(no, ContextoPreparo("2", AGORA, {}), com or equipamento())
