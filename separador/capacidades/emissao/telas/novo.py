"""The page that makes a load of one CT-e: it says what would come of it, and drops its file into the route."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import BoundedSemaphore
from typing import Any

from separador.capacidades.emissao.banco import leitura
from separador.capacidades.emissao.dominio.complementares import FALTAM
from separador.capacidades.emissao.dominio.endereco import CAMINHO
from separador.capacidades.emissao.servico.explicacao import Explicada, explicar
from separador.capacidades.emissao.servico.outras_cargas import de_outras_cargas
from separador.capacidades.emissao.telas import escolhas, formulario
from separador.capacidades.emissao.telas.endereco import REGRA
from separador.capacidades.emissao.telas.formulario import Formulario
from separador.configuracao.emissao.valores import LIDO
from separador.nucleo.fuso import para_pessoas
from separador.nucleo.rota import Rota, atribuir_ids, escolher
from separador.nucleo.texto.quantidade import quantos
from separador.painel.base import ordens
from separador.painel.base.envio import MIB
from separador.painel.base.resposta import ACHADA, CONFLITO, OCUPADO, RECUSADA, Erro, Ir, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos import soltos
from separador.pedidos.rotas import assinaturas

_TITULO = "Novo conhecimento"
_FINAIS = ("-carga.json", "-carga.yaml", "-carga.yml")
_MOSTRADOS = 50
_ESPERA_S = 5.0
_VEZ = BoundedSemaphore(2)
"""Judgements at once: each takes the processor, and the service shares this machine."""
_SEM_ROTA = "A rota de cargas está inativa, ou não toma arquivos de carga em JSON ou YAML: nada entra por ela."


def novo(v: Visita) -> Resposta:
    """Shows the form; with one that is good, has the service put the load into the origin of its route."""
    f = formulario.ler(v.campos, _sugerida(v))
    if not v.enviada:
        return _pagina(v, _com_a_unica(v, f), None)
    feita = _explicada(v, f)
    if feita.erros:
        avisos = (f"Nada foi gerado: {_quantos(len(feita.erros))}, em Decisões.",)
        return _pagina(v, f, feita, RECUSADA, avisos)
    if leitura.linha_de(v.banco, f.carga) is not None:
        return _pagina(v, f, feita, RECUSADA, (f"Já há a carga {f.carga}: dê outro nome a esta.",))
    return _gerar(v, f, feita)


def conferir(v: Visita) -> Resposta:
    """Says what would come of the form as it is, and why. Nothing is kept."""
    f = formulario.ler(v.campos, _sugerida(v))
    if not v.enviada:
        return Ir(f"{CAMINHO}/nova")
    feita = None if v.campos.um("mais") else _explicada(v, f)
    if v.campos.um("vivo"):
        return Pagina("emissao/so-decisoes.html", _TITULO, {"x": _em_valores(f, feita)})
    return _pagina(v, f, feita)


def _sugerida(v: Visita) -> str:
    """Returns a name that no load has: the instant, as people read it."""
    return f"{para_pessoas(v.agora):%Y%m%d-%H%M%S}"


def _com_a_unica(v: Visita, f: Formulario) -> Formulario:
    """Returns a fresh form with the transportadora chosen, where there is only one."""
    empresas = escolhas.de(escolhas.cadastros(v.configuracao).cadastros)["empresas"] or []
    if len(empresas) != 1 or f.simples["transportadora"]:
        return f
    return replace(f, simples={**f.simples, "transportadora": empresas[0][0]})


def _quantos(n: int) -> str:
    return f"há {quantos(n, 'erro', 'erros')}"


@contextmanager
def _uma_vez() -> Iterator[None]:
    if not _VEZ.acquire(timeout=_ESPERA_S):
        raise Erro(OCUPADO, "Há conferências demais ao mesmo tempo; nada foi gerado. Tente de novo em alguns segundos.")
    try:
        yield
    finally:
        _VEZ.release()


def _explicada(v: Visita, f: Formulario) -> Explicada:
    with _uma_vez():
        lidos = escolhas.cadastros(v.configuracao)
        feita = explicar(v.configuracao, b"novo-carga.json", formulario.em_arquivo(f), v.agora, lidos)
    return replace(feita, avisos=(*feita.avisos, *de_outras_cargas(v.banco, 0, formulario.nfes(f))))


def _gerar(v: Visita, f: Formulario, feita: Explicada) -> Resposta:
    rotas = atribuir_ids(v.configuracao.rotas, assinaturas(v.banco))
    rota, nome = _entrada(f.carga, rotas)
    if rota is None:
        return _pagina(v, f, feita, CONFLITO, (_SEM_ROTA,))
    deposito = soltos.Deposito(v.dados, v.configuracao.reserva_disco_mb * MIB)
    dados = formulario.em_arquivo(f)
    try:
        deposito.esperar(len(dados))
        deposito.comecar(nome)
        deposito.juntar(dados)
        deposito.terminar()
        deposito.firmar()
        dada = ordens.dar(v, soltos.pedidos(deposito.guardados, rota), CAMINHO)
        deposito.assumir()
    except soltos.SemLugarError as erro:
        raise Erro(OCUPADO, f"{erro} Nada foi gerado.") from erro
    finally:
        deposito.largar()
    return dada


def _entrada(carga: str, rotas: tuple[Rota, ...]) -> tuple[Rota | None, bytes]:
    """Returns the first active route of loads that takes the file under one of its usual names, and that name."""
    base = re.sub(r"[^A-Za-z0-9_-]", "-", carga)
    for rota in (r for r in rotas if r.ativo and r.regra == REGRA):
        vizinhas = [r for r in rotas if r.origem == rota.origem]
        proprios = [s for s in rota.sufixos if s.endswith((".json", ".yaml", ".yml"))]
        for final in (*_FINAIS, *proprios):
            nome = f"{base}{final}".encode()
            if escolher(nome, vizinhas) == rota:
                return rota, nome
    return None, b""


def _pagina(
    v: Visita, f: Formulario, feita: Explicada | None, estado: int = ACHADA, avisos: tuple[str, ...] = ()
) -> Pagina:
    lidos = escolhas.cadastros(v.configuracao)
    valores: dict[str, Any] = {
        "f": f,
        "grupos": formulario.GRUPOS,
        "opcoes": escolhas.de(lidos.cadastros),
        "pasta": v.configuracao.emissao.cadastros,
        "sem_empresas": lidos.cadastros is not None and not lidos.cadastros.todos("empresas"),
        "dos_cadastros": [f"{e.arquivo}, linha {e.linha}: {e.mensagem}" for e in lidos.erros[:_MOSTRADOS]],
        "x": _em_valores(f, feita),
        "nome_em": formulario.nome_em,
        "maximo": formulario.MAXIMO,
        "volta": v.volta(CAMINHO),
    }
    return Pagina("emissao/novo.html", _TITULO, valores, estado, avisos)


def _em_valores(f: Formulario, feita: Explicada | None) -> dict[str, Any] | None:
    """Returns what the region of decisions shows; None: nothing was looked at yet."""
    if feita is None:
        return None
    erros = [
        (*formulario.onde(f, e.campo), formulario.mensagem(e.campo, e.mensagem, e.o_que_fazer), e.codigo)
        for e in feita.erros[:_MOSTRADOS]
    ]
    # Whoever fills in a form writes every value as text, and asks for one document only.
    avisos = [a for a in feita.avisos if a.codigo != LIDO]
    return {
        "erros": erros,
        "mais_erros": len(feita.erros) - len(erros),
        "avisos": [(formulario.onde(f, a.campo)[1], a.mensagem, a.codigo) for a in avisos[:_MOSTRADOS]],
        "decisoes": [d for um in feita.decididos for d in um.decisoes if d.campo != "grupo"],
        "retida": [FALTAM.get(c, c) for c in feita.complementar],
        "quantos": _quantos(len(feita.erros)),
    }
