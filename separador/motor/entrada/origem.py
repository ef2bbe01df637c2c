"""Holds one origin and its routes: the files found there, what stops it, what waits."""

import os
import uuid
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from separador.banco import rotas
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Item
from separador.nucleo.rota import Rota, escolher
from separador.pastas import faixas, saude, sistema
from separador.pastas.achados import Candidato, Leitura
from separador.pastas.erros import FalhaDePasta, SemResposta, traduzindo
from separador.pastas.faixa import Chamada
from separador.pastas.lugar import abertos
from separador.pastas.posse.cantos import Cantos
from separador.pastas.posse.marca import de_outra
from separador.pastas.saude import Problema
from separador.pastas.tomada import AindaMudando
from separador.pastas.varredura import Varredura

QUIETO_S, QUIETO_REDE_S = 1.0, 3.0
RECUO_MAXIMO_S = 60.0

SEM_ARRENDAMENTO = "SEPARADOR_SEM_ARRENDAMENTO"
"""Environment variable that switches leases off, to measure a machine that has none."""


@dataclass(slots=True)
class Origem:
    """An origin that is read. `paradas`: the reasons why a route of it does nothing now (route id → reasons).

    `recuos`: until when a route rests, and how often in a row (route id → both). A route rests when its folder failed
    in the middle of work though it looks well (a quota, almost full). `descansam`: the routes that rest now.
    """

    pasta: Path
    rotas: tuple[Rota, ...]
    varredura: Varredura | None = None
    trabalho: Path | None = None
    ainda_mudando: AindaMudando | None = None
    identidade: tuple[int, int] | None = None
    problemas: list[Problema] = field(default_factory=list)
    paradas: dict[int, list[Problema]] = field(default_factory=dict)
    recuos: dict[int, tuple[float, int]] = field(default_factory=dict)
    descansam: frozenset[int] = frozenset()
    represados: deque[Item] = field(default_factory=deque)
    proxima_leitura_s: float = 0.0
    proximo_exame_s: float | None = None
    ultima_leitura: str | None = None
    prontos: list[Candidato] = field(default_factory=list)
    exame_atrasado: tuple[Varredura, Chamada[Leitura]] | None = None
    """A look at the origin that was overdue. Its tracker is not touched before the look is done."""

    def rota_de(self, nome: bytes) -> str | None:
        """Returns the route of a name, as the scan wants it: the id as text."""
        rota = escolher(nome, self.rotas)
        return str(rota.id) if rota is not None else None

    def rota(self, rota_id: int) -> Rota | None:
        """Returns one of its routes."""
        return next((r for r in self.rotas if r.id == rota_id), None)

    def parada(self, rota_id: int) -> bool:
        """Says whether nothing may be taken for a route now."""
        return bool(self.problemas) or rota_id in self.paradas or rota_id in self.descansam

    def examinar(
        self, varredura: Varredura, agora: datetime, limite: int, *, listar: bool, indicados: Collection[bytes]
    ) -> Leitura:
        """Looks at the files, or takes what an overdue look found meanwhile: a slow folder is seen in the end too."""
        atrasado, self.exame_atrasado = self.exame_atrasado, None
        if atrasado is not None and atrasado[0] is varredura:
            return atrasado[1].resultado()
        try:
            return faixas.fazer(
                self.pasta, varredura.examinar, agora, limite=limite, listar=listar, indicados=indicados
            )
        except SemResposta as falha:
            self.exame_atrasado = (varredura, falha.chamada) if falha.chamada is not None else None
            raise

    def falhou(self, falha: FalhaDePasta) -> None:
        """Stops the origin after a call that failed."""
        if isinstance(falha, SemResposta):
            self.nao_respondeu(falha)
        else:
            self.problemas = [Problema(falha.codigo, falha.mensagem, falha.o_que_fazer)]

    def nao_respondeu(self, falha: SemResposta) -> None:
        """Stops the origin after a call that was overdue. What that call did, or will do, the next reading finds.

        A claim that is settling settles again from the beginning: nobody knows what the overdue look said of it.
        """
        self.problemas = [Problema(falha.codigo, falha.mensagem, falha.o_que_fazer)]
        self.prontos.clear()
        self.proxima_leitura_s = 0.0
        if self.ainda_mudando is not None:
            self.ainda_mudando = self.ainda_mudando.de_novo()

    def recuar(self, rota_id: int, agora_s: float) -> None:
        """Makes a route rest because its folder failed again: twice as long as the last time, a minute at the most."""
        ate_s, vezes = self.recuos.get(rota_id, (agora_s, 0))
        vezes = vezes + 1 if agora_s - ate_s < RECUO_MAXIMO_S else 1
        self.recuos[rota_id] = (agora_s + min(2.0 ** (vezes - 1), RECUO_MAXIMO_S), vezes)

    def descansar(self, agora_s: float) -> None:
        """Finds out which routes rest now."""
        self.descansam = frozenset(i for i, (ate_s, _) in self.recuos.items() if ate_s > agora_s)


def montar(lista: Sequence[Rota], anteriores: Iterable[Origem] = ()) -> list[Origem]:
    """Makes one `Origem` for each origin folder of an active route. What an earlier one was holding is carried over."""
    velhos = {p.pasta: p for p in anteriores}
    origens = []
    for pasta in dict.fromkeys(r.origem for r in lista if r.ativo):
        dela = tuple(r for r in lista if r.origem == pasta)
        origem = velhos.pop(pasta, None) or Origem(pasta, dela)
        if origem.rotas != dela:
            origem.rotas, origem.varredura = dela, None
        origem.proxima_leitura_s = 0.0
        origens.append(origem)
    return origens


def conhecer(contexto: Contexto, lista: Sequence[Rota]) -> None:
    """Creates the folders of routes never read before, and remembers their sentinels.

    A folder that was known and is gone is never created again. `conferir` finds that it is gone.
    """
    marcas = rotas.marcas(contexto.banco)
    ids = rotas.conhecidas(contexto.banco)
    for rota in lista:
        novas: dict[str, str] = {}
        for pasta in rota.pastas() if rota.ativo else ():
            if str(pasta) not in marcas:
                marca = _inicializar(contexto, rota, pasta)
                if marca is not None:
                    novas[str(pasta)] = marca
        marcas |= novas
        for pasta in () if rota.ativo else rota.pastas():
            if str(pasta) in marcas:  # answers about its documents still go there, and its marker may name nobody yet
                faixas.conferir(pasta, marcas[str(pasta)], escrita=False, cantos=contexto.cantos)
        if novas or rota.id not in ids:
            with contexto.banco.transacao():
                for caminho, marca in novas.items():
                    rotas.marcar(contexto.banco, caminho, marca)
                rotas.lembrar(contexto.banco, rota.id or 0, rota.assinatura, None, None, contexto.quando())


def _inicializar(contexto: Contexto, rota: Rota, pasta: Path) -> str | None:
    """Returns the uuid of the sentinel. None when the folder cannot be made (`conferir` says why at each reading)."""
    try:
        quem = contexto.cantos.quem
        nova, titulo = str(uuid.uuid4()), f"rota {rota.id}"
        marca = faixas.fazer(pasta, saude.inicializar, pasta, nova, contexto.agora(), titulo, quem)
        if marca.de_outra(quem):
            raise faixas.fazer(pasta, de_outra, pasta, marca)
    except FalhaDePasta as falha:
        contexto.log.error(falha.mensagem, acao="pasta falhou", rota=rota.id, o_que_fazer=falha.o_que_fazer)
        return None
    return marca.uuid


def conferir(contexto: Contexto, origem: Origem) -> None:
    """Looks at the folders of an origin: origin, destinations, and our own disk. Sets what stops it."""
    marcas = rotas.marcas(contexto.banco)
    cantos = contexto.cantos
    if any(str(p) not in marcas for r in origem.rotas if r.ativo for p in r.pastas()):
        conhecer(contexto, origem.rotas)  # it could not be made, or was another's, when the service started
        marcas = rotas.marcas(contexto.banco)
    reserva = contexto.config.reserva_disco_mb * 2**20
    origem.problemas, esta = _olhar(contexto, origem.pasta, marcas.get(str(origem.pasta)))
    origem.problemas += saude.conferir(contexto.dados, None, escrita=False, reserva_bytes=reserva)
    paradas: dict[int, list[Problema]] = {}
    for rota in origem.rotas:
        if not rota.ativo:
            continue
        achados = [
            p
            for pasta in rota.pastas()[1:]
            if pasta != origem.pasta
            for p in faixas.conferir(pasta, marcas.get(str(pasta)), escrita=True, reserva_bytes=reserva, cantos=cantos)
        ]
        if achados:
            paradas[rota.id or 0] = achados
    origem.paradas = paradas
    if not origem.problemas and esta is not None:
        _equipar(contexto, origem, esta)


@dataclass(frozen=True, slots=True)
class _ComoEsta:
    """Which folder stands under the path, where its work folder is to be, and whether it is there."""

    identidade: tuple[int, int]
    trabalho: Path
    ha_trabalho: bool


def _olhar(contexto: Contexto, pasta: Path, marca: str | None) -> tuple[list[Problema], _ComoEsta | None]:
    """Looks at the origin itself, in one call: every call on another device costs a change of threads."""
    try:
        return faixas.fazer(pasta, _conferida, pasta, marca, contexto.cantos)
    except FalhaDePasta as falha:
        return [Problema(falha.codigo, falha.mensagem, falha.o_que_fazer)], None


def _conferida(pasta: Path, marca: str | None, cantos: Cantos) -> tuple[list[Problema], _ComoEsta | None]:
    problemas = saude.conferir(pasta, marca, escrita=True, cantos=cantos)
    trabalho = cantos.trabalho(pasta)
    if problemas or trabalho is None:
        return problemas, None
    with traduzindo(pasta):
        return [], _ComoEsta(abertos.abrir(pasta).numeros, trabalho, abertos.existe(trabalho))


def _equipar(contexto: Contexto, origem: Origem, esta: _ComoEsta) -> None:
    """Sets work folder, tracker and lease use, again whenever another filesystem stands under the path.

    Device and inode numbers are used again for later files, so a work folder that is gone is taken as a sign too.
    """
    try:
        identidade, trabalho = esta.identidade, esta.trabalho
        mesma = esta.ha_trabalho and identidade == origem.identidade and origem.trabalho == trabalho
        if origem.varredura is not None and mesma:
            return
        rede = faixas.fazer(origem.pasta, sistema.e_rede, origem.pasta)
        arrendar = not rede and SEM_ARRENDAMENTO not in os.environ
        faixas.fazer(origem.pasta, _criar_trabalho, origem.pasta, trabalho)
        origem.trabalho = trabalho
    except FalhaDePasta as falha:
        origem.problemas.append(Problema(falha.codigo, falha.mensagem, falha.o_que_fazer))
        return
    quieto_s = contexto.config.tempo_quieto_s or (QUIETO_REDE_S if rede else QUIETO_S)
    marcador = next((r.marcador for r in origem.rotas if r.ativo and r.marcador), None)
    origem.identidade = identidade
    origem.varredura = Varredura(
        origem.pasta,
        origem.rota_de,
        quieto_s,
        arrendar=arrendar,
        marcador=os.fsencode(marcador) if marcador else None,
        relogio=contexto.relogio.monotonico,
    )
    if origem.ainda_mudando is None or not origem.ainda_mudando.pendentes():
        origem.ainda_mudando = AindaMudando(origem.trabalho, quieto_s, arrendar=arrendar)


def _criar_trabalho(pasta: Path, trabalho: Path) -> None:
    with traduzindo(pasta), suppress(FileExistsError):
        os.mkdir(abertos.em(trabalho.parent, os.fsencode(trabalho.name)), 0o750)
