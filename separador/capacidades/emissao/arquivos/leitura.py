"""Reads and judges a load under provisional numbers, and signs documents that have theirs."""

import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import TypeVar

from separador.capacidades.emissao.dominio.conteudo import guardando
from separador.capacidades.emissao.dominio.valores import (
    AAssinar,
    Assinado,
    Assinados,
    CargaJulgada,
    CargaRecusada,
    Complementos,
    Desfeita,
    Equipamento,
    Provisorio,
)  # fmt: skip
from separador.configuracao.emissao import planilha
from separador.configuracao.emissao.arvore import Ramo, de_json, de_yaml
from separador.configuracao.emissao.leitura import Leitura
from separador.configuracao.tipos import ErroConfig
from separador.fiscal.emissao.achados import ErroDeCarga
from separador.fiscal.emissao.ambiente import Ambiente
from separador.fiscal.emissao.conhecimento import Conhecimento
from separador.fiscal.emissao.especies.modal import CODIGOS_DO_GRUPO
from separador.fiscal.emissao.formato.cadastros import ARQUIVOS
from separador.fiscal.emissao.formato.carga import CARGA, COMPLEMENTARES
from separador.fiscal.emissao.formato.tipos import Grupo
from separador.fiscal.emissao.no import No, folhas
from separador.fiscal.emissao.numero import CODIGO_PROVISORIO, PROVISORIO, renumerar
from separador.fiscal.emissao.plano import Plano, peso, planejando, planejar
from separador.fiscal.emissao.xml.documento import montar
from separador.fiscal.normalizacao import TP_EMIS_COM_SIGN
from separador.fiscal.preparo import ContextoPreparo, Preparado, Rascunho, SemCertificado, arrematar, iniciar, selar
from separador.fiscal.restricoes import tamanho_excedido
from separador.fiscal.resumo import Resumo
from separador.motor.trabalho.etapas import FATIA
from separador.nucleo.erro import Recusa

ARQUIVO = "SEP-CARGA-ARQUIVO"
ASSINATURA = 3 * 1024
"""Bytes that signature and QR code take: a document is too large before it has a number."""
T = TypeVar("T")
_REGISTROS = tuple(f"{chave}[" for chaves in ARQUIVOS.values() for chave in chaves)


def ler(nome: bytes, dados: bytes) -> tuple[No | None, Leitura]:
    """Returns the fields of a load, and what is wrong with them as written."""
    partes = lendo(nome, dados)
    while True:
        try:
            next(partes)
        except StopIteration as fim:
            lida: tuple[No | None, Leitura] = fim.value
            return lida


def lendo(nome: bytes, dados: bytes) -> Generator[None, None, tuple[No | None, Leitura]]:
    """Does the same, and yields after each part of a sheet."""
    leitura = Leitura()
    minusculo = nome.lower()
    lido: No | Ramo | ErroConfig
    if minusculo.endswith(b".csv"):
        lido = yield from planilha.lendo(dados, leitura)
    else:
        lido = de_json(dados) if minusculo.endswith(b".json") else de_yaml(dados)
    if isinstance(lido, ErroConfig):
        fazer = "Corrija o arquivo e solte-o de novo; a forma dele: separador carga esquema."
        leitura.errar(ARQUIVO, "", lido.linha, f"A carga não pôde ser lida: {lido.mensagem}.", fazer)
        return None, leitura
    return lido if isinstance(lido, No) else leitura.grupo(lido, CARGA, ""), leitura


def ler_complementos(ordenados: str) -> tuple[No, Leitura]:
    """Returns the fields that were ordered about a held load, and what is wrong with them."""
    leitura, campo = Leitura(), "informacoes_complementares"
    ramo = de_json(ordenados.encode())
    no = leitura.grupo(ramo, Grupo(COMPLEMENTARES), campo) if isinstance(ramo, Ramo) else None
    return no or No(campo), leitura


def julgar(
    nome: bytes,
    dados: bytes,
    contexto: ContextoPreparo,
    equipamento: Equipamento,
    complementos: Complementos | None = None,
) -> CargaJulgada | CargaRecusada:
    """Decides a load, builds every document under a provisional number, and judges it as an export is judged.

    What was ordered about it counts before what its informações complementares say; its content stays the file's.
    """
    return next(f for f in julgando(nome, dados, contexto, equipamento, complementos) if f is not None)


def julgando(
    nome: bytes, dados: bytes, contexto: ContextoPreparo, equipamento: Equipamento, complementos: Complementos | None
) -> Iterator[CargaJulgada | CargaRecusada | None]:
    """Does the same, and yields None whenever it decided or judged as many documents as go through a step together."""
    no, leitura = yield from lendo(nome, dados)
    if no is None:
        yield CargaRecusada("", tuple(leitura.erros))
        return
    completa = no if complementos is None else com_complementos(no, complementos.ordenados)
    for decididos, plano in enumerate(planejando(completa, ambiente(contexto, equipamento)), 1):
        if plano is None and decididos % FATIA == 0:
            yield None
    if plano is None:
        raise ValueError("a carga não tem plano")
    avisos = (*leitura.avisos, *plano.avisos)
    erros = [*leitura.erros, *plano.erros]
    conteudo = yield from guardando(ditas(no))
    documentos: list[Provisorio] = []
    for fatia in fatias(plano.documentos, _peso) if not erros else ():
        _julgar_fatia(fatia, contexto, equipamento, documentos, erros)
        yield None
    if erros:
        yield CargaRecusada(no.texto("carga"), situar(erros, leitura, equipamento), avisos, conteudo)
        return
    complementada = complementos is not None
    yield CargaJulgada(
        no.texto("carga"), conteudo, tuple(documentos), avisos, plano.complementar, complementada, plano.terceiros
    )


def ditas(no: No) -> Iterator[tuple[str, str]]:
    """Yields what a load is known by: what is of the format, not of the load, is left out."""
    return folhas(no.sem("versao", "refazer"))


def com_complementos(no: No, ordenados: str) -> No:
    """Returns a load with what was ordered about it (JSON)."""
    if ordenados == "{}":
        return no
    lidos, _ = ler_complementos(ordenados)
    return no.com(informacoes_complementares=lidos.sobre(no.no("informacoes_complementares")))


def ambiente(contexto: ContextoPreparo, equipamento: Equipamento) -> Ambiente:
    """Returns what the rules know."""
    if equipamento.cadastros is None:
        raise ValueError("sem cadastros nada se decide")
    return Ambiente(
        equipamento.cadastros, equipamento.parametros, contexto.tp_amb, contexto.agora, equipamento.empresas
    )


def planejada(no: No, contexto: ContextoPreparo, equipamento: Equipamento) -> Plano:
    """Returns the plan of a load that was read."""
    return planejar(no, ambiente(contexto, equipamento))


def fatias(todos: Iterable[T], peso: Callable[[T], int] = lambda _: 1) -> Iterator[list[T]]:
    """Yields what goes through a step together (`motor.trabalho.etapas`): fewer of those that weigh more."""
    fatia: list[T] = []
    pesam = 0
    for um in todos:
        if fatia and pesam + peso(um) > FATIA:
            yield fatia
            fatia, pesam = [], 0
        fatia.append(um)
        pesam += peso(um)
    if fatia:
        yield fatia


def _peso(c: Conhecimento) -> int:
    return peso(len(c.notas))


_REQUISITO = {
    **dict.fromkeys(("469", "470", "474", "475"), "EMIS-01"),
    **dict.fromkeys(("527", "601", "843"), "EMIS-11"),
    **dict.fromkeys(("521", "543", "733", "745", "747", "844"), "EMIS-13"),
    "617": "EMIS-06",
    "676": "EMIS-08",
    "614": "EMIS-19",
    "524": "EMIS-09",
}
"""SEFAZ's code → the requirement that it is a case of. Every other rule of the manual goes by its own id."""


def _julgar_fatia(
    fatia: Sequence[Conhecimento],
    contexto: ContextoPreparo,
    equipamento: Equipamento,
    documentos: list[Provisorio],
    erros: list[ErroDeCarga],
) -> None:
    """Builds some documents, and judges them as exports, unsigned: the schema, then the rules of the manual."""
    svc = equipamento.parametros.svc
    xmls = [montar(c, PROVISORIO, CODIGO_PROVISORIO, contexto.tp_amb, svc=svc).encode() for c in fatia]
    iniciados = [iniciar(xml, contexto) for xml in xmls]
    for conhecimento, xml, iniciado in zip(fatia, xmls, iniciados, strict=True):
        julgado = concluir(conhecimento, xml, iniciado, contexto)
        if isinstance(julgado, Provisorio):
            documentos.append(julgado)
        else:
            erros += julgado


def concluir(
    c: Conhecimento, xml: bytes, iniciado: Rascunho | Preparado | Recusa, contexto: ContextoPreparo
) -> Provisorio | list[ErroDeCarga]:
    """Returns a document whose judgement was begun, or what is wrong with it."""
    if isinstance(iniciado, Recusa):
        return _do_documento(iniciado, c)
    feito = arrematar(iniciado) if isinstance(iniciado, Rascunho) else iniciado
    grande = tamanho_excedido(len(xml) + ASSINATURA)
    if isinstance(feito, Recusa):
        return _do_documento(feito, c)
    if grande is not None:
        return _do_documento(Recusa((grande,)), c)
    return provisorio(c, feito.chave, _a_guardar(xml, iniciado, contexto))


def _a_guardar(xml: bytes, iniciado: Rascunho | Preparado, contexto: ContextoPreparo) -> bytes:
    """Returns the document with its QR code, so that nothing has to be put in when it is signed; without it where the
    technical contact is put in too, or where the QR code is signed: what they say depends on the number."""
    if isinstance(iniciado, Rascunho) and contexto.inclusoes.responsavel is None and not _assina_qr(iniciado):
        return iniciado.normal.xml
    return xml


def _assina_qr(iniciado: Rascunho) -> bool:
    return isinstance(iniciado.resumo, Resumo) and iniciado.resumo.tp_emis in TP_EMIS_COM_SIGN


def _do_documento(recusa: Recusa, c: Conhecimento | None = None) -> list[ErroDeCarga]:
    return [
        ErroDeCarga(e.codigo, _campo(e.codigo, c), e.mensagem, e.o_que_fazer, _REQUISITO.get(e.codigo, e.regra), e.tag)
        for e in recusa.erros
    ]


def _campo(codigo: str, c: Conhecimento | None) -> str:
    """Returns the field of an error of the built document: the mode's group as the load gives it, else the CT-e."""
    if c is None:
        return ""
    return c.cte.em("dados_modal") if codigo in CODIGOS_DO_GRUPO and c.modal.dados is not None else c.campo


def situar(
    erros: Iterable[ErroDeCarga], leitura: Leitura, equipamento: Equipamento
) -> tuple[ErroDeCarga, ...]:  # fmt: skip
    """Gives each error its line: that of its field, or of the nearest group around it; and the registry's file."""
    situados = []
    for e in erros:
        linha, arquivo = e.linha, e.arquivo
        if linha is None and not arquivo:
            if e.campo.startswith(_REGISTROS) and e.campo not in leitura.linhas and equipamento.cadastros is not None:
                arquivo = equipamento.cadastros.onde(e.campo.partition("[")[0])
            else:
                linha = _linha(e.campo, leitura)
        situado = ErroDeCarga(e.codigo, e.campo, e.mensagem, e.o_que_fazer, e.regra, e.tag, linha, arquivo, e.faltam)
        situados.append(situado)
    return tuple(dict.fromkeys(situados))


def _linha(campo: str, leitura: Leitura) -> int | None:
    while campo:
        if campo in leitura.linhas:
            return leitura.linhas[campo]
        campo = campo[: max(campo.rfind("."), campo.rfind("["), 0)]
    return None


def provisorio(c: Conhecimento, chave: str, xml: bytes) -> Provisorio:
    p = c.partes
    papeis = {n: x.identificacao if (x := p.papel(n)) is not None else None for n in ("remetente", "destinatario")}
    resumo: dict[str, object] = {
        "emitente": c.emitente.cnpj,
        "depositante": p.de_quem or None,
        **papeis,
        "tomador": c.tomador.pessoa.identificacao if c.tomador is not None else None,
        "notas": len(c.notas),
        "valor": f"{c.prestacao.total:.2f}",
        "campo": c.campo,
    }
    nfes = tuple((n.em("chave"), n.texto("chave")) for n in c.notas if "chave" in n)
    comprimido = zlib.compress(xml, 1)
    return Provisorio(c.campo, chave, comprimido, c.emitente.cnpj, c.operacao.modelo, c.serie, resumo, c.registro, nfes)


def _com_a_chave(comprimido: bytes, chave: str) -> bytes:
    return renumerar(zlib.decompress(comprimido).decode(), chave).encode()


def assinar(material: AAssinar, contexto: ContextoPreparo) -> Assinados | SemCertificado | Desfeita:
    """Signs the documents of one round, all or none."""
    feitos: list[Assinado] = []
    for fatia in fatias(material.documentos):
        iniciados = [iniciar(_com_a_chave(xml, chave), contexto) for _, chave, xml in fatia]
        for iniciado in iniciados:
            if isinstance(iniciado, Rascunho):
                selar(iniciado)
        for (ordem, _, _), iniciado in zip(fatia, iniciados, strict=True):
            feito = arrematar(iniciado) if isinstance(iniciado, Rascunho) else iniciado
            if isinstance(feito, SemCertificado):
                return feito
            if isinstance(feito, Recusa):
                return Desfeita(tuple(_do_documento(feito)))
            feitos.append(Assinado(ordem, feito.sem_bytes(), zlib.compress(feito.assinado, 1)))
    return Assinados(tuple(feitos))
