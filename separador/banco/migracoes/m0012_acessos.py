"""Adds what an access that is used needs: its organ, who gave its secret, what it was used for; what each company's last
import came to, and to whom a company was refused. Frozen.

The index of clients serves the look-up that an import makes for each company, the one of certificates the question
whether a company has one of its own.
"""

ROTEIRO = """
ALTER TABLE procuracao ADD COLUMN orgao TEXT;
ALTER TABLE procuracao ADD COLUMN senha_por TEXT;
CREATE INDEX procuracao_cliente_documento ON procuracao_cliente (documento);
CREATE TABLE procuracao_uso (
    procuracao_id INTEGER NOT NULL REFERENCES procuracao (id),
    uso TEXT NOT NULL,
    cliente TEXT NOT NULL,
    usada_em TEXT NOT NULL,
    PRIMARY KEY (procuracao_id, uso, cliente)
);
CREATE INDEX certificado_cnpj ON certificado (cnpj) WHERE removido_em IS NULL;
ALTER TABLE ecac_empresa ADD COLUMN situacao TEXT;
ALTER TABLE ecac_empresa ADD COLUMN situacao_detalhe TEXT;
ALTER TABLE ecac_empresa ADD COLUMN situacao_em TEXT;
ALTER TABLE ecac_empresa ADD COLUMN situacao_importacao INTEGER;
ALTER TABLE ecac_empresa ADD COLUMN situacao_autor TEXT;
ALTER TABLE ecac_empresa ADD COLUMN negada_autor TEXT;
"""
