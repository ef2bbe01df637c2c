"""Rehearses a copy: puts it back into a folder of its own, as another installation that reaches nobody.

What the copied database had under way is ended there before the service starts, so that the rehearsal touches no folder
of the real routes and calls nobody. Its network is a closed port of this machine, its routes are folders of its own.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from separador.banco import procedencia
from separador.banco.conexao import Banco, abrir, texto_de
from separador.capacidades.copias.dominio.manifesto import Fatos
from separador.capacidades.copias.servico import banco as copiado
from separador.capacidades.copias.servico import configuracao
from separador.capacidades.copias.servico.destino import CopiaError
from separador.capacidades.copias.servico.reconstruir.obra import reconstruir
from separador.capacidades.copias.servico.reconstruir.preparo import contexto_de
from separador.cofre import chave_mestra
from separador.configuracao import Configuracao, Invalida, carregar
from separador.motor.relogio import Relogio
from separador.motor.soquete.parte import SEM_SOQUETE
from separador.nucleo.erro import Recusa
from separador.pastas.posse import instalacao

NINGUEM = "127.0.0.1:9"
"""Where every call of the rehearsal goes: the port `discard` of this machine, where nobody listens."""
MOVER, VALIDAR = ("ensaio/mover", "ensaio/movido"), ("ensaio/validar", "ensaio/validado")
_TEXTO = b"ensaio da copia\n"
_ACABAR = (
    "UPDATE publicacao SET estado = 'retirada', provisorio = NULL WHERE estado = 'preparada'",
    "UPDATE transmissao SET estado = 'retirada' WHERE estado IN ('pendente', 'enviando', 'respondida', 'desconhecida')",
    "UPDATE documento SET proxima_acao = NULL, proxima_em = NULL WHERE proxima_em IS NOT NULL",
    "UPDATE evento SET proxima_em = NULL WHERE proxima_em IS NOT NULL",
    "UPDATE tarefa SET estado = 'recusada' WHERE estado = 'pendente'",
    "UPDATE tarefa SET estado = 'recusada' WHERE estado = 'aceita'",
    "UPDATE arquivo SET desfecho = 'quarentena', resultado = 'quarentena', espera_por = NULL WHERE desfecho IS NULL",
    "DELETE FROM impressao",
    "DELETE FROM impressao_de_evento",
)
_ESPERADOS = ("certificado", "endereços", "autoridades", "e-CAC", "emissão", "dacte", "cópia", "serviço")
"""Findings of `verificar` that are about what a rehearsal does without."""


@dataclass(slots=True)
class Ensaio:
    """What was seen. `problemas` (Portuguese) is empty when the copy served."""

    documentos: int = 0
    refeitos: int = 0
    validado: str = "nenhum original na cópia"
    problemas: list[str] = field(default_factory=list)


def preparar(pasta: Path, fatos: Fatos, agora: datetime) -> Configuracao:
    """Makes what was restored an installation of its own, with routes of its own. Returns its configuration.

    Raises `CopiaError`, sqlite3.Error, OSError.
    """
    restaurada = carregar(pasta / configuracao.ARQUIVO)
    if isinstance(restaurada, Invalida):
        raise CopiaError(f"A configuração da cópia não vale aqui: {'; '.join(map(str, restaurada.erros[:3]))}.")
    arquivo = pasta / "config" / "ensaio.yaml"
    arquivo.write_text(yaml.safe_dump(_configuracao(restaurada, fatos), allow_unicode=True), encoding="utf-8")
    config = carregar(arquivo)
    if isinstance(config, Invalida):
        raise CopiaError(f"A configuração do ensaio não vale aqui: {'; '.join(map(str, config.erros[:3]))}.")
    nova = instalacao.renovar(config.dados, agora)
    with closing(abrir(config.dados)) as banco:
        procedencia.tomar(banco, nova.id, texto_de(agora))
    return config


def _configuracao(c: Configuracao, fatos: Fatos) -> dict[str, Any]:
    rotas = [
        {"id": 9001, "ativo": True, "regra": "mover", "origem": MOVER[0], "destino": MOVER[1], "arquivo": ".txt"},
        {"id": 9002, "ativo": True, "regra": "cte-validar", "origem": VALIDAR[0], "destino": VALIDAR[1],
         "arquivo": ".xml"},
    ]  # fmt: skip
    return {
        "raiz": "..",
        "dados": fatos.dados,
        "ambiente": c.ambiente.value,
        "tempo_leitura": 1,
        "trabalhadores": 0,
        "reserva_disco_mb": 0,
        "empresas": [{"cnpj": e.cnpj, "nome": e.nome, "uf": e.uf} for e in c.empresas],
        "sefaz": {"proxy": f"http://{NINGUEM}", "simulador": f"https://{NINGUEM}"},
        "rotas": rotas,
    }


def completar_banco(restaurada: Configuracao, relogio: Relogio, ambiente: Mapping[str, str], ensaio: Ensaio) -> None:
    """Makes the database whole, as after a loss, and ends what it had under way. `restaurada` names the real routes;
    none of their folders is looked at."""
    with closing(abrir(restaurada.dados)) as banco:
        feito = reconstruir(contexto_de(restaurada, banco, relogio, ambiente), "ensaio")
        ensaio.refeitos = feito.documentos + feito.atualizados
        ensaio.problemas += feito.problemas[:5]
        _acabar(banco)


def _acabar(banco: Banco) -> None:
    with banco.transacao():
        for sql in _ACABAR:
            banco.execute(sql)


def chave_para(dados: Path | None, ambiente: Mapping[str, str]) -> dict[str, str]:
    """Returns the master key of this machine's installation as a variable for the rehearsal; nothing without one."""
    mestra = chave_mestra.obter(dados or Path("/nonexistent"), ambiente)
    if isinstance(mestra, Recusa):
        return {}
    return {chave_mestra.VARIAVEL: " ".join(chave_mestra.escrever(c) for c in mestra.chaves)}


def contar(dados: Path, fatos: Fatos, ensaio: Ensaio) -> None:
    """Compares the documents of the restored database with those that the copy counted."""
    with copiado.lendo(dados / copiado.ARQUIVO) as c:
        achados = copiado.documentos(c)
    ensaio.documentos = sum(achados.values())
    if achados != fatos.documentos:
        ensaio.problemas.append(f"O banco restaurado tem {achados}, e a cópia contou {fatos.documentos}.")


def original_da(config: Configuracao) -> Path | None:
    """Returns the newest archived original of a document that lies in the restored folder; None when there is none."""
    with closing(abrir(config.dados, migrar=False)) as banco:
        linhas = banco.todas(
            "SELECT a.guardado_em FROM documento d JOIN arquivo a ON a.id = d.arquivo_id"
            " WHERE d.id > (SELECT max(id) FROM documento) - 1000 AND a.guardado_em IS NOT NULL"
            " AND a.regra = 'cte-envio' ORDER BY d.id DESC"
        )
    caminhos = (config.dados / os.fsdecode(r["guardado_em"]) for r in linhas)
    return next((c for c in caminhos if c.is_file()), None)


@contextmanager
def ligado(config: Configuracao, ambiente: Mapping[str, str]) -> Iterator[None]:
    """Runs the service of the rehearsal for the time of the block, in a group of its own that ends with it."""
    limpo = {n: v for n, v in ambiente.items() if not n.startswith(("NOTIFY_", "WATCHDOG_", "LISTEN_"))}
    saida = (config.raiz / "ensaio.saida").open("wb")
    with saida:
        filho = subprocess.Popen(  # noqa: S603 -- our own interpreter
            [sys.executable, "-m", "separador", "--config", str(config.arquivo), "executar"],
            env={**limpo, SEM_SOQUETE: "1"}, stdin=subprocess.DEVNULL, stdout=saida, stderr=saida, cwd=config.raiz,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield
    finally:
        filho.send_signal(signal.SIGTERM)
        try:
            filho.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(filho.pid, signal.SIGKILL)
            filho.wait()


def mandar(config: Configuracao, original: Path | None, prazo_s: float, ensaio: Ensaio) -> None:
    """Sends one file through `mover`, and one original through `cte-validar`, and waits for both."""
    _por(config.raiz / MOVER[0] / "ensaio.txt", _TEXTO)
    esperados = {"mover": config.raiz / MOVER[1] / "ensaio.txt"}
    if original is not None:
        _por(config.raiz / VALIDAR[0] / "ensaio.xml", original.read_bytes())
        esperados["cte-validar"] = config.raiz / VALIDAR[1] / "ensaio-ret.json"
    fim = time.monotonic() + prazo_s
    while not all(p.is_file() for p in esperados.values()) and time.monotonic() < fim:
        time.sleep(0.1)
    faltam = [regra for regra, p in esperados.items() if not p.is_file()]
    if faltam:
        fala = (config.raiz / "ensaio.saida").read_bytes()[-300:].decode("utf-8", "replace").strip()
        ensaio.problemas.append(f"O serviço restaurado não respondeu por {' nem '.join(faltam)}. {fala}".rstrip())
        return
    if esperados["mover"].read_bytes() != _TEXTO:
        ensaio.problemas.append("O arquivo que passou por mover não é o que foi solto.")
    if original is not None:
        ensaio.validado = str(json.loads(esperados["cte-validar"].read_bytes()).get("codigo"))


def _por(caminho: Path, dados: bytes) -> None:
    novo = caminho.with_name(f".{caminho.name}.novo")
    novo.write_bytes(dados)
    novo.replace(caminho)


def verificar(config: Configuracao, ambiente: Mapping[str, str], ensaio: Ensaio, *, com_externos: bool) -> None:
    """Runs `separador verificar --completo` there. What a rehearsal does without is no problem."""
    feito = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-m", "separador", "--config", str(config.arquivo), "verificar", "--completo", "--json"],
        env={**ambiente, SEM_SOQUETE: "1"}, capture_output=True, check=False, cwd=config.raiz,
    )  # fmt: skip
    try:
        achadas = json.loads(feito.stdout)
    except ValueError:
        ensaio.problemas.append(f"verificar não respondeu (código {feito.returncode}).")
        return
    for c in achadas:
        if c["verificacao"] == "comprovantes" and com_externos:
            continue  # they go back to a folder that is not the rehearsal's
        if c["estado"] == "erro" and not str(c["verificacao"]).startswith(_ESPERADOS):
            ensaio.problemas.append(f"verificar: {c['verificacao']}: {c['mensagem']}")
