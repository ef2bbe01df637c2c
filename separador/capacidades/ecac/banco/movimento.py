"""Says what of a guide counts in the summary: that it is settled."""

from separador.capacidades.movimento.dominio import Fonte

GUIAS = Fonte(
    ultimo="SELECT coalesce(max(id), 0) FROM ecac_guia_historico",
    linhas="SELECT substr(h.quando, 1, 13) AS hora, g.contribuinte AS empresa, 0 AS rota_id, '' AS autorizador,"
    " 'guia baixada' AS desfecho, '' AS cstat, CAST(round(100 * coalesce(g.pago_total, g.total, g.principal))"
    " AS INTEGER) AS valor, NULL AS tempo_s FROM ecac_guia_historico h JOIN ecac_guia g ON g.id = h.guia_id"
    " WHERE h.id > ? AND h.id <= ? AND h.para IN ('paga', 'paga sem comprovante')"
    " AND coalesce(h.de, '') NOT IN ('paga', 'paga sem comprovante')",
)
