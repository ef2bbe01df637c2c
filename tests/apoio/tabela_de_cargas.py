"""The tables of loads (`amostras/cargas`): each case as a load, with its registries, and as it is judged."""

import re
from pathlib import Path
from typing import Any

import yaml

from separador.capacidades.emissao.dominio.valores import CargaJulgada, CargaRecusada, Equipamento
from separador.demonstracao import empresas as e
from separador.fiscal.emissao.achados import ErroDeCarga
from separador.fiscal.emissao.formato.cadastros import CHAVE_DO_REGISTRO
from separador.nucleo.chave import compor
from separador.nucleo.tipo import DOCUMENTOS, Tipo
from tests.apoio.emissao import AGORA, cadastros, carga, empresa, equipamento, julgar, nfe

PASTA = Path(__file__).parents[1] / "amostras" / "cargas"


def _chave(dono: e.Empresa, modelo: str = "57", serie: int = 7, aamm: str = "2611", tp_emis: str = "1") -> str:
    return compor(
        uf="35", aamm=aamm, cnpj=dono.cnpj, modelo=modelo, serie=serie, numero=77, tp_emis=tp_emis, codigo="10806413"
    )  # fmt: skip


_DONOS = (e.REMETENTE_SP, e.REMETENTE_RJ, e.DESTINATARIO_RJ, e.DESTINATARIO_MG, e.TOMADOR_PR)
PALAVRAS = {
    "ANTERIOR": _chave(e.OUTRA_TRANSPORTADORA),
    "ANTERIOR-NOSSO": _chave(e.EMITENTE),
    "ANTERIOR-ANTIGO": _chave(e.OUTRA_TRANSPORTADORA, aamm="0611"),
    "NFE-DO-RJ": nfe(1, AGORA, e.REMETENTE_RJ),
    "NFE-DE-CPF": compor(
        uf="35", aamm="2611", cnpj="00052998224725", modelo="55", serie=920, numero=5, tp_emis="1", codigo="10806413"
    ),
    "NFE-AVULSA": _chave(e.REMETENTE_RJ, "55", 890),
    **{f"NFE-DE-{i}": nfe(7, AGORA, dono) for i, dono in enumerate(_DONOS, 1)},
    "NFE-ANTIGA": _chave(e.REMETENTE_SP, "55", 1, "0311"),
    "OS-NOSSO": _chave(e.EMITENTE, "67"),
    "OS-DE-OUTRO": _chave(e.OUTRA_TRANSPORTADORA, "67"),
    "GTVE-1": _chave(e.EMITENTE, "64"),
    "GTVE-2": _chave(e.EMITENTE, "64", 8),
    "GTVE-DE-OUTRO": _chave(e.OUTRA_TRANSPORTADORA, "64"),
    "BPE": _chave(e.EMITENTE, "63"),
    "BPE-DE-OUTRO": _chave(e.OUTRA_TRANSPORTADORA, "63"),
}
"""What the cases name instead of writing it out; beside them NFE-<number>, <text>*<times>, NFES*<how many>."""


def _posto(valor: Any) -> Any:
    """Returns a value of the table with its words replaced."""
    if isinstance(valor, dict):
        return {n: _posto(v) for n, v in valor.items()}
    if isinstance(valor, list):
        return [_posto(v) for v in valor]
    return _da_palavra(valor) if isinstance(valor, str) else valor


def _da_palavra(valor: str) -> Any:
    if achado := re.fullmatch(r"NFE-([0-9]+)", valor):
        return nfe(int(achado[1]), AGORA)
    if achado := re.fullmatch(r"NFES\*([0-9]+)", valor):
        return [{"chave": nfe(n, AGORA), "valor": "1.00"} for n in range(1, int(achado[1]) + 1)]
    if achado := re.fullmatch(r"DUPLICATAS\*([0-9]+)", valor):
        return [{"vencimento": "2026-12-20", "valor": "1.00"}] * int(achado[1])
    if achado := re.fullmatch(r"(.)\*([0-9]+)", valor):
        return achado[1] * int(achado[2])
    return PALAVRAS.get(valor, valor)


def _ler(nome: str) -> dict[str, dict[str, Any]]:
    lidos = yaml.load((PASTA / nome).read_text("utf-8"), yaml.BaseLoader)
    casos = {c["caso"]: _posto(_sem_null(c)) for c in lidos}
    assert len(casos) == len(lidos), "dois casos com o mesmo nome"
    return casos


def _sem_null(valor: Any) -> Any:
    """YAML's base loader reads null as a text; values stay as written otherwise."""
    if isinstance(valor, dict):
        return {n: _sem_null(v) for n, v in valor.items()}
    if isinstance(valor, list):
        return [_sem_null(v) for v in valor]
    return None if valor == "null" else valor


CASOS, RUINS = _ler("boas.yaml"), _ler("ruins.yaml")
_REDESPACHO = {
    "tipo_operacao": "redespacho", "expedidor": "CARGAS-SP", "tomador": "expedidor",
    "documentos_anteriores": [{"emissor": "CARGAS-SP", "chave": PALAVRAS["ANTERIOR"]}],
}  # fmt: skip
_COMPLEMENTAR = {
    "tipo_operacao": "complementar", "cte_complementados": [PALAVRAS["ANTERIOR-NOSSO"]], "notas": None, "medidas": None,
    "servicos": [{"descricao": "FRETE", "componente": "FRETE VALOR", "valor": "10.00"}],
}  # fmt: skip
_SEM_MERCADORIA = {"depositante": None, "destinatario": None, "notas": None, "medidas": None}
_SERVICO = {
    "descricao": "SERVICO", "componente": "SERVICO", "valor": "3000.00", "tributacao": "000", "aliquota": "12",
    "base_icms": "100", "cfop": "5357",
}  # fmt: skip
_OS = _SEM_MERCADORIA | {
    "tomador": "DEST-RJ", "cod_cid_inicio": "3550308", "cod_cid_fim": "3303302", "servicos": [_SERVICO],
}  # fmt: skip
_PESSOAS = _OS | {
    "tipo_operacao": "pessoas",
    "os": {
        "descricao": "TRANSPORTE DE TURISTAS", "quantidade": "42", "taf": "123456789012", "veiculo": "ABC1D23",
        "fretamento": {"tipo": "eventual", "viagem": "2026-11-25 08:00"}, "tributos_federais": {"inss": "105.00"},
    },
}  # fmt: skip
_VALORES = _OS | {
    "tipo_operacao": "valores", "os": {"descricao": "TRANSPORTE DE VALORES"},
    "gtve": [{
        "chave": PALAVRAS["GTVE-1"],
        "componentes": [{"tipo": "1", "valor": "2900.00"}, {"tipo": "6", "valor": "100.00", "complemento": "ESTADIA"}],
    }],
}  # fmt: skip
_BAGAGEM = _OS | {
    "tipo_operacao": "bagagem",
    "os": {
        "descricao": "EXCESSO DE BAGAGEM", "taf": "123456789012",
        "documentos_referenciados": [{"chave_bpe": PALAVRAS["BPE"]}],
    },
}  # fmt: skip
_ENTREGAS = [
    {
        "cod_cid_inicio": "3509502", "cod_cid_fim": fim, "notas": [{"chave": nfe(n, AGORA), "valor": "1000.00"}],
        "servicos": [{"codigo": "FRETE", "valor": "100.00"}],
    }
    for n, fim in ((1, "3303302"), (2, "3304557"))
]  # fmt: skip
_SIMPLIFICADO = _SEM_MERCADORIA | {
    "tipo_operacao": "simplificado", "tomador": "REM-SP", "entregas": _ENTREGAS,
    "medidas": [{"unidade": "KG", "tipo": "00", "quantidade": "90"}],
}  # fmt: skip
_ORIGEM = {"logradouro": "RUA DO COFRE", "numero": "1", "bairro": "CENTRO", "codigo_municipio": "3509502"}
_DESTINO = _ORIGEM | {"codigo_municipio": "3548500", "cep": "11010000"}
_GTVE = {
    "tipo_operacao": "gtve", "notas": None, "medidas": None, "destinatario": "DEST-SP",
    "gtv": {
        "saida": "2026-11-20 14:00", "chegada": "2026-11-20T16:00:00-03:00", "origem": _ORIGEM, "destino": _DESTINO,
        "especies": [{"tipo": "numerario", "valor": "50000.00"}], "quantidade": "4", "veiculos": ["ABC1D23"],
    },
}  # fmt: skip
BASES: dict[str, dict[str, Any]] = {
    "normal": {}, "redespacho": _REDESPACHO, "complementar": _COMPLEMENTAR, "pessoas": _PESSOAS, "valores": _VALORES,
    "bagagem": _BAGAGEM, "simplificado": _SIMPLIFICADO, "gtve": _GTVE,
}  # fmt: skip


def conteudo_de(caso: dict[str, Any]) -> dict[str, Any]:
    """Returns the load of a case. `parte_de`: a base of the table, or `soltas`, whose invoices stand loose."""
    solta = carga(AGORA)
    if caso.get("parte_de") == "soltas":
        return solta | caso.get("carga", {})
    cte = {
        "depositante": "REM-SP", "destinatario": "DEST-RJ", "notas": [{"chave": nfe(1, AGORA), "valor": "5000.00"}],
        "medidas": [{"unidade": "KG", "tipo": "PESO BRUTO", "quantidade": "10"}],
    }  # fmt: skip
    inteira = {n: solta[n] for n in ("carga", "informacoes_complementares", "padrao")}
    cte |= BASES[caso.get("parte_de", "normal")] | caso.get("cte", {})
    return inteira | caso.get("carga", {}) | {"conhecimentos": [cte]}


def registros_de(caso: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Returns the registries of a case. `registros`: registry → code → fields, of a record there or a new one;
    `empresa`: fields of the issuer."""
    registros = cadastros(empresas=[empresa(**caso.get("empresa", {}))])
    for nome, mudados in caso.get("registros", {}).items():
        chave = CHAVE_DO_REGISTRO.get(nome, "codigo")
        lista = registros.setdefault(nome, [])
        for codigo, campos in mudados.items():
            achado = next((r for r in lista if r[chave] == codigo), None)
            if achado is None:
                lista.append(achado := {chave: codigo})
            achado.update(campos)
    return {n: [{c: v for c, v in r.items() if v is not None} for r in lista] for n, lista in registros.items()}


def equipamento_de(caso: dict[str, Any]) -> Equipamento:
    """Returns what a worker issues a case with."""
    return equipamento(registros_de(caso), **caso.get("emissao", {}))


def erros_de(caso: dict[str, Any]) -> tuple[ErroDeCarga, ...]:
    """Returns the errors of a case."""
    feita = julgar(conteudo_de(caso), equipamento_de(caso))
    return feita.erros if isinstance(feita, CargaRecusada) else ()


def julgada(caso: dict[str, Any]) -> CargaJulgada:
    """Returns the load, which schema and rules accepted."""
    feita = julgar(conteudo_de(caso), equipamento_de(caso))
    assert isinstance(feita, CargaJulgada), [(x.codigo, x.campo, x.mensagem) for x in feita.erros]
    return feita


def tipo_de(xml: bytes) -> Tipo:
    """Returns the kind of a document, by its root."""
    return next(t for t in DOCUMENTOS if xml.startswith(f"<{t} ".encode()))
