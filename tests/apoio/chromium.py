"""Opens the panel in a real browser, Debian's chromium-headless-shell, and judges its pages by axe-core.

Without them a test is skipped and says so; in CI it fails.
"""

import gc
import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

REGRAS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
GRAVES = ("serious", "critical")
DO_TELEFONE = {"width": 390, "height": 844}


def axe() -> str:
    """Returns the source of axe-core. Its package (axe-playwright-python) is not imported: only its file is used."""
    pacote = find_spec("axe_playwright_python")
    exigir(pacote, "axe-playwright-python (extra dev)")
    assert pacote is not None
    assert pacote.origin is not None
    return Path(pacote.origin).with_name("axe.min.js").read_text(encoding="utf-8")


def exigir(achado: object, o_que: str) -> None:
    """Skips a test whose browser is not there, loudly; in CI it must be."""
    if not achado:
        frase = f"PULADO: o painel NÃO foi aberto em um navegador, porque falta {o_que} (.ci/run instala)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(frase)


@contextmanager
def aberto(*argumentos: str) -> Iterator[Any]:
    """Yields the browser, run with these arguments; it is closed at the end."""
    programa = shutil.which("chromium-headless-shell")
    exigir(programa, "chromium-headless-shell")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        exigir(None, "playwright")
        raise
    try:
        with sync_playwright() as p:
            navegador = p.chromium.launch(executable_path=programa, args=list(argumentos))
            try:
                yield navegador
            finally:
                navegador.close()
    finally:
        # Playwright leaves the pipes of its driver to the collector; what it says of them would fail a later test.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@dataclass
class Aba:
    """A page of one browser context, with what its console said. `pagina` is Playwright's."""

    pagina: Any
    ditos: list[str] = field(default_factory=list)

    def ir(self, caminho: str) -> Any:
        """Opens a path, and waits until the script runs."""
        return self.pagina.goto(caminho, wait_until="load")

    def violacoes(self) -> list[str]:
        """Returns what axe finds serious or critical. Its source is evaluated: the policy of the page lets no script
        tag in."""
        self.pagina.evaluate(axe())
        achadas = self.pagina.evaluate(
            "regras => axe.run(document, {runOnly: {type: 'tag', values: regras}, resultTypes: ['violations']})",
            list(REGRAS),
        )["violations"]
        return [f"{v['id']}: {[n['target'] for n in v['nodes']][:3]}" for v in achadas if v["impact"] in GRAVES]

    def largura(self) -> int:
        """Returns how wide the content is."""
        return int(self.pagina.evaluate("document.documentElement.scrollWidth"))


@contextmanager
def aba(navegador: Any, endereco: str, **como: Any) -> Iterator[Aba]:
    """Yields a page of a context of its own. `como`: what Playwright's contexts take (viewport, color_scheme, …)."""
    contexto = navegador.new_context(base_url=endereco, locale="pt-BR", **como)
    try:
        nova = Aba(contexto.new_page())
        nova.pagina.set_default_timeout(60_000)
        nova.pagina.on("console", lambda m: m.type in ("error", "warning") and nova.ditos.append(m.text))
        nova.pagina.on("pageerror", lambda erro: nova.ditos.append(str(erro)))
        yield nova
    finally:
        contexto.close()


def entrar(na: Aba, email: str, senha: str) -> None:
    """Comes in as a person does."""
    na.ir("/entrar")
    na.pagina.get_by_role("textbox", name="E-mail", exact=True).fill(email)
    na.pagina.get_by_label("Senha", exact=True).fill(senha)
    na.pagina.get_by_role("button", name="Entrar", exact=True).click()
    na.pagina.wait_for_url(lambda url: "/entrar" not in url)
