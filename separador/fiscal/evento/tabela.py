"""Holds the table of the events of the emitter and of the taker. Every other part about events reads it.

Sources: MOC 4.00, Visão Geral, section 6, and the official schemas `ev*_v4.00.xsd`, which win where the two differ. An
event marked `nt` comes from a Nota Técnica known here only by its schema, so a correction changes one row. EPEC
(110113) is extinct since 16/11/2026 and is never offered.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from separador.fiscal.evento.campos import Grupo, Item
from separador.fiscal.evento.leitores import IMAGEM_EM_BASE64, SHA1_EM_BASE64, Campo, Forma, Origem
from separador.fiscal.evento.nomes import NOMES


class Autor(StrEnum):
    """The party whose certificate signs."""

    EMITENTE = "emitente"
    TOMADOR = "tomador"


@dataclass(frozen=True, slots=True)
class Prazo:
    """A time limit, counted from the authorisation, for these models. After it SEFAZ answers `codigo`."""

    modelos: frozenset[str]
    tempo: timedelta
    codigo: str
    escrito: str


@dataclass(frozen=True, slots=True)
class EventoFiscal:
    """One kind of event.

    `modelo_recusado`: code and MOC rule with which SEFAZ refuses another model (rules N11, N12, N13 and N15).
    `cancela`: the tpEvento that it cancels. `independente`: several may be on their way at once, and none replaces
    another. `extras`: fields of orders that go into no XML. `nt`: the Nota Técnica whose text is not confirmed here.
    """

    tp: str
    titulo: str
    elemento: str
    itens: tuple[Item, ...]
    modelos: frozenset[str]
    modelo_recusado: tuple[str, str]
    max_seq: int
    autor: Autor = Autor.EMITENTE
    prazos: tuple[Prazo, ...] = ()
    cancela: str | None = None
    independente: bool = False
    extras: tuple[Campo, ...] = ()
    nt: str | None = None

    @property
    def nome(self) -> str:
        """Returns its name in commands and orders."""
        return NOMES[self.tp]

    @property
    def do_pedido(self) -> tuple[Item, ...]:
        """Returns everything that an order may give."""
        comuns = (SEQUENCIA, EMPRESA, AUTORIZADO_EM) if self.autor is Autor.TOMADOR else (SEQUENCIA,)
        return (*self.itens, *self.extras, *comuns)


_57, _67, _57_67, _TODOS = (frozenset(m) for m in ({"57"}, {"67"}, {"57", "67"}, {"57", "64", "67"}))
_SO_57, _SO_67, _SO_57_67, _QUALQUER = ("732", "N12"), ("721", "N13"), ("595", "N15"), ("236", "N11")


def _auxiliar(nome: str, texto: str, forma: Forma, maximo: int = 60) -> Campo:
    return Campo("", nome, texto, forma, 1, maximo, obrigatorio=False, origem=Origem.AUXILIAR)


SEQUENCIA = _auxiliar("sequencia", "Número sequencial do evento; sem ele, o próximo livre", Forma.INTEIRO, 999)
EMPRESA = Campo(
    "", "empresa", "CNPJ da empresa tomadora; sem ele, o do documento, ou o da única empresa", Forma.CODIGO,
    obrigatorio=False, padrao="[A-Z0-9]{12}[0-9]{2}", origem=Origem.AUXILIAR,
)  # fmt: skip
AUTORIZADO_EM = _auxiliar(
    "autorizado_em", "Data e hora da autorização do documento, quando ele não é conhecido aqui", Forma.INSTANTE
)
_REPETIR = _auxiliar(
    "repetir_anteriores", "Inclui as correções da carta anterior, que a nova substitui por inteiro", Forma.SIM
)
_TODAS_AS_NOTAS = _auxiliar("todas_as_notas", "Relaciona todas as NF-e do documento", Forma.SIM)
_IMAGEM = Campo(
    "", "imagem", "Imagem da entrega em base64, de que se faz o hash; ela não é enviada", Forma.CODIGO,
    obrigatorio=False, padrao=IMAGEM_EM_BASE64, origem=Origem.AUXILIAR,
)  # fmt: skip
_CANCELADA = _auxiliar(
    "sequencia_cancelada", "Número sequencial do evento a cancelar; sem ele, o único em vigor", Forma.INTEIRO, 999
)


def _fixo(tag: str, valor: str) -> Campo:
    """Returns a field that the layout itself fixes. Where the schema offers it with and without accents, `valor` is the
    one without: every authoriser takes that one."""
    return Campo(tag, tag, "", origem=Origem.FIXO, valor=valor)


_PROT = Campo("nProt", "nProt", "", origem=Origem.PROTOCOLO)
_PROTOCOLO = "[0-9]{15}"


def _cancelado(tag: str) -> Campo:
    return Campo(
        tag, "protocolo_do_evento", "Protocolo do evento a cancelar; sem ele, o que está registrado aqui", Forma.CODIGO,
        obrigatorio=False, padrao=_PROTOCOLO, origem=Origem.CANCELADO,
    )  # fmt: skip


def _coordenadas(onde: str) -> tuple[Campo, Campo]:
    return (
        Campo("latitude", "latitude", f"Latitude {onde}, em graus", Forma.COORDENADA, obrigatorio=False),
        Campo("longitude", "longitude", f"Longitude {onde}, em graus", Forma.COORDENADA, obrigatorio=False, limite=180),
    )


_NOTAS = Grupo(
    "infEntrega", (Campo("chNFe", "chave", "Chave da NF-e", Forma.CHAVE),), "notas", "Chaves das NF-e", 2000,
    obrigatorio=False, opcao="nota",
)  # fmt: skip
_45_DIAS = timedelta(days=45)

_CONDICAO_DE_USO = (
    "A Carta de Correcao e disciplinada pelo Art. 58-B do CONVENIO/SINIEF 06/89: Fica permitida a utilizacao de carta "
    "de correcao, para regularizacao de erro ocorrido na emissao de documentos fiscais relativos a prestacao de "
    "servico de transporte, desde que o erro nao esteja relacionado com: I - as variaveis que determinam o valor do "
    "imposto tais como: base de calculo, aliquota, diferenca de preco, quantidade, valor da prestacao;II - a correcao "
    "de dados cadastrais que implique mudanca do emitente, tomador, remetente ou do destinatario;III - a data de "
    "emissao ou de saida."
)
_DECLARACAO_DE_PAGAMENTO = (
    "Declaro, para fins de apropriacao do credito presumido solicitado, relativo a operacao registrada no documento "
    "fiscal eletronico a que se refere este evento: I \N{EN DASH} ja ter efetuado o pagamento integral do valor da "
    "prestacao do servico ao transportador, nos termos do art. 126, paragrafo 5o, II, da Lei Complementar no 214, de "
    "16 de janeiro de 2025; II \N{EN DASH} estar ciente de que a prestacao de declaracao falsa sujeita-me as "
    "penalidades administrativas e sancoes penais previstas na legislacao, sem prejuizo do estorno do credito "
    "indevidamente apropriado com os acrescimos legais."
)

_CORRECAO = Grupo(
    "infCorrecao",
    (
        Campo("grupoAlterado", "grupo", "Grupo do leiaute, como compl", maximo=20),
        Campo("campoAlterado", "campo", "Campo do grupo, como xObs", maximo=20),
        Campo("valorAlterado", "valor", "Valor corrigido", maximo=500),
        Campo("nroItemAlterado", "item", "Número do item, em uma lista", Forma.INTEIRO, 1, 99, obrigatorio=False),
    ),
    "correcoes",
    "Correções: grupo, campo, valor e, em listas, item",
    9999,
    opcao="correcao",
)


def _parte(tag: str, quem: str) -> Grupo:
    """Returns the sender or the receiver of a GTV. The names carry the role, since both stand beside each other."""
    return Grupo(
        tag,
        (
            Campo("CNPJ", f"{tag}_cnpj", f"CNPJ do {quem}", Forma.CODIGO, obrigatorio=False,
                  padrao="[A-Z0-9]{12}[0-9]{2}"),
            Campo("CPF", f"{tag}_cpf", f"CPF do {quem}", Forma.CODIGO, obrigatorio=False, padrao="[0-9]{11}"),
            Campo("IE", f"{tag}_ie", f"Inscrição estadual do {quem}, ou ISENTO", Forma.CODIGO, obrigatorio=False,
                  padrao="[0-9]{2,14}|ISENTO"),
            Campo("UF", f"{tag}_uf", f"UF do {quem}", Forma.ESCOLHA, escolhas=_UFS),
            Campo("xNome", f"{tag}_nome", f"Nome do {quem}", minimo=2, maximo=60),
        ),
        um_de=(f"{tag}_cnpj", f"{tag}_cpf"),
    )  # fmt: skip


_UFS = tuple(
    (u, u) for u in "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO EX".split()
)

_GTV = Grupo(
    "infGTV",
    (
        Campo("nDoc", "numero", "Número da GTV", maximo=20),
        Campo("id", "identificador", "Número do AIDF ou identificador interno", maximo=20),
        Campo("serie", "serie", "Série", maximo=3, obrigatorio=False),
        Campo("subserie", "subserie", "Subsérie", maximo=3, obrigatorio=False),
        Campo("dEmi", "emissao", "Data da emissão", Forma.DATA),
        Campo("nDV", "digito", "Dígito verificador", maximo=1),
        Campo("qCarga", "volumes", "Quantidade de volumes ou malotes", Forma.DECIMAL, maximo=11, casas=4),
        Grupo(
            "infEspecie",
            (
                Campo("tpEspecie", "tipo", "Espécie transportada", Forma.ESCOLHA,
                      escolhas=(("1", "numerário"), ("2", "cheque"), ("3", "moeda"), ("4", "outros"))),
                Campo("vEspecie", "valor", "Valor transportado", Forma.DECIMAL, maximo=13, obrigatorio=False),
            ),
            "especies",
            "Espécies transportadas: tipo e valor",
            999,
        ),
        _parte("rem", "remetente"),
        _parte("dest", "destinatário"),
        Campo("placa", "placa", "Placa do veículo", Forma.CODIGO, obrigatorio=False,
              padrao="[A-Z]{2,3}[0-9]{4}|[A-Z]{3,4}[0-9]{3}|[A-Z0-9]{7}"),
        Campo("UF", "uf", "UF da placa", Forma.ESCOLHA, obrigatorio=False, escolhas=_UFS),
        Campo("RNTRC", "rntrc", "RNTRC, ou ISENTO", Forma.CODIGO, obrigatorio=False, padrao="[0-9]{8}|ISENTO"),
    ),
    "gtvs",
    "GTV transportadas",
    9999,
)  # fmt: skip


def _credito(tag: str, imposto: str) -> Grupo:
    nome = imposto.lower()
    return Grupo(
        tag,
        (
            Campo("pCredPres", f"{nome}_percentual", f"Percentual do crédito presumido do {imposto}", Forma.DECIMAL,
                  maximo=3, casas=4),
            Campo("vCredPres", f"{nome}_valor", f"Valor do crédito presumido do {imposto}", Forma.DECIMAL, maximo=13),
        ),
        obrigatorio=False,
    )  # fmt: skip


EVENTOS: tuple[EventoFiscal, ...] = (
    EventoFiscal(
        "110111", "Cancelamento", "evCancCTe",
        (
            _fixo("descEvento", "Cancelamento"), _PROT,
            Campo("xJust", "motivo", "Motivo do cancelamento", minimo=15, maximo=255),
        ),
        _TODOS, _QUALQUER, 1,
        prazos=(
            Prazo(_57_67, timedelta(hours=168), "220", "168 horas"),
            Prazo(frozenset({"64"}), _45_DIAS, "876", "45 dias"),
        ),
    ),
    EventoFiscal(
        "110110", "Carta de correção", "evCCeCTe",
        (_fixo("descEvento", "Carta de Correcao"), _CORRECAO, _fixo("xCondUso", _CONDICAO_DE_USO)),
        _57_67, _SO_57_67, 20, extras=(_REPETIR,),
    ),
    EventoFiscal(
        "110160", "Registro do multimodal", "evRegMultimodal",
        (
            _fixo("descEvento", "Registro Multimodal"),
            Campo("xRegistro", "registro", "Documento utilizado e demais situações ocorridas", minimo=15, maximo=1000),
            Campo("nDoc", "documento", "Número do documento lançado no CT-e multimodal", Forma.CODIGO,
                  obrigatorio=False, padrao="[0-9]{1,44}"),
        ),
        _57, _SO_57, 20, independente=True,
    ),
    EventoFiscal(
        "110170", "Informações da GTV", "evGTV", (_fixo("descEvento", "Informacoes da GTV"), _GTV),
        _67, _SO_67, 99, independente=True,
    ),
    EventoFiscal(
        "110180", "Comprovante de entrega", "evCECTe",
        (
            _fixo("descEvento", "Comprovante de Entrega do CT-e"), _PROT,
            Campo("dhEntrega", "entrega_em", "Data e hora da conclusão da entrega", Forma.INSTANTE),
            Campo("nDoc", "documento", "Documento de identificação de quem recebeu", minimo=2, maximo=20),
            Campo("xNome", "nome", "Nome de quem recebeu", minimo=2, maximo=60),
            *_coordenadas("do ponto da entrega"),
            Campo("hashEntrega", "hash", "SHA-1 em base64 da chave seguida da imagem em base64; sem ele, o da imagem",
                  Forma.CODIGO, obrigatorio=True, padrao=SHA1_EM_BASE64, origem=Origem.IMAGEM),
            Campo("dhHashEntrega", "hash_em", "Data e hora em que o hash foi gerado; sem ela, agora", Forma.INSTANTE,
                  origem=Origem.AGORA),
            _NOTAS,
        ),
        _57, _SO_57, 999, independente=True, extras=(_IMAGEM, _TODAS_AS_NOTAS),
    ),
    EventoFiscal(
        "110181", "Cancelamento do comprovante de entrega", "evCancCECTe",
        (_fixo("descEvento", "Cancelamento do Comprovante de Entrega do CT-e"), _PROT, _cancelado("nProtCE")),
        _57, _SO_57, 999, cancela="110180", extras=(_CANCELADA,),
    ),
    EventoFiscal(
        "110190", "Insucesso na entrega", "evIECTe",
        (
            _fixo("descEvento", "Insucesso na Entrega do CT-e"), _PROT,
            Campo("dhTentativaEntrega", "tentativa_em", "Data e hora da tentativa de entrega", Forma.INSTANTE),
            Campo("nTentativa", "tentativa", "Número da tentativa, com três algarismos", Forma.CODIGO,
                  obrigatorio=False, padrao="[0-9]{3}"),
            Campo("tpMotivo", "motivo", "Motivo do insucesso", Forma.ESCOLHA,
                  escolhas=(("1", "recebedor não encontrado"), ("2", "recusa do recebedor"),
                            ("3", "endereço inexistente"), ("4", "outros, com justificativa"))),
            Campo("xJustMotivo", "justificativa", "Justificativa, só para o motivo 4", minimo=15, maximo=256,
                  obrigatorio=False),
            *_coordenadas("do ponto da tentativa"),
            Campo("hashTentativaEntrega", "hash",
                  "SHA-1 em base64 da chave seguida da imagem em base64; sem ele, o da imagem, se houver", Forma.CODIGO,
                  obrigatorio=False, padrao=SHA1_EM_BASE64, origem=Origem.IMAGEM),
            Campo("dhHashTentativaEntrega", "hash_em", "Data e hora em que o hash foi gerado; sem ela, agora",
                  Forma.INSTANTE, obrigatorio=False, origem=Origem.AGORA),
            _NOTAS,
        ),
        _57, _SO_57, 999, independente=True, extras=(_IMAGEM, _TODAS_AS_NOTAS),
    ),
    EventoFiscal(
        "110191", "Cancelamento do insucesso na entrega", "evCancIECTe",
        (_fixo("descEvento", "Cancelamento do Insucesso de Entrega do CT-e"), _PROT, _cancelado("nProtIE")),
        _57, _SO_57, 999, cancela="110190", extras=(_CANCELADA,),
    ),
    EventoFiscal(
        "110300", "Vinculação do pagamento", "evVincPgto",
        (
            _fixo("descEvento", "Vinculacao do Pagamento"), _PROT,
            Grupo("pgto", (
                Campo("nPag", "numero", "Número sequencial do pagamento", Forma.INTEIRO, 1, 990, atributo=True),
                Campo("idTransacao", "transacao", "Identificação da transação financeira", minimo=2, maximo=35,
                      atributo=True),
                Campo("tpMeioPgto", "meio", "Código do meio de pagamento, dois algarismos (IT DFe 2026.001)",
                      Forma.CODIGO, padrao="[0-9]{2}"),
                Campo("CNPJReceb", "recebedor", "CNPJ de quem recebe o pagamento", Forma.CODIGO,
                      padrao="[A-Z0-9]{12}[0-9]{2}"),
                Campo("CNPJBasePSP", "instituicao", "CNPJ base (8) da instituição financeira ou de pagamento",
                      Forma.CODIGO, padrao="[A-Z0-9]{8}"),
            )),
        ),
        _57_67, _SO_57_67, 999, independente=True, nt="NT 2026.001",
    ),
    EventoFiscal(
        "110301", "Cancelamento da vinculação do pagamento", "evCancVincPgto",
        (_fixo("descEvento", "Cancelamento da vinculacao do pagamento"), _PROT, _cancelado("nProtVincPgto")),
        _57_67, _SO_57_67, 999, cancela="110300", extras=(_CANCELADA,), nt="NT 2026.001",
    ),
    EventoFiscal(
        "211110", "Apropriação de crédito presumido", "evApropriaCredPres",
        (
            _fixo("descEvento", "Apropriacao Credito Presumido"),
            Campo("vBCCredPres", "base", "Base de cálculo do crédito presumido", Forma.DECIMAL, maximo=13),
            Campo("cCredPres", "codigo", "Código da classificação do crédito presumido, dois algarismos", Forma.CODIGO,
                  padrao="[0-9]{2}"),
            _credito("gIBSCredPres", "IBS"), _credito("gCBSCredPres", "CBS"),
            _fixo("xDecPag", _DECLARACAO_DE_PAGAMENTO),
        ),
        _57_67, _SO_57_67, 999, Autor.TOMADOR, nt="NT 2026.004",
    ),
    EventoFiscal(
        "610110", "Prestação de serviço em desacordo", "evPrestDesacordo",
        (
            _fixo("descEvento", "Prestacao do Servico em Desacordo"), _fixo("indDesacordoOper", "1"),
            Campo("xObs", "observacao", "Observação do tomador", minimo=15, maximo=255),
        ),
        _57_67, _SO_57_67, 20, Autor.TOMADOR, prazos=(Prazo(_57_67, _45_DIAS, "787", "45 dias"),),
    ),
    EventoFiscal(
        "610111", "Cancelamento da prestação de serviço em desacordo", "evCancPrestDesacordo",
        (
            _fixo("descEvento", "Cancelamento Prestacao do Servico em Desacordo"), _cancelado("nProtEvPrestDes"),
        ),
        _57_67, _SO_57_67, 20, Autor.TOMADOR, cancela="610110", extras=(_CANCELADA,),
    ),
)  # fmt: skip

POR_NOME = {e.nome: e for e in EVENTOS}
POR_TIPO = {e.tp: e for e in EVENTOS}
