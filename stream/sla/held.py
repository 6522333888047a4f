"""Who holds the work, and what is known of the customer: what a policy matches on."""

from msgspec import Struct
from msgspec.structs import replace

from stream.sla.timeline import Said


class Held(Struct, frozen=True, array_like=True, gc=False):
    """The attributes of a conversation at one instant."""

    queue: str | None = None
    assignee: str | None = None
    priority: str | None = None
    tier: str | None = None
    tags: tuple[str, ...] = ()

    def after(self, said: Said) -> "Held":
        """As an event's words leave it; the very same where they say nothing new."""
        changed = {name: v for name, v in said if getattr(self, name) != v}
        return replace(self, **changed) if changed else self

    def is_other_work(self, before: "Held") -> bool:
        """Whether the policy is to be chosen again (semantics 2.11)."""
        return (self.queue, self.priority, self.tier) != (
            before.queue,
            before.priority,
            before.tier,
        )


NOBODYS = Held()
