"""Exports and imports offices, users and accesses as YAML, without secrets. A file is imported whole or not at all."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from separador.acesso import dominio as regras_de_acesso
from separador.acesso.banco import escritorios, usuarios
from separador.acesso.banco.auditoria import Conexao
from separador.acesso.dominio import Nivel
from separador.acesso.servico import usuarios as servico_usuarios
from separador.banco.conexao import Banco
from separador.capacidades.procuracoes import banco as procuracoes
from separador.capacidades.procuracoes.dominio import (
    Acesso,
    Esfera,
    TipoAcesso,
    Validade,
    orgao_normal,
    problemas,
    tipo_de,
)
from separador.capacidades.procuracoes.servico import procuracoes as servico_procuracoes
from separador.configuracao.leitura import Leitor
from separador.configuracao.tipos import ErroConfig
from separador.configuracao.yaml_seguro import Mapa, compor, mapear
from separador.nucleo.negativa import Negativa

VERSAO = 1
_TOPO = ("versao", "escritorios", "usuarios", "procuracoes")
_DO_ESCRITORIO = ("cnpj", "nome")
_DO_USUARIO = ("email", "nome", "nivel", "ativo", "escritorio")
_DO_ACESSO = (
    *("escritorio", "nome", "esfera", "tipo", "orgao", "login", "titular", "certificado", "certificado_empresa"),
    *("valida_ate", "validade_dias", "validade_meses", "clientes", "ativo"),
)
_SEGREDO = re.compile(r"senha|segredo|codigo|código|password|pin|token|hash", re.IGNORECASE)


@dataclass(slots=True)
class Lido:
    """The content of a file, each entry with its line."""

    escritorios: list[tuple[int, str, str]] = field(default_factory=list)
    usuarios: list[tuple[int, str, str, Nivel, bool, str | None]] = field(default_factory=list)
    acessos: list[tuple[int, Acesso]] = field(default_factory=list)


@dataclass(slots=True)
class Contagem:
    """The result of an import: how many of each, and the accesses that still need a password."""

    escritorios: int = 0
    usuarios: int = 0
    acessos: int = 0
    sem_senha: list[str] = field(default_factory=list)


# --- out -------------------------------------------------------------------------------------------------------------


def exportar(c: Conexao) -> dict[str, Any]:
    """Returns the registries as plain values, for YAML.

    They hold no password, hash or code, and nothing of the vault.
    """
    acessos = [procuracoes.acesso(c, linha) for linha in procuracoes.listar(c)]
    return {
        "versao": VERSAO,
        "escritorios": [{"cnpj": r["cnpj"], "nome": r["nome"]} for r in escritorios.escritorios(c)],
        "usuarios": [
            {"email": r["email"], "nome": r["nome"], "nivel": r["nivel"], "ativo": bool(r["ativo"])}
            | ({"escritorio": r["escritorio"]} if r["escritorio"] else {})
            for r in usuarios.listar(c)
        ],
        "procuracoes": [_do_acesso(a) for a in acessos],
    }


def _do_acesso(a: Acesso) -> dict[str, Any]:
    campos = {
        "escritorio": a.escritorio,
        "nome": a.nome,
        "esfera": a.esfera.value,
        "tipo": a.tipo.value,
        "orgao": a.orgao,
        "login": a.login,
        "titular": a.titular,
        "certificado": a.certificado,
        "certificado_empresa": a.certificado_cnpj,
        "valida_ate": a.validade.ate.isoformat() if a.validade.ate else None,
        "validade_dias": a.validade.dias,
        "validade_meses": a.validade.meses,
        "clientes": list(a.clientes) or None,
        "ativo": a.ativo,
    }
    return {k: v for k, v in campos.items() if v is not None}


# --- in: reading -----------------------------------------------------------------------------------------------------


def ler(conteudo: bytes, arquivo: Path) -> Lido | list[ErroConfig]:
    """Returns the file's registries, or everything that is wrong with it. `arquivo` only names it."""
    raiz = compor(conteudo)
    if isinstance(raiz, ErroConfig):
        return [raiz]
    leitor = Leitor(arquivo, arquivo.parent)
    topo = mapear(raiz, "", leitor.erros)
    _conhecer(leitor, topo, _TOPO)
    if leitor.inteiro(topo, "versao", VERSAO, 1) != VERSAO:
        leitor.errar(f"este programa lê a versão {VERSAO}", topo.nos["versao"], "versao")
    lido = Lido(
        [_escritorio(leitor, m) for m in leitor.lista_de_mapas(topo, "escritorios")],
        [_usuario(leitor, m) for m in leitor.lista_de_mapas(topo, "usuarios")],
        [(m.linha, _acesso(leitor, m)) for m in leitor.lista_de_mapas(topo, "procuracoes")],
    )
    _sem_repetidos(leitor, "usuarios", [(n, e) for n, e, *_ in lido.usuarios])
    return sorted(leitor.erros, key=lambda e: e.linha or 0) or lido


def _conhecer(leitor: Leitor, mapa: Mapa, chaves: tuple[str, ...]) -> None:
    for nome, no in list(mapa.nos.items()):
        if nome not in chaves and _SEGREDO.search(nome):
            leitor.errar("segredos não viajam neste arquivo; tire a chave", no, mapa.chave(nome))
            del mapa.nos[nome]
    leitor.conhecer(mapa, chaves)


def _texto(leitor: Leitor, mapa: Mapa, nome: str) -> str:
    return leitor.escalar(mapa, nome, obrigatoria=True) or ""


def _documento(leitor: Leitor, mapa: Mapa, nome: str) -> str | None:
    texto = leitor.escalar(mapa, nome)
    return "".join(c for c in texto if c.isalnum()).upper() if texto is not None else None


def _escritorio(leitor: Leitor, mapa: Mapa) -> tuple[int, str, str]:
    _conhecer(leitor, mapa, _DO_ESCRITORIO)
    _texto(leitor, mapa, "cnpj")
    return mapa.linha, _documento(leitor, mapa, "cnpj") or "", _texto(leitor, mapa, "nome")


def _usuario(leitor: Leitor, mapa: Mapa) -> tuple[int, str, str, Nivel, bool, str | None]:
    _conhecer(leitor, mapa, _DO_USUARIO)
    email = _texto(leitor, mapa, "email")
    normal = regras_de_acesso.email_normal(email)
    if email and normal is None:
        leitor.errar(f'"{email}" não é um endereço de e-mail', mapa.nos["email"], mapa.chave("email"))
    _texto(leitor, mapa, "nivel")
    nivel = leitor.escolha(mapa, "nivel", Nivel, Nivel.CONSULTA)
    nome, ativo = _texto(leitor, mapa, "nome"), leitor.booleano(mapa, "ativo", padrao=True)
    return mapa.linha, normal or "", nome, nivel, ativo, _documento(leitor, mapa, "escritorio")


def _acesso(leitor: Leitor, mapa: Mapa) -> Acesso:
    _conhecer(leitor, mapa, _DO_ACESSO)
    _texto(leitor, mapa, "escritorio")
    tipo = tipo_de(_texto(leitor, mapa, "tipo"))
    if tipo is None and "tipo" in mapa.nos:
        leitor.errar(f"os tipos são: {', '.join(TipoAcesso)}", mapa.nos["tipo"], mapa.chave("tipo"))
    _texto(leitor, mapa, "esfera")
    lido = Acesso(
        escritorio=_documento(leitor, mapa, "escritorio") or "",
        nome=_texto(leitor, mapa, "nome"),
        esfera=leitor.escolha(mapa, "esfera", Esfera, Esfera.FEDERAL),
        tipo=tipo or TipoAcesso.LOGIN,
        orgao=orgao_normal(leitor.escalar(mapa, "orgao") or "") or None,
        login=leitor.escalar(mapa, "login"),
        titular=_documento(leitor, mapa, "titular"),
        certificado=leitor.escalar(mapa, "certificado"),
        certificado_cnpj=_documento(leitor, mapa, "certificado_empresa"),
        validade=_validade(leitor, mapa),
        clientes=tuple("".join(c for c in t if c.isalnum()).upper() for t, _ in leitor.textos(mapa, "clientes")),
        ativo=leitor.booleano(mapa, "ativo", padrao=True),
    )
    if tipo is not None and lido.nome:
        for problema in problemas(lido):
            leitor.errar(problema, mapa.linha, mapa.caminho)
    return lido


def _validade(leitor: Leitor, mapa: Mapa) -> Validade:
    texto = leitor.escalar(mapa, "valida_ate")
    ate = None
    if texto is not None:
        try:
            ate = date.fromisoformat(texto)
        except ValueError:
            mensagem = f'"{texto}" não é uma data; escreva AAAA-MM-DD'
            leitor.errar(mensagem, mapa.nos["valida_ate"], mapa.chave("valida_ate"))
    dias, meses = leitor.inteiro(mapa, "validade_dias", None, 1), leitor.inteiro(mapa, "validade_meses", None, 1)
    return Validade(ate, dias, meses)


def _sem_repetidos(leitor: Leitor, nome: str, valores: list[tuple[int, str]]) -> None:
    vistos: dict[str, int] = {}
    for linha, valor in valores:
        if valor and valor in vistos:
            leitor.errar(f"{valor} já está na linha {vistos[valor]}", linha, nome)
        vistos.setdefault(valor, linha)


# --- in: writing -----------------------------------------------------------------------------------------------------


class _RecusadoError(Exception):
    """Takes the whole import back."""

    def __init__(self, erro: ErroConfig) -> None:
        super().__init__(erro.mensagem)
        self.erro = erro


def importar(banco: Banco, lido: Lido, *, quem: str, agora: datetime) -> Contagem | ErroConfig:
    """Adds and changes what the file says. What it does not name stays, and passwords and secrets are never touched."""
    feito = Contagem()
    try:
        with banco.transacao():
            for linha, cnpj, nome in lido.escritorios:
                _ou_desfaz(linha, servico_procuracoes.gravar_escritorio(banco, cnpj, nome, quem=quem, agora=agora))
                feito.escritorios += 1
            # Administrators come first: at every instant at least one exists.
            for u in sorted(lido.usuarios, key=lambda u: not (u[3] is Nivel.ADMINISTRADOR and u[4])):
                _gravar_usuario(banco, u, quem=quem, agora=agora)
                feito.usuarios += 1
            for linha, a in lido.acessos:
                if not _gravar_acesso(banco, linha, a, quem=quem, agora=agora):
                    feito.sem_senha.append(a.nome)
                feito.acessos += 1
    except _RecusadoError as recusado:
        return recusado.erro
    return feito


def _ou_desfaz(linha: int, feito: object) -> None:
    if isinstance(feito, Negativa):
        raise _RecusadoError(ErroConfig(feito.mensagem, linha))


def _gravar_usuario(
    banco: Banco, u: tuple[int, str, str, Nivel, bool, str | None], *, quem: str, agora: datetime
) -> None:
    linha, email, nome, nivel, ativo, escritorio = u
    if usuarios.por_email(banco, email) is None:
        _ou_desfaz(linha, servico_usuarios.incluir(banco, email, nome, nivel, escritorio, quem=quem, agora=agora))
    mudanca = servico_usuarios.Mudanca(nome, nivel, ativo, escritorio or "")
    _ou_desfaz(linha, servico_usuarios.alterar(banco, email, mudanca, quem=quem, agora=agora))


def _gravar_acesso(banco: Banco, linha: int, a: Acesso, *, quem: str, agora: datetime) -> bool:
    """Adds or changes an access. Returns whether it is complete without a password being given now."""
    antigas = procuracoes.achar(banco, a.nome, a.escritorio)
    if not antigas:
        _ou_desfaz(linha, servico_procuracoes.incluir(banco, a, quem=quem, agora=agora))
        return a.tipo is TipoAcesso.CERTIFICADO
    antigo = procuracoes.acesso(banco, antigas[0])
    if antigo.tipo is not a.tipo:
        raise _RecusadoError(ErroConfig(f"o acesso {a.nome} já existe com o tipo {antigo.tipo}, que não muda", linha))
    novo = replace(a, senha_em=antigo.senha_em)
    _ou_desfaz(linha, servico_procuracoes.alterar(banco, antigas[0]["id"], novo, quem=quem, agora=agora))
    return a.tipo is TipoAcesso.CERTIFICADO or antigas[0]["segredo_id"] is not None
