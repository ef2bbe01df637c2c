"""Decides the documents of the goods, and the previous documents (EMIS-11, EMIS-13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.pessoas import Pessoa
from separador.fiscal.emissao.regras.operacao import SEM_DOCUMENTOS, Operacao
from separador.fiscal.emissao.regras.pedidos import ilegivel
from separador.fiscal.regras.documentos_id import CTE, NFE, motivo_chave, todas_validas
from separador.nucleo.texto.quantidade import quantos

LIMITE = 2000
NFE55, MODELO1, OUTROS = "NF-e", "modelo 1", "outros documentos"
_AVULSA, _DE_CPF = range(890, 900), range(920, 970)
_DA_NOTA = (
    ("depositante", "entidades"),
    ("remetente", "entidades"),
    ("destinatario", "entidades"),
    ("transportadora", "empresas"),
)


def especie(nota: No) -> str:
    """Returns the kind of an invoice: one CT-e has one."""
    modelo = modelo_de(nota)
    return NFE55 if modelo == "55" else MODELO1 if modelo in ("01", "04") else OUTROS


def modelo_de(nota: No) -> str:
    """Returns the model: 55 when there is a key."""
    return nota.texto("modelo") or ("55" if nota.dado("chave") else "")


def avulsa(chave: str) -> bool:
    """Says whether the tax office issued the invoice, for somebody else: the key's CNPJ is not the issuer's."""
    return int(chave[22:25]) in _AVULSA


def _da_empresa(chave: str) -> bool:
    """Says whether a company wrote the invoice by itself: the later series are the tax office's and people's."""
    return int(chave[22:25]) < _AVULSA.start


def dono(chave: str) -> str:
    """Returns the CNPJ of the issuer in a key; the CPF in the series of natural persons."""
    return chave[9:20] if int(chave[22:25]) in _DE_CPF else chave[6:20]


@dataclass(frozen=True, slots=True)
class Anterior:
    """A previous document, by key or on paper."""

    emissor: Pessoa
    chave: str = ""
    tipo: str = ""
    serie: str = ""
    subserie: str = ""
    numero: str = ""
    emissao: date | None = None


def conferir_notas(caso: Caso, notas: Sequence[No], operacao: Operacao) -> bool:
    """Tests the invoices of one CT-e. Returns whether they may be written."""
    antes = len(caso.achados.erros)
    if not notas:
        if not operacao.complementar and not ilegivel(caso.cte, "notas"):
            caso.errar("SEP-EMIS-11", "notas", "O CT-e não tem notas.", "Liste ao menos um documento da carga.")
        return operacao.complementar
    especies = list(dict.fromkeys(especie(n) for n in notas if modelo_de(n)))
    if len(especies) > 1:
        mensagem = f"O CT-e mistura {' e '.join(especies)}."
        caso.errar("SEP-EMIS-11", "notas", mensagem, "Um CT-e tem documentos de uma espécie só: separe em dois.")
    if len(notas) > LIMITE:
        mensagem = f"O CT-e tem {quantos(len(notas), 'documento', 'documentos')}; o limite é {LIMITE}."
        caso.errar("601", "notas", mensagem, "Divida em mais CT-e.", regra="EMIS-11")
    chaves = [n.texto("chave") for n in notas if "chave" in n]
    validas = todas_validas(chaves, NFE, caso.ambiente.agora)
    for nota in notas:
        conferir_nota(caso, nota, validas=validas)
        _conferir_chaves_do_grupo(caso, nota)
    emissores = {dono(n.texto("chave")) for n in notas if "chave" in n and _da_empresa(n.texto("chave"))}
    if len(emissores) > 1 and "globalizado" not in caso.cte:
        mensagem = f"As NF-e são de emitentes diferentes: {', '.join(sorted(emissores))}."
        caso.errar("SEP-EMIS-11", "notas", mensagem, "Um CT-e tem notas de um emitente só: separe por emitente.")
    if operacao.tp_serv in SEM_DOCUMENTOS:
        caso.decidir("notas", "no registro", f"tpServ {operacao.tp_serv}: infDoc não se escreve (694)", "EMIS-11")
    return len(caso.achados.erros) == antes


def _conferir_chaves_do_grupo(caso: Caso, nota: No) -> None:
    """Tests that an invoice repeats the parties of its CT-e, where it says any."""
    for nome, cadastro in _DA_NOTA:
        dito = nota.texto(nome)
        certo = caso.cte.texto(nome)
        if nome == "remetente" and not certo:
            certo = caso.cte.texto("depositante")
        if nome == "transportadora" and not certo:
            unica = caso.cadastros.unica_transportadora()
            if unica is None:
                continue  # told where it is missing
            certo = unica.texto("cnpj")
        if dito and nome not in caso.cte.ruins and not caso.mesma(dito, certo, cadastro):
            mensagem = f"A nota diz {nome} {dito}, e o CT-e {certo or 'nenhum'}."
            _errar(caso, nota, nome, mensagem, "Retire da nota, ou separe em outro CT-e.")


def conferir_nota(caso: Caso, nota: No, *, validas: bool) -> None:
    """Tests one invoice: what its model demands, and that it agrees with its key. `validas`: all keys of the CT-e are
    known to be valid."""
    modelo = modelo_de(nota)
    if not modelo:
        if not {"modelo", "chave"} & nota.ruins:
            _errar(
                caso, nota, "modelo", "Falta o modelo do documento, ou a chave da NF-e.", "Diga a chave, ou o modelo."
            )
        return
    if modelo == "55":
        _conferir_nfe(caso, nota, valida=validas)
    elif "chave" in nota:
        _errar(caso, nota, "modelo", f"A chave é de NF-e, e o modelo dito é {modelo}.", "Retire a chave ou o modelo.")
    elif modelo in ("01", "04"):
        _exigir(caso, nota, ("numero", "serie", "emissao", "valor_produtos", "cfop"), f"modelo {modelo}")
    elif modelo == "99":
        _exigir(caso, nota, ("descricao",), "modelo 99")


def _exigir(caso: Caso, nota: No, nomes: Sequence[str], porque: str) -> None:
    for nome in nomes:
        if not nota.dado(nome):
            _errar(caso, nota, nome, f"Falta {nome}, que o documento do {porque} exige.", "Preencha o campo.")


def _conferir_nfe(caso: Caso, nota: No, *, valida: bool) -> None:
    if "chave" not in nota:
        _exigir(caso, nota, ("chave",), "modelo 55")
        return
    chave = nota.texto("chave")
    motivo = "" if valida else motivo_chave(chave, NFE, caso.ambiente.agora)
    if motivo:
        caso.achados.errar(
            "843", nota.em("chave"), f"A chave {chave} não é de NF-e: {motivo}.", "Confira a chave.", regra="EMIS-11"
        )
    for nome, na_chave in (("numero", chave[25:34]), ("serie", chave[22:25])):
        dito = nota.texto(nome)
        if dito and dito.lstrip("0") != na_chave.lstrip("0"):
            mensagem = f"{nome} é «{dito}», e na chave está {int(na_chave)}."
            _errar(caso, nota, nome, mensagem, "Corrija, ou retire: vale o da chave.")
    emissao = nota.data("emissao")
    if emissao is not None and f"{emissao:%y%m}" != chave[2:6]:
        mensagem = f"A emissão é de {emissao:%m/%Y}, e na chave está {chave[4:6]}/20{chave[2:4]}."
        _errar(caso, nota, "emissao", mensagem, "Corrija, ou retire: vale a da chave.")


def _errar(caso: Caso, nota: No, nome: str, mensagem: str, fazer: str) -> None:
    caso.achados.errar("SEP-EMIS-11", nota.em(nome), mensagem, fazer)


def soma(notas: Sequence[No]) -> Decimal:
    """Returns the sum of the values."""
    return sum((n.numero("valor") or Decimal(0) for n in notas), Decimal(0))


def avisar_de_outro_emitente(caso: Caso, notas: Sequence[No], remetente: Pessoa | None) -> None:
    """Notes invoices whose key names another issuer than the remetente."""
    for nota in notas:
        chave = nota.texto("chave")
        if chave and remetente is not None and not avulsa(chave) and dono(chave) != remetente.documento:
            mensagem = f"A NF-e é de {dono(chave)}, e o remetente é {remetente.documento}."
            caso.achados.avisar("SEP-NOTA-DE-OUTRO-EMITENTE", nota.em("chave"), mensagem)


def anteriores(caso: Caso, operacao: Operacao, nos: Sequence[No], tomador: Pessoa | None) -> tuple[Anterior, ...]:
    """Returns the previous documents, tested against the kind of service and the taker."""
    campo, serv = "documentos_anteriores", operacao.tp_serv
    if serv in ("1", "2", "3") and not nos and not ilegivel(caso.cte, campo):
        mensagem = f"O serviço (tpServ {serv}) exige ao menos um documento anterior."
        caso.errar("521", campo, mensagem, "Liste o CT-e anterior.", regra="EMIS-13")
    if serv == "0" and nos:
        caso.errar(
            "747",
            campo,
            "Um CT-e normal não tem documentos anteriores.",
            "Retire-os, ou corrija tipo_operacao.",
            regra="EMIS-13",
        )
    feitos: list[Anterior] = []
    vistas: set[str] = set()
    for no in nos:
        chave = no.texto("chave")
        if chave in vistas:
            caso.achados.errar(
                "543", no.em("chave"), f"A chave {chave} está repetida.", "Deixe uma só.", regra="EMIS-13"
            )
        vistas |= {chave} - {""}
        feito = _anterior(caso, no, tomador)
        if feito is not None:
            feitos.append(feito)
    return tuple(feitos)


def _anterior(caso: Caso, no: No, tomador: Pessoa | None) -> Anterior | None:
    if not no.dado("emissor"):
        caso.achados.errar(
            "SEP-EMIS-13", no.em("emissor"), "Falta o emissor do documento anterior.", "Diga quem emitiu."
        )
        return None
    emissor = caso.pessoa(no.texto("emissor"), no.em("emissor")) if "emissor" in no else None
    if emissor is None:
        return None
    chave = no.texto("chave")
    if "chave" in no.ruins:
        return None
    if not chave:
        faltam = [n for n in ("tipo", "serie", "numero", "emissao") if not no.dado(n)]
        for nome in faltam:
            mensagem = f"Falta {nome} do documento anterior em papel (ou a chave)."
            caso.achados.errar("SEP-EMIS-13", no.em(nome), mensagem, "Preencha o campo, ou a chave.")
        if faltam:
            return None
        tipo, serie, subserie, numero = (no.texto(n) for n in ("tipo", "serie", "subserie", "numero"))
        return Anterior(emissor, "", tipo, serie, subserie, numero, no.data("emissao"))
    _conferir_cte_anterior(caso, no, chave, emissor, tomador)
    return Anterior(emissor, chave)


def _conferir_cte_anterior(caso: Caso, no: No, chave: str, emissor: Pessoa, tomador: Pessoa | None) -> None:
    onde = no.em("chave")
    motivo = motivo_chave(chave, CTE, caso.ambiente.agora)
    if motivo:
        caso.achados.errar(
            "844", onde, f"A chave {chave} não é de CT-e: {motivo}.", "Confira a chave.", regra="EMIS-13"
        )
    if chave[6:20] != emissor.documento.zfill(14):
        mensagem = f"A chave é de {chave[6:20]}, e o emissor dito é {emissor.documento}."
        caso.achados.errar("733", onde, mensagem, "Corrija o emissor ou a chave.", regra="EMIS-13")
    if tomador is not None and tomador.documento[:8] != emissor.documento[:8]:
        mensagem = f"O tomador {tomador.documento} não é o emissor do documento anterior, {emissor.documento}."
        caso.achados.errar(
            "745", no.em("emissor"), mensagem, "O tomador deve ser quem emitiu o anterior.", regra="EMIS-13"
        )


def dia(valor: date) -> date:
    """Returns the day of a date or an instant."""
    return valor.date() if isinstance(valor, datetime) else valor
