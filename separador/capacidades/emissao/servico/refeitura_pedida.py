"""Carries out the order to build one CT-e of a load anew, from what is kept of the load or from a file."""

import json
from base64 import b64decode
from dataclasses import replace
from sqlite3 import Row

from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.cte.banco import documentos
from separador.capacidades.emissao.arquivos.leitura import assinar
from separador.capacidades.emissao.banco import cargas
from separador.capacidades.emissao.dominio import REFAZER
from separador.capacidades.emissao.dominio.refeitos import CargaRefeita, Pedida, nao_se_refaz
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
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.motor.resposta import Resposta
from separador.nucleo import capacidade
from separador.nucleo.chave import partes
from separador.nucleo.falha import descrever
from separador.nucleo.rota import Envio
from separador.nucleo.texto.quantidade import quantos

REFEITA = "SEP-CARGA-REFEITA"


def executar(grupo: Grupo, linha: Row) -> None:
    """Takes the order up, or says why not, and changes nothing. `Refeituras` carries it out."""
    porque = _negativa(grupo.contexto, linha["chave"])
    if porque is not None:
        responder(grupo, linha=linha, dita=porque)
        return
    tabela_de_pedidos.aceitar(grupo.banco, linha["id"])
    grupo.contexto.novidades.add(REFAZER)


def responder(grupo: Grupo, *, linha: Row, dita: Resposta) -> None:
    """Answers an order."""
    estado = tabela_de_pedidos.FEITA if dita.feita else tabela_de_pedidos.RECUSADA
    tabela_de_pedidos.encerrar(grupo.banco, linha["id"], estado, dita.codigo, dita.mensagem, grupo.quando)
    grupo.linhas.append({"event": dita.mensagem, "acao": REFAZER, "chave": linha["chave"], "quem": linha["quem"]})


def pedida(contexto: Contexto, linha: Row) -> Pedida | Resposta:
    """Returns what an order is judged by, as everything is now; or why it is refused by now."""
    porque = _negativa(contexto, linha["chave"])
    carga = cargas.do_documento(contexto.banco, linha["chave"])
    equipamento = contexto.equipamento.get(EQUIPAMENTO)
    if porque is not None:
        return porque
    if carga is None or not isinstance(equipamento, Equipamento):
        raise LookupError(f"não há a carga do CT-e {linha['chave']}")
    dados = json.loads(linha["dados"] or "{}")
    return Pedida(
        int(linha["id"]),
        str(carga["carga"]),
        str(dados.get("arquivo", "")).encode(),
        b64decode(dados.get("conteudo", "")),
        refeitura.pedido(contexto, carga, linha["chave"]),
        ContextoPreparo(contexto.config.ambiente.tp_amb, contexto.agora(), {}, contexto.inclusoes),
        equipamento,
    )


def _negativa(contexto: Contexto, chave: str) -> Resposta | None:
    doc = documentos.por_chave(contexto.banco, chave)
    carga = cargas.do_documento(contexto.banco, chave)
    if doc is None or (carga is None and not doc["marca"]):
        return _negada("SEP-CHAVE-DESCONHECIDA", f"Não há CT-e de uma carga com a chave {chave}.")
    porque = nao_se_refaz(doc["situacao"], doc["etapa"], doc["marca"])
    if porque or carga is None:
        return _negada(DIFERENTE, f"O CT-e {chave} {porque}.")
    equipamento = contexto.equipamento.get(EQUIPAMENTO)
    if not isinstance(equipamento, Equipamento) or equipamento.cadastros is None:
        return _negada("SEP-CADASTRO", descrever("SEP-CADASTRO")[0])
    return None


def concluir(grupo: Grupo, *, linha: Row, pedida_: Pedida, julgada: CargaRefeita | CargaRecusada) -> None:
    """Has the CT-e built anew handed on as the route of the load says; or says why not, and changes nothing.

    Where the load is another by now (a file corrected it meanwhile) the order stays, to be judged by what it is.
    """
    contexto, chave = grupo.contexto, linha["chave"]
    porque = _negativa(contexto, chave)
    carga = cargas.do_documento(grupo.banco, chave)
    if porque is None and carga is not None and refeitura.pedido(contexto, carga, chave) != pedida_.como_esta:
        return
    if porque is not None or carga is None:
        responder(grupo, linha=linha, dita=porque or _negada(DIFERENTE, f"O CT-e {chave} não é mais de uma carga."))
        return
    responder(grupo, linha=linha, dita=_refeito(grupo, linha, carga, pedida_, julgada))


def _refeito(grupo: Grupo, linha: Row, carga: Row, pedida_: Pedida, julgada: CargaRefeita | CargaRecusada) -> Resposta:
    """Signs and writes the one CT-e."""
    if isinstance(julgada, CargaRecusada):
        return _dos_erros(julgada.erros)
    (d,) = julgada.mudados
    cnpj = partes(d.chave).cnpj
    assinador = grupo.contexto.assinador(cnpj)
    if assinador is None:
        return _negada("SEP-SEM-CERTIFICADO", f"Não há certificado em vigor do CNPJ {cnpj}; nada foi refeito.")
    preparo = replace(pedida_.contexto, assinadores={cnpj: assinador})
    assinados = assinar(AAssinar(((d.ordem, d.chave, d.xml),)), preparo)
    if isinstance(assinados, Desfeita):
        return _dos_erros(assinados.erros)
    if not isinstance(assinados, Assinados):
        return _negada("SEP-SEM-CERTIFICADO", f"O certificado do CNPJ {cnpj} não assinou; nada foi refeito.")
    feita = Refazendo(julgada, {a.ordem: a for a in assinados.documentos})
    refeitura.gravar(grupo, carga, feita, linha["quem"], _envio(grupo, carga))
    outra = f"; o mês mudou, e com ele a chave: agora é {d.chave}" if d.chave != d.antes else ""
    return Resposta("feito", REFEITA, f"O CT-e {d.antes} foi refeito com o mesmo número{outra}.")


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
