"""The pages of offices and their accesses: until when each is good, and what goes by it. No secret is shown."""

from datetime import date
from typing import Any

from separador.acesso.banco import escritorios as tabela
from separador.capacidades.procuracoes import banco as acessos
from separador.capacidades.procuracoes.servico import procuracoes as servico
from separador.capacidades.procuracoes.servico import vista
from separador.capacidades.procuracoes.servico.procuracoes import Estado
from separador.capacidades.procuracoes.telas.formulario import (
    achar,
    achar_escritorio,
    caminho,
    de_estado,
    do_formulario,
    mudar,
)
from separador.nucleo.fuso import dia
from separador.painel.base.escolhas import cnpj
from separador.painel.base.resposta import ACHADA, CONFLITO, RECUSADA, Ir, Pagina, Resposta
from separador.painel.base.visita import Visita

PERTO_DIAS = 30
USOS = 50
"""Clients that the page of an access names; the command names all."""
_FEITO = {"escritorio": "Escritório gravado.", "acesso": "Acesso gravado.", "excluido": "Acesso excluído."}


def escritorios(v: Visita) -> Resposta:
    """Shows the offices, each with how many accesses it has."""
    valores = {"linhas": tabela.escritorios(v.banco), "quantos": acessos.quantos(v.banco)}
    return Pagina("procuracoes/escritorios.html", "ESCRITÓRIOS", valores)


def novo(v: Visita) -> Resposta:
    """Registers an office. One that is there already is left as it is."""
    documento, nome = cnpj(v.campos.um("cnpj")), v.campos.um("nome").strip()
    avisos, estado = tuple[str, ...](), ACHADA
    if v.enviada:
        estado, avisos = _gravar(v, documento, nome)
        if not avisos:
            return Ir(f"/escritorios/{documento}/certificados?feito=escritorio")
    valores = {"cnpj": v.campos.um("cnpj").strip(), "nome": nome}
    return Pagina("procuracoes/escritorio.html", "Novo escritório", valores, estado, avisos)


def _gravar(v: Visita, documento: str, nome: str) -> tuple[int, tuple[str, ...]]:
    if tabela.escritorio(v.banco, documento) is not None:
        return CONFLITO, (f"Já há um escritório com o CNPJ {documento}. Nada foi mudado.",)
    with v.escrevendo() as banco:
        negativa = servico.gravar_escritorio(banco, documento, nome, quem=v.quem, agora=v.agora, acao=v.tela.muda)
    return (RECUSADA, (negativa.mensagem,)) if negativa is not None else (ACHADA, ())


def lista(v: Visita) -> Resposta:
    """Shows the accesses of an office, with their dates."""
    escritorio = achar_escritorio(v)
    hoje = servico.hoje_de(v.agora)
    estados = servico.estados(v.banco, v.agora, escritorio["cnpj"])
    linhas = [{"e": e, "classe": _classe(e, hoje), "ate": _ate(e)} for e in estados]
    valores: dict[str, Any] = {"escritorio": escritorio, "linhas": linhas}
    dito = _FEITO.get(v.consulta.um("feito"))
    ditos = (dito,) if dito is not None else ()
    return Pagina("procuracoes/acessos.html", "CERTIFICADOS E PROCURAÇÕES", valores, ditos=ditos)


def _ate(e: Estado) -> str:
    return dia(e.vencimento) if e.vencimento is not None else "sem vencimento conhecido"


def _classe(e: Estado, hoje: date) -> str:
    """Returns how the access stands: red when it may not be used, amber when it ends soon."""
    if e.recusa is not None:
        return "mal" if e.acesso.ativo else "fraco"
    perto = e.vencimento is not None and (e.vencimento - hoje).days <= PERTO_DIAS
    return "meio" if perto else ""


def acesso(v: Visita) -> Resposta:
    """Shows one access: who keeps it, until when it is good, what goes by it now, and when something last did; changes
    it."""
    escritorio, e = achar(v)
    formulario, estado, avisos, aviso = do_formulario(v, escritorio, de_estado(e)), ACHADA, tuple[str, ...](), ""
    if v.enviada:
        mudado = mudar(v, escritorio, e)
        if isinstance(mudado, Pagina):
            return mudado
        formulario, estado, avisos, aviso = mudado
        if not avisos and not aviso:
            return Ir(f"{caminho(escritorio)}?feito=acesso")
    todos = servico.usos_de_agora(v.banco, v.configuracao, v.agora)
    usos = vista.usos(v.banco, e, [u for u in todos if u.acesso_id == e.id and u.segura is None])
    nomes = {x.cnpj: x.nome for x in v.configuracao.empresas}
    agora, antes = usos["em_uso_por"], usos["usado_antes_por"]
    valores: dict[str, Any] = {
        "a": vista.em_dicionario(e) | vista.guarda(v.banco, e),
        "ate": _ate(e),
        "classe": _classe(e, servico.hoje_de(v.agora)),
        "usos": [(u["nome"], u["uso"], "em uso", u["ultimo"]) for u in agora[:USOS]]
        + [(nomes.get(u["cliente"], u["cliente"]), u["uso"], "usado antes", u["ultimo"]) for u in antes[:USOS]],
        "ha_mais": len(agora) > USOS or len(antes) > USOS,
        "clientes": [(c, nomes.get(c, "")) for c in e.acesso.clientes[:USOS]],
        "mais_clientes": max(0, len(e.acesso.clientes) - USOS),
        "id": e.id,
        "existe": True,
        "dia": lambda d: dia(d) if d is not None else "",
    }
    ditos = (aviso,) if aviso else ()
    return Pagina("procuracoes/acesso.html", e.acesso.nome, formulario | valores, estado, avisos, ditos)
