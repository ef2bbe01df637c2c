"""Takes the numbers of a load, durably, before anything of it is signed."""

import json

from separador.banco import arquivos
from separador.banco.conexao import Banco
from separador.capacidades.emissao.banco import cargas, numeracao
from separador.capacidades.emissao.banco.cargas import NovoDocumentoDeCarga
from separador.capacidades.emissao.banco.numeracao import EsgotadaError, Serie
from separador.capacidades.emissao.dominio import EQUIPAMENTO
from separador.capacidades.emissao.dominio.comparacao import diferencas
from separador.capacidades.emissao.dominio.valores import (
    AAssinar,
    Assinados,
    CargaJulgada,
    Complementos,
    Desfeita,
    EmJulgamento,
    Equipamento,
)
from separador.capacidades.emissao.servico.outras_cargas import de_outras_cargas
from separador.capacidades.emissao.servico.resposta import avisos_em_json, terceiros_em_json
from separador.fiscal.emissao.numero import chave_com
from separador.fiscal.preparo import SemCertificado
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Item, nova_ficha
from separador.motor.trabalho.parecer import Parecer
from separador.nucleo.erro import Recusa

JUNTOS, NO_TOKEN = 50, 3
"""Documents that are signed in one round, by a key in memory and by a token, which takes tenths of a second for each:
less than a second, so that no other route waits for longer."""


def seguir(contexto: Contexto, item: Item, parecer: Parecer) -> AAssinar | Complementos | EmJulgamento | None:
    """Returns what the next round judges by, judges on or signs; None: the load is decided as it is.

    A load whose numbers are taken goes on with the documents that were written then, whatever the registries say now.
    """
    c = parecer.conteudo
    if isinstance(c, SemCertificado | Desfeita | Recusa):
        return None  # nobody signs it now, or nobody even reads it: a round more would end the same way
    linha = arquivos.por_nome(contexto.banco, item.tomado.lote, item.nome)
    arquivo_id = int(linha["id"]) if linha is not None else None
    reservada = cargas.reservada_do_arquivo(contexto.banco, arquivo_id) if arquivo_id is not None else None
    if reservada is not None:
        return _proximos(contexto, int(reservada["id"]), c)
    if isinstance(c, EmJulgamento):
        return c
    if not isinstance(c, CargaJulgada):
        return None
    ordenados = _complementos(contexto, arquivo_id, c)
    if ordenados is not None or not pode_reservar(contexto, c, arquivo_id):
        return ordenados
    try:
        carga_id = _reservar(contexto, item, parecer, c)
    except EsgotadaError:
        return None  # the decision says so
    return _material(contexto, carga_id, ())


def _complementos(contexto: Contexto, arquivo_id: int | None, c: CargaJulgada) -> Complementos | None:
    """Returns what was ordered about a held load, unless it was judged by that already."""
    if arquivo_id is None or c.complementada:
        return None
    retida = cargas.retida_do_arquivo(contexto.banco, arquivo_id)
    ordenados = str(retida["complementos"]) if retida is not None else "{}"
    return Complementos(ordenados) if ordenados != "{}" else None


def _proximos(contexto: Contexto, carga_id: int, c: object) -> AAssinar | None:
    """Returns the next documents to sign. What a round signed is kept at once when it is not the last."""
    feitos = [a.ordem for a in c.documentos] if isinstance(c, Assinados) else []
    material = _material(contexto, carga_id, feitos)
    if material is not None and isinstance(c, Assinados):
        with contexto.banco.transacao():
            cargas.assinar(contexto.banco, carga_id, c.documentos)
    return material


def _material(contexto: Contexto, carga_id: int, exceto: "tuple[int, ...] | list[int]") -> AAssinar | None:
    linhas = cargas.a_assinar(contexto.banco, carga_id, exceto, JUNTOS)
    linhas = linhas[: juntos(contexto, linhas[0]["emitente"])] if linhas else []
    return AAssinar(tuple((r["ordem"], r["chave"], bytes(r["xml"])) for r in linhas)) if linhas else None


def juntos(contexto: Contexto, emitente: str) -> int:
    """Returns how many documents of a company are signed in one round."""
    return JUNTOS if contexto.assina_sem_token(emitente) else NO_TOKEN


def pode_reservar(contexto: Contexto, c: CargaJulgada, arquivo_id: int | None) -> bool:
    """Says whether a load that is good may take its numbers: it is complete, somebody signs its documents, and no other
    file of it has them or waits for them. `arquivo_id`: of its file, None while that was never recorded."""
    if not c.documentos or c.complementar or sem_assinador(contexto, c) is not None:
        return False
    conhecida = cargas.por_nome(contexto.banco, c.carga)
    if conhecida is None or conhecida["arquivo_id"] == arquivo_id:
        return True
    mais_nova = arquivo_id is None or arquivo_id > conhecida["arquivo_id"]
    retida = conhecida["situacao"] == cargas.RETIDA
    return retida and mais_nova and bool(diferencas(cargas.conteudo_de(conhecida), c.conteudo))


def sem_assinador(contexto: Contexto, c: CargaJulgada) -> str | None:
    """Returns the first issuer for which nobody can sign now."""
    emitentes = dict.fromkeys(d.emitente for d in c.documentos)
    return next((e for e in emitentes if contexto.assinador(e) is None), None)


def _reservar(contexto: Contexto, item: Item, parecer: Parecer, c: CargaJulgada) -> int:
    """Takes the numbers and writes the documents under them, in one commit. Returns the load's id."""
    banco = contexto.banco
    ficha = item.ficha or nova_ficha(contexto, item)
    ficha.tamanho, ficha.sha256 = parecer.tamanho, parecer.sha256
    with banco.transacao():
        arquivos.gravar(banco, ficha)
        carga_id = cargas.gravar(banco, c, cargas.RESERVADA, ficha.id, contexto.quando())
        avisos = (*c.avisos, *de_outras_cargas(banco, carga_id, (par for d in c.documentos for par in d.nfes)))
        terceiros = json.dumps(terceiros_em_json(c.terceiros))
        cargas.anotar(banco, carga_id, json.dumps(avisos_em_json(avisos), ensure_ascii=False), terceiros)
        cargas.inserir_documentos(banco, carga_id, _numerados(contexto, c))
        cargas.inserir_notas(
            banco, carga_id, [(n, chave) for n, d in enumerate(c.documentos, 1) for _, chave in d.nfes]
        )
    item.ficha = ficha
    return carga_id


def desfazer(banco: Banco, carga_id: int) -> None:
    """Gives up a load before it was issued: its numbers are the next to be used."""
    for linha in cargas.desfazer(banco, carga_id):
        serie = Serie(linha["emitente"], linha["ambiente"], linha["modelo"], linha["serie"])
        numeracao.devolver(banco, serie, linha["numero"])


def _numerados(contexto: Contexto, c: CargaJulgada) -> list[NovoDocumentoDeCarga]:
    ambiente = str(contexto.config.ambiente)
    por_serie: dict[Serie, list[int]] = {}
    for ordem, d in enumerate(c.documentos, 1):
        por_serie.setdefault(Serie(d.emitente, ambiente, d.modelo, d.serie), []).append(ordem)
    numeros: dict[int, int] = {}
    for serie, ordens in por_serie.items():
        tomados = numeracao.tomar(contexto.banco, serie, len(ordens), _primeiro(contexto, serie))
        numeros |= dict(zip(ordens, tomados, strict=True))
    novos = []
    for ordem, d in enumerate(c.documentos, 1):
        chave = chave_com(d.chave, numeros[ordem], _codigo(contexto, numeros[ordem]))
        resumo, registro = (json.dumps(x, ensure_ascii=False) for x in (d.resumo, d.registro))
        novos.append(
            NovoDocumentoDeCarga(
                ordem, d.campo, chave, d.emitente, ambiente, d.modelo, d.serie, numeros[ordem], d.xml, resumo, registro,
            )
        )  # fmt: skip
    return novos


def _codigo(contexto: Contexto, numero: int) -> str:
    """Draws cCT: eight digits that say nothing of the number, and are not the number (MOC, Visão Geral, 7.3)."""
    codigo = int(contexto.relogio.sorteio() * 100_000_000) % 100_000_000
    return f"{codigo if codigo != numero else (codigo + 1) % 100_000_000:08d}"


def _primeiro(contexto: Contexto, serie: Serie) -> int:
    """Returns where a series that was never used here begins: the registry's `numeracao`, else 1."""
    equipamento = contexto.equipamento.get(EQUIPAMENTO)
    if not isinstance(equipamento, Equipamento) or equipamento.cadastros is None:
        return 1
    empresa = equipamento.cadastros.achar("empresas", serie.empresa).registro
    for no in empresa.nos("numeracao") if empresa is not None else ():
        if no.texto("modelo") == serie.modelo and no.numero("serie") == serie.serie:
            return int(no.numero("proximo") or 1)
    return 1
