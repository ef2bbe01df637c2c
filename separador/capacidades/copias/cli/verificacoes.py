"""Says for `separador verificar` how old the newest copy is, and when one was last rehearsed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from separador.banco.instante import instante_de
from separador.capacidades.copias.servico import estado
from separador.cli.base.constatacao import AVISO, CERTO, Constatacao, Exame
from separador.nucleo.texto.quantidade import quantos

_O_QUE = "cópia de segurança"
_VELHA = timedelta(days=8)
_SEM_ENSAIO = timedelta(days=45)


def idade(exame: Exame) -> Iterator[Constatacao]:
    """Only warns: an installation may be copied by other means."""
    sabida = estado.mais_nova(exame.config.dados)
    if sabida is None:
        yield Constatacao(_O_QUE, AVISO, "Nenhuma foi feita por este programa.", "separador copia fazer DESTINO")
        return
    pasta, dito = sabida
    desde = _desde(dito.get("feita"), exame.agora)
    if desde is None:
        yield Constatacao(_O_QUE, AVISO, f"Não sei de quando é a de {pasta}.", f"separador copia fazer {pasta}")
        return
    texto = f"A mais nova é de {_ha(desde)}, em {pasta}"
    ensaiada = _desde(dito.get("ensaiada"), exame.agora)
    if desde > _VELHA:
        yield Constatacao(_O_QUE, AVISO, f"{texto}.", f"separador copia fazer {pasta}")
    elif ensaiada is None or ensaiada > _SEM_ENSAIO:
        quando = "nunca foi ensaiada" if ensaiada is None else f"o último ensaio é de {_ha(ensaiada)}"
        yield Constatacao(_O_QUE, AVISO, f"{texto}; {quando}.", f"separador copia ensaio {pasta}")
    elif dito.get("ensaio") != "certo":
        yield Constatacao(
            _O_QUE, AVISO, f"O ensaio não serviu: {dito.get('ensaio')}.", f"separador copia ensaio {pasta}"
        )
    else:
        yield Constatacao(_O_QUE, CERTO, f"{texto}; o último ensaio, certo, é de {_ha(ensaiada)}.")


def _desde(texto: str | None, agora: datetime) -> timedelta | None:
    try:
        return agora - instante_de(texto or "")
    except ValueError:
        return None


def _ha(tempo: timedelta) -> str:
    if tempo < timedelta(hours=1):
        return "há menos de uma hora"
    if tempo < timedelta(days=2):
        return f"há {quantos(int(tempo.total_seconds() // 3600), 'hora', 'horas')}"
    return f"há {quantos(tempo.days, 'dia', 'dias')}"
