"""Names the files that the service writes, by profile (padrao or uninfe). Names are bytes."""

from dataclasses import dataclass

from separador.nucleo.nome_de_arquivo import compor, separar_sufixo

ENTRADAS = (
    *("-cte.xml", "-ped-eve.xml", "-ped-sit.xml", "-ped-sta.xml"),
    *("-carga.yaml", "-carga.yml", "-carga.json", "-carga.csv"),
)
"""The compound suffixes of what a WMS drops. Any other name is cut at its last dot."""

RETORNOS = (
    *("-procEventoCTe.xml", "-procCTe.xml", "-pro-rec.xml", "-eve.xml", "-sit.xml", "-sta.xml"),
    *("-pro-rec.err", "-cte.err", "-ped-eve.err", "-ped-sit.err", "-eve.err", "-sit.err", "-ret.xml"),
)
"""The compound suffixes of what a transmitter drops."""

_ILEGIVEIS = frozenset({"243", "402", "SEP-SEM-CERTIFICADO", "SEP-CERTIFICADO"})


@dataclass(frozen=True, slots=True)
class Nome:
    """A name to be published: `base` + compound `sufixo`. A number for a taken name goes between the two."""

    base: bytes
    sufixo: bytes

    @property
    def inteiro(self) -> bytes:
        """Returns the whole name, cut to the length that a filesystem takes."""
        return compor(self.base, self.sufixo)


def base_da_entrada(nome: bytes) -> tuple[bytes, bytes]:
    """Returns (base, suffix) of an input. Answers are named after the base."""
    return separar_sufixo(nome, ENTRADAS)


def base_do_retorno(nome: bytes) -> tuple[bytes, bytes]:
    """Returns (base, suffix) of a file dropped by a transmitter."""
    return separar_sufixo(nome, RETORNOS)


def documento_assinado(chave: str, base: bytes, *, uninfe: bool) -> Nome:
    """Names a signed document in `destino`: by chave, or in the profile uninfe by the input's base."""
    return Nome(base if uninfe else chave.encode(), b"-cte.xml")


def evento_assinado(chave: str, tp_evento: str, n_seq: int) -> Nome:
    """Names a signed event in `destino`, the same in both profiles."""
    return Nome(f"{chave}_{tp_evento}_{n_seq:03d}".encode(), b"-ped-eve.xml")


def consulta(chave: str) -> Nome:
    """Names a consultation for the transmitter."""
    return Nome(chave.encode(), b"-ped-sit.xml")


def processado(chave: str) -> Nome:
    """Names a processed document."""
    return Nome(chave.encode(), b"-procCTe.xml")


def dacte(chave: str) -> Nome:
    """Names the printed form, beside the processed document."""
    return Nome(chave.encode(), b"-dacte.pdf")


def folha_do_evento(chave: str, tp_evento: str, n_seq: int) -> Nome:
    """Names the sheet of an event, beside the processed event."""
    return Nome(f"{chave}_{tp_evento}_{n_seq:03d}".encode(), b"-evento.pdf")


def evento_processado(chave: str, tp_evento: str, n_seq: int) -> Nome:
    """Names a processed event."""
    return Nome(f"{chave}_{tp_evento}_{n_seq:03d}".encode(), b"-procEventoCTe.xml")


def retorno(base: bytes, especie: str) -> Nome:
    """Names a return for the WMS. `especie`: autorizacao, evento, consulta or status."""
    sufixos = {"autorizacao": b"-pro-rec.xml", "evento": b"-eve.xml", "consulta": b"-sit.xml", "status": b"-sta.xml"}
    return Nome(base, sufixos[especie])


def recusa(nome: bytes, codigo: str, *, uninfe: bool) -> Nome:
    """Names the `.err` of an input refused here. The `.json` beside it has the same base and stem.

    In the profile uninfe an ERP polls `-pro-rec.err`. It polls `-cte.err` where UniNFe could not even read the file or
    use the certificate, and `-eve.err` for an event.
    """
    base, sufixo = base_da_entrada(nome)
    tronco = sufixo.lower().rpartition(b".")[0]
    if uninfe and tronco == b"-cte":
        tronco = b"-cte" if codigo in _ILEGIVEIS or codigo.startswith("SEP-XML") else b"-pro-rec"
    elif uninfe and tronco.startswith(b"-ped-"):
        tronco = tronco.replace(b"-ped", b"", 1)
    return Nome(base, tronco + b".err")


def ao_lado(nome: Nome, extensao: bytes) -> Nome:
    """Returns the same name with another extension (`.err` → `.json`)."""
    return Nome(nome.base, nome.sufixo.rpartition(b".")[0] + extensao)


def resposta_de_pedido(nome: bytes) -> Nome:
    """Names the answer to an order file or to a validation."""
    return Nome(base_da_entrada(nome)[0], b"-ret.json")
