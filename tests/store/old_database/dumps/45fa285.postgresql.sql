






CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);



CREATE TABLE public.appointment (
    id character varying NOT NULL,
    attributes json,
    written_at timestamp with time zone,
    customer_id character varying NOT NULL,
    contract_id character varying,
    order_id character varying,
    site_id character varying,
    kind character varying NOT NULL,
    status character varying NOT NULL,
    status_since timestamp with time zone,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    party_size integer,
    place character varying,
    CONSTRAINT known_kind CHECK (((kind)::text = ANY ((ARRAY['installation'::character varying, 'repair'::character varying, 'delivery'::character varying, 'reservation'::character varying, 'visit'::character varying])::text[]))),
    CONSTRAINT known_status CHECK (((status)::text = ANY ((ARRAY['initialized'::character varying, 'confirmed'::character varying, 'completed'::character varying, 'cancelled'::character varying, 'failed'::character varying])::text[])))
);



CREATE TABLE public.backlog (
    rule character varying NOT NULL,
    subject_id character varying NOT NULL,
    each_id character varying NOT NULL,
    recipient_id character varying NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    cause character varying NOT NULL
);



CREATE TABLE public.change (
    id bigint NOT NULL,
    entity character varying NOT NULL,
    row_id character varying NOT NULL,
    old_keys json,
    new_keys json,
    at timestamp with time zone NOT NULL,
    baseline boolean NOT NULL,
    consumed_by character varying
);



CREATE SEQUENCE public.change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;



ALTER SEQUENCE public.change_id_seq OWNED BY public.change.id;



CREATE TABLE public.channel_halt (
    channel character varying NOT NULL,
    live boolean NOT NULL,
    reason character varying NOT NULL,
    halted_at timestamp with time zone NOT NULL,
    tries_again_at timestamp with time zone NOT NULL
);



CREATE TABLE public.charge (
    id character varying NOT NULL,
    attributes json,
    written_at timestamp with time zone,
    customer_id character varying NOT NULL,
    contract_id character varying,
    order_id character varying,
    product character varying,
    kind character varying NOT NULL,
    proration boolean NOT NULL,
    amount numeric(18,4) NOT NULL,
    currency character varying NOT NULL,
    tax_included boolean,
    period_start timestamp with time zone,
    period_end timestamp with time zone,
    bill_at timestamp with time zone,
    billed boolean NOT NULL,
    CONSTRAINT known_kind CHECK (((kind)::text = ANY ((ARRAY['recurring'::character varying, 'one_off'::character varying, 'installation'::character varying, 'tax'::character varying, 'fee'::character varying, 'discount'::character varying])::text[])))
);



CREATE TABLE public.consent (
    id character varying NOT NULL,
    attributes json,
    written_at timestamp with time zone,
    customer_id character varying NOT NULL,
    channel character varying NOT NULL,
    class character varying NOT NULL,
    allowed boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    source character varying,
    CONSTRAINT known_channel CHECK (((channel)::text = ANY ((ARRAY['sms'::character varying, 'email'::character varying])::text[]))),
    CONSTRAINT known_class CHECK (((class)::text = ANY ((ARRAY['safety'::character varying, 'service'::character varying, 'billing'::character varying, 'collections'::character varying, 'marketing'::character varying])::text[])))
);



CREATE TABLE public.contact (
    id character varying NOT NULL,
    attributes json,
    written_at timestamp with time zone,
    customer_id character varying NOT NULL,
    at timestamp with time zone NOT NULL,
    channel character varying NOT NULL,
    direction character varying NOT NULL,
    reason character varying,
    subject character varying,
    outcome character varying,
    CONSTRAINT known_channel CHECK (((channel)::text = ANY ((ARRAY['phone'::character varying, 'chat'::character varying, 'email'::character varying, 'sms'::character varying, 'whatsapp'::character varying, 'social'::character varying, 'shop'::character varying])::text[]))),
    CONSTRAINT known_direction CHECK (((direction)::text = ANY ((ARRAY['inbound'::character varying, 'outbound'::character varying])::text[]))),
    CONSTRAINT known_outcome CHECK (((outcome)::text = ANY ((ARRAY['answered'::character varying, 'unanswered'::character varying, 'solved'::character varying, 'open'::character varying, 'cancel'::character varying])::text[])))
);



CREATE TABLE public.contract (
    id character varying NOT NULL,
    attributes json,
    written_at timestamp with time zone,
    customer_id character varying NOT NULL,
    site_id character varying,
    plan character varying,
    zone character varying,
    status character varying NOT NULL,
    status_since timestamp with time zone,
    started_at timestamp with time zone,
    ends_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    CONSTRAINT known_status CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'active'::character varying, 'suspended'::character varying, 'cancelled'::character varying, 'terminated'::character varying])::text[])))
);



CREATE TABLE public.contradiction (
    id character varying NOT NULL,
    "check" character varying NOT NULL,
    promise_id character varying NOT NULL,
    subject_type character varying NOT NULL,
    subject_id character varying NOT NULL,
    customer_id character varying,
    topic character varying NOT NULL,
    topic_type character varying NOT NULL,
    promised character varying NOT NULL,
    currency character varying,
    tax_included boolean,
    actual character varying,
    actual_currency character varying,
    actual_tax_included boolean,
    promised_by character varying NOT NULL,
    promised_at timestamp with time zone NOT NULL,
    evidence character varying,
    surfaces_at timestamp with time zone,
    owner character varying NOT NULL,
    severity character varying NOT NULL,
    state character varying NOT NULL,
    reason character varying NOT NULL,
    waived_pair character varying,
    version integer NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT known_state CHECK (((state)::text = ANY ((ARRAY['open'::character varying, 'acknowledged'::character varying, 'settled'::character varying, 'waived'::character varying, 'lapsed'::character varying])::text[]))),
    CONSTRAINT waived_has_pair CHECK ((((state)::text <> 'waived'::text) OR (waived_pair IS NOT NULL)))
);



CREATE TABLE public.contradiction_member (
    contradiction_id character varying NOT NULL,
    fact_type character varying NOT NULL,
    fact_id character varying NOT NULL,
    actual character varying NOT NULL,
    currency character varying,
    tax_included boolean,
    surfaces_at timestamp with time zone
);



CREATE TABLE public.customer (
    id character varying NOT NULL,
    attributes json,
    written_at timestamp with time zone,
    name character varying NOT NULL,
    locale character varying,
    timezone character varying,
    country character varying,
    phone character varying,
    email character varying,
    preferred_channel character varying,
    site_id character varying,
    CONSTRAINT known_preferred_channel CHECK (((preferred_channel)::text = ANY ((ARRAY['sms'::character varying, 'email'::character varying])::text[])))
);



CREATE TABLE public.feedback (
    id character varying NOT NULL,
    attributes json,
    written_at timestamp with time zone,
    customer_id character varying,
    order_id character varying,
    site_id character varying,
    source character varying NOT NULL,
    at timestamp with time zone NOT NULL,
    score integer,
    text character varying,
    reason character varying
);



CREATE TABLE public.incident (
    id character varying NOT NULL,
    attributes json,
    written_at timestamp with time zone,
    kind character varying NOT NULL,
    zone character varying,
    site_id character varying,
    status character varying NOT NULL,
    status_since timestamp with time zone,
    cause character varying,
    started_at timestamp with time zone NOT NULL,
    expected_end_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT known_kind CHECK (((kind)::text = ANY ((ARRAY['outage'::character varying, 'maintenance'::character varying, 'delay'::character varying, 'other'::character varying])::text[]))),
    CONSTRAINT known_status CHECK (((status)::text = ANY ((ARRAY['planned'::character varying, 'acknowledged'::character varying, 'in_progress'::character varying, 'resolved'::character varying, 'closed'::character varying, 'cancelled'::character varying])::text[])))
);



CREATE TABLE public.intervention (
    id character varying NOT NULL,
    at timestamp with time zone NOT NULL,
    actor character varying NOT NULL,
    verb character varying NOT NULL,
    object_type character varying NOT NULL,
    object_id character varying NOT NULL,
    reason character varying NOT NULL
);



CREATE TABLE public.message (
    id character varying NOT NULL,
    notice_id character varying NOT NULL,
    live boolean NOT NULL,
    urgency integer NOT NULL,
    until_at timestamp with time zone NOT NULL,
    channel character varying NOT NULL,
    address character varying NOT NULL,
    subject character varying,
    text character varying NOT NULL,
    encoding character varying,
    segments integer,
    cost numeric(18,4),
    cost_currency character varying,
    state character varying NOT NULL,
    attempts integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    next_attempt_at timestamp with time zone,
    started_at timestamp with time zone,
    accepted_at timestamp with time zone,
    changed_at timestamp with time zone NOT NULL,
    provider character varying,
    provider_id character varying,
    error character varying,
    decision character varying,
    called_at timestamp with time zone,
    CONSTRAINT accepted_has_provider CHECK ((((state)::text <> ALL ((ARRAY['accepted'::character varying, 'delivered'::character varying])::text[])) OR (provider IS NOT NULL))),
    CONSTRAINT known_state CHECK (((state)::text = ANY ((ARRAY['queued'::character varying, 'sending'::character varying, 'accepted'::character varying, 'delivered'::character varying, 'undelivered'::character varying, 'failed'::character varying, 'unknown'::character varying, 'cancelled'::character varying])::text[]))),
    CONSTRAINT sending_has_start CHECK ((((state)::text <> 'sending'::text) OR (started_at IS NOT NULL)))
);



CREATE TABLE public.notice (
    id character varying NOT NULL,
    occurrence character varying NOT NULL,
    reference character varying NOT NULL,
    kind character varying NOT NULL,
    live boolean NOT NULL,
    rule character varying NOT NULL,
    subject_type character varying NOT NULL,
    subject_id character varying NOT NULL,
    each_id character varying,
    recipient_id character varying,
    notice_class character varying NOT NULL,
    owner character varying NOT NULL,
    touchpoint character varying,
    template character varying NOT NULL,
    ordinal integer NOT NULL,
    anchor_at timestamp with time zone,
    at timestamp with time zone,
    until_at timestamp with time zone,
    state character varying NOT NULL,
    reason_code character varying NOT NULL,
    reason character varying NOT NULL,
    channels json NOT NULL,
    contradictions json NOT NULL,
    deferred_until timestamp with time zone,
    passed_limits_at timestamp with time zone,
    approved_digest character varying,
    released boolean NOT NULL,
    claims json NOT NULL,
    previous json NOT NULL,
    claims_digest character varying NOT NULL,
    content_digest character varying NOT NULL,
    evidence json NOT NULL,
    rule_digest character varying NOT NULL,
    template_digest character varying NOT NULL,
    corrects character varying,
    follows character varying,
    spent boolean NOT NULL,
    version integer NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    told_at timestamp with time zone,
    CONSTRAINT deferred_has_end CHECK ((((state)::text <> 'deferred'::text) OR (deferred_until IS NOT NULL))),
    CONSTRAINT known_kind CHECK (((kind)::text = ANY ((ARRAY['notice'::character varying, 'correction'::character varying, 'follow_up'::character varying, 'alert'::character varying])::text[]))),
    CONSTRAINT known_state CHECK (((state)::text = ANY ((ARRAY['ready'::character varying, 'held'::character varying, 'deferred'::character varying, 'suppressed'::character varying, 'expired'::character varying, 'cancelled'::character varying, 'told'::character varying, 'failed'::character varying])::text[]))),
    CONSTRAINT told_has_time CHECK ((((state)::text <> 'told'::text) OR (told_at IS NOT NULL))),
    CONSTRAINT told_is_spent CHECK ((((state)::text <> ALL ((ARRAY['told'::character varying, 'expired'::character varying])::text[])) OR spent))
);



CREATE TABLE public."order" (
    id character varying NOT NULL,
    attributes json,
    written_at timestamp with time zone,
    customer_id character varying NOT NULL,
    contract_id character varying,
    site_id character varying,
    status character varying NOT NULL,
    status_since timestamp with time zone,
    placed_at timestamp with time zone NOT NULL,
    promised_at timestamp with time zone,
    handover_due_at timestamp with time zone,
    handed_over_at timestamp with time zone,
    completed_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    total numeric(18,4),
    currency character varying,
    seller character varying,
    CONSTRAINT known_status CHECK (((status)::text = ANY ((ARRAY['acknowledged'::character varying, 'in_progress'::character varying, 'held'::character varying, 'shipped'::character varying, 'completed'::character varying, 'cancelled'::character varying, 'failed'::character varying])::text[]))),
    CONSTRAINT total_has_currency CHECK (((total IS NULL) OR (currency IS NOT NULL)))
);



CREATE TABLE public.pace (
    channel character varying NOT NULL,
    live boolean NOT NULL,
    free_at timestamp with time zone NOT NULL
);



CREATE TABLE public.past_verdict (
    notice_id character varying NOT NULL,
    version integer NOT NULL,
    at timestamp with time zone NOT NULL,
    state character varying NOT NULL,
    reason_code character varying NOT NULL,
    reason character varying NOT NULL,
    contradictions json NOT NULL,
    evidence json NOT NULL
);



CREATE TABLE public.payload (
    message_id character varying NOT NULL,
    content bytea NOT NULL
);



CREATE TABLE public.promise (
    id character varying NOT NULL,
    attributes json,
    written_at timestamp with time zone,
    customer_id character varying,
    subject_type character varying NOT NULL,
    subject_id character varying NOT NULL,
    topic character varying NOT NULL,
    value character varying NOT NULL,
    value_number numeric(18,4),
    value_at timestamp with time zone,
    currency character varying,
    tax_included boolean,
    made_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    made_by character varying,
    source character varying NOT NULL,
    channel character varying,
    evidence character varying,
    valid_from timestamp with time zone,
    valid_until timestamp with time zone,
    state character varying NOT NULL,
    CONSTRAINT known_source CHECK (((source)::text = ANY ((ARRAY['sales'::character varying, 'quote'::character varying, 'contract'::character varying, 'web'::character varying, 'social'::character varying, 'agent'::character varying, 'robot'::character varying, 'notice'::character varying])::text[]))),
    CONSTRAINT known_state CHECK (((state)::text = ANY ((ARRAY['open'::character varying, 'kept'::character varying, 'broken'::character varying, 'superseded'::character varying, 'withdrawn'::character varying])::text[]))),
    CONSTRAINT known_subject_type CHECK (((subject_type)::text = ANY ((ARRAY['contract'::character varying, 'order'::character varying, 'appointment'::character varying, 'site'::character varying, 'customer'::character varying, 'charge'::character varying, 'incident'::character varying])::text[])))
);



CREATE TABLE public.rule_state (
    kind character varying NOT NULL,
    name character varying NOT NULL,
    digest character varying NOT NULL,
    first_pass_at timestamp with time zone NOT NULL,
    evaluated_at timestamp with time zone NOT NULL,
    failed character varying,
    in_force boolean NOT NULL,
    definition json NOT NULL
);



CREATE TABLE public.site (
    id character varying NOT NULL,
    attributes json,
    written_at timestamp with time zone,
    name character varying NOT NULL,
    address character varying,
    phone character varying,
    timezone character varying NOT NULL,
    country character varying NOT NULL,
    subdivision character varying,
    opening_hours character varying NOT NULL,
    daily_capacity integer
);



CREATE TABLE public.site_calendar (
    site_id character varying NOT NULL,
    digest character varying NOT NULL
);



CREATE TABLE public.site_day (
    id character varying NOT NULL,
    attributes json,
    written_at timestamp with time zone,
    site_id character varying NOT NULL,
    date character varying(10) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    kind character varying NOT NULL,
    opens_at timestamp with time zone,
    closes_at timestamp with time zone,
    reason character varying,
    CONSTRAINT known_kind CHECK (((kind)::text = ANY ((ARRAY['normal'::character varying, 'reduced'::character varying, 'closed'::character varying, 'extended'::character varying])::text[])))
);



CREATE TABLE public.suppressed_address (
    channel character varying NOT NULL,
    address character varying NOT NULL,
    live boolean NOT NULL,
    reason character varying NOT NULL,
    message_id character varying NOT NULL,
    since timestamp with time zone NOT NULL
);



ALTER TABLE ONLY public.change ALTER COLUMN id SET DEFAULT nextval('public.change_id_seq'::regclass);



INSERT INTO public.alembic_version VALUES
	('0003');



INSERT INTO public.appointment VALUES
	('A-1', NULL, '2026-03-02 14:00:00+00', 'C-1', NULL, NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-05 15:00:00+00', NULL, NULL, NULL),
	('A-2', NULL, '2026-03-02 14:00:00+00', 'C-2', 'K-2', NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-05 15:00:00+00', NULL, NULL, NULL),
	('A-3', NULL, '2026-03-02 14:00:00+00', 'C-3', NULL, NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-05 15:00:00+00', NULL, NULL, NULL),
	('A-4', NULL, '2026-03-02 14:00:00+00', 'C-4', NULL, NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-05 15:00:00+00', NULL, NULL, NULL),
	('A-5', NULL, '2026-03-02 14:00:00+00', 'C-5', NULL, NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-05 15:00:00+00', NULL, NULL, NULL),
	('A-6', NULL, '2026-03-02 14:00:00+00', 'C-6', NULL, NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-05 15:00:00+00', NULL, NULL, NULL),
	('A-7', NULL, '2026-03-02 14:00:00+00', 'C-7', NULL, NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-05 15:00:00+00', NULL, NULL, NULL),
	('A-9', NULL, '2026-03-02 14:00:00+00', 'C-9', 'K-9', NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-05 15:00:00+00', NULL, NULL, NULL),
	('A-10', NULL, '2026-03-02 14:00:00+00', 'C-10', 'K-10', NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-05 15:00:00+00', NULL, NULL, NULL),
	('A-11', NULL, '2026-03-02 14:00:00+00', 'C-11', 'K-11', NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-03 17:00:00+00', NULL, NULL, NULL),
	('A-14', NULL, '2026-03-02 14:00:00+00', 'C-14', NULL, NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-05 15:09:00+00', NULL, NULL, NULL),
	('A-15', NULL, '2026-03-02 14:00:00+00', 'C-15', 'K-15', NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-05 15:00:00+00', NULL, NULL, NULL),
	('A-12', NULL, '2026-03-03 15:02:00+00', 'C-12', NULL, NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-05 19:00:00+00', NULL, NULL, NULL),
	('A-13', NULL, '2026-03-03 15:02:00+00', 'C-13', NULL, NULL, NULL, 'installation', 'cancelled', '2026-03-03 15:02:00+00', '2026-03-05 15:00:00+00', NULL, NULL, NULL),
	('A-8', NULL, '2026-03-03 15:10:00+00', 'C-8', NULL, NULL, NULL, 'installation', 'confirmed', '2026-03-02 14:00:00+00', '2026-03-05 21:00:00+00', NULL, NULL, NULL);



INSERT INTO public.backlog VALUES
	('order-held', 'O-17', '', 'C-17', '2026-03-02 14:00:00+00', 'backlog');



INSERT INTO public.change VALUES
	(127, 'order', 'O-1', '{"contract_id" : null, "customer_id" : "C-1", "site_id" : null}', '{"contract_id" : null, "customer_id" : "C-1", "site_id" : null}', '2026-03-03 15:10:00+00', false, NULL),
	(128, 'appointment', 'A-8', '{"contract_id" : null, "customer_id" : "C-8", "order_id" : null, "site_id" : null}', '{"contract_id" : null, "customer_id" : "C-8", "order_id" : null, "site_id" : null}', '2026-03-03 15:10:00+00', false, NULL);



INSERT INTO public.channel_halt VALUES
	('email', false, 'the account is suspended', '2026-03-03 15:06:00+00', '2026-03-03 15:11:00+00');



INSERT INTO public.charge VALUES
	('X-2', NULL, '2026-03-02 14:00:00+00', 'C-2', 'K-2', NULL, NULL, 'recurring', false, 111860.5000, 'COP', true, NULL, NULL, '2026-03-04 11:00:00+00', false),
	('X-9', NULL, '2026-03-02 14:00:00+00', 'C-9', 'K-9', NULL, NULL, 'recurring', false, 111860.5000, 'COP', true, NULL, NULL, '2026-03-04 11:00:00+00', false),
	('X-10', NULL, '2026-03-02 14:00:00+00', 'C-10', 'K-10', NULL, NULL, 'recurring', false, 111860.5000, 'COP', true, NULL, NULL, '2026-03-04 11:00:00+00', false),
	('X-11', NULL, '2026-03-02 14:00:00+00', 'C-11', 'K-11', NULL, NULL, 'recurring', false, 111860.5000, 'COP', true, NULL, NULL, '2026-03-04 11:00:00+00', false),
	('X-15', NULL, '2026-03-03 15:02:00+00', 'C-15', 'K-15', NULL, NULL, 'recurring', false, 79900.0000, 'COP', true, NULL, NULL, '2026-03-04 11:00:00+00', false);



INSERT INTO public.consent VALUES
	('C-1/email/marketing', NULL, '2026-03-02 14:00:00+00', 'C-1', 'email', 'marketing', false, '2026-03-01 17:00:00+00', 'web');



INSERT INTO public.contact VALUES
	('T-1', NULL, '2026-03-02 14:00:00+00', 'C-1', '2026-03-01 16:00:00+00', 'phone', 'inbound', NULL, NULL, 'solved');



INSERT INTO public.contract VALUES
	('K-2', NULL, '2026-03-02 14:00:00+00', 'C-2', NULL, 'Fibre', 'north', 'active', '2026-03-02 14:00:00+00', NULL, NULL, NULL),
	('K-9', NULL, '2026-03-02 14:00:00+00', 'C-9', NULL, 'Fibre', 'north', 'active', '2026-03-02 14:00:00+00', NULL, NULL, NULL),
	('K-10', NULL, '2026-03-02 14:00:00+00', 'C-10', NULL, 'Fibre', 'north', 'active', '2026-03-02 14:00:00+00', NULL, NULL, NULL),
	('K-11', NULL, '2026-03-02 14:00:00+00', 'C-11', NULL, 'Fibre', 'north', 'active', '2026-03-02 14:00:00+00', NULL, NULL, NULL),
	('K-15', NULL, '2026-03-02 14:00:00+00', 'C-15', NULL, 'Fibre', 'north', 'active', '2026-03-02 14:00:00+00', NULL, NULL, NULL);



INSERT INTO public.contradiction VALUES
	('X-7TAG0-9KMB6', 'promised-price', 'P-11', 'contract', 'K-11', 'C-11', 'monthly_price', 'money', '79900', 'COP', NULL, '111860.5', 'COP', true, 'agent 7', '2026-03-01 15:00:00+00', 'call 11', '2026-03-04 11:00:00+00', 'field', 'high', 'open', 'charge X-11 is 111860.5 COP, promised 79900 COP by agent 7', NULL, 1, '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00'),
	('X-XWYDJ-B5NNK', 'promised-price', 'P-2', 'contract', 'K-2', 'C-2', 'monthly_price', 'money', '79900', 'COP', NULL, '111860.5', 'COP', true, 'agent 7', '2026-03-01 15:00:00+00', 'call 2', '2026-03-04 11:00:00+00', 'field', 'high', 'open', 'charge X-2 is 111860.5 COP, promised 79900 COP by agent 7', NULL, 1, '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00'),
	('X-0QF17-K08PQ', 'promised-price', 'P-9', 'contract', 'K-9', 'C-9', 'monthly_price', 'money', '79900', 'COP', NULL, '111860.5', 'COP', true, 'agent 7', '2026-03-01 15:00:00+00', 'call 9', '2026-03-04 11:00:00+00', 'field', 'high', 'waived', 'waive by marta: agreed on the phone', '79900 COP|111860.5 COP tax included', 2, '2026-03-02 14:00:00+00', '2026-03-03 15:02:00+00'),
	('X-V5YBW-H99K1', 'promised-price', 'P-10', 'contract', 'K-10', 'C-10', 'monthly_price', 'money', '79900', 'COP', NULL, '111860.5', 'COP', true, 'agent 7', '2026-03-01 15:00:00+00', 'call 10', '2026-03-04 11:00:00+00', 'field', 'high', 'acknowledged', 'acknowledge by marta: agreed on the phone', NULL, 2, '2026-03-02 14:00:00+00', '2026-03-03 15:02:00+00'),
	('X-91WY5-YPS34', 'promised-price', 'P-15', 'contract', 'K-15', 'C-15', 'monthly_price', 'money', '79900', 'COP', NULL, '111860.5', 'COP', true, 'agent 7', '2026-03-01 15:00:00+00', 'call 15', '2026-03-04 11:00:00+00', 'field', 'high', 'settled', 'charge X-15 is 79900 COP, as promised', NULL, 2, '2026-03-02 14:00:00+00', '2026-03-03 15:03:00+00');



INSERT INTO public.contradiction_member VALUES
	('X-7TAG0-9KMB6', 'charge', 'X-11', '111860.5', 'COP', true, '2026-03-04 11:00:00+00'),
	('X-XWYDJ-B5NNK', 'charge', 'X-2', '111860.5', 'COP', true, '2026-03-04 11:00:00+00'),
	('X-0QF17-K08PQ', 'charge', 'X-9', '111860.5', 'COP', true, '2026-03-04 11:00:00+00'),
	('X-V5YBW-H99K1', 'charge', 'X-10', '111860.5', 'COP', true, '2026-03-04 11:00:00+00'),
	('X-91WY5-YPS34', 'charge', 'X-15', '111860.5', 'COP', true, '2026-03-04 11:00:00+00');



INSERT INTO public.customer VALUES
	('C-1', NULL, '2026-03-02 14:00:00+00', 'Ana Ruiz', 'en-US', 'America/Bogota', 'CO', '+573001000001', 'c1@example.com', NULL, 'S-1'),
	('C-2', NULL, '2026-03-02 14:00:00+00', 'Luis Mora', 'en-US', 'America/Bogota', 'CO', '+573001000002', 'c2@example.com', NULL, NULL),
	('C-3', NULL, '2026-03-02 14:00:00+00', 'Eva Paz', 'en-US', 'America/Bogota', 'CO', NULL, NULL, NULL, NULL),
	('C-4', NULL, '2026-03-02 14:00:00+00', 'Kenji Ito', 'en-US', 'Asia/Tokyo', 'CO', '+573001000004', 'c4@example.com', NULL, NULL),
	('C-5', NULL, '2026-03-02 14:00:00+00', 'Rosa Gil', 'en-US', 'America/Bogota', 'CO', '+573001000005', NULL, NULL, NULL),
	('C-6', NULL, '2026-03-02 14:00:00+00', 'Omar Díaz', 'en-US', 'America/Bogota', 'CO', '+573001000006', NULL, NULL, NULL),
	('C-7', NULL, '2026-03-02 14:00:00+00', 'Inés Vera', 'en-US', 'America/Bogota', 'CO', '+573001000007', NULL, NULL, NULL),
	('C-8', NULL, '2026-03-02 14:00:00+00', 'Juan Rey', 'en-US', 'America/Bogota', 'CO', '+573001000008', 'c8@example.com', NULL, NULL),
	('C-9', NULL, '2026-03-02 14:00:00+00', 'Sara Lux', 'en-US', 'America/Bogota', 'CO', '+573001000009', 'c9@example.com', NULL, NULL),
	('C-10', NULL, '2026-03-02 14:00:00+00', 'Hugo Sol', 'en-US', 'America/Bogota', 'CO', '+573001000010', 'c10@example.com', NULL, NULL),
	('C-11', NULL, '2026-03-02 14:00:00+00', 'Elsa Mar', 'en-US', 'America/Bogota', 'CO', '+573001000011', 'c11@example.com', NULL, NULL),
	('C-12', NULL, '2026-03-02 14:00:00+00', 'Iván Paz', 'en-US', 'America/Bogota', 'CO', '+573001000012', 'c12@example.com', NULL, NULL),
	('C-13', NULL, '2026-03-02 14:00:00+00', 'Nora Cid', 'en-US', 'America/Bogota', 'CO', '+573001000013', NULL, NULL, NULL),
	('C-14', NULL, '2026-03-02 14:00:00+00', 'Leo Bru', 'en-US', 'America/Bogota', 'CO', '+573001000014', NULL, NULL, NULL),
	('C-15', NULL, '2026-03-02 14:00:00+00', 'Mia Fox', 'en-US', 'America/Bogota', 'CO', '+573001000015', 'c15@example.com', NULL, NULL),
	('C-16', NULL, '2026-03-02 14:00:00+00', 'Pía Roa', 'en-US', 'America/Bogota', 'CO', '+573001000016', 'c16@example.com', NULL, NULL),
	('C-17', NULL, '2026-03-02 14:00:00+00', 'Tom Ray', 'en-US', 'America/Bogota', 'CO', '+573001000017', 'c17@example.com', NULL, NULL),
	('C-18', NULL, '2026-03-02 14:00:00+00', 'Uma Lee', 'en-US', 'America/Bogota', 'CO', '+573001000018', 'c18@example.com', NULL, NULL);



INSERT INTO public.feedback VALUES
	('F-1', NULL, '2026-03-02 14:00:00+00', 'C-1', NULL, NULL, 'survey', '2026-03-01 17:00:00+00', 9, 'quick and friendly', NULL);



INSERT INTO public.incident VALUES
	('I-1', NULL, '2026-03-02 14:00:00+00', 'outage', 'north', NULL, 'resolved', '2026-03-02 14:00:00+00', NULL, '2026-02-27 08:00:00+00', NULL, '2026-02-27 10:00:00+00');



INSERT INTO public.intervention VALUES
	('019cb438-6240-7477-b3ea-b0757f5cae14', '2026-03-03 15:02:00+00', 'marta', 'waive', 'contradiction', 'X-0QF17-K08PQ', 'agreed on the phone'),
	('019cb438-6240-7573-b90c-eef4655a194a', '2026-03-03 15:02:00+00', 'marta', 'acknowledge', 'contradiction', 'X-V5YBW-H99K1', 'agreed on the phone'),
	('019cb438-6240-7201-9fc2-796bce9bde3d', '2026-03-03 15:02:00+00', 'marta', 'cancel', 'notice', '019cb436-8d80-7000-8259-2beea1a3cc68', 'agreed on the phone');



INSERT INTO public.message VALUES
	('019caed9-4300-7000-80cb-2df01a414349', '019caed9-4300-7000-80e8-7a789ed1ca2a', false, 1, '9999-01-01 00:00:00+00', 'sms', '+573000000001', NULL, 'promised-price: contract:K-2, promised COP 79,900, actual COP 111,860.50 (+40%).
The customer finds out in 1 d 21 h.
Its notices are held until you decide.
notifier contradictions show X-XWYDJ-B5NNK (ref. CTNGP-VS8ZS)', 'GSM-7', 2, 90.0000, 'COP', 'accepted', 1, '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', 'sandbox', '2026-03-02T140000Z-CTNGP-VS8ZS-sms.txt', NULL, NULL, '2026-03-02 14:00:00+00'),
	('019caed9-4300-7000-8015-3ee8d5019dc6', '019caed9-4300-7000-8032-51017f90f349', false, 1, '9999-01-01 00:00:00+00', 'sms', '+573000000001', NULL, 'promised-price: contract:K-10, promised COP 79,900, actual COP 111,860.50 (+40%).
The customer finds out in 1 d 21 h.
Its notices are held until you decide.
notifier contradictions show X-V5YBW-H99K1 (ref. 15YGS-7YQTW)', 'GSM-7', 2, 90.0000, 'COP', 'accepted', 1, '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', 'sandbox', '2026-03-02T140000Z-15YGS-7YQTW-sms.txt', NULL, NULL, '2026-03-02 14:00:00+00'),
	('019caed9-4300-7000-8055-3a60945d5f60', '019caed9-4300-7000-8065-fa836b23c5c8', false, 1, '9999-01-01 00:00:00+00', 'sms', '+573000000001', NULL, 'promised-price: contract:K-11, promised COP 79,900, actual COP 111,860.50 (+40%).
The customer finds out in 1 d 21 h.
Its notices are held until you decide.
notifier contradictions show X-7TAG0-9KMB6 (ref. AF57M-0VV1Z)', 'GSM-7', 2, 90.0000, 'COP', 'accepted', 1, '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', 'sandbox', '2026-03-02T140000Z-AF57M-0VV1Z-sms.txt', NULL, NULL, '2026-03-02 14:00:00+00'),
	('019caed9-4300-7000-8128-3dbac9a9e661', '019caed9-4300-7000-810d-a66995e3df24', false, 1, '9999-01-01 00:00:00+00', 'sms', '+573000000001', NULL, 'promised-price: contract:K-9, promised COP 79,900, actual COP 111,860.50 (+40%).
The customer finds out in 1 d 21 h.
Its notices are held until you decide.
notifier contradictions show X-0QF17-K08PQ (ref. 93TWP-C57GQ)', 'GSM-7', 2, 90.0000, 'COP', 'accepted', 1, '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', 'sandbox', '2026-03-02T140000Z-93TWP-C57GQ-sms.txt', NULL, NULL, '2026-03-02 14:00:00+00'),
	('019caed9-4300-7000-808b-0f5fae7c6cde', '019caed9-4300-7000-80b5-c1cfee8c27a5', false, 1, '9999-01-01 00:00:00+00', 'sms', '+573000000001', NULL, 'promised-price: contract:K-15, promised COP 79,900, actual COP 111,860.50 (+40%).
The customer finds out in 1 d 21 h.
Its notices are held until you decide.
notifier contradictions show X-91WY5-YPS34 (ref. H01EQ-N5D4X)', 'GSM-7', 2, 90.0000, 'COP', 'accepted', 1, '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', 'sandbox', '2026-03-02T140000Z-H01EQ-N5D4X-sms.txt', NULL, NULL, '2026-03-02 14:00:00+00'),
	('019cb436-8d80-7000-802c-e377826ad1b8', '019cb436-8d80-7000-802d-1f673cdbbd2a', false, 1, '2026-03-05 12:00:00+00', 'email', 'c1@example.com', 'We visit you on March 5, 2026', 'Hello Ana,

we come on Thursday, March 5, 2026 at 10:00 AM.

Questions? Call +573000000000 with the reference FD4GE-97ZRJ.

Fibra', NULL, NULL, NULL, NULL, 'accepted', 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', 'sandbox', '2026-03-03T150000Z-FD4GE-97ZRJ-email.eml', NULL, NULL, '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-8287-87ae9f882cc0', '019cb436-8d80-7000-828d-54927a1eb159', false, 1, '2026-03-05 12:00:00+00', 'sms', '+573001000012', NULL, 'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. YTJWF-71JYB', 'GSM-7', 1, 45.0000, 'COP', 'accepted', 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', 'sandbox', '2026-03-03T150000Z-YTJWF-71JYB-sms.txt', NULL, NULL, '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-8195-783fa5a347a7', '019cb436-8d80-7000-81a8-bed74e1d6663', false, 1, '2026-03-05 12:00:00+00', 'sms', '+573001000007', NULL, 'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. 1E97J-J9MAK', 'GSM-7', 1, 45.0000, 'COP', 'failed', 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', NULL, '2026-03-03 15:00:00+00', NULL, NULL, 'the number is a landline', 'OtherChannel', '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-81dd-01ff65ce3989', '019cb436-8d80-7000-81fd-da2e951b0849', false, 1, '2026-03-05 12:00:00+00', 'sms', '+573001000008', NULL, 'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. NJY8T-9XF7J', 'GSM-7', 1, 45.0000, 'COP', 'failed', 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', NULL, '2026-03-03 15:00:00+00', NULL, NULL, 'the customer opted out', 'SuppressAddress', '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-81d6-c6a5dddf2084', '019cb436-8d80-7000-81fd-da2e951b0849', false, 1, '2026-03-05 12:00:00+00', 'email', 'c8@example.com', 'We visit you on March 5, 2026', 'Hello Juan,

we come on Thursday, March 5, 2026 at 10:00 AM.

Questions? Call +573000000000 with the reference NJY8T-9XF7J.

Fibra', NULL, NULL, NULL, NULL, 'accepted', 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', 'sandbox', '2026-03-03T150000Z-NJY8T-9XF7J-email.eml', NULL, NULL, '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-82b2-b86a7df3796a', '019cb436-8d80-7000-828d-54927a1eb159', false, 1, '2026-03-05 12:00:00+00', 'email', 'c12@example.com', 'We visit you on March 5, 2026', 'Hello Iván,

we come on Thursday, March 5, 2026 at 10:00 AM.

Questions? Call +573000000000 with the reference YTJWF-71JYB.

Fibra', NULL, NULL, NULL, NULL, 'accepted', 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', 'sandbox', '2026-03-03T150000Z-YTJWF-71JYB-email.eml', NULL, NULL, '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-82db-c022c1ea1d2f', '019cb436-8d80-7000-82f4-59a4fe96970f', false, 1, '2026-03-05 12:00:00+00', 'sms', '+573001000013', NULL, 'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. PRQ1A-CBVMF', 'GSM-7', 1, 45.0000, 'COP', 'cancelled', 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:26.748949+00', '2026-03-03 15:00:00+00', NULL, '2026-03-03 15:03:00+00', NULL, NULL, 'what it says is no longer true', 'Retry', '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-8005-0f20bb957403', '019cb436-8d80-7000-802d-1f673cdbbd2a', false, 1, '2026-03-05 12:00:00+00', 'sms', '+573001000001', NULL, 'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. FD4GE-97ZRJ', 'GSM-7', 1, 45.0000, 'COP', 'accepted', 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', 'sandbox', '2026-03-03T150000Z-FD4GE-97ZRJ-sms.txt', NULL, NULL, '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-802e-389a05329775', '019cb436-8d80-7000-8034-6f0298a66d67', false, 1, '9999-01-01 00:00:00+00', 'sms', '+573001000018', NULL, 'Fibra: your order O-18 waits for something that is missing. Questions: +573000000000, ref. YPCX3-MAQZR', 'GSM-7', 1, 45.0000, 'COP', 'accepted', 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', 'sandbox', '2026-03-03T150000Z-YPCX3-MAQZR-sms.txt', NULL, NULL, '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-839d-e7d25cc7466b', '019cb436-8d80-7000-8387-2571495669bf', false, 1, '9999-01-01 00:00:00+00', 'sms', '+573000000001', NULL, 'visit-reminder: 1 notice can reach nobody (no address for sms and email).
notifier notices show 44JES-VB2BR
(ref. F1Y98-843SB)', 'GSM-7', 1, 45.0000, 'COP', 'accepted', 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', 'sandbox', '2026-03-03T150000Z-F1Y98-843SB-sms.txt', NULL, NULL, '2026-03-03 15:00:00+00'),
	('019cb439-4ca0-7000-80da-0266e8d7154a', '019cb439-4ca0-7000-80ff-e456c0faf8b9', false, 1, '2026-03-05 19:00:00+00', 'sms', '+573001000012', NULL, 'Correction: we told you March 5, 2026, 10:00 AM, it is now March 5, 2026, 2:00 PM. Fibra: we come on March 5, 2026 at 2:00 PM. Questions: +573000000000, ref. E7C3W-QXB5S', 'GSM-7', 2, 90.0000, 'COP', 'accepted', 1, '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', 'sandbox', '2026-03-03T150300Z-E7C3W-QXB5S-sms.txt', NULL, NULL, '2026-03-03 15:03:00+00'),
	('019cb436-8d80-7000-83c2-ee8e9da9e3a5', '019cb436-8d80-7000-83d5-c91b53ad5791', false, 1, '9999-01-01 00:00:00+00', 'sms', '+573000000001', NULL, 'visit-reminder: 1 notice not sent in time (not sent before its time was over at 2026-03-03 14:00 UTC).
notifier notices show KJ9Z0-R8CRV
(ref. J6JVN-Y9T21)', 'GSM-7', 1, 45.0000, 'COP', 'accepted', 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', 'sandbox', '2026-03-03T150000Z-J6JVN-Y9T21-sms.txt', NULL, NULL, '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-8021-b30a6c731d9e', '019cb436-8d80-7000-8034-6f0298a66d67', false, 1, '9999-01-01 00:00:00+00', 'email', 'c18@example.com', 'Your order O-18 waits for something that is missing', 'Hello Uma,

your order O-18 waits for something that is missing.

Questions? Call +573000000000 with the reference YPCX3-MAQZR.

Fibra', NULL, NULL, NULL, NULL, 'accepted', 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', 'sandbox', '2026-03-03T150000Z-YPCX3-MAQZR-email.eml', NULL, NULL, '2026-03-03 15:00:00+00'),
	('019cb439-4ca0-7000-80da-6a800efb613f', '019cb439-4ca0-7000-80ff-e456c0faf8b9', false, 1, '2026-03-05 19:00:00+00', 'email', 'c12@example.com', 'Correction: We visit you on March 5, 2026', 'Hello Iván,

Correction: we told you March 5, 2026, 10:00 AM, it is now March 5, 2026, 2:00 PM.

we come on Thursday, March 5, 2026 at 2:00 PM.

Questions? Call +573000000000 with the reference E7C3W-QXB5S.

Fibra', NULL, NULL, NULL, NULL, 'accepted', 1, '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', 'sandbox', '2026-03-03T150300Z-E7C3W-QXB5S-email.eml', NULL, NULL, '2026-03-03 15:03:00+00'),
	('019cb436-8d80-7000-8175-028e4ff0d7e1', '019cb436-8d80-7000-8157-322dd42fd873', false, 1, '2026-03-05 12:00:00+00', 'sms', '+573001000006', NULL, 'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. VEG1T-88D59', 'GSM-7', 1, 45.0000, 'COP', 'unknown', 1, '2026-03-03 15:00:00+00', '2026-03-03 15:13:30+00', '2026-03-03 15:00:00+00', NULL, '2026-03-03 15:09:00+00', NULL, NULL, 'the provider does not answer', 'Unknown', '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-813b-0259614c2728', '019cb436-8d80-7000-812f-3b300e2826f2', false, 1, '2026-03-05 12:00:00+00', 'sms', '+573001000005', NULL, 'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. SEH1T-ZVK34', 'GSM-7', 1, 45.0000, 'COP', 'sending', 4, '2026-03-03 15:00:00+00', '2026-03-03 15:07:46.518322+00', '2026-03-03 15:09:00+00', NULL, '2026-03-03 15:09:00+00', NULL, NULL, 'the line is busy', 'Retry', '2026-03-03 15:09:00+00'),
	('019cb43c-0bc0-7000-803a-62e2950d957c', '019cb43c-0bc0-7000-8035-5791a77f6072', false, 1, '9999-01-01 00:00:00+00', 'email', 'c16@example.com', 'Your order O-16 waits for something that is missing', 'Hello Pía,

your order O-16 waits for something that is missing.

Questions? Call +573000000000 with the reference 64B54-JSX8F.

Fibra', NULL, NULL, NULL, NULL, 'queued', 0, '2026-03-03 15:06:00+00', '2026-03-03 15:11:00+00', '2026-03-03 15:06:00+00', NULL, '2026-03-03 15:06:00+00', NULL, NULL, 'the account is suspended', NULL, '2026-03-03 15:06:00+00'),
	('019cb439-4ca0-7000-8073-8ca4f6825cf5', '019cb436-8d80-7000-820c-a22a660d8726', false, 1, '2026-03-05 12:00:00+00', 'email', 'c9@example.com', 'We visit you on March 5, 2026', 'Hello Sara,

we come on Thursday, March 5, 2026 at 10:00 AM.

Questions? Call +573000000000 with the reference A0S6X-RBZ6G.

Fibra', NULL, NULL, NULL, NULL, 'accepted', 1, '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', 'sandbox', '2026-03-03T150300Z-A0S6X-RBZ6G-email.eml', NULL, NULL, '2026-03-03 15:03:00+00'),
	('019cb439-4ca0-7000-8057-f42d03d8b581', '019cb436-8d80-7000-820c-a22a660d8726', false, 1, '2026-03-05 12:00:00+00', 'sms', '+573001000009', NULL, 'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. A0S6X-RBZ6G', 'GSM-7', 1, 45.0000, 'COP', 'accepted', 1, '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', 'sandbox', '2026-03-03T150300Z-A0S6X-RBZ6G-sms.txt', NULL, NULL, '2026-03-03 15:03:00+00'),
	('019cb439-4ca0-7000-80bf-3c099586b6af', '019cb436-8d80-7000-8328-41ebe8ffdbe6', false, 1, '2026-03-05 12:00:00+00', 'sms', '+573001000015', NULL, 'Fibra: we come on March 5, 2026 at 10:00 AM. Questions: +573000000000, ref. E215W-0Q505', 'GSM-7', 1, 45.0000, 'COP', 'accepted', 1, '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', 'sandbox', '2026-03-03T150300Z-E215W-0Q505-sms.txt', NULL, NULL, '2026-03-03 15:03:00+00'),
	('019cb439-4ca0-7000-8039-cbee8d16b0af', '019cb439-4ca0-7000-803f-3c2840862093', false, 1, '9999-01-01 00:00:00+00', 'sms', '+573001000018', NULL, 'Fibra: your order O-18 is complete. Questions: +573000000000, ref. GEWZD-F4G35', 'GSM-7', 1, 45.0000, 'COP', 'accepted', 1, '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', 'sandbox', '2026-03-03T150300Z-GEWZD-F4G35-sms.txt', NULL, NULL, '2026-03-03 15:03:00+00'),
	('019cb439-4ca0-7000-815d-c3bf0caea79f', '019cb439-4ca0-7000-8167-a9efe5a58ed3', false, 1, '9999-01-01 00:00:00+00', 'sms', '+573000000001', NULL, 'visit-reminder: 1 notice taken by no channel (no channel took it: no address for email; sms: the number is a landline).
notifier notices show 1E97J-J9MAK
(ref. X8KRM-3C10B)', 'GSM-7', 2, 90.0000, 'COP', 'accepted', 1, '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', 'sandbox', '2026-03-03T150300Z-X8KRM-3C10B-sms.txt', NULL, NULL, '2026-03-03 15:03:00+00'),
	('019cb439-4ca0-7000-80af-c83d9f6e50f7', '019cb436-8d80-7000-8328-41ebe8ffdbe6', false, 1, '2026-03-05 12:00:00+00', 'email', 'c15@example.com', 'We visit you on March 5, 2026', 'Hello Mia,

we come on Thursday, March 5, 2026 at 10:00 AM.

Questions? Call +573000000000 with the reference E215W-0Q505.

Fibra', NULL, NULL, NULL, NULL, 'accepted', 1, '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', 'sandbox', '2026-03-03T150300Z-E215W-0Q505-email.eml', NULL, NULL, '2026-03-03 15:03:00+00'),
	('019cb439-4ca0-7000-8033-151d0b28c57c', '019cb439-4ca0-7000-803f-3c2840862093', false, 1, '9999-01-01 00:00:00+00', 'email', 'c18@example.com', 'Your order O-18 is complete', 'Hello Uma,

your order O-18 is complete.

Questions? Call +573000000000 with the reference GEWZD-F4G35.

Fibra', NULL, NULL, NULL, NULL, 'accepted', 1, '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', 'sandbox', '2026-03-03T150300Z-GEWZD-F4G35-email.eml', NULL, NULL, '2026-03-03 15:03:00+00'),
	('019cb43c-0bc0-7000-8008-829e5186d57e', '019cb43c-0bc0-7000-8035-5791a77f6072', false, 1, '9999-01-01 00:00:00+00', 'sms', '+573001000016', NULL, 'Fibra: your order O-16 waits for something that is missing. Questions: +573000000000, ref. 64B54-JSX8F', 'GSM-7', 1, 45.0000, 'COP', 'accepted', 1, '2026-03-03 15:06:00+00', '2026-03-03 15:06:00+00', '2026-03-03 15:06:00+00', '2026-03-03 15:06:00+00', '2026-03-03 15:06:00+00', 'sandbox', '2026-03-03T150600Z-64B54-JSX8F-sms.txt', NULL, NULL, '2026-03-03 15:06:00+00'),
	('019cb43e-cae0-7000-803b-6f489dbd121b', '019cb43e-cae0-7000-8032-f0cdde34dd83', false, 1, '2026-03-05 12:09:00+00', 'sms', '+573001000014', NULL, 'Fibra: we come on March 5, 2026 at 10:09 AM. Questions: +573000000000, ref. XZCMK-KJN4T', 'GSM-7', 1, 45.0000, 'COP', 'sending', 1, '2026-03-03 15:09:00+00', '2026-03-03 15:09:00+00', '2026-03-03 15:09:00+00', NULL, '2026-03-03 15:09:00+00', NULL, NULL, NULL, NULL, '2026-03-03 15:09:00+00'),
	('019cb43c-0bc0-7000-801a-13e593acc36c', '019cb43c-0bc0-7000-8027-a0ae67ae945b', false, 1, '9999-01-01 00:00:00+00', 'sms', '+573000000001', NULL, 'Nothing goes out by mail since 10:06 AM (the account is suspended).
1 waiting.
Put it right at the provider; it is tried again every few minutes.
(ref. 8G09C-GC479)', 'GSM-7', 2, 90.0000, 'COP', 'sending', 1, '2026-03-03 15:06:00+00', '2026-03-03 15:06:00+00', '2026-03-03 15:09:00+00', NULL, '2026-03-03 15:09:00+00', NULL, NULL, NULL, NULL, '2026-03-03 15:09:00+00');



INSERT INTO public.notice VALUES
	('019caed9-4300-7000-8032-51017f90f349', 'sandbox|alert|X-V5YBW-H99K1|79900 COP|111860.5 COP tax included', '15YGS-7YQTW', 'alert', false, 'promised-price', 'contract', 'K-10', NULL, 'field', 'service', 'field', NULL, 'alert', 0, NULL, NULL, NULL, 'told', 'due', 'charge X-10 is 111860.5 COP, promised 79900 COP by agent 7', '["sms"]', '[]', NULL, '2026-03-02 14:00:00+00', NULL, false, '{"actual":{"currency":"COP","type":"money","value":"111860.5"},"check":{"type":"text","value":"promised-price"},"contradiction":{"type":"text","value":"X-V5YBW-H99K1"},"promised":{"currency":"COP","type":"money","value":"79900"},"subject":{"type":"text","value":"contract:K-10"},"surfaces_at":{"type":"timestamp","value":"2026-03-04T11:00:00+00:00"},"topic":{"type":"text","value":"monthly_price"}}', '{}', '7822ecc9dcbfc81ed0f14c1d2377b97f5c0deb1410888a0c78521318f9544734', '', '{}', '', '', NULL, NULL, true, 1, '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00'),
	('019caed9-4300-7000-8065-fa836b23c5c8', 'sandbox|alert|X-7TAG0-9KMB6|79900 COP|111860.5 COP tax included', 'AF57M-0VV1Z', 'alert', false, 'promised-price', 'contract', 'K-11', NULL, 'field', 'service', 'field', NULL, 'alert', 0, NULL, NULL, NULL, 'told', 'due', 'charge X-11 is 111860.5 COP, promised 79900 COP by agent 7', '["sms"]', '[]', NULL, '2026-03-02 14:00:00+00', NULL, false, '{"actual":{"currency":"COP","type":"money","value":"111860.5"},"check":{"type":"text","value":"promised-price"},"contradiction":{"type":"text","value":"X-7TAG0-9KMB6"},"promised":{"currency":"COP","type":"money","value":"79900"},"subject":{"type":"text","value":"contract:K-11"},"surfaces_at":{"type":"timestamp","value":"2026-03-04T11:00:00+00:00"},"topic":{"type":"text","value":"monthly_price"}}', '{}', '357f785b2f1fb3c8c25f1815c811b85123091e24aa9082a9ebf5b01a0e24d4ef', '', '{}', '', '', NULL, NULL, true, 1, '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00'),
	('019caed9-4300-7000-80b5-c1cfee8c27a5', 'sandbox|alert|X-91WY5-YPS34|79900 COP|111860.5 COP tax included', 'H01EQ-N5D4X', 'alert', false, 'promised-price', 'contract', 'K-15', NULL, 'field', 'service', 'field', NULL, 'alert', 0, NULL, NULL, NULL, 'told', 'due', 'charge X-15 is 111860.5 COP, promised 79900 COP by agent 7', '["sms"]', '[]', NULL, '2026-03-02 14:00:00+00', NULL, false, '{"actual":{"currency":"COP","type":"money","value":"111860.5"},"check":{"type":"text","value":"promised-price"},"contradiction":{"type":"text","value":"X-91WY5-YPS34"},"promised":{"currency":"COP","type":"money","value":"79900"},"subject":{"type":"text","value":"contract:K-15"},"surfaces_at":{"type":"timestamp","value":"2026-03-04T11:00:00+00:00"},"topic":{"type":"text","value":"monthly_price"}}', '{}', '7d48fb0917a9db02b72e1314199766264ee107200b013a4c8d299deb9a1eacd5', '', '{}', '', '', NULL, NULL, true, 1, '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00'),
	('019caed9-4300-7000-80e8-7a789ed1ca2a', 'sandbox|alert|X-XWYDJ-B5NNK|79900 COP|111860.5 COP tax included', 'CTNGP-VS8ZS', 'alert', false, 'promised-price', 'contract', 'K-2', NULL, 'field', 'service', 'field', NULL, 'alert', 0, NULL, NULL, NULL, 'told', 'due', 'charge X-2 is 111860.5 COP, promised 79900 COP by agent 7', '["sms"]', '[]', NULL, '2026-03-02 14:00:00+00', NULL, false, '{"actual":{"currency":"COP","type":"money","value":"111860.5"},"check":{"type":"text","value":"promised-price"},"contradiction":{"type":"text","value":"X-XWYDJ-B5NNK"},"promised":{"currency":"COP","type":"money","value":"79900"},"subject":{"type":"text","value":"contract:K-2"},"surfaces_at":{"type":"timestamp","value":"2026-03-04T11:00:00+00:00"},"topic":{"type":"text","value":"monthly_price"}}', '{}', '0c3265e76269887e2a1bf363af34c6e3f3d76cc24342ff78e01053544d364ba5', '', '{}', '', '', NULL, NULL, true, 1, '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00'),
	('019caed9-4300-7000-810d-a66995e3df24', 'sandbox|alert|X-0QF17-K08PQ|79900 COP|111860.5 COP tax included', '93TWP-C57GQ', 'alert', false, 'promised-price', 'contract', 'K-9', NULL, 'field', 'service', 'field', NULL, 'alert', 0, NULL, NULL, NULL, 'told', 'due', 'charge X-9 is 111860.5 COP, promised 79900 COP by agent 7', '["sms"]', '[]', NULL, '2026-03-02 14:00:00+00', NULL, false, '{"actual":{"currency":"COP","type":"money","value":"111860.5"},"check":{"type":"text","value":"promised-price"},"contradiction":{"type":"text","value":"X-0QF17-K08PQ"},"promised":{"currency":"COP","type":"money","value":"79900"},"subject":{"type":"text","value":"contract:K-9"},"surfaces_at":{"type":"timestamp","value":"2026-03-04T11:00:00+00:00"},"topic":{"type":"text","value":"monthly_price"}}', '{}', '3c6eb21606a83b8a6cc142e57808c82cddd24a2dbc2b4ad9ed3caa1de756bc58', '', '{}', '', '', NULL, NULL, true, 1, '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00', '2026-03-02 14:00:00+00'),
	('019caed9-4300-7000-8013-67929993e7f0', 'sandbox|visit-reminder|appointment:A-11||C-11|2026-03-03T17:00Z', 'KJ9Z0-R8CRV', 'notice', false, 'visit-reminder', 'appointment', 'A-11', NULL, 'C-11', 'service', 'field', NULL, 'visit', 0, '2026-03-03 17:00:00+00', '2026-03-01 17:00:00+00', '2026-03-03 14:00:00+00', 'expired', 'missed', 'not sent before its time was over at 2026-03-03 14:00 UTC', '[]', '[]', NULL, NULL, NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-03T17:00:00+00:00"}}', '{}', '1b36cad528b109c8542b86a571e7d4b76761cfb1822c51fe33e50a0c753f37e0', 'd82d7fa0df9223386cea77b4caa766e9d12c31a998cb29d7c1b5fd99f91287eb', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, true, 1, '2026-03-02 14:00:00+00', '2026-03-03 15:00:00+00', NULL),
	('019cb436-8d80-7000-802d-1f673cdbbd2a', 'sandbox|visit-reminder|appointment:A-1||C-1|2026-03-05T15:00Z', 'FD4GE-97ZRJ', 'notice', false, 'visit-reminder', 'appointment', 'A-1', NULL, 'C-1', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-05 12:00:00+00', 'told', 'due', '48h before appointment.starts_at (2026-03-03 15:00 UTC)', '["sms","email"]', '[]', NULL, '2026-03-03 15:00:00+00', NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', '{}', '30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b', '02b67e9ef1cd291ca55f2d30ba9dbde854072cee257940775093f7462bb1f6df', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, true, 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-8054-924b3b18743d', 'sandbox|visit-reminder|appointment:A-2||C-2|2026-03-05T15:00Z', 'CWH1F-SK47Y', 'notice', false, 'visit-reminder', 'appointment', 'A-2', NULL, 'C-2', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-05 12:00:00+00', 'held', 'open_contradiction', 'held by promised-price: charge X-2 is 111860.5 COP, promised 79900 COP by agent 7 (contradiction X-XWYDJ-B5NNK, owner field)', '[]', '["X-XWYDJ-B5NNK"]', NULL, NULL, NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', '{}', '30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b', '73176bd336c23b5999aa38c3125a30611ac73dccdebd78691c29a465f0c3d7bb', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, false, 0, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', NULL),
	('019cb436-8d80-7000-8093-c9c1b5e28db3', 'sandbox|visit-reminder|appointment:A-3||C-3|2026-03-05T15:00Z', '44JES-VB2BR', 'notice', false, 'visit-reminder', 'appointment', 'A-3', NULL, 'C-3', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-05 12:00:00+00', 'suppressed', 'no_address', 'no address for sms and email', '[]', '[]', NULL, NULL, NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', '{}', '30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b', '7887ea688e8930667fe7404de8eabcfab5df25782ca197117288250f625a05a4', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, false, 0, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', NULL),
	('019cb436-8d80-7000-80c9-fb7c266272ed', 'sandbox|visit-reminder|appointment:A-4||C-4|2026-03-05T15:00Z', '9SNTK-K505P', 'notice', false, 'visit-reminder', 'appointment', 'A-4', NULL, 'C-4', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-05 12:00:00+00', 'deferred', 'quiet_hours', 'quiet hours until 2026-03-04 08:00 Asia/Tokyo', '["sms","email"]', '[]', '2026-03-03 23:00:00+00', NULL, NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', '{}', '30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b', '195a676a8e33389ce96a802e201ada73292e0e3be620ec8608fb3b0556da6e41', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, false, 0, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', NULL),
	('019cb436-8d80-7000-812f-3b300e2826f2', 'sandbox|visit-reminder|appointment:A-5||C-5|2026-03-05T15:00Z', 'SEH1T-ZVK34', 'notice', false, 'visit-reminder', 'appointment', 'A-5', NULL, 'C-5', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-05 12:00:00+00', 'ready', 'due', '48h before appointment.starts_at (2026-03-03 15:00 UTC); no address for email', '["sms"]', '[]', NULL, '2026-03-03 15:00:00+00', NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', '{}', '30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b', '3dee8ec4a8f2dd04ba9088ceca2181abdb257cdc3d447b6a1de383af1c9c89c5', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, false, 0, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', NULL),
	('019cb436-8d80-7000-8157-322dd42fd873', 'sandbox|visit-reminder|appointment:A-6||C-6|2026-03-05T15:00Z', 'VEG1T-88D59', 'notice', false, 'visit-reminder', 'appointment', 'A-6', NULL, 'C-6', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-05 12:00:00+00', 'ready', 'due', '48h before appointment.starts_at (2026-03-03 15:00 UTC); no address for email', '["sms"]', '[]', NULL, '2026-03-03 15:00:00+00', NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', '{}', '30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b', 'eda6f6ba9c56ab4bbbc8ad6282dc2f60717b5432fd858fdb6cd9b9a53365cfb1', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, false, 0, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', NULL),
	('019cb436-8d80-7000-81fd-da2e951b0849', 'sandbox|visit-reminder|appointment:A-8||C-8|2026-03-05T15:00Z', 'NJY8T-9XF7J', 'notice', false, 'visit-reminder', 'appointment', 'A-8', NULL, 'C-8', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-05 12:00:00+00', 'told', 'due', '48h before appointment.starts_at (2026-03-03 15:00 UTC)', '["sms","email"]', '[]', NULL, '2026-03-03 15:00:00+00', NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', '{}', '30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b', '974620cfa1a4aa4dc81bdd5197d486104e534b971ff0ee0a7af55abe29e76528', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, true, 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-8259-2beea1a3cc68', 'sandbox|visit-reminder|appointment:A-10||C-10|2026-03-05T15:00Z', 'T3344-AMP9W', 'notice', false, 'visit-reminder', 'appointment', 'A-10', NULL, 'C-10', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-05 12:00:00+00', 'cancelled', 'person', 'cancelled by marta: agreed on the phone', '[]', '["X-V5YBW-H99K1"]', NULL, NULL, NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', '{}', '30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b', '301841694f4d9723d86834a96c06fcbedd492f7cfe21b2ea77e8d83c7b4fc30f', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, true, 1, '2026-03-03 15:00:00+00', '2026-03-03 15:02:00+00', NULL),
	('019cb436-8d80-7000-820c-a22a660d8726', 'sandbox|visit-reminder|appointment:A-9||C-9|2026-03-05T15:00Z', 'A0S6X-RBZ6G', 'notice', false, 'visit-reminder', 'appointment', 'A-9', NULL, 'C-9', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-05 12:00:00+00', 'told', 'due', '48h before appointment.starts_at (2026-03-03 15:00 UTC)', '["sms","email"]', '[]', NULL, '2026-03-03 15:03:00+00', NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', '{}', '30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b', '92485a14b21b35995b2a11c86c1791073bd86d2b283f531e67b2004cb2fb6f69', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, true, 2, '2026-03-03 15:00:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00'),
	('019cb436-8d80-7000-8387-2571495669bf', 'sandbox|alert|visit-reminder|suppressed|2026-03-03T15:00:00+00:00|sandbox|visit-reminder|appointment:A-3||C-3|2026-03-05T15:00Z', 'F1Y98-843SB', 'alert', false, 'visit-reminder', 'appointment', 'A-3', NULL, 'field', 'service', 'field', NULL, 'alert', 0, NULL, NULL, NULL, 'told', 'due', 'no address for sms and email', '["sms"]', '[]', NULL, '2026-03-03 15:00:00+00', NULL, false, '{"count":{"type":"number","value":"1"},"reason":{"type":"text","value":"no address for sms and email"},"rule":{"type":"text","value":"visit-reminder"}}', '{}', '09cb9f2f4f54d6b65b6e33910bd2518fd95e5bb168d1fef8f50cf5640d17c4ac', '', '{}', '', '', NULL, NULL, true, 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-8034-6f0298a66d67', 'sandbox|order-held|order:O-18||C-18|', 'YPCX3-MAQZR', 'notice', false, 'order-held', 'order', 'O-18', NULL, 'C-18', 'service', 'field', NULL, 'order_held', 0, NULL, NULL, NULL, 'told', 'due', 'what the rule says is true', '["sms","email"]', '[]', NULL, '2026-03-03 15:00:00+00', NULL, false, '{"order_number":{"source":"order.id","type":"text","value":"O-18"}}', '{}', '0225ff995b732aaf91b62fef85f03c2ba72e48f2915dad080b81cd8d82d5d091', 'f8b0883c1265e4cbf398ccf8018ba76df381e454b8ec399e63b33376e7dd3a21', '{"order.status":"held","order.status == ''held''":true}', '381acb97a14b5d41aa5c1c0c7386bc4674ad031727223ec0a7b2191304389cfc', 'a54e939f13782758838da8d61560757a1af0731a3601945015a5edd2e7d0215a', NULL, NULL, true, 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-828d-54927a1eb159', 'sandbox|visit-reminder|appointment:A-12||C-12|2026-03-05T15:00Z', 'YTJWF-71JYB', 'notice', false, 'visit-reminder', 'appointment', 'A-12', NULL, 'C-12', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-05 12:00:00+00', 'told', 'due', '48h before appointment.starts_at (2026-03-03 15:00 UTC)', '["sms","email"]', '[]', NULL, '2026-03-03 15:00:00+00', NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', '{}', '30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b', 'b533934db2d04b1c1da8c69ac5b6a3927092b95b00fcfaee6cbf9dbd9a864d65', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, true, 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-83d5-c91b53ad5791', 'sandbox|alert|visit-reminder|expired|2026-03-03T15:00:00+00:00|sandbox|visit-reminder|appointment:A-11||C-11|2026-03-03T17:00Z', 'J6JVN-Y9T21', 'alert', false, 'visit-reminder', 'appointment', 'A-11', NULL, 'field', 'service', 'field', NULL, 'alert', 0, NULL, NULL, NULL, 'told', 'due', 'not sent before its time was over at 2026-03-03 14:00 UTC', '["sms"]', '[]', NULL, '2026-03-03 15:00:00+00', NULL, false, '{"count":{"type":"number","value":"1"},"reason":{"type":"text","value":"not sent before its time was over at 2026-03-03 14:00 UTC"},"rule":{"type":"text","value":"visit-reminder"}}', '{}', '4ce246f7984a19080f9fcea43b5db2c335fe7b777f1b7c6209764c4a35bff863', '', '{}', '', '', NULL, NULL, true, 1, '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-03 15:00:00+00'),
	('019cb436-8d80-7000-81a8-bed74e1d6663', 'sandbox|visit-reminder|appointment:A-7||C-7|2026-03-05T15:00Z', '1E97J-J9MAK', 'notice', false, 'visit-reminder', 'appointment', 'A-7', NULL, 'C-7', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-05 12:00:00+00', 'failed', 'undeliverable', 'no channel took it: no address for email; sms: the number is a landline', '[]', '[]', NULL, '2026-03-03 15:00:00+00', NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', '{}', '30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b', '68061f4eaa1200b6744534ed11ff2961712758119959623ebfc4294edb9a10c4', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, false, 2, '2026-03-03 15:00:00+00', '2026-03-03 15:03:00+00', NULL),
	('019cb439-4ca0-7000-8167-a9efe5a58ed3', 'sandbox|alert|visit-reminder|failed|2026-03-03T15:03:00+00:00|sandbox|visit-reminder|appointment:A-7||C-7|2026-03-05T15:00Z', 'X8KRM-3C10B', 'alert', false, 'visit-reminder', 'appointment', 'A-7', NULL, 'field', 'service', 'field', NULL, 'alert', 0, NULL, NULL, NULL, 'told', 'due', 'no channel took it: no address for email; sms: the number is a landline', '["sms"]', '[]', NULL, '2026-03-03 15:03:00+00', NULL, false, '{"count":{"type":"number","value":"1"},"reason":{"type":"text","value":"no channel took it: no address for email; sms: the number is a landline"},"rule":{"type":"text","value":"visit-reminder"}}', '{}', '0c22c2a29139a593ed462b090adbb6dc771df51f4337b18365d71d5e50155e53', '', '{}', '', '', NULL, NULL, true, 1, '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00'),
	('019cb439-4ca0-7000-80ff-e456c0faf8b9', 'sandbox|visit-reminder|appointment:A-12||C-12|2026-03-05T15:00Z|correction b412b521aa3e9899', 'E7C3W-QXB5S', 'correction', false, 'visit-reminder', 'appointment', 'A-12', NULL, 'C-12', 'service', 'field', NULL, 'visit', 0, '2026-03-05 19:00:00+00', '2026-03-03 19:00:00+00', '2026-03-05 19:00:00+00', 'told', 'due', 'corrects YTJWF-71JYB', '["sms","email"]', '[]', NULL, '2026-03-03 15:03:00+00', NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T19:00:00+00:00"}}', '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', 'b412b521aa3e98997d35e584ce8c37037a56f9719a7f5c99fd586d4490f57548', 'c40e89c3ff928234ea914a75a869d49090bb4c896f10ef85f30519d58cc9697b', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', 'sandbox|visit-reminder|appointment:A-12||C-12|2026-03-05T15:00Z', NULL, true, 1, '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00'),
	('019cb436-8d80-7000-82f4-59a4fe96970f', 'sandbox|visit-reminder|appointment:A-13||C-13|2026-03-05T15:00Z', 'PRQ1A-CBVMF', 'notice', false, 'visit-reminder', 'appointment', 'A-13', NULL, 'C-13', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-05 12:00:00+00', 'cancelled', 'no_longer_true', 'what it says is no longer true', '["sms"]', '[]', NULL, '2026-03-03 15:00:00+00', NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', '{}', '30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b', '1060b772992ad297f0f4aae416935c6b716178f79c62257577bf0f93d25185d2', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, false, 1, '2026-03-03 15:00:00+00', '2026-03-03 15:03:00+00', NULL),
	('019cb436-8d80-7000-8328-41ebe8ffdbe6', 'sandbox|visit-reminder|appointment:A-15||C-15|2026-03-05T15:00Z', 'E215W-0Q505', 'notice', false, 'visit-reminder', 'appointment', 'A-15', NULL, 'C-15', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:00:00+00', '2026-03-03 15:00:00+00', '2026-03-05 12:00:00+00', 'told', 'due', '48h before appointment.starts_at (2026-03-03 15:00 UTC)', '["sms","email"]', '[]', NULL, '2026-03-03 15:03:00+00', NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:00:00+00:00"}}', '{}', '30d21960a72a9bee6a3a749cc7d76eb0d4055b903db4a26ecde82a90f3c3584b', 'a28ef0550889782bcaa57e143d07df17a66d9b8814f63ab00b20c9257fe11147', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, true, 2, '2026-03-03 15:00:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00'),
	('019cb439-4ca0-7000-803f-3c2840862093', 'sandbox|order-held|order:O-18||C-18||follow-up order_done', 'GEWZD-F4G35', 'follow_up', false, 'order-held', 'order', 'O-18', NULL, 'C-18', 'service', 'field', NULL, 'order_done', 0, NULL, NULL, NULL, 'told', 'due', 'follows up YPCX3-MAQZR', '["email","sms"]', '[]', NULL, '2026-03-03 15:03:00+00', NULL, false, '{"order_number":{"source":"order.id","type":"text","value":"O-18"}}', '{}', '0225ff995b732aaf91b62fef85f03c2ba72e48f2915dad080b81cd8d82d5d091', '85968360744fa0199c068cf80cf0f4f40eb20f587b8b1d0faa0ae3db3030cc9a', '{"order.status":"completed","order.status == ''held''":false}', '381acb97a14b5d41aa5c1c0c7386bc4674ad031727223ec0a7b2191304389cfc', '9204a51f2c18a4b258c276250b208fbe96d1b91ab67e294e17818b323fc56152', NULL, 'sandbox|order-held|order:O-18||C-18|', true, 1, '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00', '2026-03-03 15:03:00+00'),
	('019cb43c-0bc0-7000-8035-5791a77f6072', 'sandbox|order-held|order:O-16||C-16|', '64B54-JSX8F', 'notice', false, 'order-held', 'order', 'O-16', NULL, 'C-16', 'service', 'field', NULL, 'order_held', 0, NULL, NULL, NULL, 'told', 'due', 'what the rule says is true', '["sms","email"]', '[]', NULL, '2026-03-03 15:06:00+00', NULL, false, '{"order_number":{"source":"order.id","type":"text","value":"O-16"}}', '{}', 'e40f09cb23ccd74bbc2be12a22615edab41ca4c451f8f654aea08142776ce195', 'cf49280957859fc16ccc64890a637ea7c900fdd8d8e938c10bbedcfbaaa4bb2f', '{"order.status":"held","order.status == ''held''":true}', '381acb97a14b5d41aa5c1c0c7386bc4674ad031727223ec0a7b2191304389cfc', 'a54e939f13782758838da8d61560757a1af0731a3601945015a5edd2e7d0215a', NULL, NULL, true, 1, '2026-03-03 15:06:00+00', '2026-03-03 15:06:00+00', '2026-03-03 15:06:00+00'),
	('019cb43c-0bc0-7000-8027-a0ae67ae945b', 'sandbox|alert|channel|email|2026-03-03T15:06:00+00:00', '8G09C-GC479', 'alert', false, 'email', 'channel', 'email', NULL, 'field', 'service', 'field', NULL, 'alert', 0, NULL, NULL, NULL, 'ready', 'due', 'email stands still: the account is suspended', '["sms"]', '[]', NULL, '2026-03-03 15:06:00+00', NULL, false, '{"channel":{"type":"text","value":"email"},"halted_at":{"type":"timestamp","value":"2026-03-03T15:06:00+00:00"},"reason":{"type":"text","value":"the account is suspended"},"waiting":{"type":"number","value":"1"}}', '{}', 'ae81f39c1ad0d70e5478207d2f36240f091071af6d85536cf8ad3bf31e5296f8', '', '{}', '', '', NULL, NULL, false, 0, '2026-03-03 15:06:00+00', '2026-03-03 15:06:00+00', NULL),
	('019cb43e-cae0-7000-8032-f0cdde34dd83', 'sandbox|visit-reminder|appointment:A-14||C-14|2026-03-05T15:09Z', 'XZCMK-KJN4T', 'notice', false, 'visit-reminder', 'appointment', 'A-14', NULL, 'C-14', 'service', 'field', NULL, 'visit', 0, '2026-03-05 15:09:00+00', '2026-03-03 15:09:00+00', '2026-03-05 12:09:00+00', 'ready', 'due', '48h before appointment.starts_at (2026-03-03 15:09 UTC); no address for email', '["sms"]', '[]', NULL, '2026-03-03 15:09:00+00', NULL, false, '{"starts_at":{"source":"appointment.starts_at","type":"timestamp","value":"2026-03-05T15:09:00+00:00"}}', '{}', '11431363d62196e2bf302254aa5dd5e63ce90018d71a418f0f99f83f99074d95', '8db1e6d160e314aba682c3fdfd316b1c0ffabe58ffb8d9e69a4554b2e419a406', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', 'ff76d626ba857d5f5b66bf52607f07104372fabbcd890ab60e1db88e6e691811', NULL, NULL, false, 0, '2026-03-03 15:09:00+00', '2026-03-03 15:09:00+00', NULL);



INSERT INTO public."order" VALUES
	('O-17', NULL, '2026-03-02 14:00:00+00', 'C-17', NULL, NULL, 'held', '2026-03-02 14:00:00+00', '2026-03-01 13:00:00+00', NULL, NULL, NULL, NULL, NULL, 120000.5000, 'COP', NULL),
	('O-18', NULL, '2026-03-03 15:02:00+00', 'C-18', NULL, NULL, 'completed', '2026-03-03 15:02:00+00', '2026-03-01 13:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('O-16', NULL, '2026-03-03 15:05:00+00', 'C-16', NULL, NULL, 'held', '2026-03-03 15:05:00+00', '2026-03-01 13:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('O-1', NULL, '2026-03-03 15:10:00+00', 'C-1', NULL, NULL, 'held', '2026-03-03 15:10:00+00', '2026-03-01 13:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);



INSERT INTO public.pace VALUES
	('sms', false, '1970-01-01 00:00:00+00'),
	('email', false, '1970-01-01 00:00:00+00');



INSERT INTO public.past_verdict VALUES
	('019caed9-4300-7000-8013-67929993e7f0', 0, '2026-03-02 14:00:00+00', 'held', 'open_contradiction', 'held by promised-price: charge X-11 is 111860.5 COP, promised 79900 COP by agent 7 (contradiction X-7TAG0-9KMB6, owner field)', '["X-7TAG0-9KMB6"]', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}'),
	('019cb436-8d80-7000-81a8-bed74e1d6663', 0, '2026-03-03 15:00:00+00', 'ready', 'due', '48h before appointment.starts_at (2026-03-03 15:00 UTC); no address for email', '[]', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}'),
	('019cb436-8d80-7000-8259-2beea1a3cc68', 0, '2026-03-03 15:00:00+00', 'held', 'open_contradiction', 'held by promised-price: charge X-10 is 111860.5 COP, promised 79900 COP by agent 7 (contradiction X-V5YBW-H99K1, owner field)', '["X-V5YBW-H99K1"]', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}'),
	('019cb436-8d80-7000-820c-a22a660d8726', 0, '2026-03-03 15:00:00+00', 'held', 'open_contradiction', 'held by promised-price: charge X-9 is 111860.5 COP, promised 79900 COP by agent 7 (contradiction X-0QF17-K08PQ, owner field)', '["X-0QF17-K08PQ"]', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}'),
	('019cb436-8d80-7000-8328-41ebe8ffdbe6', 0, '2026-03-03 15:00:00+00', 'held', 'open_contradiction', 'held by promised-price: charge X-15 is 111860.5 COP, promised 79900 COP by agent 7 (contradiction X-91WY5-YPS34, owner field)', '["X-91WY5-YPS34"]', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}'),
	('019cb436-8d80-7000-81a8-bed74e1d6663', 1, '2026-03-03 15:00:00+00', 'deferred', 'undeliverable', 'sms: the number is a landline; the next tick looks for another channel', '[]', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}'),
	('019cb436-8d80-7000-82f4-59a4fe96970f', 0, '2026-03-03 15:00:00+00', 'ready', 'due', '48h before appointment.starts_at (2026-03-03 15:00 UTC); no address for email', '[]', '{"appointment.status":"confirmed","appointment.status == ''confirmed''":true}');



INSERT INTO public.payload VALUES
	('019cb436-8d80-7000-802c-e377826ad1b8', '\x46726f6d3a204669627261203c6e6f7469636573406578616d706c652e636f6d3e0d0a4175746f2d5375626d69747465643a206175746f2d67656e6572617465640d0a4d494d452d56657273696f6e3a20312e300d0a546f3a206331406578616d706c652e636f6d0d0a5375626a6563743a20576520766973697420796f75206f6e204d6172636820352c20323032360d0a446174653a205475652c203033204d617220323032362031353a30303a3030202b303030300d0a4d6573736167652d49443a203c66643467652d39377a726a406578616d706c652e636f6d3e0d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b20626f756e646172793d223d5f46443447452d39375a524a220d0a0d0a2d2d3d5f46443447452d39375a524a0d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a48656c6c6f20416e612c0d0a0d0a776520636f6d65206f6e2054687572736461792c204d6172636820352c20323032362061742031303a303020414d2e0d0a0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652046443447452d39375a524a2e0d0a0d0a46696272610d0a2d2d3d5f46443447452d39375a524a0d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e3c68746d6c206c616e673d334422656e223e3c686561643e3c6d65746120636861727365743d3344227574662d38223e3c7469746c653e3d0d0a576520766973697420796f75206f6e204d6172636820352c20323032363d0d0a3c2f7469746c653e3c2f686561643e0d0a3c626f64793e0d0a3c68313e3d0d0a576520766973697420796f75206f6e204d6172636820352c20323032363d0d0a3c2f68313e0d0a3c703e3d0d0a48656c6c6f20416e612c3d0d0a3c2f703e0d0a3c703e3d0d0a776520636f6d65206f6e2054687572736461792c204d6172636820352c20323032362061742031303a303020414d2e3d0d0a3c2f703e0d0a3c703e3d0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652046443447452d39375a524a2e3d0d0a3c2f703e0d0a3c703e3d0d0a46696272613d0d0a3c2f703e0d0a3c703e3d0d0a43616c6c2075733d0d0a3d32303d0d0a2b3537333030303030303030303d0d0a3c2f703e3c703e3d0d0a46696272613d0d0a2c3d32303d0d0a46443447452d39375a524a3d0d0a3c2f703e0d0a0d0a3c2f626f64793e3c2f68746d6c3e0d0a2d2d3d5f46443447452d39375a524a2d2d0d0a'),
	('019cb436-8d80-7000-81d6-c6a5dddf2084', '\x46726f6d3a204669627261203c6e6f7469636573406578616d706c652e636f6d3e0d0a4175746f2d5375626d69747465643a206175746f2d67656e6572617465640d0a4d494d452d56657273696f6e3a20312e300d0a546f3a206338406578616d706c652e636f6d0d0a5375626a6563743a20576520766973697420796f75206f6e204d6172636820352c20323032360d0a446174653a205475652c203033204d617220323032362031353a30303a3030202b303030300d0a4d6573736167652d49443a203c6e6a7938742d397866376a406578616d706c652e636f6d3e0d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b20626f756e646172793d223d5f4e4a5938542d395846374a220d0a0d0a2d2d3d5f4e4a5938542d395846374a0d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a48656c6c6f204a75616e2c0d0a0d0a776520636f6d65206f6e2054687572736461792c204d6172636820352c20323032362061742031303a303020414d2e0d0a0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e6365204e4a5938542d395846374a2e0d0a0d0a46696272610d0a2d2d3d5f4e4a5938542d395846374a0d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e3c68746d6c206c616e673d334422656e223e3c686561643e3c6d65746120636861727365743d3344227574662d38223e3c7469746c653e3d0d0a576520766973697420796f75206f6e204d6172636820352c20323032363d0d0a3c2f7469746c653e3c2f686561643e0d0a3c626f64793e0d0a3c68313e3d0d0a576520766973697420796f75206f6e204d6172636820352c20323032363d0d0a3c2f68313e0d0a3c703e3d0d0a48656c6c6f204a75616e2c3d0d0a3c2f703e0d0a3c703e3d0d0a776520636f6d65206f6e2054687572736461792c204d6172636820352c20323032362061742031303a303020414d2e3d0d0a3c2f703e0d0a3c703e3d0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e6365204e4a5938542d395846374a2e3d0d0a3c2f703e0d0a3c703e3d0d0a46696272613d0d0a3c2f703e0d0a3c703e3d0d0a43616c6c2075733d0d0a3d32303d0d0a2b3537333030303030303030303d0d0a3c2f703e3c703e3d0d0a46696272613d0d0a2c3d32303d0d0a4e4a5938542d395846374a3d0d0a3c2f703e0d0a0d0a3c2f626f64793e3c2f68746d6c3e0d0a2d2d3d5f4e4a5938542d395846374a2d2d0d0a'),
	('019cb436-8d80-7000-82b2-b86a7df3796a', '\x46726f6d3a204669627261203c6e6f7469636573406578616d706c652e636f6d3e0d0a4175746f2d5375626d69747465643a206175746f2d67656e6572617465640d0a4d494d452d56657273696f6e3a20312e300d0a546f3a20633132406578616d706c652e636f6d0d0a5375626a6563743a20576520766973697420796f75206f6e204d6172636820352c20323032360d0a446174653a205475652c203033204d617220323032362031353a30303a3030202b303030300d0a4d6573736167652d49443a203c79746a77662d37316a7962406578616d706c652e636f6d3e0d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b20626f756e646172793d223d5f59544a57462d37314a5942220d0a0d0a2d2d3d5f59544a57462d37314a59420d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a48656c6c6f2049763d43333d41316e2c0d0a0d0a776520636f6d65206f6e2054687572736461792c204d6172636820352c20323032362061742031303a303020414d2e0d0a0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652059544a57462d37314a59422e0d0a0d0a46696272610d0a2d2d3d5f59544a57462d37314a59420d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e3c68746d6c206c616e673d334422656e223e3c686561643e3c6d65746120636861727365743d3344227574662d38223e3c7469746c653e3d0d0a576520766973697420796f75206f6e204d6172636820352c20323032363d0d0a3c2f7469746c653e3c2f686561643e0d0a3c626f64793e0d0a3c68313e3d0d0a576520766973697420796f75206f6e204d6172636820352c20323032363d0d0a3c2f68313e0d0a3c703e3d0d0a48656c6c6f2049763d43333d41316e2c3d0d0a3c2f703e0d0a3c703e3d0d0a776520636f6d65206f6e2054687572736461792c204d6172636820352c20323032362061742031303a303020414d2e3d0d0a3c2f703e0d0a3c703e3d0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652059544a57462d37314a59422e3d0d0a3c2f703e0d0a3c703e3d0d0a46696272613d0d0a3c2f703e0d0a3c703e3d0d0a43616c6c2075733d0d0a3d32303d0d0a2b3537333030303030303030303d0d0a3c2f703e3c703e3d0d0a46696272613d0d0a2c3d32303d0d0a59544a57462d37314a59423d0d0a3c2f703e0d0a0d0a3c2f626f64793e3c2f68746d6c3e0d0a2d2d3d5f59544a57462d37314a59422d2d0d0a'),
	('019cb436-8d80-7000-8021-b30a6c731d9e', '\x46726f6d3a204669627261203c6e6f7469636573406578616d706c652e636f6d3e0d0a4175746f2d5375626d69747465643a206175746f2d67656e6572617465640d0a4d494d452d56657273696f6e3a20312e300d0a546f3a20633138406578616d706c652e636f6d0d0a5375626a6563743a20596f7572206f72646572204f2d313820776169747320666f7220736f6d657468696e672074686174206973206d697373696e670d0a446174653a205475652c203033204d617220323032362031353a30303a3030202b303030300d0a4d6573736167652d49443a203c79706378332d6d61717a72406578616d706c652e636f6d3e0d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b20626f756e646172793d223d5f59504358332d4d41515a52220d0a0d0a2d2d3d5f59504358332d4d41515a520d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a48656c6c6f20556d612c0d0a0d0a796f7572206f72646572204f2d313820776169747320666f7220736f6d657468696e672074686174206973206d697373696e672e0d0a0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652059504358332d4d41515a522e0d0a0d0a46696272610d0a2d2d3d5f59504358332d4d41515a520d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e3c68746d6c206c616e673d334422656e223e3c686561643e3c6d65746120636861727365743d3344227574662d38223e3c7469746c653e3d0d0a596f7572206f72646572204f2d313820776169747320666f7220736f6d657468696e672074686174206973206d697373696e673d0d0a3c2f7469746c653e3c2f686561643e0d0a3c626f64793e0d0a3c68313e3d0d0a596f7572206f72646572204f2d313820776169747320666f7220736f6d657468696e672074686174206973206d697373696e673d0d0a3c2f68313e0d0a3c703e3d0d0a48656c6c6f20556d612c3d0d0a3c2f703e0d0a3c703e3d0d0a796f7572206f72646572204f2d313820776169747320666f7220736f6d657468696e672074686174206973206d697373696e672e3d0d0a3c2f703e0d0a3c703e3d0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652059504358332d4d41515a522e3d0d0a3c2f703e0d0a3c703e3d0d0a46696272613d0d0a3c2f703e0d0a3c703e3d0d0a43616c6c2075733d0d0a3d32303d0d0a2b3537333030303030303030303d0d0a3c2f703e3c703e3d0d0a46696272613d0d0a2c3d32303d0d0a59504358332d4d41515a523d0d0a3c2f703e0d0a0d0a3c2f626f64793e3c2f68746d6c3e0d0a2d2d3d5f59504358332d4d41515a522d2d0d0a'),
	('019cb439-4ca0-7000-80da-6a800efb613f', '\x46726f6d3a204669627261203c6e6f7469636573406578616d706c652e636f6d3e0d0a4175746f2d5375626d69747465643a206175746f2d67656e6572617465640d0a4d494d452d56657273696f6e3a20312e300d0a546f3a20633132406578616d706c652e636f6d0d0a5375626a6563743a20436f7272656374696f6e3a20576520766973697420796f75206f6e204d6172636820352c20323032360d0a446174653a205475652c203033204d617220323032362031353a30333a3030202b303030300d0a4d6573736167652d49443a203c65376333772d7178623573406578616d706c652e636f6d3e0d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b20626f756e646172793d223d5f45374333572d5158423553220d0a0d0a2d2d3d5f45374333572d51584235530d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a48656c6c6f2049763d43333d41316e2c0d0a0d0a436f7272656374696f6e3a20776520746f6c6420796f75204d6172636820352c20323032362c2031303a303020414d2c206974206973206e6f77204d6172636820352c20323032362c20323d0d0a3a303020504d2e0d0a0d0a776520636f6d65206f6e2054687572736461792c204d6172636820352c203230323620617420323a303020504d2e0d0a0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652045374333572d51584235532e0d0a0d0a46696272610d0a2d2d3d5f45374333572d51584235530d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e3c68746d6c206c616e673d334422656e223e3c686561643e3c6d65746120636861727365743d3344227574662d38223e3c7469746c653e3d0d0a436f7272656374696f6e3a20576520766973697420796f75206f6e204d6172636820352c20323032363d0d0a3c2f7469746c653e3c2f686561643e0d0a3c626f64793e0d0a3c68313e3d0d0a436f7272656374696f6e3a20576520766973697420796f75206f6e204d6172636820352c20323032363d0d0a3c2f68313e0d0a3c703e3d0d0a48656c6c6f2049763d43333d41316e2c3d0d0a3c2f703e0d0a3c703e3d0d0a436f7272656374696f6e3a20776520746f6c6420796f75204d6172636820352c20323032362c2031303a303020414d2c206974206973206e6f77204d6172636820352c20323032362c20323d0d0a3a303020504d2e3d0d0a3c2f703e0d0a3c703e3d0d0a776520636f6d65206f6e2054687572736461792c204d6172636820352c203230323620617420323a303020504d2e3d0d0a3c2f703e0d0a3c703e3d0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652045374333572d51584235532e3d0d0a3c2f703e0d0a3c703e3d0d0a46696272613d0d0a3c2f703e0d0a3c703e3d0d0a43616c6c2075733d0d0a3d32303d0d0a2b3537333030303030303030303d0d0a3c2f703e3c703e3d0d0a46696272613d0d0a2c3d32303d0d0a45374333572d51584235533d0d0a3c2f703e0d0a0d0a3c2f626f64793e3c2f68746d6c3e0d0a2d2d3d5f45374333572d51584235532d2d0d0a'),
	('019cb439-4ca0-7000-8073-8ca4f6825cf5', '\x46726f6d3a204669627261203c6e6f7469636573406578616d706c652e636f6d3e0d0a4175746f2d5375626d69747465643a206175746f2d67656e6572617465640d0a4d494d452d56657273696f6e3a20312e300d0a546f3a206339406578616d706c652e636f6d0d0a5375626a6563743a20576520766973697420796f75206f6e204d6172636820352c20323032360d0a446174653a205475652c203033204d617220323032362031353a30333a3030202b303030300d0a4d6573736167652d49443a203c61307336782d72627a3667406578616d706c652e636f6d3e0d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b20626f756e646172793d223d5f41305336582d52425a3647220d0a0d0a2d2d3d5f41305336582d52425a36470d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a48656c6c6f20536172612c0d0a0d0a776520636f6d65206f6e2054687572736461792c204d6172636820352c20323032362061742031303a303020414d2e0d0a0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652041305336582d52425a36472e0d0a0d0a46696272610d0a2d2d3d5f41305336582d52425a36470d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e3c68746d6c206c616e673d334422656e223e3c686561643e3c6d65746120636861727365743d3344227574662d38223e3c7469746c653e3d0d0a576520766973697420796f75206f6e204d6172636820352c20323032363d0d0a3c2f7469746c653e3c2f686561643e0d0a3c626f64793e0d0a3c68313e3d0d0a576520766973697420796f75206f6e204d6172636820352c20323032363d0d0a3c2f68313e0d0a3c703e3d0d0a48656c6c6f20536172612c3d0d0a3c2f703e0d0a3c703e3d0d0a776520636f6d65206f6e2054687572736461792c204d6172636820352c20323032362061742031303a303020414d2e3d0d0a3c2f703e0d0a3c703e3d0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652041305336582d52425a36472e3d0d0a3c2f703e0d0a3c703e3d0d0a46696272613d0d0a3c2f703e0d0a3c703e3d0d0a43616c6c2075733d0d0a3d32303d0d0a2b3537333030303030303030303d0d0a3c2f703e3c703e3d0d0a46696272613d0d0a2c3d32303d0d0a41305336582d52425a36473d0d0a3c2f703e0d0a0d0a3c2f626f64793e3c2f68746d6c3e0d0a2d2d3d5f41305336582d52425a36472d2d0d0a'),
	('019cb439-4ca0-7000-80af-c83d9f6e50f7', '\x46726f6d3a204669627261203c6e6f7469636573406578616d706c652e636f6d3e0d0a4175746f2d5375626d69747465643a206175746f2d67656e6572617465640d0a4d494d452d56657273696f6e3a20312e300d0a546f3a20633135406578616d706c652e636f6d0d0a5375626a6563743a20576520766973697420796f75206f6e204d6172636820352c20323032360d0a446174653a205475652c203033204d617220323032362031353a30333a3030202b303030300d0a4d6573736167652d49443a203c65323135772d3071353035406578616d706c652e636f6d3e0d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b20626f756e646172793d223d5f45323135572d3051353035220d0a0d0a2d2d3d5f45323135572d30513530350d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a48656c6c6f204d69612c0d0a0d0a776520636f6d65206f6e2054687572736461792c204d6172636820352c20323032362061742031303a303020414d2e0d0a0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652045323135572d30513530352e0d0a0d0a46696272610d0a2d2d3d5f45323135572d30513530350d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e3c68746d6c206c616e673d334422656e223e3c686561643e3c6d65746120636861727365743d3344227574662d38223e3c7469746c653e3d0d0a576520766973697420796f75206f6e204d6172636820352c20323032363d0d0a3c2f7469746c653e3c2f686561643e0d0a3c626f64793e0d0a3c68313e3d0d0a576520766973697420796f75206f6e204d6172636820352c20323032363d0d0a3c2f68313e0d0a3c703e3d0d0a48656c6c6f204d69612c3d0d0a3c2f703e0d0a3c703e3d0d0a776520636f6d65206f6e2054687572736461792c204d6172636820352c20323032362061742031303a303020414d2e3d0d0a3c2f703e0d0a3c703e3d0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652045323135572d30513530352e3d0d0a3c2f703e0d0a3c703e3d0d0a46696272613d0d0a3c2f703e0d0a3c703e3d0d0a43616c6c2075733d0d0a3d32303d0d0a2b3537333030303030303030303d0d0a3c2f703e3c703e3d0d0a46696272613d0d0a2c3d32303d0d0a45323135572d30513530353d0d0a3c2f703e0d0a0d0a3c2f626f64793e3c2f68746d6c3e0d0a2d2d3d5f45323135572d30513530352d2d0d0a'),
	('019cb439-4ca0-7000-8033-151d0b28c57c', '\x46726f6d3a204669627261203c6e6f7469636573406578616d706c652e636f6d3e0d0a4175746f2d5375626d69747465643a206175746f2d67656e6572617465640d0a4d494d452d56657273696f6e3a20312e300d0a546f3a20633138406578616d706c652e636f6d0d0a5375626a6563743a20596f7572206f72646572204f2d313820697320636f6d706c6574650d0a446174653a205475652c203033204d617220323032362031353a30333a3030202b303030300d0a4d6573736167652d49443a203c6765777a642d6634673335406578616d706c652e636f6d3e0d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b20626f756e646172793d223d5f4745575a442d4634473335220d0a0d0a2d2d3d5f4745575a442d46344733350d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a48656c6c6f20556d612c0d0a0d0a796f7572206f72646572204f2d313820697320636f6d706c6574652e0d0a0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e6365204745575a442d46344733352e0d0a0d0a46696272610d0a2d2d3d5f4745575a442d46344733350d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e3c68746d6c206c616e673d334422656e223e3c686561643e3c6d65746120636861727365743d3344227574662d38223e3c7469746c653e3d0d0a596f7572206f72646572204f2d313820697320636f6d706c6574653d0d0a3c2f7469746c653e3c2f686561643e0d0a3c626f64793e0d0a3c68313e3d0d0a596f7572206f72646572204f2d313820697320636f6d706c6574653d0d0a3c2f68313e0d0a3c703e3d0d0a48656c6c6f20556d612c3d0d0a3c2f703e0d0a3c703e3d0d0a796f7572206f72646572204f2d313820697320636f6d706c6574652e3d0d0a3c2f703e0d0a3c703e3d0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e6365204745575a442d46344733352e3d0d0a3c2f703e0d0a3c703e3d0d0a46696272613d0d0a3c2f703e0d0a3c703e3d0d0a43616c6c2075733d0d0a3d32303d0d0a2b3537333030303030303030303d0d0a3c2f703e3c703e3d0d0a46696272613d0d0a2c3d32303d0d0a4745575a442d46344733353d0d0a3c2f703e0d0a0d0a3c2f626f64793e3c2f68746d6c3e0d0a2d2d3d5f4745575a442d46344733352d2d0d0a'),
	('019cb43c-0bc0-7000-803a-62e2950d957c', '\x46726f6d3a204669627261203c6e6f7469636573406578616d706c652e636f6d3e0d0a4175746f2d5375626d69747465643a206175746f2d67656e6572617465640d0a4d494d452d56657273696f6e3a20312e300d0a546f3a20633136406578616d706c652e636f6d0d0a5375626a6563743a20596f7572206f72646572204f2d313620776169747320666f7220736f6d657468696e672074686174206973206d697373696e670d0a446174653a205475652c203033204d617220323032362031353a30363a3030202b303030300d0a4d6573736167652d49443a203c36346235342d6a73783866406578616d706c652e636f6d3e0d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b20626f756e646172793d223d5f36344235342d4a53583846220d0a0d0a2d2d3d5f36344235342d4a535838460d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a48656c6c6f20503d43333d4144612c0d0a0d0a796f7572206f72646572204f2d313620776169747320666f7220736f6d657468696e672074686174206973206d697373696e672e0d0a0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652036344235342d4a535838462e0d0a0d0a46696272610d0a2d2d3d5f36344235342d4a535838460d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e3c68746d6c206c616e673d334422656e223e3c686561643e3c6d65746120636861727365743d3344227574662d38223e3c7469746c653e3d0d0a596f7572206f72646572204f2d313620776169747320666f7220736f6d657468696e672074686174206973206d697373696e673d0d0a3c2f7469746c653e3c2f686561643e0d0a3c626f64793e0d0a3c68313e3d0d0a596f7572206f72646572204f2d313620776169747320666f7220736f6d657468696e672074686174206973206d697373696e673d0d0a3c2f68313e0d0a3c703e3d0d0a48656c6c6f20503d43333d4144612c3d0d0a3c2f703e0d0a3c703e3d0d0a796f7572206f72646572204f2d313620776169747320666f7220736f6d657468696e672074686174206973206d697373696e672e3d0d0a3c2f703e0d0a3c703e3d0d0a5175657374696f6e733f2043616c6c202b353733303030303030303030207769746820746865207265666572656e63652036344235342d4a535838462e3d0d0a3c2f703e0d0a3c703e3d0d0a46696272613d0d0a3c2f703e0d0a3c703e3d0d0a43616c6c2075733d0d0a3d32303d0d0a2b3537333030303030303030303d0d0a3c2f703e3c703e3d0d0a46696272613d0d0a2c3d32303d0d0a36344235342d4a535838463d0d0a3c2f703e0d0a0d0a3c2f626f64793e3c2f68746d6c3e0d0a2d2d3d5f36344235342d4a535838462d2d0d0a');



INSERT INTO public.promise VALUES
	('P-2', NULL, '2026-03-02 14:00:00+00', 'C-2', 'contract', 'K-2', 'monthly_price', '79900', 79900.0000, NULL, 'COP', NULL, '2026-03-01 15:00:00+00', NULL, 'agent 7', 'sales', NULL, 'call 2', NULL, NULL, 'open'),
	('P-9', NULL, '2026-03-02 14:00:00+00', 'C-9', 'contract', 'K-9', 'monthly_price', '79900', 79900.0000, NULL, 'COP', NULL, '2026-03-01 15:00:00+00', NULL, 'agent 7', 'sales', NULL, 'call 9', NULL, NULL, 'open'),
	('P-10', NULL, '2026-03-02 14:00:00+00', 'C-10', 'contract', 'K-10', 'monthly_price', '79900', 79900.0000, NULL, 'COP', NULL, '2026-03-01 15:00:00+00', NULL, 'agent 7', 'sales', NULL, 'call 10', NULL, NULL, 'open'),
	('P-11', NULL, '2026-03-02 14:00:00+00', 'C-11', 'contract', 'K-11', 'monthly_price', '79900', 79900.0000, NULL, 'COP', NULL, '2026-03-01 15:00:00+00', NULL, 'agent 7', 'sales', NULL, 'call 11', NULL, NULL, 'open'),
	('P-15', NULL, '2026-03-02 14:00:00+00', 'C-15', 'contract', 'K-15', 'monthly_price', '79900', 79900.0000, NULL, 'COP', NULL, '2026-03-01 15:00:00+00', NULL, 'agent 7', 'sales', NULL, 'call 15', NULL, NULL, 'open'),
	('P-1', NULL, '2026-03-02 14:00:00+00', 'C-1', 'customer', 'C-1', 'monthly_price', '45000', 45000.0000, NULL, 'COP', NULL, '2026-02-01 15:00:00+00', NULL, NULL, 'web', NULL, NULL, NULL, NULL, 'kept');



INSERT INTO public.rule_state VALUES
	('check', 'promised-price', 'bcfbe1b3c045787f658ab57c4e05b9c92b2859dcfceabcb03c3d4a933b4b408b', '2026-03-02 14:00:00+00', '2026-03-03 15:09:00+00', NULL, true, '{}'),
	('rule', 'visit-reminder', '01745032be9355ec90cfda4d2120d09c16bbd66253315538f227b92704f6b102', '2026-03-02 14:00:00+00', '2026-03-03 15:09:00+00', NULL, true, '{"follow_up":[]}'),
	('rule', 'order-held', '381acb97a14b5d41aa5c1c0c7386bc4674ad031727223ec0a7b2191304389cfc', '2026-03-02 14:00:00+00', '2026-03-03 15:09:00+00', NULL, true, '{"follow_up":["order.status == ''completed'' -> order_done"]}');



INSERT INTO public.site VALUES
	('S-1', NULL, '2026-03-02 14:00:00+00', 'Shop One', NULL, NULL, 'America/Bogota', 'CO', NULL, 'Mo-Sa 09:00-19:00; PH off', NULL);



INSERT INTO public.site_calendar VALUES
	('S-1', 'dbbfbeaf7716339943ab38c2ff8e78e5518cfe39de4d91ff46fc84638e4814b6');



INSERT INTO public.site_day VALUES
	('S-1/2026-03-02', NULL, '2026-03-02 14:00:00+00', 'S-1', '2026-03-02', '2026-03-02 05:00:00+00', '2026-03-03 05:00:00+00', 'normal', '2026-03-02 14:00:00+00', '2026-03-03 00:00:00+00', NULL),
	('S-1/2026-03-03', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-03', '2026-03-03 05:00:00+00', '2026-03-04 05:00:00+00', 'normal', '2026-03-03 14:00:00+00', '2026-03-04 00:00:00+00', NULL),
	('S-1/2026-03-04', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-04', '2026-03-04 05:00:00+00', '2026-03-05 05:00:00+00', 'normal', '2026-03-04 14:00:00+00', '2026-03-05 00:00:00+00', NULL),
	('S-1/2026-03-05', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-05', '2026-03-05 05:00:00+00', '2026-03-06 05:00:00+00', 'normal', '2026-03-05 14:00:00+00', '2026-03-06 00:00:00+00', NULL),
	('S-1/2026-03-06', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-06', '2026-03-06 05:00:00+00', '2026-03-07 05:00:00+00', 'normal', '2026-03-06 14:00:00+00', '2026-03-07 00:00:00+00', NULL),
	('S-1/2026-03-07', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-07', '2026-03-07 05:00:00+00', '2026-03-08 05:00:00+00', 'normal', '2026-03-07 14:00:00+00', '2026-03-08 00:00:00+00', NULL),
	('S-1/2026-03-08', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-08', '2026-03-08 05:00:00+00', '2026-03-09 05:00:00+00', 'normal', NULL, NULL, NULL),
	('S-1/2026-03-09', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-09', '2026-03-09 05:00:00+00', '2026-03-10 05:00:00+00', 'normal', '2026-03-09 14:00:00+00', '2026-03-10 00:00:00+00', NULL),
	('S-1/2026-03-10', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-10', '2026-03-10 05:00:00+00', '2026-03-11 05:00:00+00', 'normal', '2026-03-10 14:00:00+00', '2026-03-11 00:00:00+00', NULL),
	('S-1/2026-03-11', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-11', '2026-03-11 05:00:00+00', '2026-03-12 05:00:00+00', 'normal', '2026-03-11 14:00:00+00', '2026-03-12 00:00:00+00', NULL),
	('S-1/2026-03-12', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-12', '2026-03-12 05:00:00+00', '2026-03-13 05:00:00+00', 'normal', '2026-03-12 14:00:00+00', '2026-03-13 00:00:00+00', NULL),
	('S-1/2026-03-13', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-13', '2026-03-13 05:00:00+00', '2026-03-14 05:00:00+00', 'normal', '2026-03-13 14:00:00+00', '2026-03-14 00:00:00+00', NULL),
	('S-1/2026-03-14', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-14', '2026-03-14 05:00:00+00', '2026-03-15 05:00:00+00', 'normal', '2026-03-14 14:00:00+00', '2026-03-15 00:00:00+00', NULL),
	('S-1/2026-03-15', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-15', '2026-03-15 05:00:00+00', '2026-03-16 05:00:00+00', 'normal', NULL, NULL, NULL),
	('S-1/2026-03-16', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-16', '2026-03-16 05:00:00+00', '2026-03-17 05:00:00+00', 'normal', '2026-03-16 14:00:00+00', '2026-03-17 00:00:00+00', NULL),
	('S-1/2026-03-17', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-17', '2026-03-17 05:00:00+00', '2026-03-18 05:00:00+00', 'normal', '2026-03-17 14:00:00+00', '2026-03-18 00:00:00+00', NULL),
	('S-1/2026-03-18', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-18', '2026-03-18 05:00:00+00', '2026-03-19 05:00:00+00', 'normal', '2026-03-18 14:00:00+00', '2026-03-19 00:00:00+00', NULL),
	('S-1/2026-03-19', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-19', '2026-03-19 05:00:00+00', '2026-03-20 05:00:00+00', 'normal', '2026-03-19 14:00:00+00', '2026-03-20 00:00:00+00', NULL),
	('S-1/2026-03-20', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-20', '2026-03-20 05:00:00+00', '2026-03-21 05:00:00+00', 'normal', '2026-03-20 14:00:00+00', '2026-03-21 00:00:00+00', NULL),
	('S-1/2026-03-21', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-21', '2026-03-21 05:00:00+00', '2026-03-22 05:00:00+00', 'normal', '2026-03-21 14:00:00+00', '2026-03-22 00:00:00+00', NULL),
	('S-1/2026-03-22', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-22', '2026-03-22 05:00:00+00', '2026-03-23 05:00:00+00', 'normal', NULL, NULL, NULL),
	('S-1/2026-03-23', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-23', '2026-03-23 05:00:00+00', '2026-03-24 05:00:00+00', 'closed', NULL, NULL, 'Día de San José (observado)'),
	('S-1/2026-03-24', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-24', '2026-03-24 05:00:00+00', '2026-03-25 05:00:00+00', 'normal', '2026-03-24 14:00:00+00', '2026-03-25 00:00:00+00', NULL),
	('S-1/2026-03-25', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-25', '2026-03-25 05:00:00+00', '2026-03-26 05:00:00+00', 'normal', '2026-03-25 14:00:00+00', '2026-03-26 00:00:00+00', NULL),
	('S-1/2026-03-26', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-26', '2026-03-26 05:00:00+00', '2026-03-27 05:00:00+00', 'normal', '2026-03-26 14:00:00+00', '2026-03-27 00:00:00+00', NULL),
	('S-1/2026-03-27', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-27', '2026-03-27 05:00:00+00', '2026-03-28 05:00:00+00', 'normal', '2026-03-27 14:00:00+00', '2026-03-28 00:00:00+00', NULL),
	('S-1/2026-03-28', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-28', '2026-03-28 05:00:00+00', '2026-03-29 05:00:00+00', 'normal', '2026-03-28 14:00:00+00', '2026-03-29 00:00:00+00', NULL),
	('S-1/2026-03-29', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-29', '2026-03-29 05:00:00+00', '2026-03-30 05:00:00+00', 'normal', NULL, NULL, NULL),
	('S-1/2026-03-30', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-30', '2026-03-30 05:00:00+00', '2026-03-31 05:00:00+00', 'normal', '2026-03-30 14:00:00+00', '2026-03-31 00:00:00+00', NULL),
	('S-1/2026-03-31', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-03-31', '2026-03-31 05:00:00+00', '2026-04-01 05:00:00+00', 'normal', '2026-03-31 14:00:00+00', '2026-04-01 00:00:00+00', NULL),
	('S-1/2026-04-01', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-01', '2026-04-01 05:00:00+00', '2026-04-02 05:00:00+00', 'normal', '2026-04-01 14:00:00+00', '2026-04-02 00:00:00+00', NULL),
	('S-1/2026-04-02', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-02', '2026-04-02 05:00:00+00', '2026-04-03 05:00:00+00', 'closed', NULL, NULL, 'Jueves Santo'),
	('S-1/2026-04-03', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-03', '2026-04-03 05:00:00+00', '2026-04-04 05:00:00+00', 'closed', NULL, NULL, 'Viernes Santo'),
	('S-1/2026-04-04', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-04', '2026-04-04 05:00:00+00', '2026-04-05 05:00:00+00', 'normal', '2026-04-04 14:00:00+00', '2026-04-05 00:00:00+00', NULL),
	('S-1/2026-04-05', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-05', '2026-04-05 05:00:00+00', '2026-04-06 05:00:00+00', 'normal', NULL, NULL, NULL),
	('S-1/2026-04-06', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-06', '2026-04-06 05:00:00+00', '2026-04-07 05:00:00+00', 'normal', '2026-04-06 14:00:00+00', '2026-04-07 00:00:00+00', NULL),
	('S-1/2026-04-07', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-07', '2026-04-07 05:00:00+00', '2026-04-08 05:00:00+00', 'normal', '2026-04-07 14:00:00+00', '2026-04-08 00:00:00+00', NULL),
	('S-1/2026-04-08', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-08', '2026-04-08 05:00:00+00', '2026-04-09 05:00:00+00', 'normal', '2026-04-08 14:00:00+00', '2026-04-09 00:00:00+00', NULL),
	('S-1/2026-04-09', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-09', '2026-04-09 05:00:00+00', '2026-04-10 05:00:00+00', 'normal', '2026-04-09 14:00:00+00', '2026-04-10 00:00:00+00', NULL),
	('S-1/2026-04-10', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-10', '2026-04-10 05:00:00+00', '2026-04-11 05:00:00+00', 'normal', '2026-04-10 14:00:00+00', '2026-04-11 00:00:00+00', NULL),
	('S-1/2026-04-11', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-11', '2026-04-11 05:00:00+00', '2026-04-12 05:00:00+00', 'normal', '2026-04-11 14:00:00+00', '2026-04-12 00:00:00+00', NULL),
	('S-1/2026-04-12', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-12', '2026-04-12 05:00:00+00', '2026-04-13 05:00:00+00', 'normal', NULL, NULL, NULL),
	('S-1/2026-04-13', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-13', '2026-04-13 05:00:00+00', '2026-04-14 05:00:00+00', 'normal', '2026-04-13 14:00:00+00', '2026-04-14 00:00:00+00', NULL),
	('S-1/2026-04-14', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-14', '2026-04-14 05:00:00+00', '2026-04-15 05:00:00+00', 'normal', '2026-04-14 14:00:00+00', '2026-04-15 00:00:00+00', NULL),
	('S-1/2026-04-15', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-15', '2026-04-15 05:00:00+00', '2026-04-16 05:00:00+00', 'normal', '2026-04-15 14:00:00+00', '2026-04-16 00:00:00+00', NULL),
	('S-1/2026-04-16', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-16', '2026-04-16 05:00:00+00', '2026-04-17 05:00:00+00', 'normal', '2026-04-16 14:00:00+00', '2026-04-17 00:00:00+00', NULL),
	('S-1/2026-04-17', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-17', '2026-04-17 05:00:00+00', '2026-04-18 05:00:00+00', 'normal', '2026-04-17 14:00:00+00', '2026-04-18 00:00:00+00', NULL),
	('S-1/2026-04-18', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-18', '2026-04-18 05:00:00+00', '2026-04-19 05:00:00+00', 'normal', '2026-04-18 14:00:00+00', '2026-04-19 00:00:00+00', NULL),
	('S-1/2026-04-19', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-19', '2026-04-19 05:00:00+00', '2026-04-20 05:00:00+00', 'normal', NULL, NULL, NULL),
	('S-1/2026-04-20', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-20', '2026-04-20 05:00:00+00', '2026-04-21 05:00:00+00', 'normal', '2026-04-20 14:00:00+00', '2026-04-21 00:00:00+00', NULL),
	('S-1/2026-04-21', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-21', '2026-04-21 05:00:00+00', '2026-04-22 05:00:00+00', 'normal', '2026-04-21 14:00:00+00', '2026-04-22 00:00:00+00', NULL),
	('S-1/2026-04-22', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-22', '2026-04-22 05:00:00+00', '2026-04-23 05:00:00+00', 'normal', '2026-04-22 14:00:00+00', '2026-04-23 00:00:00+00', NULL),
	('S-1/2026-04-23', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-23', '2026-04-23 05:00:00+00', '2026-04-24 05:00:00+00', 'normal', '2026-04-23 14:00:00+00', '2026-04-24 00:00:00+00', NULL),
	('S-1/2026-04-24', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-24', '2026-04-24 05:00:00+00', '2026-04-25 05:00:00+00', 'normal', '2026-04-24 14:00:00+00', '2026-04-25 00:00:00+00', NULL),
	('S-1/2026-04-25', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-25', '2026-04-25 05:00:00+00', '2026-04-26 05:00:00+00', 'normal', '2026-04-25 14:00:00+00', '2026-04-26 00:00:00+00', NULL),
	('S-1/2026-04-26', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-26', '2026-04-26 05:00:00+00', '2026-04-27 05:00:00+00', 'normal', NULL, NULL, NULL),
	('S-1/2026-04-27', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-27', '2026-04-27 05:00:00+00', '2026-04-28 05:00:00+00', 'normal', '2026-04-27 14:00:00+00', '2026-04-28 00:00:00+00', NULL),
	('S-1/2026-04-28', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-28', '2026-04-28 05:00:00+00', '2026-04-29 05:00:00+00', 'normal', '2026-04-28 14:00:00+00', '2026-04-29 00:00:00+00', NULL),
	('S-1/2026-04-29', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-29', '2026-04-29 05:00:00+00', '2026-04-30 05:00:00+00', 'normal', '2026-04-29 14:00:00+00', '2026-04-30 00:00:00+00', NULL),
	('S-1/2026-04-30', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-04-30', '2026-04-30 05:00:00+00', '2026-05-01 05:00:00+00', 'normal', '2026-04-30 14:00:00+00', '2026-05-01 00:00:00+00', NULL),
	('S-1/2026-05-01', NULL, '2026-03-03 15:00:00+00', 'S-1', '2026-05-01', '2026-05-01 05:00:00+00', '2026-05-02 05:00:00+00', 'closed', NULL, NULL, 'Día del Trabajo');



INSERT INTO public.suppressed_address VALUES
	('sms', '+573001000008', false, 'the customer opted out', '019cb436-8d80-7000-81dd-01ff65ce3989', '2026-03-03 15:00:00+00');



SELECT pg_catalog.setval('public.change_id_seq', 128, true);



ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);



ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.backlog
    ADD CONSTRAINT backlog_pkey PRIMARY KEY (rule, subject_id, each_id, recipient_id);



ALTER TABLE ONLY public.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.channel_halt
    ADD CONSTRAINT channel_halt_pkey PRIMARY KEY (channel, live);



ALTER TABLE ONLY public.charge
    ADD CONSTRAINT charge_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.consent
    ADD CONSTRAINT consent_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.contact
    ADD CONSTRAINT contact_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.contradiction_member
    ADD CONSTRAINT contradiction_member_pkey PRIMARY KEY (contradiction_id, fact_type, fact_id);



ALTER TABLE ONLY public.contradiction
    ADD CONSTRAINT contradiction_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.incident
    ADD CONSTRAINT incident_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.intervention
    ADD CONSTRAINT intervention_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_occurrence_key UNIQUE (occurrence);



ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_reference_key UNIQUE (reference);



ALTER TABLE ONLY public.contradiction
    ADD CONSTRAINT one_per_check_and_promise UNIQUE ("check", promise_id);



ALTER TABLE ONLY public."order"
    ADD CONSTRAINT order_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.pace
    ADD CONSTRAINT pace_pkey PRIMARY KEY (channel, live);



ALTER TABLE ONLY public.past_verdict
    ADD CONSTRAINT past_verdict_pkey PRIMARY KEY (notice_id, version);



ALTER TABLE ONLY public.payload
    ADD CONSTRAINT payload_pkey PRIMARY KEY (message_id);



ALTER TABLE ONLY public.promise
    ADD CONSTRAINT promise_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.message
    ADD CONSTRAINT provider_id_once UNIQUE (provider, provider_id);



ALTER TABLE ONLY public.rule_state
    ADD CONSTRAINT rule_state_pkey PRIMARY KEY (kind, name);



ALTER TABLE ONLY public.site_calendar
    ADD CONSTRAINT site_calendar_pkey PRIMARY KEY (site_id);



ALTER TABLE ONLY public.site_day
    ADD CONSTRAINT site_day_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.site
    ADD CONSTRAINT site_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.suppressed_address
    ADD CONSTRAINT suppressed_address_pkey PRIMARY KEY (channel, address, live);



CREATE INDEX due_appointment_starts_at ON public.appointment USING btree (starts_at);



CREATE INDEX due_promise_made_at ON public.promise USING btree (made_at);



CREATE INDEX due_promise_valid_from ON public.promise USING btree (valid_from);



CREATE INDEX due_promise_valid_until ON public.promise USING btree (valid_until);



CREATE INDEX ix_appointment_contract_id ON public.appointment USING btree (contract_id);



CREATE INDEX ix_appointment_customer_id ON public.appointment USING btree (customer_id);



CREATE INDEX ix_appointment_order_id ON public.appointment USING btree (order_id);



CREATE INDEX ix_appointment_site_id ON public.appointment USING btree (site_id);



CREATE INDEX ix_change_consumed_by ON public.change USING btree (consumed_by);



CREATE INDEX ix_change_entity_row ON public.change USING btree (entity, row_id);



CREATE INDEX ix_charge_contract_id ON public.charge USING btree (contract_id);



CREATE INDEX ix_charge_customer_id ON public.charge USING btree (customer_id);



CREATE INDEX ix_charge_order_id ON public.charge USING btree (order_id);



CREATE INDEX ix_consent_customer_id ON public.consent USING btree (customer_id);



CREATE INDEX ix_contact_customer_id ON public.contact USING btree (customer_id);



CREATE INDEX ix_contract_customer_id ON public.contract USING btree (customer_id);



CREATE INDEX ix_contract_site_id ON public.contract USING btree (site_id);



CREATE INDEX ix_contract_zone ON public.contract USING btree (zone);



CREATE INDEX ix_contradiction_changed_at ON public.contradiction USING btree (changed_at);



CREATE INDEX ix_contradiction_customer_id ON public.contradiction USING btree (customer_id);



CREATE INDEX ix_contradiction_state_surfaces ON public.contradiction USING btree (state, surfaces_at);



CREATE INDEX ix_contradiction_subject ON public.contradiction USING btree (subject_type, subject_id);



CREATE INDEX ix_customer_site_id ON public.customer USING btree (site_id);



CREATE INDEX ix_feedback_customer_id ON public.feedback USING btree (customer_id);



CREATE INDEX ix_feedback_order_id ON public.feedback USING btree (order_id);



CREATE INDEX ix_feedback_site_id ON public.feedback USING btree (site_id);



CREATE INDEX ix_incident_site_id ON public.incident USING btree (site_id);



CREATE INDEX ix_incident_zone ON public.incident USING btree (zone);



CREATE INDEX ix_intervention_at ON public.intervention USING btree (at);



CREATE INDEX ix_intervention_object_id ON public.intervention USING btree (object_id);



CREATE INDEX ix_member_fact ON public.contradiction_member USING btree (fact_type, fact_id);



CREATE INDEX ix_message_lane ON public.message USING btree (address, channel, live, state, urgency, until_at, created_at, id);



CREATE INDEX ix_message_notice_id ON public.message USING btree (notice_id);



CREATE INDEX ix_message_queue ON public.message USING btree (state, live, channel, urgency, until_at, created_at, id);



CREATE INDEX ix_notice_changed_at ON public.notice USING btree (changed_at);



CREATE INDEX ix_notice_recipient_id ON public.notice USING btree (recipient_id);



CREATE INDEX ix_notice_rule_subject ON public.notice USING btree (rule, subject_id);



CREATE INDEX ix_notice_state_deferred ON public.notice USING btree (state, deferred_until);



CREATE INDEX ix_notice_state_until ON public.notice USING btree (state, until_at);



CREATE INDEX ix_order_contract_id ON public."order" USING btree (contract_id);



CREATE INDEX ix_order_customer_id ON public."order" USING btree (customer_id);



CREATE INDEX ix_order_site_id ON public."order" USING btree (site_id);



CREATE INDEX ix_promise_customer_id ON public.promise USING btree (customer_id);



CREATE INDEX ix_promise_subject_id ON public.promise USING btree (subject_id);



CREATE INDEX ix_promise_topic ON public.promise USING btree (topic);



CREATE INDEX ix_site_day_site_id ON public.site_day USING btree (site_id);



ALTER TABLE ONLY public.contradiction_member
    ADD CONSTRAINT contradiction_member_contradiction_id_fkey FOREIGN KEY (contradiction_id) REFERENCES public.contradiction(id);



ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES public.notice(id);



ALTER TABLE ONLY public.past_verdict
    ADD CONSTRAINT past_verdict_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES public.notice(id);



ALTER TABLE ONLY public.payload
    ADD CONSTRAINT payload_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.message(id);




