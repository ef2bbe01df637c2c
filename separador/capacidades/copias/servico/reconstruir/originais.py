"""Finds the originals that the database does not know, registers them, and asks SEFAZ about those without an answer."""

import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from separador.banco import ao_lado, arquivos, pedidos
from separador.banco.arquivos import Ficha
from separador.banco.conexao import Banco, texto_de
from separador.capacidades.copias.servico.destino import CopiaError
from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.banco.documentos import Achado, NovoDocumento
from separador.capacidades.cte.dominio.colunas import colunas
from separador.capacidades.cte.dominio.pedido import TipoDePedido
from separador.fiscal.preparo import ContextoPreparo, Preparado, SemCertificado, preparar
from separador.fiscal.resumo import Resumo
from separador.motor.contexto import Contexto
from separador.nucleo import capacidade
from separador.nucleo.etapa import Desfecho, Etapa
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.nome_de_saida import base_da_entrada
from separador.nucleo.rota import Rota, candidatas
from separador.nucleo.situacao import Situacao
from separador.pastas.erros import traduzindo

if TYPE_CHECKING:
    from separador.capacidades.copias.servico.reconstruir.obra import Feito

GRUPO = 20
QUEM = "reconstrução"
_EXPORTACAO = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?.*?\?>|<!--.*?-->|\s)*<(?:CTe|CTeSimp|CTeOS|GTVe)[\s>]", re.DOTALL
)
"""How the bytes of an export begin; a return that brings a document begins otherwise."""
_CHAVE = re.compile(rb"<infCte\b[^>]*\bId\s*=\s*[\"']CTe([0-9]{6}[A-Z0-9]{12}[0-9]{26})[\"']")


_EMISSAO = re.compile(rb"<dhEmi>([0-9T:+-]{19,25})</dhEmi>")


@dataclass(frozen=True, slots=True)
class Original:
    """An original of a document as it lies in the archive. `numero`: that its name begins with; `nome`: as it came."""

    caminho: Path
    relativo: bytes
    numero: int
    nome: bytes

    @property
    def base(self) -> bytes:
        """Returns the base of the names of its answers."""
        return base_da_entrada(self.nome)[0]


def procurar(banco: Banco, dados: Path) -> dict[str, list[Original]]:
    """Returns the unknown originals of documents by key, in the order in which they came. Raises `FalhaDePasta`."""
    achados: dict[str, list[Original]] = {}
    for dia in _dias(dados / "arquivo"):
        with traduzindo(dia), os.scandir(os.fsencode(dia)) as itens:
            nomes = [i.name for i in itens if i.is_file(follow_symlinks=False)]
            for nome in ao_lado.fora_do_arquivo(banco, nomes):
                numero = ao_lado.numero_do_original(nome)
                caminho = dia / os.fsdecode(nome)
                comeco = _comeco(caminho)
                chave = _CHAVE.search(comeco) if _EXPORTACAO.match(comeco) else None
                if numero is None or chave is None:
                    continue
                relativo = os.fsencode(caminho.relative_to(dados))
                achado = Original(caminho, relativo, numero, nome.partition(b"_")[2])
                achados.setdefault(chave[1].decode(), []).append(achado)
    for lista in achados.values():
        lista.sort(key=lambda o: (o.relativo.rpartition(b"/")[0], o.numero))
    return achados


def _dias(arquivo: Path) -> Iterator[Path]:
    for dia in sorted(arquivo.glob("[0-9]*/[0-9]*/[0-9]*")):
        if dia.is_dir() and not dia.is_symlink():
            yield dia


def _comeco(caminho: Path) -> bytes:
    with open(os.open(caminho, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW), "rb") as aberto:
        return aberto.read(16_384)


def ler(caminho: Path) -> bytes:
    """Returns the content of a file of ours. Raises OSError."""
    with open(os.open(caminho, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW), "rb") as aberto:
        return aberto.read(capacidade.LIMITE_BYTES)


def rota_padrao(contexto: Contexto) -> Rota:
    """Returns the first active route that transmits. Raises `CopiaError`."""
    rota = next((r for r in contexto.rotas if r.ativo and r.transmite), None)
    if rota is None:
        raise CopiaError(
            "A configuração não tem rota ativa que transmita documentos; sem ela eles não têm de quem ser."
        )
    return rota


def rota_de(contexto: Contexto, nome: bytes | None, emitente: str) -> Rota:
    """Returns the route that a document most likely came by: that of the newest document of its emitter, when the name
    fits it, else the one that the name fits best. Raises `CopiaError`."""
    ativas = [r for r in contexto.rotas if r.ativo and r.transmite]
    servem = candidatas(nome, ativas) if nome is not None else ativas
    linha = contexto.banco.uma(
        "SELECT rota_id FROM documento INDEXED BY documento_emitente WHERE emitente = ? ORDER BY atualizado_em DESC"
        " LIMIT 1",
        emitente,
    )
    usada = int(linha["rota_id"]) if linha is not None else None
    return next((r for r in servem if r.id == usada), None) or next(iter(servem), None) or rota_padrao(contexto)


def registrar(contexto: Contexto, original: Original | None, chave: str, rota: Rota, quando: str) -> int:
    """Registers the original as delivered, where it lies. Without one the row tells only of the document. Returns the
    number of its row: that of its name, unless another file has it by now."""
    banco = contexto.banco
    numero = arquivos.proximo_id(banco)
    livre = original is not None and banco.uma("SELECT 1 FROM arquivo WHERE id = ?", original.numero) is None
    ficha = Ficha(
        lote="", nome=f"{chave}-cte.xml".encode(), trabalho="", rota_id=rota.id or 0, regra=rota.regra,
        tomado_em=quando, id=original.numero if original is not None and livre else numero, chave=chave,
        etapa=Etapa.CONCLUIDO,
        resultado=Desfecho.ENTREGUE, motivo="reconstruído a partir dos arquivos", terminado_em=quando,
    )  # fmt: skip
    if original is not None:
        with traduzindo(original.caminho.parent):
            dados = ler(original.caminho)
            ficha.tomado_em = texto_de(datetime.fromtimestamp(os.lstat(original.caminho).st_mtime, UTC))
        ficha.nome, ficha.guardado_em = original.nome, original.relativo
        ficha.tamanho, ficha.sha256 = len(dados), sha256(dados).hexdigest()
    ficha.lote = f"reconstrucao-{ficha.id}"
    arquivos.gravar(banco, ficha)
    return ficha.id


@dataclass(slots=True)
class _Refeitos:
    """The versions of one document that were signed again, in order, and why the others were not."""

    versoes: list[Preparado] = field(default_factory=list)
    porque: str = ""


def completar(
    contexto: Contexto,
    feito: "Feito",
    achados: Mapping[str, list[Original]],
    quem: str,
    andou: Callable[[int], None],
) -> None:
    """Registers as NÃO ENVIADO what has an original and no processed document, and has SEFAZ asked about it, and about
    what still waits for an answer: one order each, which the service carries out within the limits of use."""
    fila = iter(sorted(achados))
    while grupo := list(islice(fila, GRUPO)):
        with contexto.banco.transacao():
            for chave in grupo:
                if documentos.por_chave(contexto.banco, chave) is None:
                    _sem_processado(contexto, feito, chave, achados[chave], quem)
        andou(len(grupo))
    with contexto.banco.transacao():
        linhas = contexto.banco.todas(
            "SELECT chave FROM documento INDEXED BY documento_a_espera WHERE situacao IN ('AGUARDANDO RETORNO',"
            " 'AGUARDANDO RETORNO DE CANCELAMENTO')"
        )
        for linha in linhas:
            feito.perguntas += _perguntar(contexto, linha["chave"])


def _sem_processado(contexto: Contexto, feito: "Feito", chave: str, lista: list[Original], quem: str) -> None:
    refeitos = _refazer(contexto, lista)
    if not refeitos.versoes:
        if refeitos.porque:
            feito.problemas.append(f"{lista[-1].caminho.parent / mostrar(lista[-1].nome)}: {refeitos.porque}")
        return
    p, r, quando = refeitos.versoes[-1], refeitos.versoes[-1].resumo, contexto.quando()
    if not isinstance(r, Resumo):
        return
    rota = rota_de(contexto, lista[-1].nome, r.emitente)
    novo = NovoDocumento(
        chave=chave,
        tipo=p.tipo.value,
        modelo=r.modelo,
        serie=r.serie,
        numero=r.numero,
        emitente=r.emitente,
        tp_amb=r.tp_amb,
        digest=p.digest,
        carga=None,
        rota_id=rota.id or 0,
        base=lista[-1].base,
        arquivo_id=registrar(contexto, lista[-1], chave, rota, quando),
        colunas=colunas(dh_emi=r.dh_emi, tomador=r.tomador, fim=r.fim, valor=r.valor),
    )
    achado = Achado(Situacao.NAO_ENVIADO)
    documento_id = documentos.reconstruir(contexto.banco, novo, achado, zlib.compress(p.assinado, 1), quando, quem)
    for outra in refeitos.versoes[:-1]:
        documentos.guardar_versao(contexto.banco, documento_id, outra.digest, zlib.compress(outra.assinado, 1), quando)
    feito.documentos += 1
    feito.perguntas += _perguntar(contexto, chave)


def _refazer(contexto: Contexto, lista: list[Original]) -> _Refeitos:
    """Signs the originals again, as of the instant of their emission: signing is deterministic, so SEFAZ's answer finds
    the same digest. What the program refused then, it refuses now, and it is no document."""
    refeitos = _Refeitos()
    for original in lista:
        with traduzindo(original.caminho.parent):
            dados = ler(original.caminho)
            veio = _emissao(dados) or datetime.fromtimestamp(os.lstat(original.caminho).st_mtime, UTC)
        tp_amb = contexto.config.ambiente.tp_amb
        assinadores = {e.cnpj: a for e in contexto.config.empresas if (a := contexto.assinador(e.cnpj)) is not None}
        p = preparar(dados, ContextoPreparo(tp_amb, veio, assinadores, contexto.inclusoes))
        if isinstance(p, Preparado):
            refeitos.versoes.append(p)
        elif isinstance(p, SemCertificado):
            refeitos.porque = f"não há certificado de {p.cnpj} para assinar de novo; consulte: cte consultar {p.chave}"
    return refeitos


def _emissao(dados: bytes) -> datetime | None:
    """Returns when the document says it was issued. The file's own time may be that of a copy."""
    dita = _EMISSAO.search(dados)
    try:
        quando = datetime.fromisoformat(dita[1].decode("ascii")) if dita is not None else None
    except ValueError:
        return None
    return quando if quando is not None and quando.tzinfo is not None else None


def _perguntar(contexto: Contexto, chave: str) -> int:
    """Orders one consultation of the key, once for all runs. Returns how many orders were given."""
    dada = contexto.banco.uma("SELECT 1 FROM tarefa WHERE chave = ? AND quem = ? LIMIT 1", chave, QUEM)
    if dada is not None:
        return 0
    pedidos.registrar(contexto.banco, TipoDePedido.CONSULTAR.value, chave, None, QUEM, contexto.quando())
    return 1
