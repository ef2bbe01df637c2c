"""Tells the parts of a return: which are one answer, which may be applied, which are set apart and told.

One part that cannot be verified does not take the others with it. A document or event that somebody reformatted, and
that is here as it was signed, is applied by what is here.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from separador.banco import publicacoes
from separador.banco.conexao import Banco
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.cte.banco.leitura_de_eventos import assinado as bytes_do_evento
from separador.capacidades.cte.servico.procedencia import Procedencia
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.processado import montar_evento
from separador.fiscal.retornos import Resposta, Retorno
from separador.fiscal.verificacao import so_reformatado
from separador.motor.contexto import Contexto
from separador.motor.desfecho import pastas_por_data
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.saidas import Saida
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.nome_de_saida import evento_processado

APARTADO = "apartado"
"""Kind of output: a part of an answer as it came, kept for people."""
_CODIGO = "SEP-EVENTO-NAO-VERIFICADO"


def fundidas(r: Retorno) -> Sequence[Resposta]:
    """Joins the situation in a consultation and the protocol that proves it into one answer.

    Apart they would authorise a document before they tell that it is cancelled (101).
    """
    consulta = next((x for x in r.respostas if x.especie == "consulta"), None)
    prova = next((x for x in r.respostas if x.especie == "autorizacao"), None)
    if consulta is None or prova is None:
        return r.respostas
    fundida = replace(
        consulta,
        chave=prova.chave,
        protocolo=prova.protocolo,
        digest=prova.digest,
        quando=prova.quando,
        prot=prova.prot,
    )
    return (fundida, *(x for x in r.respostas if x not in (consulta, prova)))


def separar(banco: Banco, r: Retorno) -> tuple[Retorno, tuple[Resposta, ...]]:
    """Returns the return with the answers that may be applied, and those whose content cannot be verified."""
    if all(x.defeito is None for x in r.respostas):
        return r, ()
    boas = [x for x in r.respostas if x.defeito is None or _daqui(banco, x)]
    foram = [x for x in boas if x.defeito is not None]
    notas = tuple(f"{_que(x)} veio com outros brancos entre as tags; valem os bytes daqui" for x in foram)
    limpas = tuple(replace(x, defeito=None, documento=None) if x.defeito is not None else x for x in boas)
    apartadas = tuple(x for x in r.respostas if x not in boas)
    return replace(r, respostas=limpas, notas=(*r.notas, *notas)), apartadas


def _daqui(banco: Banco, x: Resposta) -> bool:
    """Says whether what came is what was signed here, with other blanks between its tags.

    For a document the protocol must name the digest, too. Any other change is believed by nobody.
    """
    if x.chave is None or x.documento is None:
        return False
    if x.especie == "evento":
        nosso = eventos.ultimo(banco, x.chave, x.tp_evento or "", x.n_seq or 1)
        return nosso is not None and bool(nosso["digest"]) and so_reformatado(x.documento, bytes_do_evento(nosso))
    doc = documentos.por_chave(banco, x.chave)
    assinado = documentos.assinado(banco, doc["id"], x.digest) if doc is not None and x.digest is not None else None
    return assinado is not None and so_reformatado(x.documento, assinado)


def _que(x: Resposta) -> str:
    return f"o evento {x.tp_evento} nº {x.n_seq}" if x.especie == "evento" else "o documento"


def apartar(grupo: Grupo, item: Procedencia, x: Resposta) -> None:
    """Keeps one answer as it came, and tells it. The same one, coming again, is not told again."""
    doc = documentos.por_chave(grupo.banco, x.chave) if x.chave is not None else None
    if doc is None or x.defeito is None:
        return
    dados = montar_evento(x.documento or b"", x.prot or b"") if x.especie == "evento" else com_declaracao(x.prot or b"")
    sha256 = hashlib.sha256(dados).hexdigest()
    if publicacoes.publicou_igual(grupo.banco, APARTADO, doc["id"], sha256):
        return
    pasta = pastas_por_data.garantir_pasta(grupo.contexto, raiz(grupo.contexto), grupo.agora.strftime("%Y-%m"))
    nome = evento_processado(doc["chave"], x.tp_evento or "", x.n_seq or 1)
    saida = Saida(APARTADO, pasta, nome, dados=dados, sha256=sha256, arquivo_id=item.arquivo_id or None,
                  documento_id=doc["id"])  # fmt: skip
    grupo.publicar(saida)
    detalhe = f"Veio {_que(x)}, com a resposta {x.cstat} {x.motivo}: {x.defeito.mensagem} Guardado em {pasta}."
    motivo, fazer = descrever(_CODIGO, detalhe)
    assunto = f"apartado:{doc['chave']}:{sha256[:16]}"
    grupo.falhar(Falha(assunto, _CODIGO, motivo, fazer, None, doc["rota_id"], doc["chave"]))


def raiz(contexto: Contexto) -> Path:
    """Returns the folder of what was set apart, by AAAA-MM. Retention never touches it."""
    return contexto.dados / "quarentena" / "eventos"


def raizes(contexto: Contexto) -> list[Path]:
    """Returns the folders below which such parts may be staged, for the recovery at start."""
    return [raiz(contexto)]
