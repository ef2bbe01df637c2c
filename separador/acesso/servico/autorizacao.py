"""Says who acts and whether the person may: passwords, sessions, rights. Each refusal is recorded in the audit.

The module is cheap to import until a password is asked for, because commands ask here before they do anything.
"""

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row
from typing import TYPE_CHECKING

from separador.acesso import dominio as acesso
from separador.acesso.banco import auditoria, usuarios
from separador.acesso.banco.auditoria import Conexao
from separador.acesso.dominio import Direito, Nivel
from separador.acesso.falhas import TEXTOS
from separador.acesso.sessao import nova_ficha, resumo_da_ficha
from separador.banco.instante import instante_de, texto_de
from separador.nucleo.falha import como_negativa
from separador.nucleo.negativa import Aval, Negativa

if TYPE_CHECKING:
    from separador.acesso.senhas import Senhas
    from separador.banco.conexao import Banco

NAO_CONFERE = Negativa("SEP-ACESSO-SENHA", TEXTOS["SEP-ACESSO-SENHA"][0])


@dataclass(frozen=True, slots=True)
class Autor:
    """The author of an action.

    `nivel` is None for the operating-system account, while nobody is registered. `com_senha`: the password was just
    given.
    """

    quem: str
    nivel: Nivel | None = None
    com_senha: bool = False


def autenticar(
    banco: "Banco", senhas: "Senhas", email: str, senha: str, agora: datetime, para: str = ""
) -> Autor | Negativa:
    """Returns the user of this e-mail and password, or the refusal. `para`: the action for which the password is asked;
    without one, it is to come in.

    Every try is counted before it is judged, so that many tries at the same time gain nothing.
    """
    linha = _contar_tentativa(banco, acesso.email_normal(email), agora, para)
    if isinstance(linha, Negativa):
        return linha
    certa = senhas.confere(linha["senha"] if linha is not None else None, senha)
    if linha is None or not certa:
        return _recusar(banco, acesso.email_normal(email) or "?", agora, NAO_CONFERE, para)
    if not linha["ativo"]:
        inativo = Negativa(
            "SEP-ACESSO-INATIVO", f"O usuário {linha['email']} está desativado; fale com um administrador."
        )
        return _recusar(banco, linha["email"], agora, inativo, para)
    with banco.transacao():
        usuarios.anotar_falha(banco, linha["id"], 0, None)
        if senhas.desatualizado(linha["senha"]):
            usuarios.trocar_resumo(banco, linha["id"], senhas.resumir(senha))
    return Autor(linha["email"], Nivel(linha["nivel"]), com_senha=True)


def _contar_tentativa(banco: "Banco", email: str | None, agora: datetime, para: str) -> Row | Negativa | None:
    with banco.transacao():
        linha = usuarios.por_email(banco, email) if email is not None else None
        if linha is None:
            return None
        ate = instante_de(linha["bloqueado_ate"]) if linha["bloqueado_ate"] else None
        negativa = bloqueado(ate, agora)
        if negativa is not None:
            anotar_bloqueio(banco, linha["email"], agora, para)
            return negativa
        falhas = linha["falhas"] + 1
        espera = acesso.espera_apos(falhas)
        usuarios.anotar_falha(banco, linha["id"], falhas, texto_de(agora + espera) if espera else None)
        return linha


def bloqueado(ate: datetime | None, agora: datetime) -> Negativa | None:
    """Returns the refusal of a try while a lock lasts."""
    resta_s = acesso.bloqueio_restante(ate, agora).total_seconds()
    if resta_s <= 0:
        return None
    quando = f"{resta_s:.0f} s" if resta_s < 120 else f"{resta_s / 60:.0f} min"
    return Negativa("SEP-ACESSO-BLOQUEADO", f"Senhas erradas demais: espere {quando}, ou recupere a senha por código.")


def anotar_bloqueio(banco: "Banco", email: str, agora: datetime, para: str = "") -> None:
    """Records, in the transaction under way, a try that came while a lock lasted."""
    _anotar_senha(banco, email, agora, para, "bloqueado")


def _recusar(banco: "Banco", quem: str, agora: datetime, negativa: Negativa, para: str) -> Negativa:
    with banco.transacao():
        _anotar_senha(banco, quem, agora, para, negativa.mensagem)
    return negativa


def _anotar_senha(banco: "Banco", quem: str, agora: datetime, para: str, detalhe: str) -> None:
    """Records a password that did not serve: to come in, or for an action that asks for it again."""
    o_que = "senha" if para else "entrada"
    auditoria.registrar(banco, texto_de(agora), quem, o_que, para, resultado=auditoria.RECUSADO, detalhe=detalhe)


def da_sessao(c: Conexao, ficha: str, conta_so: int, agora: datetime) -> Autor | Negativa:
    """Returns the user of a session's token. `conta_so` is the uid of the operating-system account that shows it."""
    linha = usuarios.sessao(c, resumo_da_ficha(ficha))
    if linha is None or linha["conta_so"] != conta_so or not linha["ativo"] or not _aberta(linha, agora):
        return como_negativa("SEP-ACESSO-SESSAO")
    return Autor(linha["email"], Nivel(linha["nivel"]))


def _aberta(linha: Row, agora: datetime) -> bool:
    encerrada = instante_de(linha["encerrada_em"]) if linha["encerrada_em"] else None
    return acesso.sessao_vale(instante_de(linha["criada_em"]), instante_de(linha["expira_em"]), encerrada, agora)


def entrar(banco: "Banco", autor: Autor, conta_so: int, agora: datetime) -> str:
    """Opens a session for a user who has just given the password. Returns its token, which is kept nowhere else."""
    ficha = nova_ficha()
    quando, ate = texto_de(agora), texto_de(agora + acesso.DURACAO_SESSAO)
    with banco.transacao():
        linha = usuarios.por_email(banco, autor.quem)
        if linha is None:
            raise LookupError(f"o usuário {autor.quem} não existe")
        usuarios.abrir_sessao(banco, resumo_da_ficha(ficha), linha["id"], conta_so, quando, ate)
        auditoria.registrar(banco, quando, autor.quem, "entrada")
    return ficha


def sair(banco: "Banco", ficha: str, quem: str, agora: datetime) -> None:
    """Closes the session of a token. An unknown token changes nothing."""
    with banco.transacao():
        linha = usuarios.sessao(banco, resumo_da_ficha(ficha))
        if linha is not None and linha["encerrada_em"] is None:
            usuarios.encerrar_sessao(banco, resumo_da_ficha(ficha), texto_de(agora))
            auditoria.registrar(banco, texto_de(agora), linha["email"], "saída", detalhe=quem)


def autorizar(banco: "Banco", autor: Autor, direito: Direito, o_que: str, agora: datetime) -> Negativa | None:
    """Returns None when the author may do `o_que`, else the refusal, which is recorded."""
    if autor.nivel is None or acesso.pode(autor.nivel, direito):
        return None
    negativa = Negativa("SEP-ACESSO-NIVEL", acesso.sem_direito(autor.quem, autor.nivel, o_que, direito))
    anotar_recusa(banco, autor.quem, o_que, negativa.mensagem, agora)
    return negativa


def anotar_recusa(banco: "Banco", quem: str, o_que: str, motivo: str, agora: datetime) -> None:
    """Records that somebody was refused something."""
    with banco.transacao():
        auditoria.registrar(banco, texto_de(agora), quem, o_que, resultado=auditoria.RECUSADO, detalhe=motivo)


def usuario_com(c: Conexao, email: str | None, direito: Direito) -> bool:
    """Says whether this is an active user who has the right now."""
    linha = usuarios.por_email(c, email) if email else None
    return linha is not None and bool(linha["ativo"]) and acesso.pode(Nivel(linha["nivel"]), direito)


def pedido_negado(banco: "Banco", tarefa: Row, agora: datetime) -> Negativa | None:
    """Judges a recorded order again when it is carried out, because its author may have lost the right.

    Returns the refusal, which is recorded, or None.
    """
    if not usuarios.ha_usuarios(banco) or usuario_com(banco, tarefa["quem"], Direito.OPERAR):
        return None
    mensagem = (
        f"A ordem foi dada por {tarefa['quem']}, que não é um usuário ativo com esse direito; nada foi mudado. "
        "Dê a ordem de novo com --usuario, ou depois de: separador entrar"
    )
    auditoria.registrar(
        banco, texto_de(agora), tarefa["quem"], f"pedido {tarefa['pedido']}", tarefa["chave"],
        resultado=auditoria.RECUSADO, detalhe=mensagem,
    )  # fmt: skip
    return Negativa("SEP-ACESSO-NIVEL", mensagem)


def aval(c: Conexao, confirmada_por: str | None) -> Aval:
    """Returns what authorises a further reversal given by command.

    The first reversal of a document needs nothing more. Each further one needs the password of an active user with the
    right to operate, once users are registered.
    """
    if not usuarios.ha_usuarios(c):
        return Aval.SEM_USUARIOS
    return Aval.CONFIRMADO if usuario_com(c, confirmada_por, Direito.OPERAR) else Aval.FALTA_SENHA
