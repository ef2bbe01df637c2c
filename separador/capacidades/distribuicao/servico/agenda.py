"""Decides when the national distribution is asked and when the ledger moves."""

from datetime import timedelta
from sqlite3 import Row

from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import instante_de, texto_de
from separador.capacidades.distribuicao import dominio
from separador.capacidades.distribuicao.banco import nsu as tabela_de_nsu
from separador.capacidades.distribuicao.servico.respostas import FALTA, LOTE, em_voo
from separador.capacidades.distribuicao.servico.respostas import fila as fila_da_empresa
from separador.capacidades.sefaz.banco.fila import NovaTransmissao
from separador.capacidades.sefaz.dominio import cstat
from separador.capacidades.sefaz.rede.enderecos import AN
from separador.capacidades.sefaz.rede.envelope import envelope_distribuicao
from separador.capacidades.sefaz.rede.porta import Servico
from separador.capacidades.sefaz.servico import fila
from separador.configuracao import Empresa
from separador.fiscal.regras.ufs import CODIGO_UF
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.transacao import em_grupo
from separador.motor.partes import Parte
from separador.nucleo.fuso import dia_e_hora

PEDIDO = "distribuir"
"""Order by command. Its `chave` is the CNPJ, or empty for all."""


def passo(contexto: Contexto) -> bool:
    """Does what can be done now: moves ledgers whose lots are durable, queues questions that are due."""
    moveu = avancar(contexto)
    devidas, faltas = _a_perguntar(contexto)
    if not devidas and not faltas:
        return moveu

    def decidir(grupo: Grupo) -> None:
        for empresa in devidas:
            _perguntar(grupo, empresa)
        for empresa, nsu in faltas:
            _pedir(grupo, empresa, nsu)

    em_grupo(contexto, decidir)
    return True


def pode_mover(contexto: Contexto) -> bool:
    """Says whether `passo` would do something without waiting for a clock (for `uma-vez`)."""
    return any(not r["presos"] for r in tabela_de_nsu.lotes_abertos(contexto.banco)) or any(_a_perguntar(contexto))


def _a_perguntar(contexto: Contexto) -> tuple[list[Empresa], list[tuple[Empresa, int]]]:
    """Returns the companies whose turn it is to ask for everything new, and the missing numbers of the others."""
    config = contexto.config.sefaz.distribuicao
    livros = {r["cnpj"]: r for r in tabela_de_nsu.livros_do_ambiente(contexto.banco, contexto.config.ambiente)}
    devidas: list[Empresa] = []
    faltas: list[tuple[Empresa, int]] = []
    for empresa in contexto.config.empresas:
        livro = livros.get(empresa.cnpj)
        agendada = config is not None and (not config.empresas or empresa.cnpj in config.empresas)
        querida = agendada or (livro is not None and _comecada(livro))
        if not querida or em_voo(contexto, empresa.cnpj):
            continue
        pedidas = [(empresa, n) for n in _faltas(contexto, livro)] if livro is not None else []
        if not pedidas and _devida(livro, contexto.quando()):
            devidas.append(empresa)
        faltas += pedidas
    return devidas, faltas


def _comecada(livro: Row) -> bool:
    """Says whether a search was ordered or is half done. An order ends at the last number, not after one lot."""
    return bool(livro["ordenada"]) or (livro["cstat"] == cstat.HA_DOCUMENTOS and livro["proxima_em"] is None)


def _devida(livro: Row | None, quando: str) -> bool:
    return livro is None or (livro["lote_nsu"] is None and espera_ate(livro, quando) is None)


def espera_ate(livro: Row, quando: str) -> str | None:
    """Returns the instant until which nothing may be asked, or None when it may be asked now."""
    proxima = livro["proxima_em"]
    return str(proxima) if proxima is not None and proxima > quando else None


def _faltas(contexto: Contexto, livro: Row) -> list[int]:
    """Returns the missing number to ask for now: one at a time, a few an hour, before the next question for new ones.

    None is asked for in the hour that follows 137 or 656, because then any question counts as misuse.
    """
    descansa = livro["cstat"] != cstat.HA_DOCUMENTOS and espera_ate(livro, contexto.quando()) is not None
    if descansa or livro["lote_nsu"] is not None:
        return []
    cnpj, ambiente = livro["cnpj"], livro["ambiente"]
    desde = texto_de(contexto.agora() - timedelta(hours=1))
    if tabela_de_nsu.faltas_pedidas_desde(contexto.banco, cnpj, ambiente, desde) >= dominio.FALTAS_POR_HORA:
        return []
    return tabela_de_nsu.faltas(contexto.banco, cnpj, ambiente, desde, 1)


def avancar(contexto: Contexto) -> bool:
    """Moves the ledgers whose documents, up to the lot's end, are all durably visible. Returns True when one moved."""
    lotes = tabela_de_nsu.lotes_abertos(contexto.banco)
    if not lotes:
        return False
    with contexto.banco.transacao():
        tabela_de_nsu.arquivados(contexto.banco)
    prontos = [r for r in tabela_de_nsu.lotes_abertos(contexto.banco) if not r["presos"]]
    if not prontos:
        return False
    with contexto.banco.transacao():
        for livro in prontos:
            tabela_de_nsu.avancar(contexto.banco, livro["cnpj"], livro["ambiente"])
        tabela_de_nsu.aliviar(contexto.banco)
    return True


def _perguntar(grupo: Grupo, empresa: Empresa) -> None:
    ambiente = grupo.contexto.config.ambiente
    tabela_de_nsu.abrir_livro(grupo.banco, empresa.cnpj, ambiente)
    livro = tabela_de_nsu.livro(grupo.banco, empresa.cnpj, ambiente)
    ult = int(livro["ult_nsu"]) if livro is not None else 0
    envelope = envelope_distribuicao(
        tp_amb=ambiente.tp_amb, uf_autor=CODIGO_UF[empresa.uf], autor=empresa.cnpj, ult_nsu=ult
    )
    tabela_de_nsu.perguntar(grupo.banco, empresa.cnpj, ambiente, grupo.quando)
    _enfileirar(grupo, empresa, LOTE, envelope)


def _pedir(grupo: Grupo, empresa: Empresa, nsu: int) -> None:
    ambiente = grupo.contexto.config.ambiente
    envelope = envelope_distribuicao(
        tp_amb=ambiente.tp_amb, uf_autor=CODIGO_UF[empresa.uf], autor=empresa.cnpj, nsu=nsu
    )
    tabela_de_nsu.pedir_falta(grupo.banco, empresa.cnpj, ambiente, nsu, grupo.quando)
    _enfileirar(grupo, empresa, FALTA, envelope, base=str(nsu).encode())


def _enfileirar(grupo: Grupo, empresa: Empresa, alvo: str, envelope: bytes, base: bytes | None = None) -> None:
    ambiente = grupo.contexto.config.ambiente
    nova = NovaTransmissao(
        alvo=alvo,
        servico=Servico.DISTRIBUICAO,
        autorizador=AN,
        cnpj=empresa.cnpj,
        tp_amb=ambiente.tp_amb,
        fila=fila_da_empresa(grupo.contexto, empresa.cnpj),
        quem="serviço",
        base=base,
        pedido=envelope,
    )
    fila.enfileirar(grupo, nova)


# --- by order ---------------------------------------------------------------------------------------------------


def do_pedido(grupo: Grupo, linha: Row) -> None:
    """Carries out `separador sefaz distribuir`: asks now, if the national environment's hour of waiting has passed."""
    empresas = [e for e in grupo.contexto.config.empresas if linha["chave"] in ("", e.cnpj)]
    frases = [_ordenar(grupo, e) for e in empresas]
    feita = any(aceita for aceita, _ in frases)
    mensagem = " ".join(texto for _, texto in frases) or "Não há empresa com este CNPJ na configuração."
    estado, codigo = (
        (tabela_de_pedidos.FEITA, "SEP-DIST-PEDIDA") if feita else (tabela_de_pedidos.RECUSADA, "SEP-DIST-ESPERA")
    )
    tabela_de_pedidos.encerrar(grupo.banco, linha["id"], estado, codigo, mensagem, grupo.quando)
    grupo.linhas.append({"event": mensagem, "acao": "distribuição", "quem": linha["quem"]})


def _ordenar(grupo: Grupo, empresa: Empresa) -> tuple[bool, str]:
    ambiente = grupo.contexto.config.ambiente
    if not any(c[:8] == empresa.cnpj[:8] for c in grupo.contexto.certificados):
        return False, f"{empresa.nome}: sem certificado utilizável para perguntar."
    livro = tabela_de_nsu.livro(grupo.banco, empresa.cnpj, ambiente)
    ate = espera_ate(livro, grupo.quando) if livro is not None else None
    if ate is not None:
        quando = dia_e_hora(instante_de(ate), segundos=False)
        return False, f"{empresa.nome}: o Ambiente Nacional pede uma hora entre as buscas; a próxima é em {quando}."
    tabela_de_nsu.ordenar(grupo.banco, empresa.cnpj, ambiente)
    ult = int(livro["ult_nsu"]) if livro is not None else 0
    return True, f"{empresa.nome}: busca pedida a partir do NSU {ult}; acompanhe com separador sefaz nsu."


class Distribuicao(Parte):
    """Asks the national distribution on schedule."""

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Moves ledgers and queues questions that are due. Returns True when something moved."""
        return passo(self.contexto)

    def pode_mover(self) -> bool:
        """Says whether a step would do something without waiting for a clock."""
        return pode_mover(self.contexto)
