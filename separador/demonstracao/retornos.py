"""Makes return files as the transmitting program would drop them, from the signed bytes it took from the outbox.

The bytes are read by regular expression on purpose: this side must not share the product's parser. Nothing is random:
the same input, time and options give the same bytes.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from separador.demonstracao.exportacoes import Exportacao
from separador.demonstracao.pedacos_de_xml import DECLARACAO, NS, dh
from separador.nucleo.tipo import FAMILIAS, Tipo

APLICACAO = "SEFAZ_DEMO_1.0"
MOTIVOS = {
    "100": "Autorizado o uso do CT-e",
    "101": "Cancelamento de CT-e homologado",
    "108": "Servico Paralisado Momentaneamente (curto prazo)",
    "109": "Servico Paralisado sem Previsao",
    "134": "Evento registrado e vinculado ao CT-e com alerta para situacao do documento",
    "135": "Evento registrado e vinculado a CT-e",
    "136": "Evento registrado, mas nao vinculado a CT-e",
    "204": "Rejeicao: Duplicidade de CT-e [nProt:{prot}][dhAut:{dh}]",
    "209": "Rejeicao: IE do emitente invalida",
    "215": "Rejeicao: Falha no schema XML",
    "217": "Rejeicao: CT-e nao consta na base de dados da SEFAZ",
    "218": "Rejeicao: CT-e ja esta cancelado na base de dados da SEFAZ [nProt:{prot}][dhCanc:{dh}]",
    "219": "Rejeicao: Circulacao do CT-e verificada",
    "220": "Rejeicao: CT-e autorizado ha mais de 7 dias (168 horas)",
    "230": "Rejeicao: IE do emitente nao cadastrada",
    "426": "Rejeicao: IE do destinatario nao cadastrada",
    "528": "Rejeicao: Vedado cancelamento se existir MDF-e autorizado para o CT-e",
    "539": "Rejeicao: Duplicidade de CT-e, com diferenca na Chave de Acesso [chCTe:{chave}][nProt:{prot}][dhAut:{dh}]",
    "631": "Rejeicao: Duplicidade de evento [nProt:{prot}][dhRegEvento:{dh}]",
    "678": "Rejeicao: Consumo indevido",
    "999": "Rejeicao: Erro nao catalogado",
}
_EVENTOS = {"110111": "Cancelamento", "110110": "Carta de Correcao"}
_SUFIXOS = re.compile(rb"(-cte|-ped-eve|-ped-sit|-ped-sta)?\.xml$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lido:
    """The data that the transmitter reads in a signed document, event or consultation.

    Empty strings where there is none.
    """

    raiz: str
    chave: str
    digest: str
    tp_amb: str
    tp_evento: str
    n_seq: str
    texto: str

    @property
    def uf(self) -> str:
        return self.chave[:2]


def ler(dados: bytes) -> Lido:
    """Reads signed bytes. Raises ValueError when there is no root element or no key."""
    texto = re.sub(r"^\s*<\?xml[^>]*\?>\s*", "", dados.decode("utf-8-sig")).rstrip()
    raiz = re.match(r"<(\w+)[\s>]", texto)
    chave = _um(r'Id="(?:CTe|ID\d{6})([0-9A-Z]{44})', texto) or _um(r"<chCTe>([0-9A-Z]{44})", texto)
    if raiz is None or not chave:
        raise ValueError("não é um documento assinado: falta o elemento raiz ou a chave")
    return Lido(
        raiz.group(1), chave, _um(r"<DigestValue>([^<]+)<", texto), _um(r"<tpAmb>(\d)<", texto) or "2",
        _um(r"<tpEvento>(\d{6})<", texto), _um(r"<nSeqEvento>(\d+)<", texto), texto,
    )  # fmt: skip


def protocolo(chave: str, ordem: int = 0, *, agora: datetime) -> str:
    """Returns nProt: 15 digits, authoriser 1, state, year, and a sequence that follows from the number in the key.

    `ordem` tells several protocols of one document apart (0 the document, 1 its cancellation, ...).
    """
    return f"1{chave[:2]}{dh(agora)[2:4]}{int(chave[25:34]) % 10**9 * 10 + ordem:010d}"


def base(nome: bytes) -> bytes:
    """Returns the name of a file without the suffix of its kind: the return's name begins with it."""
    return _SUFIXOS.sub(b"", nome)


def motivo(c_stat: str, lido: Lido, agora: datetime) -> str:
    """Returns xMotivo of a code, with protocol, time and key where SEFAZ writes them."""
    texto = MOTIVOS.get(c_stat, f"Rejeicao: codigo {c_stat}")
    return texto.format(prot=protocolo(lido.chave, agora=agora), dh=dh(agora), chave=lido.chave)


def autorizado(dados: bytes, nome: bytes, *, agora: datetime, dig_val: str | None = None) -> Exportacao:
    """Returns return 100 of a document, with the root of its kind.

    `dig_val`: None = its own digest, "" = none.
    """
    return _retorno(dados, nome, agora, "100", com_prot=True, dig_val=dig_val)


def rejeitado(dados: bytes, nome: bytes, *, agora: datetime, c_stat: str = "215", com_prot: bool = False) -> Exportacao:
    """Returns any other code of reception (a rejection, 108, 204, 678, ...), with or without protCTe."""
    return _retorno(dados, nome, agora, c_stat, com_prot=com_prot, dig_val=None)


def processado(dados: bytes, nome: bytes, *, agora: datetime) -> Exportacao:
    """Returns cteProc, or the like of the other kinds: the signed bytes, untouched, with the protocol."""
    lido = ler(dados)
    prot = _prot(lido, agora, "100", None)
    raiz = FAMILIAS[Tipo(lido.raiz)].processado.value
    texto = f'{DECLARACAO}<{raiz} xmlns="{NS}" versao="4.00">{lido.texto}{prot}</{raiz}>'
    return Exportacao(base(nome) + b"-procCTe.xml", texto.encode(), lido.chave)


def evento_respondido(
    dados: bytes, nome: bytes, *, agora: datetime, c_stat: str = "135", com_chave: bool = True
) -> Exportacao:
    """Returns retEventoCTe.

    An event that was registered (134, 135, 136) always has the key; a refusal may not (`com_chave=False`).
    """
    lido = ler(dados)
    texto = DECLARACAO + _ret_evento(lido, agora, c_stat, com_chave=com_chave)
    return Exportacao(base(nome) + b"-eve.xml", texto.encode(), lido.chave)


def evento_processado(dados: bytes, *, agora: datetime) -> Exportacao:
    """Returns procEventoCTe around the signed event, registered with 135."""
    lido = ler(dados)
    nome_final = f"{lido.chave}_{lido.tp_evento}_{int(lido.n_seq):03d}-procEventoCTe.xml".encode()
    return Exportacao(nome_final, (DECLARACAO + _proc_evento(lido, agora)).encode(), lido.chave)


def consulta(
    dados: bytes, nome: bytes, *, agora: datetime, c_stat: str = "100", evento: bytes | None = None
) -> Exportacao:
    """Returns retConsSitCTe about the signed document `dados`: 100, 101 (give the signed event) or 217 (unknown).

    `nome` is that of the consultation (`<base>-ped-sit.xml`).
    """
    lido = ler(dados)
    achado = c_stat in {"100", "101"}
    prot = _prot(lido, agora, "100", None) if achado else ""
    eventos = _proc_evento(ler(evento), agora) if evento is not None else ""
    texto = (
        f'{DECLARACAO}<retConsSitCTe xmlns="{NS}" versao="4.00"><tpAmb>{lido.tp_amb}</tpAmb>'
        f"<verAplic>{APLICACAO}</verAplic><cStat>{c_stat}</cStat><xMotivo>{motivo(c_stat, lido, agora)}</xMotivo>"
        f"<cUF>{lido.uf}</cUF>{prot}{eventos}</retConsSitCTe>"
    )
    return Exportacao(base(nome) + b"-sit.xml", texto.encode(), lido.chave)


def erro_do_transmissor(nome: bytes, mensagem: str, *, codigo: int = 2) -> Exportacao:
    """Returns `.err` in the shape UniNFe writes it: eight CRLF lines `Key|Value`. It decides nothing."""
    linhas = (
        "Versão UniNFe|5.1.0.0", f"ErrorCode|{codigo:010d}", f"Message|{mensagem}", "StackTrace|",
        "Source|Demonstracao", "Type|System.Exception", "TargetSite|Void Executar()", "HashCode|1",
    )  # fmt: skip
    sufixo = b"-eve.err" if nome.lower().endswith(b"-ped-eve.xml") else b"-pro-rec.err"
    return Exportacao(base(nome) + sufixo, ("\r\n".join(linhas) + "\r\n").encode())


def _um(padrao: str, texto: str) -> str:
    achado = re.search(padrao, texto)
    return achado.group(1) if achado else ""


def _retorno(
    dados: bytes, nome: bytes, agora: datetime, c_stat: str, *, com_prot: bool, dig_val: str | None
) -> Exportacao:
    lido = ler(dados)
    raiz = FAMILIAS[Tipo(lido.raiz)].retorno.value
    prot = _prot(lido, agora, c_stat, dig_val) if com_prot else ""
    texto = (
        f'{DECLARACAO}<{raiz} xmlns="{NS}" versao="4.00"><tpAmb>{lido.tp_amb}</tpAmb><cUF>{lido.uf}</cUF>'
        f"<verAplic>{APLICACAO}</verAplic><cStat>{c_stat}</cStat><xMotivo>{motivo(c_stat, lido, agora)}</xMotivo>"
        f"{prot}</{raiz}>"
    )
    return Exportacao(base(nome) + b"-pro-rec.xml", texto.encode(), lido.chave)


def _prot(lido: Lido, agora: datetime, c_stat: str, dig_val: str | None) -> str:
    n_prot = f"<nProt>{protocolo(lido.chave, agora=agora)}</nProt>" if c_stat == "100" else ""
    digest = lido.digest if dig_val is None else dig_val
    dig = f"<digVal>{digest}</digVal>" if digest else ""
    return (
        f'<protCTe versao="4.00"><infProt><tpAmb>{lido.tp_amb}</tpAmb><verAplic>{APLICACAO}</verAplic>'
        f"<chCTe>{lido.chave}</chCTe><dhRecbto>{dh(agora)}</dhRecbto>{n_prot}{dig}<cStat>{c_stat}</cStat>"
        f"<xMotivo>{motivo(c_stat, lido, agora)}</xMotivo></infProt></protCTe>"
    )


def _ret_evento(lido: Lido, agora: datetime, c_stat: str, *, com_chave: bool) -> str:
    registrado = c_stat in {"134", "135", "136"}
    chave = f"<chCTe>{lido.chave}</chCTe>" if com_chave or registrado else ""
    x_evento = _EVENTOS.get(lido.tp_evento, "Evento")
    dados = (
        f"<tpEvento>{lido.tp_evento}</tpEvento><xEvento>{x_evento}</xEvento><nSeqEvento>{lido.n_seq}</nSeqEvento>"
        f"<dhRegEvento>{dh(agora)}</dhRegEvento><nProt>{protocolo(lido.chave, 1, agora=agora)}</nProt>"
    )
    return (
        f'<retEventoCTe xmlns="{NS}" versao="4.00"><infEvento><tpAmb>{lido.tp_amb}</tpAmb>'
        f"<verAplic>{APLICACAO}</verAplic><cOrgao>{lido.uf}</cOrgao><cStat>{c_stat}</cStat>"
        f"<xMotivo>{motivo(c_stat, lido, agora)}</xMotivo>{chave}{dados if registrado else ''}"
        "</infEvento></retEventoCTe>"
    )


def _proc_evento(lido: Lido, agora: datetime) -> str:
    ret = _ret_evento(lido, agora, "135", com_chave=True)
    return f'<procEventoCTe xmlns="{NS}" versao="4.00">{lido.texto}{ret}</procEventoCTe>'
