"""The page that completes a load that is held: how it is paid, who fetches it, who answers for the insurance."""

import json
from collections.abc import Mapping
from typing import Any

from separador.capacidades.emissao.arquivos.leitura import ler_complementos
from separador.capacidades.emissao.banco import cargas as tabela
from separador.capacidades.emissao.banco import leitura
from separador.capacidades.emissao.dominio.endereco import da_carga
from separador.capacidades.emissao.telas.cargas import achar
from separador.capacidades.emissao.telas.palavras import FORMAS, RESPONSAVEIS
from separador.painel.base import ordens
from separador.painel.base.campos import Campos
from separador.painel.base.resposta import ACHADA, CONFLITO, RECUSADA, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos.ordens import NovoPedido

PEDIDO = "carga-complementar"
SEGUROS = 2
"""Insurances that the form has room for."""
_DE_CIF_FOB = {"CIF": "PAGO", "FOB": "A PAGAR"}
_NADA = "Diga o que completar: a forma de pagamento, o responsável pelo seguro."
Ditos = dict[str, Any]


def complementar(v: Visita) -> Resposta:
    """Shows the form over what the load says; records the order with what differs from it."""
    linha = achar(v)
    nome = str(linha["carga"])
    if linha["situacao"] != tabela.RETIDA:
        aviso = f"A carga {nome} não espera por informações: já tem os seus CT-e."
        return _pagina(v, nome, None, CONFLITO, (aviso,))
    atuais, ordenados = leitura.complementares(v.banco, linha["id"])
    ja = _lidos(atuais)
    espera = leitura.o_que_espera(v.banco, linha["arquivo_id"])
    if not v.enviada:
        return _pagina(v, nome, ja, espera=espera)
    ditos = _do_formulario(v.campos)
    mudados = _mudados(ja, ditos, atuais)
    avisos = _contra(ditos, mudados, ordenados)
    if avisos:
        return _pagina(v, nome, ditos, RECUSADA, avisos, espera)
    dados = json.dumps(mudados, ensure_ascii=False, sort_keys=True)
    return ordens.dar(v, [NovoPedido(PEDIDO, nome, dados=dados)], da_carga(nome))


def _pagina(
    v: Visita, nome: str, ditos: Ditos | None, estado: int = ACHADA, avisos: tuple[str, ...] = (), espera: str = ""
) -> Pagina:
    valores = {
        "carga": nome,
        "d": ditos,
        "espera": espera,
        "formas": FORMAS,
        "responsaveis": RESPONSAVEIS,
        "volta": v.volta(da_carga(nome)),
    }
    return Pagina("emissao/complementar.html", "INFORMAÇÕES COMPLEMENTARES", valores, estado, avisos)


def _lidos(atuais: Mapping[str, Any]) -> Ditos:
    """Returns what the load says, as the form has it."""
    forma = atuais.get("forma_pagamento") or _DE_CIF_FOB.get(atuais.get("cif_fob", ""), "")
    retira = atuais.get("retira") in (True, "sim")
    seguros = [(str(s.get("responsavel", "")), str(s.get("apolice", ""))) for s in atuais.get("seguros", ())]
    return {
        "forma_pagamento": forma,
        "retira": retira,
        "detalhe_retira": atuais.get("detalhe_retira", ""),
        "seguros": (seguros + [("", "")] * SEGUROS)[:SEGUROS],
    }


def _do_formulario(c: Campos) -> Ditos:
    pares = {n: [x.strip() for m, x in c.pares if m == n] + [""] * SEGUROS for n in ("responsavel", "apolice")}
    return {
        "forma_pagamento": c.um("forma_pagamento"),
        "retira": bool(c.um("retira")),
        "detalhe_retira": c.um("detalhe_retira").strip(),
        "seguros": list(zip(pares["responsavel"], pares["apolice"], strict=False))[:SEGUROS],
    }


def _mudados(ja: Ditos, ditos: Ditos, atuais: Mapping[str, Any]) -> Ditos:
    """Returns what differs from the load, in the words of the file. What the form does not show of an insurance goes
    with it."""
    mudados = {n: ditos[n] for n in ("forma_pagamento", "retira", "detalhe_retira") if ditos[n] != ja[n]}
    if ditos["seguros"] != ja["seguros"]:
        eram = [dict(s) for s in atuais.get("seguros", ())]
        seguros = []
        for i, (responsavel, apolice) in enumerate(ditos["seguros"]):
            era = eram[i] if i < len(eram) and eram[i].get("responsavel") == responsavel else {}
            escrito = {"responsavel": responsavel, "apolice": apolice}
            seguros.append({n: x for n, x in (era | escrito).items() if x} if responsavel else {})
        mudados["seguros"] = [s for s in seguros if s] + eram[SEGUROS:]
    return mudados


def _contra(ditos: Ditos, mudados: Ditos, ordenados: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns what is wrong with what was typed."""
    soltas = [a for r, a in ditos["seguros"] if a and not r]
    if soltas:
        return tuple(f"Diga quem responde pelo seguro da apólice {a}." for a in soltas)
    if not any(mudados.values()) and mudados.get("retira") is None:
        return (_NADA,)
    _, lida = ler_complementos(json.dumps(dict(ordenados) | mudados, ensure_ascii=False))
    return tuple(f"{e.campo.partition('.')[2]}: {e.mensagem}. {e.o_que_fazer}" for e in lida.erros)
