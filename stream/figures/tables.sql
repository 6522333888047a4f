-- What the facts in the view `facts` come to; of two facts of a conversation, `told` of
-- the later one is higher. A fact counts once; of what was told twice the later stands
-- (ADR 2, ADR 33); what is `superseded` never was. The same fold as in
-- stream/sla/cycles.py, for millions: tests/figures/test_tables.py compares them.

-- Nobody knows what was before the first fact, or comes after the last.
SET VARIABLE known_since = (SELECT min("at") FROM archive);
SET VARIABLE known_until = (SELECT max(noticed_at) FROM archive);

CREATE VIEW bounds AS
SELECT *, hash(conversation_id, started_at) AS session_hash FROM facts
WHERE kind IN ('session_opened', 'session_ended');

-- Most sessions were told to have ended once, and need no folding: that is half of the
-- work. Two of one hash are folded like others, each by itself.
CREATE TABLE retold AS
SELECT session_hash FROM bounds GROUP BY session_hash
HAVING count(*) FILTER (kind = 'session_ended') <> 1
  OR count(*) FILTER (reason = 'superseded') > 0;

CREATE TABLE sessions AS
WITH folded AS (
  SELECT
    conversation_id, started_at,
    min(channel) AS channel, min(account) AS account,
    arg_max(queue, told) AS queue,
    arg_max(
      {'at': "at", 'assignee': assignee, 'reason': reason, 'told': told,
       'session': session},
      told
    ) FILTER (kind = 'session_ended') AS ended,
    max(told) FILTER (kind = 'session_opened') AS opened
  FROM bounds SEMI JOIN retold USING (session_hash)
  GROUP BY conversation_id, started_at
),
once AS (
  SELECT
    conversation_id, started_at, channel, account, queue,
    {'at': "at", 'assignee': assignee, 'reason': reason, 'told': told,
     'session': session} AS ended,
    NULL AS opened
  FROM bounds ANTI JOIN retold USING (session_hash)
  WHERE kind = 'session_ended'
),
standing AS (
  SELECT * REPLACE (if(ended.reason = 'superseded', NULL, ended) AS ended)
  FROM (FROM folded UNION ALL BY NAME FROM once)
  WHERE ended IS NULL OR ended.reason NOT IN ('superseded', 'spam')
    OR (ended.reason = 'superseded' AND opened > ended.told)
),
-- Whose an open session is, its conversation's earlier ones say.
named AS (
  SELECT conversation_id, arg_max(ended.session.customer, started_at) AS customer
  FROM standing WHERE ended.session.customer IS NOT NULL
  GROUP BY conversation_id
)
SELECT
  conversation_id, started_at, channel, account, queue,
  ended."at" AS ended_at, ended.reason AS reason, ended.assignee AS assignee,
  coalesce(ended.session.customer, named.customer, conversation_id) AS customer,
  ended.session.priority AS priority, ended.session.tier AS tier,
  coalesce(ended.session.categories, []) AS categories,
  ended.session.agent_replies AS agent_replies,
  ended.session.bot_replies AS bot_replies,
  ended.session.system_replies AS system_replies,
  ended.session.templates AS templates, ended.session.calls AS calls,
  ended.session.first_human_reply_at AS first_human_reply_at,
  ended.session.resolved_at AS resolved_at, ended.session.reopened AS reopened
FROM standing LEFT JOIN named USING (conversation_id);

-- What only begins or stops a clock decides nothing, and is half of all.
CREATE VIEW deciding AS
SELECT *, hash(conversation_id, measure, cycle, shadow) AS wait FROM facts
WHERE measure IS NOT NULL AND cycle IS NOT NULL
  AND kind NOT IN ('clock_started', 'clock_paused', 'warned', 'escalated')
  AND (kind <> 'clock_resumed' OR reason IS NOT NULL);

-- Likewise most waits are decided by one fact.
CREATE TABLE several AS
SELECT wait FROM deciding GROUP BY wait HAVING count(*) > 1;

CREATE TABLE waits AS
WITH folded AS (
  SELECT
    conversation_id, measure, cycle, shadow,
    min(channel) AS channel, min(account) AS account,
    arg_max(policy, told) AS policy,
    arg_max(deadline, told) AS deadline,
    arg_max(coalesce(reason, '') = 'superseded', told) AS is_gone,
    arg_max(
      {'kind': kind, 'reason': reason, 'queue': queue, 'assignee': assignee,
       'at': "at"},
      told
    ) FILTER (
      kind IN ('met', 'breached', 'cancelled')
      OR replaces IS NOT NULL OR reason = 'superseded'
    ) AS verdict,
    arg_max(
      {'kind': kind, 'reason': reason, 'queue': queue, 'author': author, 'at': "at",
       'waited_s': waited_s, 'waited_business_s': waited_business_s},
      told
    ) FILTER (
      kind IN ('met', 'answered_late') OR reason = 'superseded'
      OR (kind IN ('reply_retracted', 'clock_resumed') AND reason IS NOT NULL)
    ) AS reply
  FROM deciding SEMI JOIN several USING (wait)
  GROUP BY conversation_id, measure, cycle, shadow
),
alone AS (
  SELECT
    conversation_id, measure, cycle, shadow, channel, account, policy, deadline,
    coalesce(reason, '') = 'superseded' AS is_gone,
    {'kind': kind, 'reason': reason, 'queue': queue, 'assignee': assignee, 'at': "at"}
      AS verdict,
    {'kind': kind, 'reason': reason, 'queue': queue, 'author': author, 'at': "at",
     'waited_s': waited_s, 'waited_business_s': waited_business_s} AS reply
  FROM deciding ANTI JOIN several USING (wait)
),
standing AS (
  SELECT
    *,
    coalesce(
      verdict.kind IN ('met', 'breached', 'cancelled')
      AND coalesce(verdict.reason, '') <> 'superseded',
      false
    ) AS is_decided,
    coalesce(
      reply.kind IN ('met', 'answered_late')
      AND coalesce(reply.reason, '') <> 'superseded',
      false
    ) AS is_answered
  FROM (FROM folded UNION ALL BY NAME FROM alone) WHERE NOT is_gone
)
SELECT
  conversation_id, measure, cycle AS began_at, channel, account, policy, shadow,
  deadline,
  if(is_decided, verdict.kind, NULL) AS verdict,
  if(is_decided, verdict."at", NULL) AS decided_at,
  coalesce(verdict.queue, reply.queue) AS queue, verdict.assignee AS assignee,
  if(is_answered, reply.author, NULL) AS author,
  if(is_answered, reply."at", NULL) AS replied_at,
  if(is_answered, reply.waited_s, NULL) AS waited_s,
  if(is_answered, coalesce(reply.waited_business_s, reply.waited_s), NULL)
    AS waited_business_s,
  is_answered
FROM standing WHERE is_decided OR is_answered;

-- A survey and a purchase belong to the last session that began before them.
CREATE TABLE said AS
SELECT DISTINCT ON (fact_id)
  kind, conversation_id, "at", channel, account, queue, assignee, survey, purchase
FROM facts WHERE kind IN ('surveyed', 'purchased')
ORDER BY fact_id, told;

CREATE VIEW beside AS
SELECT
  said.*, sessions.started_at AS session_started_at,
  coalesce(sessions.categories, []) AS categories,
  coalesce(sessions.customer, said.conversation_id) AS customer
FROM said
ASOF LEFT JOIN (FROM sessions SEMI JOIN said USING (conversation_id)) AS sessions
  ON said.conversation_id = sessions.conversation_id
  AND said."at" >= sessions.started_at;

CREATE TABLE surveys AS
SELECT
  * EXCLUDE (kind, survey, purchase),
  survey.scale AS scale, survey.score AS score, survey.touchpoint AS touchpoint
FROM beside WHERE kind = 'surveyed';

CREATE TABLE purchases AS
SELECT
  * EXCLUDE (kind, survey, purchase),
  purchase.amount AS amount, purchase.currency AS currency
FROM beside WHERE kind = 'purchased';

-- What its customer did before and after, once for all periods and splits: when the last
-- of the sessions that began before ended, when the next one began, and when the first
-- purchase since its beginning was. Beside the table, and by a hash: over all columns, and
-- by strings, it takes four times as long.
CREATE TABLE around AS
SELECT
  rowid AS session,
  max(coalesce(ended_at, 'infinity')) OVER (
    of_customer ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) AS before_ended_at,
  lead(started_at) OVER of_customer AS back_at
FROM sessions
WINDOW of_customer AS (PARTITION BY hash(customer) ORDER BY started_at);

CREATE TABLE bought AS
SELECT sessions.session, purchases."at" AS bought_at
FROM (
  SELECT rowid AS session, customer, started_at
  FROM sessions SEMI JOIN purchases USING (customer)
) AS sessions
ASOF JOIN purchases
  ON sessions.customer = purchases.customer
  AND sessions.started_at <= purchases."at";

ALTER TABLE sessions ADD COLUMN before_ended_at TIMESTAMPTZ;
ALTER TABLE sessions ADD COLUMN back_at TIMESTAMPTZ;
ALTER TABLE sessions ADD COLUMN bought_at TIMESTAMPTZ;
UPDATE sessions
SET before_ended_at = around.before_ended_at, back_at = around.back_at
FROM around WHERE sessions.rowid = around.session;
UPDATE sessions SET bought_at = bought.bought_at
FROM bought WHERE sessions.rowid = bought.session;
DROP TABLE around;
DROP TABLE bought;

-- Who asks facts about open sessions needs no older ones.
SET VARIABLE open_since = (SELECT min(started_at) FROM sessions WHERE ended_at IS NULL);
