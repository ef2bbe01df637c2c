"""The pages for a forgotten or a first password."""

from datetime import timedelta

from separador.acesso.dominio import email_normal
from separador.acesso.servico import usuarios as servico
from separador.banco import leitura
from separador.banco.instante import texto_de
from separador.painel.base.resposta import ACHADA, RECUSADA, Ir, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.painel.conta import DIFERENTES
from separador.pedidos import ordens
from separador.pedidos.ordens import NovoPedido

_SE_HOUVER = "Se houver um usuário ativo com este e-mail, "
SEM_SMTP = f"{_SE_HOUVER}peça o código a um administrador."
COM_SMTP = f"{_SE_HOUVER}o link para definir a senha vai por e-mail em instantes. O código vale uma vez."
PEDIDO, NINGUEM = "senha", "?"
JUNTOS = 50
"""So many requests in five minutes are recorded, whoever they name: more are somebody who plays."""
EM = timedelta(minutes=5)


def recuperar(v: Visita) -> Resposta:
    """Says where a code comes from: the same whoever is asked about, so that nobody learns who is a user."""
    por_email = v.configuracao.smtp is not None
    if v.enviada and por_email:
        _pedir(v, email_normal(v.campos.um("email")) or NINGUEM)
    ditos = (COM_SMTP if por_email else SEM_SMTP,) if v.enviada else ()
    return Pagina("painel/recuperar.html", "Recuperar senha", {"email": v.campos.um("email")}, ACHADA, (), ditos)


def _pedir(v: Visita, email: str) -> None:
    """Records the order by which the service makes the code and sends it. It is recorded for nobody, too: the answer
    takes as long."""
    if leitura.tarefas_recentes(v.banco, PEDIDO, texto_de(v.agora - EM)) < JUNTOS:
        ordens.registrar(v.dados, [NovoPedido(PEDIDO, email)], "painel", v.agora, acao=v.tela.muda)


def definir(v: Visita) -> Resposta:
    """Sets the password of the code's owner."""
    if not v.enviada:
        return _pagina("", "")
    codigo, senha = v.campos.um("codigo"), v.campos.um("senha")
    if senha != v.campos.um("repita"):
        return _pagina(DIFERENTES, codigo)
    with v.uma_senha() as senhas, v.escrevendo() as banco:
        feito = servico.definir_senha(banco, senhas, codigo, senha, v.agora, v.tela.muda)
    return Ir("/entrar?senha=definida") if isinstance(feito, str) else _pagina(feito.mensagem, codigo)


def _pagina(aviso: str, codigo: str) -> Pagina:
    avisos = (aviso,) if aviso else ()
    return Pagina("painel/definir.html", "Definir senha", {"codigo": codigo}, RECUSADA if aviso else ACHADA, avisos)
