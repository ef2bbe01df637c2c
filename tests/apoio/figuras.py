"""Makes the pictures of the DACTE in the manual: `python -m tests.apoio.figuras`. Needs pdftoppm.

Beside them lies what the texts of each were when it was made; `tests/unidade/dacte/test_figuras.py` compares.
"""

import hashlib
import subprocess
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from separador.capacidades.dacte.papel import Extras, imprimir
from separador.demonstracao import exportacoes, outros_modelos
from separador.demonstracao.exportacoes import Exportacao
from separador.nucleo.tipo import Tipo
from tests.apoio import pdf_lido
from tests.apoio.documento_cheio import Cheio, protocolado
from tests.apoio.documento_cheio import processado as cheio

PASTA = Path(__file__).resolve().parents[2] / "docs" / "figuras"
RESUMOS = PASTA / "resumos.tsv"
AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
_DPI = 80


def _de(exportacao: Exportacao, tipo: Tipo, imp: str = "1", extras: Extras | None = None) -> bytes:
    dados = protocolado(exportacao.dados.replace(b"<tpImp>1<", f"<tpImp>{imp}<".encode()), tipo)
    pdf = imprimir(dados, extras) if extras is not None else imprimir(dados)
    assert isinstance(pdf, bytes)
    return pdf


def _do_modal(modal: str) -> bytes:
    fixos = {"tpEmis": "1", "modal": modal, "tpImp": "1", "CNPJ": "11222333000181"}
    pdf = imprimir(
        cheio(Tipo.CTE, Cheio(volta=1, vezes=1, fixos=fixos, ramos={"infCte": "infCTeNorm", "emit": "CNPJ"}))
    )
    assert isinstance(pdf, bytes)
    return pdf


def _cte(variante: str, tp_amb: str = "1") -> Exportacao:
    return exportacoes.cte(5, agora=AGORA, variante=variante, tp_amb=tp_amb)


FIGURAS: dict[str, Callable[[], bytes]] = {
    "rodoviario": lambda: _de(_cte("padrao"), Tipo.CTE),
    "paisagem": lambda: _de(_cte("uma-nota"), Tipo.CTE, "2"),
    "homologacao": lambda: _de(_cte("nf-papel", "2"), Tipo.CTE),
    "cancelado": lambda: _de(_cte("inicio-outra-uf"), Tipo.CTE, extras=Extras(cancelado=True)),
    "ferroviario-cheio": lambda: _do_modal("04"),
    "simplificado": lambda: _de(outros_modelos.cte_simp(7, agora=AGORA, tp_amb="1"), Tipo.CTE_SIMP),
    "outros-servicos": lambda: _de(outros_modelos.cte_os(7, agora=AGORA, tp_amb="1"), Tipo.CTE_OS),
    "gtv-e": lambda: _de(outros_modelos.gtve(7, agora=AGORA, tp_amb="1"), Tipo.GTVE),
}


def resumo(pdf: bytes) -> str:
    """Returns a digest of the texts: the bytes of a PDF differ between releases of fpdf2."""
    return hashlib.sha256("\n".join(t for f in pdf_lido.textos(pdf) for t in f).encode()).hexdigest()


def main() -> None:
    """Makes all pictures anew: the first sheet of each."""
    PASTA.mkdir(exist_ok=True)
    linhas = []
    for nome, fazer in FIGURAS.items():
        pdf = fazer()
        linhas.append(f"{nome}\t{resumo(pdf)}\n")
        with tempfile.TemporaryDirectory() as pasta:
            origem = Path(pasta) / "a.pdf"
            origem.write_bytes(pdf)
            alvo = Path(pasta) / "a"
            quais = ["-png", "-gray", "-r", str(_DPI), "-f", "1", "-l", "1", "-singlefile"]
            subprocess.run(["pdftoppm", *quais, str(origem), str(alvo)], check=True)
            with Image.open(f"{alvo}.png") as figura:
                figura.quantize(6).save(PASTA / f"dacte-{nome}.png", optimize=True)
    RESUMOS.write_text("".join(linhas), encoding="utf-8")


if __name__ == "__main__":
    main()
