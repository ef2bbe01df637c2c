"""Reads the CT-e of a load for its MDF-e."""

import json
import sqlite3

from separador.capacidades.cte.banco import leitura as leitura_cte
from separador.capacidades.emissao.banco import cargas
from separador.capacidades.emissao.dominio.conteudo import aberto
from separador.capacidades.emissao.dominio.do_cte import DoCte, lacres_das_unidades
from separador.nucleo.situacao import Situacao

_CTES = (
    "SELECT c.chave, c.campo, c.emitente, c.registro, d.id AS doc, d.digest AS versao FROM carga_documento c"
    " JOIN documento d ON d.id = c.documento_id"
    " WHERE c.carga_id = ? AND c.modelo = '57' AND d.situacao <> ? ORDER BY c.ordem"
)


def ctes_da_carga(banco: sqlite3.Connection, carga: str) -> list[DoCte] | None:
    """Returns the CT-e of a load that are not cancelled; None when there is no such load."""
    linha = banco.execute("SELECT * FROM carga WHERE carga = ?", (carga,)).fetchone()
    if linha is None:
        return None
    ditas = aberto(cargas.conteudo_de(linha))
    feitos = []
    for r in banco.execute(_CTES, (linha["id"], Situacao.CANCELADO.value)):
        xml = leitura_cte.assinado(banco, r["doc"], r["versao"])
        if xml is not None:
            lacres = lacres_das_unidades(ditas, r["campo"])
            feitos.append(DoCte(r["chave"], r["emitente"], json.loads(r["registro"]), xml, lacres))
    return feitos
