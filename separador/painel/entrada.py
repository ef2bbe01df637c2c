"""The pages before a session: first access, login; and the end of a session."""

from separador.acesso.banco import usuarios
from separador.acesso.dominio import email_normal
from separador.acesso.servico import autorizacao
from separador.acesso.servico.autorizacao import Autor
from separador.nucleo.negativa import Negativa
from separador.painel.base.resposta import DEMAIS, NAO_HA, RECUSADA, Erro, Ir, Pagina, Resposta
from separador.painel.base.visita import Visita, daqui

INICIO, ENTRAR = "/", "/entrar"
_BLOQUEADO = "SEP-ACESSO-BLOQUEADO"


def primeiro_acesso(v: Visita) -> Resposta:
    """Names the commands that make the first user; once there is one, the page is not there."""
    if v.aberto is not None and usuarios.ha_usuarios(v.aberto):
        raise Erro(NAO_HA, "Já há usuários cadastrados.")
    return Pagina("painel/primeiro-acesso.html", "Primeiro acesso", {"arquivo": str(v.configuracao.arquivo)})


def entrar(v: Visita) -> Resposta:
    """Asks for e-mail and password, and opens a session."""
    if v.aberto is None or not usuarios.ha_usuarios(v.aberto):
        return Ir("/primeiro-acesso")
    depois = daqui(v.campos.um("depois") or v.consulta.um("depois")) or INICIO
    if not v.enviada:
        ditos = ("Senha definida. Entre com ela.",) if v.consulta.um("senha") == "definida" else ()
        return _pagina("", depois, ditos=ditos)
    email = v.campos.um("email")
    feito = conferir(v, email, v.campos.um("senha"))
    if isinstance(feito, Autor):
        with v.escrevendo() as banco:
            ficha = autorizacao.entrar(banco, feito, usuarios.CONTA_DO_PAINEL, v.agora)
        return Ir(depois, sessao=ficha)
    estado = DEMAIS if feito.codigo == _BLOQUEADO else RECUSADA
    return _pagina(email, depois, estado, (feito.mensagem,))


def _pagina(
    email: str, depois: str, estado: int = 200, avisos: tuple[str, ...] = (), *, ditos: tuple[str, ...] = ()
) -> Pagina:
    return Pagina("painel/entrar.html", "Entrar", {"email": email, "depois": depois}, estado, avisos, ditos)


def conferir(v: Visita, email: str, senha: str, para: str = "") -> Autor | Negativa:
    """Returns the user of e-mail and password, or the refusal. `para`: the action of a page that asks for it again."""
    normal = email_normal(email)
    with v.uma_senha() as senhas, v.escrevendo() as banco:
        if normal is not None and usuarios.por_email(banco.conn, normal) is None:
            negativa = v.casa.estranhos.contar(normal, v.agora)
            if negativa is not None:
                with banco.transacao():
                    autorizacao.anotar_bloqueio(banco, normal, v.agora, para)
                return negativa
        return autorizacao.autenticar(banco, senhas, email, senha, v.agora, para)


def sair(v: Visita) -> Resposta:
    """Ends the session of this browser."""
    if v.sessao is not None and v.autor is not None:
        with v.escrevendo() as banco:
            autorizacao.sair(banco, v.sessao, v.quem, v.agora)
    return Ir(ENTRAR, sessao="")
