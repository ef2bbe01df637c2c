"""Files receipts: bytes durable → recorded → visible → the guide is `paga`.

It is the same path for a receipt from the API, for one that a person drops, and for one that a crash left between two
of these steps.
"""

import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from sqlite3 import Row

from separador.banco import falhas, rotas
from separador.banco.conexao import Banco, texto_de
from separador.capacidades.ecac.banco import comprovantes, guias, ocorrencias
from separador.capacidades.ecac.banco.comprovantes import NovoComprovante
from separador.capacidades.ecac.dominio.arrecadacao import NOMES_TIPO, TipoDocumento, completo
from separador.capacidades.ecac.dominio.guia import Estado
from separador.capacidades.ecac.dominio.ocorrencia import Especie
from separador.capacidades.ecac.dominio.raiz import Bases
from separador.capacidades.ecac.servico import pasta_de_comprovantes
from separador.capacidades.ecac.servico.pasta_de_comprovantes import Lugar
from separador.nucleo.falha import Falha
from separador.pastas import faixas, saude
from separador.pastas.erros import FalhaDePasta, PastaSumiu, codigo_da_falha, traduzindo
from separador.pastas.posse import instalacao
from separador.pastas.posse.marca import de_outra

_DO_COMPROVANTE = (Especie.RECIBO_RECUSADO, Especie.INCONCLUSIVO, Especie.DOCUMENTO_DE_OUTRO, Especie.QUARENTENA)


@dataclass(frozen=True, slots=True)
class Chegado:
    """A verified receipt. `numero` is canonical; `total` is as the document or the payment says."""

    contribuinte: str
    tipo: TipoDocumento
    numero: str
    arrecadacao: date
    total: Decimal | None
    pdf: bytes
    origem: str
    arquivo_id: int | None = None


def reserva(dados: Path) -> Path:
    """Returns the folder where receipts wait when their destination cannot take them."""
    return dados / "recibos"


def caminho_de(contribuinte: str, tipo: TipoDocumento, numero: str, arrecadacao: date) -> str:
    """Returns `<CNPJ>/<AAAA>/<MM>/<tipo>-<numero>.pdf` by date of payment."""
    return f"{contribuinte}/{arrecadacao:%Y/%m}/{NOMES_TIPO[tipo]}-{completo(numero)}.pdf"


def lugar(dados: Path, raiz: Path) -> Lugar:
    """Returns the destination of the receipts as our installation uses it."""
    nossa = instalacao.ler(dados)
    return Lugar(raiz, reserva(dados), nossa.id if nossa is not None else "")


def preparar_raiz(banco: Banco, dados: Path, raiz: Path, agora: datetime) -> None:
    """Makes sure that the destination of the receipts is there and is ours. It is made the first time and never again,
    because its absence later means a lost mount.

    Raises FalhaDePasta.
    """
    esperada = rotas.marcas(banco).get(str(raiz))
    quem = instalacao.quem(instalacao.adotar(dados, agora))
    with traduzindo(raiz):
        atual = faixas.fazer(raiz, saude.ler_marca, raiz)
    if esperada is not None and (atual is None or atual.uuid != esperada):
        raise PastaSumiu(raiz, detalhe="a marca da pasta não é a que o serviço conhece")
    if atual is None or not atual.instalacao:
        atual = faixas.fazer(raiz, saude.inicializar, raiz, str(uuid.uuid4()), agora, "e-CAC", quem)
    if atual.de_outra(quem):
        raise faixas.fazer(raiz, de_outra, raiz, atual)
    if esperada is None:
        with banco.transacao():
            rotas.marcar(banco, str(raiz), atual.uuid)


def encenar(bases: Bases, raiz: Path, c: Chegado) -> NovoComprovante:
    """Makes the receipt's bytes durable. Raises FalhaDePasta when no disk takes them."""
    sha256 = pasta_de_comprovantes.encenar(lugar(bases.dados, raiz), c.pdf)
    return NovoComprovante(
        contribuinte=c.contribuinte,
        tipo=c.tipo.value,
        numero=c.numero,
        sha256=sha256,
        tamanho=len(c.pdf),
        raiz=bases.anotada(raiz),
        caminho=caminho_de(c.contribuinte, c.tipo, c.numero, c.arrecadacao),
        arrecadacao=c.arrecadacao.isoformat(),
        total=guias.texto(c.total),
        origem=c.origem,
        arquivo_id=c.arquivo_id,
    )


def reescrever_raizes(banco: Banco, bases: Bases) -> None:
    """Writes the roots that a former version recorded as we do (inside a transaction), while they are where they were:
    a later copy of the installation then finds its own files."""
    for dita in comprovantes.raizes(banco):
        nossa = bases.anotada(bases.achada(dita))
        if nossa != dita:
            comprovantes.mudar_raiz(banco, dita, nossa)


def registrar(banco: Banco, novo: NovoComprovante, quando: str) -> int:
    """Records a staged receipt (inside a transaction): from now on it is never asked for again. Returns its id."""
    antigo = comprovantes.por_documento(banco, novo.contribuinte, novo.numero)
    return int(antigo["id"]) if antigo is not None else comprovantes.registrar(banco, novo, quando)


def arquivar_pendentes(banco: Banco, bases: Bases, agora: datetime) -> int:
    """Makes visible everything that is recorded and not known to be visible. Returns how many are visible now.

    A folder that fails holds back its own receipts. The failures view says so, until it works.
    """
    feitos = 0
    doentes: set[str] = set()
    for linha in comprovantes.recebidos(banco):
        if linha["raiz"] in doentes:
            continue
        try:
            _por_no_lugar(banco, bases, linha, agora)
        except FalhaDePasta as falha:
            doentes.add(linha["raiz"])
            _mostrar(banco, falha, agora)
        else:
            feitos += 1
    return feitos


def varrer(banco: Banco, dados: Path, raizes: Iterable[Path]) -> None:
    """Removes staged receipts that no record names. Only while no import runs (at start)."""
    esperados = {linha["sha256"] for linha in comprovantes.recebidos(banco)}
    pasta_de_comprovantes.varrer(reserva(dados), esperados)
    for raiz in dict.fromkeys(raizes):
        with suppress(FalhaDePasta):  # a folder that is gone, or is another's, is not swept
            faixas.fazer(raiz, _varrer_canto, lugar(dados, raiz), esperados)


def _varrer_canto(onde: Lugar, esperados: set[str]) -> None:
    pasta_de_comprovantes.varrer(onde.canto(), esperados)


def _por_no_lugar(banco: Banco, bases: Bases, linha: Row, agora: datetime) -> None:
    raiz, caminho, n = bases.achada(linha["raiz"]), str(linha["caminho"]), 1
    preparar_raiz(banco, bases.dados, raiz, agora)
    onde = lugar(bases.dados, raiz)
    while not faixas.fazer(raiz, pasta_de_comprovantes.por_no_lugar, onde, linha["sha256"], caminho):
        n += 1
        caminho = pasta_de_comprovantes.outro_caminho(linha["caminho"], n)
        with banco.transacao():
            comprovantes.mudar_caminho(banco, linha["id"], caminho)
    with banco.transacao():
        comprovantes.arquivado(banco, linha["id"], caminho, texto_de(agora))
        comprovar(banco, linha["contribuinte"], linha["numero"], texto_de(agora))


def comprovar(banco: Banco, contribuinte: str, canonico: str, quando: str) -> int:
    """Gives the filed receipt to every guide settled with this document: it becomes `paga`. Returns how many. Call it
    inside a transaction."""
    comprovante = comprovantes.por_documento(banco, contribuinte, canonico)
    if comprovante is None or comprovante["estado"] != "arquivado":
        return 0
    feitas = 0
    for guia in guias.de(banco, contribuinte):
        if guia["pagamento"] == canonico and guia["estado"] == Estado.PAGA_SEM_COMPROVANTE:
            guias.comprovar(banco, guia["id"], comprovante, "serviço", quando)
            for especie in _DO_COMPROVANTE:
                assunto = f"guia:{guia['id']}"
                ocorrencias.encerrar(banco, especie, contribuinte, quando, "comprovante arquivado", assunto=assunto)
            feitas += 1
    return feitas


def _mostrar(banco: Banco, falha: FalhaDePasta, agora: datetime) -> None:
    codigo = codigo_da_falha(falha.codigo)
    with banco.transacao():
        nova = Falha(f"pasta:{falha.pasta}", codigo, falha.mensagem, falha.o_que_fazer)
        falhas.abrir(banco, nova, texto_de(agora))
