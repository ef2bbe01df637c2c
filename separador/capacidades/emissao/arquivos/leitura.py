"""Reads a load: the first round judges it under provisional numbers, the others sign what has numbers."""

import zlib
from collections.abc import Iterable

from separador.capacidades.emissao.dominio.valores import (
    EQUIPAMENTO,
    AAssinar,
    Assinado,
    Assinados,
    CargaJulgada,
    CargaRecusada,
    Complementos,
    Desfeita,
    Equipamento,
    Provisorio,
    SemCadastros,
)  # fmt: skip
from separador.configuracao.emissao.arvore import Ramo, de_json, de_yaml
from separador.configuracao.emissao.leitura import Leitura
from separador.configuracao.emissao.valores import ESQUEMA
from separador.configuracao.tipos import ErroConfig
from separador.fiscal.emissao.achados import NAO_HA, ErroDeCarga
from separador.fiscal.emissao.ambiente import Ambiente
from separador.fiscal.emissao.conhecimento import Conhecimento
from separador.fiscal.emissao.formato.cadastros import ARQUIVOS
from separador.fiscal.emissao.formato.carga import CARGA, COMPLEMENTARES
from separador.fiscal.emissao.formato.tipos import Grupo
from separador.fiscal.emissao.no import No, folhas
from separador.fiscal.emissao.numero import CODIGO_PROVISORIO, PROVISORIO
from separador.fiscal.emissao.plano import Plano, planejar
from separador.fiscal.emissao.xml.cte57 import montar
from separador.fiscal.preparo import ContextoPreparo, Rascunho, SemCertificado, arrematar, iniciar, selar
from separador.motor.trabalho.parecer import ArquivoATratar
from separador.nucleo.erro import Erro, Recusa

ARQUIVO = "SEP-CARGA-ARQUIVO"
_REGISTROS = tuple(f"{chave}[" for chaves in ARQUIVOS.values() for chave in chaves)


def carga(arquivo: ArquivoATratar, dados: bytes, contexto: ContextoPreparo) -> object:
    """Reads one load, or signs the documents that a round brings."""
    if isinstance(arquivo.material, AAssinar):
        return assinar(arquivo.material, contexto)
    equipamento = contexto.equipamento.get(EQUIPAMENTO)
    if not isinstance(equipamento, Equipamento) or equipamento.cadastros is None:
        return SemCadastros()
    complementos = arquivo.material if isinstance(arquivo.material, Complementos) else None
    return julgar(arquivo.nome, dados, contexto, equipamento, complementos)


def ler(nome: bytes, dados: bytes) -> tuple[No | None, Leitura]:
    """Returns the fields of a load, and what is wrong with them as written."""
    leitura = Leitura()
    ramo = _ramo(nome, dados, leitura)
    return (None if ramo is None else leitura.grupo(ramo, CARGA, "")), leitura


def _ramo(nome: bytes, dados: bytes, leitura: Leitura) -> Ramo | None:
    minusculo = nome.lower()
    if minusculo.endswith(b".csv"):
        leitura.errar(ESQUEMA, "", None, f"A carga em CSV {NAO_HA}.", "Use YAML ou JSON.")
        return None
    lido = de_json(dados) if minusculo.endswith(b".json") else de_yaml(dados)
    if isinstance(lido, ErroConfig):
        fazer = "Corrija o arquivo e solte-o de novo; a forma dele: separador carga esquema."
        leitura.errar(ARQUIVO, "", lido.linha, f"A carga não pôde ser lida: {lido.mensagem}.", fazer)
        return None
    return lido


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
    no, leitura = ler(nome, dados)
    if no is None:
        return CargaRecusada("", tuple(leitura.erros))
    plano = planejar(_com(no, complementos), ambiente(contexto, equipamento))
    avisos = (*leitura.avisos, *plano.avisos)
    erros = [*leitura.erros, *plano.erros]
    conteudo = tuple(folhas(no.sem("versao", "refazer")))  # of the format, not of the load
    documentos: list[Provisorio] = []
    if not erros:
        for conhecimento in plano.documentos:
            xml = montar(
                conhecimento, PROVISORIO, CODIGO_PROVISORIO, contexto.tp_amb, svc=equipamento.parametros.svc
            ).encode()
            erros += _reprovado(conhecimento, xml, contexto)
            documentos.append(_provisorio(conhecimento, xml))
    if erros:
        return CargaRecusada(no.texto("carga"), situar(erros, leitura, equipamento), avisos, conteudo)
    complementada = complementos is not None
    return CargaJulgada(
        no.texto("carga"), conteudo, tuple(documentos), avisos, plano.complementar, complementada, plano.terceiros
    )


def _com(no: No, complementos: Complementos | None) -> No:
    if complementos is None:
        return no
    ordenados, _ = ler_complementos(complementos.ordenados)
    return no.com(informacoes_complementares=ordenados.sobre(no.no("informacoes_complementares")))


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


def _reprovado(conhecimento: Conhecimento, xml: bytes, contexto: ContextoPreparo) -> list[ErroDeCarga]:
    """Judges a document as an export, unsigned: the schema, then the rules of the manual."""
    iniciado = iniciar(xml, contexto)
    feito = arrematar(iniciado) if isinstance(iniciado, Rascunho) else iniciado
    if not isinstance(feito, Recusa):
        return []
    return [_do_documento(e, conhecimento.campo) for e in feito.erros]


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


def _do_documento(e: Erro, campo: str) -> ErroDeCarga:
    return ErroDeCarga(e.codigo, campo, e.mensagem, e.o_que_fazer, _REQUISITO.get(e.codigo, e.regra), e.tag)


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


def _provisorio(c: Conhecimento, xml: bytes) -> Provisorio:
    p = c.partes
    papeis = {n: x.identificacao if (x := p.papel(n)) is not None else None for n in ("remetente", "destinatario")}
    resumo: dict[str, object] = {
        "emitente": c.emitente.cnpj,
        "depositante": p.de_quem or None,
        **papeis,
        "tomador": c.tomador.pessoa.identificacao,
        "notas": len(c.notas),
        "valor": f"{c.prestacao.total:.2f}",
        "campo": c.campo,
    }
    nfes = tuple((n.em("chave"), n.texto("chave")) for n in c.notas if "chave" in n)
    return Provisorio(c.campo, zlib.compress(xml, 1), c.emitente.cnpj, "57", c.serie, resumo, c.registro, nfes)


def assinar(material: AAssinar, contexto: ContextoPreparo) -> Assinados | SemCertificado | Desfeita:
    """Signs the documents of one round, all or none."""
    feitos: list[Assinado] = []
    for ordem, comprimido in material.documentos:
        iniciado = iniciar(zlib.decompress(comprimido), contexto)
        if isinstance(iniciado, Rascunho):
            selar(iniciado)
        feito = arrematar(iniciado) if isinstance(iniciado, Rascunho) else iniciado
        if isinstance(feito, SemCertificado):
            return feito
        if isinstance(feito, Recusa):
            return Desfeita(tuple(_do_documento(e, "") for e in feito.erros))
        feitos.append(Assinado(ordem, feito.sem_bytes(), zlib.compress(feito.assinado, 1)))
    return Assinados(tuple(feitos))
