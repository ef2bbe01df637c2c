"""The page that installs a certificate: first it says whose it is and until when, and only then it is kept.

The file and its password are in memory only. They go to the service, which opens them; this process never does.
"""

import base64
import os
from dataclasses import dataclass, field
from typing import Any

from separador.acesso.banco import auditoria
from separador.banco.instante import instante_de, texto_de
from separador.capacidades.certificados.leitura.custo_do_pfx import LIMITE_PFX
from separador.capacidades.certificados.servico.nomes import CERTIFICADO, EXAME, USOS, dias
from separador.nucleo.fuso import dia
from separador.nucleo.nome_de_arquivo import mostrar
from separador.painel.base.casa import Casa
from separador.painel.base.envio import NaMemoria
from separador.painel.base.escolhas import empresas
from separador.painel.base.resposta import ACHADA, CONFLITO, RECUSADA, Ir, Pagina, Resposta
from separador.painel.base.servico import DESLIGADO, estado
from separador.painel.base.visita import Visita
from separador.pedidos.entrega import Entregue, entregar
from separador.pedidos.saida import Saida

_TITULO = "Adicionar certificado"
_LIGAR = (
    "Ligue o serviço (INICIAR SERVIÇO, na primeira página) para instalar por aqui: é ele que guarda a chave no cofre. "
    "Sem ele: separador certificado instalar ARQUIVO --apelido NOME"
)
_CAMPOS = ("empresa", "apelido", "padrao", "uso")


@dataclass(frozen=True, slots=True)
class _Dado:
    """What the first step gave."""

    campos: dict[str, str]
    pfx: bytes = field(repr=False)
    senha: str = field(repr=False)


def guarda(_casa: Casa) -> NaMemoria:
    """Returns where the file goes: nowhere but memory."""
    return NaMemoria(LIMITE_PFX)


def novo(v: Visita) -> Resposta:
    """Shows the form; says whose certificate it is; installs it."""
    if not v.enviada:
        unica = v.configuracao.empresas[0].cnpj if len(v.configuracao.empresas) == 1 else ""
        ditos = {"empresa": v.consulta.um("empresa") or unica, "apelido": "", "padrao": "sim", "uso": USOS[0]}
        return _formulario(v, ditos, ACHADA, (_LIGAR,) if estado(v) == DESLIGADO else ())
    ficha = v.campos.um("pendente")
    return _instalar(v, ficha) if ficha else _examinar(v)


def _examinar(v: Visita) -> Resposta:
    ditos = {n: v.campos.um(n).strip() for n in _CAMPOS}
    falta = _falta(v, ditos)
    arquivo = v.arquivos if isinstance(v.arquivos, NaMemoria) else None
    if arquivo is None or not arquivo.nome:
        falta = (*falta, "Escolha o Arquivo PFX.")
    elif not arquivo.dados:
        falta = (*falta, f"O arquivo {mostrar(arquivo.nome)} está vazio.")
    if falta or arquivo is None:
        return _formulario(v, ditos, RECUSADA, falta)
    dado = _Dado(ditos, bytes(arquivo.dados), v.campos.um("senha"))
    feito = _entregar(v, EXAME, dado)
    if feito is None or feito.codigo != Saida.FEITO:
        return _formulario(v, ditos, *_recusa(feito))
    visto, ate = feito.valor, instante_de(str(feito.valor["ate"]))
    valores: dict[str, Any] = {
        "d": ditos,
        "titular": visto["titular"],
        "pessoa": visto["pessoa"],
        "de": dia(instante_de(str(visto["de"]))),
        "ate": dia(ate),
        "prazo": dias(ate, v.agora),
        "notas": visto["avisos"],
        "nome": next((e.nome for e in v.configuracao.empresas if e.cnpj == ditos["empresa"]), ""),
        "pendente": v.casa.pendentes.guardar(dado, v.quem, v.agora),
    }
    return Pagina("certificados/conferir.html", _TITULO, valores)


def _falta(v: Visita, ditos: dict[str, str]) -> tuple[str, ...]:
    faltas = []
    if ditos["empresa"] not in {e.cnpj for e in v.configuracao.empresas}:
        faltas.append("Escolha a Empresa.")
    if not ditos["apelido"]:
        faltas.append("Diga o Apelido: como chamar este certificado.")
    if ditos["padrao"] not in ("sim", "nao"):
        faltas.append("Diga se passa a ser o Certificado Padrão.")
    if ditos["uso"] not in USOS:
        faltas.append("Escolha o Uso.")
    return tuple(faltas)


def _instalar(v: Visita, ficha: str) -> Resposta:
    dado = v.casa.pendentes.tomar(ficha, v.quem, v.agora)
    if not isinstance(dado, _Dado):
        ditos = dict.fromkeys(_CAMPOS, "") | {"padrao": "sim"}
        dito = "Este envio já foi usado, ou passou do tempo: envie o arquivo de novo."
        return _formulario(v, ditos, CONFLITO, (dito,))
    feito = _entregar(v, CERTIFICADO, dado)
    if feito is None:
        v.casa.pendentes.devolver(ficha, dado, v.quem, v.agora)
        return _formulario(v, dado.campos, *_recusa(None))
    como = auditoria.FEITO if feito.codigo == Saida.FEITO else auditoria.RECUSADO
    sobre = f"{dado.campos['empresa']} {dado.campos['apelido']}"
    with v.escrevendo() as banco, banco.transacao():
        auditoria.registrar(
            banco, texto_de(v.agora), v.quem, "comando", v.tela.muda or "", resultado=como, detalhe=sobre
        )
    if feito.codigo != Saida.FEITO:
        return _formulario(v, dado.campos, *_recusa(feito))
    return Ir(f"/certificados?feito={int(feito.valor['id'])}")


def _entregar(v: Visita, especie: str, dado: _Dado) -> Entregue | None:
    c = dado.campos
    conteudo = {
        "pfx": base64.b64encode(dado.pfx).decode("ascii"), "senha": dado.senha, "empresa": c["empresa"],
        "apelido": c["apelido"], "uso": c["uso"], "padrao": c["padrao"] == "sim", "quem": v.quem,
    }  # fmt: skip
    return entregar(v.dados, especie, conteudo) if os.path.isdir(v.dados) else None


def _recusa(feito: Entregue | None) -> tuple[int, tuple[str, ...]]:
    if feito is None:
        return CONFLITO, (_LIGAR,)
    return (CONFLITO if feito.codigo == Saida.SEM_SERVICO else RECUSADA), feito.frases


def _formulario(v: Visita, ditos: dict[str, str], estado_: int, avisos: tuple[str, ...] = ()) -> Pagina:
    valores: dict[str, Any] = {"d": ditos, "empresas": empresas(v, ditos["empresa"]), "usos": USOS}
    return Pagina("certificados/novo.html", _TITULO, valores, estado_, avisos)
