"""Decides on loads: issued, known already, held, or refused; in the group's transaction."""

import json
from datetime import timedelta
from sqlite3 import Row

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.banco.documentos import NovoDocumento
from separador.capacidades.cte.dominio.colunas import colunas
from separador.capacidades.cte.servico.encaminhamento import deixar_a_encaminhar
from separador.capacidades.emissao.banco import cargas
from separador.capacidades.emissao.dominio.comparacao import diferencas
from separador.capacidades.emissao.dominio.complementares import FALTAM
from separador.capacidades.emissao.dominio.refeitos import CargaRefeita
from separador.capacidades.emissao.dominio.valores import (
    Assinados,
    CargaJulgada,
    CargaRecusada,
    Desfeita,
    SemCadastros,
)  # fmt: skip
from separador.capacidades.emissao.servico import refeitura, reserva, resposta
from separador.capacidades.emissao.servico.equipamento import ESPERA as ESPERA_POR_CADASTROS
from separador.capacidades.emissao.servico.refeitura import Refazendo
from separador.fiscal.emissao.achados import ErroDeCarga
from separador.fiscal.preparo import SemCertificado
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.desfecho.recusas import resumo
from separador.motor.trabalho.parecer import Parecer
from separador.nucleo.erro import Recusa
from separador.nucleo.etapa import Desfecho
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.rota import Rota
from separador.nucleo.texto.quantidade import quantos

ESPERA = timedelta(minutes=10)
"""Time until a held load is looked at again. What it waits for wakes it at once; this covers what nobody tells."""


def decidir(grupo: Grupo, item: Item, parecer: Parecer) -> None:
    """Decides one load, after the rounds."""
    c = parecer.conteudo
    if isinstance(c, CargaRefeita) or (isinstance(c, Assinados) and isinstance(item.guardado, Refazendo)):
        _refazer(grupo, item)
    elif isinstance(c, Assinados):
        _gerar(grupo, item, c)
    elif isinstance(c, CargaJulgada):
        _sem_numeros(grupo, item, c)
    elif isinstance(c, CargaRecusada):
        recusar_carga(grupo, item, c)
    elif isinstance(c, SemCertificado):
        _esperar_certificado(grupo, item, c.cnpj)
    elif isinstance(c, SemCadastros):
        grupo.reter(item, ESPERA_POR_CADASTROS, _depois(grupo), grupo.falha_do(item, "SEP-CADASTRO"))
    elif isinstance(c, Desfeita):
        recusar_carga(grupo, item, CargaRecusada(cargas.nome_do_arquivo(grupo.banco, item.arquivo_id), c.erros))
    else:
        raise TypeError(f"a regra {item.rota.regra} não decide {type(c).__name__}")


def _depois(grupo: Grupo) -> str:
    return texto_de(grupo.agora + ESPERA)


def _esperar_certificado(grupo: Grupo, item: Item, cnpj: str) -> None:
    falha = grupo.falha_do(item, "SEP-SEM-CERTIFICADO", detalhe=f"CNPJ {cnpj}.")
    vem = cnpj[:8] in grupo.contexto.certificados_por_abrir
    grupo.reter(item, f"certificado:{cnpj[:8]}", _depois(grupo), falha, mostrar=not vem)


# --- issued ----------------------------------------------------------------------------------------------------------


def _gerar(grupo: Grupo, item: Item, c: Assinados) -> None:
    """Registers every document of a load, and answers: one commit. They are handed on after it, some at a time."""
    carga = cargas.reservada_do_arquivo(grupo.banco, item.arquivo_id)
    if carga is None:
        raise LookupError("a carga assinada não está reservada")
    cargas.assinar(grupo.banco, carga["id"], c.documentos)
    rota = _rota_dos_documentos(grupo)
    linhas = cargas.documentos(grupo.banco, carga["id"])
    registrados = [(int(linha["id"]), _registrar(grupo, item, carga["carga"], linha, rota)) for linha in linhas]
    cargas.registrar_documentos(grupo.banco, registrados)
    deixar_a_encaminhar(grupo, [documento_id for _, documento_id in registrados], item.rota.envio)
    _responder_gerada(grupo, item, carga)
    if item.ficha is not None:
        grupo.sem_volta.append(item.ficha)  # another installation would give its documents other numbers


def _refazer(grupo: Grupo, item: Item) -> None:
    """Puts the CT-e that were built anew in the place of those before, and answers."""
    refazendo = item.guardado
    carga = cargas.por_nome(grupo.banco, refazendo.refeita.carga) if isinstance(refazendo, Refazendo) else None
    if carga is None or not isinstance(refazendo, Refazendo):
        raise LookupError("a carga refeita não está no banco")
    c = refazendo.refeita
    erros = refeitura.impedimentos(grupo.banco, c)
    if erros:
        recusar_carga(grupo, item, CargaRecusada(c.carga, erros, c.avisos, c.conteudo))
        return
    if not c.mudados and not diferencas(cargas.conteudo_de(carga), c.conteudo):
        _conhecida(grupo, item, c, carga)
        return
    if len(refazendo.assinados) < len(c.mudados):
        _esperar_certificado(grupo, item, refeitura.sem_assinador(grupo.contexto, c) or "")
        return
    refeitura.gravar(grupo, carga, refazendo, item.quem, item.rota.envio, item.arquivo_id)
    mudados = quantos(len(c.mudados), "CT-e refeito", "CT-e refeitos") if c.mudados else "Nenhum CT-e mudou"
    _responder_gerada(grupo, item, cargas.por_nome(grupo.banco, c.carga) or carga, f"{mudados}.")


def _responder_gerada(grupo: Grupo, item: Item, carga: Row, mensagem: str = "") -> None:
    """Notes that a load is issued, and answers."""
    cargas.gerar(grupo.banco, carga["id"], grupo.quando)
    falhas.encerrar(grupo.banco, _assunto(carga["carga"]), grupo.quando, "a carga foi gerada")
    feitos = cargas.documentos(grupo.banco, carga["id"])
    mensagem = mensagem or f"{quantos(len(feitos), 'CT-e gerado', 'CT-e gerados')}."
    avisos, terceiros = json.loads(carga["avisos"]), json.loads(carga["terceiros"])
    resposta.publicar(
        grupo,
        item,
        resposta.corpo(
            carga["carga"], mostrar(item.nome), resposta.GERADA, grupo.quando, codigo="SEP-CARGA-GERADA",
            mensagem=mensagem, documentos=feitos, avisos=avisos, terceiros=terceiros,
        ),
    )  # fmt: skip
    grupo.terminar(item, Desfecho.ENTREGUE, motivo=mensagem)


def _rota_dos_documentos(grupo: Grupo) -> Rota:
    """Returns the route that the documents belong to. The configuration refuses loads without one."""
    rota = next((r for r in grupo.contexto.rotas if r.ativo and r.transmite), None)
    if rota is None:
        raise LookupError("não há rota cte-envio ativa para os documentos da carga")
    return rota


def _registrar(grupo: Grupo, item: Item, carga: str, linha: Row, rota: Rota) -> int:
    novo = NovoDocumento(
        chave=linha["chave"],
        tipo=linha["tipo"],
        modelo=linha["modelo"],
        serie=str(linha["serie"]),
        numero=str(linha["numero"]),
        emitente=linha["emitente"],
        tp_amb=grupo.contexto.config.ambiente.tp_amb,
        digest=linha["digest"],
        carga=carga,
        rota_id=rota.id or 0,
        base=str(linha["chave"]).encode(),
        arquivo_id=item.arquivo_id,
        colunas=colunas(**json.loads(linha["colunas"])),
    )
    return documentos.inserir(grupo.banco, novo, linha["assinado"], grupo.quando, item.quem)


# --- not issued ------------------------------------------------------------------------------------------------------


def _sem_numeros(grupo: Grupo, item: Item, c: CargaJulgada) -> None:
    """Decides a good load that took no numbers: known already, incomplete, without a signer, or out of numbers."""
    conhecida = cargas.por_nome(grupo.banco, c.carga)
    iguais = conhecida is not None and not diferencas(cargas.conteudo_de(conhecida), c.conteudo)
    if conhecida is not None and conhecida["arquivo_id"] > item.arquivo_id and not iguais:
        _substituida(grupo, item, c)
        return
    outro_arquivo = conhecida is not None and conhecida["arquivo_id"] != item.arquivo_id
    if conhecida is not None and (conhecida["situacao"] != cargas.RETIDA or (outro_arquivo and iguais)):
        _conhecida(grupo, item, c, conhecida)
        return
    if c.complementar:
        _guardar_retida(grupo, item, c)
        dito = " e ".join(FALTAM.get(n, n) for n in c.complementar)
        falha = grupo.falha_do(item, "SEP-CARGA-COMPLEMENTAR", detalhe=f"Carga {c.carga}: {dito}.")
        grupo.reter(item, f"complementar:{c.carga}", _depois(grupo), falha)
        return
    if not c.documentos:
        _so_de_terceiros(grupo, item, c)
        return
    cnpj = reserva.sem_assinador(grupo.contexto, c)
    if cnpj is not None:
        _guardar_retida(grupo, item, c)
        _esperar_certificado(grupo, item, cnpj)
        return
    mensagem = "A série não tem números bastantes para a carga."
    erro = ErroDeCarga("SEP-EMIS-22", "padrao.serie", mensagem, "Use outra série.", "EMIS-22")
    recusar_carga(grupo, item, CargaRecusada(c.carga, (erro,), c.avisos, c.conteudo))


def _so_de_terceiros(grupo: Grupo, item: Item, c: CargaJulgada) -> None:
    """Records a load that brings only CT-e of third parties: nothing is issued."""
    _anotar(grupo, c, cargas.gravar(grupo.banco, c, cargas.RESERVADA, item.arquivo_id, grupo.quando))
    carga = cargas.por_nome(grupo.banco, c.carga)
    if carga is not None:
        _responder_gerada(grupo, item, carga)


def _substituida(grupo: Grupo, item: Item, c: CargaJulgada) -> None:
    """Refuses a file whose load came again while it was held. Nobody has to do anything, so no failure is shown."""
    mensagem = f"A carga {c.carga} chegou de novo, em outro arquivo, enquanto este esperava."
    erro = ErroDeCarga("SEP-CARGA-SUBSTITUIDA", "carga", mensagem, "Nada a fazer: vale o arquivo mais novo.")
    resposta.publicar_recusa(grupo, item, CargaRecusada(c.carga, (erro,), c.avisos, c.conteudo))
    grupo.terminar(item, Desfecho.RECUSADO, codigo=erro.codigo, motivo=mensagem)


def _guardar_retida(grupo: Grupo, item: Item, c: CargaJulgada) -> None:
    _anotar(grupo, c, cargas.gravar(grupo.banco, c, cargas.RETIDA, item.arquivo_id, grupo.quando))


def _anotar(grupo: Grupo, c: CargaJulgada, carga_id: int) -> None:
    avisos = json.dumps(resposta.avisos_em_json(c.avisos), ensure_ascii=False)
    cargas.anotar(grupo.banco, carga_id, avisos, json.dumps(resposta.terceiros_em_json(c.terceiros)))


def _conhecida(grupo: Grupo, item: Item, c: CargaJulgada | CargaRefeita, conhecida: Row) -> None:
    """Answers a load that was issued before: the same content lists what there is, another is refused."""
    existentes = cargas.documentos(grupo.banco, conhecida["id"])
    erros = diferencas(cargas.conteudo_de(conhecida), c.conteudo)
    if erros:
        recusar_carga(grupo, item, CargaRecusada(c.carga, erros, c.avisos, c.conteudo), existentes=existentes)
        return
    feita = "espera" if conhecida["situacao"] == cargas.RETIDA else "foi gerada"
    if conhecida["situacao"] == cargas.GERADA:
        falhas.encerrar(grupo.banco, _assunto(c.carga), grupo.quando, "a carga chegou de novo, como foi gerada")
    mensagem = f"A carga {c.carga} já {feita}; nada foi emitido."
    feito = resposta.corpo(
        c.carga, mostrar(item.nome), resposta.JA_GERADA, grupo.quando, codigo="SEP-CARGA-REPETIDA", mensagem=mensagem,
        documentos=existentes, avisos=resposta.avisos_em_json(c.avisos), terceiros=json.loads(conhecida["terceiros"]),
    )  # fmt: skip
    resposta.publicar(grupo, item, feito)
    motivo = {"codigo": "SEP-CARGA-REPETIDA", "motivo": mensagem}
    grupo.terminar(item, Desfecho.DUPLICADO, duplicado_de=conhecida["arquivo_id"], **motivo)


def _assunto(carga: str) -> str:
    return f"carga:{carga}"


def recusar_carga(grupo: Grupo, item: Item, r: CargaRecusada, *, existentes: list[Row] | None = None) -> None:
    """Refuses a load: nothing of it is issued. The failure ends when the same load is issued, under any file name."""
    if r.carga and existentes is None:
        conhecida = cargas.por_nome(grupo.banco, r.carga)
        existentes = cargas.documentos(grupo.banco, conhecida["id"]) if conhecida is not None else []
    _desfazer(grupo, item)
    resposta.publicar_recusa(grupo, item, r, documentos=existentes or [])
    comum = resposta.recusa_de(r)
    primeiro, motivo = comum.erros[0], resumo(comum)
    assunto = _assunto(r.carga) if r.carga else item.assunto
    falhas.encerrar(grupo.banco, assunto, grupo.quando, "a carga chegou de novo")
    grupo.falhar(Falha(assunto, primeiro.codigo, motivo, primeiro.o_que_fazer, mostrar(item.nome), item.rota_id))
    grupo.terminar(item, Desfecho.RECUSADO, codigo=primeiro.codigo, motivo=motivo)


def recusar(grupo: Grupo, item: Item, r: Recusa) -> None:
    """Refuses a file that was not even read (too large). It may have been smaller than the limit once."""
    erros = tuple(ErroDeCarga("SEP-CARGA-ARQUIVO", "", e.mensagem, e.o_que_fazer) for e in r.erros)
    recusar_carga(grupo, item, CargaRecusada(cargas.nome_do_arquivo(grupo.banco, item.arquivo_id), erros))


def responder(grupo: Grupo, item: Item, r: Recusa) -> None:
    """Answers a load that is given up (quarantine). Numbers that it had are the next to be used."""
    carga = cargas.nome_do_arquivo(grupo.banco, item.arquivo_id)
    _desfazer(grupo, item)
    erros = tuple(ErroDeCarga(e.codigo, "", e.mensagem, e.o_que_fazer) for e in r.erros)
    resposta.publicar_recusa(grupo, item, CargaRecusada(carga, erros))


def _desfazer(grupo: Grupo, item: Item) -> None:
    cargas.esquecer_retida(grupo.banco, item.arquivo_id)
    reservada = cargas.reservada_do_arquivo(grupo.banco, item.arquivo_id)
    if reservada is None:
        return
    reserva.desfazer(grupo.banco, reservada["id"])
    motivo, _ = descrever("SEP-QUARENTENA")
    grupo.anotar(item, "aviso", motivo=f"números da carga devolvidos: {motivo}")
