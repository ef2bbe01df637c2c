"""Holds one group while it is decided, inside its transaction, and turns the decisions into rows and files."""

import os
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from separador.banco import arquivos, falhas
from separador.banco.arquivos import Ficha
from separador.banco.conexao import Banco
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.motor.desfecho.recusas import json_da_recusa, resumo, texto_do_err
from separador.motor.desfecho.saidas import Remessa, Saida
from separador.motor.trabalho.parecer import Parecer
from separador.nucleo.erro import Recusa
from separador.nucleo.etapa import Desfecho, Etapa
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.nome_de_saida import Nome, ao_lado, base_da_entrada, recusa
from separador.nucleo.rota import Rota, pasta_de_retorno
from separador.nucleo.texto.razao import razao
from separador.pastas import faixas
from separador.pastas.disco import juntar
from separador.pastas.lugar import abertos
from separador.pastas.tomada import Tomado


@dataclass(slots=True)
class Item:
    """One claimed file in hand. `provisorio` in `pasta` is what a worker may have staged for it.

    `repetido`: it may have a row already (held, tried before, found by recovery). `inquieto`: it must settle again.
    `material`: what goes to the worker with it, in a round after the first. `guardado`: what its rule keeps from one
    round to another, in memory only: the first round comes again after a restart.
    """

    tomado: Tomado
    trabalho: Path
    rota: Rota
    tomado_em: str
    pasta: Path | None = None
    provisorio: bytes = b""
    tentativas: int = 0
    repetido: bool = False
    inquieto: bool = False
    ficha: Ficha | None = None
    material: object = None
    guardado: object = None

    base: bytes = field(init=False)
    caminho: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.base = base_da_entrada(self.tomado.nome)[0]
        self.caminho = juntar(self.trabalho / self.tomado.lote, self.tomado.nome)

    @property
    def nome(self) -> bytes:
        """Returns the name as dropped. `base` is the part that answers are named after."""
        return self.tomado.nome

    @property
    def arquivo_id(self) -> int:
        """Returns the id of the claim, which is registered before anything is decided."""
        return self.ficha.id if self.ficha is not None else 0

    @property
    def rota_id(self) -> int:
        """Returns the id of the route, which is assigned before anything is read."""
        return self.rota.id or 0

    @property
    def quem(self) -> str:
        """Returns the author that the history names for what the file changes."""
        return f"arquivo:{mostrar(self.nome)}"

    @property
    def reserva(self) -> Path:
        """Returns the folder of the returns when the document's route is no longer configured."""
        return self.rota.destino

    def base_da_consulta(self, base: bytes) -> bytes | None:
        """Returns the base of the name under which a dropped answer of a consultation is handed on."""
        return base

    @property
    def assunto(self) -> str:
        """Returns the identity of this file's failures."""
        return self.assunto_de("")

    def assunto_de(self, sobre: str) -> str:
        """Returns the same for what a refusal is about (`Recusa.sobre`): what mends it depends on that."""
        return f"arquivo{'-' if sobre else ''}{sobre}:{self.rota_id}:{mostrar(self.nome)}"


@dataclass(slots=True)
class Decidido:
    """An item whose outcome is decided."""

    item: Item
    desfecho: Desfecho


@dataclass(slots=True)
class Grupo:
    """The group. Handlers call `terminar` or `reter` once per item, and `publicar` any number of times."""

    contexto: Contexto
    remessa: Remessa
    agora: datetime
    quando: str
    havia_falhas: bool
    havia_retidos: bool
    bloqueado_ate: str | None
    decididos: list[Decidido] = field(default_factory=list)
    imediatos: list[Ficha] = field(default_factory=list)
    sem_volta: list[Ficha] = field(default_factory=list)
    """Claims with something to publish, of which the commit begins what nobody may begin again."""
    usados: set[bytes] = field(default_factory=set)
    linhas: list[dict[str, object]] = field(default_factory=list)
    sobras: list[tuple[Path, bytes]] = field(default_factory=list)
    """Staged files that the commit makes superfluous: (folder, provisional name)."""

    @property
    def banco(self) -> Banco:
        """Returns the database, in which the group's transaction is open."""
        return self.contexto.banco

    def registrar(self, item: Item, parecer: Parecer) -> None:
        """Begins the row of the claim: an id, and what was read. It is written once, with the decision."""
        item.ficha = nova_ficha(self.contexto, item) if item.ficha is None else item.ficha
        item.ficha.tamanho, item.ficha.sha256 = parecer.tamanho, parecer.sha256

    def sobre(self, item: Item, chave: str | None, notas: str | None = None) -> None:
        """Notes which document the file is about, and the notes of its preparation (JSON list of texts)."""
        ficha = item.ficha
        if ficha is not None:
            ficha.chave, ficha.notas = chave or ficha.chave, notas or ficha.notas

    def publicar(self, saida: Saida) -> None:
        """Adds one more file, which becomes visible after those before it."""
        if saida.dados is None:
            self.usados.add(saida.provisorio)
        self.remessa.acrescentar(saida)

    def terminar(
        self,
        item: Item,
        desfecho: Desfecho,
        *,
        codigo: str | None = None,
        motivo: str | None = None,
        duplicado_de: int | None = None,
        chave: str | None = None,
    ) -> None:
        """Decides the outcome of an item. It is final at once, or when the files about it are visible."""
        ficha = self._ficha(item)
        ficha.resultado, ficha.codigo, ficha.motivo, ficha.duplicado_de = desfecho, codigo, motivo, duplicado_de
        ficha.chave = chave or ficha.chave
        ficha.espera_por = ficha.proxima_em = None
        if self.remessa.publica(ficha.id):
            ficha.etapa = Etapa.PUBLICANDO
        else:
            ficha.etapa, ficha.terminado_em = Etapa.CONCLUIDO, self.quando
            ficha.guardado_em = guardado_em(ficha.id, ficha.nome, desfecho.value, self.quando)
            self.imediatos.append(ficha)
        arquivos.gravar(self.banco, ficha)
        self.decididos.append(Decidido(item, desfecho))
        if item.repetido:
            falhas.encerrar(self.banco, f"retido:{ficha.id}", self.quando, "o arquivo tem desfecho")
        if self.havia_falhas and desfecho in (Desfecho.ENTREGUE, Desfecho.APLICADO):
            falhas.encerrar_do_arquivo(self.banco, item.rota_id, mostrar(item.nome), self.quando)
        self.anotar(item, desfecho.value, chave=chave, codigo=codigo, motivo=motivo)

    def reter(self, item: Item, espera_por: str, proxima_em: str | None, falha: Falha, *, mostrar: bool = True) -> None:
        """Keeps the file until what it waits for is there, and shows it meanwhile, unless that comes by itself at once.

        Its bytes are in no other place of ours, so they are made durable now, whatever its producer did.
        """
        self._firmar(item)
        ficha = self._ficha(item)
        ficha.etapa, ficha.espera_por, ficha.proxima_em = Etapa.RETIDO, espera_por, proxima_em
        ficha.motivo, ficha.codigo, ficha.chave = falha.motivo, falha.codigo, falha.chave or ficha.chave
        arquivos.gravar(self.banco, ficha)
        if not mostrar:
            return
        # The failure has its own subject: another file of this name, or a change of the document, must not close it.
        if self.falhar(replace(falha, assunto=f"retido:{ficha.id}")):
            self.anotar(item, "retido", chave=falha.chave, codigo=falha.codigo, motivo=falha.motivo)

    def _firmar(self, item: Item) -> None:
        """Flushes the claimed file, opened read-only: another user's file may allow no more, and it is enough."""
        try:
            faixas.fazer(item.trabalho, _a_fundo, item.caminho)
        except OSError as erro:
            self.anotar(item, "aviso", motivo=f"o arquivo retido não pôde ser gravado a fundo: {razao(erro)}")

    def _ficha(self, item: Item) -> Ficha:
        if item.ficha is None:
            raise LookupError("arquivo decidido antes de registrado")
        return item.ficha

    def falhar(self, falha: Falha) -> bool:
        """Adds a line to the failures view, unless it is there already. Returns True when it is new."""
        nova = falhas.abrir(self.banco, falha, self.quando)
        if nova:
            self.linhas.append(
                {
                    "event": falha.motivo,
                    "acao": "falha",
                    "nivel": "warning",
                    "codigo": falha.codigo,
                    "chave": falha.chave,
                    "arquivo": falha.arquivo,
                    "rota": falha.rota,
                    "o_que_fazer": falha.o_que_fazer,
                }
            )
        return nova

    def falha_do(self, item: Item, codigo: str, *, detalhe: str = "", chave: str | None = None) -> Falha:
        """Returns a failure about this file, with the texts of the table."""
        motivo, o_que_fazer = descrever(codigo, detalhe)
        return Falha(item.assunto, codigo, motivo, o_que_fazer, mostrar(item.nome), item.rota_id, chave)

    def falha_da_chave(self, chave: str, codigo: str, *, detalhe: str = "", rota: int | None = None) -> Falha:
        """Returns a failure about a document, with the texts of the table."""
        motivo, o_que_fazer = descrever(codigo, detalhe)
        return Falha(f"doc:{chave}", codigo, motivo, o_que_fazer, None, rota, chave)

    def anotar(self, item: Item, passo: str, **campos: object) -> None:
        """Adds a log line. It is written only after the commit that makes it true."""
        self.linhas.append(
            {
                "event": passo,
                "acao": passo,
                "id": item.arquivo_id,
                "arquivo": mostrar(item.nome),
                "rota": item.rota_id,
                **{k: v for k, v in campos.items() if v is not None},
            }
        )

    def recusar(self, item: Item, r: Recusa) -> None:
        """Refuses a file: `.err` for people and ERPs, `.json` for programs, one line in the failures view."""
        primeiro = r.erros[0]
        self.responder_recusa(item, r)
        if self.havia_falhas:
            falhas.encerrar_recusas_do_arquivo(self.banco, item.rota_id, mostrar(item.nome), self.quando)
        self.falhar(
            Falha(
                item.assunto_de(r.sobre),
                primeiro.codigo,
                resumo(r),
                primeiro.o_que_fazer,
                mostrar(item.nome),
                item.rota_id,
                r.chave,
            )
        )
        self.terminar(item, Desfecho.RECUSADO, codigo=primeiro.codigo, motivo=resumo(r), chave=r.chave)

    def responder_recusa(self, item: Item, r: Recusa) -> None:
        """Publishes `.err` and `.json` in the folder where whoever dropped the file looks for its answer."""
        nome = recusa(item.nome, r.erros[0].codigo, uninfe=self.contexto.uninfe)
        pasta = pasta_de_retorno(item.rota, self.contexto.rotas)
        self.responder_erro(item, pasta, r, texto_do_err(r), nome_err=nome)

    def responder_erro(self, item: Item, pasta: Path, r: Recusa, texto: bytes | None, *, nome_err: Nome) -> None:
        """Publishes the `.json`, and with `texto` the `.err` before it."""
        comum = {"pasta": pasta, "arquivo_id": item.arquivo_id, "substitui": self.contexto.uninfe}
        if texto is not None:
            self.publicar(Saida(saidas.RECUSA, nome=nome_err, dados=texto, **comum))  # type: ignore[arg-type]
        dados = json_da_recusa(r, mostrar(item.nome))
        self.publicar(Saida(saidas.RECUSA, nome=ao_lado(nome_err, b".json"), dados=dados, **comum))  # type: ignore[arg-type]


def _a_fundo(caminho: bytes) -> None:
    fd = os.open(abertos.onde(caminho), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def nova_ficha(contexto: Contexto, item: Item) -> Ficha:
    """Returns the row of a claim about to be written: the one it has, when it was held or tried before."""
    linha = arquivos.por_nome(contexto.banco, item.tomado.lote, item.nome) if item.repetido else None
    return Ficha(
        lote=item.tomado.lote,
        nome=item.nome,
        trabalho=str(item.trabalho),
        rota_id=item.rota_id,
        regra=item.rota.regra,
        tomado_em=item.tomado_em,
        id=linha["id"] if linha is not None else contexto.novo_arquivo(),
        nova=linha is None,
    )


_PASTAS = {Desfecho.DUPLICADO.value: b"duplicados", Desfecho.QUARENTENA.value: b"quarentena"}


def guardado_em(arquivo_id: int, nome: bytes, desfecho: str, quando: str) -> bytes:
    """Returns the place of the original, relative to `dados`: by day, or with the duplicates, or in quarantine."""
    pasta = _PASTAS.get(desfecho) or b"arquivo/" + quando[:10].replace("-", "/").encode()
    # The id in front keeps files of one name apart. A name that is too long keeps its end, where its suffix is.
    cabeca = f"{arquivo_id}_".encode()
    return pasta + b"/" + cabeca + nome[-(255 - len(cabeca)) :]
