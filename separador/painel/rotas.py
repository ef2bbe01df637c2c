"""The pages of the routes: where files come from, what is done with them, where they go, how often they are read."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from separador.configuracao import Configuracao
from separador.configuracao import edicao as arquivo_de
from separador.configuracao.leitura import ancorar
from separador.nucleo import capacidade
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.rota import Envio, Rota, atribuir_ids, normalizar_sufixo
from separador.painel.base import edicao
from separador.painel.base.resposta import ACHADA, NAO_HA, RECUSADA, Erro, Ir, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos.rotas import Escolha, assinaturas, escolhas

_LISTA = "/rotas"
_DITOS = ("regra", "origem", "destino", "arquivo", "envio", "nome")
_OBRIGATORIOS = {
    "regra": "Escolha a REGRA.",
    "origem": "Diga o DIRETÓRIO DE ORIGEM.",
    "destino": "Diga o DIRETÓRIO DE DESTINO.",
    "arquivo": "Diga a REGRA DE ARQUIVO.",
}


def _com_id(v: Visita, configuracao: Configuracao) -> tuple[Rota, ...]:
    return atribuir_ids(configuracao.rotas, assinaturas(v.banco))


def lista(v: Visita) -> Resposta:
    """Shows all routes, and sets how often they are read."""
    if not v.enviada:
        feito = {"tempo": "Tempo de leitura mudado.", "rota": "Rota gravada. O serviço a adota sozinho."}
        dito = feito.get(v.consulta.um("feito"))
        return _lista(v, ditos=(dito,) if dito is not None else ())
    segundos = v.campos.um("tempo_leitura").strip()
    if not (segundos.isascii() and segundos.isdigit()):
        return _lista(v, segundos, RECUSADA, ("Diga o tempo de leitura em segundos, um número inteiro.",))
    arquivo, visto = v.configuracao.arquivo, v.campos.um("resumo") or None
    recusa = edicao.editar(
        v,
        v.tela.muda or "",
        lambda g: arquivo_de.definir(arquivo, "tempo_leitura", segundos, visto, g),
        f"tempo_leitura {segundos}",
    )
    return _lista(v, segundos, *recusa) if recusa is not None else Ir(f"{_LISTA}?feito=tempo")


def _lista(
    v: Visita, segundos: str = "", estado: int = ACHADA, avisos: tuple[str, ...] = (), *, ditos: tuple[str, ...] = ()
) -> Pagina:
    resumo = arquivo_de.resumo(v.configuracao.arquivo)  # before the configuration: an edit in between is then told
    configuracao = v.casa.configuracao()
    valores: dict[str, Any] = {
        "rotas": _com_id(v, configuracao),
        "segundos": segundos or str(configuracao.tempo_leitura_s),
        "resumo": resumo,
        "grava": edicao.pode_gravar(configuracao.arquivo),
        "arquivo": configuracao.arquivo,
    }
    avisos += edicao.falta_na_maquina(v)
    return Pagina("painel/rotas.html", "CONFIGURAÇÃO", valores, estado, avisos, ditos)


def nova(v: Visita) -> Resposta:
    """Adds a route."""
    ditos = _ditos(v, None)
    if not v.enviada:
        return _formulario(v, None, ditos)
    falta = _falta(ditos)
    if falta:
        return _formulario(v, None, ditos, RECUSADA, falta)
    campos: dict[str, Any] = {n: ditos[n] for n in ("regra", "origem", "destino")}
    campos |= {"ativo": ditos["ativo"], "arquivo": ditos["arquivo"].replace(",", " ").split()}
    if ditos["envio"] != Envio.AUTOMATICO:
        campos["envio"] = ditos["envio"]
    arquivo, conhecidos, visto = v.configuracao.arquivo, assinaturas(v.banco), v.campos.um("resumo") or None
    recusa = edicao.editar(
        v, v.tela.muda or "", lambda g: arquivo_de.incluir_rota(arquivo, campos, conhecidos, visto, g), ""
    )
    return _formulario(v, None, ditos, *recusa) if recusa is not None else Ir(f"{_LISTA}?feito=rota")


def uma(v: Visita) -> Resposta:
    """Shows one route; changes it, and switches it on and off."""
    rota = _achar(v, _com_id(v, v.configuracao))
    ditos = _ditos(v, rota)
    if not v.enviada:
        return _formulario(v, rota, ditos)
    falta = _falta(ditos)
    if falta:
        return _formulario(v, rota, ditos, RECUSADA, falta)
    campos = _mudancas(ditos, rota)
    if not campos:
        return Ir(_LISTA)
    acao = ("rotas ativar" if ditos["ativo"] else "rotas desativar") if set(campos) == {"ativo"} else v.tela.muda or ""
    arquivo, conhecidos, visto = v.configuracao.arquivo, assinaturas(v.banco), v.campos.um("resumo") or None
    recusa = edicao.editar(
        v,
        acao,
        lambda g: arquivo_de.alterar_rota(arquivo, rota.id or 0, campos, conhecidos, visto, g),
        ", ".join(campos),
    )
    return _formulario(v, rota, ditos, *recusa) if recusa is not None else Ir(f"{_LISTA}?feito=rota")


def _achar(v: Visita, rotas: tuple[Rota, ...]) -> Rota:
    achada = next((r for r in rotas if str(r.id) == v.partes["id"]), None)
    if achada is None:
        raise Erro(NAO_HA, f"Não há rota com o id {v.partes['id']}.")
    return achada


def _ditos(v: Visita, rota: Rota | None) -> dict[str, Any]:
    """Returns what the form says; before anything was typed, what the route is."""
    antes = _da_rota(rota) if rota is not None else dict.fromkeys(_DITOS, "") | {"envio": str(Envio.AUTOMATICO)}
    if v.enviada or v.consulta.um("resumo"):
        campos = v.campos if v.enviada else v.consulta
        ditos = {n: campos.um(n, antes.get(n, "")).strip() for n in _DITOS}
        return ditos | {"ativo": bool(campos.um("ativo"))}
    ativo = rota.ativo if rota is not None else True
    return antes | {"ativo": ativo, "nome": v.consulta.um("nome").strip()}


def _da_rota(rota: Rota) -> dict[str, str]:
    return {
        "regra": str(rota.regra),
        "origem": str(rota.origem),
        "destino": str(rota.destino),
        "arquivo": " ".join(rota.sufixos),
        "envio": str(rota.envio),
    }


def _falta(ditos: dict[str, Any]) -> tuple[str, ...]:
    return tuple(frase for nome, frase in _OBRIGATORIOS.items() if not ditos[nome])


def _mudancas(ditos: dict[str, Any], rota: Rota) -> dict[str, Any]:
    """Returns only what is no longer as it was: a path that stays is not written anew in another form."""
    campos: dict[str, Any] = {n: ditos[n] for n, era in _da_rota(rota).items() if ditos[n] and ditos[n] != era}
    if "arquivo" in campos:
        campos["arquivo"] = campos["arquivo"].replace(",", " ").split()
    if ditos["ativo"] != rota.ativo:
        campos["ativo"] = ditos["ativo"]
    return campos


def _formulario(
    v: Visita, rota: Rota | None, ditos: dict[str, Any], estado: int = ACHADA, avisos: tuple[str, ...] = ()
) -> Pagina:
    # Before the configuration is looked at again: an edit in between is then told, and not overwritten.
    resumo = v.campos.um("resumo") or v.consulta.um("resumo") or arquivo_de.resumo(v.configuracao.arquivo)
    configuracao = v.casa.configuracao()
    grava = edicao.pode_gravar(configuracao.arquivo)
    if rota is not None and not v.enviada:
        rota = _achar(v, _com_id(v, configuracao))
        ditos = _ditos(v, rota) if grava else _da_rota(rota) | {"ativo": rota.ativo, "nome": ditos["nome"]}
    testados: list[Escolha] | None = None
    if ditos["nome"]:
        testados, recusas = _testar(v, configuracao, rota, ditos)
        avisos += recusas
        estado = RECUSADA if recusas else estado
    valores: dict[str, Any] = {
        "r": ditos,
        "rota": rota,
        "resumo": resumo,
        "grava": grava,
        "sem_gravar": edicao.sem_gravar(configuracao.arquivo),
        "regras": list(capacidade.regras()),
        "envios": list(Envio),
        "testado": mostrar(os.fsencode(Path(ditos["nome"]).name)) if ditos["nome"] else "",
        "testados": [e for e in testados or () if e.rota is not None],
        "parados": [e for e in testados or () if e.rota is None],
    }
    titulo = f"Rota {rota.id}" if rota is not None else "Nova rota"
    return Pagina("painel/rota.html", titulo, valores, estado, avisos)


def _testar(
    v: Visita, configuracao: Configuracao, rota: Rota | None, ditos: dict[str, Any]
) -> tuple[list[Escolha] | None, tuple[str, ...]]:
    """Returns who would take the file, with this route as it stands in the form, saved or not."""
    nome = os.fsencode(Path(ditos["nome"]).name)
    rotas = [r for r in _com_id(v, configuracao) if rota is None or r.id != rota.id]
    try:
        sufixos = tuple(normalizar_sufixo(s) for s in ditos["arquivo"].replace(",", " ").split())
    except ValueError as erro:
        return None, (f"REGRA DE ARQUIVO: {erro}.",)
    if sufixos and ditos["origem"] and ditos["regra"] in capacidade.regras():
        origem, destino = (ancorar(configuracao.raiz, ditos[n]) for n in ("origem", "destino"))
        base = rota or Rota(None, ditos["ativo"], ditos["regra"], origem, destino, sufixos)
        rotas.append(
            replace(base, ativo=ditos["ativo"], regra=ditos["regra"], origem=origem, destino=destino, sufixos=sufixos)
        )
    return escolhas(nome, rotas), ()
