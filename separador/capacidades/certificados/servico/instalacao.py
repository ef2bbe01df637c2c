"""Installs certificates in the vault, for commands and for the watched folder. Each installation is one transaction."""

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from separador.banco.conexao import Banco, texto_de
from separador.banco.instante import instante_de
from separador.capacidades.certificados import banco as tabela
from separador.capacidades.certificados import dominio as regras
from separador.capacidades.certificados.dominio import Circunstancias, Pretensao, Tipo, Uso
from separador.capacidades.certificados.leitura.pfx import Aberto
from separador.cofre.cofre import Cofre
from separador.configuracao import Ambiente, Configuracao
from separador.nucleo import fuso
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.falha import como_erro


@dataclass(frozen=True, slots=True)
class Pedido:
    """The request of the person. `padrao` None: not given, which means yes in most cases (see `_sera_padrao`)."""

    empresa: str
    apelido: str
    uso: Uso
    padrao: bool | None
    quem: str
    origem: str


@dataclass(frozen=True, slots=True)
class Instalado:
    """The result: the row's id, whether it is the default now, and what the person should know."""

    id: int
    padrao: bool
    avisos: tuple[str, ...]


def instalar_a1(
    banco: Banco, cofre: Cofre, config: Configuracao, pedido: Pedido, aberto: Aberto, agora: datetime
) -> Instalado | Recusa:
    """Keeps the key in the vault and the certificate beside it. A refusal has every reason, and nothing is changed."""
    c = aberto.certificado
    pretensao = Pretensao(pedido.empresa, pedido.apelido, pedido.uso, Tipo.A1, c.der, aberto.cadeia, c.identidade)
    with banco.transacao():
        julgado = _julgar(banco, config, pretensao, agora)
        if isinstance(julgado, Recusa):
            return julgado
        pkcs8 = c.chave.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        segredo = cofre.guardar(_nome_do_segredo(pedido, agora), pkcs8)
        return _gravar(banco, pedido, pretensao, julgado, agora, segredo_id=segredo, token=None)


def julgar_a1(
    banco: Banco, config: Configuracao, pedido: Pedido, aberto: Aberto, agora: datetime
) -> tuple[str, ...] | Recusa:
    """Returns what `instalar_a1` would say of it, and changes nothing."""
    julgado = julgar_so_o_certificado(banco, config, pedido, aberto, agora)
    return julgado if isinstance(julgado, Recusa) else (*julgado, *_sera_padrao(banco, pedido)[1])


def julgar_so_o_certificado(
    banco: Banco, config: Configuracao, pedido: Pedido, aberto: Aberto, agora: datetime
) -> tuple[str, ...] | Recusa:
    """Returns the same but for what concerns the default of the company."""
    c = aberto.certificado
    pretensao = Pretensao(pedido.empresa, pedido.apelido, pedido.uso, Tipo.A1, c.der, aberto.cadeia, c.identidade)
    return _julgar(banco, config, pretensao, agora)


def instalar_a3(
    banco: Banco, config: Configuracao, pedido: Pedido, pretensao: Pretensao, token: str, agora: datetime
) -> Instalado | Recusa:
    """Records a certificate whose key is in a token. `token` is `leitura.token.Referencia` as JSON."""
    with banco.transacao():
        julgado = _julgar(banco, config, pretensao, agora)
        if isinstance(julgado, Recusa):
            return julgado
        return _gravar(banco, pedido, pretensao, julgado, agora, segredo_id=None, token=token)


def _nome_do_segredo(pedido: Pedido, agora: datetime) -> str:
    return f"certificado:{pedido.empresa}:{pedido.apelido}:{texto_de(agora)}"


def _julgar(banco: Banco, config: Configuracao, p: Pretensao, agora: datetime) -> tuple[str, ...] | Recusa:
    igual = tabela.igual(banco, p.empresa, p.uso, p.der)
    ultimo = tabela.ultimo_registro(banco)
    return regras.julgar(
        p,
        Circunstancias(
            agora=agora,
            producao=config.ambiente is Ambiente.PRODUCAO,
            empresas=frozenset(e.cnpj for e in config.empresas),
            apelidos=frozenset(r["apelido"] for r in tabela.ativos(banco, p.empresa)),
            ja_instalado_como=igual["apelido"] if igual is not None else None,
            ultimo=instante_de(ultimo) if ultimo else None,
        ),
    )


def _gravar(
    banco: Banco,
    pedido: Pedido,
    p: Pretensao,
    avisos: tuple[str, ...],
    agora: datetime,
    *,
    segredo_id: int | None,
    token: str | None,
) -> Instalado:
    quem, quando = p.identidade, texto_de(agora)
    novo = tabela.Novo(
        p.empresa, p.apelido, p.uso, p.tipo, p.der, regras.empacotar(p.cadeia), quem.titular, quem.cnpj, quem.cpf,
        texto_de(quem.validade_de), texto_de(quem.validade_ate), segredo_id, token, pedido.quem, pedido.origem,
    )  # fmt: skip
    padrao, ditos = _sera_padrao(banco, pedido)
    id_ = tabela.inserir(banco, novo, quando)
    if padrao:
        tabela.tornar_padrao(banco, id_, quando)
    return Instalado(id_, padrao, (*avisos, *ditos))


def _sera_padrao(banco: Banco, pedido: Pedido) -> tuple[bool, tuple[str, ...]]:
    """Says whether the certificate becomes the default, and what the person should be told.

    Not given means yes, unless a certificate that cannot sign would take the place of one that signs for the company.
    """
    atual = next((r for r in tabela.ativos(banco, pedido.empresa) if r["padrao"]), None)
    deixa_sem_assinar = atual is not None and atual["uso"] == Uso.ASSINATURA and pedido.uso is not Uso.ASSINATURA
    if pedido.padrao is None and deixa_sem_assinar and atual is not None:
        return False, (f'O padrão da empresa continua "{atual["apelido"]}", que assina; para mudar, diga --padrao.',)
    if pedido.padrao and deixa_sem_assinar:
        return True, (
            "Atenção: o novo padrão não é de assinatura; os documentos da empresa vão esperar por um que seja.",
        )
    if pedido.padrao is False and atual is None:
        return False, ("A empresa ainda não tem certificado padrão: separador certificado padrao APELIDO.",)
    return pedido.padrao is not False, ()


def trocar_padrao(banco: Banco, empresa: str, apelido: str, agora: datetime) -> Recusa | None:
    """Makes the certificate the one default of its company, in one step."""
    with banco.transacao():
        linha = tabela.por_apelido(banco, empresa, apelido)
        if linha is None:
            return nao_ha(empresa, apelido)
        if instante_de(linha["validade_ate"]) < agora:
            mensagem = f'O certificado "{apelido}" está vencido desde {fuso.dia(instante_de(linha["validade_ate"]))}.'
            return _recusa("VENCIDO", mensagem, "Escolha um que esteja em vigor.")
        if not linha["padrao"]:
            tabela.tornar_padrao(banco, linha["id"], texto_de(agora))
    return None


def remover(
    banco: Banco, cofre: Cofre | None, empresa: str, apelido: str, agora: datetime, *, forcar: bool
) -> Recusa | None:
    """Takes a certificate out of use and deletes its key. The old one stays until the new default has signed."""
    with banco.transacao():
        linha = tabela.por_apelido(banco, empresa, apelido)
        if linha is None:
            return nao_ha(empresa, apelido)
        impedimento = None if forcar else _por_que_fica(tabela.ativos(banco, empresa), linha["id"])
        if impedimento is not None:
            return impedimento
        segredo = linha["segredo_id"]
        tabela.retirar(banco, linha["id"], texto_de(agora))
        if segredo is not None and cofre is not None:
            cofre.apagar(segredo)
    return None


def _por_que_fica(ativos: list[Row], id_: int) -> Recusa | None:
    linhas = [r for r in ativos if r["id"] != id_]
    este = next(r for r in ativos if r["id"] == id_)
    if este["padrao"] and linhas:
        return Recusa((como_erro("SEP-CERT-PADRAO"),))
    padrao = next((r for r in linhas if r["padrao"]), None)
    era_padrao = este["padrao_desde"] is not None
    if padrao is not None and era_padrao and padrao["assinou_em"] is None:
        return Recusa((como_erro("SEP-CERT-AINDA-NECESSARIO"),))
    return None


def nao_ha(empresa: str, apelido: str) -> Recusa:
    """Returns the refusal for a nickname that the company does not have."""
    mensagem = f'A empresa {empresa} não tem certificado com o apelido "{apelido}".'
    return _recusa("NAO-HA", mensagem, "Veja os que há: separador certificado listar")


def _recusa(codigo: str, mensagem: str, o_que_fazer: str) -> Recusa:
    return Recusa((Erro(f"SEP-CERT-{codigo}", "SEP", mensagem, o_que_fazer),))
