"""Sending: by a real SMTP server where one is configured, into the mailbox elsewhere, not at all in production."""

import stat
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import aiosmtplib
import pytest
from pydantic import SecretStr

from app.kernel.settings import Environment, Settings
from app.messaging import actions, mailbox
from app.messaging.errors import ChannelNotOffered
from app.messaging.outgoing import Channel, OutgoingMessage, Template, Undeliverable
from tests.make import mail
from tests.make.mail import MailServer


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """A real SMTP server on loopback."""
    async with mail.server() as running:
        yield running


def code(channel: Channel, address: str) -> OutgoingMessage:
    return OutgoingMessage(
        channel=channel,
        address=address,
        language="id",
        template=Template.CODE,
        parameters={"code": "123456", "minutes": 10, "purpose": "sign_in"},
        cause=UUID(int=7),
    )


def production(tmp_path: Path, smtp_url: str | None) -> Settings:
    return Settings(
        environment=Environment.PRODUCTION,
        home=tmp_path,
        secret_key=SecretStr("s" * 32),
        database_url=SecretStr("postgresql://nowhere.invalid/none"),
        smtp_url=None if smtp_url is None else SecretStr(smtp_url),
    )


async def test_mail_goes_through_the_server(server: MailServer, tmp_path: Path) -> None:
    settings = production(tmp_path, server.url)
    await actions.send(settings, code(Channel.EMAIL, "ani@example.com"))
    await actions.send(settings, code(Channel.EMAIL, "ani@example.com"))
    first, second = server.received
    assert first["To"] == "ani@example.com"
    assert first["Subject"] == "Kode Rantau Anda: 123456"
    assert first["From"] == settings.mail_from
    assert first["Message-ID"] == second["Message-ID"]
    assert "Berlaku 10 menit" in first.get_payload()
    assert not (tmp_path / "mailbox").exists()


async def test_a_refusal_for_good_is_told_apart_from_one_for_now(server: MailServer, tmp_path: Path) -> None:
    settings = production(tmp_path, server.url)
    with pytest.raises(Undeliverable):
        await actions.send(settings, code(Channel.EMAIL, "gone@example.com"))
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await actions.send(settings, code(Channel.EMAIL, "busy@example.com"))


async def test_a_password_is_not_sent_over_an_open_line(server: MailServer, tmp_path: Path) -> None:
    settings = production(tmp_path, server.url.replace("//", "//rantau:s%40cret@"))
    with pytest.raises(aiosmtplib.SMTPException, match="STARTTLS"):
        await actions.send(settings, code(Channel.EMAIL, "ani@example.com"))
    assert server.received == []


@pytest.mark.parametrize(
    ("channel", "address"),
    [(Channel.EMAIL, "ani@example.com"), (Channel.SMS, "+628123456789"), (Channel.WHATSAPP, "+628123456789")],
)
async def test_without_a_provider_it_lies_in_the_mailbox(channel: Channel, address: str, tmp_path: Path) -> None:
    settings = Settings(environment=Environment.TEST, home=tmp_path, smtp_url=None)
    await actions.send(settings, code(channel, address))
    ((name, letter),) = mailbox.read(settings.mailbox)
    assert (letter.channel, letter.to) == (channel, address)
    assert "123456" in letter.body
    assert stat.S_IMODE((settings.mailbox / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.mailbox.stat().st_mode) == 0o700
    assert mailbox.read(settings.mailbox, to="somebody@example.com") == []
    assert mailbox.read(settings.mailbox, after=name) == []


async def test_production_offers_only_what_it_can_send(tmp_path: Path) -> None:
    assert actions.offered(production(tmp_path, "smtp://127.0.0.1:1")) == {Channel.EMAIL}
    assert actions.offered(production(tmp_path, None)) == set()
    with pytest.raises(ChannelNotOffered):
        await actions.send(production(tmp_path, "smtp://127.0.0.1:1"), code(Channel.SMS, "+628123456789"))
    with pytest.raises(ChannelNotOffered):
        await actions.send(production(tmp_path, None), code(Channel.EMAIL, "ani@example.com"))
    assert not (tmp_path / "mailbox").exists()
