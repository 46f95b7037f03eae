BEGIN TRANSACTION;
CREATE TABLE actions (
	id VARCHAR NOT NULL, 
	payload TEXT NOT NULL, 
	payload_hash VARCHAR NOT NULL, 
	evidence TEXT NOT NULL, 
	kind VARCHAR NOT NULL, 
	entity VARCHAR NOT NULL, 
	target VARCHAR NOT NULL, 
	tier VARCHAR NOT NULL, 
	label TEXT NOT NULL, 
	value_at_risk FLOAT, 
	currency VARCHAR, 
	state VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	first_run_id VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	approval_id INTEGER, 
	message TEXT NOT NULL, 
	changed_at VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "actions" VALUES('u1','{"changes":[{"after":"\u5317\u4eac Acme ''x''","before":"Acme","field":"name","kind":"text","reference":null,"target_field":"Name__c"}],"entity":"customers","kind":"update","source_key":"C-E1","target":"erp","target_key":"E1"}','18f8b578d21d13dc06bb4359b6bda1e413c996f5203f36cca9d72412101b10b1','{"breaks":["f-u1"],"clause":"customers: owner crm","depends_on":[],"label":"the record of u1"}','update','customers','erp','low','the record of u1',NULL,NULL,'approved','r1','r1',0,1,'seen','2026-11-22T16:27:24.442797Z');
INSERT INTO "actions" VALUES('c1','{"changes":[{"after":"New","before":null,"field":"name","kind":"text","reference":null,"target_field":"Name__c"}],"entity":"customers","kind":"create","source_key":"C3","target":"erp","target_key":null}','36a5bb3d5672174e3d4aff7c1f9793287069dbf714f2441144a60c3660cec2b8','{"breaks":["f-c1"],"clause":"customers: owner crm","depends_on":[],"label":"the record of c1"}','create','customers','erp','low','the record of c1',NULL,NULL,'proposed','r1','r1',1,NULL,'','2026-03-01T12:00:00.000000Z');
CREATE TABLE approvals (
	id INTEGER NOT NULL, 
	action_id VARCHAR NOT NULL, 
	decision VARCHAR NOT NULL, 
	payload_hash VARCHAR NOT NULL, 
	decided_by TEXT NOT NULL, 
	comment TEXT NOT NULL, 
	at VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "approvals" VALUES(1,'u1','approved','18f8b578d21d13dc06bb4359b6bda1e413c996f5203f36cca9d72412101b10b1','anna','seen','2026-11-22T16:27:24.442797Z');
CREATE TABLE audit (
	seq INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	who TEXT NOT NULL, 
	event VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	detail TEXT NOT NULL, 
	prev_hash VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	PRIMARY KEY (seq)
);
INSERT INTO "audit" VALUES(1,'2026-03-01T12:00:00.000000Z','anna','run started','r1','{}','0000000000000000000000000000000000000000000000000000000000000000','2b33e7c22ecdd2c4eecca47cedccb5e56018ae308950c2be159d2b3120bde04e');
INSERT INTO "audit" VALUES(2,'2026-03-01T12:00:00.000000Z','r1','links recorded','r1','{"new":2}','2b33e7c22ecdd2c4eecca47cedccb5e56018ae308950c2be159d2b3120bde04e','3840ad427afda6c340b3527d210095bc5646d4372cdb48aac8d35cbbf9c77946');
INSERT INTO "audit" VALUES(3,'2026-03-01T12:00:00.000000Z','r1','plan proposed','r1','{"actions":2,"new":2,"superseded":0}','3840ad427afda6c340b3527d210095bc5646d4372cdb48aac8d35cbbf9c77946','342d10cb2d073f283b443cd84fbe8ad29d9dec197175db0eac02c394b35c1885');
INSERT INTO "audit" VALUES(4,'2026-11-22T16:27:24.442797Z','anna','approved','u1','{"comment":"seen","payload":"18f8b578d21d13dc06bb4359b6bda1e413c996f5203f36cca9d72412101b10b1"}','342d10cb2d073f283b443cd84fbe8ad29d9dec197175db0eac02c394b35c1885','136aef04d2092299e07d329f664600a509b327e4209a934ae0e47bd034cd10e7');
INSERT INTO "audit" VALUES(5,'2026-11-22T16:27:24.447599Z','anna','run finished','r1','{"state":"done"}','136aef04d2092299e07d329f664600a509b327e4209a934ae0e47bd034cd10e7','858e1f02ca249ca4a43ff6e7eca113dd695f7cd7935534a1744e3f00196f5ba4');
CREATE TABLE audit_head (
	id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	hash VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "audit_head" VALUES(1,5,'858e1f02ca249ca4a43ff6e7eca113dd695f7cd7935534a1744e3f00196f5ba4');
CREATE TABLE breaks (
	fingerprint VARCHAR NOT NULL, 
	entity VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	field VARCHAR, 
	crm_key VARCHAR, 
	erp_key VARCHAR, 
	label TEXT, 
	crm_value TEXT, 
	erp_value TEXT, 
	reason VARCHAR, 
	severity VARCHAR, 
	owner VARCHAR, 
	value_at_risk FLOAT, 
	currency VARCHAR, 
	state VARCHAR NOT NULL, 
	first_seen VARCHAR NOT NULL, 
	last_seen VARCHAR NOT NULL, 
	first_run_id VARCHAR NOT NULL, 
	last_run_id VARCHAR NOT NULL, 
	fixed_at VARCHAR, 
	fixed_run_id VARCHAR, 
	PRIMARY KEY (fingerprint)
);
CREATE TABLE crosswalk (
	crm_system VARCHAR NOT NULL, 
	erp_system VARCHAR NOT NULL, 
	entity VARCHAR NOT NULL, 
	crm_key VARCHAR NOT NULL, 
	erp_key VARCHAR NOT NULL, 
	rung VARCHAR NOT NULL, 
	probability FLOAT, 
	run_id VARCHAR NOT NULL, 
	decided_by TEXT NOT NULL, 
	since VARCHAR NOT NULL, 
	PRIMARY KEY (crm_system, erp_system, entity, crm_key), 
	CONSTRAINT crosswalk_erp_key UNIQUE (crm_system, erp_system, entity, erp_key)
);
INSERT INTO "crosswalk" VALUES('crm','erp','customers','C1','E1','exact',1.0,'r1','r1','2026-03-01T12:00:00.000000Z');
INSERT INTO "crosswalk" VALUES('crm','erp','customers','C2','E2','person',NULL,'r1','r1','2026-03-01T12:00:00.000000Z');
CREATE TABLE outcomes (
	id INTEGER NOT NULL, 
	action_id VARCHAR NOT NULL, 
	approval_id INTEGER, 
	intended_at VARCHAR, 
	status VARCHAR NOT NULL, 
	"key" VARCHAR, 
	message TEXT NOT NULL, 
	read_back TEXT, 
	verified BOOLEAN, 
	pushed_by TEXT NOT NULL, 
	at VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE project_lock (
	id INTEGER NOT NULL, 
	token VARCHAR NOT NULL, 
	what TEXT NOT NULL, 
	host TEXT NOT NULL, 
	pid INTEGER NOT NULL, 
	born VARCHAR NOT NULL, 
	since VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE runs (
	run_id VARCHAR NOT NULL, 
	started_at VARCHAR NOT NULL, 
	finished_at VARCHAR, 
	state VARCHAR NOT NULL, 
	started_by TEXT NOT NULL, 
	summary TEXT NOT NULL, 
	PRIMARY KEY (run_id)
);
INSERT INTO "runs" VALUES('r1','2026-03-01T12:00:00.000000Z','2026-11-22T16:27:24.447599Z','done','anna','{"breaks":2}');
CREATE TABLE schema_version (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(1);
CREATE INDEX runs_started_at ON runs (started_at);
CREATE INDEX breaks_state_entity ON breaks (state, entity, kind);
CREATE INDEX actions_position ON actions (position, id);
CREATE INDEX actions_state_entity ON actions (state, entity);
CREATE INDEX approvals_action ON approvals (action_id);
CREATE INDEX outcomes_action ON outcomes (action_id, id);
COMMIT;
