"""When the national distribution is asked, and when the ledger moves (SEFAZ-07)."""

from collections.abc import Iterator
from datetime import timedelta
from sqlite3 import Row

from separador.banco import distribuicoes, tarefas
from separador.banco.conexao import instante_de, texto_de
from separador.banco.transmissoes import NovaTransmissao
from separador.configuracao import Empresa
from separador.dominio import distribuicao as nucleo
from separador.fiscal.regras.ufs import CODIGO_UF
from separador.sefaz.enderecos import AN
from separador.sefaz.envelope import envelope_distribuicao
from separador.sefaz.porta import Servico
from separador.servico import transmissoes
from separador.servico.casa import Casa
from separador.servico.conclusao import abrir_obra, fechar, finalizar
from separador.servico.distribuicao import FALTA, LOTE, em_voo, fila
from separador.servico.obra import Obra

PEDIDO = "distribuir"
"""Order by command; its `chave` is the CNPJ, or empty for all."""


def passo(casa: Casa) -> bool:
    """What can be done now: ledgers whose lots are durable move, questions that are due are queued."""
    moveu = avancar(casa)
    devidas = [e for e in _interessadas(casa) if _devida(casa, e)]
    faltas = [(e, n) for e in _interessadas(casa) if e not in devidas for n in _faltas(casa, e)]
    if not devidas and not faltas:
        return moveu
    obra = abrir_obra(casa)
    with casa.banco.transacao():
        for empresa in devidas:
            _perguntar(obra, empresa)
        for empresa, nsu in faltas:
            _pedir(obra, empresa, nsu)
        fechar(obra)
    finalizar(casa, obra)
    return True


def avancar(casa: Casa) -> bool:
    """Ledgers of which every document up to the lot's end is visible, durably, move. True when one did."""
    lotes = distribuicoes.lotes_abertos(casa.banco)
    if not lotes:
        return False
    with casa.banco.transacao():
        distribuicoes.arquivados(casa.banco)
    prontos = [r for r in distribuicoes.lotes_abertos(casa.banco) if not r["presos"]]
    if not prontos:
        return False
    with casa.banco.transacao():
        for livro in prontos:
            distribuicoes.avancar(casa.banco, livro["cnpj"], livro["tp_amb"])
        distribuicoes.aliviar(casa.banco)
    return True


def _interessadas(casa: Casa) -> Iterator[Empresa]:
    """Companies whose documents are fetched, and those of an order; without a certificate nobody can ask."""
    config, tp_amb = casa.config.sefaz.distribuicao, casa.config.ambiente.tp_amb
    for empresa in casa.config.empresas:
        agendada = config is not None and (not config.empresas or empresa.cnpj in config.empresas)
        livro = distribuicoes.livro(casa.banco, empresa.cnpj, tp_amb)
        if (agendada or (livro is not None and livro["ordenada"])) and empresa.cnpj in casa.certificados:
            yield empresa


def _devida(casa: Casa, empresa: Empresa) -> bool:
    tp_amb = casa.config.ambiente.tp_amb
    livro = distribuicoes.livro(casa.banco, empresa.cnpj, tp_amb)
    if livro is not None and (livro["lote_nsu"] is not None or espera_ate(livro, casa.quando()) is not None):
        return False
    return not em_voo(casa, empresa.cnpj, tp_amb)


def espera_ate(livro: Row, quando: str) -> str | None:
    """Until when nothing may be asked; None = now."""
    proxima = livro["proxima_em"]
    return str(proxima) if proxima is not None and proxima > quando else None


def _faltas(casa: Casa, empresa: Empresa) -> list[int]:
    """Missing numbers to ask for now: one at a time, a few an hour, never while the service is resting."""
    tp_amb = casa.config.ambiente.tp_amb
    livro = distribuicoes.livro(casa.banco, empresa.cnpj, tp_amb)
    if livro is None or livro["cstat"] == nucleo.INDEVIDO or em_voo(casa, empresa.cnpj, tp_amb):
        return []
    desde = texto_de(casa.agora() - timedelta(hours=1))
    if distribuicoes.faltas_pedidas_desde(casa.banco, empresa.cnpj, tp_amb, desde) >= nucleo.FALTAS_POR_HORA:
        return []
    return distribuicoes.faltas(casa.banco, empresa.cnpj, tp_amb, desde, 1)


def _perguntar(obra: Obra, empresa: Empresa) -> None:
    tp_amb = obra.casa.config.ambiente.tp_amb
    distribuicoes.abrir_livro(obra.banco, empresa.cnpj, tp_amb)
    livro = distribuicoes.livro(obra.banco, empresa.cnpj, tp_amb)
    ult = int(livro["ult_nsu"]) if livro is not None else 0
    envelope = envelope_distribuicao(tp_amb=tp_amb, uf_autor=CODIGO_UF[empresa.uf], autor=empresa.cnpj, ult_nsu=ult)
    distribuicoes.perguntar(obra.banco, empresa.cnpj, tp_amb, obra.quando)
    _enfileirar(obra, empresa, LOTE, envelope)


def _pedir(obra: Obra, empresa: Empresa, nsu: int) -> None:
    tp_amb = obra.casa.config.ambiente.tp_amb
    envelope = envelope_distribuicao(tp_amb=tp_amb, uf_autor=CODIGO_UF[empresa.uf], autor=empresa.cnpj, nsu=nsu)
    distribuicoes.pedir_falta(obra.banco, empresa.cnpj, tp_amb, nsu, obra.quando)
    _enfileirar(obra, empresa, FALTA, envelope, base=str(nsu).encode())


def _enfileirar(obra: Obra, empresa: Empresa, alvo: str, envelope: bytes, base: bytes | None = None) -> None:
    tp_amb = obra.casa.config.ambiente.tp_amb
    nova = NovaTransmissao(
        alvo=alvo,
        servico=Servico.DISTRIBUICAO,
        autorizador=AN,
        cnpj=empresa.cnpj,
        tp_amb=tp_amb,
        fila=fila(empresa.cnpj, tp_amb),
        quem="serviço",
        base=base,
        pedido=envelope,
    )
    transmissoes.enfileirar(obra, nova)


# --- by order ---------------------------------------------------------------------------------------------------


def da_tarefa(obra: Obra, linha: Row) -> None:
    """`separador sefaz distribuir`: ask now, if the national environment's hour allows it."""
    empresas = [e for e in obra.casa.config.empresas if linha["chave"] in ("", e.cnpj)]
    frases = [_ordenar(obra, e) for e in empresas]
    feita = any(aceita for aceita, _ in frases)
    mensagem = " ".join(texto for _, texto in frases) or "Não há empresa com este CNPJ na configuração."
    estado, codigo = (tarefas.FEITA, "SEP-DIST-PEDIDA") if feita else (tarefas.RECUSADA, "SEP-DIST-ESPERA")
    tarefas.encerrar(obra.banco, linha["id"], estado, codigo, mensagem, obra.quando)
    obra.linhas.append({"event": mensagem, "acao": "distribuição", "quem": linha["quem"]})


def _ordenar(obra: Obra, empresa: Empresa) -> tuple[bool, str]:
    tp_amb = obra.casa.config.ambiente.tp_amb
    if empresa.cnpj not in obra.casa.certificados:
        return False, f"{empresa.nome}: sem certificado utilizável para perguntar."
    livro = distribuicoes.livro(obra.banco, empresa.cnpj, tp_amb)
    ate = espera_ate(livro, obra.quando) if livro is not None else None
    if ate is not None:
        hora = f"{instante_de(ate).astimezone():%d/%m %H:%M}"
        return False, f"{empresa.nome}: o Ambiente Nacional pede uma hora entre as buscas; a próxima é às {hora}."
    distribuicoes.ordenar(obra.banco, empresa.cnpj, tp_amb)
    ult = int(livro["ult_nsu"]) if livro is not None else 0
    return True, f"{empresa.nome}: busca pedida a partir do NSU {ult}; acompanhe com separador sefaz nsu."
