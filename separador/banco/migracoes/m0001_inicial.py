"""Creates the tables of files, documents, events, publications, orders, history and failures, with their guards.

Frozen: installed databases ran this text. The guard refuses every change of the situação outside the table of that day, also
from a bare connection. It refuses `INSERT OR REPLACE` too, because recursive triggers are off by default and so the guard
stands BEFORE INSERT. A trigger writes the history, so that no change can leave it out.
"""

ROTEIRO = """
CREATE TABLE rota (
    id INTEGER PRIMARY KEY,
    assinatura TEXT NOT NULL,
    marca_origem TEXT,
    marca_destino TEXT,
    conhecida_em TEXT NOT NULL
);
CREATE TABLE pasta (
    caminho TEXT PRIMARY KEY,
    marca TEXT NOT NULL
);
CREATE TABLE arquivo (
    id INTEGER PRIMARY KEY,
    lote TEXT NOT NULL,
    nome BLOB NOT NULL,
    trabalho TEXT NOT NULL,
    rota_id INTEGER NOT NULL,
    regra TEXT NOT NULL,
    tomado_em TEXT NOT NULL,
    tamanho INTEGER,
    sha256 TEXT,
    etapa TEXT NOT NULL,
    resultado TEXT,
    desfecho TEXT,
    chave TEXT,
    codigo TEXT,
    motivo TEXT,
    notas TEXT,
    espera_por TEXT,
    proxima_em TEXT,
    duplicado_de INTEGER,
    tentativas INTEGER NOT NULL DEFAULT 0,
    guardado_em BLOB,
    terminado_em TEXT,
    UNIQUE (nome, lote)
);
CREATE INDEX arquivo_aberto ON arquivo (espera_por) WHERE desfecho IS NULL;
CREATE INDEX arquivo_devido ON arquivo (proxima_em) WHERE desfecho IS NULL AND espera_por IS NOT NULL;
CREATE INDEX arquivo_chave ON arquivo (chave) WHERE chave IS NOT NULL;
CREATE INDEX arquivo_feito ON arquivo (rota_id, terminado_em);
CREATE INDEX arquivo_retorno ON arquivo (sha256) WHERE regra = 'cte-retorno';
CREATE TRIGGER arquivo_um_desfecho BEFORE UPDATE OF desfecho ON arquivo
WHEN OLD.desfecho IS NOT NULL AND NEW.desfecho IS NOT OLD.desfecho
BEGIN SELECT RAISE(ABORT, 'arquivo: o desfecho é um só'); END;
CREATE TRIGGER arquivo_nao_troca BEFORE INSERT ON arquivo
WHEN EXISTS (SELECT 1 FROM arquivo WHERE (id = NEW.id OR (lote = NEW.lote AND nome = NEW.nome))
             AND desfecho IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'arquivo: o que terminou não se troca'); END;
CREATE TRIGGER arquivo_fica BEFORE DELETE ON arquivo WHEN OLD.desfecho IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'arquivo: o que terminou não se apaga'); END;

CREATE TABLE documento (
    id INTEGER PRIMARY KEY,
    chave TEXT NOT NULL UNIQUE,
    tipo TEXT NOT NULL,
    modelo TEXT NOT NULL,
    serie TEXT NOT NULL,
    numero TEXT NOT NULL,
    emitente TEXT NOT NULL,
    tp_amb TEXT NOT NULL,
    situacao TEXT NOT NULL,
    etapa TEXT NOT NULL,
    digest TEXT NOT NULL,
    protocolo TEXT,
    autorizado_em TEXT,
    cstat TEXT,
    motivo TEXT,
    marca TEXT,
    carga TEXT,
    rota_id INTEGER NOT NULL,
    base BLOB NOT NULL,
    arquivo_id INTEGER NOT NULL,
    estornos INTEGER NOT NULL DEFAULT 0,
    tentativas INTEGER NOT NULL DEFAULT 0,
    proxima_acao TEXT,
    proxima_em TEXT,
    enviado_em TEXT,
    causa TEXT NOT NULL,
    causa_quem TEXT,
    causa_arquivo INTEGER,
    causa_cstat TEXT,
    causa_protocolo TEXT,
    criado_em TEXT NOT NULL,
    atualizado_em TEXT NOT NULL
);
CREATE INDEX documento_situacao ON documento (situacao, enviado_em);
CREATE INDEX documento_agenda ON documento (proxima_em) WHERE proxima_em IS NOT NULL;
CREATE INDEX documento_carga ON documento (carga) WHERE carga IS NOT NULL;

CREATE TABLE assinado (
    documento_id INTEGER NOT NULL REFERENCES documento (id),
    digest TEXT NOT NULL,
    dados BLOB NOT NULL,
    criado_em TEXT NOT NULL,
    PRIMARY KEY (documento_id, digest)
);

CREATE TABLE evento (
    id INTEGER PRIMARY KEY,
    documento_id INTEGER REFERENCES documento (id),
    chave TEXT NOT NULL,
    tp_evento TEXT NOT NULL,
    n_seq INTEGER NOT NULL,
    digest TEXT NOT NULL,
    dados BLOB NOT NULL,
    estado TEXT NOT NULL,
    rota_id INTEGER NOT NULL,
    base BLOB NOT NULL,
    arquivo_id INTEGER,
    tarefa_id INTEGER,
    protocolo TEXT,
    cstat TEXT,
    motivo TEXT,
    criado_em TEXT NOT NULL,
    atualizado_em TEXT NOT NULL
);
CREATE INDEX evento_identidade ON evento (chave, tp_evento, n_seq);
CREATE UNIQUE INDEX evento_um_aberto ON evento (chave, tp_evento, n_seq)
WHERE estado IN ('pronto', 'publicado', 'aceito');

CREATE TABLE publicacao (
    id INTEGER PRIMARY KEY,
    arquivo_id INTEGER,
    tarefa_id INTEGER,
    documento_id INTEGER,
    evento_id INTEGER,
    tipo TEXT NOT NULL,
    pasta TEXT NOT NULL,
    nome BLOB NOT NULL,
    provisorio BLOB,
    sha256 TEXT NOT NULL,
    substitui INTEGER NOT NULL DEFAULT 0,
    estado TEXT NOT NULL,
    criada_em TEXT NOT NULL,
    publicada_em TEXT
);
CREATE INDEX publicacao_preparada ON publicacao (id) WHERE estado = 'preparada';
CREATE INDEX publicacao_arquivo ON publicacao (arquivo_id);
CREATE INDEX publicacao_documento ON publicacao (documento_id);
CREATE INDEX publicacao_tarefa ON publicacao (tarefa_id) WHERE tarefa_id IS NOT NULL;
CREATE INDEX publicacao_evento ON publicacao (evento_id) WHERE evento_id IS NOT NULL;
CREATE INDEX publicacao_nome ON publicacao (nome) WHERE tipo IN ('documento', 'evento', 'consulta');

CREATE TABLE tarefa (
    id INTEGER PRIMARY KEY,
    pedido TEXT NOT NULL,
    chave TEXT NOT NULL,
    motivo TEXT,
    quem TEXT NOT NULL,
    arquivo_id INTEGER,
    estado TEXT NOT NULL,
    resultado TEXT,
    codigo TEXT,
    mensagem TEXT,
    criada_em TEXT NOT NULL,
    terminada_em TEXT
);
CREATE INDEX tarefa_pendente ON tarefa (id) WHERE estado = 'pendente';
CREATE INDEX tarefa_chave ON tarefa (chave);

CREATE TABLE historico (
    id INTEGER PRIMARY KEY,
    documento_id INTEGER NOT NULL,
    quando TEXT NOT NULL,
    de TEXT,
    para TEXT NOT NULL,
    causa TEXT NOT NULL,
    quem TEXT,
    arquivo_id INTEGER,
    cstat TEXT,
    protocolo TEXT
);
CREATE INDEX historico_documento ON historico (documento_id);

CREATE TABLE falha (
    id INTEGER PRIMARY KEY,
    assunto TEXT NOT NULL,
    codigo TEXT NOT NULL,
    motivo TEXT NOT NULL,
    o_que_fazer TEXT NOT NULL,
    arquivo TEXT,
    rota_id INTEGER,
    chave TEXT,
    desde TEXT NOT NULL,
    encerrada_em TEXT,
    encerrada_por TEXT
);
CREATE UNIQUE INDEX falha_aberta ON falha (assunto, codigo) WHERE encerrada_em IS NULL;

CREATE TABLE bloqueio (
    servico TEXT PRIMARY KEY,
    ate TEXT NOT NULL,
    motivo TEXT NOT NULL
);

CREATE TRIGGER documento_nasce BEFORE INSERT ON documento
WHEN (NEW.causa, NEW.situacao) NOT IN (VALUES ('exportação aceita', 'NÃO ENVIADO'))
  OR EXISTS (SELECT 1 FROM documento WHERE id = NEW.id OR chave = NEW.chave)
BEGIN SELECT RAISE(ABORT, 'documento: só nasce uma vez, e NÃO ENVIADO'); END;
CREATE TRIGGER documento_muda BEFORE UPDATE OF situacao ON documento
WHEN (OLD.situacao, NEW.causa, NEW.situacao) NOT IN (VALUES ('NÃO ENVIADO', 'exportação corrigida substitui a anterior', 'NÃO ENVIADO'), ('NÃO ENVIADO', 'entregue para transmissão', 'AGUARDANDO RETORNO'), ('NÃO ENVIADO', 'retorno sem pedido', 'AUTORIZADO PELA SEFAZ'), ('AGUARDANDO RETORNO', 'retorno de autorização', 'AUTORIZADO PELA SEFAZ'), ('AGUARDANDO RETORNO', 'retorno de rejeição', 'REJEITADO PELA SEFAZ'), ('AGUARDANDO RETORNO', 'consulta respondeu cancelado', 'CANCELADO'), ('REJEITADO PELA SEFAZ', 'exportação corrigida depois de rejeição', 'NÃO ENVIADO'), ('REJEITADO PELA SEFAZ', 'entregue para transmissão', 'AGUARDANDO RETORNO'), ('REJEITADO PELA SEFAZ', 'retorno sem pedido', 'AUTORIZADO PELA SEFAZ'), ('AUTORIZADO PELA SEFAZ', 'pedido de cancelamento', 'AGUARDANDO RETORNO DE CANCELAMENTO'), ('AGUARDANDO RETORNO DE CANCELAMENTO', 'cancelamento registrado', 'CANCELADO'), ('AGUARDANDO RETORNO DE CANCELAMENTO', 'cancelamento recusado', 'CANCELAMENTO REJEITADO'), ('AGUARDANDO RETORNO DE CANCELAMENTO', 'estorno do pedido de cancelamento', 'AUTORIZADO PELA SEFAZ'), ('CANCELAMENTO REJEITADO', 'pedido de cancelamento', 'AGUARDANDO RETORNO DE CANCELAMENTO'), ('CANCELAMENTO REJEITADO', 'autorização pedida de novo', 'AGUARDANDO RETORNO'), ('NÃO ENVIADO', 'retorno sem pedido', 'REJEITADO PELA SEFAZ'), ('NÃO ENVIADO', 'cancelamento informado pela SEFAZ', 'CANCELADO'), ('AGUARDANDO RETORNO', 'cancelamento informado pela SEFAZ', 'CANCELADO'), ('AUTORIZADO PELA SEFAZ', 'cancelamento informado pela SEFAZ', 'CANCELADO'), ('REJEITADO PELA SEFAZ', 'cancelamento informado pela SEFAZ', 'CANCELADO'), ('AGUARDANDO RETORNO DE CANCELAMENTO', 'cancelamento informado pela SEFAZ', 'CANCELADO'), ('CANCELAMENTO REJEITADO', 'cancelamento informado pela SEFAZ', 'CANCELADO'))
BEGIN SELECT RAISE(ABORT, 'documento: mudança de situação fora da tabela'); END;
CREATE TRIGGER documento_identidade BEFORE UPDATE OF id, chave, criado_em ON documento
BEGIN SELECT RAISE(ABORT, 'documento: a identidade não muda'); END;
CREATE TRIGGER documento_fica BEFORE DELETE ON documento
BEGIN SELECT RAISE(ABORT, 'documento: não se apaga'); END;
CREATE TRIGGER documento_nasceu AFTER INSERT ON documento
BEGIN INSERT INTO historico (documento_id, quando, de, para, causa, quem, arquivo_id, cstat, protocolo)
VALUES (NEW.id, NEW.atualizado_em, NULL, NEW.situacao, NEW.causa, NEW.causa_quem, NEW.causa_arquivo,
        NULL, NULL); END;
CREATE TRIGGER documento_mudou AFTER UPDATE OF situacao ON documento
BEGIN INSERT INTO historico (documento_id, quando, de, para, causa, quem, arquivo_id, cstat, protocolo)
VALUES (NEW.id, NEW.atualizado_em, OLD.situacao, NEW.situacao, NEW.causa, NEW.causa_quem, NEW.causa_arquivo,
        NEW.causa_cstat, NEW.causa_protocolo); END;
CREATE TRIGGER historico_fica BEFORE DELETE ON historico
BEGIN SELECT RAISE(ABORT, 'histórico: não se apaga'); END;
CREATE TRIGGER historico_nao_muda BEFORE UPDATE ON historico
BEGIN SELECT RAISE(ABORT, 'histórico: não se altera'); END;
CREATE TRIGGER historico_nao_troca BEFORE INSERT ON historico
WHEN EXISTS (SELECT 1 FROM historico WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'histórico: não se troca'); END;
"""
