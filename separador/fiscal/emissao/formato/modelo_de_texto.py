"""Reads the templates of `consulta_inf_adicional`: which fields of a CT-e they ask for, and whether there are such."""

import re

from separador.fiscal.emissao.formato.cadastros import ARQUIVOS
from separador.fiscal.emissao.formato.carga import CONHECIMENTO
from separador.fiscal.emissao.formato.tipos import Campo, Grupo, Leiaute, Lista, Mapeado, Referencia

CAMPO = re.compile(r"\{([^{}]*)\}")
_REGISTROS = {chave: grupo for chaves in ARQUIVOS.values() for chave, grupo in chaves.items()}
_SEM_TEXTO = (Grupo, Leiaute, Mapeado)


def desconhecidos(modelo: str) -> list[str]:
    """Returns the fields that a template asks for and no CT-e has, or that no text can be made of."""
    return [caminho for caminho in CAMPO.findall(modelo) if not _existe(caminho)]


def _existe(caminho: str) -> bool:
    nome, _, resto = caminho.partition(".")
    campo = CONHECIMENTO.campo(nome)
    if not resto:
        return _escreve(campo)
    if campo is None:
        return False
    grupo = _REGISTROS.get(campo.tipo.cadastro) if isinstance(campo.tipo, Referencia) else campo.tipo
    return isinstance(grupo, Grupo) and _escreve(grupo.campo(resto))


def _escreve(campo: Campo | None) -> bool:
    """Says whether a field is one value, or a list of them."""
    if campo is None:
        return False
    tipo = campo.tipo.item if isinstance(campo.tipo, Lista) else campo.tipo
    return not isinstance(tipo, _SEM_TEXTO)
