"""Keeps powers of attorney and accesses: registers them, holds their secrets in the vault, warns of their expiry.

Whoever depends on an access calls `exigir`, which never gives an expired one.
"""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from sqlite3 import Row

from separador.acesso.banco import auditoria, escritorios
from separador.acesso.banco.auditoria import Conexao
from separador.banco.conexao import Banco
from separador.banco.instante import instante_de, texto_de
from separador.capacidades.avisos.dominio import Validade
from separador.capacidades.procuracoes import banco as procuracoes
from separador.capacidades.procuracoes import dominio
from separador.capacidades.procuracoes.dominio import Acesso, TipoAcesso
from separador.capacidades.procuracoes.dominio import Validade as ValidadeDoAcesso
from separador.cofre.cofre import Cofre, CofreError
from separador.motor.contexto import Contexto
from separador.nucleo.chave import cnpj_valido
from separador.nucleo.fuso import fuso_da_uf
from separador.nucleo.negativa import Negativa

_ASSUNTO = "procuracao:"
_DISTRITO_FEDERAL = "53"


@dataclass(frozen=True, slots=True)
class Liberado:
    """An access that may be used today."""

    id: int
    acesso: Acesso
    segredo_id: int | None


@dataclass(frozen=True, slots=True)
class Estado:
    """An access as lists show it. `recusa`: the reason why it may not be used now."""

    id: int
    acesso: Acesso
    vencimento: date | None
    tem_segredo: bool
    recusa: str | None


def hoje_de(agora: datetime) -> date:
    """Returns the calendar day in Brasília."""
    return agora.astimezone(fuso_da_uf(_DISTRITO_FEDERAL)).date()


# --- registry --------------------------------------------------------------------------------------------------------


def gravar_escritorio(banco: Banco, cnpj: str, nome: str, *, quem: str, agora: datetime) -> Negativa | None:
    """Registers an office, or renames it."""
    if not cnpj_valido(cnpj):
        return Negativa("SEP-ESCRITORIO", f"O CNPJ {cnpj} não confere. Nada foi mudado.")
    if not nome.strip() or len(nome) > dominio.NOME_MAXIMO or not nome.isprintable():
        mensagem = f"O nome do escritório deve ter de 1 a {dominio.NOME_MAXIMO} caracteres visíveis. Nada foi mudado."
        return Negativa("SEP-ESCRITORIO", mensagem)
    with banco.transacao():
        escritorios.gravar_escritorio(banco, cnpj, nome.strip(), texto_de(agora))
        auditoria.registrar(banco, texto_de(agora), quem, "escritório gravado", cnpj, detalhe=nome.strip())
    return None


def incluir(banco: Banco, a: Acesso, *, quem: str, agora: datetime) -> int | Negativa:
    """Registers an access without secret. A validity that is known and was not said is put in (SEFAZ-MT: 3 months)."""
    a = _habitual(replace(a, nome=a.nome.strip()))
    with banco.transacao():
        negativa = _recusado(banco, a, proprio=None)
        if negativa is not None:
            return negativa
        numero = procuracoes.inserir(banco, a, texto_de(agora))
        auditoria.registrar(banco, texto_de(agora), quem, "procuração incluída", _alvo(a), detalhe=a.tipo.value)
    return numero


def _habitual(a: Acesso) -> Acesso:
    if a.validade != ValidadeDoAcesso():
        return a
    return replace(a, validade=dominio.validade_habitual(a.tipo, a.esfera, a.nome))


def _alvo(a: Acesso) -> str:
    return f"{a.nome} ({a.escritorio})"


def _recusado(banco: Banco, a: Acesso, proprio: int | None) -> Negativa | None:
    achados = dominio.problemas(a)
    if not achados and escritorios.escritorio(banco, a.escritorio) is None:
        achados = [f"Não há escritório com o CNPJ {a.escritorio}; inclua-o com: separador procuracao escritorio"]
    if any(r["id"] != proprio for r in procuracoes.achar(banco, a.nome, a.escritorio)):
        achados.append(f"O escritório {a.escritorio} já tem um acesso chamado {a.nome}.")
    return Negativa("SEP-PROCURACAO", " ".join([*achados, "Nada foi mudado."])) if achados else None


def alterar(banco: Banco, numero: int, novo: Acesso, *, quem: str, agora: datetime) -> Negativa | None:
    """Changes, activates or deactivates an access. Its office stays."""
    with banco.transacao():
        negativa = _recusado(banco, novo, proprio=numero)
        if negativa is not None:
            return negativa
        procuracoes.alterar(banco, numero, novo, texto_de(agora))
        detalhe = "ativo" if novo.ativo else "inativo"
        auditoria.registrar(banco, texto_de(agora), quem, "procuração alterada", _alvo(novo), detalhe=detalhe)
    return None


def um(c: Conexao, nome: str, escritorio: str | None = None) -> Row | Negativa:
    """Returns the access of that name. The office must be said where two offices have one."""
    achadas = procuracoes.achar(c, nome, escritorio)
    if not achadas:
        return Negativa("SEP-PROCURACAO-DESCONHECIDA", f"Não há acesso chamado {nome}: separador procuracao listar")
    if len(achadas) > 1:
        quais = ", ".join(r["escritorio"] for r in achadas)
        mensagem = f"Mais de um escritório tem um acesso chamado {nome} ({quais}); diga qual com --escritorio CNPJ"
        return Negativa("SEP-PROCURACAO-AMBIGUA", mensagem)
    return achadas[0]


# --- secrets ---------------------------------------------------------------------------------------------------------


def guardar_segredo(
    banco: Banco, cofre: Cofre, linha: Row, partes: dict[str, str], *, trocada_em: date, quem: str, agora: datetime
) -> Negativa | None:
    """Keeps `partes` ("senha", and "codigo" for a código de acesso) in the vault. The validity starts again."""
    a = procuracoes.acesso(banco, linha)
    if a.tipo is TipoAcesso.CERTIFICADO:
        mensagem = "Um acesso por certificado não tem senha própria: instale o certificado (certificado instalar)."
        return Negativa("SEP-PROCURACAO", mensagem)
    esperadas = {"senha", "codigo"} if a.tipo is TipoAcesso.CODIGO else {"senha"}
    if set(partes) != esperadas or not all(partes.values()):
        quais = "o código e a senha" if a.tipo is TipoAcesso.CODIGO else "a senha"
        return Negativa("SEP-PROCURACAO", f"Falta dizer {quais} do acesso {a.nome}. Nada foi mudado.")
    if trocada_em > hoje_de(agora):
        return Negativa("SEP-PROCURACAO", "A data da troca da senha está no futuro; confira a data e o relógio.")
    segredo, quando = json.dumps(partes, ensure_ascii=False).encode(), texto_de(agora)
    with banco.transacao():
        numero = linha["segredo_id"]
        if numero is None:
            numero = cofre.guardar(f"{_ASSUNTO}{linha['id']}", segredo)
        else:
            cofre.trocar(numero, segredo)
        procuracoes.ligar_segredo(banco, linha["id"], numero, trocada_em.isoformat(), quando)
        auditoria.registrar(banco, quando, quem, "senha de procuração guardada", _alvo(a))
    return None


def exigir(c: Conexao, nome: str, agora: datetime, escritorio: str | None = None) -> Liberado | Negativa:
    """Returns the access if it may be used today, else why not, with its name.

    What depends on a refused access must not be tried.
    """
    linha = um(c, nome, escritorio)
    if isinstance(linha, Negativa):
        return linha
    estado = _estado(c, linha, hoje_de(agora))
    if estado.recusa is not None:
        return Negativa("SEP-PROCURACAO-RECUSADA", estado.recusa)
    return Liberado(estado.id, estado.acesso, linha["segredo_id"])


def segredo(cofre: Cofre, liberado: Liberado) -> dict[str, str]:
    """Returns the secret parts of an access that `exigir` gave. Raises CofreError."""
    if liberado.segredo_id is None:
        raise CofreError(f"o acesso {liberado.acesso.nome} não tem segredo próprio")
    lido: dict[str, str] = json.loads(cofre.ler(liberado.segredo_id))
    return lido


# --- state and warnings ----------------------------------------------------------------------------------------------


def estados(c: Conexao, agora: datetime) -> list[Estado]:
    """Returns every access, with its expiry and whether it may be used."""
    hoje = hoje_de(agora)
    return [_estado(c, linha, hoje) for linha in procuracoes.listar(c)]


def _estado(c: Conexao, linha: Row, hoje: date) -> Estado:
    a = procuracoes.acesso(c, linha)
    do_certificado = None
    tem = linha["segredo_id"] is not None
    if a.tipo is TipoAcesso.CERTIFICADO:
        texto = procuracoes.certificado_ate(c, a.certificado_cnpj or a.escritorio, a.certificado or "")
        do_certificado = hoje_de(instante_de(texto)) if texto is not None else None
        tem = texto is not None
    ate = dominio.vencimento(a, do_certificado)
    return Estado(linha["id"], a, ate, tem, dominio.uso_recusado(a, ate, hoje, tem_segredo=tem))


def validades(contexto: Contexto) -> list[Validade]:
    """Returns the expiries of the active accesses, each with the access's name, for `avisos.servico`."""
    return [
        Validade(f"{_ASSUNTO}{e.id}", _nome(e.acesso), _fim_do_dia(e.vencimento), dominio.como_renovar(e.acesso))
        for e in estados(contexto.banco, contexto.agora())
        if e.acesso.ativo and e.vencimento is not None
    ]


def _nome(a: Acesso) -> str:
    return f"O acesso {a.nome} (escritório {a.escritorio})"


def _fim_do_dia(dia: date) -> datetime:
    """Returns the end of the day, because an access is good through the whole of its last day."""
    return datetime.combine(dia, time(23, 59, 59), fuso_da_uf(_DISTRITO_FEDERAL))
