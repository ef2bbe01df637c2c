"""Says what of a document counts in the summary: every change of situação that ends something."""

from separador.capacidades.movimento.dominio import Fonte

DOCUMENTOS = Fonte(
    ultimo="SELECT coalesce(max(id), 0) FROM historico",
    linhas="SELECT substr(h.quando, 1, 13) AS hora, d.emitente AS empresa, d.rota_id, coalesce((SELECT t.autorizador"
    " FROM transmissao t WHERE t.documento_id = d.id ORDER BY t.id DESC LIMIT 1), '') AS autorizador,"
    " CASE h.para WHEN 'AUTORIZADO PELA SEFAZ' THEN 'autorizado' WHEN 'REJEITADO PELA SEFAZ' THEN 'rejeitado'"
    " WHEN 'CANCELADO' THEN 'cancelado' ELSE 'cancelamento rejeitado' END AS desfecho,"
    " coalesce(h.cstat, '') AS cstat, iif(h.para = 'AUTORIZADO PELA SEFAZ', d.valor, NULL) AS valor,"
    " iif(h.para = 'AUTORIZADO PELA SEFAZ', round(86400.0 * (julianday(h.quando) - julianday(a.tomado_em)), 3), NULL)"
    " AS tempo_s"
    " FROM historico h JOIN documento d ON d.id = h.documento_id LEFT JOIN arquivo a ON a.id = d.arquivo_id"
    " WHERE h.id > ? AND h.id <= ? AND h.para IN ('AUTORIZADO PELA SEFAZ', 'REJEITADO PELA SEFAZ', 'CANCELADO',"
    " 'CANCELAMENTO REJEITADO') AND h.causa <> 'estorno do pedido de cancelamento'",
)
