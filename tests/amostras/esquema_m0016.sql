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
, emitido_em TEXT, tomador TEXT, fim TEXT, valor INTEGER);
CREATE INDEX documento_agenda ON documento (proxima_em) WHERE proxima_em IS NOT NULL;
CREATE INDEX documento_carga ON documento (carga) WHERE carga IS NOT NULL;
CREATE TABLE assinado (
    documento_id INTEGER NOT NULL REFERENCES documento (id),
    digest TEXT NOT NULL,
    dados BLOB NOT NULL,
    criado_em TEXT NOT NULL, dicionario INTEGER,
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
, tentativas INTEGER NOT NULL DEFAULT 0, proxima_em TEXT);
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
, confirmada_por TEXT, dados TEXT, ficha TEXT);
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
CREATE TRIGGER documento_muda BEFORE UPDATE OF situacao ON documento
WHEN (OLD.situacao, NEW.causa, NEW.situacao) NOT IN (VALUES ('NÃO ENVIADO', 'exportação corrigida substitui a anterior', 'NÃO ENVIADO'), ('NÃO ENVIADO', 'entregue para transmissão', 'AGUARDANDO RETORNO'), ('NÃO ENVIADO', 'retorno sem pedido', 'AUTORIZADO PELA SEFAZ'), ('AGUARDANDO RETORNO', 'retorno de autorização', 'AUTORIZADO PELA SEFAZ'), ('AGUARDANDO RETORNO', 'retorno de rejeição', 'REJEITADO PELA SEFAZ'), ('AGUARDANDO RETORNO', 'consulta respondeu cancelado', 'CANCELADO'), ('REJEITADO PELA SEFAZ', 'exportação corrigida depois de rejeição', 'NÃO ENVIADO'), ('REJEITADO PELA SEFAZ', 'entregue para transmissão', 'AGUARDANDO RETORNO'), ('REJEITADO PELA SEFAZ', 'retorno sem pedido', 'AUTORIZADO PELA SEFAZ'), ('AUTORIZADO PELA SEFAZ', 'pedido de cancelamento', 'AGUARDANDO RETORNO DE CANCELAMENTO'), ('AGUARDANDO RETORNO DE CANCELAMENTO', 'cancelamento registrado', 'CANCELADO'), ('AGUARDANDO RETORNO DE CANCELAMENTO', 'cancelamento recusado', 'CANCELAMENTO REJEITADO'), ('AGUARDANDO RETORNO DE CANCELAMENTO', 'estorno do pedido de cancelamento', 'AUTORIZADO PELA SEFAZ'), ('CANCELAMENTO REJEITADO', 'pedido de cancelamento', 'AGUARDANDO RETORNO DE CANCELAMENTO'), ('CANCELAMENTO REJEITADO', 'autorização pedida de novo', 'AGUARDANDO RETORNO'), ('NÃO ENVIADO', 'retorno sem pedido', 'REJEITADO PELA SEFAZ'), ('NÃO ENVIADO', 'cancelamento informado pela SEFAZ', 'CANCELADO'), ('AGUARDANDO RETORNO', 'cancelamento informado pela SEFAZ', 'CANCELADO'), ('AUTORIZADO PELA SEFAZ', 'cancelamento informado pela SEFAZ', 'CANCELADO'), ('REJEITADO PELA SEFAZ', 'cancelamento informado pela SEFAZ', 'CANCELADO'), ('AGUARDANDO RETORNO DE CANCELAMENTO', 'cancelamento informado pela SEFAZ', 'CANCELADO'), ('CANCELAMENTO REJEITADO', 'cancelamento informado pela SEFAZ', 'CANCELADO'))
BEGIN SELECT RAISE(ABORT, 'documento: mudança de situação fora da tabela'); END;
CREATE TRIGGER documento_identidade BEFORE UPDATE OF id, chave, criado_em ON documento
BEGIN SELECT RAISE(ABORT, 'documento: a identidade não muda'); END;
CREATE TRIGGER documento_fica BEFORE DELETE ON documento
BEGIN SELECT RAISE(ABORT, 'documento: não se apaga'); END;
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
CREATE TABLE segredo (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    nome TEXT NOT NULL UNIQUE,
    chave_id TEXT NOT NULL,
    nonce BLOB NOT NULL UNIQUE,
    cifra BLOB NOT NULL
);
CREATE TABLE certificado (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    empresa TEXT NOT NULL,
    apelido TEXT NOT NULL,
    uso TEXT NOT NULL CHECK (uso IN ('assinatura', 'transmissao', 'procurador', 'contratante')),
    tipo TEXT NOT NULL CHECK (tipo IN ('A1', 'A3')),
    padrao INTEGER NOT NULL CHECK (padrao IN (0, 1)),
    der BLOB NOT NULL,
    cadeia BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    titular TEXT NOT NULL,
    cnpj TEXT,
    cpf TEXT,
    validade_de TEXT NOT NULL,
    validade_ate TEXT NOT NULL,
    segredo_id INTEGER REFERENCES segredo (id),
    token TEXT,
    instalado_em TEXT NOT NULL,
    instalado_por TEXT NOT NULL,
    origem TEXT NOT NULL,
    padrao_desde TEXT,
    assinou_em TEXT,
    pin_recusado_em TEXT,
    removido_em TEXT,
    CHECK (padrao = 0 OR removido_em IS NULL),
    CHECK (removido_em IS NOT NULL OR (tipo = 'A1' AND segredo_id IS NOT NULL) OR (tipo = 'A3' AND token IS NOT NULL))
);
CREATE UNIQUE INDEX certificado_padrao ON certificado (empresa) WHERE padrao = 1;
CREATE UNIQUE INDEX certificado_apelido ON certificado (empresa, apelido COLLATE NOCASE) WHERE removido_em IS NULL;
CREATE INDEX certificado_impressao ON certificado (sha256);
CREATE TABLE aviso_validade (
    assunto TEXT NOT NULL,
    validade_ate TEXT NOT NULL,
    degrau INTEGER NOT NULL,
    via TEXT NOT NULL,
    feito_em TEXT NOT NULL,
    PRIMARY KEY (assunto, validade_ate, degrau, via)
);
CREATE TABLE cofre_geracao (
    unica INTEGER PRIMARY KEY CHECK (unica = 1),
    numero INTEGER NOT NULL
);
CREATE TRIGGER segredo_novo AFTER INSERT ON segredo
BEGIN UPDATE cofre_geracao SET numero = numero + 1; END;
CREATE TRIGGER segredo_mudou AFTER UPDATE ON segredo
BEGIN UPDATE cofre_geracao SET numero = numero + 1; END;
CREATE TRIGGER segredo_saiu AFTER DELETE ON segredo
BEGIN UPDATE cofre_geracao SET numero = numero + 1; END;
CREATE TRIGGER certificado_novo AFTER INSERT ON certificado
BEGIN UPDATE cofre_geracao SET numero = numero + 1; END;
CREATE TRIGGER certificado_mudou AFTER UPDATE OF padrao, removido_em, segredo_id ON certificado
BEGIN UPDATE cofre_geracao SET numero = numero + 1; END;
CREATE TRIGGER certificado_fica BEFORE DELETE ON certificado
BEGIN SELECT RAISE(ABORT, 'certificado: não se apaga, só se retira'); END;
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
    alterada_em TEXT NOT NULL, orgao TEXT, senha_por TEXT,
    UNIQUE (escritorio, nome_unico)
);
CREATE TABLE procuracao_cliente (
    procuracao_id INTEGER NOT NULL REFERENCES procuracao (id),
    documento TEXT NOT NULL,
    PRIMARY KEY (procuracao_id, documento)
);
CREATE TABLE transmissao (
    id INTEGER PRIMARY KEY,
    alvo TEXT NOT NULL,
    servico TEXT NOT NULL,
    autorizador TEXT NOT NULL,
    cnpj TEXT NOT NULL,
    tp_amb TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    fila TEXT NOT NULL,
    chave TEXT,
    digest TEXT,
    documento_id INTEGER REFERENCES documento (id),
    evento_id INTEGER REFERENCES evento (id),
    tarefa_id INTEGER,
    arquivo_id INTEGER,
    rota_id INTEGER,
    de_id INTEGER REFERENCES transmissao (id),
    base BLOB,
    quem TEXT NOT NULL,
    pedido BLOB,
    corpo_sha256 TEXT,
    estado TEXT NOT NULL,
    tentativas INTEGER NOT NULL DEFAULT 0,
    ausencias INTEGER NOT NULL DEFAULT 0,
    consultas INTEGER NOT NULL DEFAULT 0,
    proxima_em TEXT,
    criada_em TEXT NOT NULL,
    enviada_em TEXT,
    respondida_em TEXT,
    aplicada_em TEXT,
    duracao_ms REAL,
    http INTEGER,
    bruto BLOB,
    xml BLOB,
    resultado TEXT,
    detalhe TEXT
);
CREATE INDEX transmissao_vez ON transmissao (cnpj, autorizador, id) WHERE estado = 'pendente';
CREATE INDEX transmissao_consulta ON transmissao (cnpj, autorizador, id)
WHERE estado = 'pendente' AND alvo = 'consulta';
CREATE INDEX transmissao_em_voo ON transmissao (id) WHERE estado = 'enviando';
CREATE INDEX transmissao_a_aplicar ON transmissao (id) WHERE estado = 'respondida';
CREATE INDEX transmissao_fila ON transmissao (fila, id)
WHERE estado IN ('pendente', 'enviando', 'respondida', 'desconhecida');
CREATE INDEX transmissao_documento ON transmissao (documento_id, id) WHERE documento_id IS NOT NULL;
CREATE INDEX transmissao_evento ON transmissao (evento_id, id) WHERE evento_id IS NOT NULL;
CREATE INDEX transmissao_de ON transmissao (de_id) WHERE de_id IS NOT NULL;
CREATE INDEX transmissao_chave ON transmissao (chave, enviada_em) WHERE chave IS NOT NULL;
CREATE INDEX transmissao_bruto ON transmissao (aplicada_em) WHERE bruto IS NOT NULL;
CREATE UNIQUE INDEX transmissao_uma_por_numero ON transmissao (fila)
WHERE estado = 'enviando' AND alvo IN ('documento', 'evento');
CREATE TRIGGER transmissao_intencao BEFORE UPDATE OF estado ON transmissao
WHEN NEW.estado IN ('respondida', 'desconhecida') AND OLD.estado = 'pendente'
BEGIN SELECT RAISE(ABORT, 'transmissao: sem intenção gravada não há resposta'); END;
CREATE TABLE parada (
    escopo TEXT PRIMARY KEY,
    causa TEXT NOT NULL,
    desde TEXT NOT NULL,
    ate TEXT NOT NULL,
    tentativas INTEGER NOT NULL DEFAULT 0,
    motivo TEXT NOT NULL
);
CREATE TABLE nsu (
    cnpj TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    ult_nsu INTEGER NOT NULL DEFAULT 0,
    max_nsu INTEGER NOT NULL DEFAULT 0,
    lote_nsu INTEGER,
    proxima_em TEXT,
    ordenada INTEGER NOT NULL DEFAULT 0,
    consultada_em TEXT,
    cstat TEXT,
    motivo TEXT,
    PRIMARY KEY (cnpj, ambiente)
);
CREATE TABLE distribuido (
    id INTEGER PRIMARY KEY,
    cnpj TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    nsu INTEGER NOT NULL,
    esquema TEXT NOT NULL,
    chave TEXT,
    tp_evento TEXT,
    n_seq INTEGER,
    sha256 TEXT NOT NULL,
    pasta TEXT NOT NULL,
    nome BLOB NOT NULL,
    estado TEXT NOT NULL,
    defeito TEXT,
    recebido_em TEXT NOT NULL,
    UNIQUE (cnpj, ambiente, nsu)
);
CREATE INDEX distribuido_sha ON distribuido (sha256);
CREATE INDEX distribuido_chave ON distribuido (chave) WHERE chave IS NOT NULL;
CREATE INDEX distribuido_aberto ON distribuido (cnpj, ambiente) WHERE estado = 'arquivando';
CREATE INDEX publicacao_distribuida ON publicacao (sha256) WHERE tipo = 'distribuido';
CREATE INDEX publicacao_consultada ON publicacao (publicada_em) WHERE tipo = 'consulta';
CREATE INDEX transmissao_distribuida ON transmissao (id) WHERE alvo IN ('distribuicao', 'nsu') AND bruto IS NOT NULL;
CREATE INDEX transmissao_consulta_de_arquivo ON transmissao (arquivo_id) WHERE alvo IN ('consulta', 'status');
CREATE INDEX transmissao_status ON transmissao (fila, id) WHERE alvo = 'status';
CREATE TABLE nsu_falta (
    cnpj TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    nsu INTEGER NOT NULL,
    estado TEXT NOT NULL,
    tentativas INTEGER NOT NULL DEFAULT 0,
    pedida_em TEXT,
    PRIMARY KEY (cnpj, ambiente, nsu)
);
CREATE TRIGGER nsu_nao_volta BEFORE UPDATE OF ult_nsu ON nsu
WHEN NEW.ult_nsu < OLD.ult_nsu
BEGIN SELECT RAISE(ABORT, 'nsu: não volta'); END;
CREATE TRIGGER nsu_depois_dos_documentos BEFORE UPDATE OF ult_nsu ON nsu
WHEN EXISTS (SELECT 1 FROM distribuido WHERE cnpj = NEW.cnpj AND ambiente = NEW.ambiente AND nsu <= NEW.ult_nsu
             AND estado = 'arquivando')
BEGIN SELECT RAISE(ABORT, 'nsu: só anda depois de os documentos estarem guardados'); END;
CREATE TRIGGER nsu_fica BEFORE DELETE ON nsu
BEGIN SELECT RAISE(ABORT, 'nsu: não se apaga'); END;
CREATE TABLE ecac_comprovante (
    id INTEGER PRIMARY KEY,
    contribuinte TEXT NOT NULL,
    tipo TEXT NOT NULL,
    numero TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    tamanho INTEGER NOT NULL,
    raiz TEXT NOT NULL,
    caminho TEXT NOT NULL,
    arrecadacao TEXT NOT NULL,
    total TEXT,
    origem TEXT NOT NULL CHECK (origem IN ('api', 'manual')),
    arquivo_id INTEGER,
    estado TEXT NOT NULL CHECK (estado IN ('recebido', 'arquivado')),
    recebido_em TEXT NOT NULL,
    arquivado_em TEXT,
    UNIQUE (contribuinte, numero)
);
CREATE INDEX ecac_comprovante_recebido ON ecac_comprovante (id) WHERE estado = 'recebido';
CREATE TRIGGER ecac_comprovante_fica BEFORE DELETE ON ecac_comprovante
BEGIN SELECT RAISE(ABORT, 'comprovante: não se apaga'); END;
CREATE TRIGGER ecac_comprovante_identidade BEFORE UPDATE OF id, contribuinte, tipo, numero, sha256 ON ecac_comprovante
BEGIN SELECT RAISE(ABORT, 'comprovante: não muda'); END;
CREATE TRIGGER ecac_comprovante_um BEFORE INSERT ON ecac_comprovante
WHEN EXISTS (SELECT 1 FROM ecac_comprovante WHERE id = NEW.id
             OR (contribuinte = NEW.contribuinte AND numero = NEW.numero))
BEGIN SELECT RAISE(ABORT, 'comprovante: um só por documento'); END;
CREATE TABLE ecac_guia (
    id INTEGER PRIMARY KEY,
    contribuinte TEXT NOT NULL,
    tipo TEXT NOT NULL,
    numero TEXT,
    receita TEXT,
    periodo_de TEXT,
    periodo_ate TEXT,
    vencimento TEXT,
    principal TEXT,
    multa TEXT,
    juros TEXT,
    total TEXT,
    estado TEXT NOT NULL,
    divergente INTEGER NOT NULL DEFAULT 0,
    sem_procuracao INTEGER NOT NULL DEFAULT 0,
    quarentena INTEGER NOT NULL DEFAULT 0,
    erros_recibo INTEGER NOT NULL DEFAULT 0,
    recibo_em TEXT,
    pagamento TEXT,
    arrecadacao TEXT,
    pago_total TEXT,
    comprovante_id INTEGER REFERENCES ecac_comprovante (id),
    consultada_em TEXT,
    origem TEXT NOT NULL,
    arquivo_id INTEGER,
    causa TEXT NOT NULL,
    causa_quem TEXT NOT NULL,
    causa_detalhe TEXT,
    criada_em TEXT NOT NULL,
    atualizada_em TEXT NOT NULL,
    CHECK (pagamento IS NOT NULL OR estado NOT IN ('paga', 'paga sem comprovante')),
    CHECK (comprovante_id IS NOT NULL OR estado <> 'paga'),
    CHECK (estado IN ('paga', 'paga sem comprovante') OR pagamento IS NULL)
);
CREATE UNIQUE INDEX ecac_guia_identidade ON ecac_guia (contribuinte, tipo, numero) WHERE numero IS NOT NULL;
CREATE INDEX ecac_guia_numero ON ecac_guia (numero) WHERE numero IS NOT NULL;
CREATE INDEX ecac_guia_contribuinte ON ecac_guia (contribuinte, vencimento);
CREATE INDEX ecac_guia_estado ON ecac_guia (estado, contribuinte);
CREATE TABLE ecac_guia_historico (
    id INTEGER PRIMARY KEY,
    guia_id INTEGER NOT NULL,
    quando TEXT NOT NULL,
    de TEXT,
    para TEXT NOT NULL,
    causa TEXT NOT NULL,
    quem TEXT NOT NULL,
    detalhe TEXT
);
CREATE INDEX ecac_guia_historico_guia ON ecac_guia_historico (guia_id);
CREATE TABLE ecac_pagamento (
    id INTEGER PRIMARY KEY,
    contribuinte TEXT NOT NULL,
    numero TEXT NOT NULL,
    tipo TEXT NOT NULL,
    arrecadacao TEXT NOT NULL,
    total TEXT,
    dados TEXT NOT NULL,
    visto_em TEXT NOT NULL,
    UNIQUE (contribuinte, numero, arrecadacao)
);
CREATE TABLE ecac_recusada (
    guia_id INTEGER NOT NULL,
    pagamento TEXT NOT NULL,
    quando TEXT NOT NULL,
    quem TEXT NOT NULL,
    PRIMARY KEY (guia_id, pagamento)
);
CREATE TABLE ecac_ocorrencia (
    id INTEGER PRIMARY KEY,
    especie TEXT NOT NULL,
    contribuinte TEXT NOT NULL,
    assunto TEXT NOT NULL,
    detalhe TEXT NOT NULL,
    guia_id INTEGER,
    pagamento TEXT,
    status TEXT NOT NULL,
    desde TEXT NOT NULL,
    atualizada_em TEXT NOT NULL,
    por TEXT NOT NULL,
    UNIQUE (especie, contribuinte, assunto)
);
CREATE INDEX ecac_ocorrencia_status ON ecac_ocorrencia (status, contribuinte);
CREATE TABLE ecac_ocorrencia_historico (
    id INTEGER PRIMARY KEY,
    ocorrencia_id INTEGER NOT NULL,
    quando TEXT NOT NULL,
    status TEXT NOT NULL,
    detalhe TEXT NOT NULL,
    por TEXT NOT NULL
);
CREATE INDEX ecac_ocorrencia_historico_de ON ecac_ocorrencia_historico (ocorrencia_id);
CREATE TABLE ecac_chamada (
    etiqueta TEXT PRIMARY KEY,
    importacao_id INTEGER,
    caminho TEXT NOT NULL,
    servico TEXT NOT NULL,
    autor TEXT NOT NULL,
    contribuinte TEXT NOT NULL,
    preco TEXT NOT NULL,
    dia TEXT NOT NULL,
    enviada_em TEXT NOT NULL,
    duracao_ms REAL,
    http INTEGER,
    cobrada INTEGER NOT NULL,
    enviada INTEGER NOT NULL DEFAULT 1,
    respondida INTEGER NOT NULL DEFAULT 0,
    codigo TEXT,
    response_id TEXT
);
CREATE INDEX ecac_chamada_dia ON ecac_chamada (dia, cobrada);
CREATE TRIGGER ecac_chamada_fica BEFORE DELETE ON ecac_chamada
BEGIN SELECT RAISE(ABORT, 'chamada: não se apaga'); END;
CREATE TABLE ecac_empresa (
    cnpj TEXT PRIMARY KEY,
    evento_dia TEXT,
    pendente INTEGER NOT NULL DEFAULT 0,
    consultada_em TEXT,
    consultada_dia TEXT,
    consultada_desde TEXT,
    proxima_em TEXT,
    negada_ate TEXT,
    negada_por TEXT,
    ultimo_erro TEXT
, situacao TEXT, situacao_detalhe TEXT, situacao_em TEXT, situacao_importacao INTEGER, situacao_autor TEXT, negada_autor TEXT);
CREATE TABLE ecac_importacao (
    id INTEGER PRIMARY KEY,
    motivo TEXT NOT NULL,
    quem TEXT NOT NULL,
    empresa TEXT,
    a3 INTEGER NOT NULL DEFAULT 0,
    tarefa_id INTEGER,
    estado TEXT NOT NULL CHECK (estado IN ('em andamento', 'concluída', 'parada', 'interrompida')),
    fase TEXT NOT NULL,
    total INTEGER NOT NULL DEFAULT 0,
    feitas INTEGER NOT NULL DEFAULT 0,
    empresas INTEGER NOT NULL DEFAULT 0,
    pagamentos INTEGER NOT NULL DEFAULT 0,
    baixas INTEGER NOT NULL DEFAULT 0,
    comprovantes INTEGER NOT NULL DEFAULT 0,
    mensagem TEXT,
    iniciada_em TEXT NOT NULL,
    atualizada_em TEXT NOT NULL,
    terminada_em TEXT
);
CREATE TABLE ecac_geracao (
    id INTEGER PRIMARY KEY,
    contribuinte TEXT NOT NULL,
    especie TEXT NOT NULL,
    pedido TEXT NOT NULL,
    estado TEXT NOT NULL CHECK (estado IN ('pedindo', 'feita', 'recusada', 'desconhecida')),
    guia_id INTEGER,
    mensagem TEXT,
    quem TEXT NOT NULL,
    pedida_em TEXT NOT NULL,
    terminada_em TEXT
);
CREATE INDEX ecac_geracao_pedido ON ecac_geracao (contribuinte, especie, pedido);
CREATE TABLE ecac_termo (
    autor TEXT PRIMARY KEY,
    xml BLOB NOT NULL,
    vigencia TEXT NOT NULL,
    a3 INTEGER NOT NULL,
    assinado_em TEXT NOT NULL
);
CREATE TRIGGER ecac_guia_nasce BEFORE INSERT ON ecac_guia
WHEN NEW.estado <> 'aberta' OR EXISTS (SELECT 1 FROM ecac_guia WHERE id = NEW.id OR (NEW.numero IS
     NOT NULL AND contribuinte = NEW.contribuinte AND tipo = NEW.tipo AND numero = NEW.numero))
BEGIN SELECT RAISE(ABORT, 'guia: só nasce uma vez, e aberta'); END;
CREATE TRIGGER ecac_guia_muda BEFORE UPDATE OF estado ON ecac_guia
WHEN NEW.estado <> OLD.estado AND (OLD.estado, NEW.estado) NOT IN (VALUES ('aberta', 'consultada'), ('aberta', 'paga sem comprovante'), ('aberta', 'paga'), ('consultada', 'aberta'), ('consultada', 'paga sem comprovante'), ('consultada', 'paga'), ('paga sem comprovante', 'aberta'), ('paga sem comprovante', 'paga'), ('paga', 'aberta'))
BEGIN SELECT RAISE(ABORT, 'guia: mudança de estado fora da tabela'); END;
CREATE TRIGGER ecac_guia_identidade BEFORE UPDATE OF id, contribuinte, tipo, criada_em ON ecac_guia
BEGIN SELECT RAISE(ABORT, 'guia: a identidade não muda'); END;
CREATE TRIGGER ecac_guia_numero_fica BEFORE UPDATE OF numero ON ecac_guia
WHEN OLD.numero IS NOT NULL AND NEW.numero IS NOT OLD.numero
BEGIN SELECT RAISE(ABORT, 'guia: o número não muda'); END;
CREATE TRIGGER ecac_guia_fica BEFORE DELETE ON ecac_guia
BEGIN SELECT RAISE(ABORT, 'guia: não se apaga'); END;
CREATE TRIGGER ecac_guia_nasceu AFTER INSERT ON ecac_guia
BEGIN INSERT INTO ecac_guia_historico (guia_id, quando, de, para, causa, quem, detalhe)
VALUES (NEW.id, NEW.atualizada_em, NULL, NEW.estado, NEW.causa, NEW.causa_quem, NEW.causa_detalhe); END;
CREATE TRIGGER ecac_guia_mudou AFTER UPDATE OF estado ON ecac_guia WHEN NEW.estado <> OLD.estado
BEGIN INSERT INTO ecac_guia_historico (guia_id, quando, de, para, causa, quem, detalhe)
VALUES (NEW.id, NEW.atualizada_em, OLD.estado, NEW.estado, NEW.causa, NEW.causa_quem, NEW.causa_detalhe); END;
CREATE TRIGGER ecac_guia_historico_fica BEFORE DELETE ON ecac_guia_historico
BEGIN SELECT RAISE(ABORT, 'histórico: não se apaga'); END;
CREATE TRIGGER ecac_guia_historico_nao_muda BEFORE UPDATE ON ecac_guia_historico
BEGIN SELECT RAISE(ABORT, 'histórico: não se altera'); END;
CREATE TRIGGER ecac_ocorrencia_status BEFORE UPDATE OF status ON ecac_ocorrencia WHEN NEW.status NOT IN ('aberta', 'resolvida', 'dispensada')
BEGIN SELECT RAISE(ABORT, 'ocorrência: status desconhecido'); END;
CREATE TRIGGER ecac_ocorrencia_fica BEFORE DELETE ON ecac_ocorrencia
BEGIN SELECT RAISE(ABORT, 'ocorrência: não se apaga'); END;
CREATE TRIGGER ecac_ocorrencia_nasceu AFTER INSERT ON ecac_ocorrencia
BEGIN INSERT INTO ecac_ocorrencia_historico (ocorrencia_id, quando, status, detalhe, por)
VALUES (NEW.id, NEW.atualizada_em, NEW.status, NEW.detalhe, NEW.por); END;
CREATE TRIGGER ecac_ocorrencia_mudou AFTER UPDATE OF status, detalhe ON ecac_ocorrencia
WHEN NEW.status <> OLD.status OR NEW.detalhe <> OLD.detalhe
BEGIN INSERT INTO ecac_ocorrencia_historico (ocorrencia_id, quando, status, detalhe, por)
VALUES (NEW.id, NEW.atualizada_em, NEW.status, NEW.detalhe, NEW.por); END;
CREATE TRIGGER ecac_ocorrencia_historico_fica BEFORE DELETE ON ecac_ocorrencia_historico
BEGIN SELECT RAISE(ABORT, 'histórico: não se apaga'); END;
CREATE TRIGGER ecac_ocorrencia_historico_nao_muda BEFORE UPDATE ON ecac_ocorrencia_historico
BEGIN SELECT RAISE(ABORT, 'histórico: não se altera'); END;
CREATE INDEX tarefa_evento ON tarefa (id) WHERE pedido = 'evento';
CREATE INDEX evento_tipo ON evento (tp_evento, id);
CREATE INDEX evento_devido ON evento (proxima_em) WHERE proxima_em IS NOT NULL;
CREATE INDEX evento_publicado ON evento (atualizado_em) WHERE estado = 'publicado';
CREATE TABLE impressao (
    documento_id INTEGER PRIMARY KEY REFERENCES documento (id),
    pasta TEXT NOT NULL,
    tentativas INTEGER NOT NULL DEFAULT 0,
    criada_em TEXT NOT NULL
);
CREATE TABLE instalacao (
    um INTEGER PRIMARY KEY CHECK (um = 1),
    id TEXT,
    adotada_em TEXT,
    selada INTEGER NOT NULL DEFAULT 0
, em_maos TEXT NOT NULL DEFAULT 'canto', escrita_por TEXT, versao_minima TEXT NOT NULL DEFAULT '0.1.0');
CREATE TRIGGER instalacao_fica BEFORE DELETE ON instalacao
BEGIN SELECT RAISE(ABORT, 'instalação: não se apaga'); END;
CREATE TABLE impressao_de_evento (
    evento_id INTEGER PRIMARY KEY REFERENCES evento (id),
    pasta TEXT NOT NULL,
    tentativas INTEGER NOT NULL DEFAULT 0,
    criada_em TEXT NOT NULL
);
CREATE INDEX procuracao_cliente_documento ON procuracao_cliente (documento);
CREATE TABLE procuracao_uso (
    procuracao_id INTEGER NOT NULL REFERENCES procuracao (id),
    uso TEXT NOT NULL,
    cliente TEXT NOT NULL,
    usada_em TEXT NOT NULL,
    PRIMARY KEY (procuracao_id, uso, cliente)
);
CREATE INDEX certificado_cnpj ON certificado (cnpj) WHERE removido_em IS NULL;
CREATE TABLE carga (
    id INTEGER PRIMARY KEY,
    carga TEXT NOT NULL UNIQUE,
    situacao TEXT NOT NULL CHECK (situacao IN ('retida', 'reservada', 'gerada')),
    arquivo_id INTEGER NOT NULL,
    recebida_em TEXT NOT NULL,
    gerada_em TEXT,
    conteudo BLOB NOT NULL,
    resumo TEXT NOT NULL DEFAULT '{}',
    avisos TEXT NOT NULL DEFAULT '[]',
    complementos TEXT NOT NULL DEFAULT '{}',
    terceiros TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX carga_arquivo ON carga (arquivo_id);
CREATE INDEX carga_situacao ON carga (situacao) WHERE situacao <> 'gerada';
CREATE TABLE carga_documento (
    id INTEGER PRIMARY KEY,
    carga_id INTEGER NOT NULL REFERENCES carga (id),
    ordem INTEGER NOT NULL,
    campo TEXT NOT NULL,
    chave TEXT NOT NULL UNIQUE,
    emitente TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    modelo TEXT NOT NULL,
    serie INTEGER NOT NULL,
    numero INTEGER NOT NULL CHECK (numero BETWEEN 1 AND 999999999),
    xml BLOB NOT NULL,
    resumo TEXT NOT NULL,
    registro TEXT NOT NULL,
    tipo TEXT,
    digest TEXT,
    assinado BLOB,
    documento_id INTEGER REFERENCES documento (id), colunas TEXT NOT NULL DEFAULT '{}',
    UNIQUE (carga_id, ordem)
);
CREATE UNIQUE INDEX carga_documento_numero ON carga_documento (emitente, ambiente, modelo, serie, numero);
CREATE INDEX carga_documento_documento ON carga_documento (documento_id) WHERE documento_id IS NOT NULL;
CREATE TABLE carga_nota (
    chave TEXT NOT NULL,
    carga_id INTEGER NOT NULL REFERENCES carga (id),
    ordem INTEGER NOT NULL,
    PRIMARY KEY (chave, carga_id, ordem)
) WITHOUT ROWID;
CREATE INDEX carga_nota_carga ON carga_nota (carga_id);
CREATE TABLE numeracao (
    empresa TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    modelo TEXT NOT NULL,
    serie INTEGER NOT NULL,
    primeiro INTEGER NOT NULL,
    proximo INTEGER NOT NULL CHECK (proximo >= primeiro),
    PRIMARY KEY (empresa, ambiente, modelo, serie)
) WITHOUT ROWID;
CREATE TABLE numero_devolvido (
    empresa TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    modelo TEXT NOT NULL,
    serie INTEGER NOT NULL,
    numero INTEGER NOT NULL,
    PRIMARY KEY (empresa, ambiente, modelo, serie, numero)
) WITHOUT ROWID;
CREATE INDEX documento_a_ler ON documento (id) WHERE emitido_em IS NULL;
CREATE INDEX documento_mudou ON documento (atualizado_em);
CREATE INDEX documento_emissao ON documento (emitido_em) WHERE emitido_em IS NOT NULL;
CREATE INDEX documento_tomador ON documento (tomador, atualizado_em) WHERE tomador IS NOT NULL;
CREATE INDEX documento_situacao ON documento (situacao, atualizado_em);
CREATE INDEX documento_a_espera ON documento (enviado_em)
WHERE situacao IN ('AGUARDANDO RETORNO', 'AGUARDANDO RETORNO DE CANCELAMENTO');
CREATE INDEX documento_numero ON documento (numero, serie, emitente, modelo);
CREATE INDEX publicacao_nome ON publicacao (nome);
CREATE INDEX documento_protocolo ON documento (protocolo) WHERE protocolo IS NOT NULL;
CREATE INDEX evento_documento ON evento (documento_id) WHERE documento_id IS NOT NULL;
CREATE INDEX evento_criado ON evento (criado_em);
CREATE INDEX evento_tarefa ON evento (tarefa_id) WHERE tarefa_id IS NOT NULL;
CREATE INDEX transmissao_tarefa ON transmissao (tarefa_id) WHERE tarefa_id IS NOT NULL;
CREATE INDEX tarefa_aceita ON tarefa (id) WHERE estado = 'aceita';
CREATE INDEX falha_chave ON falha (chave) WHERE chave IS NOT NULL;
CREATE INDEX falha_arquivo ON falha (arquivo) WHERE arquivo IS NOT NULL;
CREATE INDEX falha_codigo ON falha (codigo, assunto);
CREATE INDEX ecac_guia_comprovante ON ecac_guia (comprovante_id) WHERE comprovante_id IS NOT NULL;
CREATE INDEX ecac_guia_vencimento ON ecac_guia (vencimento);
CREATE INDEX ecac_importacao_aberta ON ecac_importacao (id) WHERE estado = 'em andamento';
CREATE INDEX ecac_importacao_motivo ON ecac_importacao (motivo, iniciada_em);
CREATE INDEX ecac_importacao_tarefa ON ecac_importacao (tarefa_id) WHERE tarefa_id IS NOT NULL;
CREATE INDEX ecac_geracao_aberta ON ecac_geracao (id) WHERE estado = 'pedindo';
CREATE TABLE dicionario (
    id INTEGER PRIMARY KEY,
    emitente TEXT NOT NULL,
    modelo TEXT NOT NULL,
    dados BLOB NOT NULL
);
CREATE INDEX dicionario_emitente ON dicionario (emitente, modelo, id);
CREATE TRIGGER dicionario_fica BEFORE DELETE ON dicionario
BEGIN SELECT RAISE(ABORT, 'dicionário: não se apaga'); END;
CREATE TRIGGER dicionario_nao_muda BEFORE UPDATE ON dicionario
BEGIN SELECT RAISE(ABORT, 'dicionário: não se altera'); END;
CREATE TABLE assinado_compactado (
    unica INTEGER PRIMARY KEY CHECK (unica = 1),
    ate INTEGER NOT NULL
);
CREATE TABLE emitente (cnpj TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TRIGGER documento_emitente AFTER INSERT ON documento
WHEN NOT EXISTS (SELECT 1 FROM emitente WHERE cnpj = NEW.emitente)
BEGIN INSERT INTO emitente (cnpj) VALUES (NEW.emitente); END;
CREATE TABLE resumo (
    hora TEXT NOT NULL,
    empresa TEXT NOT NULL,
    rota_id INTEGER NOT NULL,
    autorizador TEXT NOT NULL,
    desfecho TEXT NOT NULL,
    cstat TEXT NOT NULL,
    quantos INTEGER NOT NULL,
    valor INTEGER NOT NULL,
    t0 INTEGER NOT NULL,
    t1 INTEGER NOT NULL,
    t2 INTEGER NOT NULL,
    t3 INTEGER NOT NULL,
    t4 INTEGER NOT NULL,
    t5 INTEGER NOT NULL,
    t6 INTEGER NOT NULL,
    t7 INTEGER NOT NULL,
    t8 INTEGER NOT NULL,
    t9 INTEGER NOT NULL,
    t10 INTEGER NOT NULL,
    t11 INTEGER NOT NULL,
    PRIMARY KEY (hora, empresa, rota_id, autorizador, desfecho, cstat)
) WITHOUT ROWID;
CREATE TABLE resumo_fonte (
    fonte TEXT PRIMARY KEY,
    ate INTEGER NOT NULL,
    passado INTEGER NOT NULL DEFAULT 0,
    feito INTEGER NOT NULL DEFAULT 0,
    menos TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
CREATE UNIQUE INDEX tarefa_ficha ON tarefa (ficha, chave) WHERE ficha IS NOT NULL;
CREATE INDEX documento_emitente ON documento (emitente, atualizado_em);
CREATE INDEX arquivo_em_maos ON arquivo (rota_id, tomado_em) WHERE desfecho IS NULL;
CREATE INDEX arquivo_feito ON arquivo (rota_id, terminado_em, desfecho);
CREATE INDEX falha_desde ON falha (desde, id) WHERE encerrada_em IS NULL;
CREATE TRIGGER documento_nasce BEFORE INSERT ON documento
WHEN (NEW.causa, NEW.situacao) NOT IN (VALUES ('exportação aceita', 'NÃO ENVIADO'), ('reconstrução', 'AUTORIZADO PELA SEFAZ'), ('reconstrução', 'CANCELADO'), ('reconstrução', 'NÃO ENVIADO'))
  OR EXISTS (SELECT 1 FROM documento WHERE id = NEW.id OR chave = NEW.chave)
BEGIN SELECT RAISE(ABORT, 'documento: só nasce uma vez, e NÃO ENVIADO ou por reconstrução'); END;
CREATE TRIGGER documento_nasceu AFTER INSERT ON documento
BEGIN INSERT INTO historico (documento_id, quando, de, para, causa, quem, arquivo_id, cstat, protocolo)
VALUES (NEW.id, NEW.atualizado_em, NULL, NEW.situacao, NEW.causa, NEW.causa_quem, NEW.causa_arquivo,
        NEW.causa_cstat, NEW.causa_protocolo); END;
CREATE INDEX certificado_em_uso ON certificado (padrao, empresa, apelido, uso, tipo, sha256, segredo_id, validade_ate,
    padrao_desde, assinou_em, pin_recusado_em, removido_em) WHERE removido_em IS NULL;
CREATE INDEX segredo_chave ON segredo (chave_id, nome);
