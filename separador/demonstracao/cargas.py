"""Makes the load of the demonstration and of the training, and the registries that it is issued with."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from separador.demonstracao import empresas as e
from separador.demonstracao.empresas import Empresa
from separador.demonstracao.pedacos_de_xml import chave_nfe

NOME_DE_TREINO = "treino-carga.yaml"
DOCUMENTOS = 3
"""CT-e that come of it: one for each addressee."""
_DESTINOS = (
    ("DEST-RJ", e.DESTINATARIO_RJ, "5000.00", "1250.5"),
    ("DEST-SP", e.DESTINATARIO_SP, "1200.00", "310"),
    ("DEST-MG", e.DESTINATARIO_MG, "800.00", "95.25"),
)
Registro = Mapping[str, str | Mapping[str, str]]
CORRIGIDA, DE_VALORES = "45872", "45873"
SERIE_CORRIGIDA = 45
"""A series of its own: nobody knows the key of its CT-e before it is issued."""

EMISSAO = """\
emissao:
  modelo_conhecimento: ELETRÔNICO
  cfop_estadual: 5353
  descricao_cfop_estadual: PRESTACAO DE SERVICO DE TRANSPORTE
  # Inventadas para a demonstração: nenhuma lei dá ainda as alíquotas de 2027 em diante.
  aliquotas_ibscbs:
    - {de: 2027-01-01, ate: 2099-12-31, ibs_uf: 0.1, ibs_mun: 0, cbs: 0.9}
"""
"""The key of the configuration."""


def carga(agora: datetime) -> bytes:
    """Returns a load of loose invoices, which the separador groups into three CT-e."""
    linhas = [
        "# Três notas soltas, para três destinatários: o separador faz três CT-e.",
        *_comeco("45871"),
        f'padrao: {{transportadora: "{e.EMITENTE.cnpj}", depositante: REM-SP, produto_predominante: AUTOPECAS}}',
        "notas:",
    ]
    for numero, (codigo, _, valor, peso) in enumerate(_DESTINOS, 4001):
        linhas += [
            f'  - chave: "{chave_nfe(e.REMETENTE_SP, numero, agora)}"',
            f"    destinatario: {codigo}",
            f"    valor: {valor}",
            f"    medidas: [{{unidade: KG, tipo: PESO BRUTO, quantidade: {peso}}}]",
        ]
    return ("\n".join(linhas) + "\n").encode()


def _comeco(nome: str) -> list[str]:
    return [
        f'carga: "{nome}"',
        "informacoes_complementares:",
        "  forma_pagamento: A PAGAR",
        '  seguros: [{responsavel: emitente, seguradora: SEG-1, apolice: "5500123"}]',
    ]


def a_corrigir(agora: datetime, *, corrigida: bool) -> bytes:
    """Returns a load of one CT-e, which SEFAZ refuses as it is first issued; or the file that corrects it."""
    linhas = [
        *_comeco(CORRIGIDA),
        *(["refazer: sim"] if corrigida else []),
        f'padrao: {{transportadora: "{e.EMITENTE.cnpj}", serie: {SERIE_CORRIGIDA}, produto_predominante: AUTOPECAS}}',
        "conhecimentos:",
        "  - depositante: REM-SP",
        f"    destinatario: {'DEST-RJ' if corrigida else 'DEST-SP'}",
        f'    notas: [{{chave: "{chave_nfe(e.REMETENTE_SP, 4011, agora)}", valor: 2000.00}}]',
        "    medidas: [{unidade: KG, tipo: PESO BRUTO, quantidade: 210}]",
    ]
    return ("\n".join(linhas) + "\n").encode()


def de_valores(gtve: str) -> bytes:
    """Returns a load of one CT-e OS, which charges for a GTV-e."""
    linhas = [
        *_comeco(DE_VALORES),
        f'padrao: {{transportadora: "{e.EMITENTE.cnpj}"}}',
        "conhecimentos:",
        "  - tipo_operacao: valores",
        "    tomador: DEST-RJ",
        f'    cod_cid_inicio: "{e.REMETENTE_SP.c_mun}"',
        f'    cod_cid_fim: "{e.DESTINATARIO_RJ.c_mun}"',
        "    os: {descricao: TRANSPORTE DE VALORES}",
        "    servicos:",
        "      - {descricao: CUSTODIA, componente: CUSTODIA, valor: 3000.00, tributacao: '000', aliquota: 12,",
        "         base_icms: 100, cfop: '5357'}",
        "    gtve:",
        f'      - chave: "{gtve}"',
        "        componentes: [{tipo: 1, valor: 2900.00}, {tipo: 6, valor: 100.00, complemento: ESTADIA}]",
    ]
    return ("\n".join(linhas) + "\n").encode()


def _endereco(p: Empresa) -> dict[str, str]:
    return {
        "logradouro": p.logradouro,
        "numero": p.numero,
        "bairro": p.bairro,
        "codigo_municipio": p.c_mun,
        "cep": p.cep,
    }


def _entidade(codigo: str, p: Empresa) -> Registro:
    return {"codigo": codigo, "documento": p.cnpj, "ie": p.ie, "nome": p.nome, "endereco": _endereco(p)}


def cadastros() -> dict[str, Sequence[Registro]]:
    """Returns the registries: file and key → records. All persons in them are invented."""
    p = e.EMITENTE
    return {
        "empresas": [
            {
                "cnpj": p.cnpj, "ie": p.ie, "nome": p.nome, "transportadora": "sim", "crt": "3", "rntrc": "12345678",
                "aliquota_pis": "0.65", "aliquota_cofins": "3.00", "endereco": _endereco(p),
            }
        ],
        "entidades": [_entidade("REM-SP", e.REMETENTE_SP), *(_entidade(c, d) for c, d, _, _ in _DESTINOS)],
        "depositantes": [
            {
                "entidade": "REM-SP", "tributacao": "000", "base_aliquota_icms": "100", "aliquota_icms": "12",
                "percentual_frete": "5",
            }
        ],
        "seguradoras": [{"codigo": "SEG-1", "nome": "SEGUROS DE MENTIRA SA"}],
    }  # fmt: skip


def texto_do_cadastro(chave: str, registros: Sequence[Registro]) -> str:
    """Returns a file of the registries as a person would write it."""
    linhas = ["# Pessoas e empresas inventadas: troque pelas de verdade.", f"{chave}:"]
    for registro in registros:
        campos = [f"{nome}: {_valor(valor)}" for nome, valor in registro.items()]
        linhas += [f"  {'-' if i == 0 else ' '} {campo}" for i, campo in enumerate(campos)]
    return "\n".join(linhas) + "\n"


def _valor(valor: str | Mapping[str, str]) -> str:
    if isinstance(valor, str):
        return json.dumps(valor, ensure_ascii=False)
    return "{" + ", ".join(f"{n}: {_valor(v)}" for n, v in valor.items()) + "}"


def gravar_cadastros(pasta: Path) -> None:
    """Writes the registries into a new folder."""
    pasta.mkdir(parents=True)
    for chave, registros in cadastros().items():
        (pasta / f"{chave}.yaml").write_text(texto_do_cadastro(chave, registros), encoding="utf-8")
