"""Reads the text of PDF pages and cuts pages out (pypdf). Files that people drop count as hostile."""

import io
import logging
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter

from separador.capacidades.ecac.arquivos.orcamento_de_pdf import Orcamento, PdfIlegivelError

__all__ = ["Paginas", "PdfIlegivelError", "abrir", "inteiro"]

LIMITE_BYTES = 64 * 1024 * 1024
LIMITE_PAGINAS = 2000
_LIMITE_TEXTO = 200_000

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # this program words the complaints about a file


@dataclass(frozen=True, slots=True)
class Paginas:
    """An open PDF: the text of each page."""

    leitor: PdfReader
    textos: tuple[str, ...]
    orcamento: Orcamento

    def recortar(self, primeira: int, ultima: int) -> bytes:
        """Returns pages `primeira` to `ultima` (0-based, both included) as a PDF of their own. The same input gives the
        same bytes.

        Raises PdfIlegivelError when the text came out of a page but the page itself does not.
        """
        saida = io.BytesIO()
        try:
            escritor = PdfWriter()
            for i in range(primeira, ultima + 1):
                escritor.add_page(self.leitor.pages[i])
            escritor.write(saida)
            self.orcamento.recorte(saida.tell())
        except PdfIlegivelError:
            raise
        except Exception as erro:  # on a broken file pypdf raises whatever it trips over
            raise PdfIlegivelError(f"a página está danificada ({type(erro).__name__})") from erro
        return saida.getvalue()


def inteiro(dados: bytes) -> str | None:
    """Returns the fault of the bytes as such; None when they begin and end as a PDF does."""
    if dados.lstrip()[:5] != b"%PDF-":
        return "o arquivo não é um PDF"
    if b"%%EOF" not in dados[-2048:]:
        return "o PDF está incompleto (foi cortado)"
    if len(dados) > LIMITE_BYTES:
        return f"o PDF tem mais de {LIMITE_BYTES // 2**20} MB"
    return None


def abrir(dados: bytes, orcamento: Orcamento | None = None) -> Paginas:
    """Opens a PDF. Raises PdfIlegivelError. `orcamento` bounds the work over all its pages."""
    orcamento = orcamento or Orcamento()
    problema = inteiro(dados)
    if problema is not None:
        raise PdfIlegivelError(problema)
    try:
        leitor = PdfReader(io.BytesIO(dados))
        trancado = leitor.is_encrypted and not leitor.decrypt("")
        quantas = 0 if trancado else len(leitor.pages)
        textos = _textos(leitor, orcamento) if 0 < quantas <= LIMITE_PAGINAS else ()
    except PdfIlegivelError:
        raise
    except Exception as erro:  # on a broken file pypdf raises whatever it trips over
        raise PdfIlegivelError(f"o PDF está danificado ({type(erro).__name__})") from erro
    if trancado:
        raise PdfIlegivelError("o PDF está protegido por senha")
    if quantas > LIMITE_PAGINAS:
        raise PdfIlegivelError(f"o PDF tem mais de {LIMITE_PAGINAS} páginas; divida-o")
    return Paginas(leitor, textos, orcamento)


def _textos(leitor: PdfReader, orcamento: Orcamento) -> tuple[str, ...]:
    leitura = _Leitura(orcamento)
    paginas = list(leitor.pages)
    for pagina in paginas:  # all are weighed before the first is read: a heavy file is refused at once
        conteudo = pagina.get_contents()
        orcamento.conteudo(len(conteudo.get_data()) if conteudo is not None else 0)
    return tuple(leitura.texto(pagina) for pagina in paginas)


class _Leitura:
    """Takes the text of page after page, and counts what it asks for beyond its own content before it is done."""

    def __init__(self, orcamento: Orcamento) -> None:
        self._orcamento = orcamento
        self._formas: dict[int, dict[str, list[Any]]] = {}

    def texto(self, pagina: PageObject) -> str:
        """Returns the text of a page. Raises PdfIlegivelError when a bound is passed."""
        recursos = _objeto(pagina.get("/Resources"))
        formas = self._formas_de(recursos)

        def antes(operador: bytes, operandos: Any, *_: object) -> None:
            self._orcamento.operador()
            if operador == b"Do" and operandos:
                iguais = formas.get(str(operandos[0]), ())
                self._orcamento.conteudo(max((len(f.get_data()) for f in iguais), default=0))

        texto = pagina.extract_text(visitor_operand_before=antes)[:_LIMITE_TEXTO]
        self._orcamento.conferir()  # pypdf goes on after an error inside a form
        return texto

    def _formas_de(self, recursos: Any) -> dict[str, list[Any]]:
        """Returns the forms that may be drawn with these resources, also from within one another, by name."""
        if id(recursos) not in self._formas:
            self._formas[id(recursos)] = _alcancaveis(recursos)
        return self._formas[id(recursos)]


def _alcancaveis(recursos: Any) -> dict[str, list[Any]]:
    achadas: dict[str, list[Any]] = {}
    vistas: set[int] = set()
    pendentes = [recursos]
    while pendentes:
        objetos = _objeto((pendentes.pop() or {}).get("/XObject")) or {}
        for nome in objetos:
            forma = _objeto(objetos[nome])
            if id(forma) in vistas or forma is None or forma.get("/Subtype") != "/Form":
                continue
            vistas.add(id(forma))
            achadas.setdefault(str(nome), []).append(forma)
            pendentes.append(_objeto(forma.get("/Resources")))
    return achadas


def _objeto(valor: Any) -> Any:
    """Returns what a reference refers to. None stays None."""
    return valor.get_object() if valor is not None else None
