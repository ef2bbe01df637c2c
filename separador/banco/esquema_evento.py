"""What an order for a fiscal event says beyond its reason (SEFAZ-02; migration m0007)."""

ROTEIRO = """
ALTER TABLE tarefa ADD COLUMN dados TEXT;
CREATE INDEX tarefa_evento ON tarefa (id) WHERE pedido = 'evento';
CREATE INDEX evento_tipo ON evento (tp_evento, id);
CREATE INDEX evento_publicado ON evento (atualizado_em) WHERE estado = 'publicado';
"""
