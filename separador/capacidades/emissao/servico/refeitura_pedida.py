"""Carries out the order to build one CT-e of a load anew, from what is kept of the load or from a file."""

import json
import zlib
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from sqlite3 import Row

from separador.capacidades.cte.banco import documentos
from separador.capacidades.emissao.arquivos.leitura import assinar, ler
from separador.capacidades.emissao.arquivos.refeitura import refazendo, refazendo_um
from separador.capacidades.emissao.banco import cargas
from separador.capacidades.emissao.dominio.refeitos import CargaRefeita, nao_se_refaz
from separador.capacidades.emissao.dominio.valores import (
    EQUIPAMENTO,
    AAssinar,
    Assinados,
    CargaRecusada,
    Desfeita,
    Equipamento,
)  # fmt: skip
from separador.capacidades.emissao.servico import refeitura
from separador.capacidades.emissao.servico.refeitura import DIFERENTE, Refazendo
from separador.fiscal.emissao.achados import ErroDeCarga
from separador.fiscal.preparo import ContextoPreparo
from separador.motor.desfecho.grupo import Grupo
from separador.motor.resposta import Resposta
from separador.nucleo import capacidade
from separador.nucleo.chave import partes
from separador.nucleo.falha import descrever
from separador.nucleo.rota import Envio
from separador.nucleo.texto.quantidade import quantos

REFEITA = "SEP-CARGA-REFEITA"


def executar(grupo: Grupo, linha: Row) -> Resposta:
    """Builds it, and has it handed on as the route of the load says; or says why not, and changes nothing."""
    chave = linha["chave"]
    doc = documentos.por_chave(grupo.banco, chave)
    carga = cargas.do_documento(grupo.banco, chave)
    if doc is None or (carga is None and not doc["marca"]):
        return _negada("SEP-CHAVE-DESCONHECIDA", f"Não há CT-e de uma carga com a chave {chave}.")
    porque = nao_se_refaz(doc["situacao"], doc["etapa"], doc["marca"])
    if porque or carga is None:
        return _negada(DIFERENTE, f"O CT-e {chave} {porque}.")
    equipamento = grupo.contexto.equipamento.get(EQUIPAMENTO)
    if not isinstance(equipamento, Equipamento) or equipamento.cadastros is None:
        return _negada("SEP-CADASTRO", descrever("SEP-CADASTRO")[0])
    return _refazer(grupo, linha, carga, equipamento)


def _refazer(grupo: Grupo, linha: Row, carga: Row, equipamento: Equipamento) -> Resposta:
    contexto = grupo.contexto
    preparo = ContextoPreparo(contexto.config.ambiente.tp_amb, grupo.agora, {}, contexto.inclusoes)
    julgada = _julgada(grupo, linha, carga, preparo, equipamento)
    if isinstance(julgada, CargaRecusada):
        return _dos_erros(julgada.erros)
    (d,) = julgada.mudados
    cnpj = partes(d.chave).cnpj
    assinador = contexto.assinador(cnpj)
    if assinador is None:
        return _negada("SEP-SEM-CERTIFICADO", f"Não há certificado em vigor do CNPJ {cnpj}; nada foi refeito.")
    assinados = assinar(AAssinar(((d.ordem, d.chave, d.xml),)), replace(preparo, assinadores={cnpj: assinador}))
    if isinstance(assinados, Desfeita):
        return _dos_erros(assinados.erros)
    if not isinstance(assinados, Assinados):
        return _negada("SEP-SEM-CERTIFICADO", f"O certificado do CNPJ {cnpj} não assinou; nada foi refeito.")
    feita = Refazendo(julgada, {a.ordem: a for a in assinados.documentos})
    refeitura.gravar(grupo, carga, feita, linha["quem"], _envio(grupo, carga))
    outra = f"; o mês mudou, e com ele a chave: agora é {d.chave}" if d.chave != d.antes else ""
    return Resposta("feito", REFEITA, f"O CT-e {d.antes} foi refeito com o mesmo número{outra}.")


def _julgada(
    grupo: Grupo, linha: Row, carga: Row, preparo: ContextoPreparo, equipamento: Equipamento
) -> CargaRefeita | CargaRecusada:
    pedido = refeitura.pedido(grupo.contexto, carga, linha["chave"])
    dados = json.loads(linha["dados"] or "{}")
    if not dados:
        alvo = tuple(e for e in pedido.existentes if e.chave == linha["chave"])
        return _fim(refazendo_um(replace(pedido, existentes=alvo), preparo, equipamento))
    nome, conteudo = dados["arquivo"].encode(), zlib.decompress(b64decode(dados["conteudo"]))
    no, _ = ler(nome, conteudo)
    if no is not None and no.texto("carga") not in ("", carga["carga"]):
        mensagem = f"O arquivo é da carga {no.texto('carga')}; o CT-e é da carga {carga['carga']}."
        return CargaRecusada(carga["carga"], (ErroDeCarga(DIFERENTE, "carga", mensagem, "Dê o arquivo da carga."),))
    return _fim(refazendo(nome, conteudo, pedido, preparo, equipamento))


def _fim(partes_: Iterator[CargaRefeita | CargaRecusada | None]) -> CargaRefeita | CargaRecusada:
    return next(p for p in partes_ if p is not None)


def _envio(grupo: Grupo, carga: Row) -> Envio:
    """Returns whether a person sends the CT-e: as the route says that the load came by, else the first of loads."""
    linha = grupo.banco.uma("SELECT rota_id FROM arquivo WHERE id = ?", carga["arquivo_id"])
    rota = grupo.contexto.rota(linha["rota_id"]) if linha is not None else None
    de_cargas = (r for r in grupo.contexto.rotas if r.ativo and capacidade.regra(r.regra).pede_transmissao)
    rota = rota or next(de_cargas, None)
    return rota.envio if rota is not None else Envio.MANUAL


def _dos_erros(erros: tuple[ErroDeCarga, ...]) -> Resposta:
    outros = f" (e mais {quantos(len(erros) - 1, 'erro', 'erros')})" if len(erros) > 1 else ""
    primeiro = erros[0]
    campo = f"{primeiro.campo}: " if primeiro.campo else ""
    return _negada(primeiro.codigo, f"{campo}{primeiro.mensagem}{outros} {primeiro.o_que_fazer}")


def _negada(codigo: str, mensagem: str) -> Resposta:
    return Resposta("recusado", codigo, mensagem)
