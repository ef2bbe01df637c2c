"""Describes the groups of one kind of document alone: the CT-e OS, the deliveries of the Simplificado, the GTV-e."""

from separador.fiscal.emissao.formato import listas as ls
from separador.fiscal.emissao.formato.tipos import (
    DINHEIRO,
    QUANTIDADE,
    Campo,
    Chave,
    Data,
    Grupo,
    Lista,
    Logico,
    Municipio,
    Palavra,
    Referencia,
    Texto,
    palavras,
)  # fmt: skip

MAXIMO_DE_ENTREGAS = 999
_FRETAMENTO = Grupo(
    (
        Campo("tipo", palavras("eventual", "continuo"), "eventual ou contínuo"),
        Campo("viagem", Data(momento=True), "saída da viagem, exigida no eventual"),
    )
)
_REFERENCIADO = Grupo(
    (
        Campo("numero", Texto(20), "em papel: número"),
        Campo("serie", Texto(3), "em papel: série"),
        Campo("subserie", Texto(3), "em papel: subsérie"),
        Campo("emissao", Data(), "em papel: emissão"),
        Campo("valor", DINHEIRO, "em papel: valor"),
        Campo("chave_bpe", Chave("63"), "chave do BP-e, no lugar dos outros"),
    )
)
FEDERAIS = ("pis", "cofins", "ir", "inss", "csll")
"""Federal taxes, in the order of the layout."""
_FEDERAIS = Grupo(tuple(Campo(n, DINHEIRO, f"valor de {n.upper()}") for n in FEDERAIS))
OS = Grupo(
    (
        Campo("descricao", Texto(30), "serviço prestado"),
        Campo("quantidade", QUANTIDADE, "passageiros, volumes"),
        Campo("percurso", Lista(Texto(2, 2, forma="[A-Z]{2}"), 25), "UF entre a de início e a de fim, na ordem"),
        Campo("taf", Texto(12, forma="[0-9]{12}"), "termo de autorização de fretamento (entre UF)"),
        Campo("registro_estadual", Texto(25, forma="[0-9]{25}"), "registro na UF (dentro dela)"),
        Campo("veiculo", Referencia(ls.VEICULOS), "veículo"),
        Campo("fretamento", _FRETAMENTO, "fretamento de pessoas"),
        Campo("documentos_referenciados", Lista(_REFERENCIADO), "documentos dos passageiros"),
        Campo("cte_cancelado", Chave("67"), "CT-e OS cancelado que este substitui"),
        Campo("tributos_federais", _FEDERAIS, "tributos federais"),
    )
)
_COMPONENTE = Grupo(
    (
        Campo(
            "tipo",
            Palavra({t: t for t in "123456"}),
            "custódia, embarque, espera, malote, ad valorem, outros",
        ),
        Campo("valor", DINHEIRO, "valor"),
        Campo("complemento", Texto(15), "nome do componente, exigido no tipo 6"),
    )
)
GTVE = Grupo(
    (
        Campo("chave", Chave("64"), "chave da GTV-e"),
        Campo("componentes", Lista(_COMPONENTE), "somam o valor da prestação"),
    )
)
_ANTERIOR_DA_ENTREGA = Grupo(
    (
        Campo("chave", Chave("57"), "chave do CT-e anterior"),
        Campo("parcial", Logico(), "só parte das notas dele"),
        Campo("notas", Lista(Chave("55")), "parcial: as NF-e desta entrega"),
    )
)
ENTREGA = Grupo(
    (
        Campo("cod_cid_inicio", Municipio(), "município de início; sem ele, o do CT-e"),
        Campo("cod_cid_fim", Municipio(), "município de fim; sem ele, o do CT-e"),
        Campo("servicos", Lista(ls.SERVICO), "serviços da entrega"),
        Campo("notas", Lista(ls.NOTA), "NF-e da entrega"),
        Campo("documentos_anteriores", Lista(_ANTERIOR_DA_ENTREGA), "CT-e anteriores, no lugar das notas"),
    )
)
_ESPECIES = {"numerario": "1", "cheque": "2", "moeda": "3", "outros": "4"}
_ESPECIE = Grupo(
    (
        Campo("tipo", Palavra({**_ESPECIES, **{c: c for c in _ESPECIES.values()}}), "numerário, cheque, moeda, outros"),
        Campo("valor", DINHEIRO, "valor"),
        Campo("estrangeira", Texto(60, 2), "nome da moeda, quando estrangeira"),
    )
)
GTV = Grupo(
    (
        Campo("saida", Data(momento=True), "saída da origem"),
        Campo("chegada", Data(momento=True), "chegada ao destino"),
        Campo("origem", ls.ENDERECO_DO_EMITENTE, "endereço da origem"),
        Campo("destino", ls.ENDERECO_DO_EMITENTE, "endereço do destino"),
        Campo("especies", Lista(_ESPECIE), "o que é transportado"),
        Campo("quantidade", QUANTIDADE, "quantidade de volumes ou malotes"),
        Campo("veiculos", Lista(Referencia(ls.VEICULOS)), "veículos"),
    )
)
