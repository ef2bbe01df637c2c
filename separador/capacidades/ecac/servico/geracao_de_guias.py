"""Asks the API for a new guide (SICALC, PGDAS-D, PGMEI). Each success is a new number: never asks twice blindly."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from sqlite3 import Row
from typing import Any

from separador.banco.instante import instante_de
from separador.capacidades.ecac.banco import geracoes, guias
from separador.capacidades.ecac.banco.guias import NovaGuia
from separador.capacidades.ecac.dominio.arrecadacao import NOMES_TIPO, TipoDocumento, completo
from separador.capacidades.ecac.dominio.guia import ler_periodo
from separador.capacidades.ecac.integra.porta import Desconhecido, Impedido, Indisponivel, Ok, Recusado, Resultado
from separador.capacidades.ecac.integra.valores import GuiaEmitida, Partes, PedidoDarf
from separador.capacidades.ecac.servico import comprovantes, pasta_de_comprovantes
from separador.capacidades.ecac.servico.execucao import Execucao
from separador.capacidades.ecac.servico.indice_do_das import ler_indice, nao_veio, registrar_indice
from separador.capacidades.ecac.servico.livro_de_chamadas import hoje
from separador.configuracao import Empresa
from separador.motor.resposta import Resposta
from separador.pastas import faixas
from separador.pastas.erros import FalhaDePasta

DARF, DAS, DAS_MEI = "darf", "das", "das-mei"
_TIPOS = {DARF: TipoDocumento.DARF, DAS: TipoDocumento.DAS, DAS_MEI: TipoDocumento.DAS}


def gerar(execucao: Execucao, empresa: Empresa, autor: str, opcoes: dict[str, Any], quem: str) -> Resposta:
    """Generates a guide. `opcoes`: {"especie", "campos", "de_novo"}. A guide asked for before is shown, not asked for
    again."""
    partes = Partes(autor, empresa.cnpj)
    especie, campos = str(opcoes["especie"]), dict(opcoes["campos"])
    pedido = json.dumps(campos, ensure_ascii=False, sort_keys=True)
    if not opcoes.get("de_novo"):
        ja = _ja_pedida(execucao, empresa, partes, especie, pedido, campos, quem)
        if ja is not None:
            return ja
    with execucao.banco.transacao():
        geracao = geracoes.pedir(execucao.banco, empresa.cnpj, especie, pedido, quem, execucao.quando)
    r = _chamar(execucao, partes, especie, campos)
    return _concluir(execucao, empresa, especie, geracao, r, quem)


def _ja_pedida(
    execucao: Execucao,
    empresa: Empresa,
    partes: Partes,
    especie: str,
    pedido: str,
    campos: dict[str, Any],
    quem: str,
) -> Resposta | None:
    antes = geracoes.ultima(execucao.banco, empresa.cnpj, especie, pedido)
    if antes is None:
        return None
    if antes["estado"] == geracoes.FEITA and antes["guia_id"] is not None:
        guia = guias.por_id(execucao.banco, antes["guia_id"])
        numero = guia["numero"] if guia is not None else "?"
        texto = f"Esta guia já foi gerada: {numero} (guia {antes['guia_id']}). Para outra: --de-novo."
        return Resposta("recusado", "SEP-GUIA-GERADA", texto)
    if especie == DAS:
        achada = _no_indice(execucao, empresa, partes, str(campos["periodo"]), antes, quem)
        if achada is not None:
            return achada
    texto = (
        "O último pedido desta guia ficou sem resposta, e não se sabe se ela foi gerada. Confira no portal e-CAC; para "
        "pedir outra mesmo assim: --de-novo."
    )
    return Resposta("recusado", "SEP-GUIA-DESFECHO", texto)


def _no_indice(
    execucao: Execucao, empresa: Empresa, partes: Partes, periodo: str, antes: Row, quem: str
) -> Resposta | None:
    """Looks, after an unknown outcome, for a DAS of that period that the index shows since the asking."""
    r = ler_indice(execucao, partes, int(periodo[:4]))
    if not isinstance(r, Ok):
        return nao_veio(r)
    conhecidos = {g["numero"] for g in guias.de(execucao.banco, empresa.cnpj)}
    registrar_indice(execucao, empresa, r.valor, quem)
    # SERPRO's clock is not ours, so days are compared: a DAS since that day which nobody here knew is the one.
    desde = hoje(instante_de(antes["pedida_em"]))
    novos = [d for d in r.valor if d.periodo == periodo and completo(d.numero) not in conhecidos]
    depois = [d for d in novos if d.emissao is not None and hoje(d.emissao) >= desde]
    if not depois:
        return None
    numero = completo(depois[-1].numero)
    guia = next((g for g in guias.por_numero(execucao.banco, numero) if g["contribuinte"] == empresa.cnpj), None)
    with execucao.banco.transacao():
        guia_id = guia["id"] if guia is not None else None
        geracoes.terminar(execucao.banco, antes["id"], geracoes.FEITA, "achada no índice", execucao.quando, guia_id)
    return Resposta("feito", "SEP-GUIA-ACHADA", f"A guia tinha sido gerada: {numero}. Nada novo foi pedido.")


def _chamar(execucao: Execucao, partes: Partes, especie: str, campos: dict[str, Any]) -> Resultado[GuiaEmitida]:
    """Makes one attempt, never repeated here."""
    consolidacao = date.fromisoformat(campos["consolidacao"]) if campos.get("consolidacao") else None
    if especie == DARF:
        return execucao.porta.gerar_darf(partes, _pedido_darf(campos, date.fromisoformat(execucao.hoje)))
    chamar: Callable[..., Resultado[GuiaEmitida]] = (
        execucao.porta.gerar_das if especie == DAS else execucao.porta.gerar_das_mei
    )
    return chamar(partes, str(campos["periodo"]), consolidacao)


def _pedido_darf(c: dict[str, Any], dia: date) -> PedidoDarf:
    return PedidoDarf(
        uf=c["uf"],
        municipio=c["municipio"],
        receita=c["receita"],
        extensao=c["extensao"],
        tipo_pa=c["tipo_pa"],
        periodo=c["periodo"],
        valor=Decimal(c["valor"]),
        consolidacao=date.fromisoformat(c["consolidacao"]) if c.get("consolidacao") else dia,
        vencimento=date.fromisoformat(c["vencimento"]) if c.get("vencimento") else None,
        referencia=c.get("referencia"),
        cota=c.get("cota"),
        observacao=c.get("observacao"),
    )


def _concluir(
    execucao: Execucao, empresa: Empresa, especie: str, geracao: int, r: Resultado[GuiaEmitida], quem: str
) -> Resposta:
    if isinstance(r, Ok):
        return _registrar(execucao, empresa, especie, geracao, r.valor, quem)
    nada_saiu = isinstance(r, Impedido) or (isinstance(r, Indisponivel) and not r.enviada)
    definitivo = isinstance(r, Recusado) or nada_saiu
    estado = geracoes.RECUSADA if definitivo else geracoes.DESCONHECIDA
    resposta = nao_veio(r)
    with execucao.banco.transacao():
        geracoes.terminar(execucao.banco, geracao, estado, resposta.mensagem, execucao.quando)
    if definitivo:
        return resposta
    texto = f"{resposta.mensagem} Não se sabe se a guia foi gerada; confira antes de pedir de novo."
    bruto = r.bruto if isinstance(r, Desconhecido) else b""
    execucao.log.warning("guia pedida, desfecho desconhecido", acao="e-CAC", empresa=empresa.cnpj, bruto=bruto[:200])
    return Resposta("recusado", "SEP-GUIA-DESFECHO", texto)


def _registrar(
    execucao: Execucao, empresa: Empresa, especie: str, geracao: int, emitida: GuiaEmitida, quem: str
) -> Resposta:
    tipo = _TIPOS[especie]
    nova = NovaGuia(
        empresa.cnpj, tipo, completo(emitida.numero), emitida.valores, emitida.vencimento,
        periodo=ler_periodo(emitida.periodo or ""), origem="api",
    )  # fmt: skip
    with execucao.banco.transacao():
        registrada = guias.registrar(execucao.banco, nova, quem, execucao.quando)
        geracoes.terminar(execucao.banco, geracao, geracoes.FEITA, "", execucao.quando, registrada.id)
    onde = _arquivar(execucao, empresa, tipo, emitida)
    return Resposta(
        "feito", "SEP-GUIA-NOVA", f"Guia gerada: {completo(emitida.numero)} (nº {registrada.id} do registro).{onde}"
    )


def _arquivar(execucao: Execucao, empresa: Empresa, tipo: TipoDocumento, emitida: GuiaEmitida) -> str:
    """Puts the guide's PDF beside the receipts. The guide is registered even when the disk fails."""
    if emitida.pdf is None:
        return ""
    raiz = execucao.config.destino
    caminho = f"{empresa.cnpj}/guias/{NOMES_TIPO[tipo]}-{completo(emitida.numero)}.pdf"
    try:
        comprovantes.preparar_raiz(execucao.banco, execucao.dados, raiz, execucao.agora())
        lugar = comprovantes.lugar(execucao.dados, raiz)
        sha256 = pasta_de_comprovantes.encenar(lugar, emitida.pdf)
        faixas.fazer(raiz, pasta_de_comprovantes.por_no_lugar, lugar, sha256, caminho)
    except FalhaDePasta as falha:
        return f" O PDF não pôde ser guardado: {falha.mensagem}."
    return f" PDF: {raiz}/{caminho}"
