"""Chooses the calls whose turn it is, and writes their intents."""

from collections import Counter
from collections.abc import Iterable
from sqlite3 import Row

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.banco import paradas as tabela_de_paradas
from separador.capacidades.sefaz.banco import vez as tabela_da_vez
from separador.capacidades.sefaz.dominio import decisoes
from separador.capacidades.sefaz.dominio.lugares import repartir
from separador.capacidades.sefaz.rede.enderecos import EnderecosError
from separador.capacidades.sefaz.rede.porta import RECEPCOES, Chamada
from separador.capacidades.sefaz.servico import paradas
from separador.capacidades.sefaz.servico.chamada import CedoDemaisError, SemEnderecoError, preparar
from separador.capacidades.sefaz.servico.chamadores import FIOS
from separador.capacidades.sefaz.servico.cliente_em_uso import ClienteEmUso
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.transacao import em_grupo
from separador.motor.log.log import registrar_incidente
from separador.nucleo.falha import Falha, descrever

POR_AUTORIZADOR = FIOS // 2
"""Places that one authoriser may hold. It holds no more when nobody else waits: the next one may come at any time."""


def escolher(contexto: Contexto, voos: Iterable[tuple[str, str]], vagas: int) -> list[Row]:
    """Returns at most `vagas` rows that may go now, shared out between the companies and the authorisers.

    `voos`: (cnpj, authoriser) of each call in flight.
    """
    voando = Counter(voos)
    do_autorizador = Counter(autorizador for _, autorizador in voando.elements())
    de_pe = tabela_de_paradas.todas(contexto.banco)
    esperam: dict[tuple[str, str], list[Row]] = {}
    filas: set[str] = set()
    for cnpj, autorizador in tabela_da_vez.grupos_pendentes(contexto.banco) if vagas > 0 else ():
        # Half as many more wait in `Chamadores`, so that a free place in flight does not wait for the loop.
        em_voo = contexto.config.sefaz.em_voo
        livres = em_voo + em_voo // 2 - voando[cnpj, autorizador]
        cabem = min(livres, vagas, POR_AUTORIZADOR - do_autorizador[autorizador])
        ocupado = do_autorizador[autorizador] > 0
        for linha in _do_grupo(contexto, cnpj, autorizador, cabem, de_pe, ocupado=ocupado):
            if linha["fila"] not in filas:
                filas.add(linha["fila"])
                esperam.setdefault((cnpj, autorizador), []).append(linha)
    antigos = dict(sorted(esperam.items(), key=lambda item: min(linha["id"] for linha in item[1])))
    return repartir(antigos, voando.elements(), vagas, POR_AUTORIZADOR)


def _do_grupo(
    contexto: Contexto, cnpj: str, autorizador: str, vagas: int, de_pe: dict[str, Row], *, ocupado: bool
) -> list[Row]:
    quando = contexto.quando()
    if vagas <= 0 or paradas.vigente(de_pe.get(paradas.do_certificado(cnpj, autorizador)), quando):
        return []
    irregular = de_pe.get(paradas.do_emitente(cnpj))
    parada = de_pe.get(paradas.do_autorizador(autorizador, contexto.config.ambiente.tp_amb))
    alvo = None
    if parada is not None:
        if paradas.vigente(parada, quando) or ocupado:
            return []
        # The time of the stop is over: one call tries. When the authoriser itself said to stop, it is a status query.
        vagas, alvo = 1, tabela.STATUS if parada["causa"] == paradas.SEFAZ else None
    prefixo = paradas.do_servico(cnpj, "")
    bloqueados = [e.removeprefix(prefixo) for e, p in de_pe.items() if e.startswith(prefixo) and str(p["ate"]) > quando]
    if paradas.vigente(irregular, quando):
        bloqueados += RECEPCOES
    elif irregular is not None:
        vagas = min(vagas, 1)
    aqui = contexto.config.ambiente
    tenta = parada is not None
    linhas = tabela_da_vez.da_vez(
        contexto.banco, cnpj, autorizador, quando, _A_ESCOLHER if tenta else vagas,
        tp_amb=aqui.tp_amb, ambiente=aqui, exceto=bloqueados, alvo=alvo,
    )  # fmt: skip
    return sorted(linhas, key=_ja_falhou)[:vagas] if tenta else linhas


_A_ESCOLHER = 64


def _ja_falhou(linha: Row) -> bool:
    """Says whether an earlier call for the same had no outcome.

    The one call that tries whether an authoriser is back must not be one that fails for a reason of its own.
    """
    return linha["de_id"] is not None or linha["enviada_em"] is not None


def sondar(contexto: Contexto) -> None:
    """Asks each authoriser that stands still, and whose time is over, whether it is back, at most every 3 minutes."""
    vencidas = paradas.vencidas(contexto)
    if not vencidas:
        return

    def decidir(grupo: Grupo) -> None:
        for parada in vencidas:
            paradas.sondar(grupo, parada)

    em_grupo(contexto, decidir)


def intencao(grupo: Grupo, linha: Row, rede: ClienteEmUso) -> Chamada | None:
    """Returns the call of a row, with its intent written. None: it cannot go now, and this was shown or scheduled."""
    dono = rede.dono(linha["cnpj"])
    if dono is None:
        paradas.certificado(grupo, linha, rede.porque_sem_certificado(linha["cnpj"]))
        return None
    try:
        with grupo.banco.ponto():
            chamada = preparar(grupo, linha, dono)
    except CedoDemaisError as cedo:
        tabela.de_novo(grupo.banco, linha["id"], None, "dez consultas por hora", texto_de(cedo.em))
        return None
    except (SemEnderecoError, EnderecosError) as erro:
        motivo, fazer = descrever("SEP-TRANSMISSAO-ENDERECO", str(erro))
        grupo.falhar(Falha(f"endereco:{linha['autorizador']}", "SEP-TRANSMISSAO-ENDERECO", motivo, fazer))
        _depois(grupo, linha, str(erro))
        return None
    except Exception as erro:  # noqa: BLE001 - around one call
        numero = registrar_incidente(grupo.contexto.dados, erro, {"transmissao": linha["id"]}, grupo.agora)
        _depois(grupo, linha, f"incidente {numero}")
        motivo, fazer = descrever("SEP-INCIDENTE", f"Incidente {numero}.")
        assunto = f"doc:{linha['chave']}" if linha["chave"] else f"transmissao:{linha['id']}"
        grupo.falhar(Falha(assunto, "SEP-INCIDENTE", motivo, fazer, None, linha["rota_id"], linha["chave"]))
        return None
    if chamada is not None:
        _contar(grupo, linha)
    return chamada


def _contar(grupo: Grupo, linha: Row) -> None:
    if grupo.havia_falhas:
        falhas.encerrar(grupo.banco, f"endereco:{linha['autorizador']}", grupo.quando, "o endereço está na tabela")
    grupo.linhas.append(
        {"event": "transmitindo", "acao": "transmissão", "chave": linha["chave"], "servico": linha["servico"],
         "autorizador": linha["autorizador"], "tentativa": linha["tentativas"] + 1}
    )  # fmt: skip


def _depois(grupo: Grupo, linha: Row, detalhe: str) -> None:
    em = texto_de(grupo.agora + decisoes.espera_conexao(5, grupo.contexto.relogio.sorteio()))
    tabela.de_novo(grupo.banco, linha["id"], None, detalhe, em)
