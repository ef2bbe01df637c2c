"""Receives queries that somebody drops as files, and publishes their answers (rule cte-consulta).

By network a query is a row of the queue. By folder it is built anew and published for the transmitter. Either way its
one answer is `<base>-sit.xml` or `<base>-sta.xml` in the route's return folder. An answer about a document of ours is
also applied like any return. Where SEFAZ's limits forbid asking again, the kept answer is given.
"""

from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Row

from separador.banco import falhas, publicacoes
from separador.banco.conexao import instante_de, texto_de
from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.dominio.falhas_encerradas import Remedio
from separador.capacidades.cte.servico.consulta import prazo
from separador.capacidades.cte.servico.encerramento import encerrar_por
from separador.capacidades.cte.servico.rede import fila as fila_da_rede
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.banco import respostas_guardadas
from separador.capacidades.sefaz.dominio import decisoes
from separador.capacidades.sefaz.servico import enderecos, fila
from separador.capacidades.sefaz.servico.conteudo import conteudo
from separador.fiscal.consultas import ConsultaLida
from separador.fiscal.evento.envelope import montar_consulta, montar_status
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.regras.ufs import CODIGO_UF
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.desfecho.saidas import Saida
from separador.motor.trabalho.parecer import Parecer
from separador.nucleo.erro import SOBRE_CONSULTA, Erro, Recusa
from separador.nucleo.etapa import Desfecho
from separador.nucleo.fuso import hora
from separador.nucleo.nome_de_saida import Nome, ao_lado, base_do_retorno, retorno
from separador.nucleo.rota import Rota, Transmissao, pasta_de_retorno
from separador.nucleo.tipo import Tipo

_ESPECIE = {tabela.CONSULTA: "consulta", tabela.STATUS: "status"}


def decidir(grupo: Grupo, item: Item, parecer: Parecer) -> None:
    """Decides one file of the rule `cte-consulta`."""
    if not isinstance(parecer.conteudo, ConsultaLida):
        raise TypeError(f"a regra {item.rota.regra} não decide {type(parecer.conteudo).__name__}")
    receber(grupo, item, parecer.conteudo)


def receber(grupo: Grupo, item: Item, c: ConsultaLida) -> None:
    """Queues one query file, or answers it at once with the kept answer. The file is done; its answer follows."""
    grupo.sobre(item, c.chave)
    if c.chave is not None:
        encerrar_por(grupo, c.chave, Remedio.CONSULTA_ENTREGUE)
    rota = rota_da_chave(grupo, c.chave)
    if rota is not None and rota.transmissao is Transmissao.PASTA:
        _pela_pasta(grupo, item, c, rota)
    elif c.tipo is Tipo.CONSULTA:
        _situacao(grupo, item, c)
    else:
        _servico(grupo, item, c)


def rota_da_chave(grupo: Grupo, chave: str | None) -> Rota | None:
    """Returns the cte-envio route that says how SEFAZ is reached: the document's, else the first active one."""
    doc = documentos.por_chave(grupo.banco, chave) if chave is not None else None
    return grupo.contexto.rota_de_envio(doc["rota_id"] if doc is not None else 0)


def _pela_pasta(grupo: Grupo, item: Item, c: ConsultaLida, rota: Rota) -> None:
    doc = documentos.por_chave(grupo.banco, c.chave) if c.chave is not None else None
    if c.tipo is Tipo.CONSULTA:
        xml, sufixo = montar_consulta(c.chave or "", c.tp_amb), b"-ped-sit.xml"
    else:
        xml, sufixo = montar_status(c.uf or "", c.tp_amb), b"-ped-sta.xml"
    grupo.publicar(
        Saida(
            saidas.CONSULTA,
            rota.destino,
            Nome(item.base, sufixo),
            dados=com_declaracao(xml),
            arquivo_id=item.arquivo_id,
            documento_id=doc["id"] if doc is not None else None,
        )
    )
    grupo.terminar(item, Desfecho.ENTREGUE, chave=c.chave)


# --- by network -------------------------------------------------------------------------------------------------


def _situacao(grupo: Grupo, item: Item, c: ConsultaLida) -> None:
    chave = c.chave or ""
    cnpj = quem_pergunta(grupo.contexto, chave[:2], chave)
    if cnpj is None:
        _sem_certificado(grupo, item, c)
        return
    desde = texto_de(grupo.agora - decisoes.HORA)
    feitas = [instante_de(i) for i in tabela.consultas_desde(grupo.banco, chave, desde)]
    guardada = respostas_guardadas.situacao(grupo.banco, chave, desde)
    if guardada is not None and decisoes.cabe_consulta(feitas, grupo.agora) > grupo.agora:
        _repetir(grupo, item, guardada, "o limite de consultas desta chave por hora")
        return
    fila_da_rede.enfileirar_consulta(
        grupo, chave, item.quem, cnpj=cnpj, base=item.base, rota_id=item.rota_id, arquivo_id=item.arquivo_id
    )
    grupo.terminar(item, Desfecho.ENTREGUE, chave=chave)


def _servico(grupo: Grupo, item: Item, c: ConsultaLida) -> None:
    uf = c.uf or ""
    cnpj = quem_pergunta(grupo.contexto, uf)
    if cnpj is None:
        _sem_certificado(grupo, item, c)
        return
    autorizador = enderecos.svc(grupo.contexto, uf) if c.svc else enderecos.tabela(grupo.contexto).autorizador(uf)
    guardada = status_guardado(grupo, autorizador, uf)
    if guardada is not None:
        _repetir(grupo, item, guardada, "o intervalo de 3 minutos entre consultas do serviço")
        return
    fila.enfileirar_status(
        grupo, cnpj, autorizador, uf, item.quem, base=item.base, rota_id=item.rota_id, arquivo_id=item.arquivo_id
    )
    grupo.terminar(item, Desfecho.ENTREGUE)


def quem_pergunta(contexto: Contexto, uf: str, chave: str | None = None) -> str | None:
    """Returns the CNPJ whose certificate goes with a query: the issuer's if it is ours, else one of the state, or any.

    None: there is no certificate.
    """
    empresas = [e for e in contexto.config.empresas if e.cnpj in contexto.certificados]
    base = chave[6:14] if chave is not None else None
    ordem = sorted(empresas, key=lambda e: (e.cnpj[:8] != base, CODIGO_UF.get(e.uf) != uf))
    return ordem[0].cnpj if ordem else None


def _sem_certificado(grupo: Grupo, item: Item, c: ConsultaLida) -> None:
    erro = Erro(
        "SEP-SEM-CERTIFICADO",
        "SEP",
        "Não há certificado A1 em vigor para a conexão com a SEFAZ; a consulta não foi feita.",
        "Instale o certificado da empresa (separador certificado instalar) e solte a consulta de novo.",
    )
    grupo.recusar(item, Recusa((erro,), c.chave, SOBRE_CONSULTA))


def status_guardado(grupo: Grupo, autorizador: str, uf: str) -> Row | None:
    """Returns the answer that is younger than three minutes, if there is one.

    SEFAZ allows one query in three minutes.
    """
    tp_amb = grupo.contexto.config.ambiente.tp_amb
    desde = texto_de(grupo.agora - decisoes.STATUS)
    return respostas_guardadas.status(grupo.banco, fila.fila_do_status(autorizador, uf, tp_amb), desde)


def _repetir(grupo: Grupo, item: Item, guardada: Row, porque: str) -> None:
    quando = instante_de(guardada["respondida_em"])
    motivo = f"resposta guardada de {hora(quando, segundos=True)}, pois {porque} ainda não passou"
    _publicar(grupo, item.rota, item.base, guardada["alvo"], conteudo(guardada), arquivo_id=item.arquivo_id)
    grupo.terminar(item, Desfecho.ENTREGUE, motivo=motivo, chave=guardada["chave"])


def publicar(grupo: Grupo, linha: Row) -> None:
    """Hands a query's answer, once applied, to whoever asked and to those that wait for the same status."""
    atual = tabela.por_id(grupo.banco, linha["id"])
    if atual["estado"] != tabela.APLICADA or linha["alvo"] not in _ESPECIE:
        return
    xml = conteudo(linha)
    if not xml:
        return
    _entregar(grupo, atual, xml)
    if linha["alvo"] == tabela.STATUS:
        for outra in respostas_guardadas.status_pendentes(grupo.banco, linha["fila"]):
            _entregar(grupo, outra, xml)
            tabela.aplicar(grupo.banco, outra["id"], atual["resultado"], "respondida com a de outra", grupo.quando)


def _entregar(grupo: Grupo, linha: Row, xml: bytes) -> None:
    rota = grupo.contexto.rota(linha["rota_id"] or 0)
    if linha["base"] is not None and rota is not None:
        _publicar(grupo, rota, bytes(linha["base"]), linha["alvo"], xml)


def _publicar(grupo: Grupo, rota: Rota, base: bytes, alvo: str, xml: bytes, *, arquivo_id: int | None = None) -> None:
    grupo.publicar(
        Saida(
            saidas.RETORNO,
            pasta_de_retorno(rota, grupo.contexto.rotas),
            retorno(base, _ESPECIE[alvo]),
            dados=com_declaracao(xml),
            substitui=grupo.contexto.uninfe,
            arquivo_id=arquivo_id,
        )
    )


# --- by folder: the transmitter's answer ------------------------------------------------------------------------


REGRA = "cte-consulta"


@dataclass(frozen=True, slots=True)
class Pedida:
    """A query that went to the transmitter: the folder of its answer, and the base name that the answer takes."""

    pasta: Path
    base: bytes
    nome: bytes


def pedida(grupo: Grupo, nome: bytes) -> Pedida | None:
    """Returns the query that a return file of this name answers. None: the file answers about a document of ours."""
    base, sufixo = base_do_retorno(nome)
    meio = sufixo.lower().rpartition(b".")[0].removeprefix(b"-ped")
    if meio not in (b"-sit", b"-sta"):
        return None
    dona = publicacoes.dona_do_nome(grupo.banco, base + b"-ped" + meio + b".xml")
    if dona is None:
        return None
    arquivo = grupo.banco.uma("SELECT rota_id FROM arquivo WHERE id = ?", dona["arquivo_id"] or 0)
    rota = grupo.contexto.rota(arquivo["rota_id"]) if arquivo is not None else None
    if rota is None or (rota.regra != REGRA and not rota.transmite):
        if dona["documento_id"] is not None:
            return None  # an order on a document of ours: its answer goes where the document's answers go
        rota = rota_da_chave(grupo, None)  # an order about a key that is not ours
    return Pedida(pasta_de_retorno(rota, grupo.contexto.rotas), base, bytes(dona["nome"])) if rota is not None else None


def devolver(grupo: Grupo, item: Item, p: Pedida, dados: bytes) -> None:
    """Publishes the transmitter's answer, as it came, under the name that whoever asked waits for."""
    falhas.encerrar(grupo.banco, prazo.assunto(p.nome), grupo.quando, "a resposta chegou")
    sufixo = base_do_retorno(item.nome)[1]
    nome = Nome(p.base, sufixo.lower().replace(b"-ped", b"", 1))
    if not nome.sufixo.endswith(b".err"):
        nome = ao_lado(nome, b".xml")
    grupo.publicar(
        Saida(saidas.RETORNO, p.pasta, nome, dados=dados, substitui=grupo.contexto.uninfe, arquivo_id=item.arquivo_id)
    )
