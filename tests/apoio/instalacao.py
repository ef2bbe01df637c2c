"""Runs the service inside the test's own process: the real loop on real folders and a real database. The test moves the
clock.

Nothing sleeps: `rodar` lets the loop go on until nothing can move, and moves the clock instead. What this cannot show
(processes, signals, the command line) is tested with `tests.apoio.maquina`.
"""

import functools
import json
import multiprocessing.connection
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer
from typing import Any, Self

import yaml

from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import Banco, abrir, texto_de
from separador.capacidades.cte.banco import documentos
from separador.configuracao import Invalida, carregar
from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE, Empresa
from separador.demonstracao.exportacoes import Exportacao
from separador.motor.ciclo import Ciclo
from separador.motor.contexto import Contexto
from separador.motor.relogio import Relogio
from separador.motor.soquete.parte import SEM_SOQUETE
from separador.motor.systemd import Notificador
from separador.pastas.quem_tem_aberto import preparar_processo
from tests.apoio.certificados import carregar_pfx, chave_rsa
from tests.apoio.maquina import ROTAS, SENHA

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
MOTIVO = "VALOR DO FRETE DIGITADO COM ERRO"
PASSOS = 5000

Resposta = Callable[..., Exportacao]


@contextmanager
def pasta_rapida(senao: Path) -> Iterator[Path]:
    """Gives a folder in memory where there is one. A flush costs nothing there, and these tests need no real disk."""
    memoria = Path("/dev/shm")
    if not os.access(memoria, os.W_OK):
        yield senao
        return
    with tempfile.TemporaryDirectory(prefix="separador-teste-", dir=memoria) as pasta:
        yield Path(pasta)


@functools.cache
def pfx(empresa: Empresa = EMITENTE, dias: int = 365) -> bytes:
    """Returns one throw-away certificate per company and session, opened once: children that are forked know it."""
    dados = gerar_pfx(SENHA, agora=AGORA, empresa=empresa, dias=dias, chave=chave_rsa())
    carregar_pfx(dados, SENHA.encode())
    return dados


@dataclass
class Ponteiros:
    """The values that the clock shows. `monotonico_s` moves only when the test or `rodar` says so."""

    agora: datetime = AGORA
    monotonico_s: float = 1000.0
    contador: int = 0

    def passar(self, segundos: float) -> None:
        """Moves both clocks forward."""
        self.agora += timedelta(seconds=segundos)
        self.monotonico_s += segundos

    def relogio(self) -> Relogio:
        """Returns the clock as the service wants it. A random number is always 0.5."""
        return Relogio(lambda: self.agora, lambda: self.monotonico_s, lambda: 0.5, self._parede_ns)

    def _parede_ns(self) -> int:
        self.contador += 1
        return int(self.agora.timestamp() * 1e9) + self.contador * 1000


@dataclass
class Diario:
    """The log as a list of dicts. `event` is the text; `nivel` is the method that was called."""

    linhas: list[dict[str, Any]] = field(default_factory=list)

    def _anotar(self, nivel: str, event: str = "", **campos: Any) -> None:
        self.linhas.append({"nivel": nivel, "event": event, **campos})

    def __getattr__(self, nivel: str) -> Callable[..., None]:
        if nivel not in {"debug", "info", "warning", "error", "critical", "exception"}:
            raise AttributeError(nivel)
        return functools.partial(self._anotar, nivel)


class Instalacao:
    """An installation under `pasta`. It is opened at once unless `aberta=False`. `opcoes` are keys of the
    configuration."""

    def __init__(
        self,
        pasta: Path,
        *,
        rotas: Sequence[dict[str, Any]] = ROTAS,
        empresas: Sequence[Empresa] = (EMITENTE,),
        com_certificado: bool = True,
        agora: datetime = AGORA,
        aberta: bool = True,
        **opcoes: Any,
    ) -> None:
        self.pasta = pasta
        self.config = pasta / "config" / "separador.yaml"
        self.dados = pasta / str(opcoes.get("dados", "var"))
        self.rotas = [dict(r) for r in rotas]
        self.ponteiros = Ponteiros(agora)
        self.diario = Diario()
        self.opcoes: dict[str, Any] = {
            "raiz": "..", "tempo_leitura": 1, "dados": "var", "perfil_nomes": "padrao", "ambiente": "homologacao",
            "trabalhadores": 0, "reserva_disco_mb": 0,
        } | opcoes  # fmt: skip
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.empresas = [self._empresa(e, com_certificado) for e in empresas]
        self.gravar_config()
        self.dados.mkdir(parents=True, exist_ok=True)
        self._ciclo: Ciclo | None = None
        self._banco: Banco | None = None
        self._pedidos = 0
        if aberta:
            self.abrir()

    # --- life ----------------------------------------------------------------------------------------------------

    def abrir(self) -> None:
        """Starts (or starts again) the service. Recovery comes first."""
        preparar_processo()
        config = carregar(self.config)
        assert not isinstance(config, Invalida), [str(e) for e in config.erros]
        self._banco = abrir(self.dados)
        contexto = Contexto(config, self._banco, self.ponteiros.relogio(), self.diario)  # type: ignore[arg-type]
        self._ciclo = Ciclo(contexto, {"SEPARADOR_SENHA": SENHA, SEM_SOQUETE: "1"}, Notificador(None), avisos=False)
        self._ciclo.iniciar()

    def fechar(self) -> None:
        """Stops in good order. Does nothing when closed."""
        if self._ciclo is not None:
            # The minute that a stop may take is one of the test's clock, which stands: a test that failed with a group
            # in a worker's hands would never end.
            vigia = Timer(30, self.ponteiros.passar, (61,))
            vigia.start()
            try:
                self._ciclo.encerrar()
            finally:
                vigia.cancel()
            self._ciclo = None
        if self._banco is not None:
            self._banco.close()
            self._banco = None

    def reabrir(self) -> None:
        """Stops and starts."""
        self.fechar()
        self.abrir()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.fechar()

    @property
    def ciclo(self) -> Ciclo:
        assert self._ciclo is not None, "o serviço está fechado"
        return self._ciclo

    @property
    def banco(self) -> Banco:
        assert self._banco is not None, "o serviço está fechado"
        return self._banco

    @property
    def agora(self) -> datetime:
        return self.ponteiros.agora

    def rodar(self) -> None:
        """Runs until only something from outside can move it."""
        self.ponteiros.passar(1.1)  # the next reading is due
        for _ in range(PASSOS):
            if not self.ciclo.passo():
                if self.ciclo.nada_a_mover():
                    return
                self.ponteiros.passar(0.1)
        raise AssertionError(f"o laço não sossega\n{self.diario.linhas[-10:]}")

    def rodar_com_processos(self, pronto: Callable[[], bool], prazo_s: float = 60.0) -> None:
        """Does as `rodar`, with worker processes. They take real time, so each turn waits for them a little."""
        limite = time.monotonic() + prazo_s
        self.ponteiros.passar(1.1)
        while not pronto():
            assert time.monotonic() < limite, f"não terminou em {prazo_s} s\n{self.diario.linhas[-5:]}"
            if not self.ciclo.passo():
                self.ponteiros.passar(0.1)
                multiprocessing.connection.wait(self.ciclo.despacho.trabalhadores.fios(), timeout=0.05)

    def passar(self, segundos: float) -> None:
        """Lets time go by, and runs the loop so that it notices."""
        self.ponteiros.passar(segundos)
        self.rodar()

    def gravar_config(self, **mudancas: Any) -> None:
        """Writes the configuration; a change given here stays. For routes, change `self.rotas` first."""
        self.opcoes |= mudancas
        tudo = self.opcoes | {"empresas": self.empresas, "rotas": self.rotas}
        novo = self.config.with_suffix(".tmp")
        novo.write_text(yaml.safe_dump(tudo, allow_unicode=True, sort_keys=False), encoding="utf-8")
        novo.replace(self.config)

    def _empresa(self, empresa: Empresa, com_certificado: bool) -> dict[str, Any]:
        item: dict[str, Any] = {"cnpj": empresa.cnpj, "nome": empresa.nome, "uf": empresa.uf}
        if com_certificado:
            self.por_certificado(empresa)
        arquivo = f"config/{empresa.cnpj}.pfx"
        return item | {"certificado": {"arquivo": arquivo, "senha": {"env": "SEPARADOR_SENHA"}}}

    def por_certificado(self, empresa: Empresa = EMITENTE) -> None:
        """Puts the company's certificate where the configuration says."""
        arquivo = self.config.parent / f"{empresa.cnpj}.pfx"
        arquivo.write_bytes(pfx(empresa))
        arquivo.chmod(0o600)

    # --- folders -------------------------------------------------------------------------------------------------

    def origem(self, rota: int) -> Path:
        return self._lado(rota, "origem")

    def destino(self, rota: int) -> Path:
        return self._lado(rota, "destino")

    def _lado(self, rota: int, lado: str) -> Path:
        return self.pasta / next(str(r[lado]) for r in self.rotas if r["id"] == rota)

    def por(self, rota: int, nome: bytes | str, dados: bytes) -> Path:
        """Drops a file, complete and closed, without running."""
        caminho = self.origem(rota) / os.fsdecode(nome)
        caminho.write_bytes(dados)
        return caminho

    def soltar(self, rota: int, nome: bytes | str, dados: bytes) -> None:
        """Drops a file and runs."""
        self.por(rota, nome, dados)
        self.rodar()

    def nomes(self, rota_ou_pasta: int | Path) -> list[str]:
        """Returns the names of the visible files of a route's destination (or of a folder), sorted."""
        pasta = self.destino(rota_ou_pasta) if isinstance(rota_ou_pasta, int) else rota_ou_pasta
        return sorted(p.name for p in pasta.iterdir() if p.is_file()) if pasta.is_dir() else []

    def ler(self, rota: int, nome: str) -> bytes:
        return (self.destino(rota) / nome).read_bytes()

    def json(self, rota: int, nome: str) -> dict[str, Any]:
        lido: dict[str, Any] = json.loads(self.ler(rota, nome))
        return lido

    def pegar(self, rota: int, nome: str) -> bytes:
        """Takes a file out of a destination, as its consumer does."""
        dados = self.ler(rota, nome)
        (self.destino(rota) / nome).unlink()
        return dados

    def limpar(self, rota: int) -> None:
        """Takes every file out of a destination, as its consumer does."""
        for nome in self.nomes(rota):
            (self.destino(rota) / nome).unlink()

    def recortes(self, sob: str) -> list[Path]:
        """Returns every file under a folder of `dados`, without markers. `trabalho`: the claims, wherever they lie."""
        if sob == "trabalho":
            origens = {self.pasta / str(r["origem"]) for r in self.rotas}
            em_maos = [p for o in origens for p in o.glob(".separador/*/trabalho/*/*")]
            return sorted([*em_maos, *(p for p in (self.dados / sob).rglob("*") if p.is_file())])
        raiz = self.dados / sob
        return sorted(p for p in raiz.rglob("*") if p.is_file() and ".separador" not in p.parts)

    # --- state ---------------------------------------------------------------------------------------------------

    def doc(self, chave: str) -> sqlite3.Row:
        linha = self.banco.uma("SELECT * FROM documento WHERE chave = ?", chave)
        assert linha is not None, f"não há documento {chave}"
        return linha

    def assinado(self, chave: str) -> bytes:
        """Returns the signed bytes that are kept, sent or not."""
        doc = self.doc(chave)
        dados = documentos.assinado(self.banco, doc["id"], doc["digest"])
        assert dados is not None
        return dados

    def tem(self, chave: str) -> bool:
        return self.banco.uma("SELECT 1 FROM documento WHERE chave = ?", chave) is not None

    def situacao(self, chave: str) -> str:
        return str(self.doc(chave)["situacao"])

    def caminho(self, chave: str) -> list[str]:
        """Returns the states that the history tells, in order."""
        linhas = self.banco.todas(
            "SELECT h.* FROM historico h JOIN documento d ON d.id = h.documento_id WHERE d.chave = ? ORDER BY h.id",
            chave,
        )
        return [str(h["para"]) for h in linhas]

    def historico(self, chave: str) -> list[sqlite3.Row]:
        return self.banco.todas(
            "SELECT h.* FROM historico h JOIN documento d ON d.id = h.documento_id WHERE d.chave = ? ORDER BY h.id",
            chave,
        )

    def arquivo(self, nome: bytes | str) -> sqlite3.Row:
        """Returns the newest file taken under this name."""
        linha = self.banco.uma("SELECT * FROM arquivo WHERE nome = ? ORDER BY id DESC LIMIT 1", os.fsencode(nome))
        assert linha is not None, f"{nome!r} não foi tomado"
        return linha

    def desfecho(self, nome: bytes | str) -> str | None:
        valor = self.arquivo(nome)["desfecho"]
        return str(valor) if valor is not None else None

    def falhas(self, chave: str | None = None) -> list[str]:
        """Returns the codes of the open failures (of a document), oldest first."""
        linhas = self.banco.todas("SELECT codigo, chave FROM falha WHERE encerrada_em IS NULL ORDER BY id")
        return [str(f["codigo"]) for f in linhas if chave is None or f["chave"] == chave]

    def falha(self, codigo: str) -> sqlite3.Row:
        linha = self.banco.uma("SELECT * FROM falha WHERE codigo = ? AND encerrada_em IS NULL", codigo)
        assert linha is not None, f"não há falha {codigo}: {self.falhas()}"
        return linha

    # --- the usual stories ---------------------------------------------------------------------------------------

    def enviado(self, numero: int, *, nome: str | None = None, **opcoes: Any) -> "Enviado":
        """Drops an export; it is signed, and the transmitter takes it. The document is then AGUARDANDO RETORNO."""
        boa = ex.cte(numero, agora=self.agora, **({"variante": "uma-nota"} | opcoes))
        return self.enviar(boa if nome is None else replace(boa, nome=os.fsencode(nome)))

    def enviar(self, e: Exportacao) -> "Enviado":
        self.soltar(1, e.nome, e.dados)
        nome = f"{e.chave}-cte.xml"
        return Enviado(e, nome, self.pegar(1, nome))

    def autorizar(self, e: "Enviado") -> Exportacao:
        """Brings the authorisation back and has it applied. Returns the return file."""
        retorno = rt.autorizado(e.dados, os.fsencode(e.nome), agora=self.agora)
        self.soltar(2, retorno.nome, retorno.dados)
        return retorno

    def rejeitar(self, e: "Enviado", c_stat: str = "209", **opcoes: Any) -> Exportacao:
        retorno = rt.rejeitado(e.dados, os.fsencode(e.nome), agora=self.agora, c_stat=c_stat, **opcoes)
        self.soltar(2, retorno.nome, retorno.dados)
        return retorno

    def autorizado(self, numero: int, **opcoes: Any) -> "Enviado":
        e = self.enviado(numero, **opcoes)
        self.autorizar(e)
        assert self.situacao(e.chave) == "AUTORIZADO PELA SEFAZ", self.falhas()
        return e

    def pedir(self, acao: str, chave: str, motivo: str | None = None) -> dict[str, Any]:
        """Drops an order file and returns its answer."""
        self._pedidos += 1
        base = f"pedido{self._pedidos:03d}"
        self.soltar(3, f"{base}.json", ev.pedido(acao, chave, motivo=motivo).dados)
        return self.json(3, f"{base}-ret.json")

    def ordenar(
        self, acao: str, chave: str, motivo: str | None = None, quem: str = "operador", dados: Any = None
    ) -> sqlite3.Row:
        """Records an order on another connection, as the command does, and returns its row after it was carried out."""
        escrito = json.dumps(dados) if dados is not None else None
        with closing(abrir(self.dados, migrar=False)) as outro:
            tarefa = tabela_de_pedidos.registrar(outro, acao, chave, motivo, quem, texto_de(self.agora), dados=escrito)
        self.rodar()
        linha = tabela_de_pedidos.por_id(self.banco, tarefa)
        assert linha is not None
        return linha

    def cancelando(self, numero: int) -> "Cancelando":
        """Brings a document to this point: authorised, cancellation ordered, event taken by the transmitter."""
        e = self.autorizado(numero)
        resposta = self.pedir("cancelar", e.chave, MOTIVO)
        assert resposta["resultado"] == "feito", resposta
        nome = f"{e.chave}_110111_001-ped-eve.xml"
        return Cancelando(e.exportacao, e.nome, e.dados, nome, self.pegar(1, nome))

    def responder_evento(self, c: "Cancelando", c_stat: str = "135", **opcoes: Any) -> Exportacao:
        retorno = rt.evento_respondido(c.evento, os.fsencode(c.nome_evento), agora=self.agora, c_stat=c_stat, **opcoes)
        self.soltar(2, retorno.nome, retorno.dados)
        return retorno

    def cancelamento_rejeitado(self, numero: int, c_stat: str = "528") -> "Cancelando":
        c = self.cancelando(numero)
        self.responder_evento(c, c_stat)
        assert self.situacao(c.chave) == "CANCELAMENTO REJEITADO", self.falhas()
        return c

    def consultado(self, e: "Enviado", c_stat: str = "100", evento: bytes | None = None) -> Exportacao:
        """Drops the answer to `<chave>-ped-sit.xml`."""
        retorno = rt.consulta(
            e.dados, f"{e.chave}-ped-sit.xml".encode(), agora=self.agora, c_stat=c_stat, evento=evento
        )
        self.soltar(2, retorno.nome, retorno.dados)
        return retorno


@dataclass(frozen=True)
class Enviado:
    """A document that the transmitter holds: the export and the signed file."""

    exportacao: Exportacao
    nome: str
    dados: bytes

    @property
    def chave(self) -> str:
        return self.exportacao.chave

    @property
    def base(self) -> str:
        """Returns the base of the names of its answers."""
        return os.fsdecode(self.exportacao.nome).removesuffix("-cte.xml")


@dataclass(frozen=True)
class Cancelando(Enviado):
    """The same document, with its cancellation event in the transmitter's hands."""

    nome_evento: str
    evento: bytes
