"""Writes back into the database what the files beside it know and it does not. Runs while the service is stopped.

Everything is done in small transactions, each of which leaves less to do: a run that was cut short is simply repeated.
No file is written, moved or published.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path

from separador.banco import ao_lado, falhas
from separador.banco.conexao import Banco, texto_de
from separador.banco.publicacoes import PUBLICADA
from separador.capacidades.copias.servico.reconstruir import originais, processados
from separador.configuracao import Configuracao
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.nucleo.nome_de_arquivo import PASTA_PROPRIA, mostrar
from separador.nucleo.rota import Rota, atribuir_ids
from separador.pastas.erros import traduzindo

GRUPO = 50
"""Files whose rows are committed together."""


@dataclass(slots=True)
class Feito:
    """What was written back: new documents, documents whose situação was brought up, events, files known again,
    questions for SEFAZ. `problemas`: files that could not be, each with its reason (Portuguese)."""

    documentos: int = 0
    atualizados: int = 0
    eventos: int = 0
    arquivos: int = 0
    perguntas: int = 0
    problemas: list[str] = field(default_factory=list)


def reconstruir(contexto: Contexto, quem: str, andou: Callable[[int], None] = lambda _: None) -> Feito:
    """Does all of it. `contexto` has the certificates in force and the routes with their ids. Raises sqlite3.Error,
    OSError, `FalhaDePasta`."""
    feito = Feito()
    banco, dados = contexto.banco, contexto.dados
    achados = originais.procurar(banco, dados)
    novos = list(_desconhecidos_do_fiscal(banco, dados))
    cancelados = {n[:44].decode() for _, n in novos if processados.e_cancelamento(n)}
    # A document before its events: an event of a document that is not there yet would stand alone.
    novos.sort(key=lambda par: processados.e_evento(par[1]))
    fila = iter(novos)
    while grupo := list(islice(fila, GRUPO)):
        with banco.transacao():
            for pasta, nome in grupo:
                _um(contexto, feito, pasta, nome, achados, cancelados, quem)
        andou(len(grupo))
    originais.completar(contexto, feito, achados, quem, andou)
    if not feito.problemas:
        _dar_por_sabido(contexto, quem)
    return feito


def _desconhecidos_do_fiscal(banco: Banco, dados: Path) -> Iterator[tuple[Path, bytes]]:
    """Yields folder and name of the processed documents and events that the database does not know."""
    raiz = dados / "fiscal"
    for mes in sorted(p for p in raiz.iterdir() if p.is_dir() and not p.is_symlink()) if raiz.is_dir() else []:
        with traduzindo(mes), os.scandir(os.fsencode(mes)) as itens:
            nomes = sorted(
                i.name for i in itens if i.is_file(follow_symlinks=False) and not i.name.startswith(PASTA_PROPRIA)
            )
        yield from ((mes, nome) for nome in ao_lado.fora_do_fiscal(banco, nomes))


def _um(
    contexto: Contexto,
    feito: Feito,
    pasta: Path,
    nome: bytes,
    achados: Mapping[str, list[originais.Original]],
    cancelados: set[str],
    quem: str,
) -> None:
    """Writes back one processed document or event, or says why not."""
    with traduzindo(pasta):
        dados = originais.ler(pasta / os.fsdecode(nome))
    lido = processados.entender(dados, nome)
    if isinstance(lido, str):
        feito.problemas.append(f"{pasta / mostrar(nome)}: {lido}")
        return
    obra = processados.Escrita(contexto, contexto.quando(), quem, achados, cancelados)
    if isinstance(lido, processados.Evento):
        evento_id = obra.evento(lido)
        documento_id = None
        feito.eventos += 1
    else:
        documento_id, novo = obra.documento(lido)
        evento_id = None
        if documento_id is None:
            feito.problemas.append(f"{pasta / mostrar(nome)}: o banco tem outro conteúdo sob esta chave")
            return
        feito.documentos += novo
        feito.atualizados += not novo
    feito.arquivos += 1
    _publicacoes(contexto, pasta, nome, lido.sha256, documento_id, evento_id)


def _publicacoes(
    contexto: Contexto, pasta: Path, nome: bytes, sha256: str, documento_id: int | None, evento_id: int | None
) -> None:
    """Records as published what lies in `fiscal`, and its copy and return for the WMS: they went out before, and
    whoever looks whether they did must find them."""
    retorno = str(contexto.retorno_da_rota(originais.rota_padrao(contexto).id or 0, pasta))
    tipos = [(saidas.FISCAL, str(pasta)), (saidas.PROCESSADO, retorno)]
    if evento_id is not None:
        tipos.append((saidas.RETORNO, retorno))
    quando = contexto.quando()
    contexto.banco.conn.executemany(
        "INSERT INTO publicacao (documento_id, evento_id, tipo, pasta, nome, sha256, estado, criada_em, publicada_em)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(documento_id, evento_id, tipo, onde, nome, sha256, PUBLICADA, quando, quando) for tipo, onde in tipos],
    )


def _dar_por_sabido(contexto: Contexto, quem: str) -> None:
    """Closes the failure of the older database: what lies there until now is known.

    Whoever looks counts in whole seconds, so the present one counts as over.
    """
    quando = texto_de(contexto.agora() + timedelta(seconds=1))
    with contexto.banco.transacao():
        aberta = contexto.banco.uma(
            "SELECT 1 FROM falha WHERE codigo = ? AND encerrada_em IS NULL LIMIT 1", ao_lado.CODIGO
        )
        if aberta is None:
            contexto.banco.execute(
                "INSERT INTO falha (assunto, codigo, motivo, o_que_fazer, desde) VALUES ('banco', ?, ?, '', ?)",
                (ao_lado.CODIGO, "O banco foi refeito a partir dos arquivos.", quando),
            )
        falhas.encerrar(contexto.banco, "banco", quando, f"dispensada por {quem}: banco refeito", ao_lado.CODIGO)


def com_ids(config: Configuracao, banco: Banco) -> tuple[Rota, ...]:
    """Returns the routes as the service numbers them."""
    return atribuir_ids(config.rotas, {int(r["id"]): str(r["assinatura"]) for r in banco.todas("SELECT * FROM rota")})
