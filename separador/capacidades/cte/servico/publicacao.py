"""Publishes the answers for the WMS: first the processed document, then the return that announces it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Row

from separador.banco import falhas, publicacoes
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.cte.banco.leitura_de_eventos import assinado as bytes_do_evento
from separador.capacidades.cte.dominio.retorno import Decisao
from separador.capacidades.cte.servico.procedencia import Procedencia
from separador.capacidades.cte.servico.vinculo import ALHEIO
from separador.capacidades.dacte import banco as tabela_do_dacte
from separador.capacidades.sefaz.dominio.cstat import CANCELADO, CANCELAMENTO_HOMOLOGADO, EVENTO_REPETIDO
from separador.configuracao import Perfil
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.processado import (
    montar_documento,
    montar_evento,
    montar_retorno,
    sem_assinatura,
    validar_arquivo,
)
from separador.fiscal.retornos import Resposta, Retorno
from separador.motor.desfecho import pastas_por_data, saidas
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.desfecho.recusas import json_da_recusa, texto_do_err
from separador.motor.desfecho.saidas import Saida
from separador.motor.trabalho.parecer import Parecer
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.nome_de_saida import (
    Nome,
    ao_lado,
    base_do_retorno,
    evento_processado,
    processado,
    recusa,
    retorno,
)
from separador.nucleo.tipo import FAMILIAS, Tipo

_RETORNOS = frozenset(f.retorno for f in FAMILIAS.values())


@dataclass(frozen=True, slots=True)
class Caso:
    """One answer of a return file, or of a call of our own, with the document and event that it is about."""

    item: Procedencia
    parecer: Parecer
    retorno: Retorno
    resposta: Resposta
    doc: Row | None
    evento: Row | None = None

    @property
    def documento(self) -> Row:
        """Returns the document. Raises LookupError when the answer is about an event of an unknown one."""
        if self.doc is None:
            raise LookupError("resposta sem documento")
        return self.doc

    @property
    def dados(self) -> bytes:
        """Returns the answer for the WMS: as it came, or in UTF-8 where it came in a form that not everybody reads."""
        return self.retorno.legivel or self.parecer.dados


def publicar(grupo: Grupo, caso: Caso, d: Decisao) -> bool:
    """Publishes the files of a terminal answer. Returns True when there are any."""
    if caso.resposta.especie == "evento":
        publicar_evento(grupo, caso, juntar=d.juntar)
        return True
    if caso.resposta.prot is not None and _autorizou(caso, d):
        _publicar_processado(grupo, caso)
    if caso.resposta.cstat not in CANCELADO:
        # A cancelled document gets no return that reads "authorised". The answer of the consultation tells the whole.
        _publicar_retorno(grupo, caso)
    if caso.resposta.especie == "consulta":
        publicar_consulta(grupo, caso)
    return True


def _autorizou(caso: Caso, d: Decisao) -> bool:
    """Says whether the answer authorises the document.

    A cancelled one counts too, when its authorisation comes with the answer and was not known yet.
    """
    return d.juntar or (caso.resposta.cstat == CANCELAMENTO_HOMOLOGADO and caso.documento["protocolo"] is None)


def publicar_repetido(grupo: Grupo, caso: Caso, d: Decisao) -> bool:
    """Publishes what a repeated answer still owes: an answer to a consultation, or the document of an accepted event.

    The answer changes nothing else. Returns True when something was published.
    """
    if caso.resposta.especie == "consulta":
        return publicar_consulta(grupo, caso)
    if not (d.juntar and caso.evento is not None):
        return False
    if publicacoes.ultima(grupo.banco, saidas.FISCAL, evento_id=caso.evento["id"]) is not None:
        return False
    # Each request gets one terminal return, and a 218 may have been returned already.
    respondido = publicacoes.ultima(grupo.banco, saidas.RETORNO, evento_id=caso.evento["id"]) is not None
    publicar_evento(grupo, caso, juntar=True, com_retorno=not respondido)
    assunto = f"doc:{caso.evento['chave']}"
    falhas.encerrar(grupo.banco, assunto, grupo.quando, "o evento registrado chegou", "SEP-CANC-SEM-EVENTO")
    eventos.marcar(
        grupo.banco, caso.evento["id"], eventos.ACEITO, grupo.quando, cstat=caso.resposta.cstat,
        protocolo=caso.resposta.protocolo,
    )  # fmt: skip
    return True


def _publicar_processado(grupo: Grupo, caso: Caso) -> None:
    doc, prot = caso.documento, caso.resposta.prot
    digest = caso.resposta.digest or doc["digest"]
    assinado = documentos.assinado(grupo.banco, doc["id"], digest)
    if assinado is None or prot is None:
        raise LookupError(f"os bytes assinados de {doc['chave']} não estão no banco")
    dados = montar_documento(assinado, prot, Tipo(doc["tipo"]))
    if not caso.parecer.retorno_valido and validar_arquivo(dados):
        limpo = montar_documento(assinado, sem_assinatura(prot), Tipo(doc["tipo"]))
        dados = dados if validar_arquivo(limpo) else limpo
    if _guardar_e_publicar(grupo, caso, processado(doc["chave"]), dados, doc["chave"]):
        _pedir_impressao(grupo, caso, tabela_do_dacte.DOCUMENTO, doc["id"])


def _pedir_impressao(grupo: Grupo, caso: Caso, especie: str, item_id: int) -> None:
    """Records that a print is wanted. `dacte.servico` makes it after the commit, outside the loop's thread."""
    rota = grupo.contexto.rota(_rota_id(caso))
    if rota is not None and rota.dacte:
        pasta = _pastas_do_processado(grupo, caso)[0]
        tabela_do_dacte.pedir(grupo.banco, especie, item_id, str(pasta), grupo.quando)


def _guardar_e_publicar(grupo: Grupo, caso: Caso, nome: Nome, dados: bytes, chave: str) -> bool:
    """Publishes the fiscal copy, which retention never touches, then the WMS's.

    Returns False when it is there already.
    """
    # The signed bytes were valid when they left, and the answer was valid when it came: together they are valid.
    erros = [] if caso.parecer.retorno_valido else validar_arquivo(dados)
    if erros:
        grupo.falhar(grupo.falha_da_chave(chave, "SEP-PROCESSADO-INVALIDO", detalhe=erros[0].mensagem))
    sha256 = hashlib.sha256(dados).hexdigest()
    do_documento = caso.doc is not None and caso.resposta.especie != "evento"
    if do_documento and publicacoes.publicou_igual(grupo.banco, saidas.PROCESSADO, caso.documento["id"], sha256):
        return False  # asked again after a refused cancellation: the WMS has this document already
    grupo.publicar(_saida(caso, saidas.FISCAL, _pasta_fiscal(grupo), nome, dados, sha256=sha256))
    for pasta in _pastas_do_processado(grupo, caso):
        saida = _saida(caso, saidas.PROCESSADO, pasta, nome, dados, sha256=sha256, substitui=grupo.contexto.uninfe)
        grupo.publicar(saida)
    return True


def _pasta_fiscal(grupo: Grupo) -> Path:
    return pastas_por_data.garantir_pasta(
        grupo.contexto, grupo.contexto.dados / "fiscal", grupo.agora.strftime("%Y-%m")
    )


def _pastas_do_processado(grupo: Grupo, caso: Caso) -> list[Path]:
    """Returns the folders of the processed document.

    It lies beside the return. In the profile uninfe it lies in `autorizados` by AAAAMM, and beside the return if asked.
    """
    rota = grupo.contexto.rota(_rota_id(caso))
    ao_lado = _pasta(grupo, caso)
    if grupo.contexto.config.perfil_nomes is not Perfil.UNINFE or rota is None or rota.autorizados is None:
        return [ao_lado]
    do_mes = pastas_por_data.garantir_pasta(grupo.contexto, rota.autorizados, grupo.agora.strftime("%Y%m"))
    return [do_mes, ao_lado] if rota.copia_processado else [do_mes]


def _rota_id(caso: Caso) -> int:
    linha = caso.evento if caso.evento is not None else caso.documento
    return int(linha["rota_id"])


def _pasta(grupo: Grupo, caso: Caso) -> Path:
    return grupo.contexto.retorno_da_rota(_rota_id(caso), caso.item.reserva)


def _saida(
    caso: Caso, tipo: str, pasta: Path, nome: Nome, dados: bytes, *, sha256: str = "", substitui: bool = False
) -> Saida:
    return Saida(
        tipo,
        pasta,
        nome,
        dados=dados,
        sha256=sha256,
        substitui=substitui,
        arquivo_id=caso.item.arquivo_id or None,
        documento_id=caso.doc["id"] if caso.doc is not None else None,
        evento_id=caso.evento["id"] if caso.evento is not None else None,
    )


def _publicar_retorno(grupo: Grupo, caso: Caso) -> None:
    """Publishes `<input base>-pro-rec.xml` as it came.

    Where only a processed document came, or the protocols of several documents in one return, it is made from the
    protocol.
    """
    doc, r = caso.documento, caso.resposta
    varias = sum(x.especie == "autorizacao" for x in caso.retorno.respostas) > 1
    if caso.retorno.tipo in _RETORNOS and not (varias and r.prot is not None):
        dados = caso.dados
    elif r.prot is not None:
        dados = montar_retorno(r.prot, Tipo(doc["tipo"]))
    else:
        return
    nome = retorno(bytes(doc["base"]), "autorizacao")
    grupo.publicar(_saida(caso, saidas.RETORNO, _pasta(grupo, caso), nome, dados, substitui=grupo.contexto.uninfe))


def publicar_consulta(grupo: Grupo, caso: Caso) -> bool:
    """Publishes `<input base>-sit.xml`, as it came. Returns False when nobody asked."""
    base = caso.item.base_da_consulta(bytes(caso.documento["base"]))
    if base is None:
        return False
    nome = retorno(base, "consulta")
    dados = caso.dados
    grupo.publicar(_saida(caso, saidas.RETORNO, _pasta(grupo, caso), nome, dados, substitui=grupo.contexto.uninfe))
    return True


def publicar_evento(grupo: Grupo, caso: Caso, *, juntar: bool, com_retorno: bool = True) -> None:
    """Publishes the processed event when it was accepted, then `<input base>-eve.xml`."""
    r, evento = caso.resposta, caso.evento
    if evento is None:
        return
    enviado = bytes_do_evento(evento) or r.documento
    if juntar and r.prot is not None and enviado:
        nome = evento_processado(evento["chave"], evento["tp_evento"], evento["n_seq"])
        if _guardar_e_publicar(grupo, caso, nome, montar_evento(enviado, r.prot), evento["chave"]):
            _pedir_impressao(grupo, caso, tabela_do_dacte.EVENTO, evento["id"])
    dados = caso.dados if caso.retorno.tipo is Tipo.RET_EVENTO else com_declaracao(r.prot or b"")
    if com_retorno and (r.prot is not None or caso.retorno.tipo is Tipo.RET_EVENTO):
        nome = retorno(bytes(evento["base"]), "evento")
        grupo.publicar(_saida(caso, saidas.RETORNO, _pasta(grupo, caso), nome, dados, substitui=grupo.contexto.uninfe))


def recusar_alheio(grupo: Grupo, item: Procedencia, nosso: Row) -> None:
    """Publishes the terminal answer to an event of ours whose number SEFAZ gave to another content."""
    fazer = "Veja os eventos do documento (separador cte evento listar) e peça de novo: sai com o próximo número livre."
    mensagem = f"O evento {nosso['tp_evento']} nº {nosso['n_seq']} não foi registrado: {ALHEIO}."
    r = Recusa((Erro(EVENTO_REPETIDO, "N16", mensagem, fazer, tag="nSeqEvento"),), nosso["chave"])
    nome = recusa(bytes(nosso["base"]) + b"-ped-eve.xml", EVENTO_REPETIDO, uninfe=grupo.contexto.uninfe)
    pasta = grupo.contexto.retorno_da_rota(nosso["rota_id"], item.reserva)
    for final, dados in ((nome, texto_do_err(r)), (ao_lado(nome, b".json"), json_da_recusa(r, mostrar(nome.inteiro)))):
        grupo.publicar(
            Saida(
                saidas.RECUSA,
                pasta,
                final,
                dados=dados,
                substitui=grupo.contexto.uninfe,
                arquivo_id=item.arquivo_id or None,
                evento_id=nosso["id"],
            )
        )
    falha = grupo.falha_da_chave(nosso["chave"], "SEP-EVENTO-ALHEIO", detalhe=mensagem, rota=nosso["rota_id"])
    grupo.falhar(falha)


def publicar_status(grupo: Grupo, item: Item, dados: bytes) -> None:
    """Publishes the answer of a status query, named after the query."""
    nome = retorno(base_do_retorno(item.nome)[0], "status")
    grupo.publicar(
        Saida(
            saidas.RETORNO,
            item.rota.destino,
            nome,
            dados=dados,
            substitui=grupo.contexto.uninfe,
            arquivo_id=item.arquivo_id,
        )
    )
