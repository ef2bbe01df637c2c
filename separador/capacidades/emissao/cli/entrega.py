"""Drops a load into the origin of its route, and waits for its answer."""

import json
import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from separador.capacidades.emissao.banco.leitura import arquivo_solto, ultimo_arquivo
from separador.capacidades.emissao.banco.respostas import resposta_ao_arquivo
from separador.cli.base import leitura
from separador.cli.base.comum import Saida, sair
from separador.configuracao import Configuracao
from separador.motor.trava import quem_detem
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
    with leitura.lendo(config.dados) as banco:
        ultimo = ultimo_arquivo(banco) if banco is not None else 0
        _soltar(config, rota.origem, nome, dados)
        limite, feita = time.monotonic() + ESPERA_S, None
        while feita is None and time.monotonic() < limite:
            time.sleep(_PASSO_S)
            linha = arquivo_solto(banco, nome, rota.id or 0, ultimo) if banco is not None else None
            feita = _decidida(banco, nome, linha) if banco is not None and linha is not None else None
    if feita is None:
        pasta = pasta_de_retorno(rota, config.rotas)
        onde = f"A carga foi solta na origem da rota {rota.id}, e a resposta sairá em {pasta}; o que houve com ela: "
        onde += f"separador rastrear {nome}"
        sair(Saida.SEM_SERVICO, f"O serviço não respondeu em {ESPERA_S:.0f} s. {onde}")
    return feita


def _decidida(banco: sqlite3.Connection, nome: str, linha: sqlite3.Row) -> Entregue | None:
    """Returns what became of a load: its answer, whatever name that has; what the database tells when it is held, or
    when somebody collected the answer already."""
    if linha["desfecho"] is None:
        return Entregue(False, _resumo(nome, "retida", linha)) if linha["espera_por"] else None
    resposta = resposta_ao_arquivo(banco, linha["id"])
    if resposta is not None and not resposta.publicada:
        return None
    corpo = _lida(resposta.caminho) if resposta is not None else None
    if corpo is not None:
        return Entregue(corpo["resultado"] != "recusada", corpo)
    certa = linha["desfecho"] in ("entregue", "duplicado")
    return Entregue(certa, _resumo(nome, "gerada" if certa else "recusada", linha))


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


def _lida(caminho: Path) -> dict[str, object] | None:
    try:
        lido = json.loads(caminho.read_bytes())
    except (OSError, ValueError):
        return None
    return lido if isinstance(lido, dict) else None


_CODIGOS = {"complementar": "SEP-CARGA-COMPLEMENTAR", "cadastros": "SEP-CADASTRO"}
"""What a held load waits for → the code of its failure; it is the certificate otherwise."""


def _resumo(nome: str, resultado: str, linha: sqlite3.Row) -> dict[str, object]:
    retida = resultado == "retida"
    por = _CODIGOS.get(str(linha["espera_por"]).partition(":")[0], "SEP-SEM-CERTIFICADO")
    mensagem = "A carga está retida; o que falta, e o que fazer: separador falhas" if retida else linha["motivo"]
    return {
        "carga": linha["carga"], "arquivo": nome, "resultado": resultado, "codigo": por if retida else linha["codigo"],
        "mensagem": mensagem, "documentos": [], "terceiros": [], "avisos": [], "erros": [],
        "quando": linha["terminado_em"],
    }  # fmt: skip
