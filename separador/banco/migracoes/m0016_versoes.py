"""Records which version wrote the database and which is the oldest that may open it; lets a document be rebuilt. Frozen.

`escrita_por` NULL: a version that did not say so. `versao_minima` is raised only by a migration that an older program
would be broken by: `UPDATE instalacao SET versao_minima = '<the version that brings it>'`. A migration that only adds
leaves it, and an older program that is not below it goes on with the database.

A document is born by `reconstrução` from what lies in the folders `fiscal` and `arquivo`: authorised, cancelled, or with
an original alone. The history of a birth takes code and protocol too.

What looks at every certificate, or at the key of every secret, finds it in an index: in the rows it stands behind or
between kilobytes of bytes.
"""

ROTEIRO = """
ALTER TABLE instalacao ADD COLUMN escrita_por TEXT;
ALTER TABLE instalacao ADD COLUMN versao_minima TEXT NOT NULL DEFAULT '0.1.0';
DROP TRIGGER documento_nasce;
CREATE TRIGGER documento_nasce BEFORE INSERT ON documento
WHEN (NEW.causa, NEW.situacao) NOT IN (VALUES ('exportação aceita', 'NÃO ENVIADO'), ('reconstrução', 'AUTORIZADO PELA SEFAZ'), ('reconstrução', 'CANCELADO'), ('reconstrução', 'NÃO ENVIADO'))
  OR EXISTS (SELECT 1 FROM documento WHERE id = NEW.id OR chave = NEW.chave)
BEGIN SELECT RAISE(ABORT, 'documento: só nasce uma vez, e NÃO ENVIADO ou por reconstrução'); END;
DROP TRIGGER documento_nasceu;
CREATE TRIGGER documento_nasceu AFTER INSERT ON documento
BEGIN INSERT INTO historico (documento_id, quando, de, para, causa, quem, arquivo_id, cstat, protocolo)
VALUES (NEW.id, NEW.atualizado_em, NULL, NEW.situacao, NEW.causa, NEW.causa_quem, NEW.causa_arquivo,
        NEW.causa_cstat, NEW.causa_protocolo); END;
CREATE INDEX certificado_em_uso ON certificado (padrao, empresa, apelido, uso, tipo, sha256, segredo_id, validade_ate,
    padrao_desde, assinou_em, pin_recusado_em, removido_em) WHERE removido_em IS NULL;
CREATE INDEX segredo_chave ON segredo (chave_id, nome);
"""
