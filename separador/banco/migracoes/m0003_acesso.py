"""Creates the tables of users, sessions, the audit trail and the powers of attorney. Frozen.

The audit trail is written once: triggers refuse UPDATE, DELETE and any INSERT that is not the next row of the chain, also
`INSERT OR REPLACE` from a bare connection. `auditoria.conferir` finds what a direct edit of the file changes.
"""

ROTEIRO = """
CREATE TABLE escritorio (
    cnpj TEXT PRIMARY KEY,
    nome TEXT NOT NULL,
    criado_em TEXT NOT NULL,
    alterado_em TEXT NOT NULL
);
CREATE TABLE usuario (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    nome TEXT NOT NULL,
    nivel TEXT NOT NULL CHECK (nivel IN ('administrador', 'operador', 'consulta')),
    ativo INTEGER NOT NULL DEFAULT 1 CHECK (ativo IN (0, 1)),
    escritorio TEXT REFERENCES escritorio (cnpj),
    senha TEXT,
    senha_em TEXT,
    falhas INTEGER NOT NULL DEFAULT 0,
    bloqueado_ate TEXT,
    criado_em TEXT NOT NULL,
    alterado_em TEXT NOT NULL
);
CREATE TRIGGER usuario_fica BEFORE DELETE ON usuario
BEGIN SELECT RAISE(ABORT, 'usuário: desativa-se, não se apaga'); END;
CREATE TRIGGER usuario_nao_troca BEFORE INSERT ON usuario
WHEN EXISTS (SELECT 1 FROM usuario WHERE id = NEW.id OR email = NEW.email)
BEGIN SELECT RAISE(ABORT, 'usuário: este e-mail já existe'); END;
CREATE TABLE usuario_codigo (
    sha256 TEXT PRIMARY KEY,
    usuario_id INTEGER NOT NULL REFERENCES usuario (id),
    criado_em TEXT NOT NULL,
    expira_em TEXT NOT NULL,
    usado_em TEXT
);
CREATE TRIGGER usuario_codigo_uma_vez BEFORE UPDATE ON usuario_codigo
WHEN OLD.usado_em IS NOT NULL OR NEW.sha256 <> OLD.sha256 OR NEW.usuario_id <> OLD.usuario_id
  OR NEW.expira_em <> OLD.expira_em
BEGIN SELECT RAISE(ABORT, 'código: vale uma vez só'); END;
CREATE TABLE usuario_sessao (
    sha256 TEXT PRIMARY KEY,
    usuario_id INTEGER NOT NULL REFERENCES usuario (id),
    conta_so INTEGER NOT NULL,
    criada_em TEXT NOT NULL,
    expira_em TEXT NOT NULL,
    encerrada_em TEXT
);
CREATE INDEX usuario_sessao_aberta ON usuario_sessao (usuario_id) WHERE encerrada_em IS NULL;

CREATE TABLE auditoria (
    id INTEGER PRIMARY KEY,
    quando TEXT NOT NULL,
    quem TEXT NOT NULL,
    acao TEXT NOT NULL,
    alvo TEXT NOT NULL,
    resultado TEXT NOT NULL CHECK (resultado IN ('feito', 'recusado')),
    detalhe TEXT NOT NULL,
    anterior TEXT NOT NULL,
    elo TEXT NOT NULL
);
CREATE TRIGGER auditoria_nao_muda BEFORE UPDATE ON auditoria
BEGIN SELECT RAISE(ABORT, 'auditoria: não se altera'); END;
CREATE TRIGGER auditoria_fica BEFORE DELETE ON auditoria
BEGIN SELECT RAISE(ABORT, 'auditoria: não se apaga'); END;
CREATE TRIGGER auditoria_so_cresce BEFORE INSERT ON auditoria
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM auditoria)
  OR NEW.anterior IS NOT coalesce((SELECT elo FROM auditoria ORDER BY id DESC LIMIT 1), '')
  OR length(NEW.elo) <> 64
BEGIN SELECT RAISE(ABORT, 'auditoria: só se acrescenta ao fim'); END;

CREATE TABLE procuracao (
    id INTEGER PRIMARY KEY,
    escritorio TEXT NOT NULL REFERENCES escritorio (cnpj),
    nome TEXT NOT NULL,
    nome_unico TEXT NOT NULL,
    esfera TEXT NOT NULL CHECK (esfera IN ('federal', 'estadual', 'municipal')),
    tipo TEXT NOT NULL CHECK (tipo IN ('login', 'código de acesso', 'certificado')),
    login TEXT,
    titular TEXT,
    certificado TEXT,
    certificado_cnpj TEXT,
    segredo_id INTEGER,
    valida_ate TEXT,
    validade_dias INTEGER,
    validade_meses INTEGER,
    senha_em TEXT,
    ativo INTEGER NOT NULL DEFAULT 1 CHECK (ativo IN (0, 1)),
    criada_em TEXT NOT NULL,
    alterada_em TEXT NOT NULL,
    UNIQUE (escritorio, nome_unico)
);
CREATE TABLE procuracao_cliente (
    procuracao_id INTEGER NOT NULL REFERENCES procuracao (id),
    documento TEXT NOT NULL,
    PRIMARY KEY (procuracao_id, documento)
);
ALTER TABLE tarefa ADD COLUMN confirmada_por TEXT;
"""
