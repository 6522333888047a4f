"""Every source by its name, which is also the last part of its webhook's path."""

from stream.channels import messenger, whatsapp
from stream.channels.reading import Parse

SOURCES: dict[str, Parse] = {
    "whatsapp": whatsapp.parse,
    "messenger": messenger.parse,
}

REASONS: dict[str, tuple[str, ...]] = {
    "whatsapp": whatsapp.REASONS,
    "messenger": messenger.REASONS,
}
"""Why parts of a body give no event: the closed set of each source."""
