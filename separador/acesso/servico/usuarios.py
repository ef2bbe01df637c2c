"""Creates users without password, changes and deactivates them. A password is set only by one-time code."""

from dataclasses import dataclass
from datetime import datetime

from separador.acesso import dominio as acesso
from separador.acesso.banco import auditoria, escritorios, usuarios
from separador.acesso.banco.usuarios import NovoUsuario
from separador.acesso.dominio import Nivel
from separador.acesso.senhas import Senhas, novo_codigo, resumo_do_codigo
from separador.acesso.servico.autorizacao import Autor
from separador.banco.conexao import Banco
from separador.banco.instante import instante_de, texto_de
from separador.nucleo.falha import como_negativa
from separador.nucleo.fuso import dia_e_hora
from separador.nucleo.negativa import Negativa

NOME_MAXIMO = 100


@dataclass(frozen=True, slots=True)
class Codigo:
    """A one-time code, to be handed to its user and kept nowhere."""

    email: str
    nome: str
    codigo: str
    expira_em: datetime
    primeira: bool

    def link(self, url: str | None) -> str | None:
        """Returns the page of the panel that takes the code. A fragment reaches no log and no proxy."""
        return f"{url}/senha/definir#codigo={self.codigo}" if url else None

    def texto(self, url: str | None) -> str:
        """Returns what is told to the person: the code, until when it is good, where it is used (Portuguese)."""
        ate = dia_e_hora(self.expira_em, segundos=False)
        o_que = "definir a primeira senha" if self.primeira else "definir uma senha nova"
        link = self.link(url)
        no_painel = f"\nNo painel: {link}" if link is not None else ""
        return (
            f"Código para {self.nome} ({self.email}) {o_que}:\n\n    {self.codigo}\n\n"
            f"Vale uma vez, até {ate}. Use com: separador usuario definir-senha{no_painel}"
        )


@dataclass(frozen=True, slots=True)
class Mudanca:
    """The changes of a user; None = leave. `escritorio` "" = none."""

    nome: str | None = None
    nivel: Nivel | None = None
    ativo: bool | None = None
    escritorio: str | None = None


def incluir(
    banco: Banco,
    email: str,
    nome: str,
    nivel: Nivel,
    escritorio: str | None,
    *,
    quem: str,
    agora: datetime,
    ativo: bool = True,
    acao: str | None = None,
) -> str | Negativa:
    """Registers a user. Returns the normalised e-mail. The first user must be able to administer."""
    normal = acesso.email_normal(email)
    if normal is None:
        return Negativa("SEP-USUARIO-EMAIL", f'"{email}" não é um endereço de e-mail. Nada foi mudado.')
    quando = texto_de(agora)
    with banco.transacao():
        negativa = _nome_recusado(nome) or _inclusao_recusada(banco, normal, nivel, escritorio, ativo=ativo)
        if negativa is not None:
            return negativa
        usuarios.inserir(banco, NovoUsuario(normal, nome.strip(), nivel, escritorio or None, ativo), quando)
        detalhe = f"nível {nivel}" if ativo else f"nível {nivel}, inativo"
        _anotar(banco, quando, quem, "usuário incluído", normal, acao, detalhe)
    return normal


def _anotar(
    banco: Banco, quando: str, quem: str, o_que: str, email: str, acao: str | None = None, detalhe: str = ""
) -> None:
    """Records a change of a user. What the panel did names the action there, and the user in the detail, as its orders
    do."""
    dito = "; ".join(x for x in (email, detalhe) if x) if acao else detalhe
    auditoria.registrar(banco, quando, quem, o_que, acao or email, detalhe=dito)


def _nome_recusado(nome: str) -> Negativa | None:
    if not nome.strip() or len(nome) > NOME_MAXIMO or not nome.isprintable():
        mensagem = f"O nome deve ter de 1 a {NOME_MAXIMO} caracteres visíveis. Nada foi mudado."
        return Negativa("SEP-USUARIO-NOME", mensagem)
    return None


def _inclusao_recusada(
    banco: Banco, email: str, nivel: Nivel, escritorio: str | None, *, ativo: bool
) -> Negativa | None:
    if usuarios.por_email(banco, email) is not None:
        return Negativa("SEP-USUARIO-REPETIDO", f"Já há um usuário com o e-mail {email}. Nada foi mudado.")
    if not usuarios.ha_usuarios(banco) and not (nivel is Nivel.ADMINISTRADOR and ativo):
        return como_negativa("SEP-USUARIO-PRIMEIRO")
    return _escritorio_recusado(banco, escritorio)


def _escritorio_recusado(banco: Banco, escritorio: str | None) -> Negativa | None:
    if escritorio and escritorios.escritorio(banco, escritorio) is None:
        mensagem = f"Não há escritório com o CNPJ {escritorio}; inclua-o com: separador procuracao escritorio"
        return Negativa("SEP-ESCRITORIO", mensagem)
    return None


def alterar(
    banco: Banco, email: str, m: Mudanca, *, quem: str, agora: datetime, acao: str | None = None
) -> Negativa | None:
    """Changes, activates or deactivates a user.

    Somebody must be left to administer. A deactivated user is out at once.
    """
    quando = texto_de(agora)
    with banco.transacao():
        linha = usuarios.por_email(banco, acesso.email_normal(email) or "")
        if linha is None:
            return sem_usuario(email)
        nome = linha["nome"] if m.nome is None else m.nome.strip()
        nivel = m.nivel or Nivel(linha["nivel"])
        ativo = bool(linha["ativo"]) if m.ativo is None else m.ativo
        escritorio = linha["escritorio"] if m.escritorio is None else m.escritorio or None
        motivo = acesso.mudanca_recusada(usuarios.conta(banco, linha), nivel, ativo)
        negativa = Negativa("SEP-USUARIO-ULTIMO", motivo) if motivo else None
        negativa = negativa or _nome_recusado(nome) or _escritorio_recusado(banco, escritorio)
        if negativa is not None:
            return negativa
        usuarios.alterar(banco, linha["id"], nome=nome, nivel=nivel, ativo=ativo, escritorio=escritorio, quando=quando)
        if not ativo:
            usuarios.encerrar_sessoes(banco, linha["id"], quando)
            usuarios.anular_codigos(banco, linha["id"], quando)
        detalhe = f"nível {nivel}, {'ativo' if ativo else 'inativo'}"
        _anotar(banco, quando, quem, "usuário alterado", linha["email"], acao, detalhe)
    return None


def sem_usuario(email: str) -> Negativa:
    """Returns the refusal for an address that nobody has."""
    return Negativa("SEP-USUARIO-DESCONHECIDO", f"Não há usuário com o e-mail {email}. Nada foi mudado.")


def emitir_codigo(
    banco: Banco, email: str, *, quem: str, agora: datetime, acao: str | None = None
) -> Codigo | Negativa:
    """Returns a new one-time code.

    Older ones of the same user are invalid then. It lasts longer for a first password.
    """
    codigo = novo_codigo()
    quando = texto_de(agora)
    with banco.transacao():
        linha = usuarios.por_email(banco, acesso.email_normal(email) or "")
        if linha is None:
            return sem_usuario(email)
        if not linha["ativo"]:
            mensagem = f"O usuário {linha['email']} está desativado; um administrador deve ativá-lo antes."
            return Negativa("SEP-ACESSO-INATIVO", mensagem)
        primeira = linha["senha"] is None
        expira = agora + (acesso.VALIDADE_PRIMEIRA_SENHA if primeira else acesso.VALIDADE_RECUPERACAO)
        usuarios.guardar_codigo(banco, resumo_do_codigo(codigo), linha["id"], quando, texto_de(expira))
        _anotar(banco, quando, quem, "código de senha emitido", linha["email"], acao)
    return Codigo(linha["email"], linha["nome"], codigo, expira, primeira)


def pedir_codigo(banco: Banco, email: str, *, quem: str, agora: datetime) -> Codigo | Negativa:
    """Returns a new code for whoever asked without showing who it is, unless one was given minutes ago: else a stranger
    could annul each one before it is used."""
    linha = usuarios.por_email(banco, acesso.email_normal(email) or "")
    desde = texto_de(agora - acesso.PAUSA_ENTRE_CODIGOS)
    if linha is not None and usuarios.tem_codigo_desde(banco, linha["id"], desde, texto_de(agora)):
        return Negativa("SEP-CODIGO", "Já há um código de há poucos minutos; ele continua valendo.")
    return emitir_codigo(banco, email, quem=quem, agora=agora)


def definir_senha(
    banco: Banco, senhas: Senhas, codigo: str, senha: str, agora: datetime, acao: str | None = None
) -> str | Negativa:
    """Sets the password of the code's owner. Returns the e-mail. A password that is refused leaves the code valid."""
    resumo_codigo, quando = resumo_do_codigo(codigo), texto_de(agora)
    achado = _do_codigo(banco, resumo_codigo, agora)
    if isinstance(achado, Negativa):
        return achado
    usuario_id, email, nome = achado
    motivo = acesso.senha_recusada(senha, email, nome)
    if motivo is not None:
        return Negativa("SEP-SENHA-FRACA", f"{motivo} Nada foi mudado; o código continua valendo.")
    resumo = senhas.resumir(senha)  # slow: outside the transaction, which looks at the code again
    with banco.transacao():
        achado = _do_codigo(banco, resumo_codigo, agora)
        if isinstance(achado, Negativa):
            return achado
        usuarios.definir_senha(banco, usuario_id, resumo, quando)
        _anotar(banco, quando, email, "senha definida", email, acao)
    return email


def _do_codigo(banco: Banco, resumo: str, agora: datetime) -> tuple[int, str, str] | Negativa:
    linha = usuarios.codigo(banco, resumo)
    dono = usuarios.por_id(banco, linha["usuario_id"]) if linha is not None else None
    if linha is None or dono is None:
        return Negativa("SEP-CODIGO", "Este código não existe; confira se foi copiado inteiro. Nada foi mudado.")
    usado = instante_de(linha["usado_em"]) if linha["usado_em"] else None
    motivo = acesso.codigo_recusado(instante_de(linha["criado_em"]), instante_de(linha["expira_em"]), usado, agora)
    if motivo is not None:
        return Negativa("SEP-CODIGO", f"{motivo}. Nada foi mudado.")
    if not dono["ativo"]:
        return Negativa("SEP-ACESSO-INATIVO", f"O usuário {dono['email']} está desativado. Nada foi mudado.")
    return int(dono["id"]), str(dono["email"]), str(dono["nome"])


def trocar_senha(
    banco: Banco, senhas: Senhas, autor: Autor, nova: str, agora: datetime, acao: str | None = None
) -> Negativa | None:
    """Sets another password for a user who has just given the present one. All sessions end."""
    linha = usuarios.por_email(banco, autor.quem)
    if linha is None or not autor.com_senha:
        return sem_usuario(autor.quem)
    motivo = acesso.senha_recusada(nova, linha["email"], linha["nome"])
    if motivo is not None:
        return Negativa("SEP-SENHA-FRACA", f"{motivo} Nada foi mudado.")
    resumo, quando = senhas.resumir(nova), texto_de(agora)
    with banco.transacao():
        usuarios.definir_senha(banco, linha["id"], resumo, quando)
        _anotar(banco, quando, autor.quem, "senha definida", autor.quem, acao)
    return None


def encerrar_sessoes(
    banco: Banco, email: str, *, quem: str, agora: datetime, menos: str = "", acao: str | None = None
) -> int | Negativa:
    """Ends the sessions of a user, but the one whose digest is `menos`. Returns how many."""
    quando = texto_de(agora)
    with banco.transacao():
        linha = usuarios.por_email(banco, acesso.email_normal(email) or "")
        if linha is None:
            return sem_usuario(email)
        quantas = usuarios.encerrar_outras(banco, linha["id"], menos, quando)
        _anotar(banco, quando, quem, "sessões encerradas", linha["email"], acao, str(quantas))
    return quantas
