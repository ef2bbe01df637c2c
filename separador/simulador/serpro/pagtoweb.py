"""Answers PAGTOWEB with the irregularities seen in production: numbers and codes without leading zeros."""

import base64
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from separador.capacidades.ecac.dominio.arrecadacao import canonico, completo
from separador.simulador.serpro import pdfs
from separador.simulador.serpro.cenario import Documento, Parte
from separador.simulador.serpro.estado import Arquivo
from separador.simulador.serpro.pedido import PedidoDados, Recusa

OK = "Sucesso-PAGTOWEB-00000"
_TIPOS = {
    "04": ("DOCUMENTO DE ARRECADAÇÃO DE RECEITAS FEDERAIS", "DARF"),
    "07": ("DOCUMENTO DE DEPÓSITO JUDICIAL E EXTRAJUDICIAL", "DJE"),
    "08": ("DARF SIMPLES", "DARF SIMPLES"),
    "09": ("DOCUMENTO DE ARRECADAÇÃO DO SIMPLES NACIONAL", "DAS"),
    "10": ("DOCUMENTO DE ARRECADAÇÃO DO ESOCIAL", "DAE"),
}
_FILTROS = frozenset(
    "numeroDocumentoLista codigoReceitaLista intervaloDataArrecadacao intervaloValorTotalDocumento "
    "codigoTipoDocumentoLista".split()
)
_PAGINA = frozenset({"primeiroDaPagina", "tamanhoDaPagina"})


def pagamentos(p: PedidoDados, arquivo: Arquivo, *, mesma_pagina: bool = False) -> list[dict[str, Any]]:
    """Answers PAGAMENTOS71. `mesma_pagina`: the offset is ignored (a misreading that clients must survive)."""
    dados = p.dados or {}
    _conhecer(dados, _FILTROS | _PAGINA)
    primeiro, tamanho = dados.get("primeiroDaPagina"), dados.get("tamanhoDaPagina")
    if not isinstance(primeiro, int) or primeiro < 0:
        raise _entrada("primeiroDaPagina")
    if not isinstance(tamanho, int) or not 1 <= tamanho <= 100:
        raise _entrada("tamanhoDaPagina")
    if mesma_pagina:
        primeiro = 0
    return [_documento(d) for d in _filtrados(p, arquivo)[primeiro : primeiro + tamanho]]


def contagem(p: PedidoDados, arquivo: Arquivo) -> int:
    """Answers CONTACONSDOCARRPG73."""
    _conhecer(p.dados or {}, _FILTROS)
    return len(_filtrados(p, arquivo))


def comprovante(p: PedidoDados, arquivo: Arquivo, *, de_outro: bool = False) -> dict[str, str]:
    """Answers COMPARRECADACAO72.

    A document of another taxpayer: 00002. One that is not paid or not there: 00099, because SERPRO documents no code
    for it.
    """
    dados = p.dados or {}
    numero = dados.get("numeroDocumento")
    if set(dados) != {"numeroDocumento"} or not isinstance(numero, str):
        raise _entrada("numeroDocumento")
    if not re.fullmatch(r"\d{1,17}", numero):
        raise _inesperado()
    documento = arquivo.documento(completo(numero))
    if documento is not None and documento.ni != p.contribuinte:
        raise Recusa(200, "EntradaIncorreta-PAGTOWEB-00002", "Usuário não pode consultar o documento")
    if documento is None or documento.arrecadacao is None:
        raise _inesperado()
    dono = "99888777000161" if de_outro else documento.ni
    nome = arquivo.contribuinte(dono).nome
    alterado = documento if not de_outro else _de_outro(documento, dono)
    return {"pdf": base64.b64encode(pdfs.comprovante(alterado, nome)).decode()}


def _de_outro(d: Documento, ni: str) -> Documento:
    return Documento(ni, d.numero, d.tipo, d.periodo, d.vencimento, d.partes, d.emitido, d.arrecadacao, d.registrado)


def _filtrados(p: PedidoDados, arquivo: Arquivo) -> list[Documento]:
    dados = p.dados or {}
    numeros = {canonico(n) for n in _textos(dados, "numeroDocumentoLista", 17)}
    receitas = {r.zfill(4) for r in _textos(dados, "codigoReceitaLista", 4)}
    tipos = {t.zfill(2) for t in _textos(dados, "codigoTipoDocumentoLista", 2)}
    inicio, fim = _intervalo(dados, "intervaloDataArrecadacao", "dataInicial", "dataFinal")
    menor, maior = _intervalo(dados, "intervaloValorTotalDocumento", "valorInicial", "valorFinal")
    de, ate = (_dia(x) if x is not None else None for x in (inicio, fim))
    return [
        d
        for d in arquivo.documentos(p.contribuinte, pagos=True)
        if (not numeros or canonico(d.numero) in numeros)
        and (not receitas or d.partes[0].receita in receitas)
        and (not tipos or d.tipo in tipos)
        and _dentro(d.arrecadacao, de, ate)
        and _dentro(d.total, _decimal(menor), _decimal(maior))
    ]


def _conhecer(dados: Mapping[str, Any], nomes: frozenset[str]) -> None:
    for nome in dados:
        if nome not in nomes:
            raise _entrada(nome)


def _textos(dados: Mapping[str, Any], nome: str, maior: int) -> list[str]:
    valor = dados.get(nome, [])
    if not isinstance(valor, list) or not all(isinstance(v, str) and v.isdigit() and len(v) <= maior for v in valor):
        raise _entrada(nome)
    return valor


def _intervalo(dados: Mapping[str, Any], nome: str, de: str, ate: str) -> tuple[Any, Any]:
    valor = dados.get(nome)
    if valor is None:
        return None, None
    if not isinstance(valor, dict) or set(valor) != {de, ate}:
        raise _entrada(nome)
    return valor[de], valor[ate]


def _dia(texto: object) -> date:
    try:
        return date.fromisoformat(str(texto))
    except ValueError:
        raise _entrada("intervaloDataArrecadacao") from None


def _decimal(valor: object) -> Decimal | None:
    return None if valor is None else Decimal(str(valor))


def _dentro(valor: Any, de: Any, ate: Any) -> bool:
    return (de is None or valor >= de) and (ate is None or valor <= ate)


def _entrada(nome: str) -> Recusa:
    return Recusa(400, "EntradaIncorreta-PAGTOWEB-00001", f"Parâmetro de entrada ({nome}) inválido")


def _inesperado() -> Recusa:
    texto = "Ocorreu um erro inesperado na aplicação. Protocolo de erro: 20260101.0042. Data/hora: 01/01/2026 10:00"
    return Recusa(500, "Erro-PAGTOWEB-00099", texto)


def _documento(d: Documento) -> dict[str, Any]:
    descricao, sigla = _TIPOS.get(d.tipo, ("DOCUMENTO", "DOC"))
    principal = d.partes[0]
    return {
        "numeroDocumento": canonico(d.numero),
        "tipo": {"codigo": d.tipo.lstrip("0"), "descricao": descricao, "descricaoAbreviada": sigla},
        "periodoApuracao": _instante(d.periodo),
        "dataArrecadacao": _instante(d.arrecadacao),
        "dataVencimento": _instante(d.vencimento),
        "receitaPrincipal": _receita(principal),
        "referencia": d.referencia,
        **_valores("valor", d.partes),
        **{f"valorSaldo{n}": None for n in ("Total", "Principal", "Multa", "Juros")},
        "desmembramentos": [_desmembramento(i, parte, d) for i, parte in enumerate(d.partes, start=1)],
    }


def _desmembramento(i: int, parte: Parte, d: Documento) -> dict[str, Any]:
    return {
        "sequencial": str(i),
        "receitaPrincipal": _receita(parte),
        "periodoApuracao": _instante(d.periodo),
        "dataVencimento": _instante(d.vencimento),
        **_valores("valor", (parte,)),
        **{f"valorSaldo{n}": None for n in ("Total", "Principal", "Multa", "Juros")},
    }


def _receita(parte: Parte) -> dict[str, Any]:
    extensao = {"codigo": parte.extensao, "descricao": parte.descricao.upper()} if parte.extensao else None
    return {"codigo": parte.receita.lstrip("0"), "descricao": parte.descricao, "extensaoReceita": extensao}


def _valores(prefixo: str, partes: tuple[Parte, ...]) -> dict[str, float | None]:
    """Returns the sums as fields. Fine and interest that are zero come as null, as in SERPRO's sample."""
    somas = {
        "Total": sum(p.total for p in partes),
        "Principal": sum(p.principal for p in partes),
        "Multa": sum(p.multa for p in partes),
        "Juros": sum(p.juros for p in partes),
    }
    return {f"{prefixo}{n}": float(v) if v or n in ("Total", "Principal") else None for n, v in somas.items()}


def _instante(dia: date | None) -> str | None:
    return f"{dia.isoformat()}T00:00:00-03:00" if dia else None
