"""Configuration: `config/separador.yaml`, checked into frozen types; edited keeping comments and order."""

from separador.configuracao.carga import carregar, conferir, interpretar
from separador.configuracao.tipos import (
    Ambiente,
    Certificado,
    Conferida,
    Configuracao,
    Empresa,
    ErroConfig,
    Invalida,
    MeioSenha,
    OrigemSenha,
    Perfil,
    Valor,
)

__all__ = [
    "Ambiente",
    "Certificado",
    "Conferida",
    "Configuracao",
    "Empresa",
    "ErroConfig",
    "Invalida",
    "MeioSenha",
    "OrigemSenha",
    "Perfil",
    "Valor",
    "carregar",
    "conferir",
    "interpretar",
]
