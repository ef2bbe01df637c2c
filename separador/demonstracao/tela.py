"""Writes the screen of `separador demo`: one line per step with time and actor, headings, a table."""

import threading
from collections.abc import Callable, Sequence

AZUL, VERDE, AMARELO, VERMELHO, ROXO, FORTE, FRACO = "34", "32", "33", "31", "35", "1", "2"
CORES = {"WMS": AZUL, "separador": VERDE, "SEFAZ": ROXO, "SERPRO": ROXO, "operador": AZUL}
_LADO = max(map(len, CORES))


class Tela:
    """Writes lines. `escrever` takes one line; `cronometro` gives seconds; `largura` in columns, 0 = no limit."""

    def __init__(
        self, escrever: Callable[[str], None], cronometro: Callable[[], float], *, cores: bool, largura: int
    ) -> None:
        self._escrever = escrever
        self._cronometro = cronometro
        self._inicio_s = cronometro()
        self._cores = cores
        self._largura = largura
        self._vez = threading.Lock()

    def passou_s(self) -> float:
        """Returns the seconds since the beginning."""
        return self._cronometro() - self._inicio_s

    def texto(self, linha: str = "", cor: str = "") -> None:
        """Writes one line as it is. Several threads may write at once."""
        with self._vez:
            self._escrever(self._pintar(linha, cor))

    def ato(self, titulo: str) -> None:
        """Writes the heading of a part."""
        regua = "─" * max(3, (self._largura or 100) - len(titulo) - 4)
        self.texto()
        self.texto(f"── {titulo} {regua}", FORTE)

    def passo(self, ator: str, marca: str, sujeito: str, fala: str, cor: str = "") -> None:
        """Writes `  1,23 s  WMS          + pedido-1001-cte.xml        CT-e…`, cut to the terminal's width."""
        tempo = f"{self.passou_s():6.2f} s".replace(".", ",")
        resto = self.caber(f" {marca} {sujeito:<29} {fala}", len(tempo) + _LADO + 3)
        nome = self._pintar(f"{ator:<{_LADO}}", CORES.get(ator, ""))
        self.texto(f"{self._pintar(tempo, FRACO)}  {nome} {self._pintar(resto, cor)}")

    def tabela(self, cabecalho: Sequence[str], linhas: Sequence[tuple[bool, Sequence[str]]]) -> None:
        """Writes columns as wide as their widest value, each line with its ✓ or ✗."""
        todas = [cabecalho, *(valores for _, valores in linhas)]
        larguras = [max(len(v[i]) for v in todas) for i in range(len(cabecalho))]
        self.texto("   " + self.caber(_colunas(cabecalho, larguras), 3), FORTE)
        for certo, valores in linhas:
            marca = self._pintar("✓" if certo else "✗", VERDE if certo else VERMELHO)
            linha = self.caber(_colunas(valores, larguras), 3)
            self.texto(f" {marca} " + self._pintar(linha, "" if certo else VERMELHO))

    def caber(self, texto: str, usadas: int = 0) -> str:
        """Cuts the text to what is left of the terminal's width."""
        livre = max(self._largura - usadas, 20) if self._largura else len(texto)
        return texto if len(texto) <= livre else texto[: livre - 1] + "…"

    def _pintar(self, texto: str, cor: str) -> str:
        return f"\x1b[{cor}m{texto}\x1b[0m" if cor and self._cores else texto


def _colunas(valores: Sequence[str], larguras: Sequence[int]) -> str:
    return "  ".join(v.ljust(n) for v, n in zip(valores, larguras, strict=True)).rstrip()


def curto(texto: str) -> str:
    """Shortens keys, because their 44 digits are too many for a line: `3526…2209`."""
    partes = texto.split("/")
    return "/".join(f"{p[:4]}…{p[40:]}" if p[:44].isalnum() and len(p) >= 44 else p for p in partes)
