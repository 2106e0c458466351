BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE appointment (
	id VARCHAR NOT NULL, 
	attributes JSON, 
	written_at BIGINT, 
	customer_id VARCHAR NOT NULL, 
	contract_id VARCHAR, 
	order_id VARCHAR, 
	site_id VARCHAR, 
	kind VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	status_since BIGINT, 
	starts_at BIGINT NOT NULL, 
	ends_at BIGINT, 
	party_size INTEGER, 
	place VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT known_kind CHECK (kind IN ('installation', 'repair', 'delivery', 'reservation', 'visit')), 
	CONSTRAINT known_status CHECK (status IN ('initialized', 'confirmed', 'completed', 'cancelled', 'failed'))
);
INSERT INTO "appointment" VALUES('A-1',NULL,1772460000000000,'C-1',NULL,NULL,NULL,'installation','confirmed',1772460000000000,1772722800000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-2',NULL,1772460000000000,'C-2','K-2',NULL,NULL,'installation','confirmed',1772460000000000,1772722800000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-3',NULL,1772460000000000,'C-3',NULL,NULL,NULL,'installation','confirmed',1772460000000000,1772722800000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-4',NULL,1772460000000000,'C-4',NULL,NULL,NULL,'installation','confirmed',1772460000000000,1772722800000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-5',NULL,1772460000000000,'C-5',NULL,NULL,NULL,'installation','confirmed',1772460000000000,1772722800000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-6',NULL,1772460000000000,'C-6',NULL,NULL,NULL,'installation','confirmed',1772460000000000,1772722800000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-7',NULL,1772460000000000,'C-7',NULL,NULL,NULL,'installation','confirmed',1772460000000000,1772722800000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-8',NULL,1772550600000000,'C-8',NULL,NULL,NULL,'installation','confirmed',1772460000000000,1772744400000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-9',NULL,1772460000000000,'C-9','K-9',NULL,NULL,'installation','confirmed',1772460000000000,1772722800000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-10',NULL,1772460000000000,'C-10','K-10',NULL,NULL,'installation','confirmed',1772460000000000,1772722800000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-11',NULL,1772460000000000,'C-11','K-11',NULL,NULL,'installation','confirmed',1772460000000000,1772557200000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-12',NULL,1772550120000000,'C-12',NULL,NULL,NULL,'installation','confirmed',1772460000000000,1772737200000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-13',NULL,1772550120000000,'C-13',NULL,NULL,NULL,'installation','cancelled',1772550120000000,1772722800000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-14',NULL,1772460000000000,'C-14',NULL,NULL,NULL,'installation','confirmed',1772460000000000,1772723340000000,NULL,NULL,NULL);
INSERT INTO "appointment" VALUES('A-15',NULL,1772460000000000,'C-15','K-15',NULL,NULL,'installation','confirmed',1772460000000000,1772722800000000,NULL,NULL,NULL);
CREATE TABLE backlog (
	rule VARCHAR NOT NULL, 
	subject_id VARCHAR NOT NULL, 
	each_id VARCHAR NOT NULL, 
	recipient_id VARCHAR NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	cause VARCHAR NOT NULL, 
	PRIMARY KEY (rule, subject_id, each_id, recipient_id)
);
INSERT INTO "backlog" VALUES('order-held','O-17','','C-17',1772460000000000,'backlog');
CREATE TABLE change (
	id INTEGER NOT NULL, 
	entity VARCHAR NOT NULL, 
	row_id VARCHAR NOT NULL, 
	old_keys JSON, 
	new_keys JSON, 
	at BIGINT NOT NULL, 
	baseline BOOLEAN NOT NULL, 
	consumed_by VARCHAR, 
	PRIMARY KEY (id)
);
INSERT INTO "change" VALUES(1,'order','O-1','{"contract_id":null,"customer_id":"C-1","site_id":null}','{"contract_id":null,"customer_id":"C-1","site_id":null}',1772550600000000,0,NULL);
INSERT INTO "change" VALUES(2,'appointment','A-8','{"contract_id":null,"customer_id":"C-8","order_id":null,"site_id":null}','{"contract_id":null,"customer_id":"C-8","order_id":null,"site_id":null}',1772550600000000,0,NULL);
CREATE TABLE channel_halt (
	channel VARCHAR NOT NULL, 
	live BOOLEAN NOT NULL, 
	reason VARCHAR NOT NULL, 
	halted_at BIGINT NOT NULL, 
	tries_again_at BIGINT NOT NULL, 
	PRIMARY KEY (channel, live)
);
INSERT INTO "channel_halt" VALUES('email',0,'the account is suspended',1772550360000000,1772550660000000);
CREATE TABLE charge (
	id VARCHAR NOT NULL, 
	attributes JSON, 
	written_at BIGINT, 
	customer_id VARCHAR NOT NULL, 
	contract_id VARCHAR, 
	order_id VARCHAR, 
	product VARCHAR, 
	kind VARCHAR NOT NULL, 
	proration BOOLEAN NOT NULL, 
	amount BIGINT NOT NULL, 
	currency VARCHAR NOT NULL, 
	tax_included BOOLEAN, 
	period_start BIGINT, 
	period_end BIGINT, 
	bill_at BIGINT, 
	billed BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT known_kind CHECK (kind IN ('recurring', 'one_off', 'installation', 'tax', 'fee', 'discount'))
);
INSERT INTO "charge" VALUES('X-2',NULL,1772460000000000,'C-2','K-2',NULL,NULL,'recurring',0,1118605000,'COP',1,NULL,NULL,1772622000000000,0);
INSERT INTO "charge" VALUES('X-9',NULL,1772460000000000,'C-9','K-9',NULL,NULL,'recurring',0,1118605000,'COP',1,NULL,NULL,1772622000000000,0);
INSERT INTO "charge" VALUES('X-10',NULL,1772460000000000,'C-10','K-10',NULL,NULL,'recurring',0,1118605000,'COP',1,NULL,NULL,1772622000000000,0);
INSERT INTO "charge" VALUES('X-11',NULL,1772460000000000,'C-11','K-11',NULL,NULL,'recurring',0,1118605000,'COP',1,NULL,NULL,1772622000000000,0);
INSERT INTO "charge" VALUES('X-15',NULL,1772550120000000,'C-15','K-15',NULL,NULL,'recurring',0,799000000,'COP',1,NULL,NULL,1772622000000000,0);
CREATE TABLE consent (
	id VARCHAR NOT NULL, 
	attributes JSON, 
	written_at BIGINT, 
	customer_id VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	class VARCHAR NOT NULL, 
	allowed BOOLEAN NOT NULL, 
	at BIGINT NOT NULL, 
	source VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT known_channel CHECK (channel IN ('sms', 'email')), 
	CONSTRAINT known_class CHECK (class IN ('safety', 'service', 'billing', 'collections', 'marketing'))
);
INSERT INTO "consent" VALUES('C-1/email/marketing',NULL,1772460000000000,'C-1','email','marketing',0,1772384400000000,'web');
CREATE TABLE contact (
	id VARCHAR NOT NULL, 
	attributes JSON, 
	written_at BIGINT, 
	customer_id VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	channel VARCHAR NOT NULL, 
	direction VARCHAR NOT NULL, 
	reason VARCHAR, 
	subject VARCHAR, 
	outcome VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT known_channel CHECK (channel IN ('phone', 'chat', 'email', 'sms', 'whatsapp', 'social', 'shop')), 
	CONSTRAINT known_direction CHECK (direction IN ('inbound', 'outbound')), 
	CONSTRAINT known_outcome CHECK (outcome IN ('answered', 'unanswered', 'solved', 'open', 'cancel'))
);
INSERT INTO "contact" VALUES('T-1',NULL,1772460000000000,'C-1',1772380800000000,'phone','inbound',NULL,NULL,'solved');
CREATE TABLE contract (
	id VARCHAR NOT NULL, 
	attributes JSON, 
	written_at BIGINT, 
	customer_id VARCHAR NOT NULL, 
	site_id VARCHAR, 
	"plan" VARCHAR, 
	zone VARCHAR, 
	status VARCHAR NOT NULL, 
	status_since BIGINT, 
	started_at BIGINT, 
	ends_at BIGINT, 
	cancelled_at BIGINT, 
	PRIMARY KEY (id), 
	CONSTRAINT known_status CHECK (status IN ('pending', 'active', 'suspended', 'cancelled', 'terminated'))
);
INSERT INTO "contract" VALUES('K-2',NULL,1772460000000000,'C-2',NULL,'Fibre','north','active',1772460000000000,NULL,NULL,NULL);
INSERT INTO "contract" VALUES('K-9',NULL,1772460000000000,'C-9',NULL,'Fibre','north','active',1772460000000000,NULL,NULL,NULL);
INSERT INTO "contract" VALUES('K-10',NULL,1772460000000000,'C-10',NULL,'Fibre','north','active',1772460000000000,NULL,NULL,NULL);
INSERT INTO "contract" VALUES('K-11',NULL,1772460000000000,'C-11',NULL,'Fibre','north','active',1772460000000000,NULL,NULL,NULL);
INSERT INTO "contract" VALUES('K-15',NULL,1772460000000000,'C-15',NULL,'Fibre','north','active',1772460000000000,NULL,NULL,NULL);
CREATE TABLE contradiction (
	id VARCHAR NOT NULL, 
	"check" VARCHAR NOT NULL, 
	promise_id VARCHAR NOT NULL, 
	subject_type VARCHAR NOT NULL, 
	subject_id VARCHAR NOT NULL, 
	customer_id VARCHAR, 
	topic VARCHAR NOT NULL, 
	topic_type VARCHAR NOT NULL, 
	promised VARCHAR NOT NULL, 
	currency VARCHAR, 
	tax_included BOOLEAN, 
	actual VARCHAR, 
	actual_currency VARCHAR, 
	actual_tax_included BOOLEAN, 
	promised_by VARCHAR NOT NULL, 
	promised_at BIGINT NOT NULL, 
	evidence VARCHAR, 
	surfaces_at BIGINT, 
	owner VARCHAR NOT NULL, 
	severity VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	waived_pair VARCHAR, 
	version INTEGER NOT NULL, 
	opened_at BIGINT NOT NULL, 
	changed_at BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT waived_has_pair CHECK (state <> 'waived' OR waived_pair IS NOT NULL), 
	CONSTRAINT known_state CHECK (state IN ('open', 'acknowledged', 'settled', 'waived', 'lapsed')), 
	CONSTRAINT one_per_check_and_promise UNIQUE ("check", promise_id)
);
INSERT INTO "contradiction" VALUES('X-V5YBW-H99K1','promised-price','P-10','contract','K-10','C-10','monthly_price','money','79900','COP',NULL,'111860.5','COP',1,'agent 7',1772377200000000,'call 10',1772622000000000,'field','high','acknowledged','acknowledge by marta: agreed on the phone',NULL,2,1772460000000000,1772550120000000);
INSERT INTO "contradiction" VALUES('X-7TAG0-9KMB6','promised-price','P-11','contract','K-11','C-11','monthly_price','money','79900','COP',NULL,'111860.5','COP',1,'agent 7',1772377200000000,'call 11',1772622000000000,'field','high','open','charge X-11 is 111860.5 COP, promised 79900 COP by agent 7',NULL,1,1772460000000000,1772460000000000);
INSERT INTO "contradiction" VALUES('X-91WY5-YPS34','promised-price','P-15','contract','K-15','C-15','monthly_price','money','79900','COP',NULL,'111860.5','COP',1,'agent 7',1772377200000000,'call 15',1772622000000000,'field','high','settled','charge X-15 is 79900 COP, as promised',NULL,2,1772460000000000,1772550180000000);
INSERT INTO "contradiction" VALUES('X-XWYDJ-B5NNK','promised-price','P-2','contract','K-2','C-2','monthly_price','money','79900','COP',NULL,'111860.5','COP',1,'agent 7',1772377200000000,'call 2',1772622000000000,'field','high','open','charge X-2 is 111860.5 COP, promised 79900 COP by agent 7',NULL,1,1772460000000000,1772460000000000);
INSERT INTO "contradiction" VALUES('X-0QF17-K08PQ','promised-price','P-9','contract','K-9','C-9','monthly_price','money','79900','COP',NULL,'111860.5','COP',1,'agent 7',1772377200000000,'call 9',1772622000000000,'field','high','waived','waive by marta: agreed on the phone','79900 COP|111860.5 COP tax included',2,1772460000000000,1772550120000000);
CREATE TABLE contradiction_member (
	contradiction_id VARCHAR NOT NULL, 
	fact_type VARCHAR NOT NULL, 
	fact_id VARCHAR NOT NULL, 
	actual VARCHAR NOT NULL, 
	currency VARCHAR, 
	tax_included BOOLEAN, 
	surfaces_at BIGINT, 
	PRIMARY KEY (contradiction_id, fact_type, fact_id), 
	FOREIGN KEY(contradiction_id) REFERENCES contradiction (id)
);
INSERT INTO "contradiction_member" VALUES('X-7TAG0-9KMB6','charge','X-11','111860.5','COP',1,1772622000000000);
INSERT INTO "contradiction_member" VALUES('X-XWYDJ-B5NNK','charge','X-2','111860.5','COP',1,1772622000000000);
INSERT INTO "contradiction_member" VALUES('X-0QF17-K08PQ','charge','X-9','111860.5','COP',1,1772622000000000);
INSERT INTO "contradiction_member" VALUES('X-V5YBW-H99K1','charge','X-10','111860.5','COP',1,1772622000000000);
INSERT INTO "contradiction_member" VALUES('X-91WY5-YPS34','charge','X-15','111860.5','COP',1,1772622000000000);
CREATE TABLE customer (
	id VARCHAR NOT NULL, 
	attributes JSON, 
	written_at BIGINT, 
	name VARCHAR NOT NULL, 
	locale VARCHAR, 
	timezone VARCHAR, 
	country VARCHAR, 
	phone VARCHAR, 
	email VARCHAR, 
	preferred_channel VARCHAR, 
	site_id VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT known_preferred_channel CHECK (preferred_channel IN ('sms', 'email'))
);
INSERT INTO "customer" VALUES('C-1',NULL,1772460000000000,'Ana Ruiz','en-US','America/Bogota','CO','+573001000001','c1@example.com',NULL,'S-1');
INSERT INTO "customer" VALUES('C-2',NULL,1772460000000000,'Luis Mora','en-US','America/Bogota','CO','+573001000002','c2@example.com',NULL,NULL);
INSERT INTO "customer" VALUES('C-3',NULL,1772460000000000,'Eva Paz','en-US','America/Bogota','CO',NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('C-4',NULL,1772460000000000,'Kenji Ito','en-US','Asia/Tokyo','CO','+573001000004','c4@example.com',NULL,NULL);
INSERT INTO "customer" VALUES('C-5',NULL,1772460000000000,'Rosa Gil','en-US','America/Bogota','CO','+573001000005',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('C-6',NULL,1772460000000000,'Omar Díaz','en-US','America/Bogota','CO','+573001000006',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('C-7',NULL,1772460000000000,'Inés Vera','en-US','America/Bogota','CO','+573001000007',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('C-8',NULL,1772460000000000,'Juan Rey','en-US','America/Bogota','CO','+573001000008','c8@example.com',NULL,NULL);
INSERT INTO "customer" VALUES('C-9',NULL,1772460000000000,'Sara Lux','en-US','America/Bogota','CO','+573001000009','c9@example.com',NULL,NULL);
INSERT INTO "customer" VALUES('C-10',NULL,1772460000000000,'Hugo Sol','en-US','America/Bogota','CO','+573001000010','c10@example.com',NULL,NULL);
INSERT INTO "customer" VALUES('C-11',NULL,1772460000000000,'Elsa Mar','en-US','America/Bogota','CO','+573001000011','c11@example.com',NULL,NULL);
INSERT INTO "customer" VALUES('C-12',NULL,1772460000000000,'Iván Paz','en-US','America/Bogota','CO','+573001000012','c12@example.com',NULL,NULL);
INSERT INTO "customer" VALUES('C-13',NULL,1772460000000000,'Nora Cid','en-US','America/Bogota','CO','+573001000013',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('C-14',NULL,1772460000000000,'Leo Bru','en-US','America/Bogota','CO','+573001000014',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('C-15',NULL,1772460000000000,'Mia Fox','en-US','America/Bogota','CO','+573001000015','c15@example.com',NULL,NULL);
INSERT INTO "customer" VALUES('C-16',NULL,1772460000000000,'Pía Roa','en-US','America/Bogota','CO','+573001000016','c16@example.com',NULL,NULL);
INSERT INTO "customer" VALUES('C-17',NULL,1772460000000000,'Tom Ray','en-US','America/Bogota','CO','+573001000017','c17@example.com',NULL,NULL);
INSERT INTO "customer" VALUES('C-18',NULL,1772460000000000,'Uma Lee','en-US','America/Bogota','CO','+573001000018','c18@example.com',NULL,NULL);
CREATE TABLE feedback (
	id VARCHAR NOT NULL, 
	attributes JSON, 
	written_at BIGINT, 
	customer_id VARCHAR, 
	order_id VARCHAR, 
	site_id VARCHAR, 
	source VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	score INTEGER, 
	text VARCHAR, 
	reason VARCHAR, 
	PRIMARY KEY (id)
);
INSERT INTO "feedback" VALUES('F-1',NULL,1772460000000000,'C-1',NULL,NULL,'survey',1772384400000000,9,'quick and friendly',NULL);
CREATE TABLE incident (
	id VARCHAR NOT NULL, 
	attributes JSON, 
	written_at BIGINT, 
	kind VARCHAR NOT NULL, 
	zone VARCHAR, 
	site_id VARCHAR, 
	status VARCHAR NOT NULL, 
	status_since BIGINT, 
	cause VARCHAR, 
	started_at BIGINT NOT NULL, 
	expected_end_at BIGINT, 
	ended_at BIGINT, 
	PRIMARY KEY (id), 
	CONSTRAINT known_kind CHECK (kind IN ('outage', 'maintenance', 'delay', 'other')), 
	CONSTRAINT known_status CHECK (status IN ('planned', 'acknowledged', 'in_progress', 'resolved', 'closed', 'cancelled'))
);
INSERT INTO "incident" VALUES('I-1',NULL,1772460000000000,'outage','north',NULL,'resolved',1772460000000000,NULL,1772179200000000,NULL,1772186400000000);
CREATE TABLE intervention (
	id VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	actor VARCHAR NOT NULL, 
	verb VARCHAR NOT NULL, 
	object_type VARCHAR NOT NULL, 
	object_id VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "intervention" VALUES('019cb438-6240-7acc-b73e-e99d93e370c3',1772550120000000,'marta','waive','contradiction','X-0QF17-K08PQ','agreed on the phone');
INSERT INTO "intervention" VALUES('019cb438-6240-7fbf-b634-e771c66567fc',1772550120000000,'marta','acknowledge','contradiction','X-V5YBW-H99K1','agreed on the phone');
INSERT INTO "intervention" VALUES('019cb438-6240-7e37-bf25-7f61c4272959',1772550120000000,'marta','cancel','notice','019cb436-8d80-7000-8059-2beea1a3cc68','agreed on the phone');
CREATE TABLE message (
	id VARCHAR NOT NULL, 
	notice_id VARCHAR NOT NULL, 
	live BOOLEAN NOT NULL, 
	urgency INTEGER NOT NULL, 
	until_at BIGINT NOT NULL, 
	channel VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	subject VARCHAR, 
	text VARCHAR NOT NULL, 
	encoding VARCHAR, 
	segments INTEGER, 
	cost BIGINT, 
	cost_currency VARCHAR, 
	state VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	created_at BIGINT NOT NULL, 
	next_attempt_at BIGINT, 
	started_at BIGINT, 
	accepted_at BIGINT, 
	changed_at BIGINT NOT NULL, 
	provider VARCHAR, 
	provider_id VARCHAR, 
	error VARCHAR, 
	decision VARCHAR, called_at BIGINT, 
	PRIMARY KEY (id), 
	CONSTRAINT sending_has_start CHECK (state <> 'sending' OR started_at IS NOT NULL), 
	CONSTRAINT known_state CHECK (state IN ('queued', 'sending', 'accepted', 'delivered', 'undelivered', 'failed', 'unknown', 'cancelled')), 
	CONSTRAINT accepted_has_provider CHECK (state NOT IN ('accepted', 'delivered') OR provider IS NOT NULL), 
	FOREIGN KEY(notice_id) REFERENCES notice (id), 
	CONSTRAINT provider_id_once UNIQUE (provider, provider_id)
);
INSERT INTO "message" VALUES('019caed9-4300-7000-8015-3ee8d5019dc6','019caed9-4300-7000-8032-51017f90f349',0,1,253370764800000000,'sms','+573000000001',NULL,'promised-price: contract:K-10, promised COP 79,900, actual COP 111,860.50 (+40%).
The customer finds out in 1 d 21 h.
Its notices are held until you decide.
notifier contradictions show X-V5YBW-H99K1 (ref. 15YGS-7YQTW)','GSM-7',2,900000,'COP','accepted',1,1772460000000000,1772460000000000,1772460000000000,1772460000000000,1772460000000000,'sandbox','2026-03-02T140000Z-15YGS-7YQTW-sms.txt',NULL,NULL,1772460000000000);
INSERT INTO "message" VALUES('019caed9-4300-7000-8055-3a60945d5f60','019caed9-4300-7000-8065-fa836b23c5c8',0,1,253370764800000000,'sms','+573000000001',NULL,'promised-price: contract:K-11, promised COP 79,900, actual COP 111,860.50 (+40%).
The customer finds out in 1 d 21 h.
Its notices are held until you decide.
notifier contradictions show X-7TAG0-9KMB6 (ref. AF57M-0VV1Z)','GSM-7',2,900000,'COP','accepted',1,1772460000000000,1772460000000000,1772460000000000,1772460000000000,1772460000000000,'sandbox','2026-03-02T140000Z-AF57M-0VV1Z-sms.txt',NULL,NULL,1772460000000000);
INSERT INTO "message" VALUES('019caed9-4300-7000-808b-0f5fae7c6cde','019caed9-4300-7000-80b5-c1cfee8c27a5',0,1,253370764800000000,'sms','+573000000001',NULL,'promised-price: contract:K-15, promised COP 79,900, actual COP 111,860.50 (+40%).
The customer finds out in 1 d 21 h.
Its notices are held until you decide.
notifier contradictions show X-91WY5-YPS34 (ref. H01EQ-N5D4X)','GSM-7',2,900000,'COP','accepted',1,1772460000000000,1772460000000000,1772460000000000,1772460000000000,1772460000000000,'sandbox','2026-03-02T140000Z-H01EQ-N5D4X-sms.txt',NULL,NULL,1772460000000000);
INSERT INTO "message" VALUES('019caed9-4300-7000-80cb-2df01a414349','019caed9-4300-7000-80e8-7a789ed1ca2a',0,1,253370764800000000,'sms','+573000000001',NULL,'promised-price: contract:K-2, promised COP 79,900, actual COP 111,860.50 (+40%).
The customer finds out in 1 d 21 h.
Its notices are held until you decide.
notifier contradictions show X-XWYDJ-B5NNK (ref. CTNGP-VS8ZS)','GSM-7',2,900000,'COP','accepted',1,1772460000000000,1772460000000000,1772460000000000,1772460000000000,1772460000000000,'sandbox','2026-03-02T140000Z-CTNGP-VS8ZS-sms.txt',NULL,NULL,1772460000000000);
INSERT INTO "message" VALUES('019caed9-4300-7000-8128-3dbac9a9e661','019caed9-4300-7000-810d-a66995e3df24',0,1,253370764800000000,'sms','+573000000001',NULL,'promised-price: contract:K-9, promised COP 79,900, actual COP 111,860.50 (+40%).
The customer finds out in 1 d 21 h.
Its notices are held until you decide.
notifier contradictions show X-0QF17-K08PQ (ref. 93TWP-C57GQ)','GSM-7',2,900000,'COP','accepted',1,1772460000000000,1772460000000000,1772460000000000,1772460000000000,1772460000000000,'sandbox','2026-03-02T140000Z-93TWP-C57GQ-sms.txt',NULL,NULL,1772460000000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-8005-0f20bb957403','019cb436-8d80-7000-802d-1f673cdbbd2a',0,1,1772712000000000,'sms','+573001000001',NULL,'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. FD4GE-97ZRJ','GSM-7',1,450000,'COP','accepted',1,1772550000000000,1772550000000000,1772550000000000,1772550000000000,1772550000000000,'sandbox','2026-03-03T150000Z-FD4GE-97ZRJ-sms.txt',NULL,NULL,1772550000000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-802c-e377826ad1b8','019cb436-8d80-7000-802d-1f673cdbbd2a',0,1,1772712000000000,'email','c1@example.com','We visit you on March 5, 2026','Hello Ana,

we come on Thursday, March 5, 2026 at 10:00 AM.

Questions? Call +573000000000 with the reference FD4GE-97ZRJ.

Fibra',NULL,NULL,NULL,NULL,'accepted',1,1772550000000000,1772550000000000,1772550000000000,1772550000000000,1772550000000000,'sandbox','2026-03-03T150000Z-FD4GE-97ZRJ-email.eml',NULL,NULL,1772550000000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-8087-87ae9f882cc0','019cb436-8d80-7000-808d-54927a1eb159',0,1,1772712000000000,'sms','+573001000012',NULL,'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. YTJWF-71JYB','GSM-7',1,450000,'COP','accepted',1,1772550000000000,1772550000000000,1772550000000000,1772550000000000,1772550000000000,'sandbox','2026-03-03T150000Z-YTJWF-71JYB-sms.txt',NULL,NULL,1772550000000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-80b2-b86a7df3796a','019cb436-8d80-7000-808d-54927a1eb159',0,1,1772712000000000,'email','c12@example.com','We visit you on March 5, 2026','Hello Iván,

we come on Thursday, March 5, 2026 at 10:00 AM.

Questions? Call +573000000000 with the reference YTJWF-71JYB.

Fibra',NULL,NULL,NULL,NULL,'accepted',1,1772550000000000,1772550000000000,1772550000000000,1772550000000000,1772550000000000,'sandbox','2026-03-03T150000Z-YTJWF-71JYB-email.eml',NULL,NULL,1772550000000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-80db-c022c1ea1d2f','019cb436-8d80-7000-80f4-59a4fe96970f',0,1,1772712000000000,'sms','+573001000013',NULL,'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. PRQ1A-CBVMF','GSM-7',1,450000,'COP','cancelled',1,1772550000000000,1772550028668273,1772550000000000,NULL,1772550180000000,NULL,NULL,'what it says is no longer true','Retry',1772550000000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-823b-0259614c2728','019cb436-8d80-7000-822f-3b300e2826f2',0,1,1772712000000000,'sms','+573001000005',NULL,'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. SEH1T-ZVK34','GSM-7',1,450000,'COP','sending',4,1772550000000000,1772550484231150,1772550540000000,NULL,1772550540000000,NULL,NULL,'the line is busy','Retry',1772550540000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-8275-028e4ff0d7e1','019cb436-8d80-7000-8257-322dd42fd873',0,1,1772712000000000,'sms','+573001000006',NULL,'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. VEG1T-88D59','GSM-7',1,450000,'COP','unknown',1,1772550000000000,1772550810000000,1772550000000000,NULL,1772550540000000,NULL,NULL,'the provider does not answer','Unknown',1772550000000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-8295-783fa5a347a7','019cb436-8d80-7000-82a8-bed74e1d6663',0,1,1772712000000000,'sms','+573001000007',NULL,'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. 1E97J-J9MAK','GSM-7',1,450000,'COP','failed',1,1772550000000000,1772550000000000,1772550000000000,NULL,1772550000000000,NULL,NULL,'the number is a landline','OtherChannel',1772550000000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-82dd-01ff65ce3989','019cb436-8d80-7000-82fd-da2e951b0849',0,1,1772712000000000,'sms','+573001000008',NULL,'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. NJY8T-9XF7J','GSM-7',1,450000,'COP','failed',1,1772550000000000,1772550000000000,1772550000000000,NULL,1772550000000000,NULL,NULL,'the customer opted out','SuppressAddress',1772550000000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-82d6-c6a5dddf2084','019cb436-8d80-7000-82fd-da2e951b0849',0,1,1772712000000000,'email','c8@example.com','We visit you on March 5, 2026','Hello Juan,

we come on Thursday, March 5, 2026 at 10:00 AM.

Questions? Call +573000000000 with the reference NJY8T-9XF7J.

Fibra',NULL,NULL,NULL,NULL,'accepted',1,1772550000000000,1772550000000000,1772550000000000,1772550000000000,1772550000000000,'sandbox','2026-03-03T150000Z-NJY8T-9XF7J-email.eml',NULL,NULL,1772550000000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-839d-e7d25cc7466b','019cb436-8d80-7000-8387-2571495669bf',0,1,253370764800000000,'sms','+573000000001',NULL,'visit-reminder: 1 notice can reach nobody (no address for sms and email).
notifier notices show 44JES-VB2BR
(ref. F1Y98-843SB)','GSM-7',1,450000,'COP','accepted',1,1772550000000000,1772550000000000,1772550000000000,1772550000000000,1772550000000000,'sandbox','2026-03-03T150000Z-F1Y98-843SB-sms.txt',NULL,NULL,1772550000000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-83c2-ee8e9da9e3a5','019cb436-8d80-7000-83d5-c91b53ad5791',0,1,253370764800000000,'sms','+573000000001',NULL,'visit-reminder: 1 notice not sent in time (not sent before its time was over at 2026-03-03 14:00 UTC).
notifier notices show KJ9Z0-R8CRV
(ref. J6JVN-Y9T21)','GSM-7',1,450000,'COP','accepted',1,1772550000000000,1772550000000000,1772550000000000,1772550000000000,1772550000000000,'sandbox','2026-03-03T150000Z-J6JVN-Y9T21-sms.txt',NULL,NULL,1772550000000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-802e-389a05329775','019cb436-8d80-7000-8034-6f0298a66d67',0,1,253370764800000000,'sms','+573001000018',NULL,'Fibra: your order O-18 waits for something that is missing. Questions: +573000000000, ref. YPCX3-MAQZR','GSM-7',1,450000,'COP','accepted',1,1772550000000000,1772550000000000,1772550000000000,1772550000000000,1772550000000000,'sandbox','2026-03-03T150000Z-YPCX3-MAQZR-sms.txt',NULL,NULL,1772550000000000);
INSERT INTO "message" VALUES('019cb436-8d80-7000-8021-b30a6c731d9e','019cb436-8d80-7000-8034-6f0298a66d67',0,1,253370764800000000,'email','c18@example.com','Your order O-18 waits for something that is missing','Hello Uma,

your order O-18 waits for something that is missing.

Questions? Call +573000000000 with the reference YPCX3-MAQZR.

Fibra',NULL,NULL,NULL,NULL,'accepted',1,1772550000000000,1772550000000000,1772550000000000,1772550000000000,1772550000000000,'sandbox','2026-03-03T150000Z-YPCX3-MAQZR-email.eml',NULL,NULL,1772550000000000);
INSERT INTO "message" VALUES('019cb439-4ca0-7000-80da-0266e8d7154a','019cb439-4ca0-7000-80ff-e456c0faf8b9',0,1,1772737200000000,'sms','+573001000012',NULL,'Correction: we told you March 5, 2026, 10:00 AM, it is now March 5, 2026, 2:00 PM. Fibra: we come on March 5, 2026 at 2:00 PM. Questions: +573000000000, ref. E7C3W-QXB5S','GSM-7',2,900000,'COP','accepted',1,1772550180000000,1772550180000000,1772550180000000,1772550180000000,1772550180000000,'sandbox','2026-03-03T150300Z-E7C3W-QXB5S-sms.txt',NULL,NULL,1772550180000000);
INSERT INTO "message" VALUES('019cb439-4ca0-7000-80da-6a800efb613f','019cb439-4ca0-7000-80ff-e456c0faf8b9',0,1,1772737200000000,'email','c12@example.com','Correction: We visit you on March 5, 2026','Hello Iván,

Correction: we told you March 5, 2026, 10:00 AM, it is now March 5, 2026, 2:00 PM.

we come on Thursday, March 5, 2026 at 2:00 PM.

Questions? Call +573000000000 with the reference E7C3W-QXB5S.

Fibra',NULL,NULL,NULL,NULL,'accepted',1,1772550180000000,1772550180000000,1772550180000000,1772550180000000,1772550180000000,'sandbox','2026-03-03T150300Z-E7C3W-QXB5S-email.eml',NULL,NULL,1772550180000000);
INSERT INTO "message" VALUES('019cb439-4ca0-7000-815d-c3bf0caea79f','019cb439-4ca0-7000-8167-a9efe5a58ed3',0,1,253370764800000000,'sms','+573000000001',NULL,'visit-reminder: 1 notice taken by no channel (no channel took it: no address for email; sms: the number is a landline).
notifier notices show 1E97J-J9MAK
(ref. X8KRM-3C10B)','GSM-7',2,900000,'COP','accepted',1,1772550180000000,1772550180000000,1772550180000000,1772550180000000,1772550180000000,'sandbox','2026-03-03T150300Z-X8KRM-3C10B-sms.txt',NULL,NULL,1772550180000000);
INSERT INTO "message" VALUES('019cb439-4ca0-7000-803f-3c099586b6af','019cb436-8d80-7000-8128-41ebe8ffdbe6',0,1,1772712000000000,'sms','+573001000015',NULL,'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. E215W-0Q505','GSM-7',1,450000,'COP','accepted',1,1772550180000000,1772550180000000,1772550180000000,1772550180000000,1772550180000000,'sandbox','2026-03-03T150300Z-E215W-0Q505-sms.txt',NULL,NULL,1772550180000000);
INSERT INTO "message" VALUES('019cb439-4ca0-7000-802f-c83d9f6e50f7','019cb436-8d80-7000-8128-41ebe8ffdbe6',0,1,1772712000000000,'email','c15@example.com','We visit you on March 5, 2026','Hello Mia,

we come on Thursday, March 5, 2026 at 10:00 AM.

Questions? Call +573000000000 with the reference E215W-0Q505.

Fibra',NULL,NULL,NULL,NULL,'accepted',1,1772550180000000,1772550180000000,1772550180000000,1772550180000000,1772550180000000,'sandbox','2026-03-03T150300Z-E215W-0Q505-email.eml',NULL,NULL,1772550180000000);
INSERT INTO "message" VALUES('019cb439-4ca0-7000-8097-f42d03d8b581','019cb436-8d80-7000-830c-a22a660d8726',0,1,1772712000000000,'sms','+573001000009',NULL,'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. A0S6X-RBZ6G','GSM-7',1,450000,'COP','accepted',1,1772550180000000,1772550180000000,1772550180000000,1772550180000000,1772550180000000,'sandbox','2026-03-03T150300Z-A0S6X-RBZ6G-sms.txt',NULL,NULL,1772550180000000);
INSERT INTO "message" VALUES('019cb439-4ca0-7000-80b3-8ca4f6825cf5','019cb436-8d80-7000-830c-a22a660d8726',0,1,1772712000000000,'email','c9@example.com','We visit you on March 5, 2026','Hello Sara,

we come on Thursday, March 5, 2026 at 10:00 AM.

Questions? Call +573000000000 with the reference A0S6X-RBZ6G.

Fibra',NULL,NULL,NULL,NULL,'accepted',1,1772550180000000,1772550180000000,1772550180000000,1772550180000000,1772550180000000,'sandbox','2026-03-03T150300Z-A0S6X-RBZ6G-email.eml',NULL,NULL,1772550180000000);
INSERT INTO "message" VALUES('019cb439-4ca0-7000-8033-151d0b28c57c','019cb439-4ca0-7000-803f-3c2840862093',0,1,253370764800000000,'email','c18@example.com','Your order O-18 is complete','Hello Uma,

your order O-18 is complete.

Questions? Call +573000000000 with the reference GEWZD-F4G35.

Fibra',NULL,NULL,NULL,NULL,'accepted',1,1772550180000000,1772550180000000,1772550180000000,1772550180000000,1772550180000000,'sandbox','2026-03-03T150300Z-GEWZD-F4G35-email.eml',NULL,NULL,1772550180000000);
INSERT INTO "message" VALUES('019cb439-4ca0-7000-8039-cbee8d16b0af','019cb439-4ca0-7000-803f-3c2840862093',0,1,253370764800000000,'sms','+573001000018',NULL,'Fibra: your order O-18 is complete. Questions: +573000000000, ref. GEWZD-F4G35','GSM-7',1,450000,'COP','accepted',1,1772550180000000,1772550180000000,1772550180000000,1772550180000000,1772550180000000,'sandbox','2026-03-03T150300Z-GEWZD-F4G35-sms.txt',NULL,NULL,1772550180000000);
INSERT INTO "message" VALUES('019cb43c-0bc0-7000-8008-829e5186d57e','019cb43c-0bc0-7000-8035-5791a77f6072',0,1,253370764800000000,'sms','+573001000016',NULL,'Fibra: your order O-16 waits for something that is missing. Questions: +573000000000, ref. 64B54-JSX8F','GSM-7',1,450000,'COP','accepted',1,1772550360000000,1772550360000000,1772550360000000,1772550360000000,1772550360000000,'sandbox','2026-03-03T150600Z-64B54-JSX8F-sms.txt',NULL,NULL,1772550360000000);
INSERT INTO "message" VALUES('019cb43c-0bc0-7000-803a-62e2950d957c','019cb43c-0bc0-7000-8035-5791a77f6072',0,1,253370764800000000,'email','c16@example.com','Your order O-16 waits for something that is missing','Hello Pía,

your order O-16 waits for something that is missing.

Questions? Call +573000000000 with the reference 64B54-JSX8F.

Fibra',NULL,NULL,NULL,NULL,'queued',0,1772550360000000,1772550660000000,1772550360000000,NULL,1772550360000000,NULL,NULL,'the account is suspended',NULL,1772550360000000);
INSERT INTO "message" VALUES('019cb43c-0bc0-7000-801a-13e593acc36c','019cb43c-0bc0-7000-8027-a0ae67ae945b',0,1,253370764800000000,'sms','+573000000001',NULL,'Nothing goes out by mail since 10:06 AM (the account is suspended).
1 waiting.
Put it right at the provider; it is tried again every few minutes.
(ref. 8G09C-GC479)','GSM-7',2,900000,'COP','sending',1,1772550360000000,1772550360000000,1772550540000000,NULL,1772550540000000,NULL,NULL,NULL,NULL,1772550540000000);
INSERT INTO "message" VALUES('019cb43e-cae0-7000-803b-6f489dbd121b','019cb43e-cae0-7000-8032-f0cdde34dd83',0,1,1772712540000000,'sms','+573001000014',NULL,'Fibra: we come on March 5, 2026 at 10:09 AM. Questions: +573000000000, ref. XZCMK-KJN4T','GSM-7',1,450000,'COP','sending',1,1772550540000000,1772550540000000,1772550540000000,NULL,1772550540000000,NULL,NULL,NULL,NULL,1772550540000000);
CREATE TABLE notice (
	id VARCHAR NOT NULL, 
	occurrence VARCHAR NOT NULL, 
	reference VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	live BOOLEAN NOT NULL, 
	rule VARCHAR NOT NULL, 
	subject_type VARCHAR NOT NULL, 
	subject_id VARCHAR NOT NULL, 
	each_id VARCHAR, 
	recipient_id VARCHAR, 
	notice_class VARCHAR NOT NULL, 
	owner VARCHAR NOT NULL, 
	touchpoint VARCHAR, 
	template VARCHAR NOT NULL, 
	ordinal INTEGER NOT NULL, 
	anchor_at BIGINT, 
	at BIGINT, 
	until_at BIGINT, 
	state VARCHAR NOT NULL, 
	reason_code VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	channels JSON NOT NULL, 
	contradictions JSON NOT NULL, 
	deferred_until BIGINT, 
	passed_limits_at BIGINT, 
	approved_digest VARCHAR, 
	released BOOLEAN NOT NULL, 
	claims JSON NOT NULL, 
	previous JSON NOT NULL, 
	claims_digest VARCHAR NOT NULL, 
	content_digest VARCHAR NOT NULL, 
	evidence JSON NOT NULL, 
	rule_digest VARCHAR NOT NULL, 
	template_digest VARCHAR NOT NULL, 
	corrects VARCHAR, 
	follows VARCHAR, 
	spent BOOLEAN NOT NULL, 
	version INTEGER NOT NULL, 
	decided_at BIGINT NOT NULL, 
	changed_at BIGINT NOT NULL, 
	told_at BIGINT, 
	PRIMARY KEY (id), 
	CONSTRAINT known_kind CHECK (kind IN ('notice', 'correction', 'follow_up', 'alert')), 
	CONSTRAINT deferred_has_end CHECK (state <> 'deferred' OR deferred_until IS NOT NULL), 
	CONSTRAINT told_has_time CHECK (state <> 'told' OR told_at IS NOT NULL), 
	CONSTRAINT known_state CHECK (state IN ('ready', 'held', 'deferred', 'suppressed', 'expired', 'cancelled', 'told', 'failed')), 
	CONSTRAINT told_is_spent CHECK (state NOT IN ('told', 'expired') OR spent), 
	UNIQUE (occurrence), 
	UNIQUE (reference)
);
INSERT INTO "notice" VALUES('019caed9-4300-7000-8032-51017f90f349','sandbox|alert|X-V5YBW-H99K1|79900 COP|111860.5 COP tax included','15YGS-7YQTW','alert',0,'promised-price','contract','K-10',NULL,'field','service','field',NULL,'alert',0,NULL,NULL,NULL,'told','due','charge X-10 is 111860.5 COP, promised 79900 COP by agent 7','["sms"]','[]',NULL,1772460000000000,NULL,0,'{"actual":{"currency":"COP","type":"money","value":"111860.5"},"check":{"type":"text","value":"promised-price"},"contradiction":{"type":"text","value":"X-V5YBW-H99K1"},"promised":{"currency":"COP","type":"money","value":"79900"},"subject":{"type":"text","value":"contract:K-10"},"surfaces_at":{"type":"timestamp","value":"2026-03-04T11:00:00+00:00"},"topic":{"type":"text","value":"monthly_price"}}','{}','7822ecc9dcbfc81ed0f14c1d2377b97f5c0deb1410888a0c78521318f9544734','','{}','','',NULL,NULL,1,1,1772460000000000,1772460000000000,1772460000000000);
INSERT INTO "notice" VALUES('019caed9-4300-7000-8065-fa836b23c5c8','sandbox|alert|X-7TAG0-9KMB6|79900 COP|111860.5 COP tax included','AF57M-0VV1Z','alert',0,'promised-price','contract','K-11',NULL,'field','service','field',NULL,'alert',0,NULL,NULL,NULL,'told','due','charge X-11 is 111860.5 COP, promised 79900 COP by agent 7','["sms"]','[]',NULL,1772460000000000,NULL,0,'{"actual":{"currency":"COP","type":"money","value":"111860.5"},"check":{"type":"text","value":"promised-price"},"contradiction":{"type":"text","value":"X-7TAG0-9KMB6"},"promised":{"currency":"COP","type":"money","value":"79900"},"subject":{"type":"text","value":"contract:K-11"},"surfaces_at":{"type":"timestamp","value":"2026-03-04T11:00:00+00:00"},"topic":{"type":"text","value":"monthly_price"}}','{}','357f785b2f1fb3c8c25f1815c811b85123091e24aa9082a9ebf5b01a0e24d4ef','','{}','','',NULL,NULL,1,1,1772460000000000,1772460000000000,1772460000000000);
INSERT INTO "notice" VALUES('019caed9-4300-7000-80b5-c1cfee8c27a5','sandbox|alert|X-91WY5-YPS34|79900 COP|111860.5 COP tax included','H01EQ-N5D4X','alert',0,'promised-price','contract','K-15',NULL,'field','service','field',NULL,'alert',0,NULL,NULL,NULL,'told','due','charge X-15 is 111860.5 COP, promised 79900 COP by agent 7','["sms"]','[]',NULL,1772460000000000,NULL,0,'{"actual":{"currency":"COP","type":"money","value":"111860.5"},"check":{"type":"text","value":"promised-price"},"contradiction":{"type":"text","value":"X-91WY5-YPS34"},"promised":{"currency":"COP","type":"money","value":"79900"},"subject":{"type":"text","value":"contract:K-15"},"surfaces_at":{"type":"timestamp","value":"2026-03-04T11:00:00+00:00"},"topic":{"type":"text","value":"monthly_price"}}','{}','7d48fb0917a9db02b72e1314199766264ee107200b013a4c8d299deb9a1eacd5','','{}','','',NULL,NULL,1,1,1772460000000000,1772460000000000,1772460000000000);
INSERT INTO "notice" VALUES('019caed9-4300-7000-80e8-7a789ed1ca2a','sandbox|alert|X-XWYDJ-B5NNK|79900 COP|111860.5 COP tax included','CTNGP-VS8ZS','alert',0,'promised-price','contract','K-2',NULL,'field','service','field',NULL,'alert',0,NULL,NULL,NULL,'told','due','charge X-2 is 111860.5 COP, promised 79900 COP by agent 7','["sms"]','[]',NULL,1772460000000000,NULL,0,'{"actual":{"currency":"COP","type":"money","value":"111860.5"},"check":{"type":"text","value":"promised-price"},"contradiction":{"type":"text","value":"X-XWYDJ-B5NNK"},"promised":{"currency":"COP","type":"money","value":"79900"},"subject":{"type":"text","value":"contract:K-2"},"surfaces_at":{"type":"timestamp","value":"2026-03-04T11:00:00+00:00"},"topic":{"type":"text","value":"monthly_price"}}','{}','0c3265e76269887e2a1bf363af34c6e3f3d76cc24342ff78e01053544d364ba5','','{}','','',NULL,NULL,1,1,1772460000000000,1772460000000000,1772460000000000);
INSERT INTO "notice" VALUES('019caed9-4300-7000-810d-a66995e3df24','sandbox|alert|X-0QF17-K08PQ|79900 COP|111860.5 COP tax included','93TWP-C57GQ','alert',0,'promised-price','contract','K-9',NULL,'field','service','field',NULL,'alert',0,NULL,NULL,NULL,'told','due','charge X-9 is 111860.5 COP, promised 79900 COP by agent 7','["sms"]','[]',NULL,1772460000000000,NULL,0,'{"actual":{"currency":"COP","type":"money","value":"111860.5"},"check":{"type":"text","value":"promised-price"},"contradiction":{"type":"text","value":"X-0QF17-K08PQ"},"promised":{"currency":"COP","type":"money","value":"79900"},"subject":{"type":"text","value":"contract:K-9"},"surfaces_at":{"type":"timestamp","value":"2026-03-04T11:00:00+00:00"},"topic":{"type":"text","value":"monthly_price"}}','{}','3c6eb21606a83b8a6cc142e57808c82cddd24a2dbc2b4ad9ed3caa1de756bc58','','{}','','',NULL,NULL,1,1,1772460000000000,1772460000000000,1772460000000000);
INSERT INTO "notice" VALUES('019caed9-4300-7000-8013-67929993e7f0','sandbox|visit-reminder|appointment:A-11||C-11|2026-03-03T17:00Z','KJ9Z0-R8CRV','notice',0,'visit-reminder','appointment','A-11',NULL,'C-11','service','field',NULL,'visit',0,1772557200000000,1772384400000000,1772546400000000,'expired','missed','not sent before its time was over at 2026-03-03 14:00 UTC','[]','[]',NULL,NULL,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-03T17:00:00+00:00"}}','{}','1b36cad528b109c8542b86a571e7d4b76761cfb1822c51fe33e50a0c753f37e0','d82d7fa0df9223386cea77b4caa766e9d12c31a998cb29d7c1b5fd99f91287eb','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,1,1,1772460000000000,1772550000000000,NULL);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-802d-1f673cdbbd2a','sandbox|visit-reminder|appointment:A-1||C-1|2026-03-05T15:00Z','FD4GE-97ZRJ','notice',0,'visit-reminder','appointment','A-1',NULL,'C-1','service','field',NULL,'visit',0,1772722800000000,1772550000000000,1772712000000000,'told','due','48h before appointment.starts_at (2026-03-03 15:00 UTC)','["sms","email"]','[]',NULL,1772550000000000,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','{}','30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b','02b67e9ef1cd291ca55f2d30ba9dbde854072cee257940775093f7462bb1f6df','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,1,1,1772550000000000,1772550000000000,1772550000000000);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-8059-2beea1a3cc68','sandbox|visit-reminder|appointment:A-10||C-10|2026-03-05T15:00Z','T3344-AMP9W','notice',0,'visit-reminder','appointment','A-10',NULL,'C-10','service','field',NULL,'visit',0,1772722800000000,1772550000000000,1772712000000000,'cancelled','person','cancelled by marta: agreed on the phone','[]','["X-V5YBW-H99K1"]',NULL,NULL,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','{}','30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b','301841694f4d9723d86834a96c06fcbedd492f7cfe21b2ea77e8d83c7b4fc30f','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,1,1,1772550000000000,1772550120000000,NULL);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-808d-54927a1eb159','sandbox|visit-reminder|appointment:A-12||C-12|2026-03-05T15:00Z','YTJWF-71JYB','notice',0,'visit-reminder','appointment','A-12',NULL,'C-12','service','field',NULL,'visit',0,1772722800000000,1772550000000000,1772712000000000,'told','due','48h before appointment.starts_at (2026-03-03 15:00 UTC)','["sms","email"]','[]',NULL,1772550000000000,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','{}','30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b','b533934db2d04b1c1da8c69ac5b6a3927092b95b00fcfaee6cbf9dbd9a864d65','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,1,1,1772550000000000,1772550000000000,1772550000000000);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-80f4-59a4fe96970f','sandbox|visit-reminder|appointment:A-13||C-13|2026-03-05T15:00Z','PRQ1A-CBVMF','notice',0,'visit-reminder','appointment','A-13',NULL,'C-13','service','field',NULL,'visit',0,1772722800000000,1772550000000000,1772712000000000,'cancelled','no_longer_true','what it says is no longer true','["sms"]','[]',NULL,1772550000000000,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','{}','30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b','1060b772992ad297f0f4aae416935c6b716178f79c62257577bf0f93d25185d2','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,0,1,1772550000000000,1772550180000000,NULL);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-8128-41ebe8ffdbe6','sandbox|visit-reminder|appointment:A-15||C-15|2026-03-05T15:00Z','E215W-0Q505','notice',0,'visit-reminder','appointment','A-15',NULL,'C-15','service','field',NULL,'visit',0,1772722800000000,1772550000000000,1772712000000000,'told','due','48h before appointment.starts_at (2026-03-03 15:00 UTC)','["sms","email"]','[]',NULL,1772550180000000,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','{}','30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b','a28ef0550889782bcaa57e143d07df17a66d9b8814f63ab00b20c9257fe11147','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,1,2,1772550000000000,1772550180000000,1772550180000000);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-8154-924b3b18743d','sandbox|visit-reminder|appointment:A-2||C-2|2026-03-05T15:00Z','CWH1F-SK47Y','notice',0,'visit-reminder','appointment','A-2',NULL,'C-2','service','field',NULL,'visit',0,1772722800000000,1772550000000000,1772712000000000,'held','open_contradiction','held by promised-price: charge X-2 is 111860.5 COP, promised 79900 COP by agent 7 (contradiction X-XWYDJ-B5NNK, owner field)','[]','["X-XWYDJ-B5NNK"]',NULL,NULL,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','{}','30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b','73176bd336c23b5999aa38c3125a30611ac73dccdebd78691c29a465f0c3d7bb','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,0,0,1772550000000000,1772550000000000,NULL);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-8193-c9c1b5e28db3','sandbox|visit-reminder|appointment:A-3||C-3|2026-03-05T15:00Z','44JES-VB2BR','notice',0,'visit-reminder','appointment','A-3',NULL,'C-3','service','field',NULL,'visit',0,1772722800000000,1772550000000000,1772712000000000,'suppressed','no_address','no address for sms and email','[]','[]',NULL,NULL,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','{}','30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b','7887ea688e8930667fe7404de8eabcfab5df25782ca197117288250f625a05a4','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,0,0,1772550000000000,1772550000000000,NULL);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-81c9-fb7c266272ed','sandbox|visit-reminder|appointment:A-4||C-4|2026-03-05T15:00Z','9SNTK-K505P','notice',0,'visit-reminder','appointment','A-4',NULL,'C-4','service','field',NULL,'visit',0,1772722800000000,1772550000000000,1772712000000000,'deferred','quiet_hours','quiet hours until 2026-03-04 08:00 Asia/Tokyo','["sms","email"]','[]',1772578800000000,NULL,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','{}','30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b','195a676a8e33389ce96a802e201ada73292e0e3be620ec8608fb3b0556da6e41','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,0,0,1772550000000000,1772550000000000,NULL);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-822f-3b300e2826f2','sandbox|visit-reminder|appointment:A-5||C-5|2026-03-05T15:00Z','SEH1T-ZVK34','notice',0,'visit-reminder','appointment','A-5',NULL,'C-5','service','field',NULL,'visit',0,1772722800000000,1772550000000000,1772712000000000,'ready','due','48h before appointment.starts_at (2026-03-03 15:00 UTC); no address for email','["sms"]','[]',NULL,1772550000000000,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','{}','30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b','3dee8ec4a8f2dd04ba9088ceca2181abdb257cdc3d447b6a1de383af1c9c89c5','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,0,0,1772550000000000,1772550000000000,NULL);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-8257-322dd42fd873','sandbox|visit-reminder|appointment:A-6||C-6|2026-03-05T15:00Z','VEG1T-88D59','notice',0,'visit-reminder','appointment','A-6',NULL,'C-6','service','field',NULL,'visit',0,1772722800000000,1772550000000000,1772712000000000,'ready','due','48h before appointment.starts_at (2026-03-03 15:00 UTC); no address for email','["sms"]','[]',NULL,1772550000000000,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','{}','30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b','eda6f6ba9c56ab4bbbc8ad6282dc2f60717b5432fd858fdb6cd9b9a53365cfb1','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,0,0,1772550000000000,1772550000000000,NULL);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-82a8-bed74e1d6663','sandbox|visit-reminder|appointment:A-7||C-7|2026-03-05T15:00Z','1E97J-J9MAK','notice',0,'visit-reminder','appointment','A-7',NULL,'C-7','service','field',NULL,'visit',0,1772722800000000,1772550000000000,1772712000000000,'failed','undeliverable','no channel took it: no address for email; sms: the number is a landline','[]','[]',NULL,1772550000000000,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','{}','30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b','68061f4eaa1200b6744534ed11ff2961712758119959623ebfc4294edb9a10c4','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,0,2,1772550000000000,1772550180000000,NULL);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-82fd-da2e951b0849','sandbox|visit-reminder|appointment:A-8||C-8|2026-03-05T15:00Z','NJY8T-9XF7J','notice',0,'visit-reminder','appointment','A-8',NULL,'C-8','service','field',NULL,'visit',0,1772722800000000,1772550000000000,1772712000000000,'told','due','48h before appointment.starts_at (2026-03-03 15:00 UTC)','["sms","email"]','[]',NULL,1772550000000000,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','{}','30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b','974620cfa1a4aa4dc81bdd5197d486104e534b971ff0ee0a7af55abe29e76528','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,1,1,1772550000000000,1772550000000000,1772550000000000);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-830c-a22a660d8726','sandbox|visit-reminder|appointment:A-9||C-9|2026-03-05T15:00Z','A0S6X-RBZ6G','notice',0,'visit-reminder','appointment','A-9',NULL,'C-9','service','field',NULL,'visit',0,1772722800000000,1772550000000000,1772712000000000,'told','due','48h before appointment.starts_at (2026-03-03 15:00 UTC)','["sms","email"]','[]',NULL,1772550180000000,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','{}','30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b','92485a14b21b35995b2a11c86c1791073bd86d2b283f531e67b2004cb2fb6f69','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,1,2,1772550000000000,1772550180000000,1772550180000000);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-8387-2571495669bf','sandbox|alert|visit-reminder|suppressed|2026-03-03T15:00:00+00:00|sandbox|visit-reminder|appointment:A-3||C-3|2026-03-05T15:00Z','F1Y98-843SB','alert',0,'visit-reminder','appointment','A-3',NULL,'field','service','field',NULL,'alert',0,NULL,NULL,NULL,'told','due','no address for sms and email','["sms"]','[]',NULL,1772550000000000,NULL,0,'{"count":{"type":"number","value":"1"},"reason":{"type":"text","value":"no address for sms and email"},"rule":{"type":"text","value":"visit-reminder"}}','{}','09cb9f2f4f54d6b65b6e33910bd2518fd95e5bb168d1fef8f50cf5640d17c4ac','','{}','','',NULL,NULL,1,1,1772550000000000,1772550000000000,1772550000000000);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-83d5-c91b53ad5791','sandbox|alert|visit-reminder|expired|2026-03-03T15:00:00+00:00|sandbox|visit-reminder|appointment:A-11||C-11|2026-03-03T17:00Z','J6JVN-Y9T21','alert',0,'visit-reminder','appointment','A-11',NULL,'field','service','field',NULL,'alert',0,NULL,NULL,NULL,'told','due','not sent before its time was over at 2026-03-03 14:00 UTC','["sms"]','[]',NULL,1772550000000000,NULL,0,'{"count":{"type":"number","value":"1"},"reason":{"type":"text","value":"not sent before its time was over at 2026-03-03 14:00 UTC"},"rule":{"type":"text","value":"visit-reminder"}}','{}','4ce246f7984a19080f9fcea43b5db2c335fe7b777f1b7c6209764c4a35bff863','','{}','','',NULL,NULL,1,1,1772550000000000,1772550000000000,1772550000000000);
INSERT INTO "notice" VALUES('019cb436-8d80-7000-8034-6f0298a66d67','sandbox|order-held|order:O-18||C-18|','YPCX3-MAQZR','notice',0,'order-held','order','O-18',NULL,'C-18','service','field',NULL,'order_held',0,NULL,NULL,NULL,'told','due','what the rule says is true','["sms","email"]','[]',NULL,1772550000000000,NULL,0,'{"order_number":{"source":"order.id","type":"text","value":"O-18"}}','{}','0225ff995b732aaf91b62fef85f03c2ba72e48f2915dad080b81cd8d82d5d091','f8b0883c1265e4cbf398ccf8018ba76df381e454b8ec399e63b33376e7dd3a21','{"order.status":"held","order.status == ''held''":true}','381acb97a14b5d41aa5c1c0c7386bc4674ad031727223ec0a7b2191304389cfc','a54e939f13782758838da8d61560757a1af0731a3601945015a5edd2e7d0215a',NULL,NULL,1,1,1772550000000000,1772550000000000,1772550000000000);
INSERT INTO "notice" VALUES('019cb439-4ca0-7000-80ff-e456c0faf8b9','sandbox|visit-reminder|appointment:A-12||C-12|2026-03-05T15:00Z|correction b412b521aa3e9899','E7C3W-QXB5S','correction',0,'visit-reminder','appointment','A-12',NULL,'C-12','service','field',NULL,'visit',0,1772737200000000,1772564400000000,1772737200000000,'told','due','corrects YTJWF-71JYB','["sms","email"]','[]',NULL,1772550180000000,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T19:00:00+00:00"}}','{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}','b412b521aa3e98997d35e584ce8c37037a56f9719a7f5c99fd586d4490f57548','c40e89c3ff928234ea914a75a869d49090bb4c896f10ef85f30519d58cc9697b','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811','sandbox|visit-reminder|appointment:A-12||C-12|2026-03-05T15:00Z',NULL,1,1,1772550180000000,1772550180000000,1772550180000000);
INSERT INTO "notice" VALUES('019cb439-4ca0-7000-8167-a9efe5a58ed3','sandbox|alert|visit-reminder|failed|2026-03-03T15:03:00+00:00|sandbox|visit-reminder|appointment:A-7||C-7|2026-03-05T15:00Z','X8KRM-3C10B','alert',0,'visit-reminder','appointment','A-7',NULL,'field','service','field',NULL,'alert',0,NULL,NULL,NULL,'told','due','no channel took it: no address for email; sms: the number is a landline','["sms"]','[]',NULL,1772550180000000,NULL,0,'{"count":{"type":"number","value":"1"},"reason":{"type":"text","value":"no channel took it: no address for email; sms: the number is a landline"},"rule":{"type":"text","value":"visit-reminder"}}','{}','0c22c2a29139a593ed462b090adbb6dc771df51f4337b18365d71d5e50155e53','','{}','','',NULL,NULL,1,1,1772550180000000,1772550180000000,1772550180000000);
INSERT INTO "notice" VALUES('019cb439-4ca0-7000-803f-3c2840862093','sandbox|order-held|order:O-18||C-18||follow-up order_done','GEWZD-F4G35','follow_up',0,'order-held','order','O-18',NULL,'C-18','service','field',NULL,'order_done',0,NULL,NULL,NULL,'told','due','follows up YPCX3-MAQZR','["email","sms"]','[]',NULL,1772550180000000,NULL,0,'{"order_number":{"source":"order.id","type":"text","value":"O-18"}}','{}','0225ff995b732aaf91b62fef85f03c2ba72e48f2915dad080b81cd8d82d5d091','85968360744fa0199c068cf80cf0f4f40eb20f587b8b1d0faa0ae3db3030cc9a','{"order.status":"completed","order.status == ''held''":false}','381acb97a14b5d41aa5c1c0c7386bc4674ad031727223ec0a7b2191304389cfc','9204a51f2c18a4b258c276250b208fbe96d1b91ab67e294e17818b323fc56152',NULL,'sandbox|order-held|order:O-18||C-18|',1,1,1772550180000000,1772550180000000,1772550180000000);
INSERT INTO "notice" VALUES('019cb43c-0bc0-7000-8035-5791a77f6072','sandbox|order-held|order:O-16||C-16|','64B54-JSX8F','notice',0,'order-held','order','O-16',NULL,'C-16','service','field',NULL,'order_held',0,NULL,NULL,NULL,'told','due','what the rule says is true','["sms","email"]','[]',NULL,1772550360000000,NULL,0,'{"order_number":{"source":"order.id","type":"text","value":"O-16"}}','{}','e40f09cb23ccd74bbc2be12a22615edab41ca4c451f8f654aea08142776ce195','cf49280957859fc16ccc64890a637ea7c900fdd8d8e938c10bbedcfbaaa4bb2f','{"order.status":"held","order.status == ''held''":true}','381acb97a14b5d41aa5c1c0c7386bc4674ad031727223ec0a7b2191304389cfc','a54e939f13782758838da8d61560757a1af0731a3601945015a5edd2e7d0215a',NULL,NULL,1,1,1772550360000000,1772550360000000,1772550360000000);
INSERT INTO "notice" VALUES('019cb43c-0bc0-7000-8027-a0ae67ae945b','sandbox|alert|channel|email|2026-03-03T15:06:00+00:00','8G09C-GC479','alert',0,'email','channel','email',NULL,'field','service','field',NULL,'alert',0,NULL,NULL,NULL,'ready','due','email stands still: the account is suspended','["sms"]','[]',NULL,1772550360000000,NULL,0,'{"channel":{"type":"text","value":"email"},"halted_at":{"type":"timestamp","value":"2026-03-03T15:06:00+00:00"},"reason":{"type":"text","value":"the account is suspended"},"waiting":{"type":"number","value":"1"}}','{}','ae81f39c1ad0d70e5478207d2f36240f091071af6d85536cf8ad3bf31e5296f8','','{}','','',NULL,NULL,0,0,1772550360000000,1772550360000000,NULL);
INSERT INTO "notice" VALUES('019cb43e-cae0-7000-8032-f0cdde34dd83','sandbox|visit-reminder|appointment:A-14||C-14|2026-03-05T15:09Z','XZCMK-KJN4T','notice',0,'visit-reminder','appointment','A-14',NULL,'C-14','service','field',NULL,'visit',0,1772723340000000,1772550540000000,1772712540000000,'ready','due','48h before appointment.starts_at (2026-03-03 15:09 UTC); no address for email','["sms"]','[]',NULL,1772550540000000,NULL,0,'{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:09:00+00:00"}}','{}','11431363d62196e2bf302254aa5dd5e63ce90018d71a418f0f99f83f99074d95','8db1e6d160e314aba682c3fdfd316b1c0ffabe58ffb8d9e69a4554b2e419a406','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102','ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811',NULL,NULL,0,0,1772550540000000,1772550540000000,NULL);
CREATE TABLE "order" (
	id VARCHAR NOT NULL, 
	attributes JSON, 
	written_at BIGINT, 
	customer_id VARCHAR NOT NULL, 
	contract_id VARCHAR, 
	site_id VARCHAR, 
	status VARCHAR NOT NULL, 
	status_since BIGINT, 
	placed_at BIGINT NOT NULL, 
	promised_at BIGINT, 
	handover_due_at BIGINT, 
	handed_over_at BIGINT, 
	completed_at BIGINT, 
	cancelled_at BIGINT, 
	total BIGINT, 
	currency VARCHAR, 
	seller VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT known_status CHECK (status IN ('acknowledged', 'in_progress', 'held', 'shipped', 'completed', 'cancelled', 'failed')), 
	CONSTRAINT total_has_currency CHECK (total IS NULL OR currency IS NOT NULL)
);
INSERT INTO "order" VALUES('O-17',NULL,1772460000000000,'C-17',NULL,NULL,'held',1772460000000000,1772370000000000,NULL,NULL,NULL,NULL,NULL,1200005000,'COP',NULL);
INSERT INTO "order" VALUES('O-16',NULL,1772550300000000,'C-16',NULL,NULL,'held',1772550300000000,1772370000000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "order" VALUES('O-18',NULL,1772550120000000,'C-18',NULL,NULL,'completed',1772550120000000,1772370000000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "order" VALUES('O-1',NULL,1772550600000000,'C-1',NULL,NULL,'held',1772550600000000,1772370000000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE pace (
	channel VARCHAR NOT NULL, 
	live BOOLEAN NOT NULL, 
	free_at BIGINT NOT NULL, 
	PRIMARY KEY (channel, live)
);
INSERT INTO "pace" VALUES('sms',0,0);
INSERT INTO "pace" VALUES('email',0,0);
CREATE TABLE past_verdict (
	notice_id VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	state VARCHAR NOT NULL, 
	reason_code VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	contradictions JSON NOT NULL, 
	evidence JSON NOT NULL, 
	PRIMARY KEY (notice_id, version), 
	FOREIGN KEY(notice_id) REFERENCES notice (id)
);
INSERT INTO "past_verdict" VALUES('019caed9-4300-7000-8013-67929993e7f0',0,1772460000000000,'held','open_contradiction','held by promised-price: charge X-11 is 111860.5 COP, promised 79900 COP by agent 7 (contradiction X-7TAG0-9KMB6, owner field)','["X-7TAG0-9KMB6"]','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}');
INSERT INTO "past_verdict" VALUES('019cb436-8d80-7000-82a8-bed74e1d6663',0,1772550000000000,'ready','due','48h before appointment.starts_at (2026-03-03 15:00 UTC); no address for email','[]','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}');
INSERT INTO "past_verdict" VALUES('019cb436-8d80-7000-8059-2beea1a3cc68',0,1772550000000000,'held','open_contradiction','held by promised-price: charge X-10 is 111860.5 COP, promised 79900 COP by agent 7 (contradiction X-V5YBW-H99K1, owner field)','["X-V5YBW-H99K1"]','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}');
INSERT INTO "past_verdict" VALUES('019cb436-8d80-7000-8128-41ebe8ffdbe6',0,1772550000000000,'held','open_contradiction','held by promised-price: charge X-15 is 111860.5 COP, promised 79900 COP by agent 7 (contradiction X-91WY5-YPS34, owner field)','["X-91WY5-YPS34"]','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}');
INSERT INTO "past_verdict" VALUES('019cb436-8d80-7000-82a8-bed74e1d6663',1,1772550000000000,'deferred','undeliverable','sms: the number is a landline; the next tick looks for another channel','[]','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}');
INSERT INTO "past_verdict" VALUES('019cb436-8d80-7000-830c-a22a660d8726',0,1772550000000000,'held','open_contradiction','held by promised-price: charge X-9 is 111860.5 COP, promised 79900 COP by agent 7 (contradiction X-0QF17-K08PQ, owner field)','["X-0QF17-K08PQ"]','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}');
INSERT INTO "past_verdict" VALUES('019cb436-8d80-7000-80f4-59a4fe96970f',0,1772550000000000,'ready','due','48h before appointment.starts_at (2026-03-03 15:00 UTC); no address for email','[]','{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}');
CREATE TABLE payload (
	message_id VARCHAR NOT NULL, 
	content BLOB NOT NULL, 
	PRIMARY KEY (message_id), 
	FOREIGN KEY(message_id) REFERENCES message (id)
);
INSERT INTO "payload" VALUES('019cb436-8d80-7000-802c-e377826ad1b8',X'46726F6D3A204669627261203C6E6F7469636573406578616D706C652E636F6D3E0D0A4175746F2D5375626D69747465643A206175746F2D67656E6572617465640D0A4D494D452D56657273696F6E3A20312E300D0A546F3A206331406578616D706C652E636F6D0D0A5375626A6563743A20576520766973697420796F75206F6E204D6172636820352C20323032360D0A446174653A205475652C203033204D617220323032362031353A30303A3030202B303030300D0A4D6573736167652D49443A203C66643467652D39377A726A406578616D706C652E636F6D3E0D0A436F6E74656E742D547970653A206D756C7469706172742F616C7465726E61746976653B20626F756E646172793D223D5F46443447452D39375A524A220D0A0D0A2D2D3D5F46443447452D39375A524A0D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A48656C6C6F20416E612C0D0A0D0A776520636F6D65206F6E2054687572736461792C204D6172636820352C20323032362061742031303A303020414D2E0D0A0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652046443447452D39375A524A2E0D0A0D0A46696272610D0A2D2D3D5F46443447452D39375A524A0D0A436F6E74656E742D547970653A20746578742F68746D6C3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A3C21444F43545950452068746D6C3E3C68746D6C206C616E673D334422656E223E3C686561643E3C6D65746120636861727365743D3344227574662D38223E3C7469746C653E3D0D0A576520766973697420796F75206F6E204D6172636820352C20323032363D0D0A3C2F7469746C653E3C2F686561643E0D0A3C626F64793E0D0A3C68313E3D0D0A576520766973697420796F75206F6E204D6172636820352C20323032363D0D0A3C2F68313E0D0A3C703E3D0D0A48656C6C6F20416E612C3D0D0A3C2F703E0D0A3C703E3D0D0A776520636F6D65206F6E2054687572736461792C204D6172636820352C20323032362061742031303A303020414D2E3D0D0A3C2F703E0D0A3C703E3D0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652046443447452D39375A524A2E3D0D0A3C2F703E0D0A3C703E3D0D0A46696272613D0D0A3C2F703E0D0A3C703E3D0D0A43616C6C2075733D0D0A3D32303D0D0A2B3537333030303030303030303D0D0A3C2F703E3C703E3D0D0A46696272613D0D0A2C3D32303D0D0A46443447452D39375A524A3D0D0A3C2F703E0D0A0D0A3C2F626F64793E3C2F68746D6C3E0D0A2D2D3D5F46443447452D39375A524A2D2D0D0A');
INSERT INTO "payload" VALUES('019cb436-8d80-7000-80b2-b86a7df3796a',X'46726F6D3A204669627261203C6E6F7469636573406578616D706C652E636F6D3E0D0A4175746F2D5375626D69747465643A206175746F2D67656E6572617465640D0A4D494D452D56657273696F6E3A20312E300D0A546F3A20633132406578616D706C652E636F6D0D0A5375626A6563743A20576520766973697420796F75206F6E204D6172636820352C20323032360D0A446174653A205475652C203033204D617220323032362031353A30303A3030202B303030300D0A4D6573736167652D49443A203C79746A77662D37316A7962406578616D706C652E636F6D3E0D0A436F6E74656E742D547970653A206D756C7469706172742F616C7465726E61746976653B20626F756E646172793D223D5F59544A57462D37314A5942220D0A0D0A2D2D3D5F59544A57462D37314A59420D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A48656C6C6F2049763D43333D41316E2C0D0A0D0A776520636F6D65206F6E2054687572736461792C204D6172636820352C20323032362061742031303A303020414D2E0D0A0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652059544A57462D37314A59422E0D0A0D0A46696272610D0A2D2D3D5F59544A57462D37314A59420D0A436F6E74656E742D547970653A20746578742F68746D6C3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A3C21444F43545950452068746D6C3E3C68746D6C206C616E673D334422656E223E3C686561643E3C6D65746120636861727365743D3344227574662D38223E3C7469746C653E3D0D0A576520766973697420796F75206F6E204D6172636820352C20323032363D0D0A3C2F7469746C653E3C2F686561643E0D0A3C626F64793E0D0A3C68313E3D0D0A576520766973697420796F75206F6E204D6172636820352C20323032363D0D0A3C2F68313E0D0A3C703E3D0D0A48656C6C6F2049763D43333D41316E2C3D0D0A3C2F703E0D0A3C703E3D0D0A776520636F6D65206F6E2054687572736461792C204D6172636820352C20323032362061742031303A303020414D2E3D0D0A3C2F703E0D0A3C703E3D0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652059544A57462D37314A59422E3D0D0A3C2F703E0D0A3C703E3D0D0A46696272613D0D0A3C2F703E0D0A3C703E3D0D0A43616C6C2075733D0D0A3D32303D0D0A2B3537333030303030303030303D0D0A3C2F703E3C703E3D0D0A46696272613D0D0A2C3D32303D0D0A59544A57462D37314A59423D0D0A3C2F703E0D0A0D0A3C2F626F64793E3C2F68746D6C3E0D0A2D2D3D5F59544A57462D37314A59422D2D0D0A');
INSERT INTO "payload" VALUES('019cb436-8d80-7000-82d6-c6a5dddf2084',X'46726F6D3A204669627261203C6E6F7469636573406578616D706C652E636F6D3E0D0A4175746F2D5375626D69747465643A206175746F2D67656E6572617465640D0A4D494D452D56657273696F6E3A20312E300D0A546F3A206338406578616D706C652E636F6D0D0A5375626A6563743A20576520766973697420796F75206F6E204D6172636820352C20323032360D0A446174653A205475652C203033204D617220323032362031353A30303A3030202B303030300D0A4D6573736167652D49443A203C6E6A7938742D397866376A406578616D706C652E636F6D3E0D0A436F6E74656E742D547970653A206D756C7469706172742F616C7465726E61746976653B20626F756E646172793D223D5F4E4A5938542D395846374A220D0A0D0A2D2D3D5F4E4A5938542D395846374A0D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A48656C6C6F204A75616E2C0D0A0D0A776520636F6D65206F6E2054687572736461792C204D6172636820352C20323032362061742031303A303020414D2E0D0A0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E6365204E4A5938542D395846374A2E0D0A0D0A46696272610D0A2D2D3D5F4E4A5938542D395846374A0D0A436F6E74656E742D547970653A20746578742F68746D6C3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A3C21444F43545950452068746D6C3E3C68746D6C206C616E673D334422656E223E3C686561643E3C6D65746120636861727365743D3344227574662D38223E3C7469746C653E3D0D0A576520766973697420796F75206F6E204D6172636820352C20323032363D0D0A3C2F7469746C653E3C2F686561643E0D0A3C626F64793E0D0A3C68313E3D0D0A576520766973697420796F75206F6E204D6172636820352C20323032363D0D0A3C2F68313E0D0A3C703E3D0D0A48656C6C6F204A75616E2C3D0D0A3C2F703E0D0A3C703E3D0D0A776520636F6D65206F6E2054687572736461792C204D6172636820352C20323032362061742031303A303020414D2E3D0D0A3C2F703E0D0A3C703E3D0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E6365204E4A5938542D395846374A2E3D0D0A3C2F703E0D0A3C703E3D0D0A46696272613D0D0A3C2F703E0D0A3C703E3D0D0A43616C6C2075733D0D0A3D32303D0D0A2B3537333030303030303030303D0D0A3C2F703E3C703E3D0D0A46696272613D0D0A2C3D32303D0D0A4E4A5938542D395846374A3D0D0A3C2F703E0D0A0D0A3C2F626F64793E3C2F68746D6C3E0D0A2D2D3D5F4E4A5938542D395846374A2D2D0D0A');
INSERT INTO "payload" VALUES('019cb436-8d80-7000-8021-b30a6c731d9e',X'46726F6D3A204669627261203C6E6F7469636573406578616D706C652E636F6D3E0D0A4175746F2D5375626D69747465643A206175746F2D67656E6572617465640D0A4D494D452D56657273696F6E3A20312E300D0A546F3A20633138406578616D706C652E636F6D0D0A5375626A6563743A20596F7572206F72646572204F2D313820776169747320666F7220736F6D657468696E672074686174206973206D697373696E670D0A446174653A205475652C203033204D617220323032362031353A30303A3030202B303030300D0A4D6573736167652D49443A203C79706378332D6D61717A72406578616D706C652E636F6D3E0D0A436F6E74656E742D547970653A206D756C7469706172742F616C7465726E61746976653B20626F756E646172793D223D5F59504358332D4D41515A52220D0A0D0A2D2D3D5F59504358332D4D41515A520D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A48656C6C6F20556D612C0D0A0D0A796F7572206F72646572204F2D313820776169747320666F7220736F6D657468696E672074686174206973206D697373696E672E0D0A0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652059504358332D4D41515A522E0D0A0D0A46696272610D0A2D2D3D5F59504358332D4D41515A520D0A436F6E74656E742D547970653A20746578742F68746D6C3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A3C21444F43545950452068746D6C3E3C68746D6C206C616E673D334422656E223E3C686561643E3C6D65746120636861727365743D3344227574662D38223E3C7469746C653E3D0D0A596F7572206F72646572204F2D313820776169747320666F7220736F6D657468696E672074686174206973206D697373696E673D0D0A3C2F7469746C653E3C2F686561643E0D0A3C626F64793E0D0A3C68313E3D0D0A596F7572206F72646572204F2D313820776169747320666F7220736F6D657468696E672074686174206973206D697373696E673D0D0A3C2F68313E0D0A3C703E3D0D0A48656C6C6F20556D612C3D0D0A3C2F703E0D0A3C703E3D0D0A796F7572206F72646572204F2D313820776169747320666F7220736F6D657468696E672074686174206973206D697373696E672E3D0D0A3C2F703E0D0A3C703E3D0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652059504358332D4D41515A522E3D0D0A3C2F703E0D0A3C703E3D0D0A46696272613D0D0A3C2F703E0D0A3C703E3D0D0A43616C6C2075733D0D0A3D32303D0D0A2B3537333030303030303030303D0D0A3C2F703E3C703E3D0D0A46696272613D0D0A2C3D32303D0D0A59504358332D4D41515A523D0D0A3C2F703E0D0A0D0A3C2F626F64793E3C2F68746D6C3E0D0A2D2D3D5F59504358332D4D41515A522D2D0D0A');
INSERT INTO "payload" VALUES('019cb439-4ca0-7000-80da-6a800efb613f',X'46726F6D3A204669627261203C6E6F7469636573406578616D706C652E636F6D3E0D0A4175746F2D5375626D69747465643A206175746F2D67656E6572617465640D0A4D494D452D56657273696F6E3A20312E300D0A546F3A20633132406578616D706C652E636F6D0D0A5375626A6563743A20436F7272656374696F6E3A20576520766973697420796F75206F6E204D6172636820352C20323032360D0A446174653A205475652C203033204D617220323032362031353A30333A3030202B303030300D0A4D6573736167652D49443A203C65376333772D7178623573406578616D706C652E636F6D3E0D0A436F6E74656E742D547970653A206D756C7469706172742F616C7465726E61746976653B20626F756E646172793D223D5F45374333572D5158423553220D0A0D0A2D2D3D5F45374333572D51584235530D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A48656C6C6F2049763D43333D41316E2C0D0A0D0A436F7272656374696F6E3A20776520746F6C6420796F75204D6172636820352C20323032362C2031303A303020414D2C206974206973206E6F77204D6172636820352C20323032362C20323D0D0A3A303020504D2E0D0A0D0A776520636F6D65206F6E2054687572736461792C204D6172636820352C203230323620617420323A303020504D2E0D0A0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652045374333572D51584235532E0D0A0D0A46696272610D0A2D2D3D5F45374333572D51584235530D0A436F6E74656E742D547970653A20746578742F68746D6C3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A3C21444F43545950452068746D6C3E3C68746D6C206C616E673D334422656E223E3C686561643E3C6D65746120636861727365743D3344227574662D38223E3C7469746C653E3D0D0A436F7272656374696F6E3A20576520766973697420796F75206F6E204D6172636820352C20323032363D0D0A3C2F7469746C653E3C2F686561643E0D0A3C626F64793E0D0A3C68313E3D0D0A436F7272656374696F6E3A20576520766973697420796F75206F6E204D6172636820352C20323032363D0D0A3C2F68313E0D0A3C703E3D0D0A48656C6C6F2049763D43333D41316E2C3D0D0A3C2F703E0D0A3C703E3D0D0A436F7272656374696F6E3A20776520746F6C6420796F75204D6172636820352C20323032362C2031303A303020414D2C206974206973206E6F77204D6172636820352C20323032362C20323D0D0A3A303020504D2E3D0D0A3C2F703E0D0A3C703E3D0D0A776520636F6D65206F6E2054687572736461792C204D6172636820352C203230323620617420323A303020504D2E3D0D0A3C2F703E0D0A3C703E3D0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652045374333572D51584235532E3D0D0A3C2F703E0D0A3C703E3D0D0A46696272613D0D0A3C2F703E0D0A3C703E3D0D0A43616C6C2075733D0D0A3D32303D0D0A2B3537333030303030303030303D0D0A3C2F703E3C703E3D0D0A46696272613D0D0A2C3D32303D0D0A45374333572D51584235533D0D0A3C2F703E0D0A0D0A3C2F626F64793E3C2F68746D6C3E0D0A2D2D3D5F45374333572D51584235532D2D0D0A');
INSERT INTO "payload" VALUES('019cb439-4ca0-7000-802f-c83d9f6e50f7',X'46726F6D3A204669627261203C6E6F7469636573406578616D706C652E636F6D3E0D0A4175746F2D5375626D69747465643A206175746F2D67656E6572617465640D0A4D494D452D56657273696F6E3A20312E300D0A546F3A20633135406578616D706C652E636F6D0D0A5375626A6563743A20576520766973697420796F75206F6E204D6172636820352C20323032360D0A446174653A205475652C203033204D617220323032362031353A30333A3030202B303030300D0A4D6573736167652D49443A203C65323135772D3071353035406578616D706C652E636F6D3E0D0A436F6E74656E742D547970653A206D756C7469706172742F616C7465726E61746976653B20626F756E646172793D223D5F45323135572D3051353035220D0A0D0A2D2D3D5F45323135572D30513530350D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A48656C6C6F204D69612C0D0A0D0A776520636F6D65206F6E2054687572736461792C204D6172636820352C20323032362061742031303A303020414D2E0D0A0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652045323135572D30513530352E0D0A0D0A46696272610D0A2D2D3D5F45323135572D30513530350D0A436F6E74656E742D547970653A20746578742F68746D6C3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A3C21444F43545950452068746D6C3E3C68746D6C206C616E673D334422656E223E3C686561643E3C6D65746120636861727365743D3344227574662D38223E3C7469746C653E3D0D0A576520766973697420796F75206F6E204D6172636820352C20323032363D0D0A3C2F7469746C653E3C2F686561643E0D0A3C626F64793E0D0A3C68313E3D0D0A576520766973697420796F75206F6E204D6172636820352C20323032363D0D0A3C2F68313E0D0A3C703E3D0D0A48656C6C6F204D69612C3D0D0A3C2F703E0D0A3C703E3D0D0A776520636F6D65206F6E2054687572736461792C204D6172636820352C20323032362061742031303A303020414D2E3D0D0A3C2F703E0D0A3C703E3D0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652045323135572D30513530352E3D0D0A3C2F703E0D0A3C703E3D0D0A46696272613D0D0A3C2F703E0D0A3C703E3D0D0A43616C6C2075733D0D0A3D32303D0D0A2B3537333030303030303030303D0D0A3C2F703E3C703E3D0D0A46696272613D0D0A2C3D32303D0D0A45323135572D30513530353D0D0A3C2F703E0D0A0D0A3C2F626F64793E3C2F68746D6C3E0D0A2D2D3D5F45323135572D30513530352D2D0D0A');
INSERT INTO "payload" VALUES('019cb439-4ca0-7000-80b3-8ca4f6825cf5',X'46726F6D3A204669627261203C6E6F7469636573406578616D706C652E636F6D3E0D0A4175746F2D5375626D69747465643A206175746F2D67656E6572617465640D0A4D494D452D56657273696F6E3A20312E300D0A546F3A206339406578616D706C652E636F6D0D0A5375626A6563743A20576520766973697420796F75206F6E204D6172636820352C20323032360D0A446174653A205475652C203033204D617220323032362031353A30333A3030202B303030300D0A4D6573736167652D49443A203C61307336782D72627A3667406578616D706C652E636F6D3E0D0A436F6E74656E742D547970653A206D756C7469706172742F616C7465726E61746976653B20626F756E646172793D223D5F41305336582D52425A3647220D0A0D0A2D2D3D5F41305336582D52425A36470D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A48656C6C6F20536172612C0D0A0D0A776520636F6D65206F6E2054687572736461792C204D6172636820352C20323032362061742031303A303020414D2E0D0A0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652041305336582D52425A36472E0D0A0D0A46696272610D0A2D2D3D5F41305336582D52425A36470D0A436F6E74656E742D547970653A20746578742F68746D6C3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A3C21444F43545950452068746D6C3E3C68746D6C206C616E673D334422656E223E3C686561643E3C6D65746120636861727365743D3344227574662D38223E3C7469746C653E3D0D0A576520766973697420796F75206F6E204D6172636820352C20323032363D0D0A3C2F7469746C653E3C2F686561643E0D0A3C626F64793E0D0A3C68313E3D0D0A576520766973697420796F75206F6E204D6172636820352C20323032363D0D0A3C2F68313E0D0A3C703E3D0D0A48656C6C6F20536172612C3D0D0A3C2F703E0D0A3C703E3D0D0A776520636F6D65206F6E2054687572736461792C204D6172636820352C20323032362061742031303A303020414D2E3D0D0A3C2F703E0D0A3C703E3D0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652041305336582D52425A36472E3D0D0A3C2F703E0D0A3C703E3D0D0A46696272613D0D0A3C2F703E0D0A3C703E3D0D0A43616C6C2075733D0D0A3D32303D0D0A2B3537333030303030303030303D0D0A3C2F703E3C703E3D0D0A46696272613D0D0A2C3D32303D0D0A41305336582D52425A36473D0D0A3C2F703E0D0A0D0A3C2F626F64793E3C2F68746D6C3E0D0A2D2D3D5F41305336582D52425A36472D2D0D0A');
INSERT INTO "payload" VALUES('019cb439-4ca0-7000-8033-151d0b28c57c',X'46726F6D3A204669627261203C6E6F7469636573406578616D706C652E636F6D3E0D0A4175746F2D5375626D69747465643A206175746F2D67656E6572617465640D0A4D494D452D56657273696F6E3A20312E300D0A546F3A20633138406578616D706C652E636F6D0D0A5375626A6563743A20596F7572206F72646572204F2D313820697320636F6D706C6574650D0A446174653A205475652C203033204D617220323032362031353A30333A3030202B303030300D0A4D6573736167652D49443A203C6765777A642D6634673335406578616D706C652E636F6D3E0D0A436F6E74656E742D547970653A206D756C7469706172742F616C7465726E61746976653B20626F756E646172793D223D5F4745575A442D4634473335220D0A0D0A2D2D3D5F4745575A442D46344733350D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A48656C6C6F20556D612C0D0A0D0A796F7572206F72646572204F2D313820697320636F6D706C6574652E0D0A0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E6365204745575A442D46344733352E0D0A0D0A46696272610D0A2D2D3D5F4745575A442D46344733350D0A436F6E74656E742D547970653A20746578742F68746D6C3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A3C21444F43545950452068746D6C3E3C68746D6C206C616E673D334422656E223E3C686561643E3C6D65746120636861727365743D3344227574662D38223E3C7469746C653E3D0D0A596F7572206F72646572204F2D313820697320636F6D706C6574653D0D0A3C2F7469746C653E3C2F686561643E0D0A3C626F64793E0D0A3C68313E3D0D0A596F7572206F72646572204F2D313820697320636F6D706C6574653D0D0A3C2F68313E0D0A3C703E3D0D0A48656C6C6F20556D612C3D0D0A3C2F703E0D0A3C703E3D0D0A796F7572206F72646572204F2D313820697320636F6D706C6574652E3D0D0A3C2F703E0D0A3C703E3D0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E6365204745575A442D46344733352E3D0D0A3C2F703E0D0A3C703E3D0D0A46696272613D0D0A3C2F703E0D0A3C703E3D0D0A43616C6C2075733D0D0A3D32303D0D0A2B3537333030303030303030303D0D0A3C2F703E3C703E3D0D0A46696272613D0D0A2C3D32303D0D0A4745575A442D46344733353D0D0A3C2F703E0D0A0D0A3C2F626F64793E3C2F68746D6C3E0D0A2D2D3D5F4745575A442D46344733352D2D0D0A');
INSERT INTO "payload" VALUES('019cb43c-0bc0-7000-803a-62e2950d957c',X'46726F6D3A204669627261203C6E6F7469636573406578616D706C652E636F6D3E0D0A4175746F2D5375626D69747465643A206175746F2D67656E6572617465640D0A4D494D452D56657273696F6E3A20312E300D0A546F3A20633136406578616D706C652E636F6D0D0A5375626A6563743A20596F7572206F72646572204F2D313620776169747320666F7220736F6D657468696E672074686174206973206D697373696E670D0A446174653A205475652C203033204D617220323032362031353A30363A3030202B303030300D0A4D6573736167652D49443A203C36346235342D6A73783866406578616D706C652E636F6D3E0D0A436F6E74656E742D547970653A206D756C7469706172742F616C7465726E61746976653B20626F756E646172793D223D5F36344235342D4A53583846220D0A0D0A2D2D3D5F36344235342D4A535838460D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A48656C6C6F20503D43333D4144612C0D0A0D0A796F7572206F72646572204F2D313620776169747320666F7220736F6D657468696E672074686174206973206D697373696E672E0D0A0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652036344235342D4A535838462E0D0A0D0A46696272610D0A2D2D3D5F36344235342D4A535838460D0A436F6E74656E742D547970653A20746578742F68746D6C3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A3C21444F43545950452068746D6C3E3C68746D6C206C616E673D334422656E223E3C686561643E3C6D65746120636861727365743D3344227574662D38223E3C7469746C653E3D0D0A596F7572206F72646572204F2D313620776169747320666F7220736F6D657468696E672074686174206973206D697373696E673D0D0A3C2F7469746C653E3C2F686561643E0D0A3C626F64793E0D0A3C68313E3D0D0A596F7572206F72646572204F2D313620776169747320666F7220736F6D657468696E672074686174206973206D697373696E673D0D0A3C2F68313E0D0A3C703E3D0D0A48656C6C6F20503D43333D4144612C3D0D0A3C2F703E0D0A3C703E3D0D0A796F7572206F72646572204F2D313620776169747320666F7220736F6D657468696E672074686174206973206D697373696E672E3D0D0A3C2F703E0D0A3C703E3D0D0A5175657374696F6E733F2043616C6C202B353733303030303030303030207769746820746865207265666572656E63652036344235342D4A535838462E3D0D0A3C2F703E0D0A3C703E3D0D0A46696272613D0D0A3C2F703E0D0A3C703E3D0D0A43616C6C2075733D0D0A3D32303D0D0A2B3537333030303030303030303D0D0A3C2F703E3C703E3D0D0A46696272613D0D0A2C3D32303D0D0A36344235342D4A535838463D0D0A3C2F703E0D0A0D0A3C2F626F64793E3C2F68746D6C3E0D0A2D2D3D5F36344235342D4A535838462D2D0D0A');
CREATE TABLE promise (
	id VARCHAR NOT NULL, 
	attributes JSON, 
	written_at BIGINT, 
	customer_id VARCHAR, 
	subject_type VARCHAR NOT NULL, 
	subject_id VARCHAR NOT NULL, 
	topic VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	value_number BIGINT, 
	value_at BIGINT, 
	currency VARCHAR, 
	tax_included BOOLEAN, 
	made_at BIGINT NOT NULL, 
	due_at BIGINT, 
	made_by VARCHAR, 
	source VARCHAR NOT NULL, 
	channel VARCHAR, 
	evidence VARCHAR, 
	valid_from BIGINT, 
	valid_until BIGINT, 
	state VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT known_source CHECK (source IN ('sales', 'quote', 'contract', 'web', 'social', 'agent', 'robot', 'notice')), 
	CONSTRAINT known_state CHECK (state IN ('open', 'kept', 'broken', 'superseded', 'withdrawn')), 
	CONSTRAINT known_subject_type CHECK (subject_type IN ('contract', 'order', 'appointment', 'site', 'customer', 'charge', 'incident'))
);
INSERT INTO "promise" VALUES('P-2',NULL,1772460000000000,'C-2','contract','K-2','monthly_price','79900',799000000,NULL,'COP',NULL,1772377200000000,NULL,'agent 7','sales',NULL,'call 2',NULL,NULL,'open');
INSERT INTO "promise" VALUES('P-9',NULL,1772460000000000,'C-9','contract','K-9','monthly_price','79900',799000000,NULL,'COP',NULL,1772377200000000,NULL,'agent 7','sales',NULL,'call 9',NULL,NULL,'open');
INSERT INTO "promise" VALUES('P-10',NULL,1772460000000000,'C-10','contract','K-10','monthly_price','79900',799000000,NULL,'COP',NULL,1772377200000000,NULL,'agent 7','sales',NULL,'call 10',NULL,NULL,'open');
INSERT INTO "promise" VALUES('P-11',NULL,1772460000000000,'C-11','contract','K-11','monthly_price','79900',799000000,NULL,'COP',NULL,1772377200000000,NULL,'agent 7','sales',NULL,'call 11',NULL,NULL,'open');
INSERT INTO "promise" VALUES('P-15',NULL,1772460000000000,'C-15','contract','K-15','monthly_price','79900',799000000,NULL,'COP',NULL,1772377200000000,NULL,'agent 7','sales',NULL,'call 15',NULL,NULL,'open');
INSERT INTO "promise" VALUES('P-1',NULL,1772460000000000,'C-1','customer','C-1','monthly_price','45000',450000000,NULL,'COP',NULL,1769958000000000,NULL,NULL,'web',NULL,NULL,NULL,NULL,'kept');
CREATE TABLE rule_state (
	kind VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	digest VARCHAR NOT NULL, 
	first_pass_at BIGINT NOT NULL, 
	evaluated_at BIGINT NOT NULL, 
	failed VARCHAR, 
	in_force BOOLEAN NOT NULL, 
	definition JSON NOT NULL, 
	PRIMARY KEY (kind, name)
);
INSERT INTO "rule_state" VALUES('check','promised-price','bcfbe1b3c045787f658ab57c4e05b9c92b2859dcfceabcb03c3d4a933b4b408b',1772460000000000,1772550540000000,NULL,1,'{}');
INSERT INTO "rule_state" VALUES('rule','visit-reminder','01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102',1772460000000000,1772550540000000,NULL,1,'{"follow_up":[]}');
INSERT INTO "rule_state" VALUES('rule','order-held','381acb97a14b5d41aa5c1c0c7386bc4674ad031727223ec0a7b2191304389cfc',1772460000000000,1772550540000000,NULL,1,'{"follow_up":["order.status == ''completed'' -> order_done"]}');
CREATE TABLE site (
	id VARCHAR NOT NULL, 
	attributes JSON, 
	written_at BIGINT, 
	name VARCHAR NOT NULL, 
	address VARCHAR, 
	phone VARCHAR, 
	timezone VARCHAR NOT NULL, 
	country VARCHAR NOT NULL, 
	subdivision VARCHAR, 
	opening_hours VARCHAR NOT NULL, 
	daily_capacity INTEGER, 
	PRIMARY KEY (id)
);
INSERT INTO "site" VALUES('S-1',NULL,1772460000000000,'Shop One',NULL,NULL,'America/Bogota','CO',NULL,'Mo-Sa 09:00-19:00; PH off',NULL);
CREATE TABLE site_calendar (
	site_id VARCHAR NOT NULL, 
	digest VARCHAR NOT NULL, 
	PRIMARY KEY (site_id)
);
INSERT INTO "site_calendar" VALUES('S-1','dbbfbeaf7716339943ab38c2ff8e78e5518cfe39de4d91ff46fc84638e4814b6');
CREATE TABLE site_day (
	id VARCHAR NOT NULL, 
	attributes JSON, 
	written_at BIGINT, 
	site_id VARCHAR NOT NULL, 
	date VARCHAR(10) NOT NULL, 
	starts_at BIGINT NOT NULL, 
	ends_at BIGINT NOT NULL, 
	kind VARCHAR NOT NULL, 
	opens_at BIGINT, 
	closes_at BIGINT, 
	reason VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT known_kind CHECK (kind IN ('normal', 'reduced', 'closed', 'extended'))
);
INSERT INTO "site_day" VALUES('S-1/2026-03-02',NULL,1772460000000000,'S-1','2026-03-02',1772427600000000,1772514000000000,'normal',1772460000000000,1772496000000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-03',NULL,1772550000000000,'S-1','2026-03-03',1772514000000000,1772600400000000,'normal',1772546400000000,1772582400000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-04',NULL,1772550000000000,'S-1','2026-03-04',1772600400000000,1772686800000000,'normal',1772632800000000,1772668800000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-05',NULL,1772550000000000,'S-1','2026-03-05',1772686800000000,1772773200000000,'normal',1772719200000000,1772755200000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-06',NULL,1772550000000000,'S-1','2026-03-06',1772773200000000,1772859600000000,'normal',1772805600000000,1772841600000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-07',NULL,1772550000000000,'S-1','2026-03-07',1772859600000000,1772946000000000,'normal',1772892000000000,1772928000000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-08',NULL,1772550000000000,'S-1','2026-03-08',1772946000000000,1773032400000000,'normal',NULL,NULL,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-09',NULL,1772550000000000,'S-1','2026-03-09',1773032400000000,1773118800000000,'normal',1773064800000000,1773100800000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-10',NULL,1772550000000000,'S-1','2026-03-10',1773118800000000,1773205200000000,'normal',1773151200000000,1773187200000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-11',NULL,1772550000000000,'S-1','2026-03-11',1773205200000000,1773291600000000,'normal',1773237600000000,1773273600000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-12',NULL,1772550000000000,'S-1','2026-03-12',1773291600000000,1773378000000000,'normal',1773324000000000,1773360000000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-13',NULL,1772550000000000,'S-1','2026-03-13',1773378000000000,1773464400000000,'normal',1773410400000000,1773446400000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-14',NULL,1772550000000000,'S-1','2026-03-14',1773464400000000,1773550800000000,'normal',1773496800000000,1773532800000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-15',NULL,1772550000000000,'S-1','2026-03-15',1773550800000000,1773637200000000,'normal',NULL,NULL,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-16',NULL,1772550000000000,'S-1','2026-03-16',1773637200000000,1773723600000000,'normal',1773669600000000,1773705600000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-17',NULL,1772550000000000,'S-1','2026-03-17',1773723600000000,1773810000000000,'normal',1773756000000000,1773792000000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-18',NULL,1772550000000000,'S-1','2026-03-18',1773810000000000,1773896400000000,'normal',1773842400000000,1773878400000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-19',NULL,1772550000000000,'S-1','2026-03-19',1773896400000000,1773982800000000,'normal',1773928800000000,1773964800000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-20',NULL,1772550000000000,'S-1','2026-03-20',1773982800000000,1774069200000000,'normal',1774015200000000,1774051200000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-21',NULL,1772550000000000,'S-1','2026-03-21',1774069200000000,1774155600000000,'normal',1774101600000000,1774137600000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-22',NULL,1772550000000000,'S-1','2026-03-22',1774155600000000,1774242000000000,'normal',NULL,NULL,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-23',NULL,1772550000000000,'S-1','2026-03-23',1774242000000000,1774328400000000,'closed',NULL,NULL,'Día de San José (observado)');
INSERT INTO "site_day" VALUES('S-1/2026-03-24',NULL,1772550000000000,'S-1','2026-03-24',1774328400000000,1774414800000000,'normal',1774360800000000,1774396800000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-25',NULL,1772550000000000,'S-1','2026-03-25',1774414800000000,1774501200000000,'normal',1774447200000000,1774483200000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-26',NULL,1772550000000000,'S-1','2026-03-26',1774501200000000,1774587600000000,'normal',1774533600000000,1774569600000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-27',NULL,1772550000000000,'S-1','2026-03-27',1774587600000000,1774674000000000,'normal',1774620000000000,1774656000000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-28',NULL,1772550000000000,'S-1','2026-03-28',1774674000000000,1774760400000000,'normal',1774706400000000,1774742400000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-29',NULL,1772550000000000,'S-1','2026-03-29',1774760400000000,1774846800000000,'normal',NULL,NULL,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-30',NULL,1772550000000000,'S-1','2026-03-30',1774846800000000,1774933200000000,'normal',1774879200000000,1774915200000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-03-31',NULL,1772550000000000,'S-1','2026-03-31',1774933200000000,1775019600000000,'normal',1774965600000000,1775001600000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-01',NULL,1772550000000000,'S-1','2026-04-01',1775019600000000,1775106000000000,'normal',1775052000000000,1775088000000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-02',NULL,1772550000000000,'S-1','2026-04-02',1775106000000000,1775192400000000,'closed',NULL,NULL,'Jueves Santo');
INSERT INTO "site_day" VALUES('S-1/2026-04-03',NULL,1772550000000000,'S-1','2026-04-03',1775192400000000,1775278800000000,'closed',NULL,NULL,'Viernes Santo');
INSERT INTO "site_day" VALUES('S-1/2026-04-04',NULL,1772550000000000,'S-1','2026-04-04',1775278800000000,1775365200000000,'normal',1775311200000000,1775347200000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-05',NULL,1772550000000000,'S-1','2026-04-05',1775365200000000,1775451600000000,'normal',NULL,NULL,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-06',NULL,1772550000000000,'S-1','2026-04-06',1775451600000000,1775538000000000,'normal',1775484000000000,1775520000000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-07',NULL,1772550000000000,'S-1','2026-04-07',1775538000000000,1775624400000000,'normal',1775570400000000,1775606400000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-08',NULL,1772550000000000,'S-1','2026-04-08',1775624400000000,1775710800000000,'normal',1775656800000000,1775692800000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-09',NULL,1772550000000000,'S-1','2026-04-09',1775710800000000,1775797200000000,'normal',1775743200000000,1775779200000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-10',NULL,1772550000000000,'S-1','2026-04-10',1775797200000000,1775883600000000,'normal',1775829600000000,1775865600000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-11',NULL,1772550000000000,'S-1','2026-04-11',1775883600000000,1775970000000000,'normal',1775916000000000,1775952000000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-12',NULL,1772550000000000,'S-1','2026-04-12',1775970000000000,1776056400000000,'normal',NULL,NULL,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-13',NULL,1772550000000000,'S-1','2026-04-13',1776056400000000,1776142800000000,'normal',1776088800000000,1776124800000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-14',NULL,1772550000000000,'S-1','2026-04-14',1776142800000000,1776229200000000,'normal',1776175200000000,1776211200000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-15',NULL,1772550000000000,'S-1','2026-04-15',1776229200000000,1776315600000000,'normal',1776261600000000,1776297600000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-16',NULL,1772550000000000,'S-1','2026-04-16',1776315600000000,1776402000000000,'normal',1776348000000000,1776384000000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-17',NULL,1772550000000000,'S-1','2026-04-17',1776402000000000,1776488400000000,'normal',1776434400000000,1776470400000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-18',NULL,1772550000000000,'S-1','2026-04-18',1776488400000000,1776574800000000,'normal',1776520800000000,1776556800000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-19',NULL,1772550000000000,'S-1','2026-04-19',1776574800000000,1776661200000000,'normal',NULL,NULL,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-20',NULL,1772550000000000,'S-1','2026-04-20',1776661200000000,1776747600000000,'normal',1776693600000000,1776729600000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-21',NULL,1772550000000000,'S-1','2026-04-21',1776747600000000,1776834000000000,'normal',1776780000000000,1776816000000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-22',NULL,1772550000000000,'S-1','2026-04-22',1776834000000000,1776920400000000,'normal',1776866400000000,1776902400000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-23',NULL,1772550000000000,'S-1','2026-04-23',1776920400000000,1777006800000000,'normal',1776952800000000,1776988800000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-24',NULL,1772550000000000,'S-1','2026-04-24',1777006800000000,1777093200000000,'normal',1777039200000000,1777075200000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-25',NULL,1772550000000000,'S-1','2026-04-25',1777093200000000,1777179600000000,'normal',1777125600000000,1777161600000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-26',NULL,1772550000000000,'S-1','2026-04-26',1777179600000000,1777266000000000,'normal',NULL,NULL,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-27',NULL,1772550000000000,'S-1','2026-04-27',1777266000000000,1777352400000000,'normal',1777298400000000,1777334400000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-28',NULL,1772550000000000,'S-1','2026-04-28',1777352400000000,1777438800000000,'normal',1777384800000000,1777420800000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-29',NULL,1772550000000000,'S-1','2026-04-29',1777438800000000,1777525200000000,'normal',1777471200000000,1777507200000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-04-30',NULL,1772550000000000,'S-1','2026-04-30',1777525200000000,1777611600000000,'normal',1777557600000000,1777593600000000,NULL);
INSERT INTO "site_day" VALUES('S-1/2026-05-01',NULL,1772550000000000,'S-1','2026-05-01',1777611600000000,1777698000000000,'closed',NULL,NULL,'Día del Trabajo');
CREATE TABLE suppressed_address (
	channel VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	live BOOLEAN NOT NULL, 
	reason VARCHAR NOT NULL, 
	message_id VARCHAR NOT NULL, 
	since BIGINT NOT NULL, 
	PRIMARY KEY (channel, address, live)
);
INSERT INTO "suppressed_address" VALUES('sms','+573001000008',0,'the customer opted out','019cb436-8d80-7000-82dd-01ff65ce3989',1772550000000000);
CREATE INDEX ix_appointment_contract_id ON appointment (contract_id);
CREATE INDEX ix_appointment_customer_id ON appointment (customer_id);
CREATE INDEX ix_appointment_order_id ON appointment (order_id);
CREATE INDEX ix_appointment_site_id ON appointment (site_id);
CREATE INDEX ix_change_consumed_by ON change (consumed_by);
CREATE INDEX ix_change_entity_row ON change (entity, row_id);
CREATE INDEX ix_charge_contract_id ON charge (contract_id);
CREATE INDEX ix_charge_customer_id ON charge (customer_id);
CREATE INDEX ix_charge_order_id ON charge (order_id);
CREATE INDEX ix_consent_customer_id ON consent (customer_id);
CREATE INDEX ix_contact_customer_id ON contact (customer_id);
CREATE INDEX ix_contract_customer_id ON contract (customer_id);
CREATE INDEX ix_contract_site_id ON contract (site_id);
CREATE INDEX ix_contract_zone ON contract (zone);
CREATE INDEX ix_contradiction_changed_at ON contradiction (changed_at);
CREATE INDEX ix_contradiction_customer_id ON contradiction (customer_id);
CREATE INDEX ix_contradiction_state_surfaces ON contradiction (state, surfaces_at);
CREATE INDEX ix_contradiction_subject ON contradiction (subject_type, subject_id);
CREATE INDEX ix_customer_site_id ON customer (site_id);
CREATE INDEX ix_feedback_customer_id ON feedback (customer_id);
CREATE INDEX ix_feedback_order_id ON feedback (order_id);
CREATE INDEX ix_feedback_site_id ON feedback (site_id);
CREATE INDEX ix_incident_site_id ON incident (site_id);
CREATE INDEX ix_incident_zone ON incident (zone);
CREATE INDEX ix_intervention_at ON intervention (at);
CREATE INDEX ix_intervention_object_id ON intervention (object_id);
CREATE INDEX ix_notice_changed_at ON notice (changed_at);
CREATE INDEX ix_notice_recipient_id ON notice (recipient_id);
CREATE INDEX ix_notice_rule_subject ON notice (rule, subject_id);
CREATE INDEX ix_notice_state_deferred ON notice (state, deferred_until);
CREATE INDEX ix_notice_state_until ON notice (state, until_at);
CREATE INDEX ix_order_contract_id ON "order" (contract_id);
CREATE INDEX ix_order_customer_id ON "order" (customer_id);
CREATE INDEX ix_order_site_id ON "order" (site_id);
CREATE INDEX ix_promise_customer_id ON promise (customer_id);
CREATE INDEX ix_promise_subject_id ON promise (subject_id);
CREATE INDEX ix_promise_topic ON promise (topic);
CREATE INDEX ix_site_day_site_id ON site_day (site_id);
CREATE INDEX ix_member_fact ON contradiction_member (fact_type, fact_id);
CREATE INDEX ix_message_lane ON message (address, channel, live, state, urgency, until_at, created_at, id);
CREATE INDEX ix_message_notice_id ON message (notice_id);
CREATE INDEX ix_message_queue ON message (state, live, channel, urgency, until_at, created_at, id);
CREATE INDEX due_appointment_starts_at ON appointment (starts_at);
CREATE INDEX due_promise_made_at ON promise (made_at);
CREATE INDEX due_promise_valid_from ON promise (valid_from);
CREATE INDEX due_promise_valid_until ON promise (valid_until);
COMMIT;
