-- The facts of day `day` (0 is the first) of a company with `sessions` a day: of each
-- session its first reply (a fifth is late), a later one, and its end.
WITH drawn AS (
  SELECT
    number,
    TIMESTAMPTZ '2026-01-01 00:00:00Z' + to_days(getvariable('day')) AS midnight,
    midnight + to_seconds(6 * 3600 + lot('opened', number) % (16 * 3600)) AS opened,
    10 + lot('first', number) % 1200 AS first_s,
    30 + lot('next', number) % 2400 AS next_s
  FROM range(getvariable('sessions')) AS sessions(number)
),
told AS (
  SELECT
    *,
    unnest([
      {'kind': 'session_opened', 'measure': NULL, 'after_s': 0},
      {'kind': 'clock_started', 'measure': 'first_reply', 'after_s': 0},
      if(first_s <= 900,
        {'kind': 'met', 'measure': 'first_reply', 'after_s': first_s},
        {'kind': 'breached', 'measure': 'first_reply', 'after_s': 900}),
      if(first_s <= 900,
        NULL,
        {'kind': 'answered_late', 'measure': 'first_reply', 'after_s': first_s}),
      {'kind': 'clock_started', 'measure': 'next_reply', 'after_s': first_s + 60},
      {'kind': 'met', 'measure': 'next_reply', 'after_s': first_s + 60 + next_s},
      {'kind': 'session_ended', 'measure': NULL, 'after_s': first_s + next_s + 660}
    ]) AS fact,
    generate_subscripts([1, 2, 3, 4, 5, 6, 7], 1) AS turn
  FROM drawn
),
dated AS (
  SELECT
    *, fact.kind AS kind, fact.measure AS measure,
    opened + to_seconds(fact.after_s) AS moment,
    if(measure = 'next_reply', opened + to_seconds(first_s + 60), opened) AS began,
    CASE
      WHEN kind NOT IN ('met', 'answered_late') THEN NULL
      WHEN measure = 'first_reply' THEN first_s::DOUBLE
      ELSE next_s::DOUBLE
    END AS waited
  FROM told WHERE fact IS NOT NULL
)
SELECT
  (getvariable('day') * getvariable('sessions') + number) * 8 + turn AS place,
  md5(format('{} {} {}', getvariable('day'), number, turn)) AS fact_id,
  kind, moment AS "at", moment AS noticed_at,
  'whatsapp:1065:' || md5((lot('customer', number) % 400000)::VARCHAR)
    AS conversation_id,
  'whatsapp' AS channel, '1065' AS account,
  'queue-' || lot('queue', number) % 5 AS queue,
  'agent-' || lot('agent', number) % 60 AS assignee,
  measure, if(measure IS NULL, NULL, began) AS cycle,
  if(measure IS NULL, NULL, 'everyone') AS policy,
  began AS started_at,
  if(measure IS NULL, NULL, began + to_seconds(900)) AS deadline,
  waited AS waited_s, waited AS waited_business_s,
  if(waited IS NULL, NULL, assignee) AS author,
  if(kind = 'session_ended', 'lapsed', NULL) AS reason,
  if(
    kind = 'session_ended',
    {
      'customer': NULL, 'priority': NULL, 'tier': NULL,
      'categories': [['website'], ['delivery'], ['other'], []][
        1 + lot('category', number) % 4],
      'agent_replies': 1 + (lot('replies', number) % 4)::INTEGER,
      'bot_replies': (lot('bot', number) % 2)::INTEGER,
      'system_replies': 0, 'templates': 0, 'calls': 0,
      'first_human_reply_at': opened + to_seconds(first_s),
      'resolved_at': if(lot('resolved', number) % 5 > 0, moment, NULL),
      'reopened': (lot('reopened', number) % 10 = 0)::INTEGER
    },
    NULL
  ) AS session
FROM dated
