CREATE TABLE public.actions (
    id character varying NOT NULL,
    payload text NOT NULL,
    payload_hash character varying NOT NULL,
    evidence text NOT NULL,
    kind character varying NOT NULL,
    entity character varying NOT NULL,
    target character varying NOT NULL,
    tier character varying NOT NULL,
    label text NOT NULL,
    value_at_risk double precision,
    currency character varying,
    state character varying NOT NULL,
    run_id character varying NOT NULL,
    first_run_id character varying NOT NULL,
    "position" integer NOT NULL,
    approval_id integer,
    message text NOT NULL,
    changed_at character varying NOT NULL
);
CREATE TABLE public.approvals (
    id integer NOT NULL,
    action_id character varying NOT NULL,
    decision character varying NOT NULL,
    payload_hash character varying NOT NULL,
    decided_by text NOT NULL,
    comment text NOT NULL,
    at character varying NOT NULL
);
CREATE TABLE public.audit (
    seq integer NOT NULL,
    at character varying NOT NULL,
    who text NOT NULL,
    event character varying NOT NULL,
    subject character varying NOT NULL,
    detail text NOT NULL,
    prev_hash character varying NOT NULL,
    hash character varying NOT NULL
);
CREATE TABLE public.audit_head (
    id integer NOT NULL,
    seq integer NOT NULL,
    hash character varying NOT NULL
);
CREATE TABLE public.breaks (
    fingerprint character varying NOT NULL,
    entity character varying NOT NULL,
    kind character varying NOT NULL,
    field character varying,
    crm_key character varying,
    erp_key character varying,
    label text,
    crm_value text,
    erp_value text,
    reason character varying,
    severity character varying,
    owner character varying,
    value_at_risk double precision,
    currency character varying,
    state character varying NOT NULL,
    first_seen character varying NOT NULL,
    last_seen character varying NOT NULL,
    first_run_id character varying NOT NULL,
    last_run_id character varying NOT NULL,
    fixed_at character varying,
    fixed_run_id character varying
);
CREATE TABLE public.crosswalk (
    crm_system character varying NOT NULL,
    erp_system character varying NOT NULL,
    entity character varying NOT NULL,
    crm_key character varying NOT NULL,
    erp_key character varying NOT NULL,
    rung character varying NOT NULL,
    probability double precision,
    run_id character varying NOT NULL,
    decided_by text NOT NULL,
    since character varying NOT NULL
);
CREATE TABLE public.outcomes (
    id integer NOT NULL,
    action_id character varying NOT NULL,
    approval_id integer,
    intended_at character varying,
    status character varying NOT NULL,
    key character varying,
    message text NOT NULL,
    read_back text,
    verified boolean,
    pushed_by text NOT NULL,
    at character varying NOT NULL
);
CREATE TABLE public.project_lock (
    id integer NOT NULL,
    token character varying NOT NULL,
    what text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    born character varying NOT NULL,
    since character varying NOT NULL
);
CREATE TABLE public.runs (
    run_id character varying NOT NULL,
    started_at character varying NOT NULL,
    finished_at character varying,
    state character varying NOT NULL,
    started_by text NOT NULL,
    summary text NOT NULL
);
CREATE TABLE public.schema_version (
    version integer NOT NULL
);
CREATE SEQUENCE public.schema_version_version_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.schema_version_version_seq OWNED BY public.schema_version.version;
ALTER TABLE ONLY public.schema_version ALTER COLUMN version SET DEFAULT nextval('public.schema_version_version_seq'::regclass);
INSERT INTO public.actions VALUES ('c1', '{"changes":[{"after":"New","before":null,"field":"name","kind":"text","reference":null,"target_field":"Name__c"}],"entity":"customers","kind":"create","source_key":"C3","target":"erp","target_key":null}', '36a5bb3d5672174e3d4aff7c1f9793287069dbf714f2441144a60c3660cec2b8', '{"breaks":["f-c1"],"clause":"customers: owner crm","depends_on":[],"label":"the record of c1"}', 'create', 'customers', 'erp', 'low', 'the record of c1', NULL, NULL, 'proposed', 'r1', 'r1', 1, NULL, '', '2026-03-01T12:00:00.000000Z');
INSERT INTO public.actions VALUES ('u1', '{"changes":[{"after":"\u5317\u4eac Acme ''x''","before":"Acme","field":"name","kind":"text","reference":null,"target_field":"Name__c"}],"entity":"customers","kind":"update","source_key":"C-E1","target":"erp","target_key":"E1"}', '18f8b578d21d13dc06bb4359b6bda1e413c996f5203f36cca9d72412101b10b1', '{"breaks":["f-u1"],"clause":"customers: owner crm","depends_on":[],"label":"the record of u1"}', 'update', 'customers', 'erp', 'low', 'the record of u1', NULL, NULL, 'approved', 'r1', 'r1', 0, 1, 'seen', '2026-11-22T16:27:25.412770Z');
INSERT INTO public.approvals VALUES (1, 'u1', 'approved', '18f8b578d21d13dc06bb4359b6bda1e413c996f5203f36cca9d72412101b10b1', 'anna', 'seen', '2026-11-22T16:27:25.412770Z');
INSERT INTO public.audit VALUES (1, '2026-03-01T12:00:00.000000Z', 'anna', 'run started', 'r1', '{}', '0000000000000000000000000000000000000000000000000000000000000000', '2b33e7c22ecdd2c4eecca47cedccb5e56018ae308950c2be159d2b3120bde04e');
INSERT INTO public.audit VALUES (2, '2026-03-01T12:00:00.000000Z', 'r1', 'links recorded', 'r1', '{"new":2}', '2b33e7c22ecdd2c4eecca47cedccb5e56018ae308950c2be159d2b3120bde04e', '3840ad427afda6c340b3527d210095bc5646d4372cdb48aac8d35cbbf9c77946');
INSERT INTO public.audit VALUES (3, '2026-03-01T12:00:00.000000Z', 'r1', 'plan proposed', 'r1', '{"actions":2,"new":2,"superseded":0}', '3840ad427afda6c340b3527d210095bc5646d4372cdb48aac8d35cbbf9c77946', '342d10cb2d073f283b443cd84fbe8ad29d9dec197175db0eac02c394b35c1885');
INSERT INTO public.audit VALUES (4, '2026-11-22T16:27:25.412770Z', 'anna', 'approved', 'u1', '{"comment":"seen","payload":"18f8b578d21d13dc06bb4359b6bda1e413c996f5203f36cca9d72412101b10b1"}', '342d10cb2d073f283b443cd84fbe8ad29d9dec197175db0eac02c394b35c1885', '69bd7a7ad1b28459278f84e5c1b578259b3d30c5f75817bb2d459d22e153961c');
INSERT INTO public.audit VALUES (5, '2026-11-22T16:27:25.423512Z', 'anna', 'run finished', 'r1', '{"state":"done"}', '69bd7a7ad1b28459278f84e5c1b578259b3d30c5f75817bb2d459d22e153961c', '7724f1a16c50858a868027fc2f601813c3de95988b594887378ff1885dabfe98');
INSERT INTO public.audit_head VALUES (1, 5, '7724f1a16c50858a868027fc2f601813c3de95988b594887378ff1885dabfe98');
INSERT INTO public.crosswalk VALUES ('crm', 'erp', 'customers', 'C1', 'E1', 'exact', 1, 'r1', 'r1', '2026-03-01T12:00:00.000000Z');
INSERT INTO public.crosswalk VALUES ('crm', 'erp', 'customers', 'C2', 'E2', 'person', NULL, 'r1', 'r1', '2026-03-01T12:00:00.000000Z');
INSERT INTO public.runs VALUES ('r1', '2026-03-01T12:00:00.000000Z', '2026-11-22T16:27:25.423512Z', 'done', 'anna', '{"breaks":2}');
INSERT INTO public.schema_version VALUES (1);
SELECT pg_catalog.setval('public.schema_version_version_seq', 1, false);
ALTER TABLE ONLY public.actions
    ADD CONSTRAINT actions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.approvals
    ADD CONSTRAINT approvals_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit_head
    ADD CONSTRAINT audit_head_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.breaks
    ADD CONSTRAINT breaks_pkey PRIMARY KEY (fingerprint);
ALTER TABLE ONLY public.crosswalk
    ADD CONSTRAINT crosswalk_erp_key UNIQUE (crm_system, erp_system, entity, erp_key);
ALTER TABLE ONLY public.crosswalk
    ADD CONSTRAINT crosswalk_pkey PRIMARY KEY (crm_system, erp_system, entity, crm_key);
ALTER TABLE ONLY public.outcomes
    ADD CONSTRAINT outcomes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.project_lock
    ADD CONSTRAINT project_lock_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (run_id);
ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);
CREATE INDEX actions_position ON public.actions USING btree ("position", id);
CREATE INDEX actions_state_entity ON public.actions USING btree (state, entity);
CREATE INDEX approvals_action ON public.approvals USING btree (action_id);
CREATE INDEX breaks_state_entity ON public.breaks USING btree (state, entity, kind);
CREATE INDEX outcomes_action ON public.outcomes USING btree (action_id, id);
CREATE INDEX runs_started_at ON public.runs USING btree (started_at);
