"""What the checkout asks Stripe for, and the settings that lead to the stand-in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from shop.base.payments import SessionAsk
from shop.base.settings import Settings
from shop.ground.money import Money
from tests.stripe_stand_in import StripeStandIn

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ASK = SessionAsk(
    reference="R7K2-M4",
    total=Money(32_800, "JPY"),
    lines=(("手挽きコーヒーミル", 2, Money(14_900, "JPY")), ("送料", 1, Money(3_000, "JPY"))),
    email="yuki@example.jp",
    language="ja-JP",
    return_url="https://shop.example/jp/ja/pay/R7K2-M4/return",
    cancel_url="https://shop.example/jp/ja/cart",
    expires_at=NOW + timedelta(minutes=45),
    key="attempt-1",
    metadata={"order": "R7K2-M4", "policies": "jp-2026-10-01-5f2c"},
)


def settings_for(stand_in: StripeStandIn, *, key: str = "") -> Settings:
    """Settings of a shop that pays at the stand-in, with its key or another one."""
    return Settings(
        database_url="sqlite://",
        data_dir=Path(),
        base_url="https://shop.example",
        secret_key=b"",
        stripe_secret_key=key or stand_in.key,
        stripe_webhook_secret=stand_in.webhook_secret,
        stripe_api_base=stand_in.address,
    )
