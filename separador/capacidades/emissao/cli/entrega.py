"""Drops a load into the origin of its route, and waits for its answer."""

import json
import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from separador.capacidades.emissao.banco.leitura import arquivo_solto, ultimo_arquivo
from separador.cli.base import leitura
from separador.cli.base.comum import Saida, sair
from separador.configuracao import Configuracao
from separador.motor.trava import quem_detem
from separador.nucleo.nome_de_saida import resposta_de_pedido
from separador.nucleo.rota import Rota, pasta_de_retorno
from separador.nucleo.texto.razao import razao
from separador.pastas.disco import renomear_sem_sobrepor
from separador.pedidos.dono import em_nome_do_dono

ESPERA_S = 10.0
_PASSO_S = 0.05


@dataclass(frozen=True, slots=True)
class Entregue:
    """What became of a load that was dropped: the answer, in the shape of the contract."""

    certa: bool
    corpo: dict[str, object]


def entregar(config: Configuracao, rota: Rota, nome: str, dados: bytes) -> Entregue:
    """Drops and waits. Ends the command (3) when no service runs, or it does not answer in time."""
    if quem_detem(config.dados) is None:
        sair(Saida.SEM_SERVICO, "O serviço está desligado; nada foi solto. Para ligar: separador iniciar")
    resposta = pasta_de_retorno(rota, config.rotas) / os.fsdecode(resposta_de_pedido(os.fsencode(nome)).inteiro)
    antes = _marca(resposta)
    with leitura.lendo(config.dados) as banco:
        ultimo = ultimo_arquivo(banco) if banco is not None else 0
        _soltar(config, rota.origem, nome, dados)
        limite, feita = time.monotonic() + ESPERA_S, None
        while feita is None and time.monotonic() < limite:
            time.sleep(_PASSO_S)
            linha = arquivo_solto(banco, nome, rota.id or 0, ultimo) if banco is not None else None
            feita = _respondida(resposta, antes) or _decidida(nome, linha, resposta)
    if feita is None:
        onde = f"A carga está na origem da rota {rota.id}, e a resposta sairá em {resposta}."
        sair(Saida.SEM_SERVICO, f"O serviço não respondeu em {ESPERA_S:.0f} s. {onde}")
    return feita


def _respondida(resposta: Path, antes: tuple[int, int, int] | None) -> Entregue | None:
    """Returns the answer that was published since."""
    corpo = _lida(resposta) if _marca(resposta) not in (None, antes) else None
    return Entregue(corpo["resultado"] != "recusada", corpo) if corpo is not None else None


def _decidida(nome: str, linha: sqlite3.Row | None, resposta: Path) -> Entregue | None:
    """Returns what the database tells of a load whose answer is not there: it is held, or somebody collected it."""
    if linha is None:
        return None
    if linha["desfecho"] is None:
        return Entregue(False, _resumo(nome, "retida", linha)) if linha["espera_por"] else None
    certa = linha["desfecho"] in ("entregue", "duplicado")
    resumo = _resumo(nome, "gerada" if certa else "recusada", linha)
    return Entregue(certa, resumo) if _marca(resposta) is None else None


def _soltar(config: Configuracao, origem: Path, nome: str, dados: bytes) -> None:
    """Writes the file under a name that nobody takes, and gives it its own in one step."""
    provisorio = origem / f".{nome}.{token_hex(4)}.tmp"
    try:
        with em_nome_do_dono(config.dados):
            try:
                with provisorio.open("xb") as aberto:
                    aberto.write(dados)
                    aberto.flush()
                    os.fsync(aberto.fileno())
                renomear_sem_sobrepor(os.fsencode(provisorio), os.fsencode(origem / nome))
            finally:
                provisorio.unlink(missing_ok=True)
    except FileExistsError:
        sair(Saida.RECUSADO, f"Já há um arquivo {nome} em {origem}; nada foi solto.")
    except OSError as erro:
        sair(Saida.RECUSADO, f"Não consegui soltar a carga em {origem} ({razao(erro)}).")


def _marca(caminho: Path) -> tuple[int, int, int] | None:
    try:
        visto = caminho.stat()
    except OSError:
        return None
    return visto.st_ino, visto.st_mtime_ns, visto.st_size


def _lida(caminho: Path) -> dict[str, object] | None:
    try:
        lido = json.loads(caminho.read_bytes())
    except (OSError, ValueError):
        return None
    return lido if isinstance(lido, dict) else None


def _resumo(nome: str, resultado: str, linha: sqlite3.Row) -> dict[str, object]:
    retida = resultado == "retida"
    por = "SEP-CARGA-COMPLEMENTAR" if str(linha["espera_por"]).startswith("complementar") else "SEP-SEM-CERTIFICADO"
    mensagem = "A carga está retida; o que falta: separador falhas" if retida else linha["motivo"]
    return {
        "carga": None, "arquivo": nome, "resultado": resultado, "codigo": por if retida else linha["codigo"],
        "mensagem": mensagem, "documentos": [], "terceiros": [], "avisos": [], "erros": [],
        "quando": linha["terminado_em"],
    }  # fmt: skip
