"""Holds the states: IBGE codes, the contingency service of each, and which states touch each other."""

CODIGO_UF = dict(
    item.split(":")
    for item in (
        "RO:11 AC:12 AM:13 RR:14 PA:15 AP:16 TO:17 MA:21 PI:22 CE:23 RN:24 PB:25 PE:26 AL:27 SE:28 BA:29 MG:31 ES:32 "
        "RJ:33 SP:35 PR:41 SC:42 RS:43 MS:50 MT:51 GO:52 DF:53"
    ).split()
)
SIGLA_UF = {codigo: sigla for sigla, codigo in CODIGO_UF.items()}
EXTERIOR = "EX"

# SVC-RS (tpEmis 7) stands in for the states that SP authorises and for MS and MT. SVC-SP (8) stands in for the others.
_SVC_RS = frozenset("MS MT SP AP PE RR".split())
SVC = {sigla: "7" if sigla in _SVC_RS else "8" for sigla in CODIGO_UF}

_DIVISAS = """
AC AM RO
AL BA PE SE
AM AC MT PA RO RR
AP PA
BA AL ES GO MG PE PI SE TO
CE PB PE PI RN
DF GO MG
ES BA MG RJ
GO BA DF MG MS MT TO
MA PA PI TO
MG BA DF ES GO MS RJ SP
MS GO MG MT PR SP
MT AM GO MS PA RO TO
PA AM AP MA MT RR TO
PB CE PE RN
PE AL BA CE PB PI
PI BA CE MA PE TO
PR MS SC SP
RJ ES MG SP
RN CE PB
RO AC AM MT
RR AM PA
RS SC
SC PR RS
SE AL BA
SP MG MS PR RJ
TO BA GO MA MT PA PI
"""
DIVISAS = {linha[:2]: frozenset(linha[3:].split()) for linha in _DIVISAS.split("\n") if linha}
