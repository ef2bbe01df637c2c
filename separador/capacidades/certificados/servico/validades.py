"""Lists what expires among the certificates: those of the vault in use, and those that the configuration names."""

from separador.banco.instante import instante_de
from separador.capacidades.avisos.dominio import Validade
from separador.capacidades.certificados import banco as tabela
from separador.capacidades.certificados.dominio import Uso
from separador.motor.contexto import Contexto

_RENOVAR = (
    "Peça a renovação à autoridade certificadora e instale o novo com: separador certificado instalar ARQUIVO "
    "--apelido NOME (ou pela pasta vigiada). O serviço o adota sozinho."
)
_RENOVAR_ARQUIVO = (
    "Peça a renovação à autoridade certificadora e instale o novo com: separador certificado instalar ARQUIVO "
    "--apelido NOME, ou troque o arquivo .pfx que a configuração nomeia. O serviço o adota sozinho."
)


def de_certificados(contexto: Contexto) -> list[Validade]:
    """Returns the expiries of defaults and of certificates for other uses.

    A replaced default expires without warning.
    """
    nomes = {e.cnpj: e.nome for e in contexto.config.empresas}
    instaladas = tabela.com_validade(contexto.banco)
    lista = [
        Validade(
            f"cofre:{r['id']}",
            f'O certificado "{r["apelido"]}" de {nomes.get(r["empresa"], r["empresa"])}',
            instante_de(r["validade_ate"]),
            _RENOVAR,
        )
        for r in instaladas
        if r["padrao"] or r["uso"] != Uso.ASSINATURA
    ]
    no_cofre = {r["empresa"] for r in instaladas if r["padrao"]}
    for cnpj, certificado in contexto.certificados.items():
        if cnpj not in no_cofre:
            o_que = f"O certificado de {nomes.get(cnpj, cnpj)}"
            lista.append(Validade(f"arquivo:{cnpj}", o_que, certificado.validade_ate, _RENOVAR_ARQUIVO))
    return lista
