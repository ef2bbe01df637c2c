"""Files and applies the answers of the national distribution.

Order of effects. (1) `sefaz.servico.passo` commits the raw answer. (2) One transaction writes every document's row and
staged file, and the number where the lot ends. (3) The files become visible. (4) The ledger moves (`agenda.avancar`).
After a crash at any point the same number is asked again, or the promised files are made visible. Nothing is filed
twice.
"""

import hashlib
from datetime import timedelta
from sqlite3 import Row

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.cte.arquivos.leitura import entender_resposta
from separador.capacidades.cte.banco import documentos, terceiros
from separador.capacidades.cte.banco.terceiros import NovoDistribuido
from separador.capacidades.cte.servico import partes_do_retorno, retornos
from separador.capacidades.cte.servico.procedencia import Ligacao
from separador.capacidades.distribuicao import dominio
from separador.capacidades.distribuicao.banco import nsu as tabela_de_nsu
from separador.capacidades.distribuicao.leitura import Classificado, Lote, Pacote, classificar, interpretar_lote
from separador.capacidades.distribuicao.servico.pastas import destino
from separador.capacidades.sefaz.dominio import cstat
from separador.capacidades.sefaz.rede.porta import Desconhecida
from separador.capacidades.sefaz.servico import paradas
from separador.capacidades.sefaz.servico.tipos_de_chamada import TipoDeChamada
from separador.configuracao.tipos import INTERVALO_MINIMO_S
from separador.fiscal.retornos import Retorno
from separador.motor.contexto import Contexto
from separador.motor.desfecho import pastas_por_data
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.saidas import Saida
from separador.motor.log.log import registrar_incidente
from separador.motor.trabalho.parecer import Parecer
from separador.nucleo.erro import Recusa
from separador.nucleo.falha import Falha, descrever
from separador.pastas.erros import FalhaDePasta

ACASO_S = 120.0
DISTRIBUIDO = "distribuido"
"""The kind of output: a document of third parties."""
LOTE, FALTA = "distribuicao", "nsu"
"""Kinds of call (`transmissao.alvo`): everything past a number, and one number that did not come."""


def intervalo(contexto: Contexto) -> timedelta:
    """Returns the time between two questions when nothing is left.

    It is the configured time and a little more by chance, so that not all installations ask at the same second.
    """
    config = contexto.config.sefaz.distribuicao
    base_s = config.intervalo_s if config is not None else INTERVALO_MINIMO_S
    return timedelta(seconds=base_s + ACASO_S * contexto.relogio.sorteio())


def aplicar_lote(grupo: Grupo, linha: Row, xml: bytes) -> None:
    """Applies the answer to a question for everything past the ledger's number."""
    lote = _ler(grupo, linha, xml)
    livro = tabela_de_nsu.livro(grupo.banco, linha["cnpj"], ambiente_de(linha))
    if lote is None or livro is None:
        return
    atual = int(livro["ult_nsu"])
    passo = dominio.andar(
        lote.cstat, lote.ult_nsu, lote.max_nsu, atual=atual, agora=grupo.agora, intervalo=intervalo(grupo.contexto)
    )
    if lote.cstat == cstat.HA_DOCUMENTOS:
        for pacote in lote.pacotes:
            _guardar(grupo, linha, pacote)
        _notar_faltas(grupo, linha, atual, lote)
    tabela_de_nsu.responder(
        grupo.banco,
        *(linha["cnpj"], ambiente_de(linha)),
        lote_nsu=passo.ult_nsu,
        max_nsu=passo.max_nsu,
        proxima_em=texto_de(passo.proxima_em) if passo.proxima_em is not None else None,
        cstat=lote.cstat,
        motivo=lote.motivo,
    )
    _mostrar(grupo, linha, lote, passo.falha)
    _contar(grupo, linha, lote)


def aplicar_falta(grupo: Grupo, linha: Row, xml: bytes) -> None:
    """Applies the answer to a question for one number. The ledger does not move."""
    lote = _ler(grupo, linha, xml)
    if lote is None:
        return
    cnpj, ambiente, pedido = linha["cnpj"], ambiente_de(linha), int(bytes(linha["base"]))
    _mostrar(grupo, linha, lote, "SEP-CONSUMO-INDEVIDO" if lote.cstat == cstat.CONSUMO_DA_DISTRIBUICAO else None)
    if lote.cstat == cstat.CONSUMO_DA_DISTRIBUICAO:
        tabela_de_nsu.descansar(grupo.banco, cnpj, ambiente, texto_de(grupo.agora + dominio.ESPERA))
    elif lote.cstat == cstat.HA_DOCUMENTOS and any(p.nsu == pedido for p in lote.pacotes):
        bom = all(_guardar(grupo, linha, p) for p in lote.pacotes if p.nsu == pedido)
        if bom:
            tabela_de_nsu.encerrar_falta(grupo.banco, cnpj, ambiente, pedido, tabela_de_nsu.PREENCHIDA)
            falhas.encerrar(
                grupo.banco, _assunto(linha, pedido), grupo.quando, "o NSU veio bom quando foi pedido de novo"
            )
    tabela_de_nsu.desistir_das_faltas(grupo.banco, cnpj, ambiente, dominio.TENTATIVAS_DA_FALTA)


def _ler(grupo: Grupo, linha: Row, xml: bytes) -> Lote | None:
    """Returns the answer. None when it is not one: that is shown, and the same question is asked again in an hour."""
    lido = interpretar_lote(xml)
    if isinstance(lido, Lote):
        paradas.voltou(grupo, linha["autorizador"], linha["tp_amb"])
        paradas.certificado_voltou(grupo, linha["cnpj"], linha["autorizador"])
        falhas.encerrar(grupo.banco, _assunto(linha), grupo.quando, "a resposta foi lida", "SEP-DIST-ILEGIVEL")
        return lido
    _falhar(grupo, _assunto(linha), "SEP-DIST-ILEGIVEL", lido.erros[0].mensagem)
    tabela_de_nsu.descansar(grupo.banco, linha["cnpj"], ambiente_de(linha), texto_de(grupo.agora + dominio.ESPERA))
    return None


def _assunto(linha: Row, nsu: int | None = None) -> str:
    resto = "" if nsu is None else f":{nsu}"
    return f"distribuicao:{linha['cnpj']}:{ambiente_de(linha)}{resto}"


def _falhar(grupo: Grupo, assunto: str, codigo: str, detalhe: str) -> None:
    motivo, fazer = descrever(codigo, detalhe)
    grupo.falhar(Falha(assunto, codigo, motivo, fazer))


def _mostrar(grupo: Grupo, linha: Row, lote: Lote, falha: str | None) -> None:
    """Opens the failure of this company's distribution, or closes it."""
    if lote.cstat == cstat.CONSUMO_DA_DISTRIBUICAO:
        paradas.consumo_indevido(grupo, linha, f"{lote.cstat}: {lote.motivo}")
        return
    paradas.servico_voltou(grupo, linha["cnpj"], linha["servico"])
    if falha is not None:
        _falhar(grupo, _assunto(linha), falha, f"CNPJ {linha['cnpj']}, resposta {lote.cstat}: {lote.motivo}")
    elif lote.cstat in (cstat.HA_DOCUMENTOS, cstat.NADA_NOVO):
        falhas.encerrar(grupo.banco, _assunto(linha), grupo.quando, "a distribuição respondeu")


def _contar(grupo: Grupo, linha: Row, lote: Lote) -> None:
    grupo.linhas.append(
        {"event": "distribuição respondida", "acao": "distribuição", "empresa": linha["cnpj"], "cstat": lote.cstat,
         "documentos": len(lote.pacotes), "nsu": lote.ult_nsu, "nsu_maximo": lote.max_nsu}
    )  # fmt: skip


def _notar_faltas(grupo: Grupo, linha: Row, atual: int, lote: Lote) -> None:
    faltam = dominio.faltas(atual, [p.nsu for p in lote.pacotes], lote.ult_nsu or 0)
    for nsu in faltam:
        tabela_de_nsu.anotar_falta(grupo.banco, linha["cnpj"], ambiente_de(linha), nsu)
    if faltam:
        grupo.linhas.append(
            {"event": "números que não vieram serão pedidos um a um", "acao": "distribuição", "nivel": "warning",
             "empresa": linha["cnpj"], "de": faltam[0], "ate": faltam[-1], "quantos": len(faltam)}
        )  # fmt: skip


# --- one document -----------------------------------------------------------------------------------------------


def _guardar(grupo: Grupo, linha: Row, pacote: Pacote) -> bool:
    """Files one document, and applies it when it is about one of ours. Returns True when it was understood.

    An error in one document is its own: the document is kept raw and shown, and the others go on.
    """
    c = classificar(pacote)
    marca, linhas, sobras = grupo.remessa.marca(), len(grupo.linhas), len(grupo.sobras)
    try:
        with grupo.banco.ponto():
            _arquivar(grupo, linha, pacote, c)
            if c.defeito is None:
                _aplicar(grupo, pacote, c)
    except FalhaDePasta:
        raise
    except Exception as erro:  # noqa: BLE001 - around one document
        grupo.remessa.voltar(marca)
        del grupo.linhas[linhas:], grupo.sobras[sobras:]
        numero = registrar_incidente(grupo.contexto.dados, erro, {"nsu": pacote.nsu, "chave": c.chave}, grupo.agora)
        _arquivar(grupo, linha, pacote, c, incidente=f"Incidente {numero}.")
        return False
    return c.defeito is None


def _arquivar(grupo: Grupo, linha: Row, pacote: Pacote, c: Classificado, incidente: str | None = None) -> None:
    cnpj, ambiente = linha["cnpj"], ambiente_de(linha)
    antes = tabela_de_nsu.do_nsu(grupo.banco, cnpj, ambiente, pacote.nsu)
    if antes is not None and antes["defeito"] is None:
        return  # the same question was asked twice
    sha256 = hashlib.sha256(pacote.conteudo).hexdigest()
    repetido = terceiros.ja_arquivado(grupo.banco, sha256)
    raiz, mes = destino(grupo.contexto), c.mes or f"{grupo.agora:%Y-%m}"
    pasta = raiz / mes
    estado = tabela_de_nsu.REPETIDO if repetido else tabela_de_nsu.ARQUIVANDO
    defeito = c.defeito or incidente
    novo = NovoDistribuido(
        pacote.nsu, pacote.esquema[:100], sha256, str(pasta), c.nome.inteiro, estado, c.chave, c.tp_evento, c.n_seq,
        defeito,
    )  # fmt: skip
    if not repetido:
        pastas_por_data.garantir_pasta(grupo.contexto, raiz, mes)
        grupo.publicar(Saida(DISTRIBUIDO, pasta, c.nome, dados=pacote.conteudo))
    terceiros.registrar(grupo.banco, cnpj, ambiente, novo, grupo.quando)
    if defeito is not None:
        if c.pedir_de_novo:
            tabela_de_nsu.anotar_falta(grupo.banco, cnpj, ambiente, pacote.nsu)
        detalhe = f"NSU {pacote.nsu}, esquema {pacote.esquema[:60]}: {defeito}"
        _falhar(grupo, _assunto(linha, pacote.nsu), "SEP-DIST-DOCUMENTO", detalhe)


def _aplicar(grupo: Grupo, pacote: Pacote, c: Classificado) -> None:
    """Applies a document or an event of ours like any return. Its signature is verified first."""
    if c.chave is None or documentos.por_chave(grupo.banco, c.chave) is None:
        return
    lido = entender_resposta(pacote.conteudo).conteudo
    if isinstance(lido, Retorno):
        lido, apartadas = partes_do_retorno.separar(grupo.banco, lido)
        defeito = next((x.defeito for x in apartadas if x.defeito is not None), None)
        lido = Recusa((defeito,), c.chave) if defeito is not None else lido
    if not isinstance(lido, Retorno):
        porque = lido.erros[0].mensagem if isinstance(lido, Recusa) else "não é um retorno"
        detalhe = f"Veio da distribuição (NSU {pacote.nsu}), e não foi aplicado: {porque}"
        grupo.falhar(grupo.falha_da_chave(c.chave, "SEP-DIST-DOCUMENTO", detalhe=detalhe))
        return
    sha256 = hashlib.sha256(pacote.conteudo).hexdigest()
    ligacao = Ligacao(c.chave, f"distribuição:NSU {pacote.nsu}", destino(grupo.contexto))
    parecer = Parecer(sha256, len(pacote.conteudo), lido, pacote.conteudo)
    retornos.da_rede(grupo, ligacao, parecer, lido)


def em_voo(contexto: Contexto, cnpj: str) -> bool:
    """Says whether a question of this company is queued, on its way, or not applied yet."""
    return tabela_de_nsu.em_voo(contexto.banco, fila(contexto, cnpj))


def fila(contexto: Contexto, cnpj: str) -> str:
    """Returns the queue of a company's questions, which go one at a time."""
    return f"distribuicao:{cnpj}:{contexto.config.ambiente}"


def ambiente_de(linha: Row) -> str:
    """Returns the environment, which tells the ledger of a call.

    tpAmb is not enough: the simulated SEFAZ of this machine has numbers of its own.
    """
    return str(linha["fila"]).rpartition(":")[2]


class _Pergunta(TipoDeChamada):
    def sem_desfecho(self, grupo: Grupo, linha: Row, d: Desconhecida, detalhe: str) -> None:
        """Asks again later. One stumble is nobody's business; from the second in a row on it is shown."""
        super().sem_desfecho(grupo, linha, d, detalhe)
        if int(linha["tentativas"]) > 1:
            _falhar(grupo, _assunto(linha), "SEP-DIST-ILEGIVEL", f"CNPJ {linha['cnpj']}: {detalhe}")


class _Lotes(_Pergunta):
    def ler(self, grupo: Grupo, linha: Row, xml: bytes) -> None:
        """Applies a lot."""
        aplicar_lote(grupo, linha, xml)


class _Faltas(_Pergunta):
    def ler(self, grupo: Grupo, linha: Row, xml: bytes) -> None:
        """Applies one number that was asked for alone."""
        aplicar_falta(grupo, linha, xml)


LOTES, FALTAS = _Lotes(), _Faltas()
