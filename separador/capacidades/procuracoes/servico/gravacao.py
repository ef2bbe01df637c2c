"""Registers, changes and deletes an access with its secrets, all of it or nothing, for commands and for the panel."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from separador.banco.conexao import Banco
from separador.capacidades.procuracoes import banco as procuracoes
from separador.capacidades.procuracoes.dominio import Acesso, Esfera, TipoAcesso, Validade, orgao_normal
from separador.capacidades.procuracoes.servico import procuracoes as servico
from separador.cofre.cofre import Cofre
from separador.configuracao import Configuracao
from separador.nucleo.negativa import Negativa

INCLUIR, ALTERAR, EXCLUIR = "incluir", "alterar", "excluir"


def incluir(
    banco: Banco,
    cofre: Cofre | None,
    a: Acesso,
    segredos: dict[str, str],
    *,
    trocada_em: date,
    quem: str,
    agora: datetime,
    acao: str | None = None,
) -> Negativa | None:
    """Registers an access and keeps its secrets. The caller's transaction takes back what was written before a
    refusal."""
    feito = servico.incluir(banco, a, quem=quem, agora=agora, acao=acao)
    if isinstance(feito, Negativa):
        return feito
    negativa = servico.sem_certificado(banco, a)
    linha = procuracoes.por_id(banco, feito)
    if negativa is not None or not segredos or cofre is None or linha is None:
        return negativa
    return servico.guardar_segredo(
        banco, cofre, linha, segredos, trocada_em=trocada_em, quem=quem, agora=agora, acao=acao
    )


def alterar(
    banco: Banco,
    config: Configuracao,
    numero: int,
    campos: Mapping[str, Any],
    *,
    quem: str,
    agora: datetime,
    acao: str | None = None,
) -> str | Negativa:
    """Changes fields of an access. Returns who is used again because of it, for a person to read; "" mostly."""
    linha = procuracoes.por_id(banco, numero)
    if linha is None:
        return Negativa("SEP-PROCURACAO-DESCONHECIDA", "O acesso não existe mais.")
    novo = replace(procuracoes.acesso(banco, linha), **campos)
    if "orgao" in campos and "validade" not in campos:
        novo = servico.habitual(novo)
    if "certificado" in campos or "certificado_cnpj" in campos:
        negativa = servico.sem_certificado(banco, novo)
        if negativa is not None:
            return negativa
    antes = servico.usos_de_agora(banco.conn, config, agora)
    negativa = servico.alterar(banco, numero, novo, quem=quem, agora=agora, acao=acao)
    if negativa is not None:
        return negativa
    return servico.que_voltam(antes, servico.usos_de_agora(banco.conn, config, agora), numero)


def ler(ditos: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the fields of `Acesso` from what a page sent: text, "" for none."""
    return {
        "nome": str(ditos["nome"]).strip(),
        "esfera": Esfera(ditos["esfera"]),
        "tipo": TipoAcesso(ditos["tipo"]),
        "login": ditos["login"] or None,
        "titular": ditos["titular"] or None,
        "certificado": ditos["certificado"] or None,
        "certificado_cnpj": ditos["certificado_cnpj"] or None,
        "orgao": orgao_normal(ditos["orgao"]) or None,
        "clientes": tuple(ditos["clientes"]),
        "ativo": bool(ditos["ativo"]),
        "validade": Validade(
            date.fromisoformat(ditos["validade"]) if ditos["validade"] else None, None, ditos["meses"]
        ),
    }
