"""Rules of seconds: every measure, and opening hours that change while one looks.

The shortest target a file may promise is 15 s, and hours are told in minutes: windows
of a minute or two around now open and close under running clocks.
"""

from stream.sla.instants import MINUTE

_DAY = 1440


def short_rules(now: int, *, later: bool = False, reload: str = "new_cycles") -> str:
    """A rules file for the minutes around `now` (ms); `later`: after a change of it."""
    minute = now // MINUTE % _DAY
    blink = _windows(minute, 1, 2)
    far = _windows(minute + 345, 2, 3)  # Kathmandu is 5:45 ahead
    own, other, first = ("17s", "16s", "4s") if later else ("15s", "15s", "2s")
    low = _LOW if later else ""
    return f"""\
version: 1
session_gap: 60s
allowed_lateness: 2s
unknown_author: agent
reload: {reload}
windows: {{whatsapp: 20s, messenger: 25s}}
calendars:
  blink: {{week: {{mon-sun: [{blink}]}}}}
  far:
    timezone: Asia/Kathmandu
    week: {{mon-sun: [{far}]}}
queues:
  sales: {{accounts: ["whatsapp:111"]}}
  support: {{accounts: ["messenger:222"], calendar: blink}}
policies:
{low}\
  - name: vip
    match: {{tier: vip}}
    calendar: blink
    targets:
      first_reply: {{within: {own}, warn_at: [50%, 80%]}}
      next_reply: {other}
      resolution: {{within: 20s, warn_at: [50%, 5s]}}
      window: {{warn_before: [10s, 5s]}}
    pause_on: [waiting_on_customer, on_hold, snoozed]
    on_reopen: total
    count_call: true
    escalate: [{{after: {first}, to: lead}}, {{after: 6s, to: board}}]
  - name: closed-hours
    match: {{queue: support, hours: closed}}
    calendar: far
    targets: {{first_reply: 15s, next_reply: 20s, resolution: 30s}}
    on_reopen: first
    pause_on: [on_hold]
  - name: billing
    match: {{tag: billing}}
    targets: {{first_reply: 20s, next_reply: {other}, resolution: 25s}}
    count_bot: true
    count_automation: true
  - name: high
    match: {{priority: high}}
    calendar: always
    targets: {{first_reply: {own}, resolution: 15s}}
    on_reopen: first
    pause_on: [waiting_on_customer, pending]
    escalate: [{{after: 3s, to: lead}}]
  - name: whatsapp
    match: {{channel: whatsapp}}
    targets:
      first_reply: 15s
      next_reply: {{within: 15s, warn_at: [3s]}}
      resolution: 40s
      window: {{warn_before: 5s}}
    pause_on: [waiting_on_customer, on_hold, snoozed]
  - name: everyone
    targets: {{first_reply: 18s, next_reply: {other}}}
    count_template: true
  - name: tried
    shadow: true
    calendar: blink
    targets:
      first_reply: 16s
      next_reply: 16s
      resolution: 22s
      window: {{warn_before: 5s}}
    pause_on: [on_hold, snoozed]
    on_reopen: first
    count_bot: true
    escalate: [{{after: 2s, to: lead}}]
alerts:
  routes: [{{to: lead}}]
  receivers:
    lead: {{slack: {{channel: C0OPS}}}}
    board: {{slack: {{channel: C0BOARD}}}}
"""


_LOW = """\
  - name: low
    match: {priority: low}
    targets: {first_reply: 30s, next_reply: 30s, resolution: 60s}
    on_reopen: total
"""


def _windows(minute: int, opened: int, every: int) -> str:
    """`opened` of each `every` minutes, for a quarter of an hour.

    No more: a table of many windows takes long to build, and the worker waits for it.
    """
    first = (minute - 3) // every * every
    return ", ".join(
        f'"{_said(at)}-{_said(at + opened, end=True)}"'
        for at in range(first, first + 18, every)
    )


def _said(minute: int, *, end: bool = False) -> str:
    minute %= _DAY
    if end and minute == 0:
        return "24:00"
    return f"{minute // 60:02}:{minute % 60:02}"
