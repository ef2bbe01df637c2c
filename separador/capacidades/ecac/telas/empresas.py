"""The pages where one sees and changes how each company uses the e-CAC: `ecac empresas listar` and `configurar`."""

from datetime import date
from typing import Any

from separador.configuracao import Configuracao, Empresa
from separador.configuracao import edicao as arquivo_de
from separador.configuracao.uso_do_ecac import AcessoEcac, Implantacao, ServicoContratado
from separador.painel.base import edicao
from separador.painel.base.campos import Campos
from separador.painel.base.escolhas import cnpj
from separador.painel.base.resposta import ACHADA, NAO_HA, RECUSADA, Erro, Ir, Pagina, Resposta
from separador.painel.base.visita import Visita

CAMINHO = "/ecac/empresas"
POR_PAGINA = 50
_ACESSOS = {
    AcessoEcac.A1: "Certificado Digital A1",
    AcessoEcac.A3: "Certificado Digital A3",
    AcessoEcac.CODIGO: "Código de Acesso",
}
_SERVICOS = {ServicoContratado.ECAC: "e-CAC", ServicoContratado.DESACORDO: "Desacordo"}
_SEM_PROCURADOR = "Diga o CNPJ ou CPF do procurador, ou desmarque Certificado é procuração digital."
_SEM_MARCA = "Marque Certificado é procuração digital, ou apague o CNPJ ou CPF do procurador."


def lista(v: Visita) -> Resposta:
    """Shows the companies of the configuration by name, those that a text fits; so many at a time."""
    texto = v.consulta.um("texto").strip()
    todas = sorted((e for e in v.configuracao.empresas if _serve(e, texto)), key=_lugar)
    depois = v.consulta.um("depois")
    resto = [e for e in todas if _lugar(e) > _do_texto(depois)] if depois else todas
    aqui, linhas = v.consulta.com(ordem=None), resto[:POR_PAGINA]
    adiante = aqui.com(depois=f"{linhas[-1].cnpj} {linhas[-1].nome}") if len(resto) > len(linhas) else None
    valores: dict[str, Any] = {
        "linhas": linhas,
        "texto": texto,
        "quantas": len(todas),
        "acessos": _ACESSOS,
        "proximas": adiante.endereco(CAMINHO) if adiante is not None else None,
        "primeiras": aqui.com(depois=None).endereco(CAMINHO) if depois else None,
    }
    return Pagina("ecac/empresas.html", "Configurar empresas", valores)


def _serve(e: Empresa, texto: str) -> bool:
    numero = cnpj(texto)
    return texto.casefold() in e.nome.casefold() or (bool(numero) and numero in e.cnpj)


def _lugar(e: Empresa) -> tuple[str, str]:
    return e.nome, e.cnpj


def _do_texto(depois: str) -> tuple[str, str]:
    dito, _, nome = depois.partition(" ")
    return nome, dito


def uma(v: Visita) -> Resposta:
    """Shows how one company uses the e-CAC; changes it."""
    empresa = _achar(v, v.configuracao)
    if not v.enviada:
        return _formulario(v, _da_empresa(empresa))
    ditos = _ditos(v.campos)
    falta = _falta(ditos, empresa)
    if falta:
        return _formulario(v, ditos, RECUSADA, falta)
    campos = mudancas(ditos, empresa)
    aqui = f"{CAMINHO}/{empresa.cnpj}"
    if not campos:
        return Ir(aqui)
    arquivo, visto = v.configuracao.arquivo, v.campos.um("resumo") or None
    recusa = edicao.editar(
        v,
        v.tela.muda or "",
        lambda g: arquivo_de.alterar_empresa(arquivo, empresa.cnpj, {"ecac": campos}, visto, g),
        f"empresa {empresa.cnpj}; {', '.join(campos)}",
    )
    return _formulario(v, ditos, *recusa) if recusa is not None else Ir(f"{aqui}?feito=sim")


def _achar(v: Visita, configuracao: Configuracao) -> Empresa:
    achada = configuracao.empresa(cnpj(v.partes["cnpj"]))
    if achada is None:
        raise Erro(NAO_HA, f"Não há empresa {cnpj(v.partes['cnpj'])} na configuração.")
    return achada


def _da_empresa(e: Empresa) -> dict[str, Any]:
    u = e.ecac
    return {
        "utiliza": u.utiliza,
        "inicio": u.inicio.isoformat() if u.inicio is not None else "",
        "acesso": u.acesso.value,
        "procuracao": u.procurador is not None,
        "procurador": u.procurador or "",
        "servicos": [s.value for s in u.servicos],
        "implantacao": u.implantacao.value,
    }


def _ditos(c: Campos) -> dict[str, Any]:
    return {
        "utiliza": bool(c.um("utiliza")),
        "inicio": c.um("inicio").strip(),
        "acesso": c.um("acesso"),
        "procuracao": bool(c.um("procuracao")),
        "procurador": cnpj(c.um("procurador")),
        "servicos": [s.value for s in ServicoContratado if s.value in c.todos("servico")],
        "implantacao": c.um("implantacao"),
    }


def _falta(ditos: dict[str, Any], e: Empresa) -> tuple[str, ...]:
    """Returns what does not fit together in the form. What is wrong with a value, the configuration says."""
    faltas = []
    if ditos["acesso"] not in set(AcessoEcac):
        faltas.append("Escolha o tipo de acesso.")
    if ditos["implantacao"] not in set(Implantacao):
        faltas.append("Escolha a Implantação.")
    if ditos["procuracao"] and not ditos["procurador"]:
        faltas.append(_SEM_PROCURADOR)
    if ditos["procurador"] and not ditos["procuracao"] and ditos["procurador"] != e.ecac.procurador:
        faltas.append(_SEM_MARCA)  # without script the field takes a text that would be thrown away
    return tuple(faltas)


def mudancas(ditos: dict[str, Any], e: Empresa) -> dict[str, Any]:
    """Returns the keys that are no longer as they were, as the command writes them; None takes one out."""
    antes = _da_empresa(e)
    campos: dict[str, Any] = {n: x for n, x in ditos.items() if n != "procuracao" and x != antes[n]}
    if not ditos["procuracao"]:
        campos.pop("procurador", None)
        if antes["procurador"]:
            campos["procurador"] = None
    if "inicio" in campos:
        campos["inicio"] = _dia(ditos["inicio"])
    return campos


def _dia(texto: str) -> date | str | None:
    """Returns the day; what is none goes to the configuration as it is, which says what is wrong with it."""
    try:
        return date.fromisoformat(texto) if texto else None
    except ValueError:
        return texto


def _formulario(v: Visita, ditos: dict[str, Any], estado: int = ACHADA, avisos: tuple[str, ...] = ()) -> Pagina:
    # Before the configuration is looked at again: an edit in between is then told, and not overwritten.
    resumo = v.campos.um("resumo") or arquivo_de.resumo(v.configuracao.arquivo)
    configuracao = v.casa.configuracao()
    empresa = _achar(v, configuracao)
    if not v.enviada:
        ditos = _da_empresa(empresa)
    grava, pode = edicao.pode_gravar(configuracao.arquivo), v.pode("ecac empresas configurar")
    valores: dict[str, Any] = {
        "e": empresa,
        "d": ditos,
        "resumo": resumo,
        "grava": grava,
        "so_ver": not (grava and pode),
        "sem_gravar": edicao.sem_gravar(configuracao.arquivo),
        "acessos": {a.value: dito for a, dito in _ACESSOS.items()},
        "servicos": {s.value: dito for s, dito in _SERVICOS.items()},
        "implantacoes": list(Implantacao),
    }
    feito = v.consulta.um("feito") and not v.enviada
    ditas = ("Configuração gravada. O serviço a adota sozinho.",) if feito else ()
    return Pagina("ecac/empresa.html", empresa.nome, valores, estado, avisos, ditas)
