"""Asks for the status at most every three minutes; in between shows the kept answer (`separador sefaz status`)."""

import sqlite3
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from separador.capacidades.sefaz.banco import leitura as leitura_da_sefaz
from separador.capacidades.sefaz.banco.leitura import Status
from separador.capacidades.sefaz.cli.sefaz import limpar_cnpj
from separador.capacidades.sefaz.dominio.cstat import NO_AR
from separador.capacidades.sefaz.dominio.decisoes import STATUS as INTERVALO
from separador.cli.base import leitura, pedidos
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes, sair

if TYPE_CHECKING:
    from pathlib import Path

    from separador.capacidades.sefaz.rede.enderecos import Enderecos
    from separador.configuracao import Configuracao

_PASSO_S = 0.1


@dataclass(frozen=True, slots=True)
class Alvo:
    """One question: a state and the authoriser that answers for it."""

    uf: str
    codigo: str
    autorizador: str
    tp_amb: str
    svc: bool

    @property
    def fila(self) -> str:
        """Returns the queue's name, as `servico.fila.fila_do_status` does."""
        return f"status:{self.autorizador}:{self.codigo}:{self.tp_amb}"

    @property
    def chave_do_pedido(self) -> str:
        """Returns the order's `chave`."""
        return f"{self.codigo}:svc" if self.svc else self.codigo


@click.command(
    options_metavar="[OPÇÕES]",
    help="Pergunta à SEFAZ se o serviço está em operação: na UF de cada empresa, ou na UF ou EMPRESA ditas. Entre duas "
    "perguntas à mesma SEFAZ passam no mínimo 3 minutos; antes disso mostra a resposta guardada, com a hora dela. "
    "Termina com 1 quando algum não está em operação.",
)
@click.option("--uf", metavar="UF", help="Só deste estado.")
@click.option("--empresa", metavar="CNPJ", help="Só do estado desta empresa.")
@click.option("--svc", is_flag=True, help="Pergunta à SEFAZ virtual de contingência do estado.")
@opcao_json
@passar_opcoes
def status(opcoes: Opcoes, uf: str | None, empresa: str | None, svc: bool, em_json: bool) -> None:
    """Exits with 1: one is not in operation, or did not answer; 3: the service is stopped and nothing fresh is kept."""
    config = opcoes.configuracao()
    alvos = _alvos(config, uf, empresa, svc=svc)
    antes = _guardados(config.dados, alvos)
    velhos = [a for a in alvos if not _fresco(antes[a.fila])]
    novos = _perguntar(config.dados, velhos, antes) if velhos else {}
    paradas = _paradas(config.dados)
    linhas = [_linha(a, novos.get(a.fila) or antes[a.fila], paradas, guardada=a not in velhos) for a in alvos]
    _mostrar(linhas, em_json=em_json)
    if not all(linha["em_operacao"] for linha in linhas):
        sair(Saida.RECUSADO)


def _alvos(config: "Configuracao", uf: str | None, empresa: str | None, *, svc: bool) -> list[Alvo]:
    from separador.capacidades.sefaz.rede.enderecos import Enderecos, EnderecosError  # noqa: PLC0415
    from separador.configuracao import Ambiente  # noqa: PLC0415
    from separador.fiscal.regras.ufs import CODIGO_UF  # noqa: PLC0415

    if uf is not None and empresa is not None:
        raise click.UsageError("Diga --uf ou --empresa, não os dois.")
    escolhida = config.empresa(limpar_cnpj(empresa)) if empresa is not None else None
    if empresa is not None and escolhida is None:
        sair(Saida.RECUSADO, f"Não há empresa com o CNPJ {empresa} na configuração.")
    ufs = [uf.upper()] if uf else [escolhida.uf] if escolhida else list(dict.fromkeys(e.uf for e in config.empresas))
    if uf is not None and ufs[0] not in CODIGO_UF:
        raise click.UsageError(f"{uf} não é a sigla de um estado.")
    if not ufs:
        sair(Saida.RECUSADO, "Não há empresas na configuração; diga o estado: --uf UF")
    simulador = config.sefaz.simulador if config.ambiente is Ambiente.SIMULADO else None
    try:
        enderecos = Enderecos.carregar(config.sefaz.enderecos, simulador=simulador)
    except EnderecosError as erro:
        sair(Saida.USO, str(erro))
    return [_alvo(enderecos, u, CODIGO_UF[u], config.ambiente.tp_amb, svc=svc) for u in ufs]


def _alvo(enderecos: "Enderecos", uf: str, codigo: str, tp_amb: str, *, svc: bool) -> Alvo:
    return Alvo(uf, codigo, enderecos.svc(uf) if svc else enderecos.autorizador(uf), tp_amb, svc)


def _guardados(dados: "Path", alvos: list[Alvo]) -> dict[str, Status | None]:
    with leitura.lendo(dados) as banco:
        return {a.fila: leitura_da_sefaz.ultimo_status(banco, a.fila) if banco is not None else None for a in alvos}


def _fresco(s: Status | None) -> bool:
    idade_s = leitura.idade_s(s.respondida_em, leitura.agora_utc()) if s is not None else None
    return idade_s is not None and idade_s < INTERVALO.total_seconds()


def _perguntar(dados: "Path", velhos: list[Alvo], antes: dict[str, Status | None]) -> dict[str, Status]:
    """Orders the questions and waits for their answers. Refused ones are reported."""
    respostas = pedidos.pedir(dados, [pedidos.NovoPedido("status", a.chave_do_pedido) for a in velhos])
    feitas = [a for a, r in zip(velhos, respostas, strict=True) if r["estado"] == "feita"]
    for alvo, resposta in zip(velhos, respostas, strict=True):
        if resposta["estado"] != "feita":
            click.echo(f"{alvo.uf}: {resposta['mensagem']}", err=True)
    novos: dict[str, Status] = {}
    limite = time.monotonic() + pedidos.ESPERA_S
    with leitura.lendo(dados) as banco:
        while banco is not None and len(novos) < len(feitas) and time.monotonic() < limite:
            falhou = _colher(banco, feitas, antes, novos)
            if len(novos) + falhou >= len(feitas):
                break
            time.sleep(_PASSO_S)
    return novos


def _colher(
    banco: sqlite3.Connection, alvos: list[Alvo], antes: dict[str, Status | None], novos: dict[str, Status]
) -> int:
    """Collects the answers that came since. Returns how many questions are known to have none."""
    falharam = 0
    for alvo in alvos:
        velho = antes[alvo.fila]
        atual = leitura_da_sefaz.ultimo_status(banco, alvo.fila)
        if atual is not None and (velho is None or atual.id > velho.id):
            novos[alvo.fila] = atual
        elif leitura_da_sefaz.status_sem_resposta(banco, alvo.fila, velho.id if velho is not None else 0) is not None:
            falharam += 1
    return falharam


def _paradas(dados: "Path") -> dict[str, sqlite3.Row]:
    with leitura.lendo(dados) as banco:
        return leitura_da_sefaz.paradas(banco) if banco is not None else {}


def _linha(alvo: Alvo, s: Status | None, paradas: dict[str, sqlite3.Row], *, guardada: bool) -> dict[str, Any]:
    """Returns one line of the answer. `em_operacao` is true only by an answer that is still fresh."""
    parada = paradas.get(f"sefaz:{alvo.autorizador}:{alvo.tp_amb}")
    campos = _campos(s.corpo) if s is not None else {}
    atual = _fresco(s) and parada is None
    return {
        "uf": alvo.uf,
        "autorizador": alvo.autorizador,
        "ambiente": alvo.tp_amb,
        "em_operacao": bool(atual and s is not None and s.cstat in NO_AR),
        "cstat": s.cstat if s is not None else None,
        "motivo": s.motivo if s is not None else None,
        "respondida_em": s.respondida_em if s is not None else None,
        "guardada": guardada,
        "tempo_medio_s": campos.get("tMed"),
        "retorno_previsto": campos.get("dhRetorno"),
        "observacao": campos.get("xObs"),
        "parada": {"desde": parada["desde"], "ate": parada["ate"], "motivo": parada["motivo"]} if parada else None,
    }


def _campos(corpo: bytes) -> dict[str, str]:
    from separador.fiscal.leitura import ler  # noqa: PLC0415
    from separador.nucleo.erro import Recusa  # noqa: PLC0415

    lido = ler(corpo)
    if isinstance(lido, Recusa):
        return {}
    nomes = ("tMed", "dhRetorno", "xObs")
    achados = {n: lido.raiz.findtext(f".//{{*}}{n}") for n in nomes}
    return {n: t.strip() for n, t in achados.items() if t}


def _mostrar(linhas: list[dict[str, Any]], *, em_json: bool) -> None:
    if em_json:
        mostrar_json(linhas)
        return
    mostrar_tabela(
        ("UF", "autorizador", "resposta", "quando", "tempo médio"),
        [(r["uf"], r["autorizador"], _resposta(r), _quando(r), _medio(r)) for r in linhas],
    )
    for r in linhas:
        if r["retorno_previsto"] or r["observacao"]:
            partes = (f"retorno previsto: {r['retorno_previsto']}" if r["retorno_previsto"] else "", r["observacao"])
            click.echo(f"{r['uf']}: {'; '.join(p for p in partes if p)}")


def _resposta(r: dict[str, Any]) -> str:
    if r["parada"] is not None:
        return f"parada desde {leitura.hora_local(r['parada']['desde'])}: {r['parada']['motivo']}"
    if r["cstat"] is None:
        return "sem resposta"
    return f"{r['cstat']} {r['motivo']}"


def _quando(r: dict[str, Any]) -> str:
    if r["respondida_em"] is None:
        return ""
    hora = leitura.hora_local(r["respondida_em"])
    minutos = INTERVALO // timedelta(minutes=1)
    return f"{hora} (guardada; pergunta a cada {minutos} min)" if r["guardada"] else hora


def _medio(r: dict[str, Any]) -> str:
    return f"{r['tempo_medio_s']} s" if r["tempo_medio_s"] else ""
