"""The page of the person: open sessions, another password."""

from separador.acesso.banco import usuarios
from separador.acesso.servico import autorizacao
from separador.acesso.servico import usuarios as servico
from separador.acesso.servico.autorizacao import Autor
from separador.acesso.sessao import resumo_da_ficha
from separador.banco.instante import texto_de
from separador.painel.base.resposta import ACHADA, RECUSADA, Ir, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.painel.entrada import conferir

ENCERRAR = "usuario encerrar-sessoes"
DIFERENTES = "As duas senhas não são iguais. Nada foi mudado."


def conta(v: Visita) -> Resposta:
    """Shows the person's sessions, ends the others, or sets another password."""
    if not v.enviada:
        ditos = {"sessoes": ("As outras sessões terminaram.",), "senha": ("Senha trocada.",)}
        return _pagina(v, ditos=ditos.get(v.consulta.um("feito"), ()))
    if v.campos.um("fazer") == "encerrar":
        with v.escrevendo() as banco:
            servico.encerrar_sessoes(banco, v.quem, quem=v.quem, agora=v.agora, menos=_esta(v), acao=ENCERRAR)
        return Ir("/conta?feito=sessoes")
    return _trocar(v)


def _esta(v: Visita) -> str:
    return resumo_da_ficha(v.sessao or "")


def _trocar(v: Visita) -> Resposta:
    nova = v.campos.um("senha_nova")
    if nova != v.campos.um("repita"):
        return _pagina(v, DIFERENTES)
    autor = conferir(v, v.quem, v.campos.um("senha_atual"), v.tela.muda or "")
    if not isinstance(autor, Autor):
        return _pagina(v, autor.mensagem)
    with v.uma_senha() as senhas, v.escrevendo() as banco:
        negativa = servico.trocar_senha(banco, senhas, autor, nova, v.agora, v.tela.muda)
        if negativa is not None:
            return _pagina(v, negativa.mensagem)
        ficha = autorizacao.entrar(banco, autor, usuarios.CONTA_DO_PAINEL, v.agora)
    return Ir("/conta?feito=senha", sessao=ficha)


def _pagina(v: Visita, aviso: str = "", ditos: tuple[str, ...] = ()) -> Pagina:
    linha = usuarios.por_email(v.banco, v.quem)
    sessoes = usuarios.sessoes_abertas(v.banco, linha["id"], texto_de(v.agora)) if linha is not None else []
    valores = {
        "sessoes": sessoes,
        "esta": _esta(v),
        "do_painel": usuarios.CONTA_DO_PAINEL,
        "nivel": v.autor and v.autor.nivel,
    }
    avisos = (aviso,) if aviso else ()
    return Pagina("painel/conta.html", "Minha conta", valores, RECUSADA if aviso else ACHADA, avisos, ditos)
