"""Builds CT-e of a load that was issued anew, each under the number that it has, while SEFAZ does not have it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from sqlite3 import Row

from separador.banco.conexao import Banco, instante_de
from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.banco.documentos import Mudanca, NovoDocumento
from separador.capacidades.cte.dominio.colunas import colunas
from separador.capacidades.cte.dominio.falhas_encerradas import Remedio
from separador.capacidades.cte.dominio.pedido import MARCA_DO_SUBSTITUIDO
from separador.capacidades.cte.servico.encaminhamento import deixar_a_encaminhar
from separador.capacidades.cte.servico.encerramento import encerrar_por
from separador.capacidades.emissao.banco import cargas
from separador.capacidades.emissao.dominio.refeitos import (
    ARefazer,
    CargaRefeita,
    Existente,
    PedeRefazer,
    SemRefazer,
    nao_se_refaz,
)  # fmt: skip
from separador.capacidades.emissao.dominio.valores import AAssinar, Assinado, Assinados
from separador.capacidades.emissao.servico import reserva, resposta
from separador.capacidades.emissao.servico.outras_cargas import de_outras_cargas
from separador.capacidades.sefaz.banco import fila
from separador.fiscal.emissao.achados import ErroDeCarga
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo, Item
from separador.nucleo.chave import partes
from separador.nucleo.rota import Envio
from separador.nucleo.situacao import Causa, Situacao

DIFERENTE = "SEP-CARGA-DIFERENTE"
_NUNCA = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Refazendo:
    """What is kept of a file between two rounds: the judged load, and what was signed of it."""

    refeita: CargaRefeita
    assinados: dict[int, Assinado] = field(default_factory=dict)


def seguir(contexto: Contexto, item: Item, c: object) -> ARefazer | SemRefazer | AAssinar | None:
    """Returns what the next round judges or signs; None: the load is decided as it is."""
    if isinstance(c, PedeRefazer):
        conhecida = cargas.por_nome(contexto.banco, c.carga)
        if conhecida is None or conhecida["situacao"] != cargas.GERADA:
            return SemRefazer()
        return pedido(contexto, conhecida)
    if isinstance(c, CargaRefeita):
        item.guardado = Refazendo(c)
        conhecida = cargas.por_nome(contexto.banco, c.carga)
        if conhecida is None or impedimentos(contexto.banco, c) or sem_assinador(contexto, c) is not None:
            return None  # the decision says so
    if not isinstance(item.guardado, Refazendo):
        return None
    if isinstance(c, Assinados):
        item.guardado.assinados |= {a.ordem: a for a in c.documentos}
    return _a_assinar(contexto, item.guardado)


def pedido(contexto: Contexto, carga: Row, alvo: str = "") -> ARefazer:
    """Returns what is judged: the load as it is kept, and its CT-e."""
    existentes = tuple(
        Existente(r["ordem"], r["campo"], r["chave"], instante_de(r["emitido_em"]) if r["emitido_em"] else _NUNCA)
        for r in cargas.emissoes(contexto.banco, carga["id"])
    )
    return ARefazer(bytes(carga["conteudo"]), str(carga["complementos"]), existentes, alvo)


def _a_assinar(contexto: Contexto, r: Refazendo) -> AAssinar | None:
    """Returns the next documents to sign, all of one company."""
    faltam = [d for d in r.refeita.mudados if d.ordem not in r.assinados]
    if not faltam:
        return None
    dono = partes(faltam[0].chave).cnpj
    do_dono = [d for d in faltam if partes(d.chave).cnpj == dono]
    return AAssinar(tuple((d.ordem, d.chave, d.xml) for d in do_dono[: reserva.juntos(contexto, dono)]))


def sem_assinador(contexto: Contexto, c: CargaRefeita) -> str | None:
    """Returns the first issuer for which nobody can sign now."""
    donos = dict.fromkeys(partes(d.chave).cnpj for d in c.mudados)
    return next((cnpj for cnpj in donos if contexto.assinador(cnpj) is None), None)


def impedimentos(banco: Banco, c: CargaRefeita) -> tuple[ErroDeCarga, ...]:
    """Returns why the load is refused: CT-e that changed, and that SEFAZ has or may have."""
    erros = []
    for d in c.mudados:
        doc = documentos.por_chave(banco, d.antes)
        porque = nao_se_refaz(doc["situacao"], doc["etapa"], doc["marca"]) if doc is not None else "não está aqui"
        if porque:
            fazer = "Solte a carga sem o que muda este CT-e; o que já está na SEFAZ se cancela ou se substitui lá."
            erros.append(ErroDeCarga(DIFERENTE, d.campo, f"O CT-e {d.antes} mudou, e {porque}.", fazer))
    return tuple(erros)


# --- the commit ------------------------------------------------------------------------------------------------------


def gravar(grupo: Grupo, carga: Row, r: Refazendo, quem: str, envio: Envio, arquivo_id: int | None = None) -> None:
    """Puts what was built anew in the place of what was, and has it handed on. `arquivo_id`: of the load that says it;
    None: of the first one."""
    seguem = []
    for d in r.refeita.mudados:
        assinado = r.assinados[d.ordem]
        doc = documentos.por_chave(grupo.banco, d.antes)
        if doc is None:
            raise LookupError(f"o CT-e {d.antes} não está no banco")
        rota = grupo.contexto.rota_de_envio(doc["rota_id"])
        novo = NovoDocumento(
            chave=d.chave,
            tipo=assinado.preparado.tipo.value,
            modelo=doc["modelo"],
            serie=doc["serie"],
            numero=doc["numero"],
            emitente=doc["emitente"],
            tp_amb=doc["tp_amb"],
            digest=assinado.preparado.digest,
            carga=carga["carga"],
            rota_id=rota.id or 0 if rota is not None else doc["rota_id"],
            base=d.chave.encode(),
            arquivo_id=arquivo_id or doc["arquivo_id"],
            colunas=colunas(**assinado.colunas),
        )
        documento_id = _trocar(grupo, doc, novo, assinado.comprimido, quem)
        cargas.refazer_documento(grupo.banco, carga["id"], d, documento_id, assinado)
        seguem.append(documento_id)
    cargas.refazer(grupo.banco, carga["id"], r.refeita)
    nfes = (par for d in r.refeita.mudados for par in d.nfes)
    avisos = (*r.refeita.avisos, *de_outras_cargas(grupo.banco, carga["id"], nfes))
    ditos = json.dumps(resposta.avisos_em_json(avisos), ensure_ascii=False)
    cargas.anotar(grupo.banco, carga["id"], ditos, json.dumps(resposta.terceiros_em_json(r.refeita.terceiros)))
    deixar_a_encaminhar(grupo, seguem, envio)


def _trocar(grupo: Grupo, doc: Row, novo: NovoDocumento, comprimido: bytes, quem: str) -> int:
    """Puts a CT-e in the place of the one before: under its key, or under another that has the number from now on."""
    fila.retirar_pendentes(grupo.banco, doc["id"], fila.DOCUMENTO, grupo.quando)
    documentos.agendar(grupo.banco, doc["id"], None, None)
    if novo.chave != doc["chave"]:
        documentos.trocar_chave(grupo.banco, doc, f"{MARCA_DO_SUBSTITUIDO}{novo.chave}", grupo.quando)
        return documentos.inserir(grupo.banco, novo, comprimido, grupo.quando, quem)
    documentos.trocar_versao(grupo.banco, doc["id"], novo, comprimido, grupo.quando)
    rejeitado = doc["situacao"] == Situacao.REJEITADO.value
    causa = Causa.CORRECAO if rejeitado else Causa.SUBSTITUICAO
    documentos.transitar(grupo.banco, doc, Mudanca(causa, Situacao.NAO_ENVIADO, grupo.quando, quem, novo.arquivo_id))
    encerrar_por(grupo, doc["chave"], Remedio.ENTREGUE)
    return int(doc["id"])
