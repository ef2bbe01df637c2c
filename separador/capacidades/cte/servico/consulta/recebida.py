"""Receives queries that somebody drops as files, and publishes their answers (rule cte-consulta).

By network a query is a row of the queue. By folder it is built anew and published for the transmitter. Either way its
one answer is `<base>-sit.xml` or `<base>-sta.xml` in the route's return folder. An answer about a document of ours is
also applied like any return. Where SEFAZ's limits forbid asking again, the kept answer is given.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from sqlite3 import Row

from separador.banco import falhas, publicacoes
from separador.banco.conexao import instante_de, texto_de
from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.servico.consulta import prazo
from separador.capacidades.cte.servico.rede import fila as transmissoes
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.banco import respostas_guardadas
from separador.capacidades.sefaz.dominio import decisoes as nucleo
from separador.capacidades.sefaz.rede.porta import Servico
from separador.capacidades.sefaz.rede.resposta import cortar
from separador.capacidades.sefaz.servico import enderecos, fila
from separador.fiscal.consultas import ConsultaLida
from separador.fiscal.evento.envelope import montar_consulta, montar_status
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.regras.ufs import CODIGO_UF
from separador.motor.contexto import Casa
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Item, Obra
from separador.motor.desfecho.saidas import Saida
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.etapa import Desfecho
from separador.nucleo.nome_de_saida import Nome, ao_lado, base_do_retorno, retorno
from separador.nucleo.rota import Regra, Rota, Transmissao, pasta_de_retorno
from separador.nucleo.tipo import Tipo

_ESPECIE = {tabela.CONSULTA: "consulta", tabela.STATUS: "status"}


def receber(obra: Obra, item: Item, c: ConsultaLida) -> None:
    """Queues one query file, or answers it at once with the kept answer. The file is done; its answer follows."""
    obra.sobre(item, c.chave)
    rota = rota_da_chave(obra, c.chave)
    if rota is not None and rota.transmissao is Transmissao.PASTA:
        _pela_pasta(obra, item, c, rota)
    elif c.tipo is Tipo.CONSULTA:
        _situacao(obra, item, c)
    else:
        _servico(obra, item, c)


def rota_da_chave(obra: Obra, chave: str | None) -> Rota | None:
    """Returns the cte-envio route that says how SEFAZ is reached: the document's, else the first active one."""
    doc = documentos.por_chave(obra.banco, chave) if chave is not None else None
    return obra.casa.rota_de_envio(doc["rota_id"] if doc is not None else 0)


def _pela_pasta(obra: Obra, item: Item, c: ConsultaLida, rota: Rota) -> None:
    doc = documentos.por_chave(obra.banco, c.chave) if c.chave is not None else None
    if c.tipo is Tipo.CONSULTA:
        xml, sufixo = montar_consulta(c.chave or "", c.tp_amb), b"-ped-sit.xml"
    else:
        xml, sufixo = montar_status(c.uf or "", c.tp_amb), b"-ped-sta.xml"
    obra.publicar(
        Saida(
            saidas.CONSULTA,
            rota.destino,
            Nome(item.base, sufixo),
            dados=com_declaracao(xml),
            arquivo_id=item.arquivo_id,
            documento_id=doc["id"] if doc is not None else None,
        )
    )
    obra.terminar(item, Desfecho.ENTREGUE, chave=c.chave)


# --- by network -------------------------------------------------------------------------------------------------


def _situacao(obra: Obra, item: Item, c: ConsultaLida) -> None:
    chave = c.chave or ""
    cnpj = quem_pergunta(obra.casa, chave[:2], chave)
    if cnpj is None:
        _sem_certificado(obra, item, c)
        return
    desde = texto_de(obra.agora - nucleo.HORA)
    feitas = [instante_de(i) for i in tabela.consultas_desde(obra.banco, chave, desde)]
    guardada = respostas_guardadas.situacao(obra.banco, chave, desde)
    if guardada is not None and nucleo.cabe_consulta(feitas, obra.agora) > obra.agora:
        _repetir(obra, item, guardada, "o limite de consultas desta chave por hora")
        return
    transmissoes.enfileirar_consulta(
        obra, chave, item.quem, cnpj=cnpj, base=item.base, rota_id=item.rota_id, arquivo_id=item.arquivo_id
    )
    obra.terminar(item, Desfecho.ENTREGUE, chave=chave)


def _servico(obra: Obra, item: Item, c: ConsultaLida) -> None:
    uf = c.uf or ""
    cnpj = quem_pergunta(obra.casa, uf)
    if cnpj is None:
        _sem_certificado(obra, item, c)
        return
    autorizador = enderecos.svc(obra.casa, uf) if c.svc else enderecos.tabela(obra.casa).autorizador(uf)
    guardada = status_guardado(obra, autorizador, uf)
    if guardada is not None:
        _repetir(obra, item, guardada, "o intervalo de 3 minutos entre consultas do serviço")
        return
    fila.enfileirar_status(
        obra, cnpj, autorizador, uf, item.quem, base=item.base, rota_id=item.rota_id, arquivo_id=item.arquivo_id
    )
    obra.terminar(item, Desfecho.ENTREGUE)


def quem_pergunta(casa: Casa, uf: str, chave: str | None = None) -> str | None:
    """Returns whose certificate goes with a query: the issuer's if it is ours, else one of the state, else any."""
    empresas = [e for e in casa.config.empresas if e.cnpj in casa.certificados]
    base = chave[6:14] if chave is not None else None
    ordem = sorted(empresas, key=lambda e: (e.cnpj[:8] != base, CODIGO_UF.get(e.uf) != uf))
    return ordem[0].cnpj if ordem else None


def _sem_certificado(obra: Obra, item: Item, c: ConsultaLida) -> None:
    erro = Erro(
        "SEP-SEM-CERTIFICADO",
        "SEP",
        "Não há certificado A1 em vigor para a conexão com a SEFAZ; a consulta não foi feita.",
        "Instale o certificado da empresa (separador certificado instalar) e solte a consulta de novo.",
    )
    obra.recusar(item, Recusa((erro,), c.chave))


def status_guardado(obra: Obra, autorizador: str, uf: str) -> Row | None:
    """Returns the answer that is younger than three minutes, if there is one.

    SEFAZ allows one query in three minutes.
    """
    tp_amb = obra.casa.config.ambiente.tp_amb
    desde = texto_de(obra.agora - nucleo.STATUS)
    return respostas_guardadas.status(obra.banco, fila.fila_do_status(autorizador, uf, tp_amb), desde)


def _repetir(obra: Obra, item: Item, guardada: Row, porque: str) -> None:
    quando = instante_de(guardada["respondida_em"])
    motivo = f"resposta guardada de {_hora(quando)}, pois {porque} ainda não passou"
    _publicar(obra, item.rota, item.base, guardada["alvo"], conteudo(guardada), arquivo_id=item.arquivo_id)
    obra.terminar(item, Desfecho.ENTREGUE, motivo=motivo, chave=guardada["chave"])


def _hora(quando: datetime) -> str:
    return f"{quando.astimezone():%H:%M:%S}"


def conteudo(linha: Row) -> bytes:
    """Returns the payload of a kept answer; empty when there is none.

    The payload of an applied answer is cut out of the raw answer again.
    """
    xml = tabela.xml(linha)
    if xml or linha["bruto"] is None:
        return xml
    cortado = cortar(zlib.decompress(linha["bruto"]), Servico(linha["servico"]))
    return cortado if isinstance(cortado, bytes) else b""


def publicar(obra: Obra, linha: Row) -> None:
    """Hands a query's answer, once applied, to whoever asked and to those that wait for the same status."""
    atual = tabela.por_id(obra.banco, linha["id"])
    if atual["estado"] != tabela.APLICADA or linha["alvo"] not in _ESPECIE:
        return
    xml = conteudo(linha)
    if not xml:
        return
    _entregar(obra, atual, xml)
    if linha["alvo"] == tabela.STATUS:
        for outra in respostas_guardadas.status_pendentes(obra.banco, linha["fila"]):
            _entregar(obra, outra, xml)
            tabela.aplicar(obra.banco, outra["id"], atual["resultado"], "respondida com a de outra", obra.quando)


def _entregar(obra: Obra, linha: Row, xml: bytes) -> None:
    rota = obra.casa.rota(linha["rota_id"] or 0)
    if linha["base"] is not None and rota is not None:
        _publicar(obra, rota, bytes(linha["base"]), linha["alvo"], xml)


def _publicar(obra: Obra, rota: Rota, base: bytes, alvo: str, xml: bytes, *, arquivo_id: int | None = None) -> None:
    obra.publicar(
        Saida(
            saidas.RETORNO,
            pasta_de_retorno(rota, obra.casa.rotas),
            retorno(base, _ESPECIE[alvo]),
            dados=com_declaracao(xml),
            substitui=obra.casa.uninfe,
            arquivo_id=arquivo_id,
        )
    )


# --- by folder: the transmitter's answer ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pedida:
    """A query that went to the transmitter: the folder of its answer, and the base name that the answer takes."""

    pasta: Path
    base: bytes
    nome: bytes


def pedida(obra: Obra, nome: bytes) -> Pedida | None:
    """Returns the query that a return file of this name answers. None: the file answers about a document of ours."""
    base, sufixo = base_do_retorno(nome)
    meio = sufixo.lower().rpartition(b".")[0].removeprefix(b"-ped")
    if meio not in (b"-sit", b"-sta"):
        return None
    dona = publicacoes.dona_do_nome(obra.banco, base + b"-ped" + meio + b".xml")
    if dona is None:
        return None
    arquivo = obra.banco.uma("SELECT rota_id FROM arquivo WHERE id = ?", dona["arquivo_id"] or 0)
    rota = obra.casa.rota(arquivo["rota_id"]) if arquivo is not None else None
    if rota is None or rota.regra not in (Regra.CTE_CONSULTA, Regra.CTE_ENVIO):
        if dona["documento_id"] is not None:
            return None  # an order on a document of ours: its answer goes where the document's answers go
        rota = rota_da_chave(obra, None)  # an order about a key that is not ours
    return Pedida(pasta_de_retorno(rota, obra.casa.rotas), base, bytes(dona["nome"])) if rota is not None else None


def devolver(obra: Obra, item: Item, p: Pedida, dados: bytes) -> None:
    """Publishes the transmitter's answer, as it came, under the name that whoever asked waits for."""
    falhas.encerrar(obra.banco, prazo.assunto(p.nome), obra.quando, "a resposta chegou")
    sufixo = base_do_retorno(item.nome)[1]
    nome = Nome(p.base, sufixo.lower().replace(b"-ped", b"", 1))
    if not nome.sufixo.endswith(b".err"):
        nome = ao_lado(nome, b".xml")
    obra.publicar(
        Saida(saidas.RETORNO, p.pasta, nome, dados=dados, substitui=obra.casa.uninfe, arquivo_id=item.arquivo_id)
    )
