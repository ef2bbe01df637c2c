"""The pages of the users: who may what."""

import sqlite3
from typing import Any
from urllib.parse import urlencode

from separador.acesso import dominio as acesso
from separador.acesso.banco import usuarios as tabela
from separador.acesso.dominio import Nivel
from separador.acesso.servico import usuarios as servico
from separador.acesso.servico.usuarios import Codigo, Mudanca
from separador.nucleo.fuso import dia_e_hora
from separador.painel.base import ordens
from separador.painel.base.resposta import ACHADA, NAO_HA, RECUSADA, Erro, Ir, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.painel.conta import ENCERRAR
from separador.painel.senha import PEDIDO
from separador.pedidos.ordens import NovoPedido
from separador.pedidos.painel import endereco

_LISTA = "/usuarios"
_DAR_CODIGO = "usuario recuperar"
_FEITO = {
    "incluido": "{} está entre os usuários.",
    "alterado": "{}: alteração feita.",
    "sessoes": "As sessões de {} terminaram.",
}
NIVEIS = {
    Nivel.ADMINISTRADOR: "tudo: ordens, serviço, configuração, certificados e usuários",
    Nivel.OPERADOR: "ordens sobre documentos e falhas, e ver",
    Nivel.CONSULTA: "só ver",
}


def lista(v: Visita) -> Resposta:
    """Shows all users."""
    valores = {"linhas": tabela.listar(v.banco), "entradas": tabela.ultimas_entradas(v.banco), "niveis": NIVEIS}
    return Pagina("painel/usuarios.html", "Usuários do Escritório", valores, ditos=_feito(v))


def _feito(v: Visita) -> tuple[str, ...]:
    """Returns what was done with the user that the address names. One without a password cannot come in yet."""
    linha = tabela.por_email(v.banco, acesso.email_normal(v.consulta.um("de")) or "")
    frase = _FEITO.get(v.consulta.um("feito"))
    if linha is None or frase is None:
        return ()
    falta = ""
    if linha["senha"] is None:
        como = "Recuperar senha" if v.configuracao.smtp is not None else "Gerar código"
        falta = f" Ainda sem senha, não entra: abra o nome na lista e use {como}."
    return (f"{frase.format(linha['nome'])}{falta}",)


def _voltar(feito: str, email: str) -> Ir:
    return Ir(f"{_LISTA}?{urlencode({'feito': feito, 'de': email})}")


def novo(v: Visita) -> Resposta:
    """Registers a user, without a password."""
    if not v.enviada:
        return _formulario(v, "Novo usuário", {"ativo": True, "nivel": Nivel.CONSULTA})
    ditos = _ditos(v)
    nivel = _nivel(ditos["nivel"])
    if nivel is None:
        return _formulario(v, "Novo usuário", ditos, "Escolha o nível de acesso.")
    with v.escrevendo() as banco:
        feito = servico.incluir(
            banco, ditos["email"], ditos["nome"], nivel, ditos["escritorio"] or None, quem=v.quem, agora=v.agora,
            ativo=ditos["ativo"], acao=v.tela.muda,
        )  # fmt: skip
    if isinstance(feito, str):
        return _voltar("incluido", feito)
    return _formulario(v, "Novo usuário", ditos, feito.mensagem)


def um(v: Visita) -> Resposta:
    """Shows one user; changes, gives a code, ends sessions."""
    linha = tabela.por_email(v.banco, acesso.email_normal(v.partes["email"]) or "")
    if linha is None:
        raise Erro(NAO_HA, "Não há usuário com este e-mail.")
    if not v.enviada:
        return _formulario(v, linha["nome"], dict(linha), existe=True)
    fazer = v.campos.um("fazer")
    if fazer == "codigo":
        return _dar_codigo(v, linha)
    if fazer == "recuperar":
        return ordens.dar(v, [NovoPedido(PEDIDO, linha["email"])], _LISTA)
    if fazer == "sessoes":
        with v.escrevendo() as banco:
            servico.encerrar_sessoes(banco, linha["email"], quem=v.quem, agora=v.agora, acao=ENCERRAR)
        return _voltar("sessoes", linha["email"])
    ditos = _ditos(v)
    nivel = _nivel(ditos["nivel"])
    mudanca = Mudanca(ditos["nome"], nivel, ditos["ativo"], ditos["escritorio"])
    with v.escrevendo() as banco:
        negativa = servico.alterar(banco, linha["email"], mudanca, quem=v.quem, agora=v.agora, acao=v.tela.muda)
    if negativa is None:
        return _voltar("alterado", linha["email"])
    return _formulario(v, linha["nome"], ditos | {"email": linha["email"]}, negativa.mensagem, existe=True)


def _dar_codigo(v: Visita, linha: sqlite3.Row) -> Resposta:
    with v.escrevendo() as banco:
        codigo = servico.emitir_codigo(banco, linha["email"], quem=v.quem, agora=v.agora, acao=_DAR_CODIGO)
    if not isinstance(codigo, Codigo):
        return _formulario(v, linha["nome"], dict(linha), codigo.mensagem, existe=True)
    ate = dia_e_hora(codigo.expira_em, segundos=False)
    url = v.configuracao.painel.url or endereco(v.dados)
    dado = {"texto": codigo.codigo, "ate": ate, "link": codigo.link(url) or ""}
    return _formulario(v, linha["nome"], dict(linha), existe=True, codigo=dado)


def _ditos(v: Visita) -> dict[str, Any]:
    c = v.campos
    escritorio = "".join(x for x in c.um("escritorio") if x.isalnum()).upper()
    return {
        "email": c.um("email").strip(),
        "nome": c.um("nome"),
        "nivel": c.um("nivel"),
        "escritorio": escritorio,
        "ativo": bool(c.um("ativo")),
    }


def _nivel(texto: str) -> Nivel | None:
    return Nivel(texto) if texto in set(Nivel) else None


def _formulario(
    v: Visita,
    titulo: str,
    ditos: dict[str, Any],
    aviso: str = "",
    *,
    existe: bool = False,
    codigo: dict[str, str] | None = None,
) -> Pagina:
    escritorios = [(r["cnpj"], r["nome"]) for r in v.banco.execute("SELECT cnpj, nome FROM escritorio ORDER BY nome")]
    valores = {
        "u": {"email": "", "nome": "", "nivel": "", "escritorio": None, "ativo": False} | ditos,
        "niveis": NIVEIS,
        "escritorios": escritorios,
        "existe": existe,
        "codigo": codigo,
        "por_email": v.configuracao.smtp is not None,
        "muda": v.pode("usuario alterar" if existe else "usuario incluir"),
    }
    avisos = (aviso,) if aviso else ()
    return Pagina("painel/usuario.html", titulo, valores, RECUSADA if aviso else ACHADA, avisos)
