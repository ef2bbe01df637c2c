"""Tells an access as commands and pages show it: never a secret, only whether there is one."""

import sqlite3
from typing import Any

from separador.acesso.banco import escritorios
from separador.capacidades.procuracoes import banco as acessos
from separador.capacidades.procuracoes.dominio import UsoDeAcesso
from separador.capacidades.procuracoes.servico.procuracoes import Estado


def em_dicionario(e: Estado) -> dict[str, Any]:
    """Returns one access as `--json` shows it."""
    a, v = e.acesso, e.acesso.validade
    return {
        "nome": a.nome,
        "escritorio": a.escritorio,
        "esfera": a.esfera.value,
        "orgao": a.orgao,
        "tipo": a.tipo.value,
        "login": a.login,
        "titular": a.titular,
        "certificado": a.certificado,
        "certificado_empresa": a.certificado_cnpj,
        "clientes": list(a.clientes),
        "ativo": a.ativo,
        "tem_senha": e.tem_segredo,
        "senha_em": a.senha_em,
        "valida_ate": v.ate,
        "validade_dias": v.dias,
        "validade_meses": v.meses,
        "vencimento": e.vencimento,
        "recusa": e.recusa,
    }


def guarda(banco: sqlite3.Connection, e: Estado) -> dict[str, Any]:
    """Says who keeps the access, and what the program does with it."""
    dono = escritorios.escritorio(banco, e.acesso.escritorio)
    nome = dono["nome"] if dono is not None else e.acesso.escritorio
    entra = (
        "é o procurador dos seus clientes no e-CAC"
        if e.acesso.da_receita
        else "o separador guarda e avisa; não entra sozinho no portal"
    )
    return {"quem_guarda": f"{nome} ({e.acesso.escritorio})", "senha_por": e.senha_por, "para_que": entra}


def usos(banco: sqlite3.Connection, e: Estado, em_uso: list[UsoDeAcesso]) -> dict[str, Any]:
    """Says what goes by the access now, and when something last did."""
    ultimos = {(r["uso"], r["cliente"]): str(r["usada_em"]) for r in acessos.usos(banco, e.id)}
    ultimo = max(ultimos.values(), default=None)
    agora = [
        {"uso": u.uso, "cliente": u.cliente, "nome": u.nome, "ultimo": ultimos.pop((u.uso, u.cliente), None)}
        for u in em_uso
    ]
    antes = [{"uso": uso, "cliente": cliente, "ultimo": em} for (uso, cliente), em in ultimos.items()]
    return {"em_uso_por": agora, "usado_antes_por": antes, "ultimo_uso": ultimo}
