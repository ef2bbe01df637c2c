"""Holds one origin and its routes: what is read there, what stops it, what waits."""

import os
import uuid
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from separador.banco import falhas, rotas
from separador.motor.contexto import Casa
from separador.motor.desfecho.grupo import Item
from separador.nucleo.arquivo_completo import Motivo
from separador.nucleo.falha import Falha
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.rota import Rota, escolher
from separador.pastas import saude, sistema
from separador.pastas.achados import Candidato
from separador.pastas.erros import FalhaDePasta
from separador.pastas.saude import Problema
from separador.pastas.tomada import SONDA, Assentamento, pasta_de_trabalho
from separador.pastas.varredura import Vigia

QUIETO_S, QUIETO_REDE_S = 1.0, 3.0
RECUO_MAXIMO_S = 60.0
TOLERANCIA_S = 60.0
"""Time until a waiting file stands in the failures view, unless ten quiet times are longer."""

SEM_ARRENDAMENTO = "SEPARADOR_SEM_ARRENDAMENTO"
"""Environment variable that switches leases off, to measure a machine that has none."""


@dataclass(slots=True)
class Posto:
    """An origin that is read. `paradas`: why a route of it does nothing now (route id → reasons).

    `recuos`: until when a route rests, and how often in a row (route id → both). A route rests when its folder failed
    in
    the middle of work though it looks well (a quota, almost full). `descansam`: the routes that rest now.
    """

    origem: Path
    rotas: tuple[Rota, ...]
    vigia: Vigia | None = None
    trabalho: Path | None = None
    assentamento: Assentamento | None = None
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

    def recuar(self, rota_id: int, agora_s: float) -> None:
        """Makes a route rest because its folder failed again: twice as long as the last time, a minute at the most."""
        ate_s, vezes = self.recuos.get(rota_id, (agora_s, 0))
        vezes = vezes + 1 if agora_s - ate_s < RECUO_MAXIMO_S else 1
        self.recuos[rota_id] = (agora_s + min(2.0 ** (vezes - 1), RECUO_MAXIMO_S), vezes)

    def descansar(self, agora_s: float) -> None:
        """Finds out which routes rest now."""
        self.descansam = frozenset(i for i, (ate_s, _) in self.recuos.items() if ate_s > agora_s)


def montar(lista: Sequence[Rota], anteriores: Iterable[Posto] = ()) -> list[Posto]:
    """Makes one post for each origin of an active route. What an earlier post was holding is carried over."""
    velhos = {p.origem: p for p in anteriores}
    postos = []
    for origem in dict.fromkeys(r.origem for r in lista if r.ativo):
        dela = tuple(r for r in lista if r.origem == origem)
        posto = velhos.pop(origem, None) or Posto(origem, dela)
        if posto.rotas != dela:
            posto.rotas, posto.vigia = dela, None
        posto.proxima_leitura_s = 0.0
        postos.append(posto)
    return postos


def conhecer(casa: Casa, lista: Sequence[Rota]) -> None:
    """Creates the folders of routes never read before, and remembers their sentinels.

    A folder that was known and is gone is never created again. `conferir` finds that it is gone.
    """
    marcas = rotas.marcas(casa.banco)
    ids = rotas.conhecidas(casa.banco)
    for rota in lista:
        novas: dict[str, str] = {}
        for pasta in rota.pastas() if rota.ativo else ():
            if str(pasta) not in marcas:
                marca = _inicializar(casa, rota, pasta)
                if marca is not None:
                    novas[str(pasta)] = marca
        marcas |= novas
        if novas or rota.id not in ids:
            with casa.banco.transacao():
                for caminho, marca in novas.items():
                    rotas.marcar(casa.banco, caminho, marca)
                rotas.lembrar(casa.banco, rota.id or 0, rota.assinatura, None, None, casa.quando())


def _inicializar(casa: Casa, rota: Rota, pasta: Path) -> str | None:
    """Returns the uuid of the sentinel. None when the folder cannot be made (`conferir` says why at each reading)."""
    try:
        return saude.inicializar(pasta, str(uuid.uuid4()), casa.agora(), f"rota {rota.id}").uuid
    except FalhaDePasta as falha:
        casa.log.error(falha.mensagem, acao="pasta falhou", rota=rota.id, o_que_fazer=falha.o_que_fazer)
        return None


def conferir(casa: Casa, posto: Posto) -> None:
    """Looks at the folders of a post: origin, destinations, and our own disk. Sets what stops it."""
    marcas = rotas.marcas(casa.banco)
    reserva = casa.config.reserva_disco_mb * 2**20
    posto.problemas = saude.conferir(posto.origem, marcas.get(str(posto.origem)), escrita=True)
    posto.problemas += saude.conferir(casa.dados, None, escrita=False, reserva_bytes=reserva)
    paradas: dict[int, list[Problema]] = {}
    for rota in posto.rotas:
        if not rota.ativo:
            continue
        achados = [
            p
            for pasta in rota.pastas()[1:]
            if pasta != posto.origem
            for p in saude.conferir(pasta, marcas.get(str(pasta)), escrita=True, reserva_bytes=reserva)
        ]
        if achados:
            paradas[rota.id or 0] = achados
    posto.paradas = paradas
    if not posto.problemas:
        _equipar(casa, posto)


def _equipar(casa: Casa, posto: Posto) -> None:
    """Sets work folder, tracker and lease use, again whenever another filesystem stands under the path.

    Device and inode numbers are used again for later files, so a work folder that is gone is taken as a sign too.
    """
    try:
        identidade = saude.identidade(posto.origem)
        mesma = identidade == posto.identidade and posto.trabalho is not None and posto.trabalho.is_dir()
        if posto.vigia is not None and mesma:
            return
        rede = sistema.e_rede(posto.origem)
        arrendar = not rede and SEM_ARRENDAMENTO not in os.environ
        posto.trabalho = pasta_de_trabalho(posto.origem, casa.dados, f"{SONDA}{casa.prefixo()}")
    except FalhaDePasta as falha:
        posto.problemas.append(Problema(falha.codigo, falha.mensagem, falha.o_que_fazer))
        return
    quieto_s = casa.config.tempo_quieto_s or (QUIETO_REDE_S if rede else QUIETO_S)
    marcador = next((r.marcador for r in posto.rotas if r.ativo and r.marcador), None)
    posto.identidade = identidade
    posto.vigia = Vigia(
        posto.origem,
        posto.rota_de,
        quieto_s,
        arrendar=arrendar,
        marcador=os.fsencode(marcador) if marcador else None,
        relogio=casa.relogio.monotonico,
    )
    if posto.assentamento is None or not posto.assentamento.pendentes():
        posto.assentamento = Assentamento(posto.trabalho, quieto_s, arrendar=arrendar)


def mostrar_falhas(casa: Casa, posto: Posto, *, tolerancia_s: float | None = None) -> None:
    """Brings the failures view up to date with what this post found: opens new ones, closes vanished ones.

    `tolerancia_s`: seconds that a file may wait without being shown; None = a minute, or ten quiet times.
    """
    atuais = {(f.assunto, f.codigo): f for f in _falhas(casa, posto, tolerancia_s)}
    prefixos = [f"origem:{posto.origem}", *(f"rota:{r.id}:" for r in posto.rotas), f"espera:{posto.origem}:"]
    abertas = {par for prefixo in prefixos for par in falhas.assuntos(casa.banco, prefixo)}
    # `/in/cte` is the beginning of `/in/cte-os` too, but the failures of that origin belong to another post.
    abertas = {par for par in abertas if not par[0].startswith("origem:") or par[0] == prefixos[0]}
    novas, idas = atuais.keys() - abertas, abertas - atuais.keys()
    if not novas and not idas:
        return
    quando = casa.quando()
    with casa.banco.transacao():
        for par in novas:
            falhas.abrir(casa.banco, atuais[par], quando)
        for assunto, codigo in idas:
            falhas.encerrar(casa.banco, assunto, quando, "a causa passou", codigo)
    for par in novas:
        f = atuais[par]
        casa.log.warning(f.motivo, acao="falha", codigo=f.codigo, rota=f.rota, o_que_fazer=f.o_que_fazer)
    for assunto, codigo in idas:
        casa.log.info("voltou ao normal", acao="falha encerrada", assunto=assunto, codigo=codigo)


def esquecer_falhas(casa: Casa, postos: Sequence[Posto]) -> None:
    """Closes the failures of origins and routes that the configuration does not read any more."""
    origens = {str(p.origem) for p in postos}
    ids = {str(r.id) for p in postos for r in p.rotas if r.ativo}
    orfas = {f for f in falhas.assuntos(casa.banco, "origem:") if f[0].removeprefix("origem:") not in origens}
    orfas |= {f for f in falhas.assuntos(casa.banco, "rota:") if f[0].split(":")[1] not in ids}
    esperas = tuple(f"espera:{origem}:" for origem in origens)
    orfas |= {f for f in falhas.assuntos(casa.banco, "espera:") if not f[0].startswith(esperas)}
    if not orfas:
        return
    with casa.banco.transacao():
        for assunto, codigo in orfas:
            falhas.encerrar(casa.banco, assunto, casa.quando(), "a configuração não lê mais esta pasta", codigo)


def _falhas(casa: Casa, posto: Posto, tolerancia_s: float | None) -> list[Falha]:
    primeira = next((r.id for r in posto.rotas if r.ativo), None)
    achadas = [_da_pasta(f"origem:{posto.origem}", p, primeira) for p in posto.problemas]
    achadas += [_da_pasta(f"rota:{i}:", p, i) for i, ps in posto.paradas.items() for p in ps]
    if posto.vigia is None or posto.problemas:
        return achadas
    return achadas + _esperas(casa, posto, posto.vigia, tolerancia_s) + _nao_coletados(casa, posto)


def _da_pasta(assunto: str, p: Problema, rota: int | None) -> Falha:
    return Falha(assunto, f"SEP-{p.codigo.upper()}", p.mensagem, p.o_que_fazer, rota=rota)


_FAZER = {
    Motivo.SEM_REGRA: "Corrija o nome, ou inclua uma rota para ele (separador rotas testar NOME).",
    Motivo.EM_USO: "Feche o arquivo no programa que o grava; ele será lido logo em seguida.",
    Motivo.VAZIO: "Grave o conteúdo do arquivo, ou apague-o.",
    Motivo.ILEGIVEL: "Dê ao usuário do serviço permissão de ler o arquivo.",
    Motivo.INTOMAVEL: "Dê ao usuário do serviço o direito de mover e apagar o arquivo (dono, atributos, pasta com +t).",
    Motivo.TEMPORARIO: "Quem grava deve renomear o arquivo ao terminar; se sobrou de uma queda, apague-o.",
}


def _esperas(casa: Casa, posto: Posto, vigia: Vigia, tolerancia_s: float | None) -> list[Falha]:
    agora = casa.agora()
    if tolerancia_s is None:
        tolerancia_s = max(TOLERANCIA_S, 10 * vigia.tempo_quieto_s)
    return [
        Falha(
            f"espera:{posto.origem}:{mostrar(p.nome)}",
            f"SEP-{p.motivo.name.replace('_', '-')}",
            f"{p.motivo.value}{f' ({p.detalhe})' if p.detalhe else ''}",
            _FAZER.get(p.motivo, "Verifique o programa que grava o arquivo."),
            mostrar(p.nome),
            int(p.rota) if p.rota is not None else next((r.id for r in posto.rotas if r.ativo), None),
        )
        for p in vigia.pendencias()[:1000]
        if p.motivo is Motivo.SEM_REGRA or (agora - p.desde).total_seconds() >= tolerancia_s
    ]


def _nao_coletados(casa: Casa, posto: Posto) -> list[Falha]:
    """Returns files that the other program has not taken within the time of the route (`prazo_coleta`, an option)."""
    achadas = []
    for rota in posto.rotas:
        if not rota.ativo or rota.prazo_coleta_s is None or rota.id in posto.paradas:
            continue
        try:
            atrasados = saude.coleta_atrasada(rota.destino, rota.prazo_coleta_s, casa.agora(), limite=100)
        except FalhaDePasta:
            continue  # the folder's own failure is found by `conferir`
        achadas += [
            Falha(
                f"rota:{rota.id}:coleta:{mostrar(nome)}",
                "SEP-NAO-COLETADO",
                f"Arquivo pronto em {rota.destino} e não coletado pelo outro programa.",
                "Verifique se o programa que coleta está no ar e olha para esta pasta.",
                mostrar(nome),
                rota.id,
            )
            for nome, _ in atrasados
        ]
    return achadas
