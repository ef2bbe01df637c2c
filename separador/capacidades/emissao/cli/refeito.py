"""Looks at one CT-e of a load before it is built anew, and after, without disturbing the service."""

import json
import zlib
from base64 import b64encode
from pathlib import Path

from separador.capacidades.cte.banco import leitura as leitura_cte
from separador.capacidades.cte.dominio.pedido import sucessor
from separador.capacidades.emissao.dominio.refeitos import nao_se_refaz
from separador.cli.base import leitura
from separador.cli.base.comum import Saida, sair

LIMITE = 10 * 1024 * 1024


def negado(dados: Path, chave: str) -> str:
    """Returns why a CT-e cannot be built anew, in words that follow its key; empty: the service decides."""
    with leitura.lendo(dados) as banco:
        doc = leitura_cte.documento(banco, chave) if banco is not None else None
    if banco is None:
        return ""
    return nao_se_refaz(doc["situacao"], doc["etapa"], doc["marca"]) if doc is not None else "não está aqui"


def em_pedido(arquivo: Path) -> str:
    """Returns a load as an order carries it. Ends the command (1) when it is too large to be one."""
    lido = arquivo.read_bytes()
    if len(lido) > LIMITE:
        sair(Saida.RECUSADO, f"{arquivo.name} tem mais de {LIMITE // 1024 // 1024} MB; nada foi pedido.")
    return json.dumps({"arquivo": arquivo.name, "conteudo": b64encode(zlib.compress(lido)).decode()})


def agora(dados: Path, chave: str) -> dict[str, object]:
    """Returns what a CT-e is now: its load, its key, which may be another, and its situação."""
    with leitura.lendo(dados) as banco:
        doc = leitura_cte.documento(banco, chave) if banco is not None else None
        if banco is not None and doc is not None and (outra := sucessor(doc["marca"])):
            doc = leitura_cte.documento(banco, outra) or doc
    nomes = ("carga", "chave", "situacao")
    return {n: doc[n] if doc is not None else None for n in nomes}
