"""JSON Schema of the profile, for editors."""

from stream.company.profile import Profile
from stream.config.schema import schema_of


def schema() -> str:
    """As text."""
    return schema_of(Profile, "The profile of a company, for `replyclock simulate`")
