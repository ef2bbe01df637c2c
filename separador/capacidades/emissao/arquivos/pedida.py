"""Judges what an order for one CT-e of a load makes of it, outside the loop's thread or a portion at a time."""

import zlib
from dataclasses import replace

from separador.capacidades.emissao.arquivos.refeitura import Resultado, refazendo, refazendo_um
from separador.capacidades.emissao.dominio.refeitos import CargaRefeita, Pedida
from separador.capacidades.emissao.dominio.valores import CargaRecusada


def julgando(p: Pedida) -> Resultado:
    """Yields None after each portion, at last the load with the CT-e built anew, or why it is not."""
    if p.nome:
        dados = zlib.decompress(p.conteudo)
        return refazendo(p.nome, dados, p.como_esta, p.contexto, p.equipamento, p.carga)
    alvo = tuple(e for e in p.como_esta.existentes if e.chave == p.como_esta.alvo)
    return refazendo_um(replace(p.como_esta, existentes=alvo), p.contexto, p.equipamento)


def julgar(p: Pedida) -> CargaRefeita | CargaRecusada:
    """Does the same at once."""
    return next(feito for feito in julgando(p) if feito is not None)
