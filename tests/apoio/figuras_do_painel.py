"""Makes the pictures of the panel in the manual: `python -m tests.apoio.figuras_do_painel`. Needs Chromium.

They are of the demonstration, after its day: `make demo` shows the same. Made anew by hand when the look changes: keys
and times are another each time.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from separador.demonstracao import painel
from separador.demonstracao.demo import Direcao
from separador.demonstracao.instalacao import Instalacao
from separador.demonstracao.tela import Tela
from separador.nucleo.situacao import Situacao
from separador.programa import registrar
from tests.apoio import chromium
from tests.apoio.chromium import Aba

PASTA = Path(__file__).resolve().parents[2] / "docs" / "figuras"
PAGINAS = {
    "painel-inicio": "/",
    "painel-cte": "/cte",
    "painel-cancelar": "/cte/{chave}",
    "painel-documento": "/cte/{chave}",
    "painel-ecac": "/ecac",
    "painel-movimento": "/movimento",
    "painel-rotas": "/rotas",
    "painel-novo": "/cargas/nova",
}
"""Picture → page."""
TELA = {"width": 1200, "height": 800}
_CORES = 256


@contextmanager
def demonstrada(pasta: Path) -> Iterator[tuple[str, str, Instalacao]]:
    """Yields the panel's address and password over the folders of a demonstration that was run."""
    instalacao = Instalacao(pasta, os.environ)
    tela = Tela(lambda _: None, lambda: 0.0, cores=False, largura=100)
    if Direcao(instalacao, tela, lambda: datetime.now(UTC)).executar() != 0:
        raise RuntimeError("a demonstração não terminou como se espera")
    senha = painel.com_usuario(instalacao)
    linha = instalacao.ligar_painel()
    try:
        if senha is None or not linha:
            raise RuntimeError(instalacao.queixa("painel.err"))
        yield linha.split()[-1], senha, instalacao
    finally:
        instalacao.desligar_painel()


def fotografar(aba: Aba, instalacao: Instalacao, pasta: Path) -> list[Path]:
    """Opens the pages, and returns the pictures made of them."""
    documentos = instalacao.json("cte", "listar")
    chave = next(d["chave"] for d in documentos if d["situacao"] == Situacao.AUTORIZADO)
    feitas = []
    for nome, caminho in PAGINAS.items():
        aba.ir(caminho.format(chave=chave))
        if nome == "painel-cancelar":
            aba.pagina.get_by_role("button", name="CANCELAR CT-E").click()
            aba.pagina.get_by_role("dialog").wait_for()
        arquivo = pasta / f"{nome}.png"
        aba.pagina.screenshot(path=str(arquivo))
        with Image.open(arquivo) as tirada:
            # Any other method makes red brown: it is rare.
            poucas = tirada.convert("RGB").quantize(_CORES, method=Image.Quantize.FASTOCTREE)
        poucas.save(arquivo, optimize=True)
        feitas.append(arquivo)
    return feitas


def main(pasta: Path) -> None:
    """Makes the pictures."""
    registrar()
    with (
        tempfile.TemporaryDirectory() as demo,
        demonstrada(Path(demo) / "d") as (endereco, senha, instalacao),
        chromium.aberto() as navegador,
        chromium.aba(navegador, endereco, viewport=TELA) as aba,
    ):
        chromium.entrar(aba, painel.EMAIL, senha)
        fotografar(aba, instalacao, pasta)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PASTA)
