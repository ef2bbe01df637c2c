"""Keeps powers of attorney and accesses: registers them, holds their secrets in the vault, warns of their expiry.

Whoever depends on an access looks at its `Estado`, which says why it may not be used. What is behind a login or a code
is a portal without an official interface: the program keeps the secret and enters nowhere.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from sqlite3 import Connection, Row

from separador.acesso.banco import auditoria, escritorios
from separador.acesso.banco.auditoria import Conexao
from separador.banco.conexao import Banco
from separador.banco.instante import instante_de, texto_de
from separador.capacidades.avisos import banco as avisos
from separador.capacidades.avisos.dominio import Validade
from separador.capacidades.certificados import banco as certificados
from separador.capacidades.procuracoes import banco as procuracoes
from separador.capacidades.procuracoes import dominio
from separador.capacidades.procuracoes.dominio import Acesso, TipoAcesso, UsoDeAcesso
from separador.capacidades.procuracoes.dominio import Validade as ValidadeDoAcesso
from separador.cofre.cofre import Cofre
from separador.configuracao import Configuracao
from separador.motor.contexto import Contexto
from separador.nucleo import capacidade
from separador.nucleo.chave import cnpj_valido
from separador.nucleo.fuso import fuso_da_uf
from separador.nucleo.negativa import Negativa

_ASSUNTO = "procuracao:"
_DISTRITO_FEDERAL = "53"
_QUANTOS_NOMES = 5


@dataclass(frozen=True, slots=True)
class Estado:
    """An access as lists show it. `fim`: the last instant at which it is good; `vencimento`: that day, in Brasília.

    `recusa`: the reason why it may not be used now. `pessoa`: CNPJ or CPF of the holder of its certificate, also of one
    that was taken out; the company that it names, while no such certificate was ever installed; None for other kinds.
    `senha_por`: who gave the secret. `tipo_do_certificado`: A1 or A3, None while there is none.
    """

    id: int
    acesso: Acesso
    fim: datetime | None
    tem_segredo: bool
    recusa: str | None
    pessoa: str | None = None
    senha_por: str | None = None
    tipo_do_certificado: str | None = None

    @property
    def vencimento(self) -> date | None:
        """Returns the last day."""
        return hoje_de(self.fim) if self.fim is not None else None


def hoje_de(agora: datetime) -> date:
    """Returns the calendar day in Brasília."""
    return agora.astimezone(fuso_da_uf(_DISTRITO_FEDERAL)).date()


# --- registry --------------------------------------------------------------------------------------------------------


def gravar_escritorio(
    banco: Banco, cnpj: str, nome: str, *, quem: str, agora: datetime, acao: str | None = None
) -> Negativa | None:
    """Registers an office, or renames it."""
    if not cnpj_valido(cnpj):
        return Negativa("SEP-ESCRITORIO", f"O CNPJ {cnpj} não confere. Nada foi mudado.")
    if not nome.strip() or len(nome) > dominio.NOME_MAXIMO or not nome.isprintable():
        mensagem = f"O nome do escritório deve ter de 1 a {dominio.NOME_MAXIMO} caracteres visíveis. Nada foi mudado."
        return Negativa("SEP-ESCRITORIO", mensagem)
    with banco.transacao():
        escritorios.gravar_escritorio(banco, cnpj, nome.strip(), texto_de(agora))
        alvo, detalhe = (cnpj, nome.strip()) if acao is None else (acao, f"{cnpj} {nome.strip()}")
        auditoria.registrar(banco, texto_de(agora), quem, "escritório gravado", alvo, detalhe=detalhe)
    return None


def incluir(banco: Banco, a: Acesso, *, quem: str, agora: datetime, acao: str | None = None) -> int | Negativa:
    """Registers an access without secret. A validity that is known and was not said is put in (SEFAZ-MT: 3 months)."""
    a = habitual(replace(a, nome=a.nome.strip()))
    with banco.transacao():
        negativa = _recusado(banco, a, proprio=None)
        if negativa is not None:
            return negativa
        numero = procuracoes.inserir(banco, a, texto_de(agora))
        _anotar(banco, agora, quem, "procuração incluída", a, a.tipo, acao)
    return numero


def habitual(a: Acesso) -> Acesso:
    """Returns the access with the validity that its organ gives, where none was said."""
    if a.validade != ValidadeDoAcesso():
        return a
    return replace(a, validade=dominio.validade_habitual(a.tipo, a.orgao))


def _alvo(a: Acesso) -> str:
    return f"{a.nome} ({a.escritorio})"


def _anotar(banco: Banco, agora: datetime, quem: str, o_que: str, a: Acesso, dito: str, acao: str | None) -> None:
    """Writes the row of the audit trail; where that names the action, the access stands in the detail."""
    detalhe = dito if acao is None else "; ".join(x for x in (_alvo(a), dito) if x)
    auditoria.registrar(banco, texto_de(agora), quem, o_que, acao or _alvo(a), detalhe=detalhe)


def _recusado(banco: Banco, a: Acesso, proprio: int | None) -> Negativa | None:
    achados = dominio.problemas(a)
    if not achados and escritorios.escritorio(banco, a.escritorio) is None:
        achados = [f"Não há escritório com o CNPJ {a.escritorio}; inclua-o com: separador procuracao escritorio"]
    if any(r["id"] != proprio for r in procuracoes.achar(banco, a.nome, a.escritorio)):
        achados.append(f"O escritório {a.escritorio} já tem um acesso chamado {a.nome}.")
    return Negativa("SEP-PROCURACAO", " ".join([*achados, "Nada foi mudado."])) if achados else None


def alterar(
    banco: Banco, numero: int, novo: Acesso, *, quem: str, agora: datetime, acao: str | None = None
) -> Negativa | None:
    """Changes, activates or deactivates an access. Its office stays."""
    with banco.transacao():
        negativa = _recusado(banco, novo, proprio=numero)
        if negativa is not None:
            return negativa
        procuracoes.alterar(banco, numero, novo, texto_de(agora))
        _anotar(banco, agora, quem, "procuração alterada", novo, "ativo" if novo.ativo else "inativo", acao)
    return None


def sem_certificado(banco: Banco, a: Acesso) -> Negativa | None:
    """Refuses an access by certificate whose apelido names no installed one.

    An import of registries does not ask: there the accesses come before the certificates.
    """
    if a.tipo is not TipoAcesso.CERTIFICADO or not a.certificado:
        return None
    empresa = a.certificado_cnpj or a.escritorio
    if certificados.por_apelido(banco, empresa, a.certificado) is not None:
        return None
    ha = ", ".join(str(r["apelido"]) for r in certificados.ativos(banco, empresa))
    outros = f"os que há: {ha}" if ha else "não há nenhum"
    mensagem = (
        f"A empresa {empresa} não tem certificado com o apelido {a.certificado} ({outros}). Instale-o com este comando"
        " e --pfx ARQUIVO, ou diga de que empresa ele é com --certificado-empresa CNPJ. Nada foi mudado."
    )
    return Negativa("SEP-PROCURACAO", mensagem)


def excluir(
    banco: Banco,
    cofre: Cofre | None,
    numero: int,
    em_uso: list[UsoDeAcesso],
    *,
    quem: str,
    agora: datetime,
    acao: str | None = None,
) -> Negativa | None:
    """Deletes an access and its secret. `em_uso`: what goes by it now; while there is something, it stays."""
    linha = procuracoes.por_id(banco, numero)
    if linha is None:
        return Negativa("SEP-PROCURACAO-DESCONHECIDA", "O acesso não existe mais.")
    a = procuracoes.acesso_com(linha, ())
    negativa = _depende(a, [u for u in em_uso if u.acesso_id == numero])
    if negativa is not None:
        return negativa
    with banco.transacao():
        if linha["segredo_id"] is not None and cofre is not None:
            cofre.apagar(linha["segredo_id"])
        procuracoes.excluir(banco, numero)
        avisos.esquecer(banco, f"{_ASSUNTO}{numero}")
        _anotar(banco, agora, quem, "procuração excluída", a, a.tipo, acao)
    return None


def _depende(a: Acesso, deste: list[UsoDeAcesso]) -> Negativa | None:
    """Refuses to delete an access by which something goes, or which keeps a person from being used."""
    em_uso, presos = [u for u in deste if u.segura is None], [u for u in deste if u.segura is not None]
    if em_uso:
        mensagem = (
            f"O acesso {a.nome} está em uso por {_nomes(em_uso)}. Tire os clientes dele (separador procuracao alterar)"
            f' ou desative-o antes (separador procuracao desativar "{a.nome}"). Nada foi mudado.'
        )
        return Negativa("SEP-PROCURACAO-EM-USO", mensagem)
    if presos:
        mensagem = (
            f"Sem o acesso {a.nome}, que não serve agora, {presos[0].segura} voltaria a ser usado: a configuração o diz"
            f" procurador de {_nomes(presos)}. Tire antes a chave procurador dessas empresas. Nada foi mudado."
        )
        return Negativa("SEP-PROCURACAO-EM-USO", mensagem)
    return None


def _nomes(usos: list[UsoDeAcesso]) -> str:
    mais = f" e mais {len(usos) - _QUANTOS_NOMES}" if len(usos) > _QUANTOS_NOMES else ""
    return ", ".join(f"{u.nome} ({u.uso})" for u in usos[:_QUANTOS_NOMES]) + mais


def usos_de_agora(c: Connection, config: Configuracao, agora: datetime) -> list[UsoDeAcesso]:
    """Returns what goes by accesses now, of every capability that uses some."""
    return [uso for usos in capacidade.de_cada("usos_de_acesso") for uso in usos(c, config, agora)]


def que_voltam(antes: list[UsoDeAcesso], depois: list[UsoDeAcesso], numero: int) -> str:
    """Says who is used again, since an order, for clients that the access `numero`, which may not be used, kept from
    him."""
    ainda = {(u.uso, u.cliente) for u in depois if u.acesso_id == numero}
    soltos = [u for u in antes if u.acesso_id == numero and u.segura and (u.uso, u.cliente) not in ainda]
    return "".join(
        f" De agora em diante vale de novo o procurador da configuração ({pessoa}) para"
        f" {_nomes([u for u in soltos if u.segura == pessoa])}: só este acesso, que não serve agora, o impedia. Para"
        " que não seja usado, tire a chave procurador dessas empresas."
        for pessoa in sorted({u.segura for u in soltos if u.segura})
    )


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
    banco: Banco,
    cofre: Cofre,
    linha: Row,
    partes: dict[str, str],
    *,
    trocada_em: date,
    quem: str,
    agora: datetime,
    acao: str | None = None,
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
        procuracoes.ligar_segredo(banco, linha["id"], numero, trocada_em.isoformat(), quem, quando)
        _anotar(banco, agora, quem, "senha de procuração guardada", a, "", acao)
    return None


# --- state and warnings ----------------------------------------------------------------------------------------------


def estados(c: Conexao, agora: datetime, escritorio: str | None = None) -> list[Estado]:
    """Returns every access (of one office), with its expiry and whether it may be used."""
    return [_estado(c, linha, procuracoes.acesso(c, linha), agora) for linha in procuracoes.listar(c, escritorio)]


def estado(c: Conexao, linha: Row, agora: datetime) -> Estado:
    """Returns one access."""
    return _estado(c, linha, procuracoes.acesso(c, linha), agora)


def da_receita(c: Conexao, cliente: str, agora: datetime) -> list[Estado]:
    """Returns the federal accesses by certificate that cover a client, of whatever office: those that may be used
    first, the one that is good longest before the others. Their `acesso` names no other client."""
    acessos = [(linha, procuracoes.acesso_com(linha, (cliente,))) for linha in procuracoes.do_cliente(c, cliente)]
    todos = [_estado(c, linha, a, agora) for linha, a in acessos if a.da_receita]
    sem_fim = datetime.max.replace(tzinfo=UTC)
    return sorted(todos, key=lambda e: (e.recusa is not None, -(e.fim or sem_fim).timestamp()))


def _estado(c: Conexao, linha: Row, a: Acesso, agora: datetime) -> Estado:
    certificado, pessoa = None, None
    tem = linha["segredo_id"] is not None
    if a.tipo is TipoAcesso.CERTIFICADO:
        pessoa = a.certificado_cnpj or a.escritorio
        certificado = procuracoes.certificado(c, pessoa, a.certificado or "")
        tem = certificado is not None and certificado["removido_em"] is None
    ate = dominio.fim(a, instante_de(certificado["validade_ate"]) if certificado is not None else None)
    recusa = dominio.uso_recusado(a, ate, agora, tem_segredo=tem)
    if certificado is not None:
        pessoa = certificado["cnpj"] or certificado["cpf"] or pessoa
    senha_por = linha["senha_por"] if "senha_por" in linha.keys() else None  # noqa: SIM118 -- a Row has no `in`
    tipo = certificado["tipo"] if certificado is not None else None
    return Estado(linha["id"], a, ate, tem, recusa, pessoa, senha_por, tipo)


def validades(contexto: Contexto) -> list[Validade]:
    """Returns the expiries of the active accesses, each with the access's name, for `avisos.servico`."""
    return [
        Validade(f"{_ASSUNTO}{e.id}", _nome(e.acesso), e.fim.replace(microsecond=0), dominio.como_renovar(e.acesso))
        for e in estados(contexto.banco, contexto.agora())
        if e.acesso.ativo and e.fim is not None
    ]


def _nome(a: Acesso) -> str:
    return f"O acesso {a.nome} (escritório {a.escritorio})"
