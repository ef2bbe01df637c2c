"""Prepares one export in a worker: bytes in, a signed and validated document out, or every reason why not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from lxml import etree

from separador.fiscal import esquema
from separador.fiscal.assinatura import MOLDE, Assinado, Assinador, NaoAssinavelError, Selo, digerir, enxertar
from separador.fiscal.certificado import fora_da_validade
from separador.fiscal.evento.regras import verificar_evento
from separador.fiscal.inclusoes import NADA, NOTA_RESPONSAVEL, Inclusoes, incluir_responsavel
from separador.fiscal.leitura import Lido, fim_da_raiz, ler, reler
from separador.fiscal.nomes import ASSINATURA
from separador.fiscal.normalizacao import Normalizado, incluir_qr, limpar
from separador.fiscal.regras.achado import ContextoRegras
from separador.fiscal.regras.enderecos_qrcode import url_qrcode
from separador.fiscal.regras.motor import anotar, verificar_visao
from separador.fiscal.regras.visao import Visao
from separador.fiscal.restricoes import tamanho_excedido, verificar_forma
from separador.fiscal.resumo import Resumo, ResumoEvento, resumir_evento, resumir_visao
from separador.fiscal.verificacao import verificar_raiz
from separador.nucleo.erro import Erro, Recusa, sobre_evento
from separador.nucleo.falha import como_erro
from separador.nucleo.tipo import ASSINAVEIS, Tipo

_CODIGOS_QR = frozenset({"850", "851", "852", "853", "854", "855"})


@dataclass(frozen=True, slots=True)
class ContextoPreparo:
    """The data that preparing needs from outside.

    They are the environment ("1"/"2"), now (aware, UTC), a signer per CNPJ (14), what the installation wants put into
    unsigned documents, and what readers of their own need (`equipamento`, by name). `aos_poucos`: other files wait for
    the thread that prepares, so a reader whose file takes long does a part of it at a time.
    """

    tp_amb: str
    agora: datetime
    assinadores: Mapping[str, Assinador]
    inclusoes: Inclusoes = NADA
    equipamento: Mapping[str, object] = field(default_factory=dict)
    aos_poucos: bool = False


@dataclass(frozen=True, slots=True)
class SemCertificado:
    """A good unsigned document whose author has no certificate here: it waits. `sobre`: as in `Recusa`."""

    cnpj: str
    chave: str
    sobre: str = ""


@dataclass(frozen=True, slots=True)
class Preparado:
    """A document ready to hand on. `assinado` is the root element alone (nomes.com_declaracao makes the file).

    `notas_normalizacao`: what was changed before signing, and what passed although SEFAZ may refuse it.
    """

    tipo: Tipo
    chave: str
    resumo: Resumo | ResumoEvento
    assinado: bytes
    digest: str
    ja_assinado: bool
    notas_normalizacao: tuple[str, ...]

    def sem_bytes(self) -> "Preparado":
        """Returns the same without `assinado`, for a caller that keeps the bytes elsewhere.

        (`replace` takes four times as long.)
        """
        return Preparado(
            self.tipo, self.chave, self.resumo, b"", self.digest, self.ja_assinado, self.notas_normalizacao
        )


def preparar(dados: bytes, contexto: ContextoPreparo) -> Preparado | Recusa | SemCertificado:
    """Reads, checks, normalises and signs (or verifies) one export.

    A refusal carries every error found, schema first, then rules, with the lines of `dados`. A caller may run the three
    steps apart, so that a group goes through each together: `iniciar`, `selar`, `arrematar`.
    """
    iniciado = iniciar(dados, contexto)
    if not isinstance(iniciado, Rascunho):
        return iniciado
    selar(iniciado)
    return arrematar(iniciado)


def iniciar(dados: bytes, contexto: ContextoPreparo) -> "Rascunho | Preparado | Recusa":
    """Reads, normalises, and judges by the rules.

    An export that came signed, or that is refused at once, is done here.
    """
    lido = ler(dados)
    if isinstance(lido, Recusa):
        return lido
    if lido.tipo not in ASSINAVEIS:
        return Recusa((_desconhecido(lido.raiz_local),))
    assinado = lido.raiz.find(ASSINATURA) is not None
    erros = verificar_forma(lido, assinado)
    if any(e.codigo in ("404", "598") for e in erros):
        return Recusa(tuple(erros))  # outside its namespace nothing else can be judged
    if assinado:
        return _conferir(lido, lido.tipo, contexto, erros)
    return _rascunhar(lido, lido.tipo, contexto, erros)


@dataclass(slots=True)
class Rascunho:
    """An unsigned export on its way: normalised and judged by the rules (`erros`)."""

    tipo: Tipo
    resumo: Resumo | ResumoEvento
    normal: Normalizado
    assinador: Assinador | None
    erros: list[Erro]
    selo: Selo | None = None
    notas: tuple[str, ...] = ()


def selar(r: Rascunho) -> None:
    """Signs what may be signed. Nearly all of it runs outside the interpreter's lock."""
    if r.assinador is None or r.erros:
        return
    try:
        r.selo = r.assinador.selar(r.normal.raiz, r.tipo)
    except NaoAssinavelError:
        r.selo = None  # no Id, or not one infCte: the schema says which


def arrematar(r: Rascunho) -> Preparado | Recusa | SemCertificado:
    """Judges the document as signed by the official schema, and returns the signed bytes.

    Where normalisation changed bytes, the digest is taken once more from the final ones (50 µs). The document leaves
    only when that digest equals the signed one.
    """
    selo, normal = r.selo, r.normal
    erros = _pelo_esquema(normal.raiz, r.tipo, selo) + r.erros
    if erros:
        return _recusa(tuple(erros), r.resumo)
    if selo is None:
        return SemCertificado(_autor(r.resumo), r.resumo.chave, _sobre(r.resumo))
    assinado = Assinado(enxertar(normal.xml, selo.xml), selo.id, selo.digest_value, selo.signature_value)
    if normal.notas and digerir(reler(assinado.dados), r.tipo) != assinado.digest_value:
        raise RuntimeError(f"normalização de {r.resumo.chave} mudou o conteúdo: digest diferente do que foi assinado")
    return _resultado(r.tipo, r.resumo, assinado, False, (*normal.notas, *r.notas))


def _conferir(lido: Lido, tipo: Tipo, contexto: ContextoPreparo, erros: list[Erro]) -> Preparado | Recusa:
    """Verifies an export signed elsewhere. It is never changed."""
    resumo, julgar, anotar = _examinar(lido.raiz, tipo, contexto)
    verificada = verificar_raiz(lido.raiz, tipo, cnpj_esperado=_dono_da_assinatura(resumo), quando=contexto.agora)
    if isinstance(verificada, Recusa):
        erros += verificada.erros
    erros += esquema.validar(lido.raiz, tipo) + julgar()
    if erros or isinstance(verificada, Recusa):
        return _recusa(tuple(erros), resumo)
    assinado = Assinado(
        lido.dados[lido.inicio : fim_da_raiz(lido.dados)],
        verificada.id,
        verificada.digest_value,
        verificada.signature_value,
    )
    return _resultado(tipo, resumo, assinado, True, anotar())


def _rascunhar(lido: Lido, tipo: Tipo, contexto: ContextoPreparo, erros: list[Erro]) -> Rascunho:
    limpo = _com_responsavel(limpar(lido), tipo, contexto.inclusoes)
    resumo, julgar, anotar = _examinar(limpo.raiz, tipo, contexto)
    assinador = assinador_de(_autor(resumo), contexto.assinadores)
    fechada = _contingencia_fechada(resumo, tipo, contexto.inclusoes)
    url = None if fechada else _url_qr(resumo)
    normal = incluir_qr(limpo, tipo, url, assinador.assinar_texto if assinador else None)
    erros += [fechada if fechada and e.codigo == "850" else e for e in julgar()]
    if assinador is None:  # the QR code of a contingency needs the key that is missing
        erros = [e for e in erros if e.codigo not in _CODIGOS_QR]
    elif (fora := fora_da_validade(assinador.certificado.identidade, contexto.agora)) is not None:
        erros.append(fora)
    return Rascunho(tipo, resumo, normal, assinador, erros, notas=anotar())


def _com_responsavel(limpo: Normalizado, tipo: Tipo, inclusoes: Inclusoes) -> Normalizado:
    """Puts infRespTec in, where the installation configured one and the document has none."""
    xml = incluir_responsavel(limpo.xml, limpo.raiz, tipo, inclusoes.responsavel)
    return limpo if xml is None else replace(limpo, xml=xml, notas=(*limpo.notas, NOTA_RESPONSAVEL))


def _contingencia_fechada(resumo: Resumo | ResumoEvento, tipo: Tipo, inclusoes: Inclusoes) -> Erro | None:
    """Returns the error to show in place of 850, or None.

    The offline contingency of a document that is no GTV-e is made only where it was asked for.
    """
    if tipo is Tipo.GTVE or inclusoes.contingencia_offline:
        return None
    if not isinstance(resumo, Resumo) or resumo.tp_emis != "2":
        return None
    return como_erro("SEP-CONTINGENCIA-OFFLINE", tag="infCTeSupl")


def _pelo_esquema(raiz: etree._Element, tipo: Tipo, selo: Selo | None) -> list[Erro]:
    """Returns the official schema's findings on the tree with its Signature (a placeholder when there is none yet)."""
    raiz.append(reler(selo.xml if selo else MOLDE))
    return esquema.validar(raiz, tipo)


def _resultado(
    tipo: Tipo, resumo: Resumo | ResumoEvento, assinado: Assinado, ja_assinado: bool, notas: tuple[str, ...]
) -> Preparado | Recusa:
    """Returns the outcome."""
    grande = tamanho_excedido(len(assinado.dados))
    if grande is not None:
        return _recusa((grande,), resumo)
    return Preparado(
        tipo=tipo,
        chave=resumo.chave,
        resumo=resumo,
        assinado=assinado.dados,
        digest=assinado.digest_value,
        ja_assinado=ja_assinado,
        notas_normalizacao=notas,
    )


def _recusa(erros: tuple[Erro, ...], resumo: Resumo | ResumoEvento) -> Recusa:
    return Recusa(erros, resumo.chave or None, _sobre(resumo))


def _sobre(resumo: Resumo | ResumoEvento) -> str:
    return sobre_evento(resumo.tp_evento) if isinstance(resumo, ResumoEvento) else ""


def assinador_de(cnpj: str, assinadores: Mapping[str, Assinador]) -> Assinador | None:
    """Returns the signer of that CNPJ, or of another branch of the same company, or None.

    A branch has the same 8-character base (rule 213).
    """
    proprio = assinadores.get(cnpj)
    if proprio is not None or len(cnpj) != 14:
        return proprio
    base = cnpj[:8]
    da_raiz = (assinadores.get(c) for c in assinadores if c[:8] == base)
    return next((a for a in da_raiz if a is not None), None)


def _autor(resumo: Resumo | ResumoEvento) -> str:
    return resumo.autor if isinstance(resumo, ResumoEvento) else resumo.emitente


def _dono_da_assinatura(resumo: Resumo | ResumoEvento) -> str | None:
    """Returns the CNPJ whose certificate a signed export must carry (213), or None.

    A Nota Fiscal Fácil (tpEmis 3) is signed by the portal.
    """
    if isinstance(resumo, Resumo) and resumo.tp_emis == "3":
        return None
    autor = _autor(resumo)
    return autor if len(autor) == 14 else None


def _url_qr(resumo: Resumo | ResumoEvento) -> str | None:
    """Returns the address of the emitter's UF and environment.

    Returns None for an event, or when the document does not say them.
    """
    if isinstance(resumo, ResumoEvento):
        return None
    try:
        return url_qrcode(resumo.uf, resumo.tp_amb)
    except KeyError:
        return None  # the schema reports the wrong UF or tpAmb


def _examinar(
    raiz: etree._Element, tipo: Tipo, contexto: ContextoPreparo
) -> tuple[Resumo | ResumoEvento, Callable[[], list[Erro]], Callable[[], tuple[str, ...]]]:
    """Returns the document's facts, a function that runs its rules, and one that gives the notes of what passed.

    All read the same groups, so the groups are read once.
    """
    if tipo is Tipo.EVENTO:
        return resumir_evento(raiz), lambda: verificar_evento(raiz, contexto.tp_amb, contexto.agora), tuple
    visao = Visao(raiz, tipo, ContextoRegras(tp_amb=contexto.tp_amb, agora=contexto.agora))
    return resumir_visao(visao), lambda: verificar_visao(visao), lambda: anotar(visao)


def _desconhecido(raiz_local: str) -> Erro:
    return Erro(
        "SEP-XML-TIPO",
        "SEP",
        f"O elemento raiz <{raiz_local}> não é CT-e, CT-e Simplificado, CT-e OS, GTV-e nem evento de CT-e.",
        "Coloque nesta pasta só exportações de CT-e; retornos e consultas têm rotas próprias.",
        tag=raiz_local,
    )
