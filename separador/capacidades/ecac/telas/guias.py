"""The pages of guides: the list, one guide with its payment and receipt."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any

from separador.capacidades.ecac.banco import leitura, listas, ocorrencias, pagamentos
from separador.capacidades.ecac.banco.guias import guia_de
from separador.capacidades.ecac.banco.leitura import FiltroGuias
from separador.capacidades.ecac.dominio.arrecadacao import Pagamento, completo
from separador.capacidades.ecac.dominio.guia import Estado, Guia, nome_da_guia
from separador.capacidades.ecac.dominio.ocorrencia import NOMES, Especie
from separador.capacidades.ecac.dominio.raiz import Bases
from separador.capacidades.ecac.servico import decisoes
from separador.capacidades.ecac.servico.vista import guias as vista
from separador.capacidades.ecac.servico.vista.importar import SEM_A_CHAVE
from separador.capacidades.ecac.servico.vista.recibo import ler_comprovante
from separador.nucleo import fuso
from separador.painel.base.escolhas import cnpj, empresas
from separador.painel.base.modelos import dinheiro
from separador.painel.base.resposta import NAO_HA, OCUPADO, Arquivo, Erro, Pagina, Resposta
from separador.painel.base.visita import Visita

CAMINHO = "/ecac/guias"
POR_PAGINA = 50
EM_ABERTO, BAIXADA = "em aberto", "baixada"
SITUACOES = (EM_ABERTO, BAIXADA, *(e.value for e in Estado))


def lista(v: Visita) -> Resposta:
    """Shows the guides by filter, those due last first."""
    aqui = v.consulta.com(ordem=None, volta=None)
    empresa, situacao = cnpj(aqui.um("empresa")), aqui.um("situacao")
    filtro = FiltroGuias(
        empresa or None,
        estado=situacao if situacao in set(Estado) else None,
        baixada={BAIXADA: True, EM_ABERTO: False}.get(situacao),
    )
    depois = listas.ler_ponto(aqui.um("depois"))
    achada = listas.guias(v.banco, filtro, POR_PAGINA, depois) if leitura.existe(v.banco) else listas.Pagina([])
    seguinte = aqui.com(depois=str(achada.proxima)).endereco(CAMINHO) if achada.proxima is not None else None
    bases, nomes = Bases(v.dados, v.configuracao.raiz), {e.cnpj: e.nome for e in v.configuracao.empresas}
    valores: dict[str, Any] = {
        "filtro": {"empresa": empresa, "situacao": situacao},
        "empresas": empresas(v, empresa),
        "situacoes": SITUACOES,
        "linhas": [vista.em_dicionario(g, bases) | {"periodo": periodo(guia_de(g))} for g in achada.linhas],
        "nomes": nomes,
        "situacao": vista.situacao,
        "dia": vista.dia,
        "impede": SEM_A_CHAVE if v.configuracao.ecac is None else None,
        "proximas": None if achada.incompleta else seguinte,
        "continuar": seguinte if achada.incompleta else None,
        "primeiras": aqui.com(depois=None).endereco(CAMINHO) if depois is not None else None,
        "aqui": aqui.endereco(CAMINHO),
    }
    return Pagina("ecac/guias.html", "Gerenciar Guias", valores)


def periodo(g: Guia) -> str:
    """Returns the period of a guide as people write it."""
    return str(g.periodo) if g.periodo is not None else ""


def achar(v: Visita) -> sqlite3.Row:
    """Returns the guide of the path. Raises Erro."""
    dito = v.partes["id"]
    numero = int(dito) if dito.isascii() and dito.isdigit() and len(dito) < 19 else None
    achada = leitura.guia(v.banco, numero) if numero is not None and leitura.existe(v.banco) else None
    if achada is None:
        raise Erro(NAO_HA, f"Não há guia {dito}.")
    return achada


def titulo(g: sqlite3.Row) -> str:
    """Returns the heading of a guide."""
    return f"Guia {g['numero']}" if g["numero"] else f"Guia {g['id']}, sem número"


@dataclass(frozen=True, slots=True)
class Lado:
    """One line of the comparison of a guide with a payment."""

    campo: str
    da_guia: str
    do_pagamento: str


def _dia(qual: date | None) -> str:
    return fuso.dia(qual) if qual is not None else ""


def do_pagamento(p: Pagamento) -> list[tuple[str, str]]:
    """Returns what tells which guide a payment is of."""
    receita = p.receita.codigo if p.receita is not None else ""
    pares = (("Receita", receita), ("Período", _dia(p.periodo_apuracao)), ("Vencimento", _dia(p.vencimento)))
    return [(rotulo, dito) for rotulo, dito in (*pares, ("Pago em", _dia(p.arrecadacao))) if dito]


def lado_a_lado(g: Guia, p: Pagamento) -> list[Lado]:
    """Returns guide and payment side by side."""
    receita = p.receita.codigo if p.receita is not None else ""
    apurado = p.periodo_apuracao
    # A payment has one day of the period that its guide names: the same month must not look like another.
    no_mesmo = g.periodo is not None and apurado is not None and g.periodo.contem(apurado)
    pares = (
        ("Número", g.numero or "sem número", completo(p.numero)),
        ("Receita", g.receita or "", receita),
        ("Período", periodo(g), periodo(g) if no_mesmo else _dia(apurado)),
        ("Vencimento", _dia(g.vencimento), _dia(p.vencimento)),
        ("Principal", dinheiro(g.valores.principal), dinheiro(p.valores.principal)),
        ("Multa", dinheiro(g.valores.multa), dinheiro(p.valores.multa)),
        ("Juros", dinheiro(g.valores.juros), dinheiro(p.valores.juros)),
        ("Total", dinheiro(g.valores.total), dinheiro(p.valores.total)),
        ("Pago em", "", _dia(p.arrecadacao)),
    )
    return [Lado(*par) for par in pares if any(par[1:])]


def comparada(v: Visita, g: sqlite3.Row, numero: str | None) -> list[Lado]:
    """Returns the guide beside the payment of a number; nothing where that is not known."""
    pago = pagamentos.por_numero(v.banco, g["contribuinte"], numero) if numero else None
    return lado_a_lado(guia_de(g), pago) if pago is not None else []


def guia(v: Visita) -> Resposta:
    """Shows all that is known of a guide, and what a person may decide about it."""
    g = achar(v)
    fatos = vista.em_dicionario(g, Bases(v.dados, v.configuracao.raiz))
    sugerida = decisoes.sugestao(v.banco, g)
    pago = sugerida["pagamento"] if sugerida is not None else g["pagamento"]
    dona = v.configuracao.empresa(g["contribuinte"])
    valores: dict[str, Any] = {
        "g": fatos,
        "periodo": periodo(guia_de(g)),
        "nome": dona.nome if dona is not None else g["contribuinte"],
        "situacao": vista.situacao(fatos),
        "dia": vista.dia,
        "sugerida": sugerida is not None,
        "lados": comparada(v, g, pago),
        "historico": leitura.historico(v.banco, g["id"]),
        "ocorrencias": [
            {"id": o["id"], "nome": NOMES[Especie(o["especie"])], "status": o["status"], "detalhe": o["detalhe"]}
            for o in ocorrencias.da_guia(v.banco, g["contribuinte"], g["id"])
        ],
        "impede": SEM_A_CHAVE if v.configuracao.ecac is None else None,
        "aqui": v.caminho,
    }
    return Pagina("ecac/guia.html", titulo(g), valores)


def comprovante(v: Visita) -> Resposta:
    """Gives the filed receipt."""
    g = achar(v)
    if g["recibo_estado"] != "arquivado":
        raise Erro(NAO_HA, f"Ainda não há comprovante da guia {nome_da_guia(g['id'], g['numero'])} ({g['estado']}).")
    pdf = ler_comprovante(Bases(v.dados, v.configuracao.raiz), g)
    if isinstance(pdf, str):
        raise Erro(OCUPADO, pdf)
    nome = f"comprovante-{completo(g['pagamento']) if g['pagamento'] else g['id']}.pdf"
    return Arquivo(pdf, nome, "application/pdf", v.consulta.um("ver") == "1")
