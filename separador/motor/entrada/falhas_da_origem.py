"""Brings the failures view up to date with what is wrong with an origin, its routes and the files that wait in it."""

from collections.abc import Sequence

from separador.banco import falhas
from separador.motor.contexto import Contexto
from separador.motor.entrada.origem import Origem
from separador.nucleo.arquivo_completo import Motivo
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.nome_de_arquivo import mostrar
from separador.pastas import faixas, saude
from separador.pastas.erros import FalhaDePasta, codigo_da_falha
from separador.pastas.saude import Problema
from separador.pastas.varredura import Varredura

TOLERANCIA_S = 60.0
"""Time until a waiting file stands in the failures view, unless ten quiet times are longer."""


def atualizar(contexto: Contexto, origem: Origem, *, tolerancia_s: float | None = None) -> None:
    """Brings the failures view up to date with what this origin found: opens new ones, closes vanished ones.

    `tolerancia_s`: seconds that a file may wait without being shown; None = a minute, or ten quiet times.
    """
    atuais = {(f.assunto, f.codigo): f for f in _falhas(contexto, origem, tolerancia_s)}
    prefixos = [f"origem:{origem.pasta}", *(f"rota:{r.id}:" for r in origem.rotas), f"espera:{origem.pasta}:"]
    abertas = {par for prefixo in prefixos for par in falhas.assuntos(contexto.banco, prefixo)}
    # `/in/cte` is the beginning of `/in/cte-os` too, but the failures of that origin belong to another origin.
    abertas = {par for par in abertas if not par[0].startswith("origem:") or par[0] == prefixos[0]}
    novas, idas = atuais.keys() - abertas, abertas - atuais.keys()
    if not novas and not idas:
        return
    quando = contexto.quando()
    with contexto.banco.transacao():
        for par in novas:
            falhas.abrir(contexto.banco, atuais[par], quando)
        for assunto, codigo in idas:
            falhas.encerrar(contexto.banco, assunto, quando, "a causa passou", codigo)
    for par in novas:
        f = atuais[par]
        contexto.log.warning(f.motivo, acao="falha", codigo=f.codigo, rota=f.rota, o_que_fazer=f.o_que_fazer)
    for assunto, codigo in idas:
        contexto.log.info("voltou ao normal", acao="falha encerrada", assunto=assunto, codigo=codigo)


def esquecer(contexto: Contexto, origens: Sequence[Origem]) -> None:
    """Closes the failures of origins and routes that the configuration does not read any more."""
    pastas = {str(p.pasta) for p in origens}
    ids = {str(r.id) for p in origens for r in p.rotas if r.ativo}
    orfas = {f for f in falhas.assuntos(contexto.banco, "origem:") if f[0].removeprefix("origem:") not in pastas}
    orfas |= {f for f in falhas.assuntos(contexto.banco, "rota:") if f[0].split(":")[1] not in ids}
    esperas = tuple(f"espera:{pasta}:" for pasta in pastas)
    orfas |= {f for f in falhas.assuntos(contexto.banco, "espera:") if not f[0].startswith(esperas)}
    if not orfas:
        return
    with contexto.banco.transacao():
        for assunto, codigo in orfas:
            falhas.encerrar(contexto.banco, assunto, contexto.quando(), "a configuração não lê mais esta pasta", codigo)


def _falhas(contexto: Contexto, origem: Origem, tolerancia_s: float | None) -> list[Falha]:
    primeira = next((r.id for r in origem.rotas if r.ativo), None)
    achadas = [_da_pasta(f"origem:{origem.pasta}", p, primeira) for p in origem.problemas]
    achadas += [_da_pasta(f"rota:{i}:", p, i) for i, ps in origem.paradas.items() for p in ps]
    if origem.varredura is None or origem.problemas:
        return achadas
    return achadas + _esperas(contexto, origem, origem.varredura, tolerancia_s) + _nao_coletados(contexto, origem)


def _da_pasta(assunto: str, p: Problema, rota: int | None) -> Falha:
    return Falha(assunto, codigo_da_falha(p.codigo), p.mensagem, p.o_que_fazer, rota=rota)


def codigo_da_espera(motivo: Motivo) -> str:
    """Returns the code of a file that waits: `SEM_REGRA` is SEP-SEM-REGRA."""
    return f"SEP-{motivo.name.replace('_', '-')}"


def _esperas(contexto: Contexto, origem: Origem, varredura: Varredura, tolerancia_s: float | None) -> list[Falha]:
    agora = contexto.agora()
    ligado_s = varredura.tempo_quieto_s + TOLERANCIA_S if tolerancia_s is None else tolerancia_s
    if tolerancia_s is None:
        tolerancia_s = max(TOLERANCIA_S, 10 * varredura.tempo_quieto_s)
    return _ligados(contexto, origem, ligado_s) + [
        Falha(
            f"espera:{origem.pasta}:{mostrar(p.nome)}",
            codigo_da_espera(p.motivo),
            f"{p.motivo.value}{f' ({p.detalhe})' if p.detalhe else ''}",
            descrever(codigo_da_espera(p.motivo))[1],
            mostrar(p.nome),
            int(p.rota) if p.rota is not None else next((r.id for r in origem.rotas if r.ativo), None),
        )
        for p in varredura.pendencias()[:1000]
        if p.motivo is Motivo.SEM_REGRA
        or (agora - p.desde).total_seconds() >= (ligado_s if p.motivo is Motivo.LIGADO else tolerancia_s)
    ]


def _ligados(contexto: Contexto, origem: Origem, ha_s: float) -> list[Falha]:
    """Returns the claims that got a second name after they were taken."""
    if origem.ainda_mudando is None:
        return []
    codigo = codigo_da_espera(Motivo.LIGADO)
    fazer = descrever(codigo)[1]
    return [
        Falha(
            f"espera:{origem.pasta}:{t.lote}/{mostrar(t.nome)}",
            codigo,
            Motivo.LIGADO.value,
            fazer,
            mostrar(t.nome),
            next((r.id for r in origem.rotas if r.ativo), None),
        )
        for t in origem.ainda_mudando.ligados(contexto.relogio.monotonico() - ha_s)
    ]


def _nao_coletados(contexto: Contexto, origem: Origem) -> list[Falha]:
    """Returns files that the other program has not taken within the time of the route (`prazo_coleta`, an option)."""
    achadas = []
    _, fazer = descrever("SEP-NAO-COLETADO")
    for rota in origem.rotas:
        if not rota.ativo or rota.prazo_coleta_s is None or rota.id in origem.paradas:
            continue
        try:
            atrasados = faixas.fazer(
                rota.destino, saude.coleta_atrasada, rota.destino, rota.prazo_coleta_s, contexto.agora(), limite=100
            )
        except FalhaDePasta:
            continue  # the folder's own failure is found by `conferir`
        achadas += [
            Falha(
                f"rota:{rota.id}:coleta:{mostrar(nome)}",
                "SEP-NAO-COLETADO",
                f"Arquivo pronto em {rota.destino} e não coletado pelo outro programa.",
                fazer,
                mostrar(nome),
                rota.id,
            )
            for nome, _ in atrasados
        ]
    return achadas
