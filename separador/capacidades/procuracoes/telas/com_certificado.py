"""The certificate that comes with the form of an access: first it is said whose it is, then both are kept, or none.

The file and its password are in memory only. The service opens it; this process never does.
"""

import base64
from dataclasses import dataclass, field
from typing import Any

from separador.banco.instante import instante_de
from separador.capacidades.certificados.banco import ativos_lidos
from separador.capacidades.certificados.leitura.custo_do_pfx import LIMITE_PFX
from separador.capacidades.certificados.servico.nomes import dias
from separador.capacidades.procuracoes.dominio import TipoAcesso
from separador.capacidades.procuracoes.telas.entrega import Recusa, entregue, pedir
from separador.nucleo.fuso import dia
from separador.nucleo.nome_de_arquivo import mostrar
from separador.painel.base.casa import Casa
from separador.painel.base.envio import NaMemoria
from separador.painel.base.resposta import CONFLITO, RECUSADA, Pagina
from separador.painel.base.visita import Visita

_USADO = "Este envio já foi usado, ou passou do tempo: envie o arquivo de novo."
_APELIDO_MAXIMO = 60


@dataclass(frozen=True, slots=True)
class _Dado:
    """What the first step gave, for the page of this path."""

    caminho: str
    pedido: dict[str, Any] = field(repr=False)


def guarda(_casa: Casa) -> NaMemoria:
    """Returns where the file goes: nowhere but memory."""
    return NaMemoria(LIMITE_PFX)


def veio(v: Visita) -> bool:
    """Says whether a file came with the form."""
    return isinstance(v.arquivos, NaMemoria) and bool(v.arquivos.nome or v.arquivos.dados)


def conferir(v: Visita, pedido: dict[str, Any], titulo: str, volta: str) -> Pagina | Recusa:
    """Has the service try all of it, and shows whose certificate it is. Nothing is kept yet."""
    arquivo, ditos = v.arquivos, dict(pedido["acesso"])
    if not isinstance(arquivo, NaMemoria) or not arquivo.dados:
        nome = mostrar(arquivo.nome) if isinstance(arquivo, NaMemoria) else ""
        return RECUSADA, (f"O arquivo {nome} está vazio. Nada foi mudado.",)
    if ditos["tipo"] != TipoAcesso.CERTIFICADO:
        return RECUSADA, ("Um Arquivo PFX é só de um acesso por Certificado. Nada foi mudado.",)
    empresa = ditos["certificado_cnpj"] or pedido["escritorio"]
    ditos |= {"certificado_cnpj": empresa, "certificado": _apelido(v, empresa, ditos["nome"])}
    inteiro = pedido | {
        "acesso": ditos,
        "pfx": base64.b64encode(arquivo.dados).decode("ascii"),
        "senha_pfx": v.campos.um("senha_pfx"),
    }
    visto = pedir(v, inteiro | {"so_ver": True})
    if isinstance(visto, tuple):
        return visto
    de, ate = (instante_de(str(visto.valor[n])) for n in ("de", "ate"))
    valores: dict[str, Any] = {
        "d": ditos,
        "titular": visto.valor["titular"],
        "pessoa": visto.valor["pessoa"],
        "de": dia(de),
        "ate": dia(ate),
        "prazo": dias(ate, v.agora),
        "notas": [n for n in (visto.valor["de_outro"], *visto.valor["avisos"]) if n],
        "pendente": v.casa.pendentes.guardar(_Dado(v.caminho, inteiro), v.quem, v.agora),
        "volta": volta,
    }
    return Pagina("procuracoes/conferir.html", titulo, valores)


def _apelido(v: Visita, empresa: str, nome: str) -> str:
    """Returns the name of the access; with a number where the company has a certificate called so."""
    usados = {r["apelido"].casefold() for r in ativos_lidos(v.banco, empresa)}
    base = nome.strip()[: _APELIDO_MAXIMO - 4]
    candidatos = (base, *(f"{base} {n}" for n in range(2, len(usados) + 3)))
    return next(c for c in candidatos if c.casefold() not in usados)


def guardar(v: Visita) -> tuple[dict[str, Any] | None, str | Recusa]:
    """Has the service keep what the first step gave. Returns what the form said then, and what came of it."""
    ficha = v.campos.um("pendente")
    dado = v.casa.pendentes.tomar(ficha, v.quem, v.agora)
    if not isinstance(dado, _Dado):
        return None, (CONFLITO, (_USADO,))
    if dado.caminho != v.caminho:  # of the form of another access: it waits there
        v.casa.pendentes.devolver(ficha, dado, v.quem, v.agora)
        return None, (CONFLITO, (_USADO,))
    feito = entregue(v, dado.pedido)
    if isinstance(feito, tuple) and feito[0] == CONFLITO:  # what the service was not there for may be sent again
        v.casa.pendentes.devolver(ficha, dado, v.quem, v.agora)
    return dado.pedido["acesso"], feito
