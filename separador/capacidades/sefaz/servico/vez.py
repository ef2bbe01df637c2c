"""Whose turn it is to be sent, and its intent (SEFAZ-05, SEFAZ-06, SEFAZ-08)."""

from collections import Counter
from collections.abc import Iterable
from sqlite3 import Row

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.cte.servico.rede.chamada import CedoDemaisError, SemEnderecoError, preparar
from separador.capacidades.cte.servico.rede.fila import RECEPCAO
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.banco import paradas
from separador.capacidades.sefaz.banco import vez as turnos
from separador.capacidades.sefaz.dominio import decisoes as nucleo
from separador.capacidades.sefaz.rede.enderecos import EnderecosError
from separador.capacidades.sefaz.rede.porta import Chamada
from separador.capacidades.sefaz.servico import paradas as transmissao_paradas
from separador.capacidades.sefaz.servico.cliente_em_uso import LinhaDeRede
from separador.motor.contexto import Casa
from separador.motor.desfecho.conclusao import abrir_obra, finalizar
from separador.motor.desfecho.grupo import Obra
from separador.motor.log.log import registrar_incidente
from separador.nucleo.falha import Falha, descrever


def escolher(casa: Casa, voos: Iterable[tuple[str, str]], vagas: int) -> list[Row]:
    """At most `vagas` rows that may go now. `voos`: (cnpj, authoriser) of each call in flight."""
    voando = Counter(voos)
    de_pe = paradas.todas(casa.banco)
    escolhidas: list[Row] = []
    filas: set[str] = set()
    for cnpj, autorizador in turnos.grupos_pendentes(casa.banco):
        # Half as many again wait where the calls are made, so that a place in flight does not wait for the loop.
        em_voo = casa.config.sefaz.em_voo
        livres = em_voo + em_voo // 2 - voando[cnpj, autorizador]
        ocupado = any(a == autorizador for _, a in voando)
        for linha in _do_grupo(casa, cnpj, autorizador, livres, de_pe, ocupado=ocupado):
            if linha["fila"] not in filas and len(escolhidas) < vagas:
                filas.add(linha["fila"])
                escolhidas.append(linha)
    return escolhidas


def _do_grupo(
    casa: Casa, cnpj: str, autorizador: str, vagas: int, de_pe: dict[str, Row], *, ocupado: bool
) -> list[Row]:
    quando = casa.quando()
    if vagas <= 0 or transmissao_paradas.vigente(
        de_pe.get(transmissao_paradas.do_certificado(cnpj, autorizador)), quando
    ):
        return []
    irregular = de_pe.get(transmissao_paradas.do_emitente(cnpj))
    parada = de_pe.get(transmissao_paradas.do_autorizador(autorizador, casa.config.ambiente.tp_amb))
    alvo = None
    if parada is not None:
        if transmissao_paradas.vigente(parada, quando) or ocupado:
            return []
        # Its time is over: one call tries; of an authoriser that said it stands still, a status query.
        vagas, alvo = 1, tabela.STATUS if parada["causa"] == transmissao_paradas.SEFAZ else None
    prefixo = transmissao_paradas.do_servico(cnpj, "")
    bloqueados = [e.removeprefix(prefixo) for e, p in de_pe.items() if e.startswith(prefixo) and str(p["ate"]) > quando]
    if transmissao_paradas.vigente(irregular, quando):
        bloqueados += RECEPCAO.values()
    elif irregular is not None:
        vagas = min(vagas, 1)
    aqui = casa.config.ambiente
    return turnos.da_vez(
        casa.banco, cnpj, autorizador, quando, vagas,
        tp_amb=aqui.tp_amb, ambiente=aqui, exceto=bloqueados, alvo=alvo,
    )  # fmt: skip


def sondar(casa: Casa) -> None:
    """Of each authoriser that said it stands still, and whose time is over: is it back? (at most each 3 min)"""
    vencidas = transmissao_paradas.vencidas(casa)
    if not vencidas:
        return
    obra = abrir_obra(casa)
    with casa.banco.transacao():
        for parada in vencidas:
            transmissao_paradas.sondar(obra, parada)
    finalizar(casa, obra)


def intencao(obra: Obra, linha: Row, rede: LinhaDeRede) -> Chamada | None:
    """The call of a row, its intent written; None when it cannot go now, which is then said or scheduled."""
    dono = rede.dono(linha["cnpj"])
    if dono is None:
        transmissao_paradas.certificado(obra, linha, rede.porque_sem_certificado(linha["cnpj"]))
        return None
    try:
        with obra.banco.ponto():
            chamada = preparar(obra, linha, dono)
    except CedoDemaisError as cedo:
        tabela.de_novo(obra.banco, linha["id"], None, "dez consultas por hora", texto_de(cedo.em))
        return None
    except (SemEnderecoError, EnderecosError) as erro:
        motivo, fazer = descrever("SEP-TRANSMISSAO-ENDERECO", str(erro))
        obra.falhar(Falha(f"endereco:{linha['autorizador']}", "SEP-TRANSMISSAO-ENDERECO", motivo, fazer))
        _depois(obra, linha, str(erro))
        return None
    except Exception as erro:  # noqa: BLE001 - around one document (W11)
        numero = registrar_incidente(obra.casa.dados, erro, {"transmissao": linha["id"]}, obra.agora)
        _depois(obra, linha, f"incidente {numero}")
        motivo, fazer = descrever("SEP-INCIDENTE", f"Incidente {numero}.")
        assunto = f"doc:{linha['chave']}" if linha["chave"] else f"transmissao:{linha['id']}"
        obra.falhar(Falha(assunto, "SEP-INCIDENTE", motivo, fazer, None, linha["rota_id"], linha["chave"]))
        return None
    if chamada is not None:
        _contar(obra, linha)
    return chamada


def _contar(obra: Obra, linha: Row) -> None:
    if obra.havia_falhas:
        falhas.encerrar(obra.banco, f"endereco:{linha['autorizador']}", obra.quando, "o endereço está na tabela")
    obra.linhas.append(
        {"event": "transmitindo", "acao": "transmissão", "chave": linha["chave"], "servico": linha["servico"],
         "autorizador": linha["autorizador"], "tentativa": linha["tentativas"] + 1}
    )  # fmt: skip


def _depois(obra: Obra, linha: Row, detalhe: str) -> None:
    em = texto_de(obra.agora + nucleo.espera_conexao(5, obra.casa.relogio.sorteio()))
    tabela.de_novo(obra.banco, linha["id"], None, detalhe, em)
