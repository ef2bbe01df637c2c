"""Shows first the failures, then the progress of each route (`separador situacao`)."""

import os
import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from separador.banco import leitura as leitura_do_banco
from separador.banco.instante import texto_de
from separador.banco.leitura import Progresso
from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes
from separador.nucleo.rota import Rota, atribuir_ids, escolher
from separador.nucleo.texto.quantidade import quantos

if TYPE_CHECKING:
    from pathlib import Path

    from separador.configuracao import Configuracao

MOSTRADAS = 20


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra o que está falhando e, abaixo, o andamento de cada rota: o que espera, o que foi feito hoje e o que "
    "falha.",
)
@opcao_json
@passar_opcoes
def situacao(opcoes: Opcoes, em_json: bool) -> None:
    """Exits with 0, whatever fails: the exit code of `falhas` reports failures."""
    configuracao = opcoes.configuracao()
    agora = leitura.agora_utc()
    with leitura.lendo(configuracao.dados) as banco:
        vivo = leitura.servico_vivo(configuracao.dados, agora)
        quadro = montar(configuracao, banco, agora, vivo)
        falhas = leitura_do_banco.falhas_abertas(banco) if banco is not None and not em_json else []
    if em_json:
        mostrar_json(quadro)
    else:
        _avisar_parado(vivo, configuracao.tempo_leitura_s)
        _mostrar(quadro, falhas, agora)


def _avisar_parado(vivo: leitura.Vivo, tempo_leitura_s: int) -> None:
    if vivo.parado(tempo_leitura_s):
        idade = leitura.por_extenso(vivo.calado_s)
        click.secho(f"✗ O serviço (pid {vivo.pid}) está no ar, mas não dá sinal há {idade}.", fg="red")
        click.echo("Veja o log (separador log) e reinicie: separador reiniciar\n")


def montar(
    configuracao: "Configuracao", banco: sqlite3.Connection | None, agora: datetime, vivo: leitura.Vivo
) -> dict[str, Any]:
    """Returns the content of `situacao --json`. `banco` None: the service never started."""
    rotas = atribuir_ids(configuracao.rotas, _assinaturas(banco))
    ids = [r.id or 0 for r in rotas]
    meia_noite = texto_de(leitura.inicio_do_dia(agora))
    numeros = leitura_do_banco.progresso(banco, ids, meia_noite) if banco is not None else {i: Progresso() for i in ids}
    ditos = vivo.rotas if vivo.detentor is not None else _nas_pastas(configuracao.dados, rotas, agora)
    return {
        "servico": {"ativo": vivo.ativo, "pid": vivo.pid, "desde": vivo.desde, "painel": None},
        "rotas": [_rota(r, numeros[r.id or 0], ditos.get(str(r.id), {}), agora) for r in rotas],
    }


def _assinaturas(banco: sqlite3.Connection | None) -> dict[int, str]:
    if banco is None:
        return {}
    return {int(i): str(a) for i, a in banco.execute("SELECT id, assinatura FROM rota")}


def _rota(rota: Rota, n: Progresso, dito: dict[str, Any], agora: datetime) -> dict[str, Any]:
    idades = [i for i in (dito.get("mais_antigo_s"), leitura.idade_s(n.mais_antigo, agora)) if i is not None]
    return {
        "id": rota.id,
        "ativo": rota.ativo,
        "regra": str(rota.regra),
        "origem": str(rota.origem),
        "destino": str(rota.destino),
        "esperando": int(dito.get("esperando", 0)) + n.retidos,
        "feitos": n.feitos,
        "falhando": n.falhando,
        "mais_antigo_s": max(idades, default=None),
        "ultima_leitura": dito.get("ultima_leitura"),
    }


def _nas_pastas(dados: "Path", rotas: tuple[Rota, ...], agora: datetime) -> dict[str, dict[str, Any]]:
    """Counts the files that lie in the origins now. With the service stopped nobody else counts them."""
    from separador.pastas import faixas  # noqa: PLC0415 -- only where the service does not run

    faixas.usar(dados)
    contados: dict[str, dict[str, Any]] = {}
    for origem in dict.fromkeys(r.origem for r in rotas if r.ativo):
        for rota, mtime in _na_origem(origem, [r for r in rotas if r.origem == origem]):
            dito = contados.setdefault(str(rota.id), {"esperando": 0, "mais_antigo_s": 0})
            dito["esperando"] += 1
            dito["mais_antigo_s"] = max(dito["mais_antigo_s"], int(agora.timestamp() - mtime))
    return contados


def _na_origem(origem: "Path", rotas: list[Rota]) -> list[tuple[Rota, float]]:
    from separador.pastas import faixas  # noqa: PLC0415 -- as above
    from separador.pastas.erros import SemResposta  # noqa: PLC0415

    try:
        return faixas.fazer(origem, _arquivos, origem, rotas)
    except SemResposta:
        return []


def _arquivos(origem: "Path", rotas: list[Rota]) -> list[tuple[Rota, float]]:
    """Returns the files that a route would take, with their times.

    A folder that cannot be read has none to show; `verificar` reports it.
    """
    achados = []
    try:
        with os.scandir(os.fsencode(origem)) as entradas:
            for entrada in entradas:
                rota = escolher(entrada.name, rotas) if entrada.is_file(follow_symlinks=False) else None
                if rota is not None:
                    achados.append((rota, entrada.stat(follow_symlinks=False).st_mtime))
    except OSError:
        return achados
    return achados


def _mostrar(quadro: dict[str, Any], falhas: list[sqlite3.Row], agora: datetime) -> None:
    for f in falhas[:MOSTRADAS]:
        onde = " ".join(str(v) for v in (f["arquivo"] or f["chave"], f["rota"] and f"(rota {f['rota']})") if v)
        idade = leitura.por_extenso(leitura.idade_s(f["desde"], agora))
        click.secho(f"✗ {onde + ': ' if onde else ''}{f['motivo']} [{f['codigo']}, há {idade}]", fg="red")
    if len(falhas) > MOSTRADAS:
        click.secho(f"… e mais {quantos(len(falhas) - MOSTRADAS, 'falha', 'falhas')}.", fg="red")
    if falhas:
        click.echo("Para ver o que fazer em cada uma: separador falhas\n")
    click.echo(_frase_do_servico(quadro["servico"]) + "\n")
    if not quadro["rotas"]:
        click.echo("Nenhuma rota. Inclua uma com: separador rotas incluir")
        return
    _tabela(quadro["rotas"])


def _frase_do_servico(servico: dict[str, Any]) -> str:
    if servico["ativo"]:
        return f"Serviço ligado (pid {servico['pid'] or '?'}), desde {leitura.hora_local(servico['desde'])}."
    if servico["pid"] is not None:
        return f"Serviço iniciando (pid {servico['pid']})."
    return "Serviço desligado. Ligue com: separador iniciar"


def _tabela(rotas: list[dict[str, Any]]) -> None:
    cabecalho = ("rota", "regra", "esperando", "feitos hoje", "falhando", "mais antigo", "última leitura", "origem")
    linhas = [
        (
            str(r["id"]),
            r["regra"] + ("" if r["ativo"] else " (inativa)"),
            *(str(r["esperando"]), str(r["feitos"]), str(r["falhando"])),
            leitura.por_extenso(r["mais_antigo_s"]) or "-",
            leitura.hora_local(r["ultima_leitura"])[11:] or "-",
            r["origem"],
        )
        for r in rotas
    ]
    mostrar_tabela(cabecalho, linhas, [i for i, r in enumerate(rotas) if r["falhando"]])
