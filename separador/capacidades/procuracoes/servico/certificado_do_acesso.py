"""Installs the certificate of an access in the same transaction as the access, for the command and for the panel."""

from datetime import datetime

from separador.banco.conexao import Banco
from separador.capacidades.certificados import banco as certificados
from separador.capacidades.certificados.dominio import Uso
from separador.capacidades.certificados.leitura.pfx import Aberto
from separador.capacidades.certificados.servico.instalacao import Pedido, instalar_a1, julgar_so_o_certificado
from separador.capacidades.procuracoes.dominio import Acesso
from separador.cofre.cofre import Cofre
from separador.configuracao import Configuracao
from separador.nucleo.erro import Recusa
from separador.nucleo.negativa import Negativa

PELO_COMANDO = "Dê este comando com --certificado {}, sem --pfx."
PELA_PAGINA = "Escolha {} em Certificado, e nenhum Arquivo PFX."
"""What to do with a certificate that is installed already."""


def de_outro(esperado: str, aberto: Aberto) -> str | None:
    """Returns what a person must know of a certificate that is not of the office, or of the company named."""
    quem = aberto.certificado.identidade
    if quem.cnpj is not None and quem.cnpj[:8] == esperado[:8]:
        return None
    return f"O certificado não é de {esperado}, e as consultas dos clientes seriam feitas em nome de {quem.titular}."


def instalar(
    banco: Banco,
    cofre: Cofre,
    config: Configuracao,
    a: Acesso,
    aberto: Aberto,
    *,
    quem: str,
    agora: datetime,
    se_ja_ha: str = PELO_COMANDO,
) -> Negativa | None:
    """Installs it for the use of a procurador, never as the default that signs. Run inside the access's transaction."""
    pedido = _pedido(a, quem)
    empresa = pedido.empresa
    feito = instalar_a1(banco, cofre, config, pedido, aberto, agora)
    if not isinstance(feito, Recusa):
        return None
    if any(e.codigo == "SEP-CERT-REPETIDO" for e in feito.erros):
        igual = certificados.igual(banco, empresa, Uso.PROCURADOR, aberto.certificado.der)
        com = f'"{igual["apelido"]}"' if igual is not None else "APELIDO"
        mensagem = f"{feito.erros[0].mensagem} {se_ja_ha.format(com)} Nada foi mudado."
        return Negativa("SEP-CERT-REPETIDO", mensagem)
    motivos = " ".join(f"{e.mensagem} {e.o_que_fazer}" for e in feito.erros)
    return Negativa(feito.erros[0].codigo, f"{motivos} Nada foi mudado.")


def avisos(
    banco: Banco, config: Configuracao, a: Acesso, aberto: Aberto, *, quem: str, agora: datetime
) -> tuple[str, ...]:
    """Returns what a person must know of the certificate itself, as where one is installed without an access."""
    julgado = julgar_so_o_certificado(banco, config, _pedido(a, quem), aberto, agora)
    return () if isinstance(julgado, Recusa) else julgado


def _pedido(a: Acesso, quem: str) -> Pedido:
    return Pedido(a.certificado_cnpj or a.escritorio, a.certificado or "", Uso.PROCURADOR, False, quem, "comando")
