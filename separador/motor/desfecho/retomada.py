"""Goes on with what is ours in a folder that is ours again in a later epoch: it is known by our own database.

Another installation took the folder over and we took it back, or our corner was removed and made anew. Our rows name
then a corner of a former epoch. What lies where a fence took it is brought into our present corner, and the row names
it there: recovery goes on with it as ever. A file whose publication cannot be told is closed (`sem_saber`).

The order is: files, durable, then the commit. A run that died in between finds the files in the present corner.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import Row

from separador.banco import arquivos, publicacoes
from separador.motor.contexto import Contexto
from separador.motor.desfecho.arquivamento import Original, arquivar_terminados
from separador.motor.desfecho.sem_saber import Perdido, fechar
from separador.motor.entrada.lotes import rota_do_lote
from separador.motor.log.log import registrar_varias
from separador.motor.pasta_com_falha import avisar_pasta
from separador.pastas import faixas, provisorios
from separador.pastas.disco import juntar
from separador.pastas.erros import FalhaDePasta
from separador.pastas.lugar import abertos
from separador.pastas.posse import nossos
from separador.pastas.posse.cantos import canto_de, dona, no_canto, origem_do_trabalho
from separador.pastas.posse.nossos import Nossa


def retomar(contexto: Contexto) -> bool:
    """Takes up what is ours. Returns True when something was moved or closed. What cannot be reached now stays for the
    next time."""
    velhas = [linha for linha in publicacoes.pendentes(contexto.banco) if _de_antes(contexto, linha)]
    trabalhos = [t for t in arquivos.trabalhos_abertos(contexto.banco) if _trabalho_de_antes(contexto, t)]
    retomada = _Retomada(contexto)
    conhecidas = [pasta for pasta, _ in contexto.cantos.conhecidos()]
    origens = [origem for t in trabalhos if (origem := origem_do_trabalho(Path(t))) is not None]
    for pasta in dict.fromkeys([*conhecidas, *origens]):
        retomada.tomados(pasta)
    for linha in velhas:
        retomada.encenado(linha)
    retomada.firmar()
    retomada.gravar(trabalhos)
    retomada.limpar()
    return retomada.fez


def _de_antes(contexto: Contexto, linha: Row) -> bool:
    provisorio = bytes(linha["provisorio"] or b"")
    return _outro(contexto, dona(Path(linha["pasta"]), provisorio), canto_de(provisorio))


def _trabalho_de_antes(contexto: Contexto, trabalho: str) -> bool:
    origem = origem_do_trabalho(Path(trabalho))
    return origem is not None and _outro(contexto, origem, Path(trabalho).parent.name)


def _outro(contexto: Contexto, pasta: Path, canto: str) -> bool:
    """Says whether a corner of ours is not known to be the present one. The usual case asks no disk."""
    return canto.rpartition("-")[0] == contexto.cantos.quem.instalacao and contexto.cantos.nome(pasta) != canto


@dataclass(slots=True)
class _Retomada:
    contexto: Contexto
    fez: bool = False
    _vistas: dict[Path, Nossa | None] = field(default_factory=dict)
    _lotes: dict[Path, set[str]] = field(default_factory=dict)
    _terminados: dict[Path, list[Original]] = field(default_factory=dict)
    _achadas: dict[int, tuple[Path, bytes]] = field(default_factory=dict)
    """Publication → folder of the corner, staged file as it is named now."""
    _perdidas: list[Row] = field(default_factory=list)

    def _nossa(self, pasta: Path) -> Nossa | None:
        """Returns the folder when it is ours and whole. What else is wrong with it is shown by its own checks."""
        if pasta not in self._vistas:
            try:
                quem = self.contexto.cantos.quem.instalacao
                self._vistas[pasta] = faixas.fazer(pasta, nossos.procurar, pasta, quem)
            except FalhaDePasta:
                self._vistas[pasta] = None
        return self._vistas[pasta]

    def _falhou(self, pasta: Path, falha: FalhaDePasta) -> None:
        """Leaves a folder, and all that needs it, for the next time."""
        avisar_pasta(self.contexto, falha)
        self._vistas[pasta] = None

    def tomados(self, pasta: Path) -> None:
        """Brings the claims that the database knows into the present work folder, and all of a former corner that
        nobody took."""
        nossa = self._nossa(pasta)
        if nossa is None:
            return
        try:
            for lote, nome in sorted(nossa.tomados):
                linha = registrado(self.contexto, lote, nome)
                if linha is None and nossa.tomados[lote, nome] not in nossa.antigos:
                    continue
                faixas.fazer(pasta, nossos.levar_tomado, nossa, lote, nome)
                self._lotes.setdefault(pasta, set()).add(lote)
                if linha is not None and linha["desfecho"] is not None and bytes(linha["nome"]) == nome:
                    original = Original(str(nossa.trabalho), lote, nome, bytes(linha["guardado_em"]))
                    self._terminados.setdefault(pasta, []).append(original)
        except FalhaDePasta as falha:
            self._falhou(pasta, falha)

    def encenado(self, linha: Row) -> None:
        """Brings a staged file into the present corner, or finds it visible, or not at all."""
        pasta, antes = Path(linha["pasta"]), bytes(linha["provisorio"])
        raiz = dona(pasta, antes)
        nossa = self._nossa(raiz)
        if nossa is None or nossa.canto == canto_de(antes) or not self._origem_assentada(linha):
            return
        agora = no_canto(antes, nossa.canto)
        try:
            ha = faixas.fazer(raiz, nossos.levar_encenado, nossa, pasta, canto_de(antes), agora)
            # One that stands there under its name was published, by us or by who had the folder meanwhile.
            if ha or faixas.fazer(pasta, provisorios.ja_esta, pasta, agora, bytes(linha["nome"]), linha["sha256"]):
                self._achadas[linha["id"]] = (raiz, agora)
            else:
                self._perdidas.append(linha)
        except FalhaDePasta as falha:
            self._falhou(raiz, falha)

    def _origem_assentada(self, linha: Row) -> bool:
        """Says whether the claim of a staged file is found where it is, so that the two are decided together."""
        origem = origem_do_trabalho(Path(linha["trabalho"])) if linha["arquivo_id"] is not None else None
        return origem is None or self._nossa(origem) is not None

    def firmar(self) -> None:
        """Makes durable where the files lie now. What cannot be made so stays for the next time."""
        for pasta in {*self._lotes, *(p for p, _ in self._achadas.values())}:
            nossa = self._nossa(pasta)
            if nossa is None:
                continue
            try:
                if pasta in self._lotes:
                    faixas.fazer(pasta, nossos.firmar_tomados, nossa, self._lotes[pasta])
                faixas.fazer(pasta, nossos.firmar_encenados, nossa)
            except FalhaDePasta as falha:
                self._falhou(pasta, falha)

    def gravar(self, trabalhos: Iterable[str]) -> None:
        """Makes the rows name the present corners, and closes what cannot be told, in one commit."""
        banco = self.contexto.banco
        achadas = {i: agora for i, (raiz, agora) in self._achadas.items() if self._nossa(raiz) is not None}
        perdidas = [p for p in self._perdidas if self._origem_assentada(p)]
        mudados = [(t, self._presente(t)) for t in trabalhos]
        sumidos = self._retidos_sumidos(mudados)
        originais: list[Original] = []
        linhas: list[dict[str, object]] = []
        if achadas or perdidas or sumidos or any(novo for _, novo in mudados):
            with banco.transacao():
                publicacoes.mudar_provisorio(banco, achadas)
                for antes, novo in mudados:
                    if novo is not None:
                        arquivos.mudar_trabalho(banco, antes, novo)
                originais, linhas = fechar(self.contexto, self._por_arquivo(perdidas, sumidos))
        self.contexto.planejadas -= set(achadas)
        registrar_varias(self.contexto.log, linhas)
        originais += [o for p, lista in self._terminados.items() if self._nossa(p) is not None for o in lista]
        arquivar_terminados(self.contexto, originais)
        levados = sum(len(lotes) for lotes in self._lotes.values())
        self.fez = bool(achadas or perdidas or sumidos or levados)
        if self.fez:
            self.contexto.log.info(
                "retomado o que era nosso", acao="pasta retomada", encenados=len(achadas), sem_saber=len(linhas)
            )

    def limpar(self) -> None:
        """Removes what means nothing any more in former corners that nobody took."""
        presos = {os.path.basename(bytes(p["provisorio"] or b"")) for p in publicacoes.pendentes(self.contexto.banco)}
        for pasta, nossa in list(self._vistas.items()):
            if nossa is not None and nossa.antigos:
                try:
                    faixas.fazer(pasta, nossos.limpar_antigos, nossa, presos)
                except FalhaDePasta as falha:
                    self._falhou(pasta, falha)

    def _presente(self, trabalho: str) -> str | None:
        """Returns the present work folder of an origin; None when it is the same, or the origin is left for later."""
        origem = origem_do_trabalho(Path(trabalho))
        nossa = self._nossa(origem) if origem is not None else None
        return str(nossa.trabalho) if nossa is not None and str(nossa.trabalho) != trabalho else None

    def _retidos_sumidos(self, mudados: Iterable[tuple[str, str | None]]) -> list[Row]:
        """Returns the held files of which nothing is to be published and whose claim is nowhere."""
        return [
            linha
            for antes, novo in mudados
            if novo is not None
            for linha in arquivos.abertos_sem_publicacao(self.contexto.banco, antes)
            if not self._ha(novo, linha["lote"], bytes(linha["nome"]))
        ]

    def _ha(self, trabalho: str, lote: str, nome: bytes) -> bool:
        """Says whether a claim is there, or may be: of a device that does not answer nothing is known."""
        try:
            return faixas.fazer(Path(trabalho), _existe, juntar(Path(trabalho) / lote, nome))
        except FalhaDePasta:
            return True

    def _por_arquivo(self, perdidas: Iterable[Row], sumidos: Iterable[Row]) -> list[Perdido]:
        """Returns what is to be closed: one for each file, or for each publication that belongs to none."""
        juntas: dict[tuple[str, int], Perdido] = {}
        for linha in perdidas:
            if linha["arquivo_id"] is None:
                juntas["publicacao", linha["id"]] = Perdido(None, [linha])
                continue
            chave = ("arquivo", linha["arquivo_id"])
            if chave not in juntas:
                juntas[chave] = self._perdido(arquivos.por_id(self.contexto.banco, linha["arquivo_id"]))
            juntas[chave].publicacoes.append(linha)
        for linha in sumidos:
            juntas["arquivo", linha["id"]] = self._perdido(arquivos.por_id(self.contexto.banco, linha["id"]))
        return list(juntas.values())

    def _perdido(self, arquivo: Row) -> Perdido:
        trabalho = self._presente(arquivo["trabalho"]) or arquivo["trabalho"]
        return Perdido(arquivo, [], ha=self._ha(trabalho, arquivo["lote"], bytes(arquivo["nome"])))


def registrado(contexto: Contexto, lote: str, nome: bytes) -> Row | None:
    """Returns the row of a claim, or of the file that a marker was claimed with."""
    linha = arquivos.por_nome(contexto.banco, lote, nome)
    rota = rota_do_lote(contexto, lote) if linha is None else None
    if rota is None or rota.marcador is None or not nome.lower().endswith(rota.marcador.lower().encode()):
        return linha
    return arquivos.por_nome(contexto.banco, lote, nome[: -len(rota.marcador.encode())])


def _existe(caminho: bytes) -> bool:
    try:
        return os.path.lexists(abertos.onde(caminho))
    except FileNotFoundError:
        return False
