"""Configuration: `config/separador.yaml`, checked into frozen types; edited keeping comments and order."""

from separador.configuracao.carga import carregar, conferir, interpretar
from separador.configuracao.tipos import (
    Ambiente,
    Avisos,
    Certificado,
    Conferida,
    ConfigSefaz,
    Configuracao,
    Empresa,
    ErroConfig,
    Invalida,
    MeioSenha,
    OrigemSenha,
    Perfil,
    ResponsavelTecnico,
    Smtp,
    Tls,
    Valor,
)

__all__ = [
    "Ambiente",
    "Avisos",
    "Certificado",
    "Conferida",
    "ConfigSefaz",
    "Configuracao",
    "Empresa",
    "ErroConfig",
    "Invalida",
    "MeioSenha",
    "OrigemSenha",
    "Perfil",
    "ResponsavelTecnico",
    "Smtp",
    "Tls",
    "Valor",
    "carregar",
    "conferir",
    "interpretar",
]
