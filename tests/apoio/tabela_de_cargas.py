"""The table of good loads (`amostras/cargas/boas.yaml`): each case as a load, and as it is judged."""

from pathlib import Path
from typing import Any

import yaml

from separador.capacidades.emissao.dominio.valores import CargaJulgada, Equipamento
from separador.demonstracao import empresas as e
from separador.nucleo.chave import compor
from tests.apoio.emissao import AGORA, cadastros, carga, empresa, equipamento, julgar, nfe

BOAS = Path(__file__).parents[1] / "amostras" / "cargas" / "boas.yaml"


def _anterior(dono: e.Empresa) -> str:
    return compor(
        uf="35", aamm="2611", cnpj=dono.cnpj, modelo="57", serie=7, numero=77, tp_emis="1", codigo="10806413"
    )  # fmt: skip


PALAVRAS = {
    "ANTERIOR": _anterior(e.OUTRA_TRANSPORTADORA),
    "ANTERIOR-NOSSO": _anterior(e.EMITENTE),
    "NFE-1": nfe(1, AGORA),
    "NFE-2": nfe(2, AGORA),
    "A*2000": "A" * 2000,
}
"""What the cases name instead of writing it out."""


def _posto(valor: Any) -> Any:
    """Returns a value of the table with its words replaced."""
    if isinstance(valor, dict):
        return {n: _posto(v) for n, v in valor.items()}
    if isinstance(valor, list):
        return [_posto(v) for v in valor]
    return PALAVRAS.get(valor, valor) if isinstance(valor, str) else valor


def _ler() -> dict[str, dict[str, Any]]:
    lidos = yaml.load(BOAS.read_text("utf-8"), yaml.BaseLoader)
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


CASOS = _ler()


def conteudo_de(caso: dict[str, Any]) -> dict[str, Any]:
    """Returns the load of a case."""
    solta = carga(AGORA)
    cte = {
        "depositante": "REM-SP", "destinatario": "DEST-RJ", "notas": [{"chave": nfe(1, AGORA), "valor": "5000.00"}],
        "medidas": [{"unidade": "KG", "tipo": "PESO BRUTO", "quantidade": "10"}],
    }  # fmt: skip
    inteira = {n: solta[n] for n in ("carga", "informacoes_complementares", "padrao")}
    return inteira | caso.get("carga", {}) | {"conhecimentos": [cte | caso.get("cte", {})]}


def equipamento_de(caso: dict[str, Any]) -> Equipamento:
    """Returns what a worker issues a case with."""
    registros = cadastros(empresas=[empresa(**caso.get("empresa", {}))])
    return equipamento(registros, **caso.get("emissao", {}))


def julgada(caso: dict[str, Any]) -> CargaJulgada:
    """Returns the load, which schema and rules accepted."""
    feita = julgar(conteudo_de(caso), equipamento_de(caso))
    assert isinstance(feita, CargaJulgada), [(x.codigo, x.campo, x.mensagem) for x in feita.erros]
    return feita
