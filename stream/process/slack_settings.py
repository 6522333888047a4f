"""The part of the settings that is about Slack."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class SlackSettings(BaseSettings):
    """Without an app token and without a signing secret no press comes in."""

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = Field(
        None, description="presses come over a websocket that we open: Socket Mode"
    )
    slack_signing_secret: SecretStr | None = Field(
        None, description="presses come by HTTP, POST /slack/actions, signed with it"
    )
    slack_api_url: str = Field(
        "https://slack.com/api/", description="another one in tests and the demo"
    )
